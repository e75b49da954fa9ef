//! The project's captures: what README says of them, and what tshark finds in them. How each view shows them: tests/golden.rs.

use std::collections::BTreeSet;
use std::process::Command;

use crate::support::{Tool, need, ours, tool};

/// Every capture, as README lists them.
const CAPTURES: [&str; 11] = [
    "udp",
    "tcp",
    "refused",
    "empty",
    "long",
    "idle",
    "backlog",
    "syn-scan",
    "close",
    "port-12000",
    "loop",
];

/// What tshark remarks of which packet beyond comments and the ordinary course of things, and why it is there.
const REMARKED: [(&str, u32, &str, &str); 4] = [
    ("refused", 4, "Connection reset (RST)", "nobody listens"),
    (
        "backlog",
        22,
        "This frame is a (suspected) retransmission",
        "the queue was full, so the first SYN was dropped",
    ),
    (
        "syn-scan",
        3,
        "Connection reset (RST)",
        "the scan's own kernel gives up",
    ),
    ("syn-scan", 5, "Connection reset (RST)", "nobody listens"),
];

/// Remarks that belong to every connection that is opened and closed.
const ORDINARY: [&str; 4] = [
    "Connection establish request (SYN)",
    "Connection establish acknowledge (SYN+ACK)",
    "Connection finish (FIN)",
    "the connection closing",
];

fn ran(program: &mut Command) -> String {
    let ended = program.output().unwrap();
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{program:?}: {errors}");
    String::from_utf8(ended.stdout).unwrap()
}

fn run(arguments: &[&str]) -> String {
    let mut sniffer = ours("sniffer");
    let ended = sniffer.args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && errors.is_empty(), "{arguments:?}: {errors}");
    String::from_utf8(ended.stdout).unwrap()
}

/// One row a packet, with these fields as tshark prints them; several values of one field are separated by `~`.
fn tshark(file: &str, fields: &[&str]) -> Vec<Vec<String>> {
    let mut command = tool(Tool::Tshark);
    command.args(["-r", file, "-T", "fields", "-E", "aggregator=~"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let rows = ran(&mut command);
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect();
    rows.lines().map(cells).collect()
}

/// The rows of README's table: capture, command, number of packets.
fn rows() -> Vec<(String, String, usize)> {
    let readme = std::fs::read_to_string("captures/README.md").unwrap();
    // The runs with two hosts: tests/two_hosts.
    let (readme, _) = readme.split_once("## Two hosts").unwrap();
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [file, command, packets, ..] = cells.as_slice() else {
            panic!("{row}")
        };
        let name = file.split('.').next().unwrap();
        (name.to_owned(), (*command).to_owned(), packets.parse().unwrap())
    })
    .collect()
}

#[test]
fn the_readme_lists_every_file_with_its_packets() {
    let rows = rows();
    let named: Vec<&str> = rows.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(named, CAPTURES);
    for (name, command, packets) in &rows {
        let lines = run(&["-r", &format!("captures/{name}.pcapng"), "--view", "summary"]);
        assert_eq!(lines.lines().count(), *packets, "{name}");
        assert!(
            ["port-12000", "loop"].contains(&name.as_str()) || command.starts_with(&format!("`socket-lab {name}")),
            "{command}"
        );
    }
    let twins = ["udp.pcap", "tcp.pcap", "README.md", "latest", "two-hosts"].map(str::to_owned);
    let ends = ["pcapng", "calls.jsonl"];
    let listed = CAPTURES.iter().flat_map(|name| ends.map(|end| format!("{name}.{end}")));
    let listed: BTreeSet<String> = listed.chain(twins).collect();
    for entry in std::fs::read_dir("captures").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(listed.contains(&name) || name.starts_with("mine."), "{name}");
    }
}

#[test]
fn tshark_counts_the_same_and_remarks_nothing_unexpected() {
    if !need(Tool::Tshark) {
        return;
    }
    let mut found = Vec::new();
    for (name, _, packets) in rows() {
        let file = format!("captures/{name}.pcapng");
        let fields = [
            "frame.number",
            "_ws.expert.severity",
            "_ws.expert.message",
            "frame.comment",
        ];
        let lines = tshark(&file, &fields);
        assert_eq!(lines.len(), packets, "{name}");
        for line in lines {
            assert!(!line[3].is_empty(), "{name} packet {} has no comment", line[0]);
            // The comment itself counts as a remark, the least severe.
            let remarks = line[1].split('~').zip(line[2].split('~'));
            let beyond = remarks.filter(|(severity, message)| {
                *severity != "1048576" && !ORDINARY.iter().any(|known| message.contains(known))
            });
            found
                .extend(beyond.map(|(_, message)| (name.clone(), line[0].parse::<u32>().unwrap(), message.to_owned())));
        }
    }
    let expected = REMARKED.map(|(name, number, message, _)| (name.to_owned(), number, message.to_owned()));
    assert_eq!(found, expected);
}

