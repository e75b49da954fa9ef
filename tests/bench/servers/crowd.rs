//! What the others do while an answer is waited for: nothing, by thousands, or harm. All of it is bounded in number and time.

use std::error::Error;
use std::fmt;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::load::{Figures, connections, patient_datagrams};
use super::server::{Kind, Server, Transport, number};

/// How long is measured.
const MEASURED: Duration = Duration::from_secs(3);

/// Clients that are served meanwhile, and how often each asks.
pub(super) const ACTIVE: usize = 200;
const EVERY: Duration = Duration::from_millis(200);

/// How often the one client asks by datagram.
const EVERY_DATAGRAM: Duration = Duration::from_millis(2);

const SILENT: usize = 5_000;
const SLOW: usize = 200;
const UNREADING: usize = 20;
const CONNECTS: u32 = 10_000;
const GARBAGE: u32 = 50_000;

/// What the others do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Crowd {
    /// They are not there.
    Nobody,
    /// Connected, and silent.
    Silent,
    /// Each sends a byte a second, and never a whole line.
    Slow,
    /// Each sends as much as it can and reads nothing of the answer.
    Unreading,
    /// One connects again and again, and leaves at once.
    Connecting,
    /// Over UDP: they are not there.
    NobodyByDatagram,
    /// Over UDP: bytes that are no text, many a second.
    Garbage,
}

/// What was measured in one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Of the clients that behave.
    pub(super) figures: Figures,
    /// What the crowd did, a second.
    pub(super) done: f64,
    /// Memory of the server's own and of the kernel for its thread, for each of the crowd, in KiB.
    pub(super) memory: Option<(f64, f64)>,
}

impl fmt::Display for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("TCP: no others"),
            Self::Silent => write!(f, "TCP: {SILENT} connected and silent"),
            Self::Slow => write!(f, "TCP: {SLOW} that send a byte a second"),
            Self::Unreading => write!(f, "TCP: {UNREADING} that send and never read"),
            Self::Connecting => write!(f, "TCP: {CONNECTS} connects a second"),
            Self::NobodyByDatagram => f.write_str("UDP: no others"),
            Self::Garbage => write!(f, "UDP: {GARBAGE} datagrams of garbage a second"),
        }
    }
}

impl Crowd {
    pub(super) const ALL: [Self; 7] = [
        Self::Nobody,
        Self::Silent,
        Self::Slow,
        Self::Unreading,
        Self::Connecting,
        Self::NobodyByDatagram,
        Self::Garbage,
    ];

    pub(super) const fn transport(self) -> Transport {
        match self {
            Self::NobodyByDatagram | Self::Garbage => Transport::Udp,
            _ => Transport::Tcp,
        }
    }

    pub(super) fn run(self) -> Result<Seen, Box<dyn Error>> {
        if self.transport() == Transport::Udp {
            let server = Server::start(Kind::Ours, Transport::Udp)?;
            return self.meanwhile(server.address, || {
                patient_datagrams(server.address, EVERY_DATAGRAM, MEASURED)
            });
        }
        let server = Server::with(Kind::Ours, Transport::Tcp, &["--max-connections", "6000"])?;
        let before = (server.status("VmRSS")?, kernel_stacks()?);
        let crowd = match self {
            Self::Silent => connected(server.address, SILENT)?,
            Self::Slow => connected(server.address, SLOW)?,
            Self::Unreading => connected(server.address, UNREADING)?,
            _ => Vec::new(),
        };
        // Each of them has its thread when it is taken.
        let deadline = Instant::now() + Duration::from_secs(60);
        while server.status("Threads")? < crowd.len() as u64 {
            if Instant::now() > deadline {
                return Err("the crowd is not taken".into());
            }
            thread::sleep(Duration::from_millis(10));
        }
        thread::sleep(Duration::from_millis(200));
        let mut memory = None;
        if self == Self::Silent {
            let grown = [server.status("VmRSS")? - before.0, kernel_stacks()? - before.1];
            #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand")]
            let [own, stacks] = grown.map(|grown| grown as f64 / SILENT as f64);
            memory = Some((own, stacks));
        }
        let active = || connections(server.address, ACTIVE, EVERY, MEASURED);
        let ended = AtomicBool::new(false);
        let seen = thread::scope(|scope| {
            if matches!(self, Self::Slow | Self::Unreading) {
                scope.spawn(|| self.write(&crowd, &ended));
            }
            let seen = self.meanwhile(server.address, active);
            ended.store(true, Ordering::Relaxed);
            seen
        });
        Ok(Seen { memory, ..seen? })
    }

