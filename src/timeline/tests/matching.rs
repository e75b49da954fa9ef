//! Which calls a conversation gets.

use super::super::test_conversation::parse;
use super::super::{CallIndex, ConversationCalls, PacketRef};
use crate::calls::{Call, CallName, Role};
use crate::flow::Party;

/// Calls of a log for a client with this port, as the programs write them.
fn log(client: u16, socket: u64, start: i64) -> Vec<Call> {
    let text = format!(
        "call server 1 listen 0 1
         call server 1 accept {start} {} 4
         call client {socket} connect {start} {}
         call server {} recv {start} {} 5",
        start + 3,
        start + 1,
        socket + 10,
        start + 5
    );
    let mut calls: Vec<Call> = parse(&text)
        .calls
        .into_iter()
        .map(|party_call| party_call.call)
        .collect();
    for call in &mut calls {
        let port = |address: &mut Option<std::net::SocketAddr>| {
            if let Some(address) = address.as_mut().filter(|address| address.port() == 40_000) {
                address.set_port(client);
            }
        };
        port(&mut call.local);
        port(&mut call.remote);
        if call.role == Role::WelcomingSocket {
            call.local = Some("[::]:12000".parse().unwrap());
        }
        if call.call == CallName::Listen {
            call.remote = None;
        }
    }
    calls
}

fn names(matched: &ConversationCalls) -> Vec<(Party, CallName)> {
    matched
        .calls
        .iter()
        .map(|party_call| (party_call.party, party_call.call.call))
        .collect()
}

fn packets_of(client: u16, time: i64) -> Vec<PacketRef> {
    let mut packets = parse(&format!("packet {time} client syn\npacket {} server synack", time + 1)).packets;
    for seen in &mut packets {
        seen.in_flow.client.set_port(client);
    }
    packets
}

#[test]
fn calls_go_to_the_conversation_of_their_addresses() {
    let mut logs = CallIndex::new();
    let (one, other) = (log(40_001, 1, 100), log(40_002, 2, 200));
    one.into_iter().chain(other).for_each(|call| logs.add(call));
    let second = logs.match_conversation(&packets_of(40_002, 200));
    assert_eq!(
        names(&second),
        [
            (Party::Client, CallName::Connect),
            (Party::Server, CallName::Listen),
            (Party::Server, CallName::Accept),
            (Party::Server, CallName::Recv),
        ]
    );
    assert!(
        second
            .calls
            .iter()
            .all(|party_call| party_call.call.call == CallName::Listen || {
                let ends = [party_call.call.local, party_call.call.remote];
                ends.iter().flatten().any(|end| end.port() == 40_002)
            })
    );
    let first = logs.match_conversation(&packets_of(40_001, 100));
    assert_eq!(
        names(&first),
        [
            (Party::Client, CallName::Connect),
            (Party::Server, CallName::Accept),
            (Party::Server, CallName::Recv)
        ],
        "listen() was handed out already"
    );
    assert_eq!(names(&logs.match_conversation(&packets_of(40_003, 100))), []);
}

#[test]
fn the_same_ports_on_another_day_are_another_socket() {
    let day = 86_400_000_000;
    let mut logs = CallIndex::new();
    let (yesterday, today) = (log(40_001, 1, 100), log(40_001, 2, 100 + day));
    let all = yesterday
        .into_iter()
        .chain(today.into_iter().filter(|call| call.call != CallName::Listen));
    all.for_each(|call| logs.add(call));
    let matched = logs.match_conversation(&packets_of(40_001, 100 + day));
    let connect = matched
        .calls
        .iter()
        .find(|party_call| party_call.call.call == CallName::Connect)
        .unwrap();
    assert_eq!(connect.call.socket, 2);
    let before = logs.match_conversation(&packets_of(40_001, 100));
    let connect = before
        .calls
        .iter()
        .find(|party_call| party_call.call.call == CallName::Connect)
        .unwrap();
    assert_eq!(connect.call.socket, 1);
}

#[test]
fn address_probes_are_left_out() {
    let mut logs = CallIndex::new();
    for mut call in log(40_001, 1, 100) {
        call.role = Role::AddressProbe;
        logs.add(call);
    }
    assert!(logs.is_empty());
}
