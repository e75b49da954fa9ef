//! The views of whole conversations: ladders with calls beside the packets, and what both ends said.
//!
//! `ladder/recorded.pcap` and `ladder/recorded.jsonl` are a real run: a line over TCP and a connection without one, a line over
//! UDP, and both clients against a port where no program listens. How it looks in each
//! form: tests/golden/LIST.

use std::io::Write as _;
use std::path::Path;

use nix::sys::signal::Signal;
use socket_lab::escape::printable;

use super::stage::{Ended, Folder, capturing, in_namespace, ran, run};
use crate::support::{PATIENCE, Running, Side, Tool, needs, port_in, tool};

pub(super) const RECORDED: &str = "tests/sniffer/ladder/recorded.pcap";
pub(super) const CALLS: &str = "tests/sniffer/ladder/recorded.jsonl";

pub(super) fn shown(arguments: &[&str]) -> String {
    let ended = ran(arguments);
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{arguments:?}");
    ended.output
}

#[test]
fn no_line_is_wider_than_asked_and_ascii_is_ascii() {
    for width in ["60", "61", "72", "80", "99", "104", "120", "200"] {
        for more in [&[][..], &["--side-by-side"], &["--full"], &["--color", "always"]] {
            let fixed = ["-r", RECORDED, "--calls", CALLS, "--view", "ladder", "--style", "ascii"];
            let output = ran(&[&fixed, &["--width", width][..], more].concat()).output;
            assert!(output.is_ascii() && !output.is_empty());
            for line in output.lines() {
                let visible = without_colors(line);
                assert!(
                    visible.len() <= width.parse().unwrap(),
                    "{width} {more:?}: {} in {visible}",
                    visible.len()
                );
            }
        }
    }
}

fn without_colors(line: &str) -> String {
    let mut pieces = line.split("\x1b[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        text + piece.split_once('m').map_or(piece, |(_, rest)| rest)
    })
}

#[test]
fn colour_adds_nothing_but_colour() {
    let fixed = ["-r", RECORDED, "--calls", CALLS, "--view", "ladder", "--utc"];
    for more in [&[][..], &["--side-by-side", "--width", "130"]] {
        let plain = shown(&[&fixed[..], more, &["--color", "never"]].concat());
        let colored = shown(&[&fixed[..], more, &["--color", "always"]].concat());
        let trimmed: Vec<String> = colored
            .lines()
            .map(|line| without_colors(line).trim_end().to_owned())
            .collect();
        assert_eq!(trimmed.join("\n"), plain.trim_end());
        assert_ne!(colored, plain);
    }
}

#[test]
fn a_flow_is_picked_in_every_view() {
    let of = |arguments: &[&str]| shown(&[&["-r", RECORDED, "--utc"], arguments].concat());
    assert_eq!(of(&["--view", "summary", "--flow", "3"]).lines().count(), 2);
    let ladder = of(&["--view", "ladder", "--flow", "2"]);
    assert!(ladder.starts_with("Conversation 2: TCP, 7 packets\n"), "{ladder}");
    assert_eq!(ladder.matches("Conversation").count(), 1);
    assert_eq!(
        of(&["--json", "--flow", "5"]).lines().count(),
        3,
        "with the conversation's own"
    );
    for view in [
        &["--view", "follow"][..],
        &["--view", "ladder"],
        &["--view", "fields"],
        &["--json"],
    ] {
        let none = ran(&[&["-r", RECORDED, "--flow", "9"], view].concat());
        assert_eq!((none.code, none.output.as_str()), (Some(1), ""), "{view:?}");
        assert!(
            none.errors.contains("there is no conversation 9: there are 5"),
            "{}",
            none.errors
        );
        assert_eq!(none.errors.lines().count(), 1, "{}", none.errors);
    }
}

#[test]
fn too_few_columns_for_two_ladders_are_said() {
    let fixed = ["-r", RECORDED, "--view", "ladder", "--side-by-side", "--width"];
    let narrow = ran(&[&fixed[..], &["80"]].concat());
    assert_eq!(narrow.code, Some(0));
    assert!(
        narrow.errors.contains("two ladders need 106 columns"),
        "{}",
        narrow.errors
    );
    assert_eq!(narrow.output.matches(" client :").count(), 5, "one below the other");
    let wide = shown(&[&fixed[..], &["106"]].concat());
    assert!(
        wide.contains("conversation 1") && wide.contains("conversation 2"),
        "{wide}"
    );
}

#[test]
fn of_a_very_long_conversation_the_ends_are_drawn() {
    let folder = Folder::new();
    let file = folder.capture(3_000);
    let drawn = |arguments: &[&str]| {
        let fixed = ["-r", file.to_str().unwrap(), "--view", "ladder", "--style", "ascii"];
        let output = shown(&[&fixed, arguments].concat());
        let arrows = output.lines().filter(|line| line.contains(" len=")).count();
        (output, arrows)
    };
    let (output, arrows) = drawn(&[]);
    assert!(
        output.starts_with("Conversation 1: UDP, 3,000 packets\n"),
        "{}",
        &output[..200]
    );
    assert!(output.contains("1000 packets are left out here; --full draws all"));
    assert_eq!(arrows, 2_000);
    let (output, arrows) = drawn(&["--full"]);
    assert!(!output.contains("left out"));
    assert_eq!(arrows, 3_000);
}

