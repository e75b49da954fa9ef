//! Words as a shell takes them, for commands that a reader can type as they are printed.

use std::ffi::OsStr;

use super::printable;

/// The word, in single quotes if a shell would see more in it than text, sh(1).
#[must_use]
pub fn quoted(word: &OsStr) -> String {
    let text = printable(word.as_encoded_bytes()).into_owned();
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::quoted;

    #[test]
    fn only_what_a_shell_would_read_is_quoted() {
        for (word, expected) in [
            ("/opt/lab/sniffer", "/opt/lab/sniffer"),
            ("", "''"),
            ("my file", "'my file'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("*", "'*'"),
        ] {
            assert_eq!(quoted(OsStr::new(word)), expected);
        }
    }
}
