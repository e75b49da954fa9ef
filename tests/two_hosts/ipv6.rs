//! Two hosts that speak IPv6, judged by tshark.

use super::stage::{Run, ready};
use crate::support::tshark::tshark;

/// How many packets of the capture pass tshark's filter.
fn count(run: &Run, end: &str, filter: &str) -> usize {
    let mut command = tshark();
    command.args(["-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]);
    let output = command
        .arg("-r")
        .arg(run.capture(end))
        .args(["-Y", filter])
        .output()
        .unwrap();
    assert!(output.status.success(), "{filter}: {output:?}");
    String::from_utf8_lossy(&output.stdout).lines().count()
}

/// The frames that the wire lost or changed, as it wrote them: what they are.
fn treated(run: &Run) -> Vec<(String, String)> {
    let truth = run.truth().into_iter().filter(|frame| {
        let changed = frame["arrivals"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["changed"] == true);
        frame["fate"] != "passed" || changed
    });
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    truth.map(|frame| (text(&frame["is"]), text(&frame["fate"]))).collect()
}

#[test]
fn rules_count_segments_of_ipv6_in_the_same_way() {
    if !ready() {
        return;
    }
    for (word, options, expected) in [
        ("rtt", &[][..], &[][..]),
        ("udp-lost", &[], &[("client datagram 2", "lost")]),
        ("syn-lost", &[], &[("client syn 1", "lost")]),
        ("data-lost", &[], &[("client data 1", "lost")]),
        ("corrupt", &[], &[("client data 1", "passed")]),
        ("fast-retransmit", &[], &[("client data 3", "lost")]),
        ("both-open", &[], &[]),
        ("rtt", &["--rules", "lose server fin 1"], &[("server fin 1", "lost")]),
        // A datagram of 1400 bytes has 40 of IPv6 and 8 of UDP: too long.
        (
            "udp-lost",
            &["--rules", "mtu 1447", "--line", LONG],
            &[("client datagram 1", "too long")],
        ),
    ] {
        let run = Run::of(word, &[&["-6"], options].concat());
        for end in ["client", "server"] {
            let all = count(&run, end, "frame");
            let own = "(tcp || udp) && ipv6.addr == fd00::1 && ipv6.addr == fd00::2";
            // Nothing else is on this wire: no neighbour or router is asked for, no group joined.
            assert_eq!(count(&run, end, own), all, "{word}, {end}");
            let wrong = usize::from((word, end) == ("corrupt", "server"));
            let checksums = "tcp.checksum.status == 0 || udp.checksum.status == 0";
            assert_eq!(count(&run, end, checksums), wrong, "{word}, {end}");
        }
        let treated = treated(&run);
        let treated: Vec<(&str, &str)> = treated.iter().map(|(is, fate)| (&**is, &**fate)).collect();
        // On a busy computer something may be lost again in the end; what the rules are about comes first.
        assert_eq!(treated, expected, "{word} {options:?}\n{}", run.told);
        assert!(run.told.contains("At the client, fd00::1: "), "{}", run.told);
    }
}

/// 1400 bytes.
const LONG: &str = {
    const BYTES: [u8; 1400] = [b'x'; 1400];
    match std::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => "",
    }
};

#[test]
fn a_sender_that_begins_with_one_segment_doubles() {
    if !ready() {
        return;
    }
    let run = Run::of("slow-start", &["--ipv6", "--style", "ascii"]);
    assert!(run.told.contains("net.ipv4.tcp_wmem"), "{}", run.told);
    assert_eq!(count(&run, "server", "tcp.len == 1428"), 31, "{}", run.told);
    if !run.was_slow() {
        assert!(run.told.contains("round trip 5 ################ 16"), "{}", run.told);
    }
}

#[test]
fn a_run_with_a_router_has_no_ipv6_and_says_so() {
    for word in ["path-mtu", "black-hole"] {
        let output = crate::support::ours("socket-lab")
            .args(["wire", word, "-6"])
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        let line = format!(
            "error: --ipv6: the router of the run '{word}' forwards IPv4 only; leave --ipv6 out, or choose another run\n"
        );
        assert_eq!(errors, line);
    }
}
