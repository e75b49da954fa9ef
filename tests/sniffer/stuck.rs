//! The end of a program that reads files, and waits for what does not come: each output, while it is opened, written, and closed.

use std::os::fd::OwnedFd;
use std::path::Path;

use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::stage::{Folder, clean, sniffer};
use crate::support::stuck::{IN_TIME, Outcome, Output, Stuck, hold};
use crate::support::{Tool, need, path_of_ours, shell, tool};

/// Where a call does not return.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// The named pipe `out` has no reader, or `in` no writer.
    Opening,
    /// The pipe `out` has a reader that does not read.
    Writing,
    /// Standard output is a pipe without a reader, …
    Output,
    /// … or a socket.
    Socket,
    /// Standard output and standard error are one such pipe.
    BothOutputs,
}

/// A program that waits: where, with which arguments, which signal, and what is said then. `{in}` and `{out}` are pipes, `{cap}` is
/// a capture; in what is said `…` stands for anything.
type Row = (At, &'static str, Signal, &'static [&'static str]);

/// What is read is always said.
const READ: &str = "error: {cap}: … read, the rest is not";

/// What standard output, or the pipe, has not got.
const STDOUT: &str = "error: standard output: …";
const OUT: &str = "error: {out}: …";
const UNREAD: &str = "error: {out}: not written, no program has opened this pipe for reading";

#[rustfmt::skip] // a table: a row a line
const ROWS: &[Row] = &[
    // Opening: no other end.
    (At::Opening, "-q -r {cap} -w {out}", SIGINT, &[READ, UNREAD]),
    (At::Opening, "-q -r {cap} -w {out} --force", SIGTERM, &[READ, UNREAD]),
    (At::Opening, "-q -r {cap} --html {out}", SIGINT, &[READ, UNREAD]),
    (At::Opening, "-q -r {cap} --svg {out}", SIGHUP, &[READ, UNREAD]),
    (At::Opening, "-q -r {cap} --plot {out}", SIGTERM, &[READ, UNREAD]),
    (At::Opening, "-r {cap} --answer-key {out}.md", SIGINT, &[READ, "error: {out}.md: not written, no program has opened this pipe for reading"]),
    (At::Opening, "-r {cap} --worksheet {out}.html", SIGINT, &[READ, "error: {out}.html: not written, no program has opened this pipe for reading"]),
    (At::Opening, "--worksheet {out}.md", SIGHUP, &["error: {out}.md: not written, no program has opened this pipe for reading"]),
    (At::Opening, "-r {in} --view ladder", SIGINT, &["error: {in}: not read, no program has opened this pipe for writing"]),
    (At::Opening, "--explain ttl -r {in}", SIGTERM, &["error: {in}: not read, no program has opened this pipe for writing"]),
    // Writing: the other end does not read.
    (At::Writing, "-q -r {cap} -w {out}", SIGINT, &[READ, OUT]),
    (At::Writing, "-q -r {cap} -w {out}.pcapng", SIGHUP, &[READ, "error: {out}.pcapng: …"]),
    (At::Writing, "-q -r {cap} --html {out}", SIGTERM, &[OUT]),
    (At::Writing, "-q -r {cap} --svg {out}", SIGINT, &[OUT]),
    (At::Writing, "-q -r {tcp} --plot {out}", SIGINT, &[OUT]),
    (At::Writing, "-r {tcp} --answer-key {out}.html", SIGINT, &["error: {out}.html: …"]),
    (At::Writing, "-r {tcp} --worksheet {out}.html", SIGHUP, &["error: {out}.html: …"]),
    (At::Writing, "--worksheet {out}.html", SIGINT, &["error: {out}.html: …"]),
    // Every view and form, on standard output.
    (At::Output, "-r {cap}", SIGINT, &[READ, STDOUT]),
    (At::Output, "-r {cap} --view summary", SIGHUP, &[READ, STDOUT]),
    (At::Output, "-r {cap} --view diagram -x", SIGTERM, &[READ, STDOUT]),
    (At::Output, "-r {cap} --json", SIGINT, &[READ, STDOUT]),
    (At::Output, "-r {cap} -w -", SIGINT, &[READ, STDOUT]),
    (At::Output, "-r {tcp} --view ladder --full", SIGINT, &[STDOUT]),
    (At::Output, "-r {tcp} --view ladder --side-by-side", SIGTERM, &[STDOUT]),
    (At::Output, "-r {tcp} --view follow", SIGHUP, &[STDOUT]),
    (At::Output, "-r {tcp} --view answers", SIGINT, &[STDOUT]),
    (At::Output, "-r {tcp} --mermaid", SIGINT, &[STDOUT]),
    (At::Output, "--explain ttl -r {cap}", SIGHUP, &[STDOUT]),
    (At::Output, "-r {gzip} --view summary", SIGINT, &["error: {gzip}: … read, the rest is not", STDOUT]),
    (At::Socket, "-r {cap} --json", SIGTERM, &[READ, STDOUT]),
    (At::Socket, "-r {cap} -w -", SIGINT, &[READ, STDOUT]),
    // Nothing can be said; the end comes all the same.
    (At::BothOutputs, "-r {cap}", SIGINT, &[]),
    (At::BothOutputs, "-r {cap} --view summary", SIGHUP, &[]),
    (At::BothOutputs, "-r {tcp} --mermaid", SIGTERM, &[]),
    // Others that were whole, or not begun.
    (At::Output, "-r {cap} --view summary -w {new}", SIGINT, &[READ, "error: {new}: …", STDOUT]),
    (At::Output, "-r {cap} --view summary --html {new}", SIGTERM, &[READ, "error: {new}: not written", STDOUT]),
    (At::Writing, "-q -r {tcp} --html {new} --svg {out}", SIGINT, &[OUT]),
];

/// A folder with the captures, and the pipes that a row needs.
struct Scene {
    folder: Folder,
    _held: Option<OwnedFd>,
}

impl Scene {
    fn new(at: At, arguments: &str) -> Self {
        let folder = Folder::new();
        let capture = folder.with("cap", &std::fs::read(folder.capture(20_000)).unwrap());
        assert!(
            capture.metadata().unwrap().len() > 1_000_000,
            "more than any pipe holds"
        );
        let mut held = None;
        for word in arguments
            .split(' ')
            .filter(|word| word.starts_with("{out}") || *word == "{in}")
        {
            let pipe = folder.file(&word.replace(['{', '}'], ""));
            mkfifo(&pipe, Mode::S_IRWXU).unwrap();
            if at == At::Writing {
                held = Some(hold(&pipe));
            }
        }
        Self { folder, _held: held }
    }

    /// The text with the paths in it.
    fn fill(&self, text: &str) -> String {
        let mut text = text.replace("{tcp}", "captures/long.pcapng");
        text = text.replace("{gzip}", self.folder.file("cap.gz").to_str().unwrap());
        for name in ["cap", "in", "out", "new"] {
            text = text.replace(&format!("{{{name}}}"), self.folder.file(name).to_str().unwrap());
        }
        text
    }

    fn start(&self, at: At, arguments: &str) -> Stuck {
        let arguments = self.fill(arguments);
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let output = match at {
            At::Opening | At::Writing => Output::Null,
            At::Output | At::BothOutputs => Output::FullPipe,
            At::Socket => Output::Socket,
        };
        Stuck::start(&mut sniffer(&arguments), &output, at == At::BothOutputs)
    }
}

/// Are the lines as expected?
fn is_said(lines: &str, expected: &[String]) -> bool {
    let lines: Vec<&str> = lines.lines().collect();
    let fits = |(line, expected): (&&str, &String)| match expected.split_once('…') {
        Some((start, end)) => line.starts_with(start) && line.ends_with(end),
        None => line == expected,
    };
    lines.len() == expected.len() && lines.iter().zip(expected).all(fits)
}

fn assert_ended(outcome: &Outcome, row: &str) {
    assert_eq!(outcome.code, Some(1), "{row}: {outcome:?}");
    assert!(outcome.took < IN_TIME, "{row}: {outcome:?}");
}

#[test]
fn whatever_is_waited_for_a_signal_ends_it_in_time_and_it_says_what_is_not_whole() {
    if !need(Tool::Gzip) {
        return;
    }
    for chunk in ROWS.chunks(4) {
        std::thread::scope(|scope| {
            for &(at, arguments, signal, said) in chunk {
                let scene = Scene::new(at, arguments);
                let cap = scene.folder.file("cap");
                let packed = tool(Tool::Gzip).arg("-k").arg(&cap).status().unwrap();
                assert!(packed.success());
                scope.spawn(move || {
                    let mut stuck = scene.start(at, arguments);
                    stuck.wait_until_still();
                    let outcome = stuck.end_by(&[signal]);
                    assert_ended(&outcome, arguments);
                    let said: Vec<String> = said.iter().map(|line| scene.fill(line)).collect();
                    assert!(is_said(&outcome.errors, &said), "{arguments}: {outcome:?}");
                    assert_no_rests(scene.folder.path());
                });
            }
        });
    }
}

/// Nothing half made is left.
fn assert_no_rests(folder: &Path) {
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let rests: Vec<String> = names.filter(|name| name.contains(".part")).collect();
    assert!(rests.is_empty(), "{rests:?}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for (at, arguments, signals) in [
        (At::Opening, "-q -r {cap} -w {out}", [SIGINT, SIGINT]),
        (At::Opening, "-r {in}", [SIGTERM, SIGINT]),
        (At::Writing, "-q -r {cap} --html {out}", [SIGHUP, SIGTERM]),
        (At::Output, "-r {cap}", [SIGINT, SIGTERM]),
        (At::BothOutputs, "-r {cap}", [SIGINT, SIGINT]),
        (At::BothOutputs, "-r {cap} --html {new}", [SIGTERM, SIGHUP]),
    ] {
        let scene = Scene::new(at, arguments);
        let mut stuck = scene.start(at, arguments);
        stuck.wait_until_still();
        let outcome = stuck.end_by(&signals);
        // By itself it would take 480 ms from here, and 680 ms where its words find no room.
        assert_eq!(outcome.code, Some(1), "{arguments}: {outcome:?}");
        assert!(outcome.took.as_millis() < 400, "{arguments}: {outcome:?}");
        assert_no_rests(scene.folder.path());
    }
}

/// The call that waits, on which file, the arguments, the signal, and one of the lines that are said then.
#[rustfmt::skip] // a table: a row a line
const DISK: &[(&str, &str, &str, Signal, &str)] = &[
    ("openat", "{cap}", "-q -r {cap} -w {new}", SIGINT, "error: {cap}: not read, it could not be opened in time"),
    ("read", "{cap}", "-q -r {cap} -w {new}", SIGTERM, "error: {cap}: …"),
    ("openat", "{new}", "-q -r {cap} -w {new}", SIGINT, "error: {new}: not written, it could not be opened in time"),
    ("write", "{new}", "-q -r {cap} -w {new}", SIGHUP, "error: {new}: no packet is known to be written"),
    ("write", "{new}.part", "-q -r {tcp} --html {new}", SIGINT, "error: {new}: not written"),
    ("linkat", "{new}.part", "-q -r {tcp} --svg {new}", SIGTERM, "error: {new}: not written"),
    ("linkat", "{new}.part", "-q -r {tcp} --plot {new}", SIGINT, "error: {new}: not written"),
    ("rename", "{new}.part", "-q -r {tcp} --html {new} --force", SIGINT, "error: {new}: not written, the file of this name is the old one"),
    ("linkat", "{new}.md.part", "-r {tcp} --answer-key {new}.md", SIGHUP, "error: {new}.md: not written"),
    ("linkat", "{new}.md.part", "--worksheet {new}.md", SIGINT, "error: {new}.md: not written"),
    ("openat", "{calls}", "-r {tcp} --view ladder --calls {calls}", SIGINT, "error: {calls}: not read, it could not be opened in time"),
    ("read", "{calls}", "-r {tcp} --view ladder --calls {calls}", SIGTERM, "error: {calls}: not read to its end"),
];

/// A disk that does not answer: strace(1) lets a call on the file wait.
#[test]
fn a_disk_that_does_not_answer_cannot_keep_it() {
    if !need(Tool::Strace) {
        return;
    }
    for &(calls, name, arguments, signal, said) in DISK {
        let scene = Scene::new(At::Opening, "");
        let calls_file = scene.folder.with("calls", b"\n");
        let fill = |text: &str| scene.fill(&text.replace("{calls}", calls_file.to_str().unwrap()));
        let replaces = arguments.ends_with("--force");
        if replaces {
            scene.folder.with("new", b"old");
        }
        // Until it is whole a file has a name with the process number, which strace -D leaves to the program: it is the shell's.
        let path = match name.strip_suffix(".part") {
            Some(name) => format!(
                "{}/.{}.$$.part",
                scene.folder.path().display(),
                name.replace(['{', '}'], "")
            ),
            None => fill(name),
        };
        // strace knows a file by its name, so none may be without one, as on a file system that has no such files.
        let named = name.strip_suffix(".part").map_or(String::new(), |_| {
            format!(
                "-P {} -e inject=openat:error=EOPNOTSUPP:when=1",
                scene.folder.path().display()
            )
        });
        let script = format!(
            "exec strace -D -f -q -o /dev/null -P {path} {named} -e trace={calls},openat -e inject={calls}:delay_enter=60s {} {}",
            path_of_ours("sniffer"),
            fill(arguments),
        );
        let mut stuck = Stuck::start(clean(&mut shell(&script)), &Output::Null, false);
        stuck.wait_until_still();
        let outcome = stuck.end_traced_by(signal);
        assert_ended(&outcome, arguments);
        let expected = fill(said);
        let is_there = outcome
            .errors
            .lines()
            .any(|line| is_said(line, std::slice::from_ref(&expected)));
        assert!(is_there, "{calls} {arguments}: {outcome:?}");
        if replaces {
            assert_eq!(std::fs::read(scene.folder.file("new")).unwrap(), b"old");
        }
        assert_no_rests(scene.folder.path());
    }
}
