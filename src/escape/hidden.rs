//! Which characters of a text would not show themselves.

use super::table::{HIDDEN, LETTERS, MARKS};

/// ZERO WIDTH NON-JOINER and ZERO WIDTH JOINER.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// The characters of the text that are to be escaped, each with its place in bytes.
///
/// These are all of Unicode's general categories Cc (C0, DEL, C1), Cf (bidirectional controls and others), Zl and Zp (line
/// and paragraph separators), and all with the property `Default_Ignorable_Code_Point` (nothing is drawn for them: variation
/// selectors, Hangul fillers, tags, some places that are still unassigned). The two joiners stay between letters, because
/// Persian and Hindi are written with them. Elsewhere they are escaped too, in sequences of emoji as well.
pub(super) fn hidden(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut after_letter = false;
    text.char_indices().filter(move |&(place, character)| {
        // Most text, and none of it is a letter that a joiner could follow: that is looked at below.
        if matches!(character, ' '..='~') {
            after_letter = character.is_ascii_alphabetic();
            return false;
        }
        let is_hidden = contains(&HIDDEN, character)
            && !(is_joiner(character) && after_letter && begins_with_letter(text, place + character.len_utf8()));
        // A mark is a part of the letter before it: the letter counts.
        if is_hidden || !contains(&MARKS, character) {
            after_letter = !is_hidden && contains(&LETTERS, character);
        }
        is_hidden
    })
}

/// Is it one of the two joiners?
pub(super) fn is_joiner(character: char) -> bool {
    JOINERS.contains(&character)
}

/// Does the text have a letter here? Marks that are still of the letter before, such as a virama after a joiner, are passed.
fn begins_with_letter(text: &str, place: usize) -> bool {
    let rest = text.get(place..).unwrap_or_default();
    let next = rest.chars().find(|&character| !contains(&MARKS, character));
    next.is_some_and(|character| contains(&LETTERS, character))
}

/// Is the character in the set? `bounds` has where the set begins and ends, in turn.
fn contains(bounds: &[u32], character: char) -> bool {
    bounds.partition_point(|&bound| bound <= u32::from(character)) % 2 == 1
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use regex_syntax::hir::{Class, HirKind};

    use super::{HIDDEN, LETTERS, MARKS, contains, hidden};

    /// What regex-syntax, which has Unicode's own tables, says of every character.
    fn of_unicode(class: &str) -> Vec<u32> {
        let hir = regex_syntax::parse(class).unwrap();
        let HirKind::Class(Class::Unicode(class)) = hir.kind() else {
            panic!("{class} is not a class")
        };
        let bounds = class
            .iter()
            .flat_map(|range| [u32::from(range.start()), u32::from(range.end()) + 1]);
        bounds.collect()
    }

    const ALL: [(&str, &str, &[u32]); 3] = [
        (
            "HIDDEN",
            r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]",
            &HIDDEN,
        ),
        (
            "LETTERS",
            r"[\p{L}--[\p{Cf}\p{Default_Ignorable_Code_Point}]]",
            &LETTERS,
        ),
        ("MARKS", r"[\p{M}--[\p{Cf}\p{Default_Ignorable_Code_Point}]]", &MARKS),
    ];

    /// The table is made by this test: `SOCKET_LAB_UPDATE=1 cargo test --lib escape::hidden && cargo fmt`.
    #[test]
    fn the_table_is_unicodes() {
        let mut file = String::from(
            "//! Generated from Unicode's data, by way of the crate regex-syntax. Do not edit; to make it again:\n\
             //! `SOCKET_LAB_UPDATE=1 cargo test --lib escape::hidden && cargo fmt`\n//!\n\
             //! Each set is where it begins and ends in turn: a character is in it when an odd number of bounds are at or before it.\n",
        );
        for (name, class, _) in ALL {
            let bounds = of_unicode(class);
            let numbers: Vec<String> = bounds.iter().map(|bound| format!("0x{bound:x}")).collect();
            let count = bounds.len();
            let class = class.replace("--", " without ");
            write!(
                file,
                "\n/// `{class}`\npub(super) const {name}: [u32; {count}] = [{}];\n",
                numbers.join(", ")
            )
            .unwrap();
        }
        if std::env::var_os("SOCKET_LAB_UPDATE").is_some() {
            std::fs::write("src/escape/table.rs", file).unwrap();
            return;
        }
        for (name, class, table) in ALL {
            assert_eq!(of_unicode(class), table, "{name} is not {class}");
        }
    }

    #[test]
    fn every_character_alone_is_hidden_or_shown_as_unicode_says() {
        let regex = of_unicode(ALL[0].1);
        let mut found = 0;
        for character in '\0'..=char::MAX {
            let is_in = regex
                .chunks(2)
                .any(|range| (range[0]..range[1]).contains(&u32::from(character)));
            assert_eq!(
                hidden(character.encode_utf8(&mut [0; 4])).next().is_some(),
                is_in,
                "{character:?}"
            );
            found += u32::from(is_in);
        }
        assert!(found > 4_000, "{found}");
        assert!(contains(&HIDDEN, '\u{e0fff}') && !contains(&HIDDEN, '\u{e1000}'));
    }

    fn places(text: &str) -> Vec<usize> {
        hidden(text).map(|(place, _)| place).collect()
    }

    #[test]
    fn joiners_stay_between_letters_and_nowhere_else() {
        // Persian; Hindi, where a virama comes before; Bengali, where it comes after; a letter with an accent of its own.
        for kept in [
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "র\u{200d}\u{9cd}য",
            "e\u{301}\u{200c}a",
        ] {
            assert!(places(kept).is_empty(), "{kept:?}");
        }
        for (escaped, at) in [
            ("\u{200d}a", 0),
            ("a\u{200d}", 1),
            ("a\u{200c} b", 1),
            ("1\u{200c}2", 1),
            ("1\u{301}\u{200c}a", 3),
            ("a\u{200d}1\u{301}", 1),
            ("👨\u{200d}👩", 4),
            ("a\u{200d}\u{301}", 1),
        ] {
            assert_eq!(places(escaped), [at], "{escaped:?}");
        }
        assert_eq!(places("a\u{200d}\u{200c}b"), [1, 4]);
        // A filler is a letter for Unicode and nothing for the eye; so is a selector among the marks.
        assert_eq!(places("\u{3164}\u{200d}a"), [0, 3]);
        assert_eq!(places("a\u{fe0f}\u{200d}b"), [1, 4]);
    }
}
