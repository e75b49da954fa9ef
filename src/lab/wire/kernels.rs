//! What the kernels of both hosts are told before a run.

use super::run::KernelSettings;
use crate::flow::Party;
use crate::hosts::error::HostError;
use crate::hosts::host::Host;
use crate::hosts::namespace::{set_sysctl, sysctl};
use crate::os::routes::Metric;

/// What TCP has learned since the textbook's figures were drawn, as names below `net.ipv4` and what each does: selective
/// acknowledgments (RFC 2018), RACK (RFC 8985), tail loss probes (RFC 8985), timestamps (RFC 7323).
pub const SINCE_THE_TEXTBOOK: [(&str, &str); 4] = [
    ("tcp_sack", "selective acknowledgments"),
    ("tcp_recovery", "RACK"),
    ("tcp_early_retrans", "tail loss probes"),
    ("tcp_timestamps", "timestamps"),
];

/// Congestion control as the textbook has it (RFC 5681, RFC 6582), so that a run does not depend on what the machine uses.
const CONGESTION_CONTROL: &str = "reno";

/// Sets the kernel of this host to what the run asks for. This thread must be in its namespace.
///
/// # Errors
/// The kernel has no such setting, or does not take it.
pub fn set(host: &Host, textbook: bool, kernel: &KernelSettings) -> Result<(), HostError> {
    set_sysctl("ipv4/tcp_congestion_control", CONGESTION_CONTROL)?;
    if textbook {
        for (name, _) in SINCE_THE_TEXTBOOK {
            let name = format!("ipv4/{name}");
            // An older kernel that lacks one of them has nothing to switch off.
            if sysctl(&name).is_some() {
                set_sysctl(&name, "0")?;
            }
        }
    }
    for (_, name, value) in kernel.values.iter().filter(|(whose, ..)| *whose == host.party) {
        set_sysctl(name, value)?;
    }
    let window = kernel.initial_window.filter(|_| host.party == Party::Client);
    let mut metrics: Vec<Metric> = window.map(Metric::InitialWindow).into_iter().collect();
    if kernel.is_paced_by_acks {
        metrics.push(Metric::QuickAcks);
        host.send_single_segments()?;
    }
    if metrics.is_empty() {
        return Ok(());
    }
    host.set_metrics(&metrics)
}
