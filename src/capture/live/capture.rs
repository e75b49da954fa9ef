//! A capture on Linux: a ring, or `pnet`'s datalink channel where the kernel gives none, on the socket that `socket.rs`
//! prepared.

pub(super) mod several;
mod waiting;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, IntoRawFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use nix::errno::Errno;
use nix::poll::PollTimeout;
use pnet::datalink::{Channel, ChannelType, Config, channel};

use super::counters::Counters;
use super::rebuild::FrameMetadata;
use super::ring::Ring;
use super::socket::{self, PreparedSocket};
use super::source::{ChannelFrameSource, FrameSource};
use super::{CancelDescriptor, CaptureError, CaptureEvent, CaptureOptions, CaptureStatistics, Note, OpenError, sys};
use crate::frame::{Frame, Time};
use crate::wire::LinkType;

/// How long to wait, and how often since the last frame, when the kernel has no memory to spare for a call.
const WITHOUT_MEMORY: Duration = Duration::from_millis(10);
const MOST_WITHOUT_MEMORY: u32 = 200;

/// An open capture.
pub struct Capture {
    source: Box<dyn FrameSource>,
    /// The same socket as the source's.
    socket: OwnedFd,
    has_ring: bool,
    interface: String,
    /// 0 for all interfaces.
    index: u32,
    cooked: bool,
    snaplen: usize,
    notes: Vec<Note>,
    state: LinkState,
    counters: Counters,
    /// Frames taken out of the receive buffer.
    taken: u64,
    since_cancel_check: u32,
    /// After the quit: frames that had passed before it and are still in the receive buffer.
    left: Option<u64>,
    /// Since when frames that the kernel has counted are waited for, at the end.
    held_back_since: Option<Instant>,
    /// How often since the last frame the kernel had no memory to spare.
    without_memory: u32,
    /// Room for a frame that has to be put together.
    whole: Vec<u8>,
}

/// What has been said about the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LinkState {
    Up,
    /// It went down, and the frames from before have to be handed out before that is said.
    WentDown,
    Down,
}

/// What ended the waiting.
enum WaitEnd {
    FrameMetadata(FrameMetadata),
    CaptureEvent(CaptureEvent<'static>),
}

impl Capture {
    pub(super) fn open(options: &CaptureOptions) -> Result<Self, OpenError> {
        let mut notes = Vec::new();
        if options.ring {
            let prepared = socket::prepare(options)?;
            match ring(&prepared, options) {
                Ok(ring) => return Self::on_ring(ring, prepared, options),
                Err(error) => notes.push(Note::NoRing {
                    reason: error.to_string(),
                }),
            }
        }
        // Another socket: on the first one the kernel may keep what it had agreed to.
        Self::on_channel(socket::prepare(options)?, options, notes)
    }

    fn on_ring(ring: Ring, prepared: PreparedSocket, options: &CaptureOptions) -> Result<Self, OpenError> {
        let called = |call: &'static str| move |source| socket::failure(options, call, source);
        let (socket, index) = (prepared.socket.as_fd(), prepared.interface.index);
        sys::bind(socket, index).map_err(called("bind"))?;
        if options.promiscuous {
            sys::set_promiscuous(socket, index).map_err(called("setsockopt PACKET_ADD_MEMBERSHIP"))?;
        }
        Self::with(Box::new(ring), true, prepared, options, Vec::new())
    }

    fn on_channel(
        mut prepared: PreparedSocket,
        options: &CaptureOptions,
        mut notes: Vec<Note>,
    ) -> Result<Self, OpenError> {
        let called = |call: &'static str| move |source| socket::failure(options, call, source);
        notes.extend(socket::prepare_for_channel(prepared.socket.as_fd(), options)?);
        let own = prepared.socket.try_clone().map_err(called("dup"))?;
        let peeked = own.try_clone().map_err(called("dup"))?;
        let config = Config {
            read_buffer_size: options.bytes_to_keep(),
            write_buffer_size: 0,
            promiscuous: options.promiscuous,
            channel_type: ChannelType::Layer2,
            // The channel owns the descriptor from here on and closes it, on failure too.
            socket_fd: Some(std::mem::replace(&mut prepared.socket, own).into_raw_fd()),
            ..Config::default()
        };
        let opened = channel(&prepared.interface, config).map_err(called("datalink channel"))?;
        let Channel::Ethernet(_, receiver) = opened else {
            return Err(called("datalink channel")(ErrorKind::Unsupported.into()));
        };
        let source = ChannelFrameSource {
            receiver,
            socket: peeked,
        };
        Self::with(Box::new(source), false, prepared, options, notes)
    }

    fn with(
        source: Box<dyn FrameSource>,
        has_ring: bool,
        prepared: PreparedSocket,
        options: &CaptureOptions,
        notes: Vec<Note>,
    ) -> Result<Self, OpenError> {
        let counted = prepared.socket.try_clone();
        let counted = counted.map_err(|source| socket::failure(options, "dup", source))?;
        Ok(Self {
            counters: Counters::of(counted),
            source,
            socket: prepared.socket,
            has_ring,
            interface: prepared.interface.name,
            index: prepared.interface.index,
            cooked: prepared.cooked,
            snaplen: options.bytes_to_keep(),
            notes,
            state: LinkState::Up,
            taken: 0,
            since_cancel_check: 0,
            left: None,
            held_back_since: None,
            without_memory: 0,
            whole: Vec::new(),
        })
    }

