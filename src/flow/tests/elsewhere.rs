//! Replies from another address or port than the request went to, and replies to DNS queries.

use super::script::{follow, ipv4};
use crate::flow::conversation::{Exchange, Transport};
use crate::flow::datagram::{DatagramPart, Evidence, FromElsewhere};
use crate::flow::{PacketInFlow, Party, Roles, Tracker};

/// A host of 10.0.0.0/24 and a port.
type End = (u8, u16);

const CLIENT: End = (1, 40_000);

fn datagram(from: End, to: End, data: &[u8]) -> Vec<u8> {
    let mut udp = Vec::new();
    for number in [from.1, to.1, u16::try_from(8 + data.len()).unwrap(), 0] {
        udp.extend(number.to_be_bytes());
    }
    udp.extend(data);
    ipv4(17, from.0, to.0, 0, &udp)
}

fn told(packets: &[(i64, Vec<u8>)]) -> (Vec<PacketInFlow>, Exchange) {
    let mut tracker = Tracker::new();
    let in_flows = follow(&mut tracker, packets).into_iter().flatten().collect();
    let Transport::Udp(exchange) = tracker.conversation(1).unwrap().transport else {
        panic!()
    };
    (in_flows, exchange)
}

fn elsewhere(in_flow: &PacketInFlow) -> Option<FromElsewhere> {
    match in_flow.datagram()?.part {
        DatagramPart::ReplyFromElsewhere(answer) => Some(answer),
        _ => None,
    }
}

#[test]
fn a_reply_from_another_address_of_the_server_is_told_by_its_text() {
    let (in_flows, exchange) = told(&[
        (0, datagram(CLIENT, (2, 7), b"hi")),
        (30, datagram((3, 7), CLIENT, b"HI")),
    ]);
    let answer = elsewhere(&in_flows[1]).unwrap();
    assert_eq!(
        (answer.request, answer.asked.to_string(), answer.after, answer.evidence),
        (1, "10.0.0.2:7".to_owned(), Some(30_000_000), Evidence::Uppercase)
    );
    assert_eq!(
        (in_flows[1].conversation, in_flows[1].sender, in_flows[1].roles),
        (2, Party::Server, Roles::Seen)
    );
    assert_eq!(
        (exchange.answered, exchange.unanswered, exchange.elsewhere),
        (1, 0, vec![1])
    );
}

#[test]
fn every_reply_from_another_address_is_told_by_its_text() {
    let (in_flows, exchange) = told(&[
        (0, datagram(CLIENT, (2, 7), b"ping 1")),
        (30, datagram((3, 7), CLIENT, b"PING 1")),
        (1_000, datagram(CLIENT, (2, 7), b"ping 2")),
        (1_030, datagram((3, 7), CLIENT, b"PING 2")),
        (2_000, datagram(CLIENT, (2, 7), b"ping 3")),
        // What no request has says nothing.
        (2_030, datagram((3, 7), CLIENT, b"NEWS")),
    ]);
    let answered: Vec<Option<u64>> = in_flows
        .iter()
        .map(|in_flow| elsewhere(in_flow).map(|answer| answer.request))
        .collect();
    assert_eq!(answered, [None, Some(1), None, Some(3), None, None]);
    assert_eq!((exchange.answered, exchange.unanswered), (2, 1));
}

#[test]
fn the_new_port_of_a_tftp_server_is_deduced() {
    let (in_flows, exchange) = told(&[
        (0, datagram(CLIENT, (2, 69), b"\0\x01file\0octet\0")),
        (5, datagram((2, 50_123), CLIENT, b"\0\x03\0\x01data")),
        (1, datagram(CLIENT, (2, 50_123), b"\0\x04\0\x01")),
    ]);
    assert_eq!(elsewhere(&in_flows[1]).unwrap().evidence, Evidence::ToAsker);
    assert_eq!((in_flows[2].conversation, in_flows[2].sender), (2, Party::Client));
    assert_eq!(exchange.unanswered, 0);
}

#[test]
fn what_only_looks_like_it_is_not_a_reply() {
    // Another host and port, and other data; the same host much later; what goes to another port of the client.
    for (after, from, to) in [(5, (3, 9), CLIENT), (20_000, (2, 9), CLIENT), (5, (2, 9), (1, 40_001))] {
        let (in_flows, exchange) = told(&[
            (0, datagram(CLIENT, (2, 7), b"hi")),
            (after, datagram(from, to, b"other")),
        ]);
        assert_eq!(elsewhere(&in_flows[1]), None);
        assert_eq!(exchange.unanswered, 1);
    }
}

#[test]
fn dns_responses_are_paired_by_identifier_and_question() {
    let message = |id: u8, flags: u8| {
        let mut bytes = vec![0, id, flags, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        bytes.extend(b"\x07example\0\0\x01\0\x01");
        bytes
    };
    let (in_flows, exchange) = told(&[
        (0, datagram(CLIENT, (2, 53), &message(1, 1))),
        (0, datagram(CLIENT, (2, 53), &message(2, 1))),
        (9, datagram((2, 53), CLIENT, &message(2, 0x81))),
    ]);
    let DatagramPart::Reply(reply) = in_flows[2].datagram().unwrap().part else {
        panic!("{:?}", in_flows[2])
    };
    assert_eq!(
        (reply.request, reply.after, reply.evidence),
        (2, Some(9_000_000), Evidence::DnsQuestion)
    );
    assert_eq!(exchange.waiting, [1]);
}
