//! The words and signs of an expression.

use super::expression::Relation;

/// One word or sign, with its place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind<'a>,
    /// The byte at which it starts.
    pub(super) start: usize,
    /// It as it was written.
    pub(super) text: &'a str,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind<'a> {
    /// A keyword, number, address or name; the parser knows which, from its place.
    Word(&'a str),
    /// `\tcp`: a word that is not a keyword here.
    Escaped(&'a str),
    And,
    Or,
    Not,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Colon,
    Slash,
    Ampersand,
    Pipe,
    Relation(Relation),
    /// Nothing that the language knows.
    Unknown,
    End,
}

/// Cuts the text into tokens; the last one is [`TokenKind::End`].
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    // Inside brackets a colon separates, outside it belongs to addresses; the same goes for a minus.
    let mut in_brackets = false;
    loop {
        rest = rest.trim_ascii_start();
        let start = text.len() - rest.len();
        let (kind, length) = first(rest, in_brackets);
        match kind {
            TokenKind::OpenBracket => in_brackets = true,
            TokenKind::CloseBracket => in_brackets = false,
            _ => {}
        }
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        tokens.push(Token {
            kind,
            start,
            text: token,
        });
        if kind == TokenKind::End {
            return tokens;
        }
        rest = after;
    }
}

/// The signs, longer ones before those that they start with.
const SIGNS: [(&str, TokenKind<'static>); 18] = [
    ("&&", TokenKind::And),
    ("||", TokenKind::Or),
    ("!=", TokenKind::Relation(Relation::NotEqual)),
    ("==", TokenKind::Relation(Relation::Equal)),
    ("<=", TokenKind::Relation(Relation::LessOrEqual)),
    (">=", TokenKind::Relation(Relation::GreaterOrEqual)),
    ("!", TokenKind::Not),
    ("=", TokenKind::Relation(Relation::Equal)),
    ("<", TokenKind::Relation(Relation::Less)),
    (">", TokenKind::Relation(Relation::Greater)),
    ("(", TokenKind::Open),
    (")", TokenKind::Close),
    ("[", TokenKind::OpenBracket),
    ("]", TokenKind::CloseBracket),
    (":", TokenKind::Colon),
    ("/", TokenKind::Slash),
    ("&", TokenKind::Ampersand),
    ("|", TokenKind::Pipe),
];

/// The token at the start of `rest`, and its length in bytes.
fn first(rest: &str, in_brackets: bool) -> (TokenKind<'_>, usize) {
    let word = leading_word(rest, in_brackets);
    if !word.is_empty() {
        let kind = match word {
            "and" => TokenKind::And,
            "or" => TokenKind::Or,
            "not" => TokenKind::Not,
            _ => TokenKind::Word(word),
        };
        return (kind, word.len());
    }
    if let Some(after) = rest.strip_prefix('\\') {
        let word = leading_word(after, false);
        if !word.is_empty() {
            return (TokenKind::Escaped(word), word.len() + 1);
        }
    }
    let sign = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign));
    match (sign, rest.chars().next()) {
        (Some(&(sign, kind)), _) => (kind, sign.len()),
        (None, Some(character)) => (TokenKind::Unknown, character.len_utf8()),
        (None, None) => (TokenKind::End, 0),
    }
}

fn leading_word(rest: &str, in_brackets: bool) -> &str {
    let belongs = |character: char| match character {
        ':' | '-' => !in_brackets,
        '.' | '_' => true,
        other => other.is_ascii_alphanumeric(),
    };
    let length = rest.find(|character| !belongs(character)).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{TokenKind, tokens};
    use crate::filter::expression::Relation;

    fn kinds(text: &str) -> Vec<TokenKind<'_>> {
        tokens(text).iter().map(|token| token.kind).collect()
    }

    #[test]
    fn signs_need_no_spaces() {
        assert_eq!(
            kinds("!(tcp&&host ::1/64)||a"),
            [
                TokenKind::Not,
                TokenKind::Open,
                TokenKind::Word("tcp"),
                TokenKind::And,
                TokenKind::Word("host"),
                TokenKind::Word("::1"),
                TokenKind::Slash,
                TokenKind::Word("64"),
                TokenKind::Close,
                TokenKind::Or,
                TokenKind::Word("a"),
                TokenKind::End
            ]
        );
    }

    #[test]
    fn a_colon_separates_inside_of_brackets_only() {
        assert_eq!(
            kinds("tcp[2:2]!=0x50"),
            [
                TokenKind::Word("tcp"),
                TokenKind::OpenBracket,
                TokenKind::Word("2"),
                TokenKind::Colon,
                TokenKind::Word("2"),
                TokenKind::CloseBracket,
                TokenKind::Relation(Relation::NotEqual),
                TokenKind::Word("0x50"),
                TokenKind::End
            ]
        );
    }

    #[test]
    fn unknown_characters_are_whole_characters() {
        let found = tokens("tcp § \\");
        assert_eq!(found[1].kind, TokenKind::Unknown);
        assert_eq!(found[1].text, "§");
        assert_eq!(found[2].text, "\\");
    }
}
