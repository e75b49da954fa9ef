//! Long runs of data in one row each.

use super::{Arrow, Content, Kind, Line, Row, Run};
use crate::flow::Party;
use crate::flow::segment::SegmentPart;

/// So many data segments make a run.
const LEAST: u64 = 4;

/// Puts each run of data segments of one direction, with the plain acknowledgments among them, into one row. What changes a
/// state, is remarkable, or has a call in between, stays as it is.
pub(super) fn fold(rows: Vec<Row>) -> Vec<Row> {
    let mut folded = Vec::with_capacity(rows.len());
    let mut pending: Vec<Row> = Vec::new();
    let mut direction = None;
    for row in rows {
        let place = place(&row);
        let goes_on = match (place, direction) {
            (Some(Place::Data(from)), Some(known)) => from == known,
            (Some(Place::Data(_)), None) => true,
            (Some(Place::Acknowledgment(from)), Some(known)) => from != known,
            (Some(Place::Acknowledgment(_)) | None, _) => false,
        };
        if !goes_on {
            flush(&mut pending, &mut folded);
            direction = None;
        }
        match place {
            Some(Place::Data(from)) => {
                direction = Some(from);
                pending.push(row);
            }
            Some(Place::Acknowledgment(_)) if goes_on => pending.push(row),
            _ => folded.push(row),
        }
    }
    flush(&mut pending, &mut folded);
    folded
}

#[derive(Clone, Copy)]
enum Place {
    Data(Party),
    Acknowledgment(Party),
}

fn place(row: &Row) -> Option<Place> {
    let Kind::Packet(arrow) = &row.kind else { return None };
    let Content::Segment { part, remarks, .. } = arrow.content else {
        return None;
    };
    let is_plain = remarks.is_empty() && arrow.client.is_none() && arrow.server.is_none() && arrow.line != Line::Lost;
    match part {
        SegmentPart::Data if is_plain => Some(Place::Data(arrow.from)),
        SegmentPart::Ack | SegmentPart::WindowUpdate if is_plain => Some(Place::Acknowledgment(arrow.from)),
        _ => None,
    }
}

/// Moves the pending rows over, as one if they are enough. Acknowledgments at the end stay rows of their own: the last one
/// tells what has arrived.
fn flush(pending: &mut Vec<Row>, folded: &mut Vec<Row>) {
    let last_data = pending
        .iter()
        .rposition(|row| matches!(place(row), Some(Place::Data(_))));
    let rest = pending.split_off(last_data.map_or(0, |place| place + 1));
    match run(pending) {
        Some((run, row)) if run.segments >= LEAST => folded.push(Row {
            kind: Kind::Run(run),
            ..row
        }),
        _ => folded.append(pending),
    }
    pending.clear();
    folded.extend(rest);
}

fn run(rows: &[Row]) -> Option<(Run, Row)> {
    let arrows = || {
        rows.iter().filter_map(|row| match &row.kind {
            Kind::Packet(arrow) => Some(arrow),
            _ => None,
        })
    };
    let bytes = |arrow: &Arrow| match arrow.content {
        Content::Segment { length, .. } => length,
        _ => 0,
    };
    let first = arrows().next()?;
    let data = || arrows().filter(|arrow| arrow.from == first.from);
    let run = Run {
        from: first.from,
        first: first.number,
        last: arrows().next_back()?.number,
        segments: data().count() as u64,
        bytes: data().map(bytes).sum(),
        acknowledgments: arrows().filter(|arrow| arrow.from != first.from).count() as u64,
    };
    Some((run, rows.first()?.clone()))
}
