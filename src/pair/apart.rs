//! Why two captures cannot be laid together.

use std::net::SocketAddr;

use super::both::{Both, Side};
use super::captures::Known;
use super::exact;
use super::seen::Kind;

/// Why two captures cannot be laid together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Apart {
    /// One has no IP packet with a time.
    Empty(Side),
    /// They have this many packets in common, but for addresses, ports and checksums.
    OnlyWithNat(u64),
    /// They have a conversation between these ends in common, and no packet of it.
    OtherPackets(Kind, SocketAddr, SocketAddr),
    /// They have no conversation in common: one that A has, and one that B has.
    OtherConversations(Box<Both<(SocketAddr, SocketAddr)>>),
}

impl Apart {
    /// Why these have no packet in common.
    pub(super) fn of(known: &Known) -> Self {
        if !known.comparison.with_nat {
            let same = exact::same(&known.captures.a.packets, &known.captures.b.packets, |_, _, seen| {
                // Without data, packets of different exchanges may be equal.
                (seen.kind == Kind::Tcp || seen.data > 0).then_some(seen.nat_key)
            });
            if !same.pairs.is_empty() {
                return Self::OnlyWithNat(same.pairs.len() as u64);
            }
        }
        let shared = known
            .conversations
            .iter()
            .find(|each| each.packets.a > 0 && each.packets.b > 0);
        if let Some(shared) = shared {
            return Self::OtherPackets(shared.kind, shared.client(), shared.server());
        }
        let largest = |side: Side| {
            let largest = known.conversations.iter().max_by_key(|each| *each.packets.of(side));
            let unspecified = SocketAddr::from(([0; 4], 0));
            largest.map_or((unspecified, unspecified), |each| (each.client(), each.server()))
        };
        Self::OtherConversations(Box::new(Both {
            a: largest(Side::A),
            b: largest(Side::B),
        }))
    }
}
