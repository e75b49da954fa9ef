//! Many clients, long lines, silent and greedy ones: nobody loses an answer, and memory stays bounded.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::sync::Barrier;
use std::time::{Duration, Instant};

use crate::support::again::{allow_open_files, in_own_process};
use crate::support::{MOMENT, PATIENCE, Running, Side, client, server, server_with, shell};

fn connect(port: u16) -> TcpStream {
    let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// Sends a line and returns everything up to the server's FIN.
fn ask(mut socket: &TcpStream, line: &str) -> std::io::Result<String> {
    socket.write_all(format!("{line}\n").as_bytes())?;
    let mut reply = String::new();
    socket.read_to_string(&mut reply)?;
    Ok(reply)
}

/// A number that the kernel tells of the process. proc(5)
fn status_number(program: &Running, key: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// The most memory that the process has had, in KiB.
fn peak_memory(program: &Running) -> u64 {
    status_number(program, "VmHWM:")
}

#[test]
fn a_thousand_clients_at_once_are_all_answered() {
    in_own_process(|| {
        allow_open_files(8192);
        let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
        // They connect first, all of them, and only then does anybody speak.
        let sockets: Vec<TcpStream> = (0..1000).map(|_| connect(port)).collect();
        let threads = 8;
        let barrier = Barrier::new(threads);
        std::thread::scope(|scope| {
            for part in sockets.chunks(sockets.len().div_ceil(threads)) {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    for (number, mut socket) in part.iter().enumerate() {
                        socket.write_all(format!("client {number}\n").as_bytes()).unwrap();
                    }
                    for (number, mut socket) in part.iter().enumerate() {
                        let mut reply = String::new();
                        socket.read_to_string(&mut reply).unwrap();
                        assert_eq!(reply, format!("CLIENT {number}\n"));
                    }
                });
            }
        });
        server.wait_for_outputs("Received from", 1000);
        assert_eq!(server.errors(), "");
        // The threads that served them end again.
        let deadline = Instant::now() + PATIENCE;
        while status_number(&server, "Threads:") > 15 {
            assert!(
                Instant::now() < deadline,
                "{} threads",
                status_number(&server, "Threads:")
            );
            std::thread::sleep(MOMENT / 10);
        }
    });
}

#[test]
fn five_hundred_silent_clients_hold_nobody_up() {
    in_own_process(|| {
        allow_open_files(8192);
        let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
        let silent: Vec<TcpStream> = (0..500).map(|_| connect(port)).collect();
        for number in 0..100 {
            assert_eq!(
                ask(&connect(port), &format!("line {number}")).unwrap(),
                format!("LINE {number}\n")
            );
        }
        assert_eq!(server.errors(), "");
        // They are served as soon as they speak.
        assert_eq!(ask(&silent[499], "now").unwrap(), "NOW\n");
        assert_eq!(ask(&silent[0], "now").unwrap(), "NOW\n");
    });
}

#[test]
fn past_the_cap_new_connections_wait_and_are_served_later() {
    let (_server, port) = server_with("tcp-server", &["-b", "127.0.0.1", "--max-connections", "3"]);
    let mut held: Vec<TcpStream> = (0..3).map(|_| connect(port)).collect();
    for mut socket in &held {
        // Known to be taken by accept(): the half line is answered.
        socket.write_all(b"a").unwrap();
        socket.read_exact(&mut [0]).unwrap();
    }
    let mut waiting = connect(port);
    waiting.write_all(b"waiting\n").unwrap();
    waiting.set_read_timeout(Some(MOMENT)).unwrap();
    assert!(
        waiting.read(&mut [0; 9]).is_err(),
        "the fourth is served while three are"
    );
    drop(held.pop());
    waiting.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut reply = String::new();
    waiting.read_to_string(&mut reply).unwrap();
    assert_eq!(reply, "WAITING\n");
}

#[test]
fn a_silent_connection_is_closed_after_its_time_and_a_lively_one_is_not() {
    let (_server, port) = server_with("tcp-server", &["-b", "127.0.0.1", "--idle-timeout", "0.6"]);
    let mut silent = connect(port);
    let mut lively = connect(port);
    for _ in 0..8 {
        lively.write_all(b"x").unwrap();
        lively.read_exact(&mut [0]).unwrap();
        std::thread::sleep(Duration::from_millis(150));
    }
    assert_eq!(silent.read(&mut [0; 9]).unwrap(), 0, "the silent one has got its FIN");
    assert_eq!(ask(&lively, "").unwrap(), "\n");
}

