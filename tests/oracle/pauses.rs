//! What is said of pauses, against what each end knew and when its program made its calls.

use serde_json::Value;

use super::case::{Case, END, Packet};
use super::files::calls;
use super::plan::Traffic;
use super::score::Score;
use super::walk::Arrived;

/// Milliseconds in nanoseconds.
const MS: i64 = 1_000_000;

/// Judges why a segment came late.
pub(super) fn judge(case: &Case<'_>, packet: &Packet<'_>, score: &mut Score) {
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
        _ if delay == Some("path-or-delayed-ack") => false,
        Traffic::SlowReader => false,
        _ => between(sent.waited, 39),
    };
    let class = if segment.own {
        "delayed ACK, at its sender"
    } else {
        "delayed ACK, at the other end"
    };
    score.claim(class, is_said, waits && is_delayed, what);
    let is_path = sent.reacts.is_some_and(|time| time < 20 * MS);
    let is_timed = sent.asks && case.run.plan.traffic == Traffic::KeepAlive;
    let is_closed = sent.own_window == Some(0) || sent.other_window == Some(0) || packet.opened_lately(case);
    let (class, is_true) = match delay {
        Some("retransmission-timer" | "tail-loss-probe" | "timer-or-probe") => {
            ("pause: a timer, or a probe", sent.resent)
        }
        Some("keep-alive-timer") => ("pause: the keep-alive timer", is_timed),
        Some("zero-window") => ("pause: a closed window", is_closed),
        Some("small-window") => (
            "pause: a small window",
            sent.room.is_some_and(|room| room < 1460) || is_closed,
        ),
        Some("path") => ("pause: the path", is_path && !segment.own),
        Some("path-or-idle") => (
            "pause: the path or an idle program",
            is_path || handed_over_just_now(case, packet),
        ),
        Some("path-or-delayed-ack") => (
            "pause: the path or a delayed ACK",
            is_path || waits && between(sent.waited, 20),
        ),
        None | Some("idle" | "delayed-ack") => ("", true),
        // A new word: no rule here judges it yet.
        Some(_) => ("pause: for a reason that is not judged", true),
    };
    if !class.is_empty() {
        score.claim(class, true, is_true, what);
    }
    if segment.own {
        idle(case, packet, score);
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

/// Did the program of its sender make a call that sends just before it was sent?
fn handed_over_just_now(case: &Case<'_>, packet: &Packet<'_>) -> bool {
    let (sender, at) = match packet.segment.of {
        Some(of) => (1 - packet.end, of),
        None => (packet.end, packet.at),
    };
    let sent = case.ends[sender][at].time;
    calls(case.run).iter().any(|call| {
        let is_own = call["end"] == END[sender] && call["call"] != "recv";
        let entered = call["entered"].as_i64().unwrap_or(0);
        is_own && (0..20 * MS).contains(&(sent - entered))
    })
}
