//! Packets from a capture file.

use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::path::Path;
use std::process::ExitCode;

use super::super::rights::with_way_to_read;
use super::super::say::Say;
use super::args::SnifferArgs;
use super::display::{Display, DisplayError};
use super::exports::Exporter;
use super::following::Commenter;
use super::progress::Progress;
use super::selection::Selection;
use crate::app::stop::Stop;
use crate::capture::filter::Filter;
use crate::escape::printable;
use crate::frame::Frame;
use crate::record::{Destination, Format, Interface, Reader, Recorder, Section, WriteError};
use crate::wire::LinkType;

/// Reads the file, shows and records what is wanted of it.
#[must_use]
pub fn run(args: &SnifferArgs, filter: Filter, stop: &Stop, say: Say) -> ExitCode {
    let Some(path) = &args.read else {
        return ExitCode::SUCCESS;
    };
    if let Some(copy) = args.write.as_deref().filter(|copy| is_same_file(path, copy)) {
        return say.fail(&format!(
            "{} is the file that is being read: writing would destroy it; give -w another name",
            printable(copy.display().to_string().as_bytes())
        ));
    }
    let own = |(_, file): &(_, &Path)| is_same_file(path, file);
    if let Some((option, _)) = args.export.files().chain(args.sheets()).find(own) {
        return say.fail(&format!(
            "{option} names the file that is being read: writing would destroy it; give it another name"
        ));
    }
    let mut reader = match Reader::open(path) {
        Ok(reader) => reader,
        Err(error) => return say.fail(&with_way_to_read(one_line(&error), path)),
    };
    let mut copy = match args
        .write
        .as_deref()
        .map(|path| Copy::open(path, args.force))
        .transpose()
    {
        Ok(copy) => copy,
        Err(error) => return say.fail(&one_line(&error)),
    };
    let mut exporter = match Exporter::open(args) {
        Ok(exporter) => exporter,
        Err(line) => return say.fail(&line),
    };
    let mut display = match args.shows().then(|| Display::new(args)).transpose() {
        Ok(display) => display,
        Err(line) => return say.fail(&line),
    };
    let mut selection = Selection::new(filter, args.handshake_only);
    let mut outputs = Outputs {
        display: &mut display,
        exporter: &mut exporter,
        copy: &mut copy,
    };
    let read = each(args, &mut reader, &mut selection, &mut outputs, stop);
    let mut failed = match read {
        Ok(()) | Err(End::Enough) => false,
        Err(End::Failed(line)) => {
            say.error(&line);
            true
        }
        Err(End::Warning(line)) => {
            say.warning(&line);
            true
        }
    };
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
    match copy.map(|copy| copy.finish(&reader)) {
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
    let remarks = selection.remark().into_iter();
    let remarks = remarks.chain(display.as_mut().map(Display::remarks).unwrap_or_default());
    remarks.for_each(|remark| say.warning(&remark));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Says what there is to say of exports; `true` when all were written.
pub(super) fn say_exported((warnings, failure): (Vec<String>, Option<String>), say: Say) -> bool {
    for warning in &warnings {
        say.warning(warning);
    }
    if let Some(line) = &failure {
        say.error(line);
    }
    failure.is_none()
}

/// Says which files there are now.
pub(super) fn say_written<'f>(files: impl Iterator<Item = (&'static str, &'f Path)>, say: Say) {
    for (_, file) in files {
        say.plain(&format!(
            "written: {}",
            printable(file.display().to_string().as_bytes())
        ));
    }
}

/// Do both names lead to one file, also by links?
fn is_same_file(one: &Path, other: &Path) -> bool {
    let (Ok(first), Ok(second)) = (std::fs::metadata(one), std::fs::metadata(other)) else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        (first.dev(), first.ino()) == (second.dev(), second.ino())
    }
    #[cfg(not(unix))]
    {
        first.is_file() && second.is_file() && std::fs::canonicalize(one).ok() == std::fs::canonicalize(other).ok()
    }
}

/// What ends the reading before the end of the file.
enum End {
    /// As many packets as wanted, a quit, or nobody reads standard output.
    Enough,
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
    args: &SnifferArgs,
    reader: &mut Reader,
    selection: &mut Selection,
    outputs: &mut Outputs<'_, '_>,
    stop: &Stop,
) -> Result<(), End> {
    let Outputs {
        display,
        exporter,
        copy,
    } = outputs;
    let mut progress = args
        .read
        .as_deref()
        .and_then(|path| Progress::of(path, display.is_some()));
    let mut number = 0;
    let mut wanted = 0;
    loop {
        if let Some(progress) = &mut progress {
            progress.step(number, reader.taken_in(), display)?;
        }
        if stop.requested() || args.count.is_some_and(|count| wanted >= count) {
            return Err(End::Enough);
        }
        let frame = match reader.next() {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(()),
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
            Some(open) => open.write(frame.into_owned(), reader),
            None => Ok(()),
        };
        if let Err(error) = copied {
            **copy = None;
            let left = args.count.map_or(u64::MAX, |count| count - wanted);
            let more = lost_with_it(args, reader, selection, left, stop);
            return Err(error.with_more_lost(more).into());
        }
    }
}

/// How many more packets a copy that has failed would have had, `most` at most. A pipe is not waited for.
fn lost_with_it(args: &SnifferArgs, reader: &mut Reader, selection: &mut Selection, most: u64, stop: &Stop) -> u64 {
    let mut lost = 0;
    if args.read.as_deref() == Some(Path::new("-")) {
        return lost;
    }
    while lost < most && !stop.requested() {
        let Ok(Some(frame)) = reader.next() else { break };
        lost += u64::from(selection.wants(&frame).unwrap_or(false));
    }
    lost
}

fn unwritable(error: &io::Error) -> String {
    format!("writing standard output failed: {error}; give it somewhere with room")
}

/// Writes all of it to standard output. A reader who has left a pipe is no failure.
///
/// # Errors
/// It cannot be written: a line that says so.
pub(super) fn put(bytes: &[u8]) -> Result<(), String> {
    let mut output = io::stdout().lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

/// Writes a file whole, or says why not. A reader who has left a pipe is no failure.
///
/// # Errors
/// It cannot be written: a line that says so.
pub(super) fn to(
    destination: Destination,
    write: impl FnOnce(&mut BufWriter<Destination>) -> io::Result<()>,
) -> Result<(), String> {
    let name = destination.name().to_owned();
    let mut output = BufWriter::new(destination);
    match write(&mut output).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(one_line(&format!(
            "writing {name} failed: {error}; what is in it is not whole, give it somewhere with room"
        ))),
        _ => Ok(()),
    }
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

/// The error in one line that no file name can break, nor drive the terminal with.
pub(super) fn one_line(error: &impl std::fmt::Display) -> String {
    printable(error.to_string().as_bytes()).into_owned()
}

/// Who writes the file.
pub(super) const APPLICATION: &str = concat!("sniffer ", env!("CARGO_PKG_VERSION"), " (socket-lab)");

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

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind, Write};

    use super::{Destination, to};

    /// A writer that always fails so.
    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_has_left_is_no_failure_and_a_full_disk_is_one() {
        let written = |error, name| {
            to(Destination::stream(Failing(error), name), |output| {
                output.write_all(b"text")
            })
        };
        assert_eq!(written(ErrorKind::BrokenPipe, "pipe"), Ok(()));
        let line = written(ErrorKind::StorageFull, "evil\x1b[2J\n").unwrap_err();
        assert!(
            line.starts_with(r"writing evil\x1b[2J\n failed: ") && line.lines().count() == 1,
            "{line}"
        );
    }
}
