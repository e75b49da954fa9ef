//! Captures that do not belong together, and those that partly do.

use std::net::SocketAddr;

use super::packets::{CLIENT, Made, SERVER, exchange_of, lay, lay_cut, lay_unfiltered, numbers};
use crate::pair::{Apart, Both, Fate, Kind, Side};

const ALL: usize = usize::MAX;

#[test]
fn nothing_in_common_is_said_with_the_reason() {
    let (a, b) = exchange_of(5);
    let empty = Vec::new();
    assert_eq!(
        lay_cut((&a, ALL), (&empty, ALL), false).unwrap_err(),
        Apart::Empty(Side::B)
    );
    let (client, server) = (SocketAddr::from(CLIENT), SocketAddr::from(SERVER));
    let mut other = b.clone();
    for (_, made) in &mut other {
        made.data = b"else".to_vec();
    }
    let why = lay_cut((&a, ALL), (&other, ALL), false).unwrap_err();
    assert_eq!(why, Apart::OtherPackets(Kind::Udp, client, server));
    for (_, made) in &mut other {
        for end in [&mut made.from, &mut made.to] {
            end.0[0] = 11;
        }
    }
    let why = lay_cut((&a, ALL), (&other, ALL), false).unwrap_err();
    let there = ["11.0.0.1:40000", "11.0.0.2:80"].map(|end| end.parse().unwrap());
    let ends = Both {
        a: (client, server),
        b: (there[0], there[1]),
    };
    assert_eq!(why, Apart::OtherConversations(Box::new(ends)));
}

#[test]
fn translated_addresses_need_the_option() {
    let (a, mut b) = exchange_of(5);
    for (_, made) in &mut b {
        let end = if made.to.1 == 80 { &mut made.from } else { &mut made.to };
        // It sorts after the server's, so the low end is the other one.
        *end = ([203, 0, 113, 9], 61_234);
    }
    assert_eq!(
        lay_cut((&a, ALL), (&b, ALL), false).unwrap_err(),
        Apart::OnlyWithNat(10)
    );
    b.remove(5);
    let exchange = lay_cut((&a, ALL), (&b, ALL), true).unwrap();
    assert_eq!(exchange.pairs, 9);
    // B lacks reply 3, which it sent: its capture missed it, or it was made on the way.
    assert_eq!(numbers(&exchange, Side::A, |fate| fate == Fate::OnlyReceived), [6]);
    assert_eq!(exchange.conversations[1].same_as, Some(0));
    assert_eq!(exchange.conversations[0].client_at(), Side::A);
}

#[test]
fn a_copy_is_called_so() {
    let (a, _) = exchange_of(5);
    assert!(lay(&a, &a).are_copies);
}

#[test]
fn another_conversation_is_in_one_capture_only() {
    let (mut a, b) = exchange_of(5);
    let mut other = Made::udp(true, 77, b"elsewhere");
    other.to.0 = [10, 0, 0, 99];
    a.insert(4, (a[4].0, other));
    let exchange = lay(&a, &b);
    assert_eq!(numbers(&exchange, Side::A, |fate| fate == Fate::OtherConversation), [5]);
    assert_eq!(exchange.pairs, 10);
    // Where neither capture had a filter, it was lost.
    let exchange = lay_unfiltered(&a, &b);
    let lost = numbers(&exchange, Side::A, |fate| matches!(fate, Fate::Lost { .. }));
    assert_eq!(lost, [5]);
}

#[test]
fn clocks_may_be_days_apart() {
    const DAYS: i64 = 40 * 86_400 * 1_000_000;
    let (a, mut b) = exchange_of(5);
    for (time, _) in &mut b {
        *time += DAYS;
    }
    b.remove(4);
    let exchange = lay(&a, &b);
    assert_eq!(exchange.clock.offset, (DAYS + 4_999_950) * 1_000);
    assert_eq!(super::packets::lost(&exchange, Side::A), [5]);
}

#[test]
fn a_clock_that_was_set_is_a_contradiction() {
    let (a, mut b) = exchange_of(10);
    for (time, _) in b.iter_mut().skip(10) {
        *time += 1_000_000;
    }
    let exchange = lay(&a, &b);
    assert!(matches!(exchange.clock.bound, crate::pair::Bound::Contradiction(by) if by > 900_000_000));
    assert_eq!(exchange.pairs, 20);
}
