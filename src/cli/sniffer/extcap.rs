//! The sniffer as an extcap: a program that Wireshark starts to capture on an interface of the program's own naming.
//!
//! Wireshark runs each program in its extcap folders and asks, one question a run: which interfaces
//! (`--extcap-interfaces`), what their frames start with (`--extcap-dlts`), which options (`--extcap-config`), is this a
//! capture filter (`--extcap-capture-filter` alone). Then `--capture --fifo P`: frames are to be written into that named
//! pipe until SIGTERM. extcap(4)
//!
//! - `sentences`: the answers;
//! - [`install`]: the link in the extcap folder; `folder`: where that is.

mod folder;
pub mod install;
mod sentences;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use super::super::{exit, usage};
use super::args::SnifferArgs;
use crate::filter::Filter;
use crate::os::cancel::CancelToken;
use crate::session::extcap::{fifo, record};
use crate::session::say::{LogFormat, Say};
use crate::session::settings::Settings;
use crate::session::{rights, selection};

/// What Wireshark says when it starts an extcap.
#[derive(Debug, Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "Wireshark's questions, each a flag of its own"
)]
struct ExtcapArgs {
    /// Which interfaces are there?
    #[arg(long)]
    extcap_interfaces: bool,

    /// Wireshark's version
    #[arg(long, value_name = "VERSION", num_args = 0..=1, default_missing_value = "")]
    extcap_version: Option<String>,

    /// What do the frames of the interface start with?
    #[arg(long)]
    extcap_dlts: bool,

    /// Which options does the interface have?
    #[arg(long)]
    extcap_config: bool,

    /// The interface, with this extcap's prefix
    #[arg(long, value_name = "NAME")]
    extcap_interface: Option<String>,

    /// Capture filter; without --capture: is it one?
    #[arg(long, value_name = "EXPRESSION", allow_hyphen_values = true)]
    extcap_capture_filter: Option<String>,

    /// Capture
    #[arg(long)]
    capture: bool,

    /// Named pipe that takes the frames
    #[arg(long, value_name = "PIPE")]
    fifo: Option<PathBuf>,

    /// Only packets from or to these ports
    #[arg(long, value_name = "PORTS", default_value = "", hide_default_value = true)]
    port: String,

    /// Only packets from or to these addresses
    #[arg(long, value_name = "ADDRESSES", default_value = "", hide_default_value = true)]
    host: String,

    /// Of TCP only the segments that open and close connections
    #[arg(long)]
    handshake_only: bool,

    /// Also frames that are meant for others
    #[arg(long)]
    promiscuous: bool,

    /// Keep at most SNAPLEN bytes of each packet; 0: all
    #[arg(long, value_name = "SNAPLEN", default_value = "0")]
    snaplen: String,
}

/// Is it Wireshark that starts the program?
pub fn is_asked(words: impl IntoIterator<Item = OsString>) -> bool {
    let mut words = words.into_iter().skip(1).take_while(|word| word != "--");
    words.any(|word| word == "--capture" || word.as_encoded_bytes().starts_with(b"--extcap-"))
}

/// Answers Wireshark, or captures for it: exit status 0 fine, 1 failure, 2 wrong arguments. What is on standard error
/// Wireshark shows to the user, so when all is well it stays empty.
#[must_use]
pub fn main() -> ExitCode {
    let args: ExtcapArgs = match usage::parse("sniffer", "Captures for Wireshark") {
        Ok(args) => args,
        Err(code) => return code,
    };
    // Wireshark shows the words in a window, where colours are noise.
    let say = Say::new(false, LogFormat::Text);
    let kept = if args.capture && args.fifo.is_some() {
        rights::only_for_a_capture_into_a_pipe()
    } else {
        rights::none()
    };
    if let Err(line) = kept {
        return exit::failure(&line, say);
    }
    if args.extcap_interfaces {
        return match sentences::interfaces() {
            Ok(text) => exit::answered(&text, say),
            Err(error) => exit::failure(&error.to_string(), say),
        };
    }
    let Some(asked) = &args.extcap_interface else {
        return match args.extcap_version {
            Some(_) => exit::answered(&sentences::version(), say),
            None => exit::wrong_usage(
                "--extcap-interface is missing; 'sniffer --extcap-interfaces' lists them",
                say,
            ),
        };
    };
    let Some(interface) = asked.strip_prefix(sentences::PREFIX) else {
        return exit::wrong_usage(
            &format!("{asked:?} is not an interface of this extcap; 'sniffer --extcap-interfaces' lists them"),
            say,
        );
    };
    if args.extcap_dlts {
        return match sentences::link_types(interface) {
            Ok(Some(text)) => exit::answered(&text, say),
            Err(error) => exit::failure(&error.to_string(), say),
            Ok(None) => exit::failure(
                &format!("there is no interface {interface:?}; have Wireshark refresh its list of interfaces"),
                say,
            ),
        };
    }
    if args.extcap_config {
        return exit::answered(sentences::OPTIONS, say);
    }
    let wished = match sniffer_args(&args, interface) {
        Ok(wished) => wished,
        Err(line) => return exit::wrong_usage(&line, say),
    };
    let filter = selection::filter(&wished.port, &wished.host, &wished.expression);
    let filter = filter.map(|asked| asked.filter).map_err(|error| error.line);
    if args.capture {
        let Some(fifo) = &args.fifo else {
            return exit::wrong_usage("--fifo is missing: the named pipe that takes the frames", say);
        };
        return capture(&wished.settings(), filter, fifo, say);
    }
    match (filter, args.extcap_capture_filter) {
        // Silence means that it is one. Wireshark reads the answer only of a program that ends well.
        (Ok(_), Some(_)) => ExitCode::SUCCESS,
        (Err(line), Some(_)) => exit::answered(&format!("{}\n", one_line(&line)), say),
        (_, None) => exit::wrong_usage(
            "nothing is asked for: --capture, --extcap-dlts, --extcap-config or a capture filter",
            say,
        ),
    }
}

