//! The socket calls that the programs report: complete, in order, true. strace is the judge.

mod judge;
mod page;

use std::fs;
use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use chrono::Utc;
use nix::sys::signal::Signal;
use socket_lab::calls::lines;
use socket_lab::calls::{Call, CallName, Program, Role};

use crate::support::{NOBODY, PATIENCE, Running, Side, client, server, server_with};

fn read(path: &Path) -> Vec<Call> {
    let file = BufReader::new(fs::File::open(path).unwrap());
    lines::read(file)
        .map(|call| call.unwrap_or_else(|bad| panic!("{bad:?}")))
        .collect()
}

/// The calls on sockets of this role, as words.
fn story(calls: &[Call], role: Role) -> String {
    let of_role = calls.iter().filter(|call| call.role == role);
    of_role.map(|call| call.call.word()).collect::<Vec<_>>().join(" ")
}

/// One line over this transport, both programs with a call log: the client's calls and the server's.
fn one_line(transport: &str, folder: &Path) -> (Vec<Call>, Vec<Call>, u16) {
    let (server_log, client_log) = (folder.join("server"), folder.join("client"));
    let (mut server, port) = server(
        Side::Ours
            .command(&format!("{transport}-server"))
            .args(["-b", "127.0.0.1", "--calls"])
            .arg(&server_log),
    );
    // In recvfrom() or accept(), as the lecture has it.
    server.wait_until_asleep();
    let mut client = Running::start(
        Side::Ours
            .command(&format!("{transport}-client"))
            .args(["-ip", "127.0.0.1", "-p", &port.to_string(), "--calls"])
            .arg(&client_log),
    );
    client.type_line("hello");
    client.wait_for_outputs("Input lowercase text: ", 2);
    client.end_input();
    assert!(client.wait().success());
    server.signal(Signal::SIGTERM);
    assert!(server.wait().success());
    assert_eq!(
        client.errors() + &server.errors(),
        "",
        "the log is a file's business alone"
    );
    (read(&client_log), read(&server_log), port)
}

#[test]
fn udp_reads_like_the_lecture() {
    let folder = tempfile::tempdir().unwrap();
    let (client, server, port) = one_line("udp", folder.path());
    assert_eq!(
        story(&client, Role::ClientSocket),
        "socket setsockopt sendto recvfrom close socket setsockopt close"
    );
    assert_eq!(
        story(&server, Role::ServerSocket),
        "socket bind getsockname recvfrom sendto recvfrom close"
    );
    let sent = client.iter().find(|call| call.call == CallName::SendTo).unwrap();
    let received = server.iter().find(|call| call.call == CallName::RecvFrom).unwrap();
    assert_eq!((sent.asked, sent.bytes, sent.result), (Some(5), Some(5), 5));
    assert_eq!(sent.remote.unwrap().to_string(), format!("127.0.0.1:{port}"));
    assert_eq!(
        received.remote.unwrap().port(),
        sent.local.unwrap().port(),
        "the sender is the client"
    );
    assert_eq!((received.bytes, received.error.as_ref()), (Some(5), None));
    // The server waits in recvfrom() before the client sends, and is back after that.
    assert!(received.entered < sent.entered && sent.entered < received.returned);
    let last = server.iter().rfind(|call| call.call == CallName::RecvFrom).unwrap();
    assert_eq!(
        (last.result, last.error.as_ref().unwrap().name.as_str()),
        (-1, "STOPPED")
    );
}

#[test]
fn tcp_tells_the_welcoming_from_the_connection_socket() {
    let folder = tempfile::tempdir().unwrap();
    let (client, server, port) = one_line("tcp", folder.path());
    assert_eq!(
        story(&client, Role::ClientSocket),
        "socket connect send recv recv close socket connect close"
    );
    let welcoming = story(&server, Role::WelcomingSocket);
    assert!(
        welcoming.starts_with("socket setsockopt bind listen getsockname accept accept"),
        "{welcoming}"
    );
    assert!(welcoming.ends_with("close"), "{welcoming}");
    assert!(story(&server, Role::ConnectionSocket).starts_with("recv send close recv close"));
    let connect = client.iter().find(|call| call.call == CallName::Connect).unwrap();
    let accept = server.iter().find(|call| call.call == CallName::Accept).unwrap();
    let recv = server.iter().find(|call| call.call == CallName::Recv).unwrap();
    assert_eq!(accept.remote, connect.local, "accept() brings the client's address");
    assert_eq!(accept.local.unwrap().port(), port);
    assert_eq!(
        accept.result, recv.fd,
        "accept() returns the connection socket's descriptor"
    );
    assert_ne!(recv.socket, accept.socket);
    assert!(accept.entered < connect.entered && connect.entered < accept.returned);
    let close = server
        .iter()
        .find(|call| call.call == CallName::Close && call.role == Role::ConnectionSocket)
        .unwrap();
    assert_eq!(
        close.remote, connect.local,
        "also the last call says whose connection it was"
    );
}

