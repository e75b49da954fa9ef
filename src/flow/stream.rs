//! One direction of a connection: what its sender has said, and what the other end has acknowledged of it.

use super::arrival::Arrival;
use super::number::{Bytes, Number, Sequence};
use super::state::{Standing, State};

/// What is known of a stream, one bit each.
#[derive(Debug, Clone, Copy)]
#[repr(u16)]
pub(super) enum Fact {
    /// Its base is set.
    Begun = 1,
    /// A segment of its sender was captured.
    Sent = 1 << 1,
    /// Its SYN was captured.
    SynSeen = 1 << 2,
    /// Its FIN was captured.
    FinSeen = 1 << 3,
    /// Its sender takes selective acknowledgments.
    SackPermitted = 1 << 4,
    /// The last segment asked whether the other end is there.
    AskedAlive = 1 << 5,
    /// The last segment asked whether the other end's window has opened.
    AskedWindow = 1 << 6,
    /// Some outstanding segment could not be remembered.
    LostTrack = 1 << 7,
    /// Its SYN offered a window scale.
    ScaleOffered = 1 << 8,
    /// Its sender's state is inferred.
    Inferred = 1 << 9,
}

/// One direction's stream. Numbers are kept as they stand in headers; [`Stream::relative`] unwraps them.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    /// The highest relative number that was sent or acknowledged: what headers say is within 2^31 of it.
    highest: i64,
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
    /// The smallest window that its sender advertised after its SYN.
    pub(super) smallest_window: u32,
    /// The last timestamp of its sender, …
    pub(super) stamp: u32,
    /// … and the packet that had it; 0: none.
    pub(super) stamped: u32,
    facts: u16,
    /// The window that its sender told last, not scaled.
    pub(super) window: u16,
    /// The largest segment that its sender takes; 0: not said.
    pub(super) mss: u16,
    /// The window shift of its sender, 0 to 14.
    pub(super) shift: u8,
    /// Duplicate acknowledgments that its sender has sent in a row.
    pub(super) duplicates: u8,
}

/// The state is kept in the bits of the facts above these.
const STATE_SHIFT: u32 = 10;
const STATE_MASK: u16 = 0xf << STATE_SHIFT;

/// Modulo 2^32.
const fn low(number: i64) -> u32 {
    (number.cast_unsigned() & 0xffff_ffff) as u32
}

impl Stream {
    pub(super) fn new(standing: Standing) -> Self {
        let mut stream = Self {
            highest: 0,
            base: 0,
            next: 0,
            acked: 0,
            whole: 0,
            fin: 0,
            smallest_window: u32::MAX,
            stamp: 0,
            stamped: 0,
            facts: 0,
            window: 0,
            mss: 0,
            shift: 0,
            duplicates: 0,
        };
        stream.stand(standing);
        stream
    }

    pub(super) const fn is(&self, fact: Fact) -> bool {
        self.facts & fact as u16 != 0
    }

    pub(super) fn set(&mut self, fact: Fact, to: bool) {
        if to {
            self.facts |= fact as u16;
        } else {
            self.facts &= !(fact as u16);
        }
    }

    /// The state of its sender.
    pub(super) fn standing(&self) -> Standing {
        let place = usize::from((self.facts & STATE_MASK) >> STATE_SHIFT);
        Standing {
            state: State::ALL.get(place).copied().unwrap_or(State::Unknown),
            inferred: self.is(Fact::Inferred),
        }
    }

    pub(super) fn stand(&mut self, standing: Standing) {
        self.facts = (self.facts & !STATE_MASK) | (standing.state as u16) << STATE_SHIFT;
        self.set(Fact::Inferred, standing.inferred);
    }

    /// Takes note of what its sender's SYN offers.
    pub(super) fn take_syn(&mut self, syn: &Arrival) {
        self.set(Fact::SynSeen, self.begins_at(syn.sequence));
        self.set(Fact::SackPermitted, syn.sack_permitted);
        self.set(Fact::ScaleOffered, syn.shift.is_some());
        self.mss = syn.mss.unwrap_or(0);
        self.shift = syn.shift.unwrap_or(0);
    }

    /// Counts from this number, unless it counts already.
    pub(super) fn begin(&mut self, base: u32) {
        if !self.is(Fact::Begun) {
            self.set(Fact::Begun, true);
            (self.base, self.next, self.acked, self.whole) = (base, base, base, base);
            self.highest = 0;
        }
    }

    /// Does it count from this number?
    pub(super) const fn begins_at(&self, raw: u32) -> bool {
        self.is(Fact::Begun) && self.base == raw
    }

    /// The initial sequence number, when the SYN was captured.
    pub(super) fn start(&self) -> Option<Sequence> {
        self.is(Fact::SynSeen).then_some(Sequence(self.base))
    }

    /// A number of this stream counted from its beginning.
    pub(super) const fn relative(&self, raw: u32) -> i64 {
        let reference = self.base.wrapping_add(low(self.highest));
        let distance = raw.wrapping_sub(reference).cast_signed();
        self.highest.saturating_add(distance as i64)
    }

