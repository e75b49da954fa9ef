//! Packets from an interface.
//!
//! The order matters: open the capture while the privileges are there, give them up, only then open files and start
//! threads. The main thread captures and records; another one prints (`printing`).

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use super::super::rights;
use super::super::say::Say;
use super::args::SnifferArgs;
use super::calls::CallFiles;
use super::exports::Exporter;
use super::file::{APPLICATION, one_line, say_exported, say_written};
use super::following::Commenter;
use super::printing::{self, Entrance, Refusal};
use super::selection::Afterwards;
use crate::app::stop::Stop;
use crate::capture::filter::{Filter, Fragments, Target};
use crate::capture::live::{ANY, Capture, Event, LARGEST_SNAPLEN, Opening, interfaces};
use crate::escape::printable;
use crate::frame::{Frame, Time};
use crate::record::{Destination, Format, Interface, Recorder, Section, Statistics, WriteError};
use crate::wire::LinkType;

/// Captures until told to quit, or until enough was captured.
#[must_use]
pub fn run(args: &SnifferArgs, filter: &Filter, stop: &Stop, say: Say) -> ExitCode {
    let mut capture = match open(args, filter) {
        Ok(capture) => capture,
        Err(line) => return say.fail(&line),
    };
    if let Err(line) = rights::only_for_files() {
        return say.fail(&line);
    }
    if let Err(line) = CallFiles::open(&args.calls, true) {
        return say.fail(&line);
    }
    let recording = match args
        .write
        .as_deref()
        .map(|path| record(path, args, filter, &capture))
        .transpose()
    {
        Ok(recording) => recording,
        Err(error) => return say.fail(&one_line(&error)),
    };
    let exporter = match Exporter::open(args) {
        Ok(exporter) => exporter,
        Err(line) => return say.fail(&line),
    };
    for note in capture.notes() {
        say.warning(&note.to_string());
    }
    say.plain(&format!(
        "capturing on {} ({}), {}; Ctrl+C ends it",
        capture.interface(),
        capture.link_type(),
        describe(filter)
    ));
    let shows = args.shows();
    let mut session = Session {
        args,
        say,
        stop,
        recording,
        exporter,
        afterwards: Afterwards::new(filter, args.handshake_only),
        captured: 0,
        unprinted: 0,
        first: None,
        last: None,
        failed: false,
    };
    let printing_failed = thread::scope(|scope| {
        let (entrance, exit) = printing::queue_to_output();
        let printer = shows.then(|| scope.spawn(move || printing::print(args, &exit, stop, say)));
        session.capture(&mut capture, shows.then_some(entrance));
        printer.is_some_and(|printer| printer.join().unwrap_or(true))
    });
    session.end(&mut capture, printing_failed)
}

fn describe(filter: &Filter) -> String {
    match filter.expression() {
        Some(_) => format!("filter {filter}"),
        None => "all packets".to_owned(),
    }
}

fn open(args: &SnifferArgs, filter: &Filter) -> Result<Capture, String> {
    opening(args, filter)?.open().map_err(|error| error.to_string())
}

/// The capture that the arguments ask for, not begun yet.
///
/// # Errors
/// The kernel cannot run the filter: a line that says so.
pub(super) fn opening(args: &SnifferArgs, filter: &Filter) -> Result<Opening, String> {
    let mut opening = Opening::on(&args.interface);
    opening.snaplen = args.snaplen;
    opening.promiscuous = args.promiscuous;
    opening.ring = !args.no_ring;
    if filter.expression().is_some() {
        let snaplen = if args.snaplen == 0 {
            LARGEST_SNAPLEN
        } else {
            args.snaplen
        };
        let program = filter
            .compile(target(&args.interface), snaplen, Fragments::Keep)
            .map_err(|error| error.to_string())?;
        let instructions = program.instructions().iter();
        opening.program = instructions.map(|one| (one.code, one.jt, one.jf, one.k)).collect();
    }
    Ok(opening)
}

/// What the kernel's filter will see on this interface.
fn target(name: &str) -> Target {
    /// Bytes of the header that stands in the place of the link layer's on "any".
    const COOKED: u32 = 20;
    let known = interfaces();
    let interface = known.iter().find(|interface| interface.name == name);
    match interface.map(|interface| interface.link_type) {
        Some(LinkType::ETHERNET) => Target::Socket(LinkType::ETHERNET),
        _ => Target::CookedSocket {
            header: COOKED,
            loopback: (name == ANY)
                .then(|| known.iter().find(|one| one.loopback).map(|lo| lo.index))
                .flatten(),
        },
    }
}

/// Where frames are recorded.
struct Recording {
    recorder: Recorder,
    path: PathBuf,
    format: Format,
    commenter: Commenter,
}

impl Recording {
    fn write(&mut self, frame: &Frame<'_>) -> Result<(), WriteError> {
        match self.format {
            Format::Pcap => self.recorder.write(frame),
            Format::PcapNg => {
                let mut frame = frame.clone();
                self.commenter.comment_on(&mut frame);
                self.recorder.write(&frame)
            }
        }
    }
}

