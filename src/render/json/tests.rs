//! The schema that is published, and what a line keeps.

use std::path::Path;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;

use super::super::explained_list::ExplainedName;
use super::super::samples;
use super::super::text_style::TextStyle;
use super::super::view::ShownPacket;
use super::exchange::{ExchangeLine, PairLine};
use super::record::PacketRecord;
use super::whole::{CallLine, ConversationLine};
use super::write;
use crate::frame::{Direction, Frame, Time};
use crate::wire::LinkType;
use crate::wire::digits::hex;

fn line(frame: &Frame<'_>, first: Option<Time>) -> String {
    let packet = frame.decode();
    let mut out = Vec::new();
    let shown = ShownPacket {
        first,
        ..ShownPacket::alone(7, frame, &packet)
    };
    write(&mut out, &TextStyle::PIPE, &shown).unwrap();
    String::from_utf8(out).unwrap()
}

fn sample(name: &str) -> Frame<'static> {
    let sample = samples::all().into_iter().find(|each| each.name == name).unwrap();
    Frame {
        direction: Some(Direction::Inbound),
        original_length: sample.length,
        ..Frame::new(Some(Time(1_772_600_767_123_456_789)), sample.link, sample.bytes)
    }
}

fn parsed(frame: &Frame<'_>) -> Value {
    serde_json::from_str(&line(frame, frame.time)).unwrap()
}

/// Of each object's schema: there are no keys but these, and one without a value is absent, not null.
fn as_written(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if object.contains_key("properties") {
        object.insert("additionalProperties".to_owned(), false.into());
    }
    let types = object.get("type").cloned();
    if let Some([one, Value::String(null)]) = types.as_ref().and_then(Value::as_array).map(Vec::as_slice) {
        assert_eq!(null, "null");
        object.insert("type".to_owned(), one.clone());
    }
    let either = object.get("anyOf").cloned();
    if let Some([Value::Object(one), null]) = either.as_ref().and_then(Value::as_array).map(Vec::as_slice) {
        if null["type"] == "null" {
            object.remove("anyOf");
            object.extend(one.clone());
        }
    }
}

