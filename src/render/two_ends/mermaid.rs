//! Two captures of one exchange as Mermaid's sequence diagram. It has no slanted arrows, so each has both times.

use std::io::{self, Write};

use super::TwoEnds;
use super::rows::{Row, rows};
use super::rows_shown::{Extent, Shown, shown_within};
use super::words::{self, Starts};
use super::{plain, summary};
use crate::pair::{Exchange, Fate, Side};
use crate::render::ladder::ArrowLine;
use crate::render::mermaid::{Entities, remark};

/// Writes every conversation of which both captures have packets.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, ends: &TwoEnds<'_>, extent: Extent) -> io::Result<()> {
    let all = rows(ends.exchange);
    let first = all.iter().filter_map(|each| each.rows.first()).map(|row| row.time);
    let first = first.min().unwrap_or_default();
    writeln!(output, "sequenceDiagram")?;
    writeln!(output, "    accTitle: Two captures of one exchange")?;
    // The left end is the client's in each conversation, so both captures may have either role.
    let sides = words::left(ends.exchange, all.first().map_or(0, |each| each.number));
    for side in [sides, sides.other()] {
        let name = if side == Side::A { ends.a } else { ends.b };
        writeln!(output, "    participant {side} as {side}: {}", Entities(name))?;
    }
    let both = format!("{sides},{}", sides.other());
    let mut room = extent.most();
    for (place, each) in all.iter().enumerate() {
        if room == 0 {
            let more = (all.len() - place) as u64;
            remark(output, &both, &extent.no_room_for(more, "more conversation"))?;
            break;
        }
        remark(output, &both, &words::title(ends.exchange, each.number))?;
        let starts = Starts::of(ends.exchange, &each.rows);
        for shown in shown_within(ends.exchange, &each.rows, extent, &mut room) {
            match shown {
                Shown::Row(row) => message(output, ends.exchange, row, starts, first)?,
                Shown::LeftOut(text) => remark(output, &both, &text)?,
            }
        }
    }
    remark(output, &both, &summary::clock(ends.exchange))
}

/// A packet: dotted for control, solid for data, with a cross where it was lost.
fn message(output: &mut impl Write, exchange: &Exchange, row: &Row, starts: Starts, first: i64) -> io::Result<()> {
    let Some(seen) = row.seen(exchange) else {
        return Ok(());
    };
    let sender = exchange.sent_at(seen);
    let arrow = match (row.fate, row.line(exchange)) {
        (Fate::Lost { .. }, _) => "-x",
        (_, ArrowLine::Control) => "-->>",
        _ => "->>",
    };
    let end = |side: Side| {
        let (number, time) = row.at(exchange, side)?;
        Some(format!("{side} {number} {} ms", plain::milliseconds(time, first, 3)))
    };
    let ends: Vec<String> = [sender, sender.other()].into_iter().filter_map(end).collect();
    let packet = words::packet(seen, starts, row.data(exchange)).into_iter().next();
    let parts = packet.into_iter().chain(words::remarks(exchange, row));
    let text = format!("{}, {}", parts.collect::<Vec<_>>().join(", "), ends.join(" to "));
    writeln!(output, "    {sender}{arrow}{}: {}", sender.other(), Entities(&text))
}
