//! Which rows an overview has, and what is drawn at their sides.

use std::ops::RangeInclusive;

use crate::calls::{Call, CallName};
use crate::explain::{count, grouped};
use crate::flow::Party;
use crate::flow::segment::SegmentPart;
use crate::flow::state::State;
use crate::render::ladder::label;
use crate::render::ladder::{
    Arrow, ArrowContent, ArrowLine, CallPoint, CallRow, Gap, Ladder, LadderInput, LadderRow, RowKind, SegmentRun,
};
use crate::render::text_style::CharacterSet;
use crate::timeline::{CallPacketPair, PayloadStart};

/// A row of an overview.
pub(super) struct OverviewRow {
    /// The numbers of its packets.
    pub(super) packets: Option<RangeInclusive<u64>>,
    /// What is at the client's side and at the server's.
    pub(super) sides: [Side; 2],
    /// What is between them.
    pub(super) middle: Middle,
}

/// What is at one side of a row.
#[derive(Default)]
pub(super) enum Side {
    /// Nothing.
    #[default]
    Empty,
    /// A call that begins here, ends here, or both.
    Point(Box<CallRow>),
    /// The call that sent this packet.
    Sent(String),
    /// The call that returned with what this packet brought.
    Received(String, i64),
    /// The state after this packet.
    State(String),
}

/// What is between the two sides.
pub(super) enum Middle {
    /// Nothing.
    Empty,
    /// A packet, or several.
    Arrow(OverviewArrow),
    /// Nothing happened for so long.
    Gap(Gap),
    /// A remark.
    Note(String),
}

/// A packet, or several.
pub(super) struct OverviewArrow {
    /// Who sent it.
    pub(super) from: Party,
    /// How the line looks.
    pub(super) line: ArrowLine,
    /// How the text begins that it carries.
    pub(super) text: Option<PayloadStart>,
    /// What else is said of it, from the fullest to the shortest.
    pub(super) words: Vec<String>,
    /// The source and the destination port, of a datagram.
    pub(super) ports: Option<(u16, u16)>,
    /// The relative acknowledgment number, of a segment that only acknowledges.
    pub(super) acknowledgment: Option<i64>,
}

/// The rows: every packet (long runs of data in one, and of acknowledgments), and of the calls those that say something about them.
///
/// A gap that is shorter than `shortest_gap`, in nanoseconds, has no row.
///
/// `connect()` and `accept()` have rows of their own where they begin and end, since packets pass in between. A call that sends
/// is beside its first packet. A call that returns with what a packet brought is beside that packet, unless its end did
/// something else, or nothing for long, before it returned: then it has a row of its own. What only prepares a socket is left out,
/// but for `listen()`.
pub(super) fn rows(input: &LadderInput<'_>, ladder: &Ladder, shortest_gap: i64) -> Vec<OverviewRow> {
    let mut rows = Rows {
        input,
        shortest_gap,
        collected: Vec::new(),
    };
    for row in &ladder.rows {
        rows.add(row);
    }
    acknowledgments_together(rows.collected)
}

struct Rows<'a> {
    input: &'a LadderInput<'a>,
    shortest_gap: i64,
    collected: Vec<OverviewRow>,
}

