//! The four fixed tests of every header: decoded, encoded, cut, with a wrong length.

use super::samples::{FILE, Sample, samples};
use crate::wire::{Content, Expected, Field, Layer, Malformation, decode};

#[test]
fn every_packet_is_decoded_and_its_wrong_values_found_as_written() {
    let text = samples().iter().map(Sample::describe).collect::<Vec<_>>().join("\n");
    if std::env::var_os("SOCKET_LAB_UPDATE").is_some() {
        std::fs::write(
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/wire/tests/headers.txt"),
            &text,
        )
        .unwrap();
        return;
    }
    for (number, (made, written)) in text.lines().zip(FILE.lines()).enumerate() {
        assert_eq!(made, written, "line {} of headers.txt", number + 1);
    }
    assert_eq!(text.lines().count(), FILE.lines().count());
}

/// Every bit in exactly one field, in order; and parts fill their field likewise.
fn assert_covered(what: &str, start: usize, end: usize, fields: &[Field<'_>]) {
    let mut at = start;
    for field in fields {
        assert_eq!(
            field.bit(),
            at,
            "{what}: {} does not begin where the field before it ends",
            field.id()
        );
        at += field.bits();
        if !field.parts().is_empty() {
            assert_covered(what, field.bit(), at, field.parts());
        }
    }
    assert_eq!(at, end, "{what}: the last field does not end with the header");
}

/// Puts the fields' values back, bit by bit.
fn encode(fields: &[Field<'_>], bytes: &mut [u8]) {
    let mut put = |place: usize, bit: bool| bytes[place / 8] |= u8::from(bit) << (7 - place % 8);
    for field in fields {
        match field.number() {
            Some(number) => {
                let swapped = matches!(field.def().format, crate::wire::DisplayFormat::LittleEndian(_));
                let number = if swapped {
                    u64::from(u32::try_from(number).unwrap().swap_bytes())
                } else {
                    number
                };
                for index in 0..field.bits() {
                    put(field.bit() + index, number >> (field.bits() - 1 - index) & 1 == 1);
                }
            }
            None => {
                for index in 0..field.bits() {
                    put(
                        field.bit() + index,
                        field.raw()[(field.bit() % 8 + index) / 8] >> (7 - (field.bit() + index) % 8) & 1 == 1,
                    );
                }
            }
        }
    }
}

/// The fields at the ends: parts instead of what they are parts of.
fn leaves<'f, 'a>(fields: &'f [Field<'a>]) -> Vec<Field<'a>> {
    let leaf = |field: &'f Field<'a>| {
        if field.parts().is_empty() {
            vec![field.clone()]
        } else {
            leaves(field.parts())
        }
    };
    fields.iter().flat_map(leaf).collect()
}

#[test]
fn the_fields_cover_every_bit_and_encode_to_the_same_bytes() {
    for sample in samples() {
        let mut encoded = vec![0; sample.frame.len()];
        for layer in sample.packet().layers() {
            let (header, fields) = (layer.header(), layer.fields());
            let what = format!("{}, {}", sample.name, layer.protocol());
            assert_covered(&what, header.at * 8, header.end() * 8, &fields);
            encode(&leaves(&fields), &mut encoded);
            assert_eq!(encoded[header.at..header.end()], *header.bytes, "{what}");
        }
    }
}

#[test]
fn a_cut_packet_keeps_what_is_there_and_says_where_it_ends() {
    for sample in samples()
        .iter()
        .filter(|sample| sample.packet().malformations().is_empty())
    {
        let whole = sample.packet();
        let length = u32::try_from(sample.frame.len()).unwrap();
        for end in 0..sample.frame.len() {
            let packet = decode(sample.link, &sample.frame[..end], length);
            let what = format!("{} cut at {end}", sample.name);
            let kept = whole.layers().iter().take_while(|layer| layer.header().end() <= end);
            for (kept, layer) in kept.zip(packet.layers()) {
                assert_eq!(
                    (kept.protocol(), kept.header()),
                    (layer.protocol(), layer.header()),
                    "{what}"
                );
            }
            if matches!(packet.content(), Content::Link(_)) {
                continue;
            }
            for layer in packet.layers() {
                assert_covered(&what, layer.header().at * 8, layer.header().end() * 8, &layer.fields());
            }
            let said = packet.malformations().iter().filter(|problem| problem.cut).count();
            assert_eq!(said, 1, "{what}: {:?}", packet.malformations());
            assert!(
                packet.malformations().iter().all(|problem| problem.cut),
                "{what}: {:?}",
                packet.malformations()
            );
            let place = packet.malformations()[0].byte;
            let broken = packet
                .layers()
                .last()
                .map(Layer::header)
                .filter(|header| header.end() == end);
            assert!(
                place == end || broken.is_some_and(|header| header.at == place),
                "{what}: {place}"
            );
        }
    }
}

#[test]
fn a_frame_that_ends_early_without_being_cut_is_malformed() {
    for sample in samples()
        .iter()
        .filter(|sample| sample.packet().malformations().is_empty())
    {
        let whole = sample.packet();
        let data = whole.payload().at;
        for end in 1..data.min(sample.frame.len()) {
            // A quotation may end anywhere, and a header may end just where its packet does.
            let quoted = whole
                .layers()
                .iter()
                .any(|layer| layer.is_quoted() && layer.header().at <= end);
            let whole_headers = whole.layers().iter().any(|layer| layer.header().end() == end);
            let packet = decode(sample.link, &sample.frame[..end], 0);
            if quoted || whole_headers {
                continue;
            }
            assert!(
                !packet.malformations().is_empty(),
                "{} without the bytes from {end}",
                sample.name
            );
            assert!(packet.malformations().iter().all(|problem| !problem.cut));
        }
    }
}

#[test]
fn a_problem_reads_as_a_sentence() {
    let sample = super::samples::sample("TCP: SYN");
    let packet = decode(sample.link, &sample.frame[..40], 74);
    let problem = packet.malformations()[0];
    let Malformation {
        expected, found, cut, ..
    } = problem;
    assert_eq!((expected, found, cut), (Expected::Header(20), 6, true));
    assert_eq!(
        problem.to_string(),
        "TCP at byte 34: the header needs 20 bytes, 6 are there (cut by the capture)"
    );
}
