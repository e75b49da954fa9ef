//! What is said of each segment, against what the wire, the other end's capture, the kernels' counters and the programs' calls prove.

use serde_json::Value;

use super::files::{calls, counters};
use super::plan::Traffic;
use super::runs::Run;
use super::said::Said;
use super::score::Score;
use super::segment::Segment;
use super::walk::{Arrived, Step};

/// Milliseconds in nanoseconds.
pub(super) const MS: i64 = 1_000_000;

/// A run over TCP, and what is known of it.
pub(crate) struct Case<'a> {
    pub(crate) run: &'a Run,
    pub(crate) ends: &'a [Vec<Segment>; 2],
    pub(crate) steps: &'a [Vec<Step>; 2],
}

/// A segment, in the capture of an end, and in that of its sender.
struct Packet<'a> {
    end: usize,
    at: usize,
    segment: &'a Segment,
    step: &'a Step,
    /// In the capture at its sender.
    sent: &'a Step,
    said: &'a Said,
}

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
            delays(case, &packet, score);
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
        // The timer's, and tail loss probes; of those only some repeat what was sent.
        let timer = count(&|said| said.delay.as_deref() == Some("retransmission-timer"));
        let (timeouts, probes) = (counted("TcpExt.TCPTimeouts"), counted("TcpExt.TCPLossProbes"));
        let class = "retransmission by a timer or a tail loss probe, at its sender";
        score.number(class, timer, timer.clamp(timeouts, timeouts + probes), example);
    }
}

/// The words for both ends.
pub(super) const END: [&str; 2] = ["client", "server"];

impl Packet<'_> {
    /// Where it is, for those who look for it.
    fn place(&self, case: &Case<'_>, more: &str) -> String {
        let plan = &case.run.plan;
        format!(
            "seed {} {:?} {}.pcapng packet {} {more}",
            plan.seed,
            plan.traffic,
            END[self.end],
            self.at + 1
        )
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
    if segment.own {
        let is = sent.resent && !is_probe || is_said && sent.resent;
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
        let is_late = segment.late && segment.length() > 0 && !sent.resent && !segment.again && !segment.bad;
        let is = is_late && (step.fills || said.is("out-of-order"));
        score.claim("out of order, at its receiver", said.is("out-of-order"), is, || {
            what("")
        });
    }
    let is_needless = if segment.own {
        let came = segment.came.first().map(|at| &case.steps[1 - packet.end][*at]);
        said.is("spurious-retransmission") && came.is_some_and(|step| step.was_acknowledged)
    } else {
        step.was_acknowledged && sent.resent && !segment.again && !is_probe && !segment.bad
    };
    score.claim(
        "retransmission without need",
        said.is("spurious-retransmission"),
        is_needless,
        || what(""),
    );
    score.claim(
        "the same packet once more (copy)",
        said.is("copy"),
        segment.again && !segment.bad && (segment.identification != 0 || said.is("copy")),
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
        segment, sent, said, ..
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
    let can = sent.cause == Some(Arrived::BehindGap) || is_said;
    score.claim("duplicate ACK", is_said, is_repeated && is_answer && can, what);
    if is_said && !said.is("duplicate-sack") {
        let is_gap = is_repeated && sent.cause == Some(Arrived::BehindGap);
        score.claim("duplicate ACK's cause: a segment before is missing", true, is_gap, what);
    }
    let grows = sent.own_window.is_some_and(|last| last < segment.window);
    let is_update = is_repeated && sent.cause.is_none() && (grows || said.is("window-update"));
    let is_other = ["window-probe-ack", "keep-alive-ack", "copy"]
        .iter()
        .any(|word| said.is(word));
    score.claim("window update", said.is("window-update"), is_update && !is_other, what);
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
    score.claim("zero window", said.is("zero-window"), is_zero, what);
    let plan = &case.run.plan;
    let sender = if segment.own { packet.end } else { 1 - packet.end };
    let keeps_alive = plan.traffic == Traffic::KeepAlive && plan.by_server == (sender == 1);
    let is_keep_alive = sent.asks && keeps_alive && segment.data == 0 && !segment.again;
    score.claim("keep-alive", said.is("keep-alive"), is_keep_alive, what);
    let is_probe = sent.asks && !keeps_alive && sent.other_window == Some(0) && !segment.again;
    score.claim("window probe", said.is("window-probe"), is_probe, what);
}

/// Why it came late.
fn delays(case: &Case<'_>, packet: &Packet<'_>, score: &mut Score) {
    let Packet {
        segment, sent, said, ..
    } = packet;
    let delay = said.delay.as_deref();
    let what = || {
        let waited = sent.waited.map(|time| time / 1000);
        packet.place(
            case,
            &format!("(said {delay:?}; waited {waited:?} us, cause {:?})", sent.cause),
        )
    };
    let acknowledges = segment.is_bare_ack() && !sent.repeats_ack && !segment.again && !segment.bad;
    let between = |time: Option<i64>, least: i64| time.is_some_and(|time| (least * MS..600 * MS).contains(&time));
    // The timer ran out, or what came meanwhile made it send at once.
    let waits = acknowledges && (sent.cause == Some(Arrived::Next) || between(sent.quiet, 20));
    let is_said = delay == Some("delayed-ack");
    // Linux waits 40 ms at least. A slow program may read meanwhile, which opens the window.
    let is_delayed = match case.run.plan.traffic {
        _ if is_said => between(sent.waited, 20),
        Traffic::SlowReader => false,
        _ => between(sent.waited, 39),
    };
    let class = if segment.own {
        "delayed ACK, at its sender"
    } else {
        "delayed ACK, at the other end"
    };
    score.claim(class, is_said, waits && is_delayed, what);
    let is_said = delay == Some("retransmission-timer");
    if is_said {
        score.claim("pause: a retransmission timer", true, sent.resent, what);
    }
    if delay == Some("keep-alive-timer") {
        score.claim(
            "pause: the keep-alive timer",
            true,
            case.run.plan.traffic == Traffic::KeepAlive && sent.asks,
            what,
        );
    }
    if delay == Some("zero-window") {
        let is_closed = sent.own_window == Some(0) || sent.other_window == Some(0) || packet.opened_lately(case);
        score.claim("pause: a closed window", true, is_closed, what);
    }
    if segment.own {
        idle(case, packet, score);
    }
    let known = [
        "delayed-ack",
        "retransmission-timer",
        "keep-alive-timer",
        "zero-window",
        "idle",
    ];
    if delay.is_some_and(|delay| !known.contains(&delay)) {
        // A new word: no rule here judges it yet.
        score.claim("pause: a reason that is not judged", true, true, what);
    }
}

impl Packet<'_> {
    /// Did the one before it in this capture open a window that was closed?
    fn opened_lately(&self, case: &Case<'_>) -> bool {
        let before = case.ends[self.end][..self.at].iter().rev().filter(|one| !one.own);
        before.take(3).any(|one| one.window == 0)
    }
}

