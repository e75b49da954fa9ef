//! One case after the other: what became of a packet, and how far the clocks differ.

use super::packets::{ACK, FIN, Made, SYN, Taken, exchange_of, lay, lay_cut, lost, numbers};
use crate::pair::{Bound, Changes, Evidence, Fate, Outside, Side};

const A: Side = Side::A;
const B: Side = Side::B;

/// The other packets have arrived.
#[track_caller]
fn assert_others_arrived(exchange: &crate::pair::Exchange, side: Side, others: &[u64]) {
    let rest = numbers(exchange, side, |fate| !matches!(fate, Fate::Arrived { .. }));
    assert_eq!(rest, others, "{side}: {:?}", exchange.fates.of(side));
}

#[test]
fn the_clock_is_known_to_half_a_round_trip() {
    let (a, b) = exchange_of(20);
    let exchange = lay(&a, &b);
    assert_eq!(exchange.pairs, 40);
    // 200 microseconds there and 300 back: the middle is wrong by half the difference.
    assert_eq!(exchange.clock.offset, 4_999_950_000);
    assert_eq!(exchange.clock.bound, Bound::Both(250_000));
    assert_eq!(exchange.clock.drift, None);
    assert_eq!(exchange.transit.a.unwrap().median, 250_000);
    assert_eq!(exchange.conversations[0].client_at(), A);
    assert_eq!(exchange.conversations[0].low_at, Some((A, Evidence::Times)));
    assert!(!exchange.are_copies);
}

#[test]
fn swapped_captures_are_noticed() {
    let (a, b) = exchange_of(20);
    let exchange = lay(&b, &a);
    assert_eq!(exchange.conversations[0].client_at(), B);
    assert_eq!(exchange.clock.offset, -4_999_950_000);
    assert_eq!(exchange.clock.bound, Bound::Both(250_000));
}

#[test]
fn a_smaller_ttl_is_further_from_the_sender() {
    let (mut a, b) = exchange_of(3);
    a.retain(|(_, made)| made.to.1 == 80);
    let mut b: Taken = b.into_iter().filter(|(_, made)| made.to.1 == 80).collect();
    for (_, made) in &mut b {
        made.ttl = 63;
    }
    let exchange = lay(&b, &a);
    assert_eq!(exchange.conversations[0].low_at, Some((B, Evidence::Ttl)));
    assert_eq!(exchange.clock.bound, Bound::OneWay(B));
}

/// Of six equal segments five were changed on the way, and took less time than the one by which the clocks are compared.
#[test]
fn what_was_changed_counts_for_the_clock_where_only_one_way_is_known() {
    let (mut a, mut b) = (Taken::new(), Taken::new());
    for number in 1..=6_u16 {
        let sent = Made::tcp(true, number, (100, 0), SYN, &[]);
        let options = if number < 6 { vec![1; 4] } else { Vec::new() };
        let arrived = Made {
            options,
            ..sent.clone()
        };
        let (at, way) = (i64::from(number) * 1_000_000, 20_000 + i64::from(number) * 100);
        a.push((at, sent));
        b.push((at + way, arrived));
    }
    let answer = Made::tcp(false, 9, (500, 101), SYN | ACK, &[]);
    b.push((6_021_000, answer.clone()));
    let options = vec![1; 4];
    a.push((6_041_000, Made { options, ..answer }));
    let exchange = lay(&a, &b);
    let changed = numbers(&exchange, A, |fate| matches!(fate, Fate::Changed { .. }));
    assert_eq!(changed, [1, 2, 3, 4, 5, 7]);
    assert!(exchange.regroupings.is_empty() && lost(&exchange, A).is_empty());
    // 20.1 ms there, and 20 ms back.
    assert_eq!(exchange.clock.bound, Bound::Both(20_050_000));
    assert_eq!(exchange.clock.offset, 50_000);
}

