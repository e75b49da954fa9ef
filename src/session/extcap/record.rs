//! A capture for Wireshark: pcapng with comments into the named pipe, until SIGTERM.

use std::path::Path;
use std::time::Duration;

use super::super::capture_right::this_program;
use super::super::comments::commented;
use super::super::ending::{self, Grace};
use super::super::following::Follower;
use super::super::observed::{LazyPacket, Observed};
use super::super::opening::{descriptor, opening};
use super::super::recording::{APPLICATION, interface_of};
use super::super::rights;
use super::super::say::Say;
use super::super::selection::UserFilter;
use super::super::settings::Settings;
use super::fifo;
use crate::capture::live::{Capture, CaptureEvent, OpenError};
use crate::escape::printable;
use crate::filter::Filter;
use crate::frame::Time;
use crate::os::cancel::CancelToken;
use crate::record::{Destination, Format, InterfaceStatistics, Recorder, Section, WriteError};

/// Captures until told to quit, or until Wireshark has left.
///
/// # Errors
/// One of the steps failed: what, why, what to do. May be of several lines.
pub fn run(settings: &Settings, filter: &Filter, path: &Path, cancel: &CancelToken, say: Say) -> Result<(), String> {
    let opening = opening(settings, &settings.on(), filter)?;
    let mut capture = opening.open().map_err(|error| match error {
        OpenError::NoPermission { interface } => no_permission(&interface),
        other => other.to_string(),
    })?;
    let name = printable(path.display().to_string().as_bytes()).into_owned();
    let failed = |error| format!("opening the pipe {name} failed: {error}; start the capture from Wireshark");
    let Some(pipe) = fifo::open(path, cancel).map_err(failed)? else {
        return Ok(());
    };
    rights::none()?;
    // A reader that stays and does not read must not keep the program; Wireshark stops reading when it stops the capture.
    ending::watch(cancel, Grace::Unread, say, None)?;
    fifo::watch(&pipe, cancel).map_err(failed)?;
    let mut section = Section::of_this_machine(APPLICATION);
    // Standard error would be a window with an error in it; here Wireshark shows them with the file's properties.
    section.comments = capture.notes().iter().map(ToString::to_string).collect();
    let interface = interface_of(filter, &capture);
    let recorder = Recorder::new(
        Destination::stream(pipe, "Wireshark's pipe"),
        Format::PcapNg,
        &section,
        &[interface],
    );
    let outcome = recorder.and_then(|recorder| {
        let user_filter = UserFilter::new(filter, settings.handshake_only);
        record(&mut capture, recorder, user_filter, cancel)
    });
    match outcome {
        Ok(CaptureEnd::Stopped) => Ok(()),
        Ok(CaptureEnd::Failed(line)) => Err(line),
        // Wireshark has left: that is one way to end a capture.
        Err(error) if error.is_closed_pipe() => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// Why no more frames come.
enum CaptureEnd {
    Stopped,
    /// The capture cannot go on.
    Failed(String),
}

/// Hands each frame on as it comes: nothing is kept back while there is nothing more to read.
fn record(
    capture: &mut Capture,
    mut recorder: Recorder,
    mut user_filter: UserFilter,
    cancel: &CancelToken,
) -> Result<CaptureEnd, WriteError> {
    let mut unflushed = false;
    let mut conversations = Follower::new();
    let mut number = 0;
    let (mut first, mut last): (Option<Time>, Option<Time>) = (None, None);
    let end = loop {
        let timeout = unflushed.then_some(Duration::ZERO);
        match capture.next(timeout, Some(descriptor(cancel))) {
            Ok(CaptureEvent::Frame(frame, _)) => {
                let headers = LazyPacket::new(&frame);
                if user_filter.wants(&headers) {
                    number += 1;
                    let followed = conversations.follow(number, &frame, headers.packet());
                    let observed = Observed::new(number, &headers, &followed);
                    recorder.write(&commented(&observed))?;
                    first = first.or(frame.time);
                    last = frame.time.or(last);
                    unflushed = true;
                }
            }
            Ok(CaptureEvent::Idle) => {
                recorder.flush()?;
                unflushed = false;
            }
            Ok(CaptureEvent::InterfaceDown | CaptureEvent::InterfaceUp) => {}
            Ok(CaptureEvent::Stopped) => break CaptureEnd::Stopped,
            Err(error) => break CaptureEnd::Failed(error.to_string()),
        }
    };
    let counted = capture.statistics().unwrap_or_default();
    recorder.finish(&[InterfaceStatistics {
        received: Some(counted.received),
        dropped: Some(counted.dropped),
        start: first,
        end: last,
        ..InterfaceStatistics::default()
    }])?;
    Ok(end)
}

/// The ways that work for a program that Wireshark starts.
fn no_permission(interface: &str) -> String {
    format!(
        "cannot capture on {interface}: the capability CAP_NET_RAW is missing; either give it once by \
         'sudo setcap cap_net_raw+ep {}', or start server, client and Wireshark in a private network of your own: \
         'unshare -rn', and in that shell first 'ip link set lo up'",
        this_program("sniffer")
    )
}
