//! A packet with everything that is known about it. It is decoded and followed once, for all sinks of its thread. Another thread
//! decodes the bytes again, but does not follow them again.

use std::cell::OnceCell;

use super::following::{Conversations, Followed};
use crate::flow::PacketInFlow;
use crate::frame::Frame;
use crate::wire::Packet;

/// A frame that is decoded when its headers are first asked for, and not again.
pub struct LazyPacket<'f> {
    frame: &'f Frame<'f>,
    packet: OnceCell<Packet<'f>>,
}

impl<'f> LazyPacket<'f> {
    /// Not decoded yet.
    #[must_use]
    pub const fn new(frame: &'f Frame<'f>) -> Self {
        Self {
            frame,
            packet: OnceCell::new(),
        }
    }

    /// The frame.
    #[must_use]
    pub const fn frame(&self) -> &'f Frame<'f> {
        self.frame
    }

    /// Its headers.
    #[inline]
    pub fn packet(&self) -> &Packet<'f> {
        self.packet.get_or_init(|| self.frame.decode())
    }
}

/// What a run observes: a packet, and the known facts about it.
#[derive(Clone, Copy)]
pub struct Observed<'o, 'f> {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// Its bytes.
    pub frame: &'f Frame<'f>,
    /// The other known facts about it.
    pub followed: &'o Followed,
    headers: &'o LazyPacket<'f>,
}

impl<'o, 'f> Observed<'o, 'f> {
    /// Collects the known facts about a packet.
    #[must_use]
    pub const fn new(number: u64, headers: &'o LazyPacket<'f>, followed: &'o Followed) -> Self {
        Self {
            number,
            frame: headers.frame,
            followed,
            headers,
        }
    }

    /// The same packet in another capture, where it has another number and other known facts.
    #[must_use]
    pub const fn known_as<'n>(&self, number: u64, followed: &'n Followed) -> Observed<'n, 'f>
    where
        'o: 'n,
    {
        Observed::new(number, self.headers, followed)
    }

    /// Its headers.
    #[must_use]
    pub fn packet(&self) -> &'o Packet<'f> {
        self.headers.packet()
    }

    /// Hands over the headers by which it counts in its conversation, and what it does there: its own, or those of the datagram
    /// that it completes.
    pub fn with_in_flow<T>(&self, then: impl FnOnce(&Packet<'_>, Option<&PacketInFlow>) -> T) -> T {
        match &self.followed.whole {
            Some(whole) => then(&whole.frame.decode(), whole.in_flow.as_ref()),
            None => then(self.packet(), self.followed.in_flow.as_ref()),
        }
    }
}

/// A receiver of the packets of a run: a display, a recording, an export.
pub trait Sink {
    /// Why it cannot take more packets.
    type Error;

    /// Takes the next packet that is wanted; `known` has its conversation.
    ///
    /// # Errors
    /// It cannot go on.
    fn take(&mut self, observed: &Observed<'_, '_>, known: &dyn Conversations) -> Result<(), Self::Error>;
}
