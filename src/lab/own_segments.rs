//! Segments that a run makes itself: a raw socket.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use pnet::packet::ip::IpNextHeaderProtocols;
use pnet::packet::tcp::{MutableTcpPacket, ipv4_checksum};
use pnet::transport::TransportChannelType::Layer4;
use pnet::transport::TransportProtocol::Ipv4;
use pnet::transport::{TransportReceiver, TransportSender, tcp_packet_iter, transport_channel};

/// Sends TCP segments over IPv4, and sees a copy of each that arrives. raw(7)
pub struct OwnSegments {
    sender: TransportSender,
    receiver: TransportReceiver,
}

impl OwnSegments {
    /// For the network in which this thread is.
    ///
    /// # Errors
    /// No right to do so (`CAP_NET_RAW`); no more files.
    pub fn open() -> io::Result<Self> {
        let (sender, receiver) = transport_channel(65_536, Layer4(Ipv4(IpNextHeaderProtocols::Tcp)))?;
        Ok(Self { sender, receiver })
    }

    /// Sends the segment from one address to the other, with its checksum.
    ///
    /// # Errors
    /// Those of sendto(2).
    pub fn send(&mut self, mut segment: MutableTcpPacket<'_>, from: Ipv4Addr, to: Ipv4Addr) -> io::Result<()> {
        segment.set_checksum(ipv4_checksum(&segment.to_immutable(), &from, &to));
        self.sender.send_to(segment, IpAddr::V4(to)).map(drop)
    }

    /// Waits so long for a segment: its source port, its destination port and its flags.
    ///
    /// # Errors
    /// Those of recvfrom(2).
    pub fn next(&mut self, within: Duration) -> io::Result<Option<(u16, u16, u8)>> {
        let mut segments = tcp_packet_iter(&mut self.receiver);
        let came = segments.next_with_timeout(within)?;
        Ok(came.map(|(segment, _)| (segment.get_source(), segment.get_destination(), segment.get_flags())))
    }
}
