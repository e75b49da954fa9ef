//! What follows the quotation in an ICMP error. RFC 4884 section 7
//!
//! It is there when the message gives the length of its quotation and has more than that. It belongs to no header: its bytes
//! are [`Packet::trailer`], its fields are given by [`Packet::icmp_extension`].

use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bits, bytes, rest};
use super::field_table::{FieldTables, Origin};
use super::packet::Packet;
use super::protocol::Protocol;
use super::quotation;
use super::span::Span;
use super::sum::{self, Checksum};

fields! {
    VERSION = "icmp.ext.version", "RFC 4884 section 7", "Version of the extension behind a quotation.", "2.";
    RES = "icmp.ext.res", "RFC 4884 section 7", "Kept for later use; sent as 0.", "";
    CHECKSUM = "icmp.ext.checksum", "RFC 4884 section 7",
        "Lets the receiver find damage in the extension.", "0: none was made.";
    LENGTH = "icmp.ext.length", "RFC 4884 section 7.1", "Length of the object, its header included.", "";
    CLASS = "icmp.ext.class", "RFC 4884 section 7.1", "What the object is about.", "";
    CTYPE = "icmp.ext.ctype", "RFC 4884 section 7.1", "Which kind of object of its class it is.", "";
    DATA = "icmp.ext.data", "RFC 4884 section 7.1", "What the object says.", "";
    UNREAD = "icmp.ext.unread";
}

/// Bytes of the extension's header.
pub const FIXED: usize = 4;
/// Bytes of an object's header.
const OBJECT_FIXED: usize = 4;

/// The extension's header. The checksum covers all of the extension; 0: none was made.
pub static TABLE: [FieldDef; 3] = [
    bits(id::VERSION, "version", 0, 4, Format::Decimal),
    bits(id::RES, "reserved", 4, 12, Format::Hex),
    bytes(id::CHECKSUM, "checksum", 2, 2, Format::Hex),
];
/// Each object. RFC 4884 section 8
pub static OBJECT: [FieldDef; 4] = [
    bytes(id::LENGTH, "length", 0, 2, Format::Count("bytes")),
    bytes(id::CLASS, "class", 2, 1, Format::Named(class_name)),
    bytes(id::CTYPE, "C-Type", 3, 1, Format::Decimal),
    rest(id::DATA, "data", OBJECT_FIXED, Format::Bytes),
];
static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

/// Its tables, to look a field up.
pub(super) const TABLES: FieldTables = &[
    (
        "extension behind an error's quotation",
        Origin::Behind("extension"),
        &TABLE,
    ),
    (
        "object of the extension behind an error's quotation",
        Origin::Behind("object"),
        &OBJECT,
    ),
];

/// The meaning of an object's class: IANA, "ICMP Extension Object Classes".
#[must_use]
pub fn class_name(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "MPLS label stack",
        2 => "interface information",
        3 => "interface identification",
        4 => "extended information",
        _ => return None,
    })
}

impl<'a> Packet<'a> {
    /// The fields of the extension behind an ICMP error's quotation; none if there is no extension. An object whose length
    /// cannot be ends the reading: it and what follows are unread bytes.
    #[must_use]
    pub fn icmp_extension(&self) -> Vec<Field<'a>> {
        if self.has_icmp_extension() {
            fields(self.trailer())
        } else {
            Vec::new()
        }
    }

    /// Is the checksum of the extension right? `None` if there is no extension.
    #[must_use]
    pub fn icmp_extension_checksum(&self) -> Option<Checksum> {
        let extension = self.trailer();
        let cut = self.bytes().len() < self.original_length() && extension.end() == self.bytes().len();
        self.has_icmp_extension()
            .then(|| sum::of_icmp_extension(extension.bytes, cut))
    }

    /// Is [`Packet::trailer`] an ICMP extension? It may also be Ethernet's.
    fn has_icmp_extension(&self) -> bool {
        let trailer = self.trailer();
        !trailer.bytes.is_empty()
            && self.layers().iter().any(|layer| {
                let header = layer.header();
                let length = match layer.protocol() {
                    Protocol::Icmp => quotation::length_4(header),
                    Protocol::Icmpv6 => quotation::length_6(header),
                    _ => 0,
                };
                !layer.is_quoted() && length > 0 && header.end() + length == trailer.at
            })
    }
}

fn fields(extension: Span<'_>) -> Vec<Field<'_>> {
    let mut fields = extension.first(FIXED).fields(&TABLE, &UNREAD);
    let mut left = extension.from(FIXED);
    while let Some(length) = left.u16(0).map(usize::from) {
        if length < OBJECT_FIXED || length > left.bytes.len() {
            break;
        }
        fields.extend(left.first(length).fields(&OBJECT, &UNREAD));
        left = left.from(length);
    }
    fields.extend(Field::read(&UNREAD, left));
    fields
}
