//! Why rules cannot be understood.

use std::fmt;

use crate::escape::printable;

/// Why a rule cannot be understood: the rule, the word in it, and what could stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The rule, as it was written.
    pub rule: String,
    /// The word that is wrong; empty where one is missing at the end.
    pub word: String,
    /// What is wrong with it, or what could stand there.
    pub expected: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &str| printable(text.as_bytes()).into_owned();
        write!(f, "in the rule '{}': ", shown(&self.rule))?;
        if self.word.is_empty() {
            write!(f, "at its end: {}", self.expected)
        } else {
            write!(f, "'{}': {}", shown(&self.word), self.expected)
        }
    }
}

impl std::error::Error for RuleError {}
