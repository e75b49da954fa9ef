//! What is known of a failed call beside its error: who answered, which interface is down, which program has the port.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// Why a call failed, as far as more is known than the error's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// An ICMP error about a datagram that was sent.
    Icmp(IcmpReport),
    /// The interface `lo` is switched off, and the packets would go through it.
    LoopbackDown,
    /// This machine has no route to the address.
    NoRoute {
        /// No interface but `lo` is switched on.
        only_loopback: bool,
    },
    /// The neighbour did not answer to ARP.
    NoNeighbour,
    /// This program has the port: in words, with what ends it.
    PortHolder {
        /// The program, its process or its user.
        who: String,
        /// The number of its process, if it is known.
        pid: Option<u32>,
    },
}

/// An ICMP error, as the kernel hands it on: ip(7), `IP_RECVERR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcmpReport {
    /// ICMP for IPv6, RFC 4443, not for IPv4, RFC 792.
    pub is_v6: bool,
    /// Type field.
    pub kind: u8,
    /// Code field.
    pub code: u8,
    /// Who sent it.
    pub from: Option<IpAddr>,
    /// Of "fragmentation needed" and "packet too big": the bytes that the next link takes; 0: not said.
    pub mtu: u32,
    /// This machine made it itself: no answer to ARP or neighbour discovery, or a rule of its own firewall.
    pub is_own: bool,
}

/// What such an error says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    PortUnreachable,
    Forbidden,
    HostUnreachable,
    NoRoute,
    ProtocolUnreachable,
    TooBig,
    TimeExceeded,
    Incomplete,
    Header,
    Other,
}

impl IcmpReport {
    fn meaning(self) -> Meaning {
        match (self.is_v6, self.kind, self.code) {
            (false, 3, 3) | (true, 1, 4) => Meaning::PortUnreachable,
            // RFC 1812 section 5.2.7.1; RFC 4443 section 3.1.
            (false, 3, 9 | 10 | 13) | (true, 1, 1 | 5 | 6) => Meaning::Forbidden,
            (false, 3, 1 | 7) | (true, 1, 3) => Meaning::HostUnreachable,
            (false, 3, 0 | 6 | 11 | 12) | (true, 1, 0) => Meaning::NoRoute,
            // RFC 4443 section 3.4: a next header that the host does not know.
            (false, 3, 2) | (true, 4, 1) => Meaning::ProtocolUnreachable,
            (false, 3, 4) | (true, 2, _) => Meaning::TooBig,
            (false, 11, 0) | (true, 3, 0) => Meaning::TimeExceeded,
            (false, 11, 1) | (true, 3, 1) => Meaning::Incomplete,
            (false, 12, _) | (true, 4, _) => Meaning::Header,
            _ => Meaning::Other,
        }
    }

    /// Does it say that no socket has the port?
    #[must_use]
    pub fn is_about_the_port(self) -> bool {
        self.meaning() == Meaning::PortUnreachable
    }

    /// The name of type and code, RFC 792, RFC 1812, RFC 4443.
    fn name(self) -> String {
        let name = match (self.is_v6, self.kind, self.code) {
            (false, 3, 0) => "network unreachable",
            (false, 3, 1) => "host unreachable",
            (false, 3, 2) => "protocol unreachable",
            (false, 3, 3) | (true, 1, 4) => "port unreachable",
            (false, 3, 4) => "fragmentation needed",
            (false, 3, 5) => "source route failed",
            (false, 3, 6) => "destination network unknown",
            (false, 3, 7) => "destination host unknown",
            (false, 3, 8) => "source host isolated",
            (false, 3, 11) => "network unreachable for type of service",
            (false, 3, 12) => "host unreachable for type of service",
            (false, 3, 14) => "host precedence violation",
            (false, 3, 15) => "precedence cutoff in effect",
            (false, 3, 9) => "network administratively prohibited",
            (false, 3, 10) => "host administratively prohibited",
            (false, 3, 13) | (true, 1, 1) => "communication administratively prohibited",
            (true, 1, 0) => "no route to destination",
            (true, 1, 2) => "beyond scope of source address",
            (true, 1, 7) => "error in source routing header",
            (true, 1, 3) => "address unreachable",
            (true, 1, 5) => "source address failed policy",
            (true, 1, 6) => "reject route to destination",
            (true, 2, _) => "packet too big",
            (false, 11, 0) => "time to live exceeded",
            (true, 3, 0) => "hop limit exceeded",
            (false, 11, 1) | (true, 3, 1) => "fragment reassembly time exceeded",
            (false, 12, _) => "parameter problem",
            (true, 4, 0) => "erroneous header field",
            (true, 4, 1) => "unrecognized next header",
            (true, 4, 2) => "unrecognized IPv6 option",
            _ => return format!("type {}, code {}", self.kind, self.code),
        };
        name.to_owned()
    }

