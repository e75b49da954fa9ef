//! What the programs of a run share: where servers are bound, who collects their calls, and how they are told to quit.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::failure::Failure;
use super::network::Network;
use super::observer::Observer;
use super::own_segments::OwnSegments;
use super::threads::spawn;
use crate::app::socket::{Family, Socket, SocketType};
use crate::calls::{Program, Role};
use crate::flow::Party;
use crate::hosts::addresses::IpVersion;
use crate::hosts::host_thread::HostThread;
use crate::os::cancel::CancelToken;
use crate::os::poll::{self, Interest, WaitOutcome};

/// The address of every server here: the IPv4 one of loopback, so that it cannot be reached from outside.
pub const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The port of a server that has the network for itself. It is below those that systems pick for clients, so that the number
/// shows who chose it, and above 12000 to 12004, which Wireshark takes for another protocol over UDP.
pub const PORT: u16 = 13_000;

/// How long a client of a run waits. Longer than any answer takes here.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// The longest that a run with two hosts may take: a wire can lose so much that an exchange takes minutes.
const LONGEST: Duration = Duration::from_secs(60);

/// How long connections may take to come to rest after the programs have ended.
pub const COMING_TO_REST: Duration = Duration::from_secs(10);

/// The programs of all runs, and how they are told to quit.
pub struct LabContext {
    /// Set by Ctrl+C.
    interrupt: CancelToken,
    /// Set when there is no more to watch.
    over: CancelToken,
    programs: Mutex<Vec<CancelToken>>,
    observer: Observer,
    /// Where servers are bound.
    address: SocketAddr,
    /// The version of IP of the hosts.
    version: IpVersion,
    /// The hosts in which programs are started, the client's first; without them that of this process.
    hosts: Option<[HostThread; 2]>,
    /// How long clients wait.
    timeout: Duration,
    /// When the run has taken too long.
    deadline: Option<Instant>,
    /// A raw socket at the client's host, for a run that makes segments itself.
    own_segments: Mutex<Option<OwnSegments>>,
}

impl LabContext {
    /// An empty one.
    ///
    /// # Errors
    /// The process may open no more files; no port is free.
    pub fn new(interrupt: &CancelToken, observer: Observer, network: &Network) -> Result<Self, Failure> {
        Ok(Self {
            interrupt: interrupt.clone(),
            over: token()?,
            programs: Mutex::default(),
            observer,
            address: match network {
                Network::TwoHosts(_) | Network::Private(_) => SocketAddr::new(LOCALHOST, PORT),
                // Another program may have that one.
                Network::Shared(_) => SocketAddr::new(LOCALHOST, free_port(PORT)?),
            },
            version: IpVersion::V4,
            hosts: None,
            timeout: TIMEOUT,
            deadline: None,
            own_segments: Mutex::default(),
        })
    }

