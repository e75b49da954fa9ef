//! The lines of JSON, by the published schemas.

use std::fs;

use crate::json::of_kind;
use crate::support::ours;

/// Two captures of one exchange: that of the lab, and a copy without its last packets.
#[test]
fn two_captures_are_a_line_and_one_for_each_packet() {
    const CAPTURE: &str = "captures/tcp.pcap";
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.pcap");
    // 24 bytes of the file, then 7 packets: 16 bytes and the frame each.
    let whole = fs::read(CAPTURE).unwrap();
    let mut end = 24;
    for _ in 0..7 {
        end += 16 + u32::from_le_bytes(whole[end + 8..end + 12].try_into().unwrap()) as usize;
    }
    fs::write(&copy, &whole[..end]).unwrap();
    let ended = ours("sniffer")
        .args(["-r", CAPTURE, "--json", "--other-end"])
        .arg(&copy)
        .output()
        .unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
    let output = String::from_utf8(ended.stdout).unwrap();
    let lines: Vec<String> = output.split_inclusive('\n').map(str::to_owned).collect();
    assert_eq!(of_kind(&lines, "exchange").len(), 1);
    let pairs = of_kind(&lines, "pair");
    let fates: Vec<&str> = pairs.iter().map(|pair| pair["fate"].as_str().unwrap()).collect();
    assert_eq!(fates, [["arrived"; 7].as_slice(), &["not-known"; 3]].concat());
}
