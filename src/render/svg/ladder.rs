//! The ladder drawn as SVG.

use super::Picture;
use super::arrow::{self, Tip};
use super::canvas::{Anchor, CHARACTER, Canvas, pixels};
use super::label_text;
use super::signs::LadderSigns;
use crate::escape::columns::Columns as _;
use crate::flow::Party;
use crate::render::ladder::{
    ArrowLine, CallPoint, CallRow, Ladder, LadderRow, RowKind, label, plain, sentences, words,
};
use crate::render::table::wrap;
use crate::render::text_style::CharacterSet;

/// Characters of a lane's own side: the longest state in parentheses, or a call with its descriptor.
const SIDE: usize = 24;
/// Characters between the lanes.
const MIDDLE: usize = 31;
/// A line of text.
const LINE: i64 = 16;
/// From one part of a row to the next.
const SPACE: i64 = 8;
/// Digits behind the point of a time in milliseconds.
const DECIMALS: usize = 3;
/// Half of the bar on a lifeline: inside a call.
const BAR: i64 = 4;

/// Draws a ladder.
#[must_use]
pub fn draw(ladder: &Ladder) -> Picture {
    let mut drawing = Drawing::new(ladder);
    drawing.heading();
    let top = drawing.y;
    for row in &ladder.rows {
        drawing.row(row);
    }
    drawing.lifelines(top);
    drawing.legend();
    drawing.words();
    let description: Vec<String> = ladder.rows.iter().map(plain::sentence).collect();
    Picture {
        title: words::title(ladder),
        description: description.join(" "),
        size: (drawing.width, drawing.y),
        body: drawing.below.into_body() + &drawing.canvas.into_body(),
    }
}

/// A ladder's drawing under way.
struct Drawing<'a> {
    ladder: &'a Ladder,
    canvas: Canvas,
    /// What is drawn below everything else.
    below: Canvas,
    /// Where numbers and times end.
    number: i64,
    time: i64,
    /// The lifelines.
    lanes: [i64; 2],
    width: i64,
    y: i64,
    /// Since where each lane is inside calls, and of how many.
    open: [(u32, i64); 2],
}

impl<'a> Drawing<'a> {
    fn new(ladder: &'a Ladder) -> Self {
        let widest = |labels: &dyn Fn(&LadderRow) -> String| {
            let lengths = ladder.rows.iter().map(|row| labels(row).columns());
            pixels(lengths.max().unwrap_or(0).max(4))
        };
        let number = widest(&LadderRow::number_label);
        let time = number + SPACE + widest(&|row| row.time_label(DECIMALS));
        let client = time + 2 * SPACE + pixels(SIDE) + BAR;
        let server = client + pixels(MIDDLE);
        Self {
            ladder,
            canvas: Canvas::default(),
            below: Canvas::default(),
            number,
            time,
            lanes: [client, server],
            width: server + pixels(SIDE) + BAR + 2 * SPACE,
            y: 0,
            open: [(0, 0); 2],
        }
    }

    const fn lane(&self, party: Party) -> i64 {
        let [client, server] = self.lanes;
        match party {
            Party::Client => client,
            Party::Server => server,
        }
    }

    /// A text on the outer side of a lane.
    fn beside(&mut self, class: &str, party: Party, baseline: i64, text: &str) {
        let x = self.lane(party);
        match party {
            Party::Client => self.canvas.text(class, (x - SPACE, baseline), Anchor::End, text),
            Party::Server => self.canvas.text(class, (x + SPACE, baseline), Anchor::Start, text),
        }
    }

    fn heading(&mut self) {
        self.canvas
            .text("title", (0, LINE), Anchor::Start, &words::title(self.ladder));
        self.y += LINE + SPACE;
        let baseline = self.y + LINE;
        self.canvas.text("soft", (self.number, baseline), Anchor::End, "#");
        self.canvas.text("soft", (self.time, baseline), Anchor::End, "t/ms");
        for lane in &self.ladder.lanes {
            let title = format!("{} :{}", lane.party, lane.address.port());
            self.beside("title", lane.party, baseline, &title);
        }
        self.y = baseline + SPACE;
    }

