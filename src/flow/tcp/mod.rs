//! A TCP connection: takes its segments one by one, and says what each does.
//!
//! [`analyze`]: what is remarkable (sent again, out of order, a gap), told from what was known before the segment. [`position`], [`part`]: its place and its part.
//! [`belonging`]: is a segment of this connection? [`opening`], [`closing`]: how it begins and ends. [`delay`]: why it came late. [`header`]: what its header says.
//! [`analysis`]: what was found. [`self_connection`]: a socket that is connected to itself. [`states`]: the states of both ends.
//! [`reset`]: a RST. [`windows`]: a window in bytes. [`copies`]: what was captured again and sent once. [`damage`]: what its receiver drops.
//! [`acknowledging`]: what an acknowledgment covers, and which packet it answers. [`repetition`]: what is known of a first transmission. [`connection`]: the connection as a whole.

mod acknowledging;
mod analysis;
mod analyze;
mod belonging;
mod closing;
mod connection;
mod copies;
mod damage;
mod delay;
mod header;
mod opening;
mod part;
mod position;
mod repetition;
mod reset;
mod self_connection;
mod states;
mod windows;

use super::conversation::{Ending, Opening};
use super::outstanding::{Outstanding, SegmentTrace};
use super::packed_time::{CurrentPacket, Nanoseconds, PackedTime};
use super::party::Party;
use super::recent::Earlier;
use super::segment::{Delay, Remark, Scale, Segment};
use super::segment_info::{ChecksumVerdict, TcpSegmentInfo};
use super::signs::Signs;
use super::state::{Change, ObservedState, State};
use super::stream::{Stream, StreamFlag};
use analysis::Analysis;

/// What is remembered of a connection.
#[derive(Debug)]
pub(super) struct Tcp {
    client: Stream,
    server: Stream,
    outstanding: Outstanding,
    /// From the SYN to the SYN-ACK, and to the end of the handshake.
    round_trip: Nanoseconds,
    handshake: Nanoseconds,
    opening: Opening,
    ending: Ending,
    /// When it was over, and whose segment made it so: that one knew.
    ended: PackedTime,
    ended_by: Option<Party>,
    first_fin: Option<Party>,
    /// Did the server send a SYN of its own?
    crossing: bool,
    /// Did the server send a SYN-ACK?
    answered: bool,
    /// The connection before it between the same addresses and ports.
    earlier: Option<EarlierConnection>,
    /// The window shift of an earlier SYN of the client, where the last one had another or none; [`NO_SHIFT`]: there was none.
    earlier_shift: u8,
    /// Whose FIN may be among numbers that were not captured.
    hiding: Option<Party>,
    /// Who is to answer with a challenge ACK.
    challenged: Option<Party>,
    /// Is its first packet the SYN?
    began_by_syn: bool,
    /// Once the first FIN is acknowledged: what the other end sends from this number on shows its sender that acknowledgment.
    fin_acked_from: u32,
}

/// A window shift is 14 at most (RFC 7323 section 2.3).
const NO_SHIFT: u8 = u8::MAX;

/// An earlier connection between the same addresses and ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EarlierConnection {
    /// Its end was captured.
    Over,
    /// Its end was not captured.
    Open,
}

/// Nanoseconds since other packets of the conversation, where there is a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Since {
    /// Since the one before.
    pub(super) last: Option<i64>,
    /// Since the first.
    pub(super) first: Option<i64>,
}

/// The position of a segment in its connection.
#[derive(Debug, Clone, Copy)]
struct SegmentPosition {
    sender: Party,
    /// Its first number.
    start: i64,
    /// After its last.
    end: i64,
    /// What it acknowledges, in the other stream.
    acknowledgment: Option<i64>,
    /// Is that the first that was captured of the other stream, so that nothing is known to be new in it?
    is_first_word: bool,
    /// Does it prove that the SYN-ACK came, which was not captured?
    proves_syn_ack: bool,
}

/// May this packet be referred to? Those that are followed without being shown have no number.
const fn is_named(number: u64) -> bool {
    number != 0
}

