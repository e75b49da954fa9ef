//! Where Wireshark looks for a user's own extcaps.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The personal extcap folder: the one that Wireshark itself names, else the one of version 4.2 and later. It need not
/// exist yet.
///
/// # Errors
/// Wireshark is not there and `HOME` is not set: a line that says so.
pub(super) fn personal_folder() -> Result<PathBuf, String> {
    let found = ["tshark", "wireshark"].into_iter().find_map(|program| {
        let mut command = Command::new(program);
        command
            .args(["-G", "folders"])
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        let output = command.output().ok().filter(|output| output.status.success())?;
        named(&String::from_utf8_lossy(&output.stdout))
    });
    found
        .or_else(|| {
            let home = std::env::var_os("HOME").filter(|home| !home.is_empty())?;
            Some(Path::new(&home).join(".local/lib/wireshark/extcap"))
        })
        .ok_or_else(|| {
            "your extcap folder is unknown: Wireshark does not report it, and HOME is not set; set HOME".to_owned()
        })
}

/// The folder in the answer to `-G folders`: lines of a title, a colon, tabs and a path. Versions before 4.2 do not name
/// it; theirs lies in the personal configuration.
fn named(folders: &str) -> Option<PathBuf> {
    let value = |title: &str| {
        folders.lines().find_map(|line| {
            let (name, path) = line.split_once(':')?;
            let path = path.trim();
            (name.trim().eq_ignore_ascii_case(title) && !path.is_empty()).then(|| PathBuf::from(path))
        })
    };
    value("Personal Extcap path").or_else(|| Some(value("Personal configuration")?.join("extcap")))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::named;

    #[test]
    fn every_version_names_its_folder() {
        let new = "Personal configuration:\t/home/a/.config/wireshark\n\
                   Personal Extcap path:\t/home/a/.local/lib/wireshark/extcap\n\
                   Global Extcap path:\t/usr/lib/wireshark/extcap\n";
        assert_eq!(named(new), Some(PathBuf::from("/home/a/.local/lib/wireshark/extcap")));
        let old = "Temp:                \t/tmp\n\
                   Personal configuration:\t/home/a/.config/wireshark\n\
                   Extcap path:         \t/usr/lib/wireshark/extcap\n";
        assert_eq!(named(old), Some(PathBuf::from("/home/a/.config/wireshark/extcap")));
        assert_eq!(named("Temp:\t/tmp\nPersonal configuration:\t\n"), None);
    }
}
