//! What one end's capture is said to prove, against what the wire wrote: nothing that is said as a fact may contradict it.

use serde_json::Value;
use socket_lab::flow::repetition::{FirstTransmission, Proof};
use socket_lab::flow::segment::{Segment, SegmentPart};
use socket_lab::flow::{Party, Tracker};
use socket_lab::frame::Frame;

use super::stage::{Run, ready};
use crate::support::ours;

/// A frame as the wire took it: who sent it, when, and when it arrived unchanged.
struct Sent {
    from: Party,
    time: i64,
    arrivals: Vec<i64>,
    sequence: u32,
    /// After its last number.
    end: u32,
    is_syn: bool,
    has_data: bool,
}

/// A packet in the capture of one end.
struct Captured {
    /// Which frame it is.
    frame: usize,
    /// Is it not the first time that this frame arrives here?
    is_copy: bool,
    segment: Segment,
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))).unwrap()
}

fn party(end: &Value) -> Party {
    if end == "client" { Party::Client } else { Party::Server }
}

/// What the wire wrote of frames with TCP, each with its line there.
fn sent(run: &Run, frames: &[Vec<Frame<'static>>; 2]) -> Vec<(Value, Sent)> {
    let hosts = run.truth().into_iter().filter(|frame| frame["from"] != "router");
    hosts
        .filter_map(|line| {
            let from = party(&line["from"]);
            let own = &frames[usize::from(from == Party::Server)];
            let frame = &own[number(&line["packet"]) - 1];
            let packet = frame.decode();
            let tcp = packet.tcp()?;
            let length = packet.payload().bytes.len();
            let flags = tcp.flags();
            let is_syn = flags.has(socket_lab::wire::tcp::Flags::SYN);
            let is_fin = flags.has(socket_lab::wire::tcp::Flags::FIN);
            let takes = u32::try_from(length + usize::from(is_syn) + usize::from(is_fin)).unwrap();
            let unchanged = line["arrivals"].as_array().unwrap().iter();
            let unchanged = unchanged.filter(|arrival| arrival["changed"] == false);
            let sent = Sent {
                from,
                time: line["time"].as_i64().unwrap(),
                arrivals: unchanged.map(|arrival| arrival["time"].as_i64().unwrap()).collect(),
                sequence: tcp.sequence_number(),
                end: tcp.sequence_number().wrapping_add(takes),
                is_syn,
                has_data: length > 0,
            };
            Some((line, sent))
        })
        .collect()
}

/// The packets of one end's capture, by their numbers.
fn captured(end: Party, frames: &[Frame<'static>], sent: &[(Value, Sent)]) -> Vec<Option<Captured>> {
    let mut tracker = Tracker::new();
    let mut seen = vec![0; sent.len()];
    let each = (1..).zip(frames).map(|(number, frame)| {
        let in_flow = tracker.follow(number, frame.time, &frame.decode());
        let index = sent.iter().position(|(line, sent)| {
            let mut own = line["arrivals"].as_array().unwrap().iter();
            if sent.from == end {
                line["packet"] == number
            } else {
                own.any(|arrival| arrival["packet"] == number)
            }
        })?;
        seen[index] += 1;
        Some(Captured {
            frame: index,
            is_copy: seen[index] > 1,
            segment: *in_flow?.segment()?,
        })
    });
    each.collect()
}

/// What one end's capture is said to prove is what the wire did. Gives how much was checked of each kind.
#[track_caller]
pub(super) fn assert_proved(run: &Run, rules: &str) -> Vec<String> {
    let frames = ["client", "server"].map(|end| run.frames(end));
    let sent = sent(run, &frames);
    let mut checked = Vec::new();
    for (end, own) in [Party::Client, Party::Server].into_iter().zip(&frames) {
        let packets = captured(end, own, &sent);
        let of = |number: u64| packets[usize::try_from(number).unwrap() - 1].as_ref().unwrap();
        for (index, packet) in packets.iter().enumerate() {
            let Some(packet) = packet else { continue };
            let said = Said {
                place: format!("{} ({rules}), {end}, packet {}", run.word, index + 1),
                sent: &sent,
                end,
                packet,
                time: own[index].time.unwrap().0,
            };
            if let Some(repetition) = packet.segment.repetition {
                let first = packet.segment.first_sent.map(of);
                said.assert_first(repetition.first, first, &packets[..index]);
                assert!(
                    repetition.may_be_older || said.is_sent_again(),
                    "{}: sent once",
                    said.place
                );
                checked.push(format!("{:?}", repetition.first));
            }
            match packet.segment.proof {
                Some(Proof::Arrived(number)) => {
                    assert!(!said.frame(of(number)).arrivals.is_empty(), "{}: {number}", said.place);
                    checked.push("Arrived".to_owned());
                }
                Some(Proof::Missing(number)) => {
                    said.assert_missing(of(number), said.frame(packet).time);
                    checked.push("Missing later".to_owned());
                }
                None => {}
            }
            if let Some(twice) = packet.segment.arrived_twice {
                said.assert_arrived_twice(twice.first);
                checked.push("Twice".to_owned());
            }
        }
    }
    checked
}

/// What is said of a packet, and what is known.
struct Said<'a> {
    place: String,
    sent: &'a [(Value, Sent)],
    end: Party,
    packet: &'a Captured,
    /// When it was sent, or arrived.
    time: i64,
}

impl Said<'_> {
    fn frame(&self, packet: &Captured) -> &Sent {
        &self.sent[packet.frame].1
    }

    /// Was it sent after another one with its first number, and is it no copy of what arrived?
    fn is_sent_again(&self) -> bool {
        let own = self.frame(self.packet);
        let mut others = self.sent.iter().map(|(_, sent)| sent);
        let is_before = |sent: &Sent| {
            let offset = own.sequence.wrapping_sub(sent.sequence);
            sent.from == own.from && sent.time < own.time && offset < sent.end.wrapping_sub(sent.sequence)
        };
        !self.packet.is_copy && others.any(is_before)
    }

    #[track_caller]
    fn assert_first(&self, known: FirstTransmission, first: Option<&Captured>, before: &[Option<Captured>]) {
        let place = &self.place;
        let own = self.frame(self.packet);
        let later = |one: u32, two: u32| i32::try_from(i64::from(one.wrapping_sub(two) as i32)).unwrap() > 0;
        let acknowledged = before.iter().flatten().any(|answer| {
            let frame = self.frame(answer);
            let to = answer.segment.acknowledgment;
            frame.from != own.from && to.is_some_and(|to| !later(own.end, to.raw.0))
        });
        assert_eq!(
            known == FirstTransmission::Acknowledged,
            acknowledged,
            "{place}: {known:?}"
        );
        match known {
            FirstTransmission::Open => assert!(first.is_some(), "{place}"),
            FirstTransmission::Acknowledged | FirstTransmission::Reported => {
                let mut others = self.sent.iter().filter(|(_, sent)| {
                    sent.from == own.from && !later(sent.sequence, own.sequence) && later(sent.end, own.sequence)
                });
                assert!(
                    others.any(|(_, sent)| sent.arrivals.iter().any(|time| *time < self.time) || self.packet.is_copy),
                    "{place}: nothing arrived before"
                );
            }
            FirstTransmission::Missing | FirstTransmission::AskedFor => {
                self.assert_missing(first.unwrap(), own.time);
            }
            FirstTransmission::Undelivered => assert!(self.frame(first.unwrap()).arrivals.is_empty(), "{place}"),
            FirstTransmission::NotTaken => panic!("{place}: no such SYN here"),
            FirstTransmission::NotCaptured => {
                assert_ne!(own.from, self.end, "{place}: the sender's end has all");
                let mut others = self.sent.iter().filter(|(_, sent)| {
                    let offset = own.sequence.wrapping_sub(sent.sequence);
                    sent.from == own.from && sent.time < own.time && offset < sent.end.wrapping_sub(sent.sequence)
                });
                let is_late = before.iter().flatten().any(|other| self.frame(other).time > own.time);
                assert!(is_late || others.any(|(_, sent)| sent.arrivals.is_empty()), "{place}");
            }
            FirstTransmission::Unknown => {}
        }
    }

    /// It was lost, or it had not arrived at this time, or what was sent later had arrived before it.
    #[track_caller]
    fn assert_missing(&self, packet: &Captured, time: i64) {
        let sent = self.frame(packet);
        let is_overtaken = |arrival: &i64| {
            self.sent.iter().any(|(_, other)| {
                other.from == sent.from && other.time > sent.time && other.arrivals.iter().any(|early| early < arrival)
            })
        };
        assert!(
            sent.arrivals
                .iter()
                .all(|arrival| *arrival > time || is_overtaken(arrival)),
            "{}: it had arrived",
            self.place
        );
    }

    /// At the end that reports it.
    #[track_caller]
    fn assert_arrived_twice(&self, first: i64) {
        let from = self.frame(self.packet).from.other();
        let start = self
            .sent
            .iter()
            .find(|(_, sent)| sent.from == from && sent.is_syn)
            .unwrap();
        let wanted = start.1.sequence.wrapping_add(u32::try_from(first).unwrap());
        let arrived = self.sent.iter().filter(|(_, sent)| {
            let offset = wanted.wrapping_sub(sent.sequence);
            sent.from == from && offset < sent.end.wrapping_sub(sent.sequence)
        });
        let times: usize = arrived.map(|(_, sent)| sent.arrivals.len()).sum();
        assert!(times >= 2, "{}: {times} arrivals", self.place);
    }
}

