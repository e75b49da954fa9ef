//! One line over UDP.

use super::exchange::{Exchange, listed};
use crate::calls::{Name, Role};
use crate::explain::count;
use crate::flow::datagram::Part;
use crate::flow::{Kind, PacketInFlow};
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::network::Network;
use crate::lab::result::RunResult;
use crate::lab::run::{PreparedRun, Run};

const WATCH: &[&str] = &[
    "Watch: the client's sendto() has the server's address attached, and one datagram goes out. The server's recvfrom() \
     returns it with the client's address, to which sendto() answers. No packet comes before, none after.",
];

/// The run.
#[derive(Debug)]
pub struct Udp;

impl Run for Udp {
    fn word(&self) -> &'static str {
        "udp"
    }

    fn about(&self) -> &'static str {
        "One line over UDP"
    }

    fn title(&self) -> &'static str {
        "A line over UDP"
    }

    fn protocols(&self) -> &'static str {
        "udp"
    }

    fn takes_lines(&self) -> bool {
        true
    }

    fn before(&self, _network: &Network) -> &'static [&'static str] {
        WATCH
    }

    fn prepare(&self, context: &LabContext, lines: &[String]) -> Result<Box<dyn PreparedRun>, Failure> {
        Ok(Box::new(Exchange::udp(context, lines.to_vec())?))
    }

    fn after(&self, result: &RunResult) -> Vec<String> {
        let packets = result.frames().len() as u64;
        let binds = result.calls_of(Role::ClientSocket, Name::Bind).count() as u64;
        let clients: Vec<String> = result
            .conversations
            .iter()
            .map(|one| one.client.port().to_string())
            .collect();
        let answered = result
            .places()
            .filter_map(|(number, step)| match step.datagram()?.part {
                Part::Reply { request, .. } => Some(format!("packet {number} answers packet {request}")),
                _ => None,
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

    fn matters(&self, step: &PacketInFlow) -> bool {
        matches!(step.kind, Kind::Datagram(_))
    }
}
