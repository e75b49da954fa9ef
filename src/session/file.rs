//! Packets from a capture file.

use std::io::{self, IsTerminal as _, Write as _};

use super::calls::Calls;
use super::copy::Copy;
use super::display::{Display, DisplayError};
use super::ending::{self, Counts, Grace};
use super::exports::{Exporter, say_exported};
use super::following::{Conversations as _, Followed, Follower};
use super::observed::{LazyPacket, Observed, Sink as _};
use super::outcome::Outcome;
use super::progress::Progress;
use super::say::Say;
use super::selection::Selection;
use super::settings::Settings;
use super::source::{self, Source, grace_of};
use super::stdout::unwritable;
use crate::escape::one_line;
use crate::filter::{CompileError, Filter};
use crate::frame::Frame;
use crate::os::cancel::CancelToken;
use crate::outputs;
use crate::record::{FileInfo, WriteError};

/// Reads the file, shows and records what is wanted of it.
///
/// # Errors
/// It cannot begin: a line that says why.
pub fn run(settings: &Settings, filter: Filter, cancel: &CancelToken, say: Say) -> Result<Outcome, String> {
    let Some(path) = &settings.read else {
        return Ok(Outcome::Complete);
    };
    let watching = ending::watch(cancel, Grace::Whole, say, Some(Counts::of_reading()))?;
    watching.count(grace_of(path));
    source::is_not_overwritten(settings, &[path])?;
    let planned = settings.planned();
    let mut source = Source::open(path, cancel)?;
    let selection = Selection::new(filter, settings.handshake_only);
    let sinks = Sinks::open(settings, &selection)?;
    drop(planned);
    let mut observation = Observation {
        progress: Progress::of(path, sinks.display.is_some()),
        selection,
        follower: Follower::new(),
        sinks,
        number: 0,
        wanted: 0,
    };
    let read = each(settings, &mut source, &mut observation, cancel);
    Ok(end(settings, &mut source, observation, read, say))
}

