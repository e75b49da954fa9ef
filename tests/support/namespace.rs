//! Tests that run in a network namespace of their own: the test starts itself there once more.

use std::io::Write as _;

use super::tools::{Tool, need, this_test, tool};
use super::{in_empty_namespace, needs, skipped};

/// Set in the process that runs inside of a namespace, to the way in which the test is done there.
const INSIDE: &str = "SOCKET_LAB_TEST_INSIDE_NAMESPACE";

/// In which way the test is done in this process; `None` outside of the namespaces.
pub fn way() -> Option<String> {
    std::env::var(INSIDE).ok()
}

/// Runs `test`, which is the test of this name (`module::function`), in a process of its own for each way, in an empty network
/// namespace in which loopback is up.
pub fn in_namespaces(name: &str, ways: &[&str], test: impl FnOnce()) {
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
        let mut again = this_test();
        again.args([name, "--exact", "--nocapture"]).env(INSIDE, way);
        if let Some(list) = skipped::list() {
            again.env(skipped::LIST, list);
        }
        let output = in_empty_namespace(&again).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{way}: {said}");
        assert!(said.contains("1 passed"), "there is no test {name}: {said}");
        let _ = std::io::stderr().write_all(&output.stderr);
    }
}
