//! A frame of any bytes: what the decoder and the views of one packet make of it.

use socket_lab::flow::PacketInFlow;
use socket_lab::frame::{Frame, Time};
use socket_lab::render::text_style::{CharacterSet, TextStyle};
use socket_lab::render::view::{ShownPacket, ViewOf};
use socket_lab::render::{hex, json, mermaid, views};
use socket_lab::wire::{Field, LinkType, MOST_HEADERS, Packet};

use super::shown::{assert_line, assert_text, frame, style};

/// Every link type that the decoder knows, and one that nobody knows.
pub const LINKS: [LinkType; 18] = [
    LinkType::ETHERNET,
    LinkType::NULL,
    LinkType::LOOP,
    LinkType::RAW,
    LinkType::RAW_BSD,
    LinkType::RAW_OPENBSD,
    LinkType::IPV4,
    LinkType::IPV6,
    LinkType::LINUX_SLL,
    LinkType::LINUX_SLL2,
    LinkType::SLIP,
    LinkType::PPP,
    LinkType::C_HDLC,
    LinkType::FRELAY,
    LinkType::SUNATM,
    LinkType::IEEE802_11_RADIOTAP,
    LinkType::ARCNET_LINUX,
    LinkType(9999),
];

/// A link type by number.
pub fn link(number: u8) -> LinkType {
    LINKS[usize::from(number) % LINKS.len()]
}

/// A fuzzer's input: link type, look, by how much the frame was longer on the wire (2 bytes), the frame.
pub fn unpack(input: &[u8]) -> Option<(Frame<'static>, TextStyle)> {
    let (&[kind, appearance, more, less], bytes) = input.split_first_chunk()?;
    let length = u32::try_from(bytes.len()).unwrap();
    // 0 is a wrong length.
    let original = match u16::from_be_bytes([more, less]) {
        u16::MAX => 0,
        cut => length + u32::from(cut),
    };
    let time = Some(Time(i64::from(more) - 7));
    Some((frame(link(kind), bytes, original, time), style(appearance)))
}

/// Everything that is made of one frame by itself.
pub fn check(frame: &Frame<'_>, style: TextStyle) {
    let packet = frame.decode();
    check_structure(&packet);
    check_views(frame, &packet, None, style);
}

/// Headers, fields and rest lie inside of the packet, and each field is where it says.
pub fn check_structure(packet: &Packet<'_>) {
    let length = packet.bytes().len();
    assert!(packet.layers().len() <= MOST_HEADERS);
    for layer in packet.layers() {
        let (header, payload) = (layer.header(), layer.payload());
        assert!(
            header.end() <= length && payload.end() <= length,
            "{:?}",
            layer.protocol()
        );
        let fields = layer.fields();
        check_fields(packet, &fields, header.at * 8, header.end() * 8);
    }
    for problem in packet.malformations() {
        assert!(problem.byte <= length, "{problem}");
        assert_line(&problem.to_string(), "problem");
    }
    assert!(packet.payload().end() <= length && packet.trailer().end() <= length);
}

/// Each field stands behind the one before, no bit before `start`, none from `end` on. Returns how many there are.
fn check_fields(packet: &Packet<'_>, fields: &[Field<'_>], start: usize, end: usize) -> usize {
    let mut at = start;
    let mut count = 0;
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
        assert_eq!(packet.bytes().get(place), Some(field.raw()), "{}", field.id());
        assert_line(&field.to_string(), field.id());
        count += 1 + check_fields(packet, field.parts(), field.bit(), at);
    }
    count
}

/// Every view of a packet: nothing in it does anything on a terminal, and JSON is one object in one line.
pub fn check_views(frame: &Frame<'_>, packet: &Packet<'_>, in_flow: Option<&PacketInFlow>, style: TextStyle) {
    let mut text = Vec::new();
    let shown = ShownPacket {
        number: 1,
        frame,
        packet,
        in_flow,
        first: Some(Time(0)),
        several: in_flow.is_some_and(|in_flow| in_flow.conversation > 1),
        interface: None,
        full: true,
        reassembled: None,
    };
    for view in views::ALL {
        let ViewOf::Packets { write, .. } = view.of else {
            continue;
        };
        text.clear();
        write(&mut text, &style, &shown).unwrap();
        assert_text(&text, style, view.name);
        let lines = text.split(|&byte| byte == b'\n').count();
        assert!(view.name != "summary" || lines == 2, "a summary is one line");
    }
    text.clear();
    hex::write(&mut text, 0, &frame.bytes, style.width).unwrap();
    assert_text(&text, style, "bytes");
    text.clear();
    mermaid::packet(&mut text, 1, packet, in_flow).unwrap();
    assert_text(
        &text,
        TextStyle {
            characters: CharacterSet::default(),
            ..style
        },
        "mermaid",
    );
    text.clear();
    json::write(&mut text, &style, &shown).unwrap();
    check_json(&text, frame.bytes.len());
}

/// One line, one object; every place in it is inside of the packet.
pub fn check_json(line: &[u8], length: usize) {
    let text = std::str::from_utf8(line).unwrap().strip_suffix('\n').unwrap();
    assert_line(text, "json");
    let object: serde_json::Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert!(object.is_object());
    check_places(&object, length as u64);
}

fn check_places(value: &serde_json::Value, most: u64) {
    match value {
        serde_json::Value::Array(values) => values.iter().for_each(|value| check_places(value, most)),
        serde_json::Value::Object(keys) => {
            if let (Some(offset), Some(length)) = (keys.get("offset"), keys.get("length")) {
                let end = offset
                    .as_u64()
                    .zip(length.as_u64())
                    .map(|(offset, length)| offset + length);
                assert!(end.is_none_or(|end| end <= most), "{value} of {most} bytes");
            }
            keys.values().for_each(|value| check_places(value, most));
        }
        _ => {}
    }
}
