//! The answers about the segments with data: the first one, times and round trips, lengths.

use super::Answer;
use super::arithmetic::{between, milliseconds, since_start};
use super::estimates::round_trips;
use super::streams::{SentData, TOLD};
use super::surroundings::CaptureContext;
use super::tcp_facts::TcpFacts;
use crate::explain::{bytes, count, grouped};
use crate::flow::Party;
use crate::flow::segment::ResetCause;
use crate::frame::Time;

/// The answer to TCP's question of this number, 5 to 7, or what is missing.
pub(super) fn answer(number: u8, facts: &TcpFacts, around: CaptureContext<'_>) -> Result<Answer, String> {
    match number {
        5 => first(facts, around),
        6 => times(facts, around),
        _ => lengths(facts, around),
    }
}

/// Of a connection without data.
pub(super) fn no_data(facts: &TcpFacts, around: CaptureContext<'_>) -> String {
    let why = match facts.broken_off() {
        Some((packet, ResetCause::NobodyListens)) => {
            format!(": it was refused with a RST (packet {packet}). Capture while the server runs")
        }
        Some((packet, _)) => {
            format!(": a RST (packet {packet}) came before its handshake was complete. Capture one that goes on")
        }
        None => " in this capture: type a line at the client before the capture ends".to_owned(),
    };
    let another = if around.connections.len() > 1 {
        ", or choose another conversation with --flow N"
    } else {
        ""
    };
    format!("Conversation {} carries no data{why}{another}.", facts.conversation)
}

/// Who is meant by "the sender" where the questions do not say it: one direction is looked at.
pub(super) fn direction(facts: &TcpFacts, party: Party) -> String {
    let (own, other) = (facts.stream(party).reach(), facts.stream(party.other()).reach());
    match own.cmp(&other) {
        std::cmp::Ordering::Equal => format!(
            "About the data of the {party}, who sent first ({} in each direction).",
            bytes(own)
        ),
        _ => format!(
            "About the data of the {party}, who sent more: {} against {}.",
            bytes(own),
            bytes(other)
        ),
    }
}

fn first(facts: &TcpFacts, around: CaptureContext<'_>) -> Result<Answer, String> {
    let party = facts.first_sender.ok_or_else(|| no_data(facts, around))?;
    let stream = facts.stream(party);
    let sent = stream.sent.first().ok_or_else(|| no_data(facts, around))?;
    let count = sent.bytes.count();
    let turn = stream.first_turn();
    let fit = if turn <= count {
        format!(
            "Yes, all the data fit: the {party} sent no more than these {} before the {} answered or the capture ended.",
            bytes(count),
            party.other()
        )
    } else {
        format!(
            "No: the {party} sent {} before the {} sent data, {count} of them here.",
            bytes(turn),
            party.other()
        )
    };
    let receiver = match party {
        Party::Client => &facts.syn_ack,
        Party::Server => &facts.syn,
    };
    let most = receiver.as_ref().and_then(|opened| opened.mss);
    let mss = most.map_or_else(String::new, |mss| {
        format!(
            " The {} takes segments of at most {mss} bytes of data (its MSS option).",
            party.other()
        )
    });
    let from_start = if sent.sequence.relative == 1 {
        "The SYN took one number, so the first byte of data has the initial sequence number + 1."
    } else {
        "The capture does not have the beginning of this stream, or not in order: relative numbers show how far it is from the first \
         byte that was captured."
    };
    let answer = Answer::new(
        format!(
            "{} (packet {}, from the {party}); relative: {}. It carries {} of data.",
            sent.sequence.raw,
            sent.number,
            sent.sequence.relative,
            bytes(count)
        ),
        format!("{from_start}{mss}"),
    );
    Ok(answer.line(fit).proved(&sent.fields))
}

/// The round trip of a segment, where it can be told.
pub(super) fn sample(sent: &SentData) -> Option<i64> {
    let (_, time, _) = sent.acked?;
    between(sent.time, time).filter(|_| !sent.again)
}

