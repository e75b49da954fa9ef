//! What is wrong with a filter.

use std::error::Error;
use std::fmt;

use crate::escape::printable;
use crate::wire::LinkType;

/// A text that is not a filter expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The whole text, unless it is too long to be shown.
    pub expression: String,
    /// Where the trouble starts, in characters from 1; one behind the last character: at the end.
    pub position: usize,
    /// What was found there, what was expected, and an example.
    pub why: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            expression,
            position,
            why,
        } = self;
        // The text may come from a script: escaped it stays on its line. Rust's own escapes leave some characters that nothing is
        // drawn for.
        let line = format!("filter {expression:?}, character {position}: {why}");
        f.write_str(&printable(line.as_bytes()))
    }
}

impl Error for SyntaxError {}

/// An expression that cannot be asked of these frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompileError {
    /// Filters do not know where frames of this link type keep what is asked for.
    LinkType(LinkType),
    /// Only Ethernet frames have what is asked for.
    NeedsEthernet {
        /// The part of the expression that asks.
        primitive: String,
        /// What the frames are.
        frames: String,
    },
    /// The program is longer than is taken.
    TooLong {
        /// Its length in instructions.
        instructions: usize,
        /// Is it the kernel that would have to run it?
        is_for_kernel: bool,
    },
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LinkType(link) => write!(
                f,
                "filters do not know where frames of {link} keep their protocol and addresses: ask for lengths or bytes \
                 (less 100, ether[0] = 1), or read the capture without a filter"
            ),
            Self::NeedsEthernet { primitive, frames } => write!(
                f,
                "filter {primitive:?} asks for a part of Ethernet frames, but these are {frames}: leave it out, or ask \
                 for IP addresses"
            ),
            Self::TooLong {
                instructions,
                is_for_kernel: true,
            } => write!(
                f,
                "the filter takes {instructions} instructions and the kernel at most {}: ask for less, for example with \
                 portrange or net, or record more and read the file with this filter",
                super::program::LONGEST
            ),
            Self::TooLong { instructions, .. } => write!(
                f,
                "the filter takes {instructions} instructions, and at most {} are run on each packet: ask for less, for \
                 example with portrange or net",
                super::program::LONGEST_FOR_FILES
            ),
        }
    }
}

impl Error for CompileError {}
