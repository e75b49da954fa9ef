//! Fragments in every order, lost, repeated, overlapping, too many.

use crate::wire::reassembly::{
    DropReason, MOST_BYTES, MOST_DATAGRAMS, ReassembledDatagram, Reassembler, Reassembly, TIMEOUT_IPV4, TIMEOUT_IPV6,
};
use crate::wire::{Checksum, LinkType, Protocol, decode};

const SECOND: i64 = 1_000_000_000;

fn ipv4(identification: u16, offset: usize, more: bool, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + data.len()).unwrap().to_be_bytes();
    let id = identification.to_be_bytes();
    let word = (u16::try_from(offset / 8).unwrap() | u16::from(more) << 13).to_be_bytes();
    let mut packet = vec![
        0x45, 0, length[0], length[1], id[0], id[1], word[0], word[1], 64, 17, 0, 0,
    ];
    packet.extend([10, 0, 0, 1, 10, 0, 0, 2]);
    packet.extend(data);
    packet
}

/// An IPv6 fragment after a destination options header, so that the chain of next headers has to be mended there.
fn ipv6(offset: usize, more: bool, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(16 + data.len()).unwrap().to_be_bytes();
    let mut packet = vec![0x60, 0, 0, 0, length[0], length[1], 60, 64];
    packet.extend([0xfd; 16]);
    packet.extend([0xfe; 16]);
    packet.extend([44, 0, 1, 4, 0, 0, 0, 0]);
    let word = (u16::try_from(offset).unwrap() | u16::from(more)).to_be_bytes();
    packet.extend([17, 0, word[0], word[1], 0, 0, 0, 9]);
    packet.extend(data);
    packet
}

fn add(reassembler: &mut Reassembler, bytes: &[u8], time: i64) -> Reassembly {
    reassembler.add(&decode(LinkType::RAW, bytes, 0), time)
}

/// A UDP datagram of 8 + 24 bytes, to be cut into four pieces.
fn datagram() -> Vec<u8> {
    let mut bytes = vec![0x9c, 0x40, 0x2e, 0xe0, 0, 32, 0, 0];
    bytes.extend(1..=24);
    bytes
}

#[test]
fn pieces_in_any_order_give_the_datagram() {
    let whole = datagram();
    let pieces: Vec<_> = whole
        .chunks(8)
        .enumerate()
        .map(|(n, data)| ipv4(7, n * 8, n < 3, data))
        .collect();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        let mut reassembler = Reassembler::new();
        for &piece in &order[..3] {
            assert_eq!(add(&mut reassembler, &pieces[piece], 0), Reassembly::Waiting);
        }
        let Reassembly::Whole(ReassembledDatagram { link, bytes, fragments }) =
            add(&mut reassembler, &pieces[order[3]], 0)
        else {
            panic!("{order:?} is not complete");
        };
        assert_eq!((link, fragments, reassembler.waiting()), (LinkType::IPV4, 4, 0));
        let packet = decode(link, &bytes, 0);
        assert_eq!(packet.payload().bytes, &whole[8..]);
        assert!(packet.malformations().is_empty() && !packet.ipv4().unwrap().is_fragment());
        assert_eq!(packet.checksum(0), Some(Checksum::Ok));
    }
}

#[test]
fn an_ipv6_datagram_has_its_chain_of_headers_mended() {
    let whole = datagram();
    let mut reassembler = Reassembler::new();
    assert_eq!(
        add(&mut reassembler, &ipv6(16, false, &whole[16..]), 0),
        Reassembly::Waiting
    );
    let Reassembly::Whole(done) = add(&mut reassembler, &ipv6(0, true, &whole[..16]), 0) else {
        panic!("not complete");
    };
    let packet = decode(done.link, &done.bytes, 0);
    assert_eq!(packet.payload().bytes, &whole[8..]);
    assert!(packet.malformations().is_empty() && packet.layer(Protocol::Fragment).is_none());
    assert_eq!(packet.ipv6().unwrap().payload_length(), 8 + 32);
}

#[test]
fn a_packet_that_is_no_fragment_passes_by() {
    let mut reassembler = Reassembler::new();
    assert_eq!(
        add(&mut reassembler, &ipv4(1, 0, false, &datagram()), 0),
        Reassembly::NotAFragment
    );
}

