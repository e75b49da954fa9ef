//! Captures on several interfaces as one: their frames in the order of time.
//!
//! Each interface has a socket and a buffer of its own, and its frames stay there until their turn comes. The next frame is the
//! earliest one among the first of each buffer. An empty buffer does not prove that nothing earlier passed there: the kernel hands
//! frames of a ring over up to 10 ms late. So a frame waits until every buffer has one, or until it is [`HOLD`] old.

use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};

use super::super::rebuild::FrameMetadata;
use super::super::{CancelDescriptor, CaptureError, CaptureEvent, CaptureOptions, OpenError};
use super::waiting::{DOWN_CHECK, FRAMES_BETWEEN_CANCEL_CHECKS};
use super::{Capture, LinkState, WaitEnd, failure, milliseconds, now, passes};
use crate::frame::Time;

/// How long a frame waits for earlier ones of other interfaces; not shorter than what the kernel holds back, nor than
/// [`DOWN_CHECK`], in which an interface that comes up is found.
const HOLD: Duration = Duration::from_millis(50);

/// One capture or several, as one.
#[derive(Debug)]
pub struct Captures {
    all: Vec<Member>,
    has_quit: bool,
    since_cancel_check: u32,
}

#[derive(Debug)]
struct Member {
    capture: Capture,
    /// Its next frame, which is still in its buffer, and when that was seen there.
    head: Option<(FrameMetadata, Instant)>,
    /// Its interface is down, and is looked at again then.
    next_look: Option<Instant>,
    is_over: bool,
}

impl Member {
    /// Looks for its next frame, without waiting. Returns what else there is to say.
    fn look(&mut self, now: Instant) -> Result<Option<CaptureEvent<'static>>, CaptureError> {
        if self.is_over || self.head.is_some() || self.next_look.is_some_and(|next| now < next) {
            return Ok(None);
        }
        let end = self.capture.wait(Some(Duration::ZERO), None);
        self.next_look = (self.capture.state == LinkState::Down).then(|| now + DOWN_CHECK);
        match end {
            Ok(WaitEnd::FrameMetadata(metadata)) => {
                self.head = Some((metadata, now));
                Ok(None)
            }
            Ok(WaitEnd::CaptureEvent(CaptureEvent::Idle)) => Ok(None),
            Ok(WaitEnd::CaptureEvent(CaptureEvent::Stopped)) => {
                self.is_over = true;
                Ok(None)
            }
            Ok(WaitEnd::CaptureEvent(event)) => Ok(Some(event)),
            Err(error) => {
                self.is_over = true;
                Err(error)
            }
        }
    }

    /// May an earlier frame than those seen so far still come here?
    fn may_have_more(&self) -> bool {
        !self.is_over && self.head.is_none() && self.next_look.is_none()
    }

    fn take(&mut self) -> Result<CaptureEvent<'_>, CaptureError> {
        let Some((metadata, _)) = self.head.take() else {
            return Ok(CaptureEvent::Idle);
        };
        let taken = self.capture.take(&metadata);
        self.is_over = taken.is_err();
        taken
    }
}

impl Captures {
    /// Opens them all, in this order: a frame has its place in it as [`Frame::interface`](crate::frame::Frame::interface). The
    /// memory for frames that wait is divided among them.
    ///
    /// # Errors
    /// As [`CaptureOptions::open`]: none is open then.
    pub fn open(options: &[CaptureOptions]) -> Result<Self, OpenError> {
        let open = |one: &CaptureOptions| {
            let capture = CaptureOptions {
                buffer: one.buffer / options.len(),
                ..one.clone()
            };
            Ok(Member {
                capture: capture.open()?,
                head: None,
                next_look: None,
                is_over: false,
            })
        };
        Ok(Self {
            all: options.iter().map(open).collect::<Result<_, _>>()?,
            has_quit: false,
            since_cancel_check: 0,
        })
    }

    /// The captures.
    pub fn iter(&self) -> impl Iterator<Item = &Capture> {
        self.all.iter().map(|one| &one.capture)
    }

    /// Can none go on?
    #[must_use]
    pub fn are_over(&self) -> bool {
        self.all.iter().all(|one| one.is_over)
    }

    /// What happens next, and on which interface, from 0: as [`Capture::next`].
    ///
    /// # Errors
    /// As [`Capture::next`]; the capture on that interface is over then, and the others go on.
    pub fn next(
        &mut self,
        timeout: Option<Duration>,
        cancel: Option<CancelDescriptor<'_>>,
    ) -> Result<(usize, CaptureEvent<'_>), CaptureError> {
        if self.all.len() > 1 {
            return self.next_of_several(timeout, cancel);
        }
        let Some(one) = self.all.first_mut() else {
            return Ok((0, CaptureEvent::Stopped));
        };
        // The only one waits by itself: nothing has to be put in order.
        let next = one.capture.next(timeout, cancel);
        one.is_over = next.is_err();
        Ok((0, next?))
    }

