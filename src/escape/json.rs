//! JSON that a terminal can be shown.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::hidden::hidden;

/// Writes the value as compact JSON, without a line feed. The format itself demands that control characters below U+0020 be
/// escaped; those above, which some terminals obey too, and the characters that reorder or hide text are escaped as well. A
/// reader of JSON gets the very same strings.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut (impl Write + ?Sized), value: &impl Serialize) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(&mut *out, OneLine))?)
}

struct OneLine;

impl Formatter for OneLine {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly all of it: what is to be escaped lies from DEL on.
        if fragment.bytes().all(|byte| byte < 0x7f) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut written = 0;
        for (at, character) in hidden(fragment) {
            writer.write_all(fragment.get(written..at).unwrap_or_default().as_bytes())?;
            // RFC 8259 section 7: beyond the first plane as a pair.
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            written = at + character.len_utf8();
        }
        writer.write_all(fragment.get(written..).unwrap_or_default().as_bytes())
    }
}
