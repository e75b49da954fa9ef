//! A line of 64 KiB over TCP.

use super::exchange::{PreparedExchange, connections};
use crate::calls::Program;
use crate::explain::count;
use crate::flow::Party;
use crate::flow::segment::Remark;
use crate::lab::failure::Failure;
use crate::lab::network::Network;
use crate::lab::notice;
use crate::lab::result::{self, RunResult};
use crate::lab::run::Run;
use crate::os::interface_setup::{self, Offload};

/// The MTU of Ethernet, in bytes.
const ETHERNET_MTU: i32 = 1500;

const IN_TWO_HOSTS: &[&str] = &[
    "A line of 65,536 bytes over Ethernet, which carries packets of at most 1500 bytes. Watch: how many segments it takes, how many of \
     them are on their way unacknowledged, and what the windows do.",
];

const IN_A_PRIVATE_NETWORK: &[&str] = &[
    "A line of 65,536 bytes through a loopback that was made like Ethernet for this run: packets of at most 1500 bytes, and \
     nothing that cuts or joins segments outside of TCP's sight (MTU 1500; TSO, GSO and GRO off). Watch: how many segments \
     it takes, how many of them are on their way unacknowledged, and what the windows do.",
];

const IN_A_SHARED_NETWORK: &[&str] = &[
    "A line of 65,536 bytes through the loopback of this machine, which is left as it is: it carries packets of 65,536 bytes, and \
     TCP hands it pieces that large. In a private network this run cuts them to Ethernet's 1500.",
];

/// The run.
pub static RUN: Run = Run {
    word: "long",
    about: "A line of 64 KiB in many segments",
    question: "what if a line needs many segments?",
    title: "A line of 64 KiB over TCP",
    protocols: "tcp",
    takes_lines: false,
    own_segments: false,
    before,
    change,
    prepare: |context, _| {
        Ok(Box::new(PreparedExchange::of(
            &[Program::TcpClient],
            context,
            vec![long_line()],
        )))
    },
    after,
    notices: |result| notice::each(after(result)),
    matters: |_| false,
};

fn before(network: &Network) -> &'static [&'static str] {
    match network {
        Network::TwoHosts(_) => IN_TWO_HOSTS,
        Network::Private(_) => IN_A_PRIVATE_NETWORK,
        Network::Shared(_) => IN_A_SHARED_NETWORK,
    }
}

/// Makes loopback carry packets as Ethernet does. That of the machine belongs to others as well, and stays as it is.
fn change(network: &Network) -> Result<(), Failure> {
    if !matches!(network, Network::Private(_)) {
        return Ok(());
    }
    let next = "run another one of the lab's runs";
    interface_setup::set_mtu("lo", ETHERNET_MTU)
        .map_err(|error| Failure::of("setting the MTU of lo to 1500", error, next))?;
    for offload in [
        Offload::TcpSegmentation,
        Offload::GenericSegmentation,
        Offload::GenericReceive,
    ] {
        interface_setup::switch_off("lo", offload)
            .map_err(|error| Failure::of("switching the offloads of lo off", error, next))?;
    }
    Ok(())
}

fn after(result: &RunResult) -> Vec<String> {
    let Some((conversation, connection)) = connections(result).next() else {
        return Vec::new();
    };
    let sizes = |party: Party| {
        let of_party = result
            .packets_in_flow()
            .filter(move |(_, in_flow)| in_flow.sender == party);
        of_party
            .map(|(_, in_flow)| result::data_of(in_flow))
            .filter(|&bytes| bytes > 0)
    };
    let mut sentences = Vec::new();
    for party in [Party::Client, Party::Server] {
        let (segments, bytes) = sizes(party).fold((0, 0), |(segments, all), bytes| (segments + 1, all + bytes));
        let largest = sizes(party).max().unwrap_or(0);
        let in_flight = result.packets_in_flow().filter(|(_, in_flow)| in_flow.sender == party);
        let in_flight = in_flight
            .filter_map(|(_, in_flow)| in_flow.segment()?.in_flight)
            .max()
            .unwrap_or(0);
        sentences.push(format!(
            "Seen from the {party}: {} in {}, the largest with {}. At most {} were on their way without an acknowledgment.",
            count(bytes, "byte"),
            count(segments, "segment"),
            count(largest, "byte"),
            count(in_flight, "byte"),
        ));
    }
    if let (Some(client), Some(server)) = (connection.client.mss, connection.server.mss) {
        sentences.push(format!(
            "Each SYN said how much a segment may carry: MSS {client} and {server}, the MTU less 20 bytes of IPv4 and 20 of TCP. \
             The timestamp option takes 12 more of each segment."
        ));
    }
    let windows = [("client", connection.client), ("server", connection.server)];
    for (party, end) in windows {
        if let Some(bytes) = end.smallest_window {
            sentences.push(format!(
                "The {party} had room for {bytes} bytes when it had least: its smallest window."
            ));
        }
    }
    let carry = result
        .packets_in_flow()
        .filter(|(_, in_flow)| result::data_of(in_flow) > 0)
        .count() as u64;
    let all = conversation.from_client.packets + conversation.from_server.packets;
    sentences.push(format!(
        "Of {all} segments {carry} carry data; the others open and close the connection, or acknowledge several segments at \
         once. {} sent again.",
        match connection.retransmissions {
            0 => "None was".to_owned(),
            1 => "1 was".to_owned(),
            more => format!("{more} were"),
        }
    ));
    let twice = result.packets_in_flow().find(|(_, in_flow)| {
        let remarks = in_flow.segment().map(|segment| segment.remarks);
        remarks.is_some_and(|remarks| remarks.has(Remark::DuplicateSack))
    });
    if let Some((number, in_flow)) = twice {
        sentences.push(format!(
            "Packet {number} reports bytes that arrived twice (D-SACK): nothing had been lost, the {}'s acknowledgment was only \
             late.",
            in_flow.sender
        ));
    }
    sentences
}

/// 64 KiB of lowercase letters.
fn long_line() -> String {
    ('a'..='z').cycle().take(65_536).collect()
}
