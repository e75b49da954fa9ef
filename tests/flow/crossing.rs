//! Two ends that do the same at the same time: their SYNs, or their FINs, cross on the way.
//!
//! On loopback a segment has arrived before its send call returns, so whether two cross is up to the processors. Where they
//! have to, they go through a network that takes its time (tests/peers/mirror.py).

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use socket_lab::flow::conversation::{Ending, Opening};
use socket_lab::flow::segment::{Remark, SegmentPart};
use socket_lab::flow::state::State;
use socket_lab::flow::{PacketInFlow, Tracker};
use socket_lab::frame::Frame;
use socket2::{Domain, Socket, Type};

use super::judge::{Report, judge};
use super::stage::{
    captured, captured_on, connection, followed, in_namespace, of_conversation, pair, parts, segments, write_pcap,
};
use crate::support::{Missing, PATIENCE, Running, Tool, again, namespace, need, needs, tool};

/// This host, as the mirror's network knows it, and the mirror.
const OWN: [u8; 4] = [10, 9, 0, 1];
const MIRROR: [u8; 4] = [10, 9, 0, 2];

/// Runs `test`, which stands in a test, in a namespace of its own where a mirror hangs on tun0 and each packet is
/// under way for 30 ms.
fn in_front_of_a_mirror(test: impl FnOnce()) {
    if !need(Tool::Python) {
        return;
    }
    if !Path::new("/dev/net/tun").exists() {
        return needs::skip(Missing::Part("a kernel with TUN devices"));
    }
    namespace::in_namespaces(again::path_of(&test), &["once"], || {
        let mirror = Running::start(tool(Tool::Python).args(["tests/peers/mirror.py", "0.03"]));
        mirror.wait_for_output("ready");
        test();
    });
}

/// Waits until no connection of this namespace has anything more to send: each is closed or in TIME-WAIT.
fn until_all_is_closed() {
    // proc_pid_net(5), the column `st`: 06 TIME_WAIT, 07 CLOSE, 0A LISTEN.
    let over = ["06", "07", "0A"];
    let began = Instant::now();
    loop {
        let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
        let mut states = table.lines().skip(1).filter_map(|line| line.split_whitespace().nth(3));
        if states.all(|state| over.contains(&state)) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{table}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn tshark_says_the_same(frames: &[Frame<'_>]) {
    if need(Tool::Tshark) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crossing.pcap");
        write_pcap(&path, frames);
        let mut report = Report::default();
        judge(&path, &mut report);
        report.assert_empty();
    }
}

/// Two sockets of this kernel that call each other at the same time, through a network that takes its time.
fn call_each_other() {
    // One after the other without waiting: had the second one not begun when the first SYN came, it would refuse it.
    let sockets = [(20_001, 20_002), (20_002, 20_001)].map(|(own, other)| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((OWN, own)).into()).unwrap();
        socket.set_nonblocking(true).unwrap();
        let begun = socket.connect(&SocketAddr::from((MIRROR, other)).into());
        assert_eq!(begun.unwrap_err().raw_os_error(), Some(Errno::EINPROGRESS as i32));
        socket.set_nonblocking(false).unwrap();
        TcpStream::from(socket)
    });
    let both_heard = Barrier::new(2);
    thread::scope(|scope| {
        for mut stream in sockets {
            let both_heard = &both_heard;
            scope.spawn(move || {
                stream.set_write_timeout(Some(PATIENCE)).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                // Waits for the connection, too.
                stream.write_all(b"hello").unwrap();
                let mut heard = [0; 5];
                stream.read_exact(&mut heard).unwrap();
                assert_eq!(&heard, b"hello");
                // So that neither closes while the other still reads.
                both_heard.wait();
            });
        }
    });
}

#[test]
fn both_ends_open_at_once() {
    in_front_of_a_mirror(|| {
        let frames = captured_on("tun0", || {
            call_each_other();
            until_all_is_closed();
        });
        let (in_flows, tracker) = followed(&frames);
        for number in 1..=2 {
            let own = of_conversation(&in_flows, number);
            assert!(
                parts(&own).starts_with(&[SegmentPart::Syn, SegmentPart::CrossingSyn]),
                "{:?}",
                parts(&own)
            );
            let connection = connection(&tracker, number);
            assert_eq!(connection.opening, Opening::Simultaneous);
            let ends = [connection.client, connection.server];
            assert!(ends.iter().all(|end| end.acknowledged == 5), "{ends:?}");
        }
        tshark_says_the_same(&frames);
    });
}

/// A client that connects to the server through the mirror, and the server's end. Both close before either knows of the other.
fn close_each_other() {
    let listener = TcpListener::bind(SocketAddr::from((OWN, 0))).unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = TcpStream::connect(SocketAddr::from((MIRROR, port))).unwrap();
    let (server, _) = listener.accept().unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    until_all_is_closed();
}

#[test]
fn both_ends_close_at_once() {
    in_front_of_a_mirror(|| {
        let frames = captured_on("tun0", || (0..3).for_each(|_| close_each_other()));
        let (in_flows, tracker) = followed(&frames);
        // Each connection passes the interface on its way to the mirror and, with other addresses, on its way back. A test that
        // is stopped between its two calls for the 30 ms does not close at once: one pair of the three has to.
        let crossed = crossed(&in_flows, &tracker);
        assert!(tracker.conversations().len() == 6 && crossed >= 2, "{crossed} of 6");
        tshark_says_the_same(&frames);
    });
}

/// Both ends close at the same time, as far as the processors let them.
pub(super) fn close_together() {
    let (client, server) = pair();
    let both = Barrier::new(2);
    thread::scope(|scope| {
        for end in [&client, &server] {
            scope.spawn(|| {
                both.wait();
                end.shutdown(Shutdown::Write).unwrap();
            });
        }
    });
    thread::sleep(Duration::from_millis(5));
}

/// How many conversations closed at once; every one of them, crossed or not, is held against RFC 9293.
fn crossed(in_flows: &[PacketInFlow], tracker: &Tracker) -> usize {
    let mut crossed = 0;
    for conversation in tracker.conversations() {
        let own = of_conversation(in_flows, conversation.number);
        let remarked = segments(&own)
            .iter()
            .any(|segment| segment.remarks.has(Remark::SimultaneousClose));
        let connection = connection(tracker, conversation.number);
        assert_eq!(remarked, connection.ending == Ending::ClosedTogether, "{connection:?}");
        // A late acknowledgment is answered in TIME-WAIT, and that answer by a RST: RFC 1337 section 1.
        let was_killed = parts(&own).iter().any(|part| matches!(part, SegmentPart::Reset(_)));
        let states = [
            connection.client.observed_state.when_received(),
            connection.server.observed_state.when_received(),
        ];
        crossed += usize::from(remarked);
        if was_killed {
            assert!(states.contains(&State::Closed), "{states:?}");
        } else if remarked {
            assert_eq!(states, [State::TimeWait, State::TimeWait]);
        } else {
            let as_it_ought_to = states.contains(&State::TimeWait) && states.contains(&State::Closed);
            assert!(as_it_ought_to, "{states:?} after {own:#?}");
        }
    }
    crossed
}

#[test]
fn whether_two_fins_cross_or_not_the_end_is_right() {
    in_namespace(|| {
        let (in_flows, tracker) = followed(&captured(|| (0..100).for_each(|_| close_together())));
        assert_eq!(tracker.conversations().len(), 100);
        crossed(&in_flows, &tracker);
    });
}
