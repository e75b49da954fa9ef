//! The program itself on captures of its own and of others, whole in every view, some of them cut with the views taking turns: it
//! ends well or says in a line why not, within ten seconds and 200 MB.
//!
//! The captures of others are those in the folder that the variable `SOCKET_LAB_CORPUS` names, such as those of tcpdump's own
//! tests; without it that part is skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::invariants::page::{check_page, check_picture_file};
use super::invariants::shown::{assert_line, assert_text, style};
use super::prefixes::every_prefix;

use crate::support::{Tool, need, needs, path_of_ours, tool};

/// What is asked of each file. `HTML` and `SVG` stand for names of files.
const VIEWS: [&[&str]; 10] = [
    &["--view", "summary"],
    &["--view", "fields", "--full", "-x"],
    &["--view", "diagram"],
    &["--json"],
    &["--view", "ladder", "--full"],
    &["--view", "follow", "--full"],
    &["--view", "answers"],
    &["-q", "--force", "--html", "HTML"],
    &["-q", "--force", "--svg", "SVG"],
    &["--mermaid"],
];

/// The most memory that the program gets, in bytes: all that it writes to but what it shares. Beyond it allocations fail, which ends
/// the program by a signal. getrlimit(2)
const MEMORY: &str = "--data=200000000";

/// The most time, in seconds.
const SECONDS: &str = "10";

fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| path.is_file());
    files.sort();
    assert!(!files.is_empty());
    files
}

/// The captures of others, if there are any.
fn others() -> Vec<PathBuf> {
    needs::corpus().map_or_else(Vec::new, |folder| in_folder(&folder))
}

/// Where reports are written, one after the other.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Shows the file, and checks how that ended.
    fn show(&self, file: &Path, view: &[&str]) {
        let report = self.file("report.html");
        let _ = fs::remove_file(&report);
        let picture = self.file("ladder.svg");
        let _ = fs::remove_file(&picture);
        let arguments = view.iter().map(|&word| match word {
            "HTML" => report.as_os_str(),
            "SVG" => picture.as_os_str(),
            _ => word.as_ref(),
        });
        let ended = tool(Tool::Prlimit)
            .args([
                MEMORY,
                "timeout",
                "--kill-after=1",
                SECONDS,
                path_of_ours("sniffer"),
                "-r",
            ])
            .arg(file)
            .args(arguments)
            .output()
            .unwrap();
        let place = format!("{} {view:?}", file.display());
        assert_well(&ended, &place);
        if ended.status.success() && report.exists() {
            check_page(&fs::read(&report).unwrap(), 1);
        }
        if ended.status.success() && picture.exists() {
            check_picture_file(&fs::read(&picture).unwrap());
        }
    }
}

/// It ended with 0, or with 1 and a line that says why; nothing that it wrote does anything on a terminal.
fn assert_well(ended: &Output, place: &str) {
    let errors = String::from_utf8_lossy(&ended.stderr);
    let code = ended.status.code();
    assert!(matches!(code, Some(0 | 1)), "{place}: {:?} {errors}", ended.status);
    assert_text(&ended.stdout, style(0), place);
    for line in errors.lines() {
        assert_line(line, place);
        let is_said = line.starts_with("error: ") || line.starts_with("warning: ") || line.contains("packets");
        assert!(is_said && !line.contains("panicked"), "{place}: {line}");
    }
    // A file that is cut is shown as far as it goes, with a warning; that it is cut is told to scripts by the exit status.
    assert!(code == Some(0) || !errors.is_empty(), "{place}: no reason given");
}

#[test]
fn every_capture_of_the_project_is_shown_in_every_view() {
    if !need(Tool::Prlimit) {
        return;
    }
    let folder = Folder::new();
    for file in in_folder(Path::new("captures")) {
        for view in VIEWS {
            folder.show(&file, view);
        }
    }
}

#[test]
fn every_capture_of_others_is_shown_in_every_view() {
    if !need(Tool::Prlimit) {
        return;
    }
    let folder = Folder::new();
    for file in others() {
        for view in VIEWS {
            folder.show(&file, view);
        }
    }
}

/// Twenty that are small, from all of the list.
fn twenty_small(files: &[PathBuf]) -> impl Iterator<Item = &PathBuf> {
    let small: Vec<_> = files
        .iter()
        .filter(|path| fs::metadata(path).unwrap().len() < 2_500)
        .collect();
    let step = (small.len() / 20).max(1);
    small.into_iter().step_by(step).take(20)
}

#[test]
fn every_prefix_of_captures_of_others_gives_its_whole_packets_in_every_view() {
    for path in twenty_small(&others()) {
        every_prefix(path);
    }
}

#[test]
fn the_program_ends_well_on_captures_that_are_cut() {
    if !need(Tool::Prlimit) {
        return;
    }
    let folder = Folder::new();
    let cut = folder.file("cut.pcap");
    let mut views = VIEWS.iter().cycle();
    let own = [PathBuf::from("captures/tcp.pcap"), PathBuf::from("captures/udp.pcapng")];
    let others = others();
    for path in own.iter().chain(twenty_small(&others)) {
        let bytes = fs::read(path).unwrap();
        let step = if path.starts_with("captures") { 13 } else { 61 };
        for length in (0..bytes.len()).step_by(step) {
            fs::write(&cut, &bytes[..length]).unwrap();
            folder.show(&cut, views.next().unwrap());
        }
    }
}
