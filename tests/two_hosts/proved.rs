//! What one end's capture is said to prove, against what the wire wrote.

use serde_json::Value;
use socket_lab::flow::repetition::{FirstTransmission, Proof};
use socket_lab::flow::segment::{Segment, SegmentPart};
use socket_lab::flow::{Party, Tracker};
use socket_lab::frame::Frame;

use super::stage::Run;

/// A frame as the wire took it: who sent it, when, and when it arrived unchanged.
pub(super) struct Sent {
    from: Party,
    time: i64,
    arrivals: Vec<i64>,
    sequence: u32,
    /// After its last number.
    end: u32,
    is_syn: bool,
    pub(super) has_data: bool,
}

/// A packet in the capture of one end.
pub(super) struct Captured {
    /// Which frame it is.
    frame: usize,
    /// Is it not the first time that this frame arrives here?
    is_copy: bool,
    /// Was it changed on the way?
    is_changed: bool,
    pub(super) segment: Segment,
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))).unwrap()
}

fn party(end: &Value) -> Party {
    if end == "client" { Party::Client } else { Party::Server }
}

/// What the wire wrote of frames with TCP, each with its line there.
pub(super) fn sent(run: &Run, frames: &[Vec<Frame<'static>>; 2]) -> Vec<(Value, Sent)> {
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
pub(super) fn captured(end: Party, frames: &[Frame<'static>], sent: &[(Value, Sent)]) -> Vec<Option<Captured>> {
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
        let mut arrivals = sent[index].0["arrivals"].as_array().unwrap().iter();
        let is_changed = |arrival: &Value| arrival["packet"] == number && arrival["changed"] == true;
        Some(Captured {
            frame: index,
            is_copy: seen[index] > 1,
            is_changed: sent[index].1.from != end && arrivals.any(is_changed),
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
                Some(Proof::ArrivedTwice { .. }) | None => {}
            }
            if let Some(twice) = packet.segment.arrived_twice() {
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
        let later = |one: u32, two: u32| one != two && one.wrapping_sub(two) < 1 << 31;
        let covers_it = |answer: &Captured| {
            let frame = self.frame(answer);
            let to = answer.segment.acknowledgment;
            frame.from != own.from && to.is_some_and(|to| !later(own.end, to.raw.0))
        };
        let mut answers = before.iter().flatten().filter(|answer| covers_it(answer));
        // What was changed on the way is dropped, where its checksum is known to be its sender's.
        let acknowledged = if known == FirstTransmission::Acknowledged {
            answers.next().is_some()
        } else {
            answers.any(|answer| !answer.is_changed)
        };
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
                self.assert_lost_or_late(before);
            }
            FirstTransmission::Missing | FirstTransmission::AskedFor => {
                self.assert_missing(first.unwrap(), own.time);
            }
            FirstTransmission::Undelivered | FirstTransmission::Damaged => {
                assert!(self.frame(first.unwrap()).arrivals.is_empty(), "{place}");
            }
            FirstTransmission::NotTaken | FirstTransmission::Challenged => panic!("{place}: no such SYN here"),
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

    /// What acknowledged it did not reach its sender before it was sent again; a kernel is given 5 ms to take note of that.
    #[track_caller]
    fn assert_lost_or_late(&self, before: &[Option<Captured>]) {
        let own = self.frame(self.packet);
        let repetition = self.packet.segment.repetition.unwrap();
        // A SYN-ACK also answers a SYN that came again.
        if repetition.may_be_older
            || repetition.first == FirstTransmission::Reported
            || self.packet.segment.part == SegmentPart::SynAck
        {
            return;
        }
        let covers = |answer: &&Captured| {
            let to = answer.segment.acknowledgment.map(|to| to.raw.0);
            let reaches = to.is_some_and(|to| to.wrapping_sub(own.end) < 1 << 31);
            reaches && self.frame(answer).from != own.from
        };
        for answer in before.iter().flatten().filter(covers) {
            let early = self
                .frame(answer)
                .arrivals
                .iter()
                .find(|arrival| **arrival + 5_000_000 < own.time);
            assert!(early.is_none(), "{}: its acknowledgment had come", self.place);
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
