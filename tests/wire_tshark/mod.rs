//! Every field's name, place, length and value against tshark's, over all captures at hand.
//!
//! - `differences`: where we and tshark differ on purpose;
//! - `theirs`: what tshark says; `compare`: one packet.

mod compare;
mod differences;
mod theirs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use compare::compare;
use differences::PACKETS;
use socket_lab::wire::{Content, LinkType, Packet, Protocol, decode};
use theirs::{ask_tshark, settings};

use crate::support::{Tool, need, needs};

/// A capture file's frames: link type, original length, bytes. Classic pcap only, which is all that the judge needs.
fn read_pcap(path: &Path) -> Option<Vec<(LinkType, u32, Vec<u8>)>> {
    let file = std::fs::read(path).unwrap();
    let little = match file.get(..4)? {
        [0xd4, 0xc3, 0xb2, 0xa1] | [0x4d, 0x3c, 0xb2, 0xa1] => true,
        [0xa1, 0xb2, 0xc3, 0xd4] | [0xa1, 0xb2, 0x3c, 0x4d] => false,
        _ => return None,
    };
    let number = |at: usize| -> Option<u32> {
        let bytes = *file.get(at..)?.first_chunk()?;
        Some(if little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    };
    let link = LinkType(number(20)? & 0x0fff_ffff);
    let mut frames = Vec::new();
    let mut at = 24;
    while let (Some(captured), Some(original)) = (number(at + 8), number(at + 12)) {
        let Some(bytes) = file.get(at + 16..at + 16 + captured as usize) else {
            break;
        };
        frames.push((link, original, bytes.to_vec()));
        at += 16 + captured as usize;
    }
    Some(frames)
}

/// Writes whole frames of one link type, a second after each other.
fn write_pcap<'f>(path: &Path, link: u32, frames: impl IntoIterator<Item = &'f Vec<u8>>) {
    let bytes = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>();
    let mut file = bytes(&[0xa1b2_c3d4, 0x0002_0004, 0, 0, 262_144, link]);
    for (second, frame) in (1..).zip(frames) {
        let length = u32::try_from(frame.len()).unwrap();
        file.extend(bytes(&[second, 0, length, length]));
        file.extend(frame);
    }
    std::fs::write(path, file).unwrap();
}

