//! Exchanges made at random, with a truth to compare with.

use proptest::prelude::*;

use super::packets::{Made, Taken, assert_sound, lay_cut};
use crate::pair::{Bound, Fate, Side};

/// What happens to a packet on its way.
#[derive(Debug, Clone)]
struct Way {
    from_client: bool,
    /// Microseconds after the packet before.
    after: i64,
    delay: i64,
    is_lost: bool,
    is_duplicated: bool,
}

fn way() -> impl Strategy<Value = Way> {
    (any::<bool>(), 1_i64..3_000, 100_i64..5_000, 0..12_u8).prop_map(|(from_client, after, delay, luck)| Way {
        from_client,
        after,
        delay,
        is_lost: luck == 0,
        is_duplicated: luck == 1,
    })
}

/// The truth of a packet at the end where it was sent.
type Truth = (u16, Option<u16>);

/// Both captures, and for each packet that was sent: its identification, and whether it arrived.
fn played(ways: &[Way], ahead: i64) -> (Taken, Taken, Vec<(bool, Truth)>) {
    let (mut a, mut b, mut truth) = (Vec::new(), Vec::new(), Vec::new());
    let mut now = 10_000;
    for (id, way) in (1..).zip(ways) {
        now += way.after;
        let made = Made::udp(way.from_client, id, &id.to_be_bytes());
        let (sent, received) = if way.from_client {
            (&mut a, &mut b)
        } else {
            (&mut b, &mut a)
        };
        sent.push((now, made.clone()));
        if !way.is_lost {
            received.push((now + way.delay, made.clone()));
            if way.is_duplicated {
                received.push((now + way.delay + 7, made));
            }
        }
        truth.push((way.from_client, (id, (!way.is_lost).then_some(id))));
    }
    for (time, _) in &mut b {
        *time += ahead;
    }
    for taken in [&mut a, &mut b] {
        taken.sort_by_key(|(time, _)| *time);
    }
    (a, b, truth)
}

proptest! {
    #[test]
    fn the_fates_are_those_of_the_truth(
        ways in proptest::collection::vec(way(), 2..120), ahead in -100_000_000_000_i64..100_000_000_000, is_swapped: bool
    ) {
        let (a, b, truth) = played(&ways, ahead);
        let (first, second) = if is_swapped { (&b, &a) } else { (&a, &b) };
        let Ok(exchange) = lay_cut((first, usize::MAX), (second, usize::MAX), false) else {
            prop_assert!(truth.iter().all(|(_, (_, arrived))| arrived.is_none()) || a.is_empty() || b.is_empty());
            return Ok(());
        };
        assert_sound(&exchange);
        let client_at = if is_swapped { Side::B } else { Side::A };
        let arrived_both_ways = [true, false].iter().all(|way| {
            truth.iter().any(|(from_client, (_, arrived))| from_client == way && arrived.is_some())
        });
        let conversation = &exchange.conversations[0];
        if !arrived_both_ways {
            return Ok(());
        }
        prop_assert_eq!(conversation.client_at(), client_at);
        let offset = if is_swapped { -ahead } else { ahead } * 1_000;
        let Bound::Both(bound) = exchange.clock.bound else {
            return Err(TestCaseError::fail(format!("{:?}", exchange.clock)));
        };
        prop_assert!((exchange.clock.offset - offset).abs() <= bound, "{:?} {}", exchange.clock, offset);
        for (from_client, (id, arrived)) in &truth {
            let side = if *from_client { client_at } else { client_at.other() };
            let packets = exchange.captures.of(side).packets.iter().zip(exchange.fates.of(side));
            let (_, fate) = packets
                .clone()
                .find(|(seen, _)| seen.identification == u32::from(*id))
                .expect("it was sent there");
            match (arrived, fate) {
                (Some(id), Fate::Arrived { other }) => {
                    let there = exchange.packet(side.other(), *other).unwrap();
                    prop_assert_eq!(there.identification, u32::from(*id));
                }
                // At the edges nothing is known.
                (None, Fate::Lost { .. } | Fate::NotKnown(_)) => {}
                other => prop_assert!(false, "packet {id}: {other:?}"),
            }
        }
        let duplicates = ways.iter().filter(|way| way.is_duplicated).count();
        let found = Side::BOTH.into_iter().flat_map(|side| exchange.fates.of(side));
        let found = found.filter(|fate| matches!(fate, Fate::Duplicated { .. })).count();
        prop_assert_eq!(found, duplicates);
    }
}
