//! Several ladders beside each other, on one scale of time.

use std::io::{self, Write};

use super::block::{Block, Lifelines};
use super::columns::{LadderColumns, UNIT};
use super::text::{foot, head};
use super::{Ladder, LadderRow, RowKind};
use crate::escape::columns::Columns as _;
use crate::render::text_style::{CharacterSet, Paint, TextStyle};

/// Number and time take at most about so much.
const LABELS: usize = 16;

/// How many ladders fit beside each other; at least 1.
#[must_use]
pub fn capacity(style: &TextStyle) -> usize {
    let room = style.width.saturating_sub(LABELS);
    (room / (Block::NARROWEST + 1)).max(1)
}

/// The columns that this many ladders beside each other need.
#[must_use]
pub const fn columns_for(count: usize) -> usize {
    count * (Block::NARROWEST + 1) + LABELS
}

/// Draws ladders beside each other, as many as fit in the width, the others below; one below the other in the style
/// [`CharacterSet::Plain`], and where two do not fit.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, style: &TextStyle, ladders: &[Ladder]) -> io::Result<()> {
    let capacity = capacity(style);
    if style.characters == CharacterSet::Plain || capacity < 2 {
        return ladders
            .iter()
            .try_for_each(|ladder| super::text::write(output, style, ladder));
    }
    ladders.chunks(capacity).try_for_each(|group| match group {
        [one] => super::text::write(output, style, one),
        several => together(output, style, several),
    })
}

fn together(output: &mut impl Write, style: &TextStyle, ladders: &[Ladder]) -> io::Result<()> {
    for ladder in ladders {
        head(output, style, ladder)?;
    }
    let start = ladders.iter().filter_map(|ladder| ladder.start).min();
    let rows = merged(ladders, start.map(|start| start.0));
    let columns = LadderColumns::new(style, &rows.iter().map(|(_, row)| row));
    let share = columns.block / ladders.len();
    let blocks: Vec<Block<'_>> = ladders
        .iter()
        .map(|ladder| Block::new(style, ladder, share.saturating_sub(1)))
        .collect();
    let mut lifelines = vec![Lifelines::default(); ladders.len()];
    let titles: Vec<String> = blocks
        .iter()
        .zip(ladders)
        .map(|(block, ladder)| {
            let title = format!("conversation {}", ladder.conversation);
            style.paint(Paint::Title, pad(&title, block.width)).into_owned()
        })
        .collect();
    columns.line(output, style, "", "", &titles.join(" "))?;
    let headings: Vec<String> = blocks
        .iter()
        .map(|block| padded(style, &block.heading(), block.width))
        .collect();
    columns.line(output, style, "#", UNIT, &headings.join(" "))?;
    for (place, row) in &rows {
        let lines = match (blocks.get(*place), lifelines.get_mut(*place)) {
            (Some(block), Some(lane)) => block.row(row, lane),
            _ => continue,
        };
        for (index, line) in lines.into_iter().enumerate() {
            let parts: Vec<String> = blocks
                .iter()
                .zip(&mut lifelines)
                .enumerate()
                .map(|(column, (block, lane))| {
                    let text = if column == *place {
                        line.clone()
                    } else {
                        block.idle(lane)
                    };
                    padded(style, &text, block.width)
                })
                .collect();
            let (number, time) = if index == 0 {
                columns.labels(row)
            } else {
                Default::default()
            };
            columns.line(output, style, &number, &time, &parts.join(" "))?;
        }
    }
    ladders.iter().try_for_each(|ladder| {
        let name = format!("Conversation {}: ", ladder.conversation);
        foot(output, style, ladder, &name)
    })
}

/// The rows of all ladders by time, counted from the first packet of all. Rows of one ladder keep their order. A gap stays where
/// nothing happened in the others either.
fn merged(ladders: &[Ladder], start: Option<i64>) -> Vec<(usize, LadderRow)> {
    let mut all: Vec<(i64, usize, usize, LadderRow)> = Vec::new();
    for (column, ladder) in ladders.iter().enumerate() {
        let shift = match (ladder.start, start) {
            (Some(own), Some(first)) => own.0.saturating_sub(first),
            _ => 0,
        };
        let mut latest = i64::MIN;
        let mut rows: Vec<(i64, LadderRow)> = ladder
            .rows
            .iter()
            .map(|row| {
                let time = row.time.map(|time| time.saturating_add(shift));
                latest = latest.max(time.unwrap_or(latest));
                (latest, LadderRow { time, ..row.clone() })
            })
            .collect();
        // What has no time belongs to what comes after it.
        let mut next = latest;
        for (place, row) in rows.iter_mut().rev() {
            if row.time.is_none() {
                *place = next;
            }
            next = *place;
        }
        let rows = rows.into_iter().enumerate();
        all.extend(rows.map(|(index, (place, row))| (place, column, index, row)));
    }
    all.sort_by_key(|&(time, column, index, _)| (time, column, index));
    let mut before = None;
    let mut rows = Vec::with_capacity(all.len());
    for (_, column, _, row) in all {
        if matches!(row.kind, RowKind::Gap(_)) && before != Some(column) {
            continue;
        }
        before = Some(column);
        rows.push((column, row));
    }
    rows
}

/// Fills up to the width; colours take none.
fn padded(style: &TextStyle, text: &str, width: usize) -> String {
    if style.color {
        let visible = visible(text);
        return format!("{text}{}", " ".repeat(width.saturating_sub(visible)));
    }
    pad(text, width)
}

fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.columns());
    format!("{text}{}", " ".repeat(missing))
}

/// Characters without the colours among them.
fn visible(text: &str) -> usize {
    let mut inside = false;
    text.chars()
        .filter(|&one| match (inside, one) {
            (false, '\x1b') => {
                inside = true;
                false
            }
            (true, 'm') => {
                inside = false;
                false
            }
            (inside, _) => !inside,
        })
        .count()
}
