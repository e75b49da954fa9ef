//! Packets from a capture file.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use super::display::{Display, DisplayError};
use super::ending::{self, Counts, Grace};
use super::exports::{Exporter, say_exported};
use super::following::Commenter;
use super::progress::Progress;
use super::recording::APPLICATION;
use super::say::Say;
use super::selection::Selection;
use super::settings::Settings;
use super::source::{Source, grace_of, is_same_file};
use super::stdout::unwritable;
use crate::escape::{one_line, printable};
use crate::filter::Filter;
use crate::frame::Frame;
use crate::os::cancel::CancelToken;
use crate::outputs;
use crate::record::{Destination, Format, Interface, Reader, Recorder, Section, WriteError};
use crate::wire::LinkType;

/// Reads the file, shows and records what is wanted of it.
#[must_use]
pub fn run(settings: &Settings, filter: Filter, stop: &CancelToken, say: Say) -> ExitCode {
    let Some(path) = &settings.read else {
        return ExitCode::SUCCESS;
    };
    let watching = match ending::watch(stop, Grace::Whole, say, Some(Counts::of_reading())) {
        Ok(watching) => watching,
        Err(line) => return say.fail(&line),
    };
    watching.count(grace_of(path));
    if let Some(copy) = settings.write.as_deref().filter(|copy| is_same_file(path, copy)) {
        return say.fail(&format!(
            "{} is the file that is being read: writing would destroy it; give -w another name",
            printable(copy.display().to_string().as_bytes())
        ));
    }
    let own = |(_, file): &(_, &Path)| is_same_file(path, file);
    if let Some((option, _)) = settings.export.files().chain(settings.sheets()).find(own) {
        return say.fail(&format!(
            "{option} names the file that is being read: writing would destroy it; give it another name"
        ));
    }
    let planned = settings.planned();
    let mut source = match Source::open(path, stop) {
        Ok(source) => source,
        Err(line) => return say.fail(&line),
    };
    let mut copy = match settings
        .write
        .as_deref()
        .map(|path| Copy::open(path, settings.force))
        .transpose()
    {
        Ok(copy) => copy,
        Err(error) => return say.fail(&one_line(&error)),
    };
    let mut exporter = match Exporter::open(settings) {
        Ok(exporter) => exporter,
        Err(line) => return say.fail(&line),
    };
    let mut display = match settings.shows().then(|| Display::new(settings)).transpose() {
        Ok(display) => display,
        Err(line) => return say.fail(&line),
    };
    drop(planned);
    let mut selection = Selection::new(filter, settings.handshake_only);
    let mut outputs = Outputs {
        display: &mut display,
        exporter: &mut exporter,
        copy: &mut copy,
    };
    let read = each(settings, &mut source, &mut selection, &mut outputs, stop);
    let mut failed = match read {
        Ok(()) | Err(End::Enough) => false,
        Err(End::Interrupted) if !source.is_pipe() => return broken_off(&source, display, exporter, copy, say),
        Err(End::Interrupted) => {
            on_own_line();
            source.interrupted().iter().for_each(|line| say.error(line));
            true
        }
        Err(End::Failed(line)) => {
            say.error(&line);
            true
        }
        Err(End::Warning(line)) => {
            say.warning(&line);
            true
        }
    };
    // What is missing of it has been said.
    source.leave();
    if let Some(display) = &mut display {
        match display.finish() {
            Ok(()) | Err(DisplayError::Closed) => {}
            Err(DisplayError::Failed(error)) => {
                say.error(&unwritable(&error));
                failed = true;
            }
            Err(DisplayError::Beside(line)) => {
                say.error(&line);
                failed = true;
            }
        }
    }
    match copy.map(|copy| copy.finish(&source.reader)) {
        Some(Err(error)) if !error.is_closed_pipe() => {
            say.error(&one_line(&error));
            failed = true;
        }
        _ => {}
    }
    if let Some(exporter) = exporter {
        failed |= !say_exported(exporter.finish(None), say);
    }
    if let Some(line) = display.as_ref().and_then(Display::missing) {
        say.error(&line);
        failed = true;
    }
    let remarks = source.reader.remark().into_iter().chain(selection.remark());
    let remarks = remarks.chain(display.as_mut().map(Display::remarks).unwrap_or_default());
    remarks.for_each(|remark| say.warning(&remark));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The reading of a file was ended: what was read is shown and recorded, and nothing is exported, for an export is of the whole.
fn broken_off(
    source: &Source,
    display: Option<Display>,
    exporter: Option<Exporter<'_>>,
    copy: Option<Copy>,
    say: Say,
) -> ExitCode {
    let shown = display.map(Display::break_off);
    let mut lines = Vec::new();
    if let Some(Err(DisplayError::Failed(error))) = &shown {
        lines.push(unwritable(error));
    }
    let copied = copy.map(|mut copy| copy.flush().map(|()| copy));
    lines.extend(outputs::missing());
    // They leave the list, and what is half made of them goes.
    drop((exporter, shown));
    match copied.map(|copy| copy.and_then(|copy| copy.finish(&source.reader))) {
        Some(Err(error)) if !error.is_closed_pipe() => lines.push(error.to_string()),
        _ => {}
    }
    on_own_line();
    for line in &lines {
        say.error(&one_line(line));
    }
    ExitCode::FAILURE
}

/// The terminal shows ^C where the cursor is.
fn on_own_line() {
    let mut errors = io::stderr();
    if errors.is_terminal() {
        let _ = writeln!(errors);
    }
}

/// What ends the reading before the end of the file.
enum End {
    /// As many packets as wanted, or nobody reads standard output.
    Enough,
    /// A quit.
    Interrupted,
    /// The file ends in the middle of something.
    Warning(String),
    /// A failure.
    Failed(String),
}

impl From<DisplayError> for End {
    fn from(error: DisplayError) -> Self {
        match error {
            DisplayError::Closed => Self::Enough,
            DisplayError::Failed(error) => Self::Failed(unwritable(&error)),
            DisplayError::Beside(line) => Self::Failed(line),
        }
    }
}

impl From<WriteError> for End {
    fn from(error: WriteError) -> Self {
        if error.is_closed_pipe() {
            Self::Enough
        } else {
            Self::Failed(one_line(&error))
        }
    }
}

/// Where packets go.
struct Outputs<'o, 'a> {
    display: &'o mut Option<Display>,
    exporter: &'o mut Option<Exporter<'a>>,
    copy: &'o mut Option<Copy>,
}

/// Shows and records each wanted packet. A display or a copy that fails is taken away, so that its failure is said once.
fn each(
    settings: &Settings,
    source: &mut Source,
    selection: &mut Selection,
    outputs: &mut Outputs<'_, '_>,
    stop: &CancelToken,
) -> Result<(), End> {
    let Outputs {
        display,
        exporter,
        copy,
    } = outputs;
    let mut progress = settings
        .read
        .as_deref()
        .and_then(|path| Progress::of(path, display.is_some()));
    let is_pipe = source.is_pipe();
    let mut number = 0;
    let mut wanted = 0;
    loop {
        if let Some(progress) = &mut progress {
            progress.step(number, source.reader.taken_in(), display)?;
        }
        if settings.count.is_some_and(|count| wanted >= count) {
            return Err(End::Enough);
        }
        source.count(number);
        if source.is_over(stop) {
            return Err(End::Interrupted);
        }
        let frame = match source.reader.next() {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(()),
            Err(_) if is_pipe && stop.requested() => return Err(End::Interrupted),
            Err(error) if error.is_cut() => return Err(End::Warning(one_line(&error))),
            Err(error) => return Err(End::Failed(one_line(&error))),
        };
        number += 1;
        if !selection.wants(&frame).map_err(|error| End::Failed(one_line(&error)))? {
            if let Some(display) = display {
                display.pass(number, &frame);
            }
            if let Some(exporter) = exporter {
                exporter.pass(number, &frame);
            }
            continue;
        }
        wanted += 1;
        if let Some(progress) = progress.as_mut().filter(|_| display.is_some()) {
            progress.make_way();
        }
        if let Some(exporter) = exporter {
            exporter.take(number, &frame);
        }
        let shown = display.as_mut().map_or(Ok(()), |open| open.show(number, &frame));
        if let Err(error) = shown {
            **display = None;
            // Nobody looks on any more, but the copy and the exports are still wanted whole.
            if (copy.is_none() && exporter.is_none()) || !matches!(error, DisplayError::Closed) {
                return Err(error.into());
            }
        }
        let copied = match copy {
            Some(open) => open.write(frame.into_owned(), &source.reader),
            None => Ok(()),
        };
        if let Err(error) = copied {
            **copy = None;
            let left = settings.count.map_or(u64::MAX, |count| count - wanted);
            let more = lost_with_it(source, selection, left, stop);
            return Err(error.with_more_lost(more).into());
        }
    }
}

/// How many more packets a copy that has failed would have had, `most` at most. A pipe is not waited for.
fn lost_with_it(source: &mut Source, selection: &mut Selection, most: u64, stop: &CancelToken) -> u64 {
    let mut lost = 0;
    if source.is_pipe() {
        return lost;
    }
    while lost < most && !stop.requested() {
        let Ok(Some(frame)) = source.reader.next() else { break };
        lost += u64::from(selection.wants(&frame).unwrap_or(false));
    }
    lost
}

/// A recording of what is wanted, in a file of its own.
struct Copy {
    /// Opened at once, so that a name that cannot be written is said before anything is shown.
    destination: Option<Destination>,
    recorder: Option<Recorder>,
    format: Format,
    interfaces: usize,
    commenter: Commenter,
}

impl Copy {
    fn open(path: &Path, force: bool) -> Result<Self, WriteError> {
        let destination = Destination::open(path, force)?;
        Ok(Self {
            destination: Some(destination),
            recorder: None,
            format: Format::of_path(path),
            interfaces: 0,
            commenter: Commenter::new(),
        })
    }

    /// Records a frame; interfaces are described before their first one.
    fn write(&mut self, mut frame: Frame<'_>, reader: &Reader) -> Result<(), WriteError> {
        if self.format == Format::PcapNg {
            self.commenter.comment_on(&mut frame);
        }
        let known = &reader.facts().interfaces;
        if let Some(destination) = self.destination.take() {
            let section = section(reader);
            // The frame that is in hand then is lost with the start of the file.
            let recorder = Recorder::new(destination, self.format, &section, known);
            self.recorder = Some(recorder.map_err(|error| error.with_more_lost(1))?);
            self.interfaces = known.len();
        }
        let Some(recorder) = &mut self.recorder else {
            return Ok(());
        };
        for interface in known.iter().skip(self.interfaces) {
            recorder.add_interface(interface)?;
            self.interfaces += 1;
        }
        recorder.write(&frame)
    }

    /// Hands over what has been recorded.
    fn flush(&mut self) -> Result<(), WriteError> {
        self.recorder.as_mut().map_or(Ok(()), Recorder::flush)
    }

    /// Ends the copy with what the file said that was counted. That is about the capture, so it stays true of a copy that
    /// has fewer packets.
    fn finish(mut self, reader: &Reader) -> Result<(), WriteError> {
        let known = &reader.facts().interfaces;
        if let Some(destination) = self.destination {
            // Nothing was wanted: an empty capture all the same, and a pcap file has to name a link type.
            let none = [Interface::new(LinkType::ETHERNET)];
            let described = match (self.format, known.get(..1)) {
                (_, None) => &none,
                (Format::Pcap, Some(first)) => first,
                (Format::PcapNg, _) => known,
            };
            self.interfaces = described.len();
            self.recorder = Some(Recorder::new(destination, self.format, &section(reader), described)?);
        }
        let counted = |interface: &Interface| interface.statistics.unwrap_or_default();
        let counted: Vec<_> = known.iter().take(self.interfaces).map(counted).collect();
        match self.recorder {
            Some(recorder) => recorder.finish(&counted).map(|_| ()),
            None => Ok(()),
        }
    }
}

/// What the file said of itself goes on, with this program as the writer.
fn section(reader: &Reader) -> Section {
    let mut section = Section::of_this_machine(APPLICATION);
    if let Some(read) = reader.facts().sections.first() {
        section.hardware.clone_from(&read.hardware);
        section.os.clone_from(&read.os);
        section.comments.clone_from(&read.comments);
    }
    section
}
