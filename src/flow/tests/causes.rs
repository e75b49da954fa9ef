//! In which order packets were sent, why one says again what was said before, and what shows it.

use super::script::{ACK, FIN, Line, PSH, SYN, after_handshake, assert_story, c, handshake, has, s, tell};
use crate::flow::Tracker;
use crate::flow::claim::{Certainty, Claimed, claims};
use crate::flow::order::{OrderSign, SendOrder};
use crate::flow::repetition::{Asked, FirstTransmission};
use crate::flow::segment::{Remark, Segment, SegmentPart};
use crate::flow::signs::DuplicateCause;

/// SACK permitted.
const PERMITS: [u8; 4] = [1, 1, 4, 2];

/// The handshake over SACK, with identifications from 100 on, and these.
fn opened(lines: &[Line]) -> Vec<Segment> {
    let mut all: Vec<Line> = handshake().into_iter().map(|(line, _)| line).collect();
    for line in &mut all[..2] {
        *line = line.clone().option(&PERMITS);
    }
    all[0].identification = 100;
    all[2].identification = 101;
    all.extend_from_slice(lines);
    tell(&all).0
}

fn certainty(segment: &Segment, line: &Line, remark: Remark) -> Certainty {
    let mut tracker = Tracker::new();
    let mut in_flow = super::script::follow(&mut tracker, &[(0, line.bytes())])[0].unwrap();
    in_flow.kind = crate::flow::PacketKind::Segment(*segment);
    let claims = claims(&in_flow);
    let claim = claims.iter().find(|claim| claim.what == Claimed::Remark(remark));
    claim.unwrap().certainty
}

/// Bytes 11 to 20, and then bytes 1 to 10, whose first transmission did not come before.
fn filled(after: &Line, first: &Line) -> Segment {
    *opened(&[after.clone(), first.clone()]).last().unwrap()
}

#[test]
fn the_identification_tells_what_was_held_up_from_what_was_sent_again() {
    let after = c(ACK, 11, 1).data(10).id(103);
    let late = c(ACK, 1, 1).data(10).id(102).after(0);
    let segment = filled(&after, &late);
    assert!(has(&segment, Remark::OutOfOrder) && !has(&segment, Remark::Retransmission));
    let order = SendOrder {
        other: 4,
        is_before: true,
        by: OrderSign::Identification(102, 103),
    };
    assert_eq!(segment.signs.order, Some(order));
    assert_eq!(certainty(&segment, &late, Remark::OutOfOrder), Certainty::Deduced);
    let again = c(ACK, 1, 1).data(10).id(104).after(0);
    let segment = filled(&after, &again);
    assert!(has(&segment, Remark::Retransmission) && !has(&segment, Remark::OutOfOrder));
    let repetition = segment.repetition.unwrap();
    assert_eq!(
        (repetition.first, repetition.may_be_older),
        (FirstTransmission::NotCaptured, false)
    );
    assert_eq!(certainty(&segment, &again, Remark::Retransmission), Certainty::Deduced);
}

/// Longer than its sender needs to hear of it, the identification leaves open that it is the first one again. RFC 1122 section 3.2.1.5
#[test]
fn a_sender_may_use_its_identification_again() {
    let after = c(ACK, 11, 1).data(10).id(103);
    let late = c(ACK, 1, 1).data(10).id(102).after(60);
    let segment = filled(&after, &late);
    assert!(has(&segment, Remark::OutOfOrder) && segment.signs.may_be_sent_again);
    assert_eq!(certainty(&segment, &late, Remark::OutOfOrder), Certainty::OneOfSeveral);
    // The timestamp of what is sent again would be later.
    let segment = filled(&after.clone().stamps(500, 7), &late.stamps(500, 7));
    assert!(has(&segment, Remark::OutOfOrder) && !segment.signs.may_be_sent_again);
}

#[test]
fn so_does_the_timestamp_which_proves_it() {
    let stamped = |value: u32| c(ACK, 1, 1).data(10).stamps(value, 7);
    let after = c(ACK, 11, 1).data(10).stamps(500, 7);
    let late = stamped(499).after(60);
    let segment = filled(&after, &late);
    assert!(has(&segment, Remark::OutOfOrder));
    assert_eq!(segment.signs.order.unwrap().by, OrderSign::Timestamp(499, 500));
    assert_eq!(certainty(&segment, &late, Remark::OutOfOrder), Certainty::Fact);
    let again = stamped(501).after(0);
    assert!(has(&filled(&after, &again), Remark::Retransmission));
    // The same one says nothing: then the time that its sender needs to hear of it does.
    let soon = stamped(500).after(0);
    let segment = filled(&after, &soon);
    assert!(has(&segment, Remark::OutOfOrder) && segment.signs.round_trip.is_some());
    assert_eq!(certainty(&segment, &soon, Remark::OutOfOrder), Certainty::Deduced);
    assert!(has(&filled(&after, &stamped(500).after(60)), Remark::Retransmission));
}

