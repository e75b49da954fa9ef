//! A group of processes that has 64 MiB of memory together, cgroups(7). Who takes more is ended by the kernel, without a word: so
//! nothing may.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::stage::{RUNS, ended, works_or_says};
use crate::sniffer::frames::{pcap, udp};
use crate::support::{Missing, Running, essential, needs, ours, path_of_ours, port_in};

/// Bytes.
const MOST: &str = "67108864";

/// A group that is taken away at the end.
struct Group(PathBuf);

impl Group {
    /// Version 1 or 2, where this machine lets it be made.
    fn new() -> Option<Self> {
        if !needs::root() {
            return None;
        }
        let name = format!(
            "socket-lab-test-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        );
        let name: String = name.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
        let ways = [
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
            ("/sys/fs/cgroup", "memory.max"),
        ];
        for (hierarchy, limit) in ways {
            let group = Path::new(hierarchy).join(&name);
            // On a machine without groups /sys/fs/cgroup is an empty folder, and stays so.
            if !Path::new(hierarchy).join("cgroup.procs").exists() || fs::create_dir(&group).is_err() {
                continue;
            }
            let group = Self(group);
            if fs::write(group.0.join(limit), MOST).is_ok() {
                return Some(group);
            }
        }
        needs::skip(Missing::Part("a memory group of its own, cgroups(7)"));
        None
    }

    /// A command that starts this program in the group.
    fn command(&self, program: &str) -> Command {
        let mut command = essential("sh");
        let script = format!("echo $$ > {}/cgroup.procs && exec \"$0\" \"$@\"", self.0.display());
        command.args(["-c", &script, path_of_ours(program)]);
        command
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The kernel lets a group go a moment after its last process.
        for _ in 0..100 {
            if fs::remove_dir(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

#[test]
fn small_work_fits() {
    let Some(group) = Group::new() else { return };
    for words in RUNS {
        works_or_says(&ended(group.command(words[0]), words), &format!("{words:?}"));
    }
}

/// A thousand clients that say nothing, and one that does.
#[test]
fn a_full_server_fits() {
    let Some(group) = Group::new() else { return };
    let mut server = Running::start(group.command("tcp-server").args(["--bind", "127.0.0.1"]));
    let port = port_in(&server.wait_for_output("Listening...\n"));
    let silent: Vec<TcpStream> = (0..1000)
        .map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap())
        .collect();
    let mut client = Running::start(ours("tcp-client").args(["-ip", "127.0.0.1", "-p", &port.to_string()]));
    client.type_line("still there");
    client.wait_for_output("STILL THERE");
    drop(silent);
    server.signal(nix::sys::signal::Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(0), "{}", server.errors());
}

/// Ten thousand conversations and a hundred thousand packets, in every form that is made as it is read, and in one that is kept.
#[test]
fn a_large_capture_fits() {
    let Some(group) = Group::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.pcap");
    let packets: Vec<Vec<u8>> = (0..100_000_u32)
        .map(|number| udp(u16::try_from(number % 10_000 + 1).unwrap(), 80, b"a line"))
        .collect();
    fs::write(&file, pcap(&packets)).unwrap();
    let file = file.to_str().unwrap();
    let copy = folder.path().join("copy.pcapng");
    let copy = copy.to_str().unwrap();
    let page = folder.path().join("page.html");
    let page = page.to_str().unwrap();
    let forms: [&[&str]; 5] = [
        &["--view", "summary"],
        &["--view", "ladder"],
        &["-q", "-w", copy],
        &["-q", "--svg", "FOLDER", "--flow", "7"],
        &["-q", "--html", page],
    ];
    for form in forms {
        let words = [&["sniffer", "-r", file], form].concat();
        let output = ended(group.command("sniffer"), &words);
        works_or_says(&output, &format!("{form:?}"));
        if output.status.code() == Some(1) {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains("more than 64 MiB"), "{form:?}: {said}");
        }
    }
}
