//! Two captures of one exchange as a picture: time runs down, an arrow leaves where its packet was sent and ends where and when it
//! arrived.

mod legend;
pub mod look;
mod row;
mod scale;

use self::look::Look;
use self::scale::{LINE, Moment, Scale};
use super::TwoEnds;
use super::plain;
use super::rows::{ConversationRows, Row, rows};
use super::rows_shown::{Extent, Shown, shown_within};
use super::words::{self, Starts};
use crate::escape::columns::Columns as _;
use crate::explain::duration;
use crate::pair::{Exchange, Side};
use crate::render::report_model::BothEnds;
use crate::render::svg::Picture;
use crate::render::svg::canvas::{Anchor, CHARACTER, Canvas, pixels};
use crate::render::svg::label_text::shortened;
use crate::render::table::wrap;

/// From one part of a row to the next, in pixels.
const SPACE: i64 = 8;

/// The pictures of all conversations.
#[derive(Debug)]
pub struct Pictures {
    /// One for each conversation.
    pub drawn: Vec<Picture>,
    /// For how many there was no room.
    pub left_out: u64,
}

/// Draws every conversation of which both captures have packets: all its rows, or the beginning, the end and what is remarkable.
#[must_use]
pub fn draw(ends: &TwoEnds<'_>, look: Look, extent: Extent) -> Pictures {
    let all = rows(ends.exchange);
    let first = all.iter().filter_map(|each| each.rows.first()).map(|row| row.time);
    let first = first.min().unwrap_or_default();
    let mut room = extent.most();
    let mut drawn = Vec::new();
    for each in &all {
        if room == 0 {
            break;
        }
        let rows = shown_within(ends.exchange, &each.rows, extent, &mut room);
        drawn.push(Drawing::of(ends, each, look, first).draw(each, &rows));
    }
    let left_out = (all.len() - drawn.len()) as u64;
    Pictures { drawn, left_out }
}

/// The pictures for a page that has the packets of the first capture up to this number.
#[must_use]
pub fn for_page(ends: &TwoEnds<'_>, packets: u64) -> BothEnds {
    /// More rows are not worth their size in a page.
    const EXTENT: Extent = Extent::InPage(120);
    let wide = draw(ends, Look::page(Side::A, packets), EXTENT);
    let narrow = draw(ends, Look::phone(Side::A, packets), EXTENT);
    let left_out = (wide.left_out > 0).then(|| EXTENT.no_room_for(wide.left_out, "more conversation"));
    BothEnds {
        pictures: wide.drawn.into_iter().zip(narrow.drawn).collect(),
        left_out,
        question: None,
    }
}

/// A conversation's drawing under way. Of two values the first is that of the left end.
struct Drawing<'d> {
    exchange: &'d Exchange,
    look: Look,
    starts: Starts,
    /// When the first packet of all conversations was sent, in nanoseconds.
    first: i64,
    /// The capture on the left: the client's.
    left: Side,
    /// How long a packet takes, in nanoseconds.
    transit: i64,
    canvas: Canvas,
    /// Where numbers and times end.
    numbers: [i64; 2],
    times: [i64; 2],
    lifelines: [i64; 2],
    width: i64,
    y: i64,
}

impl<'d> Drawing<'d> {
    fn of(ends: &TwoEnds<'d>, each: &ConversationRows, look: Look, first: i64) -> Self {
        let exchange = ends.exchange;
        let widest = |label: &dyn Fn((u64, i64)) -> String| {
            let both = |row: &Row| Side::BOTH.map(|side| row.at(exchange, side));
            let all = each.rows.iter().flat_map(both).flatten();
            let longest = all.map(|at| label(at).columns()).max();
            pixels(longest.unwrap_or(0).max(4))
        };
        let number = if look.has_numbers {
            widest(&|(number, _)| number.to_string()) + SPACE
        } else {
            0
        };
        let time = number + widest(&|(_, time)| plain::milliseconds(time, first, look.decimals));
        let lifeline = time + SPACE + pixels(look.words) + SPACE;
        let width = 2 * lifeline + look.between;
        let transits = Side::BOTH.iter().filter_map(|side| *exchange.transit.of(*side));
        Self {
            exchange,
            look,
            starts: Starts::of(exchange, &each.rows),
            first,
            left: words::left(exchange, each.number),
            transit: transits.map(|transit| transit.median).max().unwrap_or_default(),
            canvas: Canvas::default(),
            numbers: [number - SPACE, width],
            times: [time, width - number],
            lifelines: [lifeline, lifeline + look.between],
            width,
            y: 0,
        }
    }

