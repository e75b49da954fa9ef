//! What kind of address it is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::context::{Context, DatagramEnd};
use super::sentence::Sentence;
use crate::flow::Party;
use crate::wire::{Field, Value};

/// Whose address it is in the conversation, and what it means by itself.
pub(super) fn meaning(context: Context<'_, '_>, field: &Field<'_>, side: DatagramEnd) -> Option<Sentence> {
    let (address, kind): (IpAddr, _) = match field.value() {
        Value::Ipv4(address) => (address.into(), kind_4(address)),
        Value::Ipv6(address) => (address.into(), kind_6(address)),
        _ => return None,
    };
    // In a tunnel the outer addresses are those of its ends.
    let is_its = |party: &Party| {
        context
            .in_flow
            .is_some_and(|in_flow| in_flow.end(*party).ip() == address)
    };
    let party = context.party(side).filter(is_its);
    Some(match party {
        Some(party) => sentence!(party, ": ", kind).into(),
        None => kind.into(),
    })
}

/// The special-purpose blocks by IANA's registries (RFC 6890), and those of multicast (RFC 5771).
fn kind_4(address: Ipv4Addr) -> &'static str {
    match address.octets() {
        [127, ..] => "this machine (loopback)",
        [0, 0, 0, 0] => "no address yet",
        [0, ..] => "a host on this network, RFC 791",
        [255, 255, 255, 255] => "everybody on this link",
        [10, ..] | [192, 168, ..] => "private network, RFC 1918",
        [172, second, ..] if second & 0xf0 == 16 => "private network, RFC 1918",
        [100, second, ..] if second & 0xc0 == 64 => "behind a provider's NAT, RFC 6598",
        [169, 254, ..] => "on this link only, RFC 3927",
        [192, 0, 0, _] => "for protocols of the IETF, RFC 6890",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "for examples only, RFC 5737",
        [192, 88, 99, _] => "once the nearest 6to4 router, RFC 7526",
        [192, 31, 196, _] | [192, 175, 48, _] => "a name server for private addresses, AS112",
        [192, 52, 193, _] => "a multicast relay, RFC 7450",
        [198, 18 | 19, ..] => "for measuring devices only, RFC 2544",
        [224, 0, 0, 1] => "every host on this link",
        [224, 0, 0, 2] => "every router on this link",
        [224, 0, 0, 251] => "a multicast group on this link: mDNS",
        [224, 0, 0, _] => "a multicast group on this link",
        [232, ..] => "a multicast group of one sender, RFC 4607",
        [239, ..] => "a multicast group of this site or organization, RFC 2365",
        [first, ..] if first & 0xf0 == 224 => "a multicast group",
        [first, ..] if first & 0xf0 == 240 => "reserved, RFC 1112",
        _ => "a public address",
    }
}

/// The same for IPv6; scopes of multicast groups: RFC 4291 section 2.7, RFC 7346
fn kind_6(address: Ipv6Addr) -> &'static str {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => "this machine (loopback)",
        [0, 0, 0, 0, 0, 0, 0, 0] => "no address yet",
        [0, 0, 0, 0, 0, 0xffff, ..] => "an IPv4 address, mapped, RFC 4291",
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => "an IPv4 address behind NAT64, RFC 6052",
        [0x64, 0xff9b, 1, ..] => "an IPv4 address behind a local NAT64, RFC 8215",
        [0x100, 0, 0, 0, ..] => "thrown away on purpose, RFC 6666",
        [0x2001, 0, ..] => "behind a Teredo tunnel, RFC 4380",
        [0x2001, 2, 0, ..] => "for measuring devices only, RFC 5180",
        [0x2001, second, ..] if second & 0xfff0 == 0x20 => "a hash of a key, no place (ORCHID), RFC 7343",
        [0x2001, second, ..] if second < 0x200 => "for protocols of the IETF, RFC 2928",
        [0x2001, 0x0db8, ..] => "for examples only, RFC 3849",
        [0x3fff, second, ..] if second < 0x1000 => "for examples only, RFC 9637",
        [0x2002, ..] => "behind a 6to4 router, RFC 3056",
        [0x5f00, ..] => "a step of segment routing, RFC 9602",
        [0xff02, 0, 0, 0, 0, 0, 0, 1] => "every node on this link",
        [0xff02, 0, 0, 0, 0, 0, 0, 2] => "every router on this link",
        [0xff02, 0, 0, 0, 0, 1, last, _] if last >> 8 == 0xff => {
            "the host that may have this address (solicited-node group)"
        }
        [first, ..] if first >> 8 == 0xff => match first & 0xf {
            1 => "a multicast group within this machine",
            2 => "a multicast group on this link",
            3 => "a multicast group of this realm",
            4 => "a multicast group of this administration",
            5 => "a multicast group of this site",
            8 => "a multicast group of this organization",
            0xe => "a multicast group everywhere",
            _ => "a multicast group",
        },
        [first, ..] if first & 0xffc0 == 0xfe80 => "on this link only, RFC 4291",
        [first, ..] if first & 0xffc0 == 0xfec0 => "site-local, given up by RFC 3879",
        [first, ..] if first & 0xfe00 == 0xfc00 => "private network, RFC 4193",
        [first, ..] if first & 0xe000 == 0x2000 => "a public address",
        _ => "from a block that is not given out",
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
            ("239.255.255.255", "multicast"),
            ("0.0.0.0", "no address"),
            ("0.0.0.1", "this network"),
            ("192.0.0.8", "IETF"),
            ("192.0.1.0", "public"),
            ("192.0.2.1", "examples"),
            ("198.17.255.255", "public"),
            ("198.18.0.0", "measuring"),
            ("198.19.255.255", "measuring"),
            ("198.20.0.0", "public"),
            ("224.0.0.1", "every host"),
            ("224.0.0.18", "on this link"),
            ("224.0.1.1", "a multicast group"),
            ("240.0.0.0", "reserved"),
            ("255.255.255.254", "reserved"),
            ("255.255.255.255", "everybody"),
        ] {
            assert!(kind_4(address.parse().unwrap()).contains(kind), "{address}");
        }
        for (address, kind) in [
            ("::1", "loopback"),
            ("::", "no address"),
            ("fe80::1", "link only"),
            ("febf::1", "link only"),
            ("fec0::1", "site-local, given up"),
            ("feff::1", "site-local, given up"),
            ("::ffff:192.0.2.1", "mapped"),
            ("::fffe:192.0.2.1", "not given out"),
            ("64:ff9b::192.0.2.1", "NAT64"),
            ("64:ff9b:1::1", "local NAT64"),
            ("64:ff9b:2::1", "not given out"),
            ("100::1", "thrown away"),
            ("2001::1", "Teredo"),
            ("2001:1ff::1", "IETF"),
            ("2001:200::1", "public"),
            ("2002::1", "6to4"),
            ("3fff:fff::1", "examples"),
            ("3fff:1000::1", "public"),
            ("4000::1", "not given out"),
            ("ff01::1", "within this machine"),
            ("ff02::fb", "on this link"),
            ("ff05::2", "this site"),
            ("ff08::2", "organization"),
            ("ff0e::2", "everywhere"),
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
