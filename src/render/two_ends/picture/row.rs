//! A packet in the picture: its words at the end where it was sent, its arrow, and where and when it arrived.

use super::scale::TRANSIT;
use super::{Drawing, LINE, SPACE};
use crate::escape::columns::Columns as _;
use crate::pair::{Fate, Side};
use crate::render::ladder::ArrowLine;
use crate::render::svg::arrow::{self, Tip};
use crate::render::svg::canvas::Anchor;
use crate::render::table::wrap;
use crate::render::two_ends::rows::Row;
use crate::render::two_ends::{plain, words};

/// So much of its way an arrow goes that does not arrive.
const fn part(whole: i64) -> i64 {
    whole * 62 / 100
}

impl Drawing<'_> {
    /// How far below this moment its arrow ends, if it does not arrive at a known time.
    pub(super) fn reach(&self, row: &Row, side: Side) -> i64 {
        let is_sent = row
            .seen(self.exchange)
            .is_some_and(|seen| self.exchange.sent_at(seen) == side);
        match (row.at(self.exchange, side.other()), row.fate) {
            (None, Fate::Missed) if is_sent => TRANSIT,
            (None, _) if is_sent => part(TRANSIT) + SPACE,
            _ => 0,
        }
    }

    /// The words beside the first moment of a row: what it is, then what became of it.
    pub(super) fn words(&self, row: &Row) -> Vec<(&'static str, String)> {
        let Some(seen) = row.seen(self.exchange) else {
            return Vec::new();
        };
        let packet = words::packet(seen, self.starts, row.data(self.exchange));
        let fitting = packet.iter().find(|words| words.columns() <= self.look.words);
        let mut lines = vec![("words", fitting.or(packet.last()).cloned().unwrap_or_default())];
        let class = if row.is_remarkable(self.exchange) {
            "state"
        } else {
            "soft"
        };
        let is_again = row.line(self.exchange) == ArrowLine::Retransmission;
        for remark in words::remarks(self.exchange, row) {
            // That it was sent before, the arrow shows.
            if !(is_again && remark == words::SENT_BEFORE) {
                lines.extend(wrap(&remark, self.look.words).into_iter().map(|line| (class, line)));
            }
        }
        lines
    }

    pub(super) fn row(&mut self, row: &Row, text: &[(&'static str, String)], heights: [Option<i64>; 2]) {
        let Some(seen) = row.seen(self.exchange) else {
            return;
        };
        let sentence = plain::sentence(self.exchange, row, self.starts, self.first);
        let place = self.look.in_page.and_then(|(side, packets)| {
            let (number, _) = row.at(self.exchange, side)?;
            (number <= packets).then(|| format!("packet-{number}"))
        });
        match &place {
            Some(place) => self.canvas.described_link("arrow", place, &sentence),
            None => self.canvas.group("arrow", &sentence),
        }
        let sender = self.exchange.sent_at(seen);
        let left = self.left;
        let height = |side: Side| {
            let [at_left, at_right] = heights;
            if side == left { at_left } else { at_right }
        };
        let (sent, arrived) = (height(sender), height(sender.other()));
        for side in Side::BOTH {
            let (Some((number, time)), Some(level)) = (row.at(self.exchange, side), height(side)) else {
                continue;
            };
            let time = plain::milliseconds(time, self.first, self.look.decimals);
            self.number_and_time(side, level + 4, &number.to_string(), &time);
            if side == row.side {
                for (line, (class, words)) in (0..).zip(text) {
                    self.beside(class, side, level + 4 + line * LINE, words);
                }
            } else if let Some(short) = words::packet(seen, self.starts, row.data(self.exchange)).last() {
                self.beside("soft", side, level + 4, short);
            }
        }
        self.arrow(row, sender, (sent, arrived));
        match place {
            Some(_) => self.canvas.close_link(),
            None => self.canvas.close(),
        }
    }

    /// From where it was sent to where it arrived; part of the way, where one of both is not known.
    fn arrow(&mut self, row: &Row, sender: Side, heights: (Option<i64>, Option<i64>)) {
        let (start, end) = (
            self.of_side(self.lifelines, sender),
            self.of_side(self.lifelines, sender.other()),
        );
        let line = row.line(self.exchange);
        let (from, to, tip) = match (heights, row.fate) {
            ((Some(sent), Some(arrived)), _) => ((start, sent), (end, arrived), Tip::Head),
            ((Some(sent), None), Fate::Missed) => ((start, sent), (end, sent + TRANSIT), Tip::Head),
            ((Some(sent), None), fate) => {
                let tip = if matches!(fate, Fate::Lost { .. }) {
                    Tip::Cross
                } else {
                    Tip::Nothing
                };
                ((start, sent), (start + part(end - start), sent + part(TRANSIT)), tip)
            }
            ((None, Some(arrived)), _) => (
                (end - part(end - start), arrived - part(TRANSIT)),
                (end, arrived),
                Tip::Head,
            ),
            ((None, None), _) => return,
        };
        arrow::draw(&mut self.canvas, line, from, to, tip);
        let sign = match (heights, row.fate) {
            ((Some(_), None), Fate::Lost { .. }) => Some(("lost", to, start < end)),
            ((Some(_), None), _) => Some(("?", to, start < end)),
            ((None, Some(_)), Fate::Duplicated { .. }) => Some(("copy", from, start > end)),
            ((None, Some(_)), _) => Some(("?", from, start > end)),
            _ => None,
        };
        if let Some((text, (x, y), to_the_right)) = sign {
            let (x, anchor) = if to_the_right {
                (x + SPACE, Anchor::Start)
            } else {
                (x - SPACE, Anchor::End)
            };
            self.canvas.text("soft", (x, y + 4), anchor, text);
        }
    }
}
