//! Packets from an interface.
//!
//! The order matters: open the capture while the privileges are there, give them up, only then open files and start
//! threads. The main thread captures and records; another one prints (`printing`); a third one sees to it that a quit ends the
//! program ([`ending`]).

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::Utc;

use super::calls::Calls;
use super::counts::{Counted, Seen, counted_lines, counts, packets, unprinted};
use super::ending::{self, Grace};
use super::exports::{Exporter, say_exported, say_written};
use super::flushing::Flushing;
use super::following::{Followed, SharedFollower};
use super::observed::{LazyPacket, Observed, Sink as _};
use super::opening::{descriptor, open};
use super::outcome::Outcome;
use super::printing::{self, FrameSender, Printer, QueueError};
use super::recording::{Recording, interface_of};
use super::rights;
use super::say::Say;
use super::selection::UserFilter;
use super::series::Recorded;
use super::settings::Settings;
use super::source;
use crate::capture::live::{Capture, CaptureEvent, Captures};
use crate::escape::one_line;
use crate::filter::Filter;
use crate::frame::Time;
use crate::os::cancel::CancelToken;
use crate::record::{InterfaceStatistics, WriteError};

/// Captures until the program must quit, or has enough packets.
///
/// # Errors
/// It cannot begin: a line that says why.
pub fn run(settings: &Settings, filter: &Filter, cancel: &CancelToken, say: Say) -> Result<Outcome, String> {
    source::is_not_overwritten(settings, &[])?;
    let mut captures = open(settings, filter)?;
    rights::only_for_files()?;
    let seen: Seen = captures.iter().map(|_| AtomicU64::new(0)).collect();
    let counts = counts(&captures, Arc::clone(&seen));
    ending::watch(cancel, Grace::Waiting, say, Some(counts))?;
    let planned = settings.planned();
    let calls = Calls::open(settings)?;
    let file = settings.write.as_deref();
    let interfaces: Vec<_> = captures.iter().map(|one| interface_of(filter, one)).collect();
    let recording = file.map(|path| Recording::begin(path, settings, interfaces.clone()));
    let recording = recording.transpose().map_err(|error| one_line(&error))?;
    let exporter = Exporter::open(settings, &calls)?;
    drop(planned);
    say_begun(&captures, filter, say);
    let shows = settings.shows();
    let comments = recording.as_ref().is_some_and(Recording::keeps_comments);
    let follower = SharedFollower::default();
    let mut session = LiveSession {
        settings,
        say,
        cancel,
        follows: comments || exporter.is_some(),
        follower: follower.clone(),
        recording,
        exporter,
        user_filter: UserFilter::new(filter, settings.handshake_only),
        captured: 0,
        seen,
        unprinted: 0,
        start: Utc::now().timestamp_nanos_opt().map(Time),
        last: None,
        failed: false,
        incomplete: false,
    };
    let (finished, printing_failed) = thread::scope(|scope| {
        let (entrance, exit) = printing::queue_to_output();
        let printer = Printer {
            settings,
            cancel,
            say,
            follower,
            calls,
            interfaces,
        };
        let print = move || printer.print(&exit);
        let printer = shows
            .then(|| thread::Builder::new().spawn_scoped(scope, print))
            .transpose();
        let (printer, unprinted) = match printer {
            Ok(printer) => (printer, false),
            Err(error) => {
                say.error(&printing::no_thread(&error));
                cancel.request();
                (None, true)
            }
        };
        session.capture(&mut captures, shows.then_some(entrance));
        // The files first: a standard output without a reader must not keep them from being whole.
        let finished = session.finish(&captures);
        (
            finished,
            unprinted || printer.is_some_and(|printer| printer.join().unwrap_or(true)),
        )
    });
    Ok(session.end(finished, printing_failed))
}

fn say_begun(captures: &Captures, filter: &Filter, say: Say) {
    // Several may have the same to say.
    let notes: BTreeSet<_> = captures
        .iter()
        .flat_map(Capture::notes)
        .map(ToString::to_string)
        .collect();
    for note in notes {
        say.warning(&note);
    }
    let on = captures
        .iter()
        .map(|one| format!("{} ({})", one.interface(), one.link_type()));
    let what = match filter.expression() {
        Some(_) => format!("filter {filter}"),
        None => "all packets".to_owned(),
    };
    say.plain(&format!(
        "capturing on {}, {what}; Ctrl+C ends it",
        on.collect::<Vec<_>>().join(", ")
    ));
}