#[test]
fn an_ipv4_client_of_a_server_for_both_families_has_the_address_of_its_packets() {
    let folder = tempfile::tempdir().unwrap();
    for transport in ["udp", "tcp"] {
        let log = folder.path().join(transport);
        let (mut server, port) = server(
            Side::Ours
                .command(&format!("{transport}-server"))
                .arg("--calls")
                .arg(&log),
        );
        let mut client = client(&format!("{transport}-client"), port);
        client.type_line("a");
        client.wait_for_output("Returned from server: A\n");
        server.signal(Signal::SIGTERM);
        server.wait();
        let calls = read(&log);
        let took = calls
            .iter()
            .find(|call| matches!(call.call, CallName::Accept | CallName::RecvFrom))
            .unwrap();
        assert_eq!(took.remote.unwrap().ip().to_string(), "127.0.0.1");
        let sent = calls
            .iter()
            .find(|call| matches!(call.call, CallName::Send | CallName::SendTo))
            .unwrap();
        assert_eq!(sent.remote, took.remote);
        if transport == "tcp" {
            assert_eq!(sent.local.unwrap().to_string(), format!("127.0.0.1:{port}"));
        }
    }
}

#[test]
fn the_first_socket_has_the_descriptor_of_every_book() {
    let folder = tempfile::tempdir().unwrap();
    let (client, server, _) = one_line("tcp", folder.path());
    assert_eq!((client[0].call, client[0].result), (CallName::Socket, 3));
    assert_eq!((server[0].call, server[0].result), (CallName::Socket, 3));
}

#[test]
fn times_are_the_wall_clocks_and_durations_fit() {
    let folder = tempfile::tempdir().unwrap();
    let before = Utc::now();
    let (client, server, _) = one_line("tcp", folder.path());
    let after = Utc::now();
    for call in client.iter().chain(&server) {
        assert!(
            before < call.entered && call.entered <= call.returned && call.returned < after,
            "{call:?}"
        );
        let span = (call.returned - call.entered).num_nanoseconds().unwrap();
        // Two clocks that are read one after the other: the difference is the reading, or a time slice lost between.
        assert!(
            (span - i64::try_from(call.duration_ns).unwrap()).abs() < 50_000_000,
            "{call:?}"
        );
    }
    assert!(
        client
            .iter()
            .any(|call| call.entered.timestamp_subsec_nanos() % 1000 != 0),
        "nanoseconds"
    );
}

#[test]
fn bind_says_what_was_asked_and_what_came_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let holder = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap();
    for port in [0, taken.port()] {
        let mut command = Side::Ours.command("udp-server");
        command
            .args(["-b", "127.0.0.1", "-p", &port.to_string(), "--calls"])
            .arg(&log);
        let mut server = Running::start(&mut command);
        if port == 0 {
            server.wait_for_output("Listening...");
            server.signal(Signal::SIGTERM);
        }
        server.wait();
    }
    drop(holder);
    let calls = read(&log);
    let binds: Vec<&Call> = calls.iter().filter(|call| call.call == CallName::Bind).collect();
    assert_eq!(binds[0].argument.as_deref(), Some("127.0.0.1:0"));
    assert!(binds[0].local.unwrap().port() > 0);
    assert_eq!(binds[1].argument, Some(taken.to_string()));
    assert_eq!(binds[1].error.as_ref().unwrap().name, "EADDRINUSE");
}

#[test]
fn a_look_at_a_closed_connection_is_a_call_too() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let (_server, port) = server_with("tcp-server", &["-b", "127.0.0.1", "--idle-timeout", "0.1"]);
    let port = port.to_string();
    let mut command = Side::Ours.command("tcp-client");
    let mut client = Running::start(command.args(["-ip", "127.0.0.1", "-p", &port, "--calls"]).arg(&log));
    client.wait_for_output("Input lowercase text: ");
    std::thread::sleep(crate::support::MOMENT);
    client.type_line("late");
    client.wait_for_output("Returned from server: LATE\n");
    client.end_input();
    client.wait();
    let calls = read(&log);
    let looks: Vec<&Call> = calls
        .iter()
        .filter(|call| call.argument.as_deref() == Some("MSG_PEEK"))
        .collect();
    assert_eq!(looks.len(), 1);
    assert_eq!((looks[0].call, looks[0].result), (CallName::Recv, 0));
}