/// Is its link type one that we read?
fn is_readable(packet: &Packet<'_>) -> bool {
    !matches!(packet.content(), Content::Link(_))
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = (0..text.len()).step_by(2).map(|at| &text[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

fn captures(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pcap"))
        .collect();
    files.sort();
    files
}

/// What `differences::PACKETS` and a failure call a packet: its file and its number there.
fn by_file(file: &str, number: usize) -> (String, usize) {
    (file.to_owned(), number)
}

/// Compares every capture of a folder, and says how many packets and fields there were. `name` is what a packet is called,
/// of its file and its number there.
fn judge(folder: &Path, name: impl Fn(&str, usize) -> (String, usize)) -> (usize, usize) {
    let home = tempfile::tempdir().unwrap();
    settings(home.path());
    let mut differences: BTreeMap<(String, String), (usize, String)> = BTreeMap::new();
    let (mut packets, mut fields) = (0, 0);
    for file in captures(folder) {
        let Some(frames) = read_pcap(&file) else {
            continue;
        };
        let first = frames.first();
        if !first.is_some_and(|(link, original, bytes)| is_readable(&decode(*link, bytes, *original))) {
            continue;
        }
        let theirs = ask_tshark(&file, home.path());
        let file = file.file_name().unwrap().to_string_lossy();
        for (number, ((link, original, bytes), theirs)) in frames.iter().zip(&theirs).enumerate() {
            let packet = decode(*link, bytes, *original);
            let (name, number) = name(&file, number + 1);
            if PACKETS
                .iter()
                .any(|&(file, which, _)| file == name && (which == 0 || which == number))
            {
                continue;
            }
            packets += 1;
            fields += packet.fields().count();
            compare(&packet, theirs, |kind, id, what| {
                let entry = differences.entry((kind.to_owned(), id.to_owned())).or_default();
                entry.0 += 1;
                if entry.0 < 4 {
                    entry.1.extend([format!("        {name} {number}: {what}\n")]);
                }
            });
        }
    }
    let report: Vec<_> = differences
        .iter()
        .map(|((kind, id), (count, example))| format!("{count:5} {kind} {id}\n{example}"))
        .collect();
    assert!(
        report.is_empty(),
        "{} kinds of difference\n{}",
        report.len(),
        report.join("\n")
    );
    (packets, fields)
}

#[test]
fn the_captures_of_the_project_are_read_as_tshark_reads_them() {
    if need(Tool::Tshark) {
        judge(&Path::new(env!("CARGO_MANIFEST_DIR")).join("captures"), by_file);
    }
}

/// The packets of the fixed tests, many in one file: a start of tshark takes longer than its work. Those with TCP are in a file
/// each, as tshark reads a multipath option by what it knows of the connection.
#[test]
fn the_packets_of_the_fixed_tests_are_read_as_tshark_reads_them() {
    /// A file's link type, and the names and the bytes of its packets.
    type Fixed<'t> = (u32, Vec<(&'t str, Vec<u8>)>);
    if !need(Tool::Tshark) {
        return;
    }
    let mut files: BTreeMap<String, Fixed<'_>> = BTreeMap::new();
    let (mut name, mut link, mut segments) = ("", 0_u32, 0);
    for line in include_str!("../../src/wire/tests/headers.txt").lines() {
        match line.split_once(' ') {
            Some(("#", rest)) => name = rest,
            Some(("link", rest)) => link = rest.parse().unwrap(),
            Some(("frame", rest)) => {
                let bytes = unhex(rest);
                let packet = decode(LinkType(link), &bytes, u32::try_from(bytes.len()).unwrap());
                if !is_readable(&packet) {
                    continue;
                }
                let has_tcp = packet.layers().iter().any(|layer| layer.protocol() == Protocol::Tcp);
                segments += u32::from(has_tcp);
                let apart = if has_tcp { segments } else { 0 };
                let file = files.entry(format!("{link}-{apart}.pcap")).or_default();
                file.0 = link;
                file.1.push((name, bytes.clone()));
            }
            _ => {}
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for (file, (link, frames)) in &files {
        write_pcap(&folder.path().join(file), *link, frames.iter().map(|(_, bytes)| bytes));
    }
    let called = |file: &str, number: usize| (files[file].1[number - 1].0.to_owned(), 1);
    let (packets, fields) = judge(folder.path(), called);
    let all = files.values().flat_map(|(_, frames)| frames);
    let compared = all.filter(|(name, _)| !PACKETS.iter().any(|(apart, ..)| apart == name));
    assert_eq!(packets, compared.count(), "tshark has left packets out");
    assert!(
        packets > 60 && fields > 1000,
        "only {packets} packets with {fields} fields were compared"
    );
}

/// The option of RFC 9768 in the place of a SYN's options: both orders, and one that leaves two counters out.
#[test]
fn accurate_ecn_options_are_read_as_tshark_reads_them() {
    if !need(Tool::Tshark) {
        return;
    }
    let text = include_str!("../../src/wire/tests/headers.txt");
    let mut syn = text.split("# TCP: SYN\n").nth(1).unwrap().lines();
    let syn = unhex(syn.find_map(|line| line.strip_prefix("frame ")).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let options: [&[u8]; 3] = [
        &[172, 11, 0, 0, 1, 0, 0, 2, 0xff, 0xff, 3],
        &[174, 11, 0, 0, 1, 0, 0, 2, 0xff, 0xff, 3],
        &[174, 5, 0, 0, 9],
    ];
    let frames = options.map(|option| {
        let mut frame = syn.clone();
        frame[54..].fill(1);
        frame[54..54 + option.len()].copy_from_slice(option);
        frame
    });
    write_pcap(&folder.path().join("options.pcap"), 1, &frames);
    let (packets, fields) = judge(folder.path(), by_file);
    assert!(packets == 3 && fields > 100, "{packets} packets, {fields} fields");
}

#[test]
fn the_corpus_is_read_as_tshark_reads_it() {
    let Some(folder) = needs::corpus() else { return };
    if need(Tool::Tshark) {
        let (packets, fields) = judge(Path::new(&folder), by_file);
        assert!(
            packets > 1000 && fields > 10_000,
            "only {packets} packets with {fields} fields were compared"
        );
    }
}