/// A capture under way.
struct LiveSession<'a> {
    settings: &'a Settings,
    say: Say,
    cancel: &'a CancelToken,
    /// Who knows the conversations. The thread that captures follows only if one of its own sinks has to know; else the thread
    /// that prints follows, and capturing takes no longer for it.
    follower: SharedFollower,
    follows: bool,
    recording: Option<Recording>,
    exporter: Option<Exporter<'a>>,
    user_filter: UserFilter,
    captured: u64,
    /// The same on each interface, also for the thread that reports the counts.
    seen: Seen,
    unprinted: u64,
    /// When the capture was under way, at the latest: another capture may be laid beside it.
    start: Option<Time>,
    last: Option<Time>,
    failed: bool,
    /// The capture on an interface could not go on.
    incomplete: bool,
}

impl LiveSession<'_> {
    /// Captures until the end; the queue is closed by returning.
    fn capture(&mut self, captures: &mut Captures, mut queue: Option<FrameSender>) {
        let deadline = self
            .settings
            .duration
            .and_then(|duration| Instant::now().checked_add(duration));
        let mut flushing = Flushing::of(self.settings.write.as_deref());
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) || self.settings.count.is_some_and(|count| self.captured >= count) {
                break;
            }
            let timeout = [flushing.until_flush, left].into_iter().flatten().min();
            match captures.next(timeout, Some(descriptor(self.cancel))) {
                Ok((_, CaptureEvent::Frame(frame, _))) => {
                    let headers = LazyPacket::new(&frame);
                    if self.user_filter.wants(&headers) {
                        if self
                            .recording
                            .as_ref()
                            .is_some_and(|recording| recording.is_over(&frame))
                        {
                            break;
                        }
                        self.take(&headers, &mut queue);
                        if self.recording.is_some() {
                            flushing.needed();
                        }
                    } else if self.settings.handshake_only {
                        self.pass(&headers, &mut queue);
                    }
                }
                Ok((_, CaptureEvent::Idle)) => {
                    if flushing.is_due() {
                        self.flush();
                    }
                }
                Ok((place, CaptureEvent::InterfaceDown)) => {
                    let whose = if self.seen.len() == 1 { "the" } else { "its" };
                    self.say_of(place, &format!("is down; {whose} capture goes on when it is up"));
                }
                Ok((place, CaptureEvent::InterfaceUp)) => self.say_of(place, "is up again"),
                Ok((_, CaptureEvent::Stopped)) => break,
                Err(error) => {
                    self.incomplete = true;
                    if captures.are_over() {
                        self.say.error(&error.to_string());
                        break;
                    }
                    self.say.error(&format!("{error}; on the other interfaces it goes on"));
                }
            }
            if self.failed {
                break;
            }
        }
    }

    fn say_of(&self, place: usize, what: &str) {
        let name = self.settings.interfaces.get(place).map_or("", String::as_str);
        self.say.warning(&format!("{name} {what}"));
    }

    /// Records a frame and has it printed.
    fn take(&mut self, headers: &LazyPacket<'_>, queue: &mut Option<FrameSender>) {
        let frame = headers.frame();
        self.captured += 1;
        let place = usize::try_from(frame.interface).unwrap_or(usize::MAX);
        self.seen
            .get(place)
            .inspect(|seen| _ = seen.fetch_add(1, Ordering::Relaxed));
        self.start = self.start.into_iter().chain(frame.time).min();
        self.last = frame.time.or(self.last);
        let followed = if self.follows {
            self.follower.lock().follow(self.captured, frame, headers.packet())
        } else {
            Followed::default()
        };
        let observed = Observed::new(self.captured, headers, &followed);
        let recording = self.recording.as_mut();
        let written = recording.map_or(Ok(()), |recording| recording.take(&observed, &self.follower));
        if let Err(error) = written {
            self.failed_to_write(&error);
        }
        if let Some(exporter) = &mut self.exporter {
            let Ok(()) = exporter.take(&observed, &self.follower);
        }
        let Some(open) = queue else { return };
        match open.offer(self.captured, frame, self.follows.then_some(followed)) {
            Ok(()) => {}
            Err(QueueError::Full) => self.unprinted += 1,
            Err(QueueError::Ended) => *queue = None,
        }
    }

    /// A frame that is not shown. It is followed, because otherwise the shown packets would seem to have gaps.
    fn pass(&mut self, headers: &LazyPacket<'_>, queue: &mut Option<FrameSender>) {
        let frame = headers.frame();
        if self.follows {
            self.follower.lock().pass(printing::UNSHOWN, frame, headers.packet());
        } else {
            queue.take_if(|open| open.offer(printing::UNSHOWN, frame, None) == Err(QueueError::Ended));
        }
    }

    fn flush(&mut self) {
        let recording = self.recording.as_mut();
        let flushed = recording.map_or(Ok(()), Recording::flush);
        if let Err(error) = flushed {
            self.failed_to_write(&error);
        }
    }

    /// A reader who has left a pipe is not a failure.
    fn failed_to_write(&mut self, error: &WriteError) {
        if error.is_closed_pipe() {
            self.recording = None;
            self.cancel.request();
        } else {
            self.fail(&one_line(&error));
            self.recording = None;
        }
    }

    fn fail(&mut self, line: &str) {
        self.say.error(line);
        self.failed = true;
    }

    /// Ends the recording and writes the exports. What there is to say of them comes later.
    fn finish(&mut self, captures: &Captures) -> Finished {
        let counted = captures.iter().zip(self.seen.iter()).map(|(capture, seen)| Counted {
            interface: capture.interface().to_owned(),
            captured: seen.load(Ordering::Relaxed),
            kernel: capture.statistics().unwrap_or_default(),
        });
        let counted: Vec<_> = counted.collect();
        let statistics = counted.iter().map(|one| InterfaceStatistics {
            received: Some(one.kernel.received),
            dropped: Some(one.kernel.dropped),
            start: self.start,
            end: self.last,
            ..InterfaceStatistics::default()
        });
        let statistics: Vec<_> = statistics.collect();
        let recording = self.recording.take();
        let recorded = recording.map(|recording| recording.finish(&statistics));
        let exporter = self.exporter.take();
        let file = self.settings.write.as_deref();
        let file = file.filter(|_| !self.settings.rotation.is_some() && recorded.as_ref().is_some_and(Result::is_ok));
        Finished {
            counted,
            exported: exporter.map(|exporter| exporter.finish(file, &self.follower)),
            recorded,
        }
    }

    /// The summary.
    fn end(mut self, finished: Finished, printing_failed: bool) -> Outcome {
        if self.cancel.requested() && io::stderr().is_terminal() {
            // The terminal shows ^C where the cursor is; the summary starts on a line of its own.
            self.say.plain("");
        }
        for line in counted_lines(&finished.counted) {
            self.say.plain(&line);
        }
        let dropped = finished.counted.iter().map(|one| one.kernel.dropped).sum::<u64>();
        let recorded = self.say_recorded(finished.recorded);
        if let Some(exported) = finished.exported {
            if say_exported(exported, self.say) {
                say_written(self.settings.export.files(), self.say);
            } else {
                self.failed = true;
            }
        }
        if !printing_failed {
            say_written(self.settings.sheets(), self.say);
        }
        let unseen = self.unprinted > 0 && !recorded;
        if self.unprinted > 0 {
            self.say.warning(&unprinted(self.unprinted, recorded));
        }
        if dropped > 0 {
            self.say.warning(&format!(
                "{} passed the filter and were lost in the kernel, where they found no room: a narrower filter, -s, or -q \
                 with -w makes it more likely that all are captured",
                packets(dropped)
            ));
        }
        if let Some(remark) = self.user_filter.remark() {
            self.say.warning(&remark);
        }
        Outcome::of(self.failed || self.incomplete || printing_failed || unseen || dropped > 0)
    }

    /// Reports what the file has; `true` if it has everything that was captured.
    fn say_recorded(&mut self, recorded: Option<Result<Recorded, WriteError>>) -> bool {
        match recorded {
            Some(Ok(recorded)) => {
                self.say.plain(&recorded.to_string());
                true
            }
            Some(Err(error)) => {
                if !error.is_closed_pipe() {
                    self.fail(&one_line(&error));
                }
                false
            }
            None => false,
        }
    }
}

/// The result of writing the files.
struct Finished {
    counted: Vec<Counted>,
    recorded: Option<Result<Recorded, WriteError>>,
    exported: Option<(Vec<String>, Option<String>)>,
}
