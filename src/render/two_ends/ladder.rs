//! The ladder with a time at each end.

use std::io::{self, Write};

use super::TwoEnds;
use super::rows::{ConversationRows, Row, rows};
use super::rows_shown::{Extent, Shown, shown_within};
use super::words::{self, Starts};
use super::{plain, summary};
use crate::escape::columns::Columns as _;
use crate::explain::count;
use crate::flow::Party;
use crate::pair::{Exchange, Fate, Side};
use crate::render::ladder::ArrowLine;
use crate::render::ladder::glyphs::LadderGlyphs;
use crate::render::table::wrap;
use crate::render::text_style::{CharacterSet, Paint, TextStyle};

/// What of it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Wished {
    /// Every row, not only the beginning, the end and what is remarkable.
    pub full: bool,
    /// No ladder, only the summary.
    pub quiet: bool,
}

/// Writes the summary and the ladders.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, style: &TextStyle, ends: &TwoEnds<'_>, wished: Wished) -> io::Result<()> {
    summary::write(output, style, ends)?;
    if wished.quiet {
        return Ok(());
    }
    writeln!(output)?;
    write_ladders(output, style, ends, Extent::of(wished.full))
}

/// Writes the ladders alone.
///
/// # Errors
/// Those of the writer.
pub fn write_ladders(output: &mut impl Write, style: &TextStyle, ends: &TwoEnds<'_>, extent: Extent) -> io::Result<()> {
    let all = rows(ends.exchange);
    let first = all
        .iter()
        .filter_map(|each| each.rows.first())
        .map(|row| row.time)
        .min();
    let first = first.unwrap_or_default();
    let mut room = extent.most();
    let mut left_out = 0;
    for (place, each) in all.iter().enumerate() {
        if room == 0 {
            left_out += 1;
            continue;
        }
        let shown = shown_within(ends.exchange, &each.rows, extent, &mut room);
        if place > 0 {
            writeln!(output)?;
        }
        if style.characters == CharacterSet::Plain {
            plain::write(output, ends.exchange, each, &shown, first)?;
        } else {
            Drawing::of(style, ends.exchange, each, first).write(output, each, &shown)?;
        }
    }
    if left_out > 0 {
        writeln!(
            output,
            "\n{} not shown: --full shows all.",
            count(left_out, "more conversation")
        )?;
    }
    if style.characters != CharacterSet::Plain {
        legend(output, style, ends.exchange.comparison.one_clock)?;
    }
    Ok(())
}

/// The columns of a conversation.
struct Drawing<'d> {
    style: &'d TextStyle,
    exchange: &'d Exchange,
    glyphs: LadderGlyphs,
    starts: Starts,
    first: i64,
    /// The capture on the left: the client's.
    left: Side,
    number: usize,
    time: usize,
    decimals: usize,
    /// Columns between the lifelines.
    lane: usize,
}

impl<'d> Drawing<'d> {
    /// The narrowest arrows.
    const NARROWEST: usize = 28;

    fn of(style: &'d TextStyle, exchange: &'d Exchange, each: &ConversationRows, first: i64) -> Self {
        let mut drawing = Self {
            style,
            exchange,
            glyphs: LadderGlyphs::of(style.characters),
            starts: Starts::of(exchange, &each.rows),
            first,
            left: words::left(exchange, each.number),
            number: 3,
            time: 4,
            decimals: 3,
            lane: 0,
        };
        let largest = Side::BOTH
            .iter()
            .filter_map(|side| exchange.captures.of(*side).packets.last());
        let largest = largest.map(|seen| seen.number.to_string().len()).max();
        drawing.number = largest.unwrap_or_default().max(drawing.number);
        let width = style.width.max(TextStyle::NARROWEST);
        loop {
            let ends = [each.rows.first(), each.rows.last()].into_iter().flatten();
            let times = ends.map(|row| drawing.moment(row.time).columns() + 1);
            drawing.time = times.max().unwrap_or_default().max(4);
            drawing.lane = width.saturating_sub(2 * (drawing.number + drawing.time + 2) + 2);
            if drawing.lane >= Self::NARROWEST || drawing.decimals == 0 {
                return drawing;
            }
            drawing.decimals -= 1;
        }
    }

    fn moment(&self, time: i64) -> String {
        plain::milliseconds(time, self.first, self.decimals)
    }

