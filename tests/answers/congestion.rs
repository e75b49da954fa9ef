//! Timer and flights from what tshark gives, and the timer worked out by hand.

use std::fmt::Write as _;

use super::by_hand::has;
use super::stage::answer;
use crate::support::{Tool, need, tool};

/// A segment as tshark reads it; times in nanoseconds from the first packet.
struct Segment {
    packet: u64,
    time: i128,
    from: u16,
    sequence: u64,
    length: u64,
    acknowledgment: u64,
    flags: u16,
}

fn segments(path: &str) -> Vec<Segment> {
    let mut command = tool(Tool::Tshark);
    command.args(["-r", path, "-T", "fields", "-E", "separator=,"]);
    for field in [
        "frame.number",
        "frame.time_relative",
        "tcp.srcport",
        "tcp.seq",
        "tcp.len",
        "tcp.ack",
        "tcp.flags",
    ] {
        command.args(["-e", field]);
    }
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let segment = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        Segment {
            packet: cells[0].parse().unwrap(),
            time: cells[1].replace('.', "").parse().unwrap(),
            from: cells[2].parse().unwrap(),
            sequence: cells[3].parse().unwrap(),
            length: cells[4].parse().unwrap(),
            acknowledgment: cells[5].parse().unwrap(),
            flags: u16::from_str_radix(cells[6].trim_start_matches("0x"), 16).unwrap(),
        }
    };
    text.lines().map(segment).collect()
}

/// Nanoseconds as milliseconds.
fn ms(nanoseconds: i128) -> String {
    format!("{}.{:06}", nanoseconds / 1_000_000, nanoseconds % 1_000_000)
}

/// A fraction of nanoseconds as milliseconds, halves rounded up.
fn rounded(above: i128, below: i128) -> String {
    ms((2 * above + below) / (2 * below))
}

/// Data that begin below what was sent before, and the rest.
fn again_and_new<'s>(data: &[&'s Segment]) -> (Vec<&'s Segment>, Vec<&'s Segment>) {
    let mut end = 0;
    data.iter().partition(|one| {
        let is_again = one.sequence < end;
        end = end.max(one.sequence + one.length);
        is_again
    })
}

/// Holds TCP 13 against fractions: after sample n, `EstimatedRTT` is s / 8^(n - 1) and `DevRTT` is d / (2 x 8^(n - 1)).
fn judge_timer(path: &str, all: &[Segment]) -> usize {
    let client = all[0].from;
    let data: Vec<&Segment> = all.iter().filter(|one| one.from == client && one.length > 0).collect();
    let (again, new) = again_and_new(&data);
    let mut samples = Vec::new();
    for sent in new.iter().take(6) {
        let end = sent.sequence + sent.length;
        let is_again = again
            .iter()
            .any(|one| one.sequence < end && sent.sequence < one.sequence + one.length);
        let acked = all
            .iter()
            .find(|one| one.packet > sent.packet && one.from != client && one.acknowledgment >= end);
        samples.extend(acked.filter(|_| !is_again).map(|ack| ack.time - sent.time));
    }
    let mut parts = Vec::new();
    let (mut s, mut d, mut below) = (0, 0, 1);
    for (index, &sample) in samples.iter().enumerate() {
        if index == 0 {
            (s, d) = (sample, sample);
        } else {
            d = 2 * (3 * d + 2 * (sample * below - s).abs());
            s = 7 * s + sample * below;
            below *= 8;
        }
        parts.push(format!("After sample {}: DevRTT = ", index + 1));
        parts.push(format!("= {} ms; TimeoutInterval = ", rounded(d, 2 * below)));
        parts.push(format!("= {} ms", rounded(s + 2 * d, below)));
    }
    for (index, one) in again.iter().take(5).enumerate() {
        let first = data.iter().find(|first| first.sequence == one.sequence).unwrap();
        let mut part = format!(
            "Packet {} repeats packet {}, {} ms after it",
            one.packet,
            first.packet,
            ms(one.time - first.time)
        );
        if let Some(before) = again[..index]
            .iter()
            .rev()
            .find(|before| before.sequence == one.sequence)
        {
            write!(
                part,
                ", and {} ms after packet {}",
                ms(one.time - before.time),
                before.packet
            )
            .unwrap();
        }
        parts.push(part);
    }
    has(path, "TCP 13", &parts.iter().map(String::as_str).collect::<Vec<_>>());
    parts.len()
}

/// Holds the flights of TCP 14 against the times.
fn judge_flights(path: &str, all: &[Segment]) -> usize {
    let client = all[0].from;
    let syn_ack = all.iter().find(|one| one.flags & 0x12 == 0x12).unwrap();
    let completes = all
        .iter()
        .find(|one| one.packet > syn_ack.packet && one.from == client)
        .unwrap();
    let round_trip = completes.time - all[0].time;
    let mut parts = vec![format!(
        "it took {} ms + {} ms = {} ms.",
        ms(syn_ack.time - all[0].time),
        ms(completes.time - syn_ack.time),
        ms(round_trip)
    )];
    let mut flights: Vec<Vec<&Segment>> = Vec::new();
    let mut end = 1;
    for one in all.iter().filter(|one| one.from == client && one.length > 0) {
        if one.sequence != end {
            break;
        }
        end += one.length;
        let last = flights.last().and_then(|flight| flight.last()).map(|last| last.time);
        match flights.last_mut() {
            Some(flight) if last.is_some_and(|last| 2 * (one.time - last) < round_trip) => flight.push(one),
            _ => flights.push(vec![one]),
        }
    }
    for (index, flight) in flights.iter().enumerate().take(8) {
        let when = match index {
            0 => format!(
                "at {}.{:09} s",
                flight[0].time / 1_000_000_000,
                flight[0].time % 1_000_000_000
            ),
            _ => format!(
                "{} ms after flight {index}",
                ms(flight[0].time - flights[index - 1][0].time)
            ),
        };
        let segments = match flight.len() {
            1 => "1 segment".to_owned(),
            count => format!("{count} segments"),
        };
        let packets = match flight.as_slice() {
            [one] => format!("packet {}", one.packet),
            [first, .., last] => format!("first packet {}, last packet {}", first.packet, last.packet),
            [] => unreachable!(),
        };
        let bytes: u64 = flight.iter().map(|one| one.length).sum();
        parts.push(format!(
            "Flight {}, {when}: {segments}, {bytes} bytes of data ({packets}).",
            index + 1
        ));
    }
    has(path, "TCP 14", &parts.iter().map(String::as_str).collect::<Vec<_>>());
    parts.len()
}

