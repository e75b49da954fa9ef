//! Why a segment was sent that opens a connection. RFC 9293 section 3.5

use super::acknowledged::newly_acknowledged;
use crate::flow::segment::{Remark, Segment, SegmentPart};
use crate::flow::state::State;
use crate::flow::{PacketInFlow, Party};
use crate::wire::Packet;

/// Why a SYN, a SYN-ACK, or the acknowledgment of one was sent.
pub(super) fn reason(packet: &Packet<'_>, in_flow: &PacketInFlow, segment: &Segment) -> String {
    let (sender, receiver) = (in_flow.sender, in_flow.sender.other());
    let new = newly_acknowledged(in_flow, segment).unwrap_or_else(|| sentence!("the ", receiver, "'s SYN"));
    match segment.part {
        SegmentPart::Syn => syn(packet, segment),
        SegmentPart::SynAck if has_asked(in_flow, segment) => sentence!(
            "answers the ",
            receiver,
            "'s SYN, and repeats its own: both ends asked to open; acknowledges ",
            new
        ),
        SegmentPart::SynAck => {
            sentence!("step 2 of 3 of the handshake: the server's kernel agrees, and acknowledges ", new)
        }
        SegmentPart::OtherSynAck => sentence!(
            "a SYN-ACK with another initial sequence number, on a connection that is open: an old one that comes late, or not from the ",
            sender,
            ". The ",
            receiver,
            " does not take it"
        ),
        SegmentPart::CrossingSyn => "asks to open too: both called connect() (simultaneous open, RFC 9293 section 3.5, figure 7), or the server \
                                     answers with a SYN of its own (split handshake)"
            .into(),
        _ => acknowledgment(in_flow, segment, &new),
    }
}

/// Has the sender sent a SYN of its own before?
fn has_asked(in_flow: &PacketInFlow, segment: &Segment) -> bool {
    let own = match in_flow.sender {
        Party::Client => segment.client,
        Party::Server => segment.server,
    };
    in_flow.sender == Party::Client || own.before.state == State::SynSent
}

fn syn(packet: &Packet<'_>, segment: &Segment) -> String {
    // A program that calls connect() has a kernel, and a kernel sends its MSS (RFC 9293, section 3.7.1).
    let is_made = packet.tcp().is_some_and(|tcp| tcp.options().next().is_none());
    let is_again = [
        Remark::Retransmission,
        Remark::SpuriousRetransmission,
        Remark::AsksAgain,
    ];
    if is_made {
        "step 1 of 3 of the handshake: asks to open. It offers no option, not even an MSS: most likely no kernel made it for a \
         connect(), but a program such as a port scanner"
            .into()
    } else if is_again.into_iter().any(|remark| segment.remarks.has(remark)) {
        "step 1 of 3 of the handshake once more".into()
    } else if segment.remarks.has(Remark::OtherSyn) {
        "asks to open: step 1 of 3 of a handshake".into()
    } else {
        "step 1 of 3 of the handshake: the client called connect()".into()
    }
}

fn acknowledgment(in_flow: &PacketInFlow, segment: &Segment, new: &str) -> String {
    if in_flow.sender == Party::Server && segment.own_start.is_none() {
        return sentence!(
            "the server acknowledges ",
            new,
            ", and no SYN of its own was captured before: that is missing here, or comes apart (split handshake)"
        );
    }
    if in_flow.sender == Party::Server {
        return sentence!(
            "the server acknowledges ",
            new,
            ": both ends had sent a SYN, and each is acknowledged"
        );
    }
    // RFC 7413: with data in its SYN that were taken, the server's program has them already.
    let accepted = if segment.sequence.relative > 1 {
        "the server's accept() could return before, at the data of the SYN"
    } else {
        "when it arrives, the server's accept() can return"
    };
    let step_3 = sentence!(
        "step 3 of 3 of the handshake: the client acknowledges ",
        new,
        "; ",
        accepted
    );
    match segment.data {
        Some(data) => sentence!(step_3, ". It carries ", data, " already"),
        None => step_3,
    }
}
