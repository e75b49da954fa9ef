//! Packets that are captured again and were sent once.

use super::script::{ACK, FIN, Line, PSH, RST, SYN, c, handshake, s, tell};
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

/// Nothing came that its sender would have to answer, and no timer is so short.
#[test]
fn without_an_identification_a_packet_without_a_cause_is_the_same_one_again() {
    let (segments, _) = tell(&[
        c(SYN, 0, 0),
        s(SYN | ACK, 0, 1),
        c(ACK, 1, 1),
        s(PSH | ACK, 1, 1).data(4),
        c(ACK, 1, 5).after(1),
        c(ACK, 1, 5).after(0),
        c(FIN | ACK, 1, 5),
        s(FIN | ACK, 5, 2),
        c(ACK, 2, 6),
        c(ACK, 2, 6).after(0),
    ]);
    assert_eq!(segments[5].part, SegmentPart::Copy);
    let last = &segments[9];
    assert_eq!(last.part, SegmentPart::Copy, "{:?}", last.remarks);
    assert!(last.signs.may_be_sent_again);
    let (segments, _) = tell(&[
        c(SYN, 0, 0),
        s(SYN | ACK, 0, 1),
        c(ACK, 1, 1),
        s(PSH | ACK, 1, 1).data(4),
        c(ACK, 1, 5),
        c(ACK, 0, 5).after(5000),
        c(ACK, 0, 5).after(0),
    ]);
    assert_eq!(segments[5].part, SegmentPart::KeepAlive);
    assert_eq!(segments[6].part, SegmentPart::Copy);
    // A refusal of the one segment that there is to refuse.
    let refusal = s(RST | ACK, 0, 1).after(0);
    let (segments, _) = tell(&[c(SYN, 0, 0), refusal.clone(), refusal]);
    assert_eq!(segments[2].part, SegmentPart::Copy);
}

/// What came between may have asked for it: the data once more, a SYN that gets a challenge.
#[test]
fn without_an_identification_an_answer_to_each_of_two_packets_is_no_copy() {
    let data = || s(PSH | ACK, 1, 1).data(4);
    let (segments, _) = tell(&[
        c(SYN, 0, 0),
        s(SYN | ACK, 0, 1),
        c(ACK, 1, 1),
        data(),
        c(ACK, 1, 5),
        data(),
        c(ACK, 1, 5),
    ]);
    assert_eq!(segments[6].part, SegmentPart::Ack);
}

/// Of a stack that gives all packets one identification, that says nothing: duplicate acknowledgments count.
#[test]
fn one_identification_for_all_packets_makes_no_copies() {
    let ack = |after: i64| s(ACK, 1, 1).id(4660).after(after);
    let (segments, _) = tell(&[
        c(SYN, 0, 0).id(100),
        s(SYN | ACK, 0, 1).id(4660),
        c(ACK, 1, 1).id(101),
        c(ACK, 1, 1).data(10).id(102),
        c(ACK, 11, 1).data(10).id(103),
        c(ACK, 21, 1).data(10).id(104),
        ack(1),
        ack(0),
        ack(0),
    ]);
    let counted: Vec<_> = segments[6..].iter().map(|one| (one.part, one.signs.same_as)).collect();
    assert_eq!(counted[1..], [(SegmentPart::Ack, Some(7)), (SegmentPart::Ack, Some(8))]);
    let remarks = segments[8].remarks;
    assert!(remarks.has(crate::flow::segment::Remark::DuplicateAck), "{remarks:?}");
}

/// RFC 1122 section 3.2.1.5: an identification may be kept when a segment is sent again.
#[test]
fn a_copy_that_had_time_may_have_been_sent_again() {
    let data = |after: i64| c(PSH | ACK, 1, 1).data(10).id(102).after(after);
    let again = |after: i64| {
        let all = [
            c(SYN, 0, 0).id(100),
            s(SYN | ACK, 0, 1),
            c(ACK, 1, 1).id(101),
            data(1),
            data(after),
        ];
        let copy = *tell(&all).0.last().unwrap();
        assert_eq!(copy.part, SegmentPart::Copy);
        copy.signs.may_be_sent_again
    };
    assert!(!again(0));
    assert!(again(40));
}

/// As a capture on all interfaces shows it, where two packets differ neither in identification nor in timestamp.
#[test]
fn without_an_identification_data_that_come_again_at_once_are_the_same_packet() {
    let data = |after: i64| c(PSH | ACK, 1, 1).data(10).after(after);
    let last = |lines: &[Line]| {
        let mut all: Vec<Line> = handshake().into_iter().map(|(line, _)| line).collect();
        all.extend_from_slice(lines);
        tell(&all).0.last().unwrap().part
    };
    assert_eq!(last(&[data(1), data(0)]), SegmentPart::Copy);
    // Later a timer may have run out, and what came between may have asked for it.
    assert_eq!(last(&[data(1), data(200)]), SegmentPart::Data);
    assert_eq!(last(&[data(1), s(ACK, 1, 1).after(0), data(0)]), SegmentPart::Data);
}
