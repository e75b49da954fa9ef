//! When a recording goes on in another file, and what that is called: as tcpdump(1) does it with -C, -G and -W.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, Utc};

use crate::local_time;
use crate::record::Packing;

/// When a recording goes on in another file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Before the next packet, when the file has more bytes than this; of a packed one, before they are packed.
    pub size: Option<u64>,
    /// With the first packet that comes this many seconds after the file was begun.
    pub seconds: Option<u64>,
    /// With `size`: the number of files that take turns. With `seconds` alone: after this many files the end comes.
    pub files: Option<u32>,
}

impl Rotation {
    /// Is there more than one file?
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.size.is_some() || self.seconds.is_some()
    }

    /// Why a recording under this name cannot go on in other files, in a line.
    #[must_use]
    pub fn refusal(self, given: Option<&Path>) -> Option<String> {
        if self.files.is_some() && !self.is_some() {
            return Some("-W is the number of files that -C or -G makes: add one of them".to_owned());
        }
        let given = given.filter(|_| self.is_some())?;
        if given == Path::new("-") {
            return Some("-C and -G make several files: give -w the name of a file instead of \"-\"".to_owned());
        }
        let seconds = self.seconds?;
        let Some(name) = given.to_str() else {
            return Some("with -G, -w takes a name in UTF-8: it is a format for times".to_owned());
        };
        if StrftimeItems::new(name).any(|item| matches!(item, Item::Error)) {
            return Some(
                "the name after -w has a % that stands for no part of a time (strftime(3)); write %% for %".to_owned(),
            );
        }
        let now = Utc::now().timestamp();
        let step = i64::try_from(seconds).unwrap_or(i64::MAX);
        let names: Vec<_> = (0..4)
            .map(|number| in_time(name, now.saturating_add(step.saturating_mul(number))))
            .collect();
        names.windows(2).any(|pair| pair.first() == pair.last()).then(|| {
            format!(
                "-G {seconds} would write two files of the same name: give -w a name with the time, such as %Y%m%d-%H%M%S.pcap; \
                 tcpdump overwrites the first"
            )
        })
    }

    /// The name of a file that begins at this time, in seconds since 1970, as the one of this place in its row, from 0.
    ///
    /// The number comes at the end, before the ending of a packed file. It has enough digits for [`Self::files`]; without these the first
    /// file has none.
    pub(super) fn name(self, given: &Path, since: i64, place: u32) -> PathBuf {
        let timed = match (self.seconds, given.to_str()) {
            (Some(_), Some(name)) => PathBuf::from(in_time(name, since)),
            _ => given.to_owned(),
        };
        let digits = self.files.map_or(0, |files| {
            (files - 1).checked_ilog10().map_or(0, |log| log as usize + 1)
        });
        if self.size.is_none() || (place == 0 && digits == 0) {
            return timed;
        }
        let number = format!("{place:0digits$}");
        let packed = Packing::of_path(&timed).and_then(|_| timed.extension());
        let mut name = match packed {
            Some(_) => timed.with_extension("").into_os_string(),
            None => timed.clone().into_os_string(),
        };
        name.push(number);
        if let Some(ending) = packed {
            name.push(".");
            name.push(ending);
        }
        PathBuf::from(name)
    }
}

/// The name with the parts of this local time that it asks for.
fn in_time(name: &str, since: i64) -> String {
    let time = DateTime::from_timestamp(since, 0).unwrap_or_default();
    let time = time.with_timezone(&local_time::offset(time));
    let mut text = String::new();
    if write!(text, "{}", time.format(name)).is_err() {
        return name.to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::Rotation;

    fn names(rotation: Rotation, given: &str, places: &[u32]) -> Vec<PathBuf> {
        places
            .iter()
            .map(|place| rotation.name(Path::new(given), 0, *place))
            .collect()
    }

    /// What tcpdump 4.99.3 makes of the same.
    #[test]
    fn numbers_have_the_digits_that_tcpdump_gives_them() {
        let size = Rotation {
            size: Some(1),
            ..Rotation::default()
        };
        let ring = |files| Rotation {
            files: Some(files),
            ..size
        };
        assert_eq!(
            names(size, "a%H.pcap", &[0, 1, 10]),
            ["a%H.pcap", "a%H.pcap1", "a%H.pcap10"].map(PathBuf::from)
        );
        assert_eq!(names(ring(1), "a", &[0]), [PathBuf::from("a")]);
        assert_eq!(names(ring(3), "a", &[0, 2]), ["a0", "a2"].map(PathBuf::from));
        assert_eq!(names(ring(10), "a", &[0, 9]), ["a0", "a9"].map(PathBuf::from));
        assert_eq!(names(ring(11), "a", &[0, 10]), ["a00", "a10"].map(PathBuf::from));
        assert_eq!(
            names(ring(3), "b/a.pcapng.gz", &[0, 2]),
            ["b/a.pcapng0.gz", "b/a.pcapng2.gz"].map(PathBuf::from)
        );
        let both = Rotation {
            seconds: Some(9),
            ..ring(3)
        };
        assert_eq!(names(both, "%s-", &[1]), [PathBuf::from("0-1")]);
        let timed = Rotation { size: None, ..both };
        assert_eq!(names(timed, "%s", &[0]), [PathBuf::from("0")]);
    }

    #[test]
    fn a_name_that_comes_twice_is_refused() {
        let rotation = |seconds| Rotation {
            seconds: Some(seconds),
            ..Rotation::default()
        };
        for (seconds, name, refused) in [
            (60, "a.pcap", true),
            (60, "a%H.pcap", true),
            (60, "a%S.pcap", true),
            (60, "a%Q.pcap", true),
            (60, "-", true),
            (60, "a%M.pcap", false),
            (3600, "a%H.pcap", false),
            (1, "a%s", false),
            (u64::MAX, "a%s", true),
        ] {
            assert_eq!(
                rotation(seconds).refusal(Some(Path::new(name))).is_some(),
                refused,
                "{seconds} {name}"
            );
        }
    }
}
