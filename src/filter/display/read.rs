//! Reading a display filter: words, then conditions. wireshark-filter(4)

use super::condition::Condition;
use super::fields::{ABOUT_DATA, Field, advice, field, is_protocol};
use super::values::{compared, in_range, masked, present};
use crate::filter::expression::Relation;

/// The most parentheses and `not`s within each other, as in tcpdump's language here.
const DEEPEST: usize = 50;

/// The words of a text, and how far they are read.
pub(super) struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    depth: usize,
    /// This field was not compared with anything.
    pub(super) asks_presence: Option<&'a str>,
}

/// What looks for bytes or text.
const SEARCHING: [&str; 4] = ["contains", "matches", "~", "~="];

/// Signs of two characters come first.
const SIGNS: [&str; 18] = [
    "===", "!==", "~=", "==", "!=", ">=", "<=", "&&", "||", "^^", ">", "<", "!", "=", "(", ")", "{", "}",
];

fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
        let length = if let Some(sign) = sign {
            sign.len()
        } else if first == '"' {
            rest.get(1..)
                .and_then(|inner| inner.find('"'))
                .map_or(rest.len(), |end| end + 2)
        } else {
            let belongs = |c: char| c.is_alphanumeric() || "._:/-".contains(c);
            let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
            end.max(first.len_utf8())
        };
        let (word, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        words.push(word);
        rest = after.trim_start();
    }
    words
}

