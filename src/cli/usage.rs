//! Help, and wrong arguments said in one line.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::net::IpAddr;
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, Parser};

use super::args;
use crate::escape::printable;
use crate::escape::shell::quoted;
use crate::session::rights;

/// Exit status for wrong arguments.
const USAGE: u8 = 2;

/// The program's arguments, or the exit code when there is nothing more to do: help, completions or the man page
/// were asked for and are written, or the arguments are wrong.
///
/// # Errors
/// That exit code.
pub fn parse<A: Parser>(program: &'static str, about: &'static str) -> Result<A, ExitCode> {
    parse_as_completed(program, about, Command::clone)
}

/// The same where shells complete more than this command takes: what `completed` makes of it.
///
/// # Errors
/// As [`parse`].
#[cfg_attr(
    not(feature = "manuals"),
    expect(unused_variables, reason = "completions come with that feature")
)]
pub fn parse_as_completed<A: Parser>(
    program: &'static str,
    about: &'static str,
    completed: fn(&Command) -> Command,
) -> Result<A, ExitCode> {
    let command = with_help(A::command().name(program).bin_name(program).about(about));
    let words = std::env::args_os();
    let has_address = command.get_arguments().any(|argument| argument.get_id() == "ipaddress");
    let words = if has_address {
        args::accept_one_dash(words)
    } else {
        words.collect()
    };
    let parsed = matches(&command, words).and_then(|matches| {
        #[cfg(feature = "manuals")]
        if super::manuals::are_asked_for(&matches) {
            return Ok(Err(with_no_rights(|| {
                super::manuals::written(&matches, &command, completed)
            })));
        }
        A::from_arg_matches(&matches).map(Ok)
    });
    parsed.unwrap_or_else(|error| Err(with_no_rights(|| usage_error(program, &error))))
}

/// The same for what a program does when its first argument is this word. Its man page is named `PROGRAM-WORD`, as `man PROGRAM WORD`
/// finds it; shells complete it with the rest of the program.
///
/// # Errors
/// As [`parse`].
pub fn parse_after_word<A: Parser>(
    program: &'static str,
    word: &'static str,
    about: &'static str,
) -> Result<A, ExitCode> {
    let name = format!("{program} {word}");
    let command = A::command().name(program).bin_name(name).about(about);
    let command = with_help(command.display_name(format!("{program}-{word}")));
    let mut words = std::env::args_os();
    let words: Vec<OsString> = words.next().into_iter().chain(words.skip(1)).collect();
    let understood = command.clone();
    #[cfg(feature = "manuals")]
    let understood = super::manuals::understood_man(understood);
    let parsed = understood.try_get_matches_from(words).and_then(|matches| {
        #[cfg(feature = "manuals")]
        if super::manuals::is_man_asked_for(&matches) {
            return Ok(Err(with_no_rights(|| super::manuals::man_written(&command))));
        }
        A::from_arg_matches(&matches).map(Ok)
    });
    parsed.unwrap_or_else(|error| Err(with_no_rights(|| usage_error(program, &error))))
}

/// The command with `--help`, one screen with the most used options, and `--help-all`, which lists every option.
///
/// The text below `--help` has the examples. `--help-all` repeats it, and adds the command's `after_long_help`.
pub(super) fn with_help(command: Command) -> Command {
    let flag = |name: &'static str| Arg::new(name).long(name).help_heading(None::<&str>);
    // Programs that share their arguments share the examples.
    let name = command.get_name().to_owned();
    let named = |text: Option<&StyledStr>| text.map(|text| text.to_string().replace("PROGRAM", &name));
    let short = named(command.get_after_help()).unwrap_or_default();
    let long = match named(command.get_after_long_help()) {
        Some(details) => format!("{short}\n\n{details}"),
        None => short.clone(),
    };
    command
        .after_help(short)
        .after_long_help(long)
        .disable_help_flag(true)
        .arg(
            flag("help")
                .short('h')
                .action(ArgAction::HelpShort)
                .help("Print this help"),
        )
        .arg(
            flag("help-all")
                .action(ArgAction::HelpLong)
                .help("Print every option, with details"),
        )
}

/// Writes what is left to be written, without root's rights.
fn with_no_rights(write: impl FnOnce() -> ExitCode) -> ExitCode {
    match rights::none() {
        Ok(()) => write(),
        Err(line) => {
            let _ = writeln!(std::io::stderr(), "error: {line}");
            ExitCode::FAILURE
        }
    }
}

