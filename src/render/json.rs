//! The view `json`: JSON Lines, one object a packet; after the packets one a conversation, and one a socket call.
//!
//! `docs/json.md` explains every key, the schemas in `docs/` are made from the structs in `record` and `whole`, and a test
//! holds them together. The structs borrow from the packet; fields, texts and bytes turn into characters on their way out.

mod claim;
mod conversation;
mod convert;
mod end;
mod exchange;
mod fields;
mod record;
mod reply;
mod text;
mod whole;

use std::io::{self, Write};

use self::convert::record;
use super::text_style::TextStyle;
use super::two_ends::TwoEnds;
use super::two_ends::rows::rows;
use super::view::ShownPacket;
use crate::escape;
use crate::flow::conversation::Conversation;
use crate::timeline::{EventKind, PacketRef, Timeline};

/// Writes a packet as one line.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut Vec<u8>, _look: &TextStyle, shown: &ShownPacket<'_, '_>) -> io::Result<()> {
    line(out, &record(shown))
}

/// Writes a conversation as a whole as one line.
///
/// # Errors
/// Those of `out`.
pub fn write_conversation(out: &mut (impl Write + ?Sized), conversation: &Conversation) -> io::Result<()> {
    line(out, &whole::conversation(conversation))
}

/// Writes the calls of a conversation, a line each, in the order in which they were entered. `packets` are those of which the
/// timeline was made.
///
/// # Errors
/// Those of `out`.
pub fn write_calls(
    out: &mut (impl Write + ?Sized),
    conversation: u64,
    packets: &[PacketRef],
    timeline: &Timeline,
) -> io::Result<()> {
    for event in &timeline.events {
        let EventKind::Entered(index) = event.kind else {
            continue;
        };
        if let Some(party_call) = timeline.calls.get(index) {
            line(out, &whole::call(conversation, packets, timeline, index, party_call))?;
        }
    }
    Ok(())
}

/// Writes two captures of one exchange: a line for the whole, then one for each packet that was sent.
///
/// # Errors
/// Those of `out`.
pub fn write_exchange(out: &mut (impl Write + ?Sized), ends: &TwoEnds<'_>) -> io::Result<()> {
    line(out, &exchange::exchange(ends))?;
    for conversation in rows(ends.exchange) {
        for row in &conversation.rows {
            if let Some(pair) = exchange::pair(ends.exchange, row) {
                line(out, &pair)?;
            }
        }
    }
    Ok(())
}

fn line(out: &mut (impl Write + ?Sized), record: &impl serde::Serialize) -> io::Result<()> {
    escape::json::write(out, record)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests;
