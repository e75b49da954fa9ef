//! A header's table of fields, and a field of one packet.
//!
//! Every protocol's file has one table of [`FieldDef`]s: what the RFC's drawing shows, as data. The decoder, the explainer and
//! the printer read the same table. [`Field`] is a line of such a table with its place in a frame and its bytes.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::digits::{write_address, write_bytes, write_decimal, write_hexadecimal};
use super::display_format::DisplayFormat;
use super::span::Span;

/// A line in a header's table.
#[derive(Debug, Clone, Copy)]
pub struct FieldDef {
    /// Wireshark's filter name where it has one, such as `tcp.srcport`; stable, unique in its header.
    pub id: &'static str,
    /// The RFC's name, for people.
    pub name: &'static str,
    /// Where it begins, in bits from the first bit of the header (or of the option), most significant bit first.
    pub bit: usize,
    /// How many bits it has; 0 for "all that follows" in what holds it.
    pub bits: usize,
    /// How its value is written.
    pub format: DisplayFormat,
    /// The fields within this field, placed from the start of the same header.
    pub parts: &'static [FieldDef],
    /// Kind and length, which every option has, and reserved bytes: the value of an option is written without them.
    pub omitted: bool,
}

/// A field of whole bytes: `length` of them from byte `offset` of the header.
pub(super) const fn bytes(
    id: &'static str,
    name: &'static str,
    offset: usize,
    length: usize,
    format: DisplayFormat,
) -> FieldDef {
    bits(id, name, offset * 8, length * 8, format)
}

/// A field of bits.
pub(super) const fn bits(
    id: &'static str,
    name: &'static str,
    bit: usize,
    bits: usize,
    format: DisplayFormat,
) -> FieldDef {
    FieldDef {
        id,
        name,
        bit,
        bits,
        format,
        parts: &[],
        omitted: false,
    }
}

/// A field of all the bytes from `offset` on.
pub(super) const fn rest(id: &'static str, name: &'static str, offset: usize, format: DisplayFormat) -> FieldDef {
    bits(id, name, offset * 8, 0, format)
}

impl FieldDef {
    /// The same with parts.
    pub(super) const fn of(mut self, parts: &'static [FieldDef]) -> Self {
        self.parts = parts;
        self
    }

    /// The same, left out of its option's value.
    pub(super) const fn omitted(mut self) -> Self {
        self.omitted = true;
        self
    }
}

/// A field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Value<'a> {
    /// A number, in the host's order.
    Number(u64),
    /// A MAC address.
    Mac([u8; 6]),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// The bytes as they are.
    Bytes(&'a [u8]),
}

/// A field of one packet: a table line with its place and its bytes.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    def: &'static FieldDef,
    bit: usize,
    bits: usize,
    raw: &'a [u8],
    parts: Vec<Field<'a>>,
}

impl<'a> Field<'a> {
    /// The field of this line in the bytes of its header. `None` when they end before it does.
    pub(super) fn read(def: &'static FieldDef, header: Span<'a>) -> Option<Self> {
        let bits = if def.bits == 0 {
            (header.bytes.len() * 8).checked_sub(def.bit).filter(|&bits| bits > 0)?
        } else {
            def.bits
        };
        let raw = header.bytes.get(def.bit / 8..(def.bit + bits).div_ceil(8))?;
        let parts = def.parts.iter().filter_map(|part| Self::read(part, header)).collect();
        Some(Self {
            def,
            bit: header.at * 8 + def.bit,
            bits,
            raw,
            parts,
        })
    }

    /// A field of whole bytes whose parts were found by iterating.
    pub(super) fn of_span(def: &'static FieldDef, span: Span<'a>, parts: Vec<Self>) -> Self {
        Self {
            def,
            bit: span.at * 8,
            bits: span.bytes.len() * 8,
            raw: span.bytes,
            parts,
        }
    }

    /// A field of all that follows the first `done` bits, whatever place its line gives. `None` when nothing follows.
    pub(super) fn remainder(def: &'static FieldDef, span: Span<'a>, done: usize) -> Option<Self> {
        let bits = (span.bytes.len() * 8).checked_sub(done).filter(|&bits| bits > 0)?;
        let raw = span.bytes.get(done / 8..)?;
        Some(Self {
            def,
            bit: span.at * 8 + done,
            bits,
            raw,
            parts: Vec::new(),
        })
    }

