//! What there is to be written down of a header: its descriptor.

use super::cursor::Cursor;
use super::field::Field;
use super::field_table::FieldTables;
use super::fields::Fields;
use super::next_header::{NextHeader, NextProtocol};
use super::options::OptionDef;
use super::packet::Packet;
use super::span::Span;

/// A header's descriptor. Each protocol's file has one; the list in `wire/mod.rs` names them all.
pub(super) trait HeaderDef {
    /// The name for people.
    const NAME: &'static str;
    /// Where it is defined: `RFC 9293`.
    const SOURCE: &'static str;
    /// What the header before has to say for this one to follow.
    const ANNOUNCED_BY: &'static [NextProtocol];
    /// The names of its fields, and what they are for.
    const FIELDS: &'static [Fields];
    /// Its tables, to look a field up; none for headers that a course does not look at.
    const TABLES: FieldTables = &[];
    /// The tables of what follows the header and what it carries.
    const BEHIND: FieldTables = &[];
    /// The tables of what comes among its options, but is not one of [`Self::OPTIONS`].
    const OPTION_TABLES: &'static [FieldTables] = &[];
    /// Its kinds of option.
    const OPTIONS: &'static [&'static OptionDef] = &[];
    /// Its checksum, if it has one.
    const CHECKSUM: Option<ChecksumDef> = None;

    /// How many bytes it has on the wire, by its own length field where it has one; 0 where only the bytes at hand tell.
    fn length(_header: Span<'_>) -> usize {
        0
    }

    /// Its fields in order, each with its place: every byte of the header is in exactly one of them.
    fn fields(header: Span<'_>) -> Vec<Field<'_>>;

    /// Reads it at the start of `cursor`: adds it to the packet, and says what follows.
    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a>;
}

/// A header's checksum.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChecksumDef {
    /// Its filter name.
    pub(super) field: &'static str,
    /// Its first byte in the header.
    pub(super) offset: usize,
    /// What it covers.
    pub(super) covers: Covers,
}

/// What a checksum covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Covers {
    /// The header alone.
    Header,
    /// Header and payload.
    Message,
    /// These and a pseudo-header with this IP protocol number. RFC 9293 section 3.1, RFC 8200 section 8.1
    PseudoHeader(u8),
}

/// A length in words of 4 bytes, from four bits of the header: 0 where they are not there.
pub(super) fn words(header: Span<'_>, offset: usize, shift: u32) -> usize {
    header.u8(offset).map_or(0, |byte| usize::from(byte >> shift & 15) * 4)
}
