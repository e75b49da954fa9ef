//! Bad input and trouble: one clear line each, the right exit status, and nobody else disturbed.
//!
//! Here the clients; `foreign`: the clients at other programs' servers; `network`: addresses that cannot be reached; `servers`: the servers.

mod foreign;
mod network;
mod servers;

use std::io::Write;
use std::net::UdpSocket;
use std::process::Command;

use crate::support::{
    NOBODY, Running, Side, Tool, client, in_empty_namespace, need, needs, path_of_ours, server_with, shell,
};

/// Runs a program to its end with this input.
fn run(command: &mut Command, input: &str) -> (Option<i32>, String, String) {
    let mut running = Running::start(command);
    running.type_bytes(input.as_bytes());
    running.end_input();
    let status = running.wait();
    (status.code(), running.output(), running.errors())
}

fn client_with(transport: &str, arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    run(
        Side::Ours.command(&format!("{transport}-client")).args(arguments),
        input,
    )
}

/// One line that contains all of this.
fn one_line(errors: &str, parts: &[&str]) {
    assert_eq!(errors.lines().count(), 1, "{errors:?}");
    assert!(errors.starts_with("error: ") && errors.contains("; "), "{errors:?}");
    for part in parts {
        assert!(errors.contains(part), "no {part:?} in {errors:?}");
    }
}

fn unused_port() -> String {
    NOBODY.to_string()
}

#[test]
fn wrong_arguments_are_one_line_and_status_2() {
    for transport in ["udp", "tcp"] {
        for (arguments, parts) in [
            (vec!["-ip", "127.0.0.1", "-p", "0"], vec!["'0'", "1..=65535"]),
            (vec!["-ip", "127.0.0.1", "-p", "65536"], vec!["65536", "1..=65535"]),
            (vec!["-ip", "127.0.0.1", "-p", "-5"], vec!["-5"]),
            (vec!["-ip", "127.0.0.1", "-p", "http"], vec!["http"]),
            (vec!["-ip", "127.0.0.1"], vec!["--port", "the server prints both"]),
            (vec!["-p", "5"], vec!["--ipaddress"]),
            (
                vec!["-ip", "127.0.0.1", "-p", "5", "--timeout", "0"],
                vec!["from 0.001"],
            ),
            (vec!["-ip", "127.0.0.1", "-p", "5", "extra"], vec!["extra"]),
            (vec!["-ip"], vec!["a value is required"]),
        ] {
            let (status, output, errors) = client_with(transport, &arguments, "");
            assert_eq!(status, Some(2), "{arguments:?}");
            assert_eq!(output, "");
            one_line(&errors, &parts);
            one_line(&errors, &["--help"]);
        }
        let (status, _, errors) = run(
            Side::Ours.command(&format!("{transport}-server")).args(["-p", "70000"]),
            "",
        );
        assert_eq!(status, Some(2));
        one_line(&errors, &["70000", "65535"]);
    }
}

#[test]
fn an_unknown_host_is_named() {
    for transport in ["udp", "tcp"] {
        for host in ["300.1.1.1", "no-such-host.invalid", "", "1.2.3.4.5", "fe80::zz"] {
            let (status, _, errors) = client_with(transport, &["-ip", host, "-p", "5"], "");
            assert_eq!(status, Some(1), "{host}");
            one_line(
                &errors,
                &[
                    &format!("'{host}' is neither an address nor the name of a known host"),
                    "serverIP",
                ],
            );
        }
    }
}

#[test]
fn a_refused_connection_names_the_next_step() {
    let port = unused_port();
    let (status, _, errors) = client_with("tcp", &["-ip", "127.0.0.1", "-p", &port], "a\n");
    assert_eq!(status, Some(1));
    assert_eq!(
        errors,
        format!(
            "error: connect to 127.0.0.1:{port} refused: no program listens on that port; \
             start tcp-server first and use the port it prints\n"
        )
    );
}

