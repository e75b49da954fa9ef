//! Bad input: one clear line, and the right exit status.

use std::path::Path;

use super::stage::compared;
use crate::support::{Tool, need, ours, tool};

const TCP: &str = "captures/tcp.pcap";
const UDP: &str = "captures/udp.pcap";

/// The exit status and the one line on standard error.
#[track_caller]
fn refused(a: &str, b: &str, more: &[&str]) -> (Option<i32>, String) {
    let output = compared(Path::new(a), Path::new(b), more);
    assert!(output.stdout.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), text)
}

/// The text without its line breaks.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn one_file_twice_is_refused() {
    let (code, text) = refused(TCP, TCP, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(
        text,
        "error: captures/tcp.pcap is named twice, and has the packets of one interface only: name the capture of the other end\n"
    );
}

#[test]
fn a_copy_is_compared_and_called_so() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.pcap");
    std::fs::copy(TCP, &copy).unwrap();
    let output = compared(Path::new(TCP), &copy, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && words(&text).contains("one is a copy of the other"),
        "{text}"
    );
}

#[test]
fn captures_that_do_not_belong_together_are_refused_with_the_reason() {
    let (code, text) = refused(TCP, UDP, &[]);
    assert_eq!((code, text.lines().count()), (Some(1), 1));
    assert!(text.contains("have no packet in common"), "{text}");
    let (code, text) = refused(TCP, "captures/README.md", &[]);
    assert_eq!((code, text.lines().count()), (Some(1), 1));
    assert!(text.contains("is neither pcap nor pcapng"), "{text}");
    let (code, text) = refused(TCP, "captures/none.pcap", &[]);
    assert_eq!((code, text.lines().count()), (Some(1), 1), "{text}");
    let (code, text) = refused(TCP, UDP, &["port", "9"]);
    assert_eq!(
        (code, &*text),
        (
            Some(1),
            "error: captures/tcp.pcap: none of 10 packets passes the filter port 9, so nothing can be compared\n"
        )
    );
}

#[test]
fn a_pipe_is_refused() {
    let output = ours("sniffer").args(["-r", "-", "--other-end", TCP]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), text.lines().count()), (Some(1), 1));
    assert!(text.contains("--other-end compares two files"), "{text}");
}

#[test]
fn what_does_not_go_together_is_wrong_usage() {
    for more in [
        &["--calls", "captures/tcp.calls.jsonl"][..],
        &["-w", "x.pcap"],
        &["--view", "fields"],
        &["--flow", "1"],
    ] {
        let (code, text) = refused(TCP, UDP, more);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("--other-end"), "{text}");
    }
    for alone in [&["--other-end", TCP][..], &["-r", TCP, "--nat"]] {
        let output = ours("sniffer").args(alone).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}

#[test]
fn a_file_with_two_interfaces_is_both_ends() {
    if !need(Tool::Mergecap) || !need(Tool::Editcap) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [late, both] = ["late.pcap", "both.pcapng"].map(|name| folder.path().join(name));
    // The second clock is ahead by two days.
    let moved = tool(Tool::Editcap)
        .args(["-t", "172800", TCP])
        .arg(&late)
        .status()
        .unwrap();
    let merged = tool(Tool::Mergecap)
        .arg("-w")
        .arg(&both)
        .args(["-I", "none", TCP])
        .arg(&late)
        .status()
        .unwrap();
    assert!(moved.success() && merged.success());
    let output = compared(&both, &both, &["-q"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{text}");
    for words in [
        "interface 0: 10 packets",
        "interface 1: 10 packets",
        "10 packets are in both",
        " s (2 days), at most",
        "Lost       nothing;",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains('│'), "{text}");
    let report = folder.path().join("both.html");
    let refused = compared(&both, &both, &["-q", "--html", report.to_str().unwrap()]);
    let line = String::from_utf8(refused.stderr).unwrap();
    assert_eq!((refused.status.code(), line.lines().count()), (Some(1), 1), "{line}");
    assert!(line.contains("use --svg") && !report.exists(), "{line}");
}

#[test]
fn every_style_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.pcap");
    std::fs::copy(TCP, &copy).unwrap();
    for (style, width) in [
        ("unicode", 60),
        ("ascii", 60),
        ("ascii", 80),
        ("unicode", 80),
        ("plain", 80),
    ] {
        let output = compared(
            Path::new(TCP),
            &copy,
            &["--style", style, "--width", &width.to_string()],
        );
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("SYN-ACK"), "{style}: {text}");
        if style != "plain" {
            // The file's name is longer than a line, and broken.
            let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > width).collect();
            assert!(wide.is_empty(), "{style} {width}: {wide:?}");
        }
        assert!(style == "unicode" || text.is_ascii() || style == "plain", "{text}");
    }
}
