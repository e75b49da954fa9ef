//! A SYN scan: handshakes that are never completed, with segments of our own making.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use pnet::packet::tcp::{MutableTcpPacket, TcpFlags};

use super::by_hand::SETTLING_TIME;
use super::exchange::connections;
use crate::calls::{CallName, Program, Role};
use crate::flow::Party;
use crate::flow::conversation::Opening;
use crate::flow::segment::SegmentPart;
use crate::lab::context::{LabContext, free_port};
use crate::lab::failure::Failure;
use crate::lab::notice;
use crate::lab::own_segments::OwnSegments;
use crate::lab::programs::with_server;
use crate::lab::result::RunResult;
use crate::lab::run::{PreparedRun, Run, RunOutput};
use crate::lab::screen::Screen;

const WATCH: &[&str] = &[
    "A program builds a SYN itself, without a TCP socket, and sends it to two ports: one on which tcp-server listens, one \
     without a server. Watch the answers: SYN-ACK says that the port is open, RST-ACK that it is closed. The scanning machine's \
     own kernel has no connection for this SYN-ACK, and answers with a RST. The server program notices nothing: accept() does not \
     return. Port scanners do this (nmap -sS), so never do it to a machine of another owner.",
];

/// The run.
pub static RUN: Run = Run {
    word: "syn-scan",
    about: "A SYN scan: handshakes without a third step, made with pnet",
    question: "what does a port scan send?",
    title: "A SYN scan: handshakes without a third step",
    protocols: "tcp",
    takes_lines: false,
    own_segments: true,
    before: |_| WATCH,
    change: |_| Ok(()),
    prepare: |context, _| Ok(Box::new(Prepared::new(context)?)),
    after,
    notices: |result| notice::each(after(result)),
    matters: |_| false,
};

fn after(result: &RunResult) -> Vec<String> {
    let mut sentences = Vec::new();
    for (conversation, connection) in connections(result) {
        let parts: Vec<String> = result
            .packets_in_conversation(conversation.number)
            .filter_map(|(number, in_flow)| {
                let word = match in_flow.segment()?.part {
                    SegmentPart::Syn => "SYN",
                    SegmentPart::SynAck => "SYN-ACK",
                    SegmentPart::Reset(_) => "RST",
                    _ => "another segment",
                };
                Some(format!("packet {number} {word} of the {}", in_flow.sender))
            })
            .collect();
        let verdict = match connection.opening {
            Opening::BrokenOff => "broken off, never complete",
            Opening::Refused => "refused",
            Opening::Complete | Opening::Simultaneous | Opening::Split => "complete",
            Opening::Unanswered => "unanswered",
            Opening::NotCompleted => "not completed",
            Opening::BeforeCapture => "not seen from its beginning",
        };
        sentences.push(format!(
            "Seen to port {}: {}: {verdict}.",
            conversation.server.port(),
            parts.join(", ")
        ));
    }
    let accepted = result.calls_of(Role::WelcomingSocket, CallName::Accept);
    let accepted = accepted.filter(|call| call.result >= 0).count();
    sentences.push(match accepted {
        0 => "accept() never returned a connection: the server's program did not see the SYN.".into(),
        1 => "accept() returned 1 connection.".into(),
        more => format!("accept() returned {more} connections."),
    });
    sentences
}

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(1);

/// Bytes of a TCP header without options, which is all that a SYN needs.
const HEADER: usize = 20;

/// A server, a port without one, and a raw socket for segments of our own.
struct Prepared {
    /// The port of the server.
    open: u16,
    closed: u16,
    segments: OwnSegments,
}

impl Prepared {
    /// Opens the socket, which takes the same privilege as a capture. At two hosts it is open already.
    ///
    /// # Errors
    /// The privilege is missing; the server cannot start.
    fn new(context: &LabContext) -> Result<Self, Failure> {
        let opened = context.take_own_segments().map_or_else(OwnSegments::open, Ok);
        let segments = opened.map_err(|error| {
            let line = format!("a segment of one's own takes a raw socket: {error}");
            match error.kind() {
                ErrorKind::PermissionDenied => Failure::Right(line),
                _ => Failure::Line(line),
            }
        })?;
        Ok(Self {
            open: context.port(),
            closed: free_port(context.port().saturating_add(1))?,
            segments,
        })
    }
}

impl PreparedRun for Prepared {
    fn ports(&self) -> Vec<u16> {
        vec![self.open, self.closed]
    }

    fn perform(self: Box<Self>, context: &LabContext) -> Result<RunOutput, Failure> {
        let Self {
            open,
            closed,
            mut segments,
        } = *self;
        let screen = Screen::default();
        let screens = vec![("tcp-server", screen.clone())];
        let verdicts = with_server(context, Program::TcpServer, &screen, || {
            let mut verdicts = Vec::new();
            for port in [open, closed] {
                let from = free_port(14_000)?;
                let answer = probe(context, &mut segments, from, port)?;
                verdicts.push(format!("The scan's own verdict on port {port}: {answer}."));
                context.wait(SETTLING_TIME)?;
            }
            Ok(verdicts)
        })?;
        Ok(RunOutput {
            screens,
            observations: verdicts,
            answered: true,
        })
    }
}

/// Sends a SYN from one port to the other, and says what came back.
fn probe(context: &LabContext, segments: &mut OwnSegments, from: u16, to: u16) -> Result<&'static str, Failure> {
    let next = "look at the firewall of this machine";
    let mut room = [0; HEADER];
    let mistake = || Failure::Line("a TCP header does not fit its room".into());
    let mut syn = MutableTcpPacket::new(&mut room).ok_or_else(mistake)?;
    syn.set_source(from);
    syn.set_destination(to);
    syn.set_sequence(initial_sequence_number());
    syn.set_data_offset(5);
    syn.set_flags(TcpFlags::SYN);
    syn.set_window(1024);
    let [client, server] =
        [Party::Client, Party::Server]
            .map(|party| context.host(party))
            .map(|address| match address {
                IpAddr::V4(address) => address,
                IpAddr::V6(_) => Ipv4Addr::LOCALHOST,
            });
    segments
        .send(syn, client, server)
        .map_err(|error| Failure::of("sending a SYN", error, next))?;
    let deadline = Instant::now() + ANSWER;
    while !context.interrupted() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok("no answer: a firewall filters it, or the segment was lost");
        }
        let came = segments.next(left.min(SETTLING_TIME));
        let came = came.map_err(|error| Failure::of("receiving segments", error, next))?;
        let Some((source, destination, flags)) = came else {
            continue;
        };
        if (source, destination) != (to, from) {
            continue;
        }
        return Ok(if flags & TcpFlags::RST != 0 {
            "closed: it answered RST"
        } else {
            "open: it answered SYN-ACK"
        });
    }
    Err(Failure::Interrupted)
}

/// As hard to guess as the moment is: no connection depends on it. RFC 9293 section 3.4.1
fn initial_sequence_number() -> u32 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(1, |since| since.subsec_nanos().wrapping_mul(4) ^ std::process::id())
}
