//! Where the system refuses a network of one's own, or every capture.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use super::stage::{Ended, NOBODY, TestFolder, count, ready};
use crate::support::{Missing, Tool, copy, copy_program, need, need_all, needs, path_of_ours, shell, tool};

/// No namespaces from here on: what a system with `user.max_user_namespaces = 0` does.
const LIMITS: &str =
    "cd /proc/sys/user && echo 0 > max_user_namespaces && echo 0 > max_net_namespaces && cd \"$PLACE\"";

/// Runs the lab as the root of a user namespace that may make no more namespaces, in the old network or in an empty one.
fn limited(place: &TestFolder, own_network: bool, arguments: &[&str]) -> Ended {
    let mut command = tool(Tool::Unshare);
    command.args(["--user", "--map-root-user"]);
    let mut scene = LIMITS.to_owned();
    if own_network {
        command.arg("--net");
        scene = format!("ip link set lo up && {scene}");
    }
    command.args([
        "sh",
        "-c",
        &format!("{scene} && exec \"$0\" \"$@\""),
        path_of_ours("socket-lab"),
    ]);
    command.args(arguments).env("PLACE", place.path());
    place.as_user(&mut command).output().unwrap().into()
}

#[test]
fn without_any_capture_the_programs_run_and_the_ways_are_named() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    fs::create_dir_all(place.latest("")).unwrap();
    fs::write(place.latest("udp.pcapng"), "an earlier run's").unwrap();
    let ended = limited(&place, false, &[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for line in [
        "Server's reply:       SOCKETS ARE DOORS",
        "client socket: connect(",
        "welcoming socket: accept(",
    ] {
        assert!(ended.output.contains(line), "{line}: {ended:?}");
    }
    for way in [
        "sudo sysctl user.max_user_namespaces=",
        "; type 'sudo sysctl ",
        "or 'sudo /",
        "'sudo setcap cap_net_raw+ep /",
    ] {
        assert!(ended.errors.contains(way), "{way}: {ended:?}");
    }
    assert_eq!(ended.errors.matches("error: ").count(), 1, "{ended:?}");
    assert_eq!(ended.errors.lines().count(), 1, "{ended:?}");
    for line in ended.output.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let mut left: Vec<String> = fs::read_dir(place.latest(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["tcp.calls.jsonl", "udp.calls.jsonl"],
        "no capture of an earlier run stays beside them"
    );
}

#[test]
fn each_other_run_says_the_same_without_a_capture() {
    if !ready() {
        return;
    }
    for run in ["refused", "empty", "long", "idle", "close"] {
        let ended = limited(&TestFolder::new(), false, &[run]);
        assert_eq!(ended.code, Some(1), "{run}: {ended:?}");
        assert!(
            ended.errors.contains("the packets could not be captured"),
            "{run}: {ended:?}"
        );
        assert!(ended.output.contains("The socket calls"), "{run}: {ended:?}");
    }
    let ended = limited(&TestFolder::new(), false, &["syn-scan"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    // There is nothing to show without the right, so the ways to get it are all.
    for way in [
        "raw socket: Operation not permitted",
        "sudo sysctl",
        "or 'sudo /",
        "setcap cap_net_raw+ep",
    ] {
        assert!(ended.errors.contains(way), "{way}: {ended:?}");
    }
}

#[test]
fn on_a_shared_loopback_the_others_are_left_out() {
    if !ready() || !need(Tool::Ip) {
        return;
    }
    let place = TestFolder::new();
    let ended = limited(&place, true, &[]);
    let told = ended.fine();
    assert!(told.contains("\nNetwork: the loopback of this machine"), "{told}");
    let flat = told.replace('\n', " ");
    assert!(
        flat.contains("unshare: No space left on device"),
        "the refusal is told: {told}"
    );
    assert_eq!(count(&place.latest("udp.pcapng"), "udp"), 2);
    assert_eq!(count(&place.latest("tcp.pcapng"), "tcp.flags.syn == 1"), 2);
    // ICMP errors quote the port, and belong to the run.
    limited(&place, true, &["refused"]).fine();
    assert_eq!(count(&place.latest("refused.pcapng"), "icmp || tcp || udp"), 4);
    // Large segments: the machine's own loopback is left as it is.
    limited(&place, true, &["long"]).fine();
    assert!(count(&place.latest("long.pcapng"), "tcp.len > 1460") > 0);
}

#[test]
fn the_machines_own_loopback_serves_who_may_only_capture() {
    if !needs::root() || !ready() || !need_all(&[Tool::Setpriv, Tool::Ip]) {
        return;
    }
    // As a container does: CAP_NET_RAW is there, namespaces are not.
    let place = TestFolder::new();
    let mut command = tool(Tool::Unshare);
    let scene = format!(
        "ip link set lo up && {LIMITS} && exec setpriv --bounding-set -all,+net_raw,+dac_override --inh-caps -all \"$0\" udp"
    );
    command.args([
        "--user",
        "--map-root-user",
        "--net",
        "sh",
        "-c",
        &scene,
        path_of_ours("socket-lab"),
    ]);
    let ended = Ended::from(place.as_user(command.env("PLACE", place.path())).output().unwrap());
    ended.fine();
    assert_eq!(count(&place.latest("udp.pcapng"), "udp"), 2);
}

#[test]
fn a_file_capability_is_no_hindrance() {
    if !needs::root() || !ready() || !need(Tool::Setcap) {
        return;
    }
    let Some(place) = TestFolder::of_nobody() else { return };
    let program = place.path().join("socket-lab");
    copy_program(path_of_ours("socket-lab"), &program);
    let marked = tool(Tool::Setcap).arg("cap_net_raw+ep").arg(&program).status().unwrap();
    if !marked.success() {
        return needs::skip(Missing::Part("a file system that keeps capabilities"));
    }
    for run in ["udp", "long", "syn-scan"] {
        let ended = Ended::from(place.as_user(copy(&program).arg(run)).output().unwrap());
        let told = ended.fine().replace('\n', " ");
        assert!(
            told.contains("nothing left this machine") && !told.contains("Network:"),
            "{told}"
        );
    }
    assert_eq!(count(&place.latest("udp.pcapng"), "udp"), 2);
    assert_eq!(fs::metadata(place.latest("udp.pcapng")).unwrap().uid(), NOBODY);
}

#[test]
fn a_container_that_forbids_unshare_is_recognised() {
    if !ready() || !need(Tool::Python) {
        return;
    }
    if !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
        return needs::skip(Missing::Part("x86-64 or AArch64"));
    }
    let Some(place) = TestFolder::of_nobody() else { return };
    let script = place.path().join("without_unshare.py");
    fs::copy("tests/peers/without_unshare.py", &script).unwrap();
    // The user nobody may not reach the Python of the user who runs the tests: by its name it finds the system's own.
    let mut command = shell("exec python3 -B \"$@\"");
    command
        .arg("sh")
        .arg(&script)
        .arg(place.command(&[]).get_program())
        .arg("tcp");
    let ended = Ended::from(place.as_user(&mut command).output().unwrap());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.output.contains("Server's reply:       SOCKETS ARE DOORS"),
        "{ended:?}"
    );
    let flat = ended.errors.replace('\n', " ");
    for words in [
        "a seccomp filter forbids it",
        "--cap-add=NET_RAW",
        "sudo setcap cap_net_raw+ep",
    ] {
        assert!(flat.contains(words), "{words}: {ended:?}");
    }
    assert!(!flat.contains("sysctl"), "{ended:?}");
}
