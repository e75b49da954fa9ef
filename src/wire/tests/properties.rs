//! What holds for any bytes.

use proptest::prelude::*;

use super::samples::samples;
use crate::wire::reassembly::Reassembler;
use crate::wire::{Field, LinkType, MOST_HEADERS, Packet, decode};

/// Every field is inside its header, after the one before.
fn assert_ordered(packet: &Packet<'_>, fields: &[Field<'_>], start: usize, end: usize) {
    let mut at = start;
    for field in fields {
        assert!(
            field.bit() >= at,
            "{} begins at bit {}, before {at}",
            field.id(),
            field.bit()
        );
        at = field.bit() + field.bits();
        assert!(at <= end, "{} ends at bit {at}, after {end}", field.id());
        let place = field.byte()..field.byte() + field.length();
        assert_eq!(packet.bytes().get(place), Some(field.raw()));
        let _ = (field.to_string(), field.value(), field.number());
        assert_ordered(packet, field.parts(), field.bit(), at);
    }
}

fn check(link: LinkType, bytes: &[u8], original: u32) {
    let packet = decode(link, bytes, original);
    assert!(packet.layers().len() <= MOST_HEADERS);
    for (index, layer) in packet.layers().iter().enumerate() {
        let (header, payload) = (layer.header(), layer.payload());
        assert!(header.end() <= bytes.len() && payload.end() <= bytes.len());
        let fields = layer.fields();
        assert_ordered(&packet, &fields, header.at * 8, header.end() * 8);
        let covered: usize = fields.iter().map(Field::bits).sum();
        assert_eq!(covered, header.bytes.len() * 8, "{:?}", layer.protocol());
        let _ = packet.checksum(index);
        let _ = layer.tcp().map(|tcp| tcp.options().count());
        let _ = layer.ipv4().map(|ip| ip.final_destination());
    }
    for problem in packet.malformations() {
        assert!(problem.byte <= bytes.len(), "{problem}");
        assert!(!problem.to_string().is_empty());
    }
    assert!(packet.payload().end() <= bytes.len() && packet.trailer().end() <= bytes.len());
    let _ = (
        packet.endpoints(),
        packet.quoted_endpoints(),
        packet.addresses(),
        packet.content().name(),
    );
    let _ = Reassembler::new().add(&packet, 0);
}

const LINKS: [u32; 11] = [0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 9999];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_decoded_without_panic(
        link in prop::sample::select(&LINKS[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        original in any::<u32>(),
    ) {
        check(LinkType(link), &bytes, original);
    }

    #[test]
    fn a_packet_with_some_bytes_changed_is_decoded_without_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let samples = samples();
        let sample = which.get(&samples);
        let mut bytes = sample.frame.clone();
        let length = u32::try_from(bytes.len()).unwrap();
        for (place, value) in changes {
            *place.get_mut(&mut bytes) = value;
        }
        bytes.truncate(end.index(bytes.len()).max(1));
        check(sample.link, &bytes, if cut { length } else { 0 });
    }
}

#[test]
fn headers_within_headers_end_somewhere() {
    let mut bytes = vec![0; 12];
    bytes.extend([0x81, 0x00, 0x00, 0x05].repeat(16_000));
    let packet = decode(LinkType::ETHERNET, &bytes, 0);
    assert_eq!(packet.layers().len(), MOST_HEADERS);
    assert!(
        packet.malformations()[0]
            .to_string()
            .contains("more than 32 headers within each other")
    );
}
