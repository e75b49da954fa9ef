//! What an acknowledgment does at the end that gets it: round trip, timer, windows.

use super::endpoint::Endpoint;
use super::stack::MS;
use super::truth::{Segment, Why};

impl Endpoint {
    /// Round trip and timer. RFC 6298 section 2
    pub(super) fn measure(&mut self, to: i64, segment: &Segment, now: i64) {
        let by_stamp = segment
            .stamps
            .and(self.stack.tick.filter(|tick| *tick <= 10 * MS))
            .is_some();
        let Some((_, since)) = self.timed.filter(|(end, _)| *end <= to) else {
            return;
        };
        self.timed = None;
        let trip = (now - since).max(MS);
        let (smoothed, deviation) = match self.smoothed {
            None => (trip, trip / 2),
            Some((smoothed, deviation)) => (
                smoothed + (trip - smoothed) / 8,
                deviation + ((smoothed - trip).abs() - deviation) / 4,
            ),
        };
        self.smoothed = Some((smoothed, deviation));
        let grain = if by_stamp { MS } else { 10 * MS };
        self.timer = (smoothed + (4 * deviation).max(grain)).max(self.stack.least_timer);
    }

    /// RFC 5681, RFC 6582
    pub(super) fn acknowledged(&mut self, segment: &Segment, to: i64, now: i64) {
        if to > self.max {
            return;
        }
        let mss = self.offers.mss;
        if to <= self.una {
            let is_duplicate = to == self.una
                && segment.length() == 0
                && segment.room == self.window
                && self.max > self.una
                && self.probe_at.is_none();
            if to == self.una {
                self.window = segment.room;
            }
            if self.window > 0 {
                self.probe_at = None;
            }
            if !is_duplicate {
                return;
            }
            self.duplicates += 1;
            if self.recover.is_some() {
                self.congestion += mss;
            } else if self.duplicates == 3 {
                self.threshold = ((self.max - self.una) / 2).max(2 * mss);
                self.congestion = self.threshold + 3 * mss;
                self.recover = Some(self.max);
                self.resend(Why::Fast, now);
            }
            return;
        }
        self.measure(to, segment, now);
        let more = to - self.una;
        self.una = to;
        self.nxt = self.nxt.max(to);
        self.window = segment.room;
        self.duplicates = 0;
        self.probe_at = None;
        self.resend_at = (self.max > self.una).then_some(now + self.timer);
        match self.recover {
            Some(recover) if to < recover => {
                self.congestion = (self.congestion - more + mss).max(mss);
                self.resend(Why::PartialAck, now);
            }
            Some(_) => (self.recover, self.congestion) = (None, self.threshold),
            None if self.congestion < self.threshold => self.congestion += more.min(mss),
            None => self.congestion += mss * mss / self.congestion.max(1),
        }
    }
}
