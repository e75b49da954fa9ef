//! Long runs of data in one row each.

use super::{Arrow, ArrowContent, ArrowLine, LadderRow, RowKind, SegmentRun};
use crate::flow::Party;
use crate::flow::segment::SegmentPart;

/// At least this many data segments make a run.
const LEAST: u64 = 4;

/// Puts each run of data segments of one direction, with the plain acknowledgments among them, into one row. What changes a
/// state, is remarkable, or has a call in between, stays as it is.
pub(super) fn fold(rows: Vec<LadderRow>) -> Vec<LadderRow> {
    let mut folded = Vec::with_capacity(rows.len());
    let mut pending: Vec<LadderRow> = Vec::new();
    let mut direction = None;
    for row in rows {
        let place = foldable(&row);
        let goes_on = match (place, direction) {
            (Some(Foldable::Data(from)), Some(known)) => from == known,
            (Some(Foldable::Data(_)), None) => true,
            (Some(Foldable::Acknowledgment(from)), Some(known)) => from != known,
            (Some(Foldable::Acknowledgment(_)) | None, _) => false,
        };
        if !goes_on {
            flush(&mut pending, &mut folded);
            direction = None;
        }
        match place {
            Some(Foldable::Data(from)) => {
                direction = Some(from);
                pending.push(row);
            }
            Some(Foldable::Acknowledgment(_)) if goes_on => pending.push(row),
            _ => folded.push(row),
        }
    }
    flush(&mut pending, &mut folded);
    folded
}

#[derive(Clone, Copy)]
enum Foldable {
    Data(Party),
    Acknowledgment(Party),
}

fn foldable(row: &LadderRow) -> Option<Foldable> {
    let RowKind::Packet(arrow) = &row.kind else { return None };
    let ArrowContent::Segment { part, remarks, .. } = arrow.content else {
        return None;
    };
    let is_plain =
        remarks.is_empty() && arrow.client.is_none() && arrow.server.is_none() && arrow.line != ArrowLine::Lost;
    match part {
        SegmentPart::Data if is_plain => Some(Foldable::Data(arrow.from)),
        SegmentPart::Ack | SegmentPart::WindowUpdate if is_plain => Some(Foldable::Acknowledgment(arrow.from)),
        _ => None,
    }
}

/// Moves the pending rows over, as one if they are enough. Acknowledgments at the end stay rows of their own: the last one
/// shows what has arrived.
fn flush(pending: &mut Vec<LadderRow>, folded: &mut Vec<LadderRow>) {
    let last_data = pending
        .iter()
        .rposition(|row| matches!(foldable(row), Some(Foldable::Data(_))));
    let rest = pending.split_off(last_data.map_or(0, |place| place + 1));
    match run(pending) {
        Some((run, row)) if run.segments >= LEAST => folded.push(LadderRow {
            kind: RowKind::Run(run),
            ..row
        }),
        _ => folded.append(pending),
    }
    pending.clear();
    folded.extend(rest);
}

fn run(rows: &[LadderRow]) -> Option<(SegmentRun, LadderRow)> {
    let arrows = || {
        rows.iter().filter_map(|row| match &row.kind {
            RowKind::Packet(arrow) => Some(arrow),
            _ => None,
        })
    };
    let bytes = |arrow: &Arrow| match arrow.content {
        ArrowContent::Segment { length, .. } => length,
        _ => 0,
    };
    let first = arrows().next()?;
    let data = || arrows().filter(|arrow| arrow.from == first.from);
    let run = SegmentRun {
        from: first.from,
        first: first.number,
        last: arrows().next_back()?.number,
        last_time: rows.last()?.time,
        segments: data().count() as u64,
        bytes: data().map(bytes).sum(),
        acknowledgments: arrows().filter(|arrow| arrow.from != first.from).count() as u64,
    };
    Some((run, rows.first()?.clone()))
}