    fn row(&mut self, row: &LadderRow) {
        match &row.kind {
            RowKind::Packet(arrow) => {
                let states = [Party::Client, Party::Server].map(|party| arrow.state(party).map(words::observed_state));
                self.arrow(
                    row,
                    arrow.from,
                    arrow.line,
                    &label::packet(arrow, CharacterSet::Unicode),
                    states,
                );
            }
            RowKind::Run(run) => self.arrow(row, run.from, ArrowLine::Data, &label::run(run), [None, None]),
            RowKind::States(states) => {
                self.y += LINE;
                for (party, observed_state) in [Party::Client, Party::Server].into_iter().zip(states) {
                    self.beside("state", party, self.y, &words::observed_state(*observed_state));
                }
                self.y += SPACE / 2;
            }
            RowKind::Call(call) => self.call(row, call),
            RowKind::Gap(gap) => self.remark(&format!("{}.", sentences::gap(gap))),
            RowKind::Note(text) => self.remark(text),
        }
    }

    fn number_and_time(&mut self, row: &LadderRow, baseline: i64) {
        self.canvas
            .text("number", (self.number, baseline), Anchor::End, &row.number_label());
        self.canvas
            .text("soft", (self.time, baseline), Anchor::End, &row.time_label(DECIMALS));
    }

    fn arrow(
        &mut self,
        row: &LadderRow,
        from: Party,
        line: ArrowLine,
        label: &label::Label,
        states: [Option<String>; 2],
    ) {
        let below = label_text::below(label, MIDDLE - 3);
        let height = 2 * LINE + i64::try_from(below.len()).unwrap_or(0) * LINE;
        let words = label_text::above(label, MIDDLE - 3);
        self.canvas.group("arrow", &plain::sentence(row));
        let level = self.y + LINE + SPACE / 2;
        self.number_and_time(row, level + 4);
        for (party, state) in [Party::Client, Party::Server].into_iter().zip(states) {
            if let Some(state) = state {
                self.beside("state", party, level + 4, &state);
            }
        }
        let [client, server] = self.lanes;
        let middle = (client + server) / 2;
        self.canvas.text("words", (middle, level - 6), Anchor::Middle, words);
        let mut baseline = level + LINE - 2;
        for (class, text) in &below {
            self.canvas.text(class, (middle, baseline), Anchor::Middle, text);
            baseline += LINE;
        }
        self.shaft(from, line, level);
        self.canvas.close();
        self.y += height;
    }

    /// What was lost or refused ends before the other lane.
    fn shaft(&mut self, from: Party, line: ArrowLine, level: i64) {
        let (start, end) = (self.lane(from), self.lane(from.other()));
        let way = (end - start).signum();
        let tip = if line == ArrowLine::Lost { Tip::Cross } else { Tip::Head };
        let (start, end) = ((start + way * BAR, level), (end - way * BAR, level));
        arrow::draw(&mut self.canvas, line, start, end, tip);
    }

    fn call(&mut self, row: &LadderRow, call: &CallRow) {
        let label = label::call(call, SIDE);
        let baseline = self.y + LINE - 2;
        self.canvas.group("call", &plain::sentence(row));
        self.number_and_time(row, baseline);
        self.beside("words", call.party, baseline, &label_text::shortened(&label.text, SIDE));
        let fits = |detail: &&String| detail.columns() + 2 <= MIDDLE;
        if let Some(detail) = label.details.iter().find(fits) {
            let x = self.lane(call.party);
            match call.party {
                Party::Client => self.canvas.text("soft", (x + SPACE, baseline), Anchor::Start, detail),
                Party::Server => self.canvas.text("soft", (x - SPACE, baseline), Anchor::End, detail),
            }
        }
        self.canvas.close();
        let middle = self.y + LINE / 2;
        let (x, y) = (self.lane(call.party), self.y);
        let [client, server] = &mut self.open;
        let open = match call.party {
            Party::Client => client,
            Party::Server => server,
        };
        match call.point {
            CallPoint::Entered if open.0 == 0 => *open = (1, middle),
            CallPoint::Entered => open.0 += 1,
            CallPoint::Returned => {
                open.0 = open.0.saturating_sub(1);
                if open.0 == 0 {
                    let since = open.1;
                    self.below
                        .rectangle("inside", (x - BAR, since), (2 * BAR, middle - since));
                }
            }
            CallPoint::Whole => self.below.rectangle("inside", (x - BAR, y + 3), (2 * BAR, LINE - 6)),
        }
        self.y += LINE + 2;
    }