    /// Its line in the table.
    #[must_use]
    pub const fn def(&self) -> &'static FieldDef {
        self.def
    }

    /// Wireshark's filter name; see [`FieldDef::id`].
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.def.id
    }

    /// The RFC's name; see [`FieldDef::name`].
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.def.name
    }

    /// The first byte that it touches, counted from the start of the frame.
    #[must_use]
    pub const fn byte(&self) -> usize {
        self.bit / 8
    }

    /// How many bytes it touches.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.raw.len()
    }

    /// Its first bit, counted from the start of the frame, most significant bit of a byte first.
    #[must_use]
    pub const fn bit(&self) -> usize {
        self.bit
    }

    /// How many bits it has.
    #[must_use]
    pub const fn bits(&self) -> usize {
        self.bits
    }

    /// The bytes that it touches, its neighbours' bits included.
    #[must_use]
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The fields within it, in order: flag bits, an option's kind, length and values.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        &self.parts
    }

    /// The field of this name among its parts, at any depth.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Self> {
        find(&self.parts, id)
    }

    /// Its bits as a number, in the byte order of the field. `None` for more than 64 bits, or bits in nine bytes.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        if self.bits > 64 || self.raw.len() > 8 {
            return None;
        }
        let shift_in = |number, &byte| (number << 8) | u64::from(byte);
        let all = if matches!(self.def.format, DisplayFormat::LittleEndian(_)) {
            self.raw.iter().rev().fold(0, shift_in)
        } else {
            self.raw.iter().fold(0, shift_in)
        };
        let after = self.raw.len() * 8 - self.bit % 8 - self.bits;
        Some((all >> after) & (u64::MAX >> (64 - self.bits)))
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> Value<'a> {
        let address = match self.def.format {
            DisplayFormat::Mac => self.raw.try_into().ok().map(Value::Mac),
            DisplayFormat::Ipv4 => <[u8; 4]>::try_from(self.raw)
                .ok()
                .map(|octets| Value::Ipv4(octets.into())),
            DisplayFormat::Ipv6 => <[u8; 16]>::try_from(self.raw)
                .ok()
                .map(|octets| Value::Ipv6(octets.into())),
            DisplayFormat::Bytes | DisplayFormat::Option => Some(Value::Bytes(self.raw)),
            _ => self.number().map(Value::Number),
        };
        address.unwrap_or(Value::Bytes(self.raw))
    }

    fn write_number(&self, f: &mut fmt::Formatter<'_>, number: u64) -> fmt::Result {
        let digits = self.bits.div_ceil(4);
        match self.def.format {
            DisplayFormat::Count(what) => {
                write_decimal(f, number)?;
                f.write_str(" ")?;
                f.write_str(what)
            }
            DisplayFormat::Length { unit, uncounted } => {
                write_decimal(f, number)?;
                f.write_str(match (unit, number) {
                    (4, 1) => " word = ",
                    (4, _) => " words = ",
                    _ => " = ",
                })?;
                write_decimal(f, (number + uncounted) * unit)?;
                f.write_str(" bytes")
            }
            DisplayFormat::Hex => write_hexadecimal(f, number, digits),
            DisplayFormat::Named(naming) | DisplayFormat::LittleEndian(naming) => {
                write_decimal(f, number)?;
                write_name(f, naming(number))
            }
            DisplayFormat::HexNamed(naming) => {
                write_hexadecimal(f, number, digits)?;
                write_name(f, naming(number))
            }
            DisplayFormat::Flags => {
                write_hexadecimal(f, number, digits)?;
                let mut separator = " ";
                let is_set = |part: &&Self| part.number().is_some_and(|bits| bits != 0);
                for part in self.parts.iter().filter(is_set) {
                    write!(f, "{separator}{}", part.name())?;
                    if part.bits > 1 {
                        write!(f, " {part}")?;
                    }
                    separator = ", ";
                }
                Ok(())
            }
            _ => write_decimal(f, number),
        }
    }
}

/// Tables read at these bytes.
impl<'a> Span<'a> {
    /// The fields of a table, as far as the bytes reach. A last field that they reach only in part is given as the
    /// `remainder`, so that no byte goes without a field.
    pub(super) fn fields(self, table: &'static [FieldDef], remainder: &'static FieldDef) -> Vec<Field<'a>> {
        let mut fields = self.whole_fields(table);
        self.push_remainder(&mut fields, remainder);
        fields
    }

    /// The fields of a table up to the first that the bytes do not reach.
    pub(super) fn whole_fields(self, table: &'static [FieldDef]) -> Vec<Field<'a>> {
        let mut fields = Vec::with_capacity(table.len());
        fields.extend(table.iter().map_while(|def| Field::read(def, self)));
        fields
    }

    /// Adds what the fields leave over as one more field.
    pub(super) fn push_remainder(self, fields: &mut Vec<Field<'a>>, def: &'static FieldDef) {
        let done = fields.last().map_or(self.at * 8, |last| last.bit() + last.bits());
        fields.extend(Field::remainder(def, self, done.saturating_sub(self.at * 8)));
    }
}

/// The name behind a number, where it has one.
fn write_name(f: &mut fmt::Formatter<'_>, name: Option<&str>) -> fmt::Result {
    let Some(name) = name else { return Ok(()) };
    f.write_str(" ")?;
    f.write_str(name)
}

/// The value as people read it: `5 words = 20 bytes`, `0x0800 IPv4`, `127.0.0.1`.
impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if matches!(self.def.format, DisplayFormat::Option) {
            return write_option(f, &self.parts);
        }
        match self.value() {
            Value::Number(number) => self.write_number(f, number),
            Value::Mac(octets) => write_bytes(f, &octets, b':'),
            Value::Ipv4(address) => write_address(f, address.into()),
            Value::Ipv6(address) => address.fmt(f),
            Value::Bytes(bytes) => write_bytes(f, bytes, b' '),
        }
    }
}

/// What an option carries after its kind and its length: the value alone if it is one, else each with its name.
fn write_option(f: &mut fmt::Formatter<'_>, parts: &[Field<'_>]) -> fmt::Result {
    let carried = || parts.iter().filter(|part| !part.def.omitted);
    let alone = carried().count() == 1;
    let mut separator = "";
    for part in carried() {
        if alone {
            write!(f, "{part}")?;
        } else {
            write!(f, "{separator}{} {part}", part.name())?;
        }
        separator = ", ";
    }
    Ok(())
}

/// The first field of this name, at any depth.
#[must_use]
pub fn find<'f, 'a>(fields: &'f [Field<'a>], id: &str) -> Option<&'f Field<'a>> {
    fields.iter().find_map(|field| {
        if field.id() == id {
            Some(field)
        } else {
            find(&field.parts, id)
        }
    })
}