/// What tshark says that both ends said: who, and the bytes.
fn tshark_follow(file: &Path, transport: &str, stream: usize) -> Vec<(bool, Vec<u8>)> {
    let what = format!("follow,{transport},raw,{stream}");
    let output = run(tool(Tool::Tshark).arg("-r").arg(file).args(["-q", "-z", &what]));
    let mut turns: Vec<(bool, Vec<u8>)> = Vec::new();
    let lines = output.lines().skip_while(|line| !line.starts_with("Node 1"));
    for line in lines.skip(1).take_while(|line| !line.starts_with('=')) {
        let from_second = line.starts_with('\t');
        let hex = line.trim();
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap())
            .collect();
        match turns.last_mut() {
            Some((from, all)) if *from == from_second && transport == "tcp" => all.extend(bytes),
            _ => turns.push((from_second, bytes)),
        }
    }
    turns
}

/// The same as the view writes it.
fn followed(file: &Path, flow: usize) -> Vec<(bool, String)> {
    let flow = flow.to_string();
    let path = file.to_str().unwrap();
    let output = shown(&[
        "-r", path, "--view", "follow", "--full", "--flow", &flow, "--style", "unicode", "--width", "1000",
    ]);
    let mut turns: Vec<(bool, String)> = Vec::new();
    for line in output.lines() {
        let (from_server, text) = match (line.strip_prefix("client> "), line.strip_prefix("server> ")) {
            (Some(text), _) => (false, text),
            (_, Some(text)) => (true, text),
            _ => continue,
        };
        match turns.last_mut() {
            Some((from, all)) if *from == from_server => all.push_str(text),
            _ => turns.push((from_server, text.to_owned())),
        }
    }
    turns
}

#[test]
fn tshark_follows_to_the_same_text() {
    in_namespace(|| {
        let folder = Folder::new();
        let file = folder.file("said.pcap");
        // Segments as on a network card, so that a long line takes many.
        run(tool(Tool::Ip).args(["link", "set", "lo", "mtu", "1500"]));
        let sniffer = capturing(&["-q", "-w", file.to_str().unwrap()]);
        let server = Running::start(Side::Ours.command("tcp-server").args(["-b", "127.0.0.1"]));
        let port = port_in(&server.wait_for_output("Listening...\n")).to_string();
        let long = "a long line of many words, ".repeat(3_000);
        let lines = ["hello", "straße ñ \u{202e} \u{1b}[31m \\n", "", &long];
        let mut client = Running::start(Side::Ours.command("tcp-client").args(["-ip", "127.0.0.1", "-p", &port]));
        for (index, line) in lines.iter().enumerate() {
            client.wait_for_output("Input lowercase text: ");
            client.type_line(line);
            assert!(
                client.output_within(PATIENCE, "Returned from server: ", index + 1),
                "{}",
                client.errors()
            );
        }
        client.end_input();
        client.wait();
        let ended = Ended::by(sniffer, Signal::SIGINT);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        for (index, line) in lines.iter().enumerate() {
            let judged = tshark_follow(&file, "tcp", index);
            let judged: Vec<(bool, String)> = judged
                .into_iter()
                .map(|(from_server, bytes)| (from_server, printable(&bytes).into_owned()))
                .collect();
            let ours = followed(&file, index + 1);
            let [said, _] = judged.concat_turns();
            assert!(
                said == printable(format!("{line}\n").as_bytes()),
                "the judge saw another line {index}"
            );
            assert!(ours.concat_turns() == judged.concat_turns(), "line {index}");
            if line.len() < 1000 {
                assert_eq!(ours, judged, "line {index}");
            }
        }
        // Many segments are one row each only when all are wanted.
        let path = file.to_str().unwrap();
        let short = shown(&["-r", path, "--view", "ladder", "--flow", "4"]);
        let full = shown(&["-r", path, "--view", "ladder", "--flow", "4", "--full"]);
        assert!(short.contains(" segments"), "{short}");
        assert!(full.lines().count() > short.lines().count() && !full.contains(" segments"));
    });
}

trait Turns {
    /// What each end said in all.
    fn concat_turns(&self) -> [String; 2];
}

impl Turns for Vec<(bool, String)> {
    fn concat_turns(&self) -> [String; 2] {
        [false, true].map(|server| {
            let own = self.iter().filter(|(from, _)| *from == server);
            own.map(|(_, text)| text.as_str()).collect()
        })
    }
}

#[test]
fn every_capture_of_the_corpus_is_told_in_bounds() {
    let Some(corpus) = needs::corpus() else { return };
    let mut told = 0;
    for entry in std::fs::read_dir(corpus).unwrap() {
        let path = entry.unwrap().path();
        let Some(file) = path.to_str().filter(|path| path.contains(".pcap")) else {
            continue;
        };
        for view in ["ladder", "follow"] {
            for style in ["ascii", "plain"] {
                let ended = ran(&["-r", file, "--view", view, "--style", style, "--width", "60"]);
                // A file that is cut or broken is said; what came before is told.
                assert!(matches!(ended.code, Some(0 | 1)), "{file}: {ended:?}");
                let raw = ended.output.chars().find(|one| one.is_control() && *one != '\n');
                assert!(raw.is_none(), "{file}: {raw:?}");
                if style == "ascii" {
                    let widest = ended.output.lines().map(str::len).max().unwrap_or(0);
                    assert!(widest <= 60, "{file} {view}: {widest}");
                }
                told += usize::from(!ended.output.is_empty());
            }
        }
    }
    let _ = writeln!(std::io::stderr(), "{told} pictures of the corpus");
    assert!(told > 100, "{told}");
}
