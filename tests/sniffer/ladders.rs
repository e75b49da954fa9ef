//! The views of whole conversations: ladders with calls beside the packets, and what both ends said.
//!
//! `ladder/recorded.pcap` and `ladder/recorded.jsonl` are a real run: a line over TCP and a connection without one, a line over
//! UDP, and both clients against a port where nobody listens. `SOCKET_LAB_UPDATE=1 cargo test sniffer::ladders` writes
//! the goldens anew.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;
use socket_lab::escape::printable;

use super::stage::{Ended, Folder, capturing, in_namespace, ran, run};
use crate::support::{PATIENCE, Running, Side, Tool, needs, port_in, tool};

const RECORDED: &str = "tests/sniffer/ladder/recorded.pcap";
const CALLS: &str = "tests/sniffer/ladder/recorded.jsonl";

fn shown(arguments: &[&str]) -> String {
    let ended = ran(arguments);
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{arguments:?}");
    ended.output
}

fn golden(name: &str, output: &str) {
    let path = PathBuf::from(format!("tests/sniffer/ladder/{name}.txt"));
    if std::env::var_os("SOCKET_LAB_UPDATE").is_some() {
        std::fs::write(&path, output).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == output, "{name} differs:\n{output}");
}

#[test]
fn ladders_look_as_agreed() {
    let real = ["-r", RECORDED, "--calls", CALLS, "--view", "ladder", "--utc"];
    for width in ["60", "80", "120"] {
        for style in ["unicode", "ascii"] {
            let output = shown(&[&real[..], &["--width", width, "--style", style]].concat());
            golden(&format!("recorded.{style}.{width}"), &output);
        }
    }
    golden("recorded.plain", &shown(&[&real[..], &["--style", "plain"]].concat()));
    golden(
        "recorded.beside.130",
        &shown(&[&real[..], &["--side-by-side", "--width", "130", "--style", "unicode"]].concat()),
    );
    for name in ["tcp", "udp"] {
        let file = format!("captures/{name}.pcapng");
        for style in ["unicode", "ascii", "plain"] {
            let output = shown(&["-r", &file, "--view", "ladder", "--utc", "--style", style]);
            golden(&format!("{name}.{style}"), &output);
        }
    }
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
        let arrows = output.lines().filter(|line| line.contains(" byte")).count();
        (output, arrows)
    };
    let (output, arrows) = drawn(&[]);
    assert!(
        output.starts_with("Conversation 1: UDP, 3,000 packets\n"),
        "{}",
        &output[..200]
    );
    assert!(output.contains("1000 packets are left out here; --full draws all"));
    // The outcome counts bytes in no line of its own.
    assert_eq!(arrows, 2_000);
    let (output, arrows) = drawn(&["--full"]);
    assert!(!output.contains("left out"));
    assert_eq!(arrows, 3_000);
}

#[test]
fn what_is_no_call_log_is_refused_in_one_line() {
    let folder = Folder::new();
    let text = folder.with("text", b"dear diary\n");
    let pcap = Path::new(RECORDED).to_owned();
    let missing = folder.file("missing");
    let zero = PathBuf::from("/dev/zero");
    for path in [&text, &pcap, &missing, &zero, &folder.path().to_owned()] {
        let path = path.to_str().unwrap();
        let ended = ran(&["-r", RECORDED, "--view", "ladder", "--calls", path]);
        assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{path}");
        assert!(
            ended.errors.starts_with("error: ") && ended.errors.lines().count() == 1,
            "{}",
            ended.errors
        );
        assert!(
            ended.errors.contains(path) && ended.errors.contains("--calls"),
            "{}",
            ended.errors
        );
    }
    let ended = ran(&["-r", RECORDED, "--calls", CALLS]);
    assert_eq!(ended.code, Some(2), "calls are for the ladder: {}", ended.errors);
}

