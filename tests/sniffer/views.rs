//! What a packet looks like: each view, in each style, on a terminal and elsewhere.

use std::process::Stdio;

use super::frames::{pcap, udp};
use super::stage::{Folder, clean, ran, run, sniffer, text};
use crate::support::{Tool, need, path_of_ours, tool};

/// A datagram whose data would colour the terminal, ring its bell, and change its title.
const HOSTILE: &[u8] = b"\x1b[31mred\x1b[0m\x07\x1b]0;title\x07\r\n\x9b1m\x7f\xe2\x80\xaeover\0";

fn shown(folder: &Folder, data: &[u8], arguments: &[&str]) -> String {
    let path = folder.with(
        "shown.pcap",
        &pcap(&[udp(40_000, 9000, data), udp(40_000, 9000, b"second")]),
    );
    let ended = ran(&[&["-r", path.to_str().unwrap()], arguments].concat());
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{arguments:?}");
    ended.output
}

#[test]
fn each_view_shows_its_own() {
    let folder = Folder::new();
    let view = |arguments: &[&str]| shown(&folder, b"hello", arguments);
    let summary = view(&["--view", "summary", "--utc"]);
    let lines: Vec<&str> = summary.lines().map(str::trim_start).collect();
    assert_eq!(
        lines[0],
        "1 22:13:20.000000 192.0.2.1:40000 → 192.0.2.2:9000 UDP Len=5 \"hello\""
    );
    assert_eq!(lines.len(), 2);

    let fields = view(&[]);
    assert_eq!(fields, view(&["--view", "fields"]), "the view when none is asked for");
    for part in [
        "IPV4 (bytes 14-33) RFC 791",
        "UDP (bytes 34-41) RFC 768",
        "  34  9c 40        source port      40000",
    ] {
        assert!(fields.contains(part), "no {part:?} in {fields}");
    }
    assert!(view(&["--view", "diagram"]).contains("40000"));
    assert_ne!(view(&["--view", "diagram"]), fields);

    let json = view(&["--json"]);
    let packets: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(packets.len(), 3, "two packets and their conversation");
    assert_eq!(packets[0]["payload"]["text"], "hello");
    assert_eq!(packets[0]["destination"]["port"], 9000);
    assert_eq!(packets[1]["time"], "2023-11-14T22:13:21.000000001Z");
}

#[test]
fn the_bytes_are_shown_when_asked_for() {
    let folder = Folder::new();
    for view in ["summary", "fields", "diagram"] {
        let with = shown(&folder, b"hello", &["--view", view, "-x"]);
        let row = "  32  02 02 9c 40 23 28 00 0d  00 00 68 65 6c 6c 6f     ...@#(....hello";
        assert!(with.contains(row), "{view}: {with}");
        assert!(!shown(&folder, b"hello", &["--view", view]).contains(row));
    }
}

#[test]
fn times_take_the_form_that_was_asked_for() {
    let folder = Folder::new();
    let view = |arguments: &[&str]| shown(&folder, b"", &[&["--view", "summary"], arguments].concat());
    let second = |output: String| {
        output
            .lines()
            .nth(1)
            .unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .to_owned()
    };
    assert_eq!(second(view(&["--time", "relative"])), "1.000000");
    assert_eq!(
        view(&[]),
        view(&["--time", "relative"]),
        "a line has no room for a date"
    );
    assert_eq!(second(view(&["--utc"])), "22:13:21.000000");
    assert_eq!(view(&["--utc"]), view(&["--time", "utc"]));
    let path = folder.file("shown.pcap");
    let mut elsewhere = sniffer(&["-r", path.to_str().unwrap(), "--view", "summary", "--time", "local"]);
    let local = text(&elsewhere.env("TZ", "IST-5:30").output().unwrap().stdout);
    assert_eq!(
        second(local),
        "03:43:21.000000",
        "five and a half hours east of Greenwich"
    );
}

#[test]
fn nothing_of_the_network_reaches_the_terminal_raw() {
    let folder = Folder::new();
    let every: [&[&str]; 7] = [
        &["--view", "summary"],
        &["--view", "fields", "--full"],
        &["--view", "fields", "-x", "--style", "plain"],
        &["--view", "diagram"],
        &["--view", "diagram", "--style", "plain"],
        &["--view", "diagram", "--style", "ascii", "-x"],
        &["--json"],
    ];
    for arguments in every {
        let output = shown(&folder, HOSTILE, arguments);
        assert!(output.contains("red"), "{arguments:?}: the data is shown: {output}");
        let raw: Vec<char> = output
            .chars()
            .filter(|one| one.is_control() && *one != '\n' || *one == '\u{202e}')
            .collect();
        assert!(raw.is_empty(), "{arguments:?}: {raw:?}");
        assert!(!output.contains('\u{fffd}'), "{arguments:?}: not UTF-8");
    }
}

/// Asserts that no line of the fields is longer, whatever the data.
fn fits(arguments: &[&str], width: usize) -> String {
    let data =
        b"a long text without any end, and a-word-that-is-longer-than-any-column-could-ever-be-in-sixty ".repeat(5);
    let output = shown(&Folder::new(), &data, arguments);
    let long: Vec<&str> = output.lines().filter(|line| line.chars().count() > width).collect();
    assert!(long.is_empty(), "{arguments:?}: {long:#?}");
    assert!(output.contains("IPV4"), "{output}");
    output
}

