//! Text to expression, by the grammar of pcap-filter(7).
//!
//! `not` binds tightest. `and` and `or` bind equally and from the left: `a or b and c` is `(a or b) and c`. A value without
//! qualifiers takes those of the value to its left: `tcp port 80 or 443`. A group in parentheses takes those to the left of
//! the group, and what follows it takes the same.

mod bytes;
mod cursor;
mod value;
mod words;

use super::error::SyntaxError;
use super::expression::{DirQualifier, Expression, GroupDestination, Primitive, Proto, Relation};
use super::names::NameResolver;
use super::number::{is_numeric, number};
use super::token::{TokenKind, tokens};
use cursor::Parser;
use words::{Qualifiers, is_keyword, kind, protocol};

/// The longest text that is read, in bytes.
pub(super) const LONGEST_TEXT: usize = 65_536;
/// The most parentheses and `not`s within each other, and the most turns from `and` to `or` and back.
pub(super) const DEEPEST: usize = 100;

/// What an error suggests when it has nothing better.
const EXAMPLE: &str = "for example \"tcp port 80 and host 192.0.2.1\"";

/// Reads a text; one without words asks nothing, so it is `None`.
pub(super) fn parse(text: &str, names: &dyn NameResolver) -> Result<Option<Expression>, SyntaxError> {
    if text.len() > LONGEST_TEXT {
        return Err(SyntaxError {
            expression: text.chars().take(40).chain(['…']).collect(),
            position: text.chars().count(),
            why: format!(
                "the filter has {} bytes, and at most {LONGEST_TEXT} are read: ask for less, for example with portrange or net",
                text.len()
            ),
        });
    }
    let mut parser = Parser {
        text,
        tokens: tokens(text),
        at: 0,
        depth: 0,
        turns: 0,
        names,
    };
    if parser.peek().kind == TokenKind::End {
        return Ok(None);
    }
    let (expression, _) = parser.expression(None)?;
    match parser.peek().kind {
        TokenKind::End => Ok(Some(expression)),
        _ => Err(parser.expected(&format!("\"and\", \"or\" or the end, {EXAMPLE}"))),
    }
}

type Parsed = Result<(Expression, Option<Qualifiers>), SyntaxError>;