fn matches(command: &Command, words: Vec<OsString>) -> Result<ArgMatches, clap::Error> {
    let command = command.clone();
    #[cfg(feature = "manuals")]
    let command = super::manuals::understood(command);
    command.try_get_matches_from(words)
}

/// Says what clap has to say, and the exit code for it.
fn usage_error(program: &str, error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            match error.print().and_then(|()| std::io::stdout().flush()) {
                // A reader who has seen enough of the help is not a failure.
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                    let why = crate::os::errors::unwritable(&error);
                    let _ = writeln!(std::io::stderr(), "error: writing standard output failed: {why}");
                    ExitCode::FAILURE
                }
                _ => ExitCode::SUCCESS,
            }
        }
        _ => {
            let words: Vec<OsString> = std::env::args_os().collect();
            let line = one_line(program, error, &words);
            // With standard error closed, the exit status has to do.
            let _ = writeln!(std::io::stderr(), "{line}");
            ExitCode::from(USAGE)
        }
    }
}

/// What is wrong, on what, and the next step, without the usage block that hides it.
fn one_line(program: &str, error: &clap::Error, words: &[OsString]) -> String {
    let text = error.render().to_string();
    let text = text.split("\n\nUsage:").next().unwrap_or_default();
    let text = text.split("\n\nFor more information").next().unwrap_or_default();
    let is_of_sniffer = program == "sniffer";
    let foreign = match error.get(ContextKind::InvalidArg) {
        // The value of -p may be wrong too.
        Some(ContextValue::String(option)) if is_of_sniffer && error.kind() != ErrorKind::ValueValidation => {
            of_another_program(option).map(str::to_owned)
        }
        Some(ContextValue::String(option)) if error.kind() == ErrorKind::UnknownArgument => {
            as_options(program, option, words)
        }
        _ => None,
    };
    let has_foreign = foreign.is_some();
    // The tip that clap may have is in a paragraph of its own.
    let parts: Vec<String> = text
        .split("\n\n")
        // A dash in front is a mistake here more often than it is meant as a value.
        .filter(|part| !(part.contains("tip: to pass ") || has_foreign && part.contains("tip: a similar")))
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let next = match error.kind() {
        ErrorKind::MissingRequiredArgument if text.contains("--port") || text.contains("--ipaddress") => {
            "the server prints both when it starts; "
        }
        _ => "",
    };
    let next = foreign.map_or_else(|| next.to_owned(), |next| format!("{next}; "));
    let line = format!("{}; {next}see '{program} --help'", parts.join("; "));
    // clap repeats what was typed.
    printable(line.as_bytes()).into_owned()
}

/// The command with options for an address and a port that were typed without, as for nc(1): `HOST PORT`, `HOST:PORT`, `PORT`.
fn as_options(program: &str, found: &str, words: &[OsString]) -> Option<String> {
    if !matches!(program, "tcp-client" | "udp-client" | "tcp-server" | "udp-server") {
        return None;
    }
    let is_server = program.ends_with("-server");
    if found.starts_with('-') {
        let is_habit = is_server && ["-l", "-k", "-u", "-n"].contains(&found);
        return is_habit.then(|| "leave it out: it listens in any case".to_owned());
    }
    let own = quoted(words.first().map_or(OsStr::new(program), |own| own));
    let typed: Option<Vec<&str>> = words.iter().skip(1).map(|word| word.to_str()).collect();
    let values = typed.filter(|typed| typed.iter().all(|word| !word.starts_with('-')));
    let (address, port) = match values.as_deref() {
        Some([one]) => match one.rsplit_once(':').filter(|_| one.parse::<IpAddr>().is_err()) {
            Some((address, port)) => (Some(address), Some(port)),
            None if one.parse::<u16>().is_ok() => (None, Some(*one)),
            None => (Some(*one), None),
        },
        Some([address, port]) => (Some(*address), Some(*port)),
        _ => (None, None),
    };
    let address = address.map(|address| quoted(OsStr::new(address.trim_start_matches('[').trim_end_matches(']'))));
    let port = port.map_or_else(|| "PORT".into(), |port| quoted(OsStr::new(port)));
    Some(match (is_server, address) {
        (true, None) => format!("type: {own} -p {port}"),
        (true, Some(address)) => format!("type: {own} -b {address} -p {port}"),
        (false, address) => {
            let address = address.unwrap_or_else(|| "ADDRESS".into());
            format!("type: {own} -ip {address} -p {port}")
        }
    })
}

