//! A rule as it is kept: what it does, and to which frames.

use std::time::Duration;

use crate::flow::Party;
use crate::hosts::seen::FrameKind;

/// What a wire does to frames.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// The settings and actions, in the order in which they were written.
    pub rules: Vec<Rule>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// As it was written, with single spaces.
    pub text: String,
    /// Whose frames it is about; `None`: those of both ends.
    pub from: Option<Party>,
    /// What it does.
    pub effect: Effect,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// Every frame takes so long from one end of the wire to the other.
    Delay(Duration),
    /// Every frame takes up to so much longer; none overtakes another by it.
    Jitter(Duration),
    /// Bits that enter the wire in a second; a frame that comes meanwhile waits.
    Rate(u64),
    /// Frames that may wait; the next one is lost.
    Queue(usize),
    /// A packet that is longer, in bytes, is lost.
    Mtu(usize),
    /// Something is done to the frames that it names.
    Action(Action, Which),
}

/// What is done to a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It never arrives.
    Lose,
    /// One bit of its last byte is changed.
    Corrupt,
    /// It arrives once more, so much later.
    Repeat(Duration),
    /// It arrives so much later, and others may overtake it.
    Hold(Duration),
}

impl Action {
    /// How much later a frame may arrive by it.
    #[must_use]
    pub const fn later(self) -> Duration {
        match self {
            Self::Lose | Self::Corrupt => Duration::ZERO,
            Self::Repeat(later) | Self::Hold(later) => later,
        }
    }
}

/// Which frames an action is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Which {
    /// Of which kind.
    pub kind: FrameKind,
    /// Which of that kind, counted for each end.
    pub numbers: Numbers,
    /// Which sending of a data segment.
    pub sending: Sending,
    /// How likely it is for each of them, in percent.
    pub percent: f64,
}

/// Which ones of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// All.
    All,
    /// From this one to that one.
    Range(u64, u64),
    /// Each whose number is a multiple of this.
    Every(u64),
}

/// Which sending of a data segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// This one, counted from 1.
    Time(u64),
    /// Each.
    Always,
}

impl Numbers {
    /// Is this number among them?
    #[must_use]
    pub const fn contains(self, number: u64) -> bool {
        match self {
            Self::All => true,
            Self::Range(first, last) => first <= number && number <= last,
            Self::Every(step) => step > 0 && number % step == 0,
        }
    }
}
