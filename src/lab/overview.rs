//! A run on one screen: what was typed and replied, the packets and the calls, what to notice, what to do next.

use std::ffi::OsStr;
use std::io::{self, BufRead as _, Write};
use std::path::{Path, PathBuf};

use super::folder::LATEST;
use super::link;
use super::network::Network;
use super::notice::Notice;
use super::printed_names::{beside_this_program, shown_path};
use super::result::RunResult;
use super::run::{FinishedRun, Run};

use super::runs;
use crate::app::transcript::{PROMPT, REPLY};
use crate::calls::text;
use crate::escape::columns::Columns as _;
use crate::escape::shell;
use crate::explain::count;
use crate::render::ladder::LadderInput;
use crate::render::ladder::overview::{self, OverviewRows};
use crate::render::table::wrap;
use crate::render::text_style::{CharacterSet, TextStyle};
use crate::timeline::{CallIndex, PacketRef, Timeline};

/// This many conversations of a run are drawn; the rest are counted.
const MOST_CONVERSATIONS: usize = 3;

/// This many lines of one client are shown; the rest are counted.
const MOST_LINES: usize = 3;

/// The lines of the screen that an overview should fit.
const SCREEN: usize = 40;

/// What is left out so that the overview fits the screen.
#[derive(Clone, Copy)]
struct Layout {
    /// A time in which nothing happened is shown when it is as long, in nanoseconds.
    shortest_gap: i64,
    /// Does a command that fills its line have its purpose on the next one?
    purposes: bool,
}

/// The first of these that fits the screen is used, or the last. On a slow computer there are many gaps, and most are only its
/// own; in a folder of a long name the commands are long.
const LAYOUTS: [Layout; 3] = [
    Layout {
        shortest_gap: 80_000_000,
        purposes: true,
    },
    Layout {
        shortest_gap: 1_000_000_000,
        purposes: true,
    },
    Layout {
        shortest_gap: 1_000_000_000,
        purposes: false,
    },
];

/// Writes overviews: in which style, of what happened where.
pub struct Overview<'a> {
    /// Characters, columns, colours.
    pub style: &'a TextStyle,
    /// Where it happened.
    pub network: &'a Network,
    /// Does the terminal show links?
    pub links: bool,
    /// Was no run asked for, so that these are the usual ones?
    pub usual: bool,
}

