//! Who closes first, what stays of it, and a connection that is closed on one side only.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};

use super::by_hand::{SETTLING_TIME, TIMEOUT, connected};
use super::exchange::connections;
use crate::app::error::Error;
use crate::app::socket::Socket;
use crate::app::uppercase;
use crate::calls::{Program, Role};
use crate::flow::Party;
use crate::flow::conversation::Ending;
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::notice;
use crate::lab::programs::{ClientSide, with_server};
use crate::lab::result::RunResult;
use crate::lab::run::{PreparedRun, Run, RunOutput};
use crate::lab::screen::Screen;

const WATCH: &[&str] = &[
    "Three connections. In the first, an ordinary line, the server closes first. In the second the client leaves without a line, \
     so it closes first. Watch who is in TIME-WAIT afterwards: always who closed first, for it may have to answer the other \
     one's FIN once more.",
    "In the third the client sends its text and calls shutdown(SHUT_WR): \"I have sent everything\". Its FIN goes out, and the \
     other direction stays open: the server reads to the end (recv() returns 0), answers, and then closes.",
];

/// The run.
pub static RUN: Run = Run {
    word: "close",
    about: "Who closes first, TIME-WAIT, and a connection closed on one side only",
    question: "who closes first, and what stays?",
    title: "Closing, and what stays of it",
    protocols: "tcp",
    takes_lines: false,
    own_segments: false,
    before: |_| WATCH,
    change: |_| Ok(()),
    prepare: |context, _| Ok(Box::new(Prepared { port: context.port() })),
    after,
    notices: |result| notice::each(after(result)),
    matters: |_| false,
};

fn after(result: &RunResult) -> Vec<String> {
    let mut sentences: Vec<String> = connections(result)
        .map(|(conversation, connection)| {
            let number = conversation.number;
            match connection.ending {
                Ending::Closed(party) => {
                    format!("Seen: conversation {number}: the first FIN was the {party}'s.")
                }
                Ending::ClosedTogether => format!("Seen: conversation {number}: both closed at once."),
                Ending::Reset(party) => format!("Seen: conversation {number}: the {party} broke it off with RST."),
                Ending::HalfClosed(party) => format!("Seen: conversation {number}: only the {party} closed."),
                Ending::Open => format!("Seen: conversation {number}: its end was not seen."),
            }
        })
        .collect();
    let halfway = result.packets_in_flow().find(|(_, in_flow)| {
        use crate::flow::segment::Remark;
        in_flow
            .segment()
            .is_some_and(|segment| segment.remarks.has(Remark::HalfClosed) && segment.data.is_some())
    });
    if let Some((number, in_flow)) = halfway {
        sentences.push(format!(
            "Packet {number} carries data from the {} although the other end had sent its FIN: a half-closed connection.",
            in_flow.sender
        ));
    }
    sentences
}

/// The port of the server.
struct Prepared {
    port: u16,
}

impl PreparedRun for Prepared {
    fn ports(&self) -> Vec<u16> {
        vec![self.port]
    }

    fn perform(self: Box<Self>, context: &LabContext) -> Result<RunOutput, Failure> {
        let (port, server_screen) = (self.port, Screen::default());
        let lines = ["who closes first".to_owned()];
        let client = ClientSide {
            program: Program::TcpClient,
            port,
            lines: &lines,
            screen: Screen::default(),
        };
        let screens = vec![
            ("tcp-server", server_screen.clone()),
            ("tcp-client, first connection", client.screen.clone()),
        ];
        let mut observations = Vec::new();
        let answered = with_server(context, Program::TcpServer, &server_screen, || {
            let answered = client.run(context)?;
            let after_first = in_time_wait(context, port);
            connected(context, port)?.close();
            context.wait(SETTLING_TIME)?;
            let after_second = in_time_wait(context, port);
            let new = after_second.iter().filter(|ends| !after_first.contains(ends));
            observations.extend(after_first.iter().map(|ends| describe("first", *ends, port)));
            observations.extend(new.map(|ends| describe("second", *ends, port)));
            Ok(answered)
        })?;
        let (welcoming_socket, sentences) = restart(context, port)?;
        observations.extend(sentences);
        half_close(context, &welcoming_socket, port)?;
        Ok(RunOutput {
            screens,
            observations,
            answered,
        })
    }
}

