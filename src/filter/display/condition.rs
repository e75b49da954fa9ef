//! A translated condition, and how it is written.

use std::fmt;

/// A condition in tcpdump's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// A question of its own, such as `tcp port 80`.
    One(String),
    Not(Box<Condition>),
    And(Vec<Condition>),
    Or(Vec<Condition>),
}

impl Condition {
    pub(super) fn one(text: impl Into<String>) -> Self {
        Self::One(text.into())
    }

    pub(super) fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::And(mut all), other) => {
                all.push(other);
                Self::And(all)
            }
            (one, other) => Self::And(vec![one, other]),
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Or(mut all), other) => {
                all.push(other);
                Self::Or(all)
            }
            (one, other) => Self::Or(vec![one, other]),
        }
    }

    /// Does it ask about headers that an ICMP error may quote?
    pub(super) fn is_about_ip(&self) -> bool {
        match self {
            Self::One(text) => ["ip", "tcp", "udp", "sctp", "icmp"]
                .iter()
                .any(|word| text.starts_with(word)),
            Self::Not(inner) => inner.is_about_ip(),
            Self::And(all) | Self::Or(all) => all.iter().any(Self::is_about_ip),
        }
    }

    fn write_list(all: &[Self], word: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, one) in all.iter().enumerate() {
            if place > 0 {
                write!(f, " {word} ")?;
            }
            match one {
                // tcpdump's "and" and "or" bind equally: parentheses say which is meant.
                Self::And(_) | Self::Or(_) => write!(f, "({one})")?,
                _ => write!(f, "{one}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(text) => f.write_str(text),
            Self::Not(inner) => match **inner {
                Self::And(_) | Self::Or(_) => write!(f, "not ({inner})"),
                _ => write!(f, "not {inner}"),
            },
            Self::And(all) => Self::write_list(all, "and", f),
            Self::Or(all) => Self::write_list(all, "or", f),
        }
    }
}
