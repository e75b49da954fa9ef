//! Any conversation can be drawn.

use proptest::prelude::*;

use super::super::{Detail, plain};
use super::{at, drawn, ladder_of};
use crate::flow::Party;
use crate::flow::conversation::Opening;
use crate::flow::segment::{Remark, ResetCause, SegmentPart};
use crate::frame::Time;
use crate::render::text_style::CharacterSet;
use crate::timeline::PacketRef;
use crate::timeline::test_conversation::segment;
use crate::wire::tcp::Flags;

fn any_packet() -> impl Strategy<Value = (i64, bool, usize, i64, u32)> {
    (
        0_i64..i64::MAX / 2,
        any::<bool>(),
        0_usize..9,
        0_i64..1_000_000_000,
        any::<u32>(),
    )
}

proptest! {
    #[test]
    fn whatever_is_told_fits_the_width_and_is_text(
        packets in proptest::collection::vec(any_packet(), 1..40),
        numbers in prop_oneof![Just(1_u64), Just(999_999)],
    ) {
        let parts = [
            SegmentPart::Syn, SegmentPart::SynAck, SegmentPart::HandshakeAck, SegmentPart::Data, SegmentPart::Ack, SegmentPart::KeepAlive, SegmentPart::FirstFin,
            SegmentPart::Reset(ResetCause::Abort), SegmentPart::WindowProbe,
        ];
        let packets: Vec<PacketRef> = packets
            .into_iter()
            .enumerate()
            .map(|(index, (time, from_client, part, first, bits))| {
                let sender = if from_client { Party::Client } else { Party::Server };
                let mut one = segment(parts[part], (part == 3).then_some((first, first + 1_000)));
                one.remarks = Remark::ALL.into_iter().filter(|&remark| bits >> (remark as u8) & 1 == 1).collect();
                one.sequence.relative = first;
                PacketRef {
                    flags: Some(Flags((bits & 0x1ff) as u16)),
                    time: Some(Time(time)),
                    ..at(numbers + index as u64, 0, sender, one)
                }
            })
            .collect();
        for detail in [Detail::Full, Detail::Folded] {
            let ladder = ladder_of(&packets, Opening::Complete, detail);
            for width in [60, 80, 133] {
                let output = drawn(&ladder, CharacterSet::Ascii, width);
                prop_assert!(output.is_ascii());
                for line in output.lines() {
                    prop_assert!(line.len() <= width, "{}: {}", line.len(), line);
                }
            }
            for row in &ladder.rows {
                prop_assert!(!plain::sentence(row).contains(char::is_control));
            }
        }
    }
}
