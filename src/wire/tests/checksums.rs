//! The verdicts on checksums, each on a packet made for it.

use super::samples::{Sample, sample};
use crate::wire::{Checksum, Protocol, Unchecked, decode};

fn verdict(sample: &Sample, protocol: Protocol) -> Checksum {
    let packet = sample.packet();
    let index = packet
        .layers()
        .iter()
        .position(|layer| layer.protocol() == protocol)
        .unwrap();
    packet.checksum(index).unwrap()
}

#[test]
fn a_changed_byte_makes_it_bad_and_the_right_value_mends_it() {
    for (name, protocol, place) in [
        ("IPv4: record route", Protocol::Ipv4, 24),
        ("IPv4: record route", Protocol::Icmp, 48),
        ("ICMPv6: echo request", Protocol::Icmpv6, 56),
    ] {
        let mut sample = sample(name);
        assert_eq!(verdict(&sample, protocol), Checksum::Ok, "{name}");
        let stored = u16::from_be_bytes([sample.frame[place], sample.frame[place + 1]]);
        sample.frame[place] ^= 0x55;
        assert_eq!(verdict(&sample, protocol), Checksum::Bad { right: stored }, "{name}");
    }
}

#[test]
fn offload_is_proven_by_the_pseudo_header_and_told_from_bad() {
    let mut sample = sample("TCP: SYN");
    // The kernel's partial checksum is 0xfe30; RFC 1071 over the whole segment gives 0x6118.
    assert_eq!(verdict(&sample, Protocol::Tcp), Checksum::Partial { full: 0x6118 });
    sample.frame[50..52].copy_from_slice(&[0x61, 0x18]);
    assert_eq!(verdict(&sample, Protocol::Tcp), Checksum::Ok);
    sample.frame[51] = 0x19;
    assert_eq!(verdict(&sample, Protocol::Tcp), Checksum::Bad { right: 0x6118 });
}

#[test]
fn what_is_not_all_there_cannot_be_checked() {
    let cut = sample("ICMPv6: echo request");
    let packet = decode(
        cut.link,
        &cut.frame[..cut.frame.len() - 1],
        u32::try_from(cut.frame.len()).unwrap(),
    );
    assert_eq!(packet.checksum(2), Some(Checksum::NotCheckable(Unchecked::Cut)));
    let fragment = sample("IPv4: first fragment");
    assert_eq!(
        verdict(&fragment, Protocol::Icmp),
        Checksum::NotCheckable(Unchecked::Fragment)
    );
    let quoting = sample("ICMP: port unreachable");
    assert_eq!(
        verdict(&quoting, Protocol::Udp),
        Checksum::NotCheckable(Unchecked::Quoted)
    );
}

#[test]
fn a_udp_checksum_of_zero_is_none() {
    let mut sample = sample("UDP over IPv4");
    let udp = sample.packet().layer(Protocol::Udp).unwrap().header().at;
    sample.frame[udp + 6..udp + 8].copy_from_slice(&[0, 0]);
    assert_eq!(verdict(&sample, Protocol::Udp), Checksum::NotPresent);
}