    fn draw(mut self, each: &ConversationRows, shown: &[Shown<'_>]) -> Picture {
        let title = words::title(self.exchange, each.number);
        self.heading(&title, each.number);
        let mut description = Vec::new();
        for part in shown.chunk_by(|one, next| matches!((one, next), (Shown::Row(_), Shown::Row(_)))) {
            let mut together = Vec::new();
            for one in part {
                description.push(match one {
                    Shown::Row(row) => {
                        together.push(*row);
                        plain::sentence(self.exchange, row, self.starts, self.first)
                    }
                    Shown::LeftOut(text) => {
                        self.left_out(text);
                        format!("Not shown: {text}.")
                    }
                });
            }
            self.rows(&together);
        }
        self.legend(shown);
        Picture {
            title,
            description: description.join(" "),
            size: (self.width, self.y),
            body: self.canvas.into_body(),
        }
    }

    /// What this side has of two values.
    fn of_side(&self, [left, right]: [i64; 2], side: Side) -> i64 {
        if side == self.left { left } else { right }
    }

    /// A text on the outer side of a lifeline.
    fn beside(&mut self, class: &str, side: Side, baseline: i64, text: &str) {
        let x = self.of_side(self.lifelines, side);
        if side == self.left {
            self.canvas.text(class, (x - SPACE, baseline), Anchor::End, text);
        } else {
            self.canvas.text(class, (x + SPACE, baseline), Anchor::Start, text);
        }
    }

    /// A packet's number and time, or what they are called.
    fn number_and_time(&mut self, side: Side, baseline: i64, number: &str, time: &str) {
        if self.look.has_numbers {
            let x = self.of_side(self.numbers, side);
            self.canvas.text("soft", (x, baseline), Anchor::End, number);
        }
        let x = self.of_side(self.times, side);
        self.canvas.text("soft", (x, baseline), Anchor::End, time);
    }

    /// Lines of text over the whole width.
    fn paragraph(&mut self, class: &str, text: &str) {
        for line in wrap(text, usize::try_from(self.width / CHARACTER).unwrap_or(1)) {
            self.y += LINE;
            self.canvas.text(class, (0, self.y), Anchor::Start, &line);
        }
        self.y += SPACE;
    }

    fn heading(&mut self, title: &str, number: u32) {
        if self.look.has_title {
            self.paragraph("title", title);
        }
        let baseline = self.y + LINE;
        let (left, right) = words::lanes(self.exchange, number);
        for (side, name) in [(self.left, left), (self.left.other(), right)] {
            self.number_and_time(side, baseline, &format!("{side} #"), "t/ms");
            self.beside("title", side, baseline, &shortened(&name, self.look.words));
        }
        self.y = baseline + SPACE;
    }

    /// Rows without anything left out between them.
    fn rows(&mut self, rows: &[&Row]) {
        let texts: Vec<_> = rows.iter().map(|row| self.words(row)).collect();
        let mut moments: Vec<(Moment, usize)> = Vec::new();
        for (index, (row, text)) in rows.iter().zip(&texts).enumerate() {
            for side in [row.side, row.side.other()] {
                let Some((_, time)) = row.at(self.exchange, side) else {
                    continue;
                };
                let lines = if side == row.side { text.len() } else { 1 };
                let moment = Moment {
                    time,
                    is_left: side == self.left,
                    lines: i64::try_from(lines).unwrap_or(1),
                    reach: self.reach(row, side),
                };
                moments.push((moment, index));
            }
        }
        moments.sort_by_key(|(moment, _)| moment.time);
        let (moments, owners): (Vec<_>, Vec<_>) = moments.into_iter().unzip();
        let scale = Scale::of(&moments, self.transit, self.y + LINE);
        let mut heights = vec![[None; 2]; rows.len()];
        for ((moment, owner), at) in moments.iter().zip(owners).zip(&scale.at) {
            if let Some([left, right]) = heights.get_mut(owner) {
                *(if moment.is_left { left } else { right }) = Some(*at);
            }
        }
        self.lifelines(&scale);
        for ((row, text), heights) in rows.iter().zip(&texts).zip(heights) {
            self.row(row, text, heights);
        }
        self.y = scale.bottom;
    }

    /// The lifelines: dotted where the time is not to scale.
    fn lifelines(&mut self, scale: &Scale) {
        let [left, right] = self.lifelines;
        let mut from = self.y;
        for pause in &scale.pauses {
            for x in [left, right] {
                self.canvas.line("lifeline", (x, from), (x, pause.from + SPACE));
                self.canvas
                    .line("pause", (x, pause.from + SPACE), (x, pause.to - SPACE));
            }
            let middle = ((left + right) / 2, (pause.from + pause.to) / 2 + 4);
            self.canvas.text("soft", middle, Anchor::Middle, &duration(pause.time));
            from = pause.to - SPACE;
        }
        for x in [left, right] {
            self.canvas.line("lifeline", (x, from), (x, scale.bottom));
        }
    }

    /// A sentence between the rows.
    fn left_out(&mut self, text: &str) {
        let [left, right] = self.lifelines;
        self.y += SPACE;
        for line in wrap(text, usize::try_from(self.look.between / CHARACTER).unwrap_or(1)) {
            self.y += LINE;
            let middle = (left + right) / 2;
            self.canvas.text("soft", (middle, self.y), Anchor::Middle, &line);
        }
        self.y += SPACE;
    }
}
