//! Why a packet was sent.

use super::super::by_protocol;
use super::super::context::is_to_many;
use super::super::sentence::{SENTENCE, Sentence, SentencePart};
use super::super::tcp::looks_like_refusal;
use super::super::words::{bytes, duration};
use super::order;
use crate::flow::datagram::{Datagram, DatagramPart, IcmpErrorKind, Notice};
use crate::flow::segment::{ResetCause, Segment, SegmentPart};
use crate::flow::state::State;
use crate::flow::{PacketInFlow, PacketKind, Roles};
use crate::wire::tcp::Flags;
use crate::wire::{Completeness, Layer, Packet, Protocol};

/// Why it was sent: its role in the conversation, or as much as the packet alone shows.
#[must_use]
pub fn reason(packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) -> Option<Sentence> {
    let Some(in_flow) = in_flow else {
        return alone(packet);
    };
    let reason = match &in_flow.kind {
        PacketKind::Segment(segment) => segment_reason(packet, in_flow, segment),
        PacketKind::Datagram(datagram) => datagram_reason(packet, in_flow, datagram),
        PacketKind::Notice(notice) => notice_reason(packet, in_flow, notice),
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
        SegmentPart::Syn | SegmentPart::SynAck | SegmentPart::CrossingSyn | SegmentPart::HandshakeAck => {
            opening_reason(packet, in_flow, segment)
        }
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
        SegmentPart::Reset(cause) => reset_reason(in_flow, cause),
        SegmentPart::Copy => {
            let is_answer = packet
                .tcp()
                .is_some_and(|tcp| tcp.flags().has(Flags::SYN) && tcp.flags().has(Flags::ACK));
            order::copy(segment, is_answer)
        }
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

fn opening_reason(packet: &Packet<'_>, in_flow: &PacketInFlow, segment: &Segment) -> String {
    let (sender, receiver) = (in_flow.sender, in_flow.sender.other());
    let new = newly_acknowledged(in_flow, segment).unwrap_or_else(|| sentence!("the ", receiver, "'s SYN"));
    match segment.part {
        // A program that calls connect() has a kernel, and a kernel sends its MSS (RFC 9293, section 3.7.1).
        SegmentPart::Syn if packet.tcp().is_some_and(|tcp| tcp.options().next().is_none()) => {
            "step 1 of 3 of the handshake: asks to open. It offers no option, not even an MSS: most likely no kernel made it \
             for a connect(), but a program such as a port scanner"
                .into()
        }
        SegmentPart::Syn => "step 1 of 3 of the handshake: the client called connect()".into(),
        SegmentPart::SynAck => {
            sentence!("step 2 of 3 of the handshake: the server's kernel agrees, and acknowledges ", new)
        }
        SegmentPart::CrossingSyn => {
            "asks to open while the other end asks too: both called connect() (simultaneous open)".into()
        }
        _ => {
            // RFC 7413: with data in its SYN that were taken, the server's program has them already.
            let accepted = if segment.sequence.relative > 1 {
                "the server's accept() could return before, at the data of the SYN"
            } else {
                "the server's accept() can return now"
            };
            let step_3 = sentence!("step 3 of 3 of the handshake: the ", sender, " acknowledges ", new, "; ", accepted);
            match segment.data {
                Some(data) => sentence!(step_3, ". It carries ", data, " already"),
                None => step_3,
            }
        }
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
            let both = ended(segment.client.after.state) && ended(segment.server.after.state);
            let closed = if both { "; both directions are closed now" } else { "" };
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
    let what = if is_line(payload) && payload.len() as u64 == data.count() {
        "the line"
    } else {
        "data"
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
    let text = data.strip_suffix(b"\n").unwrap_or_default();
    data.len() > 1 && !text.contains(&b'\n') && !text.contains(&0) && std::str::from_utf8(data).is_ok()
}

/// `bytes 1 to 12 (packet 4)`, `the client's SYN (packet 1)`: what is acknowledged for the first time.
fn newly_acknowledged(in_flow: &PacketInFlow, segment: &Segment) -> Option<String> {
    let other = in_flow.sender.other();
    let new = segment.acknowledges;
    if !new.is_something() {
        return None;
    }
    let mut text = String::with_capacity(SENTENCE);
    let mut add = |what: &dyn SentencePart| {
        if !text.is_empty() {
            text.push_str(" and ");
        }
        what.add_to(&mut text);
    };
    if new.syn {
        add(&sentence!("the ", other, "'s SYN"));
    }
    if let Some(bytes) = new.bytes {
        add(&bytes);
    }
    if new.fin {
        add(&sentence!("the ", other, "'s FIN"));
    }
    let (which, packet) = match (new.packet, segment.echoes) {
        // Of a SYN that was sent more than once, the timestamp shows which one is answered.
        (Some(first), Some(echoed)) if new.syn && echoed > first => (" (packet ", echoed),
        (Some(last), _) if new.several => (" (up to packet ", last),
        (Some(packet), _) => (" (packet ", packet),
        (None, _) => return Some(text),
    };
    text.push_str(which);
    packet.add_to(&mut text);
    text.push(')');
    Some(text)
}

fn reset_reason(in_flow: &PacketInFlow, cause: ResetCause) -> String {
    let sender = in_flow.sender;
    match cause {
        ResetCause::NobodyListens => {
            let port = in_flow.end(sender).port();
            sentence!("refuses the connection: nothing listens on port ", port, ", or a firewall says so")
        }
        ResetCause::HalfOpenScan => {
            "breaks off as soon as the port has answered: a scan that only asked whether it is open, or a client that gave up"
                .into()
        }
        ResetCause::NoSuchConnection => {
            sentence!("the ", sender, " does not have this connection: it was restarted, or has forgotten it")
        }
        ResetCause::DataAfterClose => {
            sentence!("breaks off: data came after the ", sender, "'s program had closed, or lay unread when it did")
        }
        ResetCause::Abort => sentence!("breaks off at once: the ", sender, "'s program closed with data unread, or wanted it so (SO_LINGER 0), or was killed; the wire does not tell which"),
    }
}

fn datagram_reason(packet: &Packet<'_>, in_flow: &PacketInFlow, datagram: &Datagram) -> String {
    let sender = in_flow.sender;
    let length = bytes(datagram.length as u64);
    let call = if is_first_fragment(packet) {
        sentence!(
            "called sendto() with ",
            length,
            ": one call, one datagram, several IP packets, of which this is the first"
        )
    } else {
        sentence!("called sendto() with ", length, ": one call, one datagram")
    };
    if is_to_many(in_flow) {
        return sentence!("a datagram for every program that listens: a program ", call);
    }
    match datagram.part {
        DatagramPart::Request { count: 1 } => sentence!("a request: the ", sender, " ", call),
        DatagramPart::Request { count } => sentence!("datagram ", count, " of the ", sender, ": it ", call),
        DatagramPart::Reply { request, after } => {
            let after = after.map_or(String::new(), |after| sentence!(", ", duration(after), " later"));
            sentence!("the reply to packet ", request, after, ": the ", sender, " ", call)
        }
        DatagramPart::Unasked => sentence!("comes without a request that waits for it: the ", sender, " ", call),
    }
}

fn is_first_fragment(packet: &Packet<'_>) -> bool {
    packet
        .layer(Protocol::Udp)
        .is_some_and(|layer| layer.completeness() == Completeness::FirstFragment)
}

fn notice_reason(packet: &Packet<'_>, in_flow: &PacketInFlow, notice: &Notice) -> String {
    // The one who is told sent the packet that is quoted.
    let other = in_flow.sender.other();
    let known = notice.about.map(|number| sentence!("packet ", number));
    let which = known.unwrap_or_else(|| sentence!("a packet of the ", other, "'s"));
    let port = packet.quoted_endpoints().map(|(_, to)| to.port());
    let what = match (notice.says, port) {
        (IcmpErrorKind::PortUnreachable, Some(port)) => sentence!("did not arrive: no program listens on port ", port),
        (IcmpErrorKind::PortUnreachable, None) => "did not arrive: no program listens on its port".into(),
        (IcmpErrorKind::Unreachable, _) => "did not arrive: its host, network or protocol cannot be reached".into(),
        (IcmpErrorKind::Prohibited, _) => "did not arrive: a firewall or router forbids it".into(),
        (IcmpErrorKind::TooBig, _) => "is too large for the way, and must not be fragmented there".into(),
        (IcmpErrorKind::TimeExceeded, _) => {
            "was dropped: its hops were used up on the way, or its fragments came too late".into()
        }
        (IcmpErrorKind::Other, _) => "met a difficulty: see type and code".into(),
    };
    sentence!("tells the ", other, " that ", which, " ", what)
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
        return Some(if is_first_fragment(packet) {
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
