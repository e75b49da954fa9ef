//! What a packet is made of.

use std::fmt::Write as _;

use super::super::lengths::lacks_header_length;
use crate::wire::{Packet, Protocol};

/// `74 bytes = Ethernet 14 + IPv4 20 + TCP 40 + data 0`: frame, segment and payload length kept apart.
#[must_use]
pub fn parts(packet: &Packet<'_>) -> String {
    let captured = packet.bytes().len();
    let mut text = String::with_capacity(96);
    // Writing to a String cannot fail.
    let _ = write!(text, "{} bytes", packet.original_length());
    if captured < packet.original_length() {
        let _ = write!(text, " ({captured} captured)");
    }
    text.push_str(" = ");
    let mut counted = 0;
    for layer in packet.layers().iter().filter(|layer| !layer.is_quoted()) {
        let length = layer.header_length();
        counted += length;
        let _ = write!(text, "{} {length} + ", layer.protocol());
    }
    let trailer = packet.trailer().bytes.len();
    let data = packet.original_length().saturating_sub(counted + trailer);
    let name = if packet.quoted().next().is_some() {
        "quotation"
    } else {
        "data"
    };
    if packet.layer(Protocol::Tcp).is_some_and(lacks_header_length) {
        text.push_str("what the cut hides");
    } else {
        let _ = write!(text, "{name} {data}");
    }
    if trailer > 0 {
        let is_extension = packet.icmp_extension_checksum().is_some();
        let name = if is_extension { "ICMP extension" } else { "trailer" };
        let _ = write!(text, " + {name} {trailer}");
    }
    text
}
