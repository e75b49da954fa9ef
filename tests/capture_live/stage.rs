//! Namespaces, sockets, and what was captured.

use std::fs::File;
use std::io::Write as _;
use std::net::UdpSocket;
use std::os::fd::AsFd as _;
use std::time::SystemTime;

use socket_lab::capture::live::{Capture, CaptureEvent, CaptureOptions, KernelChecksum};
use socket_lab::frame::Frame;

use crate::support::{PATIENCE, Tool, again, namespace, tool};

/// Through a ring, or through pnet's channel.
const WAYS: [&str; 2] = ["ring", "channel"];

/// Everything on this interface, the way that is tested in this process.
pub fn on(interface: &str) -> CaptureOptions {
    CaptureOptions {
        ring: by_ring(),
        ..CaptureOptions::on(interface)
    }
}

/// Is it the ring that is tested in this process?
pub fn by_ring() -> bool {
    namespace::way().is_some_and(|way| way == WAYS[0])
}

/// Runs `test`, which stands in a test, in a process of its own for each way, in an empty network namespace in which loopback
/// is up.
pub fn in_namespace(test: impl FnOnce()) {
    namespace::in_namespaces(again::path_of(&test), &WAYS, test);
}

pub fn ip(arguments: &str) {
    let status = tool(Tool::Ip).args(arguments.split(' ')).status().unwrap();
    assert!(status.success(), "ip {arguments}");
}

/// Is this the namespace of an ordinary user, in which there is nobody else?
pub fn ordinary() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap();
    map.trim_end().ends_with(" 1")
}

/// Two UDP sockets on 127.0.0.1, the first connected to the second.
pub fn pair() -> (UdpSocket, UdpSocket) {
    let (client, server) = (
        UdpSocket::bind("127.0.0.1:0").unwrap(),
        UdpSocket::bind("127.0.0.1:0").unwrap(),
    );
    client.connect(server.local_addr().unwrap()).unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    (client, server)
}

/// A pipe: what cancels a capture, and what sets it.
pub fn cancel_pipe() -> (File, File) {
    crate::support::pipe()
}

/// Everything that has been captured so far.
pub fn rest(capture: &mut Capture) -> Vec<(Frame<'static>, KernelChecksum)> {
    let (cancel, mut set) = cancel_pipe();
    set.write_all(b"!").unwrap();
    let mut frames = Vec::new();
    loop {
        match capture.next(Some(PATIENCE), Some(cancel.as_fd())).unwrap() {
            CaptureEvent::Frame(frame, checksum) => frames.push((frame.into_owned(), checksum)),
            CaptureEvent::Stopped => return frames,
            other => panic!("{other:?}"),
        }
    }
}

/// What happens next, in one word.
pub fn next(capture: &mut Capture) -> &'static str {
    match capture.next(Some(PATIENCE), None).unwrap() {
        CaptureEvent::Frame(..) => "frame",
        CaptureEvent::InterfaceDown => "down",
        CaptureEvent::InterfaceUp => "up",
        CaptureEvent::Idle => "idle",
        CaptureEvent::Stopped => "stopped",
    }
}

pub fn nanoseconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_nanos()).unwrap()
}

/// Two ends of a cable, `left` with an address and `right` without, and a neighbour who never answers.
pub fn link_to_nobody() {
    ip("link add left type veth peer name right");
    ip("link set left up");
    ip("link set right up");
    ip("address add 10.9.0.1/24 dev left");
    ip("neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev left nud permanent");
}