#[test]
fn a_client_that_never_takes_its_answer_is_given_up() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1", "--idle-timeout", "0.5", "-v"]);
    let mut greedy = connect(port);
    greedy.set_write_timeout(Some(PATIENCE)).unwrap();
    // Writes until the server has given it up: then the connection is gone.
    let piece = vec![b'x'; 65_536];
    let mut written = 0;
    while greedy.write_all(&piece).is_ok() {
        written += piece.len();
        assert!(written < 1_000_000_000, "the server takes everything and keeps it");
    }
    server.wait_for_errors("closed the connection");
    assert!(peak_memory(&server) < 30_000, "{} KiB", peak_memory(&server));
}

#[test]
fn ten_megabytes_in_a_line_come_back_whole_in_bounded_memory() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let before = peak_memory(&server);
    let mut client = client("tcp-client", port);
    let line = "straße ".repeat(10_000_000 / 8);
    client.type_line(&line);
    client.wait_for_outputs("Input lowercase text: ", 2);
    let output = client.output();
    let reply = output
        .split("Returned from server: ")
        .nth(1)
        .unwrap()
        .split('\n')
        .next()
        .unwrap();
    assert!(reply == line.to_uppercase(), "{} bytes came back", reply.len());
    assert_eq!(client.errors(), "");
    let shown = server.wait_for_output("bytes in all]\n");
    assert!(shown.contains(&format!("[{} bytes in all]", line.len())));
    let grown = peak_memory(&server) - before;
    assert!(grown < 4_000, "the server grew by {grown} KiB");
}

#[test]
fn many_clients_with_long_lines_at_once_are_served_in_bounded_memory() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let clients = 30;
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                let socket = connect(port);
                let line = vec![b'l'; 1_000_000];
                let mut sending = socket.try_clone().unwrap();
                let sent = scope.spawn(move || {
                    sending.write_all(&line).unwrap();
                    sending.shutdown(Shutdown::Write).unwrap();
                });
                let mut reply = Vec::new();
                (&socket).read_to_end(&mut reply).unwrap();
                sent.join().unwrap();
                assert!(reply.len() == 1_000_000 && reply.iter().all(|&byte| byte == b'L'));
            });
        }
    });
    assert!(peak_memory(&server) < 60_000, "{} KiB", peak_memory(&server));
}

/// Starts a server that may open only so many files.
fn with_few_files(name: &str, files: u32) -> (Running, u16) {
    let program = Side::Ours.command(name);
    let script = format!(
        "ulimit -n {files}; exec {} -b 127.0.0.1",
        program.get_program().to_string_lossy()
    );
    server(&mut shell(&script))
}

#[test]
fn running_out_of_descriptors_is_survived_and_said_once() {
    let (server, port) = with_few_files("tcp-server", 40);
    let held: Vec<TcpStream> = (0..60).map(|_| connect(port)).collect();
    let errors = server.wait_for_errors("too many open files");
    assert!(errors.contains("ulimit -n"), "{errors}");
    // The first ones are served meanwhile, and all the others when these have gone. None is silent for long: it would be closed.
    for mut socket in &held {
        socket.write_all(b"a\n").unwrap();
    }
    for (number, mut socket) in held.iter().enumerate() {
        let mut reply = String::new();
        socket.read_to_string(&mut reply).unwrap();
        assert_eq!(reply, "A\n", "client {number}");
    }
    std::thread::sleep(MOMENT);
    assert_eq!(server.errors().lines().count(), 1, "{}", server.errors());
    assert_eq!(ask(&connect(port), "still there?").unwrap(), "STILL THERE?\n");
}

#[test]
fn a_storm_of_clients_that_come_and_go_disturbs_nobody() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let patient = connect(port);
    for round in 0..300 {
        let socket = connect(port);
        if round % 2 == 0 {
            socket2::SockRef::from(&socket)
                .set_linger(Some(Duration::ZERO))
                .unwrap();
        }
    }
    assert_eq!(ask(&patient, "still there?").unwrap(), "STILL THERE?\n");
    assert_eq!(ask(&connect(port), "and now?").unwrap(), "AND NOW?\n");
    server.wait_for_output("and now?");
}

