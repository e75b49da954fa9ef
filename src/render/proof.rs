//! A field of a packet as proof: where it is, its bytes, its value.

use std::fmt;

use crate::explain::bytes;
use crate::wire::{Field, Packet, Protocol, find};

/// At most this many bytes of a field are shown.
const SHOWN: usize = 16;

/// A field of a packet: where it is, its bytes, its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Number of the packet in the capture, from 1.
    pub packet: u64,
    /// First byte in the frame, counted from 0.
    pub first: usize,
    /// Last byte in the frame.
    pub last: usize,
    /// Its first bytes, 16 at most.
    pub raw: Vec<u8>,
    /// The field's name, as in the RFC.
    pub name: &'static str,
    /// Wireshark's filter name; empty for data.
    pub id: &'static str,
    /// Its value.
    pub value: String,
}

impl Proof {
    /// The field of this filter name in the innermost header of the protocol. `None` where the packet does not have it.
    pub(super) fn of(number: u64, packet: &Packet<'_>, protocol: Protocol, id: &'static str) -> Option<Self> {
        let fields = packet.layer(protocol)?.fields();
        Self::of_field(number, find(&fields, id)?)
    }

    /// This field of the packet with this number in the capture, from 1. `None` where it has no bytes.
    #[must_use]
    pub fn of_field(number: u64, field: &Field<'_>) -> Option<Self> {
        Some(Self {
            packet: number,
            first: field.byte(),
            last: field.byte() + field.length().checked_sub(1)?,
            raw: first(field.raw()),
            name: field.name(),
            id: field.def().id,
            value: value(field),
        })
    }

    /// The data of a packet, `length` bytes on the wire. `None` where it carries none.
    pub(super) fn data(number: u64, packet: &Packet<'_>, length: usize) -> Option<Self> {
        let payload = packet.payload();
        Some(Self {
            packet: number,
            first: payload.at,
            last: payload.at + length.checked_sub(1)?,
            raw: first(payload.bytes.get(..length).unwrap_or(payload.bytes)),
            name: "data",
            id: "",
            value: bytes(length as u64),
        })
    }

    /// `bytes 38-41`, `byte 23`
    #[must_use]
    pub fn place(&self) -> String {
        if self.first == self.last {
            format!("byte {}", self.first)
        } else {
            format!("bytes {}-{}", self.first, self.last)
        }
    }

    /// Its bytes in hexadecimal; dots for those that are not shown.
    #[must_use]
    pub fn hex(&self) -> String {
        let mut hex: Vec<String> = self.raw.iter().map(|byte| format!("{byte:02x}")).collect();
        if self.raw.len() < self.last - self.first + 1 {
            hex.push("...".to_owned());
        }
        hex.join(" ")
    }
}

fn first(bytes: &[u8]) -> Vec<u8> {
    bytes.get(..SHOWN).unwrap_or(bytes).to_vec()
}

fn value(field: &Field<'_>) -> String {
    match field.to_string() {
        text if text.is_empty() => "present".to_owned(),
        text => text,
    }
}

/// `packet 1, bytes 38-41: 0b 09 b5 31, sequence number = 185185585`
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (packet, place, hex) = (self.packet, self.place(), self.hex());
        write!(f, "packet {packet}, {place}: {hex}, {} = {}", self.name, self.value)
    }
}
