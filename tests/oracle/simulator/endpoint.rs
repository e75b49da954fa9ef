//! One end of a connection, from RFC 9293, 6298, 5681, 6582, 7323, 2018 and 5961: what it receives, and what it then knows.
//!
//! A model: one connection, no options that are not said in [`Stack`], no tail loss probes, no urgent data.

use super::super::random::Random;
use super::stack::{MS, Stack};
use super::truth::{AckWhy, Segment, Why};

/// An end.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Endpoint {
    pub(crate) end: usize,
    pub(crate) stack: Stack,
    pub(crate) state: &'static str,
    /// What is to be sent, until the world takes it.
    pub(crate) output: Vec<Segment>,
    /// First number that is not acknowledged, next to be sent, highest that was sent.
    pub(super) una: i64,
    pub(super) nxt: i64,
    pub(super) max: i64,
    /// After the last byte that the program handed over.
    pub(super) handed: i64,
    /// Has the program closed its direction? And the whole socket?
    pub(super) shut: bool,
    pub(super) closed: bool,
    pub(super) congestion: i64,
    pub(super) threshold: i64,
    pub(super) duplicates: u32,
    /// The end of fast recovery.
    pub(super) recover: Option<i64>,
    /// The other end's window, in bytes from `una`.
    pub(super) window: i64,
    pub(super) smoothed: Option<(i64, i64)>,
    pub(super) timer: i64,
    /// A segment whose round trip is measured: its end, when it was sent.
    pub(super) timed: Option<(i64, i64)>,
    pub(super) resend_at: Option<i64>,
    pub(super) probe_at: Option<i64>,
    pub(super) was_limited: bool,
    /// The next number that is expected; `None` before the other end's SYN.
    pub(super) next: Option<i64>,
    pub(super) islands: Vec<(i64, i64)>,
    their_fin: Option<i64>,
    /// Bytes that have arrived and that the program has read.
    pub(crate) read: i64,
    pub(super) reads_slowly: bool,
    /// Behind the last byte that the other end was told there is room for.
    pub(super) edge: i64,
    pub(super) ack_at: Option<i64>,
    ack_since: i64,
    waiting: u32,
    pub(super) last_ack: Option<i64>,
    /// The timestamp to be echoed. RFC 7323 section 4.3
    pub(super) recent_stamp: u32,
    pub(super) offers: Offers,
    pub(super) twice: Option<(i64, i64)>,
    pub(crate) broken: bool,
    pub(super) keep_alive: Option<i64>,
    pub(super) active_at: i64,
    pub(super) count: u16,
    /// Of what was sent with data: its first number and its identification.
    pub(super) identified: Vec<(i64, u16)>,
    pub(super) random: Random,
    pub(super) clock: u32,
}

/// What both SYNs offered.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Offers {
    pub(crate) stamps: bool,
    pub(crate) sack: bool,
    pub(crate) scale: bool,
    pub(crate) mss: i64,
}

impl Endpoint {
    pub(crate) fn new(end: usize, stack: Stack, offers: Offers, listens: bool, mut random: Random) -> Self {
        let state = if end == 1 && listens { "LISTEN" } else { "CLOSED" };
        Self {
            end,
            state,
            output: Vec::new(),
            una: 0,
            nxt: 0,
            max: 0,
            handed: 1,
            shut: false,
            closed: false,
            congestion: 10 * offers.mss,
            threshold: i64::MAX / 4,
            duplicates: 0,
            recover: None,
            window: 0,
            smoothed: None,
            timer: stack.first_timer,
            timed: None,
            resend_at: None,
            probe_at: None,
            was_limited: false,
            next: None,
            islands: Vec::new(),
            their_fin: None,
            read: 0,
            reads_slowly: false,
            edge: 0,
            ack_at: None,
            ack_since: 0,
            waiting: 0,
            last_ack: None,
            recent_stamp: 0,
            offers,
            twice: None,
            broken: false,
            keep_alive: None,
            active_at: 0,
            count: u16::try_from(random.below(60_000)).unwrap(),
            identified: Vec::new(),
            clock: u32::try_from(random.below(1 << 31)).unwrap(),
            random,
            stack,
        }
    }

