//! What is remarkable about a packet: sentences for the table, tags for a line.

use std::fmt;

use super::super::sentence::Sentence;
use super::super::tcp::asks_for_fast_open;
use super::super::words::duration;
use super::{again, datagram, order, words};
use crate::flow::segment::{Delay, Remark, Remarks, Segment, SegmentPart};
use crate::flow::signs::DuplicateCause;
use crate::flow::{PacketInFlow, PacketKind};
use crate::wire::Packet;

/// `1, packet 4 of it, 42.4 ms after the one before`: which conversation, and where in it.
#[must_use]
pub fn place(in_flow: &PacketInFlow) -> String {
    let place = sentence!(in_flow.conversation, ", packet ", in_flow.place, " of it");
    match in_flow.pause {
        Some(pause) if pause >= 0 => sentence!(place, ", ", duration(pause), " after the one before"),
        Some(pause) => sentence!(
            place,
            "; its time is ",
            duration(pause.saturating_neg()),
            " before that of the one before: the clock went back, or the file is not in order"
        ),
        None => place,
    }
}

/// What is remarkable about the packet in its conversation, a sentence each; the round trip and the reason of a delay too.
#[must_use]
pub fn remarks(packet: &Packet<'_>, in_flow: &PacketInFlow) -> Vec<Sentence> {
    let Some(segment) = in_flow.segment() else {
        return Vec::new();
    };
    let mut sentences: Vec<Sentence> = shown(segment.remarks)
        .map(|remark| sentence(packet, in_flow, segment, remark))
        .collect();
    sentences.extend(segment.proof.and_then(|proof| again::proof(in_flow, segment, proof)));
    sentences.extend(order::other_content(segment));
    sentences.extend(order::larger_than_mss(segment));
    sentences.extend(order::wrong_checksum(in_flow, segment));
    if let (Some(why), Some(pause)) = (segment.delay, in_flow.pause) {
        sentences.push(sentence!(duration(pause), " after the packet before: ", delay(in_flow, why)).into());
    }
    if let Some(trip) = segment.round_trip {
        sentences.push(
            sentence!(
                "round trip of ",
                duration(trip.time),
                " since packet ",
                trip.packet,
                ", as seen where it was captured"
            )
            .into(),
        );
    }
    sentences
}

/// Those that are said: a fast or a spurious retransmission is a retransmission, and is called by the name that says more.
pub fn shown(remarks: Remarks) -> impl Iterator<Item = Remark> {
    let special = remarks.has(Remark::FastRetransmission) || remarks.has(Remark::SpuriousRetransmission);
    remarks
        .each()
        .filter(move |&remark| !(special && remark == Remark::Retransmission))
}

fn sentence(packet: &Packet<'_>, in_flow: &PacketInFlow, segment: &Segment, remark: Remark) -> Sentence {
    let (sender, receiver) = (in_flow.sender, in_flow.sender.other());
    match remark {
        Remark::Retransmission | Remark::FastRetransmission | Remark::SpuriousRetransmission => {
            again::retransmission(in_flow, segment, remark)
        }
        Remark::Overlap => {
            "overlap: part of its bytes was sent before, the rest is new; whether that part is the same as before is not compared, a \
             receiver that has it drops it"
                .into()
        },
        Remark::OutOfOrder => order::out_of_order(segment),
        Remark::Gap => "gap: bytes before it are missing here: lost or late on their way here, or not captured".into(),
        Remark::AcknowledgesUnseen => "acknowledges bytes that the capture does not have".into(),
        Remark::DuplicateAck if segment.signs.same_as.is_some() => {
            let same = segment.signs.same_as.unwrap_or_default();
            sentence!(
                "duplicate ACK: says the last number once more: a segment came before its turn, or came twice; or this is packet ",
                same,
                " again, captured twice or repeated on the way"
            )
            .into()
        }
        Remark::DuplicateAck => match segment.signs.duplicate {
            Some(DuplicateCause::Gap) => {
                "duplicate ACK: says the last number once more and reports later bytes (SACK): those between had not arrived"
            }
            Some(DuplicateCause::Twice) => {
                "duplicate ACK: says the last number once more (deduced: because a segment came twice)"
            }
            _ => {
                "duplicate ACK: says the last number once more: a segment came before its turn, or came twice; without SACK \
                 both look the same"
            }
        }
        .into(),
        Remark::DuplicateSack => again::arrived_twice(segment),
        Remark::ZeroWindow => sentence!(
            "zero window: the ",
            sender,
            "'s receive buffer is full, the ",
            receiver,
            " has to stop"
        )
        .into(),
        Remark::WindowFull => sentence!(
            "window full: it fills the ",
            receiver,
            "'s window to the last byte, the ",
            sender,
            " has to wait"
        )
        .into(),
        Remark::PortReuse => "port reuse: an earlier connection had the same addresses and ports".into(),
        Remark::AfterEnd => "comes after the end of the connection".into(),
        Remark::AsksAgain => "asks again after a RST refused it: the refusal was lost, or the client tries more than once".into(),
        Remark::OtherSyn => "another SYN on these addresses and ports, and the end of the earlier connection was not captured: a new attempt, \
                             or an old SYN that comes late (RFC 9293 section 3.5). What the client does next will tell"
            .into(),
        Remark::GoesOn => sentence!(
            "the ",
            sender,
            " goes on, so the RST before was not its own: another machine sent it with this address"
        )
        .into(),
        Remark::CrossesEnd => sentence!(
            "comes after the end here: the ",
            sender,
            " sent it before the ",
            receiver,
            "'s last segment reached it, by the measured round trip"
        )
        .into(),
        Remark::DataInSyn if packet.tcp().is_some_and(|tcp| asks_for_fast_open(&tcp)) => {
            "the SYN carries data already: TCP Fast Open, RFC 7413".into()
        }
        Remark::DataInSyn => "the SYN carries data already, which are handed on only after the handshake".into(),
        Remark::HalfClosed => sentence!(
            "half-closed: the ",
            receiver,
            " has closed its direction, the ",
            sender,
            " still sends"
        )
        .into(),
        Remark::SimultaneousClose => {
            "simultaneous close: both ends asked to close before they saw the other's FIN".into()
        }
    }
}

