//! A name with many addresses, and a name server that does not answer: `--timeout` is for all of it, and what is tried is said.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::{Duration, Instant};

use socket_lab::app::client::Server;
use socket_lab::app::tcp_client;
use socket_lab::app::transcript::Transcript;
use socket_lab::os::cancel::CancelToken;
use socket_lab::os::keyboard::Keyboard;

use crate::support::namespace::in_namespaces;
use crate::support::{Running, Side, Tool, again, need_all, needs, server_with, tool};

/// Addresses that nobody has: what is sent to them comes back through loopback, and is dropped without a word.
const SILENT: &str = "10.66.0.";

/// Runs the test in a namespace in which those addresses are silent.
fn alone(test: impl FnOnce()) {
    if !need_all(&[Tool::Ip, Tool::Unshare, Tool::Mount]) || !needs::root() {
        return;
    }
    in_namespaces(again::path_of(&test), &["alone"], || {
        let route = ["route", "add", "10.66.0.0/24", "dev", "lo"];
        assert!(tool(Tool::Ip).args(route).status().unwrap().success());
        test();
    });
}

/// The client in a mount namespace in which these are the known hosts, and the name server is a silent address.
struct Hosts(tempfile::TempDir);

impl Hosts {
    fn new(hosts: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("hosts"), hosts).unwrap();
        std::fs::write(folder.path().join("resolv.conf"), format!("nameserver {SILENT}53\n")).unwrap();
        Self(folder)
    }

    fn command(&self, name: &str, host: &str, port: u16, timeout: &str) -> Command {
        let folder = self.0.path().display();
        let program = crate::support::path_of_ours(name);
        let script = format!(
            "mount --bind {folder}/hosts /etc/hosts && mount --bind {folder}/resolv.conf /etc/resolv.conf && \
             exec {program} -ip {host} -p {port} --timeout {timeout}"
        );
        let mut command = tool(Tool::Unshare);
        command.args(["--mount", "sh", "-c", &script]).env_remove("RUST_LOG");
        command
    }

    /// Types these lines; how long it took, the exit code, output and errors.
    fn run(
        &self,
        name: &str,
        host: &str,
        port: u16,
        timeout: &str,
        lines: &str,
    ) -> (Duration, Option<i32>, String, String) {
        let started = Instant::now();
        let mut client = Running::start(&mut self.command(name, host, port, timeout));
        client.type_bytes(lines.as_bytes());
        client.end_input();
        let status = client.wait();
        (started.elapsed(), status.code(), client.output(), client.errors())
    }
}

/// 20 silent addresses.
fn many() -> String {
    (2..22).fold(String::new(), |mut hosts, number| {
        let _ = writeln!(hosts, "{SILENT}{number} many");
        hosts
    })
}

/// Took the time and not much more.
#[track_caller]
fn took(time: Duration, seconds: u64) {
    let expected = Duration::from_secs(seconds);
    assert!(
        time >= expected && time < expected + Duration::from_secs(2),
        "{time:?} for {seconds} s"
    );
}

#[test]
fn twenty_silent_addresses_take_no_longer_than_the_timeout() {
    alone(|| {
        let (time, status, _, errors) = Hosts::new(&many()).run("tcp-client", "many", 5000, "2", "");
        took(time, 2);
        assert_eq!(status, Some(1), "{errors}");
        for word in [
            "trying 10.66.0.21:5000, address 20 of 20",
            "no connection within 2 s: 'many' has 20 addresses, and none took it; connect to 10.66.0.2:5000 got no answer within 0.1 s",
            "--timeout",
        ] {
            assert!(errors.contains(word), "no {word:?} in {errors}");
        }
        assert!((5..=15).contains(&errors.lines().count()), "{errors}");
    });
}

#[test]
fn one_silent_address_is_named_after_a_second() {
    alone(|| {
        let hosts = Hosts::new("");
        let started = Instant::now();
        let mut client = Running::start(&mut hosts.command("tcp-client", "10.66.0.9", 5000, "3"));
        client.wait_for_errors("no connection after 1.0 of 3 s: trying 10.66.0.9:5000\n");
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        assert_eq!(client.wait().code(), Some(1));
        took(started.elapsed(), 3);
        assert_eq!(client.errors().lines().count(), 2, "{}", client.errors());
        assert!(
            client
                .errors()
                .contains("connect to 10.66.0.9:5000 got no answer within 3 s"),
            "{}",
            client.errors()
        );
    });
}