    /// Reason and next step for a datagram to this address.
    pub(super) fn sentences(self, to: Option<SocketAddr>, server: &str) -> (String, String) {
        let (protocol, name) = (if self.is_v6 { "ICMPv6" } else { "ICMP" }, self.name());
        let destination = to.map(|to| to.ip().to_canonical());
        let who = match self.from {
            _ if self.is_own => "this machine".to_owned(),
            Some(from) => from.to_string(),
            None => "another machine".to_owned(),
        };
        let is_elsewhere = self.from.is_some() && self.from != destination && !self.is_own;
        let says = format!("{protocol}: {name}");
        let check = || "check the address, and that the machine is on".to_owned();
        match self.meaning() {
            // The host that has the port answers for it itself.
            Meaning::PortUnreachable if is_elsewhere => (
                format!("refused: a firewall at {who} answers so ({says})"),
                "allow the port there, or ask who administers that machine".to_owned(),
            ),
            Meaning::PortUnreachable => (
                format!("refused: no program listens on that port, says {protocol} ({name})"),
                format!("start {server} first and use the port it prints"),
            ),
            Meaning::Forbidden if self.is_own => (
                format!("failed: a firewall rule of this machine forbids it ({says})"),
                "allow it there, as its administrator".to_owned(),
            ),
            Meaning::Forbidden => (
                format!("failed: a firewall at {who} forbids it ({says})"),
                "allow the port there, or ask who administers that machine".to_owned(),
            ),
            Meaning::HostUnreachable if self.is_own => {
                let asks = if self.is_v6 { "neighbour discovery" } else { "ARP" };
                (
                    format!("failed: neither that address nor a router to it answers to {asks}"),
                    check(),
                )
            }
            Meaning::HostUnreachable => (
                format!("failed: {who} cannot reach that address ({says}): no machine answers there"),
                check(),
            ),
            Meaning::NoRoute => (
                format!("failed: {who} has no way to that address ({says})"),
                "check the address, and the routes on the way".to_owned(),
            ),
            Meaning::ProtocolUnreachable => (
                format!("failed: {who} does not take UDP ({says})"),
                "check the address: a machine with udp-server takes it".to_owned(),
            ),
            Meaning::TooBig => (
                match self.mtu {
                    0 => format!("failed: the datagram is too large for the link after {who} ({says})"),
                    mtu => format!("failed: the link after {who} takes at most {mtu} bytes at once ({says})"),
                },
                "type the line again: this machine now knows the size and sends fragments, or type a shorter one"
                    .to_owned(),
            ),
            Meaning::TimeExceeded => (
                format!("failed: the datagram had used up its hops at {who} ({says})"),
                "look for routers that send it round in a circle: traceroute shows them".to_owned(),
            ),
            Meaning::Incomplete => (
                format!("failed: some fragments of the datagram did not reach {who} in time ({says})"),
                "type the line again, or a shorter one, which needs no fragments".to_owned(),
            ),
            Meaning::Header => (
                format!("failed: {who} finds a fault in the datagram's header ({says})"),
                "check the address, and what changes headers on the way".to_owned(),
            ),
            Meaning::Other => (
                format!("failed: {who} says {says}"),
                "check the address, and the network on the way".to_owned(),
            ),
        }
    }
}

