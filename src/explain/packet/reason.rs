//! Why a packet was sent.

use super::super::by_protocol;
use super::super::context::is_to_many;
use super::super::sentence::Sentence;
use super::super::tcp::looks_like_refusal;
use super::super::words::bytes;
use super::acknowledged::newly_acknowledged;
use super::{datagram, notice, opening, order, reset};
use crate::flow::segment::{Segment, SegmentPart};
use crate::flow::state::State;
use crate::flow::{PacketInFlow, PacketKind, Roles};
use crate::wire::tcp::Flags;
use crate::wire::{Layer, Packet, Protocol};

/// Why it was sent: its role in the conversation, or as much as the packet alone shows.
#[must_use]
pub fn reason(packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) -> Option<Sentence> {
    let Some(in_flow) = in_flow else {
        return alone(packet);
    };
    let reason = match &in_flow.kind {
        PacketKind::Segment(segment) => segment_reason(packet, in_flow, segment),
        PacketKind::Datagram(carried) => datagram::reason(packet, in_flow, carried),
        PacketKind::Notice(error) => notice::reason(packet, in_flow, error),
    };
    Some(match in_flow.roles {
        Roles::First if in_flow.place == 1 && !is_to_many(in_flow) => sentence!(
            reason,
            ". It is not known yet which end is the client: the sender of the first captured packet is assumed"
        )
        .into(),
        _ => reason.into(),
    })
}

fn segment_reason(packet: &Packet<'_>, in_flow: &PacketInFlow, segment: &Segment) -> String {
    if in_flow.client == in_flow.server {
        return itself_reason(segment).into();
    }
    let (sender, receiver) = (in_flow.sender, in_flow.sender.other());
    let room = segment.window.bytes();
    match segment.part {
        SegmentPart::Syn
        | SegmentPart::SynAck
        | SegmentPart::OtherSynAck
        | SegmentPart::CrossingSyn
        | SegmentPart::HandshakeAck => opening::reason(packet, in_flow, segment),
        SegmentPart::ChallengeAck => sentence!(
            "challenge ACK: a segment came that does not fit the ",
            sender,
            "'s connection; this says what it expects (RFC 5961)"
        ),
        SegmentPart::Data => data_reason(packet, in_flow, segment),
        SegmentPart::Ack => {
            let new = newly_acknowledged(in_flow, segment);
            let window = match (&new, segment.signs.previous_window, room) {
                // Without SACK both look the same.
                (None, Some(_), Some(room)) => sentence!(
                    "; its window is ",
                    bytes(room),
                    " now: a new window, or an answer to what came twice or before its turn"
                ),
                _ => String::new(),
            };
            sentence!(
                "the ",
                sender,
                " acknowledges ",
                new.as_deref().unwrap_or("nothing new"),
                window
            )
        }
        SegmentPart::WindowUpdate => window_update(in_flow, segment),
        SegmentPart::KeepAlive => sentence!("keep-alive: asks whether the ", receiver, " is still there"),
        SegmentPart::KeepAliveAck => sentence!("answers the keep-alive: the ", sender, " is still there"),
        SegmentPart::WindowProbe => sentence!("window probe: asks whether the ", receiver, "'s window is still closed"),
        SegmentPart::WindowProbeAck => match room {
            Some(0) => "answers the window probe: still no room".into(),
            Some(room) => sentence!("answers the window probe: room for ", bytes(room)),
            None => "answers the window probe".into(),
        },
        SegmentPart::FirstFin | SegmentPart::SecondFin | SegmentPart::FinAck => closing_reason(in_flow, segment),
        SegmentPart::Reset(cause) => reset::reason(in_flow, segment, cause),
        SegmentPart::Copy => {
            let is_answer = packet
                .tcp()
                .is_some_and(|tcp| tcp.flags().has(Flags::SYN) && tcp.flags().has(Flags::ACK));
            order::copy(segment, is_answer)
        }
        SegmentPart::Damaged => sentence!(
            "damaged before it came here: its TCP checksum is wrong, and the ",
            sender,
            "'s were right before. The ",
            receiver,
            " drops it"
        ),
        SegmentPart::Stray => STRAY.into(),
    }
}

/// Nothing is new but the window.
fn window_update(in_flow: &PacketInFlow, segment: &Segment) -> String {
    let sender = in_flow.sender;
    let Some(now) = segment.window.bytes() else {
        return sentence!("the ", sender, " tells its new window");
    };
    match segment.signs.previous_window {
        Some(0) => sentence!("the ", sender, " has room again: its window is ", bytes(now), " now"),
        Some(before) if before < now => {
            sentence!(
                "the ",
                sender,
                " has more room: its window is ",
                bytes(now),
                " now, up from ",
                bytes(before)
            )
        }
        Some(before) => {
            sentence!(
                "the ",
                sender,
                " has less room: its window is ",
                bytes(now),
                " now, down from ",
                bytes(before)
            )
        }
        None => sentence!("the ", sender, "'s window is ", bytes(now), " now"),
    }
}