#[test]
fn a_server_that_has_gone_while_the_client_waits_is_one_error() {
    let (mut server, port) = server_with("tcp-server", &["-b", "127.0.0.1"]);
    let mut client = client("tcp-client", port);
    server.signal(nix::sys::signal::Signal::SIGTERM);
    server.wait();
    client.type_line("a");
    assert_eq!(client.wait().code(), Some(1));
    let errors = client.errors();
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(lines.len(), 2, "{errors}");
    assert!(
        lines[0].starts_with("warning: ") && lines[0].contains("connecting again"),
        "{errors}"
    );
    assert!(lines[1].starts_with("error: connect to 127.0.0.1"), "{errors}");
}

#[test]
fn the_line_goes_to_the_address_at_which_the_server_is() {
    use socket_lab::app::client::Server;
    use socket_lab::app::transcript::Transcript;
    use socket_lab::app::{tcp_client, udp_client};
    use socket_lab::os::cancel::CancelToken;
    use socket_lab::os::keyboard::Keyboard;

    for transport in ["udp", "tcp"] {
        let (server, port) = server_with(&format!("{transport}-server"), &["-b", "127.0.0.1"]);
        // As a name with two addresses would give them: nobody is at the first.
        let addresses = ["::1", "127.0.0.1"].map(|ip| std::net::SocketAddr::new(ip.parse().unwrap(), port));
        let known = Server {
            host: "name".into(),
            port,
            addresses: addresses.to_vec(),
            timeout: std::time::Duration::from_secs(20),
        };
        let (source, mut typist) = std::os::unix::net::UnixStream::pair().unwrap();
        typist.write_all(b"one\ntwo\n").unwrap();
        drop(typist);
        let (cancel, mut keyboard) = (CancelToken::new().unwrap(), Keyboard::new(source, false));
        let transcript = Transcript::new(std::io::sink());
        let answers = if transport == "udp" {
            udp_client::run(&known, &mut keyboard, &transcript, &cancel)
        } else {
            tcp_client::run(&known, &mut keyboard, &transcript, &cancel)
        };
        assert_eq!(answers.unwrap().missing, 0, "{transport}");
        server.wait_for_output(": one\n");
        server.wait_for_output(": two\n");
    }
}

#[test]
fn an_ipv4_address_in_the_form_of_ipv6_is_ipv4() {
    for transport in ["udp", "tcp"] {
        let (server, port) = server_with(&format!("{transport}-server"), &["-b", "::ffff:127.0.0.1"]);
        assert!(
            server.output().starts_with("serverIP: 127.0.0.1\n"),
            "{}",
            server.output()
        );
        let port = port.to_string();
        let (status, output, errors) = client_with(transport, &["-ip", "::ffff:127.0.0.1", "-p", &port], "a\n");
        assert_eq!((status, errors.as_str()), (Some(0), ""));
        assert!(output.contains("Returned from server: A\n"));
    }
}

#[test]
fn a_call_log_that_nobody_reads_or_that_is_the_input_is_no_trap() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let mut server = Running::start(Side::Ours.command("tcp-server").arg("--calls").arg(&pipe));
    // Long enough to have reached the pipe; a quit must come through before and after.
    std::thread::sleep(crate::support::MOMENT);
    server.signal(nix::sys::signal::Signal::SIGTSTP);
    assert_eq!(server.wait().code(), Some(1));
    let said = "not written, no program has opened this pipe for reading";
    assert_eq!(server.errors(), format!("error: {}: {said}\n", pipe.display()));

    let file = folder.path().join("file");
    std::fs::write(&file, "a\n").unwrap();
    let mut command = Side::Ours.command("udp-client");
    command.args(["-ip", "127.0.0.1", "-p", "5", "--calls"]).arg(&file);
    let run = command.stdin(std::fs::File::open(&file).unwrap()).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    one_line(
        &String::from_utf8(run.stderr).unwrap(),
        &["is the input already", "another file"],
    );
}

#[test]
fn errors_are_json_where_that_is_asked_for() {
    let port = unused_port();
    let arguments = ["-ip", "127.0.0.1", "-p", &port, "--log-format", "json"];
    let (_, _, errors) = client_with("tcp", &arguments, "");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    let line: serde_json::Value = serde_json::from_str(&errors).unwrap();
    assert_eq!(line["level"], "error");
    assert!(
        line["message"].as_str().unwrap().starts_with("connect to 127.0.0.1"),
        "{errors}"
    );
}

