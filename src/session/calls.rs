//! The socket calls of a run, for everybody who shows them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::call_files::CallFiles;
use super::settings::Settings;
use crate::render::report_model::CALLS;
use crate::timeline::{Claimed, Placed, Seen};

/// The call logs of a run. Whoever shows calls has a copy of this handle; a call is read once, and matched once with its
/// conversation.
#[derive(Debug, Clone)]
pub struct Calls {
    is_given: bool,
    matched: Arc<Mutex<Matched>>,
}

/// The calls, and which conversations they belong to.
#[derive(Debug)]
struct Matched {
    files: CallFiles,
    /// What stays for the exports of what the display has asked for, where both show calls.
    kept: Option<Kept>,
    /// What there is to say at the end has been said.
    said: bool,
}

/// The calls of conversations that were asked for.
#[derive(Debug, Default)]
struct Kept {
    by_conversation: HashMap<u64, Vec<Placed>>,
    count: usize,
    /// Those for which there is no room: an export has not more than [`CALLS`].
    left_out: u64,
}

impl Kept {
    /// Adds calls to those of a conversation, and gives back all of them.
    fn with(&mut self, conversation: u64, new: Claimed) -> Claimed {
        let kept = self.by_conversation.entry(conversation).or_default();
        let mut all = Claimed { calls: kept.clone() };
        for placed in new.calls {
            if self.count < CALLS {
                self.count += 1;
                kept.push(placed.clone());
            } else {
                self.left_out += 1;
            }
            all.calls.push(placed);
        }
        all
    }
}

impl Calls {
    /// Opens the logs that were named.
    ///
    /// # Errors
    /// A log cannot be read, or is none: a line that says which, why, and what to do.
    pub fn open(settings: &Settings) -> Result<Self, String> {
        let files = CallFiles::open(&settings.calls, settings.read.is_none())?;
        let several = settings.shows() && settings.export.shows_calls();
        Ok(Self {
            is_given: !settings.calls.is_empty(),
            matched: Arc::new(Mutex::new(Matched {
                files,
                kept: several.then(Kept::default),
                said: false,
            })),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Matched> {
        // Calls that were read stay as they are, whatever happened to another thread.
        self.matched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Were any logs named?
    #[must_use]
    pub const fn is_given(&self) -> bool {
        self.is_given
    }

    /// The calls of the conversation of this number, of which these are packets, as far as they are in the logs by now.
    #[must_use]
    pub fn of(&self, conversation: u64, packets: &[Seen]) -> Claimed {
        let Matched { files, kept, .. } = &mut *self.lock();
        let new = files.logs.claim(packets);
        match kept {
            Some(kept) => kept.with(conversation, new),
            None => new,
        }
    }

    /// How many calls an export lacks, because there was no room to keep them for it.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.lock().kept.as_ref().map_or(0, |kept| kept.left_out)
    }

    /// Reads what was written since.
    pub fn read_on(&self) {
        self.lock().files.read_on();
    }

    /// What to say at the end. It is said once: to the next who asks there is nothing left to say.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut matched = self.lock();
        if std::mem::replace(&mut matched.said, true) {
            return Vec::new();
        }
        matched.files.remarks()
    }

    /// If there are calls, and not one belongs to a conversation that was asked for: a line that says so.
    #[must_use]
    pub fn unmatched(&self) -> Option<String> {
        let logs = &self.lock().files.logs;
        (logs.claimed() == 0 && !logs.is_empty()).then(|| {
            format!(
                "none of the {} calls in the call logs belongs to a conversation of this capture; are they of another run?",
                logs.left()
            )
        })
    }
}
