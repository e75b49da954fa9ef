//! The answers about a TCP transfer as a whole: windows, repetitions, acknowledgments, throughput, sockets.

use super::Answer;
use super::arithmetic::{between, list, since_start, throughput};
use super::opening::no_handshake;
use super::segments::{direction, no_data};
use super::streams::{Repeated, Smallest, StreamFacts};
use super::surroundings::CaptureContext;
use super::tcp_facts::{SynFacts, TcpFacts};
use crate::explain::{bytes, count, grouped};
use crate::flow::Party;
use crate::flow::segment::Scale;
use crate::render::text_style;
use crate::wire::tcp;

/// The answer to TCP's question of this number, 8 to 12, or what is missing.
pub(super) fn answer(number: u8, facts: &TcpFacts, around: CaptureContext<'_>) -> Result<Answer, String> {
    if number == 12 {
        return sockets(facts, around);
    }
    let party = facts.main_sender().ok_or_else(|| no_data(facts, around))?;
    let stream = facts.stream(party);
    match number {
        8 => window(facts, party, stream),
        9 => Ok(repetitions(facts, party, stream)),
        10 => acknowledgments(facts, party, stream),
        _ => rate(facts, party, stream, around),
    }
}

fn window(facts: &TcpFacts, party: Party, stream: &StreamFacts) -> Result<Answer, String> {
    let receiver = party.other();
    let windows = &stream.windows;
    let smallest = windows.smallest.as_ref().ok_or_else(|| {
        format!("No segment of the {receiver} after its SYN is in this capture: capture both directions, to the end.")
    })?;
    let throttled = match (windows.zeros, windows.full, windows.first_full) {
        (0, 0, _) => {
            let flight = windows.most_in_flight.map_or_else(String::new, |(most, packet)| {
                format!(
                    " At most {} were sent and not acknowledged (packet {packet}).",
                    bytes(most)
                )
            });
            format!("No, it never throttles the sender: no segment fills it to the last byte.{flight}")
        }
        (0, full, Some(packet)) => format!(
            "Yes, it throttles the sender: {} it to the last byte, first packet {packet}.",
            filling(full)
        ),
        (zeros, ..) => format!(
            "Yes, it throttles the sender: {} window of 0, which means stop.",
            announcing(zeros)
        ),
    };
    let answer = Answer::new(
        direction(facts, party),
        "The window is the room that the receiver has left in its buffer. It throttles the sender when as many bytes as that are sent \
         and not acknowledged. The windows of the SYNs do not count here: they are never scaled (RFC 7323 section 2.2).",
    );
    Ok(answer
        .line(smallest_window(receiver, smallest))
        .line(throttled)
        .proved(&smallest.field))
}

fn filling(count: u64) -> String {
    match count {
        1 => "1 segment fills".to_owned(),
        _ => format!("{} segments fill", grouped(count)),
    }
}

fn announcing(count: u64) -> String {
    match count {
        1 => "1 segment announces a".to_owned(),
        _ => format!("{} segments announce a", grouped(count)),
    }
}

fn smallest_window(receiver: Party, smallest: &Smallest) -> String {
    let Smallest {
        number,
        raw,
        scale,
        bytes,
        ..
    } = smallest;
    match (scale, bytes) {
        (Scale::Shift(shift), Some(bytes)) => format!(
            "The smallest window of the {receiver}: {raw} x 2^{shift} = {bytes} bytes (packet {number}; its SYN said shift {shift})."
        ),
        (_, Some(bytes)) => {
            format!(
                "The smallest window of the {receiver}: {bytes} bytes (packet {number}), not scaled: not both SYNs offered it."
            )
        }
        (_, None) => format!(
            "The smallest window of the {receiver}: {raw} (packet {number}), times a factor that only the SYNs tell, which are not in \
             this capture."
        ),
    }
}

