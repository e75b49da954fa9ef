//! The answer about the retransmission timer: what it should be, and how long the sender waited. RFC 6298

use super::Answer;
use super::arithmetic::{between, list, milliseconds};
use super::estimates::{steps, timeouts};
use super::segments::{direction, no_data, sample};
use super::streams::{Repeated, StreamFacts};
use super::surroundings::CaptureContext;
use super::tcp_facts::TcpFacts;
use crate::explain::count;
use crate::flow::Party;
use crate::render::rtt_estimate::ExactTime;

/// Linux adds at least this many nanoseconds to SRTT.
const LINUX_LEAST: i64 = 200_000_000;

/// The answer to TCP's question 13, or what is missing.
pub(super) fn answer(facts: &TcpFacts, around: CaptureContext<'_>) -> Result<Answer, String> {
    let party = facts.main_sender().ok_or_else(|| no_data(facts, around))?;
    let stream = facts.stream(party);
    let samples: Vec<i64> = stream.sent.iter().filter_map(sample).collect();
    let mut answer = Answer::new(
        direction(facts, party),
        "The first sample R gives EstimatedRTT = R and DevRTT = R / 2. Each later one gives first DevRTT = 0.75 x DevRTT + 0.25 x \
         |SampleRTT - EstimatedRTT|, then EstimatedRTT as in question 6. TimeoutInterval = EstimatedRTT + 4 x DevRTT (RFC 6298 \
         section 2). Each step is exact and rounded only where it is printed. When the timer expires, the interval doubles (section \
         5.5). All times are as seen where the capture was made.",
    );
    if samples.is_empty() {
        answer = answer.line(format!(
            "The first segments with data of the {party} give no sample (question 6), so DevRTT and TimeoutInterval are unknown."
        ));
    } else {
        answer = answer.line(
            "The samples are those of question 6. The round trip of the handshake is not among them; a kernel takes that one first, so its \
             own numbers differ.",
        );
    }
    if facts.is_captured_at_receiver(party) {
        answer = answer.line(format!(
            "The capture was made near the {}, so these are not the samples of the sender: work it out from a capture at the sender.",
            party.other()
        ));
    }
    for line in timeouts(&samples) {
        answer = answer.line(line);
    }
    if let Some(line) = bounds(&samples) {
        answer = answer.line(line);
    }
    Ok(waits(answer, party, stream))
}

/// What is added to the formula, where it matters after the last sample.
fn bounds(samples: &[i64]) -> Option<String> {
    let step = steps(samples).pop()?;
    let least = ExactTime::of(LINUX_LEAST);
    if step.deviation.times(4) >= least {
        return None;
    }
    Some(format!(
        "RFC 6298 asks for 1 s at least (section 2.4). Linux adds at least 200 ms to EstimatedRTT in place of a small 4 x DevRTT: after \
         sample {} that is {} + {least} = {} ms.",
        samples.len(),
        step.rtt,
        step.rtt.plus(least)
    ))
}

fn waits(mut answer: Answer, party: Party, stream: &StreamFacts) -> Answer {
    if stream.repetitions == 0 {
        return answer.line(format!(
            "No segment of the {party} was sent again ({} with data), so the capture has no such wait. `socket-lab wire data-lost` \
             makes one.",
            count(stream.segments, "segment")
        ));
    }
    let mut unknown = Vec::new();
    let mut is_unexplained = false;
    for (index, one) in stream.repeated.iter().enumerate() {
        let earlier = stream.repeated.get(..index).unwrap_or_default();
        if let Some(wait) = waited(one, earlier) {
            answer = answer.line(wait).proved(&one.field);
            is_unexplained |= !one.is_fast;
        } else {
            unknown.push(format!("packet {}", one.number));
        }
    }
    if !unknown.is_empty() {
        answer = answer.line(format!(
            "The first transmission of the data in {} is not in this capture, or without a known time: capture at the sender, from the \
             start.",
            list(&unknown)
        ));
    }
    let more = stream.repetitions.saturating_sub(stream.repeated.len() as u64);
    if more > 0 {
        let is = if more == 1 { "is" } else { "are" };
        answer = answer.line(format!("{} more {is} not listed.", count(more, "repetition")));
    }
    if is_unexplained {
        answer = answer.line(
            "A wait alone does not show what caused the repetition. The timer does so after TimeoutInterval. A tail loss probe comes \
             before it, after about two round trips (RFC 8985 section 7.3), a fast retransmission after duplicate ACKs. While a loss is \
             repaired, the ACKs that arrive cause further repetitions.",
        );
    }
    answer
}

/// The time from the first transmission to this one, and from the one before, if that was a repetition.
fn waited(one: &Repeated, earlier: &[Repeated]) -> Option<String> {
    let first = one.first_sent?;
    let Some(wait) = between(one.first_time, one.time).map(milliseconds) else {
        return Some(format!(
            "Packet {} repeats packet {first}: how long after it, the times do not tell.",
            one.number
        ));
    };
    // A large segment may be repeated in parts: only the same part is the same data.
    let is_same = |before: &&Repeated| before.first_sent == Some(first) && before.sequence.raw == one.sequence.raw;
    let before = earlier.iter().rev().find(is_same);
    let since = before.and_then(|before| {
        let wait = milliseconds(between(before.time, one.time)?);
        Some(format!(", and {wait} after packet {}", before.number))
    });
    let cause = if one.is_fast {
        ", after three duplicate ACKs: a fast retransmission, which does not wait for the timer"
    } else {
        ""
    };
    Some(format!(
        "Packet {} repeats packet {first}, {wait} after it{}{cause}.",
        one.number,
        since.unwrap_or_default()
    ))
}
