//! tshark as a judge of what the tests themselves have sent.

use std::process::Command;

use super::tools::{Tool, tool};

/// tshark that guesses no protocol from a port that the system picked.
///
/// Wireshark's tables give some of these to other protocols (PROFINET, Elasticsearch and more), of which our lines would be
/// malformed packets. Ports that we chose ourselves are taken as Wireshark takes them.
pub fn tshark() -> Command {
    let mut command = tool(Tool::Tshark);
    // ip(7), ip_local_port_range; ours are outside of it.
    for ports in ["udp.port==32768-60999,data", "tcp.port==32768-60999,data"] {
        command.args(["-d", ports]);
    }
    command
}
