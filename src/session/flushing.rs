//! When a live recording is flushed to the system.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::record::Packing;

/// When the recorded packets are flushed.
///
/// As soon as no more frames wait to be read, so that the reader of the file or the pipe sees a packet at once. But where
/// frames come fast, one by one, not for each of them: then many go out at once, every few milliseconds.
#[derive(Debug)]
pub(super) struct Flushing {
    /// How long to wait for more frames before what there is goes out; `None`: there is nothing.
    pub(super) until_flush: Option<Duration>,
    last: Option<Instant>,
    interval: Duration,
}

impl Default for Flushing {
    fn default() -> Self {
        Self {
            until_flush: None,
            last: None,
            interval: Self::INTERVAL,
        }
    }
}

impl Flushing {
    /// The shortest time between two.
    const INTERVAL: Duration = Duration::from_millis(5);

    /// The shortest time between two of a packed file: what goes out together is packed together.
    const PACKED_INTERVAL: Duration = Duration::from_secs(1);

    /// How a recording of this name is flushed.
    pub(super) fn of(file: Option<&Path>) -> Self {
        Self {
            interval: match file.and_then(Packing::of_path) {
                Some(_) => Self::PACKED_INTERVAL,
                None => Self::INTERVAL,
            },
            ..Self::default()
        }
    }

    /// A frame was recorded. The clock is not read here, where it would be read for each frame.
    pub(super) fn needed(&mut self) {
        self.until_flush = Some(Duration::ZERO);
    }

    /// No frame waits to be read. Is it time?
    pub(super) fn is_due(&mut self) -> bool {
        if self.until_flush.is_none() {
            return false;
        }
        let elapsed = self.last.map(|last| last.elapsed());
        let wait = elapsed.map_or(Duration::ZERO, |elapsed| self.interval.saturating_sub(elapsed));
        if wait.is_zero() {
            *self = Self {
                until_flush: None,
                last: Some(Instant::now()),
                ..*self
            };
            return true;
        }
        self.until_flush = Some(wait);
        false
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Flushing;

    #[test]
    fn the_first_frame_goes_out_at_once_and_the_next_ones_together() {
        let mut flushing = Flushing::default();
        assert!(!flushing.is_due(), "there is nothing");
        flushing.needed();
        assert_eq!(flushing.until_flush, Some(Duration::ZERO));
        assert!(flushing.is_due());
        assert_eq!(flushing.until_flush, None);
        flushing.needed();
        // Unless this test was kept waiting for so long that it is time again.
        if !flushing.is_due() {
            let wait = flushing.until_flush.unwrap();
            assert!(wait > Duration::ZERO && wait <= Flushing::INTERVAL, "{wait:?}");
            std::thread::sleep(wait);
            assert!(flushing.is_due());
        }
        assert!(!flushing.is_due());
    }
}