#[test]
fn timer_and_flights_are_what_the_times_of_tshark_give() {
    if !need(Tool::Tshark) {
        return;
    }
    let mut checked = 0;
    for name in [
        "timer",
        "slow-start",
        "data-lost",
        "fast-retransmit",
        "halved",
        "zero-window",
        "rtt",
    ] {
        let path = format!("captures/two-hosts/{name}.client.pcapng");
        let all = segments(&path);
        checked += judge_timer(&path, &all) + judge_flights(&path, &all);
    }
    // At the receiver, flights are told apart as well.
    for name in ["slow-start", "timer", "fast-retransmit"] {
        let path = format!("captures/two-hosts/{name}.server.pcapng");
        checked += judge_flights(&path, &segments(&path));
        for (question, part) in [
            ("TCP 13", "so these are not the samples of the sender"),
            ("TCP 14", "made near the server"),
        ] {
            assert!(answer(&path, &[], question).contains(part), "{path} {question}");
        }
    }
    assert!(checked > 90, "{checked}");
}

// captures/two-hosts/timer.client.pcapng, samples 50.397650, 46.490369 and 47.848950 ms (TCP 6).
// DevRTT: 25.198825; 0.75 x 25.198825 + 0.25 x 3.907281 = 18.89911875 + 0.97682025 = 19.875939;
//   EstimatedRTT 0.875 x 50.397650 + 0.125 x 46.490369 = 44.09794375 + 5.811296125 = 49.909239875;
//   0.75 x 19.875939 + 0.25 x 2.060289875 = 14.90695425 + 0.51507246875 = 15.42202671875;
//   EstimatedRTT 0.875 x 49.909239875 + 0.125 x 47.848950 = 43.670584890625 + 5.98111875 = 49.651703640625.
// TimeoutInterval: 50.397650 + 100.795300 = 151.192950; 49.909239875 + 79.503756 = 129.412995875;
//   49.651703640625 + 61.688106875 = 111.339810515625. 49.651703640625 + 200 = 249.651703640625.
// Packets 9, 14, 15, 16: 0.141879015, 0.393985804, 0.909985858, 1.933978200 s.
#[test]
fn timer_by_hand() {
    let path = "captures/two-hosts/timer.client.pcapng";
    has(
        path,
        "TCP 13",
        &[
            "The round trip of the handshake is not among them",
            "DevRTT = half of the first sample = 50.397650 / 2 = 25.198825 ms; TimeoutInterval = 50.397650 + 4 x 25.198825 = 151.192950 ms",
            "0.75 x 25.198825 + 0.25 x |46.490369 - 50.397650| = 19.875939 ms; TimeoutInterval = 49.909240 + 4 x 19.875939 = 129.412996 ms",
            "0.75 x 19.875939 + 0.25 x |47.848950 - 49.909240| = 15.422027 ms; TimeoutInterval = 49.651704 + 4 x 15.422027 = 111.339811 ms",
            "after sample 3 that is 49.651704 + 200.000000 = 249.651704 ms.",
            "Packet 14 repeats packet 9, 252.106789 ms after it.",
            "Packet 15 repeats packet 9, 768.106843 ms after it, and 516.000054 ms after packet 14.",
            "Packet 16 repeats packet 9, 1792.099185 ms after it, and 1023.992342 ms after packet 15.",
            // Packets 21, 23 and 26 follow the ACKs of the repair.
            "1 repetition more is not listed.",
            "A wait alone does not show what caused the repetition.",
            "packet 14, bytes 38-41: 3f 13 ec fb, sequence number = 1058270459",
        ],
    );
    // One segment, which was sent twice: no sample, but a wait. 0.305797622 - 0.061016024 = 0.244781598 s.
    has(
        "captures/two-hosts/data-lost.client.pcapng",
        "TCP 13",
        &["give no sample", "Packet 5 repeats packet 4, 244.781598 ms after it."],
    );
    let fast = answer("captures/two-hosts/fast-retransmit.client.pcapng", &[], "TCP 13");
    assert!(fast.contains("packet 6, 44.021095 ms after it, after three duplicate ACKs: a fast retransmission"));
    assert!(
        !fast.contains("A wait alone"),
        "the duplicate ACKs show what caused it: {fast}"
    );
    let none = answer("captures/two-hosts/slow-start.client.pcapng", &[], "TCP 13");
    assert!(
        none.contains("No segment of the client was sent again (31 segments with data)"),
        "{none}"
    );
    assert!(none.contains("`socket-lab wire data-lost`"), "{none}");
    // A large segment that is repeated in parts: packets 40 and 42 do not have the same data.
    let parts = answer("tests/answers/lossy.pcap", &[], "TCP 13");
    assert!(
        parts.contains("Packet 42 repeats packet 39") && !parts.contains("after packet 40"),
        "{parts}"
    );
}
