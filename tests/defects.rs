//! The defects of the classic scripts, one check each. Every check runs twice: against our programs, which must pass, and
//! against Python peers written in the classic way, which must fail. So each check is known to see its defect.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::{NOBODY, PATIENCE, Running, Side, Tool, in_empty_namespace, need, needs, port_of_our_own, server};

/// How long a classic peer is watched before it counts as hanging. Ours gets [`PATIENCE`].
const HANGS: Duration = Duration::from_millis(1500);

struct Lab(Side);

impl Lab {
    fn patience(&self) -> Duration {
        match self.0 {
            Side::Ours => PATIENCE,
            Side::Classic => HANGS,
        }
    }

    fn server(&self, name: &str) -> (Running, u16) {
        self.server_on(name, 0)
    }

    fn server_on(&self, name: &str, port: u16) -> (Running, u16) {
        let mut command = self.0.command(name);
        command.args(["-p", &port.to_string()]);
        if self.0 == Side::Classic {
            // So that it starts on a machine without a route; one check is about that.
            command.arg("--offline");
        }
        server(&mut command)
    }

    fn client(&self, name: &str, port: u16) -> Running {
        let port = port.to_string();
        let client = Running::start(self.0.command(name).args(["-ip", "127.0.0.1", "-p", &port]));
        client.wait_for_output("Input lowercase text: ");
        client
    }

    /// Does the client show this reply?
    fn replies(&self, client: &Running, reply: &str) -> Result<(), String> {
        let shown = format!("Returned from server: {reply}\n");
        let came = client.output_within(self.patience(), &shown, 1);
        came.then_some(())
            .ok_or_else(|| format!("no {shown:?} in {:?}, {:?}", client.output(), client.errors()))
    }

    /// What a bare socket gets back for these bytes; the client sends nothing more.
    fn over_tcp(&self, port: u16, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).map_err(|error| error.to_string())?;
        socket.set_read_timeout(Some(self.patience())).unwrap();
        socket.write_all(bytes).map_err(|error| format!("send: {error}"))?;
        let mut reply = Vec::new();
        socket
            .read_to_end(&mut reply)
            .map_err(|error| format!("after {} bytes: {error}", reply.len()))?;
        Ok(reply)
    }

    /// What a bare socket gets back for this datagram.
    fn over_udp(&self, port: u16, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(self.patience())).unwrap();
        socket.send_to(bytes, ("127.0.0.1", port)).unwrap();
        let mut room = vec![0; 65_535];
        let (length, _) = socket.recv_from(&mut room).map_err(|error| error.to_string())?;
        Ok(room[..length].to_vec())
    }
}

fn same(got: &[u8], expected: &[u8]) -> Result<(), String> {
    let shown = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
    if got == expected {
        return Ok(());
    }
    Err(format!(
        "{} bytes {:?} instead of {} bytes {:?}",
        got.len(),
        shown(got),
        expected.len(),
        shown(expected)
    ))
}

/// Runs the check against both sides; the classic one has to fail with this symptom.
fn ours_has_it_not(symptom: &str, check: impl Fn(&Lab) -> Result<(), String>) {
    if let Err(why) = check(&Lab(Side::Ours)) {
        panic!("ours has the defect: {why}");
    }
    if need(Tool::Python) {
        let seen = check(&Lab(Side::Classic)).expect_err("the check does not see the defect");
        assert!(seen.contains(symptom), "another symptom than {symptom:?}: {seen}");
    }
}

#[test]
fn an_empty_line_over_tcp_comes_back() {
    ours_has_it_not("no \"Returned from server: ", |lab| {
        let (_server, port) = lab.server("tcp-server");
        let mut client = lab.client("tcp-client", port);
        client.type_line("");
        lab.replies(&client, "")
    });
}

#[test]
fn nobody_listening_is_said_at_once() {
    ours_has_it_not("no next prompt", |lab| {
        let mut client = lab.client("udp-client", NOBODY);
        client.type_line("anybody there?");
        // The next prompt has to come long before the client's own patience of 5 s is over.
        if !client.output_within(Duration::from_secs(3), "Input lowercase text: ", 2) {
            return Err("no next prompt".into());
        }
        // It was said before the prompt, on another stream.
        let errors = client.wait_for_errors("\n");
        (errors.contains("no program listens on that port") && errors.contains("start udp-server first"))
            .then_some(())
            .ok_or(errors)
    });
}

#[test]
fn an_idle_client_does_not_block_the_others() {
    ours_has_it_not("after 0 bytes: Resource temporarily unavailable", |lab| {
        let (_server, port) = lab.server("tcp-server");
        let idle = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let reply = lab.over_tcp(port, b"hello\n")?;
        drop(idle);
        same(&reply, b"HELLO\n")
    });
}

#[test]
fn a_long_line_comes_back_whole_and_ends_with_a_fin() {
    ours_has_it_not("after 1024 bytes: Connection reset", |lab| {
        let (_server, port) = lab.server("tcp-server");
        let mut line = vec![b'a'; 3000];
        line.push(b'\n');
        // A reset instead of the FIN is an error here, whatever came before it.
        same(&lab.over_tcp(port, &line)?, &line.to_ascii_uppercase())
    });
}

