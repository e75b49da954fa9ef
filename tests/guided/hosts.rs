//! Runs in two hosts: that they are two, and what becomes of a run where there can be none.

use std::fs;

use super::stage::{TestFolder, counts, ready};
use crate::support::{Tool, need_all, needs, shell, tool};

/// Runs that are in two hosts, and the protocols of their packets.
const RUNS: [(&str, &str); 9] = [
    ("udp", "udp"),
    ("tcp", "tcp"),
    ("refused", "icmp || tcp"),
    ("empty", "tcp"),
    ("idle", "tcp"),
    ("long", "tcp"),
    ("backlog", "tcp"),
    ("syn-scan", "tcp"),
    ("close", "tcp"),
];

#[test]
fn client_and_server_are_two_hosts_with_right_checksums() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    for (run, wanted) in RUNS {
        let told = place.ran(&[run]);
        let told = told.fine();
        assert!(told.contains("two hosts") && !told.contains("Network:"), "{told}");
        assert!(told.contains("10.0.0.2") && !told.contains("127.0.0.1"), "{told}");
        let all = "ip.src == 10.0.0.1 && ip.dst == 10.0.0.2 || ip.src == 10.0.0.2 && ip.dst == 10.0.0.1";
        let filters = [
            "frame",
            all,
            wanted,
            "ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0",
            "arp || ipv6",
        ];
        let found = counts(&place.latest(&format!("{run}.pcapng")), &filters);
        assert_eq!(found[0], found[1], "{run}: {found:?}");
        assert!(found[2] > 0, "{run}: {found:?}");
        assert_eq!(&found[3..], [0, 0], "{run}: {found:?}");
    }
    let file = fs::read(place.latest("tcp.pcapng")).unwrap();
    assert!(
        file.windows(4).any(|bytes| bytes == b"eth0"),
        "the interface has its name"
    );
}

#[test]
fn one_loopback_serves_where_two_hosts_cannot_be_had_and_that_is_said() {
    if !needs::root() || !ready() || !need_all(&[Tool::Unshare]) {
        return;
    }
    // As in a container: what is below /proc/sys can only be read.
    let scene = "mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys && exec \"$0\" \"$@\"";
    let place = TestFolder::new();
    for arguments in [&[][..], &["tcp", "--full"]] {
        let lab = place.command(arguments);
        let mut command = tool(Tool::Unshare);
        command.args(["--mount", "sh", "-c", scene]);
        command.arg(lab.get_program()).args(lab.get_args());
        let output = command.current_dir(place.path()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let told = String::from_utf8(output.stdout).unwrap();
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            flat.contains(
                "Network: one loopback of this run's own; two hosts cannot be had (net.ipv6.conf.all.disable_ipv6: \
                 Read-only file system)."
            ),
            "{told}"
        );
        assert!(!told.contains("10.0.0.") && told.contains("127.0.0.1"), "{told}");
        assert!(!arguments.is_empty() || told.lines().count() <= 40, "{told}");
        let found = counts(&place.latest("tcp.pcapng"), &["ip.addr == 127.0.0.1", "frame"]);
        assert!(found[0] == found[1] && found[0] >= 10, "{found:?}");
    }
}

#[test]
fn one_loopback_can_be_asked_for() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let told = place.ran(&["--loopback"]);
    let told = told.fine();
    assert!(
        told.starts_with("A line over TCP: real sockets, real packets"),
        "{told}"
    );
    assert!(
        !told.contains("Network:") && told.contains("127.0.0.1 port 13000"),
        "{told}"
    );
    let found = counts(&place.latest("udp.pcapng"), &["ip.addr == 127.0.0.1", "frame"]);
    assert_eq!(found, [2, 2]);
}

#[test]
fn no_interface_of_the_hosts_is_left() {
    if !ready() || !need_all(&[Tool::Ip]) {
        return;
    }
    let listed = || {
        let output = shell("ip -o link show").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let before = listed();
    TestFolder::new().ran(&["udp"]).fine();
    assert_eq!(before.lines().count(), listed().lines().count(), "{before}");
}
