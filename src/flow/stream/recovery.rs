//! What was sent before a loss was noticed, until all of it is acknowledged. RFC 6582 section 3.2

use super::{Stream, StreamFlag};

impl Stream {
    /// Its sender sends again what it had sent so far, for this reason.
    pub(in crate::flow) fn recover(&mut self, why: StreamFlag) {
        if !self.is(StreamFlag::Recovering) || matches!(why, StreamFlag::TimedOut) {
            self.recovery_point = self.next;
        }
        self.set(why, true);
    }

    /// That ends when all of it is acknowledged.
    pub(in crate::flow) fn end_recovery(&mut self) {
        let recovers = self.flags & (StreamFlag::TimedOut as u32 | StreamFlag::Recovering as u32) != 0;
        if recovers && self.acked() >= self.behind(self.recovery_point) {
            self.set(StreamFlag::TimedOut, false);
            self.set(StreamFlag::Recovering, false);
        }
    }
}
