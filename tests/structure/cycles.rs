//! Circles: two or more files that refer to each other. A circle has no reading order: to understand one of its files you
//! need the others. `mod name;` alone is no reference, and `pub use` is one to the file where the item is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::modules::{Files, Modules, Reference};
use super::source::rust_files;

/// The circles that are still to be opened, each with all its files. The list may only become shorter.
const KNOWN: &[&[&str]] = &[];

/// Files that refer to each other, with the references among them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Circle {
    pub(crate) files: BTreeSet<String>,
    pub(crate) references: Vec<Reference>,
}

impl Circle {
    /// One line: which file takes what from which.
    pub(crate) fn line(&self) -> String {
        let mut names: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for Reference { from, to, item } in &self.references {
            names.entry((from, to)).or_default().insert(item);
        }
        let mut line = format!("{} files:", self.files.len());
        for ((from, to), items) in names {
            let items: Vec<&str> = items.into_iter().collect();
            write!(line, " {from} -> {to} ({});", items.join(", ")).unwrap();
        }
        line
    }
}

/// The circles among the files: the strongly connected components of more than one file.
pub(crate) fn circles(references: &BTreeSet<Reference>) -> Vec<Circle> {
    let mut graph: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Reference { from, to, .. } in references {
        graph.entry(from).or_default().insert(to);
        graph.entry(to).or_default();
    }
    let mut search = Search {
        graph: &graph,
        numbers: BTreeMap::new(),
        stack: Vec::new(),
        components: Vec::new(),
    };
    for file in graph.keys() {
        if !search.numbers.contains_key(file) {
            search.visit(file);
        }
    }
    let components = search.components.into_iter().filter(|component| component.len() > 1);
    let mut circles: Vec<Circle> = components
        .map(|files| Circle {
            references: references
                .iter()
                .filter(|reference| files.contains(reference.from.as_str()) && files.contains(reference.to.as_str()))
                .cloned()
                .collect(),
            files: files.into_iter().map(str::to_owned).collect(),
        })
        .collect();
    circles.sort_by(|one, other| one.files.cmp(&other.files));
    circles
}

/// Tarjan: "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1 (2), 1972.
struct Search<'a> {
    graph: &'a BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// In which order files were found.
    numbers: BTreeMap<&'a str, usize>,
    /// Files whose component is not complete.
    stack: Vec<&'a str>,
    components: Vec<BTreeSet<&'a str>>,
}

impl<'a> Search<'a> {
    /// Returns the lowest number that can be reached from the file among those on the stack.
    fn visit(&mut self, file: &'a str) -> usize {
        let number = self.numbers.len();
        self.numbers.insert(file, number);
        let place = self.stack.len();
        self.stack.push(file);
        let mut lowest = number;
        for &next in &self.graph[file] {
            match self.numbers.get(next) {
                None => lowest = lowest.min(self.visit(next)),
                Some(&earlier) if self.stack.contains(&next) => lowest = lowest.min(earlier),
                Some(_) => {}
            }
        }
        if lowest == number {
            self.components.push(self.stack.split_off(place).into_iter().collect());
        }
        lowest
    }
}

/// What is wrong with the circles beside those that are known: a line each.
pub(crate) fn complaints(circles: &[Circle], known: &[&[&str]]) -> Vec<String> {
    let known: Vec<BTreeSet<String>> = known
        .iter()
        .map(|files| files.iter().map(|file| (*file).to_owned()).collect())
        .collect();
    let fresh = circles
        .iter()
        .filter(|circle| !known.iter().any(|files| circle.files.is_subset(files)));
    let mut complaints: Vec<String> = fresh.map(|circle| format!("a circle of {}", circle.line())).collect();
    let in_circles: BTreeSet<&String> = circles.iter().flat_map(|circle| &circle.files).collect();
    for file in known.iter().flatten().filter(|file| !in_circles.contains(file)) {
        complaints.push(format!("{file} is in no circle any more: take it off the list"));
    }
    complaints
}

#[test]
fn no_files_refer_to_each_other() {
    let read = |path: &Path| (path.to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap());
    let files: Files = rust_files(Path::new("src")).iter().map(|path| read(path)).collect();
    let modules = Modules::of_crate(&files, "src/lib.rs");

    // What is not read is not judged: only files for tests may be left out.
    let read = modules.files();
    let is_for_tests = |file: &str| {
        let module = Path::new(file).file_stem().unwrap().to_str().unwrap();
        let declared = format!("mod {module};");
        let after_attribute = |text: &String| {
            let mut after = text
                .split("#[cfg(test)]\n")
                .skip(1)
                .filter_map(|rest| rest.lines().next());
            after.any(|line| line.ends_with(&declared))
        };
        file.contains("/tests/") || files.values().any(after_attribute)
    };
    let unread: Vec<&String> = files
        .keys()
        .filter(|file| !read.contains(file.as_str()) && !file.starts_with("src/bin/") && !is_for_tests(file))
        .collect();
    assert!(unread.is_empty(), "{unread:?}");

    let complaints = complaints(&circles(&modules.references()), KNOWN);
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
