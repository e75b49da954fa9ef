//! A line and its answer: over UDP, over TCP, empty, long.

use super::scene::{Played, Scene};
use crate::calls::{Name, Program, Role};
use crate::explain::{count, duration};
use crate::flow::conversation::{Connection, Conversation, Transport};
use crate::flow::segment::{Part, Remark};
use crate::flow::{Kind, Party};
use crate::lab::evidence::{self, Evidence};
use crate::lab::failure::Failure;
use crate::lab::screen::Screen;
use crate::lab::stage::{ClientSide, ServerSide, Stage};

pub(super) const BEFORE_UDP: &[&str] = &[
    "Watch: the client's sendto() has the server's address attached, and one datagram goes out. The server's recvfrom() \
     returns it with the client's address, to which sendto() answers. No packet comes before, none after.",
];

pub(super) const BEFORE_TCP: &[&str] = &[
    "Watch: between the moment the client enters connect() and the moment connect() returns, the three-way handshake \
     happens. Only then can the line be sent. It goes out by send(), without an address: the connection has one.",
];

pub(super) const BEFORE_EMPTY: &[&str] = &[
    "The person only presses Return. Watch: over UDP an empty datagram is a datagram, header and no data. TCP carries a \
     stream of bytes and cannot carry nothing: the line's end, one byte, goes out.",
];

pub(super) const BEFORE_LONG: &[&str] = &[
    "A line of 65,536 bytes through a loopback that was made like Ethernet for this run: packets of at most 1500 bytes, and \
     nothing that cuts or joins segments outside of TCP's sight (MTU 1500; TSO, GSO and GRO off). Watch: how many segments \
     it takes, how many of them are on their way unacknowledged, and what the windows do.",
];

pub(super) const BEFORE_LONG_SHARED: &[&str] = &[
    "A line of 65,536 bytes through the loopback of this machine, which is left as it is: it carries packets of 65,536 bytes, and \
     TCP hands it pieces that large. In a private network this run cuts them to Ethernet's 1500.",
];

/// 64 KiB of lowercase letters.
pub(super) fn long_line() -> String {
    ('a'..='z').cycle().take(65_536).collect()
}

/// One server of each kind asked for, and a client that types the lines.
pub struct Exchange {
    servers: Vec<(Program, ServerSide)>,
    lines: Vec<String>,
}

impl Exchange {
    /// Over UDP.
    ///
    /// # Errors
    /// The server cannot start.
    pub fn udp(stage: &Stage, lines: Vec<String>) -> Result<Self, Failure> {
        let servers = vec![(Program::UdpClient, ServerSide::udp(stage)?)];
        Ok(Self { servers, lines })
    }

    /// Over TCP.
    ///
    /// # Errors
    /// The server cannot start.
    pub fn tcp(stage: &Stage, lines: Vec<String>) -> Result<Self, Failure> {
        let servers = vec![(Program::TcpClient, ServerSide::tcp(stage)?)];
        Ok(Self { servers, lines })
    }

    /// Over UDP, then over TCP.
    ///
    /// # Errors
    /// A server cannot start.
    pub fn both(stage: &Stage, lines: Vec<String>) -> Result<Self, Failure> {
        let udp = (Program::UdpClient, ServerSide::udp(stage)?);
        let tcp = (Program::TcpClient, ServerSide::tcp(stage)?);
        Ok(Self {
            servers: vec![udp, tcp],
            lines,
        })
    }
}

impl Scene for Exchange {
    fn ports(&self) -> Vec<u16> {
        self.servers.iter().map(|(_, server)| server.port).collect()
    }

    fn play(self: Box<Self>, stage: &Stage) -> Result<Played, Failure> {
        let mut played = Played {
            screens: Vec::new(),
            observations: Vec::new(),
            answered: true,
        };
        for (program, server) in self.servers {
            let client = ClientSide {
                program,
                name: program.word(),
                port: server.port,
                lines: &self.lines,
                screen: Screen::default(),
            };
            played
                .screens
                .push((program.counterpart().word(), server.screen.clone()));
            played.screens.push((program.word(), client.screen.clone()));
            played.answered &= server.serve_while(stage, || client.run(stage))?;
        }
        Ok(played)
    }
}

/// The TCP connections of a run.
pub(super) fn connections(evidence: &Evidence) -> impl Iterator<Item = (&Conversation, &Connection)> {
    evidence.conversations.iter().filter_map(|one| match &one.transport {
        Transport::Tcp(connection) => Some((one, connection)),
        Transport::Udp(_) => None,
    })
}

pub(super) fn after_udp(evidence: &Evidence) -> Vec<String> {
    let packets = evidence.frames().len() as u64;
    let binds = evidence.calls_of(Role::ClientSocket, Name::Bind).count() as u64;
    let clients: Vec<String> = evidence
        .conversations
        .iter()
        .map(|one| one.client.port().to_string())
        .collect();
    let answered = evidence.places().filter_map(|(number, step)| {
        use crate::flow::datagram::Part;
        match step.datagram()?.part {
            Part::Reply { request, .. } => Some(format!("packet {number} answers packet {request}")),
            _ => None,
        }
    });
    let answered: Vec<String> = answered.collect();
    let mut said = vec![format!(
        "Seen: {}; {}.",
        count(packets, "datagram"),
        listed(&answered, "none was answered")
    )];
    if !clients.is_empty() && binds == 0 {
        said.push(format!(
            "The client never called bind(): at its first sendto() the kernel picked a port for it, {}.",
            listed(&clients, "none")
        ));
    }
    said
}

