//! A private network namespace, and what is captured in it.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::Duration;

use socket_lab::capture::live::{Capture, CaptureEvent, CaptureOptions};
use socket_lab::flow::conversation::{Connection, Transport};
use socket_lab::flow::segment::{Segment, SegmentPart};
use socket_lab::flow::{PacketInFlow, Tracker};
use socket_lab::frame::Frame;

use crate::support::{PATIENCE, again, namespace};

/// Runs `test`, which stands in a test, in a process of its own in an empty network namespace in which loopback is up.
pub(super) fn in_namespace(test: impl FnOnce()) {
    namespace::in_namespaces(again::path_of(&test), &["once"], test);
}

/// A connection: the client's end and the server's.
pub(super) fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

/// What was captured on loopback while this was done.
pub(super) fn captured(scene: impl FnOnce()) -> Vec<Frame<'static>> {
    captured_on("lo", scene)
}

/// What was captured on this interface while this was done.
pub(super) fn captured_on(interface: &str, scene: impl FnOnce()) -> Vec<Frame<'static>> {
    let mut capture: Capture = CaptureOptions::on(interface).open().unwrap();
    scene();
    // Stragglers: a last acknowledgment.
    std::thread::sleep(Duration::from_millis(60));
    let (cancel, mut set) = crate::support::pipe();
    set.write_all(b"!").unwrap();
    let mut frames = Vec::new();
    loop {
        match capture.next(Some(PATIENCE), Some(cancel.as_fd())).unwrap() {
            CaptureEvent::Frame(frame, _) => frames.push(frame.into_owned()),
            CaptureEvent::Stopped => return frames,
            other => panic!("{other:?}"),
        }
    }
}

/// What the tracker says of each frame.
pub(super) fn followed(frames: &[Frame<'_>]) -> (Vec<PacketInFlow>, Tracker) {
    let mut tracker = Tracker::new();
    let in_flows = (1..).zip(frames).map(|(number, frame)| {
        let packet = frame.decode();
        tracker.follow(number, frame.time, &packet).unwrap()
    });
    (in_flows.collect(), tracker)
}

/// The steps of one conversation.
pub(super) fn of_conversation(in_flows: &[PacketInFlow], number: u64) -> Vec<PacketInFlow> {
    let own = in_flows.iter().filter(|in_flow| in_flow.conversation == number);
    own.copied().collect()
}

pub(super) fn connection(tracker: &Tracker, number: u64) -> Connection {
    match tracker.conversation(number).unwrap().transport {
        Transport::Tcp(connection) => connection,
        Transport::Udp(_) => panic!("conversation {number} is UDP"),
    }
}

pub(super) fn segments(in_flows: &[PacketInFlow]) -> Vec<Segment> {
    in_flows
        .iter()
        .filter_map(|in_flow| in_flow.segment().copied())
        .collect()
}

pub(super) fn parts(in_flows: &[PacketInFlow]) -> Vec<SegmentPart> {
    segments(in_flows).iter().map(|segment| segment.part).collect()
}

#[track_caller]
pub(super) fn the_one(in_flows: &[PacketInFlow], part: SegmentPart) -> Segment {
    let found: Vec<_> = segments(in_flows)
        .into_iter()
        .filter(|segment| segment.part == part)
        .collect();
    assert_eq!(found.len(), 1, "{part:?} in {:?}", parts(in_flows));
    found[0]
}

/// Writes them as a pcap file in nanoseconds. All have the link type of the first.
pub(super) fn write_pcap<'f, 'a: 'f>(path: &Path, frames: impl IntoIterator<Item = &'f Frame<'a>>) {
    let mut frames = frames.into_iter().peekable();
    let link = frames.peek().map_or(1, |frame| frame.link.0);
    let mut file: Vec<u8> = [0xa1b2_3c4d_u32, 0x0002_0004, 0, 0, 262_144, link]
        .iter()
        .flat_map(|word| word.to_be_bytes())
        .collect();
    for frame in frames {
        let time = frame.time.unwrap().0;
        let length = u32::try_from(frame.bytes.len()).unwrap();
        let second = u32::try_from(time / 1_000_000_000).unwrap();
        let rest = u32::try_from(time % 1_000_000_000).unwrap();
        for word in [second, rest, length, frame.original_length] {
            file.extend(word.to_be_bytes());
        }
        file.extend(frame.bytes.as_ref());
    }
    std::fs::write(path, file).unwrap();
}

/// The frame with another IPv4 identification, as a repetition has, and not a second capture of the same.
pub(super) fn sent_again(mut frame: Frame<'static>) -> Frame<'static> {
    // Ethernet, then four bytes of IPv4.
    if let Some(identification) = frame.bytes.to_mut().get_mut(18) {
        *identification ^= 0x5a;
    }
    frame
}

/// A copy of a capture as a worse network would have given it: some packets lost, some late, some twice.
pub(super) fn disturbed(frames: &[Frame<'static>], seed: u64) -> Vec<Frame<'static>> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut dice = move |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % sides
    };
    let mut copy = Vec::new();
    for frame in frames {
        let later = |nanoseconds: i64| {
            let mut frame = frame.clone();
            frame.time = frame.time.map(|time| socket_lab::frame::Time(time.0 + nanoseconds));
            frame
        };
        match dice(40) {
            0 => {}
            1 => copy.push(later(100_000)),
            2 => copy.push(later(5_000_000)),
            3 => copy.extend([frame.clone(), later(50_000)]),
            4 => copy.extend([frame.clone(), sent_again(later(300_000_000))]),
            _ => copy.push(frame.clone()),
        }
    }
    copy.sort_by_key(|frame| frame.time);
    if seed % 3 == 0 {
        copy.drain(..copy.len() / 3);
    }
    copy
}
