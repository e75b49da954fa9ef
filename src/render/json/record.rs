//! A packet as the view shows it. The comments on keys are those of the schema.

use std::borrow::Cow;

use serde::Serialize;

use super::conversation::ConversationRecord;
use super::end::EndRecord;
#[cfg(test)]
use super::fields::FieldRecord;
use super::fields::Fields;
use super::text::{Hex, Text};
use crate::explain::Sentence;
use crate::wire::{LinkType, Malformation};

/// One packet of a capture.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Packet"))]
pub(super) struct PacketRecord<'r, 'a> {
    /// Its place in the capture, from 1.
    pub(super) number: u64,
    /// When it was captured: RFC 3339, UTC, nine decimals. Absent where the capture keeps no time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "String", extend("format" = "date-time")))]
    pub(super) time: Option<String>,
    /// Seconds since the first packet; negative when this one is older. Exact to the nanosecond up to 90 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seconds: Option<f64>,
    /// What the first byte belongs to.
    pub(super) link: LinkRecord,
    /// Index of the interface among those of the capture, from 0.
    pub(super) interface: u32,
    /// Which way it went, where the capture says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) direction: Option<DirectionRecord>,
    /// Bytes of the frame before the capture cut it.
    pub(super) length: usize,
    /// Bytes captured: fewer than `length` when the capture cut the packet.
    pub(super) captured: usize,
    /// Of a datagram that was put together: from how many fragments. Each fragment has a line of its own too; this line has the number and
    /// time of the one that completed it, and its bytes are counted in the datagram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reassembled: Option<usize>,
    /// What it is, in short: `SYN-ACK`, `UDP`, `ICMP port unreachable`.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) name: Sentence,
    /// Who sent it. Absent without an IP header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<EndRecord>,
    /// For whom it is. Absent without an IP header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) destination: Option<EndRecord>,
    /// Why it was sent, as far as the packet and its conversation tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) why: Option<Sentence>,
    /// What should come next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) expect_next: Option<Sentence>,
    /// What it does in its conversation. Absent for a packet of none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conversation: Option<ConversationRecord>,
    /// Its headers, from the outside in; those that an ICMP error quotes come last.
    pub(super) layers: Vec<LayerRecord<'r, 'a>>,
    /// What follows the innermost header.
    pub(super) payload: PayloadRecord<'r>,
    /// What follows the end that the length fields tell: padding, a frame check sequence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trailer: Option<TrailerRecord<'r, 'a>>,
    /// What is wrong with it; empty for a packet without fault.
    pub(super) problems: Vec<ProblemRecord<'r>>,
    /// What the capture file says about it.
    pub(super) comments: &'r [String],
}

/// A link type.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Link"))]
pub(super) struct LinkRecord {
    /// Its number in the registry of capture files (`LINKTYPE_…`).
    pub(super) number: u32,
    /// Its name.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) name: Text<LinkType>,
}

/// Which way a packet went.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Direction"))]
pub(super) enum DirectionRecord {
    /// Received.
    Inbound,
    /// Sent.
    Outbound,
}

/// One header.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Layer"))]
pub(super) struct LayerRecord<'r, 'a> {
    /// Its protocol.
    pub(super) protocol: &'static str,
    /// Is it part of a datagram that an ICMP error quotes?
    pub(super) quoted: bool,
    /// Its first byte, counted from the start of the frame.
    pub(super) offset: usize,
    /// Its captured bytes, options included.
    pub(super) length: usize,
    /// Is its checksum right? Absent for protocols without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) checksum: Option<ChecksumRecord>,
    /// Its fields in order: every byte of the header is in exactly one.
    #[cfg_attr(test, schemars(with = "Vec<FieldRecord<'static, 'static>>"))]
    pub(super) fields: Fields<'r, 'a>,
}

/// What a checksum turned out to be.
#[derive(Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Checksum"))]
pub(super) enum ChecksumRecord {
    /// Right.
    Ok,
    /// Only the pseudo-header's sum: the rest was left to the network card.
    Partial {
        /// The value that the card would fill in.
        full: u16,
    },
    /// Wrong.
    Bad {
        /// The right value.
        right: u16,
    },
    /// The sender did without.
    NotPresent,
    /// It cannot be checked.
    NotCheckable {
        /// Why not.
        reason: UncheckedRecord,
    },
}

/// Why a checksum cannot be checked.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Unchecked"))]
pub(super) enum UncheckedRecord {
    /// The capture lacks bytes that it covers.
    Cut,
    /// It covers a datagram of which this is a fragment.
    Fragment,
    /// It covers a datagram of which only the start is quoted.
    Quoted,
    /// The packet's lengths contradict each other, or no IP header comes before.
    Malformed,
}

/// What follows the innermost header.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Payload"))]
pub(super) struct PayloadRecord<'r> {
    /// What it is.
    pub(super) content: ContentRecord,
    /// The protocol's name, when it is a protocol that is not read here and has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) protocol: Option<&'static str>,
    /// Its first byte, counted from the start of the frame.
    pub(super) offset: usize,
    /// Its captured bytes.
    pub(super) length: usize,
    /// They as hexadecimal digits.
    #[cfg_attr(test, schemars(with = "String", regex(pattern = "^([0-9a-f]{2})*$")))]
    pub(super) hex: Hex<'r>,
    /// They as text for reading: what would not show itself is escaped (`\n`, `\x1b`), so it does not turn back.
    pub(super) text: Cow<'r, str>,
}

/// What bytes are that no table of fields describes.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Content"))]
pub(super) enum ContentRecord {
    /// The application's data, or what an ICMP message carries.
    Data,
    /// A protocol that is not read here.
    OtherProtocol,
    /// A later fragment of a datagram.
    Fragment,
    /// Bytes that could not be read because of a problem.
    Unread,
}

/// Bytes after the end that the length fields tell.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Trailer"))]
pub(super) struct TrailerRecord<'r, 'a> {
    /// Its first byte, counted from the start of the frame.
    pub(super) offset: usize,
    /// Its captured bytes.
    pub(super) length: usize,
    /// They as hexadecimal digits.
    #[cfg_attr(test, schemars(with = "String", regex(pattern = "^([0-9a-f]{2})*$")))]
    pub(super) hex: Hex<'r>,
    /// What they say, where they are an ICMP extension (RFC 4884).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) icmp_extension: Option<ExtensionRecord<'r, 'a>>,
}

/// What a router adds after the datagram that its ICMP error quotes.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "IcmpExtension"))]
pub(super) struct ExtensionRecord<'r, 'a> {
    /// Whether its checksum is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) checksum: Option<ChecksumRecord>,
    /// Its fields.
    #[cfg_attr(test, schemars(with = "Vec<FieldRecord<'static, 'static>>"))]
    pub(super) fields: Fields<'r, 'a>,
}

/// Something that is wrong with a packet.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Problem"))]
pub(super) struct ProblemRecord<'r> {
    /// What was expected where, and what was found.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) text: Text<&'r Malformation>,
    /// The header in which it was found.
    pub(super) protocol: &'static str,
    /// The byte of the frame at which the expected thing begins.
    pub(super) byte: usize,
    /// What was found: a number of bytes, or a field's value.
    pub(super) found: u64,
    /// True: the capture kept only the beginning, the packet itself may be well. False: the packet contradicts itself.
    pub(super) cut: bool,
}