impl Rows<'_> {
    fn add(&mut self, row: &LadderRow) {
        match &row.kind {
            RowKind::Packet(arrow) => self.collected.push(self.packet(arrow)),
            RowKind::Run(run) => self.collected.push(self.run(run)),
            RowKind::Call(call) => self.call(call),
            RowKind::Gap(gap) if gap.length >= self.shortest_gap => self.between(Middle::Gap(gap.clone())),
            RowKind::Note(text) => self.between(Middle::Note(text.clone())),
            RowKind::States(_) | RowKind::Gap(_) => {}
        }
    }

    fn between(&mut self, middle: Middle) {
        self.collected.push(OverviewRow {
            packets: None,
            sides: Default::default(),
            middle,
        });
    }

    fn packet(&self, arrow: &Arrow) -> OverviewRow {
        let sides = PARTIES.map(|party| match (self.sent_by(arrow.number), arrow.state(party)) {
            (Some(call), _) if arrow.from == party => Side::Sent(call),
            (_, Some(after)) if after.state == State::TimeWait && !after.inferred => {
                Side::State(after.state.to_string())
            }
            _ => Side::Empty,
        });
        let (ports, acknowledgment) = match arrow.content {
            ArrowContent::Datagram {
                source, destination, ..
            } => (Some((source, destination)), None),
            ArrowContent::Segment {
                part: SegmentPart::Ack,
                acknowledgment,
                ..
            } => (None, acknowledgment.map(|number| number.relative)),
            ArrowContent::Segment { .. } | ArrowContent::Notice { .. } => (None, None),
        };
        OverviewRow {
            packets: Some(arrow.number..=arrow.number),
            sides,
            middle: Middle::Arrow(OverviewArrow {
                from: arrow.from,
                line: arrow.line,
                text: arrow.payload_start,
                words: words(arrow),
                ports,
                acknowledgment,
            }),
        }
    }

    fn run(&self, run: &SegmentRun) -> OverviewRow {
        let call = (run.first..=run.last).find_map(|number| self.sent_by(number));
        let sides = PARTIES.map(|party| match &call {
            Some(call) if run.from == party => Side::Sent(call.clone()),
            _ => Side::Empty,
        });
        let segments = count(run.segments, "segment");
        let bytes = count(run.bytes, "byte");
        let mut words = vec![format!("{segments}, {bytes}"), segments.clone()];
        if run.acknowledgments > 0 {
            let back = count(run.acknowledgments, "ACK");
            let bytes_briefly = format!("({} B)", grouped(run.bytes));
            words.insert(0, format!("{segments} {bytes_briefly}, {back}"));
            words.insert(0, format!("{segments}, {bytes}, {back} back"));
        }
        OverviewRow {
            packets: Some(run.first..=run.last),
            sides,
            middle: Middle::Arrow(OverviewArrow {
                from: run.from,
                line: ArrowLine::Data,
                text: None,
                words,
                ports: None,
                acknowledgment: None,
            }),
        }
    }

    /// The call that sent this packet.
    fn sent_by(&self, number: u64) -> Option<String> {
        let timeline = self.input.timeline;
        let mut pairs = timeline.sent.iter().filter(|pair| self.number(pair) == Some(number));
        pairs.find_map(|pair| {
            let call = &timeline.calls.get(pair.call)?.call;
            let sends = matches!(
                call.call,
                CallName::Send | CallName::SendTo | CallName::Close | CallName::Shutdown
            );
            (sends && call.error.is_none()).then(|| format!("{}{}", call.call, label::handle(call)))
        })
    }

    fn number(&self, pair: &CallPacketPair) -> Option<u64> {
        self.input.packets.get(pair.packet).map(|packet| packet.number)
    }

    fn call(&mut self, row: &CallRow) {
        let call = &row.call;
        let returns = row.point != CallPoint::Entered;
        match (call.call, &call.error) {
            // What a server was doing when it was told to quit is not of this exchange.
            (_, Some(error)) if error.name == "STOPPED" => {}
            (CallName::Connect | CallName::Accept, _) => self.own_row(row, row.point),
            (CallName::Listen, _) | (_, Some(_)) if returns => self.own_row(row, CallPoint::Whole),
            (CallName::Recv | CallName::RecvFrom, None) if returns => match self.side_of_received(call, row.party) {
                Some(side) => *side = Side::Received(format!("{}{}", call.call, label::handle(call)), call.result),
                None => self.own_row(row, CallPoint::Whole),
            },
            _ => {}
        }
    }

    fn own_row(&mut self, row: &CallRow, point: CallPoint) {
        let point = Side::Point(Box::new(CallRow { point, ..row.clone() }));
        let sides = match row.party {
            Party::Client => [point, Side::Empty],
            Party::Server => [Side::Empty, point],
        };
        let next = OverviewRow {
            packets: None,
            sides,
            middle: Middle::Empty,
        };
        match self.collected.last_mut() {
            Some(last) if returned_together(last, &next) => {
                for (side, other) in last.sides.iter_mut().zip(next.sides) {
                    if matches!(side, Side::Empty) {
                        *side = other;
                    }
                }
            }
            _ => self.collected.push(next),
        }
    }

    /// The free place beside the last packet that this call returned with, if the call belongs there.
    fn side_of_received(&mut self, call: &Call, party: Party) -> Option<&mut Side> {
        let timeline = self.input.timeline;
        let index = timeline
            .calls
            .iter()
            .position(|one| one.party == party && one.call == *call)?;
        let mut pairs = timeline.waited_for.iter().rev();
        let number = self.number(pairs.find(|pair| pair.call == index)?)?;
        let side = |row: &OverviewRow| matches!(row.sides.get(index_of(party)), Some(Side::Empty));
        let mut rows = self.collected.iter_mut().rev();
        let row = rows.find(|row| {
            let is_it = row.packets.as_ref().is_some_and(|packets| packets.contains(&number));
            is_it || !side(row) && matches!(row.middle, Middle::Empty) || matches!(row.middle, Middle::Gap(_))
        })?;
        let is_it = row.packets.as_ref().is_some_and(|packets| packets.contains(&number)) && side(row);
        is_it.then(|| row.sides.get_mut(index_of(party))).flatten()
    }
}

