//! Clients that ask as fast as they are answered, and how long each answer takes.

use std::error::Error;
use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use super::server::{Server, Transport};

/// How long is measured, after a start that does not count.
const MEASURED: Duration = Duration::from_secs(2);
const START: Duration = Duration::from_millis(300);

/// An answer that takes this long is lost.
const LOST: Duration = Duration::from_secs(5);

/// What the clients do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Load {
    /// One datagram at a time.
    UdpAlone,
    /// So many datagrams under way at any time.
    UdpMany,
    /// One connection at a time.
    TcpAlone,
    /// So many clients at once, each with one connection at a time.
    TcpMany,
}

/// How many are under way in [`Load::UdpMany`] and [`Load::TcpMany`].
const DATAGRAMS: usize = 32;
const CLIENTS: usize = 8;

impl Load {
    pub(super) const ALL: [Self; 4] = [Self::UdpAlone, Self::UdpMany, Self::TcpAlone, Self::TcpMany];

    pub(super) const fn transport(self) -> Transport {
        match self {
            Self::UdpAlone | Self::UdpMany => Transport::Udp,
            Self::TcpAlone | Self::TcpMany => Transport::Tcp,
        }
    }

    pub(super) fn run(self, server: &Server) -> Result<Figures, Box<dyn Error>> {
        Ok(match self {
            Self::UdpAlone => datagrams(server.address, 1)?,
            Self::UdpMany => datagrams(server.address, DATAGRAMS)?,
            Self::TcpAlone => connections(server.address, 1, Duration::ZERO, MEASURED)?,
            Self::TcpMany => connections(server.address, CLIENTS, Duration::ZERO, MEASURED)?,
        })
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UdpAlone => f.write_str("UDP, a datagram at a time"),
            Self::UdpMany => write!(f, "UDP, {DATAGRAMS} datagrams under way"),
            Self::TcpAlone => f.write_str("TCP, a connection at a time"),
            Self::TcpMany => write!(f, "TCP, {CLIENTS} clients at once"),
        }
    }
}

/// What was measured in one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    /// Answers in a second.
    pub(super) rate: f64,
    /// Half of the answers came within this, and 99 of 100 within that.
    pub(super) median: Duration,
    pub(super) p99: Duration,
    /// Requests without an answer.
    pub(super) lost: usize,
}

impl Figures {
    fn of(mut times: Vec<Duration>, lost: usize, measured: Duration) -> Result<Self, Box<dyn Error>> {
        times.sort_unstable();
        let at = |percent: usize| times.get(times.len() * percent / 100).copied();
        let (median, p99) = at(50).zip(at(99)).ok_or("not one answer")?;
        #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand")]
        let rate = times.len() as f64 / measured.as_secs_f64();
        Ok(Self {
            rate,
            median,
            p99,
            lost,
        })
    }
}

/// A line and its answer; numbered, so that each answer finds its request.
fn line(number: usize) -> String {
    format!("line {number:012} of the bench")
}

/// One socket that keeps so many datagrams under way.
fn datagrams(server: SocketAddr, under_way: usize) -> Result<Figures, Box<dyn Error>> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(LOST))?;
    // When the last line of each place was sent; the place is the rest of the line's number.
    let mut clocks = vec![Instant::now(); under_way];
    let mut next = 0;
    let mut send = |clocks: &mut [Instant], place: usize| -> io::Result<()> {
        let number = next * under_way + place;
        next += 1;
        if let Some(clock) = clocks.get_mut(place) {
            *clock = Instant::now();
        }
        socket.send(line(number).as_bytes()).map(drop)
    };
    for place in 0..under_way {
        send(&mut clocks, place)?;
    }
    let mut times = Vec::with_capacity(1 << 20);
    let begun = Instant::now() + START;
    let mut room = [0; 2048];
    loop {
        let length = socket.recv(&mut room)?;
        let now = Instant::now();
        let answer = room.get(..length).unwrap_or_default();
        let number = number_in(answer).ok_or_else(|| format!("a wrong answer: {}", answer.escape_ascii()))?;
        let place = number % under_way;
        if now >= begun {
            times.extend(clocks.get(place).map(|&clock| now - clock));
        }
        if now >= begun + MEASURED {
            return Figures::of(times, 0, now - begun);
        }
        send(&mut clocks, place)?;
    }
}

/// The number of the line that this is the answer to; `None` if it is none.
fn number_in(answer: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(answer).ok()?;
    let rest = text.strip_prefix("LINE ")?.strip_suffix(" OF THE BENCH")?;
    rest.parse().ok()
}

/// So many clients, each of which has a line answered over a connection of its own, again and again; each line begins at least
/// `every` after the one before.
pub(super) fn connections(
    server: SocketAddr,
    clients: usize,
    every: Duration,
    measured: Duration,
) -> Result<Figures, Box<dyn Error>> {
    let called = Instant::now();
    let begun = called + START;
    let ended = begun + measured;
    let one = |client: usize| {
        let mut times = Vec::new();
        let mut lost = 0;
        // Spread over the interval, lest all come at the same moment.
        #[expect(clippy::cast_possible_truncation, reason = "a few hundred")]
        let mut due = called + every * client as u32 / clients as u32;
        while due < ended {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let started = Instant::now();
            let answered = ask(server, client);
            if started >= begun {
                match answered {
                    Ok(()) => times.push(started.elapsed()),
                    Err(_) => lost += 1,
                }
            }
            due = Instant::now().max(due + every);
        }
        (times, lost)
    };
    let (mut times, mut lost) = (Vec::new(), 0);
    thread::scope(|scope| {
        let running: Vec<_> = (0..clients).map(|client| scope.spawn(move || one(client))).collect();
        for client in running {
            let (some, none) = client.join().unwrap_or_default();
            times.extend(some);
            lost += none;
        }
    });
    Figures::of(times, lost, begun.elapsed())
}

/// A line over a connection, from `connect()` to the end of the stream.
fn ask(server: SocketAddr, number: usize) -> io::Result<()> {
    let mut socket = TcpStream::connect_timeout(&server, LOST)?;
    socket.set_read_timeout(Some(LOST))?;
    let text = line(number) + "\n";
    socket.write_all(text.as_bytes())?;
    let mut answer = Vec::with_capacity(64);
    socket.read_to_end(&mut answer)?;
    if answer == text.to_uppercase().as_bytes() {
        Ok(())
    } else {
        Err(io::Error::other("a wrong answer"))
    }
}

/// A client that asks by datagram, at these intervals: for a server that has much else to do, so that some may be lost.
pub(super) fn patient_datagrams(
    server: SocketAddr,
    every: Duration,
    measured: Duration,
) -> Result<Figures, Box<dyn Error>> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    let (mut times, mut lost) = (Vec::new(), 0);
    let begun = Instant::now();
    let mut room = [0; 2048];
    for number in 0.. {
        let due = begun + every * number;
        if due >= begun + measured {
            break;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let started = Instant::now();
        let number = usize::try_from(number)?;
        socket.send(line(number).as_bytes())?;
        loop {
            match socket.recv(&mut room) {
                Ok(length) if number_in(room.get(..length).unwrap_or_default()) == Some(number) => {
                    times.push(started.elapsed());
                    break;
                }
                // One that was given up, and came after all.
                Ok(_) => {}
                Err(_) => {
                    lost += 1;
                    break;
                }
            }
        }
    }
    Figures::of(times, lost, begun.elapsed())
}
