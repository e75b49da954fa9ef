//! The TCP server: a welcoming socket, and one connection socket per client, each served by itself.
//!
//! Every thread does what the lecture's server does: `accept()` a connection, serve it, `close()` it, again. One of the idle
//! threads waits in `accept()`, at the door, the others behind it. Whoever has to wait for its client while another one
//! knocks hands the door on before, and sees to it that somebody is there to take it (`staff`). So a client that connects and
//! says nothing holds nobody up, and one that speaks at once is answered by the thread at the door: waking another one would
//! take longer. When all threads that there may be are busy, nobody is in `accept()`: new connections then wait in the kernel's
//! queue. Then the connection that has been silent longest is closed for them (`connections`).

mod connections;
mod conversation;
mod staff;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, Scope};
use std::time::{Duration, Instant};

use self::connections::{Connection, ConnectionTable, Eviction};
use self::staff::{Staff, Successor};
use super::listening;
use super::socket::{Kind, Socket};
use super::transcript::Transcript;
use super::trouble::Trouble;
use crate::calls::{Program, Role};
use crate::os::descriptors;
use crate::os::stop::Stop;

/// How many finished connections the kernel queues for `accept()`.
const BACKLOG: i32 = 1024;

/// Stack of a thread that serves a connection, in bytes: the room for one `recv()` and much to spare. Only what is used
/// takes memory.
const STACK: usize = 256 * 1024;

/// How long after a failed `accept()` it is tried again: descriptors come back when connections end.
const PAUSE: Duration = Duration::from_millis(50);

/// How long the thread at the door waits for the client that has just come, as long as no other one knocks.
const UNLESS_ONE_KNOCKS: Duration = Duration::from_millis(10);

/// How long a client may be silent while others wait and no thread is there for them.
const IDLE_WHEN_FULL: Duration = Duration::from_secs(1);

/// When no client has had to wait for this long, the next time is another one, and said again.
const EPISODE: Duration = Duration::from_secs(10);

/// How soon it is noticed that nobody waits any more.
const GLANCE: Duration = Duration::from_millis(100);

/// What the server allows.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once, at least 1.
    pub max_connections: usize,
    /// How long a client may be silent, or not take its answer, before its connection is closed. A second is enough while all
    /// connections are taken and other clients wait.
    pub idle_timeout: Duration,
}

/// Makes the welcoming socket, binds it and listens. Without an address it serves every address of the machine, IPv4 and
/// IPv6; port 0 lets the system pick one.
///
/// # Errors
/// The port is taken, needs privileges, or the address is no interface's.
pub fn bind(address: Option<SocketAddr>, port: u16, stop: &Stop) -> Result<Socket, Trouble> {
    let kind = Kind::Stream;
    let welcoming_socket = listening::bind(Program::TcpServer, Role::WelcomingSocket, kind, address, port, stop)?;
    welcoming_socket.listen(BACKLOG)?;
    Ok(welcoming_socket)
}

/// Allows the process as many open files as so many connections need, as far as the system's hard limit goes.
pub fn make_room_for(limits: Limits) {
    /// Standard streams, the welcoming socket, the call log and the like.
    const OTHERS: u64 = 32;
    let wanted = limits.max_connections as u64 + OTHERS;
    let allowed = descriptors::allow_open_files(wanted);
    if allowed < wanted {
        tracing::info!(
            "the system allows {allowed} open files: about {} connections at once",
            allowed.saturating_sub(OTHERS)
        );
    }
}

/// Serves until told to quit. Whatever a client does, the others are served.
///
/// # Errors
/// [`Trouble::Stopped`] when told to quit, [`Trouble::OutputClosed`] when nobody reads the transcript.
pub fn run(welcoming_socket: &Socket, transcript: &Transcript, limits: Limits, stop: &Stop) -> Result<(), Trouble> {
    let server = Server {
        welcoming_socket,
        transcript,
        limits,
        stop,
        staff: Staff::new(limits.max_connections),
        door: Mutex::new(Door::default()),
        table: ConnectionTable::default(),
        last_full: Mutex::new(None),
        ending: Mutex::new(None),
    };
    std::thread::scope(|scope| server.work(scope, Leave::Never));
    let ending = server.ending.into_inner().unwrap_or_else(PoisonError::into_inner);
    Err(ending.unwrap_or(Trouble::Stopped))
}

struct Server<'a> {
    welcoming_socket: &'a Socket,
    transcript: &'a Transcript,
    limits: Limits,
    stop: &'a Stop,
    staff: Staff,
    /// Held by the thread that waits in `accept()`, or answers a client for whom it need not wait.
    door: Mutex<Door>,
    /// Those of the connections that have had to wait for their clients.
    table: ConnectionTable,
    /// When a client had to wait because all connections were taken.
    last_full: Mutex<Option<Instant>>,
    /// What ended the server, when it was not a signal.
    ending: Mutex<Option<Trouble>>,
}

#[derive(Default)]
struct Door {
    /// The failure of `accept()` that was said last: one that lasts is said once.
    said: Option<String>,
}

/// May the thread leave when there are idle ones enough?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leave {
    WhenIdle,
    Never,
}