impl Tcp {
    /// Before this segment, which is the first.
    /// `earlier`: the connection before it between the same addresses and ports.
    pub(super) fn new(info: &TcpSegmentInfo, earlier: Option<EarlierConnection>) -> Self {
        let unknown = ObservedState::deduced(State::Unknown);
        let (client, server, opening) = match (info.syn, info.acknowledgment) {
            // Does a socket listen? The answer will tell.
            (true, None) if info.offers_nothing() || earlier == Some(EarlierConnection::Open) => {
                (unknown, unknown, Opening::Unanswered)
            }
            (true, None) => (ObservedState::fact(State::Closed), unknown, Opening::Unanswered),
            (true, Some(_)) => (ObservedState::deduced(State::SynSent), unknown, Opening::NotCompleted),
            _ => (unknown, unknown, Opening::BeforeCapture),
        };
        Self {
            client: Stream::new(client),
            server: Stream::new(server),
            outstanding: Outstanding::default(),
            round_trip: Nanoseconds::NONE,
            handshake: Nanoseconds::NONE,
            opening,
            ending: Ending::Open,
            ended: PackedTime::new(None),
            ended_by: None,
            first_fin: None,
            crossing: false,
            answered: false,
            earlier_shift: NO_SHIFT,
            challenged: None,
            hiding: None,
            earlier,
            began_by_syn: opening == Opening::Unanswered,
            fin_acked_from: 0,
        }
    }

    fn stream(&self, party: Party) -> &Stream {
        match party {
            Party::Client => &self.client,
            Party::Server => &self.server,
        }
    }

    fn stream_mut(&mut self, party: Party) -> &mut Stream {
        match party {
            Party::Client => &mut self.client,
            Party::Server => &mut self.server,
        }
    }

    /// What the segment does.
    pub(super) fn follow(
        &mut self,
        sender: Party,
        now: CurrentPacket,
        since: Since,
        info: &TcpSegmentInfo,
        earlier: Option<Earlier>,
    ) -> Segment {
        if let Some(damaged) = self.damaged(sender, info) {
            return damaged;
        }
        if info.syn && self.stream(sender).is(StreamFlag::SynSeen) {
            self.stream_mut(sender).set(StreamFlag::SynAgain, true);
        }
        if let Some(copy) = self.copy(sender, now, info, earlier) {
            self.take_copy(sender, info);
            return copy;
        }
        let asks_again = self.ask_again(sender, info);
        if let Some(other) = self.other_syn_ack(sender, info) {
            return other;
        }
        self.keep_earlier_offer(sender, info);
        let position = self.position(sender, info);
        if let Some(not_taken) = self.reset_not_taken(position, info) {
            return not_taken;
        }
        let goes_on = self.goes_on(position, info);
        if goes_on {
            self.take_reset_back();
            self.ended_by = None;
        }
        let before = (self.observed(Party::Client), self.observed(Party::Server));
        let was_waiting = !self.outstanding.is_empty();
        let has_reset = self.ending == Ending::Reset(sender);
        let full = [sender, sender.other()].map(|party| self.is_full(party));
        let (round_trip, room) = (self.stream(sender).nearest(), self.room(sender));
        let mut analysis = self.analyze(position, now, since.last, info, earlier);
        for (remark, is_it) in [(Remark::AsksAgain, asks_again), (Remark::GoesOn, goes_on)] {
            if is_it {
                analysis.remark(remark);
            }
        }
        let acked_before = self.stream(sender.other()).acked();
        let (sent_before, whole_before) = (self.stream(sender).next(), self.stream(sender).whole());
        let (acknowledges, acked_segments) = self.acknowledge(position, now, info);
        if let Some(trip) = acked_segments.round_trip {
            self.stream_mut(sender).take_round_trip(trip.time);
        }
        let proof = self.proof(position, now, info, &analysis, &acked_segments);
        self.send(position, now, info, &analysis, acked_before);
        self.stream_mut(sender.other()).set(StreamFlag::CameTwice, false);
        let part = self.part(position, info, &analysis, &acknowledges);
        let echoes = self.echoes(position, now, info, &analysis);
        self.open(position, since.first, info, &acked_segments);
        self.close(position, info);
        self.doubt_time_wait(position, info);
        self.challenged = self.challenged.filter(|&party| party != sender);
        if self.ended_by.is_none() && self.is_over() {
            (self.ended, self.ended_by) = (now.time, Some(sender));
        }
        if !has_reset {
            if acknowledges.fin && self.first_fin == Some(sender.other()) {
                self.fin_acked_from = self.stream(sender).raw(position.start.max(sent_before));
            }
            self.show_state(position, (acked_before, whole_before, sent_before), info);
            self.complete_by_state();
        }
        let after = self.observed_after(sender, info);
        let delay = delay::of(&delay::DelaySigns {
            part,
            analysis: &analysis,
            acknowledges: &acknowledges,
            pause: since.last,
            since_acked: acked_segments.sent.and_then(|sent| now.time.since(sent)),
            round_trip,
            room,
            mss: self.longest(sender),
            is_over_sack: self.reports(),
            length: info.data,
            was_waiting,
            sender,
            full,
        });
        if delay == Some(Delay::RetransmissionTimer) {
            self.stream_mut(sender).recover(StreamFlag::TimedOut);
        }
        let change = |before, after| Change { before, after };
        let states = [change(before.0, after.0), change(before.1, after.1)];
        Segment {
            acknowledges,
            remarks: analysis.remarks,
            first_sent: analysis.first_sent.filter(|&number| is_named(number)),
            repetition: analysis.repetition,
            proof,
            round_trip: acked_segments.round_trip.filter(|trip| is_named(trip.packet)),
            echoes: echoes.filter(|&number| is_named(number)),
            delay,
            signs: Signs {
                order: analysis.signs.order.filter(|order| is_named(order.other)),
                wrong_checksum: info.verdict == ChecksumVerdict::Wrong,
                ..analysis.signs
            },
            ..self.header_with(sender, info, part, states)
        }
    }

