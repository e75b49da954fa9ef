//! The messages on standard error, and the call log: a `tracing` subscriber with up to two layers.
//!
//! Without an option only errors, warnings and hints are shown, and the socket calls are not even measured: their call
//! site is disabled ([`crate::calls::event::wanted`]).

use std::fmt::{self, Write as _};
use std::io;
use std::path::PathBuf;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, Layer as FmtLayer};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::say::{LogFormat, json};
use crate::calls::lines::{self, CallLog, CallLogOutcome};
use crate::calls::{event, text};
use crate::escape::printable;
use crate::os::descriptors;
use crate::os::errors::without_numbers;
use crate::outputs::{OpenOutput, OutputKind};

/// What a program shows on standard error, and writes to a call log.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// 0: errors, warnings and hints; 1: also the socket calls; 2: also the bytes that they carry.
    pub verbose: u8,
    /// The form of a line.
    pub format: LogFormat,
    /// Are the lines coloured?
    pub color: bool,
    /// The call log, if there is to be one.
    pub calls: Option<PathBuf>,
}

/// Sets the subscriber up for the whole process. Returns what becomes of the call log, when there is one.
///
/// # Errors
/// The call log cannot be opened: one line that says so.
pub fn start(settings: &LogSettings) -> Result<Option<CallLogOutcome>, String> {
    let (call_log, outcome) = match &settings.calls {
        None => (None, None),
        Some(path) => {
            let name = path.display().to_string();
            let listed = OpenOutput::new(name.as_str(), OutputKind::Lines);
            listed.opening(descriptors::is_named_pipe(path));
            let opened = lines::open(path).map_err(|error| {
                let path = printable(name.as_bytes());
                format!("open {path} for the call log failed: {error}; give --calls a file that you may write")
            });
            let opened = opened?;
            if descriptors::is_another_users(&opened) {
                return Err(format!(
                    "will not write the call log {}: it belongs to another user; give --calls another name",
                    printable(path.display().to_string().as_bytes())
                ));
            }
            if descriptors::is_standard_input(&opened) {
                let path = path.display();
                return Err(format!(
                    "{path} is the input already: every call would be a new line; give --calls another file"
                ));
            }
            let (log, outcome) = CallLog::to(descriptors::out_of_the_way(opened.into()).into(), &name);
            (Some(log), Some(outcome))
        }
    };
    let rust_log = std::env::var_os("RUST_LOG").map(|text| text.to_string_lossy().into_owned());
    let (shown, warning) = shown(settings.verbose, rust_log.as_deref());
    let lines = FmtLayer::default()
        .with_writer(io::stderr)
        .with_ansi(settings.color)
        // Its own complaint would go to the same closed standard error, and panic there.
        .log_internal_errors(false)
        .event_format(Lines {
            format: settings.format,
            times: settings.verbose > 0,
        });
    let only_calls = Targets::new().with_target(event::TARGET, event::LEVEL);
    let started = tracing_subscriber::registry()
        .with(lines.with_filter(shown))
        .with(call_log.map(|log| log.with_filter(only_calls)))
        .try_init();
    started.map_err(|error| format!("logging was started twice: {error}; start it once a process"))?;
    if let Some(warning) = warning {
        tracing::warn!("{warning}");
    }
    Ok(outcome)
}

/// What is shown: by `RUST_LOG` when it is set, else by the number of `-v`. A `RUST_LOG` that is about other programs takes
/// no errors away, and one that cannot be understood is said and left out.
fn shown(verbose: u8, rust_log: Option<&str>) -> (Targets, Option<String>) {
    const OURS: &str = "socket_lab";
    let by_option = || {
        let ours = match verbose {
            0 => LevelFilter::WARN,
            1 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        };
        Targets::new().with_default(LevelFilter::WARN).with_target(OURS, ours)
    };
    let Some(text) = rust_log.map(str::trim).filter(|text| !text.is_empty()) else {
        return (by_option(), None);
    };
    match text.parse::<Targets>() {
        Ok(targets) => {
            let about_us = text.contains(OURS) || text.eq_ignore_ascii_case("off");
            if about_us || targets.would_enable(OURS, &Level::WARN) {
                (targets, None)
            } else {
                (targets.with_target(OURS, LevelFilter::WARN), None)
            }
        }
        Err(error) => {
            let warning = format!("RUST_LOG is left out: {error}; write for example RUST_LOG=socket_lab=debug");
            (by_option(), Some(warning))
        }
    }
}

