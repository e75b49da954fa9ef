//! Acknowledgments that were overtaken, come twice, or answer what came twice.

use super::script::{ACK, Line, SYN, c, handshake, has, s, tell};
use crate::flow::claim::{Certainty, Claimed, claims};
use crate::flow::segment::{Remark, Segment, SegmentPart};

/// What is said of the last of these after a handshake.
fn last(lines: &[Line]) -> Segment {
    let mut all: Vec<Line> = handshake().into_iter().map(|(line, _)| line).collect();
    all.extend_from_slice(lines);
    *tell(&all).0.last().unwrap()
}

/// RFC 9293 section 3.4: no end takes an acknowledgment back. It needs no other sign of the order.
#[test]
fn an_acknowledgment_with_a_lower_number_was_overtaken() {
    let (one, two) = (c(ACK, 1, 1).data(10), c(ACK, 11, 1).data(10));
    let lower = last(&[one.clone(), two.clone(), s(ACK, 1, 21), s(ACK, 1, 11)]);
    assert!(has(&lower, Remark::OutOfOrder) && lower.signs.has_lower_acknowledgment);
    let equal = last(&[one, two, s(ACK, 1, 21), s(ACK, 1, 21)]);
    assert!(!has(&equal, Remark::OutOfOrder));
    let mut tracker = crate::flow::Tracker::new();
    let mut in_flow = super::script::follow(&mut tracker, &[(0, s(ACK, 1, 11).bytes())])[0].unwrap();
    in_flow.kind = crate::flow::PacketKind::Segment(lower);
    let claim = claims(&in_flow)
        .into_iter()
        .find(|claim| claim.what == Claimed::Remark(Remark::OutOfOrder));
    assert_eq!(claim.unwrap().certainty, Certainty::Deduced);
}

/// A capture that begins with data: the acknowledgment of earlier ones is not lower than any that was captured.
#[test]
fn an_acknowledgment_of_what_came_before_the_capture_was_not_overtaken() {
    let before = [c(ACK, 101, 1).data(10), s(ACK, 1, 51), s(ACK, 1, 71)];
    for segment in tell(&before).0 {
        assert!(!has(&segment, Remark::OutOfOrder), "{segment:?}");
    }
    // Once it has acknowledged them, each lower one was.
    let after = [c(ACK, 101, 1).data(10), s(ACK, 1, 111), s(ACK, 1, 71)];
    assert!(has(tell(&after).0.last().unwrap(), Remark::OutOfOrder));
}

/// Bytes of its sender that are missing here do not hide what it says. RFC 5681 section 2
#[test]
fn a_duplicate_acknowledgment_may_come_after_a_gap() {
    let after_gap = last(&[c(ACK, 1, 1).data(10), c(ACK, 11, 1).data(10), s(ACK, 101, 1)]);
    assert!(has(&after_gap, Remark::DuplicateAck) && has(&after_gap, Remark::Gap));
}

/// Right after what came twice, another window may be all that the answer to it changes.
#[test]
fn an_answer_to_what_came_twice_is_not_called_a_window_update() {
    let data = c(ACK, 1, 1).data(10);
    let wider = || s(ACK, 1, 11).window(2000).after(0);
    let update = last(&[data.clone(), s(ACK, 1, 11), wider()]);
    assert_eq!(update.part, SegmentPart::WindowUpdate);
    let answer = last(&[data.clone(), s(ACK, 1, 11), data.after(300), wider()]);
    assert_eq!(
        (answer.part, answer.signs.previous_window),
        (SegmentPart::Ack, Some(1000))
    );
}

/// Linux gives its SYN-ACKs no identification. No timer sends one again within 200 ms.
#[test]
fn a_syn_ack_that_comes_again_at_once_is_a_copy() {
    let again = |after: i64| {
        let lines = [
            c(SYN, 0, 0),
            s(SYN | ACK, 0, 1),
            c(ACK, 1, 1),
            s(SYN | ACK, 0, 1).after(after),
        ];
        tell(&lines).0.last().unwrap().part
    };
    assert_eq!(again(20), SegmentPart::Copy);
    assert_eq!(again(1000), SegmentPart::SynAck);
}
