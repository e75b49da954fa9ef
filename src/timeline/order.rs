//! Everything in one order.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::causes::{self, CallPacketPair, Cause, Node};
use super::packet_ref::ProcessClock;
use super::skew::{self, RESOLUTION, Skew};
use super::{ConversationCalls, PacketRef, PartyCall};

/// What happens at an event; the number is an index into the packets, or into [`Timeline::calls`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A packet is seen.
    Packet(usize),
    /// A call is entered.
    Entered(usize),
    /// A call has returned.
    Returned(usize),
}

/// What is to be noted of the order of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderNote {
    /// By its own clock it would be elsewhere: cause and effect put it here. At least this many nanoseconds would have to be
    /// added to its time.
    Clock(i64),
    /// It comes before what should have caused it: the call log and the capture contradict each other.
    BeforeCause,
}

/// An event of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelineEvent {
    /// What happens.
    pub kind: EventKind,
    /// When, in nanoseconds since 1970 by the capture's clock: the time of a call is shifted where its clock differs. `None`
    /// for a packet without a time.
    pub time: Option<i64>,
    /// What is to be noted of its order.
    pub order_note: Option<OrderNote>,
}

/// Calls and packets of a conversation in one order.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// Every packet once, and every call twice: entered and returned.
    pub events: Vec<TimelineEvent>,
    /// The calls.
    pub calls: Vec<PartyCall>,
    /// The clocks that were shifted.
    pub skews: Vec<Skew>,
    /// Which call sent which packet.
    pub sent: Vec<CallPacketPair>,
    /// Which call cannot have returned before which packet.
    pub waited_for: Vec<CallPacketPair>,
}

impl Timeline {
    /// Puts the packets of a conversation, in the order of the capture, and its calls in one order. An effect never comes
    /// before its cause, unless it is marked so.
    #[must_use]
    pub fn of(packets: &[PacketRef], matched: ConversationCalls) -> Self {
        let calls = matched.calls;
        let causes = causes::of(packets, &calls);
        let times: Vec<Option<i64>> = packets.iter().map(|seen| seen.time.map(|time| time.0)).collect();
        let skews = skew::of(&times, &calls, &causes);
        let clocks = Clocks::new(&times, &calls, &skews);
        let order = OrderGraph::new(&clocks, &calls, &causes).sorted();
        let mut events: Vec<TimelineEvent> = order
            .into_iter()
            .map(|(node, before_cause)| clocks.event(node, before_cause))
            .collect();
        mark_misplaced(&mut events);
        let (sent, waited_for) = causes::links(&causes);
        Self {
            events,
            calls,
            skews,
            sent,
            waited_for,
        }
    }
}

/// When things happened, by the clock of the capture.
struct Clocks<'a> {
    packets: &'a [Option<i64>],
    entered: Vec<i64>,
    returned: Vec<i64>,
    shifts: Vec<i64>,
}

impl<'a> Clocks<'a> {
    fn new(packets: &'a [Option<i64>], calls: &[PartyCall], skews: &[Skew]) -> Self {
        let by_clock: HashMap<ProcessClock, i64> = skews
            .iter()
            .map(|skew| ((skew.program, skew.pid), skew.shift))
            .collect();
        let shifts: Vec<i64> = calls
            .iter()
            .map(|party_call| by_clock.get(&party_call.clock()).copied().unwrap_or(0))
            .collect();
        let shifted = |time: fn(&PartyCall) -> i64| -> Vec<i64> {
            let both = calls.iter().zip(&shifts);
            both.map(|(party_call, &shift)| time(party_call).saturating_add(shift))
                .collect()
        };
        Self {
            entered: shifted(PartyCall::entered),
            returned: shifted(PartyCall::returned),
            packets,
            shifts,
        }
    }