/// `SOCKET_LAB_UPDATE=1 cargo test schema` writes the files again.
#[test]
fn the_published_schemas_are_those_of_the_structs() {
    fn holds<T: schemars::JsonSchema>(name: &str) {
        let generator = SchemaSettings::draft2020_12()
            .for_serialize()
            .with_transform(RecursiveTransform(as_written))
            .into_generator();
        let schema = generator.into_root_schema_for::<T>();
        let schema = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/{name}.schema.json"));
        if std::env::var_os("SOCKET_LAB_UPDATE").is_some() {
            std::fs::write(&file, &schema).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(schema == kept, "{} is out of date", file.display());
    }
    holds::<PacketRecord<'_, '_>>("packet");
    holds::<ConversationLine>("conversation");
    holds::<CallLine<'_>>("call");
    holds::<Vec<ExplainedName>>("explain-list");
    holds::<ExchangeLine<'_>>("exchange");
    holds::<PairLine>("pair");
}

#[test]
fn a_syn_is_told_in_full() {
    let syn = parsed(&sample("syn"));
    assert_eq!(syn["number"], 7);
    assert_eq!(syn["time"], "2026-03-04T05:06:07.123456789Z");
    assert_eq!(syn["name"], "SYN");
    assert_eq!(syn["source"]["ip"], "127.0.0.1");
    assert_eq!(syn["source"]["port"], 53582);
    assert_eq!(syn["direction"], "inbound");
    let tcp = &syn["layers"][2];
    assert_eq!(tcp["protocol"], "TCP");
    assert_eq!((&tcp["offset"], &tcp["length"]), (&34.into(), &40.into()));
    assert_eq!(tcp["checksum"]["verdict"], "partial");
    let fields = tcp["fields"].as_array().unwrap();
    let flags = fields.iter().find(|field| field["id"] == "tcp.flags").unwrap();
    assert_eq!(
        (&flags["offset"], &flags["bit"], &flags["bits"]),
        (&46.into(), &4.into(), &12.into())
    );
    assert_eq!((&flags["raw"], &flags["value"]), (&"a002".into(), &2.into()));
    let syn_bit = flags["parts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|part| part["name"] == "SYN")
        .unwrap();
    assert_eq!(
        (&syn_bit["offset"], &syn_bit["bit"], &syn_bit["value"]),
        (&47.into(), &6.into(), &1.into())
    );
}

#[test]
fn seconds_are_exact_to_the_nanosecond() {
    let mut frame = sample("udp");
    let first = frame.time;
    let mut seconds = |after: i64| {
        frame.time = first.map(|Time(first)| Time(first + after));
        let line = line(&frame, first);
        let (_, rest) = line.split_once("\"seconds\":").unwrap();
        rest.split_once(',').unwrap().0.to_owned()
    };
    assert_eq!(seconds(0), "0.0");
    assert_eq!(seconds(13_001), "0.000013001");
    assert_eq!(seconds(-1_000_000_001), "-1.000000001");
    let ninety_days = 90 * 86_400 * 1_000_000_000 - 1;
    assert_eq!(seconds(ninety_days), "7775999.999999999");
}

#[test]
fn what_is_not_known_is_absent() {
    let mut frame = sample("qinq");
    frame.time = None;
    frame.direction = None;
    let arp: Value = serde_json::from_str(&line(&frame, None)).unwrap();
    for key in ["time", "seconds", "direction", "source", "destination"] {
        assert!(arp.get(key).is_none(), "{key}");
    }
    assert_eq!(arp["trailer"]["length"], 14);
    assert_eq!(arp["problems"], Value::Array(Vec::new()));
}

#[test]
fn a_cut_packet_keeps_both_lengths_and_says_so() {
    let cut = parsed(&sample("syn_cut"));
    assert_eq!((&cut["length"], &cut["captured"]), (&74.into(), &60.into()));
    assert_eq!(cut["problems"][0]["cut"], true);
    assert_eq!(cut["layers"][2]["checksum"]["verdict"], "not_checkable");
}

/// Nothing that a terminal would obey, and yet the same string for a reader.
#[test]
fn comments_are_kept_and_harmless() {
    let mut frame = sample("udp");
    let comment = "\u{1b}[2J \u{7f} \u{9b}2J \u{202e}abc \u{feff}\nstraße \"\\\"";
    frame.comments.push(comment.into());
    let line = line(&frame, None);
    assert!(!line.trim_end().chars().any(char::is_control), "{line:?}");
    assert!(!line.contains(['\u{202e}', '\u{feff}']), "{line:?}");
    let read: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(read["comments"][0], comment);
}

#[test]
fn all_bytes_are_there() {
    for each in samples::all() {
        let read = parsed(&sample(each.name));
        let mut bytes = String::new();
        for layer in read["layers"].as_array().unwrap() {
            let mut next = layer["offset"].as_u64().unwrap() * 8;
            for field in layer["fields"].as_array().unwrap() {
                let bit = field["offset"].as_u64().unwrap() * 8 + field["bit"].as_u64().unwrap();
                assert_eq!(bit, next, "{field}");
                next = bit + field["bits"].as_u64().unwrap();
                let raw = field["raw"].as_str().unwrap();
                // A field that begins within a byte shares it with the one before.
                bytes.push_str(if field["bit"] == 0 { raw } else { &raw[2..] });
            }
        }
        bytes.push_str(read["payload"]["hex"].as_str().unwrap());
        bytes.push_str(read["trailer"]["hex"].as_str().unwrap_or_default());
        assert_eq!(bytes, hex(&each.bytes), "{}", each.name);
    }
}

#[test]
fn a_link_type_that_is_not_read_has_all_its_bytes_in_the_payload() {
    let mut frame = sample("udp");
    frame.link = LinkType(147);
    let read = parsed(&frame);
    assert_eq!(read["link"]["name"], "link type 147");
    assert_eq!(read["payload"]["content"], "other_protocol");
    assert_eq!(read["payload"]["length"], read["captured"]);
}
