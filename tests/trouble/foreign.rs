//! The clients at servers that are not ours: what came is shown, then what is odd about it, and what is missing.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};

use super::{client_with, one_line};
use crate::support::client;

/// What a server does with a connection after the line has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Closes,
    StaysOpen,
    /// Sends the same again and again until the connection is gone.
    Repeats,
}

/// What a server sends, what it does then, what the client shows, the exit status, and what the client says of it.
type Case = (&'static [u8], Then, &'static str, i32, &'static [&'static str]);

const CASES: [Case; 12] = [
    (b"HI\n", Then::Closes, "HI", 0, &[]),
    // The line's end is no part of its text.
    (b"HI\r\n", Then::Closes, "HI", 0, &[]),
    (b"HI\r\n", Then::StaysOpen, "HI", 0, &[]),
    (
        b"Hello from server",
        Then::Closes,
        "Hello from server",
        0,
        &[
            "warning: ",
            "17 bytes and no line end",
            "the server closed",
            "at most 9",
        ],
    ),
    (
        b"Hello from server",
        Then::StaysOpen,
        "Hello from server",
        1,
        &["error: ", "no line end after 17 bytes", "keeps the connection open"],
    ),
    (
        b"HI",
        Then::StaysOpen,
        "HI",
        1,
        &["error: ", "no line end after 2 bytes", "keeps the connection open"],
    ),
    (
        b"H",
        Then::Closes,
        "H",
        0,
        &["warning: ", "1 byte and no line end", "the server closed"],
    ),
    (b"HI\0\0", Then::Closes, "HI\\0\\0", 0, &["4 bytes and no line end"]),
    (
        b"HTTP/1.0 400 Bad Request\r\nServer: x\r\n",
        Then::Closes,
        "HTTP/1.0 400 Bad Request",
        0,
        &["26 bytes", "11 bytes came after the reply's line end: Server: x\\r\\n"],
    ),
    (
        b"y\n",
        Then::Repeats,
        "y",
        0,
        &["bytes came after the reply's line end: y\\ny\\n"],
    ),
    (
        b"xyz",
        Then::Repeats,
        "xyzxyzxyz",
        1,
        &["error: ", "no line end within 65536 bytes", "check the port"],
    ),
    (
        b"",
        Then::StaysOpen,
        "",
        1,
        &[
            "error: ",
            "no byte of a reply",
            "keeps the connection open",
            "--timeout",
        ],
    ),
];

fn serve(mut connection: TcpStream, sends: &[u8], then: Then) {
    let mut line = [0; 99];
    let length = connection.read(&mut line).unwrap();
    assert_eq!(&line[..length], b"hi\n");
    connection.write_all(sends).unwrap();
    match then {
        Then::Closes => {}
        // Until the client closes.
        Then::StaysOpen => drop(connection.read(&mut line)),
        Then::Repeats => while connection.write_all(&sends.repeat(1000)).is_ok() {},
    }
}

#[test]
fn what_a_foreign_server_sends_is_shown_with_what_is_odd_about_it_in_one_line() {
    for (sends, then, shown, status, parts) in CASES {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        // The client connects again for its next prompt: the listener stays.
        let accepting = listener.try_clone().unwrap();
        let serving = std::thread::spawn(move || serve(accepting.accept().unwrap().0, sends, then));
        let arguments = ["-ip", "127.0.0.1", "-p", &port, "--timeout", "0.4"];
        let (ended, output, errors) = client_with("tcp", &arguments, "hi\n");
        serving.join().unwrap();
        let case = String::from_utf8_lossy(sends);
        assert_eq!(
            output.matches("Returned from server: ").count(),
            usize::from(!shown.is_empty()),
            "{case}"
        );
        assert!(
            output.contains(&format!("Returned from server: {shown}")) || shown.is_empty(),
            "{case}: {output}"
        );
        assert_eq!(ended, Some(status), "{case}: {errors}");
        assert_eq!(
            errors.lines().count(),
            usize::from(!parts.is_empty()),
            "{case}: {errors}"
        );
        for part in parts {
            assert!(errors.contains(part), "{case}: no {part:?} in {errors:?}");
        }
        assert!(errors.len() < 500, "{errors}");
    }
}

#[test]
fn a_server_that_speaks_first_is_not_taken_for_one_that_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = client("tcp-client", listener.local_addr().unwrap().port());
    let (mut connection, _) = listener.accept().unwrap();
    connection.write_all(b"220 ready\r\n").unwrap();
    std::thread::sleep(crate::support::MOMENT);
    client.type_line("hello world");
    client.wait_for_output("Returned from server: 220 ready\n");
    drop(connection);
    let errors = client.wait_for_errors("\n");
    assert!(errors.contains("the server spoke first: 11 bytes"), "{errors}");
}

