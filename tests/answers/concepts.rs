//! `--explain` of concepts: their pages, the commands on them, the list, the glossary.

use std::fmt::Write as _;
use std::path::Path;

use socket_lab::explain::concepts::{Concept, SUBJECTS, all, names};
use socket_lab::explain::purpose::nearest;
use socket_lab::render::concept;
use socket_lab::render::text_style::{CharacterSet, TextStyle};

use super::stage::{Ended, sniffer};

use crate::support::ours;

const PROGRAMS: [&str; 6] = [
    "sniffer",
    "socket-lab",
    "tcp-client",
    "tcp-server",
    "udp-client",
    "udp-server",
];

/// The words of a command as a shell reads them, as far as ours need it: quotation marks, and `\` at the end of a line.
fn shell_words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in command.replace("\\\n", " ").chars() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    assert_eq!(quote, None, "{command}");
    let is_quoted = command.contains("\"\"");
    words.retain(|word| is_quoted || !word.is_empty());
    words
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The program and its arguments.
fn program(command: &str) -> (String, Vec<String>) {
    let mut words = shell_words(command);
    let program = words.remove(0);
    assert!(PROGRAMS.contains(&program.as_str()), "{command}");
    (program, words)
}

fn run_sniffer(command: &str) -> Ended {
    let (program, arguments) = program(command);
    assert_eq!(program, "sniffer");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    sniffer(&arguments)
}

/// Does the command read only, and write nothing but to standard output?
fn only_reads(command: &str) -> bool {
    let reads = command.contains(" -r ") || command.contains(" --explain ") || command.ends_with(" -D");
    command.starts_with("sniffer ") && reads && !command.contains("--plot") && !command.contains(" -w ")
}

/// The numbers of the packets that a notice names: "packet 3", "packets 4 to 8", "SYN 11", "ACK 5".
fn packets_of(notice: &str) -> Vec<usize> {
    let words: Vec<&str> = notice.split([' ', ',', ':', ';', '.', '(', ')']).collect();
    let before = [
        "packet", "packets", "Packet", "Packets", "SYN", "ACK", "FIN", "RST", "SYN-ACK", "segment", "segments",
    ];
    let pairs = words.windows(2).filter(|pair| before.contains(&pair[0]));
    pairs.filter_map(|pair| pair[1].parse().ok()).collect()
}

#[test]
fn each_example_runs_and_shows_what_it_says() {
    let mut numbered = 0;
    for Concept { name, example, .. } in all() {
        assert!(example.command.starts_with("sniffer -r captures/"), "{name}");
        let ended = run_sniffer(example.command);
        assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{name}");
        let output = on_one_line(&ended.output);
        for part in example.shows {
            assert!(output.contains(part), "{name}: no {part:?} in\n{}", ended.output);
        }
        let file = shell_words(example.command)[2].clone();
        let all = sniffer(&["-r", &file, "--view", "summary"]).output;
        let count = all
            .lines()
            .filter(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit()))
            .count();
        for packet in packets_of(example.notice) {
            assert!((1..=count).contains(&packet), "{name}: packet {packet} of {count}");
            numbered += 1;
        }
    }
    assert!(numbered > 60, "{numbered}");
}

#[test]
fn each_command_to_try_is_one_that_exists() {
    let mut read = 0;
    for Concept { name, attempt, .. } in all() {
        if only_reads(attempt.command) {
            let ended = run_sniffer(attempt.command);
            assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{name}");
            read += 1;
            continue;
        }
        // Not run: it would capture, listen or make a network. Its arguments are read up to --help.
        let (program, mut arguments) = program(attempt.command);
        if let Some(run) = arguments.iter().position(|word| word == "-ip") {
            arguments[run] = "--ipaddress".to_owned();
        }
        let ended = ours(&program).args(&arguments).arg("--help").output().unwrap();
        assert!(
            ended.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&ended.stderr)
        );
        assert!(ended.stderr.is_empty() && !ended.stdout.is_empty(), "{name}");
    }
    assert!(read > 20, "{read}");
}