fn record(path: &Path, args: &SnifferArgs, filter: &Filter, capture: &Capture) -> Result<Recording, WriteError> {
    let destination = Destination::open(path, args.force)?;
    let interface = interface_of(args, filter, capture);
    let section = Section::of_this_machine(APPLICATION);
    let format = Format::of_path(path);
    let recorder = Recorder::new(destination, format, &section, &[interface])?;
    Ok(Recording {
        recorder,
        format,
        path: path.to_owned(),
        commenter: Commenter::new(),
    })
}

/// What a recording says of the interface.
pub(super) fn interface_of(args: &SnifferArgs, filter: &Filter, capture: &Capture) -> Interface {
    let known = interfaces();
    let description = known
        .iter()
        .find(|one| one.name == args.interface)
        .map(ToString::to_string);
    Interface {
        name: Some(capture.interface().to_owned()),
        description,
        filter: filter.expression().map(|_| filter.to_string()),
        snaplen: capture.snaplen(),
        ..Interface::new(capture.link_type())
    }
}

/// When what was recorded goes out.
///
/// As soon as no more frames wait to be read, so that whoever reads the file or the pipe sees a packet at once. But where
/// frames come fast, one by one, not for each of them: then many go out at once, every few milliseconds.
#[derive(Debug, Default)]
struct Flushing {
    /// How long to wait for more frames before what there is goes out; `None`: there is nothing.
    patience: Option<Duration>,
    last: Option<Instant>,
}

impl Flushing {
    /// The shortest time between two.
    const INTERVAL: Duration = Duration::from_millis(5);

    /// A frame was recorded. The clock is not read here, where it would be read for each frame.
    fn needed(&mut self) {
        self.patience = Some(Duration::ZERO);
    }

    /// No frame waits to be read. Is it time?
    fn is_due(&mut self) -> bool {
        if self.patience.is_none() {
            return false;
        }
        let elapsed = self.last.map(|last| last.elapsed());
        let wait = elapsed.map_or(Duration::ZERO, |elapsed| Self::INTERVAL.saturating_sub(elapsed));
        if wait.is_zero() {
            *self = Self {
                patience: None,
                last: Some(Instant::now()),
            };
            return true;
        }
        self.patience = Some(wait);
        false
    }
}

/// A capture under way.
struct Session<'a> {
    args: &'a SnifferArgs,
    say: Say,
    stop: &'a Stop,
    recording: Option<Recording>,
    exporter: Option<Exporter<'a>>,
    afterwards: Afterwards,
    captured: u64,
    unprinted: u64,
    first: Option<Time>,
    last: Option<Time>,
    failed: bool,
}

