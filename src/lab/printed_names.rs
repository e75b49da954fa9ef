//! Commands and paths as they are printed for the user to type.

use std::path::{Path, PathBuf};

use crate::escape::columns::Columns as _;
use crate::escape::printable;
use crate::escape::shell::quoted;

/// A command in lines that a shell takes for one, behind four columns of margin.
#[must_use]
pub fn continued(parts: &[String], width: usize) -> Vec<String> {
    /// The margin, and what says that the line goes on.
    const TAKEN: usize = 4 + 2;
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.columns() + 1 + part.columns() + TAKEN <= width => {
                line.push(' ');
                line.push_str(part);
            }
            Some(line) => {
                line.push_str(" \\");
                lines.push(format!("    {part}"));
            }
            None => lines.push(part.clone()),
        }
    }
    lines
}

/// A path, safe to print.
#[must_use]
pub fn shown_path(name: &Path) -> String {
    printable(name.display().to_string().as_bytes()).into_owned()
}

/// A program in the folder that this one was started from, as the user would type it, from the folder where they are.
#[must_use]
pub fn beside_this_program(name: &str) -> String {
    let started = std::env::args_os().next().unwrap_or_default();
    let here = std::env::current_dir().unwrap_or_default();
    quoted(typed_from(&here, &Path::new(&started).with_file_name(name)).as_os_str())
}

/// The path of a program, shortened if it lies below the folder. A name without a slash would be looked up in PATH.
fn typed_from(here: &Path, program: &Path) -> PathBuf {
    match program.strip_prefix(here) {
        Ok(below) if program.is_absolute() && below.components().nth(1).is_some() => below.to_owned(),
        Ok(below) if program.is_absolute() => Path::new(".").join(below),
        _ => program.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{continued, typed_from};

    #[test]
    fn a_program_below_the_folder_is_typed_without_it() {
        for (here, program, expected) in [
            ("/home/x", "/home/x/target/debug/sniffer", "target/debug/sniffer"),
            ("/home/x", "/home/x/sniffer", "./sniffer"),
            ("/home/x", "/home/xy/sniffer", "/home/xy/sniffer"),
            ("/home/x", "../y/sniffer", "../y/sniffer"),
            ("/home/x", "sniffer", "sniffer"),
            ("", "/opt/lab/sniffer", "/opt/lab/sniffer"),
        ] {
            assert_eq!(typed_from(Path::new(here), Path::new(program)), Path::new(expected));
        }
    }

    #[test]
    fn a_command_is_broken_between_its_parts() {
        let parts = ["sniffer", "-r file", "--view ladder"].map(String::from);
        assert_eq!(continued(&parts, 80), ["sniffer -r file --view ladder"]);
        assert_eq!(continued(&parts, 24), ["sniffer -r file \\", "    --view ladder"]);
        let long = ["a-program-of-a-long-name", "-x"].map(String::from);
        assert_eq!(continued(&long, 10), ["a-program-of-a-long-name \\", "    -x"]);
    }
}
