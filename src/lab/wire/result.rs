//! What came of a run with two hosts.

use crate::calls::{Call, CallName};
use crate::explain::duration;
use crate::flow::Party;
use crate::hosts::addresses;
use crate::hosts::counters::Counted;
use crate::hosts::record::{CaptureNumbers, FrameRecord, WireRecord};
use crate::hosts::seen::FrameKind;
use crate::lab::result::RunResult;
use crate::pair::{Apart, Captures, Comparison, Exchange, Side};
use crate::render::plot::Plots;
use crate::render::two_ends::{TwoEnds, plots};
use crate::timeline::PacketRef;

/// What came of a run.
pub struct WireResult {
    /// What was captured at each host, with the calls of its program: the client's first.
    pub ends: [RunResult; 2],
    /// What the wire did.
    pub record: WireRecord,
    /// Both captures laid together, unless they have nothing in common.
    pub exchange: Result<Exchange, Apart>,
    /// Why the hosts' interfaces are not TAP devices, where they are veths.
    pub instead_of_tap: Option<String>,
    /// What both kernels have counted, where that was asked for.
    pub counted: Vec<Counted>,
    /// What was seen elsewhere than in packets, a sentence each.
    pub observations: Vec<String>,
}

impl WireResult {
    /// What was captured at this end, with the calls of its program.
    #[must_use]
    pub const fn end(&self, party: Party) -> &RunResult {
        let [client, server] = &self.ends;
        match party {
            Party::Client => client,
            Party::Server => server,
        }
    }

    /// How many packets were captured at this end.
    #[must_use]
    pub fn count(&self, party: Party) -> u64 {
        self.end(party).frames().len() as u64
    }

    /// The frames to which the wire did something that it does not do to all.
    pub fn changed(&self) -> impl Iterator<Item = &FrameRecord> {
        let is_as_sent = |frame: &FrameRecord| {
            frame.rules.is_empty() && frame.arrivals.len() == 1 && frame.arrivals.iter().all(|arrival| !arrival.changed)
        };
        self.record.frames.iter().filter(move |frame| !is_as_sent(frame))
    }

    /// The calls of this name at this end that did what they should, in their order.
    pub fn calls(&self, party: Party, name: CallName) -> impl Iterator<Item = &Call> {
        let calls = self.end(party).calls.iter();
        calls.filter(move |call| call.call == name && call.error.is_none())
    }

    /// When the wire took a frame of this end: the one of this kind with this number, sent for this time. Nanoseconds since
    /// 1970-01-01 00:00:00 UTC.
    #[must_use]
    pub fn taken(&self, from: Party, kind: FrameKind, number: u64, time: u64) -> Option<i64> {
        self.frame(from, kind, number, time).map(|frame| frame.taken)
    }

    /// When the same frame arrived for the first time.
    #[must_use]
    pub fn arrived(&self, from: Party, kind: FrameKind, number: u64, time: u64) -> Option<i64> {
        let frame = self.frame(from, kind, number, time)?;
        frame.arrivals.first().map(|arrival| arrival.time)
    }

    /// The frame of this kind from this end with this number, sent for this time.
    #[must_use]
    pub fn frame(&self, from: Party, kind: FrameKind, number: u64, time: u64) -> Option<&FrameRecord> {
        let mut frames = self.record.frames.iter();
        frames.find(|frame| frame.from == from && frame.is.number(kind) == Some(number) && frame.is.time == time)
    }

    /// The segments with data that this end has sent, each time that one was.
    pub fn data(&self, from: Party) -> impl Iterator<Item = &FrameRecord> + Clone {
        let frames = self.record.frames.iter();
        frames.filter(move |frame| frame.from == from && frame.is.number(FrameKind::Data).is_some())
    }

    /// Did each end send its first frame of this kind while the other one's was on its way? Then how far apart they left, in
    /// nanoseconds.
    #[must_use]
    pub fn crossed(&self, kind: FrameKind) -> Option<i64> {
        let times = |from| Some((self.taken(from, kind, 1, 1)?, self.arrived(from, kind, 1, 1)?));
        let ((left, came), (other_left, other_came)) = (times(Party::Client)?, times(Party::Server)?);
        (left < other_came && other_left < came).then(|| (other_left - left).abs())
    }

    /// How many frames of this kind this end has sent; a data segment counts each time.
    #[must_use]
    pub fn sent(&self, from: Party, kind: FrameKind) -> u64 {
        let frames = self.record.frames.iter();
        frames
            .filter(|frame| frame.from == from && frame.is.number(kind).is_some())
            .count() as u64
    }

    /// The words for how long the first call of this name took at this end.
    #[must_use]
    pub fn took(&self, party: Party, name: CallName) -> Option<String> {
        let call = self.calls(party, name).next()?;
        Some(duration(i64::try_from(call.duration_ns).ok()?))
    }

    /// Both captures laid together, to be shown; `None` where they have nothing in common.
    #[must_use]
    pub fn both_ends(&self) -> Option<TwoEnds<'_>> {
        let exchange = self.exchange.as_ref().ok()?;
        Some(TwoEnds {
            exchange,
            a: "the client's",
            b: "the server's",
        })
    }

    /// The graphs of a conversation, from both captures and from what the kernels knew; `None` unless both captures have it. Its number is
    /// that of the client's capture.
    #[must_use]
    pub fn plots(&self, conversation: u64) -> Option<Plots> {
        let exchange = self.exchange.as_ref().ok()?;
        let of = |end: &RunResult, wanted: u64| -> Vec<PacketRef> {
            let packets = end.packets();
            let own = packets.filter(|(.., in_flow)| in_flow.conversation == wanted);
            own.map(|(number, frame, in_flow)| PacketRef::of(number, frame.time, &frame.decode(), in_flow))
                .collect()
        };
        let [at_client, at_server] = &self.ends;
        let client = of(at_client, conversation);
        let number = plots::counterpart(exchange, &client)?;
        let mut there = at_server.packets();
        let (.., in_flow) = there.find(|(known, ..)| *known == number)?;
        let server = of(at_server, in_flow.conversation);
        plots::plots(exchange, [&client, &server], &self.record.samples)
    }

    /// Which packets of this end's capture the host has sent, and which it has received: told apart by their Ethernet addresses.
    #[must_use]
    pub fn numbers(&self, party: Party) -> CaptureNumbers {
        let mut numbers = CaptureNumbers::default();
        for (number, frame) in (1..).zip(self.end(party).frames()) {
            // RFC 894: six bytes of destination, six of source.
            let source = frame.bytes.get(6..12);
            if source == Some(&addresses::mac(party)[..]) {
                numbers.sent.push(number);
            } else {
                numbers.received.push(number);
            }
        }
        numbers
    }
}

/// Lays both captures together.
///
/// # Errors
/// They have nothing in common.
pub fn laid_together(ends: &[RunResult; 2]) -> Result<Exchange, Apart> {
    let mut captures = Captures::new(Comparison {
        unfiltered: true,
        // That of this computer.
        one_clock: true,
        ..Comparison::default()
    });
    for (side, end) in Side::BOTH.into_iter().zip(ends) {
        for (number, frame) in (1..).zip(end.frames()) {
            captures.take(side, number, frame, &frame.decode());
        }
        let covered = end.captured.as_ref().map(|captured| captured.covered);
        for time in covered.into_iter().flatten() {
            captures.covers(side, time);
        }
    }
    Exchange::of(captures)
}
