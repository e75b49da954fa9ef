//! The connections that wait for their clients, and which of them to close when no thread is free for another client.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::app::socket::Socket;

/// A connection: its socket, its client, and since when the client is silent.
pub(super) struct ClientConnection {
    pub(super) socket: Socket,
    pub(super) client: SocketAddr,
    heard: Mutex<Instant>,
    evicted: AtomicBool,
}

impl ClientConnection {
    pub(super) fn new(socket: Socket, client: SocketAddr) -> Self {
        Self {
            socket,
            client,
            heard: Mutex::new(Instant::now()),
            evicted: AtomicBool::new(false),
        }
    }

    /// The client has sent something, or taken some of its answer.
    pub(super) fn is_heard(&self) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// How long the client has done neither.
    pub(super) fn silent_for(&self) -> Duration {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// Was it closed so that another client can be served?
    pub(super) fn evicted(&self) -> bool {
        self.evicted.load(Ordering::Relaxed)
    }
}

/// The result of the search for a connection to close.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Eviction {
    /// One was found: its thread wakes up and closes it.
    Done,
    /// None has been silent for long enough; the first will have been silent for long enough after this time.
    NotYet(Duration),
    /// None waits for its client.
    None,
}

/// The connections that have had to wait for their clients. One that is answered at once never gets here.
#[derive(Default)]
pub(super) struct ConnectionTable {
    connections: Mutex<Numbered>,
}

#[derive(Default)]
struct Numbered {
    next: u64,
    by_number: BTreeMap<u64, Arc<ClientConnection>>,
}

impl ConnectionTable {
    /// The connection has to wait; returns the number to remove it by.
    pub(super) fn add(&self, connection: &Arc<ClientConnection>) -> u64 {
        let mut connections = self.connections();
        let number = connections.next;
        connections.next += 1;
        connections.by_number.insert(number, Arc::clone(connection));
        number
    }

    /// The connection is over.
    pub(super) fn remove(&self, number: u64) {
        self.connections().by_number.remove(&number);
    }

    /// Ends the connection whose client has been silent longest, if it has been silent for this long. `shutdown()` wakes the
    /// thread that waits for it; that thread closes it.
    pub(super) fn evict(&self, after: Duration) -> Eviction {
        let connections = self.connections();
        let waiting = connections
            .by_number
            .values()
            .filter(|connection| !connection.evicted());
        let Some((silent, connection)) = waiting
            .map(|connection| (connection.silent_for(), connection))
            .max_by_key(|&(silent, _)| silent)
        else {
            return Eviction::None;
        };
        let left = after.saturating_sub(silent);
        if !left.is_zero() {
            return Eviction::NotYet(left);
        }
        connection.evicted.store(true, Ordering::Relaxed);
        // A client that is gone already has its connection ended in any case.
        let _ = connection.socket.shutdown_both();
        Eviction::Done
    }

    fn connections(&self) -> MutexGuard<'_, Numbered> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
