//! The TCP server: a welcoming socket, and one connection socket per client, each served independently.
//!
//! Every thread does what the lecture's server does: `accept()` a connection, serve it, `close()` it, again. The threads are a
//! pool after the pattern Leader/Followers (Schmidt, O'Ryan, Kircher, Pyarali, Buschmann: "Leader/Followers", Pattern Languages
//! of Programs 2000; also in Pattern-Oriented Software Architecture, volume 2). They take turns in its three roles:
//!
//! ```text
//!     spawn_worker()                              take the leader token
//!            |       +----------+                 (when it is free)             +----------+
//!            +-----> | follower | --------------------------------------------> |  leader  | <---+
//!                    +----------+                                               | accept() |     | its line is there
//!                      |     ^                                                  +----------+     | already: answered,
//!     enough followers |     | connection closed                                  |      |       | token kept
//!                      |     |                +------------+                      |      +-------+
//!             retire() |     +--------------- | processing | <--------------------+
//!                      v                      +------------+    the client has to be waited for:
//!                 thread ends                                   promote_new_leader()
//! ```
//!
//! Two things differ from the paper. A leader that can answer at once keeps the token, because waking a follower would take
//! longer than the answer. And the pool has no fixed size: threads are started when no follower is left, up to the limit, and
//! they end when there are enough followers (`pool`). A client that connects and says nothing occupies one thread in processing, and
//! no other client waits for it. When all allowed threads are processing, no thread is in `accept()`: new connections
//! wait in the kernel's queue. Then the server closes the connection that has been silent longest (`connections`).

mod connections;
mod conversation;
mod pool;
mod shortage;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope};
use std::time::{Duration, Instant};

use self::connections::{ClientConnection, ConnectionTable, Eviction};
use self::pool::{PoolSize, Promotion, Retire};
use self::shortage::Shortage;
use super::error::Error;
use super::listening;
use super::socket::{Socket, SocketType};
use super::transcript::Transcript;
use crate::calls::text::counted;
use crate::calls::{Program, Role};
use crate::os::cancel::CancelToken;
use crate::os::descriptors;

/// How many finished connections the kernel queues for `accept()`.
const BACKLOG: i32 = 1024;

/// Stack of a thread that serves a connection, in bytes: the buffer for one `recv()`, and more. Only used pages
/// takes memory.
const STACK: usize = 256 * 1024;

/// The pause after a failed `accept()`: descriptors become free when connections end.
const RETRY_AFTER: Duration = Duration::from_millis(50);

/// How long the leader waits for the client that it has just accepted, as long as no other client connects.
const WAIT_AS_LEADER: Duration = Duration::from_millis(10);

/// How long a client may be silent while other clients wait and no thread is free.
const IDLE_WHEN_FULL: Duration = Duration::from_secs(1);

/// The time between two checks whether clients still wait.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

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
/// The port is taken, needs privileges, or no interface has the address.
pub fn bind(address: Option<SocketAddr>, port: u16, cancel: &CancelToken) -> Result<Socket, Error> {
    let socket_type = SocketType::Stream;
    let welcoming_socket = listening::bind(
        Program::TcpServer,
        Role::WelcomingSocket,
        socket_type,
        address,
        port,
        cancel,
    )?;
    welcoming_socket.listen(BACKLOG)?;
    Ok(welcoming_socket)
}

/// Allows the process as many open files as this many connections need, as far as the system's hard limit goes.
pub fn make_room_for(limits: Limits) {
    /// Standard streams, the welcoming socket, the call log and the like.
    const OTHERS: u64 = 32;
    let wanted = limits.max_connections as u64 + OTHERS;
    let allowed = descriptors::allow_open_files(wanted);
    if allowed < wanted {
        tracing::info!(
            "the system allows {allowed} open files: about {} at once",
            counted(allowed.saturating_sub(OTHERS), "connection")
        );
    }
}

/// Serves until the program must quit. No client can stop the service for the others.
///
/// # Errors
/// [`Error::Stopped`] when the program must quit, [`Error::OutputClosed`] when the reader of the transcript is gone.
pub fn run(
    welcoming_socket: &Socket,
    transcript: &Transcript,
    limits: Limits,
    cancel: &CancelToken,
) -> Result<(), Error> {
    let server = Server {
        welcoming_socket,
        transcript,
        limits,
        cancel,
        pool: PoolSize::new(limits.max_connections),
        leader_token: Mutex::new(LeaderToken::default()),
        table: ConnectionTable::default(),
        shortage: Mutex::new(Shortage::default()),
        ending: Mutex::new(None),
    };
    std::thread::scope(|scope| server.join(scope, Retire::Never));
    let ending = server.ending.into_inner().unwrap_or_else(PoisonError::into_inner);
    Err(ending.unwrap_or(Error::Stopped))
}

struct Server<'a> {
    welcoming_socket: &'a Socket,
    transcript: &'a Transcript,
    limits: Limits,
    cancel: &'a CancelToken,
    pool: PoolSize,
    /// Held by the leader: the thread that waits in `accept()`, or answers a client for which it need not wait.
    leader_token: Mutex<LeaderToken>,
    /// The connections that have had to wait for their clients.
    table: ConnectionTable,
    /// The clients that have to wait because all connections are taken.
    shortage: Mutex<Shortage>,
    /// The error that ended the server, if no signal did.
    ending: Mutex<Option<Error>>,
}

/// The right to call `accept()`, and what one leader leaves to the next.
#[derive(Default)]
struct LeaderToken {
    /// The last reported failure of `accept()`: a lasting one is reported once.
    reported: Option<String>,
}

