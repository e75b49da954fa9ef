//! Where the parser is in the text, and what it says of a mistake there.

use super::super::error::SyntaxError;
use super::super::names::NameResolver;
use super::super::number::number;
use super::super::token::{Token, TokenKind};

/// The tokens of a text, and how far they have been read.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) at: usize,
    pub(super) depth: usize,
    pub(super) turns: usize,
    pub(super) names: &'a dyn NameResolver,
}

impl<'a> Parser<'a> {
    /// A number; `wanted` says which, with an example.
    pub(super) fn number(&mut self, wanted: &str) -> Result<u32, SyntaxError> {
        let value = match self.peek().kind {
            TokenKind::Word(word) => number(word),
            _ => None,
        };
        let value = value.ok_or_else(|| self.expected(wanted))?;
        self.advance();
        Ok(value)
    }

    /// The next token.
    pub(super) fn peek(&self) -> Token<'a> {
        self.tokens.get(self.at).copied().unwrap_or(Token {
            kind: TokenKind::End,
            start: self.text.len(),
            text: "",
        })
    }

    /// Has the next token read.
    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// The next token is not what it should be.
    pub(super) fn expected(&self, wanted: &str) -> SyntaxError {
        let found = match self.peek().kind {
            TokenKind::End => "the end".to_owned(),
            _ => format!("{:?}", self.peek().text),
        };
        self.trouble(&format!("found {found}, expected {wanted}"))
    }

    /// Something is wrong at the next token.
    pub(super) fn trouble(&self, why: &str) -> SyntaxError {
        let before = self.text.get(..self.peek().start).unwrap_or_default();
        SyntaxError {
            expression: self.text.to_owned(),
            position: before.chars().count() + 1,
            why: why.to_owned(),
        }
    }
}
