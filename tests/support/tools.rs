//! External programs that tests call. Every test starts them through this file, and asks for them first.
//!
//! `need(Tool::Tshark)` says whether the program is there, and counts the test as skipped where it is missing. Only then may
//! the test call `tool(Tool::Tshark)`. A call without the question panics, also on a machine that has the program: otherwise
//! the mistake would show up on somebody else's machine first. tests/structure checks that no test starts programs itself.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::needs::{self, Missing};

macro_rules! tools {
    ($($variant:ident = $program:literal in $package:literal,)*) => {
        /// A program that a machine may lack.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Tool {
            $($variant,)*
        }

        impl Tool {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name that a shell finds it by.
            pub const fn program(self) -> &'static str {
                match self { $(Self::$variant => $program,)* }
            }

            /// The Debian package that has it.
            pub const fn package(self) -> &'static str {
                match self { $(Self::$variant => $package,)* }
            }
        }
    };
}

tools! {
    Bash = "bash" in "bash",
    Capinfos = "capinfos" in "wireshark-common",
    Chromium = "chromium" in "chromium",
    Editcap = "editcap" in "wireshark-common",
    Faketime = "faketime" in "faketime",
    Fish = "fish" in "fish",
    Gzip = "gzip" in "gzip",
    Ip = "ip" in "iproute2",
    Lz4 = "lz4" in "lz4",
    Man = "man" in "man-db",
    Mandoc = "mandoc" in "mandoc",
    Mergecap = "mergecap" in "wireshark-common",
    Mount = "mount" in "mount",
    Nc = "nc" in "netcat-openbsd",
    Node = "node" in "nodejs",
    Prlimit = "prlimit" in "util-linux",
    Python = "python3" in "python3",
    Setcap = "setcap" in "libcap2-bin",
    Setpriv = "setpriv" in "util-linux",
    Strace = "strace" in "strace",
    Sudo = "sudo" in "sudo",
    Tcpdump = "tcpdump" in "tcpdump",
    Tshark = "tshark" in "tshark",
    Unshare = "unshare" in "util-linux",
    Zsh = "zsh" in "zsh",
    Zstd = "zstd" in "zstd",
}

/// What the smallest Debian has: POSIX's shell and GNU's core utilities.
const ESSENTIAL: [&str; 11] = [
    "cat",
    "cp",
    "dd",
    "env",
    "head",
    "mkfifo",
    "sh",
    "sha256sum",
    "sleep",
    "timeout",
    "true",
];

thread_local! {
    /// The programs that the test in this thread has asked for.
    static ASKED: RefCell<BTreeSet<Tool>> = const { RefCell::new(BTreeSet::new()) };
}

/// Is the program there? If not, the calling test counts as skipped.
#[must_use = "without the program the test has to return"]
pub fn need(tool: Tool) -> bool {
    let found = path(tool.program()).is_some();
    if found {
        ASKED.with_borrow_mut(|asked| asked.insert(tool));
    } else {
        needs::skip(Missing::Program(tool));
    }
    found
}

/// Are all of them there? The first that is missing is the reason why the test is skipped.
#[must_use = "without the programs the test has to return"]
pub fn need_all(tools: &[Tool]) -> bool {
    tools.iter().all(|&tool| need(tool))
}

/// A command that starts the program.
///
/// # Panics
/// The test has not asked for the program.
#[track_caller]
pub fn tool(tool: Tool) -> Command {
    assert_asked(tool, "");
    match tool {
        Tool::Python => Command::new(python()),
        _ => Command::new(tool.program()),
    }
}

/// Where Python itself is. `python3` may be the script of a version manager, which looks for it at each start, and takes longer
/// for that than most of our scripts for their work. It is asked once.
fn python() -> &'static OsStr {
    static PATH: OnceLock<OsString> = OnceLock::new();
    PATH.get_or_init(|| {
        let named = Tool::Python.program();
        let mut command = Command::new(named);
        let asked = command.args(["-c", "import sys; print(sys.executable)"]).output();
        // Where it does not say, it is called by its name, and the test tells what is wrong.
        let path = asked.map_or_else(|_| Vec::new(), |output| output.stdout.trim_ascii().to_vec());
        let path = OsString::from_vec(path);
        if Path::new(&path).is_file() { path } else { named.into() }
    })
}

/// A command that starts one of the programs that every machine has.
///
/// # Panics
/// It is not one of them.
#[track_caller]
pub fn essential(program: &str) -> Command {
    assert!(
        ESSENTIAL.contains(&program),
        "{program} is not on every machine: make it a Tool"
    );
    Command::new(program)
}

/// A shell that runs the script.
///
/// # Panics
/// The script calls a program that the test has not asked for.
#[track_caller]
pub fn shell(script: &str) -> Command {
    let part_of_a_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    // printf(1) writes a line feed as `\n`: its letter begins no word.
    for word in script.replace("\\n", " ").split(|c| !part_of_a_name(c)) {
        if let Some(&tool) = Tool::ALL.iter().find(|tool| tool.program() == word) {
            assert_asked(tool, script);
        }
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", script]);
    shell
}

#[track_caller]
fn assert_asked(tool: Tool, script: &str) {
    let asked = ASKED.with_borrow(|asked| asked.contains(&tool));
    assert!(
        asked,
        "calls {} without need(Tool::{tool:?}) before {script:?}",
        tool.program()
    );
}

/// A command that starts one of the project's own programs, as it was built for this test.
///
/// # Panics
/// There is no such program.
#[track_caller]
pub fn ours(name: &str) -> Command {
    let mut command = Command::new(path_of_ours(name));
    // Under `sudo cargo test` it would become the user who called sudo, and find root's folders closed.
    for name in ["RUST_LOG", "SUDO_UID", "SUDO_GID", "PKEXEC_UID", "DOAS_USER"] {
        command.env_remove(name);
    }
    command
}

/// Where the project's own program of this name is.
///
/// # Panics
/// There is no such program.
#[track_caller]
pub fn path_of_ours(name: &str) -> &'static str {
    match name {
        "udp-server" => env!("CARGO_BIN_EXE_udp-server"),
        "udp-client" => env!("CARGO_BIN_EXE_udp-client"),
        "tcp-server" => env!("CARGO_BIN_EXE_tcp-server"),
        "tcp-client" => env!("CARGO_BIN_EXE_tcp-client"),
        "socket-lab" => env!("CARGO_BIN_EXE_socket-lab"),
        #[cfg(feature = "sniffer")]
        "sniffer" => env!("CARGO_BIN_EXE_sniffer"),
        _ => panic!("no program {name}"),
    }
}

/// A command that starts cargo, which is there wherever tests are built.
pub fn cargo() -> Command {
    Command::new(env!("CARGO"))
}

/// A command that starts the file at this path: a copy of a program of ours.
pub fn copy(path: impl AsRef<Path>) -> Command {
    Command::new(path.as_ref())
}

/// A command that starts this very test program once more.
pub fn this_test() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

/// Where a shell would find the program.
fn path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}
