//! What is said of each segment, against what the wire, the other end's capture, the kernels' counters and the programs' calls prove.

use std::cmp::Ordering;

use super::case::{Case, END, Packet};
use super::files::{calls, counters};
use super::pauses;
use super::plan::Traffic;
use super::said::Said;
use super::score::Score;
use super::walk::Arrived;

/// Judges what is said of the capture of an end.
pub(crate) fn judge(case: &Case<'_>, end: usize, all: &[Said], is_tshark: bool, score: &mut Score) {
    let segments = &case.ends[end];
    assert_eq!(segments.len(), all.len(), "seed {}", case.run.plan.seed);
    for (at, (segment, said)) in segments.iter().zip(all).enumerate() {
        let sent = match segment.of {
            None if !segment.own => continue,
            None => &case.steps[end][at],
            Some(of) => &case.steps[1 - end][of],
        };
        if segment.protocol != 6 {
            continue;
        }
        let packet = Packet {
            end,
            at,
            segment,
            step: &case.steps[end][at],
            sent,
            said,
        };
        sent_again(case, &packet, score);
        acknowledgments(case, &packet, score);
        questions(case, &packet, score);
        if !is_tshark {
            pauses::judge(case, &packet, score);
            endings(case, &packet, score);
        }
    }
    let count = |is: &dyn Fn(&Said) -> bool| {
        segments
            .iter()
            .zip(all)
            .filter(|(one, said)| one.own && is(said))
            .count() as u64
    };
    let kernel = counters(case.run, end);
    let counted = |name: &str| u64::try_from(kernel.get(name).copied().unwrap_or(0)).unwrap_or(0);
    let example = || format!("seed {} {}", case.run.plan.seed, END[end]);
    let fast = count(&|said| said.is("fast-retransmission"));
    score.number(
        "fast retransmission, at its sender",
        fast,
        counted("TcpExt.TCPFastRetrans"),
        example,
    );
    if !is_tshark {
        // A probe may carry new data, which is no retransmission.
        let by = |words: &[&str]| count(&|said| said.delay.as_deref().is_some_and(|delay| words.contains(&delay)));
        let (timeouts, probes) = (counted("TcpExt.TCPTimeouts"), counted("TcpExt.TCPLossProbes"));
        let all = by(&["retransmission-timer", "tail-loss-probe", "timer-or-probe"]);
        let class = "retransmission by a timer or a tail loss probe, at its sender";
        score.number(class, all, all.clamp(timeouts, timeouts + probes), example);
        let probe = by(&["tail-loss-probe"]);
        score.number(
            "of them said to be a tail loss probe",
            probe,
            probe.min(probes),
            example,
        );
    }
}