    /// Bytes that have arrived in order, whether they were read or not.
    pub(crate) fn arrived(&self) -> i64 {
        let fin = i64::from(self.has_read_fin());
        self.next.map_or(0, |next| (next - 1 - fin).max(0))
    }

    /// Has the other end's FIN arrived, with all before it?
    pub(crate) fn has_read_fin(&self) -> bool {
        self.their_fin.zip(self.next).is_some_and(|(fin, next)| next > fin)
    }

    /// Is all of this end's stream acknowledged, its FIN too?
    pub(super) const fn fin_is_acknowledged(&self) -> bool {
        self.shut && self.una > self.handed
    }

    pub(super) const fn is_open(&self) -> bool {
        !matches!(
            self.state.as_bytes(),
            b"CLOSED" | b"LISTEN" | b"SYN-SENT" | b"SYN-RECEIVED"
        )
    }

    /// Takes a segment that arrives.
    pub(crate) fn receive(&mut self, segment: &Segment, now: i64) {
        self.active_at = now;
        if self.state == "CLOSED" {
            if !segment.rst {
                self.refuse(segment, now);
            }
            return;
        }
        if segment.rst {
            return self.reset(segment, now);
        }
        if segment.syn && !self.takes_syn(segment, now) {
            return;
        }
        if self.state == "LISTEN" || self.state == "SYN-SENT" {
            return;
        }
        if self.closed && segment.data > 0 && segment.end() > self.next.unwrap_or(0) && !self.has_read_fin() {
            // Nobody reads it. RFC 9293 section 3.6
            return self.refuse(segment, now);
        }
        if let (Some((value, _)), Some(last)) = (segment.stamps, self.last_ack) {
            if segment.sequence <= last {
                self.recent_stamp = value;
            }
        }
        if let Some(to) = segment.acknowledgment {
            self.acknowledged(segment, to, now);
            self.change_state();
        }
        self.place(segment, now);
        self.send_data(now);
    }

    /// A SYN. Does anything in it remain to be taken?
    fn takes_syn(&mut self, segment: &Segment, now: i64) -> bool {
        if let Some((value, _)) = segment.stamps {
            self.recent_stamp = value;
        }
        match (self.state, segment.acknowledgment) {
            ("LISTEN", None) => {
                self.next = Some(1);
                self.window = segment.room;
                self.say_syn(Why::New, now);
                false
            }
            ("SYN-RECEIVED", None) => {
                self.say_syn(Why::AnswersAgain, now);
                false
            }
            ("SYN-SENT", Some(1)) => {
                (self.next, self.una, self.nxt) = (Some(1), 1, 1);
                self.window = segment.room;
                self.measure(1, segment, now);
                self.state = "ESTABLISHED";
                (self.resend_at, self.duplicates) = (None, 0);
                self.timer = self.timer.max(self.stack.least_timer);
                self.send_data(now);
                if self.last_ack.is_none() {
                    self.say_ack(AckWhy::AtOnce, now);
                }
                false
            }
            _ => {
                self.say_ack(AckWhy::Challenge, now);
                false
            }
        }
    }

    /// RFC 5961 section 3.2
    fn reset(&mut self, segment: &Segment, now: i64) {
        let is_exact = match self.next {
            None => segment.acknowledgment == Some(1),
            Some(next) => segment.sequence == next,
        };
        if is_exact {
            self.broken = true;
            self.state = "CLOSED";
            (self.resend_at, self.probe_at, self.ack_at) = (None, None, None);
        } else if self
            .next
            .is_some_and(|next| (next..next + 65_535).contains(&segment.sequence))
        {
            self.say_ack(AckWhy::Challenge, now);
        }
    }