/// Linux numbers no SYN-ACK, so three of them are equal; each was changed on the way, one of them arrived twice.
#[test]
fn equal_segments_that_were_changed_were_not_divided() {
    let syn = Made::tcp(true, 7, (100, 0), SYN, &[]);
    let (mut a, mut b) = (vec![(0, syn.clone())], vec![(20_000, syn)]);
    let sent = Made::tcp(false, 0, (500, 101), SYN | ACK, &[]);
    let arrived = Made {
        options: vec![1; 4],
        ..sent.clone()
    };
    for number in 0..3 {
        let at = 30_000 + number * 1_000_000;
        b.push((at, sent.clone()));
        a.push((at + 20_000, arrived.clone()));
    }
    a.insert(2, (51_000, arrived));
    let exchange = lay(&a, &b);
    assert_eq!(exchange.regroupings, []);
    let changed = numbers(&exchange, B, |fate| matches!(fate, Fate::Changed { .. }));
    assert_eq!(changed, [2, 3, 4]);
    assert_eq!(numbers(&exchange, A, |fate| fate == Fate::OnlyReceived), [3]);
    assert_eq!(exchange.clock.bound, Bound::Both(20_000_000));
}

#[test]
fn drift_needs_a_long_exchange() {
    let faster = |times: &Taken, seconds: i64| -> Taken {
        let moved = times
            .iter()
            .map(|(time, made)| (time + time * seconds * 40 / 1_000_000, made.clone()));
        moved.collect()
    };
    let (a, b) = exchange_of(1_000);
    let stretched = |taken: &Taken, factor: i64| -> Taken {
        let moved = taken
            .iter()
            .map(|(time, made)| (time / 1_000 * 1_000 * factor + time % 1_000, made.clone()));
        moved.collect()
    };
    let exchange = lay(&stretched(&a, 30), &faster(&stretched(&b, 30), 1));
    let drift = exchange.clock.drift.unwrap();
    assert!((drift - 40.0).abs() < 1.0, "{drift}");
    assert!(
        matches!(exchange.clock.bound, Bound::Both(bound) if bound < 260_000),
        "{:?}",
        exchange.clock
    );
    let exchange = lay(&a, &faster(&b, 1));
    assert_eq!(exchange.clock.drift, None);
}

#[test]
fn what_is_not_there_was_lost_each_way() {
    let (a, mut b) = exchange_of(20);
    b.remove(10);
    let mut less = a.clone();
    less.remove(31);
    let exchange = lay(&less, &b);
    // Request 6 did not arrive at B, reply 16 not at A.
    assert_eq!((lost(&exchange, A), lost(&exchange, B)), (vec![11], vec![31]));
    assert_others_arrived(&exchange, A, &[11]);
    assert_others_arrived(&exchange, B, &[31]);
}

#[test]
fn outside_the_common_time_nothing_is_known() {
    let (a, b) = exchange_of(20);
    let exchange = lay(&a, &b[10..30].to_vec());
    let not_known = |why| numbers(&exchange, A, |fate| fate == Fate::NotKnown(why));
    assert_eq!(not_known(Outside::Before), (1..=10).collect::<Vec<u64>>());
    assert_eq!(not_known(Outside::After), (31..=40).collect::<Vec<u64>>());
    assert!(lost(&exchange, A).is_empty());
}

#[test]
fn of_equal_packets_times_say_which_was_lost() {
    let (mut a, mut b) = exchange_of(20);
    for (_, made) in a.iter_mut().chain(&mut b) {
        (made.id, made.data) = (0, b"same".to_vec());
    }
    b.remove(10);
    let exchange = lay(&a, &b);
    assert_eq!(lost(&exchange, A), [11], "{:?} {:?}", exchange.clock, exchange.fates.a);
    let fate = exchange.fates.a[10];
    assert_eq!(
        fate,
        Fate::Lost {
            again: None,
            one_of_equals: true
        }
    );
}

#[test]
fn a_duplicate_is_no_pair() {
    let (a, mut b) = exchange_of(20);
    let (time, twice) = b[10].clone();
    b.insert(11, (time + 20, twice));
    let exchange = lay(&a, &b);
    assert_eq!(numbers(&exchange, B, |fate| fate == Fate::Duplicated { of: 10 }), [12]);
    assert_others_arrived(&exchange, A, &[]);
}

/// The copy comes after as long as packets usually take here, and the packet itself was faster.
#[test]
fn the_first_arrival_is_no_duplicate() {
    let (mut a, mut b) = exchange_of(20);
    let (_, twice) = b[10].clone();
    a[10].0 += 40;
    b.insert(11, (b[10].0 + 40, twice));
    let exchange = lay(&a, &b);
    assert_eq!(numbers(&exchange, B, |fate| fate == Fate::Duplicated { of: 10 }), [12]);
    assert_others_arrived(&exchange, A, &[]);
}

