//! A line and its answer, which several runs have in common: over UDP, over TCP, over both.

use crate::calls::Program;
use crate::flow::conversation::{Connection, Conversation, Transport};
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::programs::{ClientSide, with_server};
use crate::lab::result::RunResult;
use crate::lab::run::{PreparedRun, RunOutput};
use crate::lab::screen::Screen;

/// A server of each kind asked for, and a client that types the lines.
pub struct PreparedExchange {
    clients: &'static [Program],
    lines: Vec<String>,
    port: u16,
}

impl PreparedExchange {
    /// With these clients, one after the other.
    #[must_use]
    pub const fn of(clients: &'static [Program], context: &LabContext, lines: Vec<String>) -> Self {
        let port = context.port();
        Self { clients, lines, port }
    }
}

impl PreparedRun for PreparedExchange {
    fn ports(&self) -> Vec<u16> {
        vec![self.port]
    }

    fn perform(self: Box<Self>, context: &LabContext) -> Result<RunOutput, Failure> {
        let mut output = RunOutput {
            screens: Vec::new(),
            observations: Vec::new(),
            answered: true,
        };
        for &program in self.clients {
            let client = ClientSide {
                program,
                port: self.port,
                lines: &self.lines,
                screen: Screen::default(),
            };
            let (server, screen) = (program.counterpart(), Screen::default());
            output.screens.push((server.word(), screen.clone()));
            output.screens.push((program.word(), client.screen.clone()));
            // Before the server is told to quit: what is on its way should find it.
            output.answered &= with_server(context, server, &screen, || {
                let answered = client.run(context)?;
                context.come_to_rest()?;
                Ok(answered)
            })?;
        }
        Ok(output)
    }
}

/// The TCP connections of a run.
pub fn connections(result: &RunResult) -> impl Iterator<Item = (&Conversation, &Connection)> {
    result.conversations.iter().filter_map(|one| match &one.transport {
        Transport::Tcp(connection) => Some((one, connection)),
        Transport::Udp(_) => None,
    })
}

/// The first few of a list, and how many more there are.
#[must_use]
pub fn listed(items: &[String], none: &str) -> String {
    /// More are a list to count, not to read.
    const MOST: usize = 4;
    if items.is_empty() {
        return none.to_owned();
    }
    let mut sentences = items.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if items.len() > MOST {
        let more = items.len() - MOST;
        sentences = format!("{sentences}, and {more} more");
    }
    sentences
}
