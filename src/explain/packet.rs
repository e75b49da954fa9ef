//! What a packet is as a whole: its name, its parts, its reason.

use std::net::{IpAddr, SocketAddr};

use super::Sentence;
use super::tcp::is_refusal;
use crate::wire::tcp::Flags;
use crate::wire::{Content, Extent, Layer, Packet, Protocol, icmp, icmpv6};

/// The short name: `SYN`, `PSH,ACK`, `UDP`, `ARP request`, `ICMP port unreachable`.
#[must_use]
pub fn name(packet: &Packet<'_>) -> Sentence {
    if let Some(tcp) = packet.tcp() {
        return flag_names(tcp.flags()).into();
    }
    let Some(layer) = packet.layers().iter().rfind(|layer| !layer.is_quoted()) else {
        return "unread".into();
    };
    match layer.protocol() {
        Protocol::Icmp => match layer.icmp() {
            Some(message) => {
                let kind = message.message_type();
                let code = icmp::code_name(kind, message.code());
                control_message("ICMP", code.or_else(|| icmp::type_name(kind.into())))
            }
            None => "ICMP".into(),
        },
        Protocol::Icmpv6 => match layer.icmpv6() {
            Some(message) => {
                let kind = message.message_type();
                let code = icmpv6::code_name(kind, message.code());
                control_message("ICMPv6", code.or_else(|| icmpv6::type_name(kind.into())))
            }
            None => "ICMPv6".into(),
        },
        Protocol::Arp => match layer.arp().map(|arp| arp.operation()) {
            Some(1) => "ARP request".into(),
            Some(2) => "ARP reply".into(),
            _ => "ARP".into(),
        },
        Protocol::Udp if layer.extent() == Extent::FirstFragment => "UDP, first fragment".into(),
        Protocol::Tcp | Protocol::Udp => layer.protocol().name().into(),
        other => match packet.content() {
            Content::Fragment(_) => "fragment".into(),
            Content::Data | Content::Unread => other.name().into(),
            content => content.name().unwrap_or(other.name()).into(),
        },
    }
}

fn control_message(protocol: &str, code: Option<&str>) -> Sentence {
    format!("{protocol} {}", code.unwrap_or("message")).into()
}

/// `SYN,ACK`: the names in the order in which a connection is told; `no flags` without any.
#[must_use]
pub fn flag_names(flags: Flags) -> String {
    let order = [
        (Flags::SYN, "SYN"),
        (Flags::FIN, "FIN"),
        (Flags::RST, "RST"),
        (Flags::PSH, "PSH"),
        (Flags::URG, "URG"),
        (Flags::ACK, "ACK"),
        (Flags::ECE, "ECE"),
        (Flags::CWR, "CWR"),
        (Flags::AE, "AE"),
    ];
    let names: Vec<&str> = order
        .iter()
        .filter(|(flag, _)| flags.has(*flag))
        .map(|(_, name)| *name)
        .collect();
    if names.is_empty() {
        "no flags".into()
    } else {
        names.join(",")
    }
}

/// Who sends to whom, as far as the packet tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// With ports.
    Sockets(SocketAddr, SocketAddr),
    /// Without.
    Hosts(IpAddr, IpAddr),
}

/// The two ends; `None` for a packet without IP addresses.
#[must_use]
pub fn ends(packet: &Packet<'_>) -> Option<Ends> {
    let sockets = packet.endpoints().map(|(from, to)| Ends::Sockets(from, to));
    sockets.or_else(|| packet.addresses().map(|(from, to)| Ends::Hosts(from, to)))
}

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
    if lacks_header_length(packet) {
        parts.push("what the cut hides".to_owned());
    } else {
        parts.push(format!("{name} {data}"));
    }
    if trailer > 0 {
        parts.push(format!("trailer {trailer}"));
    }
    let captured = packet.bytes().len();
    let cut = if captured < packet.original_length() {
        format!(" ({captured} captured)")
    } else {
        String::new()
    };
    format!("{} bytes{cut} = {}", packet.original_length(), parts.join(" + "))
}

