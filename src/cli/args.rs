//! The arguments of the four programs.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice as Choice};
use clap::{ArgAction, Args, ColorChoice, Parser, ValueEnum, ValueHint};

use crate::app::address;
use crate::app::client::Server;
use crate::app::error::Error;
use crate::app::tcp_server::Limits;
use crate::os::cancel::CancelToken;
use crate::session::logging::LogSettings;
use crate::session::program::ProgramSettings;
use crate::session::say;

/// What every program takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Show the socket calls on standard error; -vv: also the bytes that they carry
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,

    /// Form of what goes to standard error
    #[arg(long, hide_short_help = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log_format: LogFormat,

    /// Append the socket calls to FILE, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub calls: Option<PathBuf>,

    /// Colour on standard error; auto: on a terminal, unless the environment forbids it
    #[arg(long, hide_short_help = true, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

/// The form of what goes to standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

impl From<LogFormat> for say::LogFormat {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Text => Self::Text,
            LogFormat::Json => Self::Json,
        }
    }
}

/// Is standard error to be coloured?
#[must_use]
pub fn wants_color(color: ColorChoice) -> bool {
    match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        // The environment's wishes first (NO_COLOR, CLICOLOR, CLICOLOR_FORCE), then whether it is a terminal.
        ColorChoice::Auto => match AutoStream::choice(&io::stderr()) {
            Choice::Never => false,
            Choice::Always | Choice::AlwaysAnsi => true,
            Choice::Auto => io::stderr().is_terminal(),
        },
    }
}

/// Arguments that carry the common ones.
pub trait Program: Parser {
    /// The common ones.
    fn common(&self) -> &Common;

    /// May a port be asked for that only root may have?
    fn binds_a_port(&self) -> bool {
        false
    }

    /// How the program runs.
    fn settings(&self) -> ProgramSettings {
        let common = self.common();
        ProgramSettings {
            log: LogSettings {
                verbose: common.verbose,
                format: common.log_format.into(),
                color: wants_color(common.color),
                calls: common.calls.clone(),
            },
            binds_a_port: self.binds_a_port(),
        }
    }
}

/// The arguments of `udp-client` and `tcp-client`.
#[derive(Debug, Clone, Parser)]
#[command(version, after_help = CLIENT_EXAMPLES, after_long_help = CLIENT_DETAILS)]
pub struct ClientArgs {
    /// Address or host name of the server, as it prints it behind "serverIP:" [also: -ip X, -ip=X]
    #[arg(long = "ipaddress", visible_alias = "ip", value_name = "ADDRESS", value_hint = ValueHint::Hostname)]
    pub ipaddress: String,

    /// Port of the server, 1 to 65535, as it prints it behind "Port:"
    #[arg(short, long, value_name = "PORT", value_parser = port_of_server)]
    pub port: u16,

    /// How long to wait: for the look-up of a name, for a connection (all addresses of the name together), and for the next part
    /// of a reply
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub timeout: Duration,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub common: Common,
}

/// A port that a server can have.
fn port_of_server(text: &str) -> Result<u16, String> {
    match port(text)? {
        0 => Err("0 is not in 1..=65535".to_owned()),
        port => Ok(port),
    }
}

/// A port; 0: one that the system picks.
fn port(text: &str) -> Result<u16, String> {
    match text.parse::<u64>() {
        Ok(number) => u16::try_from(number).map_err(|_| format!("{number} is not in 1..=65535")),
        Err(_) => Err("a port is one number from 1 to 65535".to_owned()),
    }
}

/// The examples of both clients; `PROGRAM` is replaced by the name of the program.
const CLIENT_EXAMPLES: &str = "\
Examples, for a server that has printed serverIP 192.0.2.2 and Port 13000:
  PROGRAM -ip 192.0.2.2 -p 13000
  PROGRAM -ip 192.0.2.2 -p 13000 -v
  printf 'one line\\n' | PROGRAM -ip 192.0.2.2 -p 13000";