/// Ends all outputs, and prints the remarks.
fn end(
    settings: &Settings,
    source: &mut Source,
    observation: Observation<'_>,
    read: Result<(), ReadEnd>,
    say: Say,
) -> Outcome {
    let Observation {
        selection,
        follower,
        sinks,
        progress,
        ..
    } = observation;
    drop(progress);
    let is_broken_off = matches!(read, Err(ReadEnd::Failed(_)));
    let mut failed = match read {
        Ok(()) | Err(ReadEnd::Enough) => false,
        Err(ReadEnd::Interrupted) if !source.is_pipe() => return broken_off(source, sinks, say),
        Err(ReadEnd::Interrupted) => {
            on_own_line();
            source.interrupted().iter().for_each(|line| say.error(line));
            true
        }
        Err(ReadEnd::Failed(line)) => {
            say.error(&line);
            true
        }
        Err(ReadEnd::Warning(line)) => {
            say.warning(&line);
            true
        }
    };
    // What is missing of it has been said.
    source.leave();
    let Sinks {
        mut display,
        exporter,
        copy,
    } = sinks;
    if let Some(display) = &mut display {
        match display.finish(&follower) {
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
    match copy.map(|copy| copy.finish(source.reader.file_info())) {
        Some(Err(error)) if !error.is_closed_pipe() => {
            say.error(&one_line(&error));
            failed = true;
        }
        _ => {}
    }
    // Then it is known already what a view or an export lacks.
    let nothing = selection.nothing().filter(|_| !is_broken_off);
    if let Some(line) = &nothing {
        say.warning(line);
    }
    if let Some(exporter) = exporter {
        let (mut warnings, error) = exporter.finish(None, &follower);
        if nothing.is_some() {
            warnings.clear();
        }
        failed |= !say_exported((warnings, error), say);
    }
    if let Some(line) = display.as_ref().and_then(|_| follower.missing(settings.flow)) {
        say.error(&line);
        failed = true;
    }
    let remarks = source.reader.remark().into_iter().chain(selection.remark());
    remarks.for_each(|remark| say.warning(&remark));
    if let Some(display) = display.as_mut().filter(|_| nothing.is_none()) {
        let remarks = display.remarks().into_iter().chain(follower.remarks());
        remarks.for_each(|remark| say.warning(&remark));
    }
    Outcome::of(failed)
}

/// The reading of a file was ended: what was read is shown and recorded, and nothing is exported, for an export is of the whole.
fn broken_off(source: &Source, sinks: Sinks<'_>, say: Say) -> Outcome {
    let Sinks {
        display,
        exporter,
        copy,
    } = sinks;
    let shown = display.map(Display::break_off);
    let mut lines = Vec::new();
    if let Some(Err(DisplayError::Failed(error))) = &shown {
        lines.push(unwritable(error));
    }
    let copied = copy.map(|mut copy| copy.flush().map(|()| copy));
    lines.extend(outputs::missing());
    // They leave the list, and what is half made of them goes.
    drop((exporter, shown));
    match copied.map(|copy| copy.and_then(|copy| copy.finish(source.reader.file_info()))) {
        Some(Err(error)) if !error.is_closed_pipe() => lines.push(error.to_string()),
        _ => {}
    }
    on_own_line();
    for line in &lines {
        say.error(&one_line(line));
    }
    Outcome::Incomplete
}

/// The terminal shows ^C where the cursor is.
fn on_own_line() {
    let mut errors = io::stderr();
    if errors.is_terminal() {
        let _ = writeln!(errors);
    }
}

/// What ends the reading before the end of the file.
enum ReadEnd {
    /// As many packets as wanted, or standard output has no reader any more.
    Enough,
    /// A quit.
    Interrupted,
    /// The file ends in the middle of something.
    Warning(String),
    /// A failure.
    Failed(String),
}

impl From<DisplayError> for ReadEnd {
    fn from(error: DisplayError) -> Self {
        match error {
            DisplayError::Closed => Self::Enough,
            DisplayError::Failed(error) => Self::Failed(unwritable(&error)),
            DisplayError::Beside(line) => Self::Failed(line),
        }
    }
}

impl From<WriteError> for ReadEnd {
    fn from(error: WriteError) -> Self {
        if error.is_closed_pipe() {
            Self::Enough
        } else {
            Self::Failed(one_line(&error))
        }
    }
}

/// Where packets go.
struct Sinks<'a> {
    display: Option<Display>,
    exporter: Option<Exporter<'a>>,
    copy: Option<Copy>,
}

impl<'a> Sinks<'a> {
    /// Opens what the arguments ask for.
    ///
    /// # Errors
    /// A file cannot be written, or a call log not read: a line that says so.
    fn open(settings: &'a Settings, selection: &Selection) -> Result<Self, String> {
        let copy = settings.write.as_deref();
        let copy = copy.map(|path| Copy::open(path, settings, selection.chooses()));
        let copy = copy.transpose().map_err(|error| one_line(&error))?;
        let calls = Calls::open(settings)?;
        Ok(Self {
            exporter: Exporter::open(settings, &calls)?,
            display: settings.shows().then(|| Display::new(settings, &calls)).transpose()?,
            copy,
        })
    }

    /// Is more needed of packets than their own bytes?
    fn need_following(&self) -> bool {
        self.need_all() || self.copy.as_ref().is_some_and(Copy::needs_following)
    }

    /// Must packets that are not selected be followed, too?
    const fn need_all(&self) -> bool {
        self.display.is_some() || self.exporter.is_some()
    }

    /// Passes a packet to each. A display or a copy that fails is removed, so its failure is reported once.
    fn take(&mut self, observed: &Observed<'_, '_>, known: &Follower, file_info: &FileInfo) -> Result<(), SinkError> {
        if self.copy.as_ref().is_some_and(|copy| copy.is_over(observed.frame)) {
            return Err(SinkError::Over);
        }
        if let Some(exporter) = &mut self.exporter {
            let Ok(()) = exporter.take(observed, known);
        }
        let shown = self.display.as_mut().map_or(Ok(()), |open| {
            open.describe(&file_info.interfaces);
            open.take(observed, known)
        });
        if let Err(error) = shown {
            self.display = None;
            // The display has no reader any more, but the copy and the exports are still wanted whole.
            if (self.copy.is_none() && self.exporter.is_none()) || !matches!(error, DisplayError::Closed) {
                return Err(SinkError::Display(error));
            }
        }
        let copied = self.copy.as_mut().map_or(Ok(()), |open| open.take(observed, file_info));
        copied.map_err(|error| {
            self.copy = None;
            SinkError::Copy(error)
        })
    }
}

/// Why a packet could not be handed on.
enum SinkError {
    /// As many files as wanted are written.
    Over,
    Selection(CompileError),
    Display(DisplayError),
    Copy(WriteError),
}

/// The packets of a file, as they are observed: chosen, followed, and handed to every sink.
struct Observation<'a> {
    selection: Selection,
    follower: Follower,
    sinks: Sinks<'a>,
    progress: Option<Progress>,
    /// Packets so far.
    number: u64,
    /// Those of them that were wanted.
    wanted: u64,
}

