//! Any connection with its calls is drawn in the order of cause and effect.

use proptest::prelude::*;

use super::super::OrderNote;
use super::super::test_conversation::{TestConversation, parse, seen, segment};
use super::check;
use crate::flow::segment::SegmentPart;
use crate::flow::{PacketKind, Party};
use crate::frame::Time;

/// A connection as it could have happened: the pauses between what must follow each other are random.
fn connection() -> impl Strategy<Value = TestConversation> {
    let pauses = proptest::collection::vec(0_i64..400, 64);
    let chunks = proptest::collection::vec((any::<bool>(), 1_i64..3_000), 0..8);
    (pauses, chunks).prop_map(|(pauses, chunks)| {
        let mut pauses = pauses.into_iter().cycle();
        let mut now = 0;
        let mut later = move || {
            now += pauses.next().unwrap();
            now
        };
        let mut text = String::new();
        let mut line = |words: String| text.extend([words.as_str(), "\n"]);
        let (accept, connect) = (later(), later());
        let [syn, synack, ack] = [later(), later(), later()];
        line(format!(
            "packet {syn} client syn\npacket {synack} server synack\npacket {ack} client handshake"
        ));
        line(format!("call client 1 connect {connect} {}", later()));
        line(format!("call server 1 accept {accept} {} 4", later()));
        let mut totals = [0, 0];
        for (from_client, count) in chunks {
            let (sender, own, receiver, other) = if from_client {
                ("client", 1, "server", 2)
            } else {
                ("server", 2, "client", 1)
            };
            let total = &mut totals[usize::from(from_client)];
            let [asks, enters, sent] = [later(), later(), later()];
            line(format!("packet {sent} {sender} data {}-{}", *total + 1, *total + count));
            line(format!("call {receiver} {other} recv {asks} {} {count}", later()));
            line(format!("call {sender} {own} send {enters} {} {count}", later()));
            *total += count;
        }
        let [asks, closes, fin] = [later(), later(), later()];
        line(format!("packet {fin} server fin"));
        line(format!(
            "call client 1 recv {asks} {} 0\ncall server 2 close {closes} {}",
            later(),
            later()
        ));
        parse(&text)
    })
}

proptest! {
    #[test]
    fn what_happened_is_drawn_without_a_mark(conversation in connection()) {
        let timeline = conversation.timeline();
        check(&conversation, &timeline)?;
        prop_assert!(timeline.skews.is_empty());
        prop_assert!(timeline.events.iter().all(|event| event.order_note.is_none()), "{}", conversation.line());
    }

    #[test]
    fn two_clocks_that_differ_change_no_order_of_cause_and_effect(
        conversation in connection(),
        client in -10_000_000_i64..10_000_000,
        server in -10_000_000_i64..10_000_000,
    ) {
        let mut skewed = conversation.clone();
        for party_call in &mut skewed.calls {
            let shift = chrono::TimeDelta::microseconds(if party_call.party == Party::Client { client } else { server });
            party_call.call.entered += shift;
            party_call.call.returned += shift;
        }
        let timeline = skewed.timeline();
        check(&skewed, &timeline)?;
        prop_assert!(timeline.events.iter().all(|event| event.order_note != Some(OrderNote::BeforeCause)));
    }

    #[test]
    fn every_call_at_a_time_of_its_own_is_drawn_once_and_after_its_cause(
        conversation in connection(),
        wrong in proptest::collection::vec((-5_000_i64..5_000, -5_000_i64..5_000), 40),
    ) {
        let mut wild = conversation.clone();
        for (party_call, (entered, returned)) in wild.calls.iter_mut().zip(wrong.iter().cycle()) {
            party_call.call.entered += chrono::TimeDelta::microseconds(*entered);
            party_call.call.returned += chrono::TimeDelta::microseconds(*returned);
        }
        check(&wild, &wild.timeline())?;
    }

    #[test]
    fn packets_of_another_connection_are_survived(
        conversation in connection(),
        packets in proptest::collection::vec((0_i64..5_000, any::<bool>(), 0_usize..8, 0_i64..50, 0_i64..50), 0..30),
    ) {
        let parts = [
            SegmentPart::Syn, SegmentPart::SynAck, SegmentPart::HandshakeAck, SegmentPart::Data, SegmentPart::Ack, SegmentPart::FirstFin, SegmentPart::SecondFin, SegmentPart::Stray,
        ];
        let mut mixed = conversation.clone();
        mixed.packets = packets
            .into_iter()
            .enumerate()
            .map(|(index, (time, from_client, part, first, length))| {
                let sender = if from_client { Party::Client } else { Party::Server };
                let kind = PacketKind::Segment(segment(parts[part], Some((first, first + length))));
                seen(index as u64 + 1, Some(Time(time * 1_000)), sender, kind)
            })
            .collect();
        check(&mixed, &mixed.timeline())?;
    }
}
