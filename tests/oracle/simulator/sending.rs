//! What an end sends.

use super::endpoint::Endpoint;
use super::stack::Identification;
use super::truth::{AckWhy, Segment, Truth, Why};

impl Endpoint {
    /// A segment with these numbers, as this end sends it now.
    fn make(&mut self, sequence: i64, data: i64, why: Why, now: i64) -> Segment {
        let resent = data > 0 && sequence + data <= self.max;
        let free = (self.stack.buffer - (self.arrived() - self.read)).max(0);
        let mut edge = self.next.unwrap_or(0) + free;
        // RFC 9293 section 3.8.6.2.2: no small steps, and never back.
        if edge - self.edge < self.offers.mss.min(self.stack.buffer / 2) {
            edge = self.edge.max(self.next.unwrap_or(0));
        }
        let shift = self
            .stack
            .shift
            .filter(|_| self.offers.scale && self.next.is_some())
            .unwrap_or(0);
        let window = u16::try_from((edge - self.next.unwrap_or(0)) >> shift).unwrap_or(u16::MAX);
        let room = i64::from(window) << shift;
        self.edge = self.next.unwrap_or(0) + room;
        let is_over = self.fin_is_acknowledged()
            && self.has_read_fin()
            && self.last_ack.is_some_and(|last| Some(last) == self.next);
        Segment {
            from: self.end,
            sequence,
            data,
            syn: false,
            fin: false,
            rst: false,
            acknowledgment: self.next,
            window,
            room,
            identification: self.identify(sequence, data),
            stamps: self.stack.tick.filter(|_| self.offers.stamps).map(|tick| {
                let ticks = u32::try_from(now / tick).unwrap();
                (self.clock.wrapping_add(ticks), self.recent_stamp)
            }),
            sack: self.reports(),
            truth: Truth {
                why,
                resent,
                states: [self.state, self.state],
                repeats_ack: self.last_ack.is_some() && self.last_ack == self.next,
                was_limited: self.was_limited,
                ended: self.broken || is_over,
                closed_early: false,
            },
        }
    }

    /// What arrived twice, then what came after gaps: RFC 2018 section 4, RFC 2883 section 4.
    fn reports(&self) -> Vec<(i64, i64)> {
        if !self.offers.sack {
            return Vec::new();
        }
        // The latest one whole, with what touches it.
        let mut islands: Vec<(i64, i64)> = Vec::new();
        for &(from, to) in &self.islands {
            match islands.iter_mut().find(|(start, end)| from <= *end && *start <= to) {
                Some((start, end)) => (*start, *end) = ((*start).min(from), (*end).max(to)),
                None => islands.push((from, to)),
            }
        }
        self.twice.into_iter().chain(islands).take(3).collect()
    }

    /// It is sent.
    fn put(&mut self, segment: Segment, now: i64) {
        let takes = segment.length() > 0;
        if segment.acknowledgment.is_some() {
            self.has_acknowledged();
        }
        if takes && !segment.rst && !matches!(segment.truth.why, Why::KeepAlive | Why::WindowProbe) {
            if segment.end() > self.max && self.timed.is_none() && !segment.truth.resent {
                self.timed = Some((segment.end(), now));
            } else if segment.truth.resent {
                // Which one is answered would be unknown. RFC 6298 section 3
                self.timed = None;
            }
            self.max = self.max.max(segment.end());
            self.nxt = self.nxt.max(segment.end());
            self.resend_at = self.resend_at.or(Some(now + self.timer));
        }
        self.active_at = now;
        self.output.push(segment);
    }

    pub(crate) fn connect(&mut self, now: i64) {
        self.say_syn(Why::New, now);
    }

    /// A SYN, with an acknowledgment where the other end's has come.
    pub(super) fn say_syn(&mut self, why: Why, now: i64) {
        let before = self.state;
        let mut segment = self.make(0, 0, why, now);
        segment.syn = true;
        segment.truth.resent = self.max >= 1;
        segment.truth.repeats_ack = false;
        self.state = if self.next.is_some() {
            "SYN-RECEIVED"
        } else {
            "SYN-SENT"
        };
        segment.truth.states = [before, self.state];
        self.put(segment, now);
    }

    pub(super) fn say_ack(&mut self, why: AckWhy, now: i64) {
        let sequence = self.max.max(self.una);
        let segment = self.make(sequence, 0, Why::Ack(why), now);
        self.put(segment, now);
    }

    /// As much as both windows allow. RFC 9293 section 3.8.6, RFC 5681 section 3.1
    pub(super) fn send_data(&mut self, now: i64) {
        if !self.is_open() || self.una < 1 {
            return;
        }
        let mss = self.offers.mss;
        loop {
            let left = self.handed - self.nxt;
            let room = self.una + self.window - self.nxt;
            let allowed = room.min(self.una + self.congestion - self.nxt);
            let has_fin = self.shut && self.nxt <= self.handed;
            if left <= 0 {
                if has_fin && self.nxt == self.handed {
                    self.send(0, true, now);
                }
                return;
            }
            let data = left.min(mss);
            if allowed < data {
                if room < data {
                    self.was_limited = true;
                    if self.max == self.una && self.probe_at.is_none() {
                        self.probe_at = Some(now + self.timer);
                    }
                }
                return;
            }
            let is_small = data < mss && !self.shut;
            if is_small && self.stack.nagle && self.max > self.una {
                return;
            }
            self.send(data, has_fin && data == left, now);
            self.was_limited = false;
        }
    }