#[test]
fn a_log_that_was_cut_or_knows_more_is_used() {
    let folder = Folder::new();
    let whole = std::fs::read_to_string(CALLS).unwrap();
    let fixed = ["-r", RECORDED, "--view", "ladder", "--utc", "--calls"];
    let expected = shown(&[&fixed[..], &[CALLS]].concat());

    let wiser = folder.with(
        "wiser",
        whole.replace("{\"program\"", "{\"mood\":7,\"program\"").as_bytes(),
    );
    assert_eq!(shown(&[&fixed[..], &[wiser.to_str().unwrap()]].concat()), expected);

    let cut = folder.with("cut", &whole.as_bytes()[..whole.len() - 200]);
    let ended = ran(&[&fixed[..], &[cut.to_str().unwrap()]].concat());
    assert_eq!(ended.code, Some(0));
    assert!(
        ended.errors.starts_with("warning: ") && ended.errors.contains("is not a socket call"),
        "{}",
        ended.errors
    );
    assert!(ended.output.contains("connect() called"));

    let long = folder.with("long", format!("{}\n{whole}", "x".repeat(3_000_000)).as_bytes());
    let ended = ran(&[&fixed[..], &[long.to_str().unwrap()]].concat());
    assert_eq!((ended.code, ended.output), (Some(0), expected));
    assert!(ended.errors.contains("line 1 is far too long"), "{}", ended.errors);

    // The same calls in two files, and in another order of files.
    let lines: Vec<&str> = whole.lines().collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    let one = folder.with("one", first.join("\n").as_bytes());
    let other = folder.with("other", second.join("\n").as_bytes());
    let (one, other) = (one.to_str().unwrap(), other.to_str().unwrap());
    let output = shown(&[&fixed[..], &[one, "--calls", other]].concat());
    assert!(output.contains("connect() called") && output.contains("accept() called"));

    let empty = folder.with("empty", b"");
    let output = shown(&[&fixed[..], &[empty.to_str().unwrap()]].concat());
    assert!(output.contains("The call logs have no call of the client"), "{output}");
}

#[test]
fn a_log_of_another_run_is_said_not_to_belong() {
    let folder = Folder::new();
    let other = std::fs::read_to_string(CALLS).unwrap().replace(":57900", ":57901");
    let other = other.replace(":12000", ":12002").replace(":12001", ":12003");
    let log = folder.with("other", other.replace("127.0.0.1:1\"", "127.0.0.1:2\"").as_bytes());
    let ended = ran(&["-r", RECORDED, "--view", "ladder", "--calls", log.to_str().unwrap()]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.errors.contains("are they of another run?"), "{}", ended.errors);
}

#[test]
fn a_server_whose_clock_is_an_hour_off_is_shown_and_said() {
    let folder = Folder::new();
    let lines = std::fs::read_to_string(CALLS).unwrap();
    let late: Vec<String> = lines
        .lines()
        .map(|line| {
            let program = "tcp-server";
            line.replace("T16:", if line.contains(program) { "T17:" } else { "T16:" })
        })
        .collect();
    let log = folder.with("late", late.join("\n").as_bytes());
    let output = shown(&[
        "-r",
        RECORDED,
        "--view",
        "ladder",
        "--style",
        "ascii",
        "--flow",
        "1",
        "--calls",
        log.to_str().unwrap(),
    ]);
    assert!(
        output.contains("The clock of tcp-server (process 6184) differs from the capture's by"),
        "{output}"
    );
    let accept = output.lines().find(|line| line.contains("accept() = 4")).unwrap();
    assert!(accept.trim_start().starts_with('~'), "{accept}");
    in_this_order(
        &output,
        &[
            "SYN seq=0",
            "SYN,ACK",
            "ACK seq=1 ack=1",
            "accept() = 4",
            "PSH,ACK",
            "recv() = 12",
        ],
    );
}