impl Server<'_> {
    /// What every thread does: it joins the pool as a follower.
    fn join<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, retire: Retire) {
        // Kept from one client to the next while none has to be waited for.
        let mut held_token = None;
        loop {
            let token =
                held_token.get_or_insert_with(|| self.leader_token.lock().unwrap_or_else(PoisonError::into_inner));
            let Some((connection_socket, client_address)) = self.accept(token) else {
                return;
            };
            let connection = Arc::new(ClientConnection::new(connection_socket, client_address));
            let (mut idle, mut has_just_come, mut number) = (self.limits.idle_timeout, true, None);
            let mut before_waiting = || {
                let just_come = std::mem::take(&mut has_just_come);
                if just_come
                    && connection
                        .socket
                        .is_readable_before(self.welcoming_socket, WAIT_AS_LEADER)
                {
                    return idle;
                }
                connection.is_heard();
                number.get_or_insert_with(|| self.table.add(&connection));
                let was_leader = held_token.take().is_some();
                if was_leader && !self.promote_new_leader(scope) {
                    // No thread is in accept() meanwhile: a silent client must not keep the others out for long.
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
            if held_token.is_none() && self.pool.retire(retire) {
                return;
            }
        }
    }

    /// Waits for a connection; `None` when the server must quit.
    fn accept(&self, token: &mut LeaderToken) -> Option<(Socket, SocketAddr)> {
        // A follower that becomes the leader because of a quit need not even ask.
        while !self.cancel.requested() {
            match self.welcoming_socket.accept() {
                Ok(connection) => {
                    token.reported = None;
                    return Some(connection);
                }
                Err(Error::Stopped) => return None,
                // accept(2): errors of the connection that was to be taken, or of the whole system. Both pass.
                Err(trouble) => {
                    let text = trouble.to_string();
                    if token.reported.as_ref() != Some(&text) {
                        tracing::warn!("{text} (new connections wait meanwhile, the others are served)");
                        token.reported = Some(text);
                    }
                    if trouble.is_exhaustion() {
                        // The descriptor of a silent client is enough for the next one.
                        self.table.evict(IDLE_WHEN_FULL);
                    }
                    std::thread::sleep(RETRY_AFTER);
                }
            }
        }
        None
    }

    /// The leader has to wait for its client: makes another thread take the token, which is already free.
    /// `false`: no thread can be started.
    fn promote_new_leader<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) -> bool {
        match self.pool.promote() {
            Promotion::Follower | Promotion::FullAndWatched => true,
            Promotion::SpawnWorker => {
                let spawned = spawn_worker(scope, move || self.join(scope, Retire::WhenIdle));
                if !spawned {
                    self.pool.spawn_failed();
                }
                spawned
            }
            Promotion::Full => {
                let watched = spawn_worker(scope, || self.evict_while_full());
                if !watched {
                    self.pool.watch_failed();
                }
                watched
            }
        }
    }

    /// Closes silent connections, as long as all are taken and another client is in the kernel's queue.
    fn evict_while_full(&self) {
        let after = self.limits.idle_timeout.min(IDLE_WHEN_FULL);
        // Looked at first without waiting: a client that comes later has not waited since the connections were taken.
        let mut time = Duration::ZERO;
        loop {
            let client_waits = self.welcoming_socket.wait_readable(time);
            time = CHECK_INTERVAL;
            if !self.pool.is_full_still() || self.cancel.requested() {
                return;
            }
            match client_waits {
                Ok(true) => {}
                Ok(false) => {
                    self.shortage().none_waits();
                    continue;
                }
                Err(_) => {
                    std::thread::sleep(CHECK_INTERVAL);
                    continue;
                }
            }
            let times = self.pool.times_freed();
            let (is_news, pause) = match self.table.evict(after) {
                Eviction::Done => (self.shortage().one_is_closed(Instant::now()), CHECK_INTERVAL),
                Eviction::NotYet(left) => (self.shortage().one_waits(Instant::now()), left.min(CHECK_INTERVAL)),
                Eviction::None => (self.shortage().one_waits(Instant::now()), CHECK_INTERVAL),
            };
            if is_news {
                self.warn_full();
            }
            self.pool.wait_until_freed(times, pause);
        }
    }

    fn shortage(&self) -> MutexGuard<'_, Shortage> {
        self.shortage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Warns that clients wait.
    fn warn_full(&self) {
        tracing::warn!(
            "{} taken and another client waits: until that ends, connections that have been silent for \
             {} s are closed, the longest silent one first; allow more with --max-connections",
            match self.limits.max_connections {
                1 => "the only connection is".to_owned(),
                more => format!("all {more} connections are"),
            },
            self.limits.idle_timeout.min(IDLE_WHEN_FULL).as_secs_f64()
        );
    }

    /// Ends the server after an error that affects all connections.
    fn end(&self, trouble: Error) {
        if !matches!(trouble, Error::Stopped) {
            let mut ending = self.ending.lock().unwrap_or_else(PoisonError::into_inner);
            ending.get_or_insert(trouble);
        }
        self.cancel.request();
    }
}

/// Starts one more thread, if the system allows it.
fn spawn_worker<'scope>(scope: &'scope Scope<'scope, '_>, work: impl FnOnce() + Send + 'scope) -> bool {
    let thread = Builder::new().name("connection".into()).stack_size(STACK);
    let started = thread.spawn_scoped(scope, work);
    if let Err(error) = &started {
        tracing::warn!("no further thread can be started ({error}): clients are served one after the other");
    }
    started.is_ok()
}
