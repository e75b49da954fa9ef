//! How runs are printed.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::comparison::{self, Cost};
use super::network::Network;
use super::overview::Overview;
use super::printed_names::{beside_this_program, continued, shown_path};
use super::result::RunResult;
use super::run::{FinishedRun, Run};
use super::runs;
use super::view::LabView;
use crate::calls::text;
use crate::escape::columns::Columns as _;
use crate::escape::shell::quoted;
use crate::flow::PacketInFlow;
use crate::render::answers::{self, Collector};
use crate::render::ladder::Ladders;
use crate::render::table::wrap;
use crate::render::text_style::TextStyle;
use crate::render::view::{ConversationView, EndedConversation, ShownPacket, View, ViewOf, ViewOptions, WritePacket};
use crate::render::{CharacterSet, fields};
use crate::timeline::{CallIndex, PacketRef};

/// Rows that a line of a screen takes at most.
const MOST_ROWS: usize = 4;

/// Prints runs: in which view, and in which style.
pub struct RunPrinter<'a> {
    /// How much.
    pub view: LabView,
    /// Every packet broken down?
    pub full: bool,
    /// Characters, columns, colours, times.
    pub style: TextStyle,
    /// Does the terminal show links?
    pub links: bool,
    /// Where it happened.
    pub network: &'a Network,
}

