//! What happens to the interface while the whole program captures on it.

use std::net::UdpSocket;

use nix::sys::signal::Signal;

use super::stage::{Ended, capturing, in_namespace, pair, run};

use crate::support::{Tool, tool};

fn ip(arguments: &str) -> String {
    run(tool(Tool::Ip).args(arguments.split(' ')))
}

#[test]
fn an_interface_that_goes_down_and_up_is_survived_and_said() {
    in_namespace(|| {
        let (client, _server, port) = pair();
        let sniffer = capturing(&["-i", "lo", "-p", &port.to_string(), "--view", "summary"]);
        client.send(b"before").unwrap();
        sniffer.wait_for_output("\"before\"");
        ip("link set lo down");
        sniffer.wait_for_errors("warning: lo is down; the capture goes on when it is up\n");
        ip("link set lo up");
        sniffer.wait_for_errors("warning: lo is up again\n");
        client.send(b"after").unwrap();
        sniffer.wait_for_output("\"after\"");
        let ended = Ended::by(sniffer, Signal::SIGINT);
        assert_eq!((ended.code, ended.output.lines().count()), (Some(0), 2), "{ended:?}");
        let summary = [
            "warning: lo is down; the capture goes on when it is up",
            "warning: lo is up again",
            "2 packets captured",
            "2 received by filter",
            "0 dropped by kernel",
        ];
        assert_eq!(ended.summary(), summary);
    });
}

#[test]
fn an_interface_that_is_removed_ends_it_with_the_summary() {
    in_namespace(|| {
        ip("link add left type veth peer name right");
        ip("link set left up");
        ip("link set right up");
        let mut sniffer = capturing(&["-i", "left", "-q", "udp"]);
        ip("address add 10.9.0.1/24 dev left");
        ip("neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev left nud permanent");
        let sender = UdpSocket::bind("10.9.0.1:0").unwrap();
        sender.send_to(b"last", "10.9.0.2:9").unwrap();
        ip("link del left");
        let ended = Ended::of(&mut sniffer);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(
            ended.errors.contains("error: the interface left was removed"),
            "{ended:?}"
        );
        // Right before the end: it is not lost.
        assert!(ended.errors.contains("1 packet captured"), "{ended:?}");
    });
}

/// How many have asked the interface for the frames of others.
fn promiscuity(interface: &str) -> u32 {
    let told = ip(&format!("-d link show {interface}"));
    let (_, rest) = told.split_once("promiscuity ").unwrap_or_else(|| panic!("{told}"));
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn promiscuous_mode_is_on_when_asked_for_and_off_afterwards() {
    in_namespace(|| {
        ip("link add left type veth peer name right");
        ip("link set left up");
        assert_eq!(promiscuity("left"), 0);
        for (asked, expected) in [
            (&["-i", "left", "-q"][..], 0),
            (&["-i", "left", "-q", "--promiscuous"], 1),
        ] {
            let sniffer = capturing(asked);
            assert_eq!(promiscuity("left"), expected, "{asked:?}");
            assert_eq!(Ended::by(sniffer, Signal::SIGINT).code, Some(0));
            assert_eq!(promiscuity("left"), 0, "after {asked:?}");
        }
    });
}
