//! Our programs with the classic ones in Python, both directions, UDP and TCP, and with netcat.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use crate::support::{MOMENT, PATIENCE, Running, Side, Tool, client, need, server, server_with, tool};

fn classic_server(name: &str) -> (Running, u16) {
    server(Side::Classic.command(name).arg("--offline"))
}

#[test]
fn our_clients_are_served_by_the_classic_servers() {
    if !need(Tool::Python) {
        return;
    }
    for transport in ["udp", "tcp"] {
        let (server, port) = classic_server(&format!("{transport}-server"));
        let mut client = client(&format!("{transport}-client"), port);
        for (number, line) in ["one line", "and another"].into_iter().enumerate() {
            client.type_line(line);
            client.wait_for_output(&format!("Returned from server: {}\n", line.to_uppercase()));
            client.wait_for_outputs("Input lowercase text: ", number + 2);
            server.wait_for_output(line);
        }
        client.end_input();
        assert!(client.wait().success());
        assert_eq!(client.errors(), "");
    }
}

#[test]
fn the_classic_clients_are_served_by_our_servers() {
    if !need(Tool::Python) {
        return;
    }
    for transport in ["udp", "tcp"] {
        let (server, port) = server_with::<&str>(&format!("{transport}-server"), &[]);
        let port = port.to_string();
        let name = format!("{transport}-client");
        let mut client = Running::start(Side::Classic.command(&name).args(["-ip", "127.0.0.1", "-p", &port]));
        for line in ["one line", "and another"] {
            client.type_line(line);
            client.wait_for_output(&format!("Returned from server: {}\n", line.to_uppercase()));
            server.wait_for_output(&format!(": {line}\n"));
        }
        assert_eq!(server.errors(), "");
    }
}

#[test]
fn a_line_that_the_classic_server_cuts_is_shown_as_far_as_it_came() {
    if !need(Tool::Python) {
        return;
    }
    let (_server, port) = classic_server("tcp-server");
    let mut client = client("tcp-client", port);
    client.type_line(&"a".repeat(100_000));
    let errors = client.wait_for_errors("\n");
    assert!(
        errors.contains("bytes of the reply, before its line end (the line had 100001)"),
        "{errors}"
    );
    assert_eq!(errors.lines().count(), 1, "{errors}");
    client.wait_for_outputs("Input lowercase text: ", 2);
}

#[test]
fn netcat_users_are_served() {
    if !need(Tool::Nc) {
        return;
    }
    let (_tcp, tcp_port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let (_udp, udp_port) = server_with("udp-server", &["-b", "127.0.0.1"]);
    for (option, port) in [("-v", tcp_port), ("-u", udp_port)] {
        let mut netcat = Running::start(tool(Tool::Nc).args([option, "127.0.0.1", &port.to_string()]));
        netcat.type_line("typed by hand");
        netcat.wait_for_output("TYPED BY HAND\n");
    }
}

#[test]
fn a_client_that_sends_no_line_end_is_answered_while_it_waits() {
    let (server, port) = server_with::<&str>("tcp-server", &[]);
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut room = [0; 64];
    for piece in ["half a li", "ne, and the re"] {
        socket.write_all(piece.as_bytes()).unwrap();
        let length = socket.read(&mut room).unwrap();
        assert_eq!(&room[..length], piece.to_uppercase().as_bytes());
    }
    // It pauses: what has come so far is shown, and the rest when that has come.
    server.wait_for_output(": half a line, and the re\n");
    socket.write_all(b"st\n").unwrap();
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"ST\n");
    server.wait_for_output(": st\n");
}

#[test]
fn a_character_split_over_two_segments_is_raised_whole() {
    let (server, port) = server_with::<&str>("tcp-server", &[]);
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_nodelay(true).unwrap();
    socket.write_all(b"caf\xc3").unwrap();
    std::thread::sleep(MOMENT / 3);
    socket.write_all(b"\xa9\n").unwrap();
    let mut reply = String::new();
    socket.read_to_string(&mut reply).unwrap();
    assert_eq!(reply, "CAFÉ\n");
    server.wait_for_output(": café\n");
}

