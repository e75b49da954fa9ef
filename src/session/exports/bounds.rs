//! How much an export has at most. Each is written at the end from what is kept in memory, and read as a whole by a browser or a
//! user, so none may grow with the capture. A view and `--json` are written packet by packet, and may.

use super::super::settings::Exports;
use crate::explain::{count, grouped};
use crate::render::ladder::CONVERSATIONS;

/// The most packets that a report has, whatever `--limit` says: each takes about 12 KB of the page, so this is 240 MB, which
/// browsers still open.
const PACKETS_IN_REPORT: u64 = 20_000;

/// The same of a ladder in SVG or for Mermaid, where a packet takes about 1 KB.
const PACKETS_IN_LADDERS: u64 = 100_000;

/// The most bytes of packets that are kept, whatever their number.
const BYTES: usize = 64 << 20;

/// The same for a report, which has about ten characters for each byte.
const BYTES_IN_REPORT: usize = 16 << 20;

/// What was left out, and why.
#[derive(Debug)]
pub(super) struct ExportBounds {
    most_packets: u64,
    most_bytes: usize,
    /// Is it `--limit` that sets the number of packets?
    by_limit: bool,
    bytes: usize,
    packets: u64,
    /// The conversations that are kept, and those that are not: a bit each, by their numbers.
    kept: ConversationSet,
    others: ConversationSet,
    left_out: u64,
    /// Of them, those of the conversations that are not kept.
    of_others: u64,
}

/// A set of conversations.
#[derive(Debug, Default)]
struct ConversationSet {
    bits: Vec<u64>,
    count: usize,
}

impl ConversationSet {
    fn has(&self, number: u64) -> bool {
        let word = usize::try_from(number / 64).ok().and_then(|index| self.bits.get(index));
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    fn add(&mut self, number: u64) {
        let Ok(index) = usize::try_from(number / 64) else {
            return;
        };
        if self.has(number) {
            return;
        }
        if self.bits.len() <= index {
            self.bits.resize(index + 1, 0);
        }
        if let Some(word) = self.bits.get_mut(index) {
            *word |= 1 << (number % 64);
            self.count += 1;
        }
    }
}

impl ExportBounds {
    pub(super) fn of(export: &Exports) -> Self {
        let (most, most_bytes) = if export.html.is_some() {
            (PACKETS_IN_REPORT, BYTES_IN_REPORT)
        } else if export.svg.is_some() || export.mermaid {
            (PACKETS_IN_LADDERS, BYTES)
        } else {
            (u64::MAX, BYTES)
        };
        Self {
            most_packets: export.limit.min(most),
            most_bytes,
            by_limit: export.limit <= most,
            bytes: 0,
            packets: 0,
            kept: ConversationSet::default(),
            others: ConversationSet::default(),
            left_out: 0,
            of_others: 0,
        }
    }

    /// Is there room for another packet, of `bytes` bytes, of this conversation? If not, it counts as left out.
    pub(super) fn has_room(&mut self, bytes: usize, conversation: Option<u64>) -> bool {
        let is_other = conversation.filter(|&number| self.kept.count >= CONVERSATIONS && !self.kept.has(number));
        if let Some(number) = is_other {
            self.others.add(number);
            self.of_others += 1;
            self.left_out += 1;
            return false;
        }
        if self.packets >= self.most_packets || self.bytes.saturating_add(bytes) > self.most_bytes {
            self.left_out += 1;
            return false;
        }
        self.packets += 1;
        self.bytes += bytes;
        if let Some(number) = conversation {
            self.kept.add(number);
        }
        true
    }

    /// How many packets were left out.
    pub(super) const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// What there is at most, as the end of the sentence "this report has …".
    pub(super) fn in_words(&self) -> String {
        let packets = if self.by_limit {
            "as many as --limit says".to_owned()
        } else {
            grouped(self.most_packets)
        };
        let bytes = self.most_bytes >> 20;
        let mut words = format!("{packets}, and {bytes} MiB of them at most");
        if self.of_others > 0 {
            words = format!("{words}, of {} conversations", grouped(CONVERSATIONS as u64));
        }
        words
    }

    /// What to say of what was left out, a line each.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.of_others > 0 {
            remarks.push(format!(
                "left out of what was exported: {} in {}; it has {} conversations at most; --flow N picks one by its number, \
                 a filter some",
                count(self.of_others, "packet"),
                count(self.others.count as u64, "more conversation"),
                grouped(CONVERSATIONS as u64)
            ));
        }
        let more = self.left_out - self.of_others;
        if more > 0 {
            let next = if self.by_limit {
                "--limit sets another number"
            } else {
                "that is the most, whatever --limit says; --flow N picks a conversation, a filter packets"
            };
            remarks.push(format!(
                "left out of what was exported: {}; it has {} at most, and {} MiB of them; {next}",
                count(more, "more packet"),
                grouped(self.most_packets),
                self.most_bytes >> 20
            ));
        }
        remarks
    }
}

#[cfg(test)]
mod tests {
    use super::{CONVERSATIONS, ExportBounds, Exports, PACKETS_IN_REPORT};
    use crate::render::report::LIMIT;

    /// As with this option, and this `--limit`.
    fn bounds(option: &str, limit: u64) -> ExportBounds {
        let file = |of: &str| (option == of).then(|| "x".into());
        ExportBounds::of(&Exports {
            html: file("--html"),
            svg: file("--svg"),
            plot: file("--plot"),
            tcp_info: None,
            mermaid: false,
            packet: None,
            limit,
        })
    }

    #[test]
    fn conversations_are_bounded_and_those_that_are_drawn_stay_whole() {
        let mut bounds = bounds("--svg", 100_000);
        for number in 1..=CONVERSATIONS as u64 {
            assert!(bounds.has_room(40, Some(number)), "{number}");
        }
        for number in [2_001, 2_002, 2_001, 1_000_000] {
            assert!(!bounds.has_room(40, Some(number)), "{number}");
        }
        assert!(bounds.has_room(40, Some(7)) && bounds.has_room(40, None));
        let remarks = bounds.remarks();
        assert_eq!(remarks.len(), 1, "{remarks:?}");
        assert!(
            remarks[0].contains("4 packets in 3 more conversations; it has 2,000 conversations at most; --flow N"),
            "{remarks:?}"
        );
    }

    #[test]
    fn a_report_has_a_bound_that_no_limit_lifts() {
        let mut report = bounds("--html", 1_000_000);
        let taken = (0..30_000).filter(|_| report.has_room(40, None)).count() as u64;
        assert_eq!(taken, PACKETS_IN_REPORT);
        let [remark] = &report.remarks()[..] else { panic!() };
        assert!(
            remark.contains("10,000 more packets; it has 20,000 at most") && remark.contains("whatever --limit says"),
            "{remark}"
        );
        let mut plot = bounds("--plot", 1_000_000);
        assert!((0..30_000).all(|_| plot.has_room(40, Some(1))));
        let mut usual = bounds("--html", LIMIT);
        assert_eq!((0..3_000).filter(|_| usual.has_room(40, Some(1))).count(), 2_000);
        assert!(usual.remarks()[0].ends_with("--limit sets another number"), "{usual:?}");
        assert!(!usual.has_room(65 << 20, Some(1)));
    }
}
