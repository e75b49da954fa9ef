//! The ladder with a time at each end, as sentences for a screen reader.

use std::io::{self, Write};

use super::rows::{ConversationRows, Row};
use super::rows_shown::Shown;
use super::words::{self, Starts, title};
use crate::pair::{Exchange, Seen, Side};
use crate::render::text_style::{fraction, rounded};

/// Writes a conversation, a line for each packet.
pub(super) fn write(
    output: &mut impl Write,
    exchange: &Exchange,
    each: &ConversationRows,
    shown: &[Shown<'_>],
    first: i64,
) -> io::Result<()> {
    let starts = Starts::of(exchange, &each.rows);
    writeln!(output, "{}.", title(exchange, each.number))?;
    for one in shown {
        match one {
            Shown::Row(row) => writeln!(output, "{}", sentence(exchange, row, starts, first))?,
            Shown::LeftOut(text) => writeln!(output, "Not shown: {text}.")?,
        }
    }
    Ok(())
}

/// What a packet was and what became of it, as a sentence.
pub(super) fn sentence(exchange: &Exchange, row: &Row, starts: Starts, first: i64) -> String {
    let Some(seen) = row.seen(exchange) else {
        return String::new();
    };
    let sent_at = exchange.sent_at(seen);
    let words = words::packet(seen, starts, row.data(exchange))
        .into_iter()
        .next()
        .unwrap_or_default();
    let client_at = exchange
        .conversations
        .get(seen.conversation as usize)
        .map(crate::pair::Conversation::client_at);
    let direction = if client_at == Some(sent_at) {
        "client to server"
    } else {
        "server to client"
    };
    let end = |side: Side, verb: &str| {
        let places = row.places(exchange, side);
        let packets: Vec<&Seen> = places
            .iter()
            .filter_map(|place| exchange.packet(side, *place))
            .collect();
        let (start, end) = (packets.first()?, packets.last()?);
        let numbers = if start.number == end.number {
            format!("packet {}", start.number)
        } else {
            format!("packets {} to {}", start.number, end.number)
        };
        let timed = if side == sent_at { start } else { end };
        let since = exchange.time(side, timed);
        let time = milliseconds(since, first, 3);
        Some(format!("{verb} after {time} ms as {numbers} of {side}"))
    };
    let ends = [end(sent_at, "sent"), end(sent_at.other(), "arrived")];
    let parts: Vec<String> = ends
        .into_iter()
        .flatten()
        .chain(words::remarks(exchange, row))
        .collect();
    format!("{words}, {direction}: {}.", parts.join("; "))
}

/// A time since the first packet, in milliseconds with this many decimals, six at most. Both in nanoseconds.
pub(super) fn milliseconds(time: i64, first: i64, decimals: usize) -> String {
    let unit = 10_u64.pow(6 - u32::try_from(decimals).unwrap_or(6).min(6));
    fraction(
        time < first,
        rounded(time.abs_diff(first), unit),
        1_000_000 / unit,
        decimals,
    )
}
