//! A thread that is in a host, so that programs can be started there.

use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Builder;

use nix::sched::{CloneFlags, setns};
use nix::unistd::{Pid, gettid};

use super::counters::Counters;
use super::host::Host;
use crate::privilege::give_up_in_this_thread;

/// A thread in the network namespace of a host, without any capability. What it starts is in that host as well, and has none
/// either: a process gets namespaces and capabilities of the thread that starts it, `namespaces(7)`.
///
/// The thread ends when this value is dropped. Processes that ask for the death of their starter to be followed by their own,
/// `PR_SET_PDEATHSIG`, end with it.
#[derive(Debug)]
pub struct HostThread {
    requests: Sender<Request>,
    /// Its number, gettid(2).
    number: Pid,
}

type Request = Box<dyn FnOnce() + Send>;

impl HostThread {
    /// Starts it, while this process may still enter the namespace (`CAP_SYS_ADMIN`).
    ///
    /// # Errors
    /// The system gives no more threads; the namespace cannot be entered; the capabilities cannot be given up.
    pub fn start(host: &Host) -> io::Result<Self> {
        let namespace = host.namespace.try_clone()?;
        let (requests, received) = channel();
        let (ready, is_ready) = channel();
        Builder::new().name(format!("{}'s host", host.party)).spawn(move || {
            let entered = setns(namespace.as_fd(), CloneFlags::CLONE_NEWNET).map_err(io::Error::from);
            let entered = entered.and_then(|()| give_up_in_this_thread().map_err(io::Error::other));
            let goes_on = entered.is_ok();
            // It fails where the one who waits for it has ended.
            let _ = ready.send(entered.map(|()| gettid()));
            if goes_on {
                serve(&received);
            }
        })?;
        let number = is_ready.recv().map_err(io::Error::other)??;
        Ok(Self { requests, number })
    }

    /// The state of each TCP socket of the host, `proc_pid_net(5)`.
    ///
    /// # Errors
    /// Those of reading a file.
    fn tcp_states(&self) -> io::Result<Vec<TcpState>> {
        let table = |name| fs::read_to_string(format!("/proc/self/task/{}/net/{name}", self.number));
        // A kernel without IPv6 has no such table.
        let tables = [table("tcp")?, table("tcp6").unwrap_or_default()];
        // The fourth word of a line, behind the head line.
        let lines = tables.iter().flat_map(|table| table.lines().skip(1));
        let states = lines.filter_map(|line| u8::from_str_radix(line.split_whitespace().nth(3)?, 16).ok());
        Ok(states.map(TcpState).collect())
    }

    /// Has a TCP socket of the host something to send or to wait for? One that only listens or is in TIME-WAIT has not.
    ///
    /// # Errors
    /// Those of reading a file.
    pub fn has_open_connections(&self) -> io::Result<bool> {
        let states = self.tcp_states()?;
        Ok(states
            .iter()
            .any(|state| ![TcpState::TIME_WAIT, TcpState::LISTEN].contains(state)))
    }

    /// How many TCP sockets of the host are in TIME-WAIT?
    ///
    /// # Errors
    /// Those of reading a file.
    pub fn in_time_wait(&self) -> io::Result<usize> {
        let states = self.tcp_states()?;
        Ok(states.iter().filter(|state| **state == TcpState::TIME_WAIT).count())
    }

    /// What the host's kernel has counted.
    ///
    /// # Errors
    /// Those of reading a file.
    pub fn counters(&self) -> io::Result<Counters> {
        let text = |name| fs::read_to_string(format!("/proc/self/task/{}/net/{name}", self.number));
        Ok(Counters::read(&(text("snmp")? + &text("netstat")?)))
    }

    /// Starts a program in the host.
    ///
    /// # Errors
    /// Those of [`Command::spawn`].
    pub fn spawn(&self, mut command: Command) -> io::Result<Child> {
        self.run(move || command.spawn())?
    }

    /// Does something in the host, such as opening a socket, which stays in it.
    ///
    /// # Errors
    /// The thread has ended.
    pub fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
        let (reply, done) = channel();
        let request = move || {
            // It fails where the one who waits for it has ended.
            let _ = reply.send(work());
        };
        self.requests.send(Box::new(request)).map_err(|_| ended())?;
        done.recv().map_err(|_| ended())
    }
}

/// The number of a state, as `net/tcp_states.h` has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TcpState(u8);

impl TcpState {
    const TIME_WAIT: Self = Self(0x06);
    const LISTEN: Self = Self(0x0A);
}

fn serve(requests: &Receiver<Request>) {
    for request in requests {
        request();
    }
}

fn ended() -> io::Error {
    io::Error::other("the thread in the host has ended")
}
