//! What the descriptors say, by protocol: the list in `wire/mod.rs` made into code.

use std::fmt;

use super::cursor::Cursor;
use super::field::Field;
use super::field_table::FieldTables;
use super::fields::Fields;
use super::header::{ChecksumDef, HeaderDef};
use super::layer::Layer;
use super::next_header::{NextHeader, NextProtocol};
use super::options::OptionDef;
use super::packet::Packet;
use super::protocol::Protocol;
use super::span::Span;

/// For each of the descriptor's items: the item of this protocol's descriptor.
macro_rules! by_protocol {
    ($($variant:ident: $module:ident::$header:ident, $explainer:path, $doc:literal;)*) => {
        impl Protocol {
            /// The name for people.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => super::$module::$header::NAME,)*
                }
            }

            /// Where the header is defined: `RFC 9293`.
            #[must_use]
            pub const fn source(self) -> &'static str {
                match self {
                    $(Self::$variant => super::$module::$header::SOURCE,)*
                }
            }

            const fn announced_by(self) -> &'static [NextProtocol] {
                match self {
                    $(Self::$variant => super::$module::$header::ANNOUNCED_BY,)*
                }
            }

            /// Its fields: their names, and what they are for.
            #[must_use]
            pub const fn fields(self) -> &'static [Fields] {
                match self {
                    $(Self::$variant => super::$module::$header::FIELDS,)*
                }
            }

            pub(super) const fn tables(self) -> FieldTables {
                match self {
                    $(Self::$variant => super::$module::$header::TABLES,)*
                }
            }

            pub(super) const fn tables_behind(self) -> FieldTables {
                match self {
                    $(Self::$variant => super::$module::$header::BEHIND,)*
                }
            }

            pub(super) const fn option_tables(self) -> &'static [FieldTables] {
                match self {
                    $(Self::$variant => super::$module::$header::OPTION_TABLES,)*
                }
            }

            pub(super) const fn options(self) -> &'static [&'static OptionDef] {
                match self {
                    $(Self::$variant => super::$module::$header::OPTIONS,)*
                }
            }

            pub(super) const fn checksum(self) -> Option<ChecksumDef> {
                match self {
                    $(Self::$variant => super::$module::$header::CHECKSUM,)*
                }
            }

            fn length(self, header: Span<'_>) -> usize {
                match self {
                    $(Self::$variant => super::$module::$header::length(header),)*
                }
            }

            fn read(self, header: Span<'_>) -> Vec<Field<'_>> {
                match self {
                    $(Self::$variant => super::$module::$header::fields(header),)*
                }
            }

            /// Reads its header at the start of `cursor`.
            pub(super) fn decode<'a>(self, cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
                match self {
                    $(Self::$variant => super::$module::$header::decode(cursor, packet),)*
                }
            }
        }
    };
}
headers!(by_protocol);

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Protocol {
    /// The filter name of its checksum, if it has one.
    #[must_use]
    pub fn checksum_field(self) -> Option<&'static str> {
        self.checksum().map(|def| def.field)
    }

    /// The protocol whose header is announced so.
    pub(super) fn announced(next: NextProtocol) -> Option<Self> {
        match next {
            NextProtocol::AfterIpv4(number) => AFTER_IPV4.get(usize::from(number)).copied().flatten(),
            NextProtocol::AfterIpv6(number) => AFTER_IPV6.get(usize::from(number)).copied().flatten(),
            next => {
                let mut announced = BY_LINK_OR_TYPE.iter().flatten();
                announced
                    .find(|(known, _)| *known == next)
                    .map(|&(_, protocol)| protocol)
            }
        }
    }
}

static AFTER_IPV4: [Option<Protocol>; 256] = by_number(false);
static AFTER_IPV6: [Option<Protocol>; 256] = by_number(true);

/// The protocols by their IP protocol numbers, after IPv6 or after IPv4.
#[expect(
    clippy::indexing_slicing,
    reason = "computed while compiling, and a byte is below 256"
)]
const fn by_number(after_ipv6: bool) -> [Option<Protocol>; 256] {
    let mut table = [None; 256];
    let mut protocols = Protocol::ALL;
    while let Some((&protocol, others)) = protocols.split_first() {
        let mut announced = protocol.announced_by();
        while let Some((&next, rest)) = announced.split_first() {
            match next {
                NextProtocol::AfterIpv4(number) if !after_ipv6 => table[number as usize] = Some(protocol),
                NextProtocol::AfterIpv6(number) if after_ipv6 => table[number as usize] = Some(protocol),
                _ => {}
            }
            announced = rest;
        }
        protocols = others;
    }
    table
}

/// What is announced by a link type, by an `EtherType`, or as LLC: few, so that a search is as fast as a table.
static BY_LINK_OR_TYPE: [Option<(NextProtocol, Protocol)>; 24] = by_link_or_type();

#[expect(
    clippy::indexing_slicing,
    reason = "computed while compiling: too small an array is a compiler's error"
)]
const fn by_link_or_type<const ROOM: usize>() -> [Option<(NextProtocol, Protocol)>; ROOM] {
    let (mut table, mut used) = ([None; ROOM], 0);
    let mut protocols = Protocol::ALL;
    while let Some((&protocol, others)) = protocols.split_first() {
        let mut announced = protocol.announced_by();
        while let Some((&next, rest)) = announced.split_first() {
            if !matches!(next, NextProtocol::AfterIpv4(_) | NextProtocol::AfterIpv6(_)) {
                table[used] = Some((next, protocol));
                used += 1;
            }
            announced = rest;
        }
        protocols = others;
    }
    table
}

impl<'a> Layer<'a> {
    /// How many bytes it carries on the wire, by the length fields; more than [`Self::payload`] has when the capture is cut.
    #[must_use]
    pub fn payload_length(&self) -> usize {
        self.length.saturating_sub(self.header_length())
    }

    /// How many bytes the header has on the wire. More than [`Self::header`] has when the capture cut it; where the cut took
    /// the length field too, the least that the protocol allows.
    #[must_use]
    pub fn header_length(&self) -> usize {
        let declared = self.protocol.length(self.header);
        declared.min(self.length).max(self.header.bytes.len())
    }

    /// Its fields in order, each with its place: every byte of the header is in exactly one of them.
    #[must_use]
    pub fn fields(&self) -> Vec<Field<'a>> {
        self.protocol.read(self.header)
    }
}

impl<'a> Packet<'a> {
    /// The fields of every header, from the outside in, and of an ICMP extension behind them.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> {
        self.layers.iter().flat_map(Layer::fields).chain(self.icmp_extension())
    }
}
