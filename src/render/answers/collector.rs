//! From the packets of a capture to the conversation that the questions are about.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::shares::Shares;
use super::surroundings::CaptureContext;
use super::tcp_facts::TcpFacts;
use super::udp_facts::UdpFacts;
use super::{
    Answer, AnswerSpace, Item, Worksheet, WorksheetSection, datagrams, fairness, opening, questions, segments,
    slow_start, timer, transfer,
};
use crate::explain::count;
use crate::flow::{PacketInFlow, PacketKind};
use crate::frame::Time;
use crate::wire::Packet;

/// This many conversations of each protocol are kept at once, of which one is chosen at the end.
const CANDIDATES: usize = 256;
/// This many connections to servers are counted by name.
const CONNECTIONS: usize = 1024;

/// Takes the packets of a capture and keeps what the questions need.
#[derive(Debug, Default)]
pub struct Collector {
    only: Option<u64>,
    /// Time of the capture's first packet that has one.
    start: Option<Time>,
    packets: u64,
    tcp: BTreeMap<u64, TcpFacts>,
    udp: BTreeMap<u64, UdpFacts>,
    shares: Shares,
    /// The first connections whose SYN was captured: number, client, server.
    connections: Vec<(u64, SocketAddr, SocketAddr)>,
    /// There were more of them.
    has_more_connections: bool,
    /// A datagram of what is looked at came in fragments.
    joined: bool,
    /// Packets of TCP conversations that were not kept.
    left_out: u64,
}

impl Collector {
    /// For the conversation of this number, or for those that show most: of TCP the first with handshake, data and end, of UDP
    /// the first with a request and a reply.
    #[must_use]
    pub fn new(only: Option<u64>) -> Self {
        Self {
            only,
            ..Self::default()
        }
    }

    /// Takes the next packet: its number in the capture, from 1, its time, its headers, and what it does in its conversation.
    pub fn take(&mut self, number: u64, time: Option<Time>, packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) {
        self.start = self.start.or(time);
        self.packets += 1;
        let Some(in_flow) = in_flow else {
            return;
        };
        if let PacketKind::Segment(_) = in_flow.kind {
            self.connection(in_flow, packet);
            // With one conversation selected, the other one of a pair is needed all the same.
            self.shares.take(number, time, in_flow);
        }
        if self.only.is_some_and(|only| only != in_flow.conversation) {
            return;
        }
        match in_flow.kind {
            PacketKind::Segment(_) => self.segment(number, time, packet, in_flow),
            PacketKind::Datagram(_) => self.datagram(number, packet, in_flow),
            PacketKind::Notice(notice) => {
                if let Some(facts) = self.udp.get_mut(&in_flow.conversation) {
                    facts.notice(number, &notice);
                }
            }
        }
    }

    /// Takes a datagram that was put together from fragments: the number and the time are those of the fragment that completed
    /// it, the headers those of the datagram.
    pub fn take_joined(
        &mut self,
        number: u64,
        time: Option<Time>,
        packet: &Packet<'_>,
        in_flow: Option<&PacketInFlow>,
    ) {
        self.joined |= in_flow.is_some_and(|in_flow| self.only.is_none_or(|only| only == in_flow.conversation));
        self.take(number, time, packet, in_flow);
    }

    fn connection(&mut self, in_flow: &PacketInFlow, packet: &Packet<'_>) {
        let opens = packet.tcp().is_some_and(|tcp| {
            let flags = tcp.flags();
            flags.has(crate::wire::tcp::Flags::SYN) && !flags.has(crate::wire::tcp::Flags::ACK)
        });
        let last = self.connections.last().map(|(number, ..)| *number);
        if !opens || last.is_some_and(|last| last >= in_flow.conversation) {
            return;
        }
        if self.connections.len() < CONNECTIONS {
            self.connections
                .push((in_flow.conversation, in_flow.client, in_flow.server));
        } else {
            self.has_more_connections = true;
        }
    }

    fn segment(&mut self, number: u64, time: Option<Time>, packet: &Packet<'_>, in_flow: &PacketInFlow) {
        let conversation = in_flow.conversation;
        if let Some(facts) = self.tcp.get_mut(&conversation) {
            facts.take(number, time, packet, in_flow);
            if facts.rank() == 3 {
                // None after it can be chosen any more.
                self.tcp.split_off(&(conversation + 1));
            }
            return;
        }
        let best = self.tcp.values().any(|facts| facts.rank() == 3);
        if best || (in_flow.place > 1 && self.left_out > 0) {
            self.left_out += 1;
            return;
        }
        if self.tcp.len() >= CANDIDATES && !self.make_room() {
            self.left_out += 1;
            return;
        }
        let facts = self
            .tcp
            .entry(conversation)
            .or_insert_with(|| TcpFacts::new(number, in_flow));
        facts.take(number, time, packet, in_flow);
    }

    /// Forgets the last conversation that has ended and shows little, or, if all that go on show little too, the last of those.
    fn make_room(&mut self) -> bool {
        let worst = |ended: bool| {
            let all = self.tcp.iter().rev();
            all.filter(|(_, facts)| facts.ended == ended)
                .min_by_key(|(_, facts)| facts.rank())
                .filter(|(_, facts)| facts.rank() < 2)
                .map(|(number, _)| *number)
        };
        let Some(number) = worst(true).or_else(|| worst(false)) else {
            return false;
        };
        self.left_out += self.tcp.remove(&number).map_or(0, |facts| facts.packets);
        true
    }

