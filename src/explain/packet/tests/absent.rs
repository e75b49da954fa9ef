//! What is said of what is not there: a direction that was not captured, an option that was not sent.

use super::meanings::note_and_meaning;
use super::{PUSH, in_flow, packet, push};
use crate::explain::packet::reason;
use crate::explain::{Context, meaning};
use crate::flow::PacketKind;
use crate::flow::number::ByteRange;
use crate::flow::segment::{Acknowledged, Segment, SegmentPart};
use crate::wire::digits::unhex;
use crate::wire::{LinkType, decode};

/// Of a direction that was not captured it is not known whether a number is a byte's or a FIN's.
#[test]
fn numbers_of_a_direction_that_was_not_captured_are_not_called_bytes() {
    let bytes = unhex(PUSH);
    let packet = packet(&bytes);
    let with = |new: Option<ByteRange>| {
        let mut segment = Segment {
            part: SegmentPart::Ack,
            data: None,
            acknowledges: Acknowledged {
                bytes: new,
                ..Acknowledged::default()
            },
            ..push()
        };
        segment.signs.acknowledges_uncaptured = true;
        in_flow(PacketKind::Segment(segment))
    };
    let meaning = |new| note_and_meaning(&packet, &with(new), "tcp.ack_raw").1;
    let one = Some(ByteRange { first: 7, last: 7 });
    let two = Some(ByteRange { first: 7, last: 8 });
    assert_eq!(
        meaning(one),
        "3890940509 + 1: number 7 has arrived, data or a FIN as the last; no packet of the server was captured so far"
    );
    assert!(meaning(two).contains("numbers 7 to 8 have arrived, data or a FIN as the last"));
    assert_eq!(
        meaning(None),
        "the server's number 1 is due next; no packet of the server was captured so far"
    );
    assert_eq!(
        reason(&packet, Some(&with(one))).unwrap(),
        "the client acknowledges number 7 of the server (data, or a FIN as the last number: no packet of the server was captured so far)"
    );
}

/// A SYN of one connection, over both families, with these options: what its data offset means.
#[test]
fn a_syn_without_mss_says_what_holds_then() {
    let said = |ip: &str, options: &str, flags: &str| {
        let words = 5 + options.len() / 8;
        let length = 20 + options.len() / 2;
        let header = ip.replace(
            "LLLL",
            &format!("{:04x}", if ip.starts_with('6') { length } else { length + 20 }),
        );
        let bytes = unhex(&format!(
            "9c402ee00000006400000000{words:x}0{flags}faf000000000{options}"
        ));
        let whole = [unhex(&header), bytes].concat();
        let packet = decode(LinkType::RAW, &whole, 0);
        let layer = packet.layers().len() - 1;
        let context = Context::new(&packet, layer, None).unwrap();
        let fields = packet.layers()[layer].fields();
        let field = fields.iter().find(|field| field.id() == "tcp.hdr_len").unwrap();
        meaning(context, field).unwrap().into_owned()
    };
    let four = "4500LLLL0001400040060000c0000201c6336407";
    let six = "60000000LLLL0640".to_owned() + &"20010db8000000000000000000000001".repeat(2);
    let none = "20 fixed, no options";
    let absent =
        |size| format!("; without an MSS option the other end takes it as {size} bytes (RFC 9293 section 3.7.1)");
    assert_eq!(said(four, "", "02"), format!("{none}{}", absent(536)));
    assert_eq!(said(&six, "", "12"), format!("{none}{}", absent(1220)));
    assert_eq!(
        said(four, "01030307", "02"),
        format!("20 fixed + 4 of options{}", absent(536))
    );
    assert_eq!(said(four, "020405b4", "02"), "20 fixed + 4 of options");
    assert_eq!(said(four, "", "10"), none);
}
