//! Three algorithms of congestion control on the same wire, one after the other.

use std::time::Duration;

use super::by_hand;
use crate::calls::{Call, CallName, Role};
use crate::explain::{count, duration, grouped};
use crate::flow::PacketInFlow;
use crate::flow::Party::{Client, Server};
use crate::flow::conversation::Transport;
use crate::hosts::record::Fate;
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::wire::bars::Bars;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Length, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "congestion",
    about: "Reno, CUBIC and BBR on the wire of 10 Mbit/s, one after the other",
    question: "Reno, CUBIC, BBR: which of them keeps the queue short, and how does it know?",
    title: "Three ways to find out how much a wire carries",
    rules: "delay 20ms; rate 10Mbit client; queue 100 client",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::ByHand(steps),
    before: "Watch: Reno and CUBIC send more and more until something is lost, so the queue before the wire fills, and each packet waits in \
             it (RFC 5681, RFC 9438). BBR measures how much arrives and how long the way is when it is empty, and sends that much.",
    after,
    bars: Some(bars),
};

/// The names, as tcp(7) has them.
const ALGORITHMS: [&str; 3] = ["reno", "cubic", "bbr"];

/// The option, as the calls have it.
const OPTION: &str = "TCP_CONGESTION = ";

fn steps(context: &LabContext, length: Length) -> Result<Vec<String>, Failure> {
    let bytes = match length {
        Length::Usual => 4_000_000,
        Length::Short => 600_000,
    };
    let welcoming_socket = by_hand::listening(context)?;
    let mut observations = Vec::new();
    for name in ALGORITHMS {
        let client_socket = context.tcp_socket(Client, Role::ClientSocket)?;
        match client_socket.congestion_control(name) {
            Ok(()) => by_hand::upload_on(context, (client_socket, &welcoming_socket), bytes, Duration::ZERO)?,
            Err(_) => observations.push(format!(
                "There is no connection with {name}: this kernel lets no program choose it, so setsockopt() failed. 'cat \
                 /proc/sys/net/ipv4/tcp_allowed_congestion_control' shows what programs may choose here."
            )),
        }
        context.may_go_on()?;
    }
    Ok(observations)
}

/// A connection with one of them.
struct Connection {
    algorithm: String,
    bytes: u64,
    /// From the first data that left the client to the last that reached the server, in nanoseconds.
    time: i64,
    /// Frames that the queue had no room for.
    lost: u64,
    /// How long it took until a segment was acknowledged: so long for half of them or longer, in nanoseconds.
    round_trip: i64,
}

/// The connections, in their order: the n-th had the n-th option that was set.
fn connections(result: &WireResult) -> Vec<Connection> {
    let is_choice = |call: &&Call| call.argument.as_ref().is_some_and(|option| option.starts_with(OPTION));
    let choices = result.calls(Client, CallName::SetSockOpt).filter(is_choice);
    let algorithms = choices.filter_map(|call| call.argument.as_deref()?.strip_prefix(OPTION));
    let client = result.end(Client);
    let found = client
        .conversations
        .iter()
        .zip(algorithms)
        .map(|(conversation, algorithm)| {
            let number = conversation.number;
            let mut trips: Vec<i64> = client
                .packets_in_conversation(number)
                .filter(|(_, in_flow)| in_flow.sender == Server)
                .filter_map(|(_, in_flow)| Some(in_flow.segment()?.round_trip?.time))
                .collect();
            trips.sort_unstable();
            let has_data = |in_flow: &PacketInFlow| {
                in_flow.sender == Client && in_flow.segment().is_some_and(|segment| segment.data.is_some())
            };
            let sent = client.packets().filter(|(.., in_flow)| in_flow.conversation == number);
            let first = sent
                .filter(|(.., in_flow)| has_data(in_flow))
                .find_map(|(_, frame, _)| frame.time);
            let server = result.end(Server).packets();
            let same = server
                .filter(|(.., in_flow)| (in_flow.client, in_flow.server) == (conversation.client, conversation.server));
            let arrived = same.filter(|(.., in_flow)| has_data(in_flow));
            let last = arrived.filter_map(|(_, frame, _)| frame.time).max();
            Connection {
                algorithm: algorithm.to_owned(),
                bytes: match &conversation.transport {
                    Transport::Tcp(connection) => connection.client.acknowledged,
                    Transport::Udp(_) => 0,
                },
                time: last.zip(first).map_or(0, |(last, first)| last.0 - first.0),
                lost: lost(result, number),
                round_trip: trips.get(trips.len() / 2).copied().unwrap_or(0),
            }
        });
    found.collect()
}

/// How many frames of the client's, in this conversation, the queue had no room for.
fn lost(result: &WireResult, conversation: u64) -> u64 {
    let numbers = result.numbers(Client).sent;
    let in_flows = &result.end(Client).in_flows;
    let of_client = result
        .record
        .frames
        .iter()
        .filter(|frame| frame.from == Client && frame.fate == Fate::QueueFull);
    let of_it = of_client.filter(|frame| {
        let index = |number: u64| usize::try_from(number.checked_sub(1)?).ok();
        let packet = frame.number.and_then(index).and_then(|index| numbers.get(index));
        let in_flow = packet.and_then(|number| in_flows.get(index(*number)?)?.as_ref());
        in_flow.is_some_and(|in_flow| in_flow.conversation == conversation)
    });
    of_it.count() as u64
}

fn bars(result: &WireResult, _: bool) -> Option<Bars> {
    let connections = connections(result);
    (connections.len() > 1).then(|| Bars {
        title: "Until a segment was acknowledged: the median, in milliseconds".into(),
        rows: connections
            .into_iter()
            .map(|one| (one.algorithm, (one.round_trip / 1_000_000).unsigned_abs()))
            .collect(),
    })
}

fn after(result: &WireResult) -> Vec<String> {
    let connections = connections(result);
    let sentences = connections.iter().map(|one| {
        let kilobits = i128::from(one.bytes) * 8 * 1_000_000;
        let kilobits = kilobits.checked_div(i128::from(one.time)).unwrap_or(0);
        let lost = match one.lost {
            0 => "room for every frame".to_owned(),
            lost => format!("no room for {}", count(lost, "frame")),
        };
        format!(
            "{}: {} bytes of data in {}, {}.{} Mbit/s; the queue had {lost}; half of the segments were acknowledged after {} \
             or more.",
            one.algorithm,
            grouped(one.bytes),
            duration(one.time),
            kilobits / 1000,
            kilobits % 1000 / 100,
            duration(one.round_trip)
        )
    });
    sentences.collect()
}
