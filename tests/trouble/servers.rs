//! Trouble of the servers: addresses that they cannot have, output that fails, clients that leave.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::time::{Duration, Instant};

use super::{client_with, one_line, run};
use crate::support::{
    Missing, PATIENCE, Running, Side, Tool, client, copy, copy_program, in_empty_namespace, need, needs, path_of_ours,
    port_in, server_with, shell,
};

#[test]
fn a_server_does_not_answer_itself() {
    if !need(Tool::Python) || !need(Tool::Ip) || !needs::root() || !needs::namespaces() {
        return;
    }
    let program = path_of_ours("udp-server");
    let script = format!(
        "ip link set lo up; {program} -b 127.0.0.1 -p 7300 & server=$!; sleep 0.3; \
         python3 -B tests/peers/forged.py 127.0.0.1 7300 127.0.0.1 7300 echo; sleep 0.3; kill $server; wait $server"
    );
    let (status, output, errors) = run(&mut in_empty_namespace(&shell(&script)), "");
    assert_eq!(status, Some(0), "{errors}");
    assert!(!output.contains("Received from"), "{output}");
    assert!(errors.contains("claims to come from this server itself"), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[test]
fn a_taken_port_is_said_with_the_program_that_has_it() {
    for transport in ["tcp", "udp"] {
        let name = format!("{transport}-server");
        let (first, port) = server_with(&name, &["-b", "127.0.0.1"]);
        for bind in [&[][..], &["-b", "127.0.0.1"]] {
            let mut command = Side::Ours.command(&name);
            let (status, output, errors) = run(command.args(["-p", &port.to_string()]).args(bind), "");
            assert_eq!(status, Some(1), "{output}");
            let holder = format!("{name} (process {}) has that port", first.id());
            one_line(
                &errors,
                &[
                    "bind to",
                    &port.to_string(),
                    &holder,
                    "-p",
                    &format!("kill {}", first.id()),
                ],
            );
        }
    }
}

#[test]
fn a_taken_port_of_a_program_that_cannot_be_seen_names_its_user() {
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = tcp.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("tcp-server");
    copy_program(path_of_ours("tcp-server"), &program);
    let mut command = copy(program);
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    command.uid(65_534).gid(65_534);
    let (status, _, errors) = run(command.args(["-p", &port.to_string()]), "");
    assert_eq!(status, Some(1));
    one_line(&errors, &["bind to", "a program of the user root has that port", "-p"]);
}

#[test]
fn a_port_below_1024_needs_the_administrator() {
    let first: u16 = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start")
        .map_or(1024, |text| text.trim().parse().unwrap());
    if first <= 80 {
        return needs::skip(Missing::Part("ports below 1024 kept for root"));
    }
    // As an ordinary user, who need not be able to reach the folder of the build.
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("udp-server");
    copy_program(path_of_ours("udp-server"), &program);
    let mut command = copy(program);
    if nix::unistd::geteuid().is_root() {
        command.uid(65_534).gid(65_534);
    }
    let (status, _, errors) = run(command.args(["-p", "80"]), "");
    assert_eq!(status, Some(1));
    one_line(
        &errors,
        &["bind to", "ports below 1024 are for the administrator", "from 1024"],
    );
}

#[test]
fn an_address_of_another_machine_cannot_be_served() {
    for transport in ["udp", "tcp"] {
        let mut command = Side::Ours.command(&format!("{transport}-server"));
        let (status, _, errors) = run(command.args(["--bind", "192.0.2.77"]), "");
        assert_eq!(status, Some(1));
        one_line(&errors, &["bind to 192.0.2.77:0", "no interface of this machine"]);
    }
}

#[test]
fn lines_of_any_bytes_come_back() {
    let (_tcp, tcp_port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let (_udp, udp_port) = server_with("udp-server", &["-b", "127.0.0.1"]);
    for (name, port) in [("tcp-client", tcp_port), ("udp-client", udp_port)] {
        let mut client = client(name, port);
        client.type_bytes(&[0; 5000]);
        client.type_bytes(b"\n");
        client.wait_for_output(&format!("Returned from server: {}\n", "\\0".repeat(5000)));
        client.type_bytes(b"half \xc3\n");
        client.wait_for_output("Returned from server: HALF \\xc3\n");
    }
    // Half a character, then the end of the stream.
    let mut socket = TcpStream::connect(("127.0.0.1", tcp_port)).unwrap();
    socket.write_all(b"half \xe2\x82").unwrap();
    socket.shutdown(std::net::Shutdown::Write).unwrap();
    let mut reply = Vec::new();
    socket.read_to_end(&mut reply).unwrap();
    assert_eq!(reply, b"HALF \xe2\x82");
}

#[test]
fn an_answer_longer_than_a_datagram_does_not_end_the_udp_server() {
    let (server, port) = server_with("udp-server", &["-b", "127.0.0.1"]);
    let mut client = client("udp-client", port);
    client.type_line(&"\u{149}".repeat(30_000));
    client.wait_for_output(&format!("Returned from server: {}\n", "\u{149}".repeat(30_000)));
    server.wait_for_errors("only its ASCII letters were raised");
    client.type_line("still there?");
    client.wait_for_output("Returned from server: STILL THERE?\n");
}

#[test]
fn standard_output_that_is_full_is_said_and_the_clients_are_served() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    // A server that cannot say its port has no purpose.
    let mut command = Side::Ours.command("udp-server");
    let run = command.stdout(full).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    one_line(
        &String::from_utf8(run.stderr).unwrap(),
        &["standard output failed", "No space left"],
    );

    // One that could say it goes on without its screen.
    let folder = tempfile::tempdir().unwrap();
    for transport in ["udp", "tcp"] {
        let screen = folder.path().join(transport);
        let mut limited = shell("trap '' XFSZ; ulimit -f 1; exec \"$0\" -b 127.0.0.1 > \"$1\"");
        limited.arg(path_of_ours(&format!("{transport}-server"))).arg(&screen);
        let server = Running::start(&mut limited);
        let shown = || std::fs::read_to_string(&screen).unwrap_or_default();
        let deadline = Instant::now() + PATIENCE;
        while !shown().contains("Listening...\n") {
            assert!(Instant::now() < deadline, "{}", server.errors());
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut client = client(&format!("{transport}-client"), port_in(&shown()));
        for letter in ["a", "b", "c"] {
            client.type_line(&letter.repeat(1000));
            let returned = letter.to_uppercase().repeat(1000);
            client.wait_for_output(&format!("Returned from server: {returned}\n"));
        }
        let errors = server.wait_for_errors("\n");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert!(
            errors.starts_with("error: standard output cannot be written (File too large"),
            "{errors}"
        );
    }
}

#[test]
fn a_call_log_that_cannot_be_written_is_said() {
    let (status, output, errors) = client_with(
        "udp",
        &["-ip", "127.0.0.1", "-p", "5", "--calls", "/no/such/folder/calls"],
        "",
    );
    assert_eq!((status, output.as_str()), (Some(1), ""));
    one_line(&errors, &["/no/such/folder/calls", "No such file", "--calls"]);

    let (_server, port) = server_with::<&str>("udp-server", &[]);
    let port = port.to_string();
    let arguments = ["-ip", "127.0.0.1", "-p", &port, "--calls", "/dev/full"];
    let (status, output, errors) = client_with("udp", &arguments, "a\n");
    assert_eq!(status, Some(1));
    assert!(
        output.contains("Returned from server: A\n"),
        "the line is answered all the same"
    );
    one_line(&errors, &["missing from the call log", "No space left"]);
}

#[test]
fn a_client_that_resets_is_one_line_in_the_servers_log() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.write_all(b"half a line").unwrap();
    let mut room = [0; 11];
    socket.read_exact(&mut room).unwrap();
    socket2::SockRef::from(&socket)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(socket);
    let errors = server.wait_for_errors("the client broke the connection off");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    server.wait_for_output(": half a line\n");
}

#[test]
fn a_client_that_leaves_is_one_line_where_that_is_wanted_and_none_else() {
    for (arguments, lines) in [(&["-b", "127.0.0.1"][..], 0), (&["-b", "127.0.0.1", "-v"], 1)] {
        let (mut server, port) = server_with("tcp-server", arguments);
        drop(TcpStream::connect(("127.0.0.1", port)).unwrap());
        let mut client = client("tcp-client", port);
        client.type_line("a");
        client.wait_for_output("Returned from server: A\n");
        drop(client);
        server.signal(nix::sys::signal::Signal::SIGTERM);
        server.wait();
        let errors = server.errors();
        let told = errors.matches("connected and left without a line").count();
        // The client's own next connection, killed at its prompt, may be a second one.
        assert!(
            if lines == 0 {
                errors.is_empty()
            } else {
                (1..=2).contains(&told)
            },
            "{errors}"
        );
    }
}

#[test]
fn a_line_without_an_end_is_said_after_a_second_and_once() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let client = socket.local_addr().unwrap().to_string();
    socket.write_all(b"abc").unwrap();
    let errors = server.wait_for_errors("\n");
    let expected = format!("warning: no line end yet from {client}, after 3 bytes: waiting for a line feed");
    assert!(errors.starts_with(&expected) && errors.contains("FIN"), "{errors}");
    server.wait_for_output(": abc\n");
    socket.write_all(b"d").unwrap();
    server.wait_for_output(": d\n");
    socket.write_all(b"\r\n").unwrap();
    let mut reply = Vec::new();
    socket.read_to_end(&mut reply).unwrap();
    assert_eq!(reply, b"ABCD\r\n");
    assert_eq!(server.errors().lines().count(), 1, "{}", server.errors());
}

#[test]
fn the_end_of_a_line_is_no_part_of_its_text() {
    let (tcp, tcp_port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let (udp, udp_port) = server_with("udp-server", &["-b", "127.0.0.1"]);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for (sent, shown) in [("hello\r\n", "hello"), ("a\n", "a"), ("b\r\r\n", "b\\r"), ("\r\n", "")] {
        let mut connection = TcpStream::connect(("127.0.0.1", tcp_port)).unwrap();
        connection.write_all(sent.as_bytes()).unwrap();
        let mut reply = String::new();
        connection.read_to_string(&mut reply).unwrap();
        assert_eq!(reply, sent.to_uppercase());
        tcp.wait_for_output(&format!("#{}: {shown}\n", connection.local_addr().unwrap().port()));
        socket.send_to(sent.as_bytes(), ("127.0.0.1", udp_port)).unwrap();
        udp.wait_for_output(&format!("#{}: {shown}\n", socket.local_addr().unwrap().port()));
    }
}