fn delay(in_flow: &PacketInFlow, delay: Delay) -> Sentence {
    let sender = in_flow.sender;
    match delay {
        Delay::DelayedAck => sentence!(
            "the ",
            sender,
            "'s delayed ACK, which waited in case data would go the same way"
        )
        .into(),
        Delay::PathOrDelayedAck => sentence!(
            "the path to the ",
            sender,
            " and back, or the ",
            sender,
            "'s delayed ACK: a capture at its end shows which"
        )
        .into(),
        Delay::PathOrIdle => sentence!(
            "the path to the ",
            sender,
            " and back takes about that long; or the ",
            sender,
            " had nothing to send until then"
        )
        .into(),
        Delay::RetransmissionTimer => sentence!(
            "the ",
            sender,
            " waited for an acknowledgment until its retransmission timer ran out"
        )
        .into(),
        Delay::TailLossProbe => sentence!(
            "the ",
            sender,
            "'s tail loss probe (RFC 8985): it sent its last segment again, to get an acknowledgment sooner"
        )
        .into(),
        Delay::TimerOrProbe => sentence!(
            "the ",
            sender,
            "'s retransmission timer or its tail loss probe (RFC 8985): both would send this segment"
        )
        .into(),
        Delay::Idle if in_flow.is_in_one_host() => "until then no program, and no person before one, had anything to send".into(),
        Delay::Idle => "until then nothing was captured: no program, and no user, had anything to send, or it was lost or under way".into(),
        Delay::KeepAliveTimer => sentence!(
            "the connection was idle until the ",
            sender,
            "'s keep-alive timer ran out"
        )
        .into(),
        Delay::SmallWindow(party) => sentence!(
            "the ",
            party,
            "'s window had no room for a full segment; the ",
            sender,
            " waited for more (RFC 9293, section 3.8.6.2.1)"
        )
        .into(),
        Delay::ZeroWindow(party) => sentence!("the ", party, "'s receive buffer was full, its window closed").into(),
    }
}

/// Writes what a line says of a packet in brackets: ` [keep-alive]`, ` [retransmission of 7]`.
///
/// # Errors
/// Those of the writer.
pub fn tags(output: &mut impl fmt::Write, in_flow: &PacketInFlow) -> fmt::Result {
    match &in_flow.kind {
        PacketKind::Segment(segment) => segment_tags(output, segment),
        PacketKind::Datagram(carried) => match datagram::tag(carried.part) {
            Some(tag) => write_tag(output, &tag),
            None => Ok(()),
        },
        PacketKind::Notice(notice) => match (notice.copies, notice.about) {
            (Some(first), _) => write!(output, " [copy of {first}]"),
            (None, Some(packet)) => write!(output, " [about {packet}]"),
            (None, None) => Ok(()),
        },
    }
}

fn segment_tags(output: &mut impl fmt::Write, segment: &Segment) -> fmt::Result {
    if let Some(tag) = words::part_tag(segment.part) {
        write_tag(output, tag)?;
    }
    if segment.remarks.is_empty() {
        return Ok(());
    }
    for remark in shown(segment.remarks) {
        // A probe into a closed window repeats; that it does is its part, and said.
        let is_said =
            matches!(segment.part, SegmentPart::KeepAlive | SegmentPart::WindowProbe) && is_repetition(remark);
        match (remark, segment.first_sent) {
            _ if is_said => {}
            (Remark::Retransmission | Remark::FastRetransmission | Remark::SpuriousRetransmission, Some(first)) => {
                write!(output, " [{} of {first}]", words::remark_tag(remark))?;
            }
            _ => write_tag(output, words::remark_tag(remark))?,
        }
    }
    Ok(())
}

fn write_tag(output: &mut impl fmt::Write, tag: &str) -> fmt::Result {
    output.write_str(" [")?;
    output.write_str(tag)?;
    output.write_str("]")
}

const fn is_repetition(remark: Remark) -> bool {
    matches!(remark, Remark::Retransmission | Remark::SpuriousRetransmission)
}
