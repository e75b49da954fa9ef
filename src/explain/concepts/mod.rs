//! Concepts: what is not a field of a header, such as the handshake or flow control.
//!
//! One table, in files by subject. A concept needs no packet: it is a page of its own. [`concept()`] finds it by any of its names.

mod addresses;
mod capturing;
mod closing;
mod concept;
mod errors;
mod layers;
mod loss;
mod opening;
mod protocols;
mod sockets;
mod stream;
mod windows;

pub use concept::{Attempt, Concept, Example};

use super::names::normal;

/// The subjects, each with its concepts, in an order in which they can be read.
pub static SUBJECTS: [(&str, &[Concept]); 11] = [
    ("Sockets and their calls", sockets::CONCEPTS),
    ("Addresses and ports", addresses::CONCEPTS),
    ("Layers and headers", layers::CONCEPTS),
    ("Protocols", protocols::CONCEPTS),
    ("Opening a TCP connection", opening::CONCEPTS),
    ("A TCP connection's bytes", stream::CONCEPTS),
    ("Acknowledgment and loss", loss::CONCEPTS),
    ("Windows", windows::CONCEPTS),
    ("Closing a TCP connection", closing::CONCEPTS),
    ("Errors", errors::CONCEPTS),
    ("Capturing", capturing::CONCEPTS),
];

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Concept> {
    SUBJECTS.into_iter().flat_map(|(_, concepts)| concepts)
}

/// The concept of this name. Case, `-` and `_` do not matter.
#[must_use]
pub fn concept(name: &str) -> Option<&'static Concept> {
    let wanted = normal(name);
    all().find(|concept| names(concept).any(|known| normal(known) == wanted))
}

/// Its name and its other names.
pub fn names(concept: &'static Concept) -> impl Iterator<Item = &'static str> {
    std::iter::once(concept.name).chain(concept.other_names.iter().copied())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Concept, all, concept, names};
    use crate::explain::names::normal;

    /// Words that the project's texts do without.
    const AVOIDED: [&str; 18] = [
        "anew",
        "for ever",
        "inside of",
        "nobody",
        "somebody",
        "whoever",
        "stands",
        "tells",
        "wants",
        "hears",
        "the person",
        "belongs into",
        "is no ",
        "are no ",
        "once for all",
        "so many",
        "to be had",
        "syn,ack",
    ];

    fn texts(concept: &'static Concept) -> impl Iterator<Item = &'static str> {
        let others = [concept.example.notice, concept.attempt.notice];
        concept.sentences.iter().copied().chain(others)
    }

    #[test]
    fn every_concept_has_all_its_parts() {
        assert!(all().count() >= 60, "{}", all().count());
        for concept in all() {
            let name = concept.name;
            assert!((3..=6).contains(&concept.sentences.len()), "{name}");
            assert!(
                !concept.other_names.is_empty() && !concept.example.shows.is_empty(),
                "{name}"
            );
            assert!(concept.example.command.starts_with("sniffer "), "{name}");
            let sources = ["RFC ", "man ", "Linux kernel, "];
            assert!(sources.iter().any(|start| concept.source.starts_with(start)), "{name}");
            let manuals = concept
                .source
                .split(", ")
                .filter_map(|source| source.strip_prefix("man "));
            for manual in manuals {
                assert!(
                    manual.starts_with(|section: char| section.is_ascii_digit()),
                    "{name}: {manual}"
                );
            }
        }
    }

    #[test]
    fn its_sentences_are_short_and_plain() {
        for concept in all() {
            for text in texts(concept) {
                let name = concept.name;
                assert!(
                    text.is_ascii() && text.ends_with('.') && !text.contains("  "),
                    "{name}: {text}"
                );
                for sentence in text.split_inclusive(". ") {
                    let words = sentence.split_whitespace().count();
                    assert!((3..=25).contains(&words), "{name}: {words} words: {sentence}");
                }
                let lower = text.to_lowercase();
                for word in AVOIDED {
                    assert!(!lower.contains(word), "{name}: {word:?} in: {text}");
                }
            }
        }
    }

    #[test]
    fn each_name_leads_to_one_concept() {
        let mut seen = BTreeSet::new();
        for concept_of_table in all() {
            for name in names(concept_of_table) {
                assert!(seen.insert(normal(name)), "{name} is there twice");
                let asked = name.to_uppercase().replace(' ', "_");
                assert_eq!(concept(&asked).unwrap().name, concept_of_table.name);
            }
        }
        for none in ["", "list", "handshak"] {
            assert!(concept(none).is_none(), "{none}");
        }
    }
}
