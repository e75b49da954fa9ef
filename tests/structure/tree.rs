//! Who imports whom, where unsafe code is, how long files are, what the texts point to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::source::{code, rust_files};

/// The room of a file: the first folder below src, or the file that stands for it.
fn room(file: &Path) -> String {
    let below = file.strip_prefix("src").unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// How many modules deep the file is: 1 for a room's own.
fn depth(file: &Path) -> usize {
    file.strip_prefix("src")
        .unwrap()
        .components()
        .filter(|part| part.as_os_str() != "mod.rs")
        .count()
}

/// The table in src/lib.rs: who may import whom.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string("src/lib.rs").unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let named = |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let mut table: BTreeMap<String, BTreeSet<String>> = rows
        .map(|row| {
            let (rooms, may) = row.split_once(" | ").unwrap();
            (rooms.trim_end_matches('`').to_owned(), named(may), may.contains("all"))
        })
        .map(|(room, may, all)| (room, if all { BTreeSet::from(["*".to_owned()]) } else { may }))
        .collect();
    let everybody: BTreeSet<String> = table.keys().cloned().collect();
    for may in table.values_mut() {
        if may.contains("*") {
            may.clone_from(&everybody);
        }
    }
    table
}

#[test]
fn every_room_is_in_the_table_and_imports_what_it_may() {
    let table = table();
    assert!(table.len() >= 4, "{table:?}");
    let mut seen = BTreeSet::new();
    for file in rust_files(Path::new("src")) {
        let own = room(&file);
        if own == "bin" || own == "lib" {
            continue;
        }
        let may = table
            .get(&own)
            .unwrap_or_else(|| panic!("{own} is not in the table of src/lib.rs"));
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in code(&text) {
            for path in line.split("crate::").skip(1) {
                let other: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let allowed = other == own || may.contains(&other);
                assert!(allowed, "{}:{number}: {own} may not import {other}", file.display());
            }
            // `super::` may climb inside a room and not out of it. An indented line may stand in a module of the file.
            let most = depth(&file) - 1 + usize::from(line.starts_with("    "));
            let climbs = line.matches("super::").count();
            assert!(
                climbs <= most,
                "{}:{number}: leaves the room by super::",
                file.display()
            );
        }
        seen.insert(own);
    }
    let named: BTreeSet<String> = table.into_keys().collect();
    assert_eq!(seen, named, "the table names every room and no other");
}

#[test]
fn unsafe_code_stands_in_files_named_sys_only() {
    for file in rust_files(Path::new("src")) {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in code(&text) {
            let is_unsafe = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"]
                .iter()
                .any(|word| line.contains(word));
            assert!(
                !is_unsafe || file.ends_with("sys.rs"),
                "{}:{number}: unsafe",
                file.display()
            );
        }
    }
}

/// A test that starts a program by itself could forget to ask whether the machine has it: tests/support/tools.rs.
#[test]
fn tests_start_programs_through_one_file() {
    // Benchmarks and fuzz targets are no tests: they name what they need when it is missing.
    let own = ["tests/support/tools.rs", "tests/structure", "tests/bench", "tests/fuzz"];
    let others = rust_files(Path::new("tests"));
    let others = others
        .iter()
        .filter(|file| own.iter().all(|part| !file.starts_with(part)));
    for file in others {
        let text = fs::read_to_string(file).unwrap();
        for (number, line) in code(&text) {
            let starts = line.contains("Command::new(") || line.contains("libc::system");
            assert!(
                !starts,
                "{}:{number}: start it with tool(), essential(), shell() or ours()",
                file.display()
            );
        }
    }
}

#[test]
fn files_stay_small() {
    for file in ["src", "tests"].map(Path::new).into_iter().flat_map(rust_files) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 400, "{}: {lines} lines", file.display());
    }
}

#[test]
fn nothing_else_is_visible_at_the_top() {
    let agreed = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "src",
        "captures",
        "tests",
        "docs",
        "target",
    ];
    for entry in fs::read_dir(".").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.starts_with('.') || agreed.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn every_file_that_the_texts_point_to_is_there() {
    let mut texts = vec![PathBuf::from("README.md")];
    for folder in ["docs", "docs/lessons", "captures"] {
        texts.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    for text in texts
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
    {
        let content = fs::read_to_string(text).unwrap();
        for target in content.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            let path = text.parent().unwrap().join(target.split('#').next().unwrap());
            assert!(path.exists(), "{}: {target}", text.display());
        }
    }
}

/// Clippy knows from which Rust on a function is there, but not that of a chain: `if let .. && ..` is Rust 1.88.
#[test]
fn no_condition_is_a_chain_that_the_oldest_rust_does_not_know() {
    assert!(is_let_chain("Some(a) = b && c {"));
    assert!(is_let_chain("Point { x, y } = point()\n    && let Some(a) = x {"));
    assert!(!is_let_chain("Some(a) = b(|c| c && d) {\n    if e && f {}"));
    let files = ["src", "tests"].map(|folder| rust_files(Path::new(folder)));
    for file in files
        .iter()
        .flatten()
        .filter(|file| !file.starts_with("tests/structure"))
    {
        let text = fs::read_to_string(file).unwrap();
        let code: Vec<&str> = code(&text).map(|(_, line)| line).collect();
        let code = code.join("\n");
        for chain in ["if let ", "while let "]
            .iter()
            .flat_map(|word| code.split(word).skip(1))
        {
            let line = chain.lines().next().unwrap();
            assert!(!is_let_chain(chain), "{}: let {line}", file.display());
        }
        let last = code.split("&& let ").nth(1).and_then(|rest| rest.lines().next());
        assert_eq!(last, None, "{}: && let", file.display());
    }
}

/// Does the condition that begins with this, after its `let`, go on with `&&`? Told by the brackets, whatever their contents.
fn is_let_chain(condition: &str) -> bool {
    let (mut depth, mut in_pattern) = (0_u32, true);
    for (at, character) in condition.char_indices() {
        match character {
            '{' if depth == 0 && !in_pattern => return false,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '=' if depth == 0 => in_pattern = false,
            '&' if depth == 0 && !in_pattern && condition[at..].starts_with("&& ") => return true,
            _ => {}
        }
    }
    false
}
