//! Frames and files for the tests, and the judges.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use socket_lab::frame::{Direction, Frame, Time};
use socket_lab::record::{
    Destination, Format, InterfaceDescription, InterfaceStatistics, Reader, Recorder, Section, Written,
};
use socket_lab::wire::LinkType;

use crate::support::{Tool, tool};

/// 2026-03-04 05:06:07.123456789 UTC.
pub const TIME: i64 = 1_772_600_767_123_456_789;

/// An Ethernet frame with a UDP datagram of this text, checksums and all, from 127.0.0.1:44298 to 127.0.0.1:12345.
pub fn datagram(text: &[u8]) -> Vec<u8> {
    let udp_length = u16::try_from(8 + text.len()).unwrap();
    let mut ip = vec![0x45, 0];
    ip.extend((20 + udp_length).to_be_bytes());
    ip.extend([0x15, 0x3b, 0x40, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    let sum = ip
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]))
        .sum::<u32>();
    let folded = (sum & 0xffff) + (sum >> 16);
    let checksum = !u16::try_from((folded & 0xffff) + (folded >> 16)).unwrap();
    ip[10..12].copy_from_slice(&checksum.to_be_bytes());
    let mut frame = vec![0; 12];
    frame.extend([8, 0]);
    frame.extend(ip);
    for number in [44298, 12345, udp_length, 0] {
        frame.extend(number.to_be_bytes());
    }
    frame.extend(text);
    frame
}

pub fn frame(number: i64, bytes: Vec<u8>) -> Frame<'static> {
    Frame::new(Some(Time(TIME + number * 1_000_000_001)), LinkType::ETHERNET, bytes)
}

/// Frames of all the kinds that a file has to keep: ordinary, empty, cut, the longest, with comments.
pub fn frames(format: Format) -> Vec<Frame<'static>> {
    let mut all: Vec<_> = (0..5).map(|number| frame(number, datagram(b"udp is lazy"))).collect();
    all.push(frame(5, Vec::new()));
    all.push(Frame {
        original_length: 1514,
        ..frame(6, datagram(&[b'x'; 50]))
    });
    let mut longest = datagram(b"");
    longest.resize(262_144, 0);
    all.push(frame(7, longest));
    if format == Format::PcapNg {
        all[1].comments = vec![
            "client: SYN, because of connect()".to_owned(),
            "zweite Zeile: ü".to_owned(),
        ];
        all[2].comments = vec!["key=value".to_owned()];
        all[3].direction = Some(Direction::Inbound);
        all[4].direction = Some(Direction::Outbound);
    }
    all
}

pub fn loopback() -> InterfaceDescription {
    InterfaceDescription {
        name: Some("lo".to_owned()),
        description: Some("Loopback of this machine".to_owned()),
        filter: Some("udp port 12345".to_owned()),
        ..InterfaceDescription::new(LinkType::ETHERNET)
    }
}

pub fn section() -> Section {
    Section {
        comments: vec!["made by a test".to_owned()],
        ..Section::of_this_machine("socket-lab test")
    }
}

pub fn record(
    path: &Path,
    interfaces: &[InterfaceDescription],
    frames: &[Frame<'_>],
    statistics: &[InterfaceStatistics],
) -> Written {
    let destination = Destination::open(path, false).unwrap();
    let mut recorder = Recorder::new(destination, Format::of_path(path), &section(), interfaces).unwrap();
    for frame in frames {
        recorder.write(frame).unwrap();
    }
    let written = recorder.finish(statistics).unwrap();
    assert_eq!(written.packets, frames.len() as u64);
    assert_eq!(written.bytes, fs::metadata(path).unwrap().len());
    written
}

pub fn read(path: &Path) -> (Vec<Frame<'static>>, Reader) {
    let mut reader = Reader::open(path).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = reader.next().unwrap() {
        frames.push(frame.into_owned());
    }
    (frames, reader)
}

pub fn counted() -> InterfaceStatistics {
    InterfaceStatistics {
        received: Some(1_000_000_007),
        dropped: Some(5_000_000_011),
        accepted: Some(1_000_000_009),
        dropped_by_system: Some(3),
        delivered: Some(0),
        start: Some(Time(TIME)),
        end: Some(Time(TIME + 60_000_000_001)),
        at: Some(Time(TIME + 60_000_000_002)),
    }
}

/// The standard output of a judge; its standard error must be as expected.
pub fn ask(command: &mut Command, errors: impl Fn(&str) -> bool) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors(&said), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// tshark without what it says about being run by root.
pub fn tshark(path: &Path, arguments: &[&str]) -> String {
    ask(
        tool(Tool::Tshark).arg("-r").arg(path).args(["-n"]).args(arguments),
        |said| said.lines().all(|line| line.contains("root") || line.is_empty()),
    )
}
