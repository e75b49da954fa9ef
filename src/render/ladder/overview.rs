//! A conversation on one screen: two lanes, the packets with the text that they carry, and the calls that belong to them.
//!
//! It leaves out what the ladder has beside: times, states, the calls that prepare a socket. So it fits 80 columns and has about as
//! many lines as there are packets. The module `rows` decides what is in it.

mod rows;

use std::io::{self, Write};

use self::rows::{Middle, OverviewArrow, OverviewRow, Side, rows};
use super::glyphs::LadderGlyphs;
use super::words::safe;
use super::{ArrowLine, CallPoint, Detail, Ladder, LadderInput, Lane, label, plain, quotation, sentences};
use crate::calls::CallName;
use crate::escape::columns::Columns as _;
use crate::explain::duration;
use crate::flow::Party;
use crate::render::table::wrap;
use crate::render::text_style::{CharacterSet, Paint, TextStyle};

/// The marks of packets, in their order: letters, since packets have numbers.
#[must_use]
pub fn mark(place: usize) -> char {
    ('A'..='Z').nth(place).unwrap_or('*')
}

/// Which rows an overview has beside those of the packets.
#[derive(Clone, Copy)]
pub struct OverviewRows<'a> {
    /// The packets with these numbers are marked A, B, C and so on.
    pub marked: &'a [u64],
    /// A time in which nothing happened has a row when it is as long as this, in nanoseconds, or longer.
    pub shortest_gap: i64,
}

/// Writes the overview of a conversation: each packet with its number.
///
/// # Errors
/// Those of the writer.
pub fn write(
    output: &mut impl Write,
    style: &TextStyle,
    input: &LadderInput<'_>,
    OverviewRows { marked, shortest_gap }: OverviewRows<'_>,
) -> io::Result<()> {
    let ladder = Ladder::of(input, Detail::Folded);
    let rows = rows(input, &ladder, shortest_gap);
    let mark = |row: &OverviewRow| {
        let packets = row.packets.as_ref()?;
        let place = marked.iter().position(|number| packets.contains(number))?;
        Some(mark(place))
    };
    if style.characters == CharacterSet::Plain {
        for lane in &ladder.lanes {
            writeln!(output, "{}", who_in_a_sentence(input, lane))?;
        }
        for row in &rows {
            let mark = mark(row).map_or(String::new(), |mark| format!("({mark}) "));
            writeln!(output, "{mark}{}", plain_row(row))?;
        }
        return Ok(());
    }
    let numbers = rows.iter().filter_map(|row| row.packets.as_ref());
    let widest = numbers.map(|packets| packets.end().to_string().len()).max();
    let drawing = Drawing::new(style, widest.unwrap_or(0).max(2));
    drawing.heading(output, input, &ladder)?;
    let mut inside = [false, false];
    for row in &rows {
        let mark = mark(row).unwrap_or(' ');
        let number = row
            .packets
            .as_ref()
            .map_or(String::new(), |packets| packets.start().to_string());
        let margin = format!("{mark} {number:>width$} ", width = drawing.numbers);
        for (index, line) in drawing.row(row, &mut inside).into_iter().enumerate() {
            let margin = if index == 0 { &*margin } else { "" };
            let margin = style.paint(Paint::Title, format!("{margin:width$}", width = drawing.margin()));
            writeln!(output, "{}", style.characters(format!("{margin}{line}").trim_end()))?;
        }
    }
    for line in wrap(
        &legend(style, &rows),
        style.width.max(TextStyle::NARROWEST) - drawing.margin(),
    ) {
        let line = format!("{:margin$}{}", "", line.trim_end(), margin = drawing.margin());
        writeln!(output, "{}", style.paint(Paint::Faint, style.characters(&line)))?;
    }
    Ok(())
}