#[test]
fn an_atomic_fragment_leaves_others_with_its_number_alone() {
    let whole = datagram();
    let mut reassembler = Reassembler::new();
    add(&mut reassembler, &ipv6(0, true, &whole[..16]), 0);
    assert_eq!(
        add(&mut reassembler, &ipv6(0, false, &whole), 0),
        Reassembly::NotAFragment
    );
    assert!(matches!(
        add(&mut reassembler, &ipv6(16, false, &whole[16..]), 0),
        Reassembly::Whole(_)
    ));
}

#[test]
fn the_same_piece_again_does_no_harm() {
    let mut reassembler = Reassembler::new();
    let first = ipv4(1, 0, true, &[1; 8]);
    assert_eq!(add(&mut reassembler, &first, 0), Reassembly::Waiting);
    assert_eq!(add(&mut reassembler, &first, 1), Reassembly::Repeated);
    assert!(matches!(
        add(&mut reassembler, &ipv4(1, 8, false, &[2; 3]), 2),
        Reassembly::Whole(_)
    ));
}

#[test]
fn an_overlap_spoils_the_datagram_and_is_counted_once() {
    let mut reassembler = Reassembler::new();
    assert_eq!(
        add(&mut reassembler, &ipv4(1, 0, true, &[1; 16]), 0),
        Reassembly::Waiting
    );
    let overlap = Reassembly::Dropped(DropReason::Overlap);
    assert_eq!(add(&mut reassembler, &ipv4(1, 8, true, &[2; 16]), 0), overlap);
    // What comes later must not complete it behind our back. RFC 5722 section 4
    assert_eq!(add(&mut reassembler, &ipv4(1, 0, true, &[1; 16]), 0), overlap);
    assert_eq!(add(&mut reassembler, &ipv4(1, 16, false, &[1; 16]), 0), overlap);
    assert_eq!((reassembler.losses().overlapping, reassembler.waiting()), (1, 0));
}

#[test]
fn nonsense_is_dropped_and_counted() {
    let mut reassembler = Reassembler::new();
    let malformed = Reassembly::Dropped(DropReason::Malformed);
    assert_eq!(add(&mut reassembler, &ipv4(1, 0, true, &[1; 7]), 0), malformed);
    assert_eq!(add(&mut reassembler, &ipv4(1, 65_528, false, &[1; 9]), 0), malformed);
    assert_eq!(
        add(&mut reassembler, &ipv4(1, 16, false, &[1; 8]), 0),
        Reassembly::Waiting
    );
    assert_eq!(add(&mut reassembler, &ipv4(1, 24, true, &[1; 8]), 0), malformed);
    let cut = ipv4(2, 0, true, &[1; 16]);
    let packet = decode(LinkType::RAW, &cut[..28], 36);
    assert_eq!(reassembler.add(&packet, 0), Reassembly::Dropped(DropReason::Cut));
    assert_eq!(reassembler.losses().unusable, 4);
}

#[test]
fn pieces_that_come_too_late_find_nothing() {
    let mut reassembler = Reassembler::new();
    add(&mut reassembler, &ipv6(0, true, &[1; 8]), 0);
    add(&mut reassembler, &ipv4(1, 0, true, &[1; 8]), 0);
    assert_eq!(
        add(&mut reassembler, &ipv6(8, false, &[1; 8]), TIMEOUT_IPV6),
        Reassembly::Waiting
    );
    assert_eq!(reassembler.losses().expired, 2);
    let mut reassembler = Reassembler::new();
    add(&mut reassembler, &ipv4(1, 0, true, &[1; 8]), 0);
    assert!(matches!(
        add(&mut reassembler, &ipv4(1, 8, false, &[1; 8]), TIMEOUT_IPV4 - 1),
        Reassembly::Whole(_)
    ));
}

#[test]
fn memory_is_bounded_in_datagrams_and_in_bytes() {
    let mut reassembler = Reassembler::new();
    for id in 0..u16::try_from(MOST_DATAGRAMS + 10).unwrap() {
        add(&mut reassembler, &ipv4(id, 0, true, &[1; 8]), i64::from(id));
    }
    assert_eq!(
        (reassembler.waiting(), reassembler.losses().crowded_out),
        (MOST_DATAGRAMS, 10)
    );
    let mut reassembler = Reassembler::new();
    let piece = vec![1; 65_512];
    for id in 0..100 {
        add(&mut reassembler, &ipv4(id, 0, true, &piece), SECOND);
    }
    assert_eq!(reassembler.waiting(), MOST_BYTES / piece.len());
}
