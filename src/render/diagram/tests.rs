//! Real packets drawn as kept in `golden/`; any packet drawn without harm.

use std::path::Path;

use proptest::prelude::*;

use super::super::look::{Look, Style, TimeForm};
use super::super::samples::{self, Sample};
use super::cell::cells;
use super::{WIDTH, write};
use crate::explain::{Context, icmp_extension};
use crate::frame::{Frame, Time};
use crate::wire::{LinkType, decode};

const STYLES: [(Style, &str); 3] = [
    (Style::Unicode, "unicode"),
    (Style::Ascii, "ascii"),
    (Style::Plain, "plain"),
];

fn drawn(link: LinkType, bytes: &[u8], length: u32, style: Style) -> String {
    let frame = Frame {
        time: Some(Time(1_772_600_767_123_456_789)),
        link,
        interface: 0,
        direction: None,
        original_length: length,
        bytes: bytes.into(),
        comments: Vec::new(),
    };
    let look = Look {
        style,
        time: TimeForm::Utc,
        ..Look::PIPE
    };
    let packet = decode(link, bytes, length);
    let first = Time(1_772_600_767_000_000_000);
    let mut out = Vec::new();
    write(&mut out, &look, 1, &frame, &packet, first, None).unwrap();
    String::from_utf8(out).unwrap()
}

fn sample(sample: &Sample, style: Style) -> String {
    drawn(sample.link, &sample.bytes, sample.length, style)
}

/// `SOCKET_LAB_UPDATE=1 cargo test diagram` writes the files anew; then look at every difference.
#[test]
fn real_packets_look_as_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render/golden");
    for each in samples::all() {
        for (style, name) in STYLES {
            let file = folder.join(format!("{}.{name}.txt", each.name));
            let now = sample(&each, style);
            if std::env::var_os("SOCKET_LAB_UPDATE").is_some() {
                std::fs::write(&file, &now).unwrap();
            }
            let kept = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(now == kept, "{} is not as kept:\n{now}", file.display());
        }
    }
}

#[test]
fn the_row_of_the_flags_reads_downwards() {
    let syn = samples::all().into_iter().find(|each| each.name == "syn").unwrap();
    let drawing = sample(&syn, Style::Ascii);
    let lines: Vec<&str> = drawing.lines().collect();
    let values = lines.iter().position(|line| line.starts_with("   46|")).unwrap();
    let column = |column: usize| -> String {
        (values - 3..=values)
            .map(|line| &lines[line][column..=column])
            .collect()
    };
    // Bit 14 of the row is SYN: five columns of margin, one of border, two a bit.
    assert_eq!(column(5 + 1 + 2 * 14), "SYN1");
    assert_eq!(column(5 + 1 + 2 * 8), "CWR0");
}

#[test]
fn what_is_cut_or_lies_is_said_under_its_header() {
    let find = |name: &str| samples::all().into_iter().find(|each| each.name == name).unwrap();
    let cut = sample(&find("syn_cut"), Style::Unicode);
    assert!(cut.contains("TCP (bytes 34-59)"), "{cut}");
    assert!(cut.contains("\nProblem: TCP at byte 34: "), "{cut}");
    let lying = sample(&find("syn_lying_option"), Style::Unicode);
    assert!(lying.contains("tcp.option_len says 200 bytes"), "{lying}");
    let quoted = sample(&find("icmp_port_unreachable"), Style::Unicode);
    assert!(
        quoted.contains("UDP (bytes 62-69), quoted in the ICMP message"),
        "{quoted}"
    );
}

/// Every bit of every header is in exactly one cell, and exactly one box: two columns for each.
fn each_bit_is_drawn_once(link: LinkType, bytes: &[u8], length: u32) {
    let packet = decode(link, bytes, length);
    let headers = packet.layers().iter().enumerate().map(|(index, layer)| {
        let context = Context::new(&packet, index, None).unwrap();
        (context, layer.header(), layer.fields())
    });
    let extension = icmp_extension(&packet, None).map(|(context, fields)| (context, packet.trailer(), fields));
    let mut bits = 0;
    for (context, header, fields) in headers.chain(extension) {
        let mut next = 0;
        for cell in cells(context, header, &fields) {
            assert_eq!(cell.bit, next, "{cell:?}");
            assert!(cell.bits > 0 && !cell.values.is_empty(), "{cell:?}");
            next += cell.bits;
        }
        assert_eq!(next, header.bytes.len() * 8);
        bits += next;
    }
    let drawing = drawn(link, bytes, length, Style::Ascii);
    let rows = drawing.lines().filter_map(|line| {
        let (place, boxes) = line.split_once('|')?;
        place.trim().parse::<usize>().is_ok().then_some(boxes)
    });
    let mut drawn = 0;
    for row in rows {
        let (boxes, hex) = row.rsplit_once('|').unwrap();
        let bits: usize = boxes.split('|').map(|text| text.len().div_ceil(2)).sum();
        let digits = hex.chars().filter(char::is_ascii_hexdigit).count();
        assert_eq!(bits, digits * 4, "{row}");
        drawn += bits;
    }
    assert_eq!(drawn, bits, "{drawing}");
}

/// No line over 80 columns, nothing that a terminal would obey.
fn is_harmless(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= WIDTH, "{line}");
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}

#[test]
fn samples_are_drawn_whole_and_harmless() {
    for each in samples::all() {
        each_bit_is_drawn_once(each.link, &each.bytes, each.length);
        for (style, _) in STYLES {
            is_harmless(&sample(&each, style));
        }
    }
}

/// Lines down stand where the ruler has its spaces, between two bits.
#[test]
fn boxes_are_closed() {
    for each in samples::all() {
        let drawing = sample(&each, Style::Unicode);
        for line in drawing.lines().filter(|line| line.contains('│')) {
            let columns: Vec<char> = line.chars().collect();
            assert!("│├┌└".contains(columns[5]), "{line}");
            let last = columns.iter().rposition(|&column| column == '│').unwrap();
            assert_eq!((last - 5) % 2, 0, "{line}");
            assert!(last <= 69, "{line}");
        }
    }
}

fn any_link() -> impl Strategy<Value = LinkType> {
    prop::sample::select(vec![
        LinkType::ETHERNET,
        LinkType::NULL,
        LinkType::RAW,
        LinkType::LINUX_SLL,
        LinkType::LINUX_SLL2,
        LinkType(147),
    ])
}

proptest! {
    #[test]
    fn any_bytes_are_drawn_whole_and_harmless(
        link in any_link(),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        more in 0..100_u32,
    ) {
        let length = u32::try_from(bytes.len()).unwrap() + more;
        each_bit_is_drawn_once(link, &bytes, length);
        for (style, _) in STYLES {
            is_harmless(&drawn(link, &bytes, length, style));
        }
    }

    /// Nearly right packets reach further into the decoders than random bytes do.
    #[test]
    fn damaged_samples_are_drawn_whole_and_harmless(
        which in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        kept in any::<prop::sample::Index>(),
    ) {
        let samples = samples::all();
        let chosen = which.get(&samples);
        let mut bytes = chosen.bytes.clone();
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        bytes.truncate(kept.index(bytes.len()) + 1);
        each_bit_is_drawn_once(chosen.link, &bytes, chosen.length);
        for (style, _) in STYLES {
            is_harmless(&drawn(chosen.link, &bytes, chosen.length, style));
        }
    }
}
