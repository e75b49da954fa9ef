//! What a run with two hosts has to say and to do. Each is one file of [`super::runs`].

use std::time::Duration;

use super::bars::Bars;
use super::result::WireResult;
use crate::calls::Program;
use crate::flow::Party;
use crate::hosts::addresses::IpVersion;
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;

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
    /// Is there a router between the hosts? The longest packet, in bytes, that it sends on to the server.
    pub router: Option<u16>,
    /// What the kernels of the hosts are told.
    pub kernel: KernelSettings,
    /// What goes over the wire.
    pub traffic: Traffic,
    /// What to watch: printed before the packets.
    pub before: &'static str,
    /// What the packets show, a paragraph each.
    pub after: fn(&WireResult) -> Vec<String>,
    /// What the packets show as a picture, where there is one: also where the wire does more than the run says, if that is so.
    pub bars: Option<fn(&WireResult, bool) -> Option<Bars>>,
}

/// What goes over the wire.
#[derive(Debug, Clone, Copy)]
pub enum Traffic {
    /// Lines that are typed at a program of the lab.
    Typed {
        /// The client: its server is the other program of the two.
        client: Program,
        /// The lines.
        lines: fn(IpVersion) -> Vec<String>,
    },
    /// Steps that no program of the lab takes, with sockets in both hosts. What it returns are sentences about what was seen
    /// elsewhere than in packets.
    ByHand(fn(&LabContext, Length) -> Result<Vec<String>, Failure>),
}

/// How long a run may take that can be long or short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Long enough to see all of it.
    Usual,
    /// Below five seconds.
    Short,
}

impl Length {
    /// The one or the other.
    #[must_use]
    pub const fn pick(self, usual: Duration, short: Duration) -> Duration {
        match self {
            Self::Usual => usual,
            Self::Short => short,
        }
    }
}

/// What the kernels of the hosts are told before a run.
#[derive(Debug, Clone, Copy)]
pub struct KernelSettings {
    /// Whose, the name below `net`, the value.
    pub values: &'static [(Party, &'static str, &'static str)],
    /// How many segments a connection of the client may have under way at first, where it is not the kernel's 10 (RFC 6928).
    pub initial_window: Option<u32>,
    /// Does each segment leave by itself, and is each one acknowledged at once? So the acknowledgments alone decide what is sent when, and
    /// not when a program reads or a timer ends.
    pub is_paced_by_acks: bool,
}

impl KernelSettings {
    /// Nothing.
    pub const NONE: Self = Self {
        values: &[],
        initial_window: None,
        is_paced_by_acks: false,
    };

    /// Nothing but that.
    pub const PACED_BY_ACKS: Self = Self {
        is_paced_by_acks: true,
        ..Self::NONE
    };

    /// In words, one for each.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let values = self.values.iter();
        let mut words: Vec<String> = values
            .map(|(party, name, value)| format!("net.{} = {value} at the {party}", name.replace('/', ".")))
            .collect();
        words.extend(self.initial_window.map(|segments| {
            format!(
                "an initial window of {} at the client",
                crate::explain::count(u64::from(segments), "segment")
            )
        }));
        if self.is_paced_by_acks {
            words.push("each segment sent by itself, and acknowledged at once".to_owned());
        }
        words
    }
}

/// Runs are told apart by their words.
impl PartialEq for WireRun {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}
