//! Real packets drawn as kept in `golden/`; any packet drawn without harm.

use std::path::Path;

use proptest::prelude::*;

use super::super::samples::{self, Sample};
use super::super::text_style::{CharacterSet, TextStyle, TimeFormat};
use super::super::view::ShownPacket;
use super::cell::cells;
use super::{WIDTH, write};
use crate::explain::{Context, icmp_extension};
use crate::frame::{Frame, Time};
use crate::wire::{LinkType, decode};

const STYLES: [(CharacterSet, &str); 3] = [
    (CharacterSet::Unicode, "unicode"),
    (CharacterSet::Ascii, "ascii"),
    (CharacterSet::Plain, "plain"),
];

/// Wide enough for rows of 32 bits with their bytes, without them, and for rows of 16 only.
const WIDTHS: [usize; 3] = [WIDTH, 70, 60];

fn drawn(link: LinkType, bytes: &[u8], length: u32, characters: CharacterSet, width: usize) -> String {
    let frame = Frame {
        original_length: length,
        ..Frame::new(Some(Time(1_772_600_767_123_456_789)), link, bytes)
    };
    let style = TextStyle {
        characters,
        width,
        time: TimeFormat::Utc,
        ..TextStyle::PIPE
    };
    let packet = decode(link, bytes, length);
    let first = Time(1_772_600_767_000_000_000);
    let mut out = Vec::new();
    let shown = ShownPacket {
        first: Some(first),
        ..ShownPacket::alone(1, &frame, &packet)
    };
    write(&mut out, &style, &shown).unwrap();
    String::from_utf8(out).unwrap()
}

fn sample(sample: &Sample, characters: CharacterSet) -> String {
    drawn(sample.link, &sample.bytes, sample.length, characters, WIDTH)
}

/// `SOCKET_LAB_UPDATE=1 cargo test diagram` writes the files again; then look at every difference.
#[test]
fn real_packets_look_as_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render/golden");
    for each in samples::all() {
        for (characters, name) in STYLES {
            let file = folder.join(format!("{}.{name}.txt", each.name));
            let now = sample(&each, characters);
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
    let drawing = sample(&syn, CharacterSet::Ascii);
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

/// Where 32 bits have no room, a row has 16, and a value that is longer than a row is broken.
#[test]
fn in_few_columns_a_row_has_16_bits() {
    let find = |name: &str| samples::all().into_iter().find(|each| each.name == name).unwrap();
    let Sample {
        link, bytes, length, ..
    } = find("syn");
    let drawing = drawn(link, &bytes, length, CharacterSet::Ascii, 69);
    let row = |place: &str| drawing.lines().find(|line| line.starts_with(place)).unwrap().to_owned();
    // The flags are 16 bits at byte 34 + 12; SYN is the last but one.
    assert!(row("   46|").ends_with("|1|0| a002"), "{drawing}");
    assert!(
        drawing.contains("\n      0                   1\n      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5\n"),
        "{drawing}"
    );
    // RFC 791: an address goes over two rows.
    assert!(
        row("   26|").contains("source address: 127.0.0.1")
            && row("   28|").contains("|                               |"),
        "{drawing}"
    );
    let mut long = find("udp_over_ipv6").bytes;
    let address = [
        0x20, 0x01, 0x0d, 0xb8, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x12, 0x34, 0x56, 0x78,
    ];
    long[22..38].copy_from_slice(&address);
    let length = u32::try_from(long.len()).unwrap();
    let drawing = drawn(LinkType::ETHERNET, &long, length, CharacterSet::Ascii, 60);
    let shown: String = drawing.chars().filter(|one| !one.is_whitespace()).collect();
    assert!(
        shown.contains("|2001:db8:1234:5678:9abc:def0:12|") && shown.contains("34:5678|"),
        "{drawing}"
    );
}

#[test]
fn what_is_cut_or_malformed_is_said_under_its_header() {
    let find = |name: &str| samples::all().into_iter().find(|each| each.name == name).unwrap();
    let cut = sample(&find("syn_cut"), CharacterSet::Unicode);
    assert!(cut.contains("TCP (bytes 34-59)"), "{cut}");
    assert!(cut.contains("\nProblem: TCP at byte 34: "), "{cut}");
    let malformed = sample(&find("syn_lying_option"), CharacterSet::Unicode);
    assert!(malformed.contains("tcp.option_len says 200 bytes"), "{malformed}");
    let quoted = sample(&find("icmp_port_unreachable"), CharacterSet::Unicode);
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
    for width in WIDTHS {
        let drawing = drawn(link, bytes, length, CharacterSet::Ascii, width);
        assert_eq!(bits_in(&drawing, width != 70), bits, "{drawing}");
    }
}

/// The bits of all boxes, which are those of the bytes beside them where there are any.
fn bits_in(drawing: &str, has_bytes: bool) -> usize {
    let rows = drawing.lines().filter_map(|line| {
        let (place, boxes) = line.split_once('|')?;
        place.trim().parse::<usize>().is_ok().then_some(boxes)
    });
    let mut drawn = 0;
    for row in rows {
        let (boxes, hex) = row.rsplit_once('|').unwrap();
        let bits: usize = boxes.split('|').map(|text| text.len().div_ceil(2)).sum();
        let digits = hex.chars().filter(char::is_ascii_hexdigit).count();
        assert_eq!(digits * 4, if has_bytes { bits } else { 0 }, "{row}");
        drawn += bits;
    }
    drawn
}

/// No line over the columns that there are, nothing that a terminal would obey.
fn is_harmless(link: LinkType, bytes: &[u8], length: u32) {
    for (characters, _) in STYLES {
        for width in WIDTHS {
            for line in drawn(link, bytes, length, characters, width).lines() {
                assert!(line.chars().count() <= width, "{line}");
                assert!(!line.chars().any(char::is_control), "{line:?}");
            }
        }
    }
}

#[test]
fn samples_are_drawn_whole_and_harmless() {
    for each in samples::all() {
        each_bit_is_drawn_once(each.link, &each.bytes, each.length);
        is_harmless(each.link, &each.bytes, each.length);
    }
}

/// Lines down stand where the ruler has its spaces, between two bits.
#[test]
fn boxes_are_closed() {
    for each in samples::all() {
        let drawing = sample(&each, CharacterSet::Unicode);
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
        is_harmless(link, &bytes, length);
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
        is_harmless(chosen.link, &bytes, chosen.length);
    }
}
