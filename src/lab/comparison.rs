//! UDP and TCP compared, counted from what was captured and called.

use super::result::{self, RunResult};
use crate::calls::{Call, CallName, Program, Role};

/// The cost of one line over one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Packets in both directions.
    pub packets: u64,
    /// Bytes of these packets as captured, link-layer headers included: of the loopback too, whose Ethernet header goes over no wire.
    pub wire: u64,
    /// Bytes of the lines and their replies among them.
    pub data: u64,
    /// How many times the client had to wait for the server.
    pub round_trips: usize,
    /// Sockets of the client.
    pub client_sockets: usize,
    /// Sockets of the server, those that found out its address left out.
    pub server_sockets: usize,
    /// Socket calls of the client.
    pub client_calls: usize,
    /// Socket calls of the server, without those by which it waits for the next client and quits.
    pub server_calls: usize,
}

impl Cost {
    /// Counts it.
    #[must_use]
    pub fn of(result: &RunResult) -> Self {
        let conversations = result.conversations.iter();
        let round_trips = conversations.map(|one| {
            let in_flows = result.packets_in_flow().map(|(_, in_flow)| in_flow);
            result::round_trips(in_flows.filter(move |in_flow| in_flow.conversation == one.number))
        });
        let calls_of = |client: bool| {
            let of_party = result
                .calls
                .iter()
                .filter(move |call| is_client(call.program) == client);
            let counted = of_party.filter(|call| call.role != Role::AddressProbe && !is_quitting(call));
            counted.count()
        };
        Self {
            packets: result.frames().len() as u64,
            wire: result
                .frames()
                .iter()
                .map(|frame| u64::from(frame.original_length))
                .sum(),
            data: result
                .packets_in_flow()
                .map(|(_, in_flow)| result::data_of(in_flow))
                .sum(),
            round_trips: round_trips.sum(),
            client_sockets: result.sockets(Role::ClientSocket),
            server_sockets: [Role::ServerSocket, Role::WelcomingSocket, Role::ConnectionSocket]
                .map(|role| result.sockets(role))
                .iter()
                .sum(),
            client_calls: calls_of(true),
            server_calls: calls_of(false),
        }
    }

    /// Captured bytes that are not data.
    #[must_use]
    pub const fn headers(&self) -> u64 {
        self.wire.saturating_sub(self.data)
    }

    /// How much of the captured bytes is headers, in percent.
    #[must_use]
    pub const fn overhead(&self) -> u64 {
        match self.wire {
            0 => 0,
            wire => (self.headers() * 100 + wire / 2) / wire,
        }
    }
}

/// What the server does because the run is over: it gives up waiting, and closes the socket that it listened on.
fn is_quitting(call: &Call) -> bool {
    let is_told = call.error.as_ref().is_some_and(|error| error.name == "STOPPED");
    is_told || (call.call == CallName::Close && matches!(call.role, Role::ServerSocket | Role::WelcomingSocket))
}

const fn is_client(program: Program) -> bool {
    matches!(program, Program::UdpClient | Program::TcpClient)
}

/// The rows of the table: what is counted, over UDP, over TCP.
#[must_use]
pub fn rows(udp: &Cost, tcp: &Cost) -> Vec<[String; 3]> {
    let row = |what: &str, of: &dyn Fn(&Cost) -> String| [what.to_owned(), of(udp), of(tcp)];
    vec![
        row("packets", &|cost| cost.packets.to_string()),
        row("bytes captured", &|cost| cost.wire.to_string()),
        row("bytes of data", &|cost| cost.data.to_string()),
        row("bytes of headers", &|cost| cost.headers().to_string()),
        row("headers, of the bytes captured", &|cost| {
            format!("{} %", cost.overhead())
        }),
        row("round trips the client waits for", &|cost| cost.round_trips.to_string()),
        row("sockets of the client", &|cost| cost.client_sockets.to_string()),
        row("sockets of the server", &|cost| cost.server_sockets.to_string()),
        row("socket calls of the client", &|cost| cost.client_calls.to_string()),
        row("socket calls of the server", &|cost| cost.server_calls.to_string()),
    ]
}