/// The server's port again, on which connections are in TIME-WAIT: without `SO_REUSEADDR`, then with it.
fn restart(context: &LabContext, port: u16) -> Result<(Socket, Vec<String>), Failure> {
    let address = SocketAddr::new(context.address().ip(), port);
    let open = || context.tcp_socket(Party::Server, Role::WelcomingSocket);
    let mut sentences = Vec::new();
    let plain = open()?;
    match plain.bind(address) {
        Err(Error::Stopped) => return Err(Failure::Interrupted),
        Err(Error::Call(_)) => sentences.push(format!(
            "A second server's bind() to port {port} failed without SO_REUSEADDR: a connection in TIME-WAIT still has it."
        )),
        Err(trouble) => return Err(trouble.into()),
        Ok(()) => sentences.push(format!("A second server's bind() to port {port} succeeded without SO_REUSEADDR.")),
    }
    plain.close();
    let welcoming_socket = open()?;
    welcoming_socket.reuse_address()?;
    welcoming_socket.bind(address)?;
    welcoming_socket.listen(1)?;
    sentences.push(format!(
        "With SO_REUSEADDR bind() to port {port} succeeded, so the third connection has the same port."
    ));
    Ok((welcoming_socket, sentences))
}

/// Both ends by hand, one after the other: nothing here has to wait for the other end.
fn half_close(context: &LabContext, welcoming_socket: &Socket, port: u16) -> Result<(), Failure> {
    let mut room = [0; 1024];
    let client_socket = connected(context, port)?;
    client_socket.send_all(b"that was everything", Some(TIMEOUT))?;
    client_socket.shutdown_sending()?;
    let (connection_socket, _) = welcoming_socket.accept()?;
    let mut text = Vec::new();
    loop {
        match connection_socket.recv(&mut room, Some(TIMEOUT))? {
            [] => break,
            some => text.extend_from_slice(some),
        }
    }
    connection_socket.send_all(&uppercase::datagram(&text), Some(TIMEOUT))?;
    connection_socket.close();
    while !client_socket.recv(&mut room, Some(TIMEOUT))?.is_empty() {}
    client_socket.close();
    Ok(())
}

/// The own end and the other one of a connection, in that order.
type ConnectionEnds = (SocketAddr, SocketAddr);

/// What the kernel's own table has about this port in TIME-WAIT; of two hosts, what both have. proc(5), `/proc/net/tcp`
fn in_time_wait(context: &LabContext, port: u16) -> Vec<ConnectionEnds> {
    let read = || {
        let table = fs::read_to_string("/proc/thread-self/net/tcp").or_else(|_| fs::read_to_string("/proc/net/tcp"));
        table.unwrap_or_default()
    };
    let table = match context.hosts() {
        None => read(),
        Some(hosts) => hosts.iter().filter_map(|host| host.run(read).ok()).collect(),
    };
    let all = table.lines().filter_map(time_wait);
    all.filter(|(local, remote)| [local.port(), remote.port()].contains(&port))
        .collect()
}

fn describe(which: &str, (local, remote): ConnectionEnds, port: u16) -> String {
    let whose = if local.port() == port { "server" } else { "client" };
    format!("After the {which} connection /proc/net/tcp has {local} to {remote} in TIME-WAIT: the {whose}'s end.")
}

/// The ends of a line of that table, if it is in TIME-WAIT, which has the number 6 (`linux/tcp_states.h`).
fn time_wait(line: &str) -> Option<ConnectionEnds> {
    let mut words = line.split_whitespace().skip(1);
    let (local, remote, state) = (words.next()?, words.next()?, words.next()?);
    (state == "06").then_some(())?;
    Some((address(local)?, address(remote)?))
}

/// `0100007F:1F90`: the address as the machine stores a number, the port in network order.
fn address(word: &str) -> Option<SocketAddr> {
    let (ip, port) = word.split_once(':')?;
    let ip = u32::from_str_radix(ip, 16).ok()?;
    let port = u16::from_str_radix(port, 16).ok()?;
    Some(SocketAddr::from((Ipv4Addr::from(ip.to_ne_bytes()), port)))
}

#[cfg(test)]
mod tests {
    use super::time_wait;

    #[test]
    #[cfg(target_endian = "little")]
    fn the_kernels_table_is_read_as_proc_describes_it() {
        let line =
            "   1: 0100007F:B8C3 0100007F:D2FE 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000";
        let (local, remote) = time_wait(line).unwrap();
        assert_eq!(
            (local.to_string().as_str(), remote.to_string().as_str()),
            ("127.0.0.1:47299", "127.0.0.1:54014")
        );
        assert_eq!(time_wait(&line.replace(" 06 ", " 01 ")), None);
        assert_eq!(time_wait("  sl  local_address rem_address   st"), None);
    }
}