#[test]
fn a_duplicate_of_equal_packets_is_one_of_the_latest() {
    let (mut a, mut b) = exchange_of(20);
    for place in [6, 8, 10, 12] {
        for (_, made) in [&mut a[place], &mut b[place]] {
            (made.id, made.data) = (0, b"same".to_vec());
        }
    }
    let (time, twice) = b[10].clone();
    b.insert(11, (time + 20, twice));
    let exchange = lay(&a, &b);
    assert_eq!(numbers(&exchange, B, |fate| fate == Fate::Duplicated { of: 10 }), [12]);
    assert_others_arrived(&exchange, A, &[]);
}

/// Three equal ones were sent: the first was lost, the last arrived twice. Their numbers are equal, so the order says nothing.
#[test]
fn of_equal_packets_one_is_lost_and_another_repeated() {
    let (mut a, mut b) = exchange_of(20);
    for place in [6, 18, 20] {
        for (_, made) in [&mut a[place], &mut b[place]] {
            (made.id, made.data) = (0, b"same".to_vec());
        }
    }
    let (time, twice) = b[20].clone();
    b.insert(21, (time + 20, twice));
    b.remove(6);
    let exchange = lay(&a, &b);
    assert_eq!(lost(&exchange, A), [7], "{:?}", exchange.fates.a);
    assert_eq!(numbers(&exchange, B, |fate| fate == Fate::Duplicated { of: 20 }), [21]);
}

#[test]
fn overtaken_packets_are_those_that_arrive_late() {
    let (a, mut b) = exchange_of(20);
    let late = b.remove(10);
    b.insert(14, (b[13].0 + 5, late.1));
    let exchange = lay(&a, &b);
    assert_eq!(
        (exchange.overtaken.a.clone(), exchange.overtaken.b.len()),
        (vec![10], 0)
    );
    assert_others_arrived(&exchange, A, &[]);
}

#[test]
fn changed_data_and_a_wrong_checksum_are_found() {
    let (a, mut b) = exchange_of(20);
    b[4].1.data = b"??".to_vec();
    b[6].1.is_broken = true;
    let exchange = lay(&a, &b);
    let changes = |place: usize| match exchange.fates.a[place] {
        Fate::Changed { other, changes } => (other, changes.names().collect::<Vec<_>>()),
        other => panic!("{other:?}"),
    };
    assert_eq!(changes(4), (4, vec!["data"]));
    assert_eq!(changes(6), (6, vec!["checksum"]));
    // Where it was sent, the network card may still have to fill the checksum in.
    let (mut a, b) = exchange_of(20);
    a[6].1.is_broken = true;
    assert_eq!(lay(&a, &b).fates.a[6], Fate::Arrived { other: 6 });
    assert_ne!(Changes::DATA, Changes::CHECKSUM);
}

/// The client's 3 segments of data, each acknowledged, and the close; 1 ms each way.
fn connection() -> (Taken, Taken) {
    let packets = [
        (true, 0, Made::tcp(true, 1, (99, 0), SYN, b"")),
        (false, 2_000, Made::tcp(false, 2, (499, 100), SYN | ACK, b"")),
        (true, 3_100, Made::tcp(true, 3, (100, 500), ACK, b"")),
        (true, 3_200, Made::tcp(true, 4, (100, 500), ACK, &[1; 1000])),
        (true, 3_300, Made::tcp(true, 5, (1100, 500), ACK, &[2; 1000])),
        (false, 4_400, Made::tcp(false, 6, (500, 2100), ACK, b"")),
        (true, 9_000, Made::tcp(true, 7, (2100, 500), FIN | ACK, b"")),
        (false, 10_100, Made::tcp(false, 8, (500, 2101), FIN | ACK, b"")),
        (true, 11_200, Made::tcp(true, 9, (2101, 501), ACK, b"")),
    ];
    let at = |is_a: bool| -> Taken {
        let times = packets.iter().map(|(from_client, sent, made)| {
            let time = if *from_client == is_a { *sent } else { sent + 1_000 };
            (time, made.clone())
        });
        let mut taken: Taken = times.collect();
        taken.sort_by_key(|(time, _)| *time);
        taken
    };
    (at(true), at(false))
}

#[test]
fn acknowledged_bytes_were_not_lost() {
    let (a, mut b) = connection();
    let gone = b.iter().position(|(_, made)| made.id == 5).unwrap();
    b.remove(gone);
    let exchange = lay(&a, &b);
    // The server acknowledged byte 2100, so its capture missed the segment.
    assert_eq!(numbers(&exchange, A, |fate| fate == Fate::Missed), [5]);
    assert!(lost(&exchange, A).is_empty());
}

