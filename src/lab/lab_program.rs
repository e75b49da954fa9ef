//! One of the four programs in a process that a guided run starts: what that process does.
//!
//! It does what the program of that name does ([`crate::session::program`]), with two differences: it makes its socket calls
//! known on standard error, as the program does with `-v --log-format json`; and a client ends after that many lines, before it would
//! connect for another one.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::time::Duration;

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::getppid;

use crate::app::client::{ReplyTally, Server};
use crate::app::error::Error;
use crate::app::tcp_server::Limits;
use crate::app::{listening, tcp_client, tcp_server, udp_client, udp_server};
use crate::calls::Program;
use crate::session::logging::LogSettings;
use crate::session::outcome::Outcome;
use crate::session::program::{self, ProgramSettings, Session};
use crate::session::say::LogFormat;

/// The first argument of such a process. The others are those of [`LabProgram::arguments`].
pub const ARGUMENT: &str = "--lab-program";

/// What a TCP server allows, as by itself.
const LIMITS: Limits = Limits {
    max_connections: 1024,
    idle_timeout: Duration::from_secs(10 * 60),
};

/// What such a process is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabProgram {
    /// Which of the four it is.
    pub program: Program,
    /// Where a server is bound, or what a client talks to. Port 0: the kernel picks one.
    pub address: SocketAddr,
    /// How many lines a client asks for.
    pub lines: usize,
    /// How long a client waits for its connection, and for an answer.
    pub timeout: Duration,
}

impl LabProgram {
    /// The arguments that tell another process so, the process number of this one among them.
    #[must_use]
    pub fn arguments(&self) -> [String; 6] {
        [
            ARGUMENT.to_owned(),
            self.program.word().to_owned(),
            self.address.to_string(),
            self.lines.to_string(),
            self.timeout.as_millis().to_string(),
            std::process::id().to_string(),
        ]
    }

    /// From those arguments, with the process number of who started it.
    #[must_use]
    pub fn from_arguments(arguments: &[OsString]) -> Option<(Self, i32)> {
        let words: Option<Vec<&str>> = arguments.iter().map(|word| word.to_str()).collect();
        let [ARGUMENT, program, address, lines, timeout, starter] = words?[..] else {
            return None;
        };
        let program = Self {
            program: Program::from_word(program)?,
            address: address.parse().ok()?,
            lines: lines.parse().ok()?,
            timeout: Duration::from_millis(timeout.parse().ok()?),
        };
        Some((program, starter.parse().ok()?))
    }

    /// Runs the program. It ends with the process that started it, whatever ends that.
    ///
    /// # Errors
    /// As [`program::run`].
    pub fn run(&self, starter: i32) -> Result<Outcome, String> {
        // Set after the starter has gone, it would never come.
        if set_pdeathsig(Signal::SIGKILL).is_err() || getppid().as_raw() != starter {
            return Ok(Outcome::Incomplete);
        }
        // The run that started it leaves signals to a thread of its own, and a process inherits what its starter blocks, execve(2).
        // It fails for a mask that is none.
        let _ = SigSet::empty().thread_set_mask();
        let settings = ProgramSettings {
            log: LogSettings {
                verbose: 1,
                format: LogFormat::Json,
                color: false,
                calls: None,
            },
            binds_a_port: false,
        };
        program::run(&settings, |session| match self.program {
            Program::UdpServer | Program::TcpServer => self.serve(session).map(|()| ReplyTally::default()),
            Program::UdpClient | Program::TcpClient => self.ask(session),
        })
    }

    fn serve(&self, session: &Session) -> Result<(), Error> {
        let Session { cancel, transcript } = session;
        let (program, bound) = (self.program, Some(self.address));
        if program == Program::UdpServer {
            let socket = udp_server::bind(bound, self.address.port(), cancel)?;
            let port = listening::announce(program, &socket, transcript, bound, cancel)?;
            return udp_server::run(&socket, port, transcript);
        }
        let welcoming_socket = tcp_server::bind(bound, self.address.port(), cancel)?;
        tcp_server::make_room_for(LIMITS);
        listening::announce(program, &welcoming_socket, transcript, bound, cancel)?;
        tcp_server::run(&welcoming_socket, transcript, LIMITS, cancel)
    }

    fn ask(&self, session: &Session) -> Result<ReplyTally, Error> {
        let Session { cancel, transcript } = session;
        // The run shows on the screen what it types.
        let mut keyboard = session.keyboard_that(true)?;
        let mut server = Server {
            host: self.address.ip().to_string(),
            port: self.address.port(),
            addresses: vec![self.address],
            timeout: self.timeout,
        };
        let mut tally = ReplyTally::default();
        transcript.client_ready(self.program, &server.host, server.port)?;
        let one_line = match self.program {
            Program::UdpClient => udp_client::one_line,
            _ => tcp_client::one_line,
        };
        for _ in 0..self.lines {
            if !one_line(&mut server, &mut keyboard, transcript, cancel, &mut tally)? {
                break;
            }
        }
        Ok(tally)
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::time::Duration;

    use super::LabProgram;
    use crate::calls::Program;

    #[test]
    fn what_a_process_is_told_is_what_it_reads() {
        let told = LabProgram {
            program: Program::TcpClient,
            address: "127.0.0.1:13000".parse().unwrap(),
            lines: 3,
            timeout: Duration::from_millis(1500),
        };
        let mut words: Vec<OsString> = told.arguments().into_iter().map(OsString::from).collect();
        let own = i32::try_from(std::process::id()).unwrap();
        assert_eq!(LabProgram::from_arguments(&words), Some((told, own)));
        words.pop();
        assert_eq!(LabProgram::from_arguments(&words), None);
        assert_eq!(LabProgram::from_arguments(&[]), None);
    }
}
