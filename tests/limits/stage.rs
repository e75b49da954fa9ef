//! The programs' runs that the tests here put under limits, and what has to come out.

use std::process::{Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{Tool, path_of_ours, tool};

/// Each program with arguments that let it do something and end by itself; a server is ended when it listens.
pub const RUNS: [&[&str]; 9] = [
    &["sniffer", "-r", "captures/tcp.pcapng", "--view", "summary"],
    &["sniffer", "-r", "captures/tcp.pcapng", "--view", "ladder"],
    &["sniffer", "-q", "-r", "captures/long.pcapng", "--html", "FOLDER"],
    &["sniffer", "-r", "captures/tcp.pcapng", "-w", "-"],
    &["udp-server", "--bind", "127.0.0.1"],
    &["tcp-server", "--bind", "127.0.0.1"],
    &["udp-client", "-ip", "127.0.0.1", "-p", "1"],
    &["tcp-client", "-ip", "127.0.0.1", "-p", "1"],
    &["socket-lab", "udp", "-o", "FOLDER"],
];

/// Starts the program under these limits, in the words of prlimit(1), and waits for its end.
pub fn run(limits: &[&str], words: &[&str]) -> Output {
    let mut command = tool(Tool::Prlimit);
    command.args(limits).arg(path_of_ours(words[0]));
    ended(command, words)
}

/// Adds the arguments and waits for the end. A server that has printed all it has to is ended as Ctrl+C does it.
pub fn ended(mut command: Command, words: &[&str]) -> Output {
    let is_server = words[0].ends_with("server");
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("new");
    let arguments = words[1..].iter().map(|&word| match word {
        "FOLDER" => name.as_os_str(),
        word => word.as_ref(),
    });
    command.args(arguments);
    let (read, write) = crate::support::pipe();
    let child = command.stdin(Stdio::null()).stdout(write).stderr(Stdio::piped());
    let child = child.spawn().unwrap();
    // The end to write is the program's alone now, so what it says has an end.
    command.stdout(Stdio::null());
    let pid = Pid::from_raw(child.id().try_into().unwrap());
    let mut lines = Vec::new();
    for line in std::io::BufRead::split(std::io::BufReader::new(read), b'\n') {
        let line = line.unwrap();
        if is_server && line.starts_with(b"Press Ctrl+Z") {
            kill(pid, Signal::SIGINT).unwrap();
        }
        lines.extend(line);
        lines.push(b'\n');
    }
    let mut output = child.wait_with_output().unwrap();
    output.stdout = lines;
    output
}

/// It worked, or it says in one line what failed and what to do, and ends with status 1.
pub fn works_or_says(output: &Output, what: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{what}: {:?}: {said}", output.status);
    for never in ["panicked", "memory allocation of", "RUST_BACKTRACE"] {
        assert!(!said.contains(never), "{what}: {said}");
    }
    let errors: Vec<&str> = said.lines().filter(|line| !line.starts_with("warning: ")).collect();
    if code == Some(0) {
        assert_eq!(errors, Vec::<&str>::new(), "{what}");
        return;
    }
    assert_eq!(errors.len(), 1, "{what}: {said}");
    let line = errors[0].strip_prefix("error: ");
    let next = line.and_then(|line| line.split_once("; "));
    assert!(next.is_some_and(|(_, next)| !next.is_empty()), "{what}: {said}");
}
