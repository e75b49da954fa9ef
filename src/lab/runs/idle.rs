//! A silent client, and another one beside it.

use super::by_hand::SETTLING_TIME;
use crate::calls::{CallName, Program, Role};
use crate::explain::duration;
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::notice;
use crate::lab::programs::{ClientSide, with_server};
use crate::lab::result::RunResult;
use crate::lab::run::{PreparedRun, Run, RunOutput};
use crate::lab::screen::Screen;

const WATCH: &[&str] = &[
    "A first client connects and types nothing. A second one connects, sends a line and is answered, while the first is still \
     there. Watch: the server has one welcoming socket and two connection sockets. The classic server has one thread: it would \
     wait in recv() for the first client, and the second would wait with it.",
];

/// The run.
pub static RUN: Run = Run {
    word: "idle",
    about: "A client that connects and is silent, another that is served beside it",
    question: "what if a client says nothing?",
    title: "A silent client, and another one beside it",
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
    let welcoming = result.sockets(Role::WelcomingSocket);
    let connection = result.sockets(Role::ConnectionSocket);
    let mut sentences = vec![format!(
        "Seen: the server had {welcoming} welcoming socket and {connection} connection sockets, all with the same address and \
         port. The kernel distinguishes the connections by the client's port: {}.",
        result
            .conversations
            .iter()
            .map(|one| one.client.port().to_string())
            .collect::<Vec<_>>()
            .join(" and ")
    )];
    let spans: Vec<_> = result
        .conversations
        .iter()
        .filter_map(|one| Some((one.number, one.first?, one.last?)))
        .collect();
    match spans.as_slice() {
        [(first, first_began, first_ended), (second, second_began, second_ended)]
            if first_began <= second_began && second_ended <= first_ended =>
        {
            sentences.push(format!(
                "Conversation {second} began and ended while conversation {first} was open."
            ));
        }
        _ => {}
    }
    let waited = result
        .calls_of(Role::ConnectionSocket, CallName::Recv)
        .filter(|call| call.bytes == Some(0))
        .max_by_key(|call| call.duration_ns);
    if let Some(call) = waited {
        let time = duration(i64::try_from(call.duration_ns).unwrap_or(i64::MAX));
        sentences.push(format!(
            "The server's thread for the silent client waited in recv() for {time}, until the client's FIN made it return 0."
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
        let lines = ["the other one is served".to_owned()];
        let [silent, second] = [(); 2].map(|()| ClientSide {
            program: Program::TcpClient,
            port,
            lines: &lines,
            screen: Screen::default(),
        });
        let screens = vec![
            ("tcp-server", server_screen.clone()),
            ("tcp-client, the silent one", silent.screen.clone()),
            ("tcp-client, the second one", second.screen.clone()),
        ];
        let answered = with_server(context, Program::TcpServer, &server_screen, || {
            let answered = silent.wait_while(context, || {
                context.wait(SETTLING_TIME)?;
                let answered = second.run(context)?;
                context.wait(SETTLING_TIME)?;
                Ok(answered)
            })?;
            context.wait(SETTLING_TIME)?;
            Ok(answered)
        })?;
        Ok(RunOutput {
            screens,
            observations: Vec::new(),
            answered,
        })
    }
}
