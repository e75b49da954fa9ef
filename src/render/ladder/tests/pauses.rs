//! Why nothing happens.

use super::{at, data, drawn, ladder_of};
use crate::flow::Party;
use crate::flow::conversation::Opening;
use crate::flow::segment::{RoundTrip, SegmentPart};
use crate::render::ladder::Detail;
use crate::render::text_style::CharacterSet;
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
