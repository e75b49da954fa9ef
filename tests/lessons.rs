//! docs/lessons, the teacher's notes and docs/handing-out.md are run: each command of them, each output of them.
//!
//! A block that begins with ```` ```console ```` shows commands behind `$ ` and what they print. They are run in the order of
//! the text, in a folder that has the project's captures and Wireshark profile, with a home of its own. A command that ends
//! with a backslash goes on in the next line. A line `...` stands for lines that are left out. What reads a file has to print
//! exactly what is shown; what runs again is compared after that was made equal which differs from run to run: [`neutral`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::{Tool, need, needs, path_of_ours, shell};

const LESSONS: usize = 11;

/// No lessons, but run in the same way.
const OTHERS: [&str; 2] = ["docs/handing-out.md", "docs/lessons/teachers.md"];

/// A recorded run with losses, which is not one of the project's own programs'.
const LOSSY: &str = "tests/answers/lossy.pcap";

/// On a busy machine a run may differ: a program is late, and another one acts in between. So it is repeated this many times
/// at most until it is as shown.
pub(super) const RUNS: usize = 20;

/// Is this the row of an overview for a time in which nothing happened? It is there only if that was long.
pub(super) fn is_pause(line: &str) -> bool {
    let mut words = line.split([' ', '│', '║']).filter(|word| !word.is_empty());
    let (time, unit, later) = (words.next(), words.next(), words.next());
    time.is_some_and(|time| time.parse::<f64>().is_ok())
        && matches!(unit, Some("ms" | "s"))
        && later == Some("later")
        && words.next().is_none()
}

/// What stands for lines that are left out.
const LEFT_OUT: &str = "...";

/// A command and what is shown below it.
#[derive(Debug)]
struct Shown {
    /// The line of the text where the output begins, from 0.
    at: usize,
    command: String,
    output: Vec<String>,
}

/// The numbered files, in order. README.md beside them is their list.
fn lessons() -> Vec<PathBuf> {
    let entries = fs::read_dir("docs/lessons").unwrap();
    let names = entries.map(|entry| entry.unwrap().path());
    let is_lesson = |path: &PathBuf| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with(char::is_numeric)
    };
    let mut files: Vec<PathBuf> = names.filter(is_lesson).collect();
    files.sort();
    files
}

/// The commands of a lesson, in order.
fn commands(text: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
            continue;
        }
        if !inside {
            continue;
        }
        if let Some(command) = line.strip_prefix("$ ") {
            found.push(Shown {
                at: number + 1,
                command: command.to_owned(),
                output: Vec::new(),
            });
            continue;
        }
        let shown = found.last_mut().expect("a block begins with its command");
        if shown.command.ends_with('\\') {
            shown.command += "\n";
            shown.command += line;
            shown.at = number + 1;
        } else {
            shown.output.push(line.to_owned());
        }
    }
    found
}

fn copy_files(from: &str, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// A folder for the commands, with what the lessons read.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in ["captures", "captures/two-hosts", "docs/wireshark/socket-lab"] {
        copy_files(part, &folder.path().join(part));
    }
    fs::create_dir_all(folder.path().join(LOSSY).parent().unwrap()).unwrap();
    fs::copy(LOSSY, folder.path().join(LOSSY)).unwrap();
    folder
}

