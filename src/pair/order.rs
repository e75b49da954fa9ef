//! Packets that were overtaken on the way.

use super::both::{Both, Side};
use super::captures::Capture;
use super::conversations::Conversation;
use super::fate::{Fate, Fates};

/// The packets, by their places in the capture where they were sent, that arrived after a later one of their direction: RFC 4737
/// section 3.3 calls them reordered.
pub(super) fn overtaken(captures: &Both<Capture>, fates: &Fates, conversations: &[Conversation]) -> Both<Vec<u32>> {
    let mut overtaken: Both<Vec<u32>> = Both::default();
    let mut latest = vec![[None; 2]; conversations.len()];
    for receiver in Side::BOTH {
        let arrived = captures.of(receiver).packets.iter().zip(fates.of(receiver));
        for (seen, fate) in arrived {
            let (Fate::Arrived { other } | Fate::Changed { other, .. }) = *fate else {
                continue;
            };
            let number = seen.conversation as usize;
            let is_received = conversations
                .get(number)
                .is_some_and(|conversation| conversation.sent_at(seen.from_low) != receiver);
            let slot = latest
                .get_mut(number)
                .and_then(|both| both.get_mut(usize::from(seen.from_low)));
            let (Some(slot), true) = (slot, is_received) else {
                continue;
            };
            if *slot > Some(other) {
                overtaken.of_mut(receiver.other()).push(other);
            } else {
                *slot = Some(other);
            }
        }
    }
    overtaken.a.sort_unstable();
    overtaken.b.sort_unstable();
    overtaken
}
