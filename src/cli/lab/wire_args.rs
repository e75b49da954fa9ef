//! The arguments of `socket-lab wire`.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::PossibleValue;
use clap::{Parser, ValueEnum};

use super::super::style::StyleArgs;
use super::args::{FolderArgs, typed_lines};
use crate::escape::printable;
use crate::hosts::addresses::IpVersion;
use crate::hosts::rules::{Effect, Rules};
use crate::lab::wire::run::{Length, Traffic, WireRun};
use crate::lab::wire::runs;
use crate::lab::wire::settings::WireSettings;
use crate::render::text_style::TimeFormat;

/// What the command does, in a line.
pub const ABOUT: &str = "Two hosts and a wire between them: what a lost, late or changed packet does";

/// A run, as an argument.
#[derive(Debug, Clone, Copy)]
pub struct AskedRun(&'static WireRun);

impl ValueEnum for AskedRun {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<AskedRun>> = LazyLock::new(|| runs::ALL.iter().copied().map(AskedRun).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.word).help(self.0.about))
    }
}

/// The arguments of `socket-lab wire`.
#[derive(Debug, Clone, Parser)]
#[command(version, after_help = EXAMPLES, after_long_help = DETAILS)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct WireArgs {
    /// What happens on the wire [default: rtt]
    #[arg(value_enum, value_name = "RUN")]
    pub asked: Option<AskedRun>,

    /// How long each way takes, such as 50ms [default: 20ms]
    #[arg(long, value_name = "TIME")]
    pub delay: Option<String>,

    /// Over IPv6, in place of IPv4
    #[arg(short = '6', long)]
    pub ipv6: bool,

    /// What else the wire does, such as 'lose client data 1; rate 1Mbit'
    #[arg(long, value_name = "RULES")]
    pub rules: Option<String>,

    /// The same from a file, a rule a line
    #[arg(long, value_name = "FILE", hide_short_help = true, conflicts_with = "rules")]
    pub rules_file: Option<PathBuf>,

    /// Draws other numbers for rules with a chance [default: 1]
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,

    /// Switch off what was added to TCP since the textbook: SACK, RACK, tail loss probes, timestamps
    #[arg(long)]
    pub textbook: bool,

    /// Less to see where a run takes longer than five seconds
    #[arg(long)]
    pub short: bool,

    /// Write what both kernels counted, such as timeouts and segments that were sent again, before and after the run
    #[arg(long)]
    pub counters: bool,

    /// Line that the client types; several may be given
    #[arg(short, long = "line", value_name = "TEXT", allow_hyphen_values = true)]
    pub lines: Vec<String>,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub folder: FolderArgs,

    /// Show every packet, and each end with its socket calls
    #[arg(long)]
    pub full: bool,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub style: StyleArgs,
}

const EXAMPLES: &str = "\
Examples:
  socket-lab wire                               a round trip, seen at both ends
  socket-lab wire syn-lost                      what if the first SYN is lost?
  socket-lab wire --rules 'lose client fin 1'   a loss of your own
  socket-lab wire --rules 'lose data 20%'       by chance; --seed 2 draws others";

const DETAILS: &str = "\
Two hosts of this machine's own, 10.0.0.1 and 10.0.0.2 (with --ipv6 fd00::1 and fd00::2), each with a TCP/IP of the kernel's, and a wire between them \
that does what the rules say. Both ends are captured; what the wire did to each frame is written beside the captures. \
The rules are described in docs/wire.md.

Exit status: 0 fine, whatever the wire has lost; 1 failure, or a signal ended it; 2 wrong arguments.";

impl WireArgs {
    /// What the run does.
    ///
    /// # Errors
    /// A rule that cannot be understood, a line that is none, a file that cannot be read: in words.
    pub fn settings(&self) -> Result<WireSettings, String> {
        let run = self.asked.map_or(runs::DEFAULT, |asked| asked.0);
        let version = if self.ipv6 { IpVersion::V6 } else { IpVersion::V4 };
        if self.ipv6 && run.router.is_some() {
            return Err(format!(
                "--ipv6: the router of the run '{}' forwards IPv4 only; leave --ipv6 out, or choose another run",
                run.word
            ));
        }
        Ok(WireSettings {
            run,
            version,
            rules: self.wire_rules(run)?,
            has_more_rules: self.rules.is_some() || self.rules_file.is_some(),
            seed: self.seed.unwrap_or(1),
            textbook: self.textbook || run.textbook,
            length: if self.short { Length::Short } else { Length::Usual },
            counters: self.counters,
            lines: self.typed(run, version)?,
            output: self.folder.output.clone(),
            force: self.folder.force,
            full: self.full,
            style: self.style.style(TimeFormat::Relative),
            links: supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
        })
    }

    /// The lines that are typed: the user's, or else the run's own.
    fn typed(&self, run: &WireRun, version: IpVersion) -> Result<Vec<String>, String> {
        match run.traffic {
            Traffic::Typed { lines, .. } if self.lines.is_empty() => Ok(lines(version)),
            Traffic::Typed { .. } => typed_lines(&self.lines),
            Traffic::ByHand(_) if self.lines.is_empty() => Ok(Vec::new()),
            Traffic::ByHand(_) => Err(format!(
                "--line: nothing is typed in the run '{}'; leave --line out, or choose another run",
                run.word
            )),
        }
    }

    /// Those of the run, then those of the user: of two settings of one kind the later one holds.
    fn wire_rules(&self, run: &WireRun) -> Result<Rules, String> {
        let mut rules: Rules = run.rules.parse().map_err(|error| format!("{error}"))?;
        if let Some(delay) = &self.delay {
            let one: Rules = format!("delay {delay}")
                .parse()
                .map_err(|error| format!("--delay: {error}"))?;
            // It takes the place of the run's own, so that what is printed is what holds.
            rules.rules.retain(|rule| !matches!(rule.effect, Effect::Delay(_)));
            rules.rules.splice(0..0, one.rules);
        }
        let (option, text) = match (&self.rules, &self.rules_file) {
            (Some(text), _) => ("--rules".to_owned(), text.clone()),
            (None, Some(path)) => {
                let shown = printable(path.display().to_string().as_bytes()).into_owned();
                let text = fs::read_to_string(path)
                    .map_err(|error| format!("{shown} cannot be read: {}", crate::os::errors::text(&error)))?;
                (shown, text)
            }
            (None, None) => return Ok(rules),
        };
        let more: Rules = text.parse().map_err(|error| format!("{option}: {error}"))?;
        rules.rules.extend(more.rules);
        Ok(rules)
    }
}
