//! The lab as the notes tell it: the words, the ways to quit, the arguments.

use std::net::{TcpStream, UdpSocket};
use std::process::Stdio;

use nix::sys::signal::Signal;

use crate::support::{
    MOMENT, PATIENCE, Running, Side, Tool, client, need, needs, path_of_ours, port_in, port_of_our_own, server,
    server_with, shell, tool,
};

/// The transcript of one line, from both screens, with the port and the client's port made equal.
fn transcript(transport: &str) -> (String, String) {
    let (mut server, port) = server_with(&format!("{transport}-server"), &["-b", "127.0.0.1"]);
    let mut client = client(&format!("{transport}-client"), port);
    client.type_line("udp is lazy");
    client.wait_for_outputs("Input lowercase text: ", 2);
    client.end_input();
    assert!(client.wait().success());
    assert_eq!(client.errors(), "");
    server.wait_for_output("udp is lazy\n");
    server.signal(Signal::SIGTERM);
    assert!(server.wait().success());
    assert_eq!(server.errors(), "");
    let output = server.output();
    let from = output.split('#').nth(1).unwrap().split(':').next().unwrap();
    let neutral = |text: String| text.replace(from, "56855").replace(&port.to_string(), "49957");
    (neutral(output.clone()), neutral(client.output()))
}

#[test]
fn both_screens_show_the_words_of_the_lab() {
    for transport in ["udp", "tcp"] {
        let (server, client) = transcript(transport);
        assert_eq!(
            server,
            "serverIP: 127.0.0.1\nPort:     49957\nPress Ctrl+Z to quit. Listening...\n\
             Received from 127.0.0.1#56855: udp is lazy\n"
        );
        let name = transport.to_uppercase();
        assert_eq!(
            client,
            format!(
                "I'm configured to send {name} packets to 127.0.0.1 on port 49957\nPress Ctrl+Z to quit.\n\
                 Input lowercase text: Returned from server: UDP IS LAZY\nInput lowercase text: \n"
            )
        );
    }
}

/// Also without the sniffer, whose tests look at every moment of every program.
#[test]
#[cfg(target_os = "linux")]
fn a_server_that_sudo_started_has_no_rights_left_once_it_listens() {
    if !needs::root() {
        return;
    }
    for name in ["udp-server", "tcp-server"] {
        let mut command = Side::Ours.command(name);
        command.args(["-b", "127.0.0.77", "-p", "80"]);
        let (mut server, _) = server(command.env("SUDO_UID", "65534").env("SUDO_GID", "65534"));
        let tasks = std::fs::read_dir(format!("/proc/{}/task", server.id())).unwrap();
        let statuses = tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("status")).unwrap());
        for status in statuses {
            for line in [
                "Uid:\t65534\t65534\t65534\t65534\n",
                "Gid:\t65534\t65534\t65534\t65534\n",
                "CapPrm:\t0000000000000000\n",
                "CapEff:\t0000000000000000\n",
                "CapBnd:\t0000000000000000\n",
                "NoNewPrivs:\t1\n",
            ] {
                assert!(status.contains(line), "{name}: no {line:?} in {status}");
            }
        }
        server.signal(Signal::SIGTERM);
        assert!(server.wait().success());
    }
}

#[test]
fn the_three_signals_quit_cleanly_and_free_the_port() {
    for signal in [Signal::SIGTSTP, Signal::SIGINT, Signal::SIGTERM] {
        let (mut udp_server, udp_port) = server_with("udp-server", &["-p", &port_of_our_own().to_string()]);
        let (mut tcp_server, tcp_port) = server_with("tcp-server", &["-p", &port_of_our_own().to_string()]);
        let mut clients = [client("udp-client", udp_port), client("tcp-client", tcp_port)];
        for client in &mut clients {
            client.signal(signal);
            assert!(client.wait().success(), "{signal}");
            assert!(
                client.output().ends_with("Input lowercase text: \n"),
                "{:?}",
                client.output()
            );
            assert_eq!(client.errors(), "");
        }
        for server in [&mut udp_server, &mut tcp_server] {
            server.signal(signal);
            assert!(server.wait().success(), "{signal}");
            assert!(server.output().ends_with('\n'));
            assert_eq!(server.errors(), "");
        }
        UdpSocket::bind(("0.0.0.0", udp_port)).expect("the UDP port is free");
        server_with("tcp-server", &["-p", &tcp_port.to_string()]);
    }
}

