//! Plain words: those that make a reader stop are not in README and docs, and in src they only become fewer.
//!
//! The readers are students, many of whom speak English as a second language. Each word of [`WORDS`] has a plain one beside it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::source::{prose, rust_files};

/// A word or phrase, what to write in its place, and how often src has it. The last number may only fall.
const WORDS: [(&str, &str, usize); 17] = [
    ("anew", "again", 1),
    ("for ever", "forever", 1),
    ("inside of", "inside", 1),
    ("nobody", "no program, no host, nothing: name it", 1),
    ("somebody", "another program, another user: name it", 1),
    ("whoever", "the host that, the program that", 1),
    ("the person", "you, or the user", 1),
    ("a person", "a user", 0),
    ("belongs into", "belongs in", 1),
    ("is no", "is not a", 1),
    ("are no", "are not", 1),
    ("once for all", "once", 1),
    ("so many", "that many, or the number", 1),
    ("to be had", "available", 1),
    ("tells", "of a thing: shows, prints, lists, reports", 14),
    ("wants", "of a thing: needs, asks for", 1),
    ("stands", "of a place: is, comes, appears", 1),
];

/// Phrases in which such a word is the plain one, each with the reason.
const RIGHT: [(&str, &str); 8] = [
    ("there is no", "says that a thing does not exist"),
    ("there are no", "the same of several"),
    ("is there no", "the same as a question"),
    ("is no longer", "a time that is over"),
    ("are no longer", "the same, or a length that is not exceeded"),
    (
        "user is nobody",
        "the user of this name, who owns what has no other owner",
    ),
    ("is no more than", "a bound"),
    ("stands for", "a sign or a short form and what it means"),
];

/// A place where a word was found.
#[derive(Debug)]
struct Hit {
    word: usize,
    /// From 1, in the text that was searched.
    line: usize,
    /// The word and its neighbours.
    context: String,
}

/// The words of a text with their lines, in lower case. A sign other than a hyphen is an empty word, so no phrase goes past it.
fn split(text: &str) -> Vec<(usize, String)> {
    let mut words = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let mut word = String::new();
        for character in line.chars().chain([' ']) {
            if character.is_alphanumeric() || "_-'".contains(character) {
                word.extend(character.to_lowercase());
                continue;
            }
            if !word.is_empty() {
                words.push((number + 1, std::mem::take(&mut word)));
            }
            if !character.is_whitespace() {
                words.push((number + 1, String::new()));
            }
        }
    }
    words
}

/// Is the phrase at this place?
fn is_at(words: &[(usize, String)], at: usize, phrase: &str) -> bool {
    let mut wanted = phrase.split(' ').enumerate();
    wanted.all(|(index, word)| words.get(at + index).is_some_and(|(_, found)| found == word))
}

/// Does one of the phrases that are right cover the word at this place?
fn is_right(words: &[(usize, String)], at: usize, word: &str) -> bool {
    RIGHT.iter().any(|(phrase, _)| {
        let before = phrase
            .find(word)
            .map(|offset| phrase[..offset].split_whitespace().count());
        before.is_some_and(|before| before <= at && is_at(words, at - before, phrase))
    })
}

fn hits(text: &str) -> Vec<Hit> {
    let words = split(text);
    let mut hits = Vec::new();
    for at in 0..words.len() {
        for (index, (phrase, ..)) in WORDS.iter().enumerate() {
            if is_at(&words, at, phrase) && !is_right(&words, at, phrase) {
                let around = &words[at.saturating_sub(4)..(at + 6).min(words.len())];
                let context: Vec<&str> = around.iter().map(|(_, word)| word.as_str()).collect();
                hits.push(Hit {
                    word: index,
                    line: words[at].0,
                    context: context.join(" "),
                });
            }
        }
    }
    hits
}

/// The text of a page without its code: that is what programs print, and their own words are in src. The lines stay.
fn without_code(page: &str) -> String {
    let (mut in_fence, mut before_is_empty) = (false, true);
    let lines = page.lines().map(|line| {
        let is_mark = line.trim_start().starts_with("```");
        in_fence ^= is_mark;
        let is_indented = line.starts_with("    ") && before_is_empty;
        before_is_empty = line.is_empty() || is_indented;
        if is_mark || in_fence || is_indented { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every page that is written by hand.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The glossary is made of texts in src, and counted there.
        if path.is_dir() {
            pages.extend(self::pages(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("glossary.md") {
            pages.push(path);
        }
    }
    pages
}

#[test]
fn a_phrase_is_found_across_lines_and_not_across_signs() {
    let found = |text: &str| {
        hits(text)
            .iter()
            .map(|hit| (WORDS[hit.word].0, hit.line))
            .collect::<Vec<_>>()
    };
    assert_eq!(found("a\n*Nobody* waits for\never"), [("nobody", 2), ("for ever", 2)]);
    assert_eq!(
        found("where it is. No `nobody-listens`, nobody_listens, standstill"),
        []
    );
    assert_eq!(
        found("There is\nno page. It is no page. A word stands for a thing"),
        [("is no", 2)]
    );
    assert_eq!(
        prose("/// is\n/// no\nlet a = r#\"so \"many\"\"#; 'x' // is no\n\"to \\\n  be\\nhad\""),
        [" is\n no", "so \"many\"", " is no", "to    be had"]
    );
    assert_eq!(
        without_code("a\n```\nb\n```\n\n    c\n\nd\n    e"),
        "a\n\n\n\n\n\n\nd\n    e"
    );
}

#[test]
fn the_pages_say_it_in_plain_words() {
    let mut found = String::new();
    let folders = ["docs", "captures"].map(|folder| pages(Path::new(folder)));
    for page in folders.concat().into_iter().chain([PathBuf::from("README.md")]) {
        for hit in hits(&without_code(&fs::read_to_string(&page).unwrap())) {
            let (word, plain, _) = WORDS[hit.word];
            let place = format!("{}:{}", page.display(), hit.line);
            writeln!(found, "{place}: {word}: … {} … (better: {plain})", hit.context).unwrap();
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

/// A number that is too high would let a word come back, so it has to fall with the hits.
#[test]
fn in_src_they_become_fewer() {
    let mut found = WORDS.map(|_| (0, String::new()));
    for file in rust_files(Path::new("src")) {
        for piece in prose(&fs::read_to_string(&file).unwrap()) {
            for hit in hits(&piece) {
                let (count, places) = &mut found[hit.word];
                *count += 1;
                writeln!(places, "{}: … {} …", file.display(), hit.context).unwrap();
            }
        }
    }
    let mut wrong = String::new();
    for ((word, plain, allowed), (count, places)) in WORDS.iter().zip(&found) {
        if count > allowed {
            writeln!(
                wrong,
                "{places}{word}: {count} times, at most {allowed} (better: {plain})"
            )
            .unwrap();
        } else if count < allowed {
            writeln!(
                wrong,
                "{word}: {count} times; lower the number from {allowed} to {count}"
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