    pub(super) const fn number(&self, raw: u32) -> Number {
        Number {
            raw: Sequence(raw),
            relative: self.relative(raw),
        }
    }

    /// The number as it stands in a header.
    pub(super) const fn raw(&self, relative: i64) -> u32 {
        self.base.wrapping_add(low(relative))
    }

    /// After the last that was sent.
    pub(super) const fn next(&self) -> i64 {
        self.relative(self.next)
    }

    /// All before is acknowledged.
    pub(super) const fn acked(&self) -> i64 {
        self.relative(self.acked)
    }

    /// All before was captured.
    pub(super) const fn whole(&self) -> i64 {
        self.relative(self.whole)
    }

    /// The FIN's number, when it was captured.
    pub(super) fn fin(&self) -> Option<i64> {
        self.is(Fact::FinSeen).then(|| self.relative(self.fin))
    }

    /// Is its FIN acknowledged?
    pub(super) fn fin_is_acked(&self) -> bool {
        self.fin().is_some_and(|fin| self.acked() > fin)
    }

    /// Is its SYN acknowledged, or older than the capture?
    pub(super) fn syn_is_acked(&self) -> bool {
        self.is(Fact::Begun) && self.acked() > 0
    }

    /// Its sender sent these numbers, the second one not included.
    pub(super) fn send(&mut self, from: i64, to: i64) {
        if self.is(Fact::Sent) {
            let next = self.next();
            let whole = self.whole();
            if to > next {
                self.next = self.raw(to);
            }
            if from <= whole && to > whole {
                self.whole = self.raw(to);
            }
        } else {
            self.set(Fact::Sent, true);
            // What was acknowledged before had been sent.
            let next = if self.syn_is_acked() { to.max(self.acked()) } else { to };
            self.next = self.raw(next);
            self.whole = self.raw(next);
            if !self.syn_is_acked() && from > 0 {
                self.acked = self.raw(from);
            }
        }
        self.highest = self.highest.max(to);
    }

    /// The other end acknowledged all before this number.
    pub(super) fn acknowledge(&mut self, to: i64) {
        if to > self.acked() {
            self.acked = self.raw(to);
        }
        if self.is(Fact::Sent) && to > self.whole() {
            self.whole = self.raw(to);
        }
        self.highest = self.highest.max(to);
    }

    /// All before this number, as it stands in a header, turned out to be captured.
    pub(super) fn complete(&mut self, to: u32) {
        self.whole = to;
    }

    /// Its sender sent a FIN of this number.
    pub(super) fn end(&mut self, at: i64) {
        if !self.is(Fact::FinSeen) {
            self.set(Fact::FinSeen, true);
            self.fin = self.raw(at);
        }
    }

    /// Of the numbers before `to`, from `from` on: the data bytes. The SYN is 0, and the FIN is none.
    pub(super) fn bytes(&self, from: i64, to: i64) -> Option<Bytes> {
        let first = if self.is(Fact::SynSeen) { from.max(1) } else { from };
        let end = self.fin().map_or(to, |fin| to.min(fin));
        (end > first).then(|| Bytes { first, last: end - 1 })
    }

    /// Data bytes that the other end acknowledged.
    pub(super) fn acknowledged(&self) -> u64 {
        self.bytes(1, self.acked()).map_or(0, Bytes::count)
    }

    /// Data bytes that are sent and not acknowledged.
    pub(super) fn in_flight(&self) -> Option<u64> {
        let known = self.is(Fact::Begun) && self.is(Fact::Sent);
        known.then(|| self.bytes(self.acked(), self.next()).map_or(0, Bytes::count))
    }
}

#[cfg(test)]
mod tests {
    use super::Stream;
    use crate::flow::state::{Standing, State};

    fn stream(base: u32) -> Stream {
        let mut stream = Stream::new(Standing {
            state: State::Closed,
            inferred: false,
        });
        stream.begin(base);
        stream
    }

    #[test]
    fn numbers_go_on_where_headers_wrap() {
        let mut stream = stream(u32::MAX - 9);
        stream.send(0, 1);
        let mut at = 1;
        for _ in 0..100 {
            stream.send(at, at + 0x1000_0000);
            at += 0x1000_0000;
            stream.acknowledge(at);
        }
        assert_eq!(stream.next(), 1 + 100 * 0x1000_0000);
        let raw = (u32::MAX - 9)
            .wrapping_add(1)
            .wrapping_add(0x1000_0000_u32.wrapping_mul(100));
        assert_eq!(stream.relative(raw), stream.next());
        assert_eq!(stream.relative(raw.wrapping_sub(5)), stream.next() - 5);
    }

    #[test]
    fn acknowledgments_alone_carry_the_count_over_the_wrap() {
        let mut stream = stream(7);
        for step in 1..50_u32 {
            let raw = 7_u32.wrapping_add(step.wrapping_mul(0x4000_0000));
            let at = stream.relative(raw);
            assert_eq!(at, i64::from(step) * 0x4000_0000);
            stream.acknowledge(at);
        }
    }
}
