//! What is told of captures whose truth is known: made packet by packet, from documentation addresses.

use std::path::Path;

use socket_lab::flow::conversation::{Opening, Transport};
use socket_lab::flow::segment::{Remark, ResetCause, SegmentPart};
use socket_lab::flow::state::State;
use socket_lab::flow::{PacketInFlow, PacketKind, Tracker};
use socket_lab::record::Reader;

use crate::support::Side;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flow/packets");

/// What the tracker says of each packet, and the tracker.
fn followed(name: &str) -> (Vec<Option<PacketInFlow>>, Tracker) {
    let path = Path::new(FOLDER).join(name);
    let mut reader = Reader::open(&path).unwrap();
    let (mut tracker, mut told) = (Tracker::new(), Vec::new());
    while let Some(frame) = reader.next().unwrap() {
        let number = told.len() as u64 + 1;
        told.push(tracker.follow(number, frame.time, &frame.decode()));
    }
    (told, tracker)
}

fn parts(told: &[Option<PacketInFlow>]) -> Vec<SegmentPart> {
    let segments = told.iter().flatten().filter_map(PacketInFlow::segment);
    segments.map(|segment| segment.part).collect()
}

/// What a view prints.
fn printed(name: &str, view: &str) -> String {
    let path = Path::new(FOLDER).join(name);
    let output = Side::Ours
        .command("sniffer")
        .arg("-r")
        .arg(path)
        .args(["--view", view, "--style", "ascii", "--width", "150", "--color", "never"])
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A receiver drops what is damaged: no state changes, nothing is acknowledged, and what follows repeats it.
#[test]
fn a_damaged_segment_changes_nothing_and_is_sent_again() {
    let (told, _) = followed("segments-damaged-on-the-way.pcap");
    let segment = |number: usize| *told[number - 1].unwrap().segment().unwrap();
    for (damaged, again) in [(4, 5), (9, 10)] {
        assert_eq!(segment(damaged).part, SegmentPart::Damaged);
        assert_eq!(segment(damaged).client.before, segment(damaged).client.after);
        assert_eq!(segment(damaged).server.before, segment(damaged).server.after);
        assert!(segment(again).remarks.has(Remark::Retransmission));
        assert_eq!(segment(again).first_sent, Some(damaged as u64));
    }
    assert_eq!(segment(10).client.after.state, State::FinWait1);
    let ladder = printed("segments-damaged-on-the-way.pcap", "ladder");
    assert_eq!(ladder.matches("[bad checksum]").count(), 2, "{ladder}");
    assert!(
        !ladder.contains("cannot be told"),
        "that it was damaged is known: {ladder}"
    );
    assert!(printed("segments-damaged-on-the-way.pcap", "fields").contains("packet 4 was damaged before it came here"));
}

#[test]
fn a_damaged_rst_does_not_end_a_connection() {
    let (told, _) = followed("rst-damaged-on-the-way.pcap");
    let parts = parts(&told);
    assert_eq!(parts[7], SegmentPart::Damaged);
    assert_eq!(parts[8..10], [SegmentPart::Data, SegmentPart::Ack]);
    let remarks = |remark| {
        told.iter()
            .flatten()
            .filter_map(PacketInFlow::segment)
            .any(|one| one.remarks.has(remark))
    };
    assert!(!remarks(Remark::AfterEnd) && !remarks(Remark::CrossesEnd) && !remarks(Remark::GoesOn));
}

/// Where the sender's card computes them, all of its checksums are wrong in a capture there: they prove nothing.
#[test]
fn checksums_that_are_all_wrong_are_no_evidence() {
    let (told, tracker) = followed("checksums-left-to-the-card.pcap");
    assert!(!parts(&told).contains(&SegmentPart::Damaged));
    let Transport::Tcp(connection) = tracker.conversation(1).unwrap().transport else {
        panic!("it is TCP")
    };
    assert_eq!(
        (connection.opening, connection.client.acknowledged),
        (Opening::Complete, 6)
    );
    let fields = printed("checksums-left-to-the-card.pcap", "fields");
    assert_eq!(fields.matches("the network card fills it in").count(), 6, "{fields}");
}

/// The server acknowledges the SYN first, and then sends its own: one connection.
#[test]
fn a_split_handshake_of_five_segments_is_one_connection() {
    let (told, tracker) = followed("split-handshake-of-five.pcap");
    assert_eq!(tracker.seen(), 1);
    let Transport::Tcp(connection) = tracker.conversation(1).unwrap().transport else {
        panic!("it is TCP")
    };
    assert_eq!(connection.opening, Opening::Split);
    assert_eq!(parts(&told)[2], SegmentPart::CrossingSyn);
    let ladder = printed("split-handshake-of-five.pcap", "ladder");
    assert!(
        ladder.contains("took four steps") && !ladder.contains("No answer"),
        "{ladder}"
    );
}

#[test]
fn a_copy_of_an_icmp_error_counts_once() {
    let (told, _) = followed("icmpv6-errors-copied.pcap");
    let copies: Vec<Option<u64>> = told
        .iter()
        .flatten()
        .filter_map(|in_flow| match in_flow.kind {
            PacketKind::Notice(notice) => Some(notice.copies),
            _ => None,
        })
        .collect();
    assert_eq!(copies, [None, Some(2)]);
    let ladder = printed("icmpv6-errors-copied.pcap", "ladder");
    assert!(
        ladder.contains("1 ICMP error about them. 1 packet is a copy"),
        "{ladder}"
    );
    assert!(ladder.contains("[copy of 2]"), "{ladder}");
}

/// A refusal is not the end of a conversation whose client asks again: nothing is left out.
#[test]
fn what_follows_a_refusal_is_drawn_with_it() {
    let ladder = printed("refused-twice-then-taken.pcap", "ladder");
    assert!(ladder.starts_with("Conversation 1: TCP, 11 packets\n"), "{ladder}");
    assert!(
        ladder.contains("The handshake is complete.") && !ladder.contains("no answer"),
        "{ladder}"
    );
}

#[test]
fn a_rst_that_is_not_taken_is_marked_and_no_number_is_negative() {
    let ladder = printed("rst-numbers-below-the-start.pcap", "ladder");
    assert!(ladder.contains("RST raw seq=4294897301 [ignored]"), "{ladder}");
    assert!(ladder.contains("RST seq=5007 [not the number expected]"), "{ladder}");
    assert!(!ladder.contains("seq=-"), "{ladder}");
}

/// After its own RST an end has no connection: it was not restarted.
#[test]
fn a_rst_after_a_rst_answers_what_came_after_the_end() {
    let (told, _) = followed("data-that-crosses-a-rst.pcap");
    assert_eq!(parts(&told)[9], SegmentPart::Reset(ResetCause::ConnectionOver));
}

/// Of an end of which nothing was captured, nothing is claimed for lack of its packets.
#[test]
fn of_one_direction_what_the_other_did_stays_open() {
    let ladder = printed("client-only.pcap", "ladder").replace('\n', " ");
    assert!(
        ladder.contains("6 bytes and a FIN, or 7 bytes, from the server were acknowledged; no packet of the server was captured, so what arrived of the client's bytes is unknown"),
        "{ladder}"
    );
    assert!(
        ladder.contains("no packet of the server was captured, so whether it has is unknown"),
        "{ladder}"
    );
    assert!(!ladder.contains("no answer"), "{ladder}");
}

#[test]
fn a_ladder_calls_a_retransmission_by_one_name() {
    let ladder = printed("spurious-retransmission-with-dsack.pcap", "ladder");
    assert!(ladder.contains("[spurious retransmission of 4]"), "{ladder}");
}

#[test]
fn what_comes_out_of_order_is_not_missing() {
    let ladder = printed("out-of-order-and-nothing-missing.pcap", "ladder");
    assert!(ladder.contains("[out of order]"), "{ladder}");
    assert!(!ladder.contains("does not have every packet"), "{ladder}");
}
