//! The server and the client of a run: the real ones, each in a thread of its own.

use std::net::SocketAddr;
use std::time::Duration;

use super::context::{LOCALHOST, LabContext};
use super::failure::Failure;
use super::observer::Observer;
use super::screen::Screen;
use super::scripted_input::ScriptedInput;
use super::threads::{joined, spawn};
use crate::app::client::{ReplyTally, Server};
use crate::app::error::Error;
use crate::app::socket::Socket;
use crate::app::tcp_server::Limits;
use crate::app::transcript::Transcript;
use crate::app::{listening, tcp_client, tcp_server, udp_client, udp_server};
use crate::calls::Program;
use crate::os::cancel::CancelToken;
use crate::os::keyboard::Keyboard;

/// How long a client waits, as by itself.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What a TCP server allows, as by itself.
const LIMITS: Limits = Limits {
    max_connections: 1024,
    idle_timeout: Duration::from_secs(10 * 60),
};

/// How long a server is there before the first client comes: time for its thread to wait in `accept()` or `recvfrom()`.
const HEADSTART: Duration = Duration::from_millis(5);

/// A server that listens and serves no client yet.
pub struct ServerSide {
    program: Program,
    socket: Socket,
    transcript: Transcript,
    cancel: CancelToken,
    /// The port that it got.
    pub port: u16,
    /// What it shows.
    pub screen: Screen,
}

impl ServerSide {
    /// Starts a server, up to its third line.
    ///
    /// # Errors
    /// As [`udp_server::bind`] and [`tcp_server::bind`].
    pub fn start(program: Program, context: &LabContext) -> Result<Self, Failure> {
        let cancel = context.cancel_token()?;
        let address = context.address();
        let socket = match program {
            Program::UdpServer => udp_server::bind(Some(address), address.port(), &cancel)?,
            _ => tcp_server::bind(Some(address), address.port(), &cancel)?,
        };
        let screen = Screen::default();
        let transcript = Transcript::new(screen.clone());
        let bound = Some(SocketAddr::new(LOCALHOST, 0));
        let port = listening::announce(program, &socket, &transcript, bound, &cancel)?;
        Ok(Self {
            program,
            socket,
            transcript,
            cancel,
            port,
            screen,
        })
    }

    /// Serves while `meanwhile` goes on, and quits when that is done.
    ///
    /// # Errors
    /// Those of `meanwhile`; the server cannot go on.
    pub fn serve_while<T>(
        self,
        context: &LabContext,
        meanwhile: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        context.observer().watch(Observer::SERVER, &self.screen);
        let cancel = self.cancel.clone();
        std::thread::scope(|scope| {
            let server = spawn(scope, Observer::SERVER, move || self.serve())?;
            // A user starts the client when the server says that it listens.
            let done = context.wait(HEADSTART).and_then(|()| meanwhile());
            cancel.request();
            match joined(server)? {
                Err(Error::Stopped) | Ok(()) => done,
                Err(trouble) => Err(trouble.into()),
            }
        })
    }

    fn serve(self) -> Result<(), Error> {
        match self.program {
            Program::UdpServer => udp_server::run(&self.socket, self.port, &self.transcript),
            _ => tcp_server::run(&self.socket, &self.transcript, LIMITS, &self.cancel),
        }
    }
}

/// A client of a server on this machine, and the user who types at it.
pub struct ClientSide<'a> {
    /// Which one of the two.
    pub program: Program,
    /// The name of its thread.
    pub name: &'a str,
    /// The server's port.
    pub port: u16,
    /// What is typed.
    pub lines: &'a [String],
    /// What it shows.
    pub screen: Screen,
}

impl ClientSide<'_> {
    /// Runs it until its last line is answered, which is when the user has seen enough and quits. `true`: every line was
    /// answered.
    ///
    /// # Errors
    /// Ctrl+C, or a step that is not the client's own. What the client itself reports is on its screen.
    pub fn run(&self, context: &LabContext) -> Result<bool, Failure> {
        let cancel = context.cancel_token()?;
        context.observer().watch(self.name, &self.screen);
        std::thread::scope(|scope| {
            let client = spawn(scope, self.name, || self.run_client(&cancel))?;
            match joined(client)? {
                Ok(tally) => Ok(tally.missing == 0),
                Err(Error::Stopped) => Err(Failure::Interrupted),
                Err(trouble) => {
                    self.screen.line(&format!("error: {trouble}"));
                    Ok(false)
                }
            }
        })
    }

    fn run_client(&self, cancel: &CancelToken) -> Result<ReplyTally, Error> {
        let transcript = Transcript::new(self.screen.clone());
        let scripted_input = ScriptedInput::new(self.lines, &self.screen).map_err(Error::Input)?;
        let mut keyboard = Keyboard::new(scripted_input, true);
        let mut server = Server {
            host: LOCALHOST.to_string(),
            port: self.port,
            addresses: vec![SocketAddr::new(LOCALHOST, self.port)],
            timeout: TIMEOUT,
        };
        let mut tally = ReplyTally::default();
        transcript.client_ready(self.program, &server.host, server.port)?;
        for _ in self.lines {
            match self.program {
                Program::UdpClient => {
                    udp_client::one_line(&mut server, &mut keyboard, &transcript, cancel, &mut tally)?;
                }
                _ => {
                    tcp_client::one_line(&mut server, &mut keyboard, &transcript, cancel, &mut tally)?;
                }
            }
        }
        Ok(tally)
    }
}
