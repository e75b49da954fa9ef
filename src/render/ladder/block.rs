//! Two lanes with what is between them.

use super::glyphs::LadderGlyphs;
use super::words::observed_state;
use super::{Arrow, ArrowLine, CallPoint, CallRow, Ladder, LadderRow, Lane, RowKind, label, quotation, sentences};
use crate::escape::columns::Columns as _;
use crate::flow::Party;
use crate::render::table::start_of;
use crate::render::table::wrap;
use crate::render::text_style::{Paint, TextStyle};

/// In how many calls each lane is at the moment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lifelines {
    open: [u32; 2],
}

impl Lifelines {
    fn open(&mut self, party: Party) -> &mut u32 {
        let [client, server] = &mut self.open;
        match party {
            Party::Client => client,
            Party::Server => server,
        }
    }
}

/// Two lanes and the arrows between them: one ladder's part of a line.
pub(super) struct Block<'a> {
    style: &'a TextStyle,
    ladder: &'a Ladder,
    glyphs: LadderGlyphs,
    side: usize,
    middle: usize,
    pub(super) width: usize,
}

impl<'a> Block<'a> {
    /// The narrowest side: a state in parentheses.
    const SIDE: usize = 14;
    /// The narrowest middle.
    const MIDDLE: usize = 12;
    /// More than this makes arrows no clearer: it holds `"sockets are doors\n" PSH-ACK seq=1 ack=1 len=18`.
    const WIDEST_MIDDLE: usize = 56;
    /// More than this no call needs.
    const WIDEST_SIDE: usize = 40;
    /// The lifelines, and a space on either side.
    const BARS: usize = 4;
    /// What a block takes at least.
    pub(super) const NARROWEST: usize = 2 * Self::SIDE + Self::MIDDLE + Self::BARS;

    pub(super) fn new(style: &'a TextStyle, ladder: &'a Ladder, width: usize) -> Self {
        // A middle of this width holds `SYN-ACK seq=0 ack=1` with an arrow around it; beyond it the sides profit more.
        const GOOD: usize = 26;
        let free = width.saturating_sub(Self::BARS);
        let side = (free.saturating_sub(GOOD) / 2).clamp(Self::SIDE, Self::WIDEST_SIDE);
        // Only numbers and times of more than thirteen digits together take from the narrowest middle.
        let middle = free.saturating_sub(2 * side).clamp(1, Self::WIDEST_MIDDLE);
        Self {
            style,
            ladder,
            glyphs: LadderGlyphs::of(style.characters),
            side,
            middle,
            width: 2 * side + middle + Self::BARS,
        }
    }

    /// One line: texts at the sides, lifelines, what is between them.
    fn compose(&self, left: &str, bars: (char, char), middle: &str, right: &str) -> String {
        let left = pad(left, self.side);
        let middle = if middle.is_empty() {
            pad("", self.middle)
        } else {
            middle.to_owned()
        };
        format!("{left} {}{middle}{} {right}", bars.0, bars.1)
    }

    /// The title of both lanes.
    pub(super) fn heading(&self) -> String {
        let [client, server] = &self.ladder.lanes;
        let title = |lane: &Lane| format!("{} :{}", lane.party, lane.address.port());
        let left = pad(&title(client), self.side);
        let gap = " ".repeat(self.middle + 3);
        self.style
            .paint(Paint::Title, format!("{left}{gap} {}", title(server)))
            .into_owned()
    }

    /// Nothing but the lifelines.
    pub(super) fn idle(&self, lanes: &mut Lifelines) -> String {
        self.compose("", self.bars(lanes), "", "")
    }

    fn bars(&self, lanes: &mut Lifelines) -> (char, char) {
        let mut bar = |party| {
            if *lanes.open(party) > 0 {
                self.glyphs.inside
            } else {
                self.glyphs.lifeline
            }
        };
        (bar(Party::Client), bar(Party::Server))
    }

    fn states(&self, left: &str, bars: (char, char), middle: &str, right: &str) -> String {
        let left = self.style.paint(Paint::Value, pad(left, self.side));
        let right = if right.is_empty() {
            String::new()
        } else {
            self.style.paint(Paint::Value, right).into_owned()
        };
        format!("{left} {}{}{} {right}", bars.0, pad(middle, self.middle), bars.1)
    }

    /// The lines of a row.
    pub(super) fn row(&self, row: &LadderRow, lanes: &mut Lifelines) -> Vec<String> {
        match &row.kind {
            RowKind::Packet(arrow) => {
                let states = [Party::Client, Party::Server].map(|party| state_text(arrow, party));
                self.arrow(
                    arrow.from,
                    arrow.line,
                    &label::packet(arrow, self.style.characters),
                    &states,
                    lanes,
                )
            }
            RowKind::Run(run) => {
                let states = [String::new(), String::new()];
                self.arrow(run.from, ArrowLine::Data, &label::run(run), &states, lanes)
            }
            RowKind::States([client, server]) => {
                vec![self.states(&observed_state(*client), self.bars(lanes), "", &observed_state(*server))]
            }
            RowKind::Call(call) => vec![self.call(call, lanes)],
            RowKind::Gap(gap) => self.remark(&sentences::gap(gap)),
            RowKind::Note(text) => self.remark(text),
        }
    }

