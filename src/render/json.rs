//! The view `json`: JSON Lines, one object a packet.
//!
//! `docs/json.md` explains every key, `docs/packet.schema.json` is made from the structs in `record`, and a test holds the
//! two together. The structs borrow from the packet; fields, texts and bytes turn into characters on their way out.

mod conversation;
mod convert;
mod line;
mod record;
mod text;

use std::io::{self, Write};

use self::convert::record;
use self::line::OneLine;
use crate::flow::Step;
use crate::frame::{Frame, Time};
use crate::wire::Packet;

/// Writes a packet as one line.
///
/// `packet` is the decoded `frame`; `number` its place in the capture, from 1; `first` the time of the capture's first
/// packet, from which `seconds` are counted; `step` what it does in its conversation. Many small pieces are written: give it a buffer.
///
/// # Errors
/// Those of `out`.
pub fn write(
    out: &mut (impl Write + ?Sized),
    frame: &Frame<'_>,
    packet: &Packet<'_>,
    number: u64,
    first: Option<Time>,
    step: Option<&Step>,
) -> io::Result<()> {
    let record = record(frame, packet, number, first, step);
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, OneLine);
    serde::Serialize::serialize(&record, &mut serializer)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests;