impl Observation<'_> {
    /// Takes the next packet of the file.
    fn take(&mut self, frame: &Frame<'_>, file_info: &FileInfo) -> Result<(), SinkError> {
        self.number += 1;
        let headers = LazyPacket::new(frame);
        if !self.selection.wants(&headers).map_err(SinkError::Selection)? {
            if self.sinks.need_all() {
                self.follower.pass(self.number, frame, headers.packet());
            }
            return Ok(());
        }
        self.wanted += 1;
        if let Some(progress) = self.progress.as_mut().filter(|_| self.sinks.display.is_some()) {
            progress.make_way();
        }
        let followed = if self.sinks.need_following() {
            self.follower.follow(self.number, frame, headers.packet())
        } else {
            Followed::default()
        };
        let observed = Observed::new(self.number, &headers, &followed);
        self.sinks.take(&observed, &self.follower, file_info)
    }
}

/// Shows and records each wanted packet.
fn each(
    settings: &Settings,
    source: &mut Source,
    observation: &mut Observation<'_>,
    cancel: &CancelToken,
) -> Result<(), ReadEnd> {
    let is_pipe = source.is_pipe();
    loop {
        if let Some(progress) = &mut observation.progress {
            let read = source.reader.taken_in();
            progress.step(observation.number, read, &mut observation.sinks.display)?;
        }
        if settings.count.is_some_and(|count| observation.wanted >= count) {
            return Err(ReadEnd::Enough);
        }
        source.count(observation.number);
        if source.is_over(cancel) {
            return Err(ReadEnd::Interrupted);
        }
        let taken = match source.reader.next_with_file_info() {
            Ok(Some((frame, file_info))) => observation.take(&frame, file_info),
            Ok(None) => return Ok(()),
            Err(_) if is_pipe && cancel.requested() => return Err(ReadEnd::Interrupted),
            Err(error) if error.is_cut() => return Err(ReadEnd::Warning(one_line(&error))),
            Err(error) => return Err(ReadEnd::Failed(one_line(&error))),
        };
        match taken {
            Ok(()) => {}
            Err(SinkError::Over) => return Err(ReadEnd::Enough),
            Err(SinkError::Selection(error)) => return Err(ReadEnd::Failed(one_line(&error))),
            Err(SinkError::Display(error)) => return Err(error.into()),
            Err(SinkError::Copy(error)) => {
                let left = settings.count.map_or(u64::MAX, |count| count - observation.wanted);
                let more = lost_with_it(source, &mut observation.selection, left, cancel);
                return Err(error.with_more_lost(more).into());
            }
        }
    }
}

/// How many more packets a copy that has failed would have had, `most` at most. A pipe is not waited for.
fn lost_with_it(source: &mut Source, selection: &mut Selection, most: u64, cancel: &CancelToken) -> u64 {
    let mut lost = 0;
    if source.is_pipe() {
        return lost;
    }
    while lost < most && !cancel.requested() {
        let Ok(Some(frame)) = source.reader.next() else { break };
        lost += u64::from(selection.wants(&LazyPacket::new(&frame)).unwrap_or(false));
    }
    lost
}
