//! How many packets a live capture has seen, in words.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::ending::Counts;
use crate::capture::live::{self, Capture};

/// The counts so far, as lines.
pub(super) fn counts(capture: &Capture, captured: Arc<AtomicU64>) -> Counts {
    #[cfg(target_os = "linux")]
    let counters = capture.counters();
    #[cfg(not(target_os = "linux"))]
    let _ = capture;
    let lines = move || {
        let captured = captured.load(Ordering::Relaxed);
        #[cfg(target_os = "linux")]
        let counted = counters.read().unwrap_or_default();
        #[cfg(not(target_os = "linux"))]
        let counted = live::CaptureStatistics {
            received: captured,
            dropped: 0,
        };
        counted_lines(captured, counted).to_vec()
    };
    Counts {
        lines: Box::new(lines),
        at_the_end: true,
    }
}

/// The counts, in tcpdump's words.
pub(super) fn counted_lines(captured: u64, counted: live::CaptureStatistics) -> [String; 3] {
    [
        format!("{} captured", packets(captured)),
        format!("{} received by filter", counted.received),
        format!("{} dropped by kernel", counted.dropped),
    ]
}

/// Number of packets.
pub(super) fn packets(count: u64) -> String {
    format!("{count} {}", if count == 1 { "packet" } else { "packets" })
}

/// The remark about packets that came faster than they could be printed.
pub(super) fn unprinted(count: u64, recorded: bool) -> String {
    let what = format!("{} captured but not printed: the output was too slow", packets(count));
    if recorded {
        format!("{what}; the recording has them")
    } else {
        format!("{what}; -w keeps them all, --view summary prints faster")
    }
}
