//! Which calls belong to a conversation.

use std::net::SocketAddr;

use super::call_index::CallIndex;
use super::{PacketRef, PartyCall};
use crate::calls::{Call, CallName, Program, Role};
use crate::flow::{PacketKind, Party};

/// Calls that are this near to a conversation are at its time, in nanoseconds.
const NEAR: i64 = 2_000_000_000;

/// The calls of one conversation.
#[derive(Debug, Clone, Default)]
pub struct ConversationCalls {
    /// All of them; those on one socket in their order.
    pub calls: Vec<PartyCall>,
}

impl ConversationCalls {
    /// Keeps at most `most` calls, the first ones by their clocks; returns how many it has not kept. A conversation can be
    /// explained without the calls at its end, but hardly without those at its beginning.
    pub fn keep_first(&mut self, most: usize) -> u64 {
        let all = self.calls.len();
        if all > most {
            let mut times: Vec<_> = self.calls.iter().map(|party_call| party_call.call.entered).collect();
            let (earlier, &mut limit, _) = times.select_nth_unstable(most);
            // Of those that are as late as the first without room, as many as there is room for.
            let mut room = earlier.iter().filter(|&&time| time == limit).count();
            self.calls.retain(|party_call| {
                let entered = party_call.call.entered;
                let fits = entered == limit && room > 0;
                room -= usize::from(fits);
                entered < limit || fits
            });
        }
        (all - self.calls.len()) as u64
    }

    /// Is there a call of this party?
    #[must_use]
    pub fn has(&self, party: Party) -> bool {
        self.calls.iter().any(|party_call| party_call.party == party)
    }
}

/// A conversation as calls are looked for: who, and when by the capture's clock.
struct ConversationQuery {
    client: SocketAddr,
    server: SocketAddr,
    first: Option<i64>,
    last: Option<i64>,
}

impl ConversationQuery {
    /// How far the call is from the conversation, in nanoseconds; 0 when it was under way meanwhile.
    fn distance(&self, call: &Call) -> i64 {
        let (Some(first), Some(last)) = (self.first, self.last) else {
            return 0;
        };
        let entered = call.entered.timestamp_nanos_opt().unwrap_or(i64::MAX);
        let returned = call.returned.timestamp_nanos_opt().unwrap_or(i64::MAX);
        let early = first.saturating_sub(returned);
        let late = entered.saturating_sub(last);
        early.max(late).max(0)
    }
}

impl CallIndex {
    /// Hands out the calls of the conversation of these packets. A call is handed out once: those that serve every
    /// conversation (`bind()`, `listen()`) go to the first one that asks.
    pub fn match_conversation(&mut self, packets: &[PacketRef]) -> ConversationCalls {
        let Some(seen) = packets.first() else {
            return ConversationCalls::default();
        };
        if self.is_empty() {
            return ConversationCalls::default();
        }
        let times = || packets.iter().filter_map(|seen| Some(seen.time?.0));
        let query = ConversationQuery {
            client: seen.in_flow.client,
            server: seen.in_flow.server,
            first: times().min(),
            last: times().max(),
        };
        let is_udp = |seen: &PacketRef| matches!(seen.in_flow.kind, PacketKind::Datagram(_));
        let is_tcp = |seen: &PacketRef| matches!(seen.in_flow.kind, PacketKind::Segment(_));
        let mut matched = ConversationCalls::default();
        if packets.iter().any(is_udp) {
            self.match_exchange(&query, &mut matched);
        } else if packets.iter().any(is_tcp) {
            self.match_connection(&query, &mut matched);
        }
        matched
    }