    fn next_of_several(
        &mut self,
        timeout: Option<Duration>,
        cancel: Option<CancelDescriptor<'_>>,
    ) -> Result<(usize, CaptureEvent<'_>), CaptureError> {
        let started = Instant::now();
        let place = loop {
            // The time first: what had passed by then and is older than HOLD is seen by the looks that follow.
            let (looked, clock) = (Instant::now(), now());
            for (place, one) in self.all.iter_mut().enumerate() {
                if let Some(event) = one.look(looked)? {
                    return Ok((place, event));
                }
            }
            if self.are_over() {
                return Ok((0, CaptureEvent::Stopped));
            }
            let must_look = self.since_cancel_check >= FRAMES_BETWEEN_CANCEL_CHECKS;
            let earliest = self.earliest();
            let hold = earliest.map(|(_, time, seen)| self.hold(time, seen, looked, clock));
            match (earliest, hold) {
                (Some((place, ..)), Some(Duration::ZERO)) if !must_look || self.has_quit => break place,
                _ => {}
            }
            let left = timeout.map(|timeout| timeout.saturating_sub(started.elapsed()));
            if left.is_some_and(|left| left.is_zero()) && !must_look {
                return Ok((0, CaptureEvent::Idle));
            }
            self.sleep([left, hold].into_iter().flatten().min(), cancel)?;
        };
        self.since_cancel_check += 1;
        let Some(one) = self.all.get_mut(place) else {
            return Ok((place, CaptureEvent::Idle));
        };
        let mut event = one.take()?;
        if let CaptureEvent::Frame(frame, _) = &mut event {
            frame.interface = u32::try_from(place).unwrap_or(u32::MAX);
        }
        Ok((place, event))
    }

    /// The earliest frame of all buffers: whose it is, its time, and since when it is seen.
    fn earliest(&self) -> Option<(usize, Option<Time>, Instant)> {
        let heads = self.all.iter().enumerate();
        heads
            .filter_map(|(place, one)| one.head.map(|(metadata, seen)| (place, metadata.time, seen)))
            .min_by_key(|&(place, time, _)| (time, place))
    }

    /// How long such a frame has to wait yet. Its age is that by the clock, or, should that have been set back, the time since it
    /// was seen.
    fn hold(&self, time: Option<Time>, seen: Instant, looked: Instant, clock: Option<Time>) -> Duration {
        if !self.all.iter().any(Member::may_have_more) {
            return Duration::ZERO;
        }
        let by_clock = time.zip(clock).map_or(HOLD, |(Time(time), Time(clock))| {
            Duration::from_nanos(u64::try_from(clock.saturating_sub(time)).unwrap_or(0))
        });
        HOLD.saturating_sub(by_clock.max(looked.saturating_duration_since(seen)))
    }

    /// Sleeps until a frame comes where none is, the quit comes, an interface is to be looked at again, or the time is over.
    fn sleep(&mut self, time: Option<Duration>, cancel: Option<CancelDescriptor<'_>>) -> Result<(), CaptureError> {
        self.since_cancel_check = 0;
        let cancel = cancel.filter(|_| !self.has_quit);
        let now = Instant::now();
        let looks = self.all.iter().filter(|one| !one.is_over && one.head.is_none());
        let looks = looks.filter_map(|one| one.next_look.map(|next| next.saturating_duration_since(now)));
        let time = time.into_iter().chain(looks).min();
        let awaited = self.all.iter().filter(|one| one.may_have_more());
        let mut watched: Vec<_> = cancel
            .into_iter()
            .chain(awaited.map(|one| one.capture.socket.as_fd()))
            .map(|descriptor| PollFd::new(descriptor, PollFlags::POLLIN))
            .collect();
        let polled = poll(&mut watched, milliseconds(time));
        let quits = cancel.is_some() && watched.first().is_some_and(|first| first.any().unwrap_or(true));
        drop(watched);
        match polled {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => {
                let Some(first) = self.all.first_mut() else {
                    return Ok(());
                };
                let error = error.into();
                if !passes(&mut first.capture.without_memory, &error) {
                    self.all.iter_mut().for_each(|one| one.is_over = true);
                    return Err(failure("all interfaces", "poll", error));
                }
            }
        }
        if quits {
            self.has_quit = true;
            for one in self.all.iter_mut().filter(|one| !one.is_over) {
                one.next_look = None;
                one.capture.begin_to_end()?;
            }
        }
        Ok(())
    }
}