    fn event(&self, node: Node, before_cause: bool) -> TimelineEvent {
        let (kind, time) = match node {
            Node::Packet(index) => (EventKind::Packet(index), self.packets.get(index).copied().flatten()),
            Node::Entered(index) => (EventKind::Entered(index), self.entered.get(index).copied()),
            Node::Returned(index) => (EventKind::Returned(index), self.returned.get(index).copied()),
        };
        let shift = match node {
            Node::Packet(_) => 0,
            Node::Entered(index) | Node::Returned(index) => self.shifts.get(index).copied().unwrap_or(0),
        };
        let order_note = match (before_cause, shift) {
            (true, _) => Some(OrderNote::BeforeCause),
            (false, 0) => None,
            (false, shift) => Some(OrderNote::Clock(shift)),
        };
        TimelineEvent { kind, time, order_note }
    }
}

/// What has to come before what, and when each would like to stand.
struct OrderGraph {
    nodes: Vec<Node>,
    after: Vec<Vec<usize>>,
    waits_for: Vec<usize>,
    wish: Vec<i64>,
    /// How many of those it waits for are causes.
    causes_open: Vec<usize>,
    is_cause: Vec<Vec<bool>>,
}

impl OrderGraph {
    fn new(clocks: &Clocks<'_>, calls: &[PartyCall], causes: &[Cause]) -> Self {
        let packets = clocks.packets.len();
        let count = packets + 2 * calls.len();
        let mut graph = Self {
            nodes: (0..packets)
                .map(Node::Packet)
                .chain((0..calls.len()).flat_map(|call| [Node::Entered(call), Node::Returned(call)]))
                .collect(),
            after: vec![Vec::new(); count],
            is_cause: vec![Vec::new(); count],
            waits_for: vec![0; count],
            causes_open: vec![0; count],
            wish: Vec::with_capacity(count),
        };
        graph.wish_for(clocks, calls.len());
        let number = |node: Node| match node {
            Node::Packet(index) => index,
            Node::Entered(call) => packets + 2 * call,
            Node::Returned(call) => packets + 2 * call + 1,
        };
        for packet in 1..packets {
            graph.edge(packet - 1, packet, false);
        }
        for call in 0..calls.len() {
            graph.edge(number(Node::Entered(call)), number(Node::Returned(call)), true);
        }
        for (earlier, later) in sequences(calls) {
            graph.edge(number(Node::Returned(earlier)), number(Node::Entered(later)), false);
        }
        // An entry whose time is too late is drawn to its effect, a return that is too early to its cause: what is right stays
        // where it is.
        for cause in causes {
            let (before, after) = (number(cause.before), number(cause.after));
            graph.edge(before, after, true);
            let (earlier, later) = (graph.wish.get(before).copied(), graph.wish.get(after).copied());
            let (Some(earlier), Some(later)) = (earlier, later) else {
                continue;
            };
            match cause.before {
                Node::Packet(_) => set(&mut graph.wish, after, later.max(earlier)),
                Node::Entered(_) | Node::Returned(_) => set(&mut graph.wish, before, earlier.min(later)),
            }
        }
        graph
    }

    /// Packets stay in the order of the capture, also where its times go back.
    fn wish_for(&mut self, clocks: &Clocks<'_>, calls: usize) {
        let mut latest = i64::MIN;
        for time in clocks.packets {
            latest = latest.max(time.unwrap_or(i64::MIN));
            self.wish.push(latest);
        }
        for call in 0..calls {
            self.wish.extend(clocks.entered.get(call));
            self.wish.extend(clocks.returned.get(call));
        }
    }

    fn edge(&mut self, before: usize, after: usize, is_cause: bool) {
        if let (Some(successors), Some(kinds)) = (self.after.get_mut(before), self.is_cause.get_mut(before)) {
            successors.push(after);
            kinds.push(is_cause);
        }
        if let Some(waits) = self.waits_for.get_mut(after) {
            *waits += 1;
        }
        if let Some(open) = self.causes_open.get_mut(after).filter(|_| is_cause) {
            *open += 1;
        }
    }

