//! Conversations for the tests, written as tables, and their timelines as a line.
//!
//! A conversation has a line for each packet (`packet TIME client|server PART [FIRST-LAST]`) and for each call
//! (`call client|server SOCKET NAME ENTERED RETURNED [RESULT]`); times are microseconds.

use chrono::{DateTime, Utc};

use super::{ConversationCalls, EventKind, OrderNote, PacketRef, PartyCall, Timeline};
use crate::calls::{Call, CallFailure, CallName, Program, Role};
use crate::flow::datagram::{Datagram, DatagramPart, IcmpErrorKind, Notice};
use crate::flow::number::{ByteRange, Number, Sequence};
use crate::flow::segment::{Acknowledged, Remarks, ResetCause, Scale, Segment, SegmentPart, Window};
use crate::flow::signs::Signs;
use crate::flow::state::{Change, ObservedState, State};
use crate::flow::{PacketInFlow, PacketKind, Party, Roles};
use crate::frame::Time;

/// Packets and calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct TestConversation {
    pub(crate) packets: Vec<PacketRef>,
    pub(crate) calls: Vec<PartyCall>,
}

pub(crate) fn parse(text: &str) -> TestConversation {
    let mut conversation = TestConversation::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "packet" => {
                let place = conversation.packets.len() as u64 + 1;
                conversation.packets.push(packet(place, &words[1..]));
            }
            "call" => conversation.calls.push(call(&words[1..])),
            other => panic!("{other}"),
        }
    }
    conversation
}

impl TestConversation {
    pub(crate) fn timeline(&self) -> Timeline {
        Timeline::of(
            &self.packets,
            ConversationCalls {
                calls: self.calls.clone(),
            },
        )
    }

    /// `connect( 1 2 )connect`: packets by number, calls where they are entered and where they have returned. `~` comes before
    /// what a clock misplaces, `!` before what precedes its cause.
    pub(super) fn line(&self) -> String {
        let timeline = self.timeline();
        let words = timeline.events.iter().map(|event| {
            let mark = match event.order_note {
                Some(OrderNote::Clock(_)) => "~",
                Some(OrderNote::BeforeCause) => "!",
                None => "",
            };
            match event.kind {
                EventKind::Packet(index) => format!("{mark}{}", self.packets[index].number),
                EventKind::Entered(index) => format!("{mark}{}(", timeline.calls[index].call.call),
                EventKind::Returned(index) => format!("{mark}){}", timeline.calls[index].call.call),
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

pub(super) fn party(word: &str) -> Party {
    match word {
        "client" => Party::Client,
        "server" => Party::Server,
        other => panic!("{other}"),
    }
}

fn packet(place: u64, words: &[&str]) -> PacketRef {
    let time = match words[0] {
        "-" => None,
        micros => Some(Time(micros.parse::<i64>().unwrap() * 1_000)),
    };
    let bytes = words.get(3).map(|range| {
        let (first, last) = range.split_once('-').unwrap();
        (first.parse().unwrap(), last.parse().unwrap())
    });
    seen(place, time, party(words[1]), kind(words[2], bytes))
}

pub(crate) fn seen(place: u64, time: Option<Time>, sender: Party, kind: PacketKind) -> PacketRef {
    PacketRef {
        number: place,
        time,
        flags: None,
        payload_start: None,
        in_flow: PacketInFlow {
            conversation: 1,
            client: "127.0.0.1:40000".parse().unwrap(),
            server: "127.0.0.1:12000".parse().unwrap(),
            roles: Roles::Seen,
            sender,
            place,
            pause: None,
            kind,
        },
    }
}

fn kind(word: &str, bytes: Option<(i64, i64)>) -> PacketKind {
    let part = match word {
        "syn" => SegmentPart::Syn,
        "synack" => SegmentPart::SynAck,
        "handshake" => SegmentPart::HandshakeAck,
        "data" => SegmentPart::Data,
        "ack" => SegmentPart::Ack,
        "fin" => SegmentPart::FirstFin,
        "fin2" => SegmentPart::SecondFin,
        "refusal" => SegmentPart::Reset(ResetCause::NobodyListens),
        "reset" => SegmentPart::Reset(ResetCause::DataAfterClose),
        "datagram" => {
            let (first, last) = bytes.unwrap();
            return PacketKind::Datagram(Datagram {
                length: usize::try_from(last - first + 1).unwrap(),
                part: DatagramPart::Unasked,
            });
        }
        "notice" => {
            return PacketKind::Notice(Notice {
                about: None,
                after: None,
                says: IcmpErrorKind::PortUnreachable,
                copies: None,
            });
        }
        other => panic!("{other}"),
    };
    PacketKind::Segment(segment(part, bytes))
}

pub(crate) fn segment(part: SegmentPart, bytes: Option<(i64, i64)>) -> Segment {
    let open = ObservedState::fact(State::Established);
    let same = Change {
        before: open,
        after: open,
    };
    Segment {
        part,
        client: same,
        server: same,
        sequence: Number {
            raw: Sequence(0),
            relative: bytes.map_or(0, |(first, _)| first),
        },
        acknowledgment: None,
        own_start: Some(Sequence(0)),
        other_start: Some(Sequence(0)),
        data: bytes.map(|(first, last)| ByteRange { first, last }),
        acknowledges: Acknowledged::default(),
        window: Window {
            raw: 1,
            scale: Scale::NotOffered,
        },
        in_flight: None,
        remarks: Remarks::NONE,
        first_sent: None,
        repetition: None,
        proof: None,
        round_trip: None,
        echoes: None,
        delay: None,
        signs: Signs::default(),
    }
}

pub(super) fn at(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(micros * 1_000)
}

fn call(words: &[&str]) -> PartyCall {
    let party = party(words[0]);
    let name = CallName::from_word(words[2]).unwrap();
    let role = match (party, name) {
        (Party::Client, _) => Role::ClientSocket,
        (Party::Server, CallName::Accept | CallName::Listen | CallName::Bind) => Role::WelcomingSocket,
        (Party::Server, CallName::RecvFrom | CallName::SendTo) => Role::ServerSocket,
        (Party::Server, _) => Role::ConnectionSocket,
    };
    let result: Result<i64, &str> = match words.get(5) {
        None => Ok(0),
        Some(word) => word.parse().map_err(|_| *word),
    };
    let (local, remote) = match party {
        Party::Client => ("127.0.0.1:40000", "127.0.0.1:12000"),
        Party::Server => ("127.0.0.1:12000", "127.0.0.1:40000"),
    };
    let moves = matches!(
        name,
        CallName::Send | CallName::Recv | CallName::SendTo | CallName::RecvFrom
    );
    let (program, pid) = match (party, role) {
        (Party::Client, _) => (Program::TcpClient, 1),
        (Party::Server, _) => (Program::TcpServer, 2),
    };
    let (entered, returned) = (at(words[3].parse().unwrap()), at(words[4].parse().unwrap()));
    PartyCall {
        party,
        call: Call {
            program,
            pid,
            role,
            socket: words[1].parse().unwrap(),
            fd: 3,
            call: name,
            argument: None,
            local: Some(local.parse().unwrap()),
            remote: Some(remote.parse().unwrap()),
            asked: moves.then_some(4096),
            bytes: result.ok().filter(|_| moves).map(i64::unsigned_abs),
            result: result.unwrap_or(-1),
            error: result.err().map(|name| CallFailure {
                name: name.to_owned(),
                text: String::new(),
            }),
            entered,
            returned,
            duration_ns: u64::try_from((returned - entered).num_nanoseconds().unwrap()).unwrap_or(0),
        },
    }
}
