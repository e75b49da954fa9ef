//! What is said of each frame of a simulated capture, against the truth.

use super::super::said::Said;
use super::super::score::Score;
use super::capture_point::{CapturePoint, Captured};
use super::path::Place;
use super::stack::MS;
use super::states;
use super::truth::{AckWhy, Segment, Why};
use super::world::World;

/// A simulated capture and what is said of it.
pub(crate) struct Case<'a> {
    pub(crate) seed: u64,
    pub(crate) name: &'static str,
    pub(crate) world: &'a World,
    pub(crate) point: &'a CapturePoint,
    pub(crate) captured: &'a [Captured],
    pub(crate) said: &'a [Said],
}

/// A frame, with what was captured before it.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Frame<'a> {
    pub(super) at: usize,
    pub(super) captured: Captured,
    pub(super) segment: &'a Segment,
    pub(super) said: &'a Said,
    /// Was a frame of the same segment captured before?
    pub(super) again: bool,
    /// Was one captured before that its sender sent later?
    pub(super) late: bool,
    /// How many of its numbers were captured before; does it lie below the highest of those?
    known: i64,
    below: bool,
    /// Are all numbers before it captured, from the first one that was?
    has_all_before: bool,
    /// Did the other end acknowledge all of it, in what was captured before?
    acknowledged: bool,
}

/// How certain something is said; nothing where it is not said.
fn certainty<'a>(said: &'a Said, word: &str) -> Option<&'a str> {
    said.is(word)
        .then(|| said.certainties.get(word).map_or("remark", String::as_str))
}

