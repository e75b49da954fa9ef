//! Tests that run in a network namespace of their own: the test starts itself there once more.

use std::io::Write as _;

use super::tools::{Tool, need, tool};
use super::{again, in_empty_namespace, needs};

/// Set in the process that runs inside a namespace, to the way in which the test is done there.
const INSIDE: &str = "SOCKET_LAB_TEST_INSIDE_NAMESPACE";

/// In which way the test is done in this process; `None` outside the namespaces.
pub fn way() -> Option<String> {
    std::env::var(INSIDE).ok()
}

/// Runs `test`, which is the test of this path ([`again::path_of`]), in a process of its own for each way, in an empty network
/// namespace in which loopback is up.
pub fn in_namespaces(path: &str, ways: &[&str], test: impl FnOnce()) {
    if !need(Tool::Ip) {
        return;
    }
    if way().is_some() {
        // Neighbour discovery would mix its frames with ours.
        let _ = std::fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        let up = tool(Tool::Ip).args(["link", "set", "lo", "up"]).status().unwrap();
        assert!(up.success(), "ip link set lo up");
        return test();
    }
    if !needs::namespaces() {
        return;
    }
    for way in ways {
        let mut again = again::command(path);
        let output = in_empty_namespace(again.env(INSIDE, way)).output().unwrap();
        again::passed(&format!("{path}, {way}"), &output);
        let _ = std::io::stderr().write_all(&output.stderr);
    }
}