    fn write(&self, output: &mut impl Write, each: &ConversationRows, shown: &[Shown<'_>]) -> io::Result<()> {
        let title = words::title(self.exchange, each.number);
        for line in wrap(&title, self.style.width.max(TextStyle::NARROWEST)) {
            writeln!(output, "{}", self.style.paint(Paint::Title, line))?;
        }
        let (left, right) = words::lanes(self.exchange, each.number);
        let between = (self.lane + 2).saturating_sub(left.len() + right.len());
        let (number, time) = (self.number, self.time);
        let (a, b) = (format!("{} #", self.left), format!("{} #", self.left.other()));
        let header = format!(
            "{a:>number$} {:>time$} {left}{:between$}{right} {:>time$} {b:>number$}",
            "t/ms", "", "t/ms"
        );
        writeln!(output, "{}", self.style.paint(Paint::Faint, header.trim_end()))?;
        for one in shown {
            match one {
                Shown::Row(row) => self.row(output, row)?,
                Shown::LeftOut(text) => {
                    let lifeline = self.glyphs.lifeline;
                    for line in wrap(&format!(". . . {text} . . ."), self.lane) {
                        let text = format!("{:>1$} {2}{line:^3$}{2}", "", number + time + 1, lifeline, self.lane);
                        writeln!(output, "{}", self.style.paint(Paint::Faint, text))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Number and time of a packet in a capture.
    fn labels(&self, row: &Row, side: Side) -> (String, String) {
        row.at(self.exchange, side)
            .map(|(number, time)| (number.to_string(), self.moment(time)))
            .unwrap_or_default()
    }

    fn row(&self, output: &mut impl Write, row: &Row) -> io::Result<()> {
        let Some(seen) = row.seen(self.exchange) else {
            return Ok(());
        };
        let from_left = self.exchange.sent_at(seen) == self.left;
        let mut remarks = words::remarks(self.exchange, row);
        let words = words::packet(seen, self.starts, row.data(self.exchange));
        let line = row.line(self.exchange);
        if line == ArrowLine::Retransmission {
            // The arrow says it.
            remarks.retain(|remark| remark != words::SENT_BEFORE);
        }
        let arrow = self.arrow(row, from_left, line, &words, &mut remarks);
        let ((left_number, left_time), (right_number, right_time)) =
            (self.labels(row, self.left), self.labels(row, self.left.other()));
        let (number, time, lifeline) = (self.number, self.time, self.glyphs.lifeline);
        let text = format!(
            "{left_number:>number$} {left_time:>time$} {lifeline}{arrow}{lifeline} {right_time:>time$} {right_number:>number$}"
        );
        writeln!(output, "{}", text.trim_end())?;
        let below: Vec<String> = remarks
            .iter()
            .flat_map(|remark| wrap(remark, self.lane.saturating_sub(2)))
            .collect();
        for remark in below {
            let inside = self.lane.saturating_sub(1);
            let text = format!("{:>1$} {2} {remark:<inside$}{2}", "", number + time + 1, lifeline);
            let paint = if row.is_remarkable(self.exchange) {
                Paint::Problem
            } else {
                Paint::Faint
            };
            writeln!(output, "{}", self.style.paint(paint, text.trim_end()))?;
        }
        Ok(())
    }

    /// The arrow. One that arrives crosses the lane; one that does not ends on the way, with the reason where it fits.
    fn arrow(
        &self,
        row: &Row,
        from_left: bool,
        line: ArrowLine,
        words: &[String],
        remarks: &mut Vec<String>,
    ) -> String {
        let party = if from_left { Party::Client } else { Party::Server };
        let fitting = |room: usize| words.iter().find(|words| words.columns() <= room).or(words.last());
        let is_whole = matches!(
            row.fate,
            Fate::Arrived { .. } | Fate::Changed { .. } | Fate::Regrouped { .. } | Fate::Missed
        );
        if is_whole {
            let words = fitting(self.lane.saturating_sub(6)).map_or("", String::as_str);
            return self.glyphs.arrow(party, line, words, self.lane);
        }
        let reason = if remarks.is_empty() {
            String::new()
        } else {
            remarks.remove(0)
        };
        let is_sent = matches!(row.fate, Fate::Lost { .. })
            || row
                .seen(self.exchange)
                .is_some_and(|seen| self.exchange.sent_at(seen) == row.side);
        let shaft = String::from_iter([self.glyphs.shaft(line); 2]);
        // "── ACK ──× lost on the way"
        let room = self.lane.saturating_sub(reason.columns() + 8);
        let (words, reason) = match fitting(room) {
            Some(words) if words.columns() <= room => (words.as_str(), reason),
            _ => {
                remarks.insert(0, reason);
                (
                    fitting(self.lane.saturating_sub(8)).map_or("", String::as_str),
                    String::new(),
                )
            }
        };
        let end = match row.fate {
            Fate::Lost { .. } => self.glyphs.cross,
            _ => '?',
        };
        let width = self.lane;
        match (from_left, is_sent) {
            (true, true) => format!("{:<width$}", format!("{shaft} {words} {shaft}{end} {reason}")),
            (false, true) => format!("{:>width$}", format!("{reason} {end}{shaft} {words} {shaft}")),
            (true, false) => format!(
                "{:>width$}",
                format!(
                    "{reason} {end}{}",
                    self.glyphs.arrow(party, line, words, words.columns() + 5)
                )
            ),
            (false, false) => format!(
                "{:<width$}",
                format!(
                    "{}{end} {reason}",
                    self.glyphs.arrow(party, line, words, words.columns() + 5)
                )
            ),
        }
    }
}

fn legend(output: &mut impl Write, style: &TextStyle, one_clock: bool) -> io::Result<()> {
    let clock = if one_clock { "one clock" } else { "the clock of A" };
    let glyphs = LadderGlyphs::of(style.characters);
    let line = |line| String::from_iter([glyphs.shaft(line); 3]);
    let (control, data, again) = (
        line(ArrowLine::Control),
        line(ArrowLine::Data),
        line(ArrowLine::Retransmission),
    );
    let cross = String::from_iter([
        glyphs.shaft(ArrowLine::Lost),
        glyphs.shaft(ArrowLine::Lost),
        glyphs.cross,
    ]);
    let parts = [
        format!("{control} opens, closes, acknowledges"),
        format!("{data} data"),
        format!("{again} sent before"),
        format!("{cross} lost on the way, or not captured at the other end"),
        "? one end is not known".to_owned(),
        format!("t/ms: by {clock}, since the first packet"),
    ];
    writeln!(output)?;
    let mut text = String::new();
    for part in parts {
        let joined = text.columns() + 3 + part.columns();
        if !text.is_empty() && joined > style.width.max(TextStyle::NARROWEST) {
            writeln!(output, "{}", style.paint(Paint::Faint, std::mem::take(&mut text)))?;
        }
        if !text.is_empty() {
            text.push_str("   ");
        }
        text.push_str(&part);
    }
    writeln!(output, "{}", style.paint(Paint::Faint, text))
}
