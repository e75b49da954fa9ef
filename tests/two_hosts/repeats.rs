//! A run repeats: the same packets in the same order at both ends.

use std::collections::HashMap;
use std::net::SocketAddr;

use socket_lab::frame::Frame;
use socket_lab::wire::Protocol;

use super::stage::{Run, ready};

/// All but `congestion`, where BBR sends by a clock of its own, and `bottleneck`: with thousands of packets, other tests beside it disturb
/// nearly every repeat. In two halves, of about the same length.
const WORDS: [&[&str]; 2] = [
    &[
        "rtt",
        "udp-lost",
        "syn-lost",
        "ack-lost",
        "data-lost",
        "reply-lost",
        "corrupt",
        "duplicate",
        "black-hole",
    ],
    &[
        "synack-lost",
        "fast-retransmit",
        "reorder",
        "zero-window",
        "slow-start",
        "path-mtu",
        "both-open",
        "both-close",
    ],
];

/// A packet as it is in every repeat: who sent it; flags, sequence number and acknowledgment number from the first on, bytes of data.
type Packet = (SocketAddr, Option<String>, u32, u32, usize);

/// What an end has captured, in order. Ports that a kernel chose become 0.
fn order(frames: &[Frame<'_>]) -> Vec<Packet> {
    let mut first: HashMap<SocketAddr, u32> = HashMap::new();
    let packets = frames.iter().map(|frame| {
        let packet = frame.decode();
        let (from, to) = packet.endpoints().unwrap_or_else(|| {
            let nowhere = SocketAddr::from(([0; 4], 0));
            (nowhere, nowhere)
        });
        let tcp = packet
            .layer(Protocol::Tcp)
            .filter(|layer| !layer.is_quoted())
            .and_then(socket_lab::wire::Layer::tcp);
        let (flags, sequence, acknowledged) = tcp.map_or((None, 0, 0), |tcp| {
            let own = *first.entry(from).or_insert(tcp.sequence_number());
            let other = first.get(&to).copied().unwrap_or_default();
            let flags = format!("{:?}", tcp.flags());
            let acknowledged = tcp.acknowledgment_number().wrapping_sub(other);
            (Some(flags), tcp.sequence_number().wrapping_sub(own), acknowledged)
        });
        // A SYN has no acknowledgment yet.
        let acknowledged = if sequence == 0 { 0 } else { acknowledged };
        let known = if from.port() == 13_000 {
            from
        } else {
            SocketAddr::new(from.ip(), 0)
        };
        (known, flags, sequence, acknowledged, packet.payload().bytes.len())
    });
    packets.collect()
}

/// On a computer with nothing else to do all repeats are the same. On a busy one a program may come to its turn too late.
fn repeats(word: &'static str) {
    const SAME: usize = 3;
    const MOST: usize = 6;
    let mut seen: Vec<([Vec<Packet>; 2], usize)> = Vec::new();
    for _ in 0..MOST {
        let run = Run::of(word, &["--short"]);
        let both = ["client", "server"].map(|end| order(&run.frames(end)));
        match seen.iter_mut().find(|(other, _)| *other == both) {
            Some((_, times)) => *times += 1,
            None => seen.push((both, 1)),
        }
        if seen.iter().any(|(_, times)| *times == SAME) {
            return;
        }
    }
    let first_difference = seen.windows(2).map(|two| {
        let [one, other] = [&two[0].0[0], &two[1].0[0]];
        let at = one.iter().zip(other).position(|(one, other)| one != other);
        at.map(|at| (at + 1, &one[at], &other[at]))
    });
    panic!(
        "{word}: no {SAME} of {MOST} repeats are the same; {:#?}",
        first_difference.collect::<Vec<_>>()
    );
}

#[test]
fn packets_have_the_same_order_in_every_repeat() {
    if !ready() {
        return;
    }
    std::thread::scope(|scope| {
        for words in &WORDS {
            scope.spawn(|| words.iter().for_each(|word| repeats(word)));
        }
    });
}
