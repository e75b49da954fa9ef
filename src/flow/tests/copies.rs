//! Packets that are captured again and were sent once.

use super::script::{ACK, Line, PSH, RST, SYN, c, handshake, s, tell};
use super::tcp::connection;
use crate::flow::Party;
use crate::flow::conversation::Ending;
use crate::flow::segment::SegmentPart;

/// The handshake, with identifications, and these.
fn parts(lines: &[Line]) -> (Vec<SegmentPart>, crate::flow::Tracker) {
    let mut all: Vec<Line> = handshake().into_iter().map(|(line, _)| line).collect();
    all[0].identification = 100;
    all[2].identification = 101;
    all.extend_from_slice(lines);
    let (segments, tracker) = tell(&all);
    (segments[3..].iter().map(|segment| segment.part).collect(), tracker)
}

#[test]
fn whatever_it_carries_the_same_packet_is_a_copy() {
    let (said, tracker) = parts(&[
        c(PSH | ACK, 1, 1).data(10).id(102),
        c(PSH | ACK, 1, 1).data(10).id(102).after(0),
        s(ACK, 1, 11).id(900),
        s(ACK, 1, 11).id(900).after(0),
        // So it is after the acknowledgment.
        c(PSH | ACK, 1, 1).data(10).id(102).after(4),
        c(RST, 11, 0).id(103),
        c(RST, 11, 0).id(103).after(0),
    ]);
    let rst = said[5];
    assert_eq!(
        said,
        [
            SegmentPart::Data,
            SegmentPart::Copy,
            SegmentPart::Ack,
            SegmentPart::Copy,
            SegmentPart::Copy,
            rst,
            SegmentPart::Copy
        ]
    );
    assert_eq!(connection(&tracker, 1).ending, Ending::Reset(Party::Client));
    // Its data count once, and nothing was sent again.
    assert_eq!(tracker.conversation(1).unwrap().from_client.data_bytes, 10);
    assert_eq!(connection(&tracker, 1).retransmissions, 0);
}

#[test]
fn a_copy_names_the_first_and_its_time() {
    let (segments, _) = tell(&[c(SYN, 0, 0).id(100), c(SYN, 0, 0).id(100).after(2)]);
    let copy = &segments[1];
    assert_eq!(copy.part, SegmentPart::Copy);
    assert_eq!((copy.first_sent, copy.signs.since_first), (Some(1), Some(2_000_000)));
}

/// Some network stacks give every packet the same identification.
#[test]
fn what_comes_later_than_copies_do_is_sent_again() {
    let data = |after: i64| c(PSH | ACK, 1, 1).data(10).id(4660).after(after);
    let (said, tracker) = parts(&[data(1), data(1000), data(2000), s(ACK, 1, 11)]);
    assert_eq!(
        said,
        [
            SegmentPart::Data,
            SegmentPart::Data,
            SegmentPart::Data,
            SegmentPart::Ack
        ]
    );
    assert_eq!(connection(&tracker, 1).retransmissions, 2);
    // Counted ones may be repeated on the way some milliseconds later, and nothing is after a timer.
    let counted = |after: i64| c(PSH | ACK, 1, 1).data(10).id(102).after(after);
    assert_eq!(parts(&[counted(1), counted(50)]).0[1], SegmentPart::Copy);
    assert_eq!(parts(&[counted(1), counted(250)]).0[1], SegmentPart::Data);
}

/// Without an identification, an end that says the same twice sends the same twice.
#[test]
fn bare_acknowledgments_without_identification_are_not_copies() {
    let (said, _) = parts(&[
        c(ACK, 1, 1).data(10).id(102),
        c(ACK, 11, 1).data(10).id(103),
        s(ACK, 1, 1).after(0),
        s(ACK, 1, 1).after(0),
    ]);
    assert_eq!(said[2..], [SegmentPart::Ack, SegmentPart::Ack]);
}

/// What is captured twice may have come twice to its receiver too, and then counts twice there: what is sent again right after it was
/// asked for, and what is sent again by a timer was not.
#[test]
fn copies_count_where_what_follows_at_once_shows_it() {
    use crate::flow::segment::Remark;

    let one = |id: u16| s(ACK, 1, 1).id(id).after(0);
    let of = |duplicates: &[Line], after: i64| {
        let mut lines = vec![
            c(SYN, 0, 0).id(100),
            s(SYN | ACK, 0, 1),
            c(ACK, 1, 1).id(101),
            c(ACK, 1, 1).data(10).id(102),
            c(ACK, 11, 1).data(10).id(103),
        ];
        lines.extend_from_slice(duplicates);
        lines.push(c(ACK, 1, 1).data(10).id(104).after(after));
        let (segments, _) = tell(&lines);
        assert_eq!(segments[6].part, SegmentPart::Copy);
        segments.last().unwrap().remarks.has(Remark::FastRetransmission)
    };
    assert!(of(&[one(900), one(900), one(901)], 0));
    assert!(!of(&[one(900), one(900)], 0), "two are too few");
    assert!(!of(&[one(900), one(900), one(901)], 400), "a timer");
}

/// A server answers a SYN that comes again within the same millisecond, and then both answers look the same.
#[test]
fn an_answer_to_a_repeated_syn_is_not_a_copy() {
    let (syn, answer) = (
        c(SYN, 0, 0).id(100).stamps(1, 0),
        s(SYN | ACK, 0, 1).stamps(7, 1).after(0),
    );
    let parts = |lines: &[Line]| tell(lines).0.last().unwrap().part;
    assert_eq!(parts(&[syn.clone(), answer.clone(), answer.clone()]), SegmentPart::Copy);
    assert_eq!(
        parts(&[syn.clone(), answer.clone(), syn.after(0), answer.after(1)]),
        SegmentPart::SynAck
    );
}
