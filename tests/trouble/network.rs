//! Addresses that cannot be reached: each reason is told apart, in networks of the test's own.

use super::{one_line, run};
use crate::support::{Tool, in_empty_namespace, need, needs, path_of_ours, shell};

/// What a client says in a network that this script has made.
fn said(network: &str, transport: &str, address: &str) -> String {
    let program = path_of_ours(&format!("{transport}-client"));
    let script = format!("{network} exec {program} -ip {address} -p 5 --timeout 8");
    let line = format!("{}\n", "a".repeat(1200));
    let (status, _, errors) = run(&mut in_empty_namespace(&shell(&script)), &line);
    assert_eq!(status, Some(1), "{errors}");
    // That connecting takes its time is said before.
    errors
        .lines()
        .last()
        .map_or_else(String::new, |line| format!("{line}\n"))
}

/// A router in another namespace, with a route that it forbids, one that leads nowhere, and none to the rest.
const ROUTER: &str = "unshare -n sleep 15 </dev/null >/dev/null 2>&1 & router=$!; sleep 0.5; \
    ip link set lo up; ip link add v0 type veth peer name v1 netns $router; \
    ip addr add 10.0.0.2/24 dev v0; ip link set v0 up; \
    inside() { nsenter -t $router -n \"$@\"; }; \
    inside ip addr add 10.0.0.1/24 dev v1; inside ip link set v1 up; inside sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'; \
    inside ip route add prohibit 198.51.100.1/32; inside ip route add unreachable 198.51.100.2/32; \
    inside ip route add 198.51.100.3/32 via 10.0.0.77 mtu lock 1000; \
    ip route add default via 10.0.0.1; ip route add unreachable 198.51.100.9/32; sleep 0.5; ";

#[test]
fn a_loopback_that_is_down_is_named_with_the_command_that_switches_it_on() {
    if !needs::namespaces() {
        return;
    }
    for (transport, address) in [
        ("tcp", "127.0.0.1"),
        ("udp", "127.0.0.1"),
        ("tcp", "::1"),
        ("udp", "::1"),
    ] {
        let errors = said("", transport, address);
        one_line(&errors, &["lo is down", "ip link set lo up"]);
        assert!(!errors.contains("use 127.0.0.1"), "{errors}");
    }
}

#[test]
fn a_machine_without_a_network_is_told_so() {
    if !needs::namespaces() || !need(Tool::Ip) {
        return;
    }
    for transport in ["tcp", "udp"] {
        let errors = said("ip link set lo up;", transport, "192.0.2.1");
        one_line(&errors, &["no way to that address: no interface but lo is up"]);
    }
}

#[test]
fn who_says_that_an_address_cannot_be_reached_is_told() {
    if !needs::root() || !needs::namespaces() || !need(Tool::Ip) {
        return;
    }
    for (transport, address, parts) in [
        (
            "udp",
            "198.51.100.1",
            &["a firewall at 10.0.0.1 forbids it (ICMP: communication administratively prohibited)"][..],
        ),
        ("tcp", "198.51.100.1", &["a router or a firewall says so"]),
        (
            "udp",
            "198.51.100.2",
            &["10.0.0.1 cannot reach that address (ICMP: host unreachable)"],
        ),
        (
            "udp",
            "203.0.113.1",
            &["10.0.0.1 has no way to that address (ICMP: network unreachable)"],
        ),
        (
            "udp",
            "198.51.100.3",
            &["the link after 10.0.0.1 takes at most 1000 bytes at once (ICMP: fragmentation needed)"],
        ),
        ("udp", "10.0.0.99", &["no machine answers there", "ARP"]),
        ("tcp", "10.0.0.99", &["no machine answers there", "ARP"]),
        (
            "udp",
            "198.51.100.9",
            &["this machine has no route to it", "'ip route'"],
        ),
        (
            "tcp",
            "198.51.100.9",
            &["this machine has no route to it", "'ip route'"],
        ),
    ] {
        let errors = said(ROUTER, transport, address);
        one_line(&errors, parts);
    }
    // A datagram that may cross no router.
    let one_hop = format!("{ROUTER} echo 1 > /proc/sys/net/ipv4/ip_default_ttl; ");
    let errors = said(&one_hop, "udp", "198.51.100.3");
    one_line(&errors, &["used up its hops at 10.0.0.1 (ICMP: time to live exceeded)"]);
}
