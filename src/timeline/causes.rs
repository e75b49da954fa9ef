//! Causes and effects: which call made which packet, and which packet a call waited for.

use super::stream::{Carried, moved};
use super::{PacketRef, PartyCall};
use crate::calls::CallName;
use crate::flow::Party;
use crate::flow::segment::{Remark, ResetCause, SegmentPart};

/// An event; the number is an index among the packets or the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Node {
    /// A call is entered.
    Entered(usize),
    /// A packet is seen.
    Packet(usize),
    /// A call has returned.
    Returned(usize),
}

/// One thing that cannot have been before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) before: Node,
    pub(super) after: Node,
}

/// A call and a packet that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallPacketPair {
    /// Index among the calls of the timeline.
    pub call: usize,
    /// Index among the packets.
    pub packet: usize,
}

/// Every cause with its effect.
pub(super) fn of(packets: &[PacketRef], calls: &[PartyCall]) -> Vec<Cause> {
    let mut causes = Causes {
        packets,
        calls,
        found: Vec::new(),
    };
    for party in [Party::Client, Party::Server] {
        let own: Vec<usize> = causes.of_party(party);
        causes.opening(party, &own);
        causes.data(party, &own);
        causes.end(party, &own);
        causes.datagrams(party, &own);
        causes.errors(party, &own);
    }
    causes.found
}

/// Which call sent which packet, and which call waited for which packet.
pub(super) fn links(causes: &[Cause]) -> (Vec<CallPacketPair>, Vec<CallPacketPair>) {
    let (mut sent, mut waited_for) = (Vec::new(), Vec::new());
    for cause in causes {
        match (cause.before, cause.after) {
            (Node::Entered(call), Node::Packet(packet)) => sent.push(CallPacketPair { call, packet }),
            (Node::Packet(packet), Node::Returned(call)) => waited_for.push(CallPacketPair { call, packet }),
            _ => {}
        }
    }
    (sent, waited_for)
}

struct Causes<'a> {
    packets: &'a [PacketRef],
    calls: &'a [PartyCall],
    found: Vec<Cause>,
}

