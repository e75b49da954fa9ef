//! The first command of README.md: docs/first-run.txt is a real run of it, which README.md shows, and docs/first-run.svg draws.
//!
//! `SOCKET_LAB_UPDATE=1 cargo test first_run::` runs it again and writes all three, and the pictures of recorded runs; then look at
//! every difference.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::sync::OnceLock;

use crate::lessons::{RUNS, is_pause};
use crate::readme::blocks;
use crate::support::{clean, needs, ours};
use crate::terminal_svg::{COLUMNS, draw};

const COMMAND: &str = "cargo run --release";
const TEXT: &str = "docs/first-run.txt";
const PICTURE: &str = "docs/first-run.svg";

/// The rows of a usual terminal, with two for the command and the next prompt.
const ROWS: usize = 40;

/// Pictures that pages show, and how the sniffer draws each from a recorded run.
const DRAWN: [(&str, &[&str]); 2] = [
    (
        "docs/tcp.svg",
        &[
            "-r",
            "captures/two-hosts/tcp.pcapng",
            "--calls",
            "captures/two-hosts/tcp.calls.jsonl",
        ],
    ),
    (
        "docs/two-captures.svg",
        &[
            "-r",
            "captures/two-hosts/data-lost.client.pcapng",
            "--other-end",
            "captures/two-hosts/data-lost.server.pcapng",
        ],
    ),
];

fn updates() -> bool {
    std::env::var_os("SOCKET_LAB_UPDATE").is_some()
}

/// A run today, as cargo starts it: its command has the path to the program.
fn run_now() -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = ours("socket-lab");
    clean(&mut command)
        .arg0("target/release/socket-lab")
        .current_dir(folder.path());
    let run = command.output().unwrap();
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && errors.is_empty(), "{errors}");
    String::from_utf8(run.stdout).unwrap()
}

/// The run that is kept. When files are updated it is made again, once.
fn kept() -> &'static str {
    static KEPT: OnceLock<String> = OnceLock::new();
    KEPT.get_or_init(|| {
        if updates() && needs::namespaces() {
            fs::write(TEXT, run_now()).unwrap();
        }
        fs::read_to_string(TEXT).unwrap()
    })
}

/// A line without what differs from run to run: ports and process numbers, and the blanks and lines that fill their room.
fn skeleton(line: &str) -> String {
    let is_number = |word: &&str| word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let words = line
        .split_whitespace()
        .map(|word| if is_number(&word) { "NUMBER" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_run_today_is_the_kept_one_but_for_its_numbers() {
    if !needs::namespaces() {
        return;
    }
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !is_pause(line));
        lines.map(skeleton).collect()
    };
    let kept = lines(kept());
    let mut now = run_now();
    for _ in 1..RUNS {
        if kept == lines(&now) {
            break;
        }
        now = run_now();
    }
    for (then, today) in kept.iter().zip(&lines(&now)) {
        assert_eq!(then, today, "{now}");
    }
    assert_eq!(kept.len(), lines(&now).len(), "{now}");
    assert!(kept.len() + 2 <= ROWS, "{now}");
    assert!(now.lines().all(|line| line.chars().count() <= COLUMNS), "{now}");
}

#[test]
fn the_readme_shows_the_kept_run() {
    let shown = blocks("README.md").into_iter().find(|(command, _)| command == COMMAND);
    let (_, shown) = shown.unwrap();
    if updates() {
        let readme = fs::read_to_string("README.md").unwrap();
        fs::write("README.md", readme.replacen(&shown, kept().trim_end(), 1)).unwrap();
    } else {
        assert_eq!(shown, kept().trim_end());
    }
}

/// Compares a picture with the file, or writes it.
fn is_kept(file: &str, now: &str) {
    if updates() {
        fs::write(file, now).unwrap();
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    let place = kept.lines().zip(now.lines()).find(|(kept, now)| kept != now);
    assert!(kept == now, "{file} is not as kept, from: {place:?}");
    assert!(now.contains("prefers-color-scheme: dark"), "{file}");
}

#[test]
fn its_picture_is_drawn_from_the_kept_run() {
    is_kept(PICTURE, &draw(COMMAND, kept()));
}

#[test]
fn the_pictures_of_recorded_runs_are_what_the_sniffer_draws() {
    for (file, arguments) in DRAWN {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("made.svg");
        let mut sniffer = ours("sniffer");
        let ended = clean(&mut sniffer)
            .arg("-q")
            .args(arguments)
            .arg("--svg")
            .arg(&made)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && errors.is_empty(), "{errors}");
        is_kept(file, &fs::read_to_string(made).unwrap());
    }
}

/// A picture that no page shows is not seen by anyone who could find it wrong.
#[test]
fn every_picture_in_docs_is_made_by_a_test_and_shown_by_a_page() {
    let mut pages = vec![Path::new("README.md").to_owned()];
    for folder in ["docs", "docs/lessons"] {
        pages.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    pages.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    let texts: Vec<String> = pages.iter().map(|page| fs::read_to_string(page).unwrap()).collect();
    let mut count = 0;
    for entry in fs::read_dir("docs").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "svg") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let file = path.to_str().unwrap();
        assert!(
            file == PICTURE || DRAWN.iter().any(|(drawn, _)| *drawn == file),
            "{file}"
        );
        assert!(texts.iter().any(|text| text.contains(name)), "no page shows {file}");
        count += 1;
    }
    assert_eq!(count, DRAWN.len() + 1);
}
