//! Does the capture lack bytes of a conversation? What came out of order, or late, does not.

use crate::flow::Party;
use crate::flow::number::ByteRange;
use crate::flow::segment::{Remark, Segment, SegmentPart};
use crate::timeline::PacketRef;

/// Do these packets, which are all, lack bytes that were sent?
pub(super) fn lacks_bytes(packets: &[PacketRef]) -> bool {
    [Party::Client, Party::Server].into_iter().any(|party| {
        let whole = whole(packets, party);
        // Acknowledged, and not there.
        let acknowledged = segments(packets, party.other())
            .filter(|segment| segment.remarks.has(Remark::AcknowledgesUnseen))
            .filter_map(|segment| segment.acknowledges.bytes)
            .map(|bytes| bytes.last)
            .max();
        match whole {
            Some(Whole::Until(last)) => acknowledged.is_some_and(|to| to > last),
            Some(Whole::NotAll) => true,
            None => acknowledged.is_some(),
        }
    })
}

/// How much of a stream is there.
enum Whole {
    /// All until this byte.
    Until(i64),
    /// Some are missing in between.
    NotAll,
}

/// `None` without data.
fn whole(packets: &[PacketRef], party: Party) -> Option<Whole> {
    let counts_from_syn = segments(packets, party).any(|segment| segment.own_start.is_some());
    let mut ranges: Vec<ByteRange> = segments(packets, party).filter_map(|segment| segment.data).collect();
    ranges.sort_unstable_by_key(|range| range.first);
    let first = ranges.first()?.first;
    let mut until = if counts_from_syn { 0 } else { first - 1 };
    for range in ranges {
        if range.first > until + 1 {
            return Some(Whole::NotAll);
        }
        until = until.max(range.last);
    }
    Some(Whole::Until(until))
}

fn segments(packets: &[PacketRef], party: Party) -> impl Iterator<Item = &Segment> {
    packets
        .iter()
        .filter(move |seen| seen.in_flow.sender == party)
        .filter_map(|seen| seen.in_flow.segment())
        .filter(|segment| segment.part != SegmentPart::Damaged)
}
