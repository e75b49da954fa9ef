//! What may be written to a terminal.

use socket_lab::frame::{Frame, Time};
use socket_lab::render::text_style::{CharacterSet, TextStyle, TimeFormat};
use socket_lab::wire::LinkType;

use super::unicode::first_hidden;

/// A frame of these bytes, at this time.
pub fn frame(link: LinkType, bytes: &[u8], original_length: u32, time: Option<Time>) -> Frame<'static> {
    Frame {
        original_length,
        ..Frame::new(time, link, bytes.to_vec())
    }
}

/// One of the ways in which things can look, by number.
pub fn style(number: u8) -> TextStyle {
    let characters = [CharacterSet::Unicode, CharacterSet::Ascii, CharacterSet::Plain][usize::from(number % 3)];
    let width = [80, 60, 132, 20][usize::from(number / 3 % 4)];
    let time = [TimeFormat::Utc, TimeFormat::Relative][usize::from(number / 12 % 2)];
    let color = number / 24 % 2 == 1;
    TextStyle {
        characters,
        width,
        color,
        time,
    }
}

/// How many there are.
pub const LOOKS: u8 = 48;

/// The text is UTF-8, in whole lines, and no character of it does anything but show itself. Colours are ours: they go first.
pub fn assert_text(bytes: &[u8], style: TextStyle, what: &str) {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "{what}: the last line has no end"
    );
    for line in text.lines() {
        let plain = if style.color {
            without_colors(line)
        } else {
            line.to_owned()
        };
        assert_line(&plain, what);
        assert!(
            style.characters != CharacterSet::Ascii || plain.is_ascii(),
            "{what}: {plain:?} is not ASCII"
        );
    }
}

/// No character of the line does anything but show itself.
pub fn assert_line(line: &str, what: &str) {
    let bad = first_hidden(line).or_else(|| line.contains('\n').then_some('\n'));
    assert!(bad.is_none(), "{what}: {bad:?} in {line:?}");
}

/// The line without the colours that the program itself has: `ESC [ digits and ; m`.
fn without_colors(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part
            .split_once('m')
            .unwrap_or_else(|| panic!("a colour without end: {line:?}"));
        assert!(
            ["0", "1", "2", "36", "1;31"].contains(&code),
            "{code:?} is no colour of ours: {line:?}"
        );
        plain.push_str(rest);
    }
    plain
}
