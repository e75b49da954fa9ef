//! A conversation as a whole, and a socket call beside it, as the view shows them. The comments on keys are those of the
//! schemas.

use serde::Serialize;

use super::convert::rfc3339;
use super::end::EndRecord;
use crate::calls::Call;
use crate::explain::packet::words;
use crate::flow::Party;
use crate::flow::conversation::{Connection, Conversation, Count, End, Ending, Exchange, Opening, Transport};
use crate::flow::state::State;
use crate::timeline::{CallPacketPair, PacketRef, PartyCall, Timeline};

/// A conversation as a whole: a line of its own, after its packets.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ConversationLine"))]
pub(super) struct ConversationLine {
    /// What distinguishes this line from a packet's, which has no such key: `conversation`.
    line: &'static str,
    /// Its number in this capture, from 1.
    number: u64,
    /// Address and port of the client.
    client: EndRecord,
    /// Address and port of the server.
    server: EndRecord,
    /// How client and server are known: `seen`, `ports` or `first`.
    roles: &'static str,
    /// When its first packet was captured: RFC 3339, UTC, nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    /// When its last packet was captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    /// What the client sent.
    from_client: CountRecord,
    /// What the server sent.
    from_server: CountRecord,
    /// ICMP errors about it.
    notices: u64,
    /// How many of all these are copies: captured twice, or repeated on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<u64>,
    /// What only a TCP connection has.
    #[serde(skip_serializing_if = "Option::is_none")]
    tcp: Option<ConnectionRecord>,
    /// What only datagrams have.
    #[serde(skip_serializing_if = "Option::is_none")]
    udp: Option<ExchangeRecord>,
}

/// What one end sent.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Count"))]
struct CountRecord {
    /// Packets.
    packets: u64,
    /// Bytes of these frames before the capture cut them, all headers included; of the loopback too, whose headers go over no wire.
    frame_bytes: u64,
    /// Data bytes in them, repetitions counted again.
    data_bytes: u64,
}

/// A TCP connection.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Connection"))]
struct ConnectionRecord {
    /// How it began: `complete`, `simultaneous`, `refused`, `unanswered`, `not-completed`, `broken-off`, `split`, `before-capture`.
    opening: &'static str,
    /// How it ended: `open`, `half-closed`, `closed`, `closed-together`, `reset`.
    ending: &'static str,
    /// Who closed first or sent the RST: `client` or `server`.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_by: Option<&'static str>,
    /// Nanoseconds from the SYN to the segment that completed the handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    handshake: Option<i64>,
    /// Nanoseconds from the SYN to the SYN-ACK: the round trip as seen where it was captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    round_trip: Option<i64>,
    /// Segments that repeat what was sent before.
    retransmissions: u64,
    /// Is it a later connection between the addresses and ports of one before?
    reuses_ports: bool,
    /// The client's end.
    client: EndOfConnection,
    /// The server's end.
    server: EndOfConnection,
}

/// One end of a connection.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "EndOfConnection"))]
struct EndOfConnection {
    /// Its state after the last packet, as RFC 9293 names it; `?`: not known.
    state: &'static str,
    /// How it is known: `fact` (what the end sent proves it), `deduced`, `unknown`.
    certainty: &'static str,
    /// Where it is unknown: the last state that it has shown, and the one to which all leads that was captured on its way to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    one_of: Option<Vec<&'static str>>,
    /// Its initial sequence number, if its SYN was captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_sequence_number: Option<u32>,
    /// Largest segment that it takes, in bytes, if its SYN said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    mss: Option<u16>,
    /// By how many bits its windows are shifted, if its SYN had the option.
    #[serde(skip_serializing_if = "Option::is_none")]
    window_shift: Option<u8>,
    /// Does it take selective acknowledgments?
    sack_permitted: bool,
    /// Its data bytes that the other end acknowledged.
    acknowledged: u64,
    /// The smallest window that it advertised after its SYN, in bytes, where the scale is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    smallest_window: Option<u64>,
}

/// Datagrams between two sockets.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Exchange"))]
struct ExchangeRecord {
    /// Datagrams from the client, copies not counted.
    requests: u64,
    /// Requests that have a reply, second replies not counted.
    answered: u64,
    /// Requests for which no reply was captured, those included that an ICMP error refused. Whether the request or its reply was lost, or
    /// none was sent, one capture does not show.
    unanswered: u64,
    /// Those of them that an ICMP error is about.
    refused: u64,
    /// Of those without a reply and without an ICMP error the latest, 64 at most: the numbers of their packets.
    no_reply: Vec<u64>,
    /// Requests of which the reply came from another address or port, so in another conversation: their packets, 64 at most.
    elsewhere: Vec<u64>,
    /// From the requests to their replies, where it is known which reply is whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    round_trips: Option<RoundTripsRecord>,
}

