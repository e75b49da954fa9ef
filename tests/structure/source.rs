//! Rust files as the tests of this folder read them: which there are, their lines of code, their words and signs.

use std::fs;
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::str::Chars;

/// Every Rust file below the folder.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // What others put there: the packages that drive a browser, and what cargo-fuzz builds.
        let is_theirs = path.ends_with("node_modules") || path.ends_with("target");
        if path.is_dir() && !is_theirs {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

/// The lines that are code, numbered from 1.
pub(crate) fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// What a Rust file consists of, as far as paths and modules need it. Comments and lifetimes are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A name, a keyword or a number.
    Word(String),
    /// `::`
    Colons,
    /// Any other sign.
    Sign(char),
    /// What stands between quotation marks.
    Text(String),
}

impl Token {
    pub(crate) fn is(&self, sign: char) -> bool {
        *self == Self::Sign(sign)
    }

    pub(crate) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// The tokens of a file, without what only tests or documentation have.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    program_alone(&all_tokens(text))
}

fn all_tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        match first {
            _ if first.is_whitespace() => {}
            '/' if rest.peek() == Some(&'/') => drop(rest.by_ref().find(|&c| c == '\n')),
            '/' if rest.peek() == Some(&'*') => skip_comment(&mut rest),
            ':' if rest.next_if_eq(&':').is_some() => tokens.push(Token::Colons),
            '"' => tokens.push(Token::Text(quoted(&mut rest, '"'))),
            '\'' => tokens.extend(character(&mut rest)),
            _ if is_in_word(first) => {
                let mut word = String::from(first);
                while let Some(more) = rest.next_if(|&c| is_in_word(c)) {
                    word.push(more);
                }
                match rest.peek() {
                    // r"", br"", cr"", and the same with signs between.
                    Some('"' | '#') if ["r", "br", "cr"].contains(&word.as_str()) => {
                        tokens.push(raw(&mut rest));
                    }
                    // b"", b'', c"": the prefix says nothing here.
                    Some('"' | '\'') if ["b", "c"].contains(&word.as_str()) => {}
                    _ => tokens.push(Token::Word(word)),
                }
            }
            _ => tokens.push(Token::Sign(first)),
        }
    }
    tokens
}

/// What a Rust file says in words: its comments and what it has between quotation marks. Lines of comment that follow each other
/// are one piece.
pub(crate) fn prose(text: &str) -> Vec<String> {
    let (mut pieces, mut in_comment) = (Vec::<String>::new(), false);
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        if first.is_whitespace() {
            continue;
        }
        let follows = std::mem::take(&mut in_comment);
        match first {
            '/' if rest.peek() == Some(&'/') => {
                let line: String = rest.by_ref().take_while(|&c| c != '\n').collect();
                let line = line.trim_start_matches(['/', '!']);
                in_comment = true;
                match pieces.last_mut() {
                    Some(piece) if follows => piece.extend(["\n", line]),
                    _ => pieces.push(line.to_owned()),
                }
            }
            '"' => pieces.push(without_escapes(&quoted(&mut rest, '"'))),
            '\'' => drop(character(&mut rest)),
            _ if is_in_word(first) => {
                let mut word = String::from(first);
                while let Some(more) = rest.next_if(|&c| is_in_word(c)) {
                    word.push(more);
                }
                if matches!(rest.peek(), Some('"' | '#')) && ["r", "br", "cr"].contains(&word.as_str()) {
                    if let Token::Text(text) = raw(&mut rest) {
                        pieces.push(text);
                    }
                }
            }
            _ => {}
        }
    }
    pieces
}

/// A space for each escape, line ends among them.
fn without_escapes(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text.chars());
    while let Some(next) = rest.next() {
        let is_escape = next == '\\' && rest.next().is_some();
        plain.push(if is_escape { ' ' } else { next });
    }
    plain
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Comments may hold others.
fn skip_comment(rest: &mut Peekable<Chars<'_>>) {
    let (mut depth, mut before) = (0_u32, '/');
    for next in rest.by_ref() {
        match (before, next) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                before = next;
                continue;
            }
        }
        if depth == 0 {
            return;
        }
        before = ' ';
    }
}

