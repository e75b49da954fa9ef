//! What one capture leaves open is said once, at the end, and only what later packets left open.

use super::{at, conversation, data};
use crate::flow::conversation::{Conversation, Opening};
use crate::flow::datagram::{Candidates, Datagram, DatagramPart, Evidence, IcmpErrorKind, Notice, Reply};
use crate::flow::number::{Number, Sequence};
use crate::flow::repetition::{Asked, FirstTransmission, Proof, Repetition};
use crate::flow::segment::{Segment, SegmentPart};
use crate::flow::{PacketKind, Party};
use crate::render::ladder::{Detail, Ladder, LadderInput};
use crate::timeline::test_conversation::{seen, segment};
use crate::timeline::{ConversationCalls, PacketRef, Timeline};

/// Two hosts, unless the test says otherwise.
fn apart(mut packets: Vec<PacketRef>) -> Vec<PacketRef> {
    for packet in &mut packets {
        packet.in_flow.client.set_ip([10, 0, 0, 1].into());
        packet.in_flow.server.set_ip([10, 0, 0, 2].into());
    }
    packets
}

fn said_of(packets: &[PacketRef], whole: &Conversation, left_out: Option<(usize, u64)>) -> Vec<String> {
    let timeline = Timeline::of(packets, ConversationCalls::default());
    let input = LadderInput {
        conversation: whole,
        packets,
        left_out,
        timeline: &timeline,
        has_other_end: false,
        has_log: false,
        capture_start: None,
    };
    let outcome = Ladder::of(&input, Detail::Full).outcome;
    let open = outcome
        .into_iter()
        .filter(|sentence| sentence.contains("cannot be told"));
    open.collect()
}

fn said(packets: &[PacketRef]) -> Vec<String> {
    said_of(packets, &conversation(packets, Opening::Complete), None)
}

fn again(first_sent: u64, first: FirstTransmission, of: Segment) -> Segment {
    Segment {
        first_sent: Some(first_sent),
        repetition: Some(Repetition {
            first,
            may_be_older: false,
            asked: Asked::Not,
        }),
        ..of
    }
}

/// These segments of the client, and what may come of the server.
fn story(client: &[Segment], server: &[Segment]) -> Vec<PacketRef> {
    let all = client.iter().map(|segment| (Party::Client, *segment));
    let all = all.chain(server.iter().map(|segment| (Party::Server, *segment)));
    let packets = (1..).zip(all);
    apart(
        packets
            .map(|(number, (sender, segment))| at(number, 0, sender, segment))
            .collect(),
    )
}

const OPEN: FirstTransmission = FirstTransmission::Open;

fn end(which: &str, none: &str, end: &str) -> String {
    format!(
        "From these packets it cannot be told whether {which} lost or late, or {none}, unless they were captured at {end}; a \
         capture there shows it (sniffer --other-end)"
    )
}

#[test]
fn one_sentence_for_all_that_is_open() {
    let sent = |count: i64| (0..count).map(|place| data(place * 10 + 1, place * 10 + 10));
    let twice = |count: i64| -> Vec<Segment> {
        let repeated = (1..)
            .zip(sent(count))
            .map(|(number, segment)| again(number, OPEN, segment));
        sent(count).chain(repeated).collect()
    };
    for (count, which) in [
        (1, "packet 1 or its acknowledgment was"),
        (2, "packets 1 and 2 or their acknowledgments were"),
        (3, "packets 1, 2 and 3 or their acknowledgments were"),
        (40, "40 segments that were sent again or their acknowledgments were"),
    ] {
        let sentence = end(which, "the server sent none", "the server's end");
        assert_eq!(said(&story(&twice(count), &[])), [sentence]);
    }
    // The third transmission shows that the second one is open too.
    let thrice = [data(1, 10), again(1, OPEN, data(1, 10)), again(1, OPEN, data(1, 10))];
    let sentence = end(
        "packets 1 and 2 or their acknowledgments were",
        "the server sent none",
        "the server's end",
    );
    assert_eq!(said(&story(&thrice, &[])), [sentence]);
    let both = story(
        &[data(1, 10), again(1, OPEN, data(1, 10))],
        &[data(1, 10), again(3, OPEN, data(1, 10))],
    );
    let sentence = end(
        "packets 1 and 3 or their acknowledgments were",
        "none was sent",
        "the end that each was sent to",
    );
    assert_eq!(said(&both), [sentence]);
}

