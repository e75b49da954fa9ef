//! One direction of a connection: what its sender has said, and what the other end has acknowledged of it.

mod flag;
mod recovery;

pub(super) use flag::StreamFlag;

use super::number::{ByteRange, Number, Sequence};
use super::order;
use super::segment_info::TcpSegmentInfo;
use super::state::{ObservedState, State};

/// One direction's stream. Numbers are kept as they stand in headers; [`Stream::relative`] unwraps them.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    /// What counts as 0.
    base: u32,
    /// After the last that was sent.
    next: u32,
    /// All before is acknowledged.
    acked: u32,
    /// All before was captured.
    whole: u32,
    /// The FIN's own number.
    fin: u32,
    /// The last timestamp of its sender, …
    pub(super) stamp: u32,
    /// … and its last packet; 0: none that is to be referred to.
    pub(super) latest: u32,
    /// The least time from here to its sender and back, in microseconds; `u32::MAX`: not measured.
    nearest: u32,
    /// What its sender's last selective acknowledgment reported, all edges in one number; 0: nothing.
    pub(super) reported: u32,
    /// After the last that had been sent when a timer ran out, or when its sender was asked to send again. RFC 6582 section 3.2
    recovery_point: u32,
    /// How often 2^32 numbers have gone by.
    wraps: u16,
    /// Flags, and above them the state.
    flags: u32,
    /// The highest IPv4 identification of its sender, or 0: they are counted up, …
    pub(super) identification: u16,
    /// … as packets in a row showed, 3 at most are counted.
    counted: u8,
    /// The window that its sender told last, not scaled.
    pub(super) window: u16,
    /// The smallest that it told after its SYN, not scaled.
    smallest_window: u16,
    /// The largest segment that its sender takes; 0: not said.
    pub(super) mss: u16,
    /// The window shift of its sender, 0 to 14.
    pub(super) shift: u8,
    /// Duplicate acknowledgments that its sender has sent in a row.
    pub(super) duplicates: u8,
}

/// The state is kept in the bits above these flags.
const STATE_SHIFT: u32 = 28;
const STATE_MASK: u32 = 0xf << STATE_SHIFT;

/// Modulo 2^32.
#[expect(clippy::cast_sign_loss, reason = "of 32 bits, none is the sign")]
const fn low(number: i64) -> u32 {
    (number & 0xffff_ffff) as u32
}

impl Stream {
    pub(super) fn new(observed_state: ObservedState) -> Self {
        let mut stream = Self {
            base: 0,
            next: 0,
            acked: 0,
            whole: 0,
            fin: 0,
            stamp: 0,
            latest: 0,
            nearest: u32::MAX,
            identification: 0,
            counted: 0,
            reported: 0,
            recovery_point: 0,
            wraps: 0,
            flags: StreamFlag::AckLeads as u32,
            window: 0,
            smallest_window: u16::MAX,
            mss: 0,
            shift: 0,
            duplicates: 0,
        };
        stream.set_state(observed_state);
        stream
    }

    pub(super) const fn is(&self, flag: StreamFlag) -> bool {
        self.flags & flag as u32 != 0
    }

    pub(super) fn set(&mut self, flag: StreamFlag, to: bool) {
        if to {
            self.flags |= flag as u32;
        } else {
            self.flags &= !(flag as u32);
        }
    }

    /// The last state that its sender has shown.
    pub(super) fn observed_state(&self) -> ObservedState {
        let place = ((self.flags & STATE_MASK) >> STATE_SHIFT) as usize;
        ObservedState {
            state: State::ALL.get(place).copied().unwrap_or(State::Unknown),
            inferred: self.is(StreamFlag::Inferred),
            if_received: None,
        }
    }

    pub(super) fn set_state(&mut self, observed_state: ObservedState) {
        self.flags = (self.flags & !STATE_MASK) | (observed_state.state as u32) << STATE_SHIFT;
        self.set(StreamFlag::Inferred, observed_state.inferred);
    }

