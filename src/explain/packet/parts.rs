//! What a packet is made of.

use super::super::lengths::lacks_header_length;
use crate::wire::{Packet, Protocol};

/// `74 bytes = Ethernet 14 + IPv4 20 + TCP 40 + data 0`: frame, segment and payload length kept apart.
#[must_use]
pub fn parts(packet: &Packet<'_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut counted = 0;
    for layer in packet.layers().iter().filter(|layer| !layer.is_quoted()) {
        let length = layer.header_length();
        counted += length;
        parts.push(format!("{} {length}", layer.protocol()));
    }
    let trailer = packet.trailer().bytes.len();
    let data = packet.original_length().saturating_sub(counted + trailer);
    let name = if packet.quoted().next().is_some() {
        "quotation"
    } else {
        "data"
    };
    if packet.layer(Protocol::Tcp).is_some_and(lacks_header_length) {
        parts.push("what the cut hides".to_owned());
    } else {
        parts.push(format!("{name} {data}"));
    }
    if trailer > 0 {
        let is_extension = packet.icmp_extension_checksum().is_some();
        let name = if is_extension { "ICMP extension" } else { "trailer" };
        parts.push(format!("{name} {trailer}"));
    }
    let captured = packet.bytes().len();
    let cut = if captured < packet.original_length() {
        format!(" ({captured} captured)")
    } else {
        String::new()
    };
    format!("{} bytes{cut} = {}", packet.original_length(), parts.join(" + "))
}
