//! What each end knew and did, packet after packet, from its own capture alone.

use std::cmp::Ordering;

use super::segment::{Segment, before, up_to};

/// What a received segment was to its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// It took no notice of it: a bit was changed.
    Changed,
    /// Without data.
    Bare,
    /// All of it had arrived before.
    Twice,
    /// Something before it is missing.
    BehindGap,
    /// The next data.
    Next,
}

/// What an end knew when a packet passed it, and what the packet was.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Step {
    /// Of a received one.
    pub(crate) arrived: Option<Arrived>,
    /// Of a received one: later bytes had come before it.
    pub(crate) fills: bool,
    /// Of a received one: had an acknowledgment left that covers all of it?
    pub(crate) was_acknowledged: bool,
    /// Of a received one: its acknowledgment number against the highest that had come before.
    pub(crate) acknowledges: Option<Ordering>,
    /// Of a sent one: had all of its numbers been sent before?
    pub(crate) resent: bool,
    /// Of a sent one without data: the same acknowledgment as in the one before.
    pub(crate) repeats_ack: bool,
    /// Of a sent one: what had arrived since this end had last sent something. Of several the latest; the next data do not cause an
    /// acknowledgment that has the number of the one before.
    pub(crate) cause: Option<Arrived>,
    /// Of a sent one: since when nothing with data had arrived, in nanoseconds.
    pub(crate) quiet: Option<i64>,
    /// Of a sent one: since when data wait that it acknowledges first, in nanoseconds.
    pub(crate) waited: Option<i64>,
    /// Of a sent one: since it received anything, in nanoseconds.
    pub(crate) reacts: Option<i64>,
    /// Of a sent one: room in the other end's window, in bytes, before it.
    pub(crate) room: Option<i64>,
    /// Of a sent one: did this end know that the connection is over?
    pub(crate) ended: bool,
    /// Of a sent one: its number is below what the other end had acknowledged, and it carries nothing or one byte.
    pub(crate) asks: bool,
    /// Of a sent one: the other end's window, and the own one that was sent last before it.
    pub(crate) other_window: Option<u16>,
    pub(crate) own_window: Option<u16>,
    /// The state of this end before and after it.
    pub(crate) state: [&'static str; 2],
}

/// The walk through a capture.
struct Walk {
    state: &'static str,
    /// The next number that is expected.
    next: Option<u32>,
    /// What came behind gaps.
    islands: Vec<(u32, u32)>,
    /// Where the other end's FIN ends.
    fin_came: Option<u32>,
    fin_sent: Option<u32>,
    /// Behind the highest number that was sent.
    highest: Option<u32>,
    /// What the other end has acknowledged.
    acknowledged: Option<u32>,
    last_ack: Option<u32>,
    /// What has arrived with data since this end last sent something, and when the last of it.
    causes: Vec<(Arrived, i64)>,
    waits_since: Option<i64>,
    other_window: Option<u16>,
    own_window: Option<u16>,
    /// Behind the last byte that the other end has room for.
    edge: Option<u32>,
    /// The shifts of both ends, this one's first, from their SYNs.
    shifts: [Option<u8>; 2],
    last_received: Option<i64>,
    broken: bool,
}

/// Walks through the capture of an end.
pub(crate) fn walk(segments: &[Segment], is_server: bool) -> Vec<Step> {
    let mut walk = Walk {
        state: if is_server { "LISTEN" } else { "CLOSED" },
        next: None,
        islands: Vec::new(),
        fin_came: None,
        fin_sent: None,
        highest: None,
        acknowledged: None,
        last_ack: None,
        causes: Vec::new(),
        waits_since: None,
        other_window: None,
        own_window: None,
        edge: None,
        shifts: [None; 2],
        last_received: None,
        broken: false,
    };
    let steps = segments.iter().map(|segment| {
        let from = walk.state;
        let mut step = if segment.own {
            walk.sent(segment)
        } else {
            walk.received(segment)
        };
        step.state = [from, walk.state];
        step
    });
    steps.collect()
}

/// How far the one number is behind the other; negative where it is before it.
fn distance(from: u32, to: u32) -> i64 {
    let ahead = i64::from(to.wrapping_sub(from));
    if before(to, from) { ahead - (1 << 32) } else { ahead }
}

impl Walk {
    fn sent(&mut self, segment: &Segment) -> Step {
        let end = segment.end();
        let takes = segment.length() > 0;
        let below = |number: u32| self.highest.is_some_and(|highest| up_to(number, highest));
        let fin_read = self.fin_read();
        let repeats_ack = !takes && self.last_ack == Some(segment.acknowledgment);
        let mut causes = self.causes.iter().rev().map(|(arrived, _)| *arrived);
        let step = Step {
            resent: takes && below(end),
            repeats_ack,
            cause: causes.find(|cause| !repeats_ack || *cause != Arrived::Next),
            quiet: self.causes.last().map(|(_, time)| segment.time - time),
            reacts: self.last_received.map(|last| segment.time - last),
            room: self.edge.zip(self.highest).map(|(edge, next)| distance(next, edge)),
            waited: self.waits_since.map(|since| segment.time - since),
            ended: self.broken || self.fin_acknowledged() && fin_read && self.has_acknowledged_fin(),
            asks: segment.ack()
                && segment.data <= 1
                && !segment.fin()
                && !segment.syn()
                && !segment.rst()
                && self.acknowledged.is_some_and(|known| before(segment.sequence, known)),
            other_window: self.other_window,
            own_window: self.own_window,
            ..Step::default()
        };
        if segment.syn() {
            self.shifts[0] = segment.shift;
            self.state = if segment.ack() { "SYN-RECEIVED" } else { "SYN-SENT" };
        }
        if segment.fin() {
            self.fin_sent = Some(end);
            self.state = match self.state {
                "ESTABLISHED" | "SYN-RECEIVED" => "FIN-WAIT-1",
                "CLOSE-WAIT" => "LAST-ACK",
                other => other,
            };
        }
        if segment.rst() {
            self.broken = true;
            self.state = "CLOSED";
        }
        if takes && self.highest.is_none_or(|highest| before(highest, end)) {
            self.highest = Some(end);
        }
        if segment.ack() {
            self.last_ack = Some(segment.acknowledgment);
            self.own_window = Some(segment.window);
        }
        self.causes.clear();
        self.waits_since = None;
        step
    }

