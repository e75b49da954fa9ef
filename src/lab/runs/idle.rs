//! A silent client, and another one beside it.

use super::scene::{MOMENT, Played, Scene, connected};
use crate::app::transcript::Transcript;
use crate::calls::{Name, Program, Role};
use crate::explain::duration;
use crate::lab::evidence::Evidence;
use crate::lab::failure::Failure;
use crate::lab::screen::Screen;
use crate::lab::stage::{ClientSide, LOCALHOST, ServerSide, Stage};

pub(super) const BEFORE: &[&str] = &[
    "A first client connects and types nothing. A second one connects, sends a line and is answered, while the first is still \
     there. Watch: the server has one welcoming socket and two connection sockets. The classic server has one thread: it would \
     wait in recv() for the first client, and the second would wait with it.",
];

/// A server that nobody has connected to yet.
pub struct Idle {
    server: ServerSide,
}

impl Idle {
    /// Starts it.
    ///
    /// # Errors
    /// The server cannot start.
    pub fn new(stage: &Stage) -> Result<Self, Failure> {
        Ok(Self {
            server: ServerSide::tcp(stage)?,
        })
    }
}

impl Scene for Idle {
    fn ports(&self) -> Vec<u16> {
        vec![self.server.port]
    }

    fn play(self: Box<Self>, stage: &Stage) -> Result<Played, Failure> {
        let server = self.server;
        let port = server.port;
        let silent_screen = Screen::default();
        let lines = ["the other one is served".to_owned()];
        let second = ClientSide {
            program: Program::TcpClient,
            name: "second client",
            port,
            lines: &lines,
            screen: Screen::default(),
        };
        let screens = vec![
            ("tcp-server", server.screen.clone()),
            ("tcp-client, the silent one", silent_screen.clone()),
            ("tcp-client, the second one", second.screen.clone()),
        ];
        let answered = server.serve_while(stage, || {
            let transcript = Transcript::new(silent_screen);
            transcript.client_ready(Program::TcpClient, &LOCALHOST.to_string(), port)?;
            let silent = connected(stage, port)?;
            transcript.prompt()?;
            stage.wait(MOMENT)?;
            let answered = second.run(stage)?;
            stage.wait(MOMENT)?;
            // Ctrl+Z.
            silent.close();
            transcript.finish(true)?;
            stage.wait(MOMENT)?;
            Ok(answered)
        })?;
        Ok(Played {
            screens,
            observations: Vec::new(),
            answered,
        })
    }
}

pub(super) fn after(evidence: &Evidence) -> Vec<String> {
    let welcoming = evidence.sockets(Role::WelcomingSocket);
    let connection = evidence.sockets(Role::ConnectionSocket);
    let mut said = vec![format!(
        "Seen: the server had {welcoming} welcoming socket and {connection} connection sockets, all with the same address and \
         port. The kernel tells the connections apart by the client's port: {}.",
        evidence
            .conversations
            .iter()
            .map(|one| one.client.port().to_string())
            .collect::<Vec<_>>()
            .join(" and ")
    )];
    let spans: Vec<_> = evidence
        .conversations
        .iter()
        .filter_map(|one| Some((one.number, one.first?, one.last?)))
        .collect();
    match spans.as_slice() {
        [(first, first_began, first_ended), (second, second_began, second_ended)]
            if first_began <= second_began && second_ended <= first_ended =>
        {
            said.push(format!(
                "Conversation {second} began and ended while conversation {first} stood."
            ));
        }
        _ => {}
    }
    let waited = evidence
        .calls_of(Role::ConnectionSocket, Name::Recv)
        .filter(|call| call.bytes == Some(0))
        .max_by_key(|call| call.duration_ns);
    if let Some(call) = waited {
        let time = duration(i64::try_from(call.duration_ns).unwrap_or(i64::MAX));
        said.push(format!(
            "The server's thread for the silent client waited in recv() for {time}, until the client's FIN made it return 0."
        ));
    }
    said
}
