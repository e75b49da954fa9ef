//! How the characters of a string are written.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// Compact JSON that a terminal can be shown. The format itself demands that control characters below U+0020 be escaped;
/// those above, which some terminals obey too, and the characters that reorder or hide text are escaped as well. A reader
/// of JSON gets the very same string.
pub(super) struct OneLine;

impl Formatter for OneLine {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly all of it: what is to be escaped lies from DEL on.
        if fragment.bytes().all(|byte| byte < 0x7f) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut written = 0;
        for (at, character) in fragment.char_indices().filter(|(_, character)| is_unsafe(*character)) {
            writer.write_all(fragment.get(written..at).unwrap_or_default().as_bytes())?;
            // All of them lie in the first plane: four digits hold them.
            write!(writer, "\\u{:04x}", u32::from(character))?;
            written = at + character.len_utf8();
        }
        writer.write_all(fragment.get(written..).unwrap_or_default().as_bytes())
    }
}

/// The characters that [`crate::escape`] does not show as they are.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
