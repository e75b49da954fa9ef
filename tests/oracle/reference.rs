//! The reference measurement: how often each thing was said, wrong and missed when it was last measured, by the sniffer and by tshark.
//! A later measurement may be better and not worse. docs/analysis.md shows it as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::score::{Count, Score};

const PAGE: &str = "docs/analysis.md";

/// Where a reference is kept, and between which marks the page shows it.
pub(crate) struct Table {
    file: &'static str,
    marks: [&'static str; 2],
    /// Has it columns of tshark?
    is_compared: bool,
}

/// Of two kernels.
pub(crate) const KERNELS: Table = Table {
    file: "tests/oracle/reference.tsv",
    marks: ["<!-- measured: begin -->\n", "<!-- measured: end -->\n"],
    is_compared: true,
};

/// Of the simulator.
pub(crate) const SIMULATED: Table = Table {
    file: "tests/oracle/simulated.tsv",
    marks: ["<!-- simulated: begin -->\n", "<!-- simulated: end -->\n"],
    is_compared: false,
};

/// The counts of a class: the sniffer's and tshark's.
type Row = [Count; 2];

/// What was measured.
#[derive(Debug, Default)]
pub(crate) struct Reference {
    runs: u64,
    rows: BTreeMap<String, Row>,
}

impl Reference {
    /// Of this measurement.
    pub(crate) fn of(runs: u64, [sniffer, tshark]: [&Score; 2]) -> Self {
        let rows = sniffer.counts.iter().map(|(class, count)| {
            let other = tshark.counts.get(class).copied().unwrap_or_default();
            ((*class).to_owned(), [*count, other])
        });
        Self {
            runs,
            rows: rows.collect(),
        }
    }

    /// The one that is kept.
    pub(crate) fn kept(table: &Table) -> Self {
        let text = std::fs::read_to_string(table.file).unwrap();
        let mut reference = Self::default();
        for line in text.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            let number = |at: usize| cells[at].parse::<u64>().unwrap();
            if cells[0] == "runs" {
                reference.runs = number(1);
                continue;
            }
            let count = |at: usize| Count {
                told: number(at),
                wrong: number(at + 1),
                missed: number(at + 2),
            };
            reference.rows.insert(cells[0].to_owned(), [count(1), count(4)]);
        }
        reference
    }

    /// Keeps it, in the file and on the page.
    pub(crate) fn keep(&self, table: &Table) {
        let mut text = format!("runs\t{}\n", self.runs);
        for (class, counts) in &self.rows {
            let numbers = counts.iter().flat_map(|one| [one.told, one.wrong, one.missed]);
            let cells: Vec<String> = numbers.map(|number| number.to_string()).collect();
            writeln!(text, "{class}\t{}", cells.join("\t")).unwrap();
        }
        std::fs::write(table.file, text).unwrap();
        std::fs::write(PAGE, self.page(table)).unwrap();
    }

    /// The page with its table.
    fn page(&self, table: &Table) -> String {
        let page = std::fs::read_to_string(PAGE).unwrap();
        let [begin, end] = table.marks.map(|mark| page.find(mark).unwrap());
        let (before, after) = (&page[..begin + table.marks[0].len()], &page[end..]);
        format!("{before}{}{after}", self.rows(table.is_compared))
    }

    fn rows(&self, is_compared: bool) -> String {
        let mut table = format!("{} runs, seeds 1 to {}:\n\n", self.runs, self.runs);
        let more = if is_compared {
            [" tshark: told | wrong | missed |", "---:|---:|---:|", " | | |"]
        } else {
            [""; 3]
        };
        writeln!(
            table,
            "| what is said | told | wrong | missed |{}\n|---|---:|---:|---:|{}",
            more[0], more[1]
        )
        .unwrap();
        let mut total = Count::default();
        for (class, [ours, tsharks]) in &self.rows {
            write!(table, "| {class} | {} | {} | {} |", ours.told, ours.wrong, ours.missed).unwrap();
            if tsharks.told == 0 {
                writeln!(table, "{}", more[2]).unwrap();
            } else {
                writeln!(table, " {} | {} | {} |", tsharks.told, tsharks.wrong, tsharks.missed).unwrap();
            }
            total.add(*ours);
        }
        writeln!(
            table,
            "| all | {} | {} | {} |{}",
            total.told, total.wrong, total.missed, more[2]
        )
        .unwrap();
        table
    }