    /// One whose servers are in one host, and whose clients in another.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of_hosts(
        interrupt: &CancelToken,
        observer: Observer,
        (version, hosts): (IpVersion, [HostThread; 2]),
        timeout: Duration,
    ) -> Result<Self, Failure> {
        let address = SocketAddr::new(version.address(Party::Server), PORT);
        Ok(Self {
            address,
            version,
            hosts: Some(hosts),
            timeout,
            deadline: Instant::now().checked_add(LONGEST),
            ..Self::new(interrupt, observer, &Network::TwoHosts(None))?
        })
    }

    /// The same with a raw socket that is open at the client's host.
    #[must_use]
    pub fn with_own_segments(self, opened: Option<OwnSegments>) -> Self {
        Self {
            own_segments: Mutex::new(opened),
            ..self
        }
    }

    /// That socket, once.
    pub fn take_own_segments(&self) -> Option<OwnSegments> {
        let mut opened = self.own_segments.lock().unwrap_or_else(PoisonError::into_inner);
        opened.take()
    }

    /// Starts a program: a server in the server's host, a client in the client's.
    ///
    /// # Errors
    /// Those of [`Command::spawn`].
    pub fn spawn(&self, program: Program, mut command: Command) -> io::Result<Child> {
        match &self.hosts {
            None => command.spawn(),
            Some([client, server]) => {
                let host = match program {
                    Program::UdpServer | Program::TcpServer => server,
                    Program::UdpClient | Program::TcpClient => client,
                };
                host.spawn(command)
            }
        }
    }

    /// A TCP socket in one of two hosts, for a step that a run takes itself. Its calls count as those of the program there.
    ///
    /// # Errors
    /// The process may open no more files.
    pub fn tcp_socket(&self, party: Party, role: Role) -> Result<Socket, Failure> {
        let cancel = self.cancel_token()?;
        let program = match party {
            Party::Client => Program::TcpClient,
            Party::Server => Program::TcpServer,
        };
        let family = Family::of(self.address);
        let open = move || Socket::open(program, role, family, SocketType::Stream, &cancel);
        let Some([client, server]) = &self.hosts else {
            return Ok(open()?);
        };
        let host = match party {
            Party::Client => client,
            Party::Server => server,
        };
        let opened = host.run(open);
        Ok(opened.map_err(|error| Failure::of("opening a socket in a host", error, "run it again"))??)
    }

    /// The hosts, the client's first, where there are two.
    pub const fn hosts(&self) -> Option<&[HostThread; 2]> {
        self.hosts.as_ref()
    }

    /// How long a client waits for its connection, and for an answer.
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Where servers are bound.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a host, where there are two; else that of both.
    pub fn host(&self, party: Party) -> IpAddr {
        self.hosts.as_ref().map_or(LOCALHOST, |_| self.version.address(party))
    }

    /// The longest TCP payload of an Ethernet, in bytes.
    pub const fn segment(&self) -> usize {
        self.version.segment()
    }

    /// The port of every server.
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// The token that makes one program quit. Ctrl+C sets it too.
    ///
    /// # Errors
    /// The process may open no more files.
    pub fn cancel_token(&self) -> Result<CancelToken, Failure> {
        let cancel = token()?;
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        programs.push(cancel.clone());
        // The watching thread may have told all others already.
        if self.interrupt.requested() {
            cancel.request();
        }
        Ok(cancel)
    }

    /// Who collects calls and errors.
    #[must_use]
    pub const fn observer(&self) -> &Observer {
        &self.observer
    }

    /// Was Ctrl+C pressed?
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupt.requested()
    }

    /// Goes on, unless Ctrl+C was pressed or the run has taken too long.
    ///
    /// # Errors
    /// One of the two.
    pub fn may_go_on(&self) -> Result<(), Failure> {
        if self.interrupted() {
            return Err(Failure::Interrupted);
        }
        if self.deadline.is_some_and(|deadline| Instant::now() > deadline) {
            return Err(Failure::Line(format!(
                "the run has taken {} seconds and was ended: the wire loses or delays too much; choose milder rules",
                LONGEST.as_secs()
            )));
        }
        Ok(())
    }

    /// Waits so long, or until Ctrl+C.
    ///
    /// # Errors
    /// [`Failure::Interrupted`].
    pub fn wait(&self, time: Duration) -> Result<(), Failure> {
        let waited = poll::wait(&descriptor(&self.over), Interest::Readable, &self.interrupt, Some(time));
        match waited {
            Ok(WaitOutcome::Stopped) => Err(Failure::Interrupted),
            _ => Ok(()),
        }
    }

    /// Waits until no connection of either host has anything to send or to wait for; `false` where that takes too long. On one
    /// loopback there is nothing to wait for: what is sent has arrived.
    ///
    /// # Errors
    /// [`Failure::Interrupted`].
    pub fn come_to_rest(&self) -> Result<bool, Failure> {
        /// Between two looks. The kernel goes through all of its table of sockets for each.
        const LOOK: Duration = Duration::from_millis(20);
        let since = Instant::now();
        let is_open = |host: &HostThread| host.has_open_connections().unwrap_or(false);
        while self.hosts.as_ref().is_some_and(|hosts| hosts.iter().any(is_open)) {
            if since.elapsed() > COMING_TO_REST {
                return Ok(false);
            }
            self.wait(LOOK)?;
        }
        Ok(true)
    }

    /// Does `work` while a thread makes every program quit if Ctrl+C is pressed.
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
        let woken = poll::wait(&descriptor(&self.over), Interest::Readable, &self.interrupt, None);
        if matches!(woken, Ok(WaitOutcome::Stopped)) {
            let programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
            programs.iter().for_each(CancelToken::request);
        }
    }
}

/// A port without a listener, the first one from this one on.
///
/// # Errors
/// A thousand ports in a row are taken.
pub fn free_port(first: u16) -> Result<u16, Failure> {
    let is_free = |port: &u16| {
        let address = (LOCALHOST, *port);
        TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok()
    };
    let last = first.saturating_add(999);
    let taken = || {
        Failure::Line(format!(
            "every port from {first} to {last} is taken; end some of those programs"
        ))
    };
    (first..=last).find(is_free).ok_or_else(taken)
}

fn token() -> Result<CancelToken, Failure> {
    CancelToken::new().map_err(|error| Failure::of("making a pipe", error, "allow more with 'ulimit -n'"))
}

fn descriptor(cancel: &CancelToken) -> std::os::fd::BorrowedFd<'_> {
    use crate::os::poll::Cancellation as _;
    cancel.descriptor()
}