/// In the order of [`OverviewRow::sides`].
const PARTIES: [Party; 2] = [Party::Client, Party::Server];

const fn index_of(party: Party) -> usize {
    match party {
        Party::Client => 0,
        Party::Server => 1,
    }
}

/// Do two calls of different ends return with nothing in between? One row holds both.
fn returned_together(last: &OverviewRow, next: &OverviewRow) -> bool {
    let party = |row: &OverviewRow| {
        let mut points = row.sides.iter().filter_map(|side| match side {
            Side::Point(call) if call.point == CallPoint::Returned => Some(call.party),
            _ => None,
        });
        let point = points.next().filter(|_| matches!(row.middle, Middle::Empty));
        point.filter(|_| points.next().is_none())
    };
    matches!((party(last), party(next)), (Some(one), Some(other)) if one != other)
}

/// This many acknowledgments in a row make one.
const LEAST: usize = 3;

/// Puts acknowledgments of one end that follow each other, with nothing beside them, into one row.
fn acknowledgments_together(rows: Vec<OverviewRow>) -> Vec<OverviewRow> {
    let lone = |row: &OverviewRow| match &row.middle {
        Middle::Arrow(arrow) if row.sides.iter().all(|side| matches!(side, Side::Empty)) => {
            arrow.acknowledgment.map(|_| arrow.from)
        }
        _ => None,
    };
    let groups = rows.chunk_by(|one, other| lone(one).is_some() && lone(one) == lone(other));
    let lengths: Vec<usize> = groups.map(<[OverviewRow]>::len).collect();
    let mut rows = rows.into_iter();
    let mut together = Vec::new();
    for length in lengths {
        let mut group = rows.by_ref().take(length);
        if length < LEAST {
            together.extend(group);
            continue;
        }
        let (Some(first), Some(mut last)) = (group.next(), group.last()) else {
            continue;
        };
        if let (Middle::Arrow(arrow), Some(from), Some(to)) = (&mut last.middle, first.packets, &last.packets) {
            let number = arrow.acknowledgment.unwrap_or_default();
            arrow.words = vec![
                format!("{length} ACKs, the last ack={number}"),
                format!("{length} ACKs"),
            ];
            last.packets = Some(*from.start()..=*to.end());
        }
        together.push(last);
    }
    together
}

/// What an arrow says beside the text that it carries.
fn words(arrow: &Arrow) -> Vec<String> {
    match arrow.content {
        ArrowContent::Segment { length, .. } if arrow.payload_start.is_some() && arrow.line == ArrowLine::Data => {
            vec![count(length, "byte"), format!("{length} B")]
        }
        ArrowContent::Datagram { length, .. } => vec![count(length, "byte"), format!("{length} B")],
        ArrowContent::Segment { .. } | ArrowContent::Notice { .. } => label::packet(arrow, CharacterSet::Unicode).words,
    }
}
