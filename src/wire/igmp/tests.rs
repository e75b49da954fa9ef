use super::{Igmp, decoded};
use crate::wire::{Expected, Field, LinkType, Packet, decode, find};

/// An IPv4 datagram with the message.
fn datagram(message: &[u8]) -> Vec<u8> {
    let length = u8::try_from(20 + message.len()).unwrap();
    let mut frame = vec![0x45, 0, 0, length, 0, 0, 0, 0, 1, 2, 0, 0, 10, 0, 0, 1, 224, 0, 0, 1];
    frame.extend(message);
    frame
}

fn typed<'a>(packet: &Packet<'a>) -> Igmp<'a> {
    packet.layers().last().unwrap().igmp().unwrap()
}

#[test]
fn codes_are_floating_point_numbers_from_128_on() {
    for (code, number) in [
        (0, 0),
        (127, 127),
        (128, 128),
        (129, 136),
        (0x8c, 224),
        (0xfe, 30_720),
        (255, 31_744),
    ] {
        assert_eq!(decoded(code), number, "{code}");
    }
}

#[test]
fn versions_are_told_apart_by_length_and_time() {
    let query = [0x11, 0, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0];
    for (kind, code, length, version, time) in [
        (0x11, 0, 8, 1, 100),
        (0x11, 10, 8, 2, 10),
        (0x11, 0, 12, 3, 0),
        (0x11, 0xfe, 12, 3, 30_720),
        (0x12, 0, 8, 1, 100),
        (0x16, 0, 8, 2, 0),
        (0x17, 0, 8, 2, 0),
        (0x22, 0, 8, 3, 0),
    ] {
        let mut message = query;
        (message[0], message[1]) = (kind, code);
        let frame = datagram(&message[..length]);
        let packet = decode(LinkType::IPV4, &frame, 0);
        assert!(packet.malformations().is_empty(), "{:?}", packet.malformations());
        let igmp = typed(&packet);
        assert_eq!((igmp.version(), igmp.max_response_time()), (version, time), "{kind:#x}");
    }
}

#[test]
fn a_query_of_no_version_and_counts_that_say_too_much_are_found() {
    let query = [0x11, 10, 0, 0, 0, 0, 0, 0, 2, 125, 0, 1];
    let report = [0x22, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 0, 239, 1, 2, 3];
    let declared = |field, bytes| Expected::Declared { field, bytes };
    for (message, expected) in [
        (&query[..10], Expected::Header(12)),
        (&query[..], declared("igmp.num_src", 16)),
        (&report[..], declared("igmp.num_grp_recs", 24)),
    ] {
        let frame = datagram(message);
        let packet = decode(LinkType::IPV4, &frame, 0);
        let problems: Vec<_> = packet.malformations().iter().map(|problem| problem.expected).collect();
        assert_eq!(problems, [expected]);
    }
}

#[test]
fn records_end_where_their_own_counts_say() {
    let message = [
        0x22, 0, 0, 0, 0, 0, 0, 2, 1, 1, 0, 1, 232, 1, 1, 2, 192, 0, 2, 3, 0xde, 0xad, 0xbe, 0xef, 4, 0, 0, 0, 239, 1,
        2, 3, 7, 7, 7,
    ];
    let frame = datagram(&message);
    let packet = decode(LinkType::IPV4, &frame, 0);
    let fields = packet.layers()[1].fields();
    let count = |id: &str| fields.iter().filter(|field| field.id() == id).count();
    assert_eq!((count("igmp.maddr"), count("igmp.saddr")), (2, 1));
    let data = find(&fields, "igmp.aux_data").map(Field::raw);
    assert_eq!(data, Some(&[0xde, 0xad, 0xbe, 0xef][..]));
    let group = typed(&packet).group().map(|group| group.to_string());
    assert_eq!((typed(&packet).count(), group.as_deref()), (2, Some("232.1.1.2")));
    assert_eq!(packet.payload().bytes, [7, 7, 7]);
}