    /// Takes note of how its sender marks its packets.
    pub(super) fn take_marks(&mut self, info: &TcpSegmentInfo, latest: u32) {
        self.latest = latest;
        if let Some((value, _)) = info.timestamps {
            self.stamp = value;
            self.set(StreamFlag::Stamped, true);
        }
        let identification = info.identification;
        if identification == 0 {
            return;
        }
        let step = order::distance(identification, self.identification);
        if step == 0 {
            self.set(StreamFlag::SameIdentification, true);
        }
        if self.identification == 0 || step == 0 || step.abs() > order::REACH {
            self.counted = 0;
        } else if step > 0 {
            self.counted = (self.counted + 1).min(3);
        } else {
            // It was overtaken.
            return;
        }
        self.identification = identification;
    }

    /// How many of its sender's packets in a row had an identification a little higher than the one before, 3 at most.
    pub(super) const fn counted(&self) -> u8 {
        self.counted
    }

    /// A packet was answered by its sender after that many nanoseconds.
    pub(super) fn take_round_trip(&mut self, time: i64) {
        self.nearest = u32::try_from(time / 1000).map_or(self.nearest, |time| self.nearest.min(time));
    }

    /// The least time from here to its sender and back, in nanoseconds, as far as it was measured.
    pub(super) fn nearest(&self) -> Option<i64> {
        (self.nearest != u32::MAX).then(|| i64::from(self.nearest) * 1000)
    }

    /// Takes note of what its sender's SYN offers.
    pub(super) fn take_syn(&mut self, syn: &TcpSegmentInfo) {
        self.set(StreamFlag::SynSeen, self.begins_at(syn.sequence));
        self.set(StreamFlag::SackPermitted, syn.sack_permitted);
        self.set(StreamFlag::ScaleOffered, syn.shift.is_some());
        self.mss = syn.mss.unwrap_or(0);
        self.shift = syn.shift.unwrap_or(0);
    }

    /// Counts from this number, unless it counts already.
    pub(super) fn begin(&mut self, base: u32) {
        if !self.is(StreamFlag::Begun) {
            self.set(StreamFlag::Begun, true);
            (self.base, self.next, self.acked, self.whole) = (base, base, base, base);
        }
    }

    /// Does it count from this number?
    pub(super) const fn begins_at(&self, raw: u32) -> bool {
        self.is(StreamFlag::Begun) && self.base == raw
    }

    /// The initial sequence number, when the SYN was captured.
    pub(super) fn start(&self) -> Option<Sequence> {
        self.is(StreamFlag::SynSeen).then_some(Sequence(self.base))
    }

    /// The highest number that was sent or acknowledged, as it is in a header: what headers say is within 2^31 of it.
    const fn front(&self) -> u32 {
        if self.is(StreamFlag::AckLeads) {
            self.acked
        } else {
            self.next
        }
    }

    /// The same counted from the beginning, which is below 2^48.
    const fn highest(&self) -> i64 {
        let low = self.front().wrapping_sub(self.base);
        ((self.wraps as i64) << 32) | low as i64
    }

    /// Goes on to the higher one of what was sent and what was acknowledged.
    #[expect(clippy::cast_sign_loss, reason = "of 16 bits, none is the sign")]
    fn lead(&mut self, to: i64, by_ack: bool) {
        self.set(StreamFlag::AckLeads, by_ack);
        self.wraps = (to >> 32 & 0xffff) as u16;
    }

    /// A number of this stream counted from its beginning.
    pub(super) const fn relative(&self, raw: u32) -> i64 {
        let distance = Sequence(raw).distance(Sequence(self.front()));
        self.highest() + distance as i64
    }

    /// The same; 1 as long as nothing is counted.
    pub(super) const fn place(&self, raw: u32) -> i64 {
        if self.is(StreamFlag::Begun) {
            self.relative(raw)
        } else {
            1
        }
    }

    /// The same of one that is not after the highest.
    const fn behind(&self, raw: u32) -> i64 {
        self.highest() - self.front().wrapping_sub(raw) as i64
    }

    pub(super) const fn number(&self, raw: u32) -> Number {
        Number {
            raw: Sequence(raw),
            relative: self.place(raw),
        }
    }

    /// The number as it is in a header.
    pub(super) const fn raw(&self, relative: i64) -> u32 {
        self.base.wrapping_add(low(relative))
    }

    /// After the last that was sent.
    pub(super) const fn next(&self) -> i64 {
        self.behind(self.next)
    }