#[test]
fn a_character_split_at_byte_1024_does_not_end_the_tcp_server() {
    ours_has_it_not("Connection refused", |lab| {
        let (_server, port) = lab.server("tcp-server");
        let line = format!("{}é\n", "a".repeat(1023));
        let first = lab.over_tcp(port, line.as_bytes());
        let second = lab.over_tcp(port, b"still there?\n")?;
        same(&second, b"STILL THERE?\n")?;
        same(&first?, line.to_uppercase().as_bytes())
    });
}

#[test]
fn bytes_that_are_no_text_do_not_end_the_udp_server() {
    ours_has_it_not("Resource temporarily unavailable", |lab| {
        let (_server, port) = lab.server("udp-server");
        let first = lab.over_udp(port, b"\xff\xfea");
        same(&lab.over_udp(port, b"still there?")?, b"STILL THERE?")?;
        same(&first?, b"\xff\xfeA")
    });
}

#[test]
fn udp_and_tcp_raise_the_same_letters() {
    ours_has_it_not("\"STRAßE ñ ж\"", |lab| {
        let (_udp, udp_port) = lab.server("udp-server");
        let (_tcp, tcp_port) = lab.server("tcp-server");
        let text = "straße ñ ж";
        let over_udp = lab.over_udp(udp_port, text.as_bytes())?;
        // Without a line end and with a FIN, so that the classic server has no excuse.
        let mut socket = TcpStream::connect(("127.0.0.1", tcp_port)).unwrap();
        socket.write_all(text.as_bytes()).unwrap();
        socket.shutdown(Shutdown::Write).unwrap();
        let mut over_tcp = Vec::new();
        socket.read_to_end(&mut over_tcp).map_err(|error| error.to_string())?;
        same(&over_tcp, "STRASSE Ñ Ж".as_bytes())?;
        same(&over_udp, &over_tcp)
    });
}

#[test]
fn ctrl_z_quits_and_frees_the_port() {
    ours_has_it_not("only suspended", |lab| {
        let (mut udp, udp_port) = lab.server_on("udp-server", port_of_our_own());
        let (mut tcp, tcp_port) = lab.server_on("tcp-server", port_of_our_own());
        for server in [&mut udp, &mut tcp] {
            server.signal(Signal::SIGTSTP);
            let status = server
                .wait_within(lab.patience())
                .ok_or("the server is only suspended")?;
            if !status.success() {
                return Err(status.to_string());
            }
        }
        UdpSocket::bind(("0.0.0.0", udp_port)).map_err(|error| format!("UDP port: {error}"))?;
        TcpListener::bind(("0.0.0.0", tcp_port)).map_err(|error| format!("TCP port: {error}"))?;
        Ok(())
    });
}

#[test]
fn without_a_route_a_server_starts() {
    if !needs::namespaces() {
        return;
    }
    ours_has_it_not("Network is unreachable", |lab| {
        for name in ["udp-server", "tcp-server"] {
            let server = Running::start(&mut in_empty_namespace(&lab.0.command(name)));
            if !server.output_within(PATIENCE, "Listening...\n", 1) {
                return Err(server.errors());
            }
            let output = server.output();
            if !output.starts_with("serverIP: 127.0.0.1\n") {
                return Err(output);
            }
        }
        Ok(())
    });
}

#[test]
fn no_arguments_are_told_from_a_failure_of_the_program() {
    ours_has_it_not("TypeError", |lab| {
        for name in ["udp-client", "tcp-client"] {
            let mut client = Running::start(&mut lab.0.command(name));
            let status = client.wait();
            let errors = client.errors();
            let told = status.code() == Some(2) && errors.lines().count() == 1 && errors.contains("--port");
            told.then_some(()).ok_or(errors)?;
        }
        Ok(())
    });
}

#[test]
fn the_end_of_the_input_is_no_failure() {
    ours_has_it_not("EOFError", |lab| {
        let (_udp, udp_port) = lab.server("udp-server");
        let (_tcp, tcp_port) = lab.server("tcp-server");
        for (name, port) in [("udp-client", udp_port), ("tcp-client", tcp_port)] {
            let mut client = lab.client(name, port);
            client.end_input();
            let status = client.wait();
            if !status.success() || !client.errors().is_empty() {
                return Err(format!("{status}: {}", client.errors()));
            }
        }
        Ok(())
    });
}

#[test]
fn a_server_starts_again_on_its_port() {
    ours_has_it_not("Address already in use", |lab| {
        let (mut first, port) = lab.server_on("tcp-server", port_of_our_own());
        // The server closes first, so the connection's TIME-WAIT is at its end.
        same(&lab.over_tcp(port, b"a\n")?, b"A\n")?;
        first.signal(Signal::SIGKILL);
        first.wait();
        let second = Running::start(lab.0.command("tcp-server").args(["-p", &port.to_string()]));
        let listens = second.output_within(PATIENCE, "Listening...\n", 1);
        listens.then_some(()).ok_or_else(|| second.errors())
    });
}
