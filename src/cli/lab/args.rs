//! The arguments of `socket-lab`.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::PossibleValue;
use clap::{Args, Parser, ValueEnum};

use super::super::style::StyleArgs;
use crate::lab::guided::LabSettings;
use crate::lab::run::Run;
use crate::lab::runs;
use crate::lab::view::LabView;

/// The word that asks for two hosts: the first argument, with arguments of its own behind it.
pub const WIRE: &str = "wire";

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Asked {
    /// A run.
    Run(&'static Run),
    /// The report of the last run, in a browser.
    Open,
    /// Two hosts and a wire between them; it has arguments of its own.
    Wire,
}

impl Asked {
    /// The word that asks for it, and its line in `--help`.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Run(run) => (run.word, run.about),
            Self::Open => ("open", "Open the report of the last run in a browser"),
            Self::Wire => (WIRE, "Two hosts and a wire that loses: 'socket-lab wire --help'"),
        }
    }
}

impl ValueEnum for Asked {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Asked>> = LazyLock::new(|| {
            let runs = runs::ALL.iter().copied().map(Asked::Run);
            runs.chain([Asked::Open, Asked::Wire]).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (word, about) = self.words();
        let value = PossibleValue::new(word).help(about);
        // RFC 9293 section 3.5.1 means something else by the run's earlier name.
        Some(if word == "syn-scan" {
            value.alias("half-open")
        } else {
            value
        })
    }
}

/// Where the files go.
#[derive(Debug, Clone, Args)]
pub struct FolderArgs {
    /// Folder for the files [default: captures/latest, whose files each run replaces]
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,

    /// Replace files that are in FOLDER already
    #[arg(long, hide_short_help = true, requires = "output")]
    pub force: bool,
}

/// The arguments of `socket-lab`.
#[derive(Debug, Clone, Parser)]
#[command(version, after_help = EXAMPLES, after_long_help = DETAILS)]
pub struct LabArgs {
    /// What to run [default: tcp and udp, the same line over both]
    #[arg(value_enum, value_name = "RUN")]
    pub asked: Option<Asked>,

    /// Line that the client types, of udp and tcp; several may be given
    #[arg(short, long = "line", value_name = "TEXT", allow_hyphen_values = true)]
    pub lines: Vec<String>,

    /// On one loopback, 127.0.0.1, and not on two hosts
    #[arg(long, hide_short_help = true)]
    pub loopback: bool,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub folder: FolderArgs,

    /// What is shown [default: overview; with --full: story]
    #[arg(long, value_enum, value_name = "VIEW")]
    pub view: Option<LabView>,

    /// Show everything: every packet broken down, with all of its data
    #[arg(long)]
    pub full: bool,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub style: StyleArgs,
}

const EXAMPLES: &str = "\
Examples:
  socket-lab                       one line over TCP, on one screen
  socket-lab --line 'my own line'  the same with your line
  socket-lab open                  the report: click a packet, see every byte
  socket-lab refused               what if no server listens?
  socket-lab tcp --full            every field of every header";

/// What `--help-all` has below the examples.
const DETAILS: &str = "\
Each run starts the real server and the real client, captures their packets, and explains them. They are in networks of this \
run's own: two hosts with a wire between them, 10.0.0.1 and 10.0.0.2, or one loopback where those cannot be made. It \
needs no privilege where the system lets every user make such networks. Under sudo it gives up root's rights before it starts.
'socket-lab wire' has arguments of its own: 'socket-lab wire --help-all' lists them, as does its man page, socket-lab-wire(1).

Exit status: 0 fine; 1 failure, the packets could not be captured, or a signal ended it; 2 wrong
arguments.";

/// What is typed when the user chooses nothing.
const LINE: &str = "sockets are doors";

impl LabArgs {
    /// What the run does.
    ///
    /// # Errors
    /// Those of [`Self::lines`].
    pub fn settings(&self) -> Result<LabSettings, String> {
        Ok(LabSettings {
            runs: self.runs(),
            lines: self.lines()?,
            loopback: self.loopback,
            output: self.folder.output.clone(),
            force: self.folder.force,
            view: self.view(),
            full: self.full,
            style: self.style.style(self.view().times()),
            links: supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
        })
    }

    fn view(&self) -> LabView {
        let by_default = if self.full { LabView::Story } else { LabView::Overview };
        self.view.unwrap_or(by_default)
    }

    /// The runs that are asked for.
    #[must_use]
    pub fn runs(&self) -> Vec<&'static Run> {
        match self.asked {
            Some(Asked::Run(run)) => vec![run],
            Some(Asked::Open | Asked::Wire) | None => runs::DEFAULT.to_vec(),
        }
    }

    /// The lines to type.
    ///
    /// # Errors
    /// One of them is not a line, or the run has a line of its own: in words.
    pub fn lines(&self) -> Result<Vec<String>, String> {
        if self.lines.is_empty() {
            return Ok(vec![LINE.to_owned()]);
        }
        let run = match self.asked {
            Some(Asked::Run(run)) => Some(run),
            Some(Asked::Open | Asked::Wire) | None => None,
        };
        if let Some(run) = run.filter(|run| !run.takes_lines) {
            return Err(format!(
                "--line goes with udp and tcp: {} has lines of its own; leave --line out",
                run.word
            ));
        }
        typed_lines(&self.lines)
    }
}

/// The lines, if each of them is one.
///
/// # Errors
/// One of them is not: in words.
pub fn typed_lines(lines: &[String]) -> Result<Vec<String>, String> {
    match lines.iter().find(|line| line.contains(['\n', '\r'])) {
        Some(line) => Err(format!(
            "--line \"{}\" has an end of line in it; give each line a --line of its own",
            crate::escape::printable(line.as_bytes())
        )),
        None => Ok(lines.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::LabArgs;

    fn args(words: &[&str]) -> LabArgs {
        LabArgs::try_parse_from(["socket-lab"].iter().chain(words)).unwrap()
    }

    #[test]
    fn the_definition_is_sound() {
        LabArgs::command().debug_assert();
    }

    #[test]
    fn without_a_run_there_are_two() {
        let words = |given: &[&str]| args(given).runs().iter().map(|run| run.word).collect::<Vec<_>>();
        assert_eq!(words(&[]), ["tcp", "udp"]);
        assert_eq!(words(&["syn-scan"]), ["syn-scan"]);
        assert_eq!(words(&["half-open"]), ["syn-scan"], "its name until now");
    }

    #[test]
    fn a_line_is_one_line_and_may_begin_with_a_hyphen() {
        assert_eq!(args(&["--line", "-x", "-l", ""]).lines().unwrap(), ["-x", ""]);
        for broken in ["a\nb", "a\r", "\n"] {
            let said = args(&["--line", broken]).lines().unwrap_err();
            assert!(said.contains("end of line") && !said.contains('\n'), "{said}");
        }
        assert!(
            args(&["long", "--line", "a"])
                .lines()
                .unwrap_err()
                .contains("long has lines")
        );
    }
}