/// The closing sentence of the ladder, if something is open.
fn open(run: &Run, end: &str) -> Vec<String> {
    let output = ours("sniffer")
        .arg("-r")
        .arg(run.capture(end))
        .args(["--view", "ladder", "--full", "--style", "plain"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    let open = told.lines().filter(|line| line.contains("it cannot be told"));
    open.map(str::to_owned).collect()
}

/// The recorded runs: at which end something stays open, and of which packet.
#[test]
fn a_recorded_run_says_at_each_end_what_stays_open() {
    let sentence = |what: &str, answer: &str, end: &str, none: &str| {
        format!(
            "From these packets it cannot be told whether {what} or its {answer} was lost or late, or {none}, unless they were \
             captured at {end}; a capture there shows it (sniffer --other-end)."
        )
    };
    let of_server = |what, answer| sentence(what, answer, "the server's end", "the server sent none");
    for (word, client, server) in [
        ("rtt", None, None),
        (
            "udp-lost",
            Some(sentence(
                "packet 3",
                "reply",
                "the server's end",
                "the server's program sent none",
            )),
            None,
        ),
        ("syn-lost", Some(of_server("packet 1", "answer")), None),
        // The answer echoes the first SYN's timestamp, and the SYN that comes again shows that the SYN-ACK had not arrived.
        ("synack-lost", None, None),
        ("data-lost", Some(of_server("packet 4", "acknowledgment")), None),
        // What came here changed, the kernel drops and does not acknowledge.
        (
            "corrupt",
            Some(of_server("packet 4", "acknowledgment")),
            Some(of_server("packet 4", "acknowledgment")),
        ),
        ("duplicate", None, None),
        ("fast-retransmit", None, None),
    ] {
        let run = Run::recorded(word);
        assert_proved(&run, "recorded");
        assert_eq!(open(&run, "client"), Vec::from_iter(client), "{word}, client");
        assert_eq!(open(&run, "server"), Vec::from_iter(server), "{word}, server");
    }
}

/// Rules that lose, delay, repeat and change whatever there is.
const RULES: &[(&str, &str)] = &[
    ("rtt", "lose client syn 1-2"),
    ("rtt", "lose server syn-ack 1; lose client ack 1"),
    ("rtt", "lose client ack 1; lose client data 1"),
    ("rtt", "lose client fin 1; lose server fin 1"),
    ("rtt", "hold 1500ms client syn 1"),
    ("rtt", "repeat 300ms server syn-ack 1; repeat 2ms client syn 1"),
    ("rtt", "hold 400ms client data 1"),
    ("rtt", "lose server ack until 3"),
    ("rtt", "lose frame 30%; repeat 5ms frame 20%; delay 5ms"),
    ("rtt", "corrupt segment 30%; hold 300ms segment 15%"),
    ("slow-start", "lose client data 5-8"),
    (
        "slow-start",
        "lose client data 20%; hold 30ms client data 10%; repeat 10ms client data 10%",
    ),
    ("slow-start", "lose server ack 40%"),
    ("fast-retransmit", "lose client data 5"),
    ("fast-retransmit", "lose client data 30%"),
    ("reorder", "hold 60ms client data 4"),
    ("both-open", "lose server syn 1"),
    ("both-close", "lose fin 1"),
];

#[test]
fn what_one_end_is_said_to_prove_is_what_the_wire_did() {
    if !ready() {
        return;
    }
    let mut checked = Vec::new();
    for word in [
        "reply-lost",
        "ack-lost",
        "reorder",
        "duplicate",
        "zero-window",
        "slow-start",
        "bottleneck",
        "path-mtu",
        "black-hole",
        "both-open",
        "both-close",
    ] {
        checked.extend(assert_proved(&Run::of(word, &["--short"]), word));
    }
    for (seed, (word, rules)) in (1..).zip(RULES) {
        let seed = format!("{seed}");
        checked.extend(assert_proved(
            &Run::of(word, &["--rules", rules, "--seed", &seed]),
            rules,
        ));
    }
    for kind in [
        "Open",
        "Acknowledged",
        "Missing",
        "AskedFor",
        "Undelivered",
        "NotCaptured",
        "Arrived",
        "Twice",
    ] {
        assert!(
            checked.iter().any(|one| one == kind),
            "{kind} was never said: {checked:?}"
        );
    }
}

/// Zero-window probes and keep-alives repeat a byte, and ask something: nothing was lost.
#[test]
fn a_probe_is_not_called_lost() {
    if !ready() {
        return;
    }
    let run = Run::of("zero-window", &["--short"]);
    let frames = ["client", "server"].map(|end| run.frames(end));
    let sent = sent(&run, &frames);
    let mut probes = 0;
    for (end, own) in [Party::Client, Party::Server].into_iter().zip(&frames) {
        for packet in captured(end, own, &sent).iter().flatten() {
            let is_probe = matches!(packet.segment.part, SegmentPart::WindowProbe | SegmentPart::KeepAlive);
            assert!(!is_probe || packet.segment.repetition.is_none(), "{:?}", packet.segment);
            probes += usize::from(is_probe);
        }
        if !run.was_slow() {
            assert_eq!(open(&run, end.word()), Vec::<String>::new());
        }
    }
    assert!(probes >= 4, "{probes}");
    assert!(sent.iter().any(|(_, sent)| sent.has_data));
}
