//! The packets of a run, captured by a thread of its own while the programs talk.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use chrono::Utc;

use super::failure::Failure;
use super::network::Network;
use crate::capture::live::{
    Capture, CaptureEvent, CaptureOptions, CaptureStatistics, LARGEST_SNAPLEN, Note, OpenError,
};
use crate::filter::{Filter, FragmentPolicy, NoResolver, Target};
use crate::frame::{Frame, Time};
use crate::os::cancel::CancelToken;
use crate::os::poll::Cancellation as _;
use crate::wire::LinkType;

/// After this time without a packet, everything has been captured: on loopback a packet passes in microseconds.
pub const QUIET: Duration = Duration::from_millis(15);

/// This many bytes of packets are kept; a run has far fewer.
const MOST_BYTES: usize = 64 << 20;

/// What a run's capture keeps: the packets of its protocols, and on a network that others use too, of its ports.
#[must_use]
pub fn expression(protocols: &str, network: &Network, ports: &[u16]) -> String {
    if !matches!(network, Network::Shared(_)) {
        return protocols.to_owned();
    }
    let mut wanted: Vec<String> = ports.iter().map(|port| format!("port {port}")).collect();
    if protocols.contains("icmp") {
        // An ICMP error quotes the packet that it is about: at byte 8 the IPv4 header, behind it the ports.
        let quoted = ports
            .iter()
            .map(|port| format!("icmp[28:2] = {port} or icmp[30:2] = {port}"));
        wanted.extend(quoted);
    }
    format!("{protocols} and ({})", wanted.join(" or "))
}

/// Opens the capture of an interface with this filter, while the privileges are there.
///
/// # Errors
/// As [`CaptureOptions::open`].
pub fn open(interface: &str, filter: &Filter) -> Result<Capture, OpenError> {
    let mut opening = CaptureOptions::on(interface);
    // What the filter cannot be compiled to is captured whole: the lab's own expressions all can.
    if let Ok(program) = filter.compile(
        Target::Socket(LinkType::ETHERNET),
        LARGEST_SNAPLEN,
        FragmentPolicy::Keep,
    ) {
        let instructions = program.instructions().iter();
        opening.program = instructions.map(|one| (one.code, one.jt, one.jf, one.k)).collect();
    }
    opening.open()
}

/// The filter of this expression.
///
/// # Errors
/// A mistake in the lab's own expression.
pub fn filter(expression: &str) -> Result<Filter, Failure> {
    Filter::parse(expression, &NoResolver).map_err(|error| Failure::Line(error.to_string()))
}

/// A capture under way.
pub struct Capturing {
    thread: JoinHandle<Result<Captured, Failure>>,
    enough: CancelToken,
}

/// What was captured.
#[derive(Debug)]
pub struct Captured {
    /// The packets, in the order in which they passed.
    pub frames: Vec<Frame<'static>>,
    /// Between these times the capture was under way: another capture may be laid beside it.
    pub covered: [Time; 2],
    /// What their bytes start with.
    pub link: LinkType,
    /// The most bytes that were kept of one.
    pub snaplen: u32,
    /// What the kernel counted.
    pub statistics: CaptureStatistics,
    /// Packets that were not kept, to bound the memory.
    pub left_out: u64,
    /// What the capture could not do as well as it should.
    pub notes: Vec<Note>,
}

impl Capturing {
    /// Begins. Its end comes when nothing has passed for `quiet`.
    ///
    /// # Errors
    /// The system gives no more threads or files.
    pub fn start(capture: Capture, quiet: Duration) -> Result<Self, Failure> {
        let next = "allow more with 'ulimit -n' and 'ulimit -u'";
        let enough = CancelToken::new().map_err(|error| Failure::of("starting the capture", error, next))?;
        let until = enough.clone();
        // The socket is open: what is sent from now on is captured, whenever the thread begins to read.
        let began = now();
        let thread = thread::Builder::new().name("capture".into());
        let thread = thread
            .spawn(move || capture_all(capture, quiet, began, &until))
            .map_err(|error| Failure::of("starting the capture", error, next))?;
        Ok(Self { thread, enough })
    }

    /// Ends it when nothing passes any more, and returns what was captured.
    ///
    /// # Errors
    /// The capture failed meanwhile.
    pub fn finish(self) -> Result<Captured, Failure> {
        self.enough.request();
        let ended = self.thread.join();
        ended.unwrap_or_else(|_| Err(Failure::Line("the capture ended by a mistake of this program's".into())))
    }
}

fn capture_all(mut capture: Capture, quiet: Duration, began: Time, enough: &CancelToken) -> Result<Captured, Failure> {
    let failed = |error: crate::capture::live::CaptureError| Failure::Line(error.to_string());
    let (mut frames, mut bytes, mut left_out) = (Vec::new(), 0, 0);
    // A packet may be under way when the end is asked for: nothing has to pass for a whole time after that.
    let (mut asked, mut ending) = (false, false);
    loop {
        // Frames that have passed can still be out of sight in the kernel; the capture itself knows when it has had them all.
        let cancel = ending.then(|| enough.descriptor());
        match capture.next(Some(quiet), cancel).map_err(failed)? {
            CaptureEvent::Frame(frame, _) => {
                bytes += frame.bytes.len();
                if bytes <= MOST_BYTES {
                    frames.push(frame.into_owned());
                } else {
                    left_out += 1;
                }
            }
            CaptureEvent::Idle => {
                ending = asked;
                asked = enough.requested();
            }
            CaptureEvent::InterfaceDown | CaptureEvent::InterfaceUp => {}
            CaptureEvent::Stopped => break,
        }
    }
    // Frames that came before this thread ran were captured as well.
    let first = frames.iter().find_map(|frame: &Frame<'_>| frame.time);
    Ok(Captured {
        covered: [first.map_or(began, |first| first.min(began)), now()],
        frames,
        link: capture.link_type(),
        snaplen: capture.snaplen(),
        statistics: capture.statistics().map_err(failed)?,
        left_out,
        notes: capture.notes().to_vec(),
    })
}

fn now() -> Time {
    Time(Utc::now().timestamp_nanos_opt().unwrap_or_default())
}
