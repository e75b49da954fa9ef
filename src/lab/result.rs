//! What the packets and the calls of a run say.

use super::capturing::Captured;
use crate::calls::{Call, CallName, Role};
use crate::flow::conversation::Conversation;
use crate::flow::number::ByteRange;
use crate::flow::segment::SegmentPart;
use crate::flow::{PacketInFlow, PacketKind, Party, Roles, Tracker};
use crate::frame::{Frame, Time};

/// What was seen of a run.
pub struct RunResult {
    /// Title and text of the programs' screens.
    pub screens: Vec<(&'static str, String)>,
    /// The socket calls, in the order in which they were entered.
    pub calls: Vec<Call>,
    /// What was captured; absent where the system does not permit a capture.
    pub captured: Option<Captured>,
    /// The place of each packet in its conversation, in the order of the packets.
    pub in_flows: Vec<Option<PacketInFlow>>,
    /// The conversations, in the order of their first packets.
    pub conversations: Vec<Conversation>,
    /// What was seen elsewhere, a line each.
    pub observations: Vec<String>,
    /// Did every line get its answer that should?
    pub answered: bool,
}

impl RunResult {
    /// The packets; none where there was no capture.
    #[must_use]
    pub fn frames(&self) -> &[Frame<'static>] {
        self.captured.as_ref().map_or(&[], |captured| &captured.frames)
    }

    /// Follows the conversations of what was captured.
    #[must_use]
    pub fn follow(captured: Option<&Captured>) -> (Vec<Option<PacketInFlow>>, Vec<Conversation>) {
        let mut tracker = Tracker::new();
        let frames = captured.map_or(&[][..], |captured| &captured.frames);
        let in_flows = (1..).zip(frames).map(|(number, frame)| {
            let packet = frame.decode();
            let mut in_flow = tracker.follow(number, frame.time, &packet)?;
            if in_flow.roles == Roles::First {
                // The capture began before the programs did, so the first to send is the client.
                in_flow.roles = Roles::Seen;
            }
            Some(in_flow)
        });
        let in_flows = in_flows.collect();
        (in_flows, tracker.conversations())
    }

    /// Number, bytes and place of the packets that belong to a conversation, in order.
    pub fn packets(&self) -> impl Iterator<Item = (u64, &Frame<'static>, &PacketInFlow)> {
        let packets = (1..).zip(self.frames()).zip(&self.in_flows);
        packets.filter_map(|((number, frame), in_flow)| Some((number, frame, in_flow.as_ref()?)))
    }

    /// Time of the first packet; 0 without one.
    #[must_use]
    pub fn first(&self) -> Time {
        self.frames().iter().find_map(|frame| frame.time).unwrap_or(Time(0))
    }

    /// Number and place of the packets that have one, in order.
    pub fn packets_in_flow(&self) -> impl Iterator<Item = (u64, &PacketInFlow)> {
        let numbered = (1..).zip(&self.in_flows);
        numbered.filter_map(|(number, in_flow)| Some((number, in_flow.as_ref()?)))
    }

    /// The same of one conversation.
    pub fn packets_in_conversation(&self, conversation: u64) -> impl Iterator<Item = (u64, &PacketInFlow)> {
        self.packets_in_flow()
            .filter(move |(_, in_flow)| in_flow.conversation == conversation)
    }

    /// Calls of this name on sockets of this role.
    pub fn calls_of(&self, role: Role, name: CallName) -> impl Iterator<Item = &Call> {
        let wanted = move |call: &&Call| call.role == role && call.call == name;
        self.calls.iter().filter(wanted)
    }

    /// How many sockets of this role there were.
    #[must_use]
    pub fn sockets(&self, role: Role) -> usize {
        // Each process counts its own.
        let mut numbers: Vec<(u32, u64)> = self
            .calls
            .iter()
            .filter(|call| call.role == role)
            .map(|call| (call.pid, call.socket))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    }
}

/// Bytes of data that a packet carries.
#[must_use]
pub fn data_of(in_flow: &PacketInFlow) -> u64 {
    match &in_flow.kind {
        PacketKind::Segment(segment) => segment.data.map_or(0, ByteRange::count),
        PacketKind::Datagram(datagram) => datagram.length as u64,
        PacketKind::Notice(_) => 0,
    }
}

/// Is the packet something that the other end has to answer, or such an answer: a SYN, or data? An acknowledgment alone is
/// neither.
#[must_use]
pub fn says_something(in_flow: &PacketInFlow) -> bool {
    match &in_flow.kind {
        PacketKind::Segment(segment) => {
            segment.data.is_some() || matches!(segment.part, SegmentPart::Syn | SegmentPart::SynAck)
        }
        PacketKind::Datagram(_) => true,
        PacketKind::Notice(_) => false,
    }
}

/// How many times the client of this conversation had to wait for an answer.
#[must_use]
pub fn round_trips<'s>(in_flows: impl Iterator<Item = &'s PacketInFlow>) -> usize {
    let mut waiting = false;
    let mut count = 0;
    for in_flow in in_flows.filter(|in_flow| says_something(in_flow)) {
        match in_flow.sender {
            Party::Client => waiting = true,
            Party::Server => count += usize::from(std::mem::take(&mut waiting)),
        }
    }
    count
}
