//! Later fragments of the datagrams that a filter accepts.
//!
//! A filter that asks for ports can only judge a datagram's first fragment; [`crate::filter::FragmentPolicy::Keep`] lets all later
//! ones pass. Here those are kept whose first fragment passed before.

use std::collections::{HashSet, VecDeque};
use std::net::IpAddr;

use crate::wire::{Packet, Protocol};

/// The most datagrams that are remembered; beyond that the oldest is forgotten.
pub const MOST: usize = 4096;

/// What the fragments of one datagram have in common.
type FragmentKey = (IpAddr, IpAddr, u32);

/// Keeps the later fragments of datagrams whose first one passed.
#[derive(Debug, Default)]
pub struct FragmentFilter {
    wanted: HashSet<FragmentKey>,
    order: VecDeque<FragmentKey>,
    left_out: u64,
}

impl FragmentFilter {
    /// No datagram seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Does the packet, which has passed the filter, pass here too? Only a later fragment may not.
    pub fn passes(&mut self, packet: &Packet<'_>) -> bool {
        let Some((datagram, offset)) = fragment(packet) else {
            return true;
        };
        if offset == 0 {
            self.remember(datagram);
            return true;
        }
        let wanted = self.wanted.contains(&datagram);
        self.left_out += u64::from(!wanted);
        wanted
    }

    /// How many later fragments did not pass: their first one was unwanted, or not seen before them.
    #[must_use]
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    fn remember(&mut self, datagram: FragmentKey) {
        if !self.wanted.insert(datagram) {
            return;
        }
        self.order.push_back(datagram);
        if self.order.len() <= MOST {
            return;
        }
        if let Some(oldest) = self.order.pop_front() {
            self.wanted.remove(&oldest);
        }
    }
}

/// Which datagram it is a fragment of, and where its data begins; `None` for a whole datagram.
fn fragment(packet: &Packet<'_>) -> Option<(FragmentKey, usize)> {
    let (from, to) = packet.addresses()?;
    let (identification, offset) = match packet.ipv4() {
        Some(ip) if ip.is_fragment() => (u32::from(ip.identification()), ip.fragment_offset()),
        Some(_) => return None,
        None => {
            let header = packet.layer(Protocol::Fragment)?.fragment()?;
            (header.identification, header.offset)
        }
    };
    Some(((from, to, identification), offset))
}

#[cfg(test)]
mod tests {
    use super::{FragmentFilter, MOST};
    use crate::wire::{LinkType, decode};

    /// A fragment of 8 bytes of a UDP datagram over IPv4.
    fn fragment(identification: u16, offset_units: u8, more: bool) -> Vec<u8> {
        let [high, low] = identification.to_be_bytes();
        let flags = if more { 0x20 } else { 0 };
        let header = [
            0x45,
            0,
            0,
            28,
            high,
            low,
            flags,
            offset_units,
            64,
            17,
            0,
            0,
            10,
            0,
            0,
            1,
            10,
            0,
            0,
            2,
        ];
        [&header[..], &[0; 8]].concat()
    }

    fn passes(fragment_filter: &mut FragmentFilter, bytes: &[u8]) -> bool {
        fragment_filter.passes(&decode(LinkType::IPV4, bytes, 0))
    }

    #[test]
    fn later_fragments_follow_their_first_one() {
        let mut fragment_filter = FragmentFilter::new();
        assert!(passes(&mut fragment_filter, &fragment(1, 0, false)), "a whole datagram");
        assert!(
            !passes(&mut fragment_filter, &fragment(1, 5, false)),
            "which makes no fragment welcome"
        );
        assert!(passes(&mut fragment_filter, &fragment(7, 0, true)));
        assert!(passes(&mut fragment_filter, &fragment(7, 5, true)));
        assert!(passes(&mut fragment_filter, &fragment(7, 9, false)));
        assert!(!passes(&mut fragment_filter, &fragment(8, 5, false)));
        assert_eq!(fragment_filter.left_out(), 2);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut fragment_filter = FragmentFilter::new();
        for identification in 0..=u16::try_from(MOST).unwrap() {
            passes(&mut fragment_filter, &fragment(identification, 0, true));
        }
        assert_eq!(
            (fragment_filter.wanted.len(), fragment_filter.order.len()),
            (MOST, MOST)
        );
        assert!(
            !passes(&mut fragment_filter, &fragment(0, 5, false)),
            "the oldest is forgotten"
        );
        assert!(passes(&mut fragment_filter, &fragment(1, 5, false)));
    }
}
