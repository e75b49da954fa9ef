//! What kind of address it is.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Sentence;
use crate::wire::Value;

/// What the address tells by itself; the special-purpose registries: RFC 6890
pub(super) fn kind(value: Value<'_>) -> Option<Sentence> {
    match value {
        Value::Ipv4(address) => Some(kind_4(address).into()),
        Value::Ipv6(address) => Some(kind_6(address).into()),
        _ => None,
    }
}

fn kind_4(address: Ipv4Addr) -> &'static str {
    match address.octets() {
        [127, ..] => "this machine (loopback)",
        [0, 0, 0, 0] => "no address yet",
        [255, 255, 255, 255] => "everybody on this link",
        [10, ..] | [192, 168, ..] => "private network, RFC 1918",
        [172, second, ..] if second & 0xf0 == 16 => "private network, RFC 1918",
        [100, second, ..] if second & 0xc0 == 64 => "behind a provider's NAT, RFC 6598",
        [169, 254, ..] => "on this link only, RFC 3927",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "for examples only, RFC 5737",
        [first, ..] if first & 0xf0 == 224 => "a multicast group",
        _ => "a public address",
    }
}

fn kind_6(address: Ipv6Addr) -> &'static str {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => "this machine (loopback)",
        [0, 0, 0, 0, 0, 0, 0, 0] => "no address yet",
        [0xff02, 0, 0, 0, 0, 0, 0, 1] => "every node on this link",
        [0xff02, 0, 0, 0, 0, 0, 0, 2] => "every router on this link",
        [0xff02, 0, 0, 0, 0, 1, last, _] if last >> 8 == 0xff => "whoever may have this address (solicited-node group)",
        [first, ..] if first >> 8 == 0xff => "a multicast group",
        [first, ..] if first & 0xffc0 == 0xfe80 => "on this link only",
        [first, ..] if first & 0xfe00 == 0xfc00 => "private network, RFC 4193",
        [0x2001, 0x0db8, ..] => "for examples only, RFC 3849",
        _ => "a public address",
    }
}

#[cfg(test)]
mod tests {
    use super::{kind_4, kind_6};

    #[test]
    fn addresses_are_told_apart_at_the_borders_of_their_blocks() {
        for (address, kind) in [
            ("127.255.0.1", "loopback"),
            ("172.15.255.255", "public"),
            ("172.16.0.0", "private"),
            ("172.31.255.255", "private"),
            ("172.32.0.0", "public"),
            ("100.64.0.1", "NAT"),
            ("100.128.0.1", "public"),
            ("223.255.255.255", "public"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
        ] {
            assert!(kind_4(address.parse().unwrap()).contains(kind), "{address}");
        }
        for (address, kind) in [
            ("::1", "loopback"),
            ("::", "no address"),
            ("fe80::1", "link only"),
            ("febf::1", "link only"),
            ("fec0::1", "public"),
            ("fd00::1", "private"),
            ("ff02::1", "every node"),
            ("ff02::1:ff00:1", "solicited-node"),
            ("2001:db8::1", "examples"),
            ("2001:db9::1", "public"),
        ] {
            assert!(kind_6(address.parse().unwrap()).contains(kind), "{address}");
        }
    }
}
