//! The glossary of a report: of the concepts that `sniffer --explain` knows, those that this page names.

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;

use crate::explain::concepts::{self, Concept};

/// Words as the page writes them, each with the concept that explains it.
const TERMS: [(&str, &str); 34] = [
    ("ISN", "choice of the ISN"),
    ("SYN-SENT", "SYN-SENT"),
    ("SYN-RECEIVED", "half-open connection"),
    ("ESTABLISHED", "ESTABLISHED"),
    ("LISTEN", "listening socket"),
    ("CLOSED", "TCP state"),
    ("FIN-WAIT-1", "FIN-WAIT"),
    ("FIN-WAIT-2", "FIN-WAIT"),
    ("CLOSE-WAIT", "CLOSE-WAIT"),
    ("LAST-ACK", "LAST-ACK"),
    ("TIME-WAIT", "TIME-WAIT"),
    ("MSS", "largest segment"),
    ("segment", "segment"),
    ("fd", "file descriptor"),
    ("window", "flow control"),
    ("scale", "scaled window"),
    ("handshake", "handshake"),
    ("backlog", "backlog"),
    ("checksum", "Internet checksum"),
    ("offload", "checksum offload"),
    ("datagram", "datagram"),
    ("loopback", "loopback"),
    ("retransmission", "retransmission"),
    ("keep-alive", "keep-alive"),
    ("fragment", "fragmentation"),
    ("fragments", "fragmentation"),
    ("payload", "payload"),
    ("MAC", "MAC address"),
    ("SACK", "selective acknowledgment"),
    ("RTT", "round-trip time"),
    ("hops", "hop"),
    ("MTU", "maximum transmission unit"),
    ("ICMP", "ICMP"),
    ("unreachable", "port unreachable"),
];

/// Bytes that a word of [`TERMS`] has.
const LENGTHS: RangeInclusive<usize> = 2..=14;

/// The terms of a page, gathered while it is written.
pub(super) struct Glossary {
    /// The words that are not found yet, each with its place among the terms.
    wanted: HashMap<&'static str, usize>,
    found: BTreeSet<usize>,
}

/// A term as the page shows it.
pub(super) struct Term {
    /// The number of its explanation in the page.
    pub(super) id: usize,
    /// The words for which it is shown.
    pub(super) words: String,
    pub(super) concept: &'static Concept,
}

impl Glossary {
    pub(super) fn new() -> Self {
        Self {
            wanted: TERMS.iter().map(|(word, _)| *word).zip(0..).collect(),
            found: BTreeSet::new(),
        }
    }

    /// Looks for terms in a text, or in the texts of HTML.
    pub(super) fn look(&mut self, html: &str) {
        let (mut start, mut in_tag) = (0, false);
        // A report looks through megabytes: once, byte by byte.
        for (at, byte) in html.bytes().chain([b' ']).enumerate() {
            if byte.is_ascii_alphanumeric() || byte == b'-' {
                continue;
            }
            if !in_tag && LENGTHS.contains(&(at - start)) {
                let place = html.get(start..at).and_then(|word| self.wanted.remove(word));
                self.found.extend(place);
            }
            match byte {
                b'<' => in_tag = true,
                b'>' => in_tag = false,
                _ => {}
            }
            start = at + 1;
        }
    }

    /// Those that were found: one for each concept, by its name.
    pub(super) fn terms(&self) -> Vec<Term> {
        let found = |concept: &Concept| {
            let words = self.found.iter().filter_map(|place| TERMS.get(*place));
            let words = words.filter(|(_, name)| *name == concept.name).map(|(word, _)| *word);
            words.collect::<Vec<_>>().join(" ")
        };
        let terms = concepts::all().enumerate().map(|(id, concept)| Term {
            id,
            words: found(concept),
            concept,
        });
        let mut terms: Vec<Term> = terms.filter(|term| !term.words.is_empty()).collect();
        terms.sort_unstable_by_key(|term| term.concept.name.to_ascii_lowercase());
        terms
    }
}

impl Term {
    /// What it is.
    pub(super) fn sentences(&self) -> String {
        self.concept.sentences.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::{Glossary, LENGTHS, TERMS};
    use crate::explain::concepts;

    #[test]
    fn every_term_has_a_concept_of_that_name() {
        for (word, name) in TERMS {
            assert_eq!(
                concepts::concept(name).map(|concept| concept.name),
                Some(name),
                "{word}"
            );
            assert!(LENGTHS.contains(&word.len()), "{word}");
        }
    }

    #[test]
    fn only_whole_words_of_texts_are_terms() {
        let mut glossary = Glossary::new();
        glossary.look("<p class=\"fd\">ISNs, windows, TIME-WAIT-2</p>");
        assert!(glossary.terms().is_empty());
        glossary.look("<p>its ISN (in <b>FIN-WAIT-1</b> FIN-WAIT-2)</p>");
        let words: Vec<String> = glossary.terms().into_iter().map(|term| term.words).collect();
        assert_eq!(words, ["ISN", "FIN-WAIT-1 FIN-WAIT-2"]);
    }
}