    /// Puts what it carries into what has arrived, and acknowledges. RFC 9293 section 3.10.7.4, RFC 5681 section 4.2
    fn place(&mut self, segment: &Segment, now: i64) {
        let Some(next) = self.next else { return };
        let (start, end) = (segment.sequence, segment.end());
        if segment.length() == 0 || segment.syn {
            if !segment.syn && start < next {
                // A keep-alive or a probe without data.
                self.say_ack(AckWhy::Asked, now);
            }
            return;
        }
        if end <= next {
            self.twice = Some((start, end)).filter(|_| self.stack.dsack);
            let asks = matches!(segment.truth.why, Why::KeepAlive | Why::WindowProbe);
            return self.say_ack(if asks { AckWhy::Asked } else { AckWhy::Twice }, now);
        }
        if segment.data > 0 && end - i64::from(segment.fin) > self.edge {
            // No room for it: a window probe.
            return self.say_ack(AckWhy::Asked, now);
        }
        if segment.fin {
            self.their_fin = Some(end - 1);
        }
        let is_known = |(from, to): &(i64, i64)| *from <= start && end <= *to;
        if start > next {
            if self.islands.iter().any(is_known) {
                self.twice = Some((start, end)).filter(|_| self.stack.dsack);
                return self.say_ack(AckWhy::Twice, now);
            }
            self.islands.insert(0, (start, end));
            return self.say_ack(AckWhy::BehindGap, now);
        }
        let filled = !self.islands.is_empty();
        self.islands.push((start, end));
        let mut next = next;
        while let Some(at) = self.islands.iter().position(|(from, _)| *from <= next) {
            next = next.max(self.islands.swap_remove(at).1);
        }
        self.next = Some(next);
        self.change_state();
        if !self.reads_slowly {
            self.read = self.arrived();
        }
        self.acknowledge_later(segment, filled, now);
    }

    fn acknowledge_later(&mut self, segment: &Segment, filled: bool, now: i64) {
        self.waiting += u32::from(segment.data >= self.offers.mss);
        let each = self.stack.every_second && self.waiting >= 2;
        if self.ack_at.is_none() {
            self.ack_since = now;
        }
        if filled {
            self.say_ack(AckWhy::Filled, now);
        } else if segment.fin || each || self.stack.delayed_ack == 0 {
            self.say_ack(AckWhy::AtOnce, now);
        } else if self.ack_at.is_none() {
            self.ack_at = Some(now + self.stack.delayed_ack);
        }
    }

    /// RFC 9293 section 3.10.7.4
    fn change_state(&mut self) {
        if self.state == "SYN-RECEIVED" && self.una >= 1 {
            self.state = "ESTABLISHED";
            self.timer = self.timer.max(self.stack.least_timer);
        }
        if self.fin_is_acknowledged() {
            self.state = match self.state {
                "FIN-WAIT-1" => "FIN-WAIT-2",
                "CLOSING" => "TIME-WAIT",
                "LAST-ACK" => "CLOSED",
                other => other,
            };
        }
        if self.has_read_fin() {
            self.state = match self.state {
                "ESTABLISHED" => "CLOSE-WAIT",
                "FIN-WAIT-1" => "CLOSING",
                "FIN-WAIT-2" => "TIME-WAIT",
                other => other,
            };
        }
    }

    /// An acknowledgment was sent, of whatever kind.
    pub(super) fn has_acknowledged(&mut self) {
        (self.ack_at, self.waiting, self.twice) = (None, 0, None);
        self.last_ack = self.next;
    }

    /// When does a timer run out?
    pub(crate) fn due(&self) -> Option<i64> {
        let idles = matches!(self.state, "ESTABLISHED" | "CLOSE-WAIT") && self.max == self.una;
        let alive = self.keep_alive.filter(|_| idles);
        let alive = alive.map(|time| self.active_at + time);
        [self.resend_at, self.probe_at, self.ack_at, alive]
            .into_iter()
            .flatten()
            .min()
    }

    /// A timer runs out.
    pub(crate) fn tick(&mut self, now: i64) {
        if self.ack_at.is_some_and(|at| at <= now) {
            self.say_ack(AckWhy::Delayed(now - self.ack_since), now);
        } else if self.resend_at.is_some_and(|at| at <= now) {
            self.timer = (self.timer * 2).min(60_000 * MS);
            self.timed = None;
            self.recover = None;
            self.duplicates = 0;
            self.threshold = ((self.max - self.una) / 2).max(2 * self.offers.mss);
            self.congestion = self.offers.mss;
            self.nxt = self.una;
            self.resend_at = Some(now + self.timer);
            self.resend(Why::Timer, now);
        } else if self.probe_at.is_some_and(|at| at <= now) {
            self.timer = (self.timer * 2).min(60_000 * MS);
            self.probe_at = Some(now + self.timer);
            self.probe(now);
        } else {
            self.active_at = now;
            self.ask_alive(now);
        }
    }
}
