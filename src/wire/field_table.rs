//! A table of fields, to look a field up without a packet.

use super::field::FieldDef;
use super::protocol::Protocol;

/// From where the fields of a table are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the start of the header.
    Header,
    /// From the first byte of the option, which begins wherever the options before it end.
    Option,
    /// From the first byte of what follows the header and has this name: extension, object.
    Behind(&'static str),
    /// In the header, each where the one before it ends; its own table gives no place.
    Running,
    /// The same in an option.
    RunningInOption,
}

impl Origin {
    /// Has a field no place of its own in the table?
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Running | Self::RunningInOption)
    }
}

/// A table: a header, a kind of message, or an option.
#[derive(Debug, Clone, Copy)]
pub struct FieldTable {
    /// The protocol.
    pub protocol: Protocol,
    /// What of it: `echo`, `option maximum segment size`; empty for the header itself.
    pub part: &'static str,
    /// From where its fields are placed.
    pub origin: Origin,
    /// Its fields in order.
    pub table: &'static [FieldDef],
}

/// What a protocol's file says of its tables: part, origin, fields.
pub(super) type FieldTables = &'static [(&'static str, Origin, &'static [FieldDef])];
