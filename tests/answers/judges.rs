//! What the answers say of transfers, against what tshark's fields give.

use super::stage::answer;
use crate::support::{Tool, need, needs, tool};

/// A segment as tshark reads it.
#[derive(Debug, Clone)]
struct Segment {
    packet: u64,
    time: f64,
    source: u16,
    sequence: u64,
    raw: u64,
    length: u64,
    acknowledgment: u64,
    window: Option<u64>,
    syn: bool,
    is_repeated: bool,
}

/// The segments of a TCP stream.
fn segments(file: &str, filter: &str) -> Vec<Segment> {
    let mut command = tool(Tool::Tshark);
    command.args(["-r", file, "-Y", filter, "-T", "fields", "-E", "separator=,"]);
    for field in [
        "frame.number",
        "frame.time_relative",
        "tcp.srcport",
        "tcp.seq",
        "tcp.seq_raw",
        "tcp.len",
        "tcp.ack",
        "tcp.window_size",
        "tcp.flags.syn",
        "tcp.analysis.retransmission",
    ] {
        command.args(["-e", field]);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            Segment {
                packet: cells[0].parse().unwrap(),
                time: cells[1].parse().unwrap(),
                source: cells[2].parse().unwrap(),
                sequence: cells[3].parse().unwrap(),
                raw: cells[4].parse().unwrap(),
                length: cells[5].parse().unwrap(),
                acknowledgment: cells[6].parse().unwrap_or(0),
                window: cells[7].parse().ok(),
                syn: matches!(cells[8], "1" | "True"),
                is_repeated: !cells[9].is_empty(),
            }
        })
        .collect()
}

/// A time that tshark gives in seconds, to the nanosecond.
#[expect(clippy::cast_possible_truncation, reason = "a capture lasts less than 2^63 ns")]
fn nanoseconds(seconds: f64) -> i128 {
    i128::from((seconds * 1e9).round() as i64)
}

/// The segments of one end that have data.
fn with_data(all: &[Segment], sender: u16) -> Vec<&Segment> {
    all.iter()
        .filter(|one| one.source == sender && one.length > 0)
        .collect()
}

/// Holds that this is in the answer to the question.
fn expect(file: &str, more: &[&str], question: &str, part: &str) {
    let answer = answer(file, more, question);
    assert!(answer.contains(part), "{file}: {question}: no {part:?} in {answer}");
}

/// Data segments that begin below what was sent before: repetitions.
fn repetitions(data: &[&Segment]) -> Vec<u64> {
    let mut end = 0;
    let mut found = Vec::new();
    for segment in data {
        if segment.sequence < end {
            found.push(segment.packet);
        }
        end = end.max(segment.sequence + segment.length);
    }
    found
}

/// The first acknowledgment of the other end past this byte.
fn acknowledged(segments: &[Segment], sent: &Segment) -> Option<Segment> {
    let end = sent.sequence + sent.length;
    let later = segments
        .iter()
        .filter(|one| one.packet > sent.packet && one.source != sent.source);
    later.into_iter().find(|one| one.acknowledgment >= end).cloned()
}

/// Holds the answers about a conversation against its segments; `more` chooses the conversation.
fn judge(file: &str, more: &[&str], all: &[Segment], sender: u16) -> usize {
    let data = with_data(all, sender);
    let again = repetitions(&data);
    let mut checked = 0;
    let mut expect = |question: &str, part: &str| {
        expect(file, more, question, part);
        checked += 1;
    };

    let mut samples = Vec::new();
    let first = data.iter().filter(|one| !again.contains(&one.packet)).take(6);
    for (index, sent) in first.enumerate() {
        let ack = acknowledged(all, sent).unwrap();
        let is_again = again.iter().any(|packet| {
            let one = data.iter().find(|one| one.packet == *packet).unwrap();
            one.sequence < sent.sequence + sent.length && sent.sequence < one.sequence + one.length
        });
        expect(
            "TCP 6",
            &format!(
                "Segment {}: packet {}, seq {} (relative {}), sent at {:.9} s, acknowledged by packet {} ",
                index + 1,
                sent.packet,
                sent.raw,
                sent.sequence,
                sent.time,
                ack.packet
            ),
        );
        if is_again {
            continue;
        }
        let trip = (ack.time - sent.time) * 1e3;
        expect("TCP 6", &format!("SampleRTT = {trip:.6} ms"));
        samples.push(nanoseconds(ack.time) - nanoseconds(sent.time));
        expect("TCP 7", &format!("packet {}, {} byte", sent.packet, sent.length));
    }
    // In nanoseconds as a fraction, whose denominator is 8 times as large after each sample; halves are rounded up.
    let (mut estimated, mut below) = (samples[0], 1);
    for (index, sample) in samples.iter().enumerate().skip(1) {
        estimated = 7 * estimated + sample * below;
        below *= 8;
        let rounded = (2 * estimated + below) / (2 * below);
        expect("TCP 6", &format!("EstimatedRTT after sample {} = ", index + 1));
        expect(
            "TCP 6",
            &format!("= {}.{:06} ms", rounded / 1_000_000, rounded % 1_000_000),
        );
    }

    let windows = all.iter().filter(|one| one.source != sender && !one.syn);
    let smallest = windows.filter_map(|one| one.window).min().unwrap();
    // Without the SYNs nobody knows the scale: tshark then gives the number in the header.
    let told = if all.iter().any(|one| one.syn) {
        format!("= {smallest} bytes (packet ")
    } else {
        format!(": {smallest} (packet ")
    };
    expect("TCP 8", &told);

    match again.as_slice() {
        [] => expect("TCP 9", "None: no sequence number"),
        [first, ..] => {
            expect(
                "TCP 9",
                &format!("{} of {} segments with data: packet {first} ", again.len(), data.len()),
            );
        }
    }
    let judged = data.iter().filter(|one| one.is_repeated);
    assert!(judged.clone().all(|one| again.contains(&one.packet)), "{file}");

    checked + acknowledgments(file, more, all, sender)
}