/// Round trips, summed up as ping(8) does.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RoundTrips"))]
struct RoundTripsRecord {
    /// How many were measured.
    count: u64,
    /// The shortest, in nanoseconds.
    min: u64,
    /// Their mean, in nanoseconds, rounded down.
    avg: u64,
    /// The longest, in nanoseconds.
    max: u64,
    /// The square root of their variance, in nanoseconds, rounded down.
    mdev: u64,
}

/// A socket call of a conversation: a line of its own, after that of the conversation.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CallLine"))]
pub(super) struct CallLine<'r> {
    /// What distinguishes this line from a packet's, which has no such key: `call`.
    line: &'static str,
    /// Number of its conversation.
    conversation: u64,
    /// Who called: `client` or `server`.
    party: &'static str,
    /// Numbers of the packets that it sent, as far as they are known to be its.
    sent: Vec<u64>,
    /// Numbers of the packets that it cannot have returned before.
    waited_for: Vec<u64>,
    /// The call as it is in the call log.
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, serde_json::Value>"))]
    call: &'r Call,
}

pub(super) fn conversation(whole: &Conversation) -> ConversationLine {
    let end = |address: std::net::SocketAddr| EndRecord {
        ip: address.ip(),
        port: Some(address.port()),
    };
    let (tcp, udp) = match &whole.transport {
        Transport::Tcp(connection) => (Some(connection_record(connection)), None),
        Transport::Udp(exchange) => (None, Some(exchange_record(exchange))),
    };
    ConversationLine {
        line: "conversation",
        number: whole.number,
        client: end(whole.client),
        server: end(whole.server),
        roles: words::roles(whole.roles),
        first: whole.first.map(rfc3339),
        last: whole.last.map(rfc3339),
        from_client: count(whole.from_client),
        from_server: count(whole.from_server),
        notices: whole.notices,
        copies: Some(whole.copies).filter(|&copies| copies > 0),
        tcp,
        udp,
    }
}

const fn count(count: Count) -> CountRecord {
    CountRecord {
        packets: count.packets,
        frame_bytes: count.frame_bytes,
        data_bytes: count.data_bytes,
    }
}

fn exchange_record(exchange: &Exchange) -> ExchangeRecord {
    ExchangeRecord {
        requests: exchange.requests,
        answered: exchange.answered,
        unanswered: exchange.unanswered,
        refused: exchange.refused,
        no_reply: exchange.waiting.clone(),
        elsewhere: exchange.elsewhere.clone(),
        round_trips: exchange.round_trips.map(|trips| RoundTripsRecord {
            count: trips.count,
            min: trips.min,
            avg: trips.average(),
            max: trips.max,
            mdev: trips.deviation(),
        }),
    }
}

fn connection_record(connection: &Connection) -> ConnectionRecord {
    let (ending, ended_by) = match connection.ending {
        Ending::Open => ("open", None),
        Ending::HalfClosed(first) => ("half-closed", Some(first)),
        Ending::Closed(first) => ("closed", Some(first)),
        Ending::ClosedTogether => ("closed-together", None),
        Ending::Reset(sender) => ("reset", Some(sender)),
    };
    ConnectionRecord {
        opening: match connection.opening {
            Opening::Complete => "complete",
            Opening::Simultaneous => "simultaneous",
            Opening::Refused => "refused",
            Opening::Unanswered => "unanswered",
            Opening::NotCompleted => "not-completed",
            Opening::BrokenOff => "broken-off",
            Opening::Split => "split",
            Opening::BeforeCapture => "before-capture",
        },
        ending,
        ended_by: ended_by.map(Party::word),
        handshake: connection.handshake_time,
        round_trip: connection.handshake_round_trip,
        retransmissions: connection.retransmissions,
        reuses_ports: connection.reuses_ports,
        client: end_of_connection(&connection.client),
        server: end_of_connection(&connection.server),
    }
}

fn end_of_connection(end: &End) -> EndOfConnection {
    EndOfConnection {
        state: end.observed_state.known().name(),
        certainty: end.observed_state.certainty().name(),
        one_of: end
            .observed_state
            .one_of()
            .map(|states| states.map(State::name).to_vec()),
        initial_sequence_number: end.start.map(|start| start.0),
        mss: end.mss,
        window_shift: end.shift,
        sack_permitted: end.sack_permitted,
        acknowledged: end.acknowledged,
        smallest_window: end.smallest_window,
    }
}

/// The call at `index` of the timeline of these packets.
pub(super) fn call<'r>(
    conversation: u64,
    packets: &[PacketRef],
    timeline: &Timeline,
    index: usize,
    party_call: &'r PartyCall,
) -> CallLine<'r> {
    let numbers = |links: &[CallPacketPair]| {
        let own = links.iter().filter(|link| link.call == index);
        let mut numbers: Vec<u64> = own
            .filter_map(|link| packets.get(link.packet).map(|seen| seen.number))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    };
    CallLine {
        line: "call",
        conversation,
        party: party_call.party.word(),
        sent: numbers(&timeline.sent),
        waited_for: numbers(&timeline.waited_for),
        call: &party_call.call,
    }
}