    fn send(&mut self, data: i64, fin: bool, now: i64) {
        let before = self.state;
        let resent = self.nxt + data + i64::from(fin) <= self.max;
        let why = if self.nxt < self.max { Why::AfterTimer } else { Why::New };
        let mut segment = self.make(self.nxt, data, why, now);
        segment.fin = fin;
        segment.truth.resent = resent;
        if fin {
            self.leave();
        }
        segment.truth.states = [before, self.state];
        self.put(segment, now);
    }

    /// Sends the first segment that is not acknowledged once more.
    pub(super) fn resend(&mut self, why: Why, now: i64) {
        if self.una == 0 {
            return self.say_syn(why, now);
        }
        let data = (self.handed - self.una)
            .min(self.offers.mss)
            .min(self.max - self.una)
            .max(0);
        let fin = self.shut && self.una + data == self.handed && self.max > self.handed;
        let mut segment = self.make(self.una, data, why, now);
        segment.fin = fin;
        segment.truth.resent = true;
        self.put(segment, now);
    }

    /// A closed window is asked for; into a small one goes what it takes. RFC 9293 sections 3.8.6.1 and 3.8.6.2.1
    pub(super) fn probe(&mut self, now: i64) {
        if self.window > 0 {
            self.probe_at = None;
            let data = self.window.min(self.handed - self.nxt);
            return self.send(data, false, now);
        }
        let data = self.stack.probe;
        let segment = self.make(self.una - 1 + data, data, Why::WindowProbe, now);
        if data == 1 {
            // It may be taken.
            self.max = self.max.max(segment.end());
        }
        self.put(segment, now);
    }

    pub(super) fn ask_alive(&mut self, now: i64) {
        let segment = self.make(self.max - 1, self.stack.keep_alive, Why::KeepAlive, now);
        self.put(segment, now);
    }

    /// Answers what belongs to no connection. RFC 9293 section 3.10.7.1
    pub(super) fn refuse(&mut self, segment: &Segment, now: i64) {
        let mut answer = self.make(segment.acknowledgment.unwrap_or(0), 0, Why::New, now);
        answer.rst = true;
        answer.truth.closed_early = self.closed;
        answer.acknowledgment = segment.acknowledgment.is_none().then_some(segment.end());
        answer.stamps = None;
        answer.sack.clear();
        self.state = "CLOSED";
        self.broken = true;
        (self.resend_at, self.probe_at, self.ack_at) = (None, None, None);
        answer.truth.states[1] = "CLOSED";
        self.output.push(answer);
    }

    fn leave(&mut self) {
        self.state = match self.state {
            "ESTABLISHED" | "SYN-RECEIVED" => "FIN-WAIT-1",
            "CLOSE-WAIT" => "LAST-ACK",
            other => other,
        };
    }

    /// `send()`
    pub(crate) fn hand_over(&mut self, bytes: i64, now: i64) {
        self.handed += bytes;
        self.send_data(now);
    }

    /// `shutdown()`, `close()`
    pub(crate) fn close(&mut self, whole: bool, now: i64) {
        if whole && self.arrived() > self.read && self.is_open() {
            // RFC 2525 section 2.17
            self.closed = true;
            return self.abort(now);
        }
        self.closed |= whole;
        self.shut = true;
        self.send_data(now);
    }

    pub(crate) fn abort(&mut self, now: i64) {
        if !self.is_open() || self.state == "TIME-WAIT" {
            return;
        }
        let mut segment = self.make(self.max, 0, Why::New, now);
        segment.rst = true;
        segment.truth.closed_early = self.closed;
        self.state = "CLOSED";
        segment.truth.states[1] = "CLOSED";
        self.broken = true;
        (self.resend_at, self.probe_at, self.ack_at) = (None, None, None);
        self.output.push(segment);
    }

    /// The program reads so many bytes. RFC 9293 section 3.8.6.2.2
    pub(crate) fn take(&mut self, bytes: i64, now: i64) {
        self.read = self.arrived().min(self.read + bytes);
        let free = self.stack.buffer - (self.arrived() - self.read);
        let told = self.edge - self.next.unwrap_or(0);
        let opens = free - told >= self.offers.mss.min(self.stack.buffer / 2);
        if opens && told < 2 * self.offers.mss && self.is_open() && !self.has_read_fin() {
            self.say_ack(AckWhy::NewWindow, now);
        }
    }

    fn identify(&mut self, sequence: i64, data: i64) -> u16 {
        let step = u16::try_from(1 + self.random.below(20)).unwrap();
        let known = self.identified.iter().find(|(start, _)| *start == sequence && data > 0);
        match self.stack.identification {
            Identification::Zero => return 0,
            Identification::Constant => return 0x1234,
            Identification::Random => return u16::try_from(self.random.below(1 << 16)).unwrap(),
            Identification::Kept if known.is_some() => return known.map_or(0, |(_, kept)| *kept),
            Identification::Shared => self.count = self.count.wrapping_add(step),
            _ => self.count = self.count.wrapping_add(1),
        }
        if data > 0 {
            self.identified.push((sequence, self.count));
        }
        if self.stack.identification == Identification::Swapped {
            return self.count.swap_bytes();
        }
        self.count
    }
}
