//! What holds for any segments, and for real ones in any order.

use proptest::prelude::*;

use super::script::{Line, c};
use crate::flow::{PacketInFlow, PacketKind, Tracker};
use crate::frame::Time;
use crate::wire::{LinkType, decode};

fn numbers() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => 0_i64..12,
        2 => any::<u32>().prop_map(i64::from),
        1 => Just(0x7fff_ffff),
        1 => Just(0x8000_0000),
    ]
}

prop_compose! {
    fn line()(
        from_client in any::<bool>(),
        flags in prop_oneof![8 => prop::sample::select(&[2_u8, 18, 16, 24, 17, 4, 20][..]), 1 => any::<u8>()],
        sequence in numbers(),
        acknowledgment in numbers(),
        data in prop_oneof![Just(0_usize), 0_usize..6, Just(1400)],
        window in prop_oneof![Just(0_u16), 0_u16..4, any::<u16>()],
        options in prop::collection::vec(any::<u8>(), 0..24),
        after in prop_oneof![Just(0_i64), -5_i64..1000, Just(i64::MAX / 4_000_000)],
        client_port in 40_000_u16..40_002,
    ) -> Line {
        Line { from_client, data, window, options, after, client_port, ..c(flags, sequence, acknowledgment) }
    }
}

/// What holds for every step.
fn check(in_flow: &PacketInFlow, now: u64) {
    assert!(in_flow.place >= 1 && in_flow.conversation >= 1);
    let PacketKind::Segment(segment) = in_flow.kind else {
        return;
    };
    let earlier = [
        segment.first_sent,
        segment.echoes,
        segment.acknowledges.packet,
        segment.round_trip.map(|trip| trip.packet),
    ];
    assert!(
        earlier.into_iter().flatten().all(|packet| (1..now).contains(&packet)),
        "{segment:?}"
    );
    for bytes in [segment.data, segment.acknowledges.bytes].into_iter().flatten() {
        assert!(bytes.first <= bytes.last, "{segment:?}");
    }
    let raw = segment.sequence.raw.0;
    if let Some(start) = segment.own_start {
        let relative = u32::try_from(segment.sequence.relative.rem_euclid(1 << 32)).unwrap();
        assert_eq!(raw, start.0.wrapping_add(relative));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_segments_are_followed_without_panic(
        lines in prop::collection::vec(line(), 1..120),
        most in 1_usize..4,
        start in prop::sample::select(&[1_u64, 0xffff_fff0, u64::MAX - 200][..]),
    ) {
        let mut tracker = Tracker::with_most(most);
        let mut time = 0_i64;
        for (number, line) in (start..).zip(&lines) {
            time = time.wrapping_add(line.after * 1_000_000);
            let bytes = line.bytes();
            let packet = decode(LinkType::IPV4, &bytes, 0);
            if let Some(in_flow) = tracker.follow(number, Some(Time(time)), &packet) {
                check(&in_flow, number);
            }
        }
        prop_assert!(tracker.conversations().len() <= most);
        for conversation in tracker.conversations() {
            prop_assert_eq!(tracker.conversation(conversation.number).unwrap().number, conversation.number);
        }
    }

    #[test]
    fn a_real_trace_is_followed_in_any_order_and_from_any_place(
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
        times in any::<bool>(),
    ) {
        let frames = trace();
        let mut tracker = Tracker::new();
        for (number, index) in (1..).zip(order) {
            let (time, bytes) = index.get(&frames);
            let packet = decode(LinkType::ETHERNET, bytes, 0);
            let in_flow = tracker.follow(number, times.then_some(*time), &packet).unwrap();
            check(&in_flow, number);
        }
    }
}

/// The project's own trace: a pcap file in nanoseconds or microseconds, little-endian.
fn trace() -> Vec<(Time, Vec<u8>)> {
    let file = include_bytes!("../../../captures/tcp.pcap");
    let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let mut frames = Vec::new();
    let mut at = 24;
    while at < file.len() {
        let length = number(at + 8) as usize;
        let time = i64::from(number(at)) * 1_000_000_000 + i64::from(number(at + 4));
        frames.push((Time(time), file[at + 16..at + 16 + length].to_vec()));
        at += 16 + length;
    }
    frames
}
