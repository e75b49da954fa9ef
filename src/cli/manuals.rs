//! Shell completions and the man page, which every program writes of itself: `--completions SHELL` and `--man`.
//!
//! Both are made from the arguments as they are parsed, so they cannot fall behind them. The two flags do not stand in the
//! help: they are for users who install the programs (docs/install.md).

use std::io::{self, Write};
use std::process::ExitCode;

use chrono::Utc;
use clap::builder::EnumValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use clap_complete::Shell;
use clap_mangen::Man;

const COMPLETIONS: &str = "completions";
const MAN: &str = "man";

/// The command that also understands the two flags; each of them is alone on the line.
#[must_use]
pub fn understood(command: Command) -> Command {
    understood_man(command).arg(
        flag(COMPLETIONS)
            .value_name("SHELL")
            .value_parser(EnumValueParser::<Shell>::new()),
    )
}

/// The same with the flag for the man page only.
#[must_use]
pub fn understood_man(command: Command) -> Command {
    command.arg(flag(MAN).action(ArgAction::SetTrue))
}

fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).hide(true).exclusive(true)
}

/// Is one of them asked for?
#[must_use]
pub fn are_asked_for(matches: &ArgMatches) -> bool {
    matches.contains_id(COMPLETIONS) || is_man_asked_for(matches)
}

/// Is the man page asked for?
#[must_use]
pub fn is_man_asked_for(matches: &ArgMatches) -> bool {
    matches.get_flag(MAN)
}

/// Writes what the flags ask for to standard output. `command` is the one without
/// them, with its name and its description; `completed` makes of it what shells complete.
///
/// The exit code: 0, also when the reader has left; 1 when standard output cannot be written, with one line on standard
/// error.
#[must_use]
pub fn written(matches: &ArgMatches, command: &Command, completed: fn(&Command) -> Command) -> ExitCode {
    match matches.get_one::<Shell>(COMPLETIONS) {
        Some(shell) => put(Ok(completions(*shell, &completed(command)))),
        None => man_written(command),
    }
}

/// Writes the man page of this command to standard output. The exit code: as [`written`].
#[must_use]
pub fn man_written(command: &Command) -> ExitCode {
    put(man_page(command))
}

fn put(text: io::Result<Vec<u8>>) -> ExitCode {
    let outcome = text.and_then(|text| {
        let mut output = io::stdout();
        output.write_all(&text)?;
        output.flush()
    });
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            // With standard error closed, the exit status has to do.
            let _ = writeln!(
                io::stderr(),
                "error: writing standard output failed: {}",
                crate::os::errors::unwritable(&error)
            );
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// The completion script of this shell.
fn completions(shell: Shell, command: &Command) -> Vec<u8> {
    let mut text = Vec::new();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command.clone(), name, &mut text);
    match shell {
        Shell::Bash => with_found_labels(&String::from_utf8_lossy(&text), command).into_bytes(),
        _ => text,
    }
}

/// The generator's script for bash. Where the program's name has a hyphen, the labels of its subcommands are others there than those
/// that the script looks for: these are the ones of its first lines.
fn with_found_labels(script: &str, command: &Command) -> String {
    const BETWEEN: &str = "__subcmd__";
    let [label, looked_for] = [BETWEEN, "__"].map(|hyphen| command.get_name().replace('-', hyphen) + BETWEEN);
    script.replace(&label, &looked_for)
}

/// The page for section 1 of the manual, in roff. man(7)
fn man_page(command: &Command) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    // What --help leaves to --help-all would have no words here.
    Man::new(command.clone().mut_args(|argument| argument.hide_short_help(false)))
        .title(command.get_display_name().unwrap_or(command.get_name()).to_uppercase())
        .date(Utc::now().format("%Y-%m-%d").to_string())
        .source(concat!("socket-lab ", env!("CARGO_PKG_VERSION")))
        .manual("User Commands")
        .render(&mut text)?;
    Ok(tidy(&String::from_utf8_lossy(&text)).into_bytes())
}

/// The generator's page as man(1) and mandoc(1) like it: no break beside an empty line, no blank at the end of a line, and
/// for what is below the help a title that manual pages have (man-pages(7)).
fn tidy(page: &str) -> String {
    let page = page
        .replace("\n.br\n\n.br\n", "\n.sp\n")
        .replace("\n.SH EXTRA\n", "\n.SH NOTES\n");
    page.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::args::{ClientArgs, TcpServerArgs, UdpServerArgs};
    use super::super::usage::with_help;
    use super::{Shell, completions, man_page, tidy, understood};

    #[test]
    fn the_flags_stand_alone_and_need_nothing_else() {
        let parse = |words: &[&str]| {
            let words = ["udp-client"].iter().chain(words);
            understood(ClientArgs::command()).try_get_matches_from(words)
        };
        assert!(parse(&["--man"]).is_ok() && parse(&["--completions", "fish"]).is_ok());
        assert!(parse(&["--man", "-p", "5"]).is_err());
        assert!(parse(&["--completions", "ksh"]).is_err());
        assert!(parse(&["-p", "5"]).is_err(), "an address is still needed");
        let usual = parse(&["--ip", "h", "-p", "5"]).unwrap();
        assert!(!super::are_asked_for(&usual));
    }

    #[test]
    fn they_do_not_stand_in_what_they_write() {
        for command in [
            ClientArgs::command(),
            UdpServerArgs::command(),
            TcpServerArgs::command(),
        ] {
            for text in [man_page(&command).unwrap(), completions(Shell::Bash, &command)] {
                let text = String::from_utf8(text).unwrap();
                assert!(text.contains("color") && !text.contains("completions"), "{text}");
            }
            let help = understood(command).render_help().to_string();
            assert!(!help.contains("--man") && !help.contains("--completions"), "{help}");
        }
    }

    #[test]
    fn the_page_is_tidied() {
        assert_eq!(tidy("a \n.br\n\n.br\nb\n.SH EXTRA\nc"), "a\n.sp\nb\n.SH NOTES\nc\n");
        let page = String::from_utf8(man_page(&with_help(ClientArgs::command())).unwrap()).unwrap();
        assert!(
            page.contains(".SH NOTES\nExamples") && page.contains("Exit status: 0"),
            "{page}"
        );
    }
}