    /// All before is acknowledged.
    pub(super) const fn acked(&self) -> i64 {
        self.behind(self.acked)
    }

    /// The same as it is in a header.
    pub(super) const fn raw_acked(&self) -> u32 {
        self.acked
    }

    /// All before was captured.
    pub(super) const fn whole(&self) -> i64 {
        self.behind(self.whole)
    }

    /// The FIN's number, when it was captured.
    pub(super) fn fin(&self) -> Option<i64> {
        self.is(StreamFlag::FinSeen).then(|| self.relative(self.fin))
    }

    /// Is its FIN acknowledged?
    pub(super) fn fin_is_acked(&self) -> bool {
        self.fin().is_some_and(|fin| self.acked() > fin)
    }

    /// Is its SYN acknowledged, or older than the capture?
    pub(super) fn syn_is_acked(&self) -> bool {
        self.is(StreamFlag::Begun) && self.acked() > 0
    }

    /// Its sender sent these numbers, the second one not included.
    pub(super) fn send(&mut self, from: i64, to: i64) {
        let highest = self.highest();
        if self.is(StreamFlag::Sent) {
            let whole = self.whole();
            if to > self.next() {
                self.next = self.raw(to);
            }
            if from <= whole && to > whole {
                self.whole = self.raw(to);
            }
        } else {
            self.set(StreamFlag::Sent, true);
            // What was acknowledged before had been sent.
            let next = if self.syn_is_acked() { to.max(self.acked()) } else { to };
            if !self.syn_is_acked() && from > 0 {
                self.set(StreamFlag::AckAssumed, true);
                self.acked = self.raw(from);
            }
            self.next = self.raw(next);
            self.whole = self.raw(next);
        }
        if to > highest {
            self.lead(to, false);
        }
    }

    /// The other end acknowledged all before this number.
    pub(super) fn acknowledge(&mut self, to: i64) {
        let highest = self.highest();
        let (acked, whole) = (self.acked(), self.whole());
        if to >= acked {
            self.set(StreamFlag::AckAssumed, false);
        }
        if to > acked {
            self.acked = self.raw(to);
        }
        if self.is(StreamFlag::Sent) && to > whole {
            self.whole = self.raw(to);
        }
        if to > highest {
            self.lead(to, true);
        }
    }

    /// Its sender advertised this window, not scaled, after its SYN.
    pub(super) fn take_window(&mut self, raw: u16) {
        self.set(StreamFlag::WindowKnown, true);
        self.smallest_window = self.smallest_window.min(raw);
    }

    /// The smallest window that its sender advertised after its SYN, not scaled, where the scale was known.
    pub(super) fn smallest_window(&self) -> Option<u16> {
        self.is(StreamFlag::WindowKnown).then_some(self.smallest_window)
    }

    /// All before this number, as it is in a header, turned out to be captured.
    pub(super) fn complete(&mut self, to: u32) {
        self.whole = to;
    }

    /// Its sender sent a FIN of this number.
    pub(super) fn end(&mut self, at: i64) {
        if !self.is(StreamFlag::FinSeen) {
            self.set(StreamFlag::FinSeen, true);
            self.fin = self.raw(at);
        }
    }

    /// Of the numbers before `to`, from `from` on: the data bytes. The SYN is 0, and the FIN is none.
    pub(super) fn bytes(&self, from: i64, to: i64) -> Option<ByteRange> {
        let first = if self.is(StreamFlag::SynSeen) {
            from.max(1)
        } else {
            from
        };
        let end = self.fin().map_or(to, |fin| to.min(fin));
        (end > first).then(|| ByteRange { first, last: end - 1 })
    }

    /// Data bytes that the other end acknowledged.
    pub(super) fn acknowledged(&self) -> u64 {
        self.bytes(1, self.acked()).map_or(0, ByteRange::count)
    }

    /// Data bytes that are sent and not acknowledged.
    pub(super) fn in_flight(&self) -> Option<u64> {
        let known = self.is(StreamFlag::Begun) && self.is(StreamFlag::Sent);
        known.then(|| self.bytes(self.acked(), self.next()).map_or(0, ByteRange::count))
    }
}

#[cfg(test)]
mod tests;
