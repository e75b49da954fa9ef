//! tshark as a judge of what the tests themselves have sent.

use std::process::Command;

/// tshark that takes what goes to and from the ports of the tests for lines of text.
///
/// The system picks these ports. Wireshark's tables give some of them to other protocols (PROFINET, Elasticsearch and
/// more), of which our lines would be malformed packets: one run in some dozens would fail.
pub fn tshark() -> Command {
    let mut command = Command::new("tshark");
    // From the first of `port_of_our_own` to the last that Linux picks by itself: ip(7), ip_local_port_range.
    for ports in ["udp.port==10000-60999,data", "tcp.port==10000-60999,data"] {
        command.args(["-d", ports]);
    }
    command
}
