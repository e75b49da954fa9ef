//! Where there is no Unix: what the standard library has.

use super::{Duration, Failure, Interest, IpAddr, Mark, Woken, io};

/// How long a waiting call sleeps before it is tried again.
const SLICE: Duration = Duration::from_millis(10);

/// Without poll(2): sleeps a little and lets the caller try again.
///
/// # Errors
/// None.
pub fn wait<T>(_: &T, _: Interest, stop: &impl Mark, patience: Option<Duration>) -> io::Result<Woken> {
    if stop.is_set() {
        return Ok(Woken::Stopped);
    }
    match patience {
        Some(Duration::ZERO) => Ok(Woken::TimedOut),
        Some(patience) => {
            std::thread::sleep(SLICE.min(patience));
            Ok(Woken::Ready)
        }
        None => {
            std::thread::sleep(SLICE);
            Ok(Woken::Ready)
        }
    }
}

/// Not to be had here.
#[must_use]
pub fn is_readable_before<T>(_: &T, _: &T, _: &impl Mark, _: Duration) -> bool {
    false
}

/// There are none here.
#[must_use]
pub fn is_named_pipe(_: &std::path::Path) -> bool {
    false
}

/// Not known here.
#[must_use]
pub fn is_standard_input(_: &std::fs::File) -> bool {
    false
}

/// Not asked here.
#[must_use]
pub fn is_another_users(_: &std::fs::File) -> bool {
    false
}

/// Interfaces are written by number here.
#[must_use]
pub fn interface_name(number: u32) -> String {
    number.to_string()
}

/// Not asked here: without a route the server names 127.0.0.1.
#[must_use]
pub fn interface_addresses() -> Vec<IpAddr> {
    Vec::new()
}

/// Closes the socket; the result is not to be had.
///
/// # Errors
/// None.
pub fn close(socket: socket2::Socket) -> io::Result<()> {
    drop(socket);
    Ok(())
}

/// No descriptors are shown here, so none need be moved.
#[must_use]
pub fn out_of_the_way(file: std::fs::File) -> std::fs::File {
    file
}

/// No descriptor to show.
#[must_use]
pub fn descriptor(_: &socket2::Socket) -> i64 {
    0
}

/// The error's kind and text.
#[must_use]
pub fn failure(error: &io::Error) -> Failure {
    Failure {
        name: format!("{:?}", error.kind()),
        text: error.to_string(),
    }
}

/// No such limit here.
#[must_use]
pub fn allow_open_files(_: u64) -> u64 {
    u64::MAX
}

/// Has the system run out of something that comes back when connections end?
#[must_use]
pub fn is_exhaustion(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::OutOfMemory
}

/// Not told apart here.
#[must_use]
pub fn is_too_long(_: &io::Error) -> bool {
    false
}

/// The error of a connection that nobody takes.
#[must_use]
pub fn refusal() -> io::Error {
    io::ErrorKind::ConnectionRefused.into()
}

/// Is the connection attempt under way?
#[must_use]
pub fn is_in_progress(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}
