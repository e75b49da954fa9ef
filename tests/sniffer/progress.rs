//! How far a long read has come: on a terminal, in nobody's way.

use std::path::Path;

use super::frames;
use super::stage::{Folder, clean, run, sniffer};
use crate::support::{Tool, need, path_of_ours, tool};

/// So many packets that their lines overfill every buffer on the way.
const MANY: usize = 40_000;

/// The screen as it was left: each piece of a line that was drawn, and what of them stayed.
struct Screen {
    drawn: Vec<String>,
    left: Vec<String>,
}

impl Screen {
    /// Carriage return and "erase the line" (ECMA-48: EL) take away what stands in the line.
    fn of(seen: &str) -> Self {
        let (mut drawn, mut left) = (Vec::new(), Vec::new());
        for line in seen.split("\r\n") {
            let pieces: Vec<&str> = line.split("\r\x1b[2K").collect();
            drawn.extend(pieces.iter().map(|piece| piece.trim_end().to_owned()));
            left.extend(pieces.last().map(|piece| (*piece).to_owned()));
        }
        left.retain(|line| !line.is_empty());
        Self { drawn, left }
    }

    fn bars(&self) -> Vec<&String> {
        self.drawn.iter().filter(|piece| piece.contains("reading")).collect()
    }
}

/// Has `tests/peers/slow.py` run the sniffer with these arguments.
fn slowly(how: &str, file: &Path, arguments: &[&str]) -> Screen {
    let mut python = tool(Tool::Python);
    let program = path_of_ours("sniffer");
    python
        .args(["-B", "tests/peers/slow.py", how])
        .arg(file)
        .arg(program)
        .args(arguments);
    Screen::of(&run(clean(&mut python)))
}

fn percent(bar: &str) -> u32 {
    let number = bar.split('%').next().unwrap().rsplit([' ', ']']).next().unwrap();
    number.parse().unwrap_or_else(|_| panic!("no percentage in {bar:?}"))
}

#[test]
fn a_long_read_shows_how_far_it_is_and_leaves_nothing() {
    if !need(Tool::Python) {
        return;
    }
    let folder = Folder::new();
    let capture = folder.capture(MANY);
    let words = ["-r", capture.to_str().unwrap(), "--view", "summary"];
    let output = folder.file("output");
    let screen = slowly("output", &output, &words);
    let bars = screen.bars();
    assert!(bars.len() > 3, "{:?}", screen.drawn);
    let size = std::fs::metadata(&capture).unwrap().len();
    let told = format!(
        "% of {:.2} MiB, ",
        f64::from(u32::try_from(size).unwrap()) / f64::from(1 << 20)
    );
    for bar in &bars {
        assert!(bar.contains(&told) && bar.ends_with(" packets"), "{told}: {bar}");
        assert!(bar.chars().count() <= 80, "{bar}");
    }
    let far: Vec<u32> = bars.iter().map(|bar| percent(bar)).collect();
    assert!(
        far.is_sorted() && far.first() < far.last() && far.last() <= Some(&100),
        "{far:?}"
    );
    assert!((1..90).contains(&far[0]), "it knows how far it is: {far:?}");
    assert!(screen.left.is_empty(), "{:?}", screen.left);
    let undisturbed = run(&mut sniffer(&words));
    assert!(
        std::fs::read(&output).unwrap() == undisturbed.as_bytes(),
        "the output is another one"
    );
}

#[test]
fn a_short_read_shows_nothing() {
    if !need(Tool::Python) {
        return;
    }
    let folder = Folder::new();
    let capture = folder.capture(100);
    let output = folder.file("output");
    let words = ["-r", capture.to_str().unwrap(), "--view", "summary"];
    let screen = slowly("full", &output, &words);
    assert!(screen.drawn.iter().all(String::is_empty), "{:?}", screen.drawn);
    assert_eq!(std::fs::read_to_string(&output).unwrap().lines().count(), 100);
}

#[test]
fn packets_on_the_same_screen_stand_in_lines_of_their_own() {
    if !need(Tool::Python) {
        return;
    }
    let folder = Folder::new();
    // At the end so many wanted ones that their lines overfill the buffer and come in the middle of the reading.
    let frames: Vec<Vec<u8>> = frames::numbered(6000)
        .into_iter()
        .enumerate()
        .map(|(index, other)| match index {
            10 | 4000.. => frames::udp(5, 7, b"wanted"),
            _ => other,
        })
        .collect();
    let capture = folder.with("some.pcap", &frames::pcap(&frames));
    let words = ["-r", "-", "--view", "summary", "--time", "relative", "udp port 7"];
    let screen = slowly("input", &capture, &words);
    assert!(
        !screen.bars().is_empty(),
        "a second without a packet: {:?}",
        screen.drawn
    );
    for bar in screen.bars() {
        assert!(bar.starts_with("reading ") && bar.contains(" packets, for "), "{bar}");
    }
    let number = |line: &String| line.split_whitespace().next().unwrap().parse().unwrap_or(0);
    let numbers: Vec<usize> = screen.left.iter().map(number).collect();
    let expected: Vec<usize> = std::iter::once(11).chain(4001..=6000).collect();
    assert_eq!(numbers, expected, "{:?}", screen.left);
    assert!(
        screen.left.iter().all(|line| line.contains(" Len=6 \"wanted\"")),
        "{:?}",
        screen.left
    );
}

#[test]
fn standard_error_that_is_no_terminal_stays_empty() {
    if !need(Tool::Python) {
        return;
    }
    let folder = Folder::new();
    let capture = folder.capture(MANY);
    let (output, errors) = (folder.file("output"), folder.file("errors"));
    let script = format!(
        "exec '{}' -r '{}' --view summary 2> '{}'",
        path_of_ours("sniffer"),
        capture.display(),
        errors.display()
    );
    let mut python = tool(Tool::Python);
    python.args(["-B", "tests/peers/slow.py", "output"]).arg(&output);
    run(clean(python.args(["sh", "-c", &script])));
    assert_eq!(std::fs::read_to_string(errors).unwrap(), "");
    assert_eq!(std::fs::read_to_string(output).unwrap().lines().count(), MANY);
}
