//! The fields of a header. The comments on keys are those of the schema.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::text::{Hex, Text};
use crate::explain::{Context, Sentence, meaning, note};
use crate::wire::{Field, Value};

/// One field of a header.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Field"))]
pub(super) struct FieldRecord<'r, 'a> {
    /// Wireshark's filter name where it has one: `tcp.srcport`.
    id: &'static str,
    /// The RFC's name.
    name: &'static str,
    /// The first byte that it touches, counted from the start of the frame.
    offset: usize,
    /// How many bytes it touches.
    length: usize,
    /// Where in its first byte it begins: 0 is the most significant bit.
    #[cfg_attr(test, schemars(range(max = 7)))]
    bit: usize,
    /// How many bits it has.
    bits: usize,
    /// The bytes that it touches as hexadecimal digits, its neighbours' bits included.
    #[cfg_attr(test, schemars(with = "String", regex(pattern = "^([0-9a-f]{2})*$")))]
    raw: Hex<'r>,
    /// Its value.
    value: ValueRecord<'r, 'a>,
    /// The value as people read it: `5 words = 20 bytes`.
    #[cfg_attr(test, schemars(with = "String"))]
    text: Text<&'r Field<'a>>,
    /// What comes after the value: the verdict of a checksum, a number counted from the start of its stream, or that the
    /// flags make the field meaningless.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "String"))]
    note: Option<Sentence>,
    /// What it means in this packet, where name and value do not say all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "String"))]
    meaning: Option<Sentence>,
    /// The fields within it: flag bits, an option's kind, length and values.
    #[serde(skip_serializing_if = "Fields::is_empty")]
    #[cfg_attr(test, schemars(with = "Vec<FieldRecord<'static, 'static>>"))]
    parts: Fields<'r, 'a>,
}

/// A field's value: a number, or the text of an address or of bytes.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Value"))]
enum ValueRecord<'r, 'a> {
    /// A number of up to 64 bits.
    Number(u64),
    /// An IPv4, IPv6 or MAC address.
    Address(#[cfg_attr(test, schemars(with = "String"))] Text<&'r Field<'a>>),
    /// Bytes as hexadecimal digits; of an option all, kind and length included.
    Bytes(#[cfg_attr(test, schemars(with = "String"))] Hex<'r>),
}

/// Fields that become records one by one, as they are written.
pub(super) struct Fields<'r, 'a> {
    pub(super) context: Context<'r, 'a>,
    pub(super) fields: Cow<'r, [Field<'a>]>,
}

impl Fields<'_, '_> {
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl Serialize for Fields<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.fields.iter().map(|field| field_record(self.context, field)))
    }
}

fn field_record<'r, 'a>(context: Context<'r, 'a>, field: &'r Field<'a>) -> FieldRecord<'r, 'a> {
    FieldRecord {
        id: field.id(),
        name: field.name(),
        offset: field.byte(),
        length: field.length(),
        bit: field.bit() % 8,
        bits: field.bits(),
        raw: Hex(field.raw()),
        value: match field.value() {
            Value::Number(number) => ValueRecord::Number(number),
            Value::Bytes(bytes) => ValueRecord::Bytes(Hex(bytes)),
            Value::Mac(_) | Value::Ipv4(_) | Value::Ipv6(_) => ValueRecord::Address(Text(field)),
        },
        text: Text(field),
        note: note(context, field),
        meaning: meaning(context, field),
        parts: Fields {
            context,
            fields: Cow::Borrowed(field.parts()),
        },
    }
}
