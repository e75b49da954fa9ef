//! Sentences about a conversation, and why nothing happens in it.

use super::{Gap, GapReason, LadderInput, requests, undecided};
use crate::calls::CallName;
use crate::explain::{count, duration};
use crate::flow::Party;
use crate::flow::conversation::{Connection, Conversation, Ending, Opening, Transport};
use crate::flow::segment::{Delay, SegmentPart};
use crate::flow::state::State;
use crate::render::text_style::{fraction, rounded};
use crate::timeline::EventKind;

/// A gap in one sentence, without its end.
pub(in crate::render) fn gap(gap: &Gap) -> String {
    let reasons: Vec<String> = gap.reasons.iter().map(|reason| self::reason(*reason)).collect();
    let length = duration(gap.length);
    if reasons.is_empty() {
        format!("{length}: reason unknown")
    } else {
        format!("{length}: {}", reasons.join("; "))
    }
}

fn reason(reason: GapReason) -> String {
    match reason {
        GapReason::Delay(delay, sender) => match delay {
            Delay::DelayedAck => format!("the {sender}'s delayed ACK, which waited for data to ride on"),
            Delay::PathOrDelayedAck => format!("the path to the {sender} and back, or its delayed ACK"),
            Delay::PathOrIdle => format!("the path to the {sender} and back, or nothing to send"),
            Delay::RetransmissionTimer => format!("the {sender}'s retransmission timer"),
            Delay::TailLossProbe => format!("the {sender}'s tail loss probe"),
            Delay::TimerOrProbe => format!("the {sender}'s retransmission timer or tail loss probe"),
            Delay::Idle => "neither end sends: a program works, or a user types".to_owned(),
            Delay::KeepAliveTimer => format!("the {sender}'s keep-alive timer"),
            Delay::SmallWindow(party) => format!("the {party}'s window has no room for a full segment"),
            Delay::ZeroWindow(party) => format!("the {party}'s window is closed"),
        },
        GapReason::Answer(party) => format!("to the {party} and back, its own time included"),
        GapReason::Challenge(party) => {
            format!("until a segment that does not fit this connection came to the {party}")
        }
        GapReason::NothingCame => {
            "nothing came here: a program works, a user types, or a packet was lost or under way".to_owned()
        }
        GapReason::NotThere(party) => format!("no {party} yet"),
        GapReason::Busy(Party::Client) => "the client makes no socket call: it works, or a user types".to_owned(),
        // Meanwhile it may serve others.
        GapReason::Busy(Party::Server) => "the server makes no socket call here".to_owned(),
        GapReason::Waiting(party, name) => format!("the {party} waits in {name}()"),
    }
}

/// How the conversation went.
pub(super) fn outcome(input: &LadderInput<'_>) -> Vec<String> {
    let conversation = input.conversation;
    let mut outcome = match &conversation.transport {
        Transport::Tcp(connection) => {
            let mut outcome = vec![opening(connection)];
            outcome.extend(calls_of_opening(input));
            outcome.extend(data(conversation, connection));
            outcome.extend(ending(conversation, connection));
            outcome.extend(requests::copies(conversation));
            outcome
        }
        Transport::Udp(exchange) => requests::outcome(conversation, exchange),
    };
    outcome.extend(undecided::sentence(input));
    outcome
}

fn opening(connection: &Connection) -> String {
    match connection.opening {
        Opening::Complete => match connection.handshake_time {
            Some(time) => format!("The handshake took {}", duration(time)),
            None => "The handshake is complete".to_owned(),
        },
        Opening::Simultaneous => "Both ends opened at once".to_owned(),
        Opening::Split => {
            "The handshake took four steps: the server answered with a SYN of its own (split handshake)".to_owned()
        }
        Opening::Refused => "The connection was refused".to_owned(),
        Opening::Unanswered if connection.is_challenged => {
            "The SYN was answered with a challenge ACK of the connection before (RFC 9293 section 3.5.1)".to_owned()
        }
        Opening::Unanswered => "No answer to the SYN was captured".to_owned(),
        Opening::NotCompleted => {
            "Nothing here shows that the handshake was completed: its last ACK was not captured".to_owned()
        }
        Opening::BrokenOff => {
            "The client did not complete the handshake: it reset the connection after the SYN-ACK".to_owned()
        }
        Opening::BeforeCapture => "The connection began before the capture".to_owned(),
    }
}