/// The same of the acknowledgments and the throughput.
fn acknowledgments(file: &str, more: &[&str], all: &[Segment], sender: u16) -> usize {
    let data = with_data(all, sender);
    let again = repetitions(&data);
    let mut checked = 0;
    let mut expect = |question: &str, part: &str| {
        expect(file, more, question, part);
        checked += 1;
    };
    let begin = data.iter().map(|one| one.sequence).min().unwrap();
    let acks = all
        .iter()
        .filter(|one| one.source != sender && one.acknowledgment > begin);
    let mut reached = begin;
    let mut last = None;
    let mut sizes = Vec::new();
    let mut several = Vec::new();
    for ack in acks {
        let end = data.iter().map(|one| one.sequence + one.length).max().unwrap();
        let to = ack.acknowledgment.min(end);
        if to > reached {
            let sent = data
                .iter()
                .filter(|one| one.packet < ack.packet && !again.contains(&one.packet));
            let ends: std::collections::BTreeSet<u64> = sent.map(|one| one.sequence + one.length).collect();
            let covered = ends.range(reached + 1..=to).count();
            if covered > 1 {
                several.push((ack.packet, covered));
            }
            sizes.push(to - reached);
            reached = to;
            last = Some(ack);
        }
    }
    let last = last.unwrap();
    let bytes: u64 = sizes.iter().sum();
    if sizes.len() > 1 {
        expect("TCP 10", &format!("{} ACKs for {bytes} bytes together", sizes.len()));
    }
    match several.as_slice() {
        [] => expect("TCP 10", "None covers two segments at once"),
        [(packet, count), ..] => expect(
            "TCP 10",
            &format!("for two segments or more, the first is packet {packet} ({count} segments)"),
        ),
    }
    expect(
        "TCP 11",
        &format!(
            "Bytes: {bytes}, acknowledged from packet {} to packet {}.",
            data[0].packet, last.packet
        ),
    );
    expect("TCP 11", &format!("= {:.9} s.", last.time - data[0].time));
    checked
}

#[test]
fn a_transfer_with_losses_is_what_tshark_sees() {
    if !need(Tool::Tshark) {
        return;
    }
    let file = "tests/answers/lossy.pcap";
    let all = segments(file, "tcp");
    let sender = all[0].source;
    let data = with_data(&all, sender);
    assert!(repetitions(&data).len() >= 5, "losses are in it");
    assert!(judge(file, &[], &all, sender) > 20);
    // Its window was closed several times.
    let zeros = all
        .iter()
        .filter(|one| one.source != sender && one.window == Some(0))
        .count();
    let said = answer(file, &[], "TCP 8");
    assert!(
        said.contains(&format!(
            "Yes, it throttles the sender: {zeros} segments announce a window of 0"
        )),
        "{said}"
    );
}

#[test]
fn transfers_of_the_corpus_are_what_tshark_sees() {
    let Some(corpus) = needs::corpus() else { return };
    if !need(Tool::Tshark) {
        return;
    }
    // File, tshark's stream, a packet of it.
    for (name, stream, packet) in [("of13_ericsson.pcapng", 16, 126), ("of10_pf5240.pcap", 1, 0)] {
        let file = format!("{}/{name}", corpus.display());
        let all = segments(&file, &format!("tcp.stream == {stream}"));
        assert!(packet == 0 || all.iter().any(|one| one.packet == packet), "{name}");
        let number = conversation(&file, all[0].packet);
        let sent = |port: u16| {
            all.iter()
                .filter(|one| one.source == port)
                .map(|one| one.length)
                .sum::<u64>()
        };
        let one = all[0].source;
        let other = all.iter().find(|segment| segment.source != one).unwrap().source;
        let sender = if sent(one) > sent(other) { one } else { other };
        assert!(judge(&file, &["--flow", &number], &all, sender) > 5, "{name}");
    }
}

/// The number that the sniffer gives to the conversation of this packet.
fn conversation(file: &str, packet: u64) -> String {
    let ended = super::stage::sniffer(&["-r", file, "--json"]);
    let packets = ended
        .output
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let found = packets.into_iter().find(|one| one["number"] == packet).unwrap();
    found["conversation"]["number"].to_string()
}