pub(super) fn after_tcp(evidence: &Evidence) -> Vec<String> {
    let mut said = Vec::new();
    for (conversation, _) in connections(evidence) {
        let (mut open, mut between, mut close) = (0, 0, 0);
        for (_, step) in evidence.places_in(conversation.number) {
            match step.segment().map(|segment| segment.part) {
                Some(Part::Syn | Part::SynAck | Part::HandshakeAck) => open += 1,
                Some(Part::FirstFin | Part::SecondFin | Part::FinAck) => close += 1,
                _ => between += 1,
            }
        }
        said.push(format!(
            "Seen in conversation {}: {}. {open} open it, {between} carry the line and its reply or acknowledge them, {close} close \
             it.",
            conversation.number,
            count(open + between + close, "segment"),
        ));
    }
    said.extend(accepted_after(evidence));
    said
}

/// When `accept()` returned, against the handshake that it did not wait for.
fn accepted_after(evidence: &Evidence) -> Option<String> {
    let mut accepts = evidence.calls_of(Role::WelcomingSocket, Name::Accept);
    let accepted = accepts.find(|call| call.result >= 0)?;
    let number = evidence.places().find_map(|(number, step)| {
        let completes = step.segment()?.part == Part::HandshakeAck;
        completes.then_some(number)
    })?;
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let completed = evidence.frames().get(index)?.time?;
    let later = accepted.returned.timestamp_nanos_opt()?.checked_sub(completed.0)?;
    (later >= 0).then(|| {
        format!(
            "accept() returned {} after packet {number} had completed the handshake: the kernel completes it alone, accept() \
             takes a finished connection.",
            duration(later)
        )
    })
}

pub(super) fn after_empty(evidence: &Evidence) -> Vec<String> {
    let data = |tcp: bool, party: Party| -> Vec<String> {
        let of_kind = evidence.places().filter(|(_, step)| match step.kind {
            Kind::Segment(segment) => tcp && segment.data.is_some(),
            Kind::Datagram(_) => !tcp,
            Kind::Notice(_) => false,
        });
        let sent = of_kind.filter(|(_, step)| step.sender == party);
        sent.map(|(number, step)| format!("packet {number} with {}", count(evidence::data_of(step), "byte")))
            .collect()
    };
    let both = |tcp| {
        let asked = listed(&data(tcp, Party::Client), "nothing");
        let answered = listed(&data(tcp, Party::Server), "nothing");
        format!("{asked} of data, answered by {answered}")
    };
    vec![
        format!("Seen over UDP: {}.", both(false)),
        format!("Seen over TCP: {}.", both(true)),
    ]
}

pub(super) fn after_long(evidence: &Evidence) -> Vec<String> {
    let Some((conversation, connection)) = connections(evidence).next() else {
        return Vec::new();
    };
    let sizes = |party: Party| {
        let of_party = evidence.places().filter(move |(_, step)| step.sender == party);
        of_party
            .map(|(_, step)| evidence::data_of(step))
            .filter(|&bytes| bytes > 0)
    };
    let mut said = Vec::new();
    for party in [Party::Client, Party::Server] {
        let (segments, bytes) = sizes(party).fold((0, 0), |(segments, all), bytes| (segments + 1, all + bytes));
        let largest = sizes(party).max().unwrap_or(0);
        let in_flight = evidence.places().filter(|(_, step)| step.sender == party);
        let in_flight = in_flight
            .filter_map(|(_, step)| step.segment()?.in_flight)
            .max()
            .unwrap_or(0);
        said.push(format!(
            "Seen from the {party}: {} in {}, the largest with {}. At most {} were on their way without an acknowledgment.",
            count(bytes, "byte"),
            count(segments, "segment"),
            count(largest, "byte"),
            count(in_flight, "byte"),
        ));
    }
    if let (Some(client), Some(server)) = (connection.client.mss, connection.server.mss) {
        said.push(format!(
            "Each SYN said how much a segment may carry: MSS {client} and {server}, the MTU less 20 bytes of IPv4 and 20 of TCP. \
             The timestamp option takes 12 more of each segment."
        ));
    }
    let windows = [("client", connection.client), ("server", connection.server)];
    for (party, end) in windows {
        if let Some(bytes) = end.smallest_window {
            said.push(format!(
                "The {party} had room for {bytes} bytes when it had least: its smallest window."
            ));
        }
    }
    let carry = evidence
        .places()
        .filter(|(_, step)| evidence::data_of(step) > 0)
        .count() as u64;
    let all = conversation.from_client.packets + conversation.from_server.packets;
    said.push(format!(
        "Of {all} segments {carry} carry data; the others open and close the connection, or acknowledge several segments at \
         once. {} sent again.",
        match connection.retransmissions {
            0 => "None was".to_owned(),
            1 => "1 was".to_owned(),
            more => format!("{more} were"),
        }
    ));
    let twice = evidence.places().find(|(_, step)| {
        let remarks = step.segment().map(|segment| segment.remarks);
        remarks.is_some_and(|remarks| remarks.has(Remark::DuplicateSack))
    });
    if let Some((number, step)) = twice {
        said.push(format!(
            "Packet {number} reports bytes that arrived twice (D-SACK): nothing had been lost, the {}'s acknowledgment was only \
             late.",
            step.sender
        ));
    }
    said
}

/// The first few of a list, and how many more there are.
pub(super) fn listed(items: &[String], none: &str) -> String {
    /// More are a list to count, not to read.
    const MOST: usize = 4;
    if items.is_empty() {
        return none.to_owned();
    }
    let mut said = items.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if items.len() > MOST {
        let more = items.len() - MOST;
        said = format!("{said}, and {more} more");
    }
    said
}
