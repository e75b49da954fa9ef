//! UDP services that answer each other: a datagram with a forged source address begins it, and it ends after a handful.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::support::namespace::in_namespaces;
use crate::support::{PATIENCE, Running, Side, Tool, again, need, server, tool};

/// What begins a loop.
const TEXTS: [&str; 6] = ["", "hello", "HELLO", "12345", "straße ŉ", "\u{1}\u{2}"];

/// The server stays silent towards a sender until this one pauses for so long.
const PAUSE: Duration = Duration::from_millis(500);

fn udp_server(address: &str, port: u16) -> Running {
    let port = port.to_string();
    let mut command = Side::Ours.command("udp-server");
    command.args(["-p", &port]);
    if !address.is_empty() {
        command.args(["-b", address]);
    }
    server(&mut command).0
}

/// A service of another maker; it prints a line for each answer.
fn service(kind: &str, port: u16) -> Running {
    let mut command = tool(Tool::Python);
    let running = Running::start(command.args(["-B", "tests/peers/service.py", kind, "127.0.0.1", &port.to_string()]));
    running.wait_for_output("ready\n");
    running
}

/// Sends datagrams that claim to come from another address.
fn forge(from: (&str, u16), to: (&str, u16), text: &str, times: usize) {
    forge_all([(from, to, text, times)]);
}

/// Sends several such, one right after the other.
fn forge_all<'a>(datagrams: impl IntoIterator<Item = ((&'a str, u16), (&'a str, u16), &'a str, usize)>) {
    let mut command = tool(Tool::Python);
    command.args(["-B", "tests/peers/forged.py"]);
    for (from, to, text, times) in datagrams {
        command.args([from.0, &from.1.to_string(), to.0, &to.1.to_string()]);
        command.args([text, &times.to_string()]);
    }
    let status = command.status().unwrap();
    assert!(status.success(), "{status}");
}

/// How many datagrams each server got, once none has come for a while. A loop that goes on fails the test.
fn received(servers: &[&Running]) -> Vec<usize> {
    let count = || -> Vec<usize> {
        let counted = servers
            .iter()
            .map(|server| server.output().matches("Received from").count());
        counted.collect()
    };
    let deadline = Instant::now() + PATIENCE;
    let mut before = count();
    loop {
        std::thread::sleep(PAUSE);
        let now = count();
        if now == before {
            return now;
        }
        assert!(
            Instant::now() < deadline,
            "they still answer each other: {before:?}, then {now:?}"
        );
        before = now;
    }
}

/// A client with a socket of its own that waits for each answer; `None` when one does not come.
fn ask(socket: &UdpSocket, line: &str) -> Option<String> {
    let mut room = [0; 2048];
    socket.send(line.as_bytes()).unwrap();
    let length = socket.recv(&mut room).ok()?;
    Some(String::from_utf8(room[..length].to_vec()).unwrap())
}

fn client(own: &str, server: (&str, u16)) -> UdpSocket {
    let socket = UdpSocket::bind(own).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    socket.connect(server).unwrap();
    socket
}

/// Runs the test in a network namespace of its own, if Python is here.
fn alone(test: impl FnOnce()) {
    if need(Tool::Python) {
        in_namespaces(again::path_of(&test), &["alone"], || {
            // The namespace has IPv6 switched off for its new devices, and loopback is not one.
            let _ = std::fs::write("/proc/sys/net/ipv6/conf/lo/disable_ipv6", "0");
            test();
        });
    }
}

#[test]
fn two_servers_answer_each_other_no_more_than_a_handful_of_times() {
    alone(|| {
        for (bound, first, second) in [
            ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
            ("", "127.0.0.1", "127.0.0.1"),
            ("", "127.0.0.7", "127.0.0.1"),
            ("", "::1", "::1"),
        ] {
            for text in TEXTS {
                let servers = [udp_server(bound, 12_000), udp_server(bound, 13_000)];
                forge((first, 12_000), (second, 13_000), text, 1);
                let counts = received(&[&servers[0], &servers[1]]);
                assert!(
                    counts.iter().all(|count| (1..=8).contains(count)),
                    "{text:?} to {second}: {counts:?}"
                );
                let warnings = servers
                    .iter()
                    .map(|server| server.errors().matches("as a service does").count());
                assert_eq!(
                    warnings.sum::<usize>(),
                    1,
                    "{}{}",
                    servers[0].errors(),
                    servers[1].errors()
                );
            }
        }
    });
}

