//! The last test program that `cargo test` runs: it prints which tests were skipped, and why, in one table.
//!
//! Cargo runs test programs in the order of their names, so this one is named to be last.

#[cfg(test)]
mod support;

fn main() {
    #[cfg(test)]
    show();
}

/// Prints the table, and removes the list.
#[cfg(test)]
fn show() {
    use std::io::Write as _;

    use support::skipped;

    // Other test runners ask each program for its tests. This one has none.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let Some(path) = skipped::list() else { return };
    let Ok(list) = std::fs::read_to_string(&path) else {
        return;
    };
    let _ = std::fs::remove_file(&path);
    let _ = write!(std::io::stdout(), "\n{}", skipped::table(&list));
}
