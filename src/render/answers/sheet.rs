//! Questions and answers as data, before they are written in any form.

use super::questions::{self, Question};
use crate::render::proof::Proof;

/// The questions, with or without their answers.
#[derive(Debug, Clone)]
pub struct Worksheet {
    /// What is above it.
    pub title: String,
    /// What it was made from: the capture, and which of its packets were passed over.
    pub about: Vec<String>,
    /// UDP's questions, then TCP's.
    pub sections: Vec<WorksheetSection>,
}

/// The questions about one protocol.
#[derive(Debug, Clone)]
pub struct WorksheetSection {
    /// `UDP` or `TCP`.
    pub title: &'static str,
    /// Which conversation they are about, or why none of them can be answered.
    pub about: String,
    /// The questions, in order; none where none of them can be answered.
    pub items: Vec<Item>,
}

/// A question, and what is written below it.
#[derive(Debug, Clone)]
pub struct Item {
    /// The question.
    pub question: &'static Question,
    /// What is written below it.
    pub below: AnswerSpace,
}

/// What is written below a question.
#[derive(Debug, Clone)]
pub enum AnswerSpace {
    /// Empty lines: it is to be answered by hand.
    Lines,
    /// Its answer.
    Answer(Answer),
    /// It cannot be answered from this capture: what is missing.
    Missing(String),
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The answer, a sentence or a step of a calculation each.
    pub lines: Vec<String>,
    /// The bytes that prove it.
    pub proofs: Vec<Proof>,
    /// Why it is so.
    pub reason: String,
}

impl Answer {
    /// An answer of one line.
    pub(super) fn new(line: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            lines: vec![line.into()],
            proofs: Vec::new(),
            reason: reason.into(),
        }
    }

    /// The same with another line.
    pub(super) fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// The same with these proofs.
    pub(super) fn proved<'p>(mut self, proofs: impl IntoIterator<Item = &'p Proof>) -> Self {
        self.proofs.extend(proofs.into_iter().cloned());
        self
    }
}

impl Worksheet {
    /// The blank form, of no capture in particular.
    #[must_use]
    pub fn blank() -> Self {
        let section = |title, questions: &'static [Question]| WorksheetSection {
            title,
            about: String::new(),
            items: questions.iter().map(Item::blank).collect(),
        };
        Self {
            title: "Questions about the capture".to_owned(),
            about: vec![
                "Answer each question from your own capture. Name the packet, and the bytes that show it, counted from 0 at the start \
                 of the frame."
                    .to_owned(),
            ],
            sections: vec![section("UDP", &questions::UDP), section("TCP", &questions::TCP)],
        }
    }
}

impl Item {
    const fn blank(question: &'static Question) -> Self {
        Self {
            question,
            below: AnswerSpace::Lines,
        }
    }
}
