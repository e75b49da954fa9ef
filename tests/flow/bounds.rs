//! How much memory and time many conversations take.

use std::time::{Duration, Instant};

use socket_lab::flow::Tracker;
use socket_lab::frame::Time;
use socket_lab::wire::{LinkType, decode};

use crate::support::again::in_own_process;

const CONNECTIONS: u32 = 1_000_000;
/// What a conversation may take in all, in bytes: 400 MB for a million.
const MOST: usize = 400;

const SYN: u8 = 2;
const PSH: u8 = 8;
const ACK: u8 = 16;

/// A segment over IPv4 of connection `number`.
fn segment(number: u32, from_client: bool, flags: u8, numbers: (u32, u32), data: u8) -> [u8; 48] {
    let mut bytes = [0; 48];
    let [_, net, host, low] = number.to_be_bytes();
    let (client, server) = ([10, net, host, low], [192, 168, 0, 1]);
    let (ports, addresses) = if from_client {
        ((40_000_u16, 80_u16), (client, server))
    } else {
        ((80, 40_000), (server, client))
    };
    bytes[..12].copy_from_slice(&[0x45, 0, 0, 40 + data, 0, 0, 0x40, 0, 64, 6, 0, 0]);
    bytes[12..16].copy_from_slice(&addresses.0);
    bytes[16..20].copy_from_slice(&addresses.1);
    bytes[20..22].copy_from_slice(&ports.0.to_be_bytes());
    bytes[22..24].copy_from_slice(&ports.1.to_be_bytes());
    bytes[24..28].copy_from_slice(&numbers.0.to_be_bytes());
    bytes[28..32].copy_from_slice(&numbers.1.to_be_bytes());
    bytes[32..40].copy_from_slice(&[0x50, flags, 200, 0, 0, 0, 0, 0]);
    bytes
}

/// A connection that is open, with a request that nothing came back for: the worst that an idle one can keep.
const STORY: [(bool, u8, (u32, u32), u8); 4] = [
    (true, SYN, (100, 0), 0),
    (false, SYN | ACK, (500, 101), 0),
    (true, ACK, (101, 501), 0),
    (true, PSH | ACK, (101, 501), 8),
];

fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = pages.split(' ').nth(1).unwrap().parse().unwrap();
    let page = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE);
    pages * usize::try_from(page.unwrap().unwrap()).unwrap()
}

/// Follows so many connections at once. Says what they took: bytes, and time a packet.
fn many(connections: u32) -> (usize, Duration) {
    let before = resident();
    let mut tracker = Tracker::new();
    let (mut number, mut spent) = (0, Duration::ZERO);
    for (from_client, flags, numbers, data) in STORY {
        let start = Instant::now();
        for connection in 0..connections {
            number += 1;
            let bytes = segment(connection, from_client, flags, numbers, data);
            let packet = decode(LinkType::IPV4, &bytes[..40 + usize::from(data)], 0);
            let in_flow = tracker.follow(number, Some(Time(i64::try_from(number).unwrap())), &packet);
            assert_eq!(in_flow.unwrap().conversation, u64::from(connection) + 1);
        }
        spent += start.elapsed();
    }
    assert_eq!(tracker.forgotten(), 0);
    (resident() - before, spent / u32::try_from(number).unwrap())
}

#[test]
fn a_million_connections_at_once_take_less_than_400_mb() {
    // Where nothing else takes memory.
    in_own_process(|| {
        let (bytes, each) = many(CONNECTIONS);
        let each_takes = bytes / CONNECTIONS as usize;
        println!(
            "{CONNECTIONS} connections: {} MB, {each_takes} bytes each; {each:?} a packet",
            bytes / 1_000_000
        );
        assert!(each_takes < MOST, "{each_takes} bytes a connection");
    });
}
