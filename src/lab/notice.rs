//! What there is to notice in a run: sentences, each with the packet that shows it.

use super::result::{self, RunResult};
use crate::calls::{CallName, Role};
use crate::explain::count;
use crate::flow::PacketKind;
use crate::flow::conversation::{Connection, Conversation, Ending, Opening, Transport};
use crate::flow::segment::SegmentPart;

/// Something to notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Number of the packet that shows it, if one does.
    pub packet: Option<u64>,
    /// What, in one paragraph.
    pub text: String,
}

impl Notice {
    fn at(packet: u64, text: String) -> Self {
        Self {
            packet: Some(packet),
            text,
        }
    }

    /// Without a packet.
    #[must_use]
    pub const fn of_all(text: String) -> Self {
        Self { packet: None, text }
    }
}

/// One for each of these sentences.
#[must_use]
pub fn each(sentences: Vec<String>) -> Vec<Notice> {
    sentences.into_iter().map(Notice::of_all).collect()
}

/// Of the first TCP connection: its handshake, its first data, its end.
#[must_use]
pub fn of_tcp(result: &RunResult) -> Vec<Notice> {
    let first = result.conversations.iter().find_map(|one| match &one.transport {
        Transport::Tcp(connection) => Some((one, connection)),
        Transport::Udp(_) => None,
    });
    let Some((conversation, connection)) = first else {
        return Vec::new();
    };
    let notices = [
        handshake(result, conversation, connection),
        first_data(result, conversation),
        end(result, conversation, connection),
    ];
    notices.into_iter().flatten().collect()
}

/// The number of the first packet of the conversation that has this part.
fn packet_of(result: &RunResult, conversation: &Conversation, part: SegmentPart) -> Option<u64> {
    let mut packets = result.packets_in_conversation(conversation.number);
    packets.find_map(|(number, in_flow)| (in_flow.segment()?.part == part).then_some(number))
}

fn handshake(result: &RunResult, conversation: &Conversation, connection: &Connection) -> Option<Notice> {
    if connection.opening != Opening::Complete {
        return None;
    }
    let [syn, syn_ack, ack] = [SegmentPart::Syn, SegmentPart::SynAck, SegmentPart::HandshakeAck]
        .map(|part| packet_of(result, conversation, part));
    let (syn, _, ack) = (syn?, syn_ack?, ack?);
    let time = |number: u64| result.frames().get(usize::try_from(number - 1).ok()?)?.time;
    let connect = result
        .calls_of(Role::ClientSocket, CallName::Connect)
        .find(|call| call.local == Some(conversation.client) && call.result == 0);
    let is_inside = connect.is_some_and(|call| {
        let entered = call.entered.timestamp_nanos_opt().zip(time(syn));
        let returned = call.returned.timestamp_nanos_opt().zip(time(ack));
        entered.is_some_and(|(entered, syn)| entered <= syn.0)
            && returned.is_some_and(|(returned, ack)| ack.0 <= returned)
    });
    let inside = if is_inside {
        ", all inside one call, connect()"
    } else {
        ""
    };
    Some(Notice::at(
        syn,
        format!(
            "Three packets before any data: the three-way handshake{inside}. Each end sends its first number and gets it \
             acknowledged: ack=1 means \"the next byte I expect is number 1\", since the SYN used number 0."
        ),
    ))
}

fn first_data(result: &RunResult, conversation: &Conversation) -> Option<Notice> {
    let mut packets = result.packets_in_conversation(conversation.number);
    let (number, in_flow) = packets.find(|(_, in_flow)| result::data_of(in_flow) > 0)?;
    let bytes = result::data_of(in_flow);
    let frame = result.frames().get(usize::try_from(number - 1).ok()?)?;
    let packet = frame.decode();
    let payload = packet.payload().bytes;
    // Is it one whole line, and nothing but that?
    let line = payload.strip_suffix(b"\n").filter(|line| !line.contains(&b'\n'))?;
    (payload.len() as u64 == bytes).then(|| {
        Notice::at(
            number,
            format!(
                "{} of data: the {} of the line, and its line end \\n. TCP carries a stream without boundaries, so the line has to \
                 say where it ends.",
                count(bytes, "byte"),
                line.len()
            ),
        )
    })
}

fn end(result: &RunResult, conversation: &Conversation, connection: &Connection) -> Option<Notice> {
    let Ending::Closed(party) = connection.ending else {
        return None;
    };
    let number = packet_of(result, conversation, SegmentPart::FirstFin)?;
    Some(Notice::at(
        number,
        format!(
            "The {party} closed first, so the {party}'s end of the connection stays in TIME-WAIT, for 60 s on Linux, in case the last \
             ACK is lost."
        ),
    ))
}

/// Of the first exchange over UDP: no opening, no line end, the client's port.
#[must_use]
pub fn of_udp(result: &RunResult) -> Vec<Notice> {
    let Some(conversation) = result.conversations.first() else {
        return Vec::new();
    };
    let datagrams: Vec<u64> = result
        .packets_in_conversation(conversation.number)
        .filter(|(_, in_flow)| matches!(in_flow.kind, PacketKind::Datagram(_)))
        .map(|(number, _)| number)
        .collect();
    let Some(&first) = datagrams.first() else {
        return Vec::new();
    };
    let mut notices = Vec::new();
    if conversation.notices == 0 {
        notices.push(Notice::at(
            first,
            format!(
                "{}, and nothing before or after: UDP has no handshake and no end. Had one been lost, no packet would have said so.",
                count(datagrams.len() as u64, "datagram")
            ),
        ));
    }
    if let Some(&reply) = datagrams.get(1) {
        notices.push(Notice::at(
            reply,
            "The server replies to the address and the port that recvfrom() returned with the datagram: UDP has no connection that \
             keeps them."
                .to_owned(),
        ));
    }
    let mut sent = result.calls_of(Role::ClientSocket, CallName::SendTo);
    if sent.any(|call| call.result >= 0) {
        let unbound = result.calls_of(Role::ClientSocket, CallName::Bind).next().is_none();
        let port = if unbound {
            format!(
                " The client never called bind(): the kernel picked port {} for it.",
                conversation.client.port()
            )
        } else {
            String::new()
        };
        notices.push(Notice::of_all(format!(
            "sendto() hands the datagram to the kernel and returns; it does not wait for a reply.{port}"
        )));
    }
    notices
}
