//! What a port number tells by itself.

use super::Sentence;

/// What the number tells; the ranges: RFC 6335, and ip(7) `ip_local_port_range` for Linux.
pub(super) fn kind(port: u64) -> Sentence {
    let service = match port {
        0 => return "reserved: no program has it".into(),
        22 => "SSH",
        25 => "mail, SMTP",
        53 => "names, DNS",
        67 | 68 => "DHCP",
        80 => "web, HTTP",
        123 => "time, NTP",
        143 => "mail, IMAP",
        443 => "web, HTTPS",
        5353 => "names on this link, mDNS",
        1..=1023 => return "well-known range, 0-1023".into(),
        1024..=32_767 | 61_000..=65_535 => return "outside Linux's own range, 32768-60999".into(),
        32_768..=60_999 => return "in 32768-60999, from which Linux picks".into(),
        _ => return "no port".into(),
    };
    service.into()
}
