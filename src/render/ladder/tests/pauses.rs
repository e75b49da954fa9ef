//! Why nothing happens.

use super::{at, data, drawn, ladder_of};
use crate::flow::Party;
use crate::flow::conversation::Opening;
use crate::flow::segment::{RoundTrip, SegmentPart};
use crate::render::ladder::{Detail, RowKind};
use crate::render::text_style::CharacterSet;
use crate::timeline::PacketRef;
use crate::timeline::test_conversation::segment;

#[test]
fn a_pause_until_an_answer_is_the_way_there_and_back() {
    let acknowledgment = |trip| {
        let mut acknowledgment = segment(SegmentPart::Ack, None);
        acknowledgment.round_trip = Some(RoundTrip { packet: 1, time: trip });
        let mut packet = at(4, 40_003, Party::Server, acknowledgment);
        packet.in_flow.pause = Some(40_000_000);
        let sent = |number: i64| at(number.unsigned_abs(), number, Party::Client, data(number, number));
        ladder_of(&[sent(1), sent(2), sent(3), packet], Opening::Complete, Detail::Full)
    };
    for (trip, words) in [
        (40_000_000, "to the server and back, its own time included"),
        // It answers something later than the pause, which it does not explain.
        (1_000, "reason unknown"),
    ] {
        let output = drawn(&acknowledgment(trip), CharacterSet::Ascii, 80);
        assert!(output.contains(&format!("40.0 ms: {words}")), "{output}");
    }
}

/// A run has one row and many packets: what comes after it comes after the last of them.
#[test]
fn the_pause_after_a_run_counts_from_its_last_packet() {
    // Three rows in a tenth of a millisecond each, and ten packets in one row.
    let asked = (0_i64..3).map(|nth| at(nth.unsigned_abs() + 1, 100 * nth, Party::Client, data(1 + nth, 1 + nth)));
    let answered = (0_i64..10).map(|nth| {
        let first = 1 + 100 * nth;
        at(
            nth.unsigned_abs() + 4,
            300 + 20_000 * nth,
            Party::Server,
            data(first, first + 99),
        )
    });
    let mut packets: Vec<PacketRef> = asked.chain(answered).collect();
    let ack = |micros: i64| at(14, 180_300 + micros, Party::Client, segment(SegmentPart::Ack, None));
    let gaps = |packets: &[PacketRef]| {
        let ladder = ladder_of(packets, Opening::Complete, Detail::Folded);
        let rows = ladder.rows.iter();
        rows.filter_map(|row| match &row.kind {
            RowKind::Gap(gap) => Some(gap.length),
            _ => None,
        })
        .collect::<Vec<_>>()
    };
    packets.push(ack(200));
    assert!(gaps(&packets).is_empty());
    packets.pop();
    packets.push(ack(300_000));
    assert_eq!(gaps(&packets), [300_000_000]);
}

/// The segment that does not fit counts as another conversation, so nothing here comes before the answer.
#[test]
fn a_pause_until_a_challenge_ack_ends_with_a_segment_that_does_not_fit() {
    let mut challenge = at(4, 5_000_000, Party::Server, segment(SegmentPart::ChallengeAck, None));
    challenge.in_flow.pause = Some(4_970_000_000);
    let sent = |number: i64| at(number.unsigned_abs(), number, Party::Client, data(number, number));
    let ladder = ladder_of(&[sent(1), sent(2), sent(3), challenge], Opening::Complete, Detail::Full);
    let drawn = drawn(&ladder, CharacterSet::Ascii, 120);
    assert!(
        drawn.contains("until a segment that does not fit this connection came to the server"),
        "{drawn}"
    );
}
