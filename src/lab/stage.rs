//! Servers and clients of a run: the real ones, each in a thread of its own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};
use std::time::Duration;

use super::failure::Failure;
use super::network::Network;
use super::observer::Observer;
use super::screen::Screen;
use super::typist::Typist;
use crate::app::client::{Answers, Server};
use crate::app::socket::Socket;
use crate::app::tcp_server::Limits;
use crate::app::transcript::Transcript;
use crate::app::trouble::Trouble;
use crate::app::{listening, tcp_client, tcp_server, udp_client, udp_server};
use crate::calls::Program;
use crate::os::keyboard::Keyboard;
use crate::os::poll::{self, Interest, Woken};
use crate::os::stop::Stop;

/// The address of every server here: the IPv4 one of loopback, so that nobody outside can reach it.
pub const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The port of a server that has the network for itself. It is below those that systems pick for clients, so that the number
/// tells who chose it, and above 12000 to 12004, which Wireshark takes for another protocol over UDP.
pub const PORT: u16 = 13_000;

/// How long a client waits, as by itself.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What a TCP server allows, as by itself.
const LIMITS: Limits = Limits {
    max_connections: 1024,
    idle_timeout: Duration::from_secs(10 * 60),
};

/// How long a server is there before the first client comes: time for its thread to wait in `accept()` or `recvfrom()`.
const HEADSTART: Duration = Duration::from_millis(5);

/// The programs of all runs, and how they are told to quit.
pub struct Stage {
    /// Set by Ctrl+C.
    person: Stop,
    /// Set when there is no more to watch.
    over: Stop,
    programs: Mutex<Vec<Stop>>,
    observer: Observer,
    /// Where servers are bound.
    address: SocketAddr,
}

impl Stage {
    /// An empty one.
    ///
    /// # Errors
    /// The process may open no more files.
    pub fn new(person: &Stop, observer: Observer, network: &Network) -> Result<Self, Failure> {
        Ok(Self {
            person: person.clone(),
            over: mark()?,
            programs: Mutex::default(),
            observer,
            address: match network {
                Network::Private => SocketAddr::new(LOCALHOST, PORT),
                // Others may have it.
                Network::Shared(_) => SocketAddr::new(LOCALHOST, 0),
            },
        })
    }

    /// Where servers are bound.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The mark that tells one program to quit. Ctrl+C sets it too.
    ///
    /// # Errors
    /// The process may open no more files.
    pub fn stop(&self) -> Result<Stop, Failure> {
        let stop = mark()?;
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        programs.push(stop.clone());
        // The watching thread may have told all others already.
        if self.person.requested() {
            stop.request();
        }
        Ok(stop)
    }

    /// Who collects calls and errors.
    #[must_use]
    pub const fn observer(&self) -> &Observer {
        &self.observer
    }

    /// Was Ctrl+C pressed?
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.person.requested()
    }

    /// Waits so long, or until Ctrl+C.
    ///
    /// # Errors
    /// [`Failure::Interrupted`].
    pub fn wait(&self, time: Duration) -> Result<(), Failure> {
        let waited = poll::wait(&descriptor(&self.over), Interest::Readable, &self.person, Some(time));
        match waited {
            Ok(Woken::Stopped) => Err(Failure::Interrupted),
            _ => Ok(()),
        }
    }

    /// Does `work` while a thread tells every program to quit should Ctrl+C be pressed.
    ///
    /// # Errors
    /// Those of `work`; the system gives no more threads.
    pub fn watched<T>(&self, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        std::thread::scope(|scope| {
            spawn(scope, "quit", || self.pass_on())?;
            let done = work();
            self.over.request();
            done
        })
    }

    fn pass_on(&self) {
        let woken = poll::wait(&descriptor(&self.over), Interest::Readable, &self.person, None);
        if matches!(woken, Ok(Woken::Stopped)) {
            let programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
            programs.iter().for_each(Stop::request);
        }
    }
}

fn mark() -> Result<Stop, Failure> {
    Stop::new().map_err(|error| Failure::of("making a pipe", error, "allow more with 'ulimit -n'"))
}

fn descriptor(stop: &Stop) -> std::os::fd::BorrowedFd<'_> {
    use crate::os::poll::Mark as _;
    stop.descriptor()
}

/// Starts a thread of this name.
///
/// # Errors
/// The system gives no more threads.
pub fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, Failure> {
    let started = Builder::new().name(name.into()).spawn_scoped(scope, work);
    started.map_err(|error| Failure::of("starting a thread", error, "allow more with 'ulimit -u'"))
}

