//! How many packets a live capture has seen, in words.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::ending::Counts;
use crate::capture::live::{CaptureStatistics, Captures};

/// How many packets were captured on an interface.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub(super) interface: String,
    pub(super) captured: u64,
    pub(super) kernel: CaptureStatistics,
}

/// The packets that were captured on each interface so far, for two threads.
pub(super) type Seen = Arc<[AtomicU64]>;

/// The counts so far, as lines.
pub(super) fn counts(captures: &Captures, seen: Seen) -> Counts {
    #[cfg(target_os = "linux")]
    let counters: Vec<_> = captures
        .iter()
        .map(|one| (one.interface().to_owned(), one.counters()))
        .collect();
    #[cfg(not(target_os = "linux"))]
    let counters: Vec<_> = captures.iter().map(|one| (one.interface().to_owned(), ())).collect();
    let lines = move || {
        let all = counters.iter().zip(seen.iter());
        let all = all.map(|((interface, counters), seen)| {
            let count = seen.load(Ordering::Relaxed);
            #[cfg(target_os = "linux")]
            let kernel = counters.read().unwrap_or_default();
            #[cfg(not(target_os = "linux"))]
            let ((), kernel) = (
                *counters,
                CaptureStatistics {
                    received: count,
                    dropped: 0,
                },
            );
            Counted {
                interface: interface.clone(),
                captured: count,
                kernel,
            }
        });
        counted_lines(&all.collect::<Vec<_>>())
    };
    Counts {
        lines: Box::new(lines),
        at_the_end: true,
    }
}

/// The counts of all interfaces together, in tcpdump's words, and then those of each where there are several.
pub(super) fn counted_lines(all: &[Counted]) -> Vec<String> {
    let sum = |of: fn(&Counted) -> u64| all.iter().map(of).sum::<u64>();
    let mut lines = vec![
        format!("{} captured", packets(sum(|one| one.captured))),
        format!("{} received by filter", sum(|one| one.kernel.received)),
        format!("{} dropped by kernel", sum(|one| one.kernel.dropped)),
    ];
    if all.len() > 1 {
        lines.extend(all.iter().map(|one| {
            format!(
                "on {}: {} captured, {} received by filter, {} dropped by kernel",
                one.interface,
                packets(one.captured),
                one.kernel.received,
                one.kernel.dropped
            )
        }));
    }
    lines
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
