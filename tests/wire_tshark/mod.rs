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
use socket_lab::wire::{Content, LinkType, decode};
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

fn write_pcap(path: &Path, link: u32, frame: &[u8]) {
    let length = u32::try_from(frame.len()).unwrap();
    let words = [0xa1b2_c3d4, 0x0002_0004, 0, 0, 262_144, link, 1, 0, length, length];
    let mut file: Vec<u8> = words.iter().flat_map(|word: &u32| word.to_be_bytes()).collect();
    file.extend(frame);
    std::fs::write(path, file).unwrap();
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

/// Compares every capture of a folder, and says how many packets and fields there were.
fn judge(folder: &Path) -> (usize, usize) {
    let home = tempfile::tempdir().unwrap();
    settings(home.path());
    let mut differences: BTreeMap<(String, String), (usize, String)> = BTreeMap::new();
    let (mut packets, mut fields) = (0, 0);
    for file in captures(folder) {
        let Some(frames) = read_pcap(&file) else {
            continue;
        };
        let readable = frames.first().is_some_and(|(link, original, bytes)| {
            !matches!(decode(*link, bytes, *original).content(), Content::Link(_))
        });
        if !readable {
            continue;
        }
        let theirs = ask_tshark(&file, home.path());
        for (number, ((link, original, bytes), theirs)) in frames.iter().zip(&theirs).enumerate() {
            let packet = decode(*link, bytes, *original);
            let apart =
                |&(name, which, _): &(&str, usize, &str)| file.ends_with(name) && (which == 0 || which == number + 1);
            if PACKETS.iter().any(apart) {
                continue;
            }
            packets += 1;
            fields += packet.fields().count();
            compare(&packet, theirs, |kind, id, what| {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let entry = differences.entry((kind.to_owned(), id.to_owned())).or_default();
                entry.0 += 1;
                if entry.0 < 4 {
                    entry.1.extend([format!("        {name} {}: {what}\n", number + 1)]);
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
        judge(&Path::new(env!("CARGO_MANIFEST_DIR")).join("captures"));
    }
}

/// The packets of the fixed tests, a file each.
#[test]
fn the_packets_of_the_fixed_tests_are_read_as_tshark_reads_them() {
    if !need(Tool::Tshark) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut name, mut link) = ("", 0_u32);
    for line in include_str!("../../src/wire/tests/headers.txt").lines() {
        match line.split_once(' ') {
            Some(("#", rest)) => name = rest,
            Some(("link", rest)) => link = rest.parse().unwrap(),
            Some(("frame", rest)) => write_pcap(&folder.path().join(format!("{name}.pcap")), link, &unhex(rest)),
            _ => {}
        }
    }
    let (packets, fields) = judge(folder.path());
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
    for (number, option) in options.iter().enumerate() {
        let mut frame = syn.clone();
        frame[54..].fill(1);
        frame[54..54 + option.len()].copy_from_slice(option);
        write_pcap(&folder.path().join(format!("{number}.pcap")), 1, &frame);
    }
    let (packets, fields) = judge(folder.path());
    assert!(packets == 3 && fields > 100, "{packets} packets, {fields} fields");
}

#[test]
fn the_corpus_is_read_as_tshark_reads_it() {
    let Some(folder) = needs::corpus() else { return };
    if need(Tool::Tshark) {
        let (packets, fields) = judge(Path::new(&folder));
        assert!(
            packets > 1000 && fields > 10_000,
            "only {packets} packets with {fields} fields were compared"
        );
    }
}
