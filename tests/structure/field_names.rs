//! Where the filter names of fields are written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::source::{code, rust_files};

/// The lines of a file's `fields!` tables, and all others before its tests.
fn tables_and_rest(text: &str) -> (Vec<&str>, Vec<(usize, &str)>) {
    let (mut tables, mut rest, mut in_table) = (Vec::new(), Vec::new(), false);
    for (number, line) in code(text.split("\nmod tests {").next().unwrap()) {
        match line {
            "fields! {" => in_table = true,
            "}" => in_table = false,
            line if in_table => tables.push(line),
            line => rest.push((number, line)),
        }
    }
    (tables, rest)
}

/// A field's filter name is written in its descriptor; all others take the constant, which cannot be misspelt.
#[test]
fn filter_names_are_written_in_the_descriptors_only() {
    let is_code =
        |file: &PathBuf| !file.ends_with("tests.rs") && !file.components().any(|part| part.as_os_str() == "tests");
    let files: Vec<PathBuf> = rust_files(Path::new("src")).into_iter().filter(is_code).collect();
    let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let split: Vec<_> = texts.iter().map(|text| tables_and_rest(text)).collect();
    let lines = split.iter().flat_map(|(tables, _)| tables);
    let names: BTreeSet<&str> = lines
        .filter_map(|line| line.split_once(" = "))
        .filter(|(constant, _)| !constant.contains('"'))
        .filter_map(|(_, name)| name.split('"').nth(1))
        .collect();
    assert!(names.len() > 300 && names.contains("tcp.srcport"), "{names:?}");
    for (file, (_, rest)) in files.iter().zip(&split) {
        for (number, line) in rest {
            let mut literals = line.split('"').skip(1).step_by(2);
            let name = literals.find(|literal| names.contains(literal));
            assert_eq!(
                name,
                None,
                "{}:{number}: take the descriptor's constant",
                file.display()
            );
        }
    }
}