#[test]
fn a_lost_segment_names_its_retransmission() {
    let (mut a, mut b) = connection();
    let again = Made::tcp(true, 50, (1100, 500), ACK, &[2; 1000]);
    for (taken, time) in [(&mut a, 8_000), (&mut b, 9_000)] {
        let place = taken.iter().position(|(_, made)| made.id == 7).unwrap();
        taken.insert(place, (time, again.clone()));
    }
    b.retain(|(_, made)| made.id != 5);
    let exchange = lay(&a, &b);
    assert_eq!(lost(&exchange, A), [5]);
    assert!(
        matches!(exchange.fates.a[4], Fate::Lost { again: Some(6), .. }),
        "{:?}",
        exchange.fates.a[4]
    );
    assert!(exchange.captures.a.packets[6].is_again);
}

#[test]
fn one_large_segment_is_many_small_ones() {
    let (a, b) = connection();
    let mut joined = a.clone();
    joined.retain(|(_, made)| made.id != 5);
    joined
        .iter_mut()
        .filter(|(_, made)| made.id == 4)
        .for_each(|(_, made)| made.data = [[1; 1000], [2; 1000]].concat());
    for (a, b) in [(&joined, &b), (&b, &joined)] {
        let exchange = lay(a, b);
        let [group] = &exchange.regroupings[..] else {
            panic!("{:?}", exchange.regroupings);
        };
        assert_eq!((group.sent.len(), group.received.len(), group.missing), (1, 2, 0));
        assert!(lost(&exchange, A).is_empty() && lost(&exchange, B).is_empty());
    }
    // At the server's end the second half is missing, and it is not acknowledged.
    let (mut joined, mut b) = (joined, b);
    b.retain(|(_, made)| made.id != 5);
    for (_, made) in joined.iter_mut().chain(&mut b).filter(|(_, made)| made.id == 6) {
        made.tcp = Some((500, 1100, ACK));
    }
    let exchange = lay(&joined, &b);
    assert_eq!(exchange.regroupings[0].missing, 1000);
}

#[test]
fn options_may_be_changed_on_the_way() {
    let (mut a, mut b) = connection();
    a[0].1.options = vec![2, 4, 5, 180];
    b[0].1.options = vec![2, 4, 5, 100];
    let exchange = lay(&a, &b);
    let Fate::Changed { other: 0, changes } = exchange.fates.a[0] else {
        panic!("{:?}", exchange.fates.a[0]);
    };
    assert_eq!(changes.names().collect::<Vec<_>>(), ["options"]);
}

#[test]
fn captures_may_be_cut_at_different_lengths() {
    let (a, mut b) = connection();
    let exchange = lay_cut((&a, 60), (&b, usize::MAX), false).unwrap();
    assert_eq!((exchange.pairs, exchange.comparison.limit), (9, Some(46)));
    // Six bytes of data are compared, and no more.
    let place = b.iter().position(|(_, made)| made.id == 4).unwrap();
    b[place].1.data[6] = 9;
    assert_eq!(lay_cut((&a, 60), (&b, usize::MAX), false).unwrap().pairs, 9);
    b[place].1.data[5] = 9;
    let exchange = lay_cut((&b, usize::MAX), (&a, 60), false).unwrap();
    assert_eq!(
        numbers(&exchange, A, |fate| matches!(fate, Fate::Changed { .. })).len(),
        1
    );
}

#[test]
fn sequence_numbers_may_wrap() {
    let (mut a, mut b) = connection();
    for (_, made) in a.iter_mut().chain(&mut b) {
        if let Some((sequence, acknowledgment, _)) = &mut made.tcp {
            let number = if made.from.1 == 80 { acknowledgment } else { sequence };
            *number = number.wrapping_sub(1_500);
        }
    }
    let gone = b.iter().position(|(_, made)| made.id == 5).unwrap();
    b.remove(gone);
    let exchange = lay(&a, &b);
    assert_eq!(numbers(&exchange, A, |fate| fate == Fate::Missed), [5]);
    assert_eq!(numbers(&exchange, A, |_| true).len(), 9);
    assert!(exchange.captures.a.packets.iter().all(|seen| !seen.is_again));
}