#[test]
fn every_page_fits_its_columns_and_its_command_can_be_copied() {
    for concept_of_table in all() {
        for (characters, width) in [
            (CharacterSet::Unicode, 60),
            (CharacterSet::Ascii, 80),
            (CharacterSet::Unicode, 130),
            (CharacterSet::Plain, 60),
        ] {
            let style = TextStyle {
                characters,
                width,
                ..TextStyle::PIPE
            };
            let mut page = Vec::new();
            concept::write(&mut page, &style, concept_of_table).unwrap();
            let page = String::from_utf8(page).unwrap();
            assert!(page.lines().all(|line| line.chars().count() <= width), "{page}");
            let flat = on_one_line(&page.replace(" \\\n", " "));
            for part in [
                concept_of_table.name,
                concept_of_table.example.command,
                concept_of_table.attempt.command,
                &concept_of_table.sentences.join(" "),
                concept_of_table.source,
            ] {
                assert!(flat.contains(part), "no {part:?} in {page}");
            }
        }
    }
}

#[test]
fn a_concept_has_a_page_by_any_of_its_names() {
    for (word, title) in [
        ("handshake", "handshake (a concept)"),
        ("Three-Way_Handshake", "handshake (a concept)"),
        ("welcoming socket", "listening socket (a concept)"),
        ("cwnd", "congestion window (a concept)"),
        ("RTT", "round-trip time (a concept)"),
        ("tcp.analysis.ack_rtt", "round-trip time (a concept)"),
        ("state", "TCP state (a concept)"),
        ("payload", "payload (a concept)"),
        ("data", "payload (a concept)"),
        ("tcp.stream", "conversation (a concept)"),
        ("ip address", "IP address (a concept)"),
    ] {
        let ended = sniffer(&["--explain", word]);
        assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{word}");
        assert_eq!(ended.output.lines().next(), Some(title));
    }
    let plain = sniffer(&["--explain", "half-close", "--style", "plain"]).output;
    assert!(
        plain.contains("What: A half-close ends") && plain.contains("\nsniffer -r captures/close.pcapng "),
        "{plain}"
    );
}

#[test]
fn a_field_names_the_concept_that_may_be_meant_unless_it_was_asked_for_by_its_filter_name() {
    for (word, field, concept) in [
        ("window", "window (tcp.window_size_value)", "flow control"),
        ("rwnd", "window (tcp.window_size_value)", "flow control"),
        ("port", "source port (tcp.srcport)", "port number"),
        ("isn", "sequence number (tcp.seq_raw)", "choice of the ISN"),
        ("sequence number", "sequence number (tcp.seq_raw)", "sequence numbers"),
        ("checksum", "checksum (tcp.checksum)", "Internet checksum"),
        ("syn", "SYN (tcp.flags.syn)", "handshake"),
    ] {
        let output = sniffer(&["--explain", word]).output;
        assert_eq!(output.lines().next(), Some(field), "{word}");
        assert!(output.contains(&format!(" the concept: {concept}\n")), "{output}");
    }
    for word in ["tcp.flags.syn", "tcp.window_size_value", "urgent"] {
        let output = sniffer(&["--explain", word]).output;
        assert!(!output.contains("the concept:"), "{output}");
    }
}

#[test]
fn what_a_concept_does_without_is_refused_with_what_to_do() {
    for (arguments, part) in [
        (
            &["--explain", "handshake", "-r", "captures/tcp.pcapng"][..],
            "leave -r out",
        ),
        (&["--explain", "list", "-r", "captures/tcp.pcapng"], "leave -r out"),
        (&["--explain", "handshake", "--json"], "--explain list"),
        (&["--explain", "window", "--json"], "--explain list"),
    ] {
        let ended = sniffer(arguments);
        assert_eq!((ended.code, ended.output.as_str()), (Some(2), ""), "{arguments:?}");
        assert_eq!(ended.errors.lines().count(), 1, "{}", ended.errors);
        assert!(ended.errors.contains(part), "{}", ended.errors);
    }
}

