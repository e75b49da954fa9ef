//! Where the tests play: namespaces, started sniffers, and the judges.

use std::ffi::OsStr;
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use super::frames;
pub use crate::support::clean;
use crate::support::{PATIENCE, Running, Tool, again, copy_program, judged, namespace, need, ours, path_of_ours};

/// Nobody in particular: the user that owns no files.
pub const ORDINARY: u32 = 65_534;

/// Every option of the sniffer's that writes a file, with such a file.
pub const OUTPUTS: [(&str, &str); 6] = [
    ("-w", "x.pcapng"),
    ("--html", "x.html"),
    ("--svg", "x.svg"),
    ("--plot", "plot.svg"),
    ("--worksheet", "form.md"),
    ("--answer-key", "key.md"),
];

/// Frames are had from a ring, or without one: an argument of the sniffers.
const WAYS: [&str; 2] = ["", "--no-ring"];

/// Runs `test`, which stands in a test, in a process of its own for each way, in a network namespace in which loopback is up.
pub fn in_namespace(test: impl FnOnce()) {
    in_namespaces(&WAYS, test);
}

/// The same, once: for what starts the sniffer by other words than its own arguments.
pub fn in_one_namespace(test: impl FnOnce()) {
    in_namespaces(&[""], test);
}

fn in_namespaces(ways: &[&str], test: impl FnOnce()) {
    if need(Tool::Tshark) {
        namespace::in_namespaces(again::path_of(&test), ways, test);
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The standard output of a command that has to succeed.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// The sniffer, untouched by the environment of the user who runs the tests.
pub fn sniffer<A: AsRef<OsStr>>(arguments: &[A]) -> Command {
    let mut command = ours("sniffer");
    let way = namespace::way().filter(|way| !way.is_empty());
    clean(&mut command).args(way).args(arguments);
    command
}

/// A sniffer that captures on loopback already.
pub fn capturing<A: AsRef<OsStr>>(arguments: &[A]) -> Running {
    started(&mut sniffer(arguments))
}

/// The sniffer of this command, when it captures.
pub fn started(command: &mut Command) -> Running {
    let running = Running::start(command);
    running.wait_for_errors("capturing on ");
    running
}

/// What a sniffer has said when it has ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl Ended {
    /// Ended by this signal.
    pub fn by(mut running: Running, signal: Signal) -> Self {
        running.signal(signal);
        Self::of(&mut running)
    }

    /// Ended of its own accord.
    pub fn of(running: &mut Running) -> Self {
        let status = running.wait();
        Self {
            code: status.code(),
            output: running.output(),
            errors: running.errors(),
        }
    }

    /// The lines after the ready line.
    pub fn summary(&self) -> Vec<&str> {
        let mut lines = self.errors.lines();
        lines.find(|line| line.starts_with("capturing on "));
        lines.collect()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            output: text(&output.stdout),
            errors: text(&output.stderr),
        }
    }
}

/// Runs the sniffer to its end, without input.
pub fn ran<A: AsRef<OsStr>>(arguments: &[A]) -> Ended {
    sniffer(arguments).stdin(Stdio::null()).output().unwrap().into()
}

/// Two UDP sockets on 127.0.0.1, the first connected to the second, and the port of the second.
pub fn pair() -> (UdpSocket, UdpSocket, u16) {
    let [client, server] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    let address = server.local_addr().unwrap();
    client.connect(address).unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    (client, server, address.port())
}

/// A folder for one test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// A file with these bytes.
    pub fn with(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.file(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// A capture of so many numbered datagrams.
    pub fn capture(&self, count: usize) -> PathBuf {
        self.with("numbered.pcap", &frames::pcap(&frames::numbered(count)))
    }
}

/// A copy of the program that everybody may run, in a folder that they may enter and not change.
pub fn readable(folder: &Folder) -> PathBuf {
    let copy = folder.file("sniffer");
    copy_program(path_of_ours("sniffer"), &copy);
    for path in [copy.as_path(), folder.path()] {
        let mode = if nix::unistd::geteuid().is_root() { 0o755 } else { 0o555 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    copy
}

/// Has the command run by a user without privileges: this one, unless this is root.
pub fn ordinary(command: &mut Command) {
    clean(command);
    if nix::unistd::geteuid().is_root() {
        command.uid(ORDINARY).gid(ORDINARY);
    }
}

/// What tshark reads in a capture file: a row a packet with these fields.
///
/// # Panics
/// When tshark has anything to complain of: the file, or a packet in it.
pub fn tshark(path: &Path, fields: &[&str]) -> Vec<Vec<String>> {
    tshark_with(&[], path, fields)
}

/// The same with these options of tshark.
pub fn tshark_with(options: &[&str], path: &Path, fields: &[&str]) -> Vec<Vec<String>> {
    let rows = judged(options, path, fields).into_iter().map(|(row, is_bad)| {
        assert!(!is_bad, "tshark warns of {row:?}");
        row
    });
    rows.collect()
}
