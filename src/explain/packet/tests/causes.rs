//! The sentences about causes: the evidence is named, and so is every cause that is left.

use super::{PUSH, in_flow, is_sentence, packet, push};
use crate::explain::packet::{reason, remarks};
use crate::flow::PacketKind;
use crate::flow::order::{OrderSign, SendOrder};
use crate::flow::repetition::{Asked, FirstTransmission, Repetition};
use crate::flow::segment::{Remark, Remarks, Scale, Segment, SegmentPart, Window};
use crate::flow::signs::{DuplicateCause, Signs};
use crate::wire::digits::unhex;

fn said(remark: Option<Remark>, signs: Signs) -> String {
    let segment = Segment {
        remarks: remark.into_iter().collect::<Remarks>(),
        signs,
        ..push()
    };
    of(segment)
}

fn of(segment: Segment) -> String {
    let bytes = unhex(PUSH);
    let sentences = remarks(&packet(&bytes), &in_flow(PacketKind::Segment(segment)));
    for sentence in &sentences {
        is_sentence(sentence);
    }
    sentences.join(" / ")
}

fn why(part: SegmentPart, window: u16, signs: Signs, first_sent: Option<u64>) -> String {
    let bytes = unhex(PUSH);
    let segment = Segment {
        part,
        signs,
        first_sent,
        data: None,
        window: Window {
            raw: window,
            scale: Scale::NotOffered,
        },
        ..push()
    };
    let sentence = reason(&packet(&bytes), Some(&in_flow(PacketKind::Segment(segment)))).unwrap();
    is_sentence(&sentence);
    sentence.into_owned()
}

fn order(is_before: bool, by: OrderSign) -> Signs {
    Signs {
        order: Some(SendOrder {
            other: 7,
            is_before,
            by,
        }),
        ..Signs::default()
    }
}

#[test]
fn what_is_out_of_order_says_by_what() {
    let out_of_order = |signs| said(Some(Remark::OutOfOrder), signs);
    assert_eq!(
        out_of_order(order(true, OrderSign::Identification(4711, 4712))),
        "out of order (deduced): sent before packet 7 and held up on the way (IP id 4711, packet 7 has 4712)"
    );
    assert_eq!(
        out_of_order(order(true, OrderSign::Timestamp(99, 100))),
        "out of order: sent before packet 7 and held up on the way (timestamp 99, packet 7 has 100)"
    );
    let soon = Signs {
        round_trip: Some(20_000_000),
        ..Signs::default()
    };
    assert_eq!(
        out_of_order(soon),
        "out of order (deduced): held up on the way, because it came too soon for its sender to know that it was missing here"
    );
    let again = Signs {
        may_be_sent_again: true,
        ..order(true, OrderSign::Identification(4711, 4712))
    };
    assert!(out_of_order(again).contains("or sent again with the same IP id"));
    let unknown = out_of_order(Signs::default());
    assert!(
        unknown.contains("held up on the way, or it was sent again"),
        "{unknown}"
    );
}

#[test]
fn what_was_sent_again_says_after_what() {
    let again = |signs| Segment {
        remarks: Remarks::NONE.with(Remark::Retransmission),
        repetition: Some(Repetition {
            first: FirstTransmission::NotCaptured,
            may_be_older: false,
            asked: Asked::Not,
        }),
        signs,
        ..push()
    };
    assert_eq!(
        of(again(order(false, OrderSign::Identification(4713, 4712)))),
        "retransmission: sent after packet 7, which comes after it in the stream (IP id 4713, packet 7 has 4712); the first one was \
         lost before it came here, or was not captured"
    );
    let unknown = of(again(Signs::default()));
    assert!(unknown.contains("or this is it, and late"), "{unknown}");
    let other = Segment {
        first_sent: Some(4),
        signs: Signs {
            has_other_content: true,
            ..Signs::default()
        },
        ..push()
    };
    assert_eq!(
        of(other),
        "by the checksums its data are not those of packet 4: it carries other data, or one of both was damaged"
    );
}

#[test]
fn a_duplicate_says_what_it_reports_and_what_it_leaves_open() {
    let duplicate = |cause| {
        said(
            Some(Remark::DuplicateAck),
            Signs {
                duplicate: Some(cause),
                ..Signs::default()
            },
        )
    };
    assert!(duplicate(DuplicateCause::Gap).contains("reports later bytes (SACK)"));
    assert!(duplicate(DuplicateCause::Twice).contains("a segment came twice"));
    assert!(duplicate(DuplicateCause::GapOrTwice).contains("both look the same"));
}

#[test]
fn a_window_update_has_its_direction() {
    let from = |before: u64, now: u16| {
        let signs = Signs {
            previous_window: Some(before),
            ..Signs::default()
        };
        why(SegmentPart::WindowUpdate, now, signs, None)
    };
    assert_eq!(from(0, 500), "the client has room again: its window is 500 bytes now");
    assert_eq!(
        from(400, 500),
        "the client has more room: its window is 500 bytes now, up from 400 bytes"
    );
    assert_eq!(
        from(32_000, 500),
        "the client has less room: its window is 500 bytes now, down from 32000 bytes"
    );
}

#[test]
fn a_copy_names_both_ways_in_which_it_came() {
    let signs = Signs {
        since_first: Some(4_940_000),
        ..Signs::default()
    };
    let copy = why(SegmentPart::Copy, 500, signs, Some(3));
    assert!(
        copy.starts_with("packet 3 once more, 4.94 ms later: captured twice, or repeated on the way"),
        "{copy}"
    );
}