/// The row of something that is said with a certainty.
fn row(rows: [&'static str; 3], certainty: Option<&str>) -> &'static str {
    match certainty {
        Some("fact") => rows[0],
        Some("one-of-several") => rows[2],
        _ => rows[1],
    }
}

impl Case<'_> {
    pub(super) fn place(&self, frame: &Frame<'_>) -> String {
        let CapturePoint { place, .. } = self.point;
        let segment = frame.segment;
        let [one, other] = [segment.from, 1 - segment.from].map(|end| self.world.stacks[end].identification);
        format!(
            "seed {} {} at {place:?} {} packet {} from {}: {:?}{}{} said {:?} {:?} (ids {one:?} {other:?})",
            self.seed,
            self.name,
            self.point.special(),
            frame.at + 1,
            ["client", "server"][segment.from],
            segment.truth.why,
            if frame.again { " again" } else { "" },
            if frame.late { " late" } else { "" },
            frame.said.words,
            frame.said.delay,
        )
    }

    /// Was it captured where its sender is?
    fn is_own(&self, frame: &Frame<'_>) -> bool {
        self.point.place == [Place::Client, Place::Server][frame.segment.from]
    }

    fn frame(&self, at: usize) -> Frame<'_> {
        let captured = self.captured[at];
        let segment = &self.world.segments[captured.of];
        let before = &self.captured[..at];
        let own = || {
            let all = before.iter().map(|one| (one.of, &self.world.segments[one.of]));
            all.filter(|(_, other)| other.from == segment.from)
        };
        let mut known: Vec<(i64, i64)> = own().map(|(_, one)| (one.sequence, one.end())).collect();
        known.retain(|(from, to)| from < to);
        known.sort_unstable();
        let first = known.first().map_or(segment.sequence, |(from, _)| *from);
        // What is known of the numbers of this segment, and until where all is.
        let (mut all_to, mut counted_to, mut count) = (first, segment.sequence, 0);
        for &(from, to) in &known {
            if from <= all_to {
                all_to = all_to.max(to);
            }
            let (from, to) = (from.max(counted_to), to.min(segment.end()));
            if from < to {
                (counted_to, count) = (to, count + to - from);
            }
        }
        let mut others = before.iter().map(|one| &self.world.segments[one.of]);
        let acknowledges =
            |other: &Segment| other.from != segment.from && other.acknowledgment.is_some_and(|to| to >= segment.end());
        Frame {
            at,
            captured,
            segment,
            said: &self.said[at],
            again: before.iter().any(|one| one.of == captured.of),
            late: own().any(|(of, _)| of > captured.of),
            known: count,
            below: known.iter().any(|(_, to)| *to > segment.sequence),
            has_all_before: all_to >= segment.sequence,
            acknowledged: others.any(acknowledges),
        }
    }

    /// Judges all of it.
    pub(crate) fn judge(&self, score: &mut Score) {
        assert_eq!(self.captured.len(), self.said.len(), "seed {}", self.seed);
        for at in 0..self.captured.len() {
            let frame = self.frame(at);
            self.sent_again(&frame, score);
            self.copies(&frame, score);
            self.acknowledgments(&frame, score);
            self.questions(&frame, score);
            self.delays(&frame, score);
            self.endings(&frame, score);
            states::judge(self, &frame, score);
        }
    }

    fn sent_again(&self, frame: &Frame<'_>, score: &mut Score) {
        let (said, truth) = (frame.said, &frame.segment.truth);
        let what = || self.place(frame);
        let is_probe = matches!(truth.why, Why::KeepAlive | Why::WindowProbe);
        let is_resent = truth.resent && !frame.again;
        let told = certainty(said, "retransmission");
        let is_true = is_resent || told == Some("one-of-several") && (frame.again || frame.late);
        let length = frame.segment.length();
        let shows = length > 0 && (frame.known == length || frame.below && frame.known == 0);
        let is_named = ["out-of-order", "overlap", "copy", "keep-alive", "window-probe"]
            .iter()
            .any(|word| said.is(word));
        let must = is_resent && shows && !is_probe && !is_named;
        let class = row(
            [
                "retransmission, as a fact",
                "retransmission, as deduced",
                "retransmission, or another cause that is named",
            ],
            told,
        );
        score.claim(class, told.is_some(), if told.is_some() { is_true } else { must }, what);
        if let Some(told) = certainty(said, "out-of-order") {
            let class = row(
                [
                    "out of order, as a fact",
                    "out of order, as deduced",
                    "out of order, or another cause that is named",
                ],
                Some(told),
            );
            let is_true = frame.late || told == "one-of-several" && (truth.resent || frame.again);
            score.claim(class, true, is_true, what);
        } else {
            let is_named = told.is_some() || said.is("copy") || said.is("overlap");
            let must =
                frame.late && length > 0 && !frame.again && !truth.resent && frame.below && !is_named && !is_probe;
            score.claim("out of order, as deduced", false, must, what);
        }
        let is_fast = matches!(truth.why, Why::Fast | Why::PartialAck) && !frame.again;
        let is_said = said.is("fast-retransmission");
        score.claim(
            "fast retransmission",
            is_said,
            is_fast && (is_said || truth.why == Why::Fast && self.point.is_whole() && shows),
            what,
        );
        let is_said = said.is("spurious-retransmission");
        let is_needless = frame.acknowledged && (is_resent || told == Some("one-of-several"));
        score.claim(
            "retransmission of what was acknowledged",
            is_said,
            is_needless && (is_said || told.is_some()),
            what,
        );
        if said.is("gap") {
            score.claim(
                "bytes before it are missing in the capture",
                true,
                !frame.has_all_before,
                what,
            );
        }
    }

    fn copies(&self, frame: &Frame<'_>, score: &mut Score) {
        let said = frame.said;
        let is_said = said.is("copy");
        // Other words may name a copy among the causes.
        let names_it = ["retransmission", "out-of-order", "duplicate-ack"]
            .iter()
            .any(|word| certainty(said, word) == Some("one-of-several"));
        let must = frame.again && !names_it;
        let names_sender = ["sent again just the same", "or the answer to a SYN"]
            .iter()
            .any(|words| said.why.contains(words));
        score.claim(
            "the same packet once more (copy)",
            is_said,
            (frame.again || names_sender) && (is_said || must),
            || self.place(frame),
        );
        if is_said {
            let only_captured = said.why.contains("captured a second time") && !said.why.contains("way");
            let is_true = !only_captured || frame.captured.second;
            score.claim("a copy's cause: captured twice", true, is_true, || self.place(frame));
        }
    }

    fn acknowledgments(&self, frame: &Frame<'_>, score: &mut Score) {
        let (said, truth) = (frame.said, &frame.segment.truth);
        let what = || self.place(frame);
        let Why::Ack(why) = truth.why else {
            let is_said = said.is("duplicate-ack");
            return score.claim("duplicate ACK, one of its causes", is_said, false, what);
        };
        let once = !frame.again;
        let told = certainty(said, "duplicate-ack");
        let class = row(
            [
                "duplicate ACK: a segment before is missing, as a fact",
                "duplicate ACK: a segment came twice, as deduced",
                "duplicate ACK, one of its causes",
            ],
            told.or(Some("one-of-several")),
        );
        let is_true = match told {
            // A copy of one that filled a gap reports another gap just as well.
            Some("fact") => why == AckWhy::BehindGap || frame.again && !frame.segment.sack.is_empty(),
            Some("deduced") => why == AckWhy::Twice && once,
            Some(_) => matches!(why, AckWhy::BehindGap | AckWhy::Twice) || frame.again && said.same_as.is_some(),
            None => {
                let names_both = said.why.contains("a new window, or an answer");
                let is_named = names_both || ["out-of-order", "copy", "after-end"].iter().any(|word| said.is(word));
                let is_clear = once && !frame.late && self.point.is_whole() && self.point.place != Place::Middle;
                why == AckWhy::BehindGap && truth.repeats_ack && is_clear && !is_named && self.is_own(frame)
            }
        };
        score.claim(class, told.is_some(), is_true, what);
        let is_said = said.is("window-update");
        let is_update = why == AckWhy::NewWindow && truth.repeats_ack && once;
        let is_named = told.is_some() || said.is("window-probe-ack") || said.why.contains("a new window, or an answer");
        let must = self.point.is_whole() && !frame.late && self.is_own(frame) && !is_named;
        score.claim("window update", is_said, is_update && (is_said || must), what);
    }

    fn questions(&self, frame: &Frame<'_>, score: &mut Score) {
        let why = frame.segment.truth.why;
        let what = || self.place(frame);
        let must = !frame.again && self.point.is_whole();
        for (word, class, is) in [
            ("keep-alive", "keep-alive", why == Why::KeepAlive),
            ("window-probe", "window probe", why == Why::WindowProbe),
        ] {
            let is_said = frame.said.is(word);
            score.claim(class, is_said, is && !frame.again && (is_said || must), what);
        }
    }

    fn delays(&self, frame: &Frame<'_>, score: &mut Score) {
        let truth = &frame.segment.truth;
        let what = || self.place(frame);
        let once = !frame.again;
        let delay = frame.said.delay.as_deref();
        let is_timer = truth.why == Why::Timer && once;
        let delayed = match truth.why {
            Why::Ack(AckWhy::Delayed(time)) if once => time,
            _ => 0,
        };
        let is_window = truth.was_limited
            || matches!(
                truth.why,
                Why::WindowProbe | Why::Ack(AckWhy::NewWindow | AckWhy::Asked)
            );
        let certainty_of = |word: &str| frame.said.certainties.get(word).map(String::as_str);
        let (class, is_true) = match delay {
            Some("retransmission-timer") => ("pause: the retransmission timer", is_timer),
            Some("timer-or-probe") => ("pause: a timer, or a probe", is_timer),
            // No stack here has one. RFC 8985 section 7
            Some("tail-loss-probe") => ("pause: a tail loss probe", false),
            Some("delayed-ack") => ("delayed ACK, at its sender", delayed > 0),
            Some("idle") => {
                // That its first transmission was lost is named where the ends are two hosts.
                let is_named = certainty_of("idle") == Some("one-of-several") && frame.known == 0;
                ("pause: the program", !is_window && (!truth.resent || is_named))
            }
            Some("path-or-idle") => ("pause: the path, or the program", !truth.resent || frame.known == 0),
            Some("keep-alive-timer") => ("pause: the keep-alive timer", truth.why == Why::KeepAlive),
            Some("zero-window" | "small-window") => ("pause: the window", is_window),
            _ => ("", true),
        };
        if !class.is_empty() {
            score.claim(class, true, is_true, what);
            return;
        }
        let is_clear = self.point.is_whole() && self.point.jump.is_none();
        let is_named = delay.is_some() || frame.said.is("copy");
        let waits = delayed >= 40 * MS && self.is_own(frame) && !truth.repeats_ack;
        score.claim(
            "delayed ACK, at its sender",
            false,
            waits && is_clear && !is_named,
            what,
        );
        let told = certainty(frame.said, "retransmission");
        let timed = is_timer && self.is_own(frame) && told.is_some();
        score.claim(
            "pause: the retransmission timer",
            false,
            timed && is_clear && !is_named,
            what,
        );
    }

    fn endings(&self, frame: &Frame<'_>, score: &mut Score) {
        let (said, truth) = (frame.said, &frame.segment.truth);
        let what = || self.place(frame);
        if said.is("after-end") {
            score.claim("comes after the end", true, truth.ended, what);
        }
        if said.is("crosses-end") {
            score.claim("crosses the end on its way", true, !truth.ended, what);
        }
        let Some(cause) = said.cause.as_deref().filter(|_| frame.segment.rst) else {
            return;
        };
        let was_open = truth.states[0] != "CLOSED";
        let is_true = match cause {
            "nobody-listens" => !was_open && frame.segment.sequence == 0,
            "abort" => was_open,
            "data-after-close" => truth.closed_early,
            "no-such-connection" | "connection-over" => !was_open,
            _ => false,
        };
        score.claim("a reset's cause", true, is_true, || format!("{} {cause}", what()));
    }
}