impl Overview<'_> {
    /// Writes the overview of the first run, what the others add to it, and where to go from there.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, out: &mut impl Write, finished: &[FinishedRun], names: &[PathBuf]) -> io::Result<()> {
        let mut text = Vec::new();
        for layout in LAYOUTS {
            text.clear();
            self.write_with(&mut text, finished, names, layout)?;
            if text.lines().count() <= SCREEN {
                break;
            }
        }
        out.write_all(&text)
    }

    fn write_with(
        &self,
        out: &mut impl Write,
        finished: &[FinishedRun],
        names: &[PathBuf],
        layout: Layout,
    ) -> io::Result<()> {
        let Some((FinishedRun { run, result }, others)) = finished.split_first() else {
            return Ok(());
        };
        self.title(out, run)?;
        self.screens(out, result)?;
        if result.captured.is_none() {
            writeln!(out, "The socket calls, in the order in which they began:")?;
            for call in &result.calls {
                self.paragraph(out, "", &text::line(call))?;
            }
            return self.next(out, run, names, layout);
        }
        let mut notices = (run.notices)(result);
        notices.extend(result.observations.iter().cloned().map(Notice::of_all));
        let marked: Vec<u64> = notices.iter().filter_map(|notice| notice.packet).collect();
        let rows = OverviewRows {
            marked: &marked,
            shortest_gap: layout.shortest_gap,
        };
        self.conversations(out, result, rows)?;
        notices.extend(others.iter().filter_map(|other| compared(result, other)));
        if !notices.is_empty() {
            writeln!(out)?;
            self.heading(out, "What to notice")?;
        }
        let mut marks = (0..).map(overview::mark);
        for notice in &notices {
            let mark = notice.packet.and_then(|_| marks.next());
            self.paragraph(out, &format!("{} ", mark.unwrap_or(' ')), &notice.text)?;
        }
        self.next(out, run, names, layout)
    }

    fn title(&self, out: &mut impl Write, run: &Run) -> io::Result<()> {
        let real = match self.network {
            Network::TwoHosts(_) => "two hosts",
            Network::Private(_) | Network::Shared(_) => "real sockets",
        };
        self.heading(
            out,
            &format!("{}: {real}, real packets, nothing left this machine.", run.title),
        )?;
        if matches!(self.network, Network::Private(Some(_)) | Network::Shared(_)) {
            self.paragraph(out, "", &format!("Network: {}.", self.network.description()))?;
        }
        if !run.takes_lines {
            for paragraph in (run.before)(self.network) {
                self.paragraph(out, "", paragraph)?;
            }
        }
        writeln!(out)
    }

    /// What was typed at each client, and what it showed for it.
    fn screens(&self, out: &mut impl Write, result: &RunResult) -> io::Result<()> {
        let mut any = false;
        for (title, text) in &result.screens {
            let whose = if result.screens.len() > 2 {
                format!(" ({title})")
            } else {
                String::new()
            };
            let shown = shown_of(text);
            any |= !shown.is_empty();
            for Shown { before, text } in shown.iter().take(2 * MOST_LINES) {
                let text = self.style.text(text.as_bytes());
                let first = format!("  {before}{}", if text.is_empty() { "(an empty line)" } else { "" });
                let room = self.width().saturating_sub(first.columns() + whose.columns());
                let lines = match text.columns() > room {
                    // An error is read to its end.
                    true if before.starts_with(ERROR) => wrap(&text, room),
                    true => vec![format!(
                        "{} ...",
                        text.chars().take(room.saturating_sub(4)).collect::<String>()
                    )],
                    false => vec![text.into_owned()],
                };
                for (index, line) in lines.iter().enumerate() {
                    let (before, whose) = if index == 0 { (&*first, &*whose) } else { ("", "") };
                    let indent = first.columns();
                    writeln!(
                        out,
                        "{}",
                        format!("{before:indent$}{}{whose}", line.trim_end()).trim_end()
                    )?;
                }
            }
            if shown.len() > 2 * MOST_LINES {
                writeln!(
                    out,
                    "  ... {}",
                    count((shown.len() - 2 * MOST_LINES) as u64, "more line")
                )?;
            }
        }
        if any { writeln!(out) } else { Ok(()) }
    }

    /// Draws the conversations of a run.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn conversations(&self, out: &mut impl Write, result: &RunResult, rows: OverviewRows<'_>) -> io::Result<()> {
        let mut logs = CallIndex::new();
        result.calls.iter().cloned().for_each(|call| logs.add(call));
        for (place, conversation) in result.conversations.iter().take(MOST_CONVERSATIONS).enumerate() {
            if place > 0 {
                writeln!(out)?;
            }
            if result.conversations.len() > 1 {
                self.heading(out, &format!("Conversation {}", conversation.number))?;
            }
            let packets: Vec<PacketRef> = result
                .packets()
                .filter(|(_, _, in_flow)| in_flow.conversation == conversation.number)
                .map(|(number, frame, in_flow)| PacketRef::of(number, frame.time, &frame.decode(), in_flow))
                .collect();
            let timeline = Timeline::of(&packets, logs.match_conversation(&packets));
            let input = LadderInput {
                conversation,
                packets: &packets,
                left_out: None,
                timeline: &timeline,
                has_other_end: false,
                has_log: true,
                capture_start: result.frames().first().and_then(|frame| frame.time),
            };
            overview::write(out, self.style, &input, rows)?;
        }
        let more = result.conversations.len().saturating_sub(MOST_CONVERSATIONS);
        if more > 0 {
            writeln!(out, "   {}: --full draws all.", count(more as u64, "more conversation"))?;
        }
        Ok(())
    }

    /// What to do next: commands that work as they are printed.
    fn next(&self, out: &mut impl Write, run: &Run, names: &[PathBuf], layout: Layout) -> io::Result<()> {
        const REPORT: &str = "Report: ";
        const BESIDE: &str = "captures and calls are beside it.";
        let program = beside_this_program("socket-lab");
        let report = names.iter().find(|name| name.extension() == Some(OsStr::new("html")));
        let mut next: Vec<(String, &str)> = Vec::new();
        if let Some(report) = report {
            next.push((open(&program, report), "click a packet, see every byte"));
        }
        if let Some(following) = runs::after(run) {
            next.push((format!("{program} {}", following.word), following.question));
        }
        let full = if self.usual {
            format!("{program} --full")
        } else {
            format!("{program} {} --full", run.word)
        };
        next.push((full, "every field of every header"));
        writeln!(out)?;
        self.heading(out, "Next")?;
        let column = next.iter().map(|(command, _)| command.columns()).max();
        let widest = next.iter().map(|(_, why)| why.columns()).max();
        let column = column.unwrap_or(0);
        let beside = column + widest.unwrap_or(0) <= self.width().saturating_sub(5);
        for (command, why) in next {
            if beside {
                writeln!(out, "   {command:column$}  {why}")?;
            } else {
                writeln!(out, "   {command}")?;
                if layout.purposes {
                    self.paragraph(out, "       ", why)?;
                }
            }
        }
        match report {
            Some(report) => {
                let path = shown_path(report);
                let fits = 5 + REPORT.len() + path.columns() + BESIDE.len() <= self.width();
                let shown = if self.links { link::to(report, &path) } else { path };
                let between = if fits { "; " } else { ";\n   " };
                writeln!(out, "   {REPORT}{shown}{between}{BESIDE}")
            }
            None => Ok(()),
        }
    }

    /// A title.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn heading(&self, out: &mut impl Write, text: &str) -> io::Result<()> {
        let (before, after) = if self.style.color {
            ("\x1b[1m", "\x1b[0m")
        } else {
            ("", "")
        };
        for line in wrap(text, self.width()) {
            writeln!(out, "{before}{}{after}", line.trim_end())?;
        }
        Ok(())
    }

    /// A text with something in front of its first line, and as many spaces in front of the others.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn paragraph(&self, out: &mut impl Write, first: &str, text: &str) -> io::Result<()> {
        let indent = first.columns();
        let text = self.style.text(text.as_bytes());
        for (index, line) in wrap(&text, self.width().saturating_sub(indent)).iter().enumerate() {
            let before = if index == 0 { first } else { "" };
            writeln!(out, "{before:indent$}{}", line.trim_end())?;
        }
        Ok(())
    }

    fn width(&self) -> usize {
        match self.style.characters {
            // A screen reader has no columns: a sentence is a line.
            CharacterSet::Plain => usize::MAX,
            _ => self.style.width.max(TextStyle::NARROWEST),
        }
    }
}

