//! The packets captured last, to know one again: captured once more, repeated on the way, or sent again.
//!
//! A table of fixed size with a few places for each key: what comes takes the place of what has been there longest. So it costs the same
//! for each packet and never grows. Where a packet has lost its place, nothing is said that needs it.

use super::datagram::COPY;
use super::icmp_error::IcmpError;
use super::order::SendSign;
use super::packed_time::{CurrentPacket, PackedTime};
use super::segment_info::TcpSegmentInfo;

/// Places of a key.
const PLACES: usize = 4;
/// Groups of that many places: together the last 1,000 packets and more, at 100,000 packets a second those of 10 ms.
const GROUPS: usize = 512;
/// No host sends two ICMP errors within that many nanoseconds: a copy from a second interface follows as soon.
const AT_ONCE: i64 = 20_000;
/// What an ICMP error has in place of the flags of a segment.
const ERROR: u32 = u32::MAX;
/// What keys are mixed with. It is not a secret: a host that can make others lose their places can as well send copies.
const MIXED_WITH: u64 = 0x9e37_79b9_7f4a_7c15;

/// What is remembered of a packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecentPacket {
    /// Conversation, sender, and the numbers that a retransmission has again.
    key: u64,
    /// All else of its header that a copy has again.
    rest: u64,
    /// Its number; 0: none.
    pub(super) number: u64,
    pub(super) time: PackedTime,
    /// Its timestamp, or 0.
    pub(super) stamp: u32,
    /// Its IPv4 identification, or 0.
    pub(super) identification: u16,
    /// The sum of its payload, where its checksum shows it.
    pub(super) sum: Option<u16>,
}

impl RecentPacket {
    /// What shows when it was sent.
    pub(super) const fn sign(&self) -> SendSign {
        SendSign {
            packet: self.number,
            identification: self.identification,
            stamp: self.stamp,
        }
    }
}

/// An earlier packet of the same sender with the same numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Earlier {
    pub(super) packet: RecentPacket,
    /// Is the whole header the same, and so its payload's checksum?
    pub(super) is_same: bool,
}

/// The table.
#[derive(Debug)]
pub(super) struct Recent {
    groups: Box<[Group]>,
}

/// The packets of some keys, the latest first.
type Group = [Option<RecentPacket>; PLACES];

/// Whose packet it is: the conversation, and whether its server sent it.
pub(super) type Whose = (u64, bool);

impl Recent {
    pub(super) fn new() -> Self {
        Self {
            groups: vec![[None; PLACES]; GROUPS].into_boxed_slice(),
        }
    }

    /// Remembers a segment. Gives the one whose place it takes, if that has the same numbers.
    pub(super) fn segment(&mut self, whose: Whose, now: CurrentPacket, info: &TcpSegmentInfo) -> Option<Earlier> {
        let (stamp, echo) = info.timestamps.unwrap_or_default();
        let acknowledgment = info.acknowledgment.unwrap_or(0);
        let flags =
            u32::from(info.syn) | u32::from(info.fin) << 1 | u32::from(info.rst) << 2 | u32::from(info.psh) << 3;
        let mut rest = mix(
            pair(acknowledgment, echo),
            pair(stamp, flags << 16 | u32::from(info.window)),
        );
        rest = mix(
            rest,
            pair(
                u32::from(info.identification) << 16 | u32::from(info.checksum),
                u32::from(info.acknowledgment.is_some()),
            ),
        );
        for (left, right) in info.sack.into_iter().flatten() {
            rest = mix(rest, pair(left, right));
        }
        let mut key = mix(whose.0 << 1 | u64::from(whose.1), pair(info.sequence, info.length()));
        if info.length() == 0 {
            // Each acknowledgment has a place of its own.
            key = mix(key, rest);
        }
        self.take(RecentPacket {
            key,
            rest,
            number: now.number,
            time: now.time,
            stamp,
            identification: info.identification,
            sum: info.payload_sum,
        })
    }

    /// Remembers an ICMP error about a packet of this conversation. Gives the number of the packet of which it is a copy.
    pub(super) fn error(&mut self, whose: Whose, now: CurrentPacket, error: &IcmpError<'_>) -> Option<u64> {
        let (checksum, quoted) = error.sums;
        let sums = u32::from(checksum) << 16 | u32::from(quoted);
        let marks = u32::from(error.identification) << 16 | u32::from(error.id.length);
        let key = mix(
            whose.0 << 1 | u64::from(whose.1),
            pair(sums, error.sequence.unwrap_or(0)),
        );
        let rest = mix(!key, pair(marks, ERROR));
        let earlier = self.take(RecentPacket {
            key: mix(key, rest),
            rest,
            number: now.number,
            time: now.time,
            stamp: 0,
            identification: error.identification,
            sum: None,
        })?;
        // Each that a host sends has another identification; without one, two that are the same may both have been sent.
        let within = if error.identification == 0 { AT_ONCE } else { COPY };
        let since = now.time.since(earlier.packet.time)?;
        (earlier.is_same && since <= within).then_some(earlier.packet.number)
    }

    fn take(&mut self, packet: RecentPacket) -> Option<Earlier> {
        let index = usize::try_from(packet.key >> 32).unwrap_or(0) % GROUPS;
        let group = self.groups.get_mut(index)?;
        let is_it = |place: &Option<RecentPacket>| place.is_some_and(|known| known.key == packet.key);
        let found = group.iter().position(is_it);
        // The one with the same numbers leaves, or the oldest.
        let last = found.unwrap_or(PLACES - 1);
        let before = group.get(last).copied().flatten();
        group.copy_within(..last, 1);
        *group.first_mut()? = Some(packet);
        before
            .filter(|known| found.is_some() && known.number != 0)
            .map(|known| Earlier {
                packet: known,
                is_same: known.rest == packet.rest,
            })
    }
}

/// Both in one number: a multiplication to twice the length, folded.
fn mix(one: u64, two: u64) -> u64 {
    let product = u128::from(one ^ MIXED_WITH).wrapping_mul(u128::from(two ^ MIXED_WITH.rotate_left(23)) | 1);
    let [low, high] = [product, product >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or(0));
    low ^ high.rotate_left(29) ^ two
}

fn pair(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, PLACES, Recent, RecentPacket};
    use crate::flow::packed_time::PackedTime;

    fn packet(key: u64, number: u64) -> RecentPacket {
        RecentPacket {
            key,
            rest: 0,
            number,
            time: PackedTime::new(None),
            stamp: 0,
            identification: 0,
            sum: None,
        }
    }

    #[test]
    fn the_oldest_of_a_group_leaves_and_the_latest_is_found() {
        let mut recent = Recent::new();
        // Keys that share their places.
        let key = |nth: usize| ((nth * GROUPS) as u64) << 32 | 7;
        for nth in 0..=PLACES {
            assert!(recent.take(packet(key(nth), nth as u64 + 1)).is_none());
        }
        assert!(recent.take(packet(key(0), 90)).is_none(), "it had left");
        let found = recent.take(packet(key(PLACES), 91)).unwrap();
        assert_eq!(found.packet.number, PLACES as u64 + 1);
        assert_eq!(recent.take(packet(key(PLACES), 92)).unwrap().packet.number, 91);
    }
}
