//! No server listens.

use super::exchange::listed;
use crate::calls::{CallName, Program};
use crate::explain::duration;
use crate::flow::segment::SegmentPart;
use crate::flow::{PacketInFlow, PacketKind};
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::notice;
use crate::lab::programs::ClientSide;
use crate::lab::result::RunResult;
use crate::lab::run::{PreparedRun, Run, RunOutput};
use crate::lab::screen::Screen;

const WATCH: &[&str] = &[
    "No server was started. A UDP client sends a line to the port, then a TCP client connects to it. Watch who answers: not a \
     program, but the kernel of the server's machine. For UDP it takes another protocol, ICMP, which quotes the datagram; TCP \
     has a flag of its own, RST.",
];

/// The run.
pub static RUN: Run = Run {
    word: "refused",
    about: "No server listens: RST over TCP, ICMP port unreachable over UDP",
    question: "what if no server listens?",
    title: "No server listens",
    protocols: "(tcp or udp or icmp)",
    takes_lines: false,
    own_segments: false,
    before: |_| WATCH,
    change: |_| Ok(()),
    prepare: |context, _| Ok(Box::new(Prepared { port: context.port() })),
    after,
    notices: |result| notice::each(after(result)),
    matters,
};

fn after(result: &RunResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let notices = result
        .packets_in_flow()
        .filter_map(|(number, in_flow)| match in_flow.kind {
            PacketKind::Notice(notice) => Some(match (notice.about, notice.after) {
                (Some(about), Some(after)) => format!(
                    "packet {number} is the ICMP error about packet {about}, {} later",
                    duration(after)
                ),
                _ => format!("packet {number} is an ICMP error"),
            }),
            _ => None,
        });
    let notices: Vec<String> = notices.collect();
    sentences.push(format!("Seen over UDP: {}.", listed(&notices, "no ICMP error")));
    let resets = result.packets_in_flow().filter_map(|(number, in_flow)| {
        let reset = matches!(in_flow.segment()?.part, SegmentPart::Reset(_));
        reset.then(|| format!("packet {number} is the RST, sent by the {}'s kernel", in_flow.sender))
    });
    let resets: Vec<String> = resets.collect();
    sentences.push(format!("Seen over TCP: {}.", listed(&resets, "no RST")));
    let failed = result.calls.iter().filter_map(|call| {
        let error = call
            .error
            .as_ref()
            .filter(|_| matches!(call.call, CallName::RecvFrom | CallName::Connect))?;
        Some(format!("{}() failed with {}", call.call, error.name))
    });
    let failed: Vec<String> = failed.collect();
    sentences.push(format!(
        "How the programs learn it: {}. A UDP socket that is neither connected nor asks for ICMP errors (IP_RECVERR) learns \
         nothing: recvfrom() of the classic client waits forever.",
        listed(&failed, "not at all")
    ));
    sentences
}

fn matters(in_flow: &PacketInFlow) -> bool {
    match in_flow.kind {
        PacketKind::Notice(_) => true,
        PacketKind::Segment(segment) => matches!(segment.part, SegmentPart::Reset(_)),
        PacketKind::Datagram(_) => false,
    }
}

/// A port without a server.
struct Prepared {
    port: u16,
}

impl PreparedRun for Prepared {
    fn ports(&self) -> Vec<u16> {
        vec![self.port]
    }

    fn perform(self: Box<Self>, context: &LabContext) -> Result<RunOutput, Failure> {
        let lines = ["is anybody there".to_owned()];
        let mut screens = Vec::new();
        for program in [Program::UdpClient, Program::TcpClient] {
            let client = ClientSide {
                program,
                port: self.port,
                lines: &lines,
                screen: Screen::default(),
            };
            // That there is no answer is the point of this run.
            client.run(context)?;
            screens.push((program.word(), client.screen));
        }
        Ok(RunOutput {
            screens,
            observations: Vec::new(),
            answered: true,
        })
    }
}
