//! What the signs of the picture mean, and by which clock its times are.

use super::{Drawing, LINE, SPACE};
use crate::escape::columns::Columns as _;
use crate::pair::Fate;
use crate::render::ladder::ArrowLine;
use crate::render::svg::arrow::{self, Tip};
use crate::render::svg::canvas::{Anchor, CHARACTER, pixels};
use crate::render::table::wrap;
use crate::render::two_ends::rows::Row;
use crate::render::two_ends::rows_shown::Shown;
use crate::render::two_ends::summary;

/// How long an arrow is in the legend, in pixels.
const SIGN: i64 = 40;

impl Drawing<'_> {
    /// What the signs mean that the picture has, and by which clock its times are.
    pub(super) fn legend(&mut self, shown: &[Shown<'_>]) {
        let rows: Vec<&Row> = shown
            .iter()
            .filter_map(|one| match one {
                Shown::Row(row) => Some(*row),
                Shown::LeftOut(_) => None,
            })
            .collect();
        let has = |line: ArrowLine| rows.iter().any(|row| row.line(self.exchange) == line);
        let is_lost = |row: &&Row| matches!(row.fate, Fate::Lost { .. });
        let signs = [
            (
                has(ArrowLine::Control),
                ArrowLine::Control,
                Tip::Head,
                "opens, closes, acknowledges",
            ),
            (has(ArrowLine::Data), ArrowLine::Data, Tip::Head, "data"),
            (
                has(ArrowLine::Retransmission),
                ArrowLine::Retransmission,
                Tip::Head,
                "sent before",
            ),
            (
                rows.iter().any(is_lost),
                ArrowLine::Control,
                Tip::Cross,
                "lost on the way, or not captured at the other end",
            ),
        ];
        self.y += SPACE + LINE;
        let mut x = SPACE;
        for (_, line, tip, words) in signs.into_iter().filter(|(is_used, ..)| *is_used) {
            let width = SIGN + SPACE + pixels(words.columns()) + 2 * SPACE;
            if x > SPACE && x + width > self.width {
                x = SPACE;
                self.y += LINE;
            }
            self.canvas.group("signs", words);
            arrow::draw(&mut self.canvas, line, (x, self.y - 4), (x + SIGN, self.y - 4), tip);
            let room = usize::try_from((self.width - x - SIGN - SPACE) / CHARACTER).unwrap_or(1);
            for (index, part) in wrap(words, room).iter().enumerate() {
                self.y += if index > 0 { LINE } else { 0 };
                self.canvas
                    .text("soft", (x + SIGN + SPACE, self.y), Anchor::Start, part);
            }
            self.canvas.close();
            x += width;
        }
        let clock = summary::clock(self.exchange);
        let text = if self.exchange.comparison.one_clock {
            format!("Times since the first packet. {clock}.")
        } else {
            format!("Times by the clock of A, since the first packet. {clock}.")
        };
        self.y += SPACE;
        self.paragraph("soft", &text);
    }
}