/// What the signs mean, and what the place of a call does not.
fn legend(style: &TextStyle, rows: &[OverviewRow]) -> String {
    let mut legend = Vec::new();
    let is_beside = |side: &Side| matches!(side, Side::Sent(_) | Side::Received(..));
    if rows.iter().any(|row| row.sides.iter().any(is_beside)) {
        legend.push("A call is beside the packet that it sent, or that it returned with later.".to_owned());
    }
    let has = |wanted: ArrowLine| {
        rows.iter()
            .any(|row| matches!(&row.middle, Middle::Arrow(arrow) if arrow.line == wanted))
    };
    let glyphs = LadderGlyphs::of(style.characters);
    if has(ArrowLine::Lost) {
        legend.push(format!("{}: refused or lost.", glyphs.cross));
    }
    if has(ArrowLine::Retransmission) {
        legend.push(format!("{}: sent again.", glyphs.shaft(ArrowLine::Retransmission)));
    }
    legend.join(" ")
}

/// Who picked the port of an end, where its calls are known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PickedBy {
    Bind,
    Kernel,
    Unknown,
}

fn picked_by(input: &LadderInput<'_>, lane: &Lane) -> PickedBy {
    let mut calls = input.timeline.calls.iter().filter(|one| one.party == lane.party);
    let is_known = calls.clone().next().is_some();
    let bound = calls.any(|one| one.call.call == CallName::Bind && one.call.result == 0);
    match (bound, is_known, lane.party) {
        (true, ..) => PickedBy::Bind,
        // Without bind() a socket gets its port from the kernel: ip(7), ip_local_port_range.
        (false, true, Party::Client) => PickedBy::Kernel,
        _ => PickedBy::Unknown,
    }
}

/// An end in two phrases: its program; its address, and where its port comes from.
fn who(input: &LadderInput<'_>, lane: &Lane) -> [String; 2] {
    let process = lane
        .program
        .map_or(String::new(), |(_, process)| format!(", process {process}"));
    let picked_by = match picked_by(input, lane) {
        PickedBy::Bind => " (bind)",
        PickedBy::Kernel => " (kernel's choice)",
        PickedBy::Unknown => "",
    };
    [
        format!("{}{process}", lane.party),
        format!("{} port {}{picked_by}", lane.address.ip(), lane.address.port()),
    ]
}

fn who_in_a_sentence(input: &LadderInput<'_>, lane: &Lane) -> String {
    let process = lane
        .program
        .map_or(String::new(), |(_, process)| format!("process {process}, "));
    let picked_by = match picked_by(input, lane) {
        PickedBy::Bind => ", which it asked for with bind()",
        PickedBy::Kernel => ", which the kernel picked",
        PickedBy::Unknown => "",
    };
    let (party, address, port) = (lane.party, lane.address.ip(), lane.address.port());
    format!("The {party}: {process}address {address}, port {port}{picked_by}.")
}

struct Drawing<'a> {
    style: &'a TextStyle,
    /// Columns of the packets' numbers.
    numbers: usize,
    glyphs: LadderGlyphs,
    side: usize,
    middle: usize,
}

/// One side of a row as it is drawn.
struct DrawnSide {
    text: String,
    bar: char,
    detail: String,
}

impl<'a> Drawing<'a> {
    fn new(style: &'a TextStyle, numbers: usize) -> Self {
        /// Both lifelines, and a space on the outer side of each.
        const BARS: usize = 4;
        /// Holds `"sockets are doors\n" 18 bytes` with an arrow around it.
        const GOOD: usize = 38;
        let free = style.width.max(TextStyle::NARROWEST).saturating_sub(numbers + 3 + BARS);
        let side = (free.saturating_sub(GOOD) / 2).clamp(12, 24);
        Self {
            style,
            numbers,
            glyphs: LadderGlyphs::of(style.characters),
            side,
            middle: (free - 2 * side).min(56),
        }
    }

    /// The mark, a space, the number, a space.
    const fn margin(&self) -> usize {
        self.numbers + 3
    }