    /// All nodes, each after those it waits for, else by time. With each: does it stand before one of its causes? That
    /// happens only when causes go round in a circle, for a log that does not belong to the capture.
    fn sorted(mut self) -> Vec<(Node, bool)> {
        let key = |graph: &Self, index: usize| {
            let rank = match graph.nodes.get(index) {
                Some(Node::Entered(_)) => 0,
                Some(Node::Packet(_)) | None => 1,
                Some(Node::Returned(_)) => 2,
            };
            Reverse((graph.wish.get(index).copied().unwrap_or(i64::MAX), rank, index))
        };
        let mut done = vec![false; self.nodes.len()];
        let free = |graph: &Self, index: usize| graph.waits_for.get(index) == Some(&0);
        let mut ready: BinaryHeap<_> = (0..self.nodes.len())
            .filter(|&index| free(&self, index))
            .map(|index| key(&self, index))
            .collect();
        // The one that has to break a circle is the earliest of those left.
        let mut waiting: BinaryHeap<_> = (0..self.nodes.len()).map(|index| key(&self, index)).collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        loop {
            let next = ready.pop().or_else(|| {
                while let Some(one) = waiting.pop() {
                    let Reverse((_, _, index)) = one;
                    if done.get(index) == Some(&false) {
                        return Some(one);
                    }
                }
                None
            });
            let Some(Reverse((_, _, index))) = next else { break };
            if done.get(index) != Some(&false) {
                continue;
            }
            set(&mut done, index, true);
            let Some(&node) = self.nodes.get(index) else { continue };
            order.push((node, self.causes_open.get(index).is_some_and(|&open| open > 0)));
            let after = self.after.get_mut(index).map(std::mem::take).unwrap_or_default();
            let kinds = self.is_cause.get_mut(index).map(std::mem::take).unwrap_or_default();
            for (successor, is_cause) in after.into_iter().zip(kinds) {
                if let Some(open) = self.causes_open.get_mut(successor).filter(|_| is_cause) {
                    *open -= 1;
                }
                if let Some(waits) = self.waits_for.get_mut(successor) {
                    *waits -= 1;
                    if *waits == 0 {
                        ready.push(key(&self, successor));
                    }
                }
            }
        }
        order
    }
}

fn set<T>(all: &mut [T], index: usize, value: T) {
    if let Some(place) = all.get_mut(index) {
        *place = value;
    }
}

/// Calls on one socket that followed each other, as the program's own clock has them. Those that overlap were made by two
/// threads.
fn sequences(calls: &[PartyCall]) -> Vec<(usize, usize)> {
    let mut last: HashMap<(ProcessClock, u64), usize> = HashMap::new();
    let mut found = Vec::new();
    for (index, party_call) in calls.iter().enumerate() {
        let socket = (party_call.clock(), party_call.call.socket);
        let Some(earlier) = last.insert(socket, index) else {
            continue;
        };
        let before = calls.get(earlier);
        if before.is_some_and(|before| before.returned() <= party_call.entered()) {
            found.push((earlier, index));
        }
    }
    found
}

/// Marks each call that is not at the place that its time has among those of the packets.
fn mark_misplaced(events: &mut [TimelineEvent]) {
    let is_packet = |event: &TimelineEvent| matches!(event.kind, EventKind::Packet(_));
    // The time of the packet that comes next; where the capture's own times go back, the larger one counts.
    let mut latest = i64::MIN;
    let mut following = Vec::new();
    for event in events.iter().filter(|event| is_packet(event)) {
        latest = latest.max(event.time.unwrap_or(i64::MIN));
        following.push(latest);
    }
    let mut following = following.into_iter().peekable();
    let mut before = i64::MIN;
    for event in events {
        if is_packet(event) {
            before = following.next().unwrap_or(before);
            continue;
        }
        let (Some(time), None) = (event.time, event.order_note) else {
            continue;
        };
        // Without any time nothing can be said.
        let after = following
            .peek()
            .copied()
            .filter(|&time| time != i64::MIN)
            .unwrap_or(i64::MAX);
        if time < before.saturating_sub(RESOLUTION) {
            event.order_note = Some(OrderNote::Clock(before.saturating_sub(time)));
        } else if time > after.saturating_add(RESOLUTION) {
            event.order_note = Some(OrderNote::Clock(after.saturating_sub(time)));
        }
    }
}
