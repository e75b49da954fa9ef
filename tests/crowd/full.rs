//! All connections that the TCP server may have are taken: that is said once, and silent connections are closed for those that wait.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::support::again::{allow_open_files, in_own_process};
use crate::support::{MOMENT, PATIENCE, Running, server_with};

const FULL: &str = "connections are taken and another client waits";

fn connect(port: u16) -> TcpStream {
    let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// Sends a line and returns everything up to the server's FIN.
fn ask(mut socket: &TcpStream, line: &str) -> String {
    socket.write_all(format!("{line}\n").as_bytes()).unwrap();
    let mut reply = String::new();
    socket.read_to_string(&mut reply).unwrap();
    reply
}

/// Connects and says nothing, without waiting until the server has taken it.
fn silent(port: u16) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_nonblocking(true).unwrap();
    let _ = socket.connect(&SocketAddr::from(([127, 0, 0, 1], port)).into());
    socket
}

fn warnings(server: &Running) -> usize {
    server.errors().matches(FULL).count()
}

#[test]
fn five_thousand_silent_clients_do_not_lock_one_out_that_works() {
    in_own_process(|| {
        allow_open_files(8192);
        let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
        let crowd: Vec<Socket> = (0..5000).map(|_| silent(port)).collect();
        server.wait_for_errors(FULL);
        // Its handshake takes as long as it takes the kernel to try again: 1 s, 3 s, 7 s.
        for number in 0..3 {
            let started = Instant::now();
            assert_eq!(ask(&connect(port), "still there?"), "STILL THERE?\n");
            assert!(started.elapsed() < PATIENCE, "{number}: {:?}", started.elapsed());
        }
        assert_eq!(warnings(&server), 1, "{}", server.errors());
        drop(crowd);
    });
}

#[test]
fn a_third_client_is_served_though_two_are_silent_and_that_is_said_once() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1", "--max-connections", "2", "-v"]);
    let silent = [connect(port), connect(port)];
    for mut socket in &silent {
        // Known to be taken by accept(): the half line is answered.
        socket.write_all(b"a").unwrap();
        socket.read_exact(&mut [0]).unwrap();
        // The server notes the time after it has sent, so the answer alone does not say who has been silent longer.
        std::thread::sleep(MOMENT);
    }
    assert_eq!(warnings(&server), 0, "nobody waits: {}", server.errors());
    for number in 0..5 {
        let line = format!("line {number}");
        assert_eq!(ask(&connect(port), &line), line.to_uppercase() + "\n");
    }
    server.wait_for_errors("was silent: other clients wait");
    assert_eq!(warnings(&server), 1, "{}", server.errors());
    // One of them was closed: the one that had been silent longest. The other is served as if nothing had been.
    let mut rest = String::new();
    (&silent[0]).read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert_eq!(ask(&silent[1], "b"), "B\n");
}

#[test]
fn a_client_that_speaks_is_not_closed() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1", "--max-connections", "2"]);
    let mut lively = [connect(port), connect(port)];
    let mut waiting = connect(port);
    waiting.write_all(b"waiting\n").unwrap();
    waiting.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    let until = Instant::now() + Duration::from_secs(3);
    while Instant::now() < until {
        for socket in &mut lively {
            socket.write_all(b"x").unwrap();
            socket.read_exact(&mut [0]).unwrap();
        }
        assert!(
            waiting.read(&mut [0]).is_err(),
            "the third is served, but the two were never silent for a second"
        );
        std::thread::sleep(MOMENT / 3);
    }
    assert_eq!(warnings(&server), 1, "{}", server.errors());
    assert_eq!(ask(&lively[0], ""), "\n");
    waiting.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut reply = String::new();
    waiting.read_to_string(&mut reply).unwrap();
    assert_eq!(reply, "WAITING\n");
}

#[test]
fn clients_that_take_no_answer_are_closed_too() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1", "--max-connections", "2"]);
    let piece = vec![b'x'; 65_536];
    let greedy = [connect(port), connect(port)];
    for mut socket in &greedy {
        socket.set_nonblocking(true).unwrap();
        let mut written = 0;
        // Until nothing more goes, twice: the server has filled its own buffers and waits for this client alone.
        for _ in 0..2 {
            while let Ok(length) = socket.write(&piece) {
                written += length;
                assert!(written < 1_000_000_000, "the server takes everything and keeps it");
            }
            std::thread::sleep(MOMENT / 10);
        }
    }
    assert_eq!(ask(&connect(port), "still there?"), "STILL THERE?\n");
    assert_eq!(warnings(&server), 1, "{}", server.errors());
}

#[test]
fn with_nobody_waiting_silent_clients_stay() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1", "--max-connections", "1"]);
    let alone = connect(port);
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(ask(&alone, "after a while"), "AFTER A WHILE\n");
    assert_eq!(server.errors(), "");
}

#[test]
fn silent_clients_are_closed_when_descriptors_run_out() {
    let program = crate::support::path_of_ours("tcp-server");
    let script = format!("ulimit -n 40; exec {program} -b 127.0.0.1");
    let (server, port) = crate::support::server(&mut crate::support::shell(&script));
    let crowd: Vec<Socket> = (0..100).map(|_| silent(port)).collect();
    server.wait_for_errors("too many open files");
    assert_eq!(ask(&connect(port), "still there?"), "STILL THERE?\n");
    drop(crowd);
}
