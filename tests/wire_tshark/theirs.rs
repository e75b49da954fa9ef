//! tshark's fields, of the protocols that we read ourselves.

use std::collections::BTreeSet;
use std::path::Path;

use socket_lab::wire::Protocol;

use crate::support::{Tool, tool};

/// The protocols that tshark is left with beside those of our descriptors, so that it does not read further than we do.
const KEPT: &[&str] = &["frame", "ethertype", "raw", "mptcp", "data"];
const KEPT_PARTS: &[&str] = &["tcp.", "ip.", "ipv6.", "icmp.", "icmpv6."];

/// tshark's settings: everything is off but what we read ourselves.
pub(super) fn settings(folder: &Path) {
    let output = tool(Tool::Tshark).args(["-G", "protocols"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let ours: BTreeSet<&str> = Protocol::ALL
        .iter()
        .flat_map(|protocol| protocol.fields())
        .flat_map(|fields| fields.ids)
        .filter_map(|id| id.split('.').next())
        .chain(KEPT.iter().copied())
        .collect();
    let off: String = text
        .lines()
        .filter_map(|line| line.split('\t').nth(2))
        .filter(|name| !ours.contains(name) && !KEPT_PARTS.iter().any(|part| name.starts_with(part)))
        .fold(String::new(), |text, name| {
            text + name
                + "
"
        });
    std::fs::write(folder.join("disabled_protos"), off).unwrap();
}

#[derive(Debug, Clone)]
pub(super) struct Theirs {
    pub(super) name: String,
    pub(super) pos: usize,
    pub(super) size: usize,
    pub(super) value: String,
    pub(super) show: String,
    pub(super) masked: bool,
}

fn attribute<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let start = line.find(&format!(" {name}=\""))? + name.len() + 3;
    let length = line[start..].find('"')?;
    Some(&line[start..start + length])
}

/// The fields of each packet as tshark has them; without what it computed (size 0) and what it repeats hidden.
pub(super) fn ask_tshark(path: &Path, settings: &Path) -> Vec<Vec<Theirs>> {
    let output = tool(Tool::Tshark)
        .env("WIRESHARK_CONFIG_DIR", settings)
        .args([
            "-n",
            "-T",
            "pdml",
            "-o",
            "ip.defragment:FALSE",
            "-o",
            "ipv6.defragment:FALSE",
        ])
        .args(["-o", "tcp.desegment_tcp_streams:FALSE", "-o", "eth.fcs:Never"])
        .args([
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "tcp.check_checksum:TRUE",
            "-o",
            "udp.check_checksum:TRUE",
        ])
        .args(["-o", "tcp.try_heuristic_first:FALSE", "-r"])
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut packets = Vec::new();
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("<packet>") {
            packets.push(Vec::new());
        } else if line.starts_with("<field ") && attribute(line, "hide") != Some("yes") {
            let number = |name| attribute(line, name).and_then(|text| text.parse().ok()).unwrap_or(0);
            let field = Theirs {
                name: attribute(line, "name").unwrap_or_default().to_owned(),
                pos: number("pos"),
                size: number("size"),
                value: attribute(line, "value").unwrap_or_default().to_owned(),
                show: attribute(line, "show").unwrap_or_default().to_owned(),
                masked: attribute(line, "unmaskedvalue").is_some(),
            };
            let verdict = is_about_checksum(&field.name);
            let generated = (field.size == 0 && !verdict) || field.name.is_empty() || field.name.starts_with("_ws");
            if let (Some(packet), false) = (packets.last_mut(), generated) {
                packet.push(field);
            }
        }
    }
    packets
}

pub(super) fn is_about_checksum(name: &str) -> bool {
    name.ends_with("checksum.status") || name.ends_with("checksum_calculated")
}
