//! The offset of local time from UTC, without waiting for whatever `TZ` names.
//!
//! The library for times opens and reads what `TZ` names, whole. That is a file of some hundred bytes below
//! /usr/share/zoneinfo, as a rule; a named pipe would be waited for, a device read without end, and a large file filled
//! the memory. So what it names is looked at before.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{DateTime, FixedOffset, Local, Offset as _, Utc};

use crate::escape::printable;

/// The longest file that is taken for a time zone, in bytes. The longest of the usual ones has less than 4,000.
const LONGEST: u64 = 64 * 1024;

/// The shortest: a header alone has 44 bytes. RFC 9636 section 3.1. Files of /proc, which may be waited for, say 0.
const SHORTEST: u64 = 44;

/// Where a time zone that is not an absolute path is looked for: the folders of chrono.
const FOLDERS: [&str; 4] = [
    "/usr/share/zoneinfo",
    "/share/zoneinfo",
    "/etc/zoneinfo",
    "/usr/share/lib/zoneinfo",
];

/// What is read when `TZ` is not set.
const OF_THE_SYSTEM: &str = "/etc/localtime";

/// How much local time is ahead of UTC at this time. Where [`warning`] has something to say, it is not at all.
#[must_use]
pub fn offset(time: DateTime<Utc>) -> FixedOffset {
    if warning().is_some() {
        return Utc.fix();
    }
    *time.with_timezone(&Local).offset()
}

/// Why times are in UTC although `TZ`, or the system's own setting, names something; a line without end. `None` where it names
/// a file that can be read soon, or nothing that is there.
pub fn warning() -> Option<&'static str> {
    static WARNING: OnceLock<Option<String>> = OnceLock::new();
    let warning = WARNING.get_or_init(|| {
        let set = std::env::var_os("TZ");
        // What is not UTF-8 is not looked at by chrono either.
        refusal(set.as_deref().and_then(std::ffi::OsStr::to_str))
    });
    warning.as_deref()
}

fn refusal(set: Option<&str>) -> Option<String> {
    let name = match set {
        Some("localtime") | None => OF_THE_SYSTEM,
        Some("") => return None,
        // tzset(3): a colon in front says that a file is meant.
        Some(name) => name.strip_prefix(':').unwrap_or(name),
    };
    let (path, why) = places(name).find_map(|path| unusable(&path).map(|why| (path, why)))?;
    let path = path.display().to_string();
    let path = printable(path.as_bytes());
    let next = "times are in UTC; set TZ=UTC, or a time zone such as TZ=Europe/Berlin";
    Some(match set {
        None => format!("{path} {why}, and should be a time zone; {next}"),
        Some(set) => format!("TZ={} {why} ({path}); {next}", printable(set.as_bytes())),
    })
}

/// Where a file of this name may be.
fn places(name: &str) -> impl Iterator<Item = PathBuf> {
    let absolute = Path::new(name).is_absolute().then(|| PathBuf::from(name));
    let below = FOLDERS.iter().map(|folder| Path::new(folder).join(name));
    let below: Vec<PathBuf> = if absolute.is_some() {
        Vec::new()
    } else {
        below.collect()
    };
    absolute.into_iter().chain(below)
}

/// Why this is not read; `None` for a file that may be a time zone, and for what is not there.
fn unusable(path: &Path) -> Option<&'static str> {
    let found = std::fs::metadata(path).ok()?;
    if found.is_dir() {
        Some("names a folder")
    } else if !found.is_file() {
        Some("names a device or a pipe, not a file")
    } else if found.len() > LONGEST {
        Some("names a file that is far too long for a time zone")
    } else if found.len() < SHORTEST {
        Some("names a file that is too short for a time zone")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::refusal;

    #[test]
    fn what_is_a_time_zone_or_not_there_is_left_to_chrono() {
        for set in [
            None,
            Some(""),
            Some("UTC"),
            Some("EST5EDT"),
            Some("no such zone"),
            Some(":nowhere"),
            Some("CET-1CEST"),
        ] {
            assert_eq!(refusal(set), None, "{set:?}");
        }
    }

    #[test]
    fn what_would_be_waited_for_or_fill_the_memory_is_refused_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let large = folder.path().join("large\u{202e}");
        std::fs::File::create(&large).unwrap().set_len(1 << 40).unwrap();
        let large = large.to_str().unwrap().to_owned();
        for (set, why) in [
            ("/dev/zero", "a device or a pipe"),
            (":/dev/tty", "a device or a pipe"),
            ("../../../dev/zero", "a device or a pipe"),
            ("/etc", "a folder"),
            (":Europe/..", "a folder"),
            ("/proc/self/environ", "too short"),
            (&large, "far too long"),
        ] {
            if set.starts_with(":Europe") && !std::path::Path::new("/usr/share/zoneinfo/Europe").is_dir() {
                continue;
            }
            if set.starts_with("../") && !std::path::Path::new("/usr/share/zoneinfo").is_dir() {
                continue;
            }
            let line = refusal(Some(set)).unwrap_or_else(|| panic!("{set:?} is read"));
            assert!(
                line.contains(why) && line.contains("UTC") && !line.contains('\u{202e}'),
                "{line}"
            );
            assert_eq!(line.lines().count(), 1);
        }
    }
}