#[test]
fn random_identifications_say_nothing() {
    let segment = filled(
        &c(ACK, 11, 1).data(10).id(40_000),
        &c(ACK, 1, 1).data(10).id(20_000).after(60),
    );
    assert!(has(&segment, Remark::Retransmission), "{segment:?}");
    assert_eq!(segment.signs.order, None);
    assert!(segment.repetition.unwrap().may_be_older);
}

#[test]
fn a_first_transmission_that_its_repetition_overtook_is_not_sent_again() {
    let again = c(ACK, 1, 1).data(10).id(103);
    let first = c(ACK, 1, 1).data(10).id(102).after(20);
    let before_the_answer = opened(&[again.clone(), first.clone()]);
    let after_it = opened(&[again, s(ACK, 1, 11), first]);
    for segment in [before_the_answer.last().unwrap(), after_it.last().unwrap()] {
        assert!(has(segment, Remark::OutOfOrder) && !has(segment, Remark::Retransmission));
        assert_eq!(segment.signs.order.unwrap().other, 4);
    }
    // An acknowledgment too.
    let segments = opened(&[
        s(PSH | ACK, 1, 1).data(10),
        s(PSH | ACK, 11, 1).data(10),
        c(ACK, 1, 21).id(103),
        c(ACK, 1, 11).id(102),
    ]);
    assert!(has(segments.last().unwrap(), Remark::OutOfOrder));
}

#[test]
fn selective_acknowledgments_are_not_window_updates() {
    let sent = [c(ACK, 1, 1).data(10), c(ACK, 11, 1).data(10), c(ACK, 21, 1).data(10)];
    let said = |answer: Line| {
        *opened(&[&sent[..], &[s(ACK, 1, 1).window(900), answer]].concat())
            .last()
            .unwrap()
    };
    let reports = said(s(ACK, 1, 1).window(950).sack(&[(11, 21)]));
    assert_eq!(reports.part, SegmentPart::Ack);
    assert_eq!(reports.signs.duplicate, Some(DuplicateCause::Gap));
    // Something arrived twice: nothing is missing.
    for window in [900, 950] {
        let twice = said(s(ACK, 1, 1).window(window).sack(&[(-9, 1)]));
        assert!(has(&twice, Remark::DuplicateSack) && !has(&twice, Remark::DuplicateAck));
        assert_eq!(twice.part, SegmentPart::Ack);
    }
    // What was reported before is not new: only the window is.
    let gap = s(ACK, 1, 1).window(900).sack(&[(11, 21)]);
    let wider = s(ACK, 1, 1).window(950).sack(&[(11, 21)]);
    let segments = opened(&[&sent[..], &[gap, wider]].concat());
    assert_eq!(segments.last().unwrap().part, SegmentPart::WindowUpdate);
    let less = said(s(ACK, 1, 1).window(300));
    assert_eq!(
        (less.part, less.signs.previous_window, less.signs.duplicate),
        (SegmentPart::WindowUpdate, Some(900), None)
    );
    // One that reports nothing, of an end that would, has another cause than a gap.
    assert!(!has(&said(s(ACK, 1, 1).window(900)), Remark::DuplicateAck));
}

#[test]
fn without_sack_a_duplicate_has_two_causes_and_a_new_window_too() {
    let (one, two) = (c(ACK, 1, 1).data(10), c(ACK, 11, 1).data(10));
    let said = |lines: &[Line]| {
        let mut all: Vec<Line> = handshake().into_iter().map(|(line, _)| line).collect();
        all.extend_from_slice(lines);
        *tell(&all).0.last().unwrap()
    };
    let duplicate = said(&[one.clone(), two.clone(), s(ACK, 1, 1)]);
    assert_eq!(duplicate.signs.duplicate, Some(DuplicateCause::GapOrTwice));
    // Nothing could come before its turn.
    let alone = said(&[one.clone(), s(ACK, 1, 1)]);
    assert_eq!(alone.signs.duplicate, Some(DuplicateCause::Twice));
    let window = said(&[one, two, s(ACK, 1, 1).window(2000)]);
    assert_eq!(
        (window.part, window.signs.previous_window),
        (SegmentPart::Ack, Some(1000))
    );
}

