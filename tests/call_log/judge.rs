//! The reported calls against strace's.

use std::collections::BTreeMap;
use std::fs;

use socket_lab::calls::CallName;

use super::read;
use crate::support::{NOBODY, Running, Side, Tool, need, server_with, tool};

/// The trace with each call on one line: strace writes a call in two pieces when another thread's call comes between.
fn whole_lines(trace: &str) -> Vec<String> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut lines = Vec::new();
    for line in trace.lines() {
        // "PID name(arguments) = result ..."
        let Some((pid, call)) = line.split_once(' ') else {
            continue;
        };
        let call = call.trim_start();
        if let Some(start) = call.strip_suffix(" <unfinished ...>") {
            begun.insert(pid, start);
        } else if let Some((_, end)) = call.split_once(" resumed>").filter(|_| call.starts_with("<... ")) {
            lines.push([begun.remove(pid).unwrap_or_default(), end].concat());
        } else {
            lines.push(call.to_owned());
        }
    }
    lines
}

/// The calls on internet sockets that strace saw succeed or fail, as "name = result". What only says "wait" (the
/// descriptor is non-blocking underneath) is no call of the program's.
fn strace_story(trace: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut story = Vec::new();
    for call in whole_lines(trace) {
        let Some((name, rest)) = call.split_once('(') else {
            continue;
        };
        let Some((arguments, result)) = rest.rsplit_once(" = ") else {
            continue;
        };
        if result.contains("EAGAIN") || name == "getpeername" || arguments.contains("SO_ERROR") {
            continue;
        }
        let result: String = result
            .split(' ')
            .take(if result.starts_with('-') { 2 } else { 1 })
            .collect::<Vec<_>>()
            .join(" ");
        if name == "socket" && arguments.starts_with("AF_INET") {
            open.push(result.clone());
        }
        let fd = arguments.split([',', ')']).next().unwrap_or_default();
        if name != "socket" && !open.iter().any(|known| known == fd) {
            continue;
        }
        if name == "close" {
            open.retain(|known| known != fd);
        }
        let result = if result.contains("EINPROGRESS") {
            "0".to_owned()
        } else {
            result
        };
        story.push(format!("{name} = {result}"));
    }
    story
}

#[test]
fn strace_sees_the_same_calls_with_the_same_results() {
    if !need(Tool::Strace) {
        return;
    }
    let (_udp, udp_port) = server_with("udp-server", &["-b", "127.0.0.1"]);
    let (_tcp, tcp_port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let nobody = NOBODY;
    for (name, port) in [
        ("udp-client", udp_port),
        ("tcp-client", tcp_port),
        ("udp-client", nobody),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (log, trace) = (folder.path().join("log"), folder.path().join("trace"));
        let ours = Side::Ours.command(name);
        let calls = "socket,setsockopt,bind,connect,sendto,recvfrom,shutdown,close,accept4,listen";
        let mut client = Running::start(
            tool(Tool::Strace)
                .args(["-f", "-e", &format!("trace={calls}"), "-o"])
                .arg(&trace)
                .arg(ours.get_program())
                .args(["-ip", "127.0.0.1", "-p", &port.to_string(), "--calls"])
                .arg(&log),
        );
        client.type_line("hello");
        client.wait_for_outputs("Input lowercase text: ", 2);
        client.end_input();
        client.wait();
        let told: Vec<String> = read(&log)
            .iter()
            .map(|call| {
                // The C library makes send() of sendto() and recv() of recvfrom() without an address.
                let name = match call.call {
                    CallName::Send => "sendto",
                    CallName::Recv => "recvfrom",
                    other => other.word(),
                };
                let error = call
                    .error
                    .as_ref()
                    .map(|error| format!(" {}", error.name))
                    .unwrap_or_default();
                format!("{name} = {}{error}", call.result)
            })
            .collect();
        let seen = strace_story(&fs::read_to_string(&trace).unwrap());
        assert_eq!(told, seen, "{name}: {}", fs::read_to_string(&trace).unwrap());
    }
}

#[test]
fn a_call_in_two_pieces_is_one_call() {
    let trace = "\
        7 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP <unfinished ...>\n\
        8 recvfrom(200,  <unfinished ...>\n\
        7 <... socket resumed>) = 3\n\
        7 setsockopt(3, SOL_IP, IP_RECVERR, [1], 4 <unfinished ...>\n\
        8 <... recvfrom resumed>0x7f, 16, MSG_PEEK|MSG_DONTWAIT, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)\n\
        7 <... setsockopt resumed>)         = 0\n\
        7 close(3)                          = 0\n";
    assert_eq!(strace_story(trace), ["socket = 3", "setsockopt = 0", "close = 0"]);
}