#[test]
fn no_line_of_the_fields_is_wider_than_asked() {
    fits(&[], 80);
    fits(&["--full"], 80);
    fits(&["--width", "80", "--style", "ascii"], 80);
    let wide = fits(&["--width", "100"], 100);
    assert!(
        wide.lines().any(|line| line.chars().count() > 80),
        "the width is used: {wide}"
    );
}

#[test]
fn sixty_columns_are_enough_for_the_fields() {
    fits(&["--width", "60"], 60);
    fits(&["--width", "60", "--full", "--style", "ascii"], 60);
}

#[test]
fn ascii_and_plain_use_ascii_only() {
    let folder = Folder::new();
    for view in ["summary", "fields", "diagram"] {
        for style in ["ascii", "plain"] {
            let output = shown(&folder, b"hello", &["--view", view, "--style", style]);
            assert!(output.is_ascii(), "{view} {style}: {output}");
        }
    }
    let plain = shown(&folder, b"", &["--style", "plain"]);
    assert!(plain.contains("source port: 40000."), "{plain}");
    let diagram = shown(&folder, b"", &["--view", "diagram", "--style", "plain"]);
    assert!(!diagram.contains("+-") && !diagram.contains('|'), "{diagram}");
    // A terminal whose language has no more than ASCII gets no more.
    let path = folder.file("shown.pcap");
    let mut old = sniffer(&["-r", path.to_str().unwrap(), "--view", "diagram"]);
    let old = old.env("LC_ALL", "C").output().unwrap().stdout;
    assert!(old.is_ascii(), "{}", text(&old));
}

#[test]
fn ascii_holds_for_the_data_too() {
    let folder = Folder::new();
    for arguments in [["--view", "summary"], ["--view", "fields"], ["--view", "diagram"]] {
        let output = shown(
            &folder,
            "grüß".as_bytes(),
            &[&arguments[..], &["--style", "ascii"]].concat(),
        );
        assert!(output.is_ascii(), "{arguments:?}: {output}");
    }
}

/// What is on a terminal of so many columns (0: it does not say), with this set in the environment.
fn on_terminal(columns: u16, arguments: &str, environment: &[(&str, &str)]) -> String {
    let folder = Folder::new();
    let path = folder.with("shown.pcap", &pcap(&[udp(40_000, 9000, b"hello")]));
    let script = format!("stty rows 24 cols {columns}; exec \"$SNIFFER\" -r \"$CAPTURE\" {arguments}");
    let mut terminal = tool(Tool::Python);
    terminal.args(["-B", "tests/peers/terminal.py", "^C", "/bin/sh", "-c", &script]);
    clean(&mut terminal)
        .env("SNIFFER", path_of_ours("sniffer"))
        .env("CAPTURE", path);
    let screen = run(terminal.envs(environment.iter().copied()).stdin(Stdio::null()));
    assert!(screen.ends_with("exit status 0\n"), "{screen}");
    screen
}

/// The widest line, colours not counted.
fn widest(screen: &str) -> usize {
    let width = |line: &str| {
        let mut parts = line.split("\x1b[");
        let first = parts.next().unwrap_or_default().chars().count();
        let rest: usize = parts
            .map(|part| part.split_once('m').map_or(0, |(_, text)| text.chars().count()))
            .sum();
        first + rest
    };
    screen.lines().map(width).max().unwrap_or_default()
}

#[test]
fn a_terminal_gets_colour_and_its_own_width() {
    if !need(Tool::Python) {
        return;
    }
    let screen = on_terminal(120, "", &[]);
    assert!(screen.contains("\x1b["), "no colour: {screen}");
    assert!((81..=120).contains(&widest(&screen)), "{}: {screen}", widest(&screen));
    let narrow = on_terminal(64, "", &[]);
    assert!(widest(&narrow) <= 64, "{}: {narrow}", widest(&narrow));
    let unknown = on_terminal(0, "", &[]);
    assert!((61..=80).contains(&widest(&unknown)), "{}: {unknown}", widest(&unknown));
    assert!(
        widest(&on_terminal(20, "", &[])) <= 80,
        "too narrow for columns, and no panic"
    );
}

#[test]
fn colour_is_left_out_where_it_is_not_wanted() {
    if !need(Tool::Python) {
        return;
    }
    let wants_none = [
        on_terminal(80, "", &[("NO_COLOR", "1")]),
        on_terminal(80, "--color never", &[]),
        on_terminal(80, "", &[("TERM", "dumb")]),
    ];
    for screen in wants_none {
        assert!(screen.contains("source port") && !screen.contains('\x1b'), "{screen}");
    }
    let folder = Folder::new();
    assert!(!shown(&folder, b"", &[]).contains('\x1b'), "a pipe gets none");
    assert!(
        shown(&folder, b"", &["--color", "always"]).contains("\x1b["),
        "unless told to"
    );
}

/// A comment in Chinese, whose characters take two columns each.
#[test]
fn a_comment_of_wide_characters_stays_within_the_width() {
    use socket_lab::escape::columns::Columns;
    for width in ["60", "80", "120"] {
        let file = "tests/sniffer/wide-comment.pcapng";
        let ended = ran(&["-r", file, "-c", "1", "--width", width, "--style", "unicode"]);
        assert!(ended.output.contains("这是一个很长的注释"), "{}", ended.output);
        let widest = ended.output.lines().map(Columns::columns).max().unwrap();
        assert!(widest <= width.parse().unwrap(), "{widest} of {width}");
        assert!(widest + 4 > width.parse().unwrap(), "{widest} of {width}");
    }
}
