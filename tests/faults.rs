//! Faults of the system while clients are served: strace puts the error in at the border of the system call, as the kernel
//! would. Whatever the call says, the clients after it are served, and at most one line says what happened.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::{MOMENT, PATIENCE, Running, Side, Tool, essential, need, server, shell, tool};

/// strace, which puts this fault in where a program calls what it names ("accept4:error=ENFILE:when=2"). It is a process beside the
/// program, so that the process that is started is the program itself.
///
/// A program does not catch a signal that is ignored when it starts, as SIGHUP under nohup(1), and then makes one call of `sendto()`
/// less. So env(1) sets all signals back first: faults are counted from the start.
fn strace(fault: &str) -> Command {
    let call = fault.split(':').next().unwrap();
    let mut command = essential("env");
    command
        .arg("--default-signal")
        .arg(tool(Tool::Strace).get_program())
        .args(["-D", "-f", "-q", "-o", "/dev/null", "-e", &format!("trace={call}")])
        .args(["-e", &format!("inject={fault}")])
        .env_remove("RUST_LOG");
    command
}

/// A server in which this fault is put in, and its port.
fn with_fault(name: &str, fault: &str) -> (Running, u16) {
    let mut command = strace(fault);
    command
        .arg(Side::Ours.command(name).get_program())
        .args(["-b", "127.0.0.1"]);
    if name == "tcp-server" {
        // One thread: strace counts the calls of each by itself, and a client that is slow to speak gets another.
        command.args(["--max-connections", "1"]);
    }
    let started = server(&mut command);
    // It says that it listens before it first waits: that it does wait is part of the count.
    std::thread::sleep(MOMENT / 3);
    started
}

/// A line over UDP; `None` when no answer comes.
fn datagram(port: u16, line: &str) -> Option<String> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    socket.send_to(line.as_bytes(), ("127.0.0.1", port)).unwrap();
    let mut room = [0; 99];
    let length = socket.recv(&mut room).ok()?;
    Some(String::from_utf8(room[..length].to_vec()).unwrap())
}

/// A line over a connection; whatever came back before its end.
fn connection(port: u16, line: &str) -> String {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    // It may be closed already, which the answer shows.
    let _ = writeln!(socket, "{line}");
    let mut reply = Vec::new();
    let _ = socket.read_to_end(&mut reply);
    String::from_utf8(reply).unwrap()
}

/// Quits the server and returns what it had to say.
fn quit(mut server: Running) -> String {
    server.signal(Signal::SIGTERM);
    assert!(server.wait().success(), "{}", server.errors());
    server.errors()
}

/// At most one line, with these words.
#[track_caller]
fn said(errors: &str, words: Option<&str>, fault: &str) {
    assert_eq!(
        errors.lines().count(),
        usize::from(words.is_some()),
        "{fault}: {errors}"
    );
    assert!(words.is_none_or(|words| errors.contains(words)), "{fault}: {errors}");
}

const TOO_FEW: &str = "too many open files or too little memory";

#[test]
fn a_failing_accept_costs_no_client_its_answer() {
    if !need(Tool::Strace) {
        return;
    }
    // What waits in the kernel's queue stays there.
    for (error, words) in [
        ("EINTR", None),
        ("ECONNABORTED", Some("accept")),
        ("ENFILE", Some(TOO_FEW)),
        ("EMFILE", Some(TOO_FEW)),
        ("ENOBUFS", Some(TOO_FEW)),
        ("ENOMEM", Some(TOO_FEW)),
        ("EPROTO", Some("accept")),
        ("EHOSTUNREACH", Some("accept")),
    ] {
        let fault = format!("accept4:error={error}:when=2..6");
        let (server, port) = with_fault("tcp-server", &fault);
        for number in 0..8 {
            let line = format!("line {number}");
            assert_eq!(connection(port, &line), line.to_uppercase() + "\n", "{fault}");
        }
        // One line for the five errors in a row.
        said(&quit(server), words, &fault);
    }
}

#[test]
fn a_failing_call_on_a_connection_concerns_this_client_alone() {
    if !need(Tool::Strace) {
        return;
    }
    // Four calls of sendto() are made at the start, for what catches signals.
    for (fault, answered, words) in [
        ("recvfrom:error=EINTR:when=1..3", true, None),
        ("recvfrom:error=ENOMEM:when=1", false, Some("recv")),
        (
            "recvfrom:error=ECONNRESET:when=1",
            false,
            Some("the client broke the connection off"),
        ),
        ("recvfrom:error=ETIMEDOUT:when=1", false, Some("recv")),
        ("sendto:error=EINTR:when=5..7", true, None),
        ("sendto:error=ENOBUFS:when=5", false, Some("send")),
        (
            "sendto:error=EPIPE:when=5",
            false,
            Some("the client broke the connection off"),
        ),
        ("poll:error=EINTR:when=1..9", true, None),
        ("write:error=EINTR:when=3..5", true, None),
    ] {
        let (server, port) = with_fault("tcp-server", fault);
        let first = connection(port, "first");
        assert_eq!(first, if answered { "FIRST\n" } else { "" }, "{fault}");
        for number in 0..4 {
            assert_eq!(
                connection(port, &format!("line {number}")),
                format!("LINE {number}\n"),
                "{fault}"
            );
        }
        server.wait_for_output(": line 3\n");
        said(&quit(server), words, fault);
    }
}

