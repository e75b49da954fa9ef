//! The end of the lab, and of its four programs, while a call does not return.

use std::fs;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::stage::{TestFolder, ready};
use crate::support::stuck::{IN_TIME, Outcome, Output, Stuck, hold};
use crate::support::{Missing, Side, Tool, need_all, needs, path_of_ours, shell};

const UNREAD: &str = "error: standard output: nothing is known to be written\n";

#[track_caller]
fn assert_ended(outcome: &Outcome, code: i32, said: &str, what: &str) {
    assert_eq!(outcome.code, Some(code), "{what}: {outcome:?}");
    assert!(outcome.took < IN_TIME, "{what}: {outcome:?}");
    assert_eq!(outcome.errors, said, "{what}");
}

/// The names in captures/latest, hidden ones too.
fn latest(place: &TestFolder) -> Vec<String> {
    let entries = fs::read_dir(place.latest("")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What a run leaves.
const FILES: [&str; 4] = ["udp.calls.jsonl", "udp.html", "udp.pcap", "udp.pcapng"];

#[test]
fn a_standard_output_that_nobody_reads_keeps_neither_the_lab_nor_its_files() {
    if !ready() {
        return;
    }
    for (output, both, signals, said) in [
        (Output::FullPipe, false, &[SIGINT][..], UNREAD),
        (Output::Socket, false, &[SIGHUP], UNREAD),
        (Output::FullPipe, true, &[SIGTERM], ""),
        (Output::FullPipe, false, &[SIGINT, SIGTERM], UNREAD),
        (Output::FullPipe, true, &[SIGINT, SIGINT], ""),
    ] {
        let place = TestFolder::new();
        let mut stuck = Stuck::start(&mut place.command(&["udp"]), &output, both);
        // It stands still for moments also while it plays.
        while !place.latest("udp.calls.jsonl").exists() {
            stuck.assert_there();
        }
        stuck.wait_until_still();
        let outcome = stuck.end_by(signals);
        assert_ended(&outcome, 1, said, &format!("{signals:?}"));
        assert_eq!(latest(&place), FILES);
    }
}

#[test]
fn a_disk_that_does_not_answer_cannot_keep_the_lab() {
    if !ready() || !need_all(&[Tool::Strace]) {
        return;
    }
    for (calls, file, signal, said) in [
        ("write", Some("udp.pcapng"), SIGTERM, "udp.pcapng: not written"),
        ("write", Some("udp.html"), SIGINT, "udp.html: not written"),
        ("write", Some("udp.calls.jsonl"), SIGHUP, "udp.calls.jsonl: not written"),
        // It is called for nothing else, and the paths that it is given are those of descriptors.
        ("rename", None, SIGINT, "udp.pcapng: not written"),
    ] {
        let place = TestFolder::new();
        let hidden = |file| format!("-P {}", place.latest(&format!(".{file}.$$")).display());
        // strace knows a file by its name: so none may be without one, as on a file system that has no such files. They would be opened
        // by the path of the folder's descriptor.
        let folders: String = (3..64).fold(String::new(), |all, number| format!("{all} -P /proc/self/fd/{number}"));
        let only = file.map_or(String::new(), |file| {
            format!("{}{folders} -e inject=openat:error=EOPNOTSUPP", hidden(file))
        });
        let script = format!(
            "exec strace -D -f -q -o /dev/null {only} -e trace={calls},openat -e inject={calls}:delay_enter=60s {} udp",
            path_of_ours("socket-lab"),
        );
        let mut command = shell(&script);
        let mut stuck = Stuck::start(place.as_user(&mut command), &Output::Null, false);
        stuck.wait_until_there("ending");
        stuck.wait_until_still();
        let outcome = stuck.end_traced_by(signal);
        assert_eq!(outcome.code, Some(1), "{calls} {file:?}: {outcome:?}");
        assert!(outcome.took < IN_TIME, "{calls} {file:?}: {outcome:?}");
        let line = format!("error: captures/latest/{said}\n");
        assert!(outcome.errors.contains(&line), "{calls} {file:?}: {outcome:?}");
        let left = latest(&place);
        assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
    }
}

#[test]
fn a_pipe_in_the_folder_is_never_opened() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let folder = place.path().join("mine");
    fs::create_dir(&folder).unwrap();
    mkfifo(&folder.join("udp.pcapng"), Mode::S_IRWXU).unwrap();
    let refused = place.ran(&["-o", "mine", "udp"]);
    assert!(refused.one_line().contains("mine/udp.pcapng exists already"));
    place.ran(&["-o", "mine", "--force", "udp"]).fine();
    assert!(fs::metadata(folder.join("udp.pcapng")).unwrap().is_file());
}

/// One of the four programs, with no server to talk to needed: it gets no further than its first lines.
fn program(name: &str) -> Command {
    let mut command = Side::Ours.command(name);
    if name.ends_with("client") {
        command.args(["-ip", "127.0.0.1", "-p", "1"]);
    } else {
        command.args(["-b", "127.0.0.1"]);
    }
    command.stdin(Stdio::piped());
    command
}

#[test]
fn a_standard_output_that_nobody_reads_cannot_keep_a_program() {
    // A tcp-client prints nothing before it is connected.
    for (name, both, signals, said) in [
        ("udp-server", false, &[SIGINT][..], UNREAD),
        ("tcp-server", false, &[SIGHUP], UNREAD),
        ("udp-client", false, &[SIGTERM], UNREAD),
        ("udp-server", false, &[SIGTSTP], UNREAD),
        ("tcp-server", true, &[SIGINT], ""),
        ("udp-client", true, &[SIGHUP, SIGTERM], ""),
        ("udp-server", false, &[SIGINT, SIGINT], UNREAD),
    ] {
        let mut stuck = Stuck::start(&mut program(name), &Output::FullPipe, both);
        stuck.wait_until_still();
        let outcome = stuck.end_by(signals);
        assert_ended(&outcome, 1, said, &format!("{name} {signals:?}"));
        assert!(signals.len() == 1 || outcome.took.as_millis() < 400, "{outcome:?}");
    }
}

#[test]
fn a_call_log_that_nobody_reads_cannot_keep_a_program() {
    let folder = tempfile::tempdir().unwrap();
    for (number, (name, is_held, signal)) in [
        ("udp-server", false, SIGINT),
        ("tcp-client", false, SIGHUP),
        ("tcp-server", true, SIGTERM),
        ("udp-client", true, SIGINT),
    ]
    .into_iter()
    .enumerate()
    {
        let pipe = folder.path().join(format!("calls-{number}"));
        mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        let held = is_held.then(|| hold(&pipe));
        let mut stuck = Stuck::start(program(name).arg("--calls").arg(&pipe), &Output::Null, false);
        stuck.wait_until_still();
        let outcome = stuck.end_by(&[signal]);
        let pipe = pipe.display();
        let said = if is_held {
            format!("error: {pipe}: nothing is known to be written\n")
        } else {
            format!("error: {pipe}: not written, no program has opened this pipe for reading\n")
        };
        assert_ended(&outcome, 1, &said, name);
        drop(held);
    }
}

/// A name that no server answers for: a network in which every question is lost.
#[test]
fn a_name_that_nobody_answers_for_cannot_keep_a_program() {
    if !need_all(&[Tool::Unshare, Tool::Ip, Tool::Mount]) || !needs::namespaces() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let servers = folder.path().join("resolv.conf");
    fs::write(&servers, "nameserver 192.0.2.1\n").unwrap();
    if !fs::exists("/etc/resolv.conf").unwrap() {
        return needs::skip(Missing::Part("/etc/resolv.conf"));
    }
    for (name, arguments, code, signal) in [
        ("tcp-client", "-ip silent.example -p 80", 0, SIGINT),
        ("udp-client", "-ip silent.example -p 80", 0, SIGHUP),
        ("udp-server", "-b silent.example", 0, SIGTERM),
        ("sniffer", "host silent.example", 1, SIGINT),
        ("sniffer", "-r captures/tcp.pcap host silent.example", 1, SIGTERM),
    ] {
        let script = format!(
            "ip link set lo up && ip route add 192.0.2.1/32 dev lo && mount --bind {} /etc/resolv.conf && exec {} {arguments}",
            servers.display(),
            path_of_ours(name),
        );
        let mut command = crate::support::tool(Tool::Unshare);
        command.args(["-r", "-n", "-m", "sh", "-c", &script]);
        let mut stuck = Stuck::start(command.stdin(Stdio::null()), &Output::Null, false);
        if name == "sniffer" {
            stuck.wait_until_there(name);
            stuck.wait_until_still();
        } else {
            // The main thread looks again and again whether the third one, which asks, has an answer.
            stuck.wait_for_threads(3);
        }
        let outcome = stuck.end_by(&[signal]);
        assert_ended(&outcome, code, "", &format!("{name} {arguments}"));
    }
}