/// How an event becomes a line.
struct Lines {
    format: LogFormat,
    times: bool,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let call = event::read(event);
        let line = match (self.format, call) {
            (LogFormat::Json, Some(call)) => lines::to_json(&call).map_err(|_| fmt::Error)?,
            (LogFormat::Json, None) => json_line(event),
            (LogFormat::Text, Some(call)) => text::line(&call),
            (LogFormat::Text, None) => self.text_line(event, writer.has_ansi_escapes()),
        };
        writeln!(writer, "{line}")
    }
}

impl Lines {
    fn text_line(&self, event: &Event<'_>, colored: bool) -> String {
        let (word, color) = match *event.metadata().level() {
            Level::ERROR => ("error", "31"),
            Level::WARN => ("warning", "33"),
            Level::INFO => ("info", "32"),
            Level::DEBUG => ("debug", "34"),
            Level::TRACE => ("data", "36"),
        };
        let word = if colored {
            format!("\x1b[1;{color}m{word}\x1b[0m")
        } else {
            word.to_owned()
        };
        let message = message(event);
        if self.times {
            format!("{} {word}: {message}", text::now())
        } else {
            format!("{word}: {message}")
        }
    }
}

fn json_line(event: &Event<'_>) -> String {
    let level = match *event.metadata().level() {
        Level::WARN => "warning",
        level => level.as_str(),
    };
    json(&level.to_ascii_lowercase(), &message(event))
}

/// The event's message, safe to show, and its other fields behind it.
fn message(event: &Event<'_>) -> String {
    let mut found = Message::default();
    event.record(&mut found);
    let text = without_numbers(&format!("{}{}", found.text, found.fields));
    printable(text.as_bytes()).into_owned()
}

#[derive(Default)]
struct Message {
    text: String,
    fields: String,
}

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.text = format!("{value:?}");
        } else {
            // Writing to a String cannot fail.
            let _ = write!(self.fields, " {}={value:?}", field.name());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LevelFilter, Targets, event, shown};
    use tracing::Level;

    fn shows(targets: &Targets, target: &str, level: Level) -> bool {
        targets.would_enable(target, &level)
    }

    #[test]
    fn calls_are_shown_from_one_v_and_bytes_from_two() {
        for (verbose, calls, data) in [(0, false, false), (1, true, false), (2, true, true), (9, true, true)] {
            let (targets, _) = shown(verbose, None);
            assert!(shows(&targets, "socket_lab::app", Level::WARN), "{verbose}");
            assert_eq!(shows(&targets, event::TARGET, event::LEVEL), calls, "{verbose}");
            assert_eq!(shows(&targets, "socket_lab::data", Level::TRACE), data, "{verbose}");
        }
    }

    #[test]
    fn without_v_the_call_site_is_disabled() {
        use tracing_subscriber::layer::Filter;
        let (targets, _) = shown(0, None);
        let hint = <Targets as Filter<tracing_subscriber::Registry>>::max_level_hint(&targets);
        assert_eq!(hint, Some(LevelFilter::WARN));
    }

    #[test]
    fn rust_log_overrides_and_nonsense_in_it_is_said() {
        let (targets, warning) = shown(2, Some("off"));
        assert!(!shows(&targets, "socket_lab::app", Level::ERROR) && warning.is_none());
        for others in ["hyper=debug", "nonsense", "error", " "] {
            let (targets, _) = shown(0, Some(others));
            assert!(shows(&targets, "socket_lab::app", Level::WARN), "{others:?}");
            assert!(!shows(&targets, event::TARGET, event::LEVEL), "{others:?}");
        }
        assert!(shows(&shown(0, Some("debug")).0, event::TARGET, event::LEVEL));
        let (targets, warning) = shown(1, Some("socket_lab=nonsense"));
        assert!(shows(&targets, event::TARGET, event::LEVEL));
        assert!(warning.unwrap().contains("RUST_LOG"));
    }
}