#[test]
fn a_quit_ends_connections_that_are_being_served_too() {
    let (mut server, port) = server_with::<&str>("tcp-server", &[]);
    let silent: Vec<TcpStream> = (0..20)
        .map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap())
        .collect();
    server.signal(Signal::SIGTSTP);
    assert!(server.wait().success());
    drop(silent);
}

#[test]
fn a_quit_comes_through_while_standard_output_is_stuck() {
    // Nobody reads the pipe, and the server's lines fill it.
    let mut child = Side::Ours
        .command("udp-server")
        .args(["-b", "127.0.0.1"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut banner = [0; 75];
    std::io::Read::read(child.stdout.as_mut().unwrap(), &mut banner).unwrap();
    let text = String::from_utf8_lossy(&banner);
    let port = port_in(&text);
    let flood = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..20 {
        flood.send_to(&vec![b'x'; 20_000], ("127.0.0.1", port)).unwrap();
    }
    std::thread::sleep(MOMENT);
    let pid = nix::unistd::Pid::from_raw(child.id().try_into().unwrap());
    nix::sys::signal::kill(pid, Signal::SIGTSTP).unwrap();
    let deadline = std::time::Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(std::time::Instant::now() < deadline, "the server is stuck");
        std::thread::sleep(MOMENT / 30);
    };
    // Not all that was printed has been read.
    assert_eq!(status.code(), Some(1));
}

#[test]
fn the_end_of_the_input_quits_at_the_prompt() {
    let (_udp_server, udp_port) = server_with::<&str>("udp-server", &[]);
    let (_tcp_server, tcp_port) = server_with::<&str>("tcp-server", &[]);
    for mut client in [client("udp-client", udp_port), client("tcp-client", tcp_port)] {
        client.end_input();
        assert!(client.wait().success());
        assert!(client.output().ends_with("Input lowercase text: \n"));
    }
}

#[test]
fn the_last_line_of_a_file_needs_no_line_end() {
    let (_server, port) = server_with::<&str>("tcp-server", &[]);
    let mut client = client("tcp-client", port);
    client.type_bytes(b"first\nlast");
    client.end_input();
    assert!(client.wait().success());
    assert!(
        client.output().contains("Returned from server: LAST\n"),
        "{}",
        client.output()
    );
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let (_server, port) = server_with::<&str>("udp-server", &[]);
    let program = path_of_ours("udp-client");
    let script = format!("printf 'a\\nb\\nc\\nd\\n' | {program} -ip 127.0.0.1 -p {port} | head -n 1; sleep 0.2");
    let run = shell(&script).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
    assert!(run.stdout.starts_with(b"I'm configured"));
}

#[test]
fn a_server_whose_reader_has_left_ends_at_the_next_line() {
    for name in ["udp-server", "tcp-server"] {
        // The shell reads the banner, prints the port and leaves; its exit status tells nothing of the server's.
        let program = match name {
            "udp-server" => path_of_ours("udp-server"),
            _ => path_of_ours("tcp-server"),
        };
        let script = format!("({program}; echo \"ended with $?\" >&2) | head -n 3");
        let mut running = Running::start(&mut shell(&script));
        let text = running.wait_for_output("Listening...\n");
        let port = port_in(&text);
        let mut client = client(&name.replace("server", "client"), port);
        client.type_line("a");
        running.wait_for_errors("ended with 0\n");
        assert_eq!(running.errors(), "ended with 0\n");
        assert!(running.wait().success());
    }
}

#[test]
fn every_spelling_of_the_arguments_leads_to_the_server() {
    let (_server, port) = server_with("udp-server", &["-b", "127.0.0.1"]);
    let port = port.to_string();
    for arguments in [
        vec!["-ip", "127.0.0.1", "-p", &port],
        vec!["-ip=127.0.0.1", "--port", &port],
        vec!["--ipaddress", "127.0.0.1", "-p", &port],
        vec!["--ip", "localhost", "-p", &port, "--timeout", "20"],
        vec!["-ip", "0.0.0.0", "-p", &port],
    ] {
        let mut client = Running::start(Side::Ours.command("udp-client").args(&arguments));
        client.type_line("a");
        client.wait_for_output("Returned from server: A\n");
        client.end_input();
        assert!(client.wait().success(), "{arguments:?}: {}", client.errors());
    }
}

#[test]
fn ipv6_works_and_an_ipv4_client_is_shown_as_one() {
    for transport in ["udp", "tcp"] {
        let (server, port) = server_with::<&str>(&format!("{transport}-server"), &[]);
        for (host, shown) in [("::1", "::1#"), ("[::1]", "::1#"), ("127.0.0.1", "127.0.0.1#")] {
            let name = format!("{transport}-client");
            let port = port.to_string();
            let mut client = Running::start(Side::Ours.command(&name).args(["-ip", host, "-p", &port]));
            client.type_line(&format!("via {host}"));
            client.wait_for_output(&format!("Returned from server: VIA {host}\n"));
            server.wait_for_output(&format!("Received from {shown}"));
            assert!(!server.output().contains("::ffff:"), "{}", server.output());
        }
    }
}

#[test]
fn a_server_of_one_address_says_which() {
    let (server, _) = server_with("tcp-server", &["--bind", "::1"]);
    assert!(server.output().starts_with("serverIP: ::1\n"));
}

#[test]
fn escape_sequences_stay_text_on_both_screens() {
    for transport in ["udp", "tcp"] {
        let (server, port) = server_with::<&str>(&format!("{transport}-server"), &[]);
        let mut client = client(&format!("{transport}-client"), port);
        client.type_line("\x1b[2J\x07 \u{9b}2j");
        client.wait_for_output("Returned from server: \\x1b[2J\\x07 \\u{9b}2J\n");
        server.wait_for_output(": \\x1b[2J\\x07 \\u{9b}2j\n");
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    for name in ["udp-server", "udp-client", "tcp-server", "tcp-client"] {
        let help = Side::Ours.command(name).arg("--help").output().unwrap();
        assert!(help.status.success() && help.stderr.is_empty());
        let text = String::from_utf8(help.stdout).unwrap();
        assert!(text.contains(&format!("Usage: {name}")), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        let version = Side::Ours.command(name).arg("--version").output().unwrap();
        assert_eq!(
            String::from_utf8(version.stdout).unwrap(),
            format!("{name} {}\n", env!("CARGO_PKG_VERSION"))
        );
    }
}

#[test]
fn ctrl_z_and_ctrl_d_in_a_real_terminal_quit() {
    if !need(Tool::Python) {
        return;
    }
    let (_server, port) = server_with::<&str>("tcp-server", &[]);
    let port = port.to_string();
    for (key, program, arguments) in [
        ("^Z", path_of_ours("udp-server"), vec![]),
        ("^Z", path_of_ours("tcp-client"), vec!["-ip", "127.0.0.1", "-p", &port]),
        ("^C", path_of_ours("tcp-client"), vec!["-ip", "127.0.0.1", "-p", &port]),
        ("^D", path_of_ours("tcp-client"), vec!["-ip", "127.0.0.1", "-p", &port]),
    ] {
        let run = tool(Tool::Python)
            .args(["-B", "tests/peers/terminal.py", key, program])
            .args(arguments)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(
            told.ends_with("\nexit status 0\n"),
            "{key} {program}: {told:?} {:?}",
            String::from_utf8_lossy(&run.stderr)
        );
    }
}

#[test]
fn a_client_that_was_told_to_wait_for_nobody_can_be_stopped() {
    // A server that takes the datagram and says nothing.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut client = client("udp-client", silent.local_addr().unwrap().port());
    client.type_line("anybody there?");
    let mut room = [0; 99];
    silent.recv_from(&mut room).unwrap();
    client.signal(Signal::SIGTSTP);
    assert!(client.wait().success());
    assert!(client.output().ends_with('\n'));
}

#[test]
fn the_servers_are_ready_when_they_say_so() {
    let (_udp, _) = server(&mut Side::Ours.command("udp-server"));
    let (_tcp, port) = server(&mut Side::Ours.command("tcp-server"));
    TcpStream::connect(("127.0.0.1", port)).unwrap();
}
