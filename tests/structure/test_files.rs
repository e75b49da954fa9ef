//! Which test files there are, and that each belongs to a program.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::source::{code, rust_files};

/// The files that this manifest names as the roots of crates.
fn roots(manifest: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(manifest).unwrap();
    let folder = manifest.parent().unwrap();
    let paths = text
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"")?.split('"').next());
    let files = paths.map(|path| fs::canonicalize(folder.join(path)).unwrap());
    files.filter(|path| path.is_file()).collect()
}

/// The files that the `mod` lines of this file bring in.
fn modules(file: &Path, is_root: bool) -> Vec<PathBuf> {
    let text = fs::read_to_string(file).unwrap();
    let folder = file.parent().unwrap();
    let below = match file.file_stem().unwrap() {
        _ if is_root => folder.to_owned(),
        stem if stem == "mod" => folder.to_owned(),
        stem => folder.join(stem),
    };
    let (mut files, mut named) = (Vec::new(), None);
    for (_, line) in code(&text) {
        let line = ["pub(crate) ", "pub(super) ", "pub "]
            .iter()
            .find_map(|word| line.strip_prefix(word))
            .unwrap_or(line);
        if let Some(path) = line.strip_prefix("#[path = \"") {
            named = path.split('"').next();
        } else if let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            let places = match named.take() {
                Some(path) => vec![folder.join(path)],
                None => vec![below.join(format!("{name}.rs")), below.join(name).join("mod.rs")],
            };
            let place = places.iter().find(|place| place.exists());
            let place = place.unwrap_or_else(|| panic!("{}: mod {name} is nowhere", file.display()));
            files.push(fs::canonicalize(place).unwrap());
        }
    }
    files
}

/// A test file that nothing declares would silently not be compiled, and a file that cargo takes for a test program of its own
/// would be linked for itself.
#[test]
fn every_test_file_is_part_of_a_program_that_a_manifest_names() {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    assert!(
        manifest.contains("\nautotests = false"),
        "tests/main.rs declares the tests"
    );
    let programs: Vec<&str> = manifest
        .split("[[test]]\nname = \"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(programs, ["integration", "privilege", "oracle", "zz_skipped"]);
    let mut left: Vec<(PathBuf, bool)> = ["Cargo.toml", "tests/fuzz/Cargo.toml"]
        .iter()
        .flat_map(|manifest| roots(&fs::canonicalize(manifest).unwrap()))
        .map(|root| (root, true))
        .collect();
    let mut reached = BTreeSet::new();
    while let Some((file, is_root)) = left.pop() {
        left.extend(modules(&file, is_root).into_iter().map(|module| (module, false)));
        reached.insert(file);
    }
    for file in rust_files(Path::new("tests")) {
        let known = reached.contains(&fs::canonicalize(&file).unwrap());
        assert!(known, "{}: no `mod` line reaches it", file.display());
    }
}
