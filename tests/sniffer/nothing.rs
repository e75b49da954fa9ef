//! A filter that no packet passes: every view and every export says so, and nothing else.

use super::stage::{Folder, ran};

#[test]
fn every_view_and_export_says_that_no_packet_passes() {
    let folder = Folder::new();
    let file = |name: &str| folder.file(name).to_str().unwrap().to_owned();
    let [html, svg, plot, copy, key] = ["a.html", "a.svg", "p.svg", "a.pcapng", "a.md"].map(file);
    for options in [
        &["--view", "summary"][..],
        &["--view", "fields"],
        &["--view", "diagram"],
        &["--view", "ladder"],
        &["--view", "ladder", "--side-by-side"],
        &["--view", "follow"],
        &["--view", "answers"],
        &["--json"],
        &["--mermaid"],
        &["-q"],
        &["-q", "--html", &html],
        &["-q", "--svg", &svg],
        &["-q", "--plot", &plot],
        &["-q", "-w", &copy],
        &["--answer-key", &key],
        &["--explain", "ttl"],
        &["--view", "ladder", "--html", &html, "--force"],
    ] {
        let ended = ran(&[&["-r", "captures/tcp.pcapng"], options, &["udp", "port", "1"]].concat());
        assert_eq!(ended.code, Some(0), "{options:?}: {ended:?}");
        assert_eq!(
            ended.errors, "warning: none of 10 packets passes the filter udp port 1\n",
            "{options:?}"
        );
    }
}

#[test]
fn what_left_the_packets_out_is_named() {
    for (options, line) in [
        (&["-p", "1"][..], "none of 2 packets passes the filter port 1"),
        (
            &["--host", "192.0.2.1"],
            "none of 2 packets passes the filter host 192.0.2.1",
        ),
        (&["-c", "1", "tcp"], "none of 2 packets passes the filter tcp"),
    ] {
        let ended = ran(&[&["-r", "captures/udp.pcapng", "--view", "summary"], options].concat());
        assert_eq!((ended.code, ended.output.as_str()), (Some(0), ""), "{ended:?}");
        assert_eq!(ended.errors, format!("warning: {line}\n"));
    }
    let folder = Folder::new();
    let one = folder.file("one.pcapng");
    ran(&[
        "-q",
        "-c",
        "1",
        "-r",
        "captures/udp.pcapng",
        "-w",
        one.to_str().unwrap(),
    ]);
    let ended = ran(&["-r", one.to_str().unwrap(), "tcp"]);
    assert_eq!(ended.errors, "warning: the only packet does not pass the filter tcp\n");
    // A filter that lets packets pass is not mentioned, nor is an empty capture a matter of the filter.
    assert_eq!(ran(&["-q", "-r", "captures/udp.pcapng", "udp"]).errors, "");
}

/// Filters look at frames as tcpdump's do, so a tag before IP has to be named.
#[test]
fn what_hides_behind_a_tag_is_told_with_the_filter_that_finds_it() {
    let tagged = "tests/flow/packets/udp-behind-a-vlan-tag.pcap";
    let ended = ran(&["-r", tagged, "--view", "summary", "udp"]);
    assert_eq!(
        ended.errors,
        "warning: none of 2 packets passes the filter udp; 2 packets have a VLAN tag, behind which this looks: 'vlan and (udp)'\n"
    );
    let ended = ran(&["-r", tagged, "--view", "summary", "vlan and (udp)"]);
    assert_eq!(
        (ended.output.lines().count(), ended.errors.as_str()),
        (2, ""),
        "{ended:?}"
    );
}