fn times(facts: &TcpFacts, around: CaptureContext<'_>) -> Result<Answer, String> {
    let party = facts.main_sender().ok_or_else(|| no_data(facts, around))?;
    let stream = facts.stream(party);
    let mut answer = Answer::new(
        direction(facts, party),
        "SampleRTT is the time from the segment to the ACK that covers its last byte, as seen where it was captured. \
         EstimatedRTT = 0.875 x EstimatedRTT + 0.125 x SampleRTT; the first sample is taken as it is (RFC 6298 section 2). Of a \
         segment that was sent again there is no sample: it is unknown which of the two is acknowledged (Karn).",
    );
    let mut samples = Vec::new();
    for (index, sent) in stream.sent.iter().enumerate() {
        answer = answer.line(timed(index + 1, sent, around.start));
        samples.extend(sample(sent));
        // Its sequence number: the data do not matter here.
        answer = answer.proved(sent.fields.first());
    }
    for line in round_trips(&samples) {
        answer = answer.line(line);
    }
    if samples.len() < 2 {
        let have = count(samples.len() as u64, "segment");
        answer = answer.line(format!(
            "The capture has {have} of the {party} with a round trip, so there is no second sample: send more lines, or a longer one."
        ));
    }
    Ok(answer)
}

fn timed(count: usize, sent: &SentData, start: Option<Time>) -> String {
    let when = since_start(sent.time, start);
    let acked = match (sent.acked, sample(sent)) {
        (None, _) => "not acknowledged in this capture".to_owned(),
        (Some((packet, time, number)), round_trip) => {
            let at = since_start(time, start);
            let trip = match (round_trip, sent.again) {
                (Some(trip), _) => format!("SampleRTT = {}", milliseconds(trip)),
                (None, true) => "no SampleRTT, for it was sent again".to_owned(),
                (None, false) if sent.time.is_some() && time.is_some() => {
                    "no SampleRTT, for the clock of the capture went back".to_owned()
                }
                (None, false) => "no SampleRTT without times".to_owned(),
            };
            format!("acknowledged by packet {packet} (ack {}) at {at}: {trip}", number.raw)
        }
    };
    format!(
        "Segment {count}: packet {}, seq {} (relative {}), sent at {when}, {acked}.",
        sent.number, sent.sequence.raw, sent.sequence.relative
    )
}

fn lengths(facts: &TcpFacts, around: CaptureContext<'_>) -> Result<Answer, String> {
    let party = facts.main_sender().ok_or_else(|| no_data(facts, around))?;
    let stream = facts.stream(party);
    let receiver = match party {
        Party::Client => &facts.syn_ack,
        Party::Server => &facts.syn,
    };
    let mss = receiver.as_ref().and_then(|opened| opened.mss).map(u64::from);
    let larger = mss.filter(|&mss| stream.sizes.is_some_and(|(_, most)| most > mss));
    let mut answer = Answer::new(
        direction(facts, party),
        "No TCP field holds the data's length: it is IP's length less the IP header less the TCP header (data offset x 4).",
    );
    for (index, sent) in stream.sent.iter().enumerate() {
        let data = sent.bytes.count();
        let header = sent.tcp_header as u64;
        answer = answer.line(format!(
            "Segment {}: packet {}, {} of data + {header} of TCP header = {} of segment, in a frame of {}.",
            index + 1,
            sent.number,
            bytes(data),
            bytes(data + header),
            bytes(sent.frame as u64)
        ));
        answer = answer.proved(sent.fields.last());
    }
    if let Some(mss) = larger {
        answer = answer.line(format!(
            "A segment on the wire has at most {} of data (MSS): a network card divides the larger ones, or joined them before the capture.",
            bytes(mss)
        ));
    }
    if let Some((least, most)) = stream.sizes.filter(|_| stream.segments > TOLD as u64) {
        answer = answer.line(format!(
            "All {} segments with data of the {party} carry from {least} to {}.",
            grouped(stream.segments),
            bytes(most)
        ));
    }
    Ok(answer)
}
