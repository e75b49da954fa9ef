//! `socket-lab open`: shows the report of the last run in a browser.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::failure::Failure;
use super::folder::LATEST;
use super::runs;
use crate::escape::{printable, shell};
use crate::os::errors;

/// How long a program that opens a page may take to fail. One that goes on is the browser itself.
const FAILING: Duration = Duration::from_millis(1500);

/// Opens the newest report of the folder, or of the usual one, and returns what to print. Over SSH, where a browser would be on
/// another computer, that is how to get the report there.
///
/// # Errors
/// There is no report; no program can open it: in a line, with the path to open by hand.
pub fn open(folder: Option<&Path>) -> Result<String, Failure> {
    let usual: PathBuf = LATEST.iter().collect();
    let folder = folder.unwrap_or(&usual);
    let report = newest(folder)?;
    let path = fs::canonicalize(&report).unwrap_or_else(|_| report.clone());
    if let Err(error) = File::open(&path) {
        let why = errors::text(&error);
        let line = format!(
            "cannot read {}: {why}; make a report of your own with -o FOLDER",
            shown(&path)
        );
        return Err(Failure::Line(line));
    }
    let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let has_display = environment("DISPLAY")
        .or_else(|| environment("WAYLAND_DISPLAY"))
        .is_some();
    if let Some(connection) = environment("SSH_CONNECTION").filter(|_| !has_display) {
        return Ok(over_ssh(&path, &connection, &own_name()));
    }
    let mut refused = Vec::new();
    for opener in openers() {
        match start(opener, &path) {
            Ok(()) => return Ok(format!("Opened {} with {opener}.\n", shown(&report))),
            Err(why) => refused.push(format!("{opener} {why}")),
        }
    }
    Err(Failure::Line(format!(
        "cannot open {}: {}; open this file in a browser: {}",
        shown(&report),
        refused.join(", "),
        shown(&path)
    )))
}

/// The report that was written last. Of those with the same time, since a clock of files can be coarse, that of the run which is
/// shown first.
fn newest(folder: &Path) -> Result<PathBuf, Failure> {
    let none = |why: &str| {
        let folder = shown(folder);
        Failure::Line(format!(
            "there is no report in {folder}{why}; 'socket-lab' writes one to captures/latest, and -o names another folder"
        ))
    };
    let [first, ..] = runs::DEFAULT;
    let entries = fs::read_dir(folder).map_err(|error| none(&format!(": {}", errors::text(&error))))?;
    let reports = entries.flatten().filter_map(|entry| {
        let path = entry.path();
        let found = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        let written = found.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let is_first = path.file_stem() == Some(OsStr::new(first.word));
        let is_report = path.extension() == Some(OsStr::new("html"));
        is_report.then_some((written, is_first, path))
    });
    let newest = reports.max().map(|(.., path)| path);
    newest.ok_or_else(|| none(""))
}

/// The programs that open a page in the user's browser, the most fitting first.
fn openers() -> &'static [&'static str] {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    if cfg!(target_os = "macos") {
        &["open"]
    } else if kernel.to_ascii_lowercase().contains("microsoft") {
        // Windows Subsystem for Linux: the browser is Windows' own.
        &["wslview", "xdg-open"]
    } else {
        &["xdg-open"]
    }
}

fn start(opener: &str, path: &Path) -> Result<(), String> {
    let started = Command::new(opener)
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut process = started.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "is not installed".to_owned(),
        _ => format!("cannot be started ({})", errors::text(&error)),
    })?;
    let since = Instant::now();
    while since.elapsed() < FAILING {
        match process.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("failed ({status})")),
            Ok(None) => thread::sleep(Duration::from_millis(10)),
            Err(error) => return Err(errors::text(&error)),
        }
    }
    Ok(())
}

/// `SSH_CONNECTION` has the client's address and port, then the server's: ssh(1).
fn over_ssh(path: &Path, connection: &str, user: &str) -> String {
    let mut words = connection.split_whitespace().skip(2);
    let (address, port) = (words.next().unwrap_or("SERVER"), words.next().unwrap_or("22"));
    let port = if port == "22" {
        String::new()
    } else {
        format!("-P {port} ")
    };
    let address = if address.contains(':') {
        format!("[{address}]")
    } else {
        address.to_owned()
    };
    let from = shell::quoted(OsStr::new(&format!("{user}@{address}:{}", path.display())));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = format!(
        "You are logged in over SSH: the browser is on your own computer. Type there:\n\n    scp {port}{from} .\n\nThen open {name} \
         there.\n"
    );
    text.split('\n')
        .map(|line| printable(line.as_bytes()).into_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

fn own_name() -> String {
    let own = nix::unistd::User::from_uid(nix::unistd::getuid()).ok().flatten();
    own.map_or_else(|| "USER".to_owned(), |own| own.name)
}

fn shown(path: &Path) -> String {
    printable(path.display().to_string().as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use super::{newest, over_ssh};

    #[test]
    fn the_newest_report_is_found_and_of_two_of_one_time_that_of_the_first_run() {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        let made = |name: &str, ago: u64| {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(now - Duration::from_millis(ago)).unwrap();
        };
        let found = || newest(folder.path()).unwrap().file_name().unwrap().to_owned();
        let refused = newest(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("there is no report"), "{refused}");
        made("udp.html", 20);
        made("tcp.html", 20);
        made("later.txt", 0);
        assert_eq!(found(), "tcp.html");
        made("udp.html", 10);
        assert_eq!(found(), "udp.html");
        made("refused.html", 0);
        assert_eq!(found(), "refused.html");
        made("refused.html", 9_000);
        fs::create_dir(folder.path().join("folder.html")).unwrap();
        assert_eq!(found(), "udp.html");
        let missing = newest(Path::new("/nonexistent/folder")).unwrap_err().to_string();
        assert!(missing.contains("No such file"), "{missing}");
    }

    #[test]
    fn over_ssh_there_is_a_command_for_the_other_computer() {
        let path = Path::new("/home/me/my lab/tcp.html");
        let text = over_ssh(path, "192.0.2.7 50000 192.0.2.1 22", "me");
        assert!(
            text.contains("    scp 'me@192.0.2.1:/home/me/my lab/tcp.html' .\n"),
            "{text}"
        );
        let text = over_ssh(Path::new("/tcp.html"), "2001:db8::7 50000 2001:db8::1 2222", "me");
        assert!(text.contains("    scp -P 2222 "), "{text}");
        assert!(text.contains("me@[2001:db8::1]:/tcp.html"), "{text}");
    }
}