/// A socket that is connected to itself. RFC 9293 section 3.5, figure 7
const fn itself_reason(segment: &Segment) -> &'static str {
    match segment.part {
        SegmentPart::Syn => "the program called connect() to its socket's own address and port",
        SegmentPart::SynAck => "the socket answers its own SYN: a simultaneous open with itself",
        SegmentPart::HandshakeAck => "the socket acknowledges its own SYN, and is connected to itself",
        SegmentPart::Data => "carries data from the socket to itself",
        SegmentPart::FirstFin | SegmentPart::SecondFin => {
            "the program called close(): the socket closes its connection to itself"
        }
        SegmentPart::FinAck => "the socket acknowledges its own FIN",
        SegmentPart::Reset(_) => "breaks off the socket's connection to itself",
        SegmentPart::Stray => STRAY,
        _ => "the socket acknowledges to itself",
    }
}

fn closing_reason(in_flow: &PacketInFlow, segment: &Segment) -> String {
    let (sender, receiver) = (in_flow.sender, in_flow.sender.other());
    let new = newly_acknowledged(in_flow, segment);
    let what = match segment.part {
        SegmentPart::FirstFin => sentence!(
            "asks to close: the ",
            sender,
            " called close() or shutdown(), or its program ended"
        ),
        SegmentPart::SecondFin => {
            sentence!(
                "closes the other direction: the ",
                sender,
                " called close() too, or its program ended"
            )
        }
        _ => {
            let ended = |state| matches!(state, State::TimeWait | State::Closed);
            let both = ended(segment.client.after.when_received()) && ended(segment.server.after.when_received());
            let closed = if both {
                "; when this arrives, both directions are closed"
            } else {
                ""
            };
            let new = new.unwrap_or_else(|| sentence!("the ", receiver, "'s FIN"));
            return sentence!("the ", sender, " acknowledges ", new, closed);
        }
    };
    match (segment.data, new) {
        (None, None) => what,
        (Some(data), None) => sentence!(what, ", and carries ", data),
        (None, Some(new)) => sentence!(what, ", and acknowledges ", new),
        (Some(data), Some(new)) => sentence!(what, ", carries ", data, ", and acknowledges ", new),
    }
}

const STRAY: &str = "no segment of an orderly connection; scanners send such";

fn data_reason(packet: &Packet<'_>, in_flow: &PacketInFlow, segment: &Segment) -> String {
    let sender = in_flow.sender;
    let Some(data) = segment.data else {
        return sentence!("carries data of the ", sender);
    };
    let payload = packet.payload().bytes;
    let what = match is_line(payload) && payload.len() as u64 == data.count() {
        true if data.first == 1 => "the line",
        // What came before it decides, and is not at hand.
        true => "a line, or the end of one",
        false => "data",
    };
    let mut carried = sentence!(
        "carries ",
        what,
        ": ",
        data,
        " of what the ",
        sender,
        " handed to send()"
    );
    if let Some(new) = newly_acknowledged(in_flow, segment) {
        carried.extend([". Also acknowledges ", &new]);
    }
    carried
}

/// One line of text: its only end of line is its last byte.
fn is_line(data: &[u8]) -> bool {
    let Some(text) = data.strip_suffix(b"\n") else {
        return false;
    };
    !text.contains(&b'\n') && !text.contains(&0) && std::str::from_utf8(data).is_ok()
}

/// As much as the packet alone shows.
fn alone(packet: &Packet<'_>) -> Option<Sentence> {
    if let Some(tcp) = packet.tcp() {
        let length = packet.layer(Protocol::Tcp).map_or(0, Layer::payload_length);
        if looks_like_refusal(&tcp) {
            return Some(
                sentence!(
                    "answers a segment for which there is no connection, most likely a SYN: nothing listens on port ",
                    tcp.source_port()
                )
                .into(),
            );
        }
        return segment_alone(tcp.flags(), length as u64);
    }
    if let Some(udp) = packet.udp() {
        let layer = packet.layer(Protocol::Udp)?;
        return Some(if datagram::is_first_fragment(packet) {
            let whole = u64::from(udp.length()).saturating_sub(layer.header_length() as u64);
            sentence!(
                "the first piece of a datagram with ",
                bytes(whole),
                ": one sendto(), several IP packets"
            )
            .into()
        } else {
            sentence!(
                "a program called sendto() with ",
                bytes(layer.payload_length() as u64),
                "; one call, one datagram"
            )
            .into()
        });
    }
    if let Some(error) = notice::alone(packet) {
        return Some(error);
    }
    by_protocol::reason(packet.layers().iter().rfind(|layer| !layer.is_quoted())?)
}

fn segment_alone(flags: Flags, length: u64) -> Option<Sentence> {
    let has = |flag| flags.has(flag);
    Some(match (has(Flags::SYN), has(Flags::ACK)) {
        (true, _) if has(Flags::FIN) || has(Flags::RST) => STRAY.into(),
        (true, false) => "step 1 of 3 of the handshake: the client called connect()".into(),
        (true, true) => "step 2 of 3 of the handshake: the server's kernel answers".into(),
        _ if has(Flags::RST) => "breaks the connection off".into(),
        _ if has(Flags::FIN) => "the sender called close() or shutdown(), or its program ended".into(),
        _ if length > 0 => sentence!("carries ", bytes(length), " of what the program handed to send()").into(),
        _ => return None,
    })
}