#[test]
fn only_the_first_repetition_is_fast() {
    let sent: Vec<Line> = (0..4).map(|nth| c(ACK, 1 + 10 * nth, 1).data(10)).collect();
    let report = |to: i64| s(ACK, 1, 1).sack(&[(11, to)]);
    let again = || c(ACK, 1, 1).data(10);
    let asked = |lines: &[Line]| {
        let segments = opened(&[&sent[..], lines].concat());
        let repeated = segments.iter().filter_map(|segment| Some(segment.repetition?.asked));
        repeated.collect::<Vec<_>>()
    };
    let three = [report(21), report(31), report(41)];
    assert_eq!(
        asked(&[&three[..], &[again(), again().after(250)]].concat()),
        [Asked::Duplicates, Asked::Not]
    );
    // RFC 8985: one report may do.
    assert_eq!(asked(&[report(41), again().after(5)]), [Asked::Reports]);
    assert_eq!(asked(&[report(41), again().after(250)]), [Asked::Not]);
    // RFC 6582: a part is acknowledged, and the next one is missing too.
    let partial = [&three[..], &[again(), s(ACK, 1, 11), c(ACK, 11, 1).data(10).after(0)]].concat();
    assert_eq!(asked(&partial), [Asked::Duplicates, Asked::PartialAck]);
    // A SYN is not asked for.
    let syn = [
        c(SYN, 0, 0),
        s(SYN | ACK, 0, 1),
        c(SYN, 0, 0).after(1000),
        s(SYN | ACK, 0, 1).after(0),
    ];
    assert!(
        tell(&syn)
            .0
            .iter()
            .all(|segment| !has(segment, Remark::FastRetransmission))
    );
    // After the timer all is sent again.
    let second = c(ACK, 11, 1).data(10);
    assert_eq!(
        asked(&[again().after(300), s(ACK, 1, 11).sack(&[(21, 41)]), second]),
        [Asked::Not, Asked::Not]
    );
}

#[test]
fn a_byte_that_is_pushed_or_comes_soon_is_sent_again() {
    let part = |keep_alive: Line| {
        let talk = [c(PSH | ACK, 1, 1).data(1), s(ACK, 1, 2), keep_alive];
        opened(&talk).last().unwrap().part
    };
    assert_eq!(part(c(PSH | ACK, 1, 1).data(1)), SegmentPart::Data);
    assert_eq!(part(c(PSH | ACK, 1, 1).data(1).after(5000)), SegmentPart::Data);
    assert_eq!(part(c(ACK, 1, 1).data(1)), SegmentPart::Data);
    assert_eq!(part(c(ACK, 1, 1).data(1).after(5000)), SegmentPart::KeepAlive);
    assert_eq!(part(c(ACK, 1, 1)), SegmentPart::KeepAlive);
}

#[test]
fn other_content_and_more_than_a_segment_takes_are_seen() {
    let first = c(ACK, 1, 1).data(10).checksum(0x1234);
    let said = |second: u16| {
        let again = c(ACK, 1, 1).data(10).after(300).checksum(second);
        opened(&[first.clone(), again]).last().unwrap().signs.has_other_content
    };
    assert!(said(0x1235) && !said(0x1234));
    let mss = [2, 4, 0, 100];
    let segments = tell(&[
        c(SYN, 0, 0).option(&mss),
        s(SYN | ACK, 0, 1).option(&mss),
        c(ACK, 1, 1),
        c(ACK, 1, 1).data(100),
        c(ACK, 101, 1).data(101),
    ])
    .0;
    let larger: Vec<_> = segments.iter().map(|segment| segment.signs.larger_than).collect();
    assert_eq!(larger, [None, None, None, None, Some(100)]);
}

/// What was on the way when the connection ended had been sent before.
#[test]
fn what_crossed_the_end_does_not_come_after_it() {
    let far = after_handshake(&[
        (
            c(FIN | ACK, 1, 1).after(50),
            "FirstFin FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT",
        ),
        (s(FIN | ACK, 1, 2), "SecondFin FIN-WAIT-1>TIME-WAIT LAST-ACK"),
        (c(ACK, 2, 2), "FinAck TIME-WAIT LAST-ACK>CLOSED"),
        (s(ACK, 2, 2), "Ack TIME-WAIT LAST-ACK>CLOSED CrossesEnd"),
        // The last acknowledgment may have been lost.
        (s(ACK, 2, 2).after(100), "Ack TIME-WAIT LAST-ACK>CLOSED"),
        (c(ACK, 2, 2).after(0), "Ack TIME-WAIT LAST-ACK>CLOSED AfterEnd"),
    ]);
    assert_story(&far);
}
