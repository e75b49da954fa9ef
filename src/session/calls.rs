//! The socket calls of a run, for all outputs that show them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::call_files::CallFiles;
use super::settings::Settings;
use crate::render::report_model::CALLS;
use crate::timeline::{ConversationCalls, PacketRef, PartyCall};

/// The call logs of a run. Each output that shows calls has a copy of this handle; a call is read once, and matched once with
/// its conversation.
#[derive(Debug, Clone)]
pub struct Calls {
    is_given: bool,
    matched: Arc<Mutex<MatchedCalls>>,
}

/// The calls, and which conversations they belong to.
#[derive(Debug)]
struct MatchedCalls {
    files: CallFiles,
    /// Calls that one output has asked for and another will ask for, if display and exports both show calls.
    kept: Option<KeptCalls>,
    /// Have the remarks for the end been given?
    warned: bool,
}

/// The calls of conversations that were asked for.
#[derive(Debug, Default)]
struct KeptCalls {
    by_conversation: HashMap<u64, Vec<PartyCall>>,
    count: usize,
    /// For each conversation, the calls that were not kept: an export has at most [`CALLS`].
    no_room: HashMap<u64, u64>,
}

impl KeptCalls {
    /// Adds calls to those of a conversation. Gives back all that are known of it, and says how many are not known any more.
    fn with(&mut self, conversation: u64, new: ConversationCalls) -> (ConversationCalls, u64) {
        let missing = self.no_room.get(&conversation).copied().unwrap_or(0);
        let kept = self.by_conversation.entry(conversation).or_default();
        let mut all = ConversationCalls { calls: kept.clone() };
        let room = new.calls.len().min(CALLS.saturating_sub(self.count));
        kept.extend(new.calls.iter().take(room).cloned());
        self.count += room;
        if room < new.calls.len() {
            *self.no_room.entry(conversation).or_default() += (new.calls.len() - room) as u64;
        }
        all.calls.extend(new.calls);
        (all, missing)
    }
}

impl Calls {
    /// Opens the logs that were named.
    ///
    /// # Errors
    /// A log cannot be read, or is none: a line that says which, why, and what to do.
    pub fn open(settings: &Settings) -> Result<Self, String> {
        let files = CallFiles::open(&settings.calls, settings.read.is_none())?;
        let shown = settings.shows() && settings.shows_calls();
        let several = shown && settings.export.shows_calls();
        Ok(Self {
            is_given: !settings.calls.is_empty(),
            matched: Arc::new(Mutex::new(MatchedCalls {
                files,
                kept: several.then(KeptCalls::default),
                warned: false,
            })),
        })
    }

    fn lock(&self) -> MutexGuard<'_, MatchedCalls> {
        // Calls that were read stay as they are, whatever happened to another thread.
        self.matched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Were any logs named?
    #[must_use]
    pub const fn is_given(&self) -> bool {
        self.is_given
    }

    /// The calls of the conversation of this number, of which these are packets, as far as they are in the logs by now; and how
    /// many of them another output has had and there was no room to keep.
    #[must_use]
    pub fn of(&self, conversation: u64, packets: &[PacketRef]) -> (ConversationCalls, u64) {
        let MatchedCalls { files, kept, .. } = &mut *self.lock();
        let new = files.logs.match_conversation(packets);
        match kept {
            Some(kept) => kept.with(conversation, new),
            None => (new, 0),
        }
    }

    /// Reads what was written since.
    pub fn read_on(&self) {
        self.lock().files.read_on();
    }

    /// The remarks for the end. They are returned once; the next call returns none.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut matched = self.lock();
        if std::mem::replace(&mut matched.warned, true) {
            return Vec::new();
        }
        matched.files.remarks()
    }

    /// If there are calls, and not one belongs to a conversation that was asked for: a line that says so.
    #[must_use]
    pub fn unmatched(&self) -> Option<String> {
        let logs = &self.lock().files.logs;
        (logs.matched() == 0 && !logs.is_empty()).then(|| {
            let (which, belongs) = match logs.left() {
                1 => ("the only call".to_owned(), "belongs to no conversation"),
                more => (format!("none of the {more} calls"), "belongs to a conversation"),
            };
            format!("{which} in the call logs {belongs} of this capture; are they of another run?")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{CALLS, ConversationCalls, KeptCalls};
    use crate::timeline::test_conversation::parse;

    /// Number of calls of one conversation.
    fn calls(count: usize) -> ConversationCalls {
        let one = parse("call client 1 connect -10 40").calls;
        ConversationCalls {
            calls: one.into_iter().cycle().take(count).collect(),
        }
    }

    #[test]
    fn a_second_output_gets_the_same_calls_and_later_ones() {
        let mut kept = KeptCalls::default();
        for (new, all) in [(3, 3), (0, 3), (2, 5), (0, 5)] {
            let (matched, missing) = kept.with(7, calls(new));
            assert_eq!((matched.calls.len(), missing), (all, 0));
        }
        assert!(kept.with(8, ConversationCalls::default()).0.calls.is_empty());
    }

    #[test]
    fn calls_without_room_are_missing_for_a_second_output_only() {
        let mut kept = KeptCalls::default();
        let (first, missing) = kept.with(7, calls(CALLS + 10));
        assert_eq!((first.calls.len(), missing), (CALLS + 10, 0));
        let (second, missing) = kept.with(7, ConversationCalls::default());
        assert_eq!((second.calls.len(), missing), (CALLS, 10));
    }
}
