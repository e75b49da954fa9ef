//! Nobody listens.

use super::exchange::listed;
use super::scene::{Played, Scene, free_port};
use crate::calls::{Name, Program};
use crate::explain::duration;
use crate::flow::Kind;
use crate::flow::segment::Part;
use crate::lab::evidence::Evidence;
use crate::lab::failure::Failure;
use crate::lab::screen::Screen;
use crate::lab::stage::PORT;
use crate::lab::stage::{ClientSide, Stage};

pub(super) const BEFORE: &[&str] = &[
    "No server was started. A UDP client sends a line to the port, then a TCP client connects to it. Watch who answers: not a \
     program, but the kernel of the server's machine. For UDP it takes another protocol, ICMP, which quotes the datagram; TCP \
     has a flag of its own, RST.",
];

/// A port without a server.
pub struct Refused {
    port: u16,
}

impl Refused {
    /// Finds one.
    ///
    /// # Errors
    /// Every port is taken.
    pub fn new() -> Result<Self, Failure> {
        Ok(Self { port: free_port(PORT)? })
    }
}

impl Scene for Refused {
    fn ports(&self) -> Vec<u16> {
        vec![self.port]
    }

    fn play(self: Box<Self>, stage: &Stage) -> Result<Played, Failure> {
        let lines = ["is anybody there".to_owned()];
        let mut screens = Vec::new();
        for program in [Program::UdpClient, Program::TcpClient] {
            let client = ClientSide {
                program,
                name: program.word(),
                port: self.port,
                lines: &lines,
                screen: Screen::default(),
            };
            // That there is no answer is the point of this run.
            client.run(stage)?;
            screens.push((program.word(), client.screen));
        }
        Ok(Played {
            screens,
            observations: Vec::new(),
            answered: true,
        })
    }
}

pub(super) fn after(evidence: &Evidence) -> Vec<String> {
    let mut said = Vec::new();
    let notices = evidence.places().filter_map(|(number, step)| match step.kind {
        Kind::Notice(notice) => Some(match (notice.about, notice.after) {
            (Some(about), Some(after)) => format!(
                "packet {number} is the ICMP error about packet {about}, {} later",
                duration(after)
            ),
            _ => format!("packet {number} is an ICMP error"),
        }),
        _ => None,
    });
    let notices: Vec<String> = notices.collect();
    said.push(format!("Seen over UDP: {}.", listed(&notices, "no ICMP error")));
    let resets = evidence.places().filter_map(|(number, step)| {
        let reset = matches!(step.segment()?.part, Part::Reset(_));
        reset.then(|| format!("packet {number} is the RST, sent by the {}", step.sender))
    });
    let resets: Vec<String> = resets.collect();
    said.push(format!("Seen over TCP: {}.", listed(&resets, "no RST")));
    let failed = evidence.calls.iter().filter_map(|call| {
        let error = call
            .error
            .as_ref()
            .filter(|_| matches!(call.call, Name::RecvFrom | Name::Connect))?;
        Some(format!("{}() failed with {}", call.call, error.name))
    });
    let failed: Vec<String> = failed.collect();
    said.push(format!(
        "How the programs learn it: {}. Without a UDP socket that asks for ICMP errors (IP_RECVERR), recvfrom() would wait for \
         ever: the classic client does.",
        listed(&failed, "not at all")
    ));
    said
}
