//! A server under measurement: ours, the shortest loop, or the classic one in Python.

use std::error::Error;
use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The servers' ports, each its own: connections in TIME-WAIT keep the classic server from having one twice. The namespace has
/// no other programs.
static NEXT_PORT: AtomicU16 = AtomicU16::new(7000);

/// UDP or TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Transport {
    Udp,
    Tcp,
}

impl Transport {
    pub(super) const ALL: [Self; 2] = [Self::Udp, Self::Tcp];

    const fn role(self) -> &'static str {
        match self {
            Self::Udp => "--bare-udp",
            Self::Tcp => "--bare-tcp",
        }
    }

    /// The transport of the bare loop that this argument asks for.
    pub(super) fn of_role(role: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transport| transport.role() == role)
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        })
    }
}

/// Whose server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Bare,
    Ours,
    Python,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Bare, Self::Ours, Self::Python];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bare => "bare loop",
            Self::Ours => "ours",
            Self::Python => "Python",
        })
    }
}

/// A server that answers. Dropped, it is killed and waited for.
pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Server {
    /// Starts it with its lines going to /dev/null, and waits until it answers.
    pub(super) fn start(kind: Kind, transport: Transport) -> Result<Self, Box<dyn Error>> {
        Self::with(kind, transport, &[])
    }

    /// The same with these arguments more.
    pub(super) fn with(kind: Kind, transport: Transport, arguments: &[&str]) -> Result<Self, Box<dyn Error>> {
        let mut command = match (kind, transport) {
            (Kind::Bare, _) => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg(transport.role());
                command
            }
            (Kind::Ours, Transport::Udp) => Command::new(env!("CARGO_BIN_EXE_udp-server")),
            (Kind::Ours, Transport::Tcp) => Command::new(env!("CARGO_BIN_EXE_tcp-server")),
            (Kind::Python, Transport::Udp) => python("server", "udp"),
            (Kind::Python, Transport::Tcp) => python("server", "tcp"),
        };
        let number = NEXT_PORT.fetch_add(1, Ordering::Relaxed);
        let port = number.to_string();
        match kind {
            Kind::Bare => command.arg(port),
            Kind::Ours => command.args(["-p", &port]),
            Kind::Python => command.args(["--offline", "-p", &port]),
        };
        let child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{command:?} cannot be started: {error}"))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, number));
        let mut server = Self { child, address };
        server.wait_for_it(transport)?;
        Ok(server)
    }

    fn wait_for_it(&mut self, transport: Transport) -> Result<(), Box<dyn Error>> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended: {status}").into());
            }
            if answers(transport, self.address) {
                // Whatever belongs to the start is over, and does not fall into the measuring.
                thread::sleep(Duration::from_millis(100));
                return Ok(());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Err("the server does not answer".into())
    }

    /// A number in `/proc/PID/status`, of memory in KiB.
    pub(super) fn status(&self, key: &str) -> Result<u64, Box<dyn Error>> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        number(&status, key)
    }
}

/// The number behind this word in a file such as `/proc/meminfo`.
pub(super) fn number(text: &str, key: &str) -> Result<u64, Box<dyn Error>> {
    let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    let word = line.and_then(|line| line.split_whitespace().next());
    Ok(word.ok_or_else(|| format!("no {key}"))?.parse()?)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The classic program in Python.
pub(super) fn python(side: &str, transport: &str) -> Command {
    let mut command = Command::new("python3");
    command
        .arg("-B")
        .arg(format!("tests/peers/classic_{transport}_{side}.py"));
    command
}

/// Does the server answer a line?
fn answers(transport: Transport, address: SocketAddr) -> bool {
    let timeout = Some(Duration::from_millis(500));
    let asked = || -> std::io::Result<usize> {
        match transport {
            Transport::Udp => {
                let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
                socket.set_read_timeout(timeout)?;
                socket.connect(address)?;
                socket.send(b"a")?;
                socket.recv(&mut [0; 9])
            }
            Transport::Tcp => {
                let mut socket = TcpStream::connect(address)?;
                socket.set_read_timeout(timeout)?;
                socket.write_all(b"a\n")?;
                socket.read(&mut [0; 9])
            }
        }
    };
    asked().is_ok_and(|length| length > 0)
}