    /// A sentence between the rows, with dots around it.
    fn remark(&self, text: &str) -> Vec<String> {
        const DOTS: &str = ". . . ";
        let text = self.style.characters(text).into_owned();
        let lines = wrap(&text, self.width.saturating_sub(DOTS.len()));
        let last = lines.len().saturating_sub(1);
        let lines = lines.into_iter().enumerate().map(|(index, line)| {
            let before = if index == 0 { DOTS } else { "      " };
            let room = self.width.saturating_sub(DOTS.len() + line.columns());
            let after = if index == last && room >= DOTS.len() {
                " . . ."
            } else {
                ""
            };
            self.style
                .paint(Paint::Faint, format!("{before}{line}{after}"))
                .into_owned()
        });
        lines.collect()
    }

    fn call(&self, row: &CallRow, lanes: &mut Lifelines) -> String {
        let glyphs = &self.glyphs;
        let (mut left, mut right) = self.bars(lanes);
        let open = lanes.open(row.party);
        let was_inside = *open > 0;
        let bar = match row.point {
            CallPoint::Entered => {
                *open += 1;
                if was_inside { glyphs.inside } else { glyphs.enter }
            }
            CallPoint::Returned => {
                *open = open.saturating_sub(1);
                if *open > 0 { glyphs.inside } else { glyphs.leave }
            }
            CallPoint::Whole if was_inside => glyphs.inside,
            CallPoint::Whole => glyphs.whole,
        };
        match row.party {
            Party::Client => left = bar,
            Party::Server => right = bar,
        }
        let label = label::call(row, self.side);
        // Arguments and errors come from a file.
        let text = fitting(&[self.style.text(label.text.as_bytes()).into_owned()], self.side);
        let details = label.details.iter().map(|detail| self.style.text(detail.as_bytes()));
        let mut details = details.filter(|detail| detail.columns() + 2 <= self.middle);
        let detail = details.next().map_or(String::new(), |detail| match row.party {
            Party::Client => format!(" {detail}"),
            Party::Server => format!("{detail:>width$} ", width = self.middle - 1),
        });
        let detail = self.style.paint(Paint::Faint, pad(&detail, self.middle));
        match row.party {
            Party::Client => self.compose(&text, (left, right), &detail, ""),
            Party::Server => self.compose("", (left, right), &detail, &text),
        }
    }

    fn arrow(
        &self,
        from: Party,
        line: ArrowLine,
        label: &label::Label,
        states: &[String; 2],
        lanes: &mut Lifelines,
    ) -> Vec<String> {
        // Shaft and space before the words, space, shaft and head behind them.
        let room = self.middle.saturating_sub(5);
        let whole = label.remark.as_ref().and_then(|remark| {
            let mut whole = label.words.iter().map(|words| format!("{words} [{remark}]"));
            whole.find(|text| text.columns() <= room)
        });
        let is_whole = whole.is_some();
        let words = whole.unwrap_or_else(|| fitting(&label.words, room));
        let is_shortest = label.words.len() > 1 && label.words.last() == Some(&words);
        let short = label.else_below.iter().filter(|_| is_shortest);
        let below = short
            .chain(label.remark.iter().filter(|_| !is_whole))
            .map(|text| format!("[{text}]"));
        let (words, quotation) = self.quoted(label, words, room);
        let drawn = self.glyphs.arrow(from, line, &words, self.middle);
        let bars = self.bars(lanes);
        let [left, right] = states;
        let mut drawn_lines = vec![self.states(left, bars, &drawn, right)];
        let below = below.flat_map(|text| wrap(&text, self.middle));
        for text in quotation.into_iter().chain(below) {
            drawn_lines.push(self.compose("", bars, &pad(&text, self.middle), ""));
        }
        drawn_lines
    }

    /// The words with the beginning of the payload in front of them; where there is no room for both, the words, and a line
    /// below them.
    fn quoted(&self, label: &label::Label, words: String, room: usize) -> (String, Option<String>) {
        let start = label.payload_start.as_ref();
        let Some(text) = start.and_then(|start| quotation::drawn(start, self.style.characters, self.middle)) else {
            return (words, None);
        };
        let both = format!("{text} {words}");
        if both.columns() <= room {
            return (both, None);
        }
        // A space in front, as for what is said of a call.
        let has_room = text.columns() < self.middle;
        (words, Some(if has_room { format!(" {text}") } else { text }))
    }
}

fn state_text(arrow: &Arrow, party: Party) -> String {
    arrow.state(party).map(observed_state).unwrap_or_default()
}

/// The first that fits; else the last one, cut.
fn fitting(words: &[String], width: usize) -> String {
    let fits = words.iter().find(|text| text.columns() <= width);
    let text = fits.or(words.last()).map_or("", String::as_str);
    start_of(text, width).to_owned()
}

fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.columns());
    format!("{text}{}", " ".repeat(missing))
}
