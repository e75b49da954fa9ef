//! What tshark, capinfos and tcpdump read in our files, and what we read back.

use std::fs;

use socket_lab::frame::{Direction, Frame, Time};
use socket_lab::record::{Format, InterfaceDescription, InterfaceStatistics};
use socket_lab::wire::LinkType;

use super::files::{TIME, ask, counted, datagram, frame, frames, loopback, read, record, section, tshark};
use crate::support::{Tool, need, tool};

#[test]
fn what_is_recorded_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("a.pcap", Format::Pcap), ("a.pcapng", Format::PcapNg)] {
        let path = folder.path().join(name);
        let frames = frames(format);
        record(&path, &[loopback()], &frames, &[counted()]);
        let (read, reader) = read(&path);
        assert_eq!(read, frames);
        let file_info = reader.file_info();
        assert_eq!(file_info.format, format);
        let expected = match format {
            Format::Pcap => InterfaceDescription::new(LinkType::ETHERNET),
            Format::PcapNg => InterfaceDescription {
                statistics: Some(counted()),
                ..loopback()
            },
        };
        assert_eq!(file_info.interfaces, [expected]);
        if format == Format::PcapNg {
            assert_eq!(file_info.sections, [section()]);
        }
    }
}

#[test]
fn tshark_reads_the_same_and_has_nothing_to_remark() {
    if !need(Tool::Tshark) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("a.pcap", Format::Pcap), ("a.pcapng", Format::PcapNg)] {
        let path = folder.path().join(name);
        let frames = frames(format);
        record(&path, &[loopback()], &frames, &[counted()]);
        let fields = [
            "frame.time_epoch",
            "frame.len",
            "frame.cap_len",
            "frame.comment",
            "frame.packet_flags_direction",
        ];
        let arguments: Vec<_> = ["-T", "fields"]
            .into_iter()
            .chain(fields.iter().flat_map(|field| ["-e", field]))
            .collect();
        let told = tshark(&path, &arguments);
        let expected: Vec<_> = frames
            .iter()
            .map(|frame| {
                let Time(time) = frame.time.unwrap();
                let (seconds, nanoseconds) = (time / 1_000_000_000, time % 1_000_000_000);
                let direction = match frame.direction {
                    None => "",
                    Some(Direction::Inbound) => "0x00000001",
                    Some(Direction::Outbound) => "0x00000002",
                };
                let (length, captured) = (frame.original_length, frame.bytes.len());
                let comments = frame.comments.join(",");
                format!("{seconds}.{nanoseconds:09}\t{length}\t{captured}\t{comments}\t{direction}")
            })
            .collect();
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
        // An ordinary packet brings no remark; the zero-length and the padded one have reason to.
        let remarks = tshark(
            &path,
            &[
                "-Y",
                "_ws.expert && frame.number <= 5 && !_ws.expert.group == \"Comment\"",
            ],
        );
        assert_eq!(remarks, "", "{name}");
    }
}

#[test]
fn tshark_and_capinfos_find_the_facts() {
    if !need(Tool::Tshark) || !need(Tool::Capinfos) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pcapng");
    let cooked = InterfaceDescription {
        name: Some("any".to_owned()),
        snaplen: 96,
        ..InterfaceDescription::new(LinkType::LINUX_SLL2)
    };
    let second = Frame {
        interface: 1,
        link: LinkType::LINUX_SLL2,
        ..frame(1, vec![0; 60])
    };
    let frames = [frame(0, datagram(b"hello")), second];
    record(
        &path,
        &[loopback(), cooked],
        &frames,
        &[counted(), InterfaceStatistics::default()],
    );
    let names = tshark(
        &path,
        &[
            "-T",
            "fields",
            "-e",
            "frame.interface_name",
            "-e",
            "frame.interface_description",
        ],
    );
    assert_eq!(names, "lo\tLoopback of this machine\nany\t\n");
    let told = ask(tool(Tool::Capinfos).arg(&path), str::is_empty);
    for line in [
        "Capture application: socket-lab test",
        "Encapsulation = Ethernet (1 - ether)",
        "Encapsulation = Linux cooked-mode capture v2",
        "Time precision = nanoseconds (9)",
        "Capture length = 262144",
        "Capture length = 96",
        "Filter string = udp port 12345",
        "Description = Loopback of this machine",
        "Number of stat entries = 1",
    ] {
        assert!(told.contains(line), "no {line:?} in {told}");
    }
    for said in [
        section().hardware,
        section().os,
        Some("Capture comment:     made by a test".to_owned()),
    ] {
        assert!(told.contains(&said.clone().unwrap()), "no {said:?} in {told}");
    }
    // The statistics block as tshark dissects it.
    let block = tshark(
        &path,
        &["-X", "read_format:MIME Files Format", "-V", "-O", "file-pcapng"],
    );
    for line in [
        "Timestamp: Mar  4, 2026 05:07:07.123456791 UTC",
        "Number of Received Packets: 1000000007",
        "Number of Dropped Packets: 5000000011",
        "Number of Accepted by Filter Packets: 1000000009",
        "Number of Dropped Packets by OS: 3",
        "Number of Delivered to the User Packets: 0",
    ] {
        assert!(block.contains(line), "no {line:?} in {block}");
    }
    // tshark 4.0 names start and end without showing them, so they are looked for: code, length, upper and lower half.
    let bytes = fs::read(&path).unwrap();
    for (code, time) in [(2_u16, TIME), (3, TIME + 60_000_000_001)] {
        let time = time.to_le_bytes();
        let (lower, upper) = time.split_at(4);
        let option = [&code.to_le_bytes()[..], &[8, 0], upper, lower].concat();
        assert!(
            bytes.windows(option.len()).any(|window| window == option),
            "option {code}"
        );
    }
}

#[test]
fn tcpdump_reads_the_same() {
    if !need(Tool::Tcpdump) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("a.pcap", Format::Pcap), ("a.pcapng", Format::PcapNg)] {
        let path = folder.path().join(name);
        record(&path, &[loopback()], &frames(format), &[]);
        let mut command = tool(Tool::Tcpdump);
        command.args(["-nn", "-tt", "--nano", "-r"]).arg(&path);
        let told = ask(&mut command, |said| said.starts_with("reading from file"));
        let first = "1772600767.123456789 IP 127.0.0.1.44298 > 127.0.0.1.12345: UDP, length 11";
        assert_eq!(told.lines().next(), Some(first));
        assert_eq!(told.lines().count(), frames(format).len());
    }
}

#[test]
fn an_over_long_comment_is_cut_with_a_mark() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pcapng");
    let mut commented = frame(0, datagram(b"hello"));
    commented.comments = vec!["x".repeat(100_000), "short".to_owned()];
    let written = record(&path, &[loopback()], &[commented, frame(1, datagram(b"next"))], &[]);
    assert_eq!(written.cut_comments, 1);
    let (frames, _) = read(&path);
    assert_eq!(frames[0].comments[0].len(), 65_535);
    assert!(frames[0].comments[0].ends_with("x [cut]"));
    assert_eq!(frames[0].comments[1], "short");
    assert_eq!(frames.len(), 2);
    if need(Tool::Tshark) {
        assert_eq!(tshark(&path, &["-T", "fields", "-e", "frame.len"]).lines().count(), 2);
    }
}
