//! A datagram as it comes, and as it is remembered.

use super::content::Content;
use super::datagram::Evidence;
use super::packed_time::{PackedTime, PacketNumber};

/// A datagram, as far as a reply, a copy or an ICMP error may ask for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct SentDatagram {
    pub(super) time: PackedTime,
    pub(super) packet: PacketNumber,
    pub(super) id: DatagramId,
    pub(super) content: Content,
    pub(super) fate: Fate,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It waits for a reply.
    Waiting,
    /// It waits, or a reply that answers one of several requests was its own.
    Undecided,
    /// It was answered, or an earlier request a second time: the reply came too early to tell. It counts as answered.
    Doubtful,
    /// It was answered.
    Answered,
    /// An ICMP error said that it is not answered.
    Refused,
}

impl Fate {
    pub(super) const fn waits(self) -> bool {
        matches!(self, Self::Waiting | Self::Undecided | Self::Doubtful)
    }
}

/// What an ICMP error quotes that distinguishes one datagram from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DatagramId {
    /// IPv4 identification; 0 over IPv6.
    pub(super) identification: u16,
    /// The length of the UDP header.
    pub(super) length: u16,
}

/// A datagram that is to be followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewDatagram<'a> {
    pub(super) id: DatagramId,
    /// Data bytes, by the length fields.
    pub(super) length: usize,
    /// The data, where all of it is at hand.
    pub(super) data: Option<&'a [u8]>,
    /// What the data show.
    pub(super) content: Content,
}

impl<'a> NewDatagram<'a> {
    /// `length`: of the data, by the length fields. `payload`: as much of it as was captured.
    pub(super) fn new(id: DatagramId, length: usize, payload: &'a [u8]) -> Self {
        let data = payload.get(..length);
        Self {
            id,
            length,
            data,
            content: data.map_or(Content::UNKNOWN, Content::of),
        }
    }

    /// What this datagram shows, as a reply: that this is the content of its request.
    pub(super) fn answers(&self, request: Content) -> Option<Evidence> {
        self.content.answers(request, self.data.unwrap_or_default())
    }
}
