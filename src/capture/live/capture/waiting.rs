//! Waiting for the next frame, for a quit, and for an interface that is down.

use std::io::ErrorKind;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};

use super::super::{CancelDescriptor, CaptureError, CaptureEvent, CaptureStatistics, interfaces};
use super::{Capture, LinkState, WaitEnd, failure, is_down, milliseconds, passes};

/// How often an interface that is down is looked at: nothing signals that it is up again.
pub(super) const DOWN_CHECK: Duration = Duration::from_millis(50);
/// After how many frames in a row the quit is looked at, without waiting for the socket to be empty.
pub(super) const FRAMES_BETWEEN_CANCEL_CHECKS: u32 = 512;
/// How long a frame that the kernel has counted is waited for at the end: many times as long as it may hold one back.
const LONGEST_HOLD: Duration = Duration::from_millis(500);
/// How often such a frame is looked for; the socket says when it is there, so this is only in case.
const HOLD_CHECK: Duration = Duration::from_millis(20);

impl Capture {
    /// Waits until a frame is there to be read, or something else is to be said.
    pub(super) fn wait(
        &mut self,
        timeout: Option<Duration>,
        cancel: Option<CancelDescriptor<'_>>,
    ) -> Result<WaitEnd, CaptureError> {
        let mut started = None;
        loop {
            if self.left.is_some_and(|left| left == 0) {
                return Ok(WaitEnd::CaptureEvent(CaptureEvent::Stopped));
            }
            if cancel.is_some() && self.left.is_none() && self.since_cancel_check >= FRAMES_BETWEEN_CANCEL_CHECKS {
                self.sleep(Some(Duration::ZERO), cancel)?;
                continue;
            }
            match self.source.peek() {
                // After "down" the first frame to come means "up".
                Ok(_) if self.state == LinkState::Down => return Ok(self.up_again()),
                Ok(metadata) => {
                    self.since_cancel_check += 1;
                    self.held_back_since = None;
                    return Ok(WaitEnd::FrameMetadata(metadata));
                }
                Err(error) if is_down(&error) => {
                    if self.state == LinkState::Up {
                        self.state = LinkState::WentDown;
                    }
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) if passes(&mut self.without_memory, &error) => continue,
                Err(source) => return Err(failure(&self.interface, "looking for a frame", source)),
            }
            // Nothing is there to be read.
            if self.kernel_holds_frames_back()? {
                self.sleep(Some(HOLD_CHECK), None)?;
                continue;
            }
            if self.left.is_some() {
                self.left = Some(0);
                continue;
            }
            if let Some(event) = self.news_of_the_interface()? {
                return Ok(event);
            }
            // The clock is read only now: where frames come fast, there is no wait to be timed.
            let waited = started.get_or_insert_with(Instant::now).elapsed();
            let left = timeout.map(|timeout| timeout.saturating_sub(waited));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(WaitEnd::CaptureEvent(CaptureEvent::Idle));
            }
            self.sleep(left, cancel)?;
        }
    }

    /// At the end, or when the interface went down: are there frames that the kernel has counted and not yet handed over?
    fn kernel_holds_frames_back(&mut self) -> Result<bool, CaptureError> {
        let ends = self.left.is_some() || self.state == LinkState::WentDown;
        if !ends || !self.source.holds_back() {
            return Ok(false);
        }
        let waiting = match self.left {
            Some(left) => left,
            None => self.waiting()?,
        };
        if waiting == 0 {
            self.held_back_since = None;
            return Ok(false);
        }
        let since = *self.held_back_since.get_or_insert_with(Instant::now);
        Ok(since.elapsed() < LONGEST_HOLD)
    }

    /// How many frames are still in the buffer, by the kernel's counts.
    pub(super) fn waiting(&self) -> Result<u64, CaptureError> {
        let CaptureStatistics { received, dropped } = self.statistics()?;
        Ok(received.saturating_sub(dropped).saturating_sub(self.taken))
    }

    /// What is to be said about an interface that is, or was, down.
    fn news_of_the_interface(&mut self) -> Result<Option<WaitEnd>, CaptureError> {
        match self.state {
            LinkState::Up => Ok(None),
            LinkState::WentDown => {
                self.state = LinkState::Down;
                Ok(Some(WaitEnd::CaptureEvent(CaptureEvent::InterfaceDown)))
            }
            LinkState::Down => {
                let Ok(known) = interfaces() else { return Ok(None) };
                let interface = known.into_iter().find(|known| known.index == self.index);
                match interface {
                    None => Err(CaptureError::InterfaceRemoved {
                        interface: self.interface.clone(),
                    }),
                    Some(interface) if interface.up => Ok(Some(self.up_again())),
                    Some(_) => Ok(None),
                }
            }
        }
    }

    fn up_again(&mut self) -> WaitEnd {
        self.state = LinkState::Up;
        WaitEnd::CaptureEvent(CaptureEvent::InterfaceUp)
    }

    /// Sleeps until a frame comes, the quit comes, it is time to look at the interface again, or the time is over.
    fn sleep(&mut self, time: Option<Duration>, cancel: Option<CancelDescriptor<'_>>) -> Result<(), CaptureError> {
        self.since_cancel_check = 0;
        let time = if self.state == LinkState::Down {
            Some(time.map_or(DOWN_CHECK, |time| time.min(DOWN_CHECK)))
        } else {
            time
        };
        let socket = self.socket.as_fd();
        // Without a cancel token, the socket takes its place as well: poll(2) does not mind.
        let mut watched = [
            PollFd::new(cancel.unwrap_or(socket), PollFlags::POLLIN),
            PollFd::new(socket, PollFlags::POLLIN),
        ];
        match poll(&mut watched, milliseconds(time)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) if passes(&mut self.without_memory, &error.into()) => {}
            Err(error) => return Err(failure(&self.interface, "poll", error.into())),
        }
        let [first, _] = watched;
        if cancel.is_some() && first.any().unwrap_or(true) {
            self.begin_to_end()?;
        }
        Ok(())
    }
}