#[test]
fn hostile_call_logs_reach_no_terminal_raw() {
    let folder = Folder::new();
    let hostile = std::fs::read_to_string(CALLS)
        .unwrap()
        .replace("AF_INET, SOCK_STREAM", "\\u001b[31mred\\u0007\\u202e")
        .replace("ECONNREFUSED", "E\\u001b]0;title\\u0007");
    let log = folder.with("hostile", hostile.as_bytes());
    for style in ["unicode", "ascii", "plain"] {
        for width in ["60", "200"] {
            let log = log.to_str().unwrap();
            let output = shown(&[
                "-r", RECORDED, "--view", "ladder", "--style", style, "--width", width, "--calls", log,
            ]);
            let raw: Vec<char> = output
                .chars()
                .filter(|one| one.is_control() && *one != '\n' || *one == '\u{202e}')
                .collect();
            assert!(raw.is_empty(), "{style}: {raw:?}");
        }
    }
}

/// Asserts that each of these stands in a line after the one before.
fn in_this_order(output: &str, words: &[&str]) {
    let mut lines = output.lines();
    for word in words {
        assert!(
            lines.any(|line| line.contains(word)),
            "no {word:?} in its place: {output}"
        );
    }
}

/// A program of ours with a call log.
fn logging(name: &str, arguments: &[&str], log: &Path) -> Running {
    let mut command = Side::Ours.command(name);
    command.args(arguments).arg("--calls").arg(log);
    Running::start(&mut command)
}

#[test]
fn calls_and_packets_of_a_live_run_stand_in_one_order() {
    in_namespace(|| {
        let folder = Folder::new();
        let (server_log, client_log) = (folder.file("server.jsonl"), folder.file("client.jsonl"));
        let (server_path, client_path) = (server_log.to_str().unwrap(), client_log.to_str().unwrap());
        let file = folder.file("live.pcapng");
        let ladder = [
            "--view",
            "ladder",
            "--style",
            "ascii",
            "--calls",
            server_path,
            "--calls",
            client_path,
        ];
        let record = ["-w", file.to_str().unwrap()];
        // The logs do not exist yet: the programs start later.
        let sniffer = capturing(&[&ladder[..], &record].concat());
        let server = logging("tcp-server", &["-b", "127.0.0.1"], &server_log);
        let port = port_in(&server.wait_for_output("Listening...\n")).to_string();
        let mut client = logging("tcp-client", &["-ip", "127.0.0.1", "-p", &port], &client_log);
        client.wait_for_output("Input lowercase text: ");
        client.type_line("see it live");
        client.wait_for_output("SEE IT LIVE");
        // It is drawn when it has ended, while the capture goes on.
        sniffer.wait_for_output("The server closed first");
        client.end_input();
        let ended = Ended::by(sniffer, Signal::SIGINT);
        assert_eq!(ended.code, Some(0), "{ended:?}");

        let again = shown(&[&["-r", file.to_str().unwrap()], &ladder[..]].concat());
        for output in [&ended.output, &again] {
            let first = output.split("Conversation 2").next().unwrap();
            in_this_order(
                first,
                &["listen() = 0", "LISTEN", "accept() called", "connect() called"],
            );
            in_this_order(
                first,
                &[
                    "connect() called",
                    "SYN seq=0",
                    "SYN,ACK seq=0 ack=1",
                    "connect() = 0",
                    "send() called",
                    "len=12",
                ],
            );
            in_this_order(
                first,
                &["SYN,ACK seq=0 ack=1", "ACK seq=1 ack=1", "accept() = ", "recv() = 12"],
            );
            in_this_order(
                first,
                &["len=12", "recv() = 12", "send() called", "len=12", "recv() = 12"],
            );
            in_this_order(
                first,
                &[
                    "close() called",
                    "FIN,ACK",
                    "recv() = 0",
                    "close() called",
                    "FIN,ACK",
                    "ACK seq",
                ],
            );
            assert!(!first.contains('~'), "one machine has one clock: {first}");
            assert!(!first.contains("Note:"), "{first}");
        }
    });
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
