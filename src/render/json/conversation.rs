//! What a packet does in its conversation, as the view shows it. The comments on keys are those of the schema.

use serde::Serialize;

use super::claim::{ClaimRecord, claims};
use super::end::EndRecord;
use super::reply::{ReplyRecord, replies};
use crate::explain::packet::words;
use crate::flow::datagram::{Datagram, DatagramPart, Notice};
use crate::flow::number::{ByteRange, Number};
use crate::flow::segment::{Acknowledged, Scale, Segment, SegmentPart, Window};
use crate::flow::state::{Change, State};
use crate::flow::{PacketInFlow, PacketKind, Party};

/// What a packet does in its conversation.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Conversation"))]
pub(super) struct ConversationRecord {
    /// Number of the conversation in this capture, from 1.
    number: u64,
    /// Place of the packet among those of the conversation, from 1.
    place: u64,
    /// Nanoseconds since the packet before in the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<i64>,
    /// By how many nanoseconds its time is before that of the packet before: the clock went back, and there is no `pause`.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_went_back: Option<u64>,
    /// Address and port of the client.
    client: EndRecord,
    /// Address and port of the server.
    server: EndRecord,
    /// How client and server are known: `seen` (a SYN, a request with its reply), `ports` (by their numbers), `first`
    /// (unknown: the end that sent the first packet is called the client).
    roles: &'static str,
    /// Who sent the packet: `client` or `server`. Absent of an ICMP error, which may come from a router.
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<&'static str>,
    /// Its part: `syn`, `data`, `request`, `notice` and others.
    part: &'static str,
    /// What it does in a TCP connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<SegmentRecord>,
    /// What a UDP datagram does.
    #[serde(skip_serializing_if = "Option::is_none")]
    datagram: Option<DatagramRecord>,
    /// What an ICMP error says.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<NoticeRecord>,
}

/// What a segment does in its connection.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Segment"))]
struct SegmentRecord {
    /// Why a RST was sent, as far as the packets show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    /// The client's state.
    client_state: ChangeRecord,
    /// The server's state.
    server_state: ChangeRecord,
    /// Its sequence number.
    sequence: NumberRecord,
    /// Its acknowledgment number.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledgment: Option<NumberRecord>,
    /// The data that it carries, as bytes of the sender's stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<BytesRecord>,
    /// What it acknowledges for the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledges: Option<AcknowledgedRecord>,
    /// Its window.
    window: WindowRecord,
    /// Bytes of the sender that are sent and not acknowledged, this segment's included.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_flight: Option<u64>,
    /// What is remarkable about it: `retransmission`, `zero-window` and others.
    remarks: Vec<&'static str>,
    /// Of a retransmission: number of the packet with the first transmission.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_sent: Option<u64>,
    /// From the packet that it answers to this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    round_trip: Option<RoundTripRecord>,
    /// Number of the packet whose timestamp it echoes.
    #[serde(skip_serializing_if = "Option::is_none")]
    echoes: Option<u64>,
    /// Why it came so long after the packet before.
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<&'static str>,
    /// What is claimed of its cause, how certain that is, and what shows it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims: Vec<ClaimRecord>,
}

/// The state of one end, by RFC 9293.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Change"))]
struct ChangeRecord {
    /// The state before the segment; `?` where it is not known.
    before: &'static str,
    /// The state after it; `?` where it is not known.
    after: &'static str,
    /// How `after` is known: `fact` (what the end sent proves it), `deduced`, `unknown`.
    certainty: &'static str,
    /// Where `after` is unknown: the last state that the end has shown, and the one to which all leads that was captured on its way to it,
    /// when that arrives in order. It is in one of them, or between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    one_of: Option<Vec<&'static str>>,
}

/// A sequence or acknowledgment number.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Number"))]
struct NumberRecord {
    /// As it is in the header.
    raw: u32,
    /// Counted from the initial sequence number of its stream. It does not wrap.
    relative: i64,
}

/// Bytes of a stream, both ends included.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Bytes"))]
struct BytesRecord {
    /// The first, counted from 1.
    first: i64,
    /// The last.
    last: i64,
}

/// What an acknowledgment number newly covers.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Acknowledged"))]
struct AcknowledgedRecord {
    /// The other end's SYN.
    syn: bool,
    /// Bytes of the other end's stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<BytesRecord>,
    /// The other end's FIN.
    fin: bool,
    /// Number of the last packet that is covered as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    packet: Option<u64>,
}

/// An advertised window.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Window"))]
struct WindowRecord {
    /// As it is in the header.
    raw: u16,
    /// By how many bits it is shifted, 0 to 14; absent where no window is scaled, and where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    shift: Option<u32>,
    /// The bytes that it means; absent where the scale was not captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
}

/// A measured round trip.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RoundTrip"))]
struct RoundTripRecord {
    /// Number of the packet that is answered.
    packet: u64,
    /// Nanoseconds between the two.
    nanoseconds: i64,
}

