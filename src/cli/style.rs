//! How text looks, as the arguments and the terminal have it: shared by the sniffer and the guided run.

use std::io::{self, IsTerminal as _};

use anstream::{AutoStream, ColorChoice as Choice};
use clap::{Args, ColorChoice, ValueEnum};

use crate::render::text_style::{self, TextStyle};

/// Which characters are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Style {
    /// Box characters and arrows
    Unicode,
    /// ASCII only
    Ascii,
    /// No drawing: sentences, for screen readers
    Plain,
}

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TimeFormat {
    /// Local time with its offset
    Local,
    /// UTC
    Utc,
    /// Seconds since the first packet
    Relative,
}

/// How text looks.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Appearance")]
pub struct StyleArgs {
    /// Times [default: local; with --view summary: relative]
    #[arg(long, hide_short_help = true, value_enum, value_name = "FORM")]
    pub time: Option<TimeFormat>,

    /// The same as --time utc
    #[arg(long, hide_short_help = true, conflicts_with = "time")]
    pub utc: bool,

    /// Characters to draw with [default: unicode where the terminal's language allows it, else ascii]
    #[arg(long, hide_short_help = true, value_enum, value_name = "STYLE")]
    pub style: Option<Style>,

    /// Columns [default: those of the terminal, else 80]
    #[arg(long, hide_short_help = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(60..=1000))]
    pub width: Option<u16>,

    /// Colour (auto: on a terminal, unless `NO_COLOR` is set)
    #[arg(long, hide_short_help = true, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

impl StyleArgs {
    /// How text looks: by the arguments, else by the terminal; times, unless they are asked for, in this form.
    #[must_use]
    pub fn style(&self, times: text_style::TimeFormat) -> TextStyle {
        let output = io::stdout();
        let color = match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => !matches!(AutoStream::choice(&output), Choice::Never),
        };
        let width = self.width.map(usize::from).or_else(|| {
            let (columns, _) = terminal_size::terminal_size_of(&output)?;
            Some(usize::from(columns.0))
        });
        let characters = match self.style {
            Some(Style::Unicode) => text_style::CharacterSet::Unicode,
            Some(Style::Plain) => text_style::CharacterSet::Plain,
            None if language_has_unicode() => text_style::CharacterSet::Unicode,
            Some(Style::Ascii) | None => text_style::CharacterSet::Ascii,
        };
        TextStyle {
            characters,
            width: if output.is_terminal() || self.width.is_some() {
                width.unwrap_or(80)
            } else {
                80
            },
            color,
            time: self.times().unwrap_or(times),
        }
    }

    /// How times are written, if that is asked for.
    #[must_use]
    pub const fn times(&self) -> Option<text_style::TimeFormat> {
        match (self.utc, self.time) {
            (true, _) | (_, Some(TimeFormat::Utc)) => Some(text_style::TimeFormat::Utc),
            (_, Some(TimeFormat::Relative)) => Some(text_style::TimeFormat::Relative),
            (_, Some(TimeFormat::Local)) => Some(text_style::TimeFormat::Local),
            (_, None) => None,
        }
    }
}

/// locale(7): the first of these that is set names the characters of the terminal.
fn language_has_unicode() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| {
        let value = std::env::var(name).ok()?;
        (!value.is_empty()).then_some(value)
    });
    set.is_some_and(|language| {
        let language = language.to_ascii_lowercase();
        language.contains("utf-8") || language.contains("utf8")
    })
}