#[test]
fn a_refusal_goes_on_at_once_and_what_it_leaves_is_for_the_others() {
    alone(|| {
        // Nobody listens on loopback: the 17 refusals take no time, so that the silent address has nearly all of it.
        let mut hosts = String::from("10.66.0.9 some\n");
        (2..19).for_each(|number| writeln!(hosts, "127.0.0.{number} some").unwrap());
        let (time, status, _, errors) = Hosts::new(&hosts).run("tcp-client", "some", 5000, "2", "");
        took(time, 2);
        assert_eq!(status, Some(1), "{errors}");
        assert!(errors.contains("refused: no program listens on that port"), "{errors}");
        assert!(errors.contains("'some' has 18 addresses"), "{errors}");
    });
}

#[test]
fn behind_a_silent_address_the_server_is_found_and_remembered() {
    alone(|| {
        let (server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
        // The system would put the nearer address first, so the addresses are given here in the order of another network.
        let addresses = ["10.66.0.9", "127.0.0.1"].map(|ip| SocketAddr::new(ip.parse().unwrap(), port));
        let known = Server {
            host: "two".into(),
            port,
            addresses: addresses.to_vec(),
            timeout: Duration::from_secs(4),
        };
        let (source, mut typist) = UnixStream::pair().unwrap();
        typist.write_all(b"one\ntwo\nthree\n").unwrap();
        drop(typist);
        let (cancel, mut keyboard) = (CancelToken::new().unwrap(), Keyboard::new(source, false));
        let started = Instant::now();
        let answers = tcp_client::run(&known, &mut keyboard, &Transcript::new(std::io::sink()), &cancel);
        // Half of the time went to the silent address, once.
        took(started.elapsed(), 2);
        assert_eq!(answers.unwrap().missing, 0);
        server.wait_for_output(": three\n");
    });
}

#[test]
fn a_name_server_that_does_not_answer_takes_no_longer_than_the_timeout() {
    alone(|| {
        for name in ["tcp-client", "udp-client"] {
            let (time, status, _, errors) = Hosts::new("").run(name, "nowhere.example", 5000, "2", "");
            took(time, 2);
            assert_eq!(status, Some(1), "{errors}");
            let lines: Vec<&str> = errors.lines().collect();
            assert!(
                lines.len() == 2 && lines[0].contains("still looking up 'nowhere.example'"),
                "{errors}"
            );
            assert!(
                lines[1].contains("the look-up of 'nowhere.example' brought no answer within 2 s"),
                "{errors}"
            );
        }
    });
}

#[test]
fn over_udp_a_line_takes_no_longer_than_the_timeout_whatever_the_addresses_do() {
    alone(|| {
        let refused = "127.0.0.9 mixed\n".to_owned() + &many().replace("many", "mixed");
        let (time, status, _, errors) = Hosts::new(&refused).run("udp-client", "mixed", 5000, "2", "one\n");
        took(time, 2);
        assert_eq!(status, Some(1), "{errors}");
        // All silent: the next line goes to the next address.
        let (time, _, _, errors) = Hosts::new(&many()).run("udp-client", "many", 5000, "1", "one\ntwo\n");
        took(time, 2);
        for word in [
            "recvfrom 10.66.0.2:5000 brought no reply within 1 s",
            "the next line goes to 10.66.0.3:5000",
            "recvfrom 10.66.0.3:5000",
        ] {
            assert!(errors.contains(word), "no {word:?} in {errors}");
        }
    });
}

/// The system's `localhost` is left alone by all of this.
#[test]
fn an_ordinary_name_causes_no_warning() {
    let (_server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let port = port.to_string();
    let mut client = Running::start(Side::Ours.command("tcp-client").args(["-ip", "localhost", "-p", &port]));
    client.type_line("hello");
    client.wait_for_output("Returned from server: HELLO\n");
    assert_eq!(client.errors(), "");
}
