//! The verdicts on checksums, each on a packet made for it.

use super::samples::{Sample, sample};
use crate::wire::{Checksum, LinkType, Protocol, Unchecked, decode};

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
}

#[test]
fn a_udp_checksum_of_zero_is_none() {
    let mut sample = sample("UDP over IPv4");
    let udp = sample.packet().layer(Protocol::Udp).unwrap().header().at;
    sample.frame[udp + 6..udp + 8].copy_from_slice(&[0, 0]);
    assert_eq!(verdict(&sample, Protocol::Udp), Checksum::NotPresent);
}

/// An ICMP error about `datagram`, of which `quoted` bytes are quoted.
fn error_about(datagram: &[u8], quoted: usize) -> Vec<u8> {
    let quotation = &datagram[..quoted];
    let length = u8::try_from(20 + 8 + quoted).unwrap();
    let mut bytes = vec![0x45, 0, 0, length, 0, 0, 0, 0, 64, 1, 0, 0, 192, 0, 2, 2, 192, 0, 2, 1];
    bytes.extend([3, 3, 0, 0, 0, 0, 0, 0]);
    bytes.extend(quotation);
    bytes
}

#[test]
fn a_datagram_that_is_quoted_whole_is_checked() {
    // 192.0.2.1, port 1, to 192.0.2.2, port 2, data "hi"; the sum by hand:
    // addresses, protocol and length, then ports, length and data.
    let mut datagram = vec![0x45, 0, 0, 30, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
    datagram.extend([0, 1, 0, 2, 0, 10, 0, 0, 0x68, 0x69]);
    let sum: u32 = [0xc000, 0x0201, 0xc000, 0x0202, 0x11, 0x0a, 1, 2, 0x0a, 0x6869]
        .iter()
        .sum();
    let right = !u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap();
    datagram[26..28].copy_from_slice(&right.to_be_bytes());
    let of_quoted = |bytes: &[u8]| {
        let packet = decode(LinkType::IPV4, bytes, 0);
        let index = packet
            .layers()
            .iter()
            .position(|layer| layer.protocol() == Protocol::Udp)
            .unwrap();
        packet.checksum(index).unwrap()
    };
    assert_eq!(of_quoted(&error_about(&datagram, 30)), Checksum::Ok);
    for shorter in [28, 29] {
        let start_only = Checksum::NotCheckable(Unchecked::Quoted);
        assert_eq!(of_quoted(&error_about(&datagram, shorter)), start_only);
    }
    let mut changed = datagram.clone();
    changed[29] ^= 1;
    assert_eq!(
        of_quoted(&error_about(&changed, 30)),
        Checksum::Bad { right: right + 1 }
    );
    // Of a quoted fragment the rest is missing, though the fragment is whole.
    datagram[6] = 0x20;
    assert_eq!(
        of_quoted(&error_about(&datagram, 30)),
        Checksum::NotCheckable(Unchecked::Quoted)
    );
}

#[test]
fn a_home_address_takes_the_place_of_the_source() {
    // From 2001:db8::1, at home 2001:db8::99, to 2001:db8::2; one Pad1 and one PadN before the option.
    let address = |last: u8| {
        let mut address = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        address[15] = last;
        address
    };
    let mut packet = vec![0x60, 0, 0, 0, 0, 34, 60, 64];
    packet.extend(address(1));
    packet.extend(address(2));
    packet.extend([17, 2, 0, 1, 1, 0, 0xc9, 16]);
    packet.extend(address(0x99));
    let udp = packet.len();
    packet.extend([0, 1, 0, 2, 0, 10, 0, 0, 0x68, 0x69]);
    // 2001+0db8 twice, 99, 2, the length 10, the protocol 17, then header and data.
    let sum: u32 = [0x2001, 0x0db8, 0x2001, 0x0db8, 0x99, 2, 10, 17, 1, 2, 10, 0x6869]
        .iter()
        .sum();
    packet[udp + 6..udp + 8].copy_from_slice(&(!u16::try_from(sum).unwrap()).to_be_bytes());
    let verdict = |packet: &[u8]| {
        let packet = decode(LinkType::IPV6, packet, 0);
        let index = packet.layers().len() - 1;
        packet.checksum(index).unwrap()
    };
    assert_eq!(verdict(&packet), Checksum::Ok);
    // Another option in its place is none.
    packet[46] = 0x1e;
    assert!(matches!(verdict(&packet), Checksum::Bad { .. }));
}