    /// Who is at each side. What is at the server's ends where that side ends.
    fn heading(&self, output: &mut impl Write, input: &LadderInput<'_>, ladder: &Ladder) -> io::Result<()> {
        let whole = 2 * self.side + self.middle + 4;
        let columns = ladder.lanes.each_ref().map(|lane| who(input, lane).to_vec());
        let [client, server] = &columns;
        let fits = |(left, right): (&String, &String)| left.columns() + right.columns() + 2 <= whole;
        let [left, right] = if client.iter().zip(server).all(fits) {
            columns
        } else {
            columns.map(|phrases| phrases.iter().flat_map(|phrase| wrap(phrase, whole / 2 - 1)).collect())
        };
        let text = |column: &[String], line: usize| {
            let text = column.get(line).map(|text| text.trim_end());
            text.unwrap_or_default().to_owned()
        };
        for line in 0..left.len().max(right.len()) {
            let (left, right) = (text(&left, line), text(&right, line));
            let width = whole.saturating_sub(left.columns());
            let text = format!("{:margin$}{left}{right:>width$}", "", margin = self.margin());
            let paint = if line == 0 { Paint::Title } else { Paint::Faint };
            writeln!(output, "{}", self.style.paint(paint, text.trim_end()))?;
        }
        Ok(())
    }

    /// The lines of a row. `inside`: is the client in `connect()`, the server in `accept()`?
    fn row(&self, row: &OverviewRow, inside: &mut [bool; 2]) -> Vec<String> {
        let [client, server] = &row.sides;
        let [client_inside, server_inside] = inside;
        let (left, right) = (self.side(client, client_inside), self.side(server, server_inside));
        let middle = match &row.middle {
            Middle::Empty => {
                let width = self.middle.saturating_sub(left.detail.columns() + 2);
                let text = format!(" {}{:>width$} ", left.detail, right.detail);
                vec![self.style.paint(Paint::Faint, text).into_owned()]
            }
            Middle::Arrow(arrow) => self.arrow(arrow),
            Middle::Gap(gap) => self.centred(&format!("{} later", duration(gap.length))),
            Middle::Note(text) => self.centred(text),
        };
        let lines = middle.into_iter().enumerate().map(|(index, middle)| {
            let [before, after] = if index == 0 {
                [&*left.text, &right.text]
            } else {
                ["", ""]
            };
            format!(
                "{before:<side$} {}{middle}{} {after}",
                left.bar,
                right.bar,
                side = self.side
            )
        });
        lines.collect()
    }

    /// What is drawn at a side: the text, the lifeline, what else there is to say of a call.
    fn side(&self, side: &Side, inside: &mut bool) -> DrawnSide {
        let bar = if *inside {
            self.glyphs.inside
        } else {
            self.glyphs.lifeline
        };
        match side {
            Side::Empty => DrawnSide {
                text: String::new(),
                bar,
                detail: String::new(),
            },
            Side::Sent(text) | Side::State(text) => DrawnSide {
                text: cut(text, self.side),
                bar,
                detail: String::new(),
            },
            Side::Received(call, result) => {
                let words = [format!("{call} = {result}"), format!("{call}={result}"), call.clone()];
                let fits = words.iter().find(|text| text.columns() <= self.side);
                DrawnSide {
                    text: fits.map_or_else(|| cut(call, self.side), Clone::clone),
                    bar,
                    detail: String::new(),
                }
            }
            Side::Point(call) => {
                let bar = match call.point {
                    CallPoint::Entered => self.glyphs.enter,
                    CallPoint::Returned => self.glyphs.leave,
                    CallPoint::Whole => self.glyphs.whole,
                };
                *inside = match call.point {
                    CallPoint::Entered => true,
                    CallPoint::Returned => false,
                    CallPoint::Whole => *inside,
                };
                let label = label::call(call, self.side);
                // Two calls may share the row, and half of it is for each.
                let mut details = label.details.into_iter();
                let detail = details.find(|one| one.columns() + 2 <= self.middle / 2);
                DrawnSide {
                    text: cut(&self.style.text(label.text.as_bytes()), self.side),
                    bar,
                    detail: detail.map_or(String::new(), |detail| self.style.text(detail.as_bytes()).into_owned()),
                }
            }
        }
    }

