//! Packets and calls of one conversation, before they are in one order.

use super::payload_start::PayloadStart;
use crate::calls::{Call, Program};
use crate::flow::number::ByteRange;
use crate::flow::{PacketInFlow, PacketKind, Party};
use crate::frame::Time;
use crate::wire::tcp::Flags;
use crate::wire::{Content, Packet};

/// The clock of a process.
pub(super) type ProcessClock = (Program, u32);

/// A packet of a conversation, without its bytes but for the first ones of its data.
#[derive(Debug, Clone, Copy)]
pub struct PacketRef {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// When the capture saw it.
    pub time: Option<Time>,
    /// The flags, of a TCP segment.
    pub flags: Option<Flags>,
    /// How the text begins that it carries.
    pub payload_start: Option<PayloadStart>,
    /// Its place in the conversation.
    pub in_flow: PacketInFlow,
}

impl PacketRef {
    /// Of a packet that belongs to a conversation.
    #[must_use]
    pub fn of(number: u64, time: Option<Time>, packet: &Packet<'_>, in_flow: &PacketInFlow) -> Self {
        Self {
            number,
            time,
            flags: packet.tcp().map(|tcp| tcp.flags()),
            payload_start: payload_start(packet, in_flow),
            in_flow: *in_flow,
        }
    }
}

fn payload_start(packet: &Packet<'_>, in_flow: &PacketInFlow) -> Option<PayloadStart> {
    let length = match &in_flow.kind {
        PacketKind::Segment(segment) => segment.data.map(ByteRange::count)?,
        PacketKind::Datagram(datagram) => datagram.length as u64,
        // What follows its header is a packet that another host sent.
        PacketKind::Notice(_) => return None,
    };
    let is_data = packet.content() == Content::Data;
    is_data.then(|| PayloadStart::of(packet.payload().bytes, length))?
}

/// A call of a conversation, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyCall {
    /// Who called.
    pub party: Party,
    /// The call.
    pub call: Call,
}

impl PartyCall {
    /// When it was entered, in nanoseconds since 1970, by the program's clock.
    pub(super) fn entered(&self) -> i64 {
        self.call.entered.timestamp_nanos_opt().unwrap_or(i64::MAX)
    }

    /// When it had returned. A clock that was set back meanwhile does not make it return before it was entered.
    pub(super) fn returned(&self) -> i64 {
        let returned = self.call.returned.timestamp_nanos_opt().unwrap_or(i64::MAX);
        if returned < self.entered() {
            let duration = i64::try_from(self.call.duration_ns).unwrap_or(i64::MAX);
            self.entered().saturating_add(duration)
        } else {
            returned
        }
    }

    /// The clock that its times were read from: a process has one.
    pub(super) fn clock(&self) -> ProcessClock {
        (self.call.program, self.call.pid)
    }
}
