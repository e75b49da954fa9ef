//! The list of skipped tests of one `cargo test`, and the table made of it.
//!
//! `cargo test` runs each test program as a process of its own, and the last one, `tests/zz_skipped.rs`, prints the table. So the
//! list is a file, named after cargo's process number. A test program that cargo starts alone (`cargo test --test integration`), or
//! that something else starts, prints a line for each skipped test instead.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use super::needs::Missing;

/// Set for a process that a test starts to do the same test elsewhere: the list to write to.
pub const LIST: &str = "SOCKET_LAB_TEST_SKIPPED";

/// Adds a test to the list, or prints a line about it where no table will be printed.
pub fn record(test: &str, missing: Missing) {
    let line = format!("{test}\t{}\t{}\n", missing.what(), missing.remedy());
    let list = list().map(|list| OpenOptions::new().create(true).append(true).open(list));
    if let Some(Ok(mut list)) = list {
        // One write, so that lines of several tests do not mix: write(2), O_APPEND.
        list.write_all(line.as_bytes()).unwrap();
    } else {
        let line = format!("SKIPPED {test}: needs {} ({})\n", missing.what(), missing.remedy());
        // The real standard error: the test runner keeps what `eprintln!` prints.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}

/// The list of this run; `None` where no table is printed at the end.
pub fn list() -> Option<PathBuf> {
    if let Some(list) = std::env::var_os(LIST) {
        return Some(list.into());
    }
    let parent = std::os::unix::process::parent_id();
    let command = std::fs::read(format!("/proc/{parent}/cmdline")).ok()?;
    let arguments: Vec<&[u8]> = command.split(|&byte| byte == 0).collect();
    let is_cargo_test = arguments.first()?.ends_with(b"cargo") && arguments.iter().any(|&word| word == b"test");
    // What stands behind `--` is for the test programs: `--test-threads` selects none of them.
    let mut own = arguments.iter().take_while(|word| **word != b"--");
    let selects = |word: &&[u8]| {
        [&b"--test"[..], b"--lib", b"--bin", b"--bench", b"--doc", b"--example"]
            .iter()
            .any(|option| word.starts_with(option) && !word.starts_with(b"--benches"))
    };
    if !is_cargo_test || own.any(selects) {
        return None;
    }
    Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("skipped-{parent}")))
}

/// "tests skipped here: 40 need tshark (apt install tshark), …", one line a reason; empty when none was skipped.
pub fn table(list: &str) -> String {
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for line in list.lines() {
        if let [_, what, remedy] = line.split('\t').collect::<Vec<_>>()[..] {
            *reasons.entry((what, remedy)).or_default() += 1;
        }
    }
    let mut rows: Vec<_> = reasons.into_iter().collect();
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by_key(|&((what, _), count)| (std::cmp::Reverse(count), what));
    let total: usize = rows.iter().map(|(_, count)| count).sum();
    let mut table = format!("tests skipped here: {total}\n");
    for ((what, remedy), count) in rows {
        let needs = if count == 1 { "needs" } else { "need" };
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{count:5} {needs} {what} ({remedy})");
    }
    table
}