/// Runs the command as the lesson's reader does, with the built programs first in the path. Both streams as on a
/// terminal, in their order.
fn run(command: &str, folder: &Path) -> Vec<String> {
    let programs = Path::new(path_of_ours("sniffer")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let output = shell(&format!("exec 2>&1; {command}"))
        .current_dir(folder)
        .env("PATH", path)
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("HOME", folder)
        .env_remove("LC_ALL")
        .env_remove("NO_COLOR")
        .env_remove("XDG_CONFIG_HOME")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    // What tshark says to root is nothing of the lesson.
    let lines = text.lines().filter(|line| !line.starts_with("Running as user"));
    lines.map(|line| line.trim_end().to_owned()).collect()
}

fn words(command: &str) -> impl Iterator<Item = &str> {
    command.split([' ', '\n'])
}

/// Does it make packets of its own? Then what it prints differs from run to run.
fn is_live(command: &str) -> bool {
    words(command).any(|word| word == "socket-lab")
}

/// The folder that a run of socket-lab writes its files to.
fn made_by(command: &str) -> String {
    let named = words(command).skip_while(|&word| word != "-o").nth(1);
    named.unwrap_or("captures/latest").to_owned()
}

/// A line made comparable: numbers of every kind stand as one `0`, units of time as one, hexadecimal bytes too; blanks
/// and lines that fill columns do not count.
pub(super) fn neutral(line: &str) -> String {
    let words = line.split_whitespace().map(|word| match word {
        "ns" | "µs" | "ms" | "s" => "s".to_owned(),
        word if word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) => "0".to_owned(),
        word if word.starts_with("0x") => "0x".to_owned(),
        word => {
            let mut made = String::new();
            for character in word.chars() {
                let character = if character.is_ascii_digit() { '0' } else { character };
                let fills = matches!(character, '0' | '-' | '=' | '─' | '═');
                if !(fills && made.ends_with(character)) {
                    made.push(character);
                }
            }
            made
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Is each shown line among the printed ones, in order and without others in between but where something is left out?
/// Gives what is shown with the printed lines in place of the shown ones.
fn compare(shown: &[String], printed: &[String], same: impl Fn(&str, &str) -> bool) -> Result<Vec<String>, String> {
    let mut rest = printed;
    let mut skips = false;
    let mut renewed = Vec::new();
    for line in shown {
        if line == LEFT_OUT {
            skips = true;
            renewed.push(line.clone());
            continue;
        }
        match rest.iter().position(|printed| same(printed, line)) {
            Some(place) if place == 0 || skips => {
                renewed.push(rest[place].clone());
                rest = &rest[place + 1..];
            }
            _ => return Err(format!("shown:   {line}\nprinted: {:?}", rest.first())),
        }
        skips = false;
    }
    match rest.iter().find(|line| !line.is_empty()) {
        Some(more) if !skips => Err(format!("printed, and not shown: {more}")),
        _ => Ok(renewed),
    }
}

fn exactly(left: &str, right: &str) -> bool {
    left == right
}

fn nearly(left: &str, right: &str) -> bool {
    neutral(left) == neutral(right)
}

/// After the captures were made again, `SOCKET_LAB_UPDATE=1 cargo test lessons::` puts their numbers into the lines
/// that are shown.
#[test]
fn every_lesson_shows_what_is_printed() {
    let lessons = lessons();
    assert_eq!(lessons.len(), LESSONS, "{lessons:?}");
    let (tshark, namespaces) = (need(Tool::Tshark), needs::namespaces());
    let mut checked = 0;
    for lesson in lessons.into_iter().chain(OTHERS.map(PathBuf::from)) {
        let text = fs::read_to_string(&lesson).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let folder = folder();
        let mut not_made = Vec::new();
        for shown in commands(&text) {
            let live = is_live(&shown.command);
            let is_made = if words(&shown.command).any(|word| word == "wire") {
                crate::two_hosts::ready()
            } else {
                namespaces
            };
            if live && !is_made {
                not_made.push(made_by(&shown.command));
            }
            let lacks = |folder: &String| words(&shown.command).any(|word| word.starts_with(folder.as_str()));
            if not_made.iter().any(lacks) || live && !is_made || shown.command.starts_with("tshark") && !tshark {
                continue;
            }
            let mut printed = run(&shown.command, folder.path());
            // A command with `-o` does not write over its files.
            let again = live && !words(&shown.command).any(|word| word == "-o");
            for _ in 1..RUNS {
                if !again || compare(&shown.output, &printed, nearly).is_ok() {
                    break;
                }
                printed = run(&shown.command, folder.path());
                printed.retain(|line| !is_pause(line));
            }
            let renews = std::env::var_os("SOCKET_LAB_UPDATE").is_some() && !live;
            let renewed = compare(&shown.output, &printed, nearly);
            if let Some(renewed) = renewed.ok().filter(|_| renews) {
                lines.splice(shown.at..shown.at + renewed.len(), renewed);
                continue;
            }
            let compared = if live {
                compare(&shown.output, &printed, nearly)
            } else {
                compare(&shown.output, &printed, exactly)
            };
            if let Err(difference) = compared {
                panic!("{}:{}: $ {}\n{difference}", lesson.display(), shown.at, shown.command);
            }
            checked += 1;
        }
        if std::env::var_os("SOCKET_LAB_UPDATE").is_some() {
            fs::write(&lesson, lines.join("\n") + "\n").unwrap();
        }
    }
    assert!(
        checked > 30 || std::env::var_os("SOCKET_LAB_UPDATE").is_some(),
        "{checked}"
    );
}

#[test]
fn every_lesson_has_commands_questions_and_answers_and_fits_a_terminal() {
    for lesson in lessons() {
        let text = fs::read_to_string(&lesson).unwrap();
        let name = lesson.display();
        let commands = commands(&text);
        assert!(commands.len() >= 3, "{name}: {} commands", commands.len());
        assert!(is_live(&commands[0].command), "{name} begins with a recorded run");
        let (rest, answers) = text.split_once("\n## Answers\n").unwrap();
        let (_, questions) = rest.split_once("\n## Check yourself\n").unwrap();
        let count = |part: &str| {
            (1..100)
                .take_while(|number| part.contains(&format!("\n{number}. ")))
                .count()
        };
        assert!(count(questions) >= 2, "{name}");
        assert_eq!(count(questions), count(answers), "{name}");
        // A question to predict, what is seen, and why, in this order.
        for section in text.split("\n## ").filter(|section| section.contains("**Predict.**")) {
            let title = section.lines().next().unwrap();
            let places = ["**Predict.**", "```console", "**What you see.**", "**Why.**"].map(|part| section.find(part));
            assert!(
                places.iter().all(Option::is_some) && places.is_sorted(),
                "{name}: {title}"
            );
        }
        let asked = text.matches("**Predict.**").count();
        assert!(asked >= 2, "{name}: {asked} questions to predict");
        for shown in commands {
            for line in shown.command.lines().chain(shown.output.iter().map(String::as_str)) {
                assert!(line.chars().count() <= 80, "{name}: {line}");
            }
        }
        let list = fs::read_to_string("docs/lessons/README.md").unwrap();
        let file = lesson.file_name().unwrap().to_string_lossy().into_owned();
        let title = text.lines().next().unwrap().trim_start_matches("# ");
        assert!(
            list.contains(&format!("[{title}]({file})")),
            "{file} is not in the list"
        );
    }
}

#[test]
fn the_comparison_finds_what_is_wrong() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let printed = lines("a\nb\nc\nd");
    for right in ["a\nb\nc\nd", "a\n...\nd", "...\nc\n...", "a\n..."] {
        assert!(compare(&lines(right), &printed, exactly).is_ok(), "{right}");
    }
    for wrong in [
        "a\nc\nd",
        "a\nb\nc",
        "a\n...\nb\nx\n...",
        "...\nd\n...\na",
        "b\n...",
        "",
        "e",
    ] {
        assert!(compare(&lines(wrong), &printed, exactly).is_err(), "{wrong}");
    }
    let renewed = compare(&lines("p 1\n...\nr 33"), &lines("p 777\nq\nr 4"), nearly);
    assert_eq!(renewed.unwrap(), lines("p 777\n...\nr 4"));
}

#[test]
fn numbers_do_not_count_and_words_do() {
    assert_eq!(neutral("  12  0.034 --> x----- 127.0.0.1"), "0 0.0 -> x- 0.0.0.0");
    assert!(nearly("took 29.7 µs in 5f ab", "took 1.2 ms in 77 01"));
    assert!(is_pause("     │    1.2 s later    ║") && !is_pause("  ║ later ║") && !is_pause("2 s later it ends"));
    assert!(!nearly("took 29.7 µs", "takes 29.7 µs") && !nearly("SYN seq=0 ack=1", "SYN seq=0"));
}

#[test]
fn a_command_goes_on_behind_a_backslash() {
    let text = "text\n```console\n$ one \\\n  two\nshown\n$ three\n```\n$ no command\n";
    let found = commands(text);
    let [first, second] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((first.command.as_str(), first.at), ("one \\\n  two", 4));
    assert_eq!(
        (first.output.len(), second.command.as_str(), second.output.len()),
        (1, "three", 0)
    );
}

/// The paths of docs/lessons/README.md: the minutes of the rows are those of the title.
#[test]
fn a_path_takes_as_long_as_its_title_says() {
    let page = fs::read_to_string("docs/lessons/README.md").unwrap();
    let mut paths = Vec::new();
    for section in page.split("\n## In ").skip(1) {
        let (title, rows) = section.split_once(" minutes\n").unwrap();
        let minutes = rows
            .lines()
            .filter_map(|row| row.strip_prefix("| ")?.split(' ').next()?.parse::<u32>().ok());
        assert_eq!(minutes.sum::<u32>().to_string(), title, "{section}");
        paths.push(title);
    }
    assert_eq!(paths, ["45", "90"]);
}