fn repetitions(facts: &TcpFacts, party: Party, stream: &StreamFacts) -> Answer {
    let gaps = match facts.gaps {
        0 => String::new(),
        _ => " Bytes are missing in the capture, so some may have escaped it.".to_owned(),
    };
    let reason = "A segment that is sent again has a sequence number that was there before, with data, in the same direction. Without \
                  one the sequence numbers of the data only rise. Wireshark: tcp.analysis.retransmission.";
    let mut answer = Answer::new(direction(facts, party), reason);
    if stream.repetitions == 0 {
        answer = answer.line(format!(
            "None: no sequence number of the {party}'s data comes back ({} with data).{gaps}",
            count(stream.segments, "segment")
        ));
    } else {
        let listed: Vec<String> = stream.repeated.iter().map(repeated).collect();
        answer = answer.line(format!(
            "{} of {} with data: {}.{gaps}",
            grouped(stream.repetitions),
            count(stream.segments, "segment"),
            list(&listed)
        ));
        if stream.fast > 0 {
            answer = answer.line(format!(
                "{} after three duplicate ACKs (fast retransmission), without waiting for the timer.",
                stream.fast
            ));
        }
    }
    let other = facts.stream(party.other()).repetitions;
    if other > 0 {
        answer = answer.line(format!("In the other direction: {other}."));
    }
    if stream.duplicate_acks > 0 {
        answer = answer.line(format!(
            "Duplicate ACKs of the {}: {}.",
            party.other(),
            stream.duplicate_acks
        ));
    }
    answer
}

fn repeated(one: &Repeated) -> String {
    let number = one.number;
    match one.first_sent {
        Some(first) => format!("packet {number} repeats packet {first} (seq {})", one.sequence.raw),
        None => format!("packet {number} (seq {})", one.sequence.raw),
    }
}

fn acknowledgments(facts: &TcpFacts, party: Party, stream: &StreamFacts) -> Result<Answer, String> {
    let acks = &stream.acks;
    let (Some((most, most_in)), Some((least, least_in))) = (acks.most, acks.least) else {
        return Err(format!(
            "No ACK of the {party}'s data is in this capture: capture both directions, to the end."
        ));
    };
    let listed: Vec<String> = acks
        .examples
        .iter()
        .map(|(packet, count, _)| format!("packet {packet}: {}", bytes(*count)))
        .collect();
    let rounded = (acks.bytes + acks.count / 2) / acks.count.max(1);
    let sum = if acks.count == 1 {
        format!("1 ACK, for {}.", bytes(acks.bytes))
    } else {
        format!(
            "{} ACKs for {} together: {} / {} = about {rounded} bytes each, from {least} (packet {least_in}) to {most} (packet {most_in}).",
            acks.count,
            bytes(acks.bytes),
            acks.bytes,
            acks.count
        )
    };
    let several = match acks.first_several {
        None => "None covers two segments at once.".to_owned(),
        Some((packet, count)) => format!(
            "Of them {} for two segments or more, the first is packet {packet} ({count} segments).",
            if acks.several == 1 {
                "1 is".to_owned()
            } else {
                format!("{} are", acks.several)
            }
        ),
    };
    let answer = Answer::new(
        direction(facts, party),
        "An ACK covers all bytes before its number, so the bytes that it newly acknowledges are its number less the largest before it. \
         A receiver should acknowledge every second full segment at the latest, and must not wait 500 ms (RFC 9293 section 3.8.6.3). \
         It may cover more at once where its system takes segments in together.",
    );
    Ok(answer
        .line(sum)
        .line(format!("The first: {}.", list(&listed)))
        .line(several))
}

fn rate(facts: &TcpFacts, party: Party, stream: &StreamFacts, around: CaptureContext<'_>) -> Result<Answer, String> {
    let unknown = || {
        format!(
            "It takes the time of the first data of the {party} and of their last ACK: one of them is not in this capture, or has no time."
        )
    };
    let first = stream.sent.first().ok_or_else(unknown)?;
    let (last, last_time) = stream.acks.last.ok_or_else(unknown)?;
    let time = between(first.time, last_time).ok_or_else(unknown)?;
    let acked = stream.acks.bytes;
    let rate = throughput(acked, time).ok_or_else(unknown)?;
    let seconds = text_style::fraction(time < 0, time.unsigned_abs(), 1_000_000_000, 9);
    let answer = Answer::new(
        direction(facts, party),
        "Throughput is data delivered by time: the bytes that were acknowledged, each counted once, from the first data segment to the \
         last new ACK. A transfer of a few segments says more about the round trip than about the path.",
    );
    Ok(answer
        .line(format!(
            "Bytes: {acked}, acknowledged from packet {} to packet {last}.",
            first.number
        ))
        .line(format!(
            "Time: {} - {} = {seconds} s.",
            since_start(last_time, around.start),
            since_start(first.time, around.start)
        ))
        .line(format!(
            "{acked} bytes / {seconds} s = {rate} bytes per second = {} bits per second.",
            rate.saturating_mul(8)
        ))
        .proved(&first.fields))
}

