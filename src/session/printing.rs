//! Printing beside a capture: a queue of frames that is bounded by their bytes, and the thread at its end.
//!
//! A slow reader of standard output costs lines, which are counted, and no frames: the thread that captures never waits.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::calls::Calls;
use super::display::{Display, DisplayError};
use super::following::{Conversations as _, Followed, SharedFollower};
use super::observed::{LazyPacket, Observed, Sink as _};
use super::say::Say;
use super::settings::Settings;
use super::stdout::unwritable;
use crate::frame::Frame;
use crate::os::cancel::CancelToken;
use crate::record::InterfaceDescription;

/// Number of bytes that may wait for a file or a pipe, …
const ROOM: usize = 64 * 1024 * 1024;
/// … and for a terminal: thousands of small packets, more than a user would like to see scroll by after Ctrl+C.
const ROOM_ON_TERMINAL: usize = 1024 * 1024;

/// The number of a frame that is followed and not shown.
pub(super) const UNSHOWN: u64 = 0;

/// A frame on its way to the printing thread.
struct QueuedFrame {
    number: u64,
    frame: Frame<'static>,
    /// What is known of it, where the capturing thread has to know; else the printing thread finds out.
    followed: Option<Box<Followed>>,
}

/// The memory that a frame takes while it waits, in bytes.
fn cost(frame: &Frame<'_>, followed: Option<&Followed>) -> usize {
    let datagram = |followed: &Followed| followed.whole.as_ref().map_or(0, |whole| whole.frame.bytes.len());
    let known = followed.map_or(0, |followed| size_of::<Followed>() + datagram(followed));
    size_of::<QueuedFrame>() + frame.bytes.len() + known
}

/// Where the capturing thread puts frames in.
pub(super) struct FrameSender {
    frames: Sender<QueuedFrame>,
    waiting: Arc<AtomicUsize>,
    room: usize,
}

/// Where the printing thread takes them out.
pub(super) struct FrameReceiver {
    frames: Receiver<QueuedFrame>,
    waiting: Arc<AtomicUsize>,
}

/// Why a frame will not be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueueError {
    /// There is no room for it now.
    Full,
    /// The printing thread has ended, and has said why.
    Ended,
}

/// Printing could not begin.
pub(super) fn no_thread(error: &io::Error) -> String {
    format!("starting a thread failed: {error}; allow more with 'ulimit -u' and 'ulimit -v'")
}

/// A queue for what standard output is.
pub(super) fn queue_to_output() -> (FrameSender, FrameReceiver) {
    queue(if io::stdout().is_terminal() {
        ROOM_ON_TERMINAL
    } else {
        ROOM
    })
}

/// A queue that holds a bounded number of bytes, but always one frame.
fn queue(room: usize) -> (FrameSender, FrameReceiver) {
    let (frames_in, frames_out) = mpsc::channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let sender = FrameSender {
        frames: frames_in,
        waiting: Arc::clone(&waiting),
        room,
    };
    let receiver = FrameReceiver {
        frames: frames_out,
        waiting,
    };
    (sender, receiver)
}

impl FrameSender {
    /// Puts a copy of the frame in, if there is room; never waits.
    pub(super) fn offer(&self, number: u64, frame: &Frame<'_>, followed: Option<Followed>) -> Result<(), QueueError> {
        let cost = cost(frame, followed.as_ref());
        let before = self.waiting.load(Ordering::Relaxed);
        if before > 0 && before + cost > self.room {
            return Err(QueueError::Full);
        }
        // Before the frame itself, lest the other side take off what was not yet added.
        self.waiting.fetch_add(cost, Ordering::Relaxed);
        let queued = QueuedFrame {
            number,
            frame: frame.clone().into_owned(),
            followed: followed.map(Box::new),
        };
        self.frames.send(queued).map_err(|_| QueueError::Ended)
    }
}

impl FrameReceiver {
    /// The next frame; waits for it, at most so long.
    fn take(&self, timeout: Option<Duration>) -> Result<QueuedFrame, RecvTimeoutError> {
        let next = match timeout {
            Some(timeout) => self.frames.recv_timeout(timeout),
            None => self.frames.recv().map_err(RecvTimeoutError::from),
        };
        next.inspect(|queued| self.count_off(queued))
    }

    /// The next frame if there is one already.
    fn take_now(&self) -> Option<QueuedFrame> {
        self.frames.try_recv().ok().inspect(|queued| self.count_off(queued))
    }

    fn count_off(&self, queued: &QueuedFrame) {
        self.waiting
            .fetch_sub(cost(&queued.frame, queued.followed.as_deref()), Ordering::Relaxed);
    }
}