/// A comment stays when a file is copied, so it goes through the format that has none.
#[test]
fn the_comments_are_those_that_are_written_today() {
    if !need(Tool::Tshark) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for name in CAPTURES {
        let file = format!("captures/{name}.pcapng");
        let [bare, anew] = ["pcap", "pcapng"].map(|end| folder.path().join(format!("{name}.{end}")));
        let [bare, anew] = [bare.to_str().unwrap(), anew.to_str().unwrap()];
        run(&["-q", "-r", &file, "-w", bare]);
        run(&["-q", "-r", bare, "-w", anew]);
        let fields = ["frame.number", "frame.time_epoch", "frame.comment"];
        for (kept, now) in tshark(&file, &fields).into_iter().zip(tshark(anew, &fields)) {
            assert_eq!(kept, now, "{name}: make it anew, as captures/README.md tells");
        }
    }
}

#[test]
fn the_files_tell_nothing_of_whose_machine_it_was() {
    let files = |folder: &str| std::fs::read_dir(folder).unwrap();
    for entry in files("captures").chain(files("captures/two-hosts")) {
        let path = entry.unwrap().path();
        if !path.is_file() || path.ends_with("README.md") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for word in ["/home", "/root", "/tmp", "/work", "/usr", "/etc", "localhost"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn both_formats_of_a_capture_show_the_same() {
    for name in ["udp", "tcp"] {
        let (pcap, pcapng) = (format!("captures/{name}.pcap"), format!("captures/{name}.pcapng"));
        // In the fields a comment would show that is not the one that this program writes today.
        for view in ["summary", "fields", "diagram"] {
            assert_eq!(
                run(&["-r", &pcap, "--view", view]),
                run(&["-r", &pcapng, "--view", view])
            );
        }
    }
}

/// What a filter leaves out still counts: numbers, times, roles and relative numbers are those of the whole file.
#[test]
fn a_filter_changes_no_line_that_it_lets_pass() {
    let summary = ["-r", "captures/tcp.pcap", "--view", "summary", "--style", "ascii"];
    let all = run(&summary);
    let client = all.split(" -> ").next().unwrap().rsplit(':').next().unwrap();
    let some = [
        &["src", "port", client][..],
        &["tcp[tcpflags] & tcp-fin != 0"],
        &["--handshake-only"],
        &["greater", "78"],
    ];
    for choice in some {
        let chosen = run(&[&summary, choice].concat());
        let lines = chosen.lines().count();
        assert!(lines >= 2 && lines < all.lines().count(), "{choice:?}: {chosen}");
        for line in chosen.lines() {
            assert!(all.lines().any(|one| one == line), "{choice:?}: {line}\n{all}");
        }
    }
}

#[test]
fn lines_fit_80_columns() {
    for name in CAPTURES {
        for style in ["unicode", "ascii"] {
            let file = format!("captures/{name}.pcapng");
            let calls = format!("captures/{name}.calls.jsonl");
            let ladder = ["--view", "ladder", "--calls", &calls, "--style", style];
            for how in [&["--view", "summary", "--style", style][..], &ladder] {
                for line in run(&[&["-r", &file], how].concat()).lines() {
                    // Of some lines with a remark there is nothing more that can be left out.
                    let most = if line.ends_with(']') { 88 } else { 80 };
                    assert!(line.chars().count() <= most, "{name}: {line}");
                }
            }
        }
    }
}

/// docs/comments.md begins with the comment of a packet: as the sniffer writes it today, but for what `…` leaves out.
#[test]
fn the_example_of_the_comments_page_is_what_is_written() {
    let page = std::fs::read_to_string("docs/comments.md").unwrap();
    let example = page
        .split("\n\n")
        .find(|part| part.starts_with("    ACK: step 3"))
        .unwrap();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (sentences, pairs) = example.split_once('…').unwrap();
    let (sentences, pairs) = (words(sentences), words(pairs));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.pcapng");
    run(&["-q", "-r", "captures/tcp.pcap", "-w", file.to_str().unwrap()]);
    let bytes = std::fs::read(&file).unwrap();
    let written = String::from_utf8_lossy(&bytes).into_owned();
    assert!(written.contains(&sentences), "{sentences}");
    assert!(written.contains(&pairs), "{pairs}");
}