#[test]
fn a_misspelt_name_is_answered_with_the_right_one() {
    let (misspelt, right) = (
        sniffer(&["--explain", "handshaek"]),
        sniffer(&["--explain", "handshake"]),
    );
    assert_eq!((misspelt.code, &misspelt.output), (Some(0), &right.output));
    assert_eq!(
        misspelt.errors,
        "warning: no field or concept has that name; this is handshake\n"
    );
    // Of two things that are as near, neither is guessed.
    let ended = sniffer(&["--explain", "tcp.flags.sin"]);
    assert_eq!((ended.code, ended.output.as_str()), (Some(2), ""));
    assert!(ended.errors.contains("near to it: tcp.flags."), "{}", ended.errors);
    for Concept { name, .. } in all().filter(|concept| concept.name.len() > 5) {
        // Two letters in the middle are exchanged.
        let mut letters: Vec<char> = name.chars().collect();
        let middle = letters.len() / 2;
        letters.swap(middle, middle - 1);
        let misspelt: String = letters.into_iter().collect();
        let near = nearest(&misspelt);
        assert!(near.contains(name), "{misspelt}: {near:?}");
    }
}

#[test]
fn the_list_has_every_name_in_the_columns_that_there_are() {
    for (arguments, width) in [
        (&["--width", "60"][..], 60),
        (&["--width", "80"], 80),
        (&["--width", "130"], 130),
        (&["--width", "60", "--style", "plain"], 60),
    ] {
        let ended = sniffer(&[&["--explain", "list"], arguments].concat());
        assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""));
        assert!(
            ended.output.lines().all(|line| line.chars().count() <= width),
            "{}",
            ended.output
        );
        let flat = on_one_line(&ended.output);
        for name in all().map(|concept| concept.name).chain(["tcp.flags.syn", "udp.length"]) {
            assert!(flat.contains(name), "no {name} in {}", ended.output);
        }
    }
}

#[test]
fn the_list_as_json_has_every_name_once() {
    let ended = sniffer(&["--explain", "list", "--json"]);
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""));
    let list: serde_json::Value = serde_json::from_str(&ended.output).unwrap();
    let list = list.as_array().unwrap();
    let kinds = |kind: &str| list.iter().filter(|entry| entry["kind"] == kind).count();
    assert_eq!(kinds("concept"), all().count());
    assert!(kinds("field") > 180 && kinds("field") + kinds("concept") == list.len());
    let handshake = list.iter().find(|entry| entry["name"] == "handshake").unwrap();
    assert_eq!(handshake["source"], "RFC 9293 section 3.5");
    assert_eq!(handshake["other_names"][0], "three-way handshake");
    let window = list
        .iter()
        .find(|entry| entry["name"] == "tcp.window_size_value")
        .unwrap();
    assert_eq!(window["other_names"][0], "window");
    let mut seen: Vec<&str> = list.iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert!(list.iter().all(|entry| entry["source"].as_str().unwrap().len() > 3));
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), list.len());
}

/// The concepts as a page of Markdown.
fn glossary() -> String {
    let mut text = String::from(
        "# Glossary\n\nThe concepts that `sniffer --explain NAME` explains, by subject; `sniffer --explain list` also lists the \
         fields of the headers.\nRun the commands in the project's folder. This page is made from the program's own table \
         (src/explain/concepts).\n",
    );
    for (subject, concepts) in SUBJECTS {
        let _ = write!(text, "\n## {subject}\n");
        for one in concepts {
            let other_names: Vec<&str> = names(one).skip(1).collect();
            let _ = write!(
                text,
                "\n### {}\n\n{}\n\nOther names: {}.\n\nSee: `{}`\n{}\n\nTry: `{}`\n{}\n\nSource: {}.\n",
                one.name,
                one.sentences.join("\n"),
                other_names.join(", "),
                one.example.command,
                one.example.notice,
                one.attempt.command,
                one.attempt.notice,
                one.source
            );
        }
    }
    text
}

/// `SOCKET_LAB_UPDATE=1 cargo test concepts::` writes the page again.
#[test]
fn the_glossary_is_made_of_the_same_sentences() {
    let file = Path::new("docs/glossary.md");
    let now = glossary();
    if std::env::var_os("SOCKET_LAB_UPDATE").is_some() {
        std::fs::write(file, &now).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(now == kept, "{} is out of date", file.display());
}
