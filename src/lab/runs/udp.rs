//! One line over UDP.

use super::exchange::{PreparedExchange, listed};
use crate::calls::{CallName, Program, Role};
use crate::explain::count;
use crate::flow::{PacketInFlow, PacketKind};
use crate::lab::notice;
use crate::lab::result::RunResult;
use crate::lab::run::Run;

const WATCH: &[&str] = &[
    "Watch: the client's sendto() has the server's address attached, and one datagram goes out. The server's recvfrom() \
     returns it with the client's address, to which sendto() answers. No packet comes before, none after.",
];

/// The run.
pub static RUN: Run = Run {
    word: "udp",
    about: "One line over UDP",
    question: "the same line over UDP",
    title: "A line over UDP",
    protocols: "udp",
    takes_lines: true,
    own_segments: false,
    before: |_| WATCH,
    change: |_| Ok(()),
    prepare: |context, lines| {
        Ok(Box::new(PreparedExchange::of(
            &[Program::UdpClient],
            context,
            lines.to_vec(),
        )))
    },
    after,
    notices: notice::of_udp,
    matters,
};

fn after(result: &RunResult) -> Vec<String> {
    let packets = result.frames().len() as u64;
    let binds = result.calls_of(Role::ClientSocket, CallName::Bind).count() as u64;
    let clients: Vec<String> = result
        .conversations
        .iter()
        .map(|one| one.client.port().to_string())
        .collect();
    let answered = result.packets_in_flow().filter_map(|(number, in_flow)| {
        let request = in_flow.datagram()?.part.request()?;
        Some(format!("packet {number} answers packet {request}"))
    });
    let answered: Vec<String> = answered.collect();
    let mut sentences = vec![format!(
        "Seen: {}; {}.",
        count(packets, "datagram"),
        listed(&answered, "none was answered")
    )];
    if !clients.is_empty() && binds == 0 {
        sentences.push(format!(
            "The client never called bind(): at its first sendto() the kernel picked a port for it, {}.",
            listed(&clients, "none")
        ));
    }
    sentences
}

fn matters(in_flow: &PacketInFlow) -> bool {
    matches!(in_flow.kind, PacketKind::Datagram(_))
}