    /// Takes note of what the sender sent.
    fn send(
        &mut self,
        position: SegmentPosition,
        now: CurrentPacket,
        info: &TcpSegmentInfo,
        analysis: &Analysis,
        acked_before: i64,
    ) {
        let sender = position.sender;
        let own = self.stream_mut(sender);
        own.set(StreamFlag::AskedAlive, analysis.asks_alive);
        own.set(StreamFlag::AskedWindow, analysis.asks_window);
        own.set(
            StreamFlag::CameTwice,
            analysis.remarks.has(Remark::SpuriousRetransmission),
        );
        own.duplicates = if analysis.remarks.has(Remark::DuplicateAck) {
            own.duplicates.saturating_add(1)
        } else if analysis.acknowledges_more {
            0
        } else {
            own.duplicates
        };
        if info.rst || info.is_stray() {
            return;
        }
        if info.syn {
            own.take_syn(info);
        }
        let before = own.next();
        let is_first = !own.is(StreamFlag::Sent);
        if analysis.asks_window {
            own.set(StreamFlag::Sent, true);
        } else {
            own.send(position.start, position.end);
        }
        if info.fin {
            own.end(position.end - 1);
        }
        // RFC 9293 section 3.10.7.4: what comes late says nothing about the window.
        let is_late_syn = info.syn && !is_first;
        if !is_late_syn && (position.is_first_word || position.acknowledgment.is_none_or(|to| to >= acked_before)) {
            own.window = info.window;
        }
        let scale = self.scale(sender, info.syn);
        let own = self.stream_mut(sender);
        if !info.syn && scale != Scale::NotCaptured {
            own.take_window(info.window);
        }
        if analysis.is_new && position.end > own.acked() {
            let from = if is_first || analysis.fills_hole {
                position.start
            } else {
                position.start.max(before)
            };
            let length = u32::try_from(position.end - from).unwrap_or(0);
            let trace = SegmentTrace {
                start: own.raw(from),
                length,
                ..info.trace()
            };
            if length > 0 && !analysis.asks_window && !self.outstanding.push(sender, now, trace) {
                self.stream_mut(sender).set(StreamFlag::LostTrack, true);
            }
        }
        if analysis.fills_hole {
            self.complete(sender);
        }
    }

    /// Moves on to where all of this party's stream is captured.
    fn complete(&mut self, party: Party) {
        let stream = self.stream(party);
        let (whole, next) = (stream.whole(), stream.next());
        if whole >= next {
            return;
        }
        let to = if stream.is(StreamFlag::LostTrack) {
            // It cannot be told any more.
            stream.raw(next)
        } else {
            self.outstanding.reach(party, stream.raw(whole))
        };
        self.stream_mut(party).complete(to);
    }
}
