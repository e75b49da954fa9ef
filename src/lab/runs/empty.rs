//! An empty line, over both.

use super::exchange::{PreparedExchange, listed};
use crate::calls::Program;
use crate::explain::count;
use crate::flow::{PacketInFlow, PacketKind, Party};
use crate::lab::notice;
use crate::lab::result::{self, RunResult};
use crate::lab::run::Run;

const WATCH: &[&str] = &[
    "The user only presses Return. Watch: over UDP an empty datagram is sent, a header without data. TCP carries a \
     stream of bytes, and an empty line adds no byte to it: so the client sends the end of the line, one byte.",
];

const BOTH: &[Program] = &[Program::UdpClient, Program::TcpClient];

/// The run.
pub static RUN: Run = Run {
    word: "empty",
    about: "An empty line: a datagram without data, a segment with one byte",
    question: "what if the line is empty?",
    title: "An empty line",
    protocols: "(tcp or udp or icmp)",
    takes_lines: false,
    own_segments: false,
    before: |_| WATCH,
    change: |_| Ok(()),
    prepare: |context, _| Ok(Box::new(PreparedExchange::of(BOTH, context, vec![String::new()]))),
    after,
    notices: |result| notice::each(after(result)),
    matters,
};

fn after(result: &RunResult) -> Vec<String> {
    let data = |tcp: bool, party: Party| -> Vec<String> {
        let of_kind = result.packets_in_flow().filter(|(_, in_flow)| match in_flow.kind {
            PacketKind::Segment(segment) => tcp && segment.data.is_some(),
            PacketKind::Datagram(_) => !tcp,
            PacketKind::Notice(_) => false,
        });
        let sent = of_kind.filter(|(_, in_flow)| in_flow.sender == party);
        sent.map(|(number, in_flow)| format!("packet {number} with {}", count(result::data_of(in_flow), "byte")))
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

fn matters(in_flow: &PacketInFlow) -> bool {
    match in_flow.kind {
        PacketKind::Datagram(_) => true,
        PacketKind::Segment(segment) => segment.data.is_some(),
        PacketKind::Notice(_) => false,
    }
}