/// Retransmissions, segments out of order, copies.
fn sent_again(case: &Case<'_>, packet: &Packet<'_>, score: &mut Score) {
    let Packet {
        segment,
        step,
        sent,
        said,
        ..
    } = packet;
    let what = |more: &str| {
        packet.place(
            case,
            &format!(
                "{more} (said {:?}; arrived {:?} again {} late {})",
                said.words, step.arrived, segment.again, segment.late
            ),
        )
    };
    let is_probe = ["keep-alive", "window-probe"].iter().any(|word| said.is(word));
    let is_said = said.is_retransmission();
    // What is said of a SYN-ACK names both: the answer to a SYN that came twice looks the same without identification and timestamp.
    let names_answer = said.is("copy") && said.why.contains("or the answer to a SYN");
    if segment.own {
        let is = sent.resent && (is_said || !is_probe && !names_answer);
        score.claim("retransmission, at its sender", is_said, is, || what(""));
        score.claim("out of order, at its sender", said.is("out-of-order"), false, || {
            what("")
        });
    } else {
        let is = sent.resent && (!segment.again || is_said);
        // A last segment that was lost leaves no sign at its receiver.
        let can_be_known = step.fills || step.arrived == Some(Arrived::Twice);
        let is_named = is_probe || ["copy", "out-of-order", "overlap"].iter().any(|word| said.is(word));
        let is = is && (is_said || can_be_known && !is_named);
        score.claim("retransmission, at its receiver", is_said, is, || what(""));
        // A bare acknowledgment shows it by a number below the highest that came before: no end takes one back.
        let is_late = segment.late && !sent.resent && !segment.bad && (!segment.again || said.is("out-of-order"));
        let shows_it = step.fills || segment.is_bare_ack() && step.acknowledges == Some(Ordering::Less);
        let is = is_late && (shows_it || said.is("out-of-order"));
        score.claim("out of order, at its receiver", said.is("out-of-order"), is, || {
            what("")
        });
    }
    let is_needless = if segment.own {
        let arrival = segment.came.first().map(|at| &case.steps[1 - packet.end][*at]);
        said.is("spurious-retransmission") && arrival.is_some_and(|step| step.was_acknowledged)
    } else {
        step.was_acknowledged
            && sent.resent
            && !segment.again
            && !is_probe
            && !said.is("copy")
            && (!segment.bad || is_said)
    };
    score.claim(
        "retransmission without need",
        said.is("spurious-retransmission"),
        is_needless,
        || what(""),
    );
    // In the same way without an identification of its own: an end answers each segment that comes once more.
    let names_sender = said.is("copy") && said.why.contains("sent again just the same");
    score.claim(
        "the same packet once more (copy)",
        said.is("copy"),
        segment.again && !segment.bad && (segment.identification != 0 || said.is("copy"))
            || names_answer && sent.resent
            || names_sender && (sent.resent || sent.repeats_ack),
        || what(""),
    );
    // Nothing was captured twice in any run: what says only that is wrong.
    let only_captured = said.is("copy") && said.why.contains("captured a second time") && !said.why.contains("way");
    if said.is("copy") {
        score.claim(
            "a copy's cause: nothing was captured twice",
            true,
            !only_captured,
            || what(&said.why),
        );
    }
}

/// Duplicate acknowledgments and window updates.
fn acknowledgments(case: &Case<'_>, packet: &Packet<'_>, score: &mut Score) {
    let Packet {
        segment,
        step,
        sent,
        said,
        ..
    } = packet;
    if !segment.is_bare_ack() || segment.bad {
        return;
    }
    let what = || {
        packet.place(
            case,
            &format!(
                "(said {:?}; cause at its sender {:?} again {})",
                said.words, sent.cause, segment.again
            ),
        )
    };
    let is_repeated = sent.repeats_ack && !segment.again && !sent.asks;
    let is_answer = matches!(sent.cause, Some(Arrived::BehindGap | Arrived::Twice));
    let is_said = said.is("duplicate-ack");
    // Without SACK a new window and an answer look the same: a sentence that names both is right, and so is one that says no more than
    // that something before is missing, where blocks show it.
    let names_both = said.why.contains("a new window, or an answer");
    let is_named = names_both || said.is("out-of-order");
    let is_true = is_repeated && (is_answer || segment.sack);
    // Where the one that said the number first was lost or came later, this one says something new.
    let is_known = segment.own || step.acknowledges == Some(Ordering::Equal);
    let must = sent.cause == Some(Arrived::BehindGap) && !is_named && is_known;
    score.claim("duplicate ACK", is_said, is_true && (is_said || must), what);
    // Blocks that report nothing as arrived twice are behind a gap.
    if is_said && segment.sack && !said.is("duplicate-sack") {
        let is_gap = is_repeated && (sent.cause.is_none() || sent.cause == Some(Arrived::BehindGap));
        score.claim("duplicate ACK's cause: a segment before is missing", true, is_gap, what);
    }
    let grows = sent.own_window.is_some_and(|last| last < segment.window);
    let is_update = is_repeated && sent.cause.is_none() && (grows && is_known || said.is("window-update"));
    let is_named = names_both || is_said && segment.sack;
    let is_other = ["window-probe-ack", "keep-alive-ack", "copy"]
        .iter()
        .any(|word| said.is(word));
    score.claim(
        "window update",
        said.is("window-update"),
        is_update && !is_other && !is_named,
        what,
    );
}