/// Did the capture cut the field that tells where TCP's header ends and its data begin?
fn lacks_header_length(packet: &Packet<'_>) -> bool {
    packet
        .layer(Protocol::Tcp)
        .is_some_and(|layer| layer.header().bytes.len() < 13)
}

/// Why it was sent, when the packet alone tells.
#[must_use]
pub fn reason(packet: &Packet<'_>) -> Option<Sentence> {
    if let Some(tcp) = packet.tcp() {
        let length = packet.layer(Protocol::Tcp).map_or(0, Layer::payload_length);
        if is_refusal(&tcp) {
            return Some(format!("refuses a connection: nothing listens on port {}", tcp.source_port()).into());
        }
        return segment_reason(tcp.flags(), length).map(Into::into);
    }
    let udp = packet.udp()?;
    let layer = packet.layer(Protocol::Udp)?;
    Some(if layer.extent() == Extent::FirstFragment {
        let whole = usize::from(udp.length()).saturating_sub(layer.header_length());
        format!("the first piece of a datagram with {whole} bytes: one sendto(), several IP packets").into()
    } else {
        let length = layer.payload_length();
        format!(
            "a program called sendto() with {}; one call, one datagram",
            bytes(length)
        )
        .into()
    })
}

/// `1 byte`, `2 bytes`.
fn bytes(count: usize) -> String {
    if count == 1 {
        "1 byte".to_owned()
    } else {
        format!("{count} bytes")
    }
}

fn segment_reason(flags: Flags, length: usize) -> Option<String> {
    if flags.has(Flags::SYN) && (flags.has(Flags::FIN) || flags.has(Flags::RST)) {
        return Some("no segment of an orderly connection; scanners send such".into());
    }
    let handshake = match (flags.has(Flags::SYN), flags.has(Flags::ACK)) {
        (true, false) => Some("step 1 of 3 of the handshake: the client called connect(). Client: CLOSED -> SYN-SENT"),
        (true, true) => {
            Some("step 2 of 3 of the handshake: the server's kernel answers. Server: LISTEN -> SYN-RECEIVED")
        }
        _ => None,
    };
    if let Some(step) = handshake {
        return Some(step.into());
    }
    if flags.has(Flags::RST) {
        return Some("breaks the connection off".into());
    }
    if flags.has(Flags::FIN) {
        return Some("the sender called close() or shutdown(), or its program ended".into());
    }
    match length {
        0 => None,
        _ => Some(format!(
            "carries {} of what the program handed to send()",
            bytes(length)
        )),
    }
}

/// What should come back, when the packet alone tells.
#[must_use]
pub fn expectation(packet: &Packet<'_>) -> Option<Sentence> {
    let tcp = packet.tcp()?;
    let flags = tcp.flags();
    let next = tcp.sequence_number().wrapping_add(1);
    if flags.has(Flags::RST) || (flags.has(Flags::SYN) && flags.has(Flags::FIN)) {
        return None;
    }
    match (flags.has(Flags::SYN), flags.has(Flags::ACK)) {
        (true, false) => Some(
            format!("SYN,ACK with ack number {next} (this sequence number + 1); RST,ACK if nothing listens").into(),
        ),
        (true, true) => Some(format!("ACK with ack number {next} (this sequence number + 1)").into()),
        _ if flags.has(Flags::FIN) => {
            let length = packet.layer(Protocol::Tcp).map_or(0, Layer::payload_length);
            let next = next.wrapping_add(u32::try_from(length).unwrap_or(0));
            Some(format!("ACK with ack number {next}: a FIN counts as one").into())
        }
        _ => None,
    }
}

/// The packet in a sentence or two, for the comment that a capture file keeps with it. `None` where there is nothing to say.
#[must_use]
pub fn comment(packet: &Packet<'_>) -> Option<String> {
    let reason = reason(packet)?;
    let name = name(packet);
    Some(match expectation(packet) {
        Some(expectation) => format!("{name}: {reason}. Expect next: {expectation}."),
        None => format!("{name}: {reason}."),
    })
}
