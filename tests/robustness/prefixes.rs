//! Captures that end too early, and packets that were captured only in part.

use std::fs;
use std::path::{Path, PathBuf};

use super::invariants::shown::{LOOKS, style};
use super::invariants::{flow, frame, record};

/// The captures of the project, the short ones first.
fn captures() -> Vec<PathBuf> {
    let folder = fs::read_dir("captures").unwrap();
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        path.extension()
            .is_some_and(|ending| ending == "pcap" || ending == "pcapng")
    });
    files.sort_by_key(|path| (fs::metadata(path).unwrap().len(), path.clone()));
    assert!(files.len() >= 10);
    files
}

/// Reads every prefix of a file: its whole packets, and no others. Then shows what each number of packets gives in every
/// view of conversations, as two prefixes with the same packets are shown alike.
pub(super) fn every_prefix(path: &Path) {
    let file = fs::read(path).unwrap();
    let whole = record::check(&file);
    let mut shown = usize::MAX;
    for length in 0..file.len() {
        let frames = record::check(&file[..length]);
        assert!(whole.starts_with(&frames), "{} cut at {length}", path.display());
        if frames.len() != shown {
            shown = frames.len();
            let style = style(u8::try_from(shown % usize::from(LOOKS)).unwrap());
            flow::check(&frames, style);
        }
    }
}

#[test]
fn every_prefix_of_a_capture_gives_its_whole_packets_in_every_view() {
    for path in captures()
        .iter()
        .filter(|path| fs::metadata(path).unwrap().len() < 12_000)
    {
        every_prefix(path);
    }
}

/// A snapshot length may cut a packet anywhere.
#[test]
fn every_prefix_of_a_packet_is_shown_as_text() {
    let mut count: usize = 0;
    for path in captures() {
        let mut frames = record::check(&fs::read(&path).unwrap());
        frames.truncate(40);
        for whole in frames.iter().filter(|frame| frame.bytes.len() < 200) {
            for length in 0..whole.bytes.len() {
                let mut cut = whole.clone();
                cut.bytes.to_mut().truncate(length);
                count += 1;
                frame::check(&cut, style(u8::try_from(count % usize::from(LOOKS)).unwrap()));
            }
        }
    }
    assert!(count > 1000, "{count}");
}
