//! A run over TCP and a packet of it, with all that is known of them.

use super::runs::Run;
use super::said::Said;
use super::segment::Segment;
use super::walk::Step;

/// A run over TCP, and what is known of it.
pub(crate) struct Case<'a> {
    pub(crate) run: &'a Run,
    pub(crate) ends: &'a [Vec<Segment>; 2],
    pub(crate) steps: &'a [Vec<Step>; 2],
}

/// A segment, in the capture of an end, and in that of its sender.
pub(super) struct Packet<'a> {
    pub(super) end: usize,
    pub(super) at: usize,
    pub(super) segment: &'a Segment,
    pub(super) step: &'a Step,
    /// In the capture at its sender.
    pub(super) sent: &'a Step,
    pub(super) said: &'a Said,
}

/// The words for both ends.
pub(super) const END: [&str; 2] = ["client", "server"];

impl Packet<'_> {
    /// Where it is, for those who look for it.
    pub(super) fn place(&self, case: &Case<'_>, more: &str) -> String {
        let plan = &case.run.plan;
        format!(
            "seed {} {:?} {}.pcapng packet {} {more}",
            plan.seed,
            plan.traffic,
            END[self.end],
            self.at + 1
        )
    }

    /// Did the one before it in this capture open a window that was closed?
    pub(super) fn opened_lately(&self, case: &Case<'_>) -> bool {
        let before = case.ends[self.end][..self.at].iter().rev().filter(|one| !one.own);
        before.take(3).any(|one| one.window == 0)
    }
}