#[test]
fn a_udp_reply_is_shown_without_its_line_end_and_an_empty_one_is_said() {
    for (sends, shown, part) in [
        (&b"Hello from server"[..], "Hello from server", None),
        (b"HI\r\n", "HI", None),
        (b"", "", Some("an empty datagram")),
    ] {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port().to_string();
        let serving = std::thread::spawn(move || {
            let (_, client) = server.recv_from(&mut [0; 99]).unwrap();
            server.send_to(sends, client).unwrap();
        });
        let (status, output, errors) = client_with("udp", &["-ip", "127.0.0.1", "-p", &port], "hi\n");
        serving.join().unwrap();
        assert_eq!(status, Some(0));
        assert!(output.contains(&format!("Returned from server: {shown}\n")), "{output}");
        assert_eq!(errors.contains(part.unwrap_or("warning")), part.is_some(), "{errors}");
    }
}

#[test]
fn what_comes_beside_the_udp_reply_is_said() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let other = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let serving = std::thread::spawn(move || {
        let mut room = [0; 100];
        // A reply that comes twice.
        let (_, client) = server.recv_from(&mut room).unwrap();
        server.send_to(b"HI", client).unwrap();
        server.send_to(b"HI again", client).unwrap();
        // A datagram from another port, then silence for longer than a second, then the reply.
        let (_, client) = server.recv_from(&mut room).unwrap();
        other.send_to(b"ELSEWHERE", client).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1_300));
        server.send_to(b"HO", client).unwrap();
        server
    });
    let (status, output, errors) = client_with("udp", &["-p", &port, "-ip", "127.0.0.1", "--timeout", "9"], "hi\nho\n");
    drop(serving.join().unwrap());
    assert_eq!(status, Some(0), "{errors}");
    assert!(output.contains("Returned from server: HO"), "{output}");
    let lines: Vec<&str> = errors.lines().collect();
    // Whether the second datagram had come when the socket was closed is the system's affair.
    let others: Vec<&&str> = lines
        .iter()
        .filter(|line| !line.contains("another datagram after the reply"))
        .collect();
    assert_eq!(others.len(), 2, "{errors}");
    assert!(
        others[0]
            .contains("so not taken for the reply: 9 bytes (ELSEWHERE); a server has to answer through the socket"),
        "{errors}"
    );
    assert!(
        others[1].contains("no reply from 127.0.0.1:") && others[1].contains("9 s in all"),
        "{errors}"
    );
}

#[test]
fn a_server_that_vanishes_in_the_middle_of_a_reply_is_said() {
    for reset in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = client("tcp-client", listener.local_addr().unwrap().port());
        let (mut connection, _) = listener.accept().unwrap();
        client.type_line("hello world");
        let mut room = [0; 99];
        let length = connection.read(&mut room).unwrap();
        assert_eq!(&room[..length], b"hello world\n");
        connection.write_all(b"HELLO").unwrap();
        if reset {
            // Wait until the client has them: a reset takes away what has not been read.
            std::thread::sleep(crate::support::MOMENT);
            socket2::SockRef::from(&connection)
                .set_linger(Some(std::time::Duration::ZERO))
                .unwrap();
        }
        drop(connection);
        let errors = client.wait_for_errors("\n");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        client.wait_for_output("Returned from server: HELLO\n");
        if reset {
            one_line(&errors, &["after 5 bytes of the reply", "the line had 12"]);
        } else {
            // An orderly end: a server that sends no line end looks the same.
            assert!(
                errors.contains("5 bytes and no line end: the server closed"),
                "{errors}"
            );
        }
        client.wait_for_outputs("Input lowercase text: ", 2);
    }
}

#[test]
fn a_server_that_answers_nothing_is_asked_twice_and_then_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let closing = std::thread::spawn(move || {
        for connection in listener.incoming().take(3) {
            let mut connection = connection.unwrap();
            let _ = connection.read(&mut [0; 99]);
        }
    });
    let mut client = client("tcp-client", port);
    client.type_line("a");
    let errors = client.wait_for_errors("error: ");
    assert!(errors.contains("after 0 bytes of the reply"), "{errors}");
    client.wait_for_outputs("Input lowercase text: ", 2);
    client.end_input();
    closing.join().unwrap();
    assert_eq!(client.wait().code(), Some(1));
}