/// Had the program, at whose end this was captured, nothing to send until then?
fn idle(case: &Case<'_>, packet: &Packet<'_>, score: &mut Score) {
    let Packet {
        end,
        at,
        segment,
        sent,
        said,
        ..
    } = *packet;
    let is_said = said.delay.as_deref() == Some("idle");
    if at == 0 || segment.syn() || (segment.length() == 0 && !is_said) {
        return;
    }
    let before = case.ends[end][at - 1].time;
    let log = calls(case.run);
    let own: Vec<&Value> = log.iter().filter(|call| call["end"] == END[end]).collect();
    let entered = |call: &Value| call["entered"].as_i64().unwrap();
    let of_data = said
        .first_byte
        .and_then(|first| own.iter().find(|call| call["about"]["up_to"].as_i64() >= Some(first)));
    let closes = |call: &&&Value| call["call"] == "close" || call["call"] == "shutdown";
    let call = of_data.or_else(|| own.iter().find(closes));
    let Some(handed) = call.map(|call| entered(call)) else {
        return;
    };
    let is_true = handed > before - MS / 2 && !sent.resent;
    // Without a reason of its own a packet that was sent at once, after a pause, has this one.
    let at_once = segment.time - handed < 5 * MS && segment.time - before >= 110 * MS;
    let is = is_true && (is_said || at_once && said.delay.is_none());
    let what = || {
        packet.place(
            case,
            &format!("(handed over {} us after the packet before)", (handed - before) / 1000),
        )
    };
    score.claim("pause: the program had nothing to send, at its end", is_said, is, what);
}

/// After the end; why a reset came.
fn endings(case: &Case<'_>, packet: &Packet<'_>, score: &mut Score) {
    let Packet {
        segment, sent, said, ..
    } = packet;
    let what = || {
        packet.place(
            case,
            &format!("(said {:?} {:?}; ended {})", said.words, said.cause, sent.ended),
        )
    };
    let is_said = said.is("after-end");
    score.claim(
        "comes after the end",
        is_said,
        sent.ended && (is_said || !segment.rst()) && !segment.bad,
        what,
    );
    if let (true, Some(cause)) = (segment.rst(), &said.cause) {
        let aborts = case.run.plan.traffic == Traffic::Abort;
        let was_open = sent.state[0] != "CLOSED" && sent.state[0] != "LISTEN";
        let is_true = match &**cause {
            "abort" => was_open,
            "data-after-close" => has_closed(case, packet) && !(aborts && was_open),
            "no-such-connection" => !was_open,
            _ => false,
        };
        score.claim("a reset's cause", true, is_true, what);
    }
}

/// Had the program of its sender closed the socket?
fn has_closed(case: &Case<'_>, packet: &Packet<'_>) -> bool {
    let sender = if packet.segment.own { packet.end } else { 1 - packet.end };
    calls(case.run).iter().any(|call| {
        let is_before = call["entered"].as_i64().is_some_and(|time| time < packet.segment.time);
        call["end"] == END[sender] && call["call"] == "close" && is_before
    })
}
