//! A thread that is in a host, so that programs can be started there.

use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Builder;

use nix::sched::{CloneFlags, setns};
use nix::unistd::{Pid, gettid};

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

struct Request {
    command: Command,
    reply: Sender<io::Result<Child>>,
}

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

    /// Has a TCP socket of the host something to send or to wait for? One that only listens or is in TIME-WAIT has not.
    ///
    /// # Errors
    /// Those of reading a file.
    pub fn has_open_connections(&self) -> io::Result<bool> {
        /// Numbers of states, `net/tcp_states.h`: `TCP_TIME_WAIT`, `TCP_LISTEN`.
        const AT_REST: [&str; 2] = ["06", "0A"];
        let sockets = fs::read_to_string(format!("/proc/self/task/{}/net/tcp", self.number))?;
        // The fourth word of a line, behind the head line: proc_pid_net(5).
        let mut states = sockets
            .lines()
            .skip(1)
            .filter_map(|line| line.split_whitespace().nth(3));
        Ok(states.any(|state| !AT_REST.contains(&state)))
    }

    /// Starts a program in the host.
    ///
    /// # Errors
    /// Those of [`Command::spawn`].
    pub fn spawn(&self, command: Command) -> io::Result<Child> {
        let (reply, started) = channel();
        let request = Request { command, reply };
        self.requests.send(request).map_err(|_| ended())?;
        started.recv().map_err(|_| ended())?
    }
}

fn serve(requests: &Receiver<Request>) {
    for Request { mut command, reply } in requests {
        let _ = reply.send(command.spawn());
    }
}

fn ended() -> io::Error {
    io::Error::other("the thread in the host has ended")
}