#[test]
fn one_client_after_the_other_causes_no_warning() {
    if !need(Tool::Strace) {
        return;
    }
    // The next client connects while the server still finishes with the last one, which takes it 30 ms.
    for fault in ["close:delay_exit=30000", "write:delay_exit=30000"] {
        let (server, port) = with_fault("tcp-server", fault);
        for _ in 0..5 {
            let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
            // Not answered by the leader at once: the connection is one of those that count.
            std::thread::sleep(MOMENT / 10);
            socket.write_all(b"line\n").unwrap();
            let mut reply = String::new();
            socket.read_to_string(&mut reply).unwrap();
            assert_eq!(reply, "LINE\n", "{fault}");
        }
        said(&quit(server), None, fault);
    }
}

#[test]
fn a_udp_server_outlives_what_its_calls_say() {
    if !need(Tool::Strace) {
        return;
    }
    // The first recvfrom() finds nothing; four calls of sendto() are made at the start, for what catches signals.
    for (fault, lost, words) in [
        ("recvfrom:error=EINTR:when=2..4", 0, None),
        ("recvfrom:error=ENOBUFS:when=2", 0, Some("recvfrom")),
        ("recvfrom:error=ENOMEM:when=2", 0, Some("recvfrom")),
        ("recvfrom:error=ECONNREFUSED:when=2", 0, Some("recvfrom")),
        ("sendto:error=EINTR:when=7..9", 0, None),
        ("sendto:error=ENOBUFS:when=7", 1, Some("the answer is lost")),
        ("sendto:error=ENOMEM:when=7", 1, Some("the answer is lost")),
        ("sendto:error=EPERM:when=7", 1, Some("the answer is lost")),
        ("poll:error=EINTR:when=2..4", 0, None),
        ("poll:error=ENOMEM:when=2", 0, Some("recvfrom")),
        ("write:error=EINTR:when=3..5", 0, None),
    ] {
        let (server, port) = with_fault("udp-server", fault);
        let answers = (0..5).filter_map(|number| datagram(port, &format!("line {number}")));
        assert_eq!(answers.count(), 5 - lost, "{fault}: {}", server.errors());
        server.wait_for_output(": line 4\n");
        said(&quit(server), words, fault);
    }
}

#[test]
fn standard_output_that_fills_up_is_said_once_and_the_clients_are_served() {
    if !need(Tool::Strace) {
        return;
    }
    // After the server's first lines every write fails.
    for error in ["ENOSPC", "EIO", "EDQUOT"] {
        let fault = format!("write:error={error}:when=4+");
        for name in ["udp-server", "tcp-server"] {
            // Standard error is the other descriptor that is written: the fault is put in for files of this path alone.
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("transcript");
            let ours = Side::Ours.command(name);
            let script = format!(
                "exec strace -D -f -q -o /dev/null -P {path} -e trace=write -e inject={fault} {} -b 127.0.0.1 > {path}",
                ours.get_program().to_string_lossy(),
                path = path.display()
            );
            let mut server = Running::start(shell(&script).env_remove("RUST_LOG"));
            let port = port_in_file(&path);
            for number in 0..5 {
                let line = format!("line {number}");
                let answer = if name == "udp-server" {
                    datagram(port, &line).unwrap()
                } else {
                    connection(port, &line).trim_end().to_owned()
                };
                assert_eq!(answer, line.to_uppercase(), "{name}, {fault}");
            }
            server.signal(Signal::SIGTERM);
            server.wait();
            said(&server.errors(), Some("standard output cannot be written"), &fault);
        }
    }
}

/// The port that a server tells in its standard output, when it listens.
fn port_in_file(path: &std::path::Path) -> u16 {
    let since = std::time::Instant::now();
    loop {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if text.ends_with("Listening...\n") {
            return crate::support::port_in(&text);
        }
        assert!(since.elapsed() < PATIENCE, "{text:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_a_client_needs_and_does_not_get_is_said() {
    if !need(Tool::Strace) {
        return;
    }
    for (name, fault, words) in [
        ("udp-client", "socket:error=EMFILE:when=1", "ulimit -n"),
        ("tcp-client", "socket:error=ENFILE:when=1", "ulimit -n"),
        ("tcp-client", "connect:error=EADDRNOTAVAIL:when=1", "no free port"),
        (
            "udp-client",
            "sendto:error=ENETUNREACH:when=5",
            "no way to that address",
        ),
    ] {
        let (server, port) = server(
            Side::Ours
                .command(&name.replace("client", "server"))
                .args(["-b", "127.0.0.1"]),
        );
        let mut client = Running::start(strace(fault).arg(Side::Ours.command(name).get_program()).args([
            "-ip",
            "127.0.0.1",
            "-p",
            &port.to_string(),
        ]));
        client.type_line("a");
        client.end_input();
        assert_eq!(client.wait().code(), Some(1), "{fault}: {}", client.errors());
        said(&client.errors(), Some(words), fault);
        drop(server);
    }
}
