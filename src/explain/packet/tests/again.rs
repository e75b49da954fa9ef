//! The sentences about what was sent again: what is proved, and what only another capture shows.

use std::net::SocketAddr;

use super::{PUSH, in_flow, packet, push};
use crate::explain::packet::remarks;
use crate::flow::number::Sequence;
use crate::flow::repetition::{Asked, FirstTransmission, Proof, Repetition};
use crate::flow::segment::{Remark, Remarks, Segment, SegmentPart};
use crate::flow::{PacketKind, Party};
use crate::wire::digits::unhex;

/// What is said of a segment that one of two hosts sends again; on loopback if `is_one`.
fn said(part: SegmentPart, first: FirstTransmission, may_be_older: bool, is_fast: bool, is_one: bool) -> String {
    let fast = is_fast.then_some(Remark::FastRetransmission);
    let both = [Remark::Retransmission].into_iter().chain(fast).collect::<Remarks>();
    of(
        Segment {
            part,
            remarks: both,
            first_sent: Some(4),
            repetition: Some(Repetition {
                first,
                may_be_older,
                asked: if is_fast { Asked::Duplicates } else { Asked::Not },
            }),
            ..push()
        },
        is_one,
    )
}

fn of(segment: Segment, is_one: bool) -> String {
    let bytes = unhex(PUSH);
    let mut in_flow = in_flow(PacketKind::Segment(segment));
    if !is_one {
        in_flow.client = SocketAddr::from(([10, 0, 0, 1], 53_582));
        in_flow.server = SocketAddr::from(([10, 0, 0, 2], 12_001));
    }
    if segment.part == SegmentPart::SynAck {
        in_flow.sender = Party::Server;
    }
    remarks(&packet(&bytes), &in_flow).join(" / ")
}

#[test]
fn what_is_open_is_named_and_where_it_shows() {
    let open = FirstTransmission::Open;
    for (part, older, words) in [
        (
            SegmentPart::Syn,
            false,
            "retransmission of packet 4: no answer was captured before it; only a capture at the server's end shows whether \
             packet 4 or its answer was lost or late, or the server sent none",
        ),
        (
            SegmentPart::SynAck,
            false,
            "retransmission of packet 4: no acknowledgment was captured before it; only a capture at the client's end shows \
             whether packet 4 or its acknowledgment was lost or late, or the client sent none, or this one answers a SYN that \
             came again",
        ),
        (
            SegmentPart::FirstFin,
            true,
            "retransmission of packet 4: no acknowledgment was captured before it; only a capture at the server's end shows \
             whether packet 4 or its acknowledgment was lost or late, or the server sent none; a copy made on the way, or a \
             packet that was overtaken, would look the same",
        ),
    ] {
        assert_eq!(said(part, open, older, false, false), words);
    }
}

#[test]
fn in_one_host_there_is_no_other_end_to_capture_at() {
    let all = [
        FirstTransmission::Open,
        FirstTransmission::Acknowledged,
        FirstTransmission::Missing,
    ];
    for (part, first) in [SegmentPart::Syn, SegmentPart::SynAck, SegmentPart::Data]
        .into_iter()
        .flat_map(|part| all.map(|first| (part, first)))
    {
        let words = said(part, first, false, false, true);
        assert!(
            !words.contains("capture at") && !words.contains("on its way"),
            "{words}"
        );
        assert!(words.contains("dropped or late"), "{words}");
    }
    assert_eq!(
        said(SegmentPart::Syn, FirstTransmission::Open, false, false, true),
        "retransmission of packet 4: no answer was captured before it; deduced: packet 4 or its answer was dropped or late in the \
         one host that has both ends, for example because of a full accept queue"
    );
}

#[test]
fn what_one_capture_proves_is_said_without_a_doubt() {
    for (part, first, is_fast, words) in [
        (
            SegmentPart::Data,
            FirstTransmission::Missing,
            false,
            "retransmission of packet 4: packet 4 had not arrived when the server reported what comes after it (SACK), so it was \
             lost or late on its way to the server",
        ),
        (
            SegmentPart::SynAck,
            FirstTransmission::Missing,
            false,
            "retransmission of packet 4: packet 4 had not arrived when the client sent its SYN again, so it was lost or late on \
             its way to the client",
        ),
        (
            SegmentPart::Data,
            FirstTransmission::AskedFor,
            true,
            "fast retransmission of packet 4: three duplicate acknowledgments asked for it; deduced: packet 4 had not arrived, so \
             it was lost or late on its way to the server",
        ),
        (
            SegmentPart::Data,
            FirstTransmission::Reported,
            false,
            "retransmission of packet 4: the server had reported its bytes (SACK), so packet 4 was not lost",
        ),
        (
            SegmentPart::Data,
            FirstTransmission::Undelivered,
            false,
            "retransmission of packet 4: an ICMP error said that packet 4 was not delivered",
        ),
        (
            SegmentPart::Data,
            FirstTransmission::NotTaken,
            false,
            "retransmission of packet 4: the server acknowledged the SYN of packet 4 and not its data",
        ),
        (
            SegmentPart::Data,
            FirstTransmission::Unknown,
            false,
            "retransmission of packet 4: it has no sequence number above those captured before",
        ),
        (
            SegmentPart::Data,
            FirstTransmission::NotCaptured,
            false,
            "retransmission (deduced): what comes after it in the stream was captured before; its first transmission was lost \
             before it came here, or was not captured, or this is it, and late",
        ),
    ] {
        assert_eq!(said(part, first, false, is_fast, false), words);
    }
}

#[test]
fn an_acknowledgment_that_passed_was_lost_later_or_came_too_late() {
    let acknowledged = |part, older| said(part, FirstTransmission::Acknowledged, older, false, false);
    assert_eq!(
        acknowledged(SegmentPart::Syn, false),
        "retransmission of packet 4: the server's answer was captured before it, so an earlier one had arrived; that answer was \
         lost after it passed here, or reached the client too late"
    );
    assert_eq!(
        acknowledged(SegmentPart::SynAck, false),
        "retransmission of packet 4: the client's acknowledgment was captured before it, so an earlier one had arrived; that \
         acknowledgment was lost after it passed here, or reached the server too late, or was dropped there because of a full \
         accept queue, or this one answers a SYN that came again"
    );
    assert!(
        acknowledged(SegmentPart::Data, true)
            .ends_with("too late, or this is a copy made on the way, or an earlier transmission that was overtaken")
    );
}

#[test]
fn a_later_packet_says_what_it_proves() {
    let answer = Segment {
        part: SegmentPart::SynAck,
        proof: Some(Proof::Arrived(1)),
        ..push()
    };
    assert_eq!(
        of(answer, false),
        "packet 1 had arrived: this packet echoes its timestamp (RFC 7323); so packet 1 or its answer was late, or an earlier \
         answer was lost"
    );
    let reports = Segment {
        part: SegmentPart::Ack,
        remarks: Remarks::NONE.with(Remark::DuplicateSack),
        proof: Some(Proof::ArrivedTwice {
            first: Sequence(3_890_940_510),
            last: Sequence(3_890_940_527),
        }),
        ..push()
    };
    assert_eq!(
        of(reports, false),
        "D-SACK: reports that sequence numbers 1 to 18 arrived twice: they were sent twice and arrived both times, or a copy was \
         made on the way"
    );
    let missing = Segment {
        part: SegmentPart::Ack,
        proof: Some(Proof::Missing(7)),
        ..push()
    };
    assert_eq!(
        of(missing, false),
        "packet 7 had not arrived when this was sent; so it was lost or late on its way to the client"
    );
}