    /// TCP: one client socket, one connection socket, the `accept()` that made it, and the welcoming socket's beginning.
    fn match_connection(&mut self, query: &ConversationQuery, matched: &mut ConversationCalls) {
        let (client, server) = (query.client, query.server);
        if let Some(socket) = self.nearest(query, client, server, Role::ClientSocket, Program::TcpClient) {
            self.take_socket(socket, Party::Client, matched);
        }
        let accept = {
            let accepts = self
                .between(server, client)
                .filter(|(_, call)| call.call == CallName::Accept && call.result >= 0);
            accepts
                .min_by_key(|(_, call)| query.distance(call))
                .map(|(place, _)| place)
        };
        let welcoming = accept.map(|(socket, _)| socket).or_else(|| {
            let mut bound = self.bound_to(server);
            bound.rfind(|&index| self.is_one(index, Role::WelcomingSocket, Program::TcpServer))
        });
        if let Some(socket) = welcoming {
            self.take_preparation(socket, matched);
        }
        if let Some(call) = accept.and_then(|place| self.take(place)) {
            matched.calls.push(PartyCall {
                party: Party::Server,
                call,
            });
        }
        if let Some(socket) = self.nearest(query, server, client, Role::ConnectionSocket, Program::TcpServer) {
            self.take_socket(socket, Party::Server, matched);
        }
    }

    /// UDP: the client's sockets with this port; of the server's socket what has this client as its other end.
    fn match_exchange(&mut self, query: &ConversationQuery, matched: &mut ConversationCalls) {
        let (client, server) = (query.client, query.server);
        while let Some(socket) = self.nearest(query, client, server, Role::ClientSocket, Program::UdpClient) {
            let is_near = self.sockets.get(socket).is_some_and(|socket| {
                let mut calls = socket.calls.iter().flatten();
                calls.any(|call| query.distance(call) < NEAR)
            });
            if matched.calls.is_empty() || is_near {
                self.take_socket(socket, Party::Client, matched);
            } else {
                break;
            }
        }
        let mut places: Vec<_> = {
            let calls = self.between(server, client);
            let of_server = calls.filter(|(place, _)| self.is_one(place.0, Role::ServerSocket, Program::UdpServer));
            of_server
                .map(|(place, call)| (place, query.distance(call) < NEAR))
                .collect()
        };
        // A log of several days may have the same ports twice. Where none is near, the clocks differ, and all are taken.
        if places.iter().any(|&(_, near)| near) {
            places.retain(|&(_, near)| near);
        }
        let socket = places.first().map(|&((socket, _), _)| socket).or_else(|| {
            let mut bound = self.bound_to(server);
            bound.rfind(|&index| self.is_one(index, Role::ServerSocket, Program::UdpServer))
        });
        if let Some(socket) = socket {
            self.take_preparation(socket, matched);
        }
        for (place, _) in places {
            matched.calls.extend(self.take(place).map(|call| PartyCall {
                party: Party::Server,
                call,
            }));
        }
    }

    fn is_one(&self, socket: usize, role: Role, program: Program) -> bool {
        let socket = self.sockets.get(socket);
        socket.is_some_and(|socket| socket.role == role && socket.program == program)
    }

    /// The socket between these addresses that was used nearest to the conversation.
    fn nearest(
        &self,
        query: &ConversationQuery,
        local: SocketAddr,
        remote: SocketAddr,
        role: Role,
        program: Program,
    ) -> Option<usize> {
        let calls = self.between(local, remote);
        calls
            .filter(|(place, _)| self.is_one(place.0, role, program))
            .min_by_key(|(_, call)| query.distance(call))
            .map(|(place, _)| place.0)
    }

    /// The calls that made a server's socket ready, unless another conversation has them.
    fn take_preparation(&mut self, socket: usize, matched: &mut ConversationCalls) {
        let count = self.sockets.get(socket).map_or(0, |socket| socket.preparation);
        self.take_first(socket, count, Party::Server, matched);
    }

    fn take_socket(&mut self, socket: usize, party: Party, matched: &mut ConversationCalls) {
        let count = self.sockets.get(socket).map_or(0, |socket| socket.calls.len());
        self.take_first(socket, count, party, matched);
    }

    fn take_first(&mut self, socket: usize, count: usize, party: Party, matched: &mut ConversationCalls) {
        for place in 0..count {
            let taken = self.take((socket, place));
            matched.calls.extend(taken.map(|call| PartyCall { party, call }));
        }
    }
}
