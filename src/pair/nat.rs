//! A router that translates addresses between both ends.

use std::collections::HashMap;

use super::both::Side;
use super::captures::Known;
use super::direction::majority;
use super::exact::Same;

/// Behind a router that translates addresses, a conversation has others: the one that most of its packets are in.
pub(super) fn follow(known: &mut Known, same: &mut Same) {
    let of = |side: Side, place: u32| known.captures.of(side).packets.get(place as usize);
    let mut votes: HashMap<u32, Vec<(u32, bool)>> = HashMap::new();
    for &(a, b) in &same.pairs {
        if let (Some(a), Some(b)) = (of(Side::A, a), of(Side::B, b)) {
            let vote = (a.conversation, a.from_low != b.from_low);
            votes.entry(b.conversation).or_default().push(vote);
        }
    }
    let same_as: HashMap<u32, (u32, bool)> = votes
        .into_iter()
        .filter_map(|(number, votes)| Some((number, majority(votes.into_iter())?)))
        .collect();
    for (&number, &(there, _)) in same_as.iter().filter(|(number, (there, _))| *number != there) {
        let packets = known.conversations.get_mut(number as usize).map_or(0, |conversation| {
            conversation.same_as = Some(there);
            std::mem::take(&mut conversation.packets.b)
        });
        if let Some(conversation) = known.conversations.get_mut(there as usize) {
            conversation.packets.b += packets;
        }
    }
    for seen in &mut known.captures.b.packets {
        if let Some(&(there, is_turned)) = same_as.get(&seen.conversation) {
            seen.conversation = there;
            seen.from_low ^= is_turned;
        }
    }
    let of = |side: Side, place: u32| known.captures.of(side).packets.get(place as usize);
    let way = |side, place| of(side, place).map(|seen| (seen.conversation, seen.from_low));
    same.pairs.retain(|&(a, b)| way(Side::A, a) == way(Side::B, b));
}
