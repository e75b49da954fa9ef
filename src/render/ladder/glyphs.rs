//! The characters of a style, and arrows drawn with them.

use super::ArrowLine;
use crate::escape::columns::Columns as _;
use crate::flow::Party;
use crate::render::text_style::CharacterSet;

/// The characters of a style.
#[derive(Debug, Clone, Copy)]
pub(in crate::render) struct LadderGlyphs {
    pub(in crate::render) lifeline: char,
    pub(in crate::render) inside: char,
    pub(in crate::render) enter: char,
    pub(in crate::render) leave: char,
    pub(in crate::render) whole: char,
    control: char,
    data: char,
    again: (char, char),
    heads: (char, char),
    pub(in crate::render) cross: char,
}

impl LadderGlyphs {
    pub(in crate::render) const fn of(characters: CharacterSet) -> Self {
        match characters {
            CharacterSet::Unicode => Self {
                lifeline: '│',
                inside: '║',
                enter: '╥',
                leave: '╨',
                whole: '╫',
                control: '─',
                data: '═',
                again: ('»', '«'),
                heads: ('→', '←'),
                cross: '×',
            },
            CharacterSet::Ascii | CharacterSet::Plain => Self {
                lifeline: '|',
                inside: '#',
                enter: '+',
                leave: '+',
                whole: '+',
                control: '-',
                data: '=',
                again: ('>', '<'),
                heads: ('>', '<'),
                cross: 'x',
            },
        }
    }

    pub(in crate::render) const fn shaft(&self, line: ArrowLine) -> char {
        match line {
            ArrowLine::Control | ArrowLine::Lost => self.control,
            ArrowLine::Data => self.data,
            ArrowLine::Retransmission => self.again.0,
        }
    }
}

impl LadderGlyphs {
    /// An arrow of this width with words in it.
    pub(in crate::render) fn arrow(&self, from: Party, line: ArrowLine, words: &str, width: usize) -> String {
        let shaft = match (line, from) {
            (ArrowLine::Retransmission, Party::Server) => self.again.1,
            _ => self.shaft(line),
        };
        let head = match (line, from) {
            (ArrowLine::Lost, _) => self.cross,
            (_, Party::Client) => self.heads.0,
            (_, Party::Server) => self.heads.1,
        };
        let left = width.saturating_sub(words.columns() + 2);
        // The words stand near the tail, where one begins to read.
        let near = left.saturating_sub(2).min(2).max(usize::from(left > 1));
        let far = left.saturating_sub(near + 1);
        let (near, far) = (
            String::from_iter(vec![shaft; near]),
            String::from_iter(vec![shaft; far]),
        );
        match from {
            Party::Client => format!("{near} {words} {far}{head}"),
            Party::Server => format!("{head}{near} {words} {far}"),
        }
    }
}
