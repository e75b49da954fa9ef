//! Wireshark's display filters, translated: tshark selects the same packets.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::net::Ipv6Addr;

use socket_lab::filter::display::{DisplayFilter, read};
use socket_lab::wire::LinkType;

use super::frames::{Pile, whole_of};
use super::{compiled, selected};
use crate::support::{Tool, need, tool};

const FILTERS: [&str; 30] = [
    "tcp",
    "ipv6",
    "icmpv6 || arp",
    "tcp.port == 12000",
    "tcp.port == 13000 && ip",
    "tcp.port != 13000",
    "!(tcp.port == 13000)",
    "udp.port == 13000 || tcp.port == 13000",
    "tcp.dstport == 13000",
    "tcp.srcport > 20000",
    "udp.port in {53, 12000..13000}",
    "ip.addr == 127.0.0.1",
    "ip.addr == 10.1.2.3/8",
    "ip.addr != 127.0.0.1",
    "ip.src == 127.0.0.1 and not tcp",
    "ipv6.addr == 2001:db8::1",
    "eth.addr == 02:00:00:00:00:01",
    "frame.len > 100",
    "frame.len <= 66",
    "tcp.flags.syn == 1",
    "tcp.flags.syn == 1 && tcp.flags.ack == 0",
    "tcp.flags.fin == 1 || tcp.flags.reset == 1 && tcp.port == 13000",
    "tcp.flags == 0x012",
    "tcp.flags.push",
    "tcp.window_size_value < 1000",
    "ip.ttl < 64",
    "ip.proto != 6",
    "ip.flags.df == 1",
    "icmp.type == 3",
    "udp.length > 12",
];

/// What tshark selects, as the numbers of frames from 0.
fn tshark(pile: &Pile, filter: &str) -> BTreeSet<usize> {
    let run = tool(Tool::Tshark)
        .args(["-o", "ip.defragment:FALSE", "-r", "-", "-Y", filter])
        .args(["-T", "fields", "-e", "frame.number"])
        .stdin(pile.file())
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{filter}: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    let numbers = String::from_utf8(run.stdout).unwrap();
    numbers.lines().map(|line| line.parse::<usize>().unwrap() - 1).collect()
}

/// The protocols that tshark finds in each frame, from the outside to the inside.
fn protocols(pile: &Pile) -> BTreeMap<usize, String> {
    let run = tool(Tool::Tshark)
        .args([
            "-o",
            "ip.defragment:FALSE",
            "-r",
            "-",
            "-T",
            "fields",
            "-e",
            "frame.protocols",
        ])
        .stdin(pile.file())
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    text.lines().map(str::to_owned).enumerate().collect()
}

/// A frame with an IPv6 packet.
fn ipv6(next_header: u8, payload: &[u8]) -> Vec<u8> {
    let [source, destination] = ["2001:db8::1", "2001:db8::2"].map(|text| text.parse::<Ipv6Addr>().unwrap().octets());
    let link = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd];
    let length = u8::try_from(payload.len()).unwrap();
    let fixed = [0x60, 0, 0, 0, 0, length, next_header, 64];
    [&link[..], &fixed, &source, &destination, payload].concat()
}

#[test]
fn the_same_packets_are_selected_as_by_wireshark() {
    if !need(Tool::Tshark) || !need(Tool::Tcpdump) {
        return;
    }
    let mut frames = whole_of(LinkType::ETHERNET);
    let segment = |flags: u8| {
        [
            &[0x30, 0x39, 0x32, 0xc8, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags, 1, 0][..],
            &[0; 4],
        ]
        .concat()
    };
    let others = [
        (6, segment(0x02)),
        (6, segment(0x12)),
        (6, segment(0x11)),
        (17, vec![0, 53, 0x32, 0xc8, 0, 8, 0, 0]),
    ];
    let others = others.map(|(next, payload)| ipv6(next, &payload));
    frames.extend(others.map(|bytes| ("IPv6".to_owned(), u32::try_from(bytes.len()).unwrap(), bytes)));
    let pile = Pile::of(LinkType::ETHERNET, frames);
    let protocols = protocols(&pile);
    // Headers within others, which are not looked at here: errors that quote.
    let is_nested = |index: &usize| protocols[index].matches(":ip").count() > 1;
    let (mut compared, mut idle) = (0, Vec::new());
    for filter in FILTERS {
        let DisplayFilter::Translated { expression, .. } = read(filter) else {
            // A word of both languages.
            assert_eq!(filter, "tcp");
            continue;
        };
        let ours = selected(&compiled(LinkType::ETHERNET, &expression).unwrap(), &pile.frames);
        let theirs = tshark(&pile, filter);
        let differing: Vec<usize> = ours
            .symmetric_difference(&theirs)
            .copied()
            .filter(|index| !is_nested(index))
            .collect();
        let shown: Vec<(usize, &str)> = differing
            .iter()
            .take(5)
            .map(|index| (*index, &*pile.frames[*index].origin))
            .collect();
        assert!(
            differing.is_empty(),
            "{filter} is not {expression}: {shown:?}, {:?}",
            protocols[&differing[0]]
        );
        if ours.is_empty() || ours.len() == pile.frames.len() {
            idle.push(filter);
        }
        compared += 1;
    }
    assert!(compared > 25 && idle.len() < 5, "{idle:?}");
    let _ = writeln!(
        std::io::stderr(),
        "{compared} display filters on {} frames",
        pile.frames.len()
    );
}

#[test]
fn the_names_are_those_of_wireshark() {
    if !need(Tool::Tshark) {
        return;
    }
    // One name that tshark does not know is an error.
    let all: Vec<String> = socket_lab::filter::display::names().collect();
    assert!(all.len() > 70);
    let run = tool(Tool::Tshark)
        .args(["-r", "captures/udp.pcapng", "-Y", &all.join(" || ")])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}
