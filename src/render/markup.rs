//! Text made safe between tags and in attributes of HTML, SVG and XML.

use std::fmt;

use crate::escape::printable;

/// A text that shows as it is written: `<script>` stays text. Control characters show as `\n` or `\x1b`, and what XML 1.0 has no
/// place for (section 2.2, U+FFFE and U+FFFF) as `\u{fffe}`.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'t>(pub &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for character in printable(self.0.as_bytes()).chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\u{fffe}' | '\u{ffff}' => write!(f, "\\u{{{:x}}}", u32::from(character))?,
                _ => f.write_char(character)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn tags_attributes_and_control_characters_stay_text() {
        let evil = "<script>\"x\" onload='y'</script>&\x1b[2J\n\u{ffff}";
        assert_eq!(
            Escaped(evil).to_string(),
            "&lt;script&gt;&quot;x&quot; onload=&#39;y&#39;&lt;/script&gt;&amp;\\x1b[2J\\n\\u{ffff}"
        );
    }
}