    /// The interface's name.
    #[must_use]
    pub fn interface(&self) -> &str {
        &self.interface
    }

    /// What the frames start with.
    #[must_use]
    pub fn link_type(&self) -> LinkType {
        if self.cooked {
            LinkType::LINUX_SLL2
        } else {
            LinkType::ETHERNET
        }
    }

    /// The most bytes of a frame that are kept.
    #[must_use]
    pub fn snaplen(&self) -> u32 {
        u32::try_from(self.snaplen).unwrap_or(u32::MAX)
    }

    /// Are frames read from a ring that is shared with the kernel?
    #[must_use]
    pub fn has_ring(&self) -> bool {
        self.has_ring
    }

    /// What this capture cannot do as well as it should.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What happens next: waits until there is something, for `timeout` at most (`None`: forever), or until the quit.
    ///
    /// After the quit, the frames that had passed before it are still handed out, and no more: even where frames come
    /// faster than they are read, it ends.
    ///
    /// # Errors
    /// The interface was removed, or a call failed: [`CaptureError`]. The capture is over then.
    pub fn next(
        &mut self,
        timeout: Option<Duration>,
        cancel: Option<CancelDescriptor<'_>>,
    ) -> Result<CaptureEvent<'_>, CaptureError> {
        match self.wait(timeout, cancel)? {
            WaitEnd::FrameMetadata(metadata) => self.take(&metadata),
            WaitEnd::CaptureEvent(event) => Ok(event),
        }
    }

    /// Takes the frame that the peek has found.
    fn take(&mut self, metadata: &FrameMetadata) -> Result<CaptureEvent<'_>, CaptureError> {
        let link = self.link_type();
        let bytes = match self.source.next() {
            Ok(bytes) => bytes,
            // The interface went down since the peek; the frame stays for the next call.
            Err(error) if is_down(&error) => {
                self.state = LinkState::WentDown;
                return Ok(CaptureEvent::Idle);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(CaptureEvent::Idle),
            Err(error) if passes(&mut self.without_memory, &error) => return Ok(CaptureEvent::Idle),
            Err(source) => return Err(failure(&self.interface, "reading a frame", source)),
        };
        self.without_memory = 0;
        self.taken += 1;
        self.left = self.left.map(|left| left.saturating_sub(1));
        let bytes = if metadata.is_complete(self.cooked) {
            bytes
        } else {
            metadata.rebuild(bytes, self.cooked, &mut self.whole);
            &self.whole
        };
        let frame = Frame {
            // Without a stamp of the kernel's, which should not happen, the time of reading is the best there is.
            time: metadata.time.or_else(now),
            link,
            interface: 0,
            direction: Some(metadata.direction()),
            original_length: metadata.rebuilt_length(self.cooked),
            bytes: Cow::Borrowed(bytes.get(..self.snaplen).unwrap_or(bytes)),
            comments: Vec::new(),
        };
        Ok(CaptureEvent::Frame(frame, metadata.checksum))
    }

    /// What the kernel has counted so far.
    ///
    /// # Errors
    /// Those of getsockopt(2).
    pub fn statistics(&self) -> Result<CaptureStatistics, CaptureError> {
        let counted = self.counters.read();
        counted.map_err(|source| failure(&self.interface, "getsockopt PACKET_STATISTICS", source))
    }

    /// The same for other threads.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters.clone()
    }

    /// The quit has come: those that are in the buffer now are still handed out.
    fn begin_to_end(&mut self) -> Result<(), CaptureError> {
        self.left = Some(self.waiting()?);
        Ok(())
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("interface", &self.interface)
            .field("has_ring", &self.has_ring)
            .field("cooked", &self.cooked)
            .field("snaplen", &self.snaplen)
            .field("state", &self.state)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

/// A ring on this socket.
fn ring(prepared: &PreparedSocket, options: &CaptureOptions) -> io::Result<Ring> {
    Ring::new(prepared.socket.try_clone()?, options.buffer, options.bytes_to_keep())
}

fn failure(interface: &str, call: &'static str, source: io::Error) -> CaptureError {
    CaptureError::Call {
        call,
        interface: interface.to_owned(),
        source,
    }
}

/// Does the error say that the interface went down?
fn is_down(error: &io::Error) -> bool {
    error.kind() == ErrorKind::NetworkDown
}

/// Has the kernel no memory to spare, which passes? Waits a little then. What comes meanwhile is kept, or counted as dropped.
fn passes(times: &mut u32, error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw);
    let passes = matches!(errno, Some(Errno::ENOBUFS | Errno::ENOMEM)) && *times < MOST_WITHOUT_MEMORY;
    if passes {
        *times += 1;
        thread::sleep(WITHOUT_MEMORY);
    }
    passes
}

fn now() -> Option<Time> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_nanos()).ok().map(Time)
}

/// poll(2) counts in milliseconds: rounded up, lest it return too early and be called again and again.
fn milliseconds(time: Option<Duration>) -> PollTimeout {
    let Some(time) = time else { return PollTimeout::NONE };
    let milliseconds = i32::try_from(time.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX)
}