#[test]
fn what_follows_the_line_neither_overtakes_the_answer_nor_is_lost_in_silence() {
    let (server, port) = server_with::<&str>("tcp-server", &[]);
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let more = vec![b'x'; 200_000];
    socket.write_all(b"first\nsecond\n").unwrap();
    socket.write_all(&more).unwrap();
    let mut reply = String::new();
    // A reset would be an error here.
    socket.read_to_string(&mut reply).unwrap();
    assert_eq!(reply, "FIRST\n");
    drop(socket);
    let errors = server.wait_for_errors("not answered");
    assert!(errors.contains("bytes after its line"), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[test]
fn a_connection_that_the_server_closed_meanwhile_is_made_again() {
    let (_server, port) = server_with("tcp-server", &["--idle-timeout", "0.2"]);
    let mut client = client("tcp-client", port);
    std::thread::sleep(MOMENT * 2);
    client.type_line("late");
    client.wait_for_output("Returned from server: LATE\n");
    let errors = client.wait_for_errors("\n");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(
        errors.starts_with("warning: the server had closed the waiting connection; connecting again"),
        "{errors}"
    );
}

#[test]
fn a_server_that_keeps_the_connection_open_delays_the_next_prompt_little() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = client("tcp-client", listener.local_addr().unwrap().port());
    let (mut first, _) = listener.accept().unwrap();
    client.type_line("a");
    let mut room = [0; 9];
    assert_eq!(first.read(&mut room).unwrap(), 2);
    first.write_all(b"A\n").unwrap();
    client.wait_for_output("Returned from server: A\n");
    client.wait_for_outputs("Input lowercase text: ", 2);
    // The client has closed its side by now, for the next line has a connection of its own.
    assert_eq!(first.read(&mut room).unwrap(), 0);
}

#[test]
fn the_first_close_is_left_to_the_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = client("tcp-client", listener.local_addr().unwrap().port());
    let (mut connection, _) = listener.accept().unwrap();
    client.type_line("a");
    let mut room = [0; 9];
    assert_eq!(connection.read(&mut room).unwrap(), 2);
    connection.write_all(b"A\n").unwrap();
    client.wait_for_output("Returned from server: A\n");
    // The client has its reply and is still there: it has sent no FIN.
    connection.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert!(connection.read(&mut room).is_err(), "the client closed first");
    connection.shutdown(std::net::Shutdown::Write).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(connection.read(&mut room).unwrap(), 0);
}

#[test]
fn a_reply_from_somebody_else_is_not_taken_for_the_servers() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut client = client("udp-client", server.local_addr().unwrap().port());
    client.type_line("who are you?");
    let mut room = [0; 99];
    let (_, from) = server.recv_from(&mut room).unwrap();
    stranger.send_to(b"THE SERVER", from).unwrap();
    client.wait_for_errors("not taken for the reply");
    server.send_to(b"THE REAL ONE", from).unwrap();
    client.wait_for_output("Returned from server: THE REAL ONE\n");
    assert!(!client.output().contains("THE SERVER"));
}

#[test]
fn every_line_has_a_new_socket_and_a_new_port() {
    for transport in ["udp", "tcp"] {
        let (server, port) = server_with::<&str>(&format!("{transport}-server"), &[]);
        let mut client = client(&format!("{transport}-client"), port);
        for number in 1..=3 {
            client.type_line("again");
            client.wait_for_outputs("Returned from server: AGAIN\n", number);
        }
        let output = server.wait_for_outputs("again\n", 3);
        let mut ports: Vec<_> = output.split('#').skip(1).map(|rest| rest.split(':').next()).collect();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 3, "{output}");
    }
}

#[test]
fn the_tcp_connection_stands_before_the_prompt() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = client("tcp-client", listener.local_addr().unwrap().port());
    // Nothing is typed: the connection is there nevertheless, and carries nothing.
    let (mut connection, _) = listener.accept().unwrap();
    connection.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(connection.read(&mut [0; 9]).is_err());
    drop(client);
}
