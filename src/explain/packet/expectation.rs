//! What should come next, from whom, with which numbers.

use super::super::context::is_to_many;
use super::super::sentence::Sentence;
use crate::flow::datagram::{DatagramPart, IcmpErrorKind};
use crate::flow::number::{ByteRange, Number, Sequence};
use crate::flow::segment::{Remark, RemarkableReset, ResetCause, Segment, SegmentPart};
use crate::flow::signs::DuplicateCause;
use crate::flow::state::{Change, State};
use crate::flow::{PacketInFlow, PacketKind, Party};
use crate::wire::tcp::{Flags, Tcp};
use crate::wire::{Layer, Packet, Protocol};

/// What should come next, by the state of the conversation, or as much as the packet alone shows.
#[must_use]
pub fn expectation(packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) -> Option<Sentence> {
    if in_flow.is_some_and(|in_flow| in_flow.client == in_flow.server) {
        // A socket that is connected to itself: no other socket is to answer.
        return None;
    }
    let Some(in_flow) = in_flow else {
        return alone(packet);
    };
    match &in_flow.kind {
        PacketKind::Segment(segment) => of_segment(packet, in_flow, segment).map(Into::into),
        PacketKind::Datagram(datagram) => match datagram.part {
            _ if is_to_many(in_flow) => None,
            DatagramPart::Request { .. } => Some(
                sentence!(
                    "a datagram from ",
                    in_flow.end(in_flow.sender.other()),
                    " to ",
                    in_flow.end(in_flow.sender),
                    ", if the ",
                    in_flow.sender.other(),
                    "'s program answers; ICMP port unreachable, if none listens there"
                )
                .into(),
            ),
            _ => None,
        },
        PacketKind::Notice(notice) => {
            let is_udp = packet.quoted().any(|layer| layer.protocol() == Protocol::Udp);
            let tells = notice.says == IcmpErrorKind::PortUnreachable && notice.copies.is_none();
            (tells && is_udp).then(|| {
                let other = in_flow.sender.other();
                sentence!("nothing more; the ", other, "'s program is told by ECONNREFUSED from its next call, if its socket is connected or asks for such errors (Linux: IP_RECVERR)")
                .into()
            })
        }
    }
}

/// The number after all that the segment takes: its data, and one each for SYN and FIN.
fn next_of(packet: &Packet<'_>, segment: &Segment) -> Number {
    let flags = packet.tcp().map_or(Flags::default(), |tcp| tcp.flags());
    let signs = u32::from(flags.has(Flags::SYN)) + u32::from(flags.has(Flags::FIN));
    let data = segment.data.map_or(0, ByteRange::count);
    let taken = u32::try_from(data).unwrap_or(u32::MAX).saturating_add(signs);
    Number {
        raw: segment.sequence.raw.plus(taken),
        relative: segment.sequence.relative.saturating_add(taken.into()),
    }
}

fn of_segment(packet: &Packet<'_>, in_flow: &PacketInFlow, segment: &Segment) -> Option<String> {
    let (sender, receiver) = (in_flow.sender, in_flow.sender.other());
    let next = next_of(packet, segment);
    match segment.part {
        SegmentPart::Syn => Some(after_syn(in_flow, segment, next)),
        SegmentPart::CrossingSyn => Some(sentence!(
            "SYN-ACK from each end; the ",
            receiver,
            "'s with ack number ",
            next
        )),
        SegmentPart::SynAck => {
            let acknowledgment = segment
                .acknowledgment
                .map_or(String::new(), |number| sentence!(", and sequence number ", number));
            Some(sentence!(
                "ACK from the ",
                receiver,
                " with ack number ",
                next,
                ", this sequence number + 1",
                acknowledgment
            ))
        }
        SegmentPart::KeepAlive | SegmentPart::WindowProbe => Some(sentence!(
            "ACK from the ",
            receiver,
            ", or a RST if it has no such connection"
        )),
        SegmentPart::FirstFin => Some(sentence!(
            "ACK from the ",
            receiver,
            " with ack number ",
            next,
            ", for a FIN counts as one; then the ",
            receiver,
            "'s own FIN, when its program closes"
        )),
        SegmentPart::SecondFin => Some(sentence!(
            "ACK from the ",
            receiver,
            " with ack number ",
            next,
            ", for a FIN counts as one; with it both directions are closed"
        )),
        SegmentPart::FinAck => after_fin_ack(segment),
        SegmentPart::Reset(ResetCause::NotTaken(RemarkableReset::Challenged)) => Some(sentence!(
            "a challenge ACK from the ",
            receiver,
            "; a RST with its ack number as sequence number, if the ",
            sender,
            " has no such connection"
        )),
        SegmentPart::Reset(ResetCause::NotTaken(RemarkableReset::Ignored)) => {
            Some("nothing: a RST that is not taken is not answered".into())
        }
        SegmentPart::Reset(_) => Some("nothing: a reset ends the connection at once, and is not acknowledged".into()),
        SegmentPart::OtherSynAck => Some(sentence!("a challenge ACK from the ", receiver)),
        SegmentPart::Stray | SegmentPart::Copy | SegmentPart::Damaged | SegmentPart::ChallengeAck => None,
        _ if segment.remarks.has(Remark::ZeroWindow) => Some(sentence!(
            "no data from the ",
            receiver,
            " until the ",
            sender,
            " advertises a window above 0; perhaps probes meanwhile"
        )),
        _ if segment.signs.duplicate == Some(DuplicateCause::Gap) => segment.acknowledgment.map(|number| {
            sentence!(
                "the missing segment from the ",
                receiver,
                ", late or once more: sequence number ",
                number
            )
        }),
        _ if segment.data.is_some() => Some(after_data(in_flow, segment, next)),
        _ => idle(in_flow, segment, next),
    }
}