/// What stands up to the sign that ends it; escapes stay as they are.
fn quoted(rest: &mut Peekable<Chars<'_>>, end: char) -> String {
    let mut text = String::new();
    while let Some(next) = rest.next().filter(|&c| c != end) {
        text.push(next);
        if next == '\\' {
            text.extend(rest.next());
        }
    }
    text
}

/// What follows a `'`: a character, or a lifetime, which is nothing here.
fn character(rest: &mut Peekable<Chars<'_>>) -> Option<Token> {
    let mut ahead = rest.clone();
    let first = ahead.next()?;
    if first != '\\' && ahead.next() != Some('\'') {
        while rest.next_if(|&c| is_in_word(c)).is_some() {}
        return None;
    }
    Some(Token::Text(quoted(rest, '\'')))
}

/// After `r`: a text between as many `#` on either side, or a name that would be a keyword.
fn raw(rest: &mut Peekable<Chars<'_>>) -> Token {
    let mut hashes = 0;
    while rest.next_if_eq(&'#').is_some() {
        hashes += 1;
    }
    if rest.next_if_eq(&'"').is_none() {
        let mut word = String::new();
        while let Some(more) = rest.next_if(|&c| is_in_word(c)) {
            word.push(more);
        }
        return Token::Word(word);
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let mut text = String::new();
    while !text.ends_with(&end) {
        let Some(next) = rest.next() else { break };
        text.push(next);
    }
    Token::Text(text.strip_suffix(&end).unwrap_or(&text).to_owned())
}

/// Leaves out what stands under `#[cfg(test)]`, `#[cfg(all(test, ..))]` or `#[cfg(doc)]`; nothing is left of a file under
/// `#![cfg(test)]`.
fn program_alone(tokens: &[Token]) -> Vec<Token> {
    let mut left = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_inner = tokens.get(at + 1).is_some_and(|next| next.is('!'));
        let open = at + 1 + usize::from(is_inner);
        let is_attribute = token.is('#') && tokens.get(open).is_some_and(|next| next.is('['));
        let end = if is_attribute { group_end(tokens, open) } else { at + 1 };
        if !is_attribute || !is_left_out(&tokens[open..end]) {
            left.extend_from_slice(&tokens[at..end]);
            at = end;
        } else if is_inner {
            return Vec::new();
        } else {
            at = item_end(tokens, end);
        }
    }
    left
}

fn is_left_out(attribute: &[Token]) -> bool {
    let words: Vec<&str> = attribute.iter().filter_map(Token::word).collect();
    matches!(words.as_slice(), ["cfg", "test" | "doc"] | ["cfg", "all", "test", ..])
}

/// Where the item ends that begins there, attributes before it included.
fn item_end(tokens: &[Token], from: usize) -> usize {
    let mut at = from;
    while tokens.get(at).is_some_and(|token| token.is('#')) {
        at = group_end(tokens, at + 1);
    }
    // These end with a semicolon, whatever brackets they have; others with their first braces, or before.
    let words = tokens[at..].iter().filter_map(Token::word);
    let words: Vec<&str> = words
        .filter(|word| !["pub", "crate", "super"].contains(word))
        .take(2)
        .collect();
    let has_semicolon = ["use", "static", "type", "let"].contains(&words[0]) || words[0] == "const" && words[1] != "fn";
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Sign(';') => return at + 1,
            Token::Sign(',') if !has_semicolon => return at + 1,
            Token::Sign('{') if !has_semicolon => return group_end(tokens, at),
            Token::Sign('(' | '[' | '{') => at = group_end(tokens, at),
            Token::Sign(')' | ']' | '}') => return at,
            _ => at += 1,
        }
    }
    at
}

/// One past the bracket that closes the one there.
pub(crate) fn group_end(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_u32;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}
