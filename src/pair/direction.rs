//! Which capture was made at which end: deduced from the packets that are in both.
//!
//! A router decreases the TTL, so the capture with the larger one is nearer to the sender. Without a router, times show it: let
//! the clock of B be ahead by θ. A packet from A's end has the difference θ + its delay between its two times, a packet
//! from B's end θ − its delay. So the difference grows where the direction changes to A's packets, whatever θ is.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use super::both::Side;
use super::captures::Capture;
use super::conversations::{Conversation, Evidence, Group};
use crate::frame::Direction;

/// Votes for "the low end is at A" less those against it.
#[derive(Debug, Clone, Copy, Default)]
struct Votes {
    flags: i64,
    ttl: i64,
    times: i64,
    /// The last pair: did the low end send it, and the difference of its times.
    last: Option<(bool, i64)>,
}

impl Votes {
    fn result(self) -> Option<(Side, Evidence)> {
        let all = [
            (self.flags, Evidence::Flags),
            (self.ttl, Evidence::Ttl),
            (self.times, Evidence::Times),
        ];
        let (votes, evidence) = all.into_iter().find(|(votes, _)| *votes != 0)?;
        Some((if votes > 0 { Side::A } else { Side::B }, evidence))
    }
}

/// Sets which capture is at which end of each conversation. `pairs` are in the order of A.
pub(super) fn deduce(a: &Capture, b: &Capture, pairs: &[(u32, u32)], conversations: &mut [Conversation]) {
    let mut groups: HashMap<Group, Votes> = HashMap::new();
    for &(in_a, in_b) in pairs {
        let (Some(seen), Some(there)) = (a.packets.get(in_a as usize), b.packets.get(in_b as usize)) else {
            continue;
        };
        let Some(conversation) = conversations.get(seen.conversation as usize) else {
            continue;
        };
        let votes = groups.entry(conversation.group()).or_default();
        // A packet that the low end sent at A is outbound there, has the larger TTL there, and inbound at B.
        let for_a = if seen.from_low { 1 } else { -1 };
        for (direction, outbound) in [(seen.direction, 1), (there.direction, -1)] {
            votes.flags += match direction {
                Some(Direction::Outbound) => for_a * outbound,
                Some(Direction::Inbound) => -for_a * outbound,
                None => 0,
            };
        }
        votes.ttl += match seen.ttl.cmp(&there.ttl) {
            std::cmp::Ordering::Greater => for_a,
            std::cmp::Ordering::Less => -for_a,
            std::cmp::Ordering::Equal => 0,
        };
        let difference = there.time.saturating_sub(seen.time);
        if let Some((from_low, before)) = votes.last.replace((seen.from_low, difference)) {
            if from_low != seen.from_low {
                votes.times += difference.saturating_sub(before).signum() * for_a;
            }
        }
    }
    let known: HashMap<Group, (Side, Evidence)> = groups
        .into_iter()
        .filter_map(|(group, votes)| Some((group, votes.result()?)))
        .collect();
    // Where nothing shows it, the most of the others: the same two machines made both captures.
    let client_at = majority(conversations.iter().filter_map(|each| {
        let (low_at, _) = known.get(&each.group())?;
        Some(if each.low_is_client { *low_at } else { low_at.other() })
    }));
    let hosts = hosts(&known, conversations);
    for conversation in conversations.iter_mut() {
        let otherwise = || {
            // One end is a host whose capture is known, the other one is elsewhere: a router that sends ICMP errors.
            let end = |ip| hosts.get(&ip).copied().flatten();
            match (end(conversation.low.ip()), end(conversation.high.ip())) {
                (Some((side, evidence)), None) => return (side, evidence),
                (None, Some((side, evidence))) => return (side.other(), evidence),
                _ => {}
            }
            let client_at = client_at.unwrap_or(Side::A);
            let low_at = if conversation.low_is_client {
                client_at
            } else {
                client_at.other()
            };
            (low_at, Evidence::Assumed)
        };
        conversation.low_at = Some(known.get(&conversation.group()).copied().unwrap_or_else(otherwise));
    }
}

/// At which capture each host is, where its conversations agree.
fn hosts(
    known: &HashMap<Group, (Side, Evidence)>,
    conversations: &[Conversation],
) -> HashMap<IpAddr, Option<(Side, Evidence)>> {
    let mut hosts: HashMap<IpAddr, Option<(Side, Evidence)>> = HashMap::new();
    for conversation in conversations {
        let Some(&(low_at, evidence)) = known.get(&conversation.group()) else {
            continue;
        };
        for (end, side) in [(conversation.low, low_at), (conversation.high, low_at.other())] {
            let host = hosts.entry(end.ip()).or_insert(Some((side, evidence)));
            if host.is_some_and(|(other, _)| other != side) {
                *host = None;
            }
        }
    }
    hosts
}

/// What occurs most often.
pub(super) fn majority<T: Eq + Hash + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: HashMap<T, (u64, u64)> = HashMap::new();
    for (place, each) in (0..).zip(all) {
        counts.entry(each).or_insert((0, u64::MAX - place)).0 += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(each, _)| each)
}
