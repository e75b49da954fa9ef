//! Captures of other programs: the same packets, times, lengths and comments as tcpdump and tshark read.
//!
//! They run where the variable `SOCKET_LAB_CORPUS` names a folder of captures, such as that of tcpdump's own tests.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use socket_lab::frame::Time;
use socket_lab::record::Reader;

use crate::support::{Tool, need, needs, tool};

/// The corpus of captures that other projects test with, where the user has one.
fn corpus() -> Vec<PathBuf> {
    let Some(folder) = needs::corpus() else {
        return Vec::new();
    };
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// Number of frames and how it ended.
fn count(path: &Path) -> (usize, Option<String>) {
    let mut reader = match Reader::open(path) {
        Ok(reader) => reader,
        Err(error) => return (0, Some(error.to_string())),
    };
    let mut frames = 0;
    loop {
        match reader.next() {
            Ok(Some(_)) => frames += 1,
            Ok(None) => return (frames, None),
            Err(error) => return (frames, Some(error.to_string())),
        }
    }
}

/// The packets of a pcap file by what it says itself: 24 bytes, then packets with 16 before each.
fn packets_of(pcap: &[u8]) -> usize {
    let mut rest = pcap.get(24..).unwrap_or_default();
    let mut packets = 0;
    while !rest.is_empty() {
        let captured = u32::from_le_bytes(rest[8..12].try_into().unwrap());
        rest = &rest[16 + captured as usize..];
        packets += 1;
    }
    packets
}

#[test]
fn what_tcpdump_opens_opens_here() {
    let files = corpus();
    if files.is_empty() || !need(Tool::Tcpdump) {
        return;
    }
    let mut differences = Vec::new();
    for path in files {
        let output = tool(Tool::Tcpdump)
            .args(["-r"])
            .arg(&path)
            .args(["-w", "-"])
            .output()
            .unwrap();
        let theirs = packets_of(&output.stdout);
        let (ours, trouble) = count(&path);
        if ours != theirs || output.status.success() != trouble.is_none() {
            differences.push(format!(
                "{}: ours {ours}, {trouble:?}; tcpdump {theirs}",
                path.display()
            ));
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

/// Where tshark reads something else, and why that is right for it and not for us.
const UNLIKE_TSHARK: [(&str, &str); 5] = [
    (
        "atm-heapoverflow.pcap",
        "tshark takes the first 4 bytes of SunATM as a header of its own",
    ),
    ("edsa-high-vid.pcap", "tshark 4.0 does not know link type 285"),
    (
        "juniper_monitor_invalid_cookie_length.pcap",
        "tshark does not know link type 164",
    ),
    ("kday6.pcap", "tshark does not know link type 182"),
    ("vtp_asan.pcap", "tshark does not know link type 182"),
];

#[test]
fn times_lengths_and_comments_are_those_of_tshark() {
    let files = corpus();
    if files.is_empty() || !need(Tool::Tshark) {
        return;
    }
    let mut differences = Vec::new();
    for path in files {
        let mut command = tool(Tool::Tshark);
        command.arg("-r").arg(&path).args(["-n", "-T", "fields"]);
        for field in ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.comment"] {
            command.args(["-e", field]);
        }
        let told = String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned();
        let mut reader = Reader::open(&path).unwrap();
        let mut ours = Vec::new();
        while let Ok(Some(frame)) = reader.next() {
            let time = frame.time.map_or_else(String::new, |Time(time)| {
                format!("{}.{:09}", time / 1_000_000_000, time % 1_000_000_000)
            });
            let (length, captured) = (frame.original_length, frame.bytes.len());
            let comments = frame.comments.join(",");
            writeln!(ours, "{time}\t{length}\t{captured}\t{comments}").unwrap();
        }
        let ours = String::from_utf8(ours).unwrap();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if told != ours && !UNLIKE_TSHARK.iter().any(|(known, _)| *known == name) {
            let first = told.lines().zip(ours.lines()).position(|(theirs, ours)| theirs != ours);
            let (theirs, mine) = (told.lines().count(), ours.lines().count());
            let line = first.map(|line| (told.lines().nth(line), ours.lines().nth(line)));
            differences.push(format!(
                "{}: {theirs} and {mine} lines; {first:?} {line:?}",
                path.display()
            ));
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn every_prefix_of_a_file_gives_its_whole_packets() {
    let files = corpus();
    let step = (files.len() / 20).max(1);
    let pcapng = files
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "pcapng"));
    for path in files.iter().step_by(step).chain(pcapng.take(6)) {
        let bytes = fs::read(path).unwrap();
        let mut reader = Reader::open(path).unwrap();
        let mut ends = Vec::new();
        while let Ok(Some(_)) = reader.next() {
            ends.push(reader.offset());
        }
        // All of the beginning, then some.
        for length in (0..bytes.len()).filter(|length| length % 61 == 0 || *length < 1500) {
            let prefix = Cursor::new(bytes[..length].to_vec());
            let whole = ends.iter().filter(|&&end| end <= length as u64).count() as u64;
            let Ok(mut reader) = Reader::new(prefix, "prefix") else {
                assert_eq!(whole, 0);
                continue;
            };
            let mut troubles = 0;
            loop {
                match reader.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(error) => {
                        troubles += 1;
                        assert!(error.is_cut(), "{}: {error}", path.display());
                    }
                }
            }
            assert_eq!(reader.packets(), whole, "{} cut at {length}", path.display());
            assert!(troubles <= 1);
        }
    }
}
