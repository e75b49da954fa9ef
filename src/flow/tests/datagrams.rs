//! UDP, and ICMP errors about it and TCP.

use super::script::{ACK, SYN, c, follow, ipv4, s};
use crate::flow::conversation::{Opening, Transport};
use crate::flow::datagram::{DatagramPart, IcmpErrorKind, Notice, Reply};
use crate::flow::{PacketInFlow, Party, Tracker};

/// A datagram between port 40000 (client) and 7 (server).
pub(super) fn datagram(from_client: bool, identification: u16, data: &[u8]) -> Vec<u8> {
    let (source, destination) = if from_client { (1, 2) } else { (2, 1) };
    let (from, to) = if from_client { (40_000_u16, 7_u16) } else { (7, 40_000) };
    let length = u16::try_from(8 + data.len()).unwrap();
    let mut udp = Vec::new();
    for number in [from, to, length, 0] {
        udp.extend(number.to_be_bytes());
    }
    udp.extend(data);
    ipv4(17, source, destination, identification, &udp)
}

/// An ICMP error from the server's host that quotes the first bytes of this packet.
fn icmp(message: u8, code: u8, about: &[u8]) -> Vec<u8> {
    let mut bytes = vec![message, code, 0, 0, 0, 0, 0, 0];
    bytes.extend(&about[..28]);
    ipv4(1, 2, 1, 0, &bytes)
}

fn all(packets: &[Vec<u8>]) -> (Vec<PacketInFlow>, Tracker) {
    let mut tracker = Tracker::new();
    let timed: Vec<_> = packets.iter().map(|bytes| (1, bytes.clone())).collect();
    let in_flows = follow(&mut tracker, &timed);
    (in_flows.into_iter().map(Option::unwrap).collect(), tracker)
}

#[test]
fn requests_without_reply_are_bounded() {
    let packets: Vec<_> = (0..200).map(|number| datagram(true, number, b"?")).collect();
    let (_, tracker) = all(&packets);
    let Transport::Udp(exchange) = tracker.conversation(1).unwrap().transport else {
        panic!()
    };
    assert_eq!((exchange.answered, exchange.unanswered), (0, 200));
    let latest: Vec<u64> = (137..=200).collect();
    assert_eq!(exchange.waiting, latest, "the latest 64");
}

#[test]
fn an_error_finds_the_datagram_that_it_quotes() {
    let (first, second) = (datagram(true, 10, b"one"), datagram(true, 11, b"two"));
    let reply = datagram(false, 12, b"ok!");
    let (in_flows, tracker) = all(&[
        first.clone(),
        second,
        icmp(3, 3, &first),
        reply.clone(),
        icmp(3, 13, &reply),
    ]);
    let Notice { about, after, says, .. } = *in_flows[2].notice().unwrap();
    assert_eq!(
        (about, after, says),
        (Some(1), Some(2_000_000), IcmpErrorKind::PortUnreachable)
    );
    assert_eq!((in_flows[2].sender, in_flows[2].place), (Party::Server, 3));
    // The first one is answered by the error, so the reply is the second one's.
    assert!(matches!(
        in_flows[3].datagram().unwrap().part,
        DatagramPart::Reply(Reply { request: 2, .. })
    ));
    let notice = in_flows[4].notice().unwrap();
    assert_eq!(
        (notice.about, notice.says, in_flows[4].sender),
        (Some(4), IcmpErrorKind::Prohibited, Party::Client)
    );
    assert_eq!(tracker.conversation(1).unwrap().notices, 2);
}

#[test]
fn an_error_refuses_a_connection() {
    let syn = c(SYN, 0, 0).bytes();
    let (in_flows, tracker) = all(&[syn.clone(), icmp(3, 1, &syn)]);
    assert_eq!(in_flows[1].notice().unwrap().about, Some(1));
    assert_eq!(in_flows[1].notice().unwrap().says, IcmpErrorKind::Unreachable);
    let Transport::Tcp(connection) = tracker.conversation(1).unwrap().transport else {
        panic!()
    };
    assert_eq!(connection.opening, Opening::Refused);
}

#[test]
fn an_error_about_a_segment_goes_by_its_sequence_number() {
    let data = c(ACK, 11, 1).data(10).bytes();
    let lines = [c(SYN, 0, 0), s(SYN | ACK, 0, 1), c(ACK, 1, 1), c(ACK, 1, 1).data(10)];
    let mut packets: Vec<_> = lines.iter().map(super::script::Line::bytes).collect();
    packets.extend([data.clone(), icmp(3, 4, &data)]);
    let (in_flows, _) = all(&packets);
    let notice = in_flows[5].notice().unwrap();
    assert_eq!((notice.about, notice.says), (Some(5), IcmpErrorKind::TooBig));
}

#[test]
fn a_fragmented_datagram_is_counted_once() {
    let whole = datagram(true, 9, &[b'x'; 40]);
    let mut first = whole[..20 + 8 + 16].to_vec();
    first[2..4].copy_from_slice(&44_u16.to_be_bytes());
    first[6] = 0x20;
    let (in_flows, tracker) = all(&[first, whole, datagram(true, 10, b"y")]);
    let told: Vec<_> = in_flows
        .iter()
        .map(|in_flow| *in_flow.datagram().unwrap())
        .map(|datagram| (datagram.length, datagram.part))
        .collect();
    let request = |count| DatagramPart::Request { count, repeats: None };
    assert_eq!(told, [(40, request(1)), (40, request(1)), (1, request(2))]);
    assert_eq!(tracker.conversation(1).unwrap().from_client.packets, 2);
}

#[test]
fn an_error_about_nothing_known_belongs_nowhere() {
    let mut tracker = Tracker::new();
    let in_flows = follow(&mut tracker, &[(1, icmp(3, 3, &datagram(true, 1, b"x")))]);
    assert!(in_flows[0].is_none());
    assert!(tracker.conversations().is_empty());
}