impl Causes<'_> {
    /// The calls of a party in the order in which it entered them.
    fn of_party(&self, party: Party) -> Vec<usize> {
        let party_call = self.calls.iter().enumerate();
        let mut own: Vec<usize> = party_call
            .filter(|(_, party_call)| party_call.party == party)
            .map(|(index, _)| index)
            .collect();
        // The log has them in the order in which they returned, which for one socket is the same. A clock that is set does
        // not change it, so the order of the log counts, not the times.
        own.sort_by_key(|&index| self.calls.get(index).map(|party_call| party_call.call.socket));
        own
    }

    fn call_sent(&mut self, call: usize, packet: Option<usize>) {
        self.found.extend(packet.map(|packet| Cause {
            before: Node::Entered(call),
            after: Node::Packet(packet),
        }));
    }

    fn call_waited(&mut self, call: usize, packet: Option<usize>) {
        self.found.extend(packet.map(|packet| Cause {
            before: Node::Packet(packet),
            after: Node::Returned(call),
        }));
    }

    /// The first segment of this party with such a part.
    fn segment(&self, sender: Party, wanted: impl Fn(SegmentPart) -> bool) -> Option<usize> {
        self.packets.iter().position(|seen| {
            let segment = seen.in_flow.segment();
            seen.in_flow.sender == sender && segment.is_some_and(|segment| wanted(segment.part))
        })
    }

    fn first_call(&self, own: &[usize], wanted: impl Fn(&PartyCall) -> bool) -> Option<usize> {
        let mut calls = own.iter().copied();
        calls.find(|&index| self.calls.get(index).is_some_and(&wanted))
    }

    /// `connect()` sends the SYN and returns with the SYN-ACK; `accept()` returns after the handshake.
    fn opening(&mut self, party: Party, own: &[usize]) {
        let connect = self.first_call(own, |party_call| party_call.call.call == CallName::Connect);
        if let Some(connect) = connect {
            let is_syn = |part| matches!(part, SegmentPart::Syn | SegmentPart::CrossingSyn);
            let syn = self.segment(party, is_syn);
            self.call_sent(connect, syn);
            let succeeded = self
                .calls
                .get(connect)
                .is_some_and(|party_call| party_call.call.result == 0);
            // It returned without waiting when the connection was made in the background: then there is no answer to wait for.
            if succeeded {
                let answer = self.segment(party.other(), |part| part == SegmentPart::SynAck);
                self.call_waited(connect, answer);
            }
        }
        let accept = self.first_call(own, |party_call| {
            party_call.call.call == CallName::Accept && party_call.call.result >= 0
        });
        if let Some(accept) = accept {
            // RFC 7413: with data in the SYN, a server may accept before the handshake is complete.
            let is_fast = self.packets.iter().any(|seen| {
                let segment = seen.in_flow.segment();
                segment.is_some_and(|segment| segment.remarks.has(Remark::DataInSyn))
            });
            if !is_fast {
                let done = self.segment(party.other(), |part| part == SegmentPart::HandshakeAck);
                self.call_waited(accept, done);
            }
        }
    }

    /// `send()` before the segments with its bytes; the segments before the `recv()` that returns their bytes.
    fn data(&mut self, party: Party, own: &[usize]) {
        let begins = |party_call: &PartyCall| matches!(party_call.call.call, CallName::Connect | CallName::Accept);
        // Without the beginning of the log, which bytes a call moved cannot be counted.
        if self.first_call(own, begins).is_none() {
            return;
        }
        if let Some(carried) = Carried::from(self.packets, party) {
            for (call, bytes) in moved(self.calls, own, true) {
                self.call_sent(call, carried.first(bytes));
            }
        }
        if let Some(carried) = Carried::from(self.packets, party.other()) {
            for (call, bytes) in moved(self.calls, own, false) {
                self.call_waited(call, carried.complete(bytes));
            }
        }
    }

    /// `close()` or `shutdown()` before the FIN; the other end's FIN before the `recv()` that returns 0.
    fn end(&mut self, party: Party, own: &[usize]) {
        let is_fin = |part| matches!(part, SegmentPart::FirstFin | SegmentPart::SecondFin);
        let closing = self.first_call(own, |party_call| match party_call.call.call {
            CallName::Close => true,
            CallName::Shutdown => party_call.call.argument.as_deref() != Some("SHUT_RD"),
            _ => false,
        });
        if let Some(closing) = closing {
            let fin = self.segment(party, is_fin);
            let reset = || self.segment(party, |part| part == SegmentPart::Reset(ResetCause::DataAfterClose));
            let packet = fin.or_else(reset);
            self.call_sent(closing, packet);
        }
        let their_fin = self.segment(party.other(), is_fin);
        for &index in own {
            let ended = self.calls.get(index).is_some_and(|party_call| {
                let call = &party_call.call;
                call.call == CallName::Recv && call.result == 0 && call.asked != Some(0)
            });
            if ended {
                self.call_waited(index, their_fin);
            }
        }
    }

    /// `sendto()` before its datagram, the datagram before the `recvfrom()` that returns it.
    fn datagrams(&mut self, party: Party, own: &[usize]) {
        for (name, sender) in [(CallName::SendTo, party), (CallName::RecvFrom, party.other())] {
            let calls: Vec<Pairable> = own
                .iter()
                .filter_map(|&index| Some((index, self.calls.get(index)?)))
                .filter(|(_, party_call)| party_call.call.call == name && party_call.call.result >= 0)
                .map(|(index, party_call)| Pairable {
                    index,
                    length: party_call.call.bytes.unwrap_or(0),
                    time: Some(if name == CallName::SendTo {
                        party_call.entered()
                    } else {
                        party_call.returned()
                    }),
                })
                .collect();
            let packets: Vec<Pairable> = self
                .packets
                .iter()
                .enumerate()
                .filter(|(_, seen)| seen.in_flow.sender == sender)
                .filter_map(|(index, seen)| {
                    Some(Pairable {
                        index,
                        length: seen.in_flow.datagram()?.length as u64,
                        time: seen.time.map(|time| time.0),
                    })
                })
                .collect();
            for (call, packet) in pairs(&calls, &packets) {
                if name == CallName::SendTo {
                    self.call_sent(call, Some(packet));
                } else {
                    self.call_waited(call, Some(packet));
                }
            }
        }
    }

    /// A refusal or a reset before the call that reports it.
    fn errors(&mut self, party: Party, own: &[usize]) {
        let packets = self.packets;
        let mut notices = packets.iter().enumerate().filter_map(|(index, seen)| {
            // A notice has the other one as its sender: who caused it is the one who is told.
            (seen.in_flow.notice().is_some() && seen.in_flow.sender == party.other()).then_some(index)
        });
        let reset = self.segment(party.other(), |part| matches!(part, SegmentPart::Reset(_)));
        for &index in own {
            let Some(error) = self
                .calls
                .get(index)
                .and_then(|party_call| party_call.call.error.as_ref())
            else {
                continue;
            };
            match error.name.as_str() {
                "ECONNREFUSED" => {
                    let cause = reset.or_else(|| notices.next());
                    self.call_waited(index, cause);
                }
                "ECONNRESET" | "EPIPE" if reset.is_some() => self.call_waited(index, reset),
                _ => {}
            }
        }
    }
}

/// A call, or a packet, that is to be paired.
struct Pairable {
    index: usize,
    length: u64,
    time: Option<i64>,
}

/// Pairs calls with datagrams, in their order. Where one side has more, for a log or a capture that began later or ended
/// earlier, those stand out that fit least by their times.
fn pairs(calls: &[Pairable], packets: &[Pairable]) -> Vec<(usize, usize)> {
    /// At most this many comparisons are made; beyond them only both ends are tried.
    const WORK: usize = 4_000_000;
    let (few, many) = if calls.len() <= packets.len() {
        (calls, packets)
    } else {
        (packets, calls)
    };
    let spare = many.len() - few.len();
    let all = 0..=spare;
    let places: Vec<usize> = if few.len().saturating_mul(spare) <= WORK {
        all.collect()
    } else {
        vec![0, spare]
    };
    let cost = |place: usize| -> Option<u128> {
        let others = many.iter().skip(place);
        few.iter().zip(others).try_fold(0_u128, |sum, (one, other)| {
            let apart = match (one.time, other.time) {
                (Some(one), Some(other)) => one.abs_diff(other),
                _ => 0,
            };
            (one.length == other.length).then(|| sum + u128::from(apart))
        })
    };
    let best = places
        .into_iter()
        .filter_map(|place| Some((cost(place)?, place)))
        .min()
        .map(|(_, place)| place);
    let Some(place) = best else { return Vec::new() };
    calls_first(few, many.iter().skip(place), calls.len() <= packets.len())
}

fn calls_first<'i>(
    few: &[Pairable],
    many: impl Iterator<Item = &'i Pairable>,
    few_are_calls: bool,
) -> Vec<(usize, usize)> {
    let both = few.iter().zip(many);
    both.map(|(one, other)| {
        if few_are_calls {
            (one.index, other.index)
        } else {
            (other.index, one.index)
        }
    })
    .collect()
}
