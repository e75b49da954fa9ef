//! tshark as a judge of what the tests themselves have sent.

use std::path::Path;
use std::process::Command;

use super::tools::{Tool, tool};

/// Wireshark's severity "warning"; an error is more, a chat or a note (a FIN, a SYN) is less.
const WARNING: u32 = 0x0060_0000;

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

/// What tshark reads in a capture file: for each packet these fields, and whether it warns of the packet.
///
/// # Panics
/// When tshark complains of the file.
pub fn judged(options: &[&str], path: &Path, fields: &[&str]) -> Vec<(Vec<String>, bool)> {
    let mut command = tshark();
    command.args(options);
    // Loopback leaves checksums to hardware that is not there, which is no fault of the file.
    command.args(["-o", "tcp.check_checksum:FALSE", "-o", "udp.check_checksum:FALSE"]);
    command.arg("-r").arg(path);
    command.args(["-T", "fields", "-e", "_ws.expert.severity"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let output = command.output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    let complaints: Vec<&str> = complaints
        .lines()
        .filter(|line| !line.starts_with("Running as user"))
        .collect();
    assert!(output.status.success() && complaints.is_empty(), "{complaints:?}");
    let rows = String::from_utf8_lossy(&output.stdout);
    let rows = rows.lines().map(|line| {
        let mut row: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let severities = row.remove(0);
        let mut severities = severities.split(',').filter_map(|one| one.parse::<u32>().ok());
        (row, severities.any(|one| one >= WARNING))
    });
    rows.collect()
}
