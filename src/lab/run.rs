//! What a run of the lab has to say and to do. Each run is one file of [`super::runs`].

use super::context::LabContext;
use super::failure::Failure;
use super::network::Network;
use super::notice::Notice;
use super::result::RunResult;
use super::screen::Screen;
use crate::flow::PacketInFlow;

/// A run of the lab: what it is called, what it does, and what is to be seen in it.
#[derive(Debug)]
pub struct Run {
    /// The word that asks for it, and of which its files are named: letters, digits and hyphens.
    pub word: &'static str,
    /// Its line in `--help`.
    pub about: &'static str,
    /// What it shows, in a few words, where it is offered as the next one to try.
    pub question: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The protocols of its packets, as a capture filter names them.
    pub protocols: &'static str,
    /// Does it type the lines that the user may choose?
    pub takes_lines: bool,
    /// Does it send TCP segments that it makes itself, from the client's host? For that a raw socket is opened there.
    pub own_segments: bool,
    /// What to watch, a paragraph each: printed before its packets are shown.
    pub before: fn(&Network) -> &'static [&'static str],
    /// Changes the network as the run needs it. Called while the privileges are there.
    pub change: fn(&Network) -> Result<(), Failure>,
    /// Starts its servers, and opens whatever takes a privilege: the privileges are there now and given up afterwards. Nothing
    /// is sent yet. The lines are those that the user chose.
    pub prepare: fn(&LabContext, &[String]) -> Preparation,
    /// What was seen, a paragraph each.
    pub after: fn(&RunResult) -> Vec<String>,
    /// What there is to notice at a first look.
    pub notices: fn(&RunResult) -> Vec<Notice>,
    /// Is a packet with this part in its conversation broken down without being asked for?
    pub matters: fn(&PacketInFlow) -> bool,
}

/// A run that can begin. An error: a server cannot start, or what the run sends itself is not permitted.
pub type Preparation = Result<Box<dyn PreparedRun>, Failure>;

/// Runs are told apart by their words.
impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}

/// A run whose servers listen, and which has sent nothing yet.
pub trait PreparedRun {
    /// The ports that its packets have.
    fn ports(&self) -> Vec<u16>;

    /// Runs it to its end.
    ///
    /// # Errors
    /// Ctrl+C, or a step that failed.
    fn perform(self: Box<Self>, context: &LabContext) -> Result<RunOutput, Failure>;
}

/// What came of a run, beside its packets and calls.
pub struct RunOutput {
    /// What the programs show, servers first.
    pub screens: Vec<(&'static str, Screen)>,
    /// What was seen beside the packets, a line each.
    pub observations: Vec<String>,
    /// Did every line get its answer that should?
    pub answered: bool,
}

/// A run that is over, and its result.
pub struct FinishedRun {
    /// Which one.
    pub run: &'static Run,
    /// What was captured and called.
    pub result: RunResult,
}
