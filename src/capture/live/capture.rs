//! A capture on Linux: `pnet`'s datalink channel on the socket that `socket.rs` prepared.
//!
//! `pnet` returns the bytes of a frame and nothing else. So before each of its reads a look at the same socket (recvmsg(2)
//! with `MSG_PEEK`) brings what stands beside them: time stamp, length on the wire, direction, VLAN tag. As only this
//! capture reads the socket, both see the same frame.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, IntoRawFd, OwnedFd};
use std::time::{Duration, Instant, SystemTime};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use pnet::datalink::{Channel, ChannelType, Config, DataLinkReceiver, channel};

use super::rebuild::Arrival;
use super::socket::{self, Prepared};
use super::{CaptureError, Event, Note, OpenError, Opening, Statistics, Stop, interfaces, sys};
use crate::frame::{Frame, Time};
use crate::wire::LinkType;

/// How often an interface that is down is looked at: nothing tells that it is up again.
const DOWN_CHECK: Duration = Duration::from_millis(50);
/// After how many frames in a row the stop is looked at, without waiting for the socket to be empty.
const FRAMES_BETWEEN_STOP_CHECKS: u32 = 64;

/// An open capture.
pub struct Capture {
    receiver: Box<dyn DataLinkReceiver>,
    /// The same socket as the receiver's, which keeps its own to itself.
    socket: OwnedFd,
    interface: String,
    /// 0 for all interfaces.
    index: u32,
    cooked: bool,
    snaplen: usize,
    notes: Vec<Note>,
    state: State,
    statistics: Statistics,
    /// Frames taken out of the receive buffer.
    taken: u64,
    since_stop_check: u32,
    /// After the stop: frames that had passed before it and are still in the receive buffer.
    left: Option<u64>,
    /// Room for a frame that has to be put together.
    whole: Vec<u8>,
}

/// What has been said about the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Up,
    /// It went down, and the frames from before have to be handed out before that is said.
    WentDown,
    Down,
}