impl Cause {
    /// Reason and next step, for a call about this address.
    pub(super) fn sentences(&self, to: Option<SocketAddr>, server: &str) -> (String, String) {
        let check = "check the address, and that the machine is on and in this network";
        match self {
            Self::Icmp(report) => report.sentences(to, server),
            Self::LoopbackDown => (
                "failed: the interface lo is down, through which a machine reaches itself".to_owned(),
                "switch it on, as root: ip link set lo up".to_owned(),
            ),
            Self::NoRoute { only_loopback: true } => (
                "failed: there is no way to that address: no interface but lo is up".to_owned(),
                "connect this machine to a network; on the same machine use 127.0.0.1".to_owned(),
            ),
            Self::NoRoute { only_loopback: false } => (
                "failed: there is no way to that address: this machine has no route to it".to_owned(),
                "check the address and this machine's network ('ip route' lists the routes)".to_owned(),
            ),
            Self::NoNeighbour => (
                "failed: no machine answers there: ARP asked for that address in vain".to_owned(),
                check.to_owned(),
            ),
            Self::PortHolder { who, pid } => (
                format!("failed: {who} has that port"),
                match pid {
                    Some(pid) => format!("take another with -p, or leave -p out, or end that program: kill {pid}"),
                    None => "take another with -p, or leave -p out, or have that program ended".to_owned(),
                },
            ),
        }
    }
}

impl fmt::Display for IcmpReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, IcmpReport};

    #[test]
    fn icmp_errors_are_told_apart() {
        let to = "192.0.2.9:5".parse().ok();
        let said = |is_v6, kind, code, from: Option<&str>| {
            let report = IcmpReport {
                is_v6,
                kind,
                code,
                from: from.map(|from| from.parse().unwrap()),
                mtu: if kind == 2 { 1280 } else { 0 },
                is_own: from.is_none(),
            };
            let (reason, next) = Cause::Icmp(report).sentences(to, "udp-server");
            format!("{reason}; {next}")
        };
        for (report, part) in [
            (
                (false, 3, 3, Some("192.0.2.9")),
                "says ICMP (port unreachable); start udp-server",
            ),
            (
                (false, 3, 3, Some("192.0.2.1")),
                "refused: a firewall at 192.0.2.1 answers so (ICMP: port unreachable); allow the port there",
            ),
            (
                (false, 3, 10, Some("192.0.2.9")),
                "a firewall at 192.0.2.9 forbids it (ICMP: host administratively prohibited)",
            ),
            ((false, 3, 13, Some("192.0.2.1")), "a firewall at 192.0.2.1 forbids it"),
            (
                (true, 1, 1, Some("2001:db8::1")),
                "a firewall at 2001:db8::1 forbids it (ICMPv6",
            ),
            ((false, 3, 10, None), "a firewall rule of this machine forbids it"),
            (
                (false, 3, 1, None),
                "neither that address nor a router to it answers to ARP",
            ),
            ((true, 1, 3, None), "answers to neighbour discovery"),
            (
                (false, 3, 1, Some("192.0.2.1")),
                "192.0.2.1 cannot reach that address (ICMP: host unreachable)",
            ),
            ((false, 3, 0, Some("192.0.2.1")), "192.0.2.1 has no way to that address"),
            (
                (false, 3, 2, Some("192.0.2.9")),
                "192.0.2.9 does not take UDP (ICMP: protocol unreachable)",
            ),
            (
                (false, 3, 6, Some("192.0.2.1")),
                "no way to that address (ICMP: destination network unknown)",
            ),
            (
                (false, 3, 8, Some("192.0.2.1")),
                "192.0.2.1 says ICMP: source host isolated",
            ),
            (
                (false, 3, 4, Some("192.0.2.1")),
                "too large for the link after 192.0.2.1",
            ),
            (
                (true, 2, 0, Some("2001:db8::1")),
                "the link after 2001:db8::1 takes at most 1280 bytes at once (ICMPv6: packet too big)",
            ),
            (
                (true, 3, 0, Some("2001:db8::1")),
                "used up its hops at 2001:db8::1 (ICMPv6: hop limit exceeded)",
            ),
            (
                (false, 11, 1, Some("192.0.2.9")),
                "some fragments of the datagram did not reach 192.0.2.9",
            ),
            (
                (false, 12, 1, Some("192.0.2.1")),
                "192.0.2.1 finds a fault in the datagram's header (ICMP: parameter problem)",
            ),
            (
                (true, 1, 2, Some("2001:db8::1")),
                "ICMPv6: beyond scope of source address",
            ),
            ((false, 3, 77, Some("192.0.2.9")), "ICMP: type 3, code 77"),
        ] {
            let (is_v6, kind, code, from) = report;
            let line = said(is_v6, kind, code, from);
            assert!(line.contains(part), "{part}: {line}");
        }
    }
}
