//! What both ends said, as text.

use std::io::{self, Write};

use super::{Follow, Turn, TurnPart};
use crate::calls::text::counted;
use crate::escape::pieces;
use crate::render::text_style::{Paint, TextStyle};

/// Writes what both ends said, each line with who says it. Everything that is not a character for the screen is escaped.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, style: &TextStyle, follow: &Follow) -> io::Result<()> {
    let title = format!("Conversation {}: {}", follow.conversation, follow.transport);
    writeln!(output, "{}", style.paint(Paint::Title, &title))?;
    writeln!(output, "client  {}", follow.client)?;
    writeln!(output, "server  {}", follow.server)?;
    if follow.turns.is_empty() {
        writeln!(output, "No data in either direction.")?;
    }
    for turn in &follow.turns {
        write_turn(output, style, turn)?;
    }
    if follow.left_out > 0 {
        writeln!(output, "[{}; --full shows more]", counted(follow.left_out, "more byte"))?;
    }
    if follow.outside > 0 {
        let (what, are) = match follow.outside {
            1 => ("byte", "is"),
            _ => ("bytes", "are"),
        };
        writeln!(
            output,
            "[{} more {what} with numbers before the first of the connection {are} not part of it]",
            follow.outside
        )?;
    }
    writeln!(output)
}

fn write_turn(output: &mut impl Write, style: &TextStyle, turn: &Turn) -> io::Result<()> {
    let prompt = format!("{}> ", turn.from);
    let width = style.width.max(TextStyle::NARROWEST) - prompt.len();
    let mut lines = Vec::new();
    for piece in &turn.pieces {
        match piece {
            // A line of the text is a line here; its end is shown too, for it is a byte like others.
            TurnPart::Bytes(bytes) => {
                for line in bytes.split_inclusive(|&byte| byte == b'\n') {
                    let text = style.text(line);
                    lines.extend(pieces(&text, width).map(|text| (Paint::Value, text.to_owned())));
                }
            }
            TurnPart::Missing(count) => {
                let things = if *count == 1 { "byte" } else { "bytes" };
                lines.push((Paint::Problem, format!("[{count} {things} missing]")));
            }
        }
    }
    if lines.is_empty() {
        lines.push((Paint::Faint, "[empty]".to_owned()));
    }
    lines.into_iter().try_for_each(|(paint, text)| {
        let name = style.paint(Paint::Title, prompt.trim_end());
        writeln!(output, "{name} {}", style.paint(paint, &text))
    })
}
