//! The captures at hand.

use std::path::Path;

use socket_lab::flow::Tracker;
use socket_lab::flow::segment::{Remark, SegmentPart};
use socket_lab::frame::Frame;
use socket_lab::record::Reader;

use super::judge::{Report, captures, judge};
use super::stage::sent_again;
use crate::support::{Tool, need, needs};

/// Files that are not compared.
const APART: &[(&str, &str)] = &[
    (
        "bigtcp-ipv6.pcap",
        "tshark 4.0 stops at a payload length of 0 without jumbo option, which Linux makes",
    ),
    (
        "bigtcp-ipv4-vxlan-ipv4.pcap",
        "tshark 4.0 stops at a UDP length of 0, which Linux makes for large segments",
    ),
    (
        "bgp-bgp_capabilities_print-oobr-1.pcap",
        "a TCP header whose data tshark gives up on, with the numbers that it would have had",
    ),
    (
        "bgp_pmsi_tunnel-oobr.pcap",
        "a TCP header whose data tshark gives up on, with the numbers that it would have had",
    ),
];

#[test]
fn the_captures_of_the_project_are_followed_as_tshark_follows_them() {
    if !need(Tool::Tshark) {
        return;
    }
    let mut report = Report::default();
    for file in captures(&Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")) {
        judge(&file, &mut report);
    }
    report.assert_empty();
    assert!(
        report.packets >= 36 && report.round_trips > 10,
        "{} packets",
        report.packets
    );
}

#[test]
fn the_corpus_is_followed_as_tshark_follows_it() {
    let Some(folder) = needs::corpus() else { return };
    if !need(Tool::Tshark) {
        return;
    }
    let mut report = Report::default();
    let compared = |file: &Path| !APART.iter().any(|(name, _)| file.ends_with(name));
    for file in captures(Path::new(&folder)).iter().filter(|file| compared(file)) {
        judge(file, &mut report);
    }
    report.assert_empty();
    assert!(
        report.packets > 500 && report.round_trips > 50,
        "only {} packets with {} round trips were compared",
        report.packets,
        report.round_trips
    );
}

#[test]
fn every_file_apart_has_a_reason() {
    assert!(APART.iter().all(|(_, why)| why.len() > 20));
}

/// What captures/tcp.pcap would be if each frame were there once more: how many are called copies, and how many
/// retransmissions.
fn doubled(again: impl Fn(Frame<'static>) -> Frame<'static>) -> (usize, usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/tcp.pcap");
    let mut reader = Reader::open(&path).unwrap();
    let (mut tracker, mut number) = (Tracker::new(), 0);
    let (mut copies, mut retransmissions) = (0, 0);
    while let Some(frame) = reader.next().unwrap() {
        let frame = frame.into_owned();
        for frame in [frame.clone(), again(frame)] {
            number += 1;
            let packet = frame.decode();
            let in_flow = tracker.follow(number, frame.time, &packet).unwrap();
            let segment = in_flow.segment().unwrap();
            copies += usize::from(segment.part == SegmentPart::Copy);
            retransmissions += usize::from(segment.remarks.has(Remark::Retransmission));
        }
    }
    (copies, retransmissions)
}

#[test]
fn what_was_captured_twice_is_not_called_a_retransmission() {
    // All ten of them, acknowledgments too.
    assert_eq!(doubled(|frame| frame), (10, 0));
    assert_eq!(doubled(sent_again), (0, 6));
}