/// What a UDP datagram does.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Datagram"))]
struct DatagramRecord {
    /// Bytes of data.
    length: usize,
    /// Which of the client's datagrams it is, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    /// Of a request: an earlier packet with the same data that had no reply yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_data_as: Option<u64>,
    /// Of a copy: the packet that it repeats, with the same identification and data.
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<u64>,
    /// The request that it replies to, and how that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    replies: Option<ReplyRecord>,
}

/// What an ICMP error says about a packet.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Notice"))]
struct NoticeRecord {
    /// What it says: `port-unreachable` and others.
    says: &'static str,
    /// Number of the packet that it quotes, where that was captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<u64>,
    /// Nanoseconds since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    nanoseconds: Option<i64>,
    /// Of a copy: the packet that it repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<u64>,
}

/// The place of a packet in its conversation.
pub(super) fn conversation(in_flow: &PacketInFlow) -> ConversationRecord {
    let end = |party| {
        let end = in_flow.end(party);
        EndRecord {
            ip: end.ip(),
            port: Some(end.port()),
        }
    };
    let part = match &in_flow.kind {
        PacketKind::Segment(segment) => words::part(segment.part),
        PacketKind::Datagram(datagram) => words::datagram(datagram.part),
        PacketKind::Notice(_) => "notice",
    };
    ConversationRecord {
        number: in_flow.conversation,
        place: in_flow.place,
        pause: in_flow.pause.filter(|&pause| pause >= 0),
        clock_went_back: in_flow.pause.filter(|&pause| pause < 0).map(i64::unsigned_abs),
        client: end(Party::Client),
        server: end(Party::Server),
        roles: words::roles(in_flow.roles),
        sender: in_flow.notice().is_none().then(|| in_flow.sender.word()),
        part,
        segment: in_flow.segment().map(|one| segment(in_flow, one)),
        datagram: in_flow.datagram().map(datagram),
        notice: in_flow.notice().map(notice),
    }
}

fn segment(in_flow: &PacketInFlow, segment: &Segment) -> SegmentRecord {
    SegmentRecord {
        cause: match segment.part {
            SegmentPart::Reset(cause) => Some(words::cause(cause)),
            _ => None,
        },
        client_state: change(segment.client),
        server_state: change(segment.server),
        sequence: number(segment.sequence),
        acknowledgment: segment.acknowledgment.map(number),
        data: segment.data.map(bytes),
        acknowledges: segment
            .acknowledges
            .is_something()
            .then(|| acknowledged(segment.acknowledges)),
        window: window(segment.window),
        in_flight: segment.in_flight,
        remarks: segment.remarks.each().map(words::remark).collect(),
        first_sent: segment.first_sent,
        round_trip: segment.round_trip.map(|trip| RoundTripRecord {
            packet: trip.packet,
            nanoseconds: trip.time,
        }),
        echoes: segment.echoes,
        delay: segment.delay.map(words::delay),
        claims: claims(in_flow),
    }
}

fn change(change: Change) -> ChangeRecord {
    ChangeRecord {
        before: change.before.known().name(),
        after: change.after.known().name(),
        certainty: change.after.certainty().name(),
        one_of: change.after.one_of().map(|states| states.map(State::name).to_vec()),
    }
}

const fn number(number: Number) -> NumberRecord {
    NumberRecord {
        raw: number.raw.0,
        relative: number.relative,
    }
}

const fn bytes(bytes: ByteRange) -> BytesRecord {
    BytesRecord {
        first: bytes.first,
        last: bytes.last,
    }
}

fn acknowledged(new: Acknowledged) -> AcknowledgedRecord {
    AcknowledgedRecord {
        syn: new.syn,
        bytes: new.bytes.map(bytes),
        fin: new.fin,
        packet: new.packet,
    }
}

fn window(window: Window) -> WindowRecord {
    WindowRecord {
        raw: window.raw,
        shift: match window.scale {
            Scale::Shift(shift) => Some(shift.into()),
            Scale::OfSyn | Scale::NotOffered | Scale::NotCaptured => None,
        },
        bytes: window.bytes(),
    }
}

fn datagram(datagram: &Datagram) -> DatagramRecord {
    let part = datagram.part;
    let (count, same_data_as) = match part {
        DatagramPart::Request { count, repeats } => (Some(count), repeats),
        _ => (None, None),
    };
    DatagramRecord {
        length: datagram.length,
        count,
        same_data_as,
        copies: match part {
            DatagramPart::Copy { of } => Some(of),
            _ => None,
        },
        replies: replies(part),
    }
}

fn notice(notice: &Notice) -> NoticeRecord {
    NoticeRecord {
        says: words::icmp_error_kind(notice.says),
        about: notice.about,
        nanoseconds: notice.after,
        copies: notice.copies,
    }
}