/// What `--help-all` has below the examples.
const CLIENT_DETAILS: &str = "\
Exit status: 0 quit, or input ended and every line was answered; 1 a line stayed without \
answer, or no server could be reached, or a signal ended it before all was written; 2 wrong arguments.";

/// The examples of both servers; `PROGRAM` is replaced by the name of the program.
const SERVER_EXAMPLES: &str = "\
Examples:
  PROGRAM
  PROGRAM -p 13000 -v
  PROGRAM -b 127.0.0.1 -p 13000 --calls calls.jsonl";

impl ClientArgs {
    /// Whom to talk to; a host name is looked up.
    ///
    /// # Errors
    /// [`Error::UnknownHost`], [`Error::LookUpTimedOut`], [`Error::Stopped`].
    pub fn server(&self, cancel: &CancelToken) -> Result<Server, Error> {
        Ok(Server {
            host: self.ipaddress.clone(),
            port: self.port,
            addresses: address::of_server(&self.ipaddress, self.port, self.timeout, cancel)?,
            timeout: self.timeout,
        })
    }
}

impl Program for ClientArgs {
    fn common(&self) -> &Common {
        &self.common
    }
}

/// Where a server listens.
#[derive(Debug, Clone, Args)]
pub struct Listen {
    /// Address to serve [default: every address of the machine, IPv4 and IPv6]
    #[arg(short, long, value_name = "ADDRESS")]
    pub bind: Option<String>,

    /// Port to serve [default: one that the system picks]
    #[arg(short, long, value_name = "PORT", default_value_t = 0, hide_default_value = true, value_parser = port)]
    pub port: u16,
}

impl Listen {
    /// The address to bind, if one was asked for; a host name is looked up.
    ///
    /// # Errors
    /// [`Error::UnknownHost`], [`Error::Stopped`].
    pub fn address(&self, cancel: &CancelToken) -> Result<Option<SocketAddr>, Error> {
        let Some(host) = &self.bind else { return Ok(None) };
        Ok(address::resolve(host, self.port, None, cancel)?.first().copied())
    }
}

/// The arguments of `udp-server`.
#[derive(Debug, Clone, Parser)]
#[command(version, after_help = SERVER_EXAMPLES)]
pub struct UdpServerArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub listen: Listen,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub common: Common,
}

impl Program for UdpServerArgs {
    fn common(&self) -> &Common {
        &self.common
    }

    fn binds_a_port(&self) -> bool {
        self.listen.port != 0
    }
}

/// The arguments of `tcp-server`.
#[derive(Debug, Clone, Parser)]
#[command(version, after_help = SERVER_EXAMPLES)]
pub struct TcpServerArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub listen: Listen,

    /// Connections served at once; further ones wait in the kernel's queue, and meanwhile connections that have been silent for a
    /// second are closed, the longest silent one first
    #[arg(long, value_name = "NUMBER", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_connections: u32,

    /// Close a connection that has been silent for so long
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = seconds)]
    pub idle_timeout: Duration,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub common: Common,
}

impl TcpServerArgs {
    /// What the server allows.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            max_connections: usize::try_from(self.max_connections).unwrap_or(usize::MAX),
            idle_timeout: self.idle_timeout,
        }
    }
}

impl Program for TcpServerArgs {
    fn common(&self) -> &Common {
        &self.common
    }

    fn binds_a_port(&self) -> bool {
        self.listen.port != 0
    }
}