#[test]
fn errors_are_reported_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let port = NOBODY.to_string();
    for transport in ["udp", "tcp"] {
        let mut client = Running::start(
            Side::Ours
                .command(&format!("{transport}-client"))
                .args(["-ip", "127.0.0.1", "-p", &port, "--calls"])
                .arg(&log),
        );
        client.type_line("a");
        client.end_input();
        client.wait();
    }
    let refused: Vec<_> = read(&log)
        .into_iter()
        .filter(|call| call.error.as_ref().is_some_and(|error| error.name == "ECONNREFUSED"))
        .map(|call| (call.program, call.call, call.result))
        .collect();
    assert_eq!(
        refused,
        [
            (Program::UdpClient, CallName::RecvFrom, -1),
            (Program::TcpClient, CallName::Connect, -1)
        ]
    );
}

#[test]
fn a_killed_program_has_lost_none_of_its_calls() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let (mut server, port) = server(
        Side::Ours
            .command("tcp-server")
            .args(["-b", "127.0.0.1", "--calls"])
            .arg(&log),
    );
    for number in 0..50 {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.write_all(format!("{number}\n").as_bytes()).unwrap();
        let mut reply = String::new();
        // The end of the stream is the server's close(), or comes after its entry into it.
        socket.read_to_string(&mut reply).unwrap();
    }
    // The next connection has been taken from the queue and answered, so every call before that has returned.
    let mut last = TcpStream::connect(("127.0.0.1", port)).unwrap();
    last.write_all(b"x").unwrap();
    last.read_exact(&mut [0]).unwrap();
    server.signal(Signal::SIGKILL);
    server.wait();
    let calls = read(&log);
    let count = |name| {
        calls
            .iter()
            .filter(|call| call.call == name && call.role == Role::ConnectionSocket)
            .count()
    };
    assert!(
        count(CallName::Recv) >= 50 && count(CallName::Send) >= 50,
        "{} calls",
        calls.len()
    );
    assert_eq!(calls.iter().filter(|call| call.call == CallName::Accept).count(), 51);
}

#[test]
fn an_earlier_log_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let first = one_line("udp", folder.path());
    let second = one_line("udp", folder.path());
    assert_eq!(second.0.len(), 2 * first.0.len());
    assert_eq!(second.0[..first.0.len()], first.0);
}

#[test]
fn v_shows_readable_lines_and_json_the_same_as_the_log() {
    let (_server, port) = server_with("udp-server", &["-b", "127.0.0.1"]);
    let port = port.to_string();
    let errors = |arguments: &[&str], rust_log: Option<&str>| {
        let mut command = Side::Ours.command("udp-client");
        command.args(["-ip", "127.0.0.1", "-p", &port]).args(arguments);
        if let Some(rust_log) = rust_log {
            command.env("RUST_LOG", rust_log);
        }
        let mut client = Running::start(&mut command);
        client.type_line("hello");
        client.end_input();
        assert!(client.wait().success());
        client.errors()
    };
    let readable = errors(&["-v"], None);
    assert!(
        readable.contains(&format!("client socket: sendto(3, 5 bytes, 127.0.0.1:{port}) = 5 in ")),
        "{readable}"
    );
    assert!(readable.contains(&format!(", from 127.0.0.1:{port}\n")), "{readable}");
    assert_eq!(readable.lines().count(), 8, "{readable}");
    assert!(!readable.contains('\x1b'), "no colour into a pipe");
    assert!(errors(&["-vv"], None).contains("data: sendto: 5 bytes: 68 65 6c 6c 6f \"hello\"\n"));

    let json = errors(&["-v", "--log-format", "json"], None);
    let calls: Vec<Call> = lines::read(json.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(
        story(&calls, Role::ClientSocket),
        "socket setsockopt sendto recvfrom close socket setsockopt close"
    );

    assert_eq!(errors(&[], None), "");
    assert_eq!(errors(&["-vv"], Some("off")), "", "RUST_LOG overrides");
    assert_eq!(errors(&[], Some("socket_lab=debug")).lines().count(), 8);
    let colored = errors(&["-vv", "--color", "always"], None);
    assert!(colored.contains("\x1b[1;36mdata\x1b[0m: "), "{colored:?}");
}

#[test]
fn without_options_nothing_is_written_anywhere() {
    let (mut server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let mut client = client("tcp-client", port);
    client.type_line("a");
    client.wait_for_output("Returned from server: A\n");
    drop(client);
    server.signal(Signal::SIGTERM);
    server.wait();
    assert_eq!(server.errors(), "");
}