#[test]
fn too_few_descriptors_for_a_client_are_said() {
    for files in 3..13 {
        let program = path_of_ours("udp-client");
        let script = format!("ulimit -n {files}; exec {program} -ip 127.0.0.1 -p 5 --timeout 1");
        let (status, _, errors) = run(&mut shell(&script), "a\n");
        if errors.contains("refused") {
            return;
        }
        // Below five the program itself cannot be loaded.
        assert!(status == Some(127) || errors.contains("ulimit -n"), "{files}: {errors}");
    }
    panic!("thirteen descriptors are enough");
}

#[test]
fn a_client_is_not_connected_to_itself() {
    if !need(Tool::Ip) || !needs::namespaces() {
        return;
    }
    // The only port that the system may pick is the one that the client connects to.
    let script = format!(
        "ip link set lo up && echo 40001 40001 > /proc/sys/net/ipv4/ip_local_port_range && \
         exec {} -ip 127.0.0.1 -p 40001",
        path_of_ours("tcp-client")
    );
    let (status, _, errors) = run(&mut in_empty_namespace(&shell(&script)), "a\n");
    assert_eq!(status, Some(1));
    one_line(
        &errors,
        &["connect to 127.0.0.1:40001 refused", "start tcp-server first"],
    );
}

#[test]
fn a_line_without_answer_makes_the_exit_status_1_at_the_end_of_the_input() {
    let port = unused_port();
    let (status, output, errors) = client_with("udp", &["-ip", "127.0.0.1", "-p", &port], "a\n");
    assert_eq!(status, Some(1));
    assert!(output.ends_with("Input lowercase text: Input lowercase text: \n"));
    one_line(&errors, &["recvfrom 127.0.0.1", "refused", "start udp-server first"]);
}

#[test]
fn a_lost_datagram_is_said_and_the_prompt_comes_again() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let arguments = ["-ip", "127.0.0.1", "-p", &port, "--timeout", "0.2"];
    let (_, output, errors) = client_with("udp", &arguments, "a\n");
    assert_eq!(output.matches("Input lowercase text: ").count(), 2);
    one_line(&errors, &["within 0.2 s", "UDP promises no delivery"]);
}

#[test]
fn a_line_too_long_for_a_datagram_is_not_sent() {
    let (server, port) = server_with("udp-server", &["-b", "127.0.0.1"]);
    let mut client = client("udp-client", port);
    client.type_line(&"a".repeat(65_508));
    let errors = client.wait_for_errors("\n");
    one_line(&errors, &["65508 bytes", "65507", "nothing was sent"]);
    client.type_line(&"b".repeat(65_507));
    client.wait_for_output(&format!("Returned from server: {}\n", "B".repeat(65_507)));
    assert!(!server.output().contains("aaa"));
}

#[test]
fn without_a_way_to_the_address_it_says_so() {
    if !needs::namespaces() {
        return;
    }
    for transport in ["udp", "tcp"] {
        let mut command = Side::Ours.command(&format!("{transport}-client"));
        command.args(["-ip", "192.0.2.1", "-p", "5"]);
        let (status, _, errors) = run(&mut in_empty_namespace(&command), "a\n");
        assert_eq!(status, Some(1));
        one_line(&errors, &["192.0.2.1:5", "no way to that address"]);
    }
}

#[test]
fn no_answer_to_a_connection_is_said_in_time() {
    // A listener whose queue is full drops further SYNs.
    let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    let any: std::net::SocketAddr = "127.0.0.1:0".parse().unwrap();
    listener.bind(&any.into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let _waiting: Vec<_> = (0..3)
        .map(|_| {
            let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
            socket.set_nonblocking(true).unwrap();
            let _ = socket.connect(&address.into());
            socket
        })
        .collect();
    let port = address.port().to_string();
    let arguments = ["-ip", "127.0.0.1", "-p", &port, "--timeout", "0.3"];
    let (status, _, errors) = client_with("tcp", &arguments, "a\n");
    assert_eq!(status, Some(1));
    one_line(&errors, &["connect to 127.0.0.1", "no answer within 0.3 s"]);
}