#[test]
fn clients_that_take_no_answer_keep_none_from_the_others() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let piece = vec![b'x'; 65_536];
    let greedy: Vec<TcpStream> = (0..20).map(|_| connect(port)).collect();
    let mut written = 0;
    for mut socket in &greedy {
        socket.set_nonblocking(true).unwrap();
        // Until nothing more goes, twice: the server has filled its own buffers and waits for this client alone.
        for _ in 0..2 {
            while let Ok(length) = socket.write(&piece) {
                written += length;
                assert!(written < 1_000_000_000, "the server takes everything and keeps it");
            }
            std::thread::sleep(MOMENT / 10);
        }
    }
    for number in 0..50 {
        assert_eq!(
            ask(&connect(port), &format!("n{number}")).unwrap(),
            format!("N{number}\n")
        );
    }
    assert!(peak_memory(&server) < 60_000, "{} KiB", peak_memory(&server));
    assert_eq!(server.errors(), "");
}

#[test]
fn clients_that_send_byte_by_byte_hold_nobody_up() {
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let slow: Vec<TcpStream> = (0..100).map(|_| connect(port)).collect();
    for (number, letter) in "abcdefghij".bytes().enumerate() {
        for mut socket in &slow {
            socket.write_all(&[letter]).unwrap();
        }
        assert_eq!(
            ask(&connect(port), &format!("n{number}")).unwrap(),
            format!("N{number}\n")
        );
    }
    // Theirs is not lost, either.
    for socket in &slow {
        assert_eq!(ask(socket, "").unwrap(), "ABCDEFGHIJ\n");
    }
    assert_eq!(server.errors(), "");
}

#[test]
fn a_silent_client_that_comes_between_two_others_holds_neither_up() {
    // With one leader, which waits a little for the client that it has just accepted.
    let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let mut silent = Vec::new();
    for number in 0..200 {
        silent.push(connect(port));
        assert_eq!(
            ask(&connect(port), &format!("n{number}")).unwrap(),
            format!("N{number}\n")
        );
    }
    for socket in &silent {
        assert_eq!(ask(socket, "now").unwrap(), "NOW\n");
    }
    assert_eq!(server.errors(), "");
}

#[test]
fn a_flood_of_garbage_drowns_no_client() {
    let (server, port) = server_with("udp-server", &["-b", "127.0.0.1"]);
    let flood = UdpSocket::bind("127.0.0.1:0").unwrap();
    flood.connect(("127.0.0.1", port)).unwrap();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    for number in 0..200_u8 {
        // Other bytes in each round: a sender that repeats a text looks like a service, and the server says so.
        let garbage = |byte: u8| byte.wrapping_mul(151).wrapping_add(number) | 0x80;
        let garbage: Vec<u8> = (0..200).map(garbage).collect();
        for length in 0..50 {
            flood.send(&garbage[..length * 4]).unwrap();
        }
        let line = format!("n{number}");
        client.send_to(line.as_bytes(), ("127.0.0.1", port)).unwrap();
        // Fewer than fit the receive buffer are under way, so that none is lost.
        let mut room = [0; 99];
        let length = client.recv(&mut room).unwrap();
        assert_eq!(room[..length], *line.to_uppercase().as_bytes());
    }
    // What the flood looks like on the screen is text.
    assert!(
        server
            .wait_for_output(": n199\n")
            .chars()
            .all(|c| c == '\n' || !c.is_control())
    );
    assert_eq!(server.errors(), "");
}

#[test]
fn datagrams_of_every_length_are_answered_to_their_senders() {
    let (_server, port) = server_with("udp-server", &["-b", "127.0.0.1"]);
    let mut room = vec![0; 65_535];
    for length in [0, 1, 2047, 2048, 2049, 65_507] {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.send_to(&vec![b'x'; length], ("127.0.0.1", port)).unwrap();
        let (came, _) = socket.recv_from(&mut room).unwrap();
        assert!(
            came == length && room[..came].iter().all(|&byte| byte == b'X'),
            "{length}: {came}"
        );
    }
}