#[test]
fn what_a_later_packet_decides_is_not_open() {
    let client = [data(1, 10), again(1, OPEN, data(1, 10))];
    let answer = segment(SegmentPart::Ack, None);
    let twice = |first, last| Segment {
        proof: Some(Proof::ArrivedTwice {
            first: Sequence(first),
            last: Sequence(last),
        }),
        acknowledgment: Some(Number {
            raw: Sequence(11),
            relative: 11,
        }),
        ..answer
    };
    for (decides, is_open) in [
        (answer, true),
        (
            Segment {
                proof: Some(Proof::Arrived(1)),
                ..answer
            },
            false,
        ),
        (
            Segment {
                proof: Some(Proof::Missing(1)),
                ..answer
            },
            false,
        ),
        (
            Segment {
                proof: Some(Proof::Missing(9)),
                ..answer
            },
            true,
        ),
        (twice(1, 10), false),
        (twice(1, 9), true),
    ] {
        assert_eq!(
            said(&story(&client, &[decides])).len(),
            usize::from(is_open),
            "{decides:?}"
        );
    }
    let reported = [client[0], client[1], again(1, FirstTransmission::Missing, data(1, 10))];
    assert_eq!(said(&story(&reported, &[])), Vec::<String>::new());
    let mut packets = story(&client, &[]);
    let notice = Notice {
        about: Some(1),
        after: None,
        says: IcmpErrorKind::TooBig,
        copies: None,
    };
    packets.extend(apart(vec![seen(3, None, Party::Server, PacketKind::Notice(notice))]));
    let mut whole = conversation(&packets, Opening::Complete);
    whole.from_server.packets = 0;
    whole.notices = 1;
    assert_eq!(said_of(&packets, &whole, None), Vec::<String>::new());
}

#[test]
fn nothing_is_said_without_all_packets_or_in_one_host() {
    let packets = story(&[data(1, 10), again(1, OPEN, data(1, 10))], &[]);
    let whole = conversation(&packets, Opening::Complete);
    assert_eq!(said(&packets).len(), 1);
    // What was left out, after the retransmission or before it, may decide what comes before.
    assert_eq!(said_of(&packets, &whole, Some((2, 5))).len(), 1);
    let more = story(&[data(1, 10), again(1, OPEN, data(1, 10)), data(11, 20)], &[]);
    assert_eq!(
        said_of(&more, &conversation(&more, Opening::Complete), Some((2, 5))),
        Vec::<String>::new()
    );
    // A filter did not let all through.
    let mut filtered = whole.clone();
    filtered.from_server.packets += 1;
    assert_eq!(said_of(&packets, &filtered, None), Vec::<String>::new());
    let mut one = packets;
    for packet in &mut one {
        packet.in_flow.client.set_ip([10, 0, 0, 2].into());
    }
    assert_eq!(said(&one), Vec::<String>::new());
}

#[test]
fn syns_without_any_answer_are_all_open() {
    let syn = segment(SegmentPart::Syn, None);
    let packets = story(&[syn, again(1, OPEN, syn)], &[]);
    let whole = conversation(&packets, Opening::Unanswered);
    let sentence = end(
        "packets 1 and 2 or their answers were",
        "the server sent none",
        "the server's end",
    );
    assert_eq!(said_of(&packets, &whole, None), [sentence]);
    let answered = story(&[syn, again(1, OPEN, syn)], &[segment(SegmentPart::SynAck, None)]);
    let sentence = end("packet 1 or its answer was", "the server sent none", "the server's end");
    assert_eq!(said(&answered), [sentence]);
}

#[test]
fn a_request_without_a_reply_is_open_unless_an_error_says_why() {
    let datagram = |number, sender, part| {
        let kind = PacketKind::Datagram(Datagram { length: 3, part });
        seen(number, None, sender, kind)
    };
    let asks = |number, count| datagram(number, Party::Client, DatagramPart::Request { count, repeats: None });
    let replies = |number, request| {
        let reply = Reply {
            request,
            after: None,
            evidence: Evidence::SameData,
            is_another: false,
        };
        datagram(number, Party::Server, DatagramPart::Reply(reply))
    };
    let either = |number, requests: [u64; 2]| {
        let part = DatagramPart::ReplyToOneOf(Candidates::of(requests).unwrap());
        datagram(number, Party::Server, part)
    };
    let notice = Notice {
        about: Some(1),
        after: None,
        says: IcmpErrorKind::PortUnreachable,
        copies: None,
    };
    let refuses = seen(2, None, Party::Server, PacketKind::Notice(notice));
    for (packets, which) in [
        (vec![asks(1, 1)], Some("packet 1 or its reply was")),
        (vec![asks(1, 1), replies(2, 1)], None),
        (vec![asks(1, 1), refuses], None),
        (
            vec![asks(1, 1), asks(2, 2), replies(3, 1)],
            Some("packet 2 or its reply was"),
        ),
        // Which of both is answered the reply does not say.
        (
            vec![asks(1, 1), asks(2, 2), either(3, [1, 2])],
            Some("a request or its reply was"),
        ),
        (vec![asks(1, 1), asks(2, 2), either(3, [1, 2]), either(4, [1, 2])], None),
    ] {
        let expected = which.map(|which| end(which, "the server's program sent none", "the server's end"));
        assert_eq!(said(&apart(packets)), Vec::from_iter(expected));
    }
    // A group has no server.
    let mut group = apart(vec![asks(1, 1)]);
    group[0].in_flow.server.set_ip([239, 0, 0, 1].into());
    assert_eq!(said(&group), Vec::<String>::new());
}