/// What to type instead of an option of tcpdump's or tshark's. tcpdump(8), tshark(1)
fn of_another_program(option: &str) -> Option<&'static str> {
    Some(match option {
        "-N" => "leave it out: addresses and ports are always numbers here",
        "-U" | "--immediate-mode" => "leave it out: lines and packets are written as they come",
        "-B" => "leave it out: 64 MiB of packets may wait here",
        "--port <PORT>" => "tcpdump's -p is the default here: leave it out",
        "--no-promiscuous-mode" => "leave it out: that is the default here",
        "-v" => "leave it out: --view fields shows every field",
        "-K" | "-Z" => "leave it out: checksums are checked, and rights given up, in any case",
        "-R" | "-2" | "--read-filter" => "type the filter as the last argument, in quotes: 'tcp port 80'",
        "-F" => "type the filter itself as the last argument, in quotes; the ending of -w's file chooses its format",
        "-b" => "type -C SIZE or -G SECONDS: the recording goes on in another file",
        "-y" | "-L" | "-I" | "-H" => "leave it out: the interface has one link type",
        "-Q" | "-P" => "both directions are captured: choose one with 'src host A' or 'dst host A'",
        "-j" | "-J" | "--time-stamp-precision" | "-u" => {
            "leave it out: times are the kernel's, in nanoseconds where it has them"
        }
        "-#" | "--number" => "leave it out: packets are numbered in any case",
        "-d" => "ports have no protocols here: --view follow shows what both ends said",
        "-o" => "--view fields shows raw and relative numbers",
        "-k" => "--install-extcap lets Wireshark capture with this program",
        "--export-objects" => "--view follow shows what both ends said; -w FILE for tshark",
        "-A" => "-x shows the bytes, --view follow the text of a conversation",
        "-e" | "-O" => "--view fields shows every header",
        "-T" | "-E" => "--json writes every field of a packet",
        "-t" => "--time relative, --time utc and --time local choose the form of times",
        "-a" => "--duration ends a capture after that time, --count after that number of packets",
        "-S" => "leave it out: raw and relative sequence numbers are both shown by --view fields",
        "-z" => "--view ladder, --view follow and --plot show conversations",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::Parser;

    use super::super::args::ClientArgs;
    use super::one_line;

    fn usage_error(words: &[&str]) -> String {
        let words: Vec<OsString> = ["udp-client"].iter().chain(words).map(OsString::from).collect();
        one_line("udp-client", &ClientArgs::try_parse_from(&words).unwrap_err(), &words)
    }

    #[test]
    fn an_address_and_a_port_without_options_are_said_with_them() {
        for (words, command) in [
            (&["192.0.2.1", "80"][..], "type: udp-client -ip 192.0.2.1 -p 80;"),
            (&["192.0.2.1:80"], "type: udp-client -ip 192.0.2.1 -p 80;"),
            (&["[::1]:80"], "type: udp-client -ip ::1 -p 80;"),
            (&["::1", "80"], "type: udp-client -ip ::1 -p 80;"),
            (&["localhost"], "type: udp-client -ip localhost -p PORT;"),
            (&["80"], "type: udp-client -ip ADDRESS -p 80;"),
            (&["-v", "192.0.2.1", "80"], "type: udp-client -ip ADDRESS -p PORT;"),
        ] {
            assert!(usage_error(words).contains(command), "{}", usage_error(words));
        }
    }

    #[test]
    fn missing_arguments_are_one_line_with_the_next_step() {
        assert_eq!(
            usage_error(&[]),
            "error: the following required arguments were not provided: --ipaddress <ADDRESS> --port <PORT>; \
             the server prints both when it starts; see 'udp-client --help'"
        );
    }

    #[test]
    fn a_wrong_port_says_the_range() {
        assert_eq!(
            usage_error(&["--ip", "a", "-p", "0"]),
            "error: invalid value '0' for '--port <PORT>': 0 is not in 1..=65535; see 'udp-client --help'"
        );
    }

    #[test]
    fn an_unknown_argument_says_which() {
        assert!(
            usage_error(&["--prot", "5"]).starts_with("error: unexpected argument '--prot' found"),
            "{}",
            usage_error(&["--prot", "5"])
        );
    }
}
