//! Numbers as bars.

use std::io::{self, Write};

use crate::escape::columns::Columns as _;
use crate::render::text_style::{CharacterSet, TextStyle};

/// Numbers with a label each, drawn as bars: the longest fills the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// What they are.
    pub title: String,
    /// The labels and the numbers, in the order in which they are drawn.
    pub rows: Vec<(String, u64)>,
}

/// The margin, and the spaces around a bar.
const TAKEN: usize = 2 + 1 + 1;

/// No bar is longer, in columns.
const LONGEST: usize = 60;

impl Bars {
    /// Draws them, or writes them as sentences for who hears them.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, out: &mut impl Write, style: &TextStyle) -> io::Result<()> {
        let widest = |text: fn(&(String, u64)) -> usize| self.rows.iter().map(text).max().unwrap_or(0);
        let label = widest(|(label, _)| label.columns());
        let number = widest(|(_, number)| number.to_string().len());
        let largest = self.rows.iter().map(|(_, number)| *number).max().unwrap_or(0).max(1);
        let room = style.width.saturating_sub(TAKEN + label + number).clamp(1, LONGEST);
        let glyph = match style.characters {
            CharacterSet::Plain => {
                for (label, number) in &self.rows {
                    writeln!(out, "  {label}: {number}.")?;
                }
                return Ok(());
            }
            CharacterSet::Ascii => "#",
            CharacterSet::Unicode => "█",
        };
        for (text, value) in &self.rows {
            let columns = length(*value, largest, room);
            writeln!(out, "  {text:>label$} {} {value}", glyph.repeat(columns))?;
        }
        Ok(())
    }
}

/// The columns of a bar, where the largest has this many and smaller numbers have a column for each.
fn length(value: u64, largest: u64, room: usize) -> usize {
    let room = room as u64;
    let columns = if largest <= room {
        value
    } else {
        // Something that is not nothing is seen.
        (value * room / largest).max(u64::from(value > 0))
    };
    usize::try_from(columns).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::Bars;
    use crate::render::text_style::{CharacterSet, TextStyle};

    fn drawn(characters: CharacterSet, width: usize, numbers: &[u64]) -> String {
        let bars = Bars {
            title: "Segments".into(),
            rows: numbers.iter().map(|number| (format!("at {number}"), *number)).collect(),
        };
        let style = TextStyle {
            characters,
            width,
            ..TextStyle::PIPE
        };
        let mut out = Vec::new();
        bars.write(&mut out, &style).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_small_number_has_a_column_for_each_and_a_large_one_fills_the_line() {
        let small = drawn(CharacterSet::Ascii, 60, &[1, 12]);
        assert_eq!(small, "   at 1 # 1\n  at 12 ############ 12\n");
        let large = drawn(CharacterSet::Unicode, 40, &[0, 1, 500, 1000]);
        assert!(large.lines().all(|line| line.chars().count() <= 40), "{large}");
        let bars: Vec<usize> = large.lines().map(|line| line.matches('█').count()).collect();
        assert_eq!(bars[..3], [0, 1, bars[3] / 2]);
        assert_eq!(drawn(CharacterSet::Plain, 60, &[3]), "  at 3: 3.\n");
    }
}
