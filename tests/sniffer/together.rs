//! Several outputs of one run: each is what it is alone, though a packet is decoded and followed once for all of them.

use std::path::Path;

use super::stage::{Folder, ran, tshark};
use crate::support::{Tool, need};

/// Captures of which there are call logs, too.
const CAPTURES: [&str; 6] = ["tcp", "udp", "long", "refused", "close", "syn-scan"];

/// What is chosen of a capture.
const CHOICES: [&[&str]; 3] = [&[], &["--handshake-only"], &["tcp[tcpflags] & tcp-push != 0 or udp"]];

fn run(words: &[&str]) -> (Option<i32>, String, String) {
    let ended = ran(words);
    (ended.code, ended.output, ended.errors)
}

fn words<'w>(capture: &'w str, choice: &[&'w str], outputs: &[&'w str]) -> Vec<&'w str> {
    [&["-r", capture, "--force"], outputs, choice].concat()
}

fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[test]
fn each_output_is_the_same_beside_others() {
    let folder = Folder::new();
    let path = |name: &str| folder.file(name).to_str().unwrap().to_owned();
    let (copy, picture) = (path("x.pcapng"), path("x.svg"));
    for name in CAPTURES {
        let capture = ["pcapng", "pcap"].map(|ending| format!("captures/{name}.{ending}"));
        let capture = capture.iter().find(|file| Path::new(file.as_str()).exists()).unwrap();
        let log = format!("captures/{name}.calls.jsonl");
        let views: [&[&str]; 4] = [
            &["--view", "summary"],
            &["--view", "ladder", "--calls", &log],
            &["--json", "--calls", &log],
            &["--view", "follow"],
        ];
        for choice in CHOICES {
            run(&words(capture, choice, &["-q", "-w", &copy]));
            run(&words(capture, choice, &["-q", "--svg", &picture, "--calls", &log]));
            let alone = (bytes(&copy), bytes(&picture));
            for view in views {
                let shown = run(&words(capture, choice, view));
                let calls: &[&str] = if view.contains(&"--calls") {
                    &[]
                } else {
                    &["--calls", &log]
                };
                let all = [view, calls, &["-w", &copy, "--svg", &picture]].concat();
                let beside = run(&words(capture, choice, &all));
                assert_eq!(beside.1, shown.1, "{name} {choice:?} {view:?}");
                assert_eq!(beside.0, shown.0, "{name} {choice:?} {view:?}: {}", beside.2);
                let files = (bytes(&copy), bytes(&picture));
                assert!(files == alone, "{name} {choice:?} {view:?}");
            }
        }
    }
}

#[test]
fn comments_of_a_part_count_the_packets_of_the_part() {
    if !need(Tool::Tshark) {
        return;
    }
    let folder = Folder::new();
    let path = |name: &str| folder.file(name).to_str().unwrap().to_owned();
    let (part, bare, again) = (path("part.pcapng"), path("bare.pcap"), path("again.pcapng"));
    let (capture, filter) = ("captures/tcp.pcap", "tcp[tcpflags] & (tcp-syn|tcp-push) != 0");
    run(&["-r", capture, "-w", &part, "--view", "summary", filter]);
    // The same packets, as a capture of its own.
    run(&["-r", capture, "-q", "-w", &bare, filter]);
    run(&["-r", &bare, "-q", "-w", &again]);
    let comments = |path: &str| tshark(Path::new(path), &["frame.comment"]);
    // The SYN, the SYN-ACK, a line and its answer; the acknowledgment in between is left out.
    assert_eq!(comments(&part).len(), 4, "{:?}", comments(&part));
    assert_eq!(comments(&part), comments(&again));
}

#[test]
fn what_is_to_be_said_of_a_call_log_is_said_once() {
    let folder = Folder::new();
    let whole = std::fs::read("captures/tcp.calls.jsonl").unwrap();
    let log = folder.with("half.jsonl", &[&whole[..], b"no call\n"].concat());
    let (log, picture) = (log.to_str().unwrap().to_owned(), folder.file("x.svg"));
    let picture = picture.to_str().unwrap();
    let view = ["-r", "captures/tcp.pcapng", "--view", "ladder", "--calls", &log];
    let (code, output, errors) = run(&[&view[..], &["--svg", picture]].concat());
    assert_eq!(errors.matches("the rest was read").count(), 1, "{errors}");
    assert_eq!((code, output), (Some(0), run(&view).1));
    assert!(std::fs::read_to_string(picture).unwrap().contains("accept()"));
}
