//! What an ICMP error says of a packet: what was refused, by whom, and whether the packet arrived. RFC 792, RFC 1812 section 5.2.7,
//! RFC 4443 section 3

use std::net::{IpAddr, SocketAddr};

use super::super::sentence::{Sentence, SentencePart};
use super::super::words::bytes;
use crate::flow::PacketInFlow;
use crate::flow::datagram::{IcmpErrorKind, Notice};
use crate::flow::icmp_error_kind;
use crate::wire::{Packet, Protocol};

/// Who says it, and about which packet.
struct Error {
    /// Who sent the error.
    by: IpAddr,
    /// Who sent the quoted packet.
    from: IpAddr,
    /// Where the quoted packet was to go.
    to: SocketAddr,
    is_tcp: bool,
    code: u8,
    /// The four bytes after the checksum: an MTU, a router's address.
    rest: u32,
}

impl Error {
    fn of(packet: &Packet<'_>) -> Option<Self> {
        let (from, to) = packet.quoted_endpoints()?;
        let outer = packet.ipv4().map(|ip| ip.source().into());
        let (code, header) = match (packet.icmp(), packet.icmpv6()) {
            (Some(icmp), _) => (icmp.code(), packet.layer(Protocol::Icmp)),
            (None, Some(icmp)) => (icmp.code(), packet.layer(Protocol::Icmpv6)),
            (None, None) => return None,
        };
        let rest = header.and_then(|layer| layer.header().bytes.get(4..)?.first_chunk().copied());
        Some(Self {
            by: outer.or_else(|| packet.ipv6().map(|ip| ip.source().into()))?,
            from: from.ip(),
            to,
            is_tcp: packet.quoted().any(|layer| layer.protocol() == Protocol::Tcp),
            code,
            rest: rest.map_or(0, u32::from_be_bytes),
        })
    }

    /// Did the host itself that the packet was sent to send the error?
    fn is_by_destination(&self) -> bool {
        self.by == self.to.ip()
    }

    /// What became of the packet.
    fn fate(&self, says: IcmpErrorKind) -> String {
        let (by, to) = (self.by.to_string(), self.to.ip().to_string());
        let port = self.to.port();
        match says {
            IcmpErrorKind::PortUnreachable if !self.is_by_destination() => {
                sentence!("was refused on its way to ", to, ": a firewall at ", by, " answers so")
            }
            // A kernel answers a SYN to a port where nothing listens with a RST. RFC 9293 section 3.10.7.1
            IcmpErrorKind::PortUnreachable if self.is_tcp => {
                sentence!("reached ", to, ", where a firewall refuses port ", port)
            }
            IcmpErrorKind::PortUnreachable => {
                sentence!(
                    "reached ",
                    to,
                    ": no socket is bound to port ",
                    port,
                    " there, or its firewall says so"
                )
            }
            IcmpErrorKind::ProtocolUnreachable => {
                sentence!("reached ", to, ", which does not take the protocol that it carries")
            }
            IcmpErrorKind::Unreachable => sentence!("did not arrive: ", self.unreachable(&by, &to)),
            IcmpErrorKind::Prohibited if self.is_by_destination() => {
                sentence!("reached ", to, ", where a firewall forbids it")
            }
            IcmpErrorKind::Prohibited => sentence!("did not arrive: a firewall or router at ", by, " forbids it"),
            IcmpErrorKind::TooBig => {
                let mtu = match self.mtu() {
                    0 => "whose MTU is not given".to_owned(),
                    mtu => sentence!("whose MTU is ", bytes(mtu.into())),
                };
                sentence!("did not arrive: it is too large for the link after ", by, ", ", mtu)
            }
            IcmpErrorKind::TimeExceeded => {
                let field = if self.by.is_ipv6() { "hop limit" } else { "time to live" };
                sentence!("did not arrive: its ", field, " was used up at ", by)
            }
            IcmpErrorKind::ReassemblyTimeExceeded => {
                sentence!("reached ", by, " in part: some of its fragments did not come in time")
            }
            IcmpErrorKind::Other => "met a difficulty: see type and code".into(),
        }
    }

    /// RFC 1191 section 4: the low 16 bits; RFC 4443 section 3.2: all 32.
    fn mtu(&self) -> u32 {
        if self.by.is_ipv6() {
            self.rest
        } else {
            self.rest & 0xffff
        }
    }

    fn unreachable(&self, by: &str, to: &str) -> String {
        let is_own = self.by == self.from;
        let cannot_find = if is_own {
            sentence!("no machine answers for ", to, " on the sender's own link")
        } else {
            sentence!(by, " gets no answer from ", to, " on its last link")
        };
        match (self.by.is_ipv6(), self.code) {
            (false, 0 | 6) | (true, 0) => sentence!(by, " has no route to ", to),
            (false, 1) | (true, 3) => cannot_find,
            (true, 2) => sentence!("the source address is not valid beyond ", by),
            (false, 11 | 12) => sentence!(by, " has no route to ", to, " for its type of service"),
            (false, 5) => sentence!("the route that the sender gave fails at ", by),
            _ => sentence!(by, " cannot reach ", to),
        }
    }
}

/// Why an ICMP error was sent: what it reports to the sender of the quoted packet.
pub(super) fn reason(packet: &Packet<'_>, in_flow: &PacketInFlow, notice: &Notice) -> String {
    // It goes to the sender of the packet that is quoted.
    let other = in_flow.sender.other();
    if let Some(first) = notice.copies {
        return sentence!("packet ", first, " once more: captured twice, or repeated on the way");
    }
    let known = notice.about.map(|number| sentence!("packet ", number));
    let which = known.unwrap_or_else(|| sentence!("a packet of the ", other, "'s"));
    let fate = match Error::of(packet) {
        Some(error) => error.fate(notice.says),
        None => "met a difficulty: see type and code".to_owned(),
    };
    sentence!("reports to the ", other, " that ", which, " ", fate)
}

/// The same of an error that belongs to no conversation that was captured; `None` where it quotes no ports.
pub(super) fn alone(packet: &Packet<'_>) -> Option<Sentence> {
    let says = icmp_error_kind(packet).filter(|&says| says != IcmpErrorKind::Other)?;
    let error = Error::of(packet)?;
    let mut told = String::from("reports to ");
    told.push_str(&error.from.to_string());
    " that its packet ".add_to(&mut told);
    told.push_str(&error.fate(says));
    Some(told.into())
}
