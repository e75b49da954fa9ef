//! Which characters show themselves, by Unicode's tables as regex-syntax has them: the program's own table is not asked.

use std::sync::OnceLock;

use regex_syntax::hir::{Class, HirKind};

/// The first character of the text that does something else than show itself, line feeds apart. The joiners may stand between
/// letters, which may have marks.
pub fn first_hidden(text: &str) -> Option<char> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) {
        return None;
    }
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        let is_joined = matches!(character, '\u{200c}' | '\u{200d}')
            && [before, next].into_iter().all(|one| one.is_some_and(is_letter));
        if character != '\n' && is_hidden(character) && !is_joined {
            return Some(character);
        }
        before = Some(character);
    }
    None
}

/// Does nothing show where the character stands, or does it do something to its neighbours?
pub fn is_hidden(character: char) -> bool {
    static HIDDEN: OnceLock<Vec<(char, char)>> = OnceLock::new();
    let hidden = HIDDEN.get_or_init(|| class(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{DI}]"));
    has(hidden, character)
}

/// A letter, or a mark on one.
fn is_letter(character: char) -> bool {
    static LETTERS: OnceLock<Vec<(char, char)>> = OnceLock::new();
    has(LETTERS.get_or_init(|| class(r"[\p{L}\p{M}--\p{DI}]")), character)
}

fn class(pattern: &str) -> Vec<(char, char)> {
    let hir = regex_syntax::parse(pattern).unwrap();
    let HirKind::Class(Class::Unicode(class)) = hir.kind() else {
        panic!("{pattern} is not a class")
    };
    class.iter().map(|range| (range.start(), range.end())).collect()
}

fn has(ranges: &[(char, char)], character: char) -> bool {
    let next = ranges.partition_point(|&(start, _)| start <= character);
    next > 0 && character <= ranges[next - 1].1
}