#[test]
fn several_loops_at_once_end_too() {
    alone(|| {
        // A ring of three, each pair in both directions, and each text twice.
        let ports = [12_000, 13_000, 14_000];
        let servers = ports.map(|port| udp_server("", port));
        // By one program, so that no loop pauses on a busy machine: after a pause a sender is answered again.
        let all = TEXTS.into_iter().flat_map(|text| {
            let ways = [(0, 1), (1, 2), (2, 0), (1, 0)];
            ways.map(|(from, to)| (("127.0.0.1", ports[from]), ("127.0.0.1", ports[to]), text, 2))
        });
        forge_all(all);
        let counts = received(&servers.each_ref());
        // 48 were forged; each is answered a few times.
        assert!(counts.iter().sum::<usize>() < 48 * 6, "{counts:?}");
        let errors: String = servers.iter().map(Running::errors).collect();
        assert!((3..=20).contains(&errors.lines().count()), "{errors}");
    });
}

#[test]
fn services_of_other_makers_are_answered_no_more_than_a_handful_of_times() {
    alone(|| {
        for (kind, port, most) in [
            ("echo", 7, 8),
            ("echo", 9007, 22),
            ("echo", 45_007, 8),
            ("chargen", 19, 8),
            ("chargen", 9019, 22),
            ("daytime", 13, 8),
            ("daytime", 9013, 22),
            ("lower", 900, 8),
        ] {
            for text in ["", "hello"] {
                let (server, service) = (udp_server("127.0.0.1", 12_000), service(kind, port));
                forge(("127.0.0.1", port), ("127.0.0.1", 12_000), text, 1);
                let counts = received(&[&server]);
                assert!(
                    (2..=most).contains(&counts[0]),
                    "{kind} on {port}, {text:?}: {counts:?}"
                );
                assert!(service.output().matches("answered").count() <= most, "{kind} on {port}");
                let errors = server.errors();
                assert!(
                    errors.lines().count() == 1 && errors.contains("as a service does"),
                    "{errors}"
                );
            }
        }
    });
}

#[test]
fn a_server_answers_none_of_its_own_addresses() {
    alone(|| {
        // A server that serves every address answers from the one that the kernel prefers towards the client: the third.
        for (bound, own, to) in [
            ("", "127.0.0.1", "127.0.0.1"),
            ("", "127.0.0.5", "127.0.0.1"),
            ("", "127.200.1.2", "127.0.0.1"),
            ("127.0.0.5", "127.0.0.5", "127.0.0.5"),
            ("", "::1", "::1"),
            ("", "10.9.9.9", "10.9.9.9"),
        ] {
            let server = udp_server(bound, 12_000);
            if own == "10.9.9.9" {
                // After the server has started.
                let added = tool(Tool::Ip)
                    .args(["address", "add", "10.9.9.9/32", "dev", "lo"])
                    .status()
                    .unwrap();
                assert!(added.success());
            }
            forge((own, 12_000), (own, 12_000), "hello", 3);
            let errors = server.wait_for_errors("claims to come from this server itself");
            assert_eq!(received(&[&server]), [0], "{own}");
            assert_eq!(errors.lines().count(), 1, "{errors}");
            // Another port on that address is a client like any other.
            let address: IpAddr = own.parse().unwrap();
            let socket = client(&SocketAddr::new(address, 0).to_string(), (to, 12_000));
            for number in 0..500 {
                assert_eq!(ask(&socket, "hello").as_deref(), Some("HELLO"), "{own}: {number}");
            }
        }
    });
}

