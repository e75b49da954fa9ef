//! An empty line, over both.

use super::exchange::{Exchange, listed};
use crate::explain::count;
use crate::flow::{Kind, PacketInFlow, Party};
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::network::Network;
use crate::lab::result::{self, RunResult};
use crate::lab::run::{PreparedRun, Run};

const WATCH: &[&str] = &[
    "The person only presses Return. Watch: over UDP an empty datagram is a datagram, header and no data. TCP carries a \
     stream of bytes and cannot carry nothing: the line's end, one byte, goes out.",
];

/// The run.
#[derive(Debug)]
pub struct Empty;

impl Run for Empty {
    fn word(&self) -> &'static str {
        "empty"
    }

    fn about(&self) -> &'static str {
        "An empty line: a datagram without data, a segment with one byte"
    }

    fn title(&self) -> &'static str {
        "An empty line"
    }

    fn protocols(&self) -> &'static str {
        "(tcp or udp or icmp)"
    }

    fn before(&self, _network: &Network) -> &'static [&'static str] {
        WATCH
    }

    fn prepare(&self, context: &LabContext, _lines: &[String]) -> Result<Box<dyn PreparedRun>, Failure> {
        Ok(Box::new(Exchange::both(context, vec![String::new()])?))
    }

    fn after(&self, result: &RunResult) -> Vec<String> {
        let data = |tcp: bool, party: Party| -> Vec<String> {
            let of_kind = result.places().filter(|(_, step)| match step.kind {
                Kind::Segment(segment) => tcp && segment.data.is_some(),
                Kind::Datagram(_) => !tcp,
                Kind::Notice(_) => false,
            });
            let sent = of_kind.filter(|(_, step)| step.sender == party);
            sent.map(|(number, step)| format!("packet {number} with {}", count(result::data_of(step), "byte")))
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

    fn matters(&self, step: &PacketInFlow) -> bool {
        match step.kind {
            Kind::Datagram(_) => true,
            Kind::Segment(segment) => segment.data.is_some(),
            Kind::Notice(_) => false,
        }
    }
}