/// In front of what a client reports.
const ERROR: &str = "Client's error:       ";

/// A line of a client's screen that belongs to an exchange.
struct Shown<'t> {
    before: &'static str,
    text: &'t str,
}

/// What was typed, what was replied, and what failed. A prompt at which nothing was typed is left out.
fn shown_of(screen: &str) -> Vec<Shown<'_>> {
    let lines: Vec<&str> = screen.lines().collect();
    let shown = lines.iter().enumerate().filter_map(|(index, line)| {
        let is_answered = || lines.get(index + 1).is_some_and(|next| next.starts_with(REPLY));
        let typed = line.strip_prefix(PROMPT);
        let (before, text) = if let Some(text) = typed.filter(|text| !text.is_empty() || is_answered()) {
            ("Typed at the client:  ", text)
        } else if let Some(text) = line.strip_prefix(REPLY) {
            ("Server's reply:       ", text)
        } else {
            (ERROR, line.strip_prefix("error: ")?)
        };
        Some(Shown { before, text })
    });
    shown.collect()
}

/// The command that opens the report.
fn open(program: &str, report: &Path) -> String {
    let usual: PathBuf = LATEST.iter().collect();
    match report.parent().filter(|folder| *folder != usual) {
        Some(folder) => format!("{program} open -o {}", shell::quoted(folder.as_os_str())),
        None => format!("{program} open"),
    }
}

/// What the same line took in the other run.
fn compared(result: &RunResult, other: &FinishedRun) -> Option<Notice> {
    let (own, others) = (result.frames().len() as u64, other.result.frames().len() as u64);
    let both = other.result.captured.is_some() && own > 0 && others > 0;
    both.then(|| {
        Notice::of_all(format!(
            "The same over {}, captured as well: {} instead of {own}.",
            other.run.word.to_uppercase(),
            count(others, "packet")
        ))
    })
}
