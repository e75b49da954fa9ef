//! A capture where there are no packet sockets: `pnet`'s plain channel.
//!
//! It knows the bytes of a frame and nothing else, so the time is that of reading, and what was lost is not counted. Tested
//! on Linux, where `pnet` has a plain channel, too.

use std::borrow::Cow;
use std::fmt;
use std::io::ErrorKind;
use std::time::{Duration, Instant, SystemTime};

use pnet::datalink::{self, Channel, Config, DataLinkReceiver};

use super::{
    CancelDescriptor, CaptureError, CaptureEvent, CaptureOptions, CaptureStatistics, KernelChecksum, LARGEST_SNAPLEN,
    Note, OpenError,
};
use crate::frame::{Frame, Time};
use crate::wire::LinkType;

/// How long a read may keep the stop waiting.
const READ_TIMEOUT: Duration = Duration::from_millis(50);

/// An open capture.
pub struct Capture {
    receiver: Box<dyn DataLinkReceiver>,
    interface: String,
    snaplen: usize,
    notes: Vec<Note>,
    received: u64,
    /// When the stop was seen.
    stopped: Option<Instant>,
    /// The frame that was read last.
    bytes: Vec<u8>,
}

/// How long frames are handed out after the stop while more and more come.
const LONGEST_END: Duration = Duration::from_secs(1);

impl Capture {
    /// Opens the capture. Neither the filter nor the buffer size of `options` is used.
    ///
    /// # Errors
    /// No such interface, no permission, or what `pnet` could not do; see [`OpenError`].
    pub fn open(options: &CaptureOptions) -> Result<Self, OpenError> {
        // pnet's list is empty when it fails.
        super::interfaces()?;
        let interfaces = datalink::interfaces();
        let Some(interface) = interfaces.iter().find(|known| known.name == options.interface) else {
            return Err(OpenError::NoSuchInterface {
                name: options.interface.clone(),
                known: interfaces.into_iter().map(|known| known.name).collect(),
            });
        };
        let config = Config {
            // Not the snapshot length: it would hide how long the frame was.
            read_buffer_size: usize::try_from(LARGEST_SNAPLEN).unwrap_or(usize::MAX),
            promiscuous: options.promiscuous,
            read_timeout: Some(READ_TIMEOUT),
            ..Config::default()
        };
        let failed = |source: std::io::Error| match source.kind() {
            ErrorKind::PermissionDenied => OpenError::NoPermission {
                interface: options.interface.clone(),
            },
            _ => OpenError::Call {
                call: "datalink channel",
                interface: options.interface.clone(),
                source,
            },
        };
        let Channel::Ethernet(_, receiver) = datalink::channel(interface, config).map_err(failed)? else {
            return Err(failed(ErrorKind::Unsupported.into()));
        };
        Ok(Self {
            receiver,
            interface: options.interface.clone(),
            snaplen: options.bytes_to_keep(),
            notes: vec![Note::PlainChannel],
            received: 0,
            stopped: None,
            bytes: Vec::new(),
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
        LinkType::ETHERNET
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

    /// Are frames read from a ring? Not here.
    #[must_use]
    pub fn has_ring(&self) -> bool {
        false
    }

    /// What happens next: waits until there is something, for `timeout` at most (`None`: forever), or until the stop.
    ///
    /// # Errors
    /// A read failed, for instance because the interface went down: [`CaptureError`]. The capture is over then.
    pub fn next(
        &mut self,
        timeout: Option<Duration>,
        cancel: Option<CancelDescriptor<'_>>,
    ) -> Result<CaptureEvent<'_>, CaptureError> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let length = loop {
            if self.stopped.is_none() && cancel.is_some_and(is_set) {
                self.stopped = Some(Instant::now());
            }
            if self.stopped.is_some_and(|stopped| stopped.elapsed() > LONGEST_END) {
                return Ok(CaptureEvent::Stopped);
            }
            match self.receiver.next() {
                Ok(bytes) => {
                    // The copy lets the loop end without holding on to the receiver.
                    self.bytes.clear();
                    self.bytes.extend(bytes);
                    break self.bytes.len();
                }
                Err(error) if error.kind() == ErrorKind::TimedOut && self.stopped.is_some() => {
                    return Ok(CaptureEvent::Stopped);
                }
                Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
                Err(source) => {
                    return Err(CaptureError::Call {
                        call: "datalink receive",
                        interface: self.interface.clone(),
                        source,
                    });
                }
            }
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Ok(CaptureEvent::Idle);
            }
        };
        self.received += 1;
        let frame = Frame {
            time: now(),
            link: LinkType::ETHERNET,
            interface: 0,
            direction: None,
            original_length: u32::try_from(length).unwrap_or(u32::MAX),
            bytes: Cow::Borrowed(self.bytes.get(..self.snaplen).unwrap_or(&self.bytes)),
            comments: Vec::new(),
        };
        Ok(CaptureEvent::Frame(frame, KernelChecksum::Unknown))
    }

    /// How many frames were read. How many were dropped is not known here, and said to be 0.
    ///
    /// # Errors
    /// None; the type is that of the systems that can tell.
    pub fn statistics(&self) -> Result<CaptureStatistics, CaptureError> {
        Ok(CaptureStatistics {
            received: self.received,
            dropped: 0,
        })
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("interface", &self.interface)
            .field("snaplen", &self.snaplen)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

#[cfg(unix)]
fn is_set(cancel: CancelDescriptor<'_>) -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let ready = poll(&mut [PollFd::new(cancel, PollFlags::POLLIN)], PollTimeout::ZERO);
    ready.is_ok_and(|ready| ready > 0)
}

#[cfg(not(unix))]
fn is_set(cancel: CancelDescriptor<'_>) -> bool {
    cancel.load(std::sync::atomic::Ordering::SeqCst)
}

fn now() -> Option<Time> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_nanos()).ok().map(Time)
}

#[cfg(test)]
mod tests {
    use super::Capture;
    use crate::capture::live::{CaptureOptions, Note, OpenError};

    #[test]
    fn an_unknown_interface_is_named_with_the_known_ones() {
        let error = Capture::open(&CaptureOptions::on("no-such-one")).unwrap_err();
        assert!(matches!(error, OpenError::NoSuchInterface { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains("\"no-such-one\"") && text.contains("lo"), "{text}");
    }

    #[test]
    fn what_is_lost_is_said() {
        match Capture::open(&CaptureOptions::on("lo")) {
            Ok(mut capture) => {
                assert_eq!(capture.notes(), [Note::PlainChannel]);
                assert_eq!(capture.statistics().unwrap().dropped, 0);
                let (cancel, tell) = nix::unistd::pipe().unwrap();
                nix::unistd::write(&tell, b"!").unwrap();
                let cancel = std::os::fd::AsFd::as_fd(&cancel);
                // Others may use loopback meanwhile.
                let mut events =
                    std::iter::from_fn(|| Some(format!("{:?}", capture.next(None, Some(cancel)).unwrap())));
                assert!(events.any(|event| event == "Stopped"));
            }
            Err(error) => assert!(matches!(error, OpenError::NoPermission { .. }), "{error}"),
        }
    }
}
