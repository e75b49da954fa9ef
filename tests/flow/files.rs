//! The captures at hand.

use std::path::Path;

use super::judge::{Report, captures, judge};
use super::support::needs;

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
    if !needs::tool("tshark") {
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
    let Some(folder) = std::env::var_os("SOCKET_LAB_CORPUS") else {
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED the corpus against tshark: SOCKET_LAB_CORPUS is not set\n",
        );
        return;
    };
    if !needs::tool("tshark") {
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
