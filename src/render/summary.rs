//! The view `summary`: a line a packet.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};

use super::look::Look;
use crate::explain::packet::{self, Ends, flag_names};
use crate::frame::{Frame, Time};
use crate::wire::tcp::{Flags, Tcp};
use crate::wire::{Extent, Layer, Packet, Protocol};

/// How much of a datagram's text is shown.
const TEXT_SHOWN: usize = 24;

/// Writes the line of a packet: number, time, ends, protocol, and what matters of it. `first` is the time of the capture's
/// first packet.
///
/// # Errors
/// Those of the writer.
pub fn write(
    output: &mut impl Write,
    look: &Look,
    number: u64,
    frame: &Frame<'_>,
    packet: &Packet<'_>,
    first: Time,
) -> io::Result<()> {
    match frame.time {
        Some(time) => write!(output, "{number:4} {} ", look.short_time(time, first))?,
        None => write!(output, "{number:4} (no time) ")?,
    }
    match packet::ends(packet) {
        Some(Ends::Sockets(from, to)) => write_sockets(output, look, from, to)?,
        Some(Ends::Hosts(from, to)) => write_hosts(output, look, from, to)?,
        None => {}
    }
    if let Some(tcp) = packet.tcp() {
        segment(output, packet, &tcp)?;
    } else if packet.udp().is_some() {
        datagram(output, look, packet)?;
    } else {
        other(output, packet)?;
    }
    for problem in packet.problems() {
        write!(output, " [{problem}]")?;
    }
    writeln!(output)
}

fn write_sockets(output: &mut impl Write, look: &Look, from: SocketAddr, to: SocketAddr) -> io::Result<()> {
    write!(output, "{from} {} {to} ", look.arrow())
}

fn write_hosts(output: &mut impl Write, look: &Look, from: IpAddr, to: IpAddr) -> io::Result<()> {
    write!(output, "{from} {} {to} ", look.arrow())
}

fn segment(output: &mut impl Write, packet: &Packet<'_>, tcp: &Tcp<'_>) -> io::Result<()> {
    let flags = tcp.flags();
    write!(output, "TCP {} seq={}", flag_names(flags), tcp.sequence_number())?;
    if flags.has(Flags::ACK) {
        write!(output, " ack={}", tcp.acknowledgment_number())?;
    }
    write!(output, " win={} len={}", tcp.window(), length(packet, Protocol::Tcp))
}

fn datagram(output: &mut impl Write, look: &Look, packet: &Packet<'_>) -> io::Result<()> {
    let first_piece = packet
        .layer(Protocol::Udp)
        .is_some_and(|layer| layer.extent() == Extent::FirstFragment);
    let name = if first_piece { "UDP, first fragment," } else { "UDP" };
    write!(output, "{name} len={}", length(packet, Protocol::Udp))?;
    let data = packet.payload().bytes;
    if data.is_empty() {
        return Ok(());
    }
    let shown = data.get(..TEXT_SHOWN).unwrap_or(data);
    let more = if shown.len() < data.len() { " ..." } else { "" };
    write!(output, " \"{}\"{more}", look.text(shown))
}

fn other(output: &mut impl Write, packet: &Packet<'_>) -> io::Result<()> {
    write!(output, "{}", packet::name(packet))?;
    if let Some(ip) = packet.ipv4().filter(|ip| ip.fragment_offset() > 0) {
        write!(
            output,
            " id=0x{:04x} at byte {}",
            ip.identification(),
            ip.fragment_offset()
        )?;
    }
    if let Some((from, to)) = packet.quoted_endpoints() {
        write!(output, " for {from} to {to}")?;
    }
    if let Some(arp) = packet.arp() {
        match arp.operation() {
            1 => write!(output, " who has {}? tell {}", arp.target(), arp.sender())?,
            2 => write!(output, " {} is at the sender", arp.sender())?,
            _ => {}
        }
    }
    write!(output, " {} bytes", packet.original_length())
}

fn length(packet: &Packet<'_>, protocol: Protocol) -> usize {
    packet.layer(protocol).map_or(0, Layer::payload_length)
}