    /// Measures while a thread does what needs no connection that lasts.
    fn meanwhile(
        self,
        server: SocketAddr,
        active: impl Fn() -> Result<Figures, Box<dyn Error>>,
    ) -> Result<Seen, Box<dyn Error>> {
        let ended = &AtomicBool::new(false);
        let harm: Option<fn(SocketAddr, &AtomicBool) -> io::Result<f64>> = match self {
            Self::Connecting => Some(connect_and_leave),
            Self::Garbage => Some(send_garbage),
            _ => None,
        };
        thread::scope(|scope| {
            let running = harm.map(|harm| scope.spawn(move || harm(server, ended)));
            let figures = active();
            ended.store(true, Ordering::Relaxed);
            let done = running.map_or(Ok(Ok(0.0)), thread::ScopedJoinHandle::join);
            let done = done.map_err(|_| "a thread has failed")??;
            Ok(Seen {
                figures: figures?,
                done,
                memory: None,
            })
        })
    }

    /// What the crowd writes: a byte a second, or as much as goes.
    fn write(self, crowd: &[TcpStream], ended: &AtomicBool) {
        let piece = vec![b'x'; 65_536];
        while !ended.load(Ordering::Relaxed) {
            for mut socket in crowd {
                // Without waiting; a connection that the server has closed stays closed.
                let _ = socket.write(if self == Self::Slow { b"x" } else { &piece });
            }
            let pause = if self == Self::Slow { 1000 } else { 1 };
            thread::sleep(Duration::from_millis(pause));
        }
    }
}

/// So many connections, on which nothing waits.
fn connected(server: SocketAddr, count: usize) -> io::Result<Vec<TcpStream>> {
    let connect = |_| {
        let socket = TcpStream::connect(server)?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    };
    (0..count).map(connect).collect()
}

/// Kernel memory for the stacks of all threads, in KiB. proc(5)
fn kernel_stacks() -> Result<u64, Box<dyn Error>> {
    number(&std::fs::read_to_string("/proc/meminfo")?, "KernelStack")
}

/// Connects and leaves, [`CONNECTS`] times a second; returns how many it was.
fn connect_and_leave(server: SocketAddr, ended: &AtomicBool) -> io::Result<f64> {
    paced(CONNECTS, ended, || TcpStream::connect(server).map(drop))
}

/// Sends bytes that are no text, [`GARBAGE`] times a second; returns how many it was.
fn send_garbage(server: SocketAddr, ended: &AtomicBool) -> io::Result<f64> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect(server)?;
    let bytes: Vec<u8> = (0..100_u8).map(|at| at.wrapping_mul(151) | 0x80).collect();
    paced(GARBAGE, ended, || socket.send(&bytes).map(drop))
}

/// Does it so many times a second, for no longer than twice the time that is measured.
fn paced(rate: u32, ended: &AtomicBool, mut act: impl FnMut() -> io::Result<()>) -> io::Result<f64> {
    let begun = Instant::now();
    let mut done = 0;
    while !ended.load(Ordering::Relaxed) && begun.elapsed() < 2 * MEASURED {
        act()?;
        done += 1;
        let due = Duration::from_secs_f64(f64::from(done) / f64::from(rate));
        thread::sleep(due.saturating_sub(begun.elapsed()));
    }
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}