/// Waits for a thread and returns what came of it.
///
/// # Errors
/// A mistake of this program's ended it.
pub fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> Result<T, Failure> {
    let ended = thread.join();
    ended.map_err(|_| Failure::Line("a thread ended by a mistake of this program's".into()))
}

/// A server that listens and serves nobody yet.
pub struct ServerSide {
    program: Program,
    socket: Socket,
    transcript: Transcript,
    stop: Stop,
    /// The port that it got.
    pub port: u16,
    /// What it shows.
    pub screen: Screen,
}

impl ServerSide {
    /// Starts a UDP server, up to its third line.
    ///
    /// # Errors
    /// As [`udp_server::bind`].
    pub fn udp(stage: &Stage) -> Result<Self, Failure> {
        let stop = stage.stop()?;
        let socket = udp_server::bind(Some(stage.address()), stage.address().port(), &stop)?;
        Self::announced(Program::UdpServer, socket, stop)
    }

    /// Starts a TCP server, up to its third line.
    ///
    /// # Errors
    /// As [`tcp_server::bind`].
    pub fn tcp(stage: &Stage) -> Result<Self, Failure> {
        let stop = stage.stop()?;
        let socket = tcp_server::bind(Some(stage.address()), stage.address().port(), &stop)?;
        Self::announced(Program::TcpServer, socket, stop)
    }

    fn announced(program: Program, socket: Socket, stop: Stop) -> Result<Self, Failure> {
        let screen = Screen::default();
        let transcript = Transcript::new(screen.clone());
        let bound = Some(SocketAddr::new(LOCALHOST, 0));
        let port = listening::announce(program, &socket, &transcript, bound, &stop)?;
        Ok(Self {
            program,
            socket,
            transcript,
            stop,
            port,
            screen,
        })
    }

    /// Serves while `meanwhile` goes on, and quits when that is done.
    ///
    /// # Errors
    /// Those of `meanwhile`; the server cannot go on.
    pub fn serve_while<T>(self, stage: &Stage, meanwhile: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        stage.observer().watch(Observer::SERVER, &self.screen);
        let stop = self.stop.clone();
        std::thread::scope(|scope| {
            let server = spawn(scope, Observer::SERVER, move || self.serve())?;
            // A person starts the client when the server says that it listens.
            let done = stage.wait(HEADSTART).and_then(|()| meanwhile());
            stop.request();
            match joined(server)? {
                Err(Trouble::Stopped) | Ok(()) => done,
                Err(trouble) => Err(trouble.into()),
            }
        })
    }

    fn serve(self) -> Result<(), Trouble> {
        match self.program.transport() {
            "UDP" => udp_server::run(&self.socket, self.port, &self.transcript),
            _ => tcp_server::run(&self.socket, &self.transcript, LIMITS, &self.stop),
        }
    }
}

/// A client of a server on this machine, and the person who types at it.
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
    /// Runs it until its last line is answered, which is when the person has seen enough and quits. `true`: every line was
    /// answered.
    ///
    /// # Errors
    /// Ctrl+C, or a step that is not the client's own. What the client itself reports is on its screen.
    pub fn run(&self, stage: &Stage) -> Result<bool, Failure> {
        let stop = stage.stop()?;
        stage.observer().watch(self.name, &self.screen);
        std::thread::scope(|scope| {
            let client = spawn(scope, self.name, || self.converse(&stop))?;
            match joined(client)? {
                Ok(answers) => Ok(answers.missing == 0),
                Err(Trouble::Stopped) => Err(Failure::Interrupted),
                Err(trouble) => {
                    self.screen.line(&format!("error: {trouble}"));
                    Ok(false)
                }
            }
        })
    }

    fn converse(&self, stop: &Stop) -> Result<Answers, Trouble> {
        let transcript = Transcript::new(self.screen.clone());
        let typist = Typist::new(self.lines, &self.screen).map_err(Trouble::Input)?;
        let mut keyboard = Keyboard::new(typist, true);
        let mut server = Server {
            host: LOCALHOST.to_string(),
            port: self.port,
            addresses: vec![SocketAddr::new(LOCALHOST, self.port)],
            timeout: TIMEOUT,
        };
        let mut answers = Answers::default();
        transcript.client_ready(self.program, &server.host, server.port)?;
        for _ in self.lines {
            match self.program {
                Program::UdpClient => {
                    udp_client::one_line(&mut server, &mut keyboard, &transcript, stop, &mut answers)?;
                }
                _ => {
                    tcp_client::one_line(&mut server, &mut keyboard, &transcript, stop, &mut answers)?;
                }
            }
        }
        Ok(answers)
    }
}