/// What ended the waiting.
enum Waited {
    Arrival(Arrival),
    Event(Event<'static>),
}

impl Capture {
    pub(super) fn open(opening: &Opening) -> Result<Self, OpenError> {
        let Prepared {
            socket,
            place,
            cooked,
            notes,
        } = socket::prepare(opening)?;
        let called = |call: &'static str| move |source| socket::failure(opening, call, source);
        let own = socket.try_clone().map_err(called("dup"))?;
        let config = Config {
            read_buffer_size: opening.snaplen(),
            write_buffer_size: 0,
            promiscuous: opening.promiscuous,
            channel_type: ChannelType::Layer2,
            // The channel owns the descriptor from here on and closes it, on failure too.
            socket_fd: Some(socket.into_raw_fd()),
            ..Config::default()
        };
        let Channel::Ethernet(_, receiver) = channel(&place, config).map_err(called("datalink channel"))? else {
            return Err(called("datalink channel")(ErrorKind::Unsupported.into()));
        };
        Ok(Self {
            receiver,
            socket: own,
            interface: place.name,
            index: place.index,
            cooked,
            snaplen: opening.snaplen(),
            notes,
            state: State::Up,
            statistics: Statistics::default(),
            taken: 0,
            since_stop_check: 0,
            left: None,
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

    /// What this capture cannot do as well as it should.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What happens next: waits until there is something, for `timeout` at most (`None`: for ever), or until the stop.
    ///
    /// After the stop, the frames that had passed before it are still handed out, and no more: even where frames come
    /// faster than they are read, it ends.
    ///
    /// # Errors
    /// The interface was removed, or a call failed: [`CaptureError`]. The capture is over then.
    pub fn next(&mut self, timeout: Option<Duration>, stop: Option<Stop<'_>>) -> Result<Event<'_>, CaptureError> {
        let arrival = match self.wait(timeout, stop)? {
            Waited::Arrival(arrival) => arrival,
            Waited::Event(event) => return Ok(event),
        };
        let link = self.link_type();
        let bytes = match self.receiver.next() {
            Ok(bytes) => bytes,
            // The interface went down since the look; the frame stays for the next call.
            Err(error) if is_down(&error) => {
                self.state = State::WentDown;
                return Ok(Event::Idle);
            }
            Err(source) => return Err(failure(&self.interface, "recvfrom", source)),
        };
        self.taken += 1;
        self.left = self.left.map(|left| left.saturating_sub(1));
        let bytes = if arrival.is_complete(self.cooked) {
            bytes
        } else {
            arrival.rebuild(bytes, self.cooked, &mut self.whole);
            &self.whole
        };
        let frame = Frame {
            // Without a stamp of the kernel's, which should not happen, the time of reading is the best there is.
            time: arrival.time.or_else(now),
            link,
            interface: 0,
            direction: Some(arrival.direction()),
            original_length: arrival.rebuilt_length(self.cooked),
            bytes: Cow::Borrowed(bytes.get(..self.snaplen).unwrap_or(bytes)),
            comments: Vec::new(),
        };
        Ok(Event::Frame(frame, arrival.checksum))
    }

    /// What the kernel has counted so far.
    ///
    /// # Errors
    /// Those of getsockopt(2).
    pub fn statistics(&mut self) -> Result<Statistics, CaptureError> {
        let counted = sys::statistics(self.socket.as_fd());
        let (received, dropped) =
            counted.map_err(|source| failure(&self.interface, "getsockopt PACKET_STATISTICS", source))?;
        // The kernel starts from 0 again each time.
        self.statistics.received += u64::from(received);
        self.statistics.dropped += u64::from(dropped);
        Ok(self.statistics)
    }

    /// Waits until a frame is there to be read, or something else is to be said.
    fn wait(&mut self, timeout: Option<Duration>, stop: Option<Stop<'_>>) -> Result<Waited, CaptureError> {
        let mut started = None;
        loop {
            if self.left.is_some_and(|left| left == 0) {
                return Ok(Waited::Event(Event::Stopped));
            }
            if stop.is_some() && self.left.is_none() && self.since_stop_check >= FRAMES_BETWEEN_STOP_CHECKS {
                self.sleep(Some(Duration::ZERO), stop)?;
                continue;
            }
            match sys::peek(self.socket.as_fd()) {
                // After "down" the first frame to come means "up".
                Ok(_) if self.state == State::Down => return Ok(self.up_again()),
                Ok(arrival) => {
                    self.since_stop_check += 1;
                    return Ok(Waited::Arrival(arrival));
                }
                Err(error) if is_down(&error) => {
                    if self.state == State::Up {
                        self.state = State::WentDown;
                    }
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(source) => return Err(failure(&self.interface, "recvmsg", source)),
            }
            // Nothing is left to be read.
            if self.left.is_some() {
                self.left = Some(0);
                continue;
            }
            if let Some(event) = self.news_of_the_interface()? {
                return Ok(event);
            }
            // The clock is read only now: where frames come fast, nobody waits.
            let waited = started.get_or_insert_with(Instant::now).elapsed();
            let left = timeout.map(|timeout| timeout.saturating_sub(waited));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(Waited::Event(Event::Idle));
            }
            self.sleep(left, stop)?;
        }
    }

    /// What is to be said about an interface that is, or was, down.
    fn news_of_the_interface(&mut self) -> Result<Option<Waited>, CaptureError> {
        match self.state {
            State::Up => Ok(None),
            State::WentDown => {
                self.state = State::Down;
                Ok(Some(Waited::Event(Event::InterfaceDown)))
            }
            State::Down => {
                let known = interfaces();
                // Loopback is always there: an empty list means that it could not be had.
                if known.is_empty() {
                    return Ok(None);
                }
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

    fn up_again(&mut self) -> Waited {
        self.state = State::Up;
        Waited::Event(Event::InterfaceUp)
    }

    /// Sleeps until a frame comes, the stop comes, it is time to look at the interface again, or the time is over.
    fn sleep(&mut self, time: Option<Duration>, stop: Option<Stop<'_>>) -> Result<(), CaptureError> {
        self.since_stop_check = 0;
        let time = if self.state == State::Down {
            Some(time.map_or(DOWN_CHECK, |time| time.min(DOWN_CHECK)))
        } else {
            time
        };
        let socket = self.socket.as_fd();
        // Without a stop, the socket takes its place as well: poll(2) does not mind.
        let mut watched = [
            PollFd::new(stop.unwrap_or(socket), PollFlags::POLLIN),
            PollFd::new(socket, PollFlags::POLLIN),
        ];
        match poll(&mut watched, milliseconds(time)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(failure(&self.interface, "poll", error.into())),
        }
        let [first, _] = watched;
        if stop.is_some() && first.any().unwrap_or(true) {
            self.begin_to_end()?;
        }
        Ok(())
    }

    /// The stop has come: from the kernel's counts follows how many frames are still in the buffer.
    fn begin_to_end(&mut self) -> Result<(), CaptureError> {
        let Statistics { received, dropped } = self.statistics()?;
        self.left = Some(received.saturating_sub(dropped).saturating_sub(self.taken));
        Ok(())
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("interface", &self.interface)
            .field("cooked", &self.cooked)
            .field("snaplen", &self.snaplen)
            .field("state", &self.state)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
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