impl Session<'_> {
    /// Captures until the end; the queue is closed by returning.
    fn capture(&mut self, capture: &mut Capture, mut queue: Option<Entrance>) {
        let deadline = self
            .args
            .duration
            .and_then(|duration| Instant::now().checked_add(duration));
        let mut flushing = Flushing::default();
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) || self.args.count.is_some_and(|count| self.captured >= count) {
                break;
            }
            let patience = [flushing.patience, left].into_iter().flatten().min();
            match capture.next(patience, Some(descriptor(self.stop))) {
                Ok(Event::Frame(frame, _)) => {
                    if self.afterwards.wants(&frame) {
                        self.take(&frame, &mut queue);
                        if self.recording.is_some() {
                            flushing.needed();
                        }
                    } else if self.args.handshake_only {
                        self.pass(&frame, &mut queue);
                    }
                }
                Ok(Event::Idle) => {
                    if flushing.is_due() {
                        self.flush();
                    }
                }
                Ok(Event::InterfaceDown) => {
                    self.say.warning(&format!(
                        "{} is down; the capture goes on when it is up",
                        self.args.interface
                    ));
                }
                Ok(Event::InterfaceUp) => self.say.warning(&format!("{} is up again", self.args.interface)),
                Ok(Event::Stopped) => break,
                Err(error) => {
                    self.fail(&error.to_string());
                    break;
                }
            }
            if self.failed {
                break;
            }
        }
    }

    /// Records a frame and has it printed.
    fn take(&mut self, frame: &Frame<'_>, queue: &mut Option<Entrance>) {
        self.captured += 1;
        self.first = self.first.or(frame.time);
        self.last = frame.time.or(self.last);
        let written = self
            .recording
            .as_mut()
            .map_or(Ok(()), |recording| recording.write(frame));
        if let Err(error) = written {
            self.failed_to_write(&error);
        }
        if let Some(exporter) = &mut self.exporter {
            exporter.take(self.captured, frame);
        }
        let Some(open) = queue else { return };
        match open.offer(self.captured, frame) {
            Ok(()) => {}
            Err(Refusal::Full) => self.unprinted += 1,
            Err(Refusal::Ended) => *queue = None,
        }
    }

    /// A frame that nobody wants to see: without it, what is seen would seem to have gaps.
    fn pass(&mut self, frame: &Frame<'_>, queue: &mut Option<Entrance>) {
        if let Some(recording) = &mut self.recording {
            recording.commenter.pass(frame);
        }
        queue.take_if(|open| open.offer(printing::UNSHOWN, frame) == Err(Refusal::Ended));
    }

    fn flush(&mut self) {
        let flushed = self
            .recording
            .as_mut()
            .map_or(Ok(()), |recording| recording.recorder.flush());
        if let Err(error) = flushed {
            self.failed_to_write(&error);
        }
    }

    /// A reader who has left a pipe is no failure.
    fn failed_to_write(&mut self, error: &WriteError) {
        if error.is_closed_pipe() {
            self.recording = None;
            self.stop.request();
        } else {
            self.fail(&one_line(&error));
            self.recording = None;
        }
    }

    fn fail(&mut self, line: &str) {
        self.say.error(line);
        self.failed = true;
    }

    /// The summary.
    fn end(mut self, capture: &mut Capture, printing_failed: bool) -> ExitCode {
        let counted = capture.statistics().unwrap_or_default();
        if self.stop.requested() && io::stderr().is_terminal() {
            // The terminal shows ^C where the cursor is; the summary starts on a line of its own.
            self.say.plain("");
        }
        self.say.plain(&format!("{} captured", packets(self.captured)));
        self.say.plain(&format!("{} received by filter", counted.received));
        self.say.plain(&format!("{} dropped by kernel", counted.dropped));
        let statistics = Statistics {
            received: Some(counted.received),
            dropped: Some(counted.dropped),
            start: self.first,
            end: self.last,
            ..Statistics::default()
        };
        let recorded = self.finish_recording(statistics);
        if let Some(exporter) = self.exporter.take() {
            let file = self.args.write.as_deref().filter(|_| recorded);
            if say_exported(exporter.finish(file), self.say) {
                say_written(self.args.export.files(), self.say);
            } else {
                self.failed = true;
            }
        }
        if !printing_failed {
            say_written(self.args.sheets(), self.say);
        }
        let unseen = self.unprinted > 0 && !recorded;
        if self.unprinted > 0 {
            self.say.warning(&unprinted(self.unprinted, recorded));
        }
        if counted.dropped > 0 {
            self.say.warning(&format!(
                "{} passed the filter and were lost in the kernel, where they found no room: a narrower filter, -s, or -q \
                 with -w makes it more likely that all are captured",
                packets(counted.dropped)
            ));
        }
        if let Some(remark) = self.afterwards.remark() {
            self.say.warning(&remark);
        }
        if self.failed || printing_failed || unseen || counted.dropped > 0 {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    /// Ends the file, and says what is in it; `true` when all that was captured is.
    fn finish_recording(&mut self, statistics: Statistics) -> bool {
        let Some(recording) = self.recording.take() else {
            return false;
        };
        match recording.recorder.finish(&[statistics]) {
            Ok(written) => {
                let path = recording.path.display().to_string();
                let path = printable(path.as_bytes());
                let packets = packets(written.packets);
                self.say
                    .plain(&format!("{packets}, {} bytes written to {path}", written.bytes));
                true
            }
            Err(error) if error.is_closed_pipe() => false,
            Err(error) => {
                self.fail(&one_line(&error));
                false
            }
        }
    }
}

/// So many packets.
fn packets(count: u64) -> String {
    format!("{count} {}", if count == 1 { "packet" } else { "packets" })
}

/// What to say of packets that came faster than they could be printed.
fn unprinted(count: u64, recorded: bool) -> String {
    let what = format!("{} captured but not printed: the output was too slow", packets(count));
    if recorded {
        format!("{what}; the recording has them")
    } else {
        format!("{what}; -w keeps them all, --view summary prints faster")
    }
}

/// The stop mark in the form that the capture waits for.
#[cfg(unix)]
pub(super) fn descriptor(stop: &Stop) -> crate::capture::live::Stop<'_> {
    use crate::app::sys::Mark as _;
    stop.descriptor()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Flushing;

    #[test]
    fn the_first_frame_goes_out_at_once_and_the_next_ones_together() {
        let mut flushing = Flushing::default();
        assert!(!flushing.is_due(), "there is nothing");
        flushing.needed();
        assert_eq!(flushing.patience, Some(Duration::ZERO));
        assert!(flushing.is_due());
        assert_eq!(flushing.patience, None);
        flushing.needed();
        // Unless this test was kept waiting for so long that it is time again.
        if !flushing.is_due() {
            let wait = flushing.patience.unwrap();
            assert!(wait > Duration::ZERO && wait <= Flushing::INTERVAL, "{wait:?}");
            std::thread::sleep(wait);
            assert!(flushing.is_due());
        }
        assert!(!flushing.is_due());
    }
}
