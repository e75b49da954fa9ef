//! The client programs with their servers: lines typed from a file, one after the other, until all are answered.

use std::error::Error;
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::server::{Kind, Server, Transport, python};

/// So many lines.
pub(super) const LINES: u32 = 5_000;

/// Lines answered in a second, the client's start and end included.
pub(super) fn run(transport: Transport, kind: Kind) -> Result<f64, Box<dyn Error>> {
    let server = Server::start(kind, transport)?;
    let mut lines = tempfile::tempfile()?;
    for number in 0..LINES {
        writeln!(lines, "line {number} of the bench")?;
    }
    lines.rewind()?;
    let mut command = match (kind, transport) {
        (Kind::Python, Transport::Udp) => python("client", "udp"),
        (Kind::Python, Transport::Tcp) => python("client", "tcp"),
        (_, Transport::Udp) => Command::new(env!("CARGO_BIN_EXE_udp-client")),
        (_, Transport::Tcp) => Command::new(env!("CARGO_BIN_EXE_tcp-client")),
    };
    command.args(["-ip", "127.0.0.1", "-p", &server.address.port().to_string()]);
    let mut shown = tempfile::tempfile()?;
    let started = Instant::now();
    // The classic client ends with an exception at the end of its input.
    let status = command
        .stdin(Stdio::from(lines))
        .stdout(Stdio::from(shown.try_clone()?))
        .stderr(Stdio::null())
        .status()
        .map_err(|error| format!("{command:?} cannot be started: {error}"))?;
    let took = started.elapsed().as_secs_f64();
    if kind == Kind::Ours && !status.success() {
        return Err(format!("{command:?}: {status}").into());
    }
    let answered = answers(&mut shown)?;
    if answered != LINES as usize {
        return Err(format!("{command:?}: {answered} of {LINES} lines were answered").into());
    }
    Ok(f64::from(LINES) / took)
}

fn answers(shown: &mut File) -> Result<usize, Box<dyn Error>> {
    shown.rewind()?;
    let text = std::io::read_to_string(shown)?;
    Ok(text.matches("Returned from server: LINE ").count())
}