fn relation(word: &str) -> Option<Relation> {
    Some(match word {
        "==" | "=" | "eq" => Relation::Equal,
        "!=" | "ne" => Relation::NotEqual,
        ">" | "gt" => Relation::Greater,
        "<" | "lt" => Relation::Less,
        ">=" | "ge" => Relation::GreaterOrEqual,
        "<=" | "le" => Relation::LessOrEqual,
        _ => return None,
    })
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            words: words(text),
            at: 0,
            depth: 0,
            asks_presence: None,
        }
    }

    /// Has it a word that only display filters have: `tcp.port`, `ipv6`?
    pub(super) fn looks_like_one(&self) -> bool {
        const TCPDUMPS: [&str; 8] = ["ip", "arp", "icmp", "igmp", "tcp", "udp", "sctp", "vlan"];
        const OTHERS: [&str; 6] = ["host", "net", "port", "portrange", "src", "dst"];
        if self.words.iter().any(|word| OTHERS.contains(word)) {
            return false;
        }
        let mut pairs = self.words.iter().zip(self.words.iter().skip(1));
        if pairs.any(|(word, next)| is_protocol(word) && SEARCHING.contains(next)) {
            return true;
        }
        self.words.iter().any(|word| match word.split_once('.') {
            Some((protocol, rest)) => is_protocol(protocol) && rest.starts_with(|c: char| c.is_ascii_lowercase()),
            None => is_protocol(word) && !TCPDUMPS.contains(word),
        })
    }

    /// The whole text.
    ///
    /// # Errors
    /// It cannot be translated: why, and what to type.
    pub(super) fn whole(&mut self) -> Result<Condition, String> {
        let condition = self.any()?;
        match self.peek() {
            None => Ok(condition),
            Some(word) => Err(format!("found {word:?} where && or || was expected{}", self.hint(word))),
        }
    }

    /// A value without its field, as in `tcp.port == 80 || 443`.
    fn hint(&self, word: &str) -> String {
        let is_value = word.starts_with(|c: char| c.is_ascii_digit());
        let fields = self.words.iter().take(self.at).rev();
        match fields.copied().find(|word| field(word).is_some()) {
            Some(name) if is_value => format!("; type '{name} in {{A, B}}' for one of several values"),
            _ => String::new(),
        }
    }

    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, wanted: &[&str]) -> bool {
        let is_there = self.peek().is_some_and(|word| wanted.contains(&word));
        self.at += usize::from(is_there);
        is_there
    }

    /// Conditions with `||` between them.
    fn any(&mut self) -> Result<Condition, String> {
        let mut condition = self.one_of_two()?;
        while self.take(&["||", "or"]) {
            condition = condition.or(self.one_of_two()?);
        }
        Ok(condition)
    }

    /// Conditions with `^^` between them: the one or the other, not both.
    fn one_of_two(&mut self) -> Result<Condition, String> {
        let mut condition = self.all()?;
        if self.take(&["^^", "xor"]) {
            let other = self.all()?;
            let first_alone = condition.clone().and(other.clone().negated());
            condition = first_alone.or(condition.negated().and(other));
        }
        Ok(condition)
    }

    /// Conditions with `&&` between them, which binds tighter.
    fn all(&mut self) -> Result<Condition, String> {
        let mut condition = self.operand()?;
        while self.take(&["&&", "and"]) {
            condition = condition.and(self.operand()?);
        }
        Ok(condition)
    }

    fn operand(&mut self) -> Result<Condition, String> {
        if self.take(&["!", "not"]) {
            return Ok(self.deeper(Self::operand)?.negated());
        }
        if self.take(&["("]) {
            let inner = self.deeper(Self::any)?;
            return if self.take(&[")"]) {
                Ok(inner)
            } else {
                Err("a ) is missing".to_owned())
            };
        }
        self.test()
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        if self.depth == DEEPEST {
            return Err(format!(
                "more than {DEEPEST} parentheses and \"not\"s within each other"
            ));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// A field, alone or compared.
    fn test(&mut self) -> Result<Condition, String> {
        let Some(name) = self.peek() else {
            return Err("it ends where a field was expected".to_owned());
        };
        let Some(field) = field(name) else {
            return Err(self.unknown(name));
        };
        self.at += 1;
        let Some(next) = self.peek() else {
            return Ok(self.alone(field, name));
        };
        if let Some(relation) = relation(next) {
            self.at += 1;
            let value = self.value(name)?;
            return compared(field, name, relation, value);
        }
        match next {
            "in" => {
                self.at += 1;
                self.set(field, name)
            }
            "&" | "bitand" => {
                self.at += 1;
                self.masked(field, name)
            }
            searching if SEARCHING.contains(&searching) => {
                Err(format!("{searching:?} has no counterpart here: {ABOUT_DATA}"))
            }
            "===" | "!==" | "[" => Err(format!(
                "{next:?} has no counterpart here: compare {name} with a value, as in {name} == 1"
            )),
            _ => Ok(self.alone(field, name)),
        }
    }

    fn alone(&mut self, field: Field, name: &'a str) -> Condition {
        if !matches!(field, Field::Protocol(_)) {
            self.asks_presence = Some(name);
        }
        present(field)
    }

    /// `tcp.flags & 0x02`, alone or compared.
    fn masked(&mut self, field: Field, name: &str) -> Result<Condition, String> {
        let bits = self.value(name)?;
        let compared = self.peek().and_then(relation);
        let wanted = match compared {
            Some(_) => {
                self.at += 1;
                Some(self.value(name)?)
            }
            None => None,
        };
        let relation = compared.unwrap_or(Relation::NotEqual);
        masked(field, name, bits, relation, wanted.unwrap_or("0"))
    }

    fn unknown(&self, name: &str) -> String {
        let after = self.words.get(self.at + 1);
        if let Some(searching) = after.filter(|word| SEARCHING.contains(word)) {
            format!("{searching:?} has no counterpart here: {ABOUT_DATA}")
        } else if after == Some(&"(") {
            format!("the function {name}() has no counterpart here: compare a field itself, as in tcp.port == 80")
        } else if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            format!("{name:?} has no counterpart here: {}", advice(name))
        } else {
            format!("found {name:?} where a field was expected{}", self.hint(name))
        }
    }

    fn value(&mut self, name: &str) -> Result<&'a str, String> {
        let word = self
            .peek()
            .filter(|word| !SIGNS.contains(word) && !["and", "or", "not"].contains(word));
        let value = word.ok_or_else(|| format!("a value for {name} is missing"))?;
        self.at += 1;
        Ok(value.trim_matches('"'))
    }

    /// `{80, 443, 8000..8010}`; older versions of Wireshark write spaces for the commas.
    fn set(&mut self, field: Field, name: &str) -> Result<Condition, String> {
        let wrong = || format!("values in braces are expected, as in {name} in {{80, 443, 8000..8010}}");
        if !self.take(&["{"]) {
            return Err(wrong());
        }
        let mut all: Option<Condition> = None;
        while !self.take(&["}"]) {
            let value = self.value(name).map_err(|_| wrong())?;
            let one = match value.split_once("..") {
                Some((first, last)) => in_range(field, name, first, last)?,
                None => compared(field, name, Relation::Equal, value)?,
            };
            all = Some(match all {
                Some(others) => others.or(one),
                None => one,
            });
            self.take(&[","]);
        }
        all.ok_or_else(wrong)
    }
}
