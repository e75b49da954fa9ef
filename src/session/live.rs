//! Packets from an interface.
//!
//! The order matters: open the capture while the privileges are there, give them up, only then open files and start
//! threads. The main thread captures and records; another one prints (`printing`); a third one sees to it that a quit ends the
//! program ([`ending`]).

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::Utc;

use super::calls::Calls;
use super::counts::{counted_lines, counts, packets, unprinted};
use super::ending::{self, Grace};
use super::exports::{Exporter, say_exported, say_written};
use super::flushing::Flushing;
use super::following::{Followed, SharedFollower};
use super::observed::{LazyPacket, Observed, Sink as _};
use super::opening::{descriptor, open};
use super::outcome::Outcome;
use super::printing::{self, FrameSender, Printer, QueueError};
use super::recording::Recording;
use super::rights;
use super::say::Say;
use super::selection::UserFilter;
use super::series::Recorded;
use super::settings::Settings;
use super::source;
use crate::capture::live::{self, Capture, CaptureEvent};
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
    let mut capture = open(settings, filter)?;
    rights::only_for_files()?;
    let seen = Arc::new(AtomicU64::new(0));
    let counts = counts(&capture, Arc::clone(&seen));
    ending::watch(cancel, Grace::Waiting, say, Some(counts))?;
    let planned = settings.planned();
    let calls = Calls::open(settings)?;
    let file = settings.write.as_deref();
    let recording = file.map(|path| Recording::begin(path, settings, filter, &capture));
    let recording = recording.transpose().map_err(|error| one_line(&error))?;
    let exporter = Exporter::open(settings, &calls)?;
    drop(planned);
    for note in capture.notes() {
        say.warning(&note.to_string());
    }
    say.plain(&format!(
        "capturing on {} ({}), {}; Ctrl+C ends it",
        capture.interface(),
        capture.link_type(),
        describe(filter)
    ));
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
    };
    let (finished, printing_failed) = thread::scope(|scope| {
        let (entrance, exit) = printing::queue_to_output();
        let printer = Printer {
            settings,
            cancel,
            say,
            follower,
            calls,
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
        session.capture(&mut capture, shows.then_some(entrance));
        // The files first: a standard output without a reader must not keep them from being whole.
        let finished = session.finish(&capture);
        (
            finished,
            unprinted || printer.is_some_and(|printer| printer.join().unwrap_or(true)),
        )
    });
    Ok(session.end(finished, printing_failed))
}

fn describe(filter: &Filter) -> String {
    match filter.expression() {
        Some(_) => format!("filter {filter}"),
        None => "all packets".to_owned(),
    }
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
    /// The same, for the thread that reports the counts.
    seen: Arc<AtomicU64>,
    unprinted: u64,
    /// When the capture was under way, at the latest: another capture may be laid beside it.
    start: Option<Time>,
    last: Option<Time>,
    failed: bool,
}

impl LiveSession<'_> {
    /// Captures until the end; the queue is closed by returning.
    fn capture(&mut self, capture: &mut Capture, mut queue: Option<FrameSender>) {
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
            match capture.next(timeout, Some(descriptor(self.cancel))) {
                Ok(CaptureEvent::Frame(frame, _)) => {
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
                Ok(CaptureEvent::Idle) => {
                    if flushing.is_due() {
                        self.flush();
                    }
                }
                Ok(CaptureEvent::InterfaceDown) => {
                    self.say.warning(&format!(
                        "{} is down; the capture goes on when it is up",
                        self.settings.interface
                    ));
                }
                Ok(CaptureEvent::InterfaceUp) => self.say.warning(&format!("{} is up again", self.settings.interface)),
                Ok(CaptureEvent::Stopped) => break,
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
    fn take(&mut self, headers: &LazyPacket<'_>, queue: &mut Option<FrameSender>) {
        let frame = headers.frame();
        self.captured += 1;
        self.seen.store(self.captured, Ordering::Relaxed);
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
    fn finish(&mut self, capture: &Capture) -> Finished {
        let counted = capture.statistics().unwrap_or_default();
        let statistics = InterfaceStatistics {
            received: Some(counted.received),
            dropped: Some(counted.dropped),
            start: self.start,
            end: self.last,
            ..InterfaceStatistics::default()
        };
        let recording = self.recording.take();
        let recorded = recording.map(|recording| recording.finish(statistics));
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
        for line in counted_lines(self.captured, finished.counted) {
            self.say.plain(&line);
        }
        let counted = finished.counted;
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
        if counted.dropped > 0 {
            self.say.warning(&format!(
                "{} passed the filter and were lost in the kernel, where they found no room: a narrower filter, -s, or -q \
                 with -w makes it more likely that all are captured",
                packets(counted.dropped)
            ));
        }
        if let Some(remark) = self.user_filter.remark() {
            self.say.warning(&remark);
        }
        Outcome::of(self.failed || printing_failed || unseen || counted.dropped > 0)
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
    counted: live::CaptureStatistics,
    recorded: Option<Result<Recorded, WriteError>>,
    exported: Option<(Vec<String>, Option<String>)>,
}