    /// A sentence between the rows.
    fn remark(&mut self, text: &str) {
        self.y += SPACE / 2;
        let [client, server] = self.lanes;
        for line in wrap(text, MIDDLE + SIDE) {
            let width = pixels(line.columns()) + 2 * SPACE;
            let middle = (client + server) / 2;
            // So that the lifelines do not run through the words.
            self.canvas
                .rectangle("paper", (middle - width / 2, self.y), (width, LINE));
            self.canvas
                .text("soft", (middle, self.y + LINE - 4), Anchor::Middle, &line);
            self.y += LINE;
        }
        self.y += SPACE / 2;
    }

    /// The lifelines from here down, and the bars of calls that never returned.
    fn lifelines(&mut self, top: i64) {
        let mut all = Canvas::default();
        for (x, (open, since)) in self.lanes.into_iter().zip(self.open) {
            all.line("lifeline", (x, top), (x, self.y));
            if open > 0 {
                self.below
                    .rectangle("inside", (x - BAR, since), (2 * BAR, self.y - since));
            }
        }
        let bars = std::mem::replace(&mut self.below, all);
        self.below.append(&bars);
    }

    /// What the signs mean that the picture has.
    fn legend(&mut self) {
        let used = LadderSigns::of(self.ladder);
        self.y += SPACE;
        let signs = [
            (ArrowLine::Control, "opens, closes, acknowledges"),
            (ArrowLine::Data, "data"),
            (ArrowLine::Retransmission, "sent again"),
            (ArrowLine::Lost, "refused or lost"),
        ];
        let lanes = self.lanes;
        let mut x = SPACE;
        self.y += LINE;
        for (line, words) in signs.into_iter().filter(|(line, _)| used.lines.contains(line)) {
            self.canvas.group("legend", words);
            self.lanes = [x, x + 44];
            self.shaft(Party::Client, line, self.y - 4);
            self.canvas.text("soft", (x + 48, self.y), Anchor::Start, words);
            self.canvas.close();
            x += 48 + pixels(words.columns()) + 2 * SPACE;
        }
        self.lanes = lanes;
        if used.calls {
            self.y += LINE + 2;
            self.canvas.rectangle("inside", (SPACE, self.y - 12), (2 * BAR, LINE));
            self.canvas
                .text("soft", (3 * SPACE, self.y), Anchor::Start, "inside a socket call");
        }
        let more = [
            (used.inferred, "(STATE) deduced: that end has not confirmed it yet"),
            (used.moved, "~ moved: the clocks differ"),
            (
                used.too_early,
                "! before its cause: call log and capture contradict each other",
            ),
        ];
        for (_, more) in more.into_iter().filter(|(is_used, _)| *is_used) {
            self.y += LINE + 2;
            self.canvas.text("soft", (SPACE, self.y), Anchor::Start, more);
        }
        self.y += SPACE;
    }

    /// What cannot be shown, and how it went: a picture alone has no page around it that would say so.
    fn words(&mut self) {
        let columns = usize::try_from(self.width / CHARACTER).unwrap_or(1);
        let notes = self.ladder.notes.iter().map(|note| format!("Note: {note}."));
        let outcome: Vec<String> = self
            .ladder
            .outcome
            .iter()
            .map(|sentence| format!("{sentence}."))
            .collect();
        for paragraph in notes.chain([outcome.join(" ")]) {
            for line in wrap(&paragraph, columns) {
                self.y += LINE;
                self.canvas.text("words", (0, self.y), Anchor::Start, &line);
            }
        }
        self.y += SPACE;
    }
}
