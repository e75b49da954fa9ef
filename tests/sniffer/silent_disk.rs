//! A file system that stops answering, as a network disk does whose other end is gone: FUSE, with a daemon that reads no more
//! requests. Its calls wait where SIGKILL alone ends them, so a handler of the waiting thread never runs.

use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM, SIGTSTP};

use super::stage::{Folder, clean};
use crate::support::stuck::{IN_TIME, Output, Stuck};
use crate::support::{Missing, Tool, need_all, needs, path_of_ours, tool};

/// The last request that is answered, linux/fuse.h: after it the mount, an open or the making of a file is done.
const MOUNTED: &str = "26";
const OPENED: &str = "14";
const MADE: &str = "35";

#[rustfmt::skip] // a table: a row a line
const ROWS: &[(&str, &str, &[&str], Signal, &str)] = &[
    (MOUNTED, "sniffer", &["-q", "-r", "{disk}/capture"], SIGINT, "a disk or a network may not answer"),
    (OPENED, "sniffer", &["-q", "-r", "{disk}/capture"], SIGTERM, "{disk}/capture: not read"),
    (MOUNTED, "sniffer", &["-q", "-r", "captures/tcp.pcap", "-w", "{disk}/new.pcap"], SIGTSTP, "a disk or a network may not answer"),
    (MADE, "sniffer", &["-q", "-r", "captures/tcp.pcap", "-w", "{disk}/new.pcap"], SIGHUP, "{disk}/new.pcap: no packet is known to be written"),
    (MADE, "sniffer", &["-q", "-r", "captures/long.pcapng", "--html", "{disk}/new.html"], SIGINT, "{disk}/new.html: not written"),
    (MADE, "sniffer", &["-q", "-r", "captures/long.pcapng", "--svg", "{disk}/new.svg"], SIGTERM, "{disk}/new.svg: not written"),
    (MOUNTED, "sniffer", &["-r", "captures/tcp.pcap", "--view", "ladder", "--calls", "{disk}/calls"], SIGINT, "{disk}/calls: not read"),
    (MOUNTED, "socket-lab", &["udp", "-o", "{disk}/out"], SIGINT, "a disk or a network may not answer"),
    (MOUNTED, "udp-server", &["--calls", "{disk}/calls"], SIGTERM, "a disk or a network may not answer"),
    (MADE, "tcp-server", &["--calls", "{disk}/calls"], SIGINT, "{disk}/calls: not written"),
];

#[test]
fn a_file_system_that_stops_answering_cannot_keep_them() {
    if !needs::root() || !need_all(&[Tool::Unshare, Tool::Mount, Tool::Python]) {
        return;
    }
    if !std::path::Path::new("/dev/fuse").exists() {
        return needs::skip(Missing::Part("FUSE"));
    }
    for (last, program, arguments, signal, said) in ROWS {
        let folder = Folder::new();
        let disk = folder.path().to_str().unwrap();
        let fill = |text: &str| text.replace("{disk}", disk);
        let what = format!("{program} {arguments:?} after {last}");
        let mut command = tool(Tool::Unshare);
        command.arg("--mount").arg(tool(Tool::Python).get_program());
        command.args(["-B", "tests/peers/silent_file_system.py", disk, last]);
        command.arg(path_of_ours(program));
        command.args(arguments.iter().map(|word| fill(word)));
        let mut stuck = Stuck::start(clean(&mut command), &Output::Null, false);
        stuck.wait_until_runs(program);
        stuck.wait_until_still();
        let outcome = stuck.end_by(&[*signal]);
        assert!(outcome.took < IN_TIME, "{what}: {outcome:?}");
        let said = fill(said);
        assert!(outcome.errors.contains(&said), "{what}: {outcome:?}");
        assert!(matches!(outcome.code, Some(0 | 1)), "{what}: {outcome:?}");
    }
}
