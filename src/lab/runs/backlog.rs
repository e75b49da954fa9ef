//! Connections that are complete before the program calls `accept()`, and a queue that is full.

use std::time::Duration;

use super::by_hand::TIMEOUT;
use super::exchange::connections;
use crate::app::socket::Socket;
use crate::app::transcript::Transcript;
use crate::app::uppercase;
use crate::calls::{CallName, Program, Role};
use crate::explain::duration;
use crate::flow::Party;
use crate::flow::segment::SegmentPart;
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::notice;
use crate::lab::programs::ClientSide;
use crate::lab::result::RunResult;
use crate::lab::run::{PreparedRun, Run, RunOutput};
use crate::lab::screen::Screen;
use crate::lab::threads::{joined, spawn};

const WATCH: &[&str] = &[
    "A server calls listen(1), and then it does something else for a while. Three clients connect, one after the other. Watch: \
     connect() of the first two returns, and their lines are even acknowledged, although the server has not called accept(): \
     the kernel does the handshake, and queues the connection. Then the queue is full (Linux keeps one more than the backlog says), \
     and the third client's SYN is not answered. It is sent again a second later, when accept() has made room.",
];

/// The run.
pub static RUN: Run = Run {
    word: "backlog",
    about: "Connections that are complete before the server accepts them, and a full queue",
    question: "what if the server is busy?",
    title: "Connections before accept()",
    protocols: "tcp",
    takes_lines: false,
    own_segments: false,
    before: |_| WATCH,
    change: |_| Ok(()),
    prepare: |context, _| Ok(Box::new(Prepared::new(context)?)),
    after,
    notices: |result| notice::each(after(result)),
    matters: |_| false,
};

fn after(result: &RunResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let first_accept = result
        .calls_of(Role::WelcomingSocket, CallName::Accept)
        .map(|call| call.entered)
        .min();
    let connects = result.calls_of(Role::ClientSocket, CallName::Connect);
    let before = connects.filter(|call| call.result == 0 && first_accept.is_some_and(|accept| call.returned < accept));
    sentences.push(format!(
        "Seen: {} of {} connect() calls returned before accept() was called for the first time.",
        before.count(),
        result.calls_of(Role::ClientSocket, CallName::Connect).count()
    ));
    for (conversation, _) in connections(result) {
        let syns: Vec<u64> = result
            .packets_in_conversation(conversation.number)
            .filter(|(_, in_flow)| {
                in_flow
                    .segment()
                    .is_some_and(|segment| segment.part == SegmentPart::Syn)
            })
            .map(|(number, _)| number)
            .collect();
        let waited = result
            .calls_of(Role::ClientSocket, CallName::Connect)
            .find(|call| call.local == Some(conversation.client))
            .map(|call| duration(i64::try_from(call.duration_ns).unwrap_or(i64::MAX)));
        if let ([first, .., last], Some(waited)) = (syns.as_slice(), waited) {
            sentences.push(format!(
                "Conversation {}: the SYN of packet {first} got no answer, packet {last} is the same SYN again. connect() took \
                 {waited}.",
                conversation.number
            ));
        }
    }
    sentences
}

/// Between one client and the next.
const APART: Duration = Duration::from_millis(60);

/// How long the server does something else.
const ELSEWHERE: Duration = Duration::from_millis(200);

/// A welcoming socket whose program does not call `accept()`.
struct Prepared {
    welcoming_socket: Socket,
    port: u16,
}

impl Prepared {
    /// Makes it.
    ///
    /// # Errors
    /// Those of the socket calls.
    fn new(context: &LabContext) -> Result<Self, Failure> {
        let welcoming_socket = context.tcp_socket(Party::Server, Role::WelcomingSocket)?;
        welcoming_socket.bind(context.address())?;
        welcoming_socket.listen(1)?;
        let port = welcoming_socket.local_address()?.port();
        Ok(Self { welcoming_socket, port })
    }

    /// Takes a connection out of the queue and serves it; `false` when there is none in time.
    fn serve_one(&self, transcript: &Transcript) -> Result<bool, Failure> {
        let mut room = [0; 1024];
        if !self.welcoming_socket.wait_readable(TIMEOUT)? {
            return Ok(false);
        }
        let (connection_socket, client) = self.welcoming_socket.accept()?;
        let sentence = connection_socket.recv(&mut room, Some(TIMEOUT))?;
        transcript.received_from(client, sentence.trim_ascii_end())?;
        connection_socket.send_all(&uppercase::datagram(sentence), Some(TIMEOUT))?;
        connection_socket.close();
        Ok(true)
    }
}

impl PreparedRun for Prepared {
    fn ports(&self) -> Vec<u16> {
        vec![self.port]
    }

    fn perform(self: Box<Self>, context: &LabContext) -> Result<RunOutput, Failure> {
        let server_screen = Screen::default();
        let transcript = Transcript::new(server_screen.clone());
        let lines = ["first", "second", "third"].map(|word| [word.to_owned()]);
        let client = |lines| ClientSide {
            program: Program::TcpClient,
            port: self.port,
            lines,
            screen: Screen::default(),
        };
        let clients = lines.each_ref().map(|lines| client(lines));
        let mut screens = vec![("tcp-server", server_screen)];
        let titles = ["tcp-client 1", "tcp-client 2", "tcp-client 3"];
        screens.extend(
            titles
                .into_iter()
                .zip(clients.iter().map(|client| client.screen.clone())),
        );
        let answered = std::thread::scope(|scope| {
            let mut running = Vec::new();
            for client in &clients {
                running.push(spawn(scope, "person", || client.run(context))?);
                context.wait(APART)?;
            }
            context.wait(ELSEWHERE)?;
            for _ in &clients {
                if !self.serve_one(&transcript)? {
                    break;
                }
            }
            let mut answered = true;
            for one in running {
                answered &= joined(one)??;
            }
            Ok::<_, Failure>(answered)
        })?;
        Ok(RunOutput {
            screens,
            observations: Vec::new(),
            answered,
        })
    }
}