/// The thread at the end of the queue.
pub(super) struct Printer<'a> {
    pub(super) settings: &'a Settings,
    pub(super) cancel: &'a CancelToken,
    pub(super) say: Say,
    pub(super) follower: SharedFollower,
    pub(super) calls: Calls,
    /// Those of the capture.
    pub(super) interfaces: Vec<InterfaceDescription>,
}

impl Printer<'_> {
    /// Prints what comes through the queue until it is closed; `true` when that failed.
    pub(super) fn print(&self, queue: &FrameReceiver) -> bool {
        let mut display = match Display::new(self.settings, &self.calls) {
            Ok(display) => display,
            Err(line) => return self.failed(&line),
        };
        display.describe(&self.interfaces);
        match self.print_all(&mut display, queue) {
            Ok(()) => {
                let missing = self.follower.missing(self.settings.flow);
                // Asked before anything is written: the other thread may need the follower meanwhile.
                let lost = self.follower.lock().remarks();
                for remark in missing.into_iter().chain(display.remarks()).chain(lost) {
                    self.say.warning(&remark);
                }
                false
            }
            Err(DisplayError::Closed) => {
                self.cancel.request();
                false
            }
            Err(DisplayError::Beside(line)) => self.failed(&line),
            Err(DisplayError::Failed(error)) => self.failed(&unwritable(&error)),
        }
    }

    fn failed(&self, line: &str) -> bool {
        self.say.error(line);
        self.cancel.request();
        true
    }

    fn print_all(&self, display: &mut Display, queue: &FrameReceiver) -> Result<(), DisplayError> {
        loop {
            match queue.take(display.until_next_draw()) {
                Ok(queued) => self.take(display, queued)?,
                Err(RecvTimeoutError::Timeout) => {
                    display.tick(&self.follower)?;
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return display.finish(&self.follower),
            }
            // While more wait, they are written together; when none does, the user sees them now.
            while let Some(queued) = queue.take_now() {
                self.take(display, queued)?;
            }
            display.flush()?;
        }
    }

    fn take(&self, display: &mut Display, queued: QueuedFrame) -> Result<(), DisplayError> {
        let QueuedFrame {
            number,
            frame,
            followed,
        } = queued;
        let headers = LazyPacket::new(&frame);
        if number == UNSHOWN {
            self.follower.lock().pass(number, &frame, headers.packet());
            return Ok(());
        }
        let followed = match followed {
            Some(followed) => *followed,
            None => self.follower.lock().follow(number, &frame, headers.packet()),
        };
        let observed = Observed::new(number, &headers, &followed);
        display.take(&observed, &self.follower)
    }
}

#[cfg(test)]
mod tests {
    use super::{QueueError, QueuedFrame, queue};
    use crate::frame::Frame;
    use crate::wire::LinkType;

    fn frame(length: usize) -> Frame<'static> {
        Frame {
            original_length: 0,
            ..Frame::new(None, LinkType::ETHERNET, vec![0; length])
        }
    }

    #[test]
    fn it_is_full_by_bytes_and_has_room_again_when_they_are_taken() {
        let (sender, receiver) = queue(3 * (1000 + size_of::<QueuedFrame>()));
        for number in 1..=3 {
            assert_eq!(sender.offer(number, &frame(1000), None), Ok(()));
        }
        assert_eq!(sender.offer(4, &frame(0), None), Err(QueueError::Full));
        assert_eq!(receiver.take(None).map(|queued| queued.number), Ok(1));
        assert_eq!(sender.offer(5, &frame(1001), None), Err(QueueError::Full));
        assert_eq!(sender.offer(6, &frame(1000), None), Ok(()));
        let rest = std::iter::from_fn(|| receiver.take_now()).map(|queued| queued.number);
        assert_eq!(rest.collect::<Vec<_>>(), [2, 3, 6]);
    }

    #[test]
    fn one_frame_always_fits_and_nobody_at_the_end_is_noticed() {
        let (sender, receiver) = queue(10);
        assert_eq!(sender.offer(1, &frame(1000), None), Ok(()));
        assert_eq!(sender.offer(2, &frame(0), None), Err(QueueError::Full));
        assert!(receiver.take(None).is_ok());
        drop(receiver);
        assert_eq!(sender.offer(3, &frame(0), None), Err(QueueError::Ended));
    }

    #[test]
    fn a_closed_queue_is_emptied_first() {
        let (sender, receiver) = queue(1000);
        assert_eq!(sender.offer(1, &frame(1), None), Ok(()));
        drop(sender);
        assert!(receiver.take(None).is_ok() && receiver.take(None).is_err());
    }
}
