//! Tags and comments.

use super::{CAUSES, DELAYS, ICMP_ERROR_KINDS, PUSH, SYN, in_flow, inferred, packet, parts, places, push};
use crate::explain::packet::{comment, expectation, name, place, reason, tags, words};
use crate::flow::datagram::{Evidence, IcmpErrorKind, Notice};
use crate::flow::segment::{Delay, Remark, Remarks, Segment, SegmentPart};
use crate::flow::state::{Change, ObservedState, State};
use crate::flow::{PacketKind, Roles};
use crate::wire::digits::unhex;

#[test]
fn a_line_has_its_tags() {
    let with = |segment: Segment| {
        let mut line = String::new();
        tags(&mut line, &in_flow(PacketKind::Segment(segment))).unwrap();
        line
    };
    assert_eq!(with(push()), "");
    let remarks = Remarks::NONE
        .with(Remark::Retransmission)
        .with(Remark::FastRetransmission);
    let again = Segment {
        remarks,
        first_sent: Some(7),
        ..push()
    };
    assert_eq!(with(again), " [fast retransmission of 7]");
    let probe = Segment {
        part: SegmentPart::KeepAlive,
        remarks: Remarks::NONE.with(Remark::SpuriousRetransmission),
        ..push()
    };
    assert_eq!(with(probe), " [keep-alive]");
}

#[test]
fn a_comment_has_sentences_then_pairs_that_can_be_found() {
    let bytes = unhex(PUSH);
    let packet = packet(&bytes);
    let segment = Segment {
        server: Change {
            before: inferred(State::SynReceived),
            after: ObservedState {
                if_received: Some(State::CloseWait),
                ..inferred(State::Established)
            },
        },
        delay: Some(Delay::Idle),
        ..push()
    };
    let comment = comment(&packet, Some(&in_flow(PacketKind::Segment(segment)))).unwrap();
    assert_eq!(
        comment,
        "PSH-ACK: carries the line: bytes 1 to 6 of what the client handed to send(). \
         States: client ESTABLISHED, server (SYN-RECEIVED) -> (ESTABLISHED) -> CLOSE-WAIT when this segment arrives. \
         Note: 42.4 ms after the packet before: until then no program, and no person before one, had anything to send. \
         Expect next: ACK from the server with ack number 254465408 (rel 7); if it sends data too, they start at sequence \
         number 3890940510 (rel 1). | conversation=1 place=4 sender=client part=data client=ESTABLISHED \
         server=ESTABLISHED/CLOSE-WAIT seq=1 ack=1 length=6 delay=idle roles=seen"
    );
    assert_eq!(
        place(&in_flow(PacketKind::Segment(segment))),
        "1, packet 4 of it, 42.4 ms after the one before"
    );
}

const EVIDENCE: [Evidence; 6] = [
    Evidence::SameData,
    Evidence::Uppercase,
    Evidence::DnsQuestion,
    Evidence::ToAsker,
    Evidence::OnlyWaiting,
    Evidence::AfterPause,
];

/// The page that explains the pairs names each key and each value.
#[test]
fn every_pair_is_documented() {
    let page = include_str!("../../../../docs/comments.md");
    let values = parts()
        .into_iter()
        .map(words::part)
        .chain(CAUSES.map(words::cause))
        .chain(Remark::ALL.map(words::remark))
        .chain(DELAYS.map(words::delay))
        .chain(ICMP_ERROR_KINDS.map(words::icmp_error_kind))
        .chain([Roles::Seen, Roles::Ports, Roles::First].map(words::roles))
        .chain(EVIDENCE.map(words::evidence))
        .chain(EVIDENCE.map(words::reply_certainty))
        .chain([
            "request",
            "reply",
            "another-reply",
            "reply-from-elsewhere",
            "copy",
            "unasked",
            "notice",
            words::ONE_OF_SEVERAL,
        ]);
    let mut known = std::collections::BTreeSet::new();
    for value in values {
        assert!(
            page.contains(&format!("`{value}`")),
            "docs/comments.md does not explain {value}"
        );
        known.insert(value.to_owned());
    }
    let bytes = unhex(PUSH);
    let packet = packet(&bytes);
    let mut in_flows = places();
    in_flows.push(in_flow(PacketKind::Notice(Notice {
        about: Some(1),
        after: None,
        says: IcmpErrorKind::Other,
        copies: None,
    })));
    for in_flow in in_flows {
        let comment = comment(&packet, Some(&in_flow)).unwrap();
        let (_, pairs) = comment.rsplit_once(" | ").unwrap();
        for pair in pairs.split(' ') {
            let (key, _) = pair.split_once('=').unwrap();
            assert!(
                page.contains(&format!("`{key}`")),
                "docs/comments.md does not explain {key}"
            );
        }
    }
    // And the other way round: the tables of values, below that of the keys, have no others.
    let (_, tables) = page.split_once("| `part` | of | meaning |").unwrap();
    let headings = ["cause", "remark", "delay", "says", "evidence"];
    let rows = tables
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    for name in rows.filter(|name| !headings.contains(name)) {
        assert!(
            known.contains(name),
            "docs/comments.md explains {name}, which is never written"
        );
    }
}

/// Without its conversation a packet says as much as it can by itself.
#[test]
fn alone_a_packet_says_what_it_shows() {
    let bytes_of_syn = unhex(SYN);
    let syn = packet(&bytes_of_syn);
    assert_eq!(name(&syn), "SYN");
    assert!(reason(&syn, None).unwrap().starts_with("step 1 of 3"));
    assert!(!comment(&syn, None).unwrap().contains('|'));
    // The same with four bytes of data: TCP Fast Open, or not.
    let mut with_data = bytes_of_syn.clone();
    with_data[17] = 64;
    with_data.extend(b"data");
    assert_eq!(
        expectation(&packet(&with_data), None).unwrap(),
        "SYN-ACK with ack number 254465406 if the data are taken, 254465402 if the SYN only; RST-ACK if nothing listens"
    );
    // RST-ACK with sequence number 0.
    let mut refusal = bytes_of_syn.clone();
    refusal[38..42].fill(0);
    refusal[47] = 0x14;
    assert!(
        reason(&packet(&refusal), None)
            .unwrap()
            .ends_with("most likely a SYN: nothing listens on port 53582")
    );
}
