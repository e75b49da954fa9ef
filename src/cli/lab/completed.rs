//! `socket-lab` as shells complete it: `wire` has arguments of its own behind it.

use clap::{Command, CommandFactory as _, ValueEnum as _};

use super::super::usage::with_help;
use super::args::{Asked, WIRE};
use super::wire_args::{ABOUT, WireArgs};

/// The argument that is the run.
const RUN: &str = "asked";

/// The command with a subcommand for each run, in place of the argument. zsh looks for subcommands only where no argument comes first.
pub(super) fn completed(command: &Command) -> Command {
    let runs = Asked::value_variants().iter().map(|asked| match asked {
        Asked::Wire => with_help(WireArgs::command().name(WIRE).about(ABOUT)),
        Asked::Run(_) | Asked::Open => {
            let (word, about) = asked.words();
            with_options(Command::new(word).about(about), command)
        }
    });
    with_options(Command::new("socket-lab"), command)
        .disable_help_subcommand(true)
        .subcommands(runs)
}

/// `new` with all that `command` takes but its run.
fn with_options(new: Command, command: &Command) -> Command {
    let options = command.get_arguments().filter(|argument| argument.get_id() != RUN);
    new.args(options.cloned())
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_flag(true)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::super::super::usage::with_help;
    use super::super::args::LabArgs;
    use super::{RUN, completed};

    #[test]
    fn every_run_has_its_options() {
        let lab = with_help(LabArgs::command().name("socket-lab"));
        assert!(lab.get_arguments().any(|argument| argument.get_id() == RUN));
        let tree = completed(&lab);
        tree.clone().debug_assert();
        let wire = tree.find_subcommand("wire").unwrap();
        for long in [
            "rules",
            "rules-file",
            "seed",
            "textbook",
            "counters",
            "ipv6",
            "help-all",
        ] {
            assert!(
                wire.get_arguments().any(|argument| argument.get_long() == Some(long)),
                "{long}"
            );
        }
        let tcp = tree.find_subcommand("tcp").unwrap();
        for option in lab.get_arguments().filter(|argument| argument.get_id() != RUN) {
            let same = tcp
                .get_arguments()
                .find(|argument| argument.get_id() == option.get_id());
            assert_eq!(same, Some(option));
        }
    }
}