fn capture(settings: &Settings, filter: Result<Filter, String>, path: &Path, say: Say) -> ExitCode {
    let cancel = match CancelToken::on_signals() {
        Ok(cancel) => cancel,
        Err(error) => {
            return exit::failure(
                &format!("watching for signals failed: {error}; allow more open files with 'ulimit -n'"),
                say,
            );
        }
    };
    let code = match filter.map(|filter| record::run(settings, &filter, path, &cancel, say)) {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        Ok(Err(line)) => exit::failure(&one_line(&line), say),
        Err(line) => exit::wrong_usage(&line, say),
    };
    fifo::end(path, &cancel);
    code
}

/// Wireshark's wishes as the sniffer's own arguments.
///
/// # Errors
/// One of them cannot be understood: a line that says so.
fn sniffer_args(args: &ExtcapArgs, interface: &str) -> Result<SnifferArgs, String> {
    let mut words = vec!["sniffer".to_owned(), format!("--interface={interface}")];
    let several = |text: &str| -> Vec<String> {
        let parts = text.split([',', ';', ' ']).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    words.extend(several(&args.port).into_iter().map(|port| format!("--port={port}")));
    words.extend(several(&args.host).into_iter().map(|host| format!("--host={host}")));
    if !args.snaplen.trim().is_empty() {
        words.push(format!("--snaplen={}", args.snaplen.trim()));
    }
    let flags = [
        (args.handshake_only, "--handshake-only"),
        (args.promiscuous, "--promiscuous"),
    ];
    words.extend(flags.iter().filter(|(set, _)| *set).map(|(_, flag)| (*flag).to_owned()));
    words.push("--".to_owned());
    words.extend(args.extcap_capture_filter.clone());
    SnifferArgs::try_parse_from(words).map_err(|error| {
        let text = error.render().to_string();
        let first_line = text.lines().next().unwrap_or_default();
        format!(
            "{}; change the options of the interface",
            first_line.trim_start_matches("error: ")
        )
    })
}

/// Wireshark shows a line, or the beginning of one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use clap::{CommandFactory, Parser};

    use super::{ExtcapArgs, is_asked};

    fn sniffer_args(words: &[&str]) -> Result<super::SnifferArgs, String> {
        let words = ["sniffer", "--capture"].iter().chain(words);
        super::sniffer_args(&ExtcapArgs::try_parse_from(words).unwrap(), "lo")
    }

    #[test]
    fn the_definition_is_sound() {
        ExtcapArgs::command().debug_assert();
    }

    #[test]
    fn wireshark_is_told_from_a_person() {
        let asked = |words: &[&str]| is_asked(words.iter().map(Into::into));
        assert!(asked(&["sniffer", "--extcap-interfaces", "--extcap-version=4.0"]));
        assert!(asked(&["sniffer", "--capture", "--extcap-interface", "socketlab-lo"]));
        assert!(
            !asked(&["--extcap-interfaces"]),
            "the first word is the program's own name"
        );
        assert!(!asked(&["sniffer", "-i", "lo", "--", "--capture"]));
        assert!(!asked(&["sniffer"]));
    }

    #[test]
    fn ports_and_addresses_come_in_one_word() {
        let args = sniffer_args(&["--port", "12000, 12001", "--host", "::1;10.0.0.1", "--snaplen", " 96 "]).unwrap();
        assert_eq!((args.port, args.snaplen), (vec![12_000, 12_001], 96));
        assert_eq!(args.host, ["::1", "10.0.0.1"].map(|one| one.parse::<IpAddr>().unwrap()));
        let args = sniffer_args(&["--port", "", "--snaplen", ""]).unwrap();
        assert!(args.port.is_empty() && args.expression.is_empty());
        assert!(sniffer_args(&["--port", "70000"]).unwrap_err().contains("70000"));
        assert!(sniffer_args(&["--host", "nowhere"]).unwrap_err().contains("nowhere"));
    }

    #[test]
    fn a_filter_is_never_taken_for_an_option() {
        let args = sniffer_args(&["--extcap-capture-filter", "-x or --quiet"]).unwrap();
        assert_eq!(args.expression, ["-x or --quiet"]);
        assert!(!args.hex && !args.quiet);
    }
}