/// Zero windows, probes, keep-alives.
fn questions(case: &Case<'_>, packet: &Packet<'_>, score: &mut Score) {
    let Packet {
        segment, sent, said, ..
    } = packet;
    let what = || {
        packet.place(
            case,
            &format!(
                "(said {:?}; asks {} other's window {:?})",
                said.words, sent.asks, sent.other_window
            ),
        )
    };
    if segment.bad {
        return;
    }
    let is_zero = segment.window == 0 && segment.ack() && !segment.rst() && !segment.syn();
    score.claim("zero window", said.is("zero-window"), is_zero && !said.is("copy"), what);
    let plan = &case.run.plan;
    let sender = if segment.own { packet.end } else { 1 - packet.end };
    let keeps_alive = plan.traffic == Traffic::KeepAlive && plan.by_server == (sender == 1);
    let is_keep_alive = sent.asks && keeps_alive && segment.data == 0 && (!segment.again || said.is("keep-alive"));
    score.claim("keep-alive", said.is("keep-alive"), is_keep_alive, what);
    let is_probe = sent.asks && !keeps_alive && sent.other_window == Some(0);
    let is_probe = is_probe && (!segment.again || said.is("window-probe"));
    score.claim("window probe", said.is("window-probe"), is_probe, what);
}

/// After the end; why a reset came.
fn endings(case: &Case<'_>, packet: &Packet<'_>, score: &mut Score) {
    let Packet {
        segment,
        step,
        sent,
        said,
        ..
    } = packet;
    let what = || {
        packet.place(
            case,
            &format!("(said {:?} {:?}; ended {})", said.words, said.cause, sent.ended),
        )
    };
    let is_said = said.is("after-end");
    // An end that waits for the last acknowledgment cannot know that one was lost before this.
    // A capture leaves open whether the last acknowledgment reached its sender: then both states are said.
    let names_end = said.states[sender_of(packet)]
        .as_ref()
        .is_some_and(|(_, _, one_of)| one_of.iter().any(|state| matches!(&**state, "TIME-WAIT" | "CLOSED")));
    let is_known = !names_end && (segment.own || matches!(step.state[0], "TIME-WAIT" | "CLOSED"));
    score.claim(
        "comes after the end",
        is_said,
        sent.ended && (is_said || !segment.rst() && is_known) && !segment.bad,
        what,
    );
    if said.is("crosses-end") {
        score.claim("crosses the end on its way", true, !sent.ended, what);
    }
    if let (true, Some(cause)) = (segment.rst(), &said.cause) {
        let aborts = case.run.plan.traffic == Traffic::Abort;
        let was_open = sent.state[0] != "CLOSED" && sent.state[0] != "LISTEN";
        let is_true = match &**cause {
            "abort" => was_open,
            "data-after-close" => has_closed(case, packet) && !(aborts && was_open),
            "no-such-connection" => !was_open,
            "connection-over" => !was_open || sent.ended,
            // Its receiver goes on.
            "challenged" => !segment.own && step.state[1] != "CLOSED",
            _ => false,
        };
        score.claim("a reset's cause", true, is_true, what);
    }
}

/// The end that sent it.
const fn sender_of(packet: &Packet<'_>) -> usize {
    if packet.segment.own { packet.end } else { 1 - packet.end }
}

/// Had the program of its sender closed the socket?
fn has_closed(case: &Case<'_>, packet: &Packet<'_>) -> bool {
    let sender = sender_of(packet);
    calls(case.run).iter().any(|call| {
        let is_before = call["entered"].as_i64().is_some_and(|time| time < packet.segment.time);
        call["end"] == END[sender] && call["call"] == "close" && is_before
    })
}
