//! What a run of the lab has to say and to do. Each run is one file of [`super::runs`].

use std::fmt::Debug;

use super::context::LabContext;
use super::failure::Failure;
use super::network::Network;
use super::result::RunResult;
use super::screen::Screen;
use crate::flow::PacketInFlow;

/// A run of the lab: what it is called, what it does, and what is to be seen in it.
pub trait Run: Debug + Sync {
    /// The word that asks for it, and of which its files are named: letters, digits and hyphens.
    fn word(&self) -> &'static str;

    /// Its line in `--help`.
    fn about(&self) -> &'static str;

    /// Its title.
    fn title(&self) -> &'static str;

    /// The protocols of its packets, as a capture filter names them.
    fn protocols(&self) -> &'static str {
        "tcp"
    }

    /// Does it type the lines that the user may choose?
    fn takes_lines(&self) -> bool {
        false
    }

    /// What to watch, a paragraph each: told before its packets are shown.
    fn before(&self, network: &Network) -> &'static [&'static str];

    /// Changes the network as the run needs it. Called while the privileges are there.
    ///
    /// # Errors
    /// The system refuses.
    fn change(&self, _network: &Network) -> Result<(), Failure> {
        Ok(())
    }

    /// Starts its servers, and opens whatever takes a privilege: the privileges are there now and given up afterwards. Nothing
    /// is sent yet.
    ///
    /// # Errors
    /// A server cannot start, or what the run sends itself is not permitted.
    fn prepare(&self, context: &LabContext, lines: &[String]) -> Result<Box<dyn PreparedRun>, Failure>;

    /// What was seen, a paragraph each.
    fn after(&self, result: &RunResult) -> Vec<String>;

    /// Is a packet with this part in its conversation broken down without being asked for?
    fn matters(&self, _step: &PacketInFlow) -> bool {
        false
    }
}

/// Runs are told apart by their words.
impl PartialEq for dyn Run {
    fn eq(&self, other: &Self) -> bool {
        self.word() == other.word()
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
    pub run: &'static dyn Run,
    /// What was captured and called.
    pub result: RunResult,
}