impl Server<'_> {
    /// What every thread does.
    fn work<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, leave: Leave) {
        // Kept from one client to the next where none had to be waited for.
        let mut door = None;
        loop {
            let at_the_door = door.get_or_insert_with(|| self.door.lock().unwrap_or_else(PoisonError::into_inner));
            let Some((connection_socket, client_address)) = self.accept(at_the_door) else {
                return;
            };
            let connection = Arc::new(Connection::new(connection_socket, client_address));
            let (mut idle, mut has_just_come, mut number) = (self.limits.idle_timeout, true, None);
            let mut before_waiting = || {
                let just_come = std::mem::take(&mut has_just_come);
                if just_come
                    && connection
                        .socket
                        .is_readable_before(self.welcoming_socket, UNLESS_ONE_KNOCKS)
                {
                    return idle;
                }
                connection.is_heard();
                number.get_or_insert_with(|| self.table.add(&connection));
                let held = door.take().is_some();
                if held && !self.hand_over(scope) {
                    // Nobody waits at the door meanwhile: a silent client must not keep the others out for long.
                    idle = idle.min(IDLE_WHEN_FULL);
                }
                idle
            };
            let served = conversation::serve(&connection, self.transcript, &mut before_waiting);
            if let Some(number) = number {
                self.table.remove(number);
            }
            if let Some(connection) = Arc::into_inner(connection) {
                connection.socket.close();
            }
            if let Err(trouble) = served {
                self.end(trouble);
                return;
            }
            if door.is_none() && self.staff.goes_home(leave) {
                return;
            }
        }
    }

    /// Waits for a connection; `None` when the server is told to quit.
    fn accept(&self, door: &mut Door) -> Option<(Socket, SocketAddr)> {
        // Whoever waited behind the door when a quit came need not even ask.
        while !self.stop.requested() {
            match self.welcoming_socket.accept() {
                Ok(connection) => {
                    door.said = None;
                    return Some(connection);
                }
                Err(Trouble::Stopped) => return None,
                // accept(2): errors of the connection that was to be taken, or of the whole system. Both pass.
                Err(trouble) => {
                    let text = trouble.to_string();
                    if door.said.as_ref() != Some(&text) {
                        tracing::warn!("{text} (new connections wait meanwhile, the others are served)");
                        door.said = Some(text);
                    }
                    if trouble.is_exhaustion() {
                        // The descriptor of a silent client is enough for the next one.
                        self.table.evict(IDLE_WHEN_FULL);
                    }
                    std::thread::sleep(PAUSE);
                }
            }
        }
        None
    }

    /// The thread at the door has to wait for its client: hands the door over. `false`: no thread can be started.
    fn hand_over<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) -> bool {
        match self.staff.successor() {
            Successor::Idle | Successor::FullAndWatched => true,
            Successor::Spawn => {
                let hired = start(scope, move || self.work(scope, Leave::WhenIdle));
                if !hired {
                    self.staff.could_not_come();
                }
                hired
            }
            Successor::Full => {
                let watched = start(scope, || self.evict_while_full());
                if !watched {
                    self.staff.watch_failed();
                }
                watched
            }
        }
    }

    /// Closes silent connections, as long as all are taken and another client is in the kernel's queue.
    fn evict_while_full(&self) {
        let after = self.limits.idle_timeout.min(IDLE_WHEN_FULL);
        loop {
            let knocks = self.welcoming_socket.wait_readable(GLANCE);
            if !self.staff.is_full_still() || self.stop.requested() {
                return;
            }
            match knocks {
                Ok(true) => {}
                Ok(false) => continue,
                Err(_) => {
                    std::thread::sleep(GLANCE);
                    continue;
                }
            }
            self.warn_full();
            let times = self.staff.times_freed();
            let time = match self.table.evict(after) {
                Eviction::NotYet(left) => left.min(GLANCE),
                Eviction::Done | Eviction::None => GLANCE,
            };
            self.staff.wait_until_freed(times, time);
        }
    }

    /// Warns that clients wait; once, and again only after some time in which none did.
    fn warn_full(&self) {
        let mut last_full = self.last_full.lock().unwrap_or_else(PoisonError::into_inner);
        let before = last_full.replace(Instant::now());
        if before.is_none_or(|before| before.elapsed() >= EPISODE) {
            tracing::warn!(
                "all {} connections are taken and another client waits: until that ends, connections that have been silent for \
                 {} s are closed, the longest silent one first; allow more with --max-connections",
                self.limits.max_connections,
                self.limits.idle_timeout.min(IDLE_WHEN_FULL).as_secs_f64()
            );
        }
    }

    /// Ends the server because of trouble that concerns all connections.
    fn end(&self, trouble: Trouble) {
        if !matches!(trouble, Trouble::Stopped) {
            let mut ending = self.ending.lock().unwrap_or_else(PoisonError::into_inner);
            ending.get_or_insert(trouble);
        }
        self.stop.request();
    }
}

/// Starts one more thread, if the system allows it.
fn start<'scope>(scope: &'scope Scope<'scope, '_>, work: impl FnOnce() + Send + 'scope) -> bool {
    let thread = Builder::new().name("connection".into()).stack_size(STACK);
    let started = thread.spawn_scoped(scope, work);
    if let Err(error) = &started {
        tracing::warn!("no further thread can be started ({error}): clients are served one after the other");
    }
    started.is_ok()
}