impl Parser<'_> {
    /// Operands with `and` and `or` between them. `left` is what a value without qualifiers takes over.
    fn expression(&mut self, left: Option<Qualifiers>) -> Parsed {
        let (mut expression, mut qualifiers) = self.operand(left)?;
        loop {
            let is_and = match self.peek().kind {
                TokenKind::And => true,
                TokenKind::Or => false,
                _ => return Ok((expression, qualifiers)),
            };
            self.advance();
            let (right, its) = self.operand(qualifiers)?;
            qualifiers = its;
            expression = self.combined(is_and, expression, right)?;
        }
    }

    fn combined(&mut self, is_and: bool, left: Expression, right: Expression) -> Result<Expression, SyntaxError> {
        // Each turn makes the tree one deeper, though the text has no parentheses.
        if matches!((is_and, &left), (true, Expression::Or(_)) | (false, Expression::And(_))) {
            self.turns += 1;
            if self.turns > DEEPEST {
                return Err(self.trouble(&format!("more than {DEEPEST} turns between \"and\" and \"or\"")));
            }
        }
        Ok(if is_and { left.and(right) } else { left.or(right) })
    }

    fn operand(&mut self, left: Option<Qualifiers>) -> Parsed {
        let token = self.peek();
        match (token.kind, left) {
            (TokenKind::Not, _) => {
                self.advance();
                let (inner, qualifiers) = self.deeper(|parser| parser.operand(left))?;
                Ok((inner.negated(), qualifiers))
            }
            (TokenKind::Open, _) => {
                self.advance();
                let (inner, _) = self.deeper(|parser| parser.expression(left))?;
                self.close()?;
                Ok((inner, left))
            }
            (TokenKind::Word(word), _) if is_keyword(word) => self.primitive(word),
            (TokenKind::Word(_) | TokenKind::Escaped(_), Some(qualifiers)) => Ok((self.value(qualifiers)?, left)),
            (TokenKind::Word(word), None) => Err(self.trouble(&unknown_word(word))),
            _ => Err(self.expected(&format!("a question, {EXAMPLE}"))),
        }
    }

    /// Runs `parse` one level deeper, unless that is too deep.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, SyntaxError>) -> Result<T, SyntaxError> {
        if self.depth == DEEPEST {
            return Err(self.trouble(&format!(
                "more than {DEEPEST} parentheses and \"not\"s within each other"
            )));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// A primitive that starts with this keyword.
    fn primitive(&mut self, word: &str) -> Parsed {
        match word {
            "less" | "greater" | "len" | "vlan" | "broadcast" | "multicast" => {
                self.advance();
                Ok((self.lone(word)?.into(), None))
            }
            _ => {
                let protocol = protocol(word);
                if protocol.is_some() {
                    self.advance();
                }
                self.qualified(protocol)
            }
        }
    }

    /// The primitives that take no qualifiers. Their first word has been read.
    fn lone(&mut self, word: &str) -> Result<Primitive, SyntaxError> {
        Ok(match word {
            "less" => Primitive::Length(
                Relation::LessOrEqual,
                self.number("a length in bytes, as in \"less 100\"")?,
            ),
            "greater" => Primitive::Length(
                Relation::GreaterOrEqual,
                self.number("a length in bytes, as in \"greater 100\"")?,
            ),
            "len" => {
                let relation = self.relation("len >= 100")?;
                Primitive::Length(relation, self.number("a length in bytes, as in \"len >= 100\"")?)
            }
            "broadcast" => Primitive::Destination(GroupDestination::EtherBroadcast),
            "multicast" => Primitive::Destination(GroupDestination::EtherMulticast),
            _ => Primitive::Vlan(self.vlan_id()?),
        })
    }

    fn vlan_id(&mut self) -> Result<Option<u16>, SyntaxError> {
        let TokenKind::Word(word) = self.peek().kind else {
            return Ok(None);
        };
        match number(word).and_then(|id| u16::try_from(id).ok()) {
            Some(id) if id <= 4095 => {
                self.advance();
                Ok(Some(id))
            }
            _ => Err(self.expected("a VLAN identifier from 0 to 4095, as in \"vlan 5\"")),
        }
    }

    /// What follows a protocol, or starts without one: a direction, the kind of value, the value; or nothing.
    fn qualified(&mut self, protocol: Option<Proto>) -> Parsed {
        let side = self.side()?;
        let kind = match self.peek().kind {
            TokenKind::Word(word) => kind(word),
            _ => None,
        };
        if kind.is_some() {
            self.advance();
        } else if side.is_none() {
            return match protocol {
                Some(protocol) => Ok((self.bare(protocol)?.into(), None)),
                None => Err(self.expected(&format!("a question, {EXAMPLE}"))),
            };
        }
        let qualifiers = Qualifiers {
            protocol,
            side,
            kind: kind.unwrap_or_default(),
        };
        Ok((self.values(qualifiers)?, Some(qualifiers)))
    }

    /// A protocol without a value.
    fn bare(&mut self, protocol: Proto) -> Result<Primitive, SyntaxError> {
        let destination = match (self.peek().kind, protocol) {
            (TokenKind::OpenBracket, _) => return self.bytes(protocol),
            (TokenKind::Word("broadcast"), Proto::Ether) => GroupDestination::EtherBroadcast,
            (TokenKind::Word("multicast"), Proto::Ether) => GroupDestination::EtherMulticast,
            (TokenKind::Word("multicast"), Proto::Ip) => GroupDestination::IpMulticast,
            (TokenKind::Word("multicast"), Proto::Ip6) => GroupDestination::Ip6Multicast,
            (_, Proto::Ether) => {
                return Err(self.expected("an address behind \"ether\", as in \"ether host 02:00:00:00:00:01\""));
            }
            _ => return Ok(Primitive::Protocol(protocol)),
        };
        self.advance();
        Ok(Primitive::Destination(destination))
    }

    /// `src`, `dst`, `src or dst`, `src and dst`.
    fn side(&mut self) -> Result<Option<DirQualifier>, SyntaxError> {
        let Some(first) = self.next_side() else { return Ok(None) };
        self.advance();
        let both = match self.peek().kind {
            TokenKind::And => DirQualifier::Both,
            TokenKind::Or => DirQualifier::Either,
            _ => return Ok(Some(first)),
        };
        self.advance();
        if self.next_side().is_none_or(|second| second == first) {
            return Err(self.expected("both \"src\" and \"dst\", as in \"src or dst port 80\""));
        }
        self.advance();
        Ok(Some(both))
    }

    fn next_side(&self) -> Option<DirQualifier> {
        match self.peek().kind {
            TokenKind::Word("src") => Some(DirQualifier::Source),
            TokenKind::Word("dst") => Some(DirQualifier::Destination),
            _ => None,
        }
    }

    /// One value, or several in parentheses, all with these qualifiers.
    fn values(&mut self, qualifiers: Qualifiers) -> Result<Expression, SyntaxError> {
        match self.peek().kind {
            TokenKind::Not => {
                self.advance();
                Ok(self.deeper(|parser| parser.values(qualifiers))?.negated())
            }
            TokenKind::Open => {
                self.advance();
                let list = self.deeper(|parser| parser.value_list(qualifiers))?;
                self.close()?;
                Ok(list)
            }
            _ => self.value(qualifiers),
        }
    }

    fn value_list(&mut self, qualifiers: Qualifiers) -> Result<Expression, SyntaxError> {
        let mut list = self.values(qualifiers)?;
        loop {
            let is_and = match self.peek().kind {
                TokenKind::And => true,
                TokenKind::Or => false,
                _ => return Ok(list),
            };
            self.advance();
            let right = self.values(qualifiers)?;
            list = self.combined(is_and, list, right)?;
        }
    }

    fn close(&mut self) -> Result<(), SyntaxError> {
        match self.peek().kind {
            TokenKind::Close => {
                self.advance();
                Ok(())
            }
            _ => Err(self.expected("\"and\", \"or\" or \")\", as in \"(port 80 or port 443) and tcp\"")),
        }
    }

    fn relation(&mut self, example: &str) -> Result<Relation, SyntaxError> {
        match self.peek().kind {
            TokenKind::Relation(relation) => {
                self.advance();
                Ok(relation)
            }
            _ => Err(self.expected(&format!("one of = != < <= > >=, as in {example:?}"))),
        }
    }
}

/// Why a word by itself is not a filter.
fn unknown_word(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    if lower != word && (is_keyword(&lower) || matches!(&*lower, "and" | "or" | "not")) {
        format!("found {word:?}; the words of filters are in lowercase: {lower:?}")
    } else if is_numeric(word) {
        format!("found the number {word}, expected what it counts, for example \"port {word}\"")
    } else if word.contains(['.', ':']) {
        format!("found {word:?}, expected what it is, for example \"host {word}\"")
    } else {
        format!(
            "found {word:?}, expected a protocol (tcp, udp, icmp, icmp6, arp, ip, ip6, …), host, net, port, portrange, proto, \
             vlan, less or greater, {EXAMPLE}"
        )
    }
}

#[cfg(test)]
mod tests;