/// What the calls show about the handshake: it happens inside `connect()`, and without `accept()`.
fn calls_of_opening(input: &LadderInput<'_>) -> Vec<String> {
    let events = &input.timeline.events;
    let packet = |wanted: SegmentPart| {
        events.iter().position(|event| match event.kind {
            EventKind::Packet(index) => {
                let segment = input.packets.get(index).and_then(|seen| seen.in_flow.segment());
                segment.is_some_and(|segment| segment.part == wanted)
            }
            _ => false,
        })
    };
    let call = |name: CallName, moment: fn(usize) -> EventKind| {
        let calls = input.timeline.calls.iter();
        let index = calls
            .into_iter()
            .position(|party_call| party_call.call.call == name && party_call.call.result >= 0)?;
        events.iter().position(|event| event.kind == moment(index))
    };
    let (Some(syn), Some(answer), Some(done)) = (
        packet(SegmentPart::Syn),
        packet(SegmentPart::SynAck),
        packet(SegmentPart::HandshakeAck),
    ) else {
        return Vec::new();
    };
    let mut outcome = Vec::new();
    let span = |name: CallName| call(name, EventKind::Entered).zip(call(name, EventKind::Returned));
    if span(CallName::Connect).is_some_and(|(entered, returned)| entered < syn && answer < returned) {
        outcome.push("It happened while the client was in connect()".to_owned());
    }
    if let Some((entered, returned)) = span(CallName::Accept).filter(|&(_, returned)| done < returned) {
        let later = |place: usize| {
            let times = (events.get(place)?.time?, events.get(done)?.time?);
            Some(duration(times.0.saturating_sub(times.1)))
        };
        let kernel = "The server's kernel completed it without the program";
        let late_accept = if done < entered {
            later(entered).map(|time| format!("{kernel}: accept() was called {time} later"))
        } else {
            later(returned).map(|time| format!("{kernel}: accept() returned {time} later"))
        };
        outcome.extend(late_accept);
    }
    outcome
}

fn data(conversation: &Conversation, connection: &Connection) -> Option<String> {
    let (client, server) = (connection.client.acknowledged, connection.server.acknowledged);
    let sent = conversation.from_client.data_bytes + conversation.from_server.data_bytes;
    let repeated = match connection.retransmissions {
        0 => String::new(),
        times => format!(", with {}", count(times, "retransmission")),
    };
    let captured = [
        conversation.from_client.packets > 0,
        conversation.from_server.packets > 0,
    ];
    (sent > 0).then(|| match captured {
        // What an end says to have received is in its own packets.
        [true, false] => one_direction(Party::Server, server, &repeated),
        [false, true] => one_direction(Party::Client, client, &repeated),
        _ => format!(
            "{} from the client and {} from the server were acknowledged{repeated}",
            count(client, "byte"),
            count(server, "byte")
        ),
    })
}

/// How much was acknowledged where nothing of `missing` was captured: the last number of its stream may be its FIN's, and what it
/// acknowledged of the other one is not known.
fn one_direction(missing: Party, numbers: u64, repeated: &str) -> String {
    let acknowledged = match numbers.checked_sub(1) {
        Some(less) => format!("{} and a FIN, or {},", count(less, "byte"), count(numbers, "byte")),
        None => count(numbers, "byte"),
    };
    format!(
        "{acknowledged} from the {missing} were acknowledged{repeated}; no packet of the {missing} was captured, so what arrived of \
         the {}'s bytes is unknown",
        missing.other()
    )
}

fn ending(conversation: &Conversation, connection: &Connection) -> Option<String> {
    let is_captured = |party| match party {
        Party::Client => conversation.from_client.packets > 0,
        Party::Server => conversation.from_server.packets > 0,
    };
    if matches!(
        connection.opening,
        Opening::Refused | Opening::BrokenOff | Opening::Unanswered
    ) {
        return None;
    }
    let ending = match connection.ending {
        Ending::Open => "Its end is not in the capture".to_owned(),
        Ending::HalfClosed(party) if !is_captured(party.other()) => format!(
            "The {party} has closed its direction; no packet of the {} was captured, so whether it has is unknown",
            party.other()
        ),
        Ending::HalfClosed(party) => format!("The {party} has closed its direction, the {} has not", party.other()),
        Ending::Closed(party) => format!("The {party} closed first"),
        Ending::ClosedTogether => "Both closed at once".to_owned(),
        Ending::Reset(party) => format!("The {party} reset the connection"),
    };
    let waits: Vec<Party> = [(Party::Client, &connection.client), (Party::Server, &connection.server)]
        .into_iter()
        .filter(|(_, end)| end.observed_state.when_received() == State::TimeWait)
        .map(|(party, _)| party)
        .collect();
    Some(match waits.as_slice() {
        [] => ending,
        [party] => format!("{ending}, so the {party} stays in TIME-WAIT (60 s on Linux)"),
        _ => format!("{ending}, and both stay in TIME-WAIT (60 s on Linux)"),
    })
}

/// A time since the first packet, or before it.
pub(super) fn moment(nanoseconds: i64) -> String {
    let time = fraction(false, rounded(nanoseconds.unsigned_abs(), 1_000), 1_000, 3);
    let time = format!("{time} ms");
    if nanoseconds < 0 {
        format!("{time} before the first packet")
    } else {
        format!("After {time}")
    }
}