/// RFC 7413 section 4.2.2: a server may take the data of a SYN, or only the SYN.
fn after_syn(in_flow: &PacketInFlow, segment: &Segment, next: Number) -> String {
    let refusal = "RST-ACK, if nothing listens there";
    let server = in_flow.sender.other();
    let bare = Number {
        raw: segment.sequence.raw.plus(1),
        relative: segment.sequence.relative + 1,
    };
    if segment.data.is_none() {
        return sentence!(
            "SYN-ACK from the ",
            server,
            " with ack number ",
            bare,
            ", this sequence number + 1; ",
            refusal
        );
    }
    sentence!(
        "SYN-ACK from the ",
        server,
        " with ack number ",
        next,
        " if it takes the data, or ",
        bare,
        " if it takes the SYN only; ",
        refusal
    )
}

fn after_data(in_flow: &PacketInFlow, segment: &Segment, next: Number) -> String {
    let receiver = in_flow.sender.other();
    let Some(number) = segment.acknowledgment else {
        return sentence!("ACK from the ", receiver, " with ack number ", next);
    };
    sentence!(
        "ACK from the ",
        receiver,
        " with ack number ",
        next,
        "; if it sends data too, they start at sequence number ",
        number
    )
}

fn after_fin_ack(segment: &Segment) -> Option<String> {
    let states = [(Party::Client, segment.client), (Party::Server, segment.server)];
    let reached = |change: Change| change.after.when_received();
    let waiting = states.iter().find(|(_, change)| reached(*change) == State::TimeWait);
    let closing = states.iter().find(|(_, change)| reached(*change) == State::Closed);
    let ended = |state| matches!(state, State::Closed | State::TimeWait);
    if !states.iter().all(|(_, change)| ended(reached(*change))) {
        return half_closed(segment);
    }
    Some(match (waiting, closing) {
        (Some((party, _)), Some((other, _))) => sentence!(
            "nothing if this arrives, else the ",
            other,
            "'s FIN once more; the ",
            party,
            " stays in TIME-WAIT for a while (Linux: 60 s)"
        ),
        (Some(_), None) => "nothing if this arrives; both ends stay in TIME-WAIT for a while (Linux: 60 s)".into(),
        _ => "nothing if this arrives".into(),
    })
}

/// One end may still speak, the other has closed its direction.
fn half_closed(segment: &Segment) -> Option<String> {
    let states = [(Party::Client, segment.client), (Party::Server, segment.server)];
    let open = states
        .iter()
        .find(|(_, change)| change.after.when_received() == State::CloseWait);
    open.map(|(party, _)| sentence!("data of the ", party, ", or its FIN when its program closes"))
}

/// Both may speak; the numbers with which they would.
fn idle(in_flow: &PacketInFlow, segment: &Segment, next: Number) -> Option<String> {
    let (sender, receiver) = (in_flow.sender, in_flow.sender.other());
    let expected = segment.acknowledgment?;
    let closed = [segment.client, segment.server]
        .iter()
        .any(|change| !matches!(change.after.when_received(), State::Established | State::Unknown));
    if closed {
        return half_closed(segment);
    }
    Some(sentence!(
        "data or a FIN from either: the ",
        sender,
        "'s next sequence number is ",
        next,
        ", the ",
        receiver,
        "'s is ",
        expected,
        " or higher"
    ))
}

/// As much as the packet alone shows.
fn alone(packet: &Packet<'_>) -> Option<Sentence> {
    let tcp = packet.tcp()?;
    let flags = tcp.flags();
    if flags.has(Flags::RST) || (flags.has(Flags::SYN) && flags.has(Flags::FIN)) {
        return None;
    }
    let length = packet.layer(Protocol::Tcp).map_or(0, Layer::payload_length);
    match (flags.has(Flags::SYN), flags.has(Flags::ACK)) {
        (true, false) => Some(syn_alone(&tcp, length)),
        (true, true) => {
            let next = after(&tcp, 1);
            Some(sentence!("ACK with ack number ", next, " (this sequence number + 1)").into())
        }
        _ if flags.has(Flags::FIN) => {
            let next = after(&tcp, length + 1);
            Some(sentence!("ACK with ack number ", next, ": a FIN counts as one").into())
        }
        _ => None,
    }
}

fn syn_alone(tcp: &Tcp<'_>, length: usize) -> Sentence {
    let refusal = "RST-ACK if nothing listens";
    let bare = after(tcp, 1);
    if length == 0 {
        return sentence!(
            "SYN-ACK with ack number ",
            bare,
            " (this sequence number + 1); ",
            refusal
        )
        .into();
    }
    let all = after(tcp, length + 1);
    sentence!(
        "SYN-ACK with ack number ",
        all,
        " if the data are taken, ",
        bare,
        " if the SYN only; ",
        refusal
    )
    .into()
}

fn after(tcp: &Tcp<'_>, count: usize) -> Sequence {
    Sequence(tcp.sequence_number()).plus(u32::try_from(count).unwrap_or(u32::MAX))
}