fn sockets(facts: &TcpFacts, around: CaptureContext<'_>) -> Result<Answer, String> {
    let missing = || no_handshake(facts, "complete handshake");
    let syn = facts.syn.as_ref().ok_or_else(missing)?;
    let syn_ack = facts.syn_ack.as_ref().ok_or_else(missing)?;
    if let Some((reset, _)) = facts.broken_off() {
        return Ok(welcoming_alone(facts, syn, syn_ack, reset));
    }
    let completed = facts.completed.ok_or_else(missing)?;
    let port = facts.server.port();
    let same: Vec<u16> = around
        .connections
        .iter()
        .filter(|(_, _, server)| *server == facts.server)
        .map(|(_, client, _)| client.port())
        .collect();
    let mut answer = Answer::new(
        format!(
            "The welcoming socket (port {port}, listening): packet {}, the SYN.",
            syn.number
        ),
        "A SYN is for no connection yet, so it goes to the socket that listens. The kernel answers it, and when the ACK arrives it makes \
         the connection. accept() hands it to the program as the connection socket. A connection is known \
         by four numbers: both addresses and both ports.",
    )
    .line(format!(
        "The kernel makes the connection: it sends the SYN-ACK (packet {}) and takes the ACK (packet {completed}); no program does.",
        syn_ack.number
    ))
    .line(connection_socket(facts));
    if same.len() > 1 {
        const NAMED: usize = 5;
        let least = if around.has_more { "at least " } else { "" };
        let mut ports: Vec<String> = same.iter().take(NAMED).map(ToString::to_string).collect();
        if same.len() > NAMED {
            ports.push(format!("{least}{} more", same.len() - NAMED));
        }
        answer = answer.line(format!(
            "The capture has {least}{} connections to this port, each with a connection socket of its own; ports of the clients: {}.",
            same.len(),
            list(&ports)
        ));
    }
    Ok(answer.proved(syn.fields(&[tcp::id::DSTPORT, tcp::id::FLAGS])))
}

/// Which packets are for the socket that `accept()` returns.
fn connection_socket(facts: &TcpFacts) -> String {
    let Some(first) = facts.after_handshake else {
        return "No segment after the handshake is in this capture: the connection socket has none yet.".to_owned();
    };
    let last = facts.last_packet;
    let which = if first == last {
        format!("packet {first}")
    } else if last - first + 1 == facts.after {
        format!("the rest of the conversation, packets {first} to {last}")
    } else {
        format!(
            "the rest of the conversation, {} from {first} to {last} (what else lies between belongs to other conversations)",
            count(facts.after, "packet")
        )
    };
    format!(
        "The connection socket that accept() returns (port {} too, other end {}): {which}.",
        facts.server.port(),
        facts.client
    )
}

/// Of a connection that a RST ended before its handshake was complete.
fn welcoming_alone(facts: &TcpFacts, syn: &SynFacts, syn_ack: &SynFacts, reset: u64) -> Answer {
    Answer::new(
        format!(
            "The welcoming socket (port {}, listening): packet {}, the SYN.",
            facts.server.port(),
            syn.number
        ),
        "The kernel makes the connection when the handshake is complete. Until then it keeps only a request of the socket that listens.",
    )
    .line(format!("The kernel answers with the SYN-ACK (packet {}).", syn_ack.number))
    .line(format!(
        "There is no connection socket: the RST (packet {reset}) came before the handshake was complete, so accept() has none to return."
    ))
    .proved(syn.fields(&[tcp::id::DSTPORT, tcp::id::FLAGS]))
}