#[test]
fn clients_are_not_taken_for_services() {
    alone(|| {
        let server = udp_server("127.0.0.1", 12_000);
        let to = ("127.0.0.1", 12_000);
        for line in [|_| "hello".to_owned(), |number: u32| number.to_string()] {
            let socket = client("127.0.0.1:0", to);
            for number in 0..3000 {
                assert_eq!(
                    ask(&socket, &line(number)),
                    Some(line(number).to_uppercase()),
                    "{number}"
                );
            }
        }
        // A file with empty lines and repeated ones, over one socket.
        let socket = client("127.0.0.1:0", to);
        for line in "first\n\n\n\nsecond\nEND\n\nthird\n\n\nEND\n".repeat(100).lines() {
            assert_eq!(ask(&socket, line), Some(line.to_uppercase()));
        }
        assert_eq!(server.errors(), "");
    });
}

#[test]
fn a_hundred_thousand_identical_lines_are_all_answered() {
    let (server, port) = server(Side::Ours.command("udp-server").args(["-b", "127.0.0.1"]));
    let socket = client("127.0.0.1:0", ("127.0.0.1", port));
    // As many under way as fit the receive buffers.
    let (lines, under_way) = (100_000, 32);
    let mut room = [0; 99];
    for number in 0..lines + under_way {
        if number >= under_way {
            let length = socket.recv(&mut room).unwrap();
            assert_eq!(room[..length], *b"HELLO", "{number}");
        }
        if number < lines {
            socket.send(b"hello").unwrap();
        }
    }
    assert_eq!(server.errors(), "");
}

#[test]
fn a_sender_is_answered_again_after_a_pause_or_when_it_goes_on_by_itself() {
    let (server, port) = server(Side::Ours.command("udp-server").args(["-b", "127.0.0.1"]));
    let socket = client("127.0.0.1:0", ("127.0.0.1", port));
    for round in 0..2 {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        for number in 0..6 {
            assert_eq!(ask(&socket, "AGAIN").as_deref(), Some("AGAIN"), "{round}, {number}");
        }
        socket.set_read_timeout(Some(PAUSE)).unwrap();
        assert_eq!(ask(&socket, "AGAIN"), None, "{round}");
        // Waiting for it was the pause.
    }
    server.wait_for_errors("as a service does: not answered until it pauses for 0.5 s");
    assert_eq!(server.errors().lines().count(), 2, "{}", server.errors());
    // Without a pause: a hundred lines are not answered, and then it is known that the answers do not cause them.
    for number in 0..200 {
        socket.send(b"AGAIN").unwrap();
        if number % 50 == 0 {
            server.wait_for_outputs(": AGAIN\n", 14 + number + 1);
        }
    }
    let mut answers = 0;
    while socket.recv(&mut [0; 99]).is_ok() {
        answers += 1;
    }
    assert!((95..=110).contains(&answers), "{answers}");
}

#[test]
fn thousands_of_senders_neither_fill_the_memory_nor_the_log() {
    let (server, port) = server(Side::Ours.command("udp-server").args(["-b", "127.0.0.1"]));
    let memory = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    let mut before = 0;
    for number in 0..3000_u16 {
        let [high, low] = number.to_be_bytes();
        let own = SocketAddr::from(([127, 1, high, low], 0));
        let socket = client(&own.to_string(), ("127.0.0.1", port));
        // On an address of its own it may get the server's port, and the server does not answer that port.
        if socket.local_addr().unwrap().port() == port {
            continue;
        }
        for _ in 0..7 {
            socket.send(b"AGAIN").unwrap();
        }
        // All of them have arrived when this one is answered.
        assert_eq!(ask(&socket, "now").as_deref(), Some("AGAIN"));
        if before == 0 && number >= 300 {
            before = memory();
        }
    }
    let grown = memory().saturating_sub(before);
    assert!(grown < 600, "{grown} KiB");
    let errors = server.errors();
    assert!(
        (20..=60).contains(&errors.lines().count()),
        "{}",
        errors.lines().count()
    );
    assert!(errors.contains("no more of these warnings within 30 s"), "{errors}");
}
