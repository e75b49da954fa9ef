//! What is asked of a run with two hosts.

use std::path::PathBuf;

use super::run::{Length, WireRun};
use crate::hosts::addresses::IpVersion;
use crate::hosts::rules::Rules;
use crate::render::text_style::TextStyle;

/// What is run, and how it is printed.
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct WireSettings {
    /// The run.
    pub run: &'static WireRun,
    /// The version of IP.
    pub version: IpVersion,
    /// What the wire does.
    pub rules: Rules,
    /// Does the wire more than the run says? Then what the run says of its packets need not hold.
    pub has_more_rules: bool,
    /// For rules that have a chance.
    pub seed: u64,
    /// Do both hosts do without what was added to TCP since the textbook?
    pub textbook: bool,
    /// How long a run takes that can be long or short.
    pub length: Length,
    /// Are the kernels' counters written?
    pub counters: bool,
    /// The lines that are typed, unless they are the run's own.
    pub lines: Vec<String>,
    /// The folder for the files, unless it is the usual one.
    pub output: Option<PathBuf>,
    /// Are files replaced that are in it already?
    pub force: bool,
    /// Is each end drawn with its calls as well, and every row?
    pub full: bool,
    /// Characters, columns, colours, times.
    pub style: TextStyle,
    /// Does the terminal show links?
    pub links: bool,
}

impl WireSettings {
    /// The rules as they were written.
    #[must_use]
    pub fn rules_in_words(&self) -> String {
        let rules: Vec<&str> = self.rules.rules.iter().map(|rule| &*rule.text).collect();
        if rules.is_empty() {
            "no rules".to_owned()
        } else {
            rules.join("; ")
        }
    }

    /// What to watch, where the wire does what the run says and nothing else.
    #[must_use]
    pub const fn before(&self) -> Option<&'static str> {
        if self.has_more_rules {
            None
        } else {
            Some(self.run.before)
        }
    }
}