impl RunPrinter<'_> {
    /// Prints the runs, and where their files are.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn print(&self, out: &mut impl Write, finished: &[FinishedRun], names: &[PathBuf]) -> io::Result<()> {
        match self.view {
            LabView::Overview => {
                let usual = finished.iter().map(|one| one.run).eq(runs::DEFAULT);
                let overview = Overview {
                    style: &self.style,
                    network: self.network,
                    links: self.links,
                    usual,
                };
                overview.write(out, finished, names)
            }
            LabView::Story => self.stories(out, finished, names),
            LabView::Packets(view) => self.views(out, view, finished),
        }
    }

    fn stories(&self, out: &mut impl Write, finished: &[FinishedRun], names: &[PathBuf]) -> io::Result<()> {
        self.paragraph(out, &format!("Network: {}.", self.network.description()))?;
        writeln!(out)?;
        for (place, FinishedRun { run, result }) in finished.iter().enumerate() {
            self.whole(out, run, result, place == 0)?;
        }
        if let [tcp, udp] = finished {
            let are_both = [tcp.run, udp.run] == runs::DEFAULT;
            if are_both && udp.result.captured.is_some() && tcp.result.captured.is_some() {
                self.compare(out, &Cost::of(&udp.result), &Cost::of(&tcp.result))?;
            }
        }
        self.files(out, names)
    }

    /// Every run in one view.
    fn views(&self, out: &mut impl Write, view: &View, finished: &[FinishedRun]) -> io::Result<()> {
        let mut conversations = match view.of {
            ViewOf::Conversations(new) => Some(new(&self.options())),
            ViewOf::Packets { .. } | ViewOf::Questions => None,
        };
        for FinishedRun { run, result } in finished {
            if finished.len() > 1 {
                self.title(out, run.title)?;
            }
            match (&view.of, &mut conversations) {
                (ViewOf::Packets { write, .. }, _) => self.packets(out, result, *write, &|_| true)?,
                (_, Some(_)) if view.shows_calls && result.captured.is_none() => self.calls_alone(out, result)?,
                (_, Some(conversations)) => self.conversations(out, conversations.as_mut(), result)?,
                (_, None) => self.answers(out, result)?,
            }
        }
        match &mut conversations {
            Some(conversations) => conversations.finish(out, &self.style),
            None => Ok(()),
        }
    }

    /// A run is short: all of it is kept.
    const fn options(&self) -> ViewOptions {
        ViewOptions {
            full: self.full,
            bounded: false,
            side_by_side: false,
        }
    }

    /// Where the files are, and what to do with them.
    fn files(&self, out: &mut impl Write, names: &[PathBuf]) -> io::Result<()> {
        let is = |name: &&Path, ending: &str| name.to_string_lossy().ends_with(ending);
        let names: Vec<&Path> = names.iter().map(PathBuf::as_path).collect();
        self.title(out, "The files")?;
        for name in &names {
            writeln!(out, "{}", shown_path(name))?;
        }
        let capture = names.iter().rfind(|name| is(name, ".pcapng"));
        let calls = names.iter().rfind(|name| is(name, ".jsonl"));
        if let (Some(capture), Some(calls)) = (capture, calls) {
            writeln!(out)?;
            writeln!(out, "The same ladder again, and the comments in Wireshark:")?;
            writeln!(out)?;
            let again = [
                beside_this_program("sniffer"),
                format!("-r {}", quoted(capture.as_os_str())),
                format!("--calls {}", quoted(calls.as_os_str())),
                "--view ladder".to_owned(),
            ];
            for line in continued(&again, self.width()) {
                writeln!(out, "    {line}")?;
            }
            writeln!(out, "    wireshark {}", quoted(capture.as_os_str()))?;
        }
        Ok(())
    }

    /// A run from its title to its last packet; the first ladder of all has its signs explained.
    fn whole(&self, out: &mut impl Write, run: &Run, result: &RunResult, first: bool) -> io::Result<()> {
        self.title(out, run.title)?;
        for paragraph in (run.before)(self.network) {
            self.paragraph(out, paragraph)?;
            writeln!(out)?;
        }
        for (title, text) in &result.screens {
            self.screen(out, title, text)?;
        }
        if result.captured.is_some() {
            let mut ladders = Ladders::new(&self.options());
            self.conversations(out, &mut ladders, result)?;
            if first {
                ladders.finish(out, &self.style)?;
            }
        } else {
            self.calls_alone(out, result)?;
        }
        let mut seen = result.observations.clone();
        if result.captured.is_some() {
            seen.splice(0..0, (run.after)(result));
        }
        for paragraph in &seen {
            self.paragraph(out, paragraph)?;
        }
        writeln!(out)?;
        if self.full {
            self.packets(out, result, fields::write, &|_| true)
        } else {
            self.packets(out, result, fields::write, &|in_flow| (run.matters)(in_flow))
        }
    }

    /// The calls of a run that was not captured.
    fn calls_alone(&self, out: &mut impl Write, result: &RunResult) -> io::Result<()> {
        writeln!(out, "The socket calls, in the order in which they were entered:")?;
        for call in &result.calls {
            self.paragraph(out, &text::line(call))?;
        }
        writeln!(out)
    }

    /// The conversations of a run, each as the view has it.
    fn conversations(
        &self,
        out: &mut impl Write,
        view: &mut dyn ConversationView,
        result: &RunResult,
    ) -> io::Result<()> {
        let mut logs = CallIndex::new();
        result.calls.iter().cloned().for_each(|call| logs.add(call));
        let logs = RefCell::new(logs);
        for (number, frame, in_flow) in result.packets() {
            let packet = frame.decode();
            let seen = PacketRef::of(number, frame.time, &packet, in_flow);
            view.add(&seen, packet.payload().bytes);
        }
        for conversation in &result.conversations {
            let ended = EndedConversation {
                number: conversation.number,
                conversation: Some(conversation),
                calls: &|packets| logs.borrow_mut().match_conversation(packets),
                has_log: true,
                capture_start: result.frames().first().and_then(|frame| frame.time),
            };
            view.draw(out, &self.style, &ended)?;
        }
        Ok(())
    }

    /// The questions of the courses, answered from this run.
    fn answers(&self, out: &mut impl Write, result: &RunResult) -> io::Result<()> {
        let mut collector = Collector::new(None);
        for ((number, frame), in_flow) in (1..).zip(result.frames()).zip(&result.in_flows) {
            let packet = frame.decode();
            collector.take(number, frame.time, &packet, in_flow.as_ref());
        }
        answers::text::write(out, &self.style, &collector.finish(None))
    }

    fn packets(
        &self,
        out: &mut impl Write,
        result: &RunResult,
        write: WritePacket,
        wanted: &dyn Fn(&PacketInFlow) -> bool,
    ) -> io::Result<()> {
        let mut text = Vec::new();
        for ((number, frame), in_flow) in (1..).zip(result.frames()).zip(&result.in_flows) {
            if in_flow.as_ref().is_none_or(wanted) {
                let packet = frame.decode();
                let shown = ShownPacket {
                    number,
                    frame,
                    packet: &packet,
                    in_flow: in_flow.as_ref(),
                    first: Some(result.first()),
                    interface: None,
                    several: result.conversations.len() > 1,
                    full: self.full,
                    reassembled: None,
                };
                write(&mut text, &self.style, &shown)?;
                out.write_all(&text)?;
                text.clear();
            }
        }
        Ok(())
    }

    fn compare(&self, out: &mut impl Write, udp: &Cost, tcp: &Cost) -> io::Result<()> {
        self.title(out, "UDP and TCP compared")?;
        let rows = comparison::rows(udp, tcp);
        if self.style.characters == CharacterSet::Plain {
            for [what, udp, tcp] in rows {
                self.paragraph(out, &format!("{what}: over UDP {udp}, over TCP {tcp}."))?;
            }
            return writeln!(out);
        }
        writeln!(out, "{:34}{:>13}{:>13}", "", "UDP", "TCP")?;
        for [what, udp, tcp] in rows {
            writeln!(out, "{what:34}{udp:>13}{tcp:>13}")?;
        }
        writeln!(out)?;
        self.paragraph(
            out,
            "What TCP's packets buy: the line arrives whole, once and in order, or the program gets an error; each end knows that \
             the other is there; and neither end sends faster than the other can receive. UDP promises none of it.",
        )?;
        writeln!(out)
    }

    fn title(&self, out: &mut impl Write, title: &str) -> io::Result<()> {
        let (before, after) = if self.style.color {
            ("\x1b[1m", "\x1b[0m")
        } else {
            ("", "")
        };
        writeln!(out, "{before}{title}{after}")?;
        match self.style.characters {
            CharacterSet::Unicode => writeln!(out, "{}\n", "─".repeat(title.columns())),
            CharacterSet::Ascii => writeln!(out, "{}\n", "-".repeat(title.columns())),
            CharacterSet::Plain => writeln!(out),
        }
    }

    fn paragraph(&self, out: &mut impl Write, text: &str) -> io::Result<()> {
        for line in wrap(text, self.width()) {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// What a screen showed.
    fn screen(&self, out: &mut impl Write, title: &str, text: &str) -> io::Result<()> {
        let edge = match self.style.characters {
            CharacterSet::Unicode => "│ ",
            CharacterSet::Ascii => "| ",
            CharacterSet::Plain => "",
        };
        writeln!(out, "The screen of {title}:")?;
        for line in text.lines() {
            let line = &self.style.text(line.as_bytes());
            for row in rows_of(line, self.width() - edge.columns()) {
                writeln!(out, "{edge}{row}")?;
            }
        }
        writeln!(out)
    }

    const fn width(&self) -> usize {
        if self.style.width > TextStyle::NARROWEST {
            self.style.width
        } else {
            TextStyle::NARROWEST
        }
    }
}

/// A line of a screen in the rows that it takes; of a long one only the beginning.
fn rows_of(line: &str, width: usize) -> Vec<String> {
    let length = line.columns();
    if length <= width {
        return vec![line.trim_end().to_owned()];
    }
    let mut rows = wrap(line, width);
    if rows.len() > MOST_ROWS {
        rows.truncate(MOST_ROWS - 1);
        rows.push(format!("... [{length} characters in all]"));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::rows_of;

    #[test]
    fn a_long_line_shows_its_beginning_and_its_length() {
        assert_eq!(rows_of("short", 10), ["short"]);
        let rows = rows_of(&"x".repeat(1000), 10);
        assert_eq!(rows.len(), 4);
        assert!(rows[3].contains("1000 characters"), "{rows:?}");
    }
}
