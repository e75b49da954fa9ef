//! What is shown of a run.

use clap::ValueEnum;

/// What is shown of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// All of it: the screens, the ladder, the packets that matter most, what was seen
    Story,
    /// A line a packet
    Summary,
    /// Every field of every packet
    Fields,
    /// The RFC's boxes of every packet
    Diagram,
    /// Calls and packets between client and server
    Ladder,
    /// The conversation's text
    Follow,
    /// The questions of the courses about UDP and TCP, answered from each run
    Answers,
}
