//! From packets to conversations.

use super::conversation::Conversation;
use super::step::Step;
use crate::frame::Time;
use crate::wire::Packet;

/// Follows the conversations of a capture.
#[derive(Debug, Default)]
pub struct Tracker {}

impl Tracker {
    /// At most so many conversations are remembered, unless another number is asked for.
    pub const MOST: usize = 1_000_000;

    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::with_most(Self::MOST)
    }

    /// Remembers at most so many conversations; the least recently seen leave first.
    #[must_use]
    pub fn with_most(most: usize) -> Self {
        let _ = most;
        Self {}
    }

    /// Takes the next packet of the capture: its number, from 1, its time, and its headers. `None` for a packet of no
    /// conversation: without ports, or one whose header is cut or malformed.
    pub fn follow(&mut self, number: u64, time: Option<Time>, packet: &Packet<'_>) -> Option<Step> {
        let _ = (number, time, packet);
        None
    }

    /// The conversations that are remembered, in the order of their numbers.
    #[must_use]
    pub fn conversations(&self) -> Vec<Conversation> {
        Vec::new()
    }

    /// One of them.
    #[must_use]
    pub fn conversation(&self, number: u64) -> Option<Conversation> {
        let _ = number;
        None
    }

    /// How many had to leave to bound the memory.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        0
    }
}