    /// Is the page the one that shows it?
    pub(crate) fn assert_shown(&self, table: &Table) {
        assert_eq!(
            std::fs::read_to_string(PAGE).unwrap(),
            self.page(table),
            "docs/analysis.md"
        );
    }

    pub(crate) const fn runs(&self) -> u64 {
        self.runs
    }

    /// The same where every count is the same each time: nothing may be wrong or missed more often.
    pub(crate) fn exactly_worse(&self, now: &Score) -> Vec<String> {
        let mut worse = Vec::new();
        for (class, count) in &now.counts {
            let before = self.rows.get(*class).map_or_else(Count::default, |[ours, _]| *ours);
            if count.wrong > before.wrong || count.missed > before.missed {
                worse.push(format!("{class}: {count:?}, and {before:?} before"));
            }
        }
        let is_gone = |class: &str| now.counts.get(class).is_none_or(|count| count.told == 0);
        let gone = self
            .rows
            .iter()
            .filter(|(class, [before, _])| before.told > 0 && is_gone(class));
        worse.extend(gone.map(|(class, _)| format!("{class}: not told any more")));
        worse
    }

    /// What is worse in this measurement, a sentence each.
    pub(crate) fn worse(&self, now: &Score) -> Vec<String> {
        let mut worse = Vec::new();
        for (class, count) in &now.counts {
            let before = self.rows.get(*class).map_or_else(Count::default, |[ours, _]| *ours);
            // Of all that could have been told rightly.
            let chances = |count: Count| count.told - count.wrong + count.missed;
            for (what, is, was, of, of_before) in [
                ("wrong", count.wrong, before.wrong, count.told, before.told),
                ("missed", count.missed, before.missed, chances(*count), chances(before)),
            ] {
                let most = allowed(was, of_before, of);
                if is > most {
                    worse.push(format!(
                        "{class}: {is} of {of} {what}; {was} of {of_before} were, so {most} at most"
                    ));
                }
            }
        }
        for (class, [before, _]) in &self.rows {
            let now = now.counts.get(&**class).copied().unwrap_or_default();
            let (expected, runs) = (before.told, self.runs.max(1));
            if expected >= runs / 4 && now.told == 0 {
                worse.push(format!("{class}: not told any more"));
            }
        }
        worse
    }
}

/// How many of so many may be wrong, where so many were of so many before. Two measurements differ, as the computer is more or less
/// busy and packets take longer or not; what was right nearly always has to stay so.
fn allowed(was: u64, of_before: u64, of: u64) -> u64 {
    /// One mistake in so many may have a reason outside, and a few of few.
    const RARE: u64 = 150;
    const FEW: u64 = 2;
    /// What was a guess before, more often wrong than in one case of so many, may be wrong in this part more of all cases.
    const GUESS: u64 = 10;
    const MORE_OF_A_GUESS: f64 = 0.15;
    #[expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]
    let (expected, all) = (was as f64 * of as f64 / of_before.max(1) as f64, of as f64);
    let mut most = 4.0f64.mul_add(expected.sqrt(), expected);
    if was * GUESS > of_before {
        most = most.max(MORE_OF_A_GUESS.mul_add(all, expected));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small number above 0"
    )]
    let most = most as u64;
    most.max(of / RARE).max(FEW)
}

/// The rule itself, which a measurement cannot show red.
pub(crate) fn a_worse_measurement_is_seen() {
    let count = |told, wrong, missed| Count { told, wrong, missed };
    let score = |counts: &[(&'static str, Count)]| Score {
        counts: counts.iter().copied().collect(),
        ..Score::default()
    };
    let before = score(&[("facts", count(200, 0, 0)), ("guesses", count(100, 40, 0))]);
    let reference = Reference::of(100, [&before, &Score::default()]);
    let worse = |now: &[(&'static str, Count)]| reference.worse(&score(now)).len();
    let same = [("facts", count(200, 0, 0)), ("guesses", count(110, 45, 0))];
    assert_eq!(worse(&same), 0);
    for (place, now) in [
        (0, count(200, 3, 0)),
        (0, count(100, 0, 3)),
        (1, count(100, 80, 0)),
        (1, count(0, 0, 0)),
    ] {
        let mut changed = same;
        changed[place].1 = now;
        assert_ne!(worse(&changed), 0, "{now:?}");
    }
}
