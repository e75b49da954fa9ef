//! What a run with two hosts has to say and to do. Each is one file of [`super::runs`].

use super::result::WireResult;
use crate::calls::Program;

/// A run with two hosts.
#[derive(Debug)]
pub struct WireRun {
    /// The word that asks for it, and of which its files are named: letters, digits and hyphens.
    pub word: &'static str,
    /// Its line in `--help`.
    pub about: &'static str,
    /// What to predict before it is run.
    pub question: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What the wire does, in the language of [`crate::hosts::rules`].
    pub rules: &'static str,
    /// Does it show what the textbook describes, and so does without what was added to TCP since?
    pub textbook: bool,
    /// The client: its server is the other program of the two.
    pub client: Program,
    /// What is typed at the client.
    pub lines: fn() -> Vec<String>,
    /// What to watch: printed before the packets.
    pub before: &'static str,
    /// What the packets show, a paragraph each.
    pub after: fn(&WireResult) -> Vec<String>,
}

/// Runs are told apart by their words.
impl PartialEq for WireRun {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}