    fn datagram(&mut self, number: u64, packet: &Packet<'_>, in_flow: &PacketInFlow) {
        let conversation = in_flow.conversation;
        if !self.udp.contains_key(&conversation) {
            let is_answered = self.udp.values().any(|facts| facts.rank() > 0);
            if is_answered || self.udp.len() >= CANDIDATES {
                return;
            }
            let Some(facts) = UdpFacts::new(number, packet, in_flow) else {
                return;
            };
            self.udp.insert(conversation, facts);
        }
        let mut answered = false;
        if let Some(facts) = self.udp.get_mut(&conversation) {
            facts.take(number, packet, in_flow);
            answered = facts.rank() > 0;
        }
        if answered {
            self.udp.split_off(&(conversation + 1));
        }
    }

    fn chosen_tcp(&self) -> Option<&TcpFacts> {
        let all = self.tcp.values().rev();
        all.max_by_key(|facts| facts.rank())
    }

    fn chosen_udp(&self) -> Option<&UdpFacts> {
        self.udp.values().rev().max_by_key(|facts| facts.rank())
    }

    /// The sheet with the answers. `source` is what the capture is called, if it has a name.
    #[must_use]
    pub fn finish(&self, source: Option<&str>) -> Worksheet {
        let mut about = Vec::new();
        about.extend(source.map(|name| format!("Capture: {name}")));
        about.push(
            "Bytes are counted from 0 at the start of the frame, times from the first packet of the capture. Raw sequence \
             numbers are those in the header; relative ones count from the start of each stream, as Wireshark does."
                .to_owned(),
        );
        if self.joined {
            about.push(
                "Of a datagram that came in fragments the packet is the fragment that completed it, and the bytes are counted from 0 in \
                 the datagram put together."
                    .to_owned(),
            );
        }
        if self.left_out > 0 && self.chosen_tcp().is_none_or(|facts| facts.rank() < 3) {
            about.push(format!(
                "There were too many TCP conversations at once to look at all; --flow N chooses one. Not looked at: {}.",
                count(self.left_out, "packet")
            ));
        }
        Worksheet {
            title: "Answers from the capture".to_owned(),
            about,
            sections: vec![self.udp_section(), self.tcp_section()],
        }
    }

    /// The blank form for this capture.
    #[must_use]
    pub fn form(&self, source: Option<&str>) -> Worksheet {
        let mut sheet = Worksheet::blank();
        sheet.about.extend(source.map(|name| format!("Capture: {name}")));
        let begins = |packet| format!("Look at the conversation that begins with packet {packet}.");
        let places = [
            match self.chosen_udp() {
                Some(facts) => begins(facts.first.number),
                None => self.nothing("UDP"),
            },
            match self.chosen_tcp() {
                Some(facts) => begins(facts.first_packet),
                None => self.nothing("TCP"),
            },
        ];
        let found = [self.chosen_udp().is_some(), self.chosen_tcp().is_some()];
        for ((section, place), found_here) in sheet.sections.iter_mut().zip(places).zip(found) {
            section.about = place;
            // What cannot be answered need not be asked; of an empty capture all is left, for the next one.
            if !found_here && found.contains(&true) {
                section.items.clear();
            }
        }
        sheet
    }

    /// Why no question about this protocol can be answered.
    fn nothing(&self, protocol: &str) -> String {
        match (self.only, self.packets) {
            (_, 0) => "There is no packet to answer from.".to_owned(),
            (Some(only), _) => {
                format!("Conversation {only} is none of {protocol}: leave --flow out, or choose another.")
            }
            (None, _) => format!(
                "The capture has no {protocol} packet that could be read: capture while a {protocol} client and server talk."
            ),
        }
    }

    fn udp_section(&self) -> WorksheetSection {
        let Some(facts) = self.chosen_udp() else {
            return unanswered("UDP", self.nothing("UDP"));
        };
        WorksheetSection {
            title: "UDP",
            about: format!(
                "Conversation {}: client {}, server {}, packets: {}",
                facts.conversation, facts.client, facts.server, facts.packets
            ),
            items: with_answers(&questions::UDP, |number| datagrams::answer(number, facts)),
        }
    }

    fn tcp_section(&self) -> WorksheetSection {
        let Some(facts) = self.chosen_tcp() else {
            return unanswered("TCP", self.nothing("TCP"));
        };
        let around = CaptureContext {
            start: self.start,
            connections: &self.connections,
            has_more: self.has_more_connections,
        };
        let together = self.shares.together(self.only);
        WorksheetSection {
            title: "TCP",
            about: format!(
                "Conversation {}: client {}, server {}, packets: {}",
                facts.conversation, facts.client, facts.server, facts.packets
            ),
            items: with_answers(&questions::TCP, |number| match number {
                1..=4 => opening::answer(number, facts),
                5..=7 => segments::answer(number, facts, around),
                8..=12 => transfer::answer(number, facts, around),
                13 => timer::answer(facts, around),
                14 => slow_start::answer(facts, around),
                _ => fairness::answer(together.as_ref(), around),
            }),
        }
    }
}

fn with_answers(questions: &'static [questions::Question], answer: impl Fn(u8) -> Result<Answer, String>) -> Vec<Item> {
    let item = |question: &'static questions::Question| Item {
        question,
        below: match answer(question.number) {
            Ok(answer) => AnswerSpace::Answer(answer),
            Err(missing) => AnswerSpace::Missing(missing),
        },
    };
    questions.iter().map(item).collect()
}

/// No question about this protocol can be answered.
fn unanswered(title: &'static str, why: String) -> WorksheetSection {
    WorksheetSection {
        title,
        about: why,
        items: Vec::new(),
    }
}