    fn fin_read(&self) -> bool {
        self.fin_came.zip(self.next).is_some_and(|(fin, next)| up_to(fin, next))
    }

    fn has_acknowledged_fin(&self) -> bool {
        self.fin_came
            .zip(self.last_ack)
            .is_some_and(|(fin, sent)| up_to(fin, sent))
    }

    fn fin_acknowledged(&self) -> bool {
        self.fin_sent
            .zip(self.acknowledged)
            .is_some_and(|(fin, known)| up_to(fin, known))
    }

    fn received(&mut self, segment: &Segment) -> Step {
        // That its receiver takes no notice does not change what its sender did.
        let was_acknowledged = segment.length() > 0 && self.last_ack.is_some_and(|sent| up_to(segment.end(), sent));
        if segment.bad {
            return Step {
                arrived: Some(Arrived::Changed),
                was_acknowledged,
                ..Step::default()
            };
        }
        let acknowledges = self
            .acknowledged
            .filter(|_| segment.ack())
            .map(|known| distance(known, segment.acknowledgment).cmp(&0));
        self.last_received = Some(segment.time);
        if segment.syn() {
            self.shifts[1] = segment.shift;
        }
        if segment.rst() {
            // RFC 5961 section 3.2: another number than the next is answered with a challenge ACK.
            if self.next.is_none_or(|next| next == segment.sequence) {
                self.broken = true;
                self.state = "CLOSED";
            }
            return Step {
                arrived: Some(Arrived::Bare),
                ..Step::default()
            };
        }
        let fills = self.islands.iter().any(|(start, _)| before(segment.sequence, *start));
        let arrived = self.place(segment);
        if matches!(arrived, Arrived::Twice | Arrived::BehindGap | Arrived::Next) {
            self.causes.push((arrived, segment.time));
        }
        if arrived == Arrived::Next && self.waits_since.is_none() {
            self.waits_since = Some(segment.time);
        }
        if segment.fin() {
            self.fin_came = Some(segment.end());
        }
        if segment.ack() {
            if self
                .acknowledged
                .is_none_or(|known| before(known, segment.acknowledgment))
            {
                self.acknowledged = Some(segment.acknowledgment);
            }
            self.other_window = Some(segment.window);
            // That of a SYN is not scaled, and both have to offer it: RFC 7323 section 2.2.
            let shift = match self.shifts {
                [Some(_), Some(shift)] if !segment.syn() => shift,
                _ => 0,
            };
            self.edge = Some(segment.acknowledgment.wrapping_add(u32::from(segment.window) << shift));
        }
        self.change_state(segment);
        Step {
            arrived: Some(arrived),
            fills,
            was_acknowledged,
            acknowledges,
            ..Step::default()
        }
    }

    /// Puts it into what has arrived.
    fn place(&mut self, segment: &Segment) -> Arrived {
        let end = segment.end();
        let Some(next) = self.next else {
            if segment.syn() {
                self.next = Some(segment.sequence.wrapping_add(1));
            }
            return Arrived::Bare;
        };
        if segment.length() == 0 {
            return Arrived::Bare;
        }
        if up_to(end, next) {
            return Arrived::Twice;
        }
        if before(next, segment.sequence) {
            let known = |(start, to): &(u32, u32)| up_to(*start, segment.sequence) && up_to(end, *to);
            if self.islands.iter().any(known) {
                return Arrived::Twice;
            }
            self.islands.push((segment.sequence, end));
            return Arrived::BehindGap;
        }
        self.islands.push((segment.sequence, end));
        let mut next = next;
        while let Some(at) = self.islands.iter().position(|(start, _)| up_to(*start, next)) {
            let (_, to) = self.islands.swap_remove(at);
            if before(next, to) {
                next = to;
            }
        }
        self.next = Some(next);
        Arrived::Next
    }

    /// RFC 9293 section 3.10.7
    fn change_state(&mut self, segment: &Segment) {
        if segment.syn() {
            self.state = match (self.state, segment.ack()) {
                ("LISTEN", false) => "SYN-RECEIVED",
                ("SYN-SENT", true) => "ESTABLISHED",
                (other, _) => other,
            };
        } else if self.state == "SYN-RECEIVED" && segment.ack() {
            self.state = "ESTABLISHED";
        }
        if self.fin_acknowledged() {
            self.state = match self.state {
                "FIN-WAIT-1" => "FIN-WAIT-2",
                "CLOSING" => "TIME-WAIT",
                "LAST-ACK" => "CLOSED",
                other => other,
            };
        }
        if self.fin_read() {
            self.state = match self.state {
                "ESTABLISHED" => "CLOSE-WAIT",
                "FIN-WAIT-1" => "CLOSING",
                "FIN-WAIT-2" => "TIME-WAIT",
                other => other,
            };
        }
    }
}
