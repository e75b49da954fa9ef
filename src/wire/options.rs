//! Iterating over options.
//!
//! Options stand one after the other, each with its kind and its own length, so the place of the second depends on what the
//! first says. A length of 0 would make a careless reader stand still, one past the header would make it read the data:
//! the walk stops at the first that cannot be.

use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, rest};
use super::malformation::Expected;
use super::packet::Packet;
use super::protocol::Protocol;
use super::span::Span;

/// How the options of a header are laid out.
#[derive(Debug, Clone, Copy)]
pub(super) enum OptionLayout {
    /// IPv4 and TCP: kind, length of kind, length and value together; kinds 0 (end) and 1 (NOP) are one byte. RFC 791, RFC 9293
    Classic,
    /// IPv6: type, length of the value alone; type 0 (Pad1) is one byte. RFC 8200 section 4.2
    Ipv6,
    /// `ICMPv6` neighbor discovery: type, length of all in units of 8 bytes. RFC 4861 section 4.6
    Discovery,
}

/// What the iterator finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OptionItem<'a> {
    /// An option, whole.
    Option {
        /// Its kind (IPv4 and IPv6: type).
        kind: u8,
        /// Its bytes, kind and length included.
        span: Span<'a>,
    },
    /// What comes after the end-of-options mark.
    Padding(Span<'a>),
    /// An option that cannot be: its length is below the least or reaches past the header. The iteration ends.
    Broken {
        /// All from its kind on.
        span: Span<'a>,
        /// The length that it declares, in bytes; `None` where even the length is missing.
        declared_length: Option<usize>,
    },
}

/// Iterates over the options of a header.
#[derive(Debug, Clone)]
pub(super) struct OptionIter<'a> {
    layout: OptionLayout,
    left: Span<'a>,
    ended: bool,
}

impl<'a> OptionIter<'a> {
    pub(super) const fn new(layout: OptionLayout, options: Span<'a>) -> Self {
        Self {
            layout,
            left: options,
            ended: false,
        }
    }

    /// The length of the option at hand, and the least that it may be. `None`: the length byte is missing.
    fn declared_length(&self, kind: u8) -> Option<(usize, usize)> {
        let length = || self.left.u8(1).map(usize::from);
        match (self.layout, kind) {
            (OptionLayout::Classic, 0 | 1) | (OptionLayout::Ipv6, 0) => Some((1, 1)),
            (OptionLayout::Classic, _) => Some((length()?, 2)),
            (OptionLayout::Ipv6, _) => Some((length()? + 2, 2)),
            (OptionLayout::Discovery, _) => Some((length()? * 8, 8)),
        }
    }
}

impl<'a> Iterator for OptionIter<'a> {
    type Item = OptionItem<'a>;

    fn next(&mut self) -> Option<OptionItem<'a>> {
        let kind = self.left.u8(0)?;
        if self.ended {
            let padding = self.left;
            self.left = self.left.from(usize::MAX);
            return Some(OptionItem::Padding(padding));
        }
        let declared_length = self.declared_length(kind);
        let possible = declared_length.filter(|&(length, least)| length >= least && length <= self.left.bytes.len());
        let Some((length, _)) = possible else {
            let span = self.left;
            self.left = self.left.from(usize::MAX);
            return Some(OptionItem::Broken {
                span,
                declared_length: declared_length.map(|(length, _)| length),
            });
        };
        let span = self.left.first(length);
        self.left = self.left.from(length);
        self.ended = matches!(self.layout, OptionLayout::Classic) && kind == 0;
        Some(OptionItem::Option { kind, span })
    }
}

/// Says which option of a header cannot be, if one cannot. `field` is the filter name of the options' length.
pub(super) fn check<'a>(
    packet: &mut Packet<'a>,
    protocol: Protocol,
    layout: OptionLayout,
    options: Span<'a>,
    field: &'static str,
) {
    for item in OptionIter::new(layout, options) {
        if let OptionItem::Broken { span, declared_length } = item {
            let least = if matches!(layout, OptionLayout::Discovery) {
                8
            } else {
                2
            };
            match declared_length {
                Some(declared_length) if declared_length < least => {
                    let least = if least == 8 { 1 } else { 2 };
                    packet.malformed(
                        protocol,
                        span.at + 1,
                        Expected::AtLeast { field, least },
                        declared_length,
                    );
                }
                declared_length => {
                    let bytes = declared_length.unwrap_or(2);
                    packet.malformed(protocol, span.at, Expected::Declared { field, bytes }, span.bytes.len());
                }
            }
        }
    }
}

/// The tables of one kind of option.
#[derive(Debug, Clone, Copy)]
pub(super) struct OptionDef {
    /// The option as a whole.
    pub(super) whole: FieldDef,
    /// What is in it, placed from its kind.
    pub(super) parts: &'static [FieldDef],
    /// What is there again and again after these, up to the option's end.
    pub(super) repeated: &'static [FieldDef],
}

/// The table of an option as a whole.
pub(super) const fn whole(id: &'static str, name: &'static str) -> FieldDef {
    rest(id, name, 0, Format::Option)
}

/// The tables of an option of which nothing but the whole is known.
pub(super) const fn option(id: &'static str, name: &'static str) -> OptionDef {
    OptionDef {
        whole: whole(id, name),
        parts: &[],
        repeated: &[],
    }
}

impl OptionDef {
    /// The same with parts.
    pub(super) const fn of(mut self, parts: &'static [FieldDef]) -> Self {
        self.parts = parts;
        self
    }

    /// The same with parts that are there again and again.
    pub(super) const fn again(mut self, repeated: &'static [FieldDef]) -> Self {
        self.repeated = repeated;
        self
    }

    /// The option of these bytes as a field with its parts. Bytes beyond the tables are `remainder`.
    pub(super) fn field<'a>(&'static self, span: Span<'a>, remainder: &'static FieldDef) -> Field<'a> {
        let mut parts = span.whole_fields(self.parts);
        let fixed = self.parts.last().map_or(0, |last| (last.bit + last.bits) / 8);
        let stride = self.repeated.last().map_or(0, |last| (last.bit + last.bits) / 8);
        if stride > 0 && parts.len() == self.parts.len() {
            let mut left = span.from(fixed);
            while left.bytes.len() >= stride {
                parts.extend(self.repeated.iter().filter_map(|def| Field::read(def, left)));
                left = left.from(stride);
            }
        }
        span.push_remainder(&mut parts, remainder);
        Field::of_span(&self.whole, span, parts)
    }
}
