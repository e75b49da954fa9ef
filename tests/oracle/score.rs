//! How often each thing is said, and how often that is wrong.

use std::collections::BTreeMap;

/// Of a class of claims: how often one was made, how often it was wrong, and how often it was true and not made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) told: u64,
    pub(crate) wrong: u64,
    pub(crate) missed: u64,
}

impl Count {
    pub(crate) fn add(&mut self, other: Self) {
        self.told += other.told;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }
}

/// The counts of all classes, with examples of what is wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct Score {
    pub(crate) counts: BTreeMap<&'static str, Count>,
    /// Class, `wrong` or `missed`, and which packet of which run.
    pub(crate) examples: Vec<(&'static str, &'static str, String)>,
}

impl Score {
    /// Something is said, or is not, and is true, or is not.
    pub(crate) fn claim(
        &mut self,
        class: &'static str,
        is_said: bool,
        is_true: bool,
        example: impl FnOnce() -> String,
    ) {
        if is_said == is_true && !is_said {
            return;
        }
        let count = self.counts.entry(class).or_default();
        count.told += u64::from(is_said);
        let what = match (is_said, is_true) {
            (true, false) => {
                count.wrong += 1;
                "wrong"
            }
            (false, true) => {
                count.missed += 1;
                "missed"
            }
            _ => return,
        };
        self.examples.push((class, what, example()));
    }

    /// So many were said, and so many there were.
    pub(crate) fn number(&mut self, class: &'static str, told: u64, is: u64, example: impl FnOnce() -> String) {
        if told == 0 && is == 0 {
            return;
        }
        let count = self.counts.entry(class).or_default();
        count.told += told;
        count.wrong += told.saturating_sub(is);
        count.missed += is.saturating_sub(told);
        if told != is {
            let what = if told > is { "wrong" } else { "missed" };
            self.examples
                .push((class, what, format!("{}: {told} said, {is} true", example())));
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (class, count) in other.counts {
            self.counts.entry(class).or_default().add(count);
        }
        self.examples.extend(other.examples);
    }
}
