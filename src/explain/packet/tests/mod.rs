//! Hand-made places in conversations: every kind of them has its sentence, and the numbers in the sentences are right.

mod absent;
mod again;
mod causes;
mod comments;
mod every;
mod meanings;
mod notices;
mod openings;

use std::net::SocketAddr;

use crate::flow::datagram::IcmpErrorKind;
use crate::flow::number::{ByteRange, Number, Sequence};
use crate::flow::segment::{
    Acknowledged, Delay, Remark, RemarkableReset, Remarks, ResetCause, RoundTrip, Scale, Segment, SegmentPart, Window,
};
use crate::flow::signs::Signs;
use crate::flow::state::{Change, ObservedState, State};
use crate::flow::{PacketInFlow, PacketKind, Party, Roles};
use crate::wire::{LinkType, Packet, decode};

/// `hello\n` from port 53582 to 12001 on loopback: sequence number 254465402, acknowledgment number 3890940510, window 64.
const PUSH: &str = "00000000000000000000000008004500003a552e40004006e78d7f0000017f000001d14e2ee10f2ad57ae7eb0c5e80180040fe2e\
    00000101080a92f245c8177d00d368656c6c6f0a";
/// The SYN of the same connection.
const SYN: &str = "00000000000000000000000008004500003c552c40004006e78d7f0000017f000001d14e2ee10f2ad57900000000a002ffd7fe30\
    00000204ffd70402080a92f245c8000000000103030a";
/// An ICMP error about a datagram to port 12001.
const NOTICE: &str = "000000000000000000000000080045c0004411bf000040016a387f0000017f0000010303d93500000000450000280f9b4000\
    40112d287f0000017f000001acc12ee00014fe27756470206973206c617a790a";

fn packet(bytes: &[u8]) -> Packet<'_> {
    decode(LinkType::ETHERNET, bytes, 0)
}

fn known(state: State) -> ObservedState {
    ObservedState::fact(state)
}

fn inferred(state: State) -> ObservedState {
    ObservedState::deduced(state)
}

fn stays(state: State) -> Change {
    Change {
        before: known(state),
        after: known(state),
    }
}

/// The place of [`PUSH`]: the client's first data, bytes 1 to 6.
fn push() -> Segment {
    Segment {
        part: SegmentPart::Data,
        client: stays(State::Established),
        server: stays(State::Established),
        sequence: Number {
            raw: Sequence(254_465_402),
            relative: 1,
        },
        acknowledgment: Some(Number {
            raw: Sequence(3_890_940_510),
            relative: 1,
        }),
        own_start: Some(Sequence(254_465_401)),
        other_start: Some(Sequence(3_890_940_509)),
        data: Some(ByteRange { first: 1, last: 6 }),
        acknowledges: Acknowledged::default(),
        window: Window {
            raw: 64,
            scale: Scale::Shift(10),
        },
        in_flight: Some(6),
        remarks: Remarks::NONE,
        first_sent: None,
        repetition: None,
        proof: None,
        round_trip: None,
        echoes: None,
        delay: None,
        signs: Signs::default(),
    }
}

fn in_flow(kind: PacketKind) -> PacketInFlow {
    let end = |port| SocketAddr::from(([127, 0, 0, 1], port));
    PacketInFlow {
        conversation: 1,
        client: end(53_582),
        server: end(12_001),
        roles: Roles::Seen,
        sender: Party::Client,
        place: 4,
        pause: Some(42_444_000),
        kind,
    }
}

const CAUSES: [ResetCause; 8] = [
    ResetCause::NobodyListens,
    ResetCause::BreaksOffHandshake,
    ResetCause::NoSuchConnection,
    ResetCause::ConnectionOver,
    ResetCause::DataAfterClose,
    ResetCause::Abort,
    ResetCause::NotTaken(RemarkableReset::Ignored),
    ResetCause::NotTaken(RemarkableReset::Challenged),
];

fn parts() -> Vec<SegmentPart> {
    let plain = [
        SegmentPart::Syn,
        SegmentPart::SynAck,
        SegmentPart::CrossingSyn,
        SegmentPart::HandshakeAck,
        SegmentPart::Data,
        SegmentPart::Ack,
        SegmentPart::WindowUpdate,
        SegmentPart::KeepAlive,
        SegmentPart::KeepAliveAck,
        SegmentPart::WindowProbe,
        SegmentPart::WindowProbeAck,
        SegmentPart::FirstFin,
        SegmentPart::SecondFin,
        SegmentPart::FinAck,
        SegmentPart::ChallengeAck,
        SegmentPart::OtherSynAck,
        SegmentPart::Copy,
        SegmentPart::Damaged,
        SegmentPart::Stray,
    ];
    plain.into_iter().chain(CAUSES.map(SegmentPart::Reset)).collect()
}

const DELAYS: [Delay; 10] = [
    Delay::DelayedAck,
    Delay::PathOrDelayedAck,
    Delay::PathOrIdle,
    Delay::RetransmissionTimer,
    Delay::TailLossProbe,
    Delay::TimerOrProbe,
    Delay::Idle,
    Delay::KeepAliveTimer,
    Delay::ZeroWindow(Party::Server),
    Delay::SmallWindow(Party::Server),
];

const ICMP_ERROR_KINDS: [IcmpErrorKind; 8] = [
    IcmpErrorKind::PortUnreachable,
    IcmpErrorKind::ProtocolUnreachable,
    IcmpErrorKind::Unreachable,
    IcmpErrorKind::Prohibited,
    IcmpErrorKind::TooBig,
    IcmpErrorKind::TimeExceeded,
    IcmpErrorKind::ReassemblyTimeExceeded,
    IcmpErrorKind::Other,
];

/// Every place that a packet can have: each part with each remark and delay, sent by each party, with and without numbers.
fn places() -> Vec<PacketInFlow> {
    let mut in_flows = Vec::new();
    for part in parts() {
        for remark in Remark::ALL.map(Some).into_iter().chain([None]) {
            for delay in DELAYS.map(Some).into_iter().chain([None]) {
                let acknowledges = Acknowledged {
                    syn: part == SegmentPart::HandshakeAck,
                    bytes: Some(ByteRange { first: 1, last: 1 }),
                    fin: part == SegmentPart::FinAck,
                    packet: delay.map(|_| 3),
                    several: false,
                };
                let segment = Segment {
                    part,
                    acknowledges: if remark.is_some() {
                        acknowledges
                    } else {
                        Acknowledged::default()
                    },
                    data: if part == SegmentPart::Ack { None } else { push().data },
                    remarks: remark.into_iter().collect(),
                    delay,
                    first_sent: delay.map(|_| 2),
                    own_start: push().own_start.filter(|_| delay.is_some()),
                    round_trip: Some(RoundTrip {
                        packet: 3,
                        time: 27_000,
                    }),
                    ..push()
                };
                in_flows.push(in_flow(PacketKind::Segment(segment)));
            }
        }
    }
    in_flows
}

/// A sentence as every view can show it.
fn is_sentence(text: &str) {
    assert!(!text.is_empty(), "an empty sentence");
    assert!(
        !text.ends_with('.') && !text.ends_with(' ') && !text.starts_with(' '),
        "{text:?}"
    );
    assert!(
        text.is_ascii() && !text.contains(|one: char| one.is_control()),
        "{text:?}"
    );
    assert!(!text.contains("  ") && !text.contains(".."), "{text:?}");
}