    fn arrow(&self, arrow: &OverviewArrow) -> Vec<String> {
        let room = self.middle.saturating_sub(5);
        let text = arrow.text.as_ref();
        let text = text.and_then(|text| quotation::drawn(text, self.style.characters, room));
        let ports = arrow.ports;
        let ports = ports.map(|(source, destination)| format!("{source}{}{destination}", self.style.arrow()));
        let (words, below) = fitting(text.as_deref(), &arrow.words, ports.as_deref(), room);
        let drawn = self.glyphs.arrow(arrow.from, arrow.line, &words, self.middle);
        let drawn = self.style.paint(Paint::Value, drawn).into_owned();
        [vec![drawn], below.map_or_else(Vec::new, |below| self.centred(&below))].concat()
    }

    /// A text in the middle, in as many lines as it takes.
    fn centred(&self, text: &str) -> Vec<String> {
        let lines = wrap(text, self.middle.saturating_sub(2));
        let lines = lines.into_iter().map(|line| {
            let line = format!("{:^width$}", line.trim_end(), width = self.middle);
            self.style.paint(Paint::Faint, line).into_owned()
        });
        lines.collect()
    }
}

/// The text, the ports and the fullest words that fit in the room; and the ports once more, where they have to stand below.
fn fitting(text: Option<&str>, words: &[String], ports: Option<&str>, room: usize) -> (String, Option<String>) {
    let fits = |text: &String| !text.is_empty() && text.columns() <= room;
    let join = |parts: &[Option<&str>]| parts.iter().flatten().copied().collect::<Vec<_>>().join(" ");
    let mut with_words = words.iter().map(|words| join(&[text, ports, Some(words)]));
    if let Some(whole) = with_words.find(fits) {
        return (whole, None);
    }
    let both = join(&[text, ports]);
    if fits(&both) {
        return (both, None);
    }
    let shortest = words.last().map_or("", String::as_str);
    (
        text.map_or_else(|| cut(shortest, room), str::to_owned),
        ports.map(str::to_owned),
    )
}

fn cut(text: &str, width: usize) -> String {
    text.chars().take(width).collect()
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

/// A row as a sentence or two.
fn plain_row(row: &OverviewRow) -> String {
    let calls = || [Party::Client, Party::Server].into_iter().zip(&row.sides);
    let mut sentences = Vec::new();
    match &row.middle {
        Middle::Empty => {}
        Middle::Arrow(arrow) => {
            let OverviewArrow { from, words, .. } = arrow;
            let text = arrow.text.as_ref();
            let text = text.and_then(|text| quotation::written(text, CharacterSet::Plain, usize::MAX));
            let text = text.map_or(String::new(), |text| format!("{text}, "));
            let ports = arrow.ports.map_or(String::new(), |(source, destination)| {
                format!(" from port {source} to port {destination}")
            });
            let words = words.first().map_or("", String::as_str);
            let sent = calls().find_map(|(_, side)| match side {
                Side::Sent(call) => Some(call),
                _ => None,
            });
            sentences.push(match sent {
                Some(call) => format!("The {from} calls {call}, which sends {text}{words}{ports}"),
                None => format!("From the {from} to the {}: {text}{words}{ports}", from.other()),
            });
            for (party, side) in calls() {
                if let Side::Received(call, result) = side {
                    sentences.push(format!("With it the {party}'s {call} returns {result}"));
                }
            }
        }
        Middle::Gap(gap) => sentences.push(format!("Nothing for {}", sentences::gap(gap))),
        Middle::Note(text) => sentences.push(text.clone()),
    }
    for (party, side) in calls() {
        match side {
            Side::State(state) => sentences.push(format!("The {party} is in {state} now")),
            Side::Point(call) => sentences.push(capitalized(&safe(&plain::call(call)))),
            Side::Sent(_) | Side::Received(..) | Side::Empty => {}
        }
    }
    sentences.join(". ") + "."
}
