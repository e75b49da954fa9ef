//! What becomes of older files, and of half made ones, whatever ends the program.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;

use super::frames::{numbered, pcap};
use super::stage::{Ended, Folder, ORDINARY, ordinary, ran, readable, sniffer};
use crate::support::stuck::{Output, Stuck};
use crate::support::{copy, pipe};

const CAPTURE: &str = "captures/long.pcapng";

/// The options that export into a file, and an ending that suits them.
const EXPORTS: [(&str, &str); 5] = [
    ("--html", "out.html"),
    ("--svg", "out.svg"),
    ("--plot", "out.svg"),
    ("--answer-key", "out.md"),
    ("--worksheet", "out.html"),
];

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// An older file, and a program that has opened its successor and waits for packets; with the end that they would come from.
fn waiting(option: &str, name: &str) -> (Folder, PathBuf, Stuck, File) {
    let folder = Folder::new();
    let file = folder.with(name, b"old");
    let (theirs, mut ours) = pipe();
    ours.write_all(&pcap(&[])).unwrap();
    let words = ["-r", "-", option, file.to_str().unwrap(), "--force"];
    let stuck = Stuck::start(sniffer(&words).stdin(theirs), &Output::Null, false);
    (folder, file, stuck, ours)
}

#[test]
fn an_older_export_survives_whatever_kills_the_program() {
    for (option, name) in EXPORTS {
        let (folder, file, mut stuck, _packets) = waiting(option, name);
        stuck.wait_until_still();
        let outcome = stuck.end_by(&[Signal::SIGKILL]);
        assert_eq!(outcome.code, None, "{option}");
        assert_eq!(std::fs::read(&file).unwrap(), b"old", "{option}");
        // Its successor had no name yet.
        assert_eq!(names(folder.path()), [name], "{option}");
    }
}

#[test]
fn an_export_that_is_whole_takes_the_place_of_the_older_one() {
    for (option, name) in EXPORTS {
        let folder = Folder::new();
        let file = folder.with(name, b"old");
        let other_name = folder.file("second-name");
        std::fs::hard_link(&file, &other_name).unwrap();
        let path = file.to_str().unwrap();
        let refused = ran(&["-r", CAPTURE, option, path]);
        assert_eq!(refused.code, Some(1), "{option}");
        assert!(refused.errors.contains("exists already"), "{option}: {refused:?}");
        let ended = ran(&["-r", CAPTURE, option, path, "--force"]);
        assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{option}");
        let made = std::fs::metadata(&file).unwrap();
        assert!(made.len() > 100 && made.mode() & 0o777 == 0o600, "{option}: {made:?}");
        assert_eq!(std::fs::read(&other_name).unwrap(), b"old", "{option}");
        assert_eq!(
            names(folder.path()),
            [name, "second-name"].map(str::to_owned),
            "{option}"
        );
    }
}

#[test]
fn a_folder_in_which_no_name_may_be_changed_keeps_the_old_one_until_there_is_something_to_write() {
    let programs = Folder::new();
    let capture = programs.with("long.pcapng", &std::fs::read(CAPTURE).unwrap());
    std::fs::set_permissions(&capture, std::fs::Permissions::from_mode(0o644)).unwrap();
    let program = readable(&programs);
    let folder = Folder::new();
    let file = folder.with("out.html", b"old");
    // The file is theirs, and the folder may not be changed.
    if nix::unistd::geteuid().is_root() {
        std::os::unix::fs::chown(&file, Some(ORDINARY), Some(ORDINARY)).unwrap();
    }
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = copy(&program);
    let words = [
        "-q",
        "-r",
        capture.to_str().unwrap(),
        "--html",
        file.to_str().unwrap(),
        "--force",
    ];
    ordinary(command.args(words));
    let ended = Ended::from(command.output().unwrap());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(std::fs::metadata(&file).unwrap().len() > 100);
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn what_came_meanwhile_is_not_replaced_without_force() {
    let folder = Folder::new();
    let file = folder.file("out.html");
    let (theirs, mut ours) = pipe();
    ours.write_all(&pcap(&numbered(3))).unwrap();
    let words = ["-q", "-r", "-", "--html", file.to_str().unwrap()];
    let mut stuck = Stuck::start(sniffer(&words).stdin(theirs), &Output::Null, false);
    stuck.wait_until_still();
    std::fs::write(&file, "somebody else's").unwrap();
    drop(ours);
    let outcome = stuck.ended();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.errors.contains("out.html exists already"), "{outcome:?}");
    assert_eq!(std::fs::read(&file).unwrap(), b"somebody else's");
    assert_eq!(names(folder.path()), ["out.html"]);
}
