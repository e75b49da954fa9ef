//! Which end is the client, where no SYN shows it.

use super::packet_in_flow::Roles;
use super::party::Party;

/// The first port of the range from which Linux picks for sockets that were not bound
/// (`net.ipv4.ip_local_port_range`); other systems begin at 49152. RFC 6335 section 6
const PICKED: u16 = 32_768;
/// The first port that is not a system port. RFC 6335 section 6
const USER: u16 = 1024;

/// How much a port looks like one that an application chose: the lower the more.
const fn rank(port: u16) -> u8 {
    match port {
        0..USER => 0,
        USER..PICKED => 1,
        PICKED.. => 2,
    }
}

/// Of a UDP datagram that is the first of its conversation: what its sender is, and how that is known.
pub(super) fn of_datagram(source: u16, destination: u16) -> (Party, Roles) {
    match rank(source).cmp(&rank(destination)) {
        std::cmp::Ordering::Less => (Party::Server, Roles::Ports),
        std::cmp::Ordering::Greater => (Party::Client, Roles::Seen),
        std::cmp::Ordering::Equal => (Party::Client, Roles::First),
    }
}

/// The same of a TCP segment that is neither SYN nor SYN-ACK.
pub(super) fn of_segment(source: u16, destination: u16) -> (Party, Roles) {
    match rank(source).cmp(&rank(destination)) {
        std::cmp::Ordering::Less => (Party::Server, Roles::Ports),
        std::cmp::Ordering::Greater => (Party::Client, Roles::Ports),
        std::cmp::Ordering::Equal => (Party::Client, Roles::First),
    }
}

#[cfg(test)]
mod tests {
    use super::{of_datagram, of_segment};
    use crate::flow::{Party, Roles};

    #[test]
    fn ports_tell_who_serves() {
        for (ports, datagram, segment) in [
            (
                (40_000, 53),
                (Party::Client, Roles::Seen),
                (Party::Client, Roles::Ports),
            ),
            (
                (53, 40_000),
                (Party::Server, Roles::Ports),
                (Party::Server, Roles::Ports),
            ),
            (
                (40_000, 12_000),
                (Party::Client, Roles::Seen),
                (Party::Client, Roles::Ports),
            ),
            (
                (50_000, 40_000),
                (Party::Client, Roles::First),
                (Party::Client, Roles::First),
            ),
            (
                (40_000, 50_000),
                (Party::Client, Roles::First),
                (Party::Client, Roles::First),
            ),
        ] {
            assert_eq!(of_datagram(ports.0, ports.1), datagram, "{ports:?}");
            assert_eq!(of_segment(ports.0, ports.1), segment, "{ports:?}");
        }
    }
}