/// Seconds, with a fraction if need be, from a millisecond to thirty days.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    const MOST: f64 = 30.0 * 86_400.0;
    let wrong = || format!("seconds are a number from 0.001 to {MOST}");
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    if !(0.001..=MOST).contains(&seconds) {
        return Err(wrong());
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// A size as tcpdump takes it for -C, in bytes: millions, or with k, m or g behind it KiB, MiB or GiB.
#[cfg(feature = "sniffer")]
pub(super) fn file_size(text: &str) -> Result<u64, String> {
    let unit = match text.chars().last() {
        Some('k' | 'K') => 1 << 10,
        Some('m' | 'M') => 1 << 20,
        Some('g' | 'G') => 1 << 30,
        _ => 1_000_000,
    };
    let digits = if unit == 1_000_000 {
        text
    } else {
        text.get(..text.len() - 1).unwrap_or_default()
    };
    let number = digits.parse::<u64>().ok().filter(|number| *number > 0);
    number
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(|| "a size is a whole number from 1 in million bytes, or with k, m or g: 10, 500k".to_owned())
}

/// The lab's own spelling, `-ip X` and `-ip=X` with one dash, in the form that the parser knows.
pub fn accept_one_dash(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut options_are_over = false;
    let translate = |argument: OsString| {
        options_are_over |= argument == "--";
        let Some(text) = argument.to_str().filter(|_| !options_are_over) else {
            return argument;
        };
        match text.strip_prefix("-ip") {
            Some("") => "--ipaddress".into(),
            Some(rest) if rest.starts_with('=') => format!("--ipaddress{rest}").into(),
            _ => argument,
        }
    };
    arguments.into_iter().map(translate).collect()
}

#[cfg(test)]
mod tests {
    use super::{ClientArgs, Duration, OsString, Parser, TcpServerArgs, UdpServerArgs, accept_one_dash};
    use clap::CommandFactory;

    fn client(words: &[&str]) -> Result<ClientArgs, String> {
        let words = ["udp-client"].iter().chain(words).map(OsString::from);
        ClientArgs::try_parse_from(accept_one_dash(words)).map_err(|error| error.to_string())
    }

    #[test]
    fn every_spelling_of_the_address_is_understood() {
        for words in [
            ["-ip", "10.0.0.1", "-p", "5"].as_slice(),
            &["-ip=10.0.0.1", "-p=5"],
            &["--ipaddress", "10.0.0.1", "--port", "5"],
            &["--ipaddress=10.0.0.1", "--port=5"],
            &["--ip", "10.0.0.1", "-p5"],
            &["-p", "5", "--ip=10.0.0.1"],
        ] {
            let args = client(words).unwrap();
            assert_eq!((args.ipaddress.as_str(), args.port), ("10.0.0.1", 5), "{words:?}");
            assert_eq!(args.timeout, Duration::from_secs(5));
        }
    }

    #[test]
    fn a_client_needs_a_port_from_1_to_65535() {
        for port in ["0", "65536", "-1", "x", ""] {
            assert!(client(&["-ip", "10.0.0.1", "-p", port]).is_err(), "{port}");
        }
        assert!(client(&["-ip", "10.0.0.1"]).unwrap_err().contains("--port"));
        assert!(client(&[]).unwrap_err().contains("--ipaddress"));
    }

    #[test]
    fn seconds_are_checked() {
        let timeout = |text| client(&["-ip", "h", "-p", "5", "--timeout", text]).map(|args| args.timeout);
        assert_eq!(timeout("0.25"), Ok(Duration::from_millis(250)));
        for wrong in ["0", "-1", "NaN", "inf", "1e300", "x"] {
            assert!(timeout(wrong).is_err(), "{wrong}");
        }
    }

    #[cfg(feature = "sniffer")]
    #[test]
    fn sizes_are_tcpdump_s() {
        for (text, size) in [("1", 1_000_000), ("3k", 3 << 10), ("3M", 3 << 20), ("1g", 1 << 30)] {
            assert_eq!(super::file_size(text), Ok(size), "{text}");
        }
        for wrong in [
            "",
            "0",
            "0k",
            "k",
            "-1",
            "1.5",
            "1kk",
            "1 m",
            "99999999999999999999",
            "99999999999999g",
            "1é",
        ] {
            assert!(super::file_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_value_behind_the_double_dash_is_left_alone() {
        let words = accept_one_dash(["a", "--", "-ip"].map(OsString::from));
        assert_eq!(words, ["a", "--", "-ip"]);
    }

    #[test]
    fn the_definitions_are_sound() {
        ClientArgs::command().debug_assert();
        UdpServerArgs::command().debug_assert();
        TcpServerArgs::command().debug_assert();
    }
}
