//! `--explain FIELD`.

use std::collections::BTreeSet;

use socket_lab::explain::purpose::{is_wiresharks, lookup};
use socket_lab::render::explained;
use socket_lab::render::text_style::{CharacterSet, TextStyle};
use socket_lab::wire::{FieldDef, catalog};

use super::stage::{capture, in_fragments, ipv4, sniffer};

use crate::support::{Tool, need, tool};

const TCP: &str = "tests/answers/tcp.pcap";

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_bit_is_placed_drawn_and_shown_in_the_capture() {
    let ended = sniffer(&["--explain", "tcp.flags.syn", "-r", TCP]);
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""));
    // SYN is bit 110 of the header: byte 13, the seventh bit from the left; in row 12 that is bit 14, at column 9 + 2 * 14.
    let row = ended.output.lines().find(|line| line.starts_with("     12 |")).unwrap();
    assert_eq!(row.find('#'), Some(9 + 28), "{row}");
    assert_eq!(row.matches('#').count(), 1);
    let said = words(&ended.output);
    for part in [
        "SYN (tcp.flags.syn)",
        "byte 13, bit 6 (mask 0x02)",
        "RFC 9293 section 3.5",
        "Wireshark calls it tcp.flags.syn",
        // The low byte of the flags stands at 34 + 13 = 47.
        "#1 byte 47: 02, value 1",
        "#3 byte 47: 10, value 0",
    ] {
        assert!(said.contains(part), "no {part:?} in {}", ended.output);
    }
}

#[test]
fn in_few_columns_the_drawing_has_16_bits_a_row() {
    // Byte 13 is the second of row 12, whose bits are 0 to 15: SYN is bit 14 of it.
    let ended = sniffer(&["--explain", "tcp.flags.syn", "--width", "60"]);
    let row = ended.output.lines().find(|line| line.starts_with("     12 |")).unwrap();
    assert_eq!(row, "     12 |       |     | | | | | | | |#| |");
}

#[test]
fn the_meaning_is_that_of_the_conversation() {
    let said = words(&sniffer(&["--explain", "window", "-r", TCP]).output);
    assert!(
        said.contains("#1 bytes 48-49: ff d7, value 65495; bytes of free room; not scaled in a SYN"),
        "{said}"
    );
    assert!(
        said.contains("#3 bytes 48-49: 00 40, value 64; 64 x 1024 = 65536 bytes"),
        "{said}"
    );
    let said = words(&sniffer(&["--explain", "sequence number", "-r", TCP, "src port 40713"]).output);
    assert!(
        said.contains("#2 bytes 38-41: bb 0e 20 c7, value 3138265287 [rel 0]"),
        "{said}"
    );
    assert!(!said.contains("#1 "), "the filter holds: {said}");
}

/// What follows the title of the examples.
fn examples(field: &str, frames: &[Vec<u8>]) -> String {
    let file = capture(frames);
    let said = words(&sniffer(&["--explain", field, "-r", file.path().to_str().unwrap()]).output);
    said.split_once("have it:")
        .or(said.split_once("has it:"))
        .unwrap()
        .1
        .trim()
        .to_owned()
}

/// An ICMP error with an extension behind its quotation: RFC 4884 section 7. It begins at byte 20 + 8 + 128 = 156.
fn with_extension() -> Vec<u8> {
    let mut message = vec![11, 0, 0, 0, 0, 32, 0, 0];
    message.extend(ipv4(17, 0, &[0; 108]));
    let start = message.len();
    message.extend([0x20, 0, 0, 0]);
    // An object of 4 + 100 bytes.
    message.extend([0, 104, 9, 1]);
    message.extend(0..100);
    // RFC 1071: the complement of the sum, in which a carry comes back at the low end.
    let sum: u32 = message[start..]
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]))
        .sum();
    let sum = u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap();
    message[start + 2..start + 4].copy_from_slice(&(!sum).to_be_bytes());
    ipv4(1, 0, &message)
}

#[test]
fn an_extension_behind_an_error_is_shown_with_verdict_and_meaning() {
    let said = examples("icmp.ext.checksum", &[with_extension()]);
    assert!(said.starts_with("#1 bytes 158-159: "), "{said}");
    assert!(said.ends_with(" [ok]; covers the whole extension"), "{said}");
    let said = examples("icmp.ext.data", &[with_extension()]);
    assert!(
        said.starts_with("#1 bytes 164-263: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f ..., value 00 01"),
        "{said}"
    );
}

#[test]
fn of_a_datagram_in_fragments_each_field_is_shown_where_it_stands() {
    assert_eq!(
        examples("udp.length", &in_fragments()),
        "#1 bytes 24-25: 00 48, value 72 bytes; 8 header + 64 data, over all fragments"
    );
    // Of IP what was sent, and not what putting together made of it: 20 + 48 and 20 + 24 bytes.
    let said = examples("ip.len", &in_fragments());
    assert!(
        said.contains("#1 bytes 2-3: 00 44") && said.contains("#2 bytes 2-3: 00 2c") && !said.contains("00 5c"),
        "{said}"
    );
    // Of a TCP header of which the first fragment has 8 bytes only the datagram has the rest.
    let mut segment = [40_000_u16, 9_000, 0, 100, 0, 0, 0x5002, 1024, 0, 0]
        .map(u16::to_be_bytes)
        .concat();
    segment.extend([b'a'; 4]);
    let (first, second) = segment.split_at(8);
    assert_eq!(
        examples("tcp.window_size_value", &[ipv4(6, 0x2000, first), ipv4(6, 1, second)]),
        "#2 bytes 34-35: 04 00, value 1024 [bytes counted in the datagram put together]; bytes of free room; not scaled in a SYN"
    );
}

#[test]
fn what_is_no_option_is_not_called_one() {
    for (name, place) in [
        (
            "arp.src.hw",
            "Place ARP header (any other pair of addresses): after what comes",
        ),
        (
            "icmp.ext.class",
            "Place ICMP object of the extension behind an error's quotation: byte 2 of the object;",
        ),
        (
            "icmp.ext.checksum",
            "Place ICMP extension behind an error's quotation: bytes 2-3 of the extension;",
        ),
        (
            "tcp.options.mss_val",
            "Place TCP option (maximum segment size): bytes 2-3 of the option;",
        ),
        ("tcp.options.sack_le", "Place TCP option (SACK): after what comes"),
        (
            "tcp.options.padding",
            "Place TCP header (options that cannot be read): after what comes",
        ),
    ] {
        let said = words(&sniffer(&["--explain", name]).output);
        assert!(said.contains(place), "{name}: {said}");
    }
}

#[test]
fn of_several_fields_the_one_that_the_capture_has_comes_first() {
    let first = |more: &[&str]| {
        let ended = sniffer(&[&["--explain", "source port"], more].concat());
        ended.output.lines().next().unwrap().to_owned()
    };
    assert_eq!(first(&[]), "source port (tcp.srcport)");
    assert_eq!(first(&["-r", "tests/answers/udp.pcap"]), "source port (udp.srcport)");
}

#[test]
fn an_unknown_name_is_one_line_with_the_nearest() {
    let ended = sniffer(&["--explain", "tcp.flags.sin\u{1b}[2J\n"]);
    assert_eq!((ended.code, ended.output.as_str()), (Some(2), ""));
    assert_eq!(ended.errors.lines().count(), 1, "{}", ended.errors);
    assert!(ended.errors.contains("near to it: tcp.flags."), "{}", ended.errors);
    assert!(!ended.errors.contains('\u{1b}'));
}

#[test]
fn what_no_header_has_is_said_in_one_line() {
    for (name, part) in [
        ("tcp.len", "no header has"),
        ("options", "a field of its own"),
        ("", "such as window"),
        ("zzz", "--explain list names all"),
    ] {
        let ended = sniffer(&["--explain", name]);
        assert_eq!((ended.code, ended.output.as_str()), (Some(2), ""), "{name}");
        assert_eq!(ended.errors.lines().count(), 1, "{}", ended.errors);
        assert!(ended.errors.contains(part), "{}", ended.errors);
    }
}

/// Looks for each name of the table, and of the parts of its fields, among those that Wireshark knows.
fn check(table: &'static [FieldDef], known: &BTreeSet<&str>, checked: &mut usize, wrong: &mut BTreeSet<&'static str>) {
    for def in table {
        if known.contains(def.id) != is_wiresharks(def.id) {
            wrong.insert(def.id);
        }
        *checked += 1;
        check(def.parts, known, checked, wrong);
    }
}

/// Wireshark knows the names that are said to be its own.
#[test]
fn every_filter_name_is_one_that_wireshark_has() {
    if !need(Tool::Tshark) {
        return;
    }
    let output = tool(Tool::Tshark).args(["-G", "fields"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let known: BTreeSet<&str> = text.lines().filter_map(|line| line.split('\t').nth(2)).collect();
    assert!(known.len() > 10_000);
    let (mut checked, mut wrong) = (0, BTreeSet::new());
    for field_table in catalog() {
        check(field_table.table, &known, &mut checked, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(checked > 300, "{checked}");
}

#[test]
fn every_field_has_a_page_in_every_style_that_fits_its_columns() {
    let mut seen = 0;
    for field_table in catalog() {
        for def in field_table.table {
            let entries = lookup(def.id);
            let (entry, others) = entries
                .split_first()
                .unwrap_or_else(|| panic!("{} is not found", def.id));
            assert_eq!(entry.def.id, def.id);
            for (characters, width) in [
                (CharacterSet::Unicode, 80),
                (CharacterSet::Ascii, 72),
                (CharacterSet::Unicode, 60),
                (CharacterSet::Plain, 60),
            ] {
                let style = TextStyle {
                    characters,
                    width,
                    ..TextStyle::PIPE
                };
                let mut page = Vec::new();
                explained::write(&mut page, &style, entry, others, None, None).unwrap();
                let page = String::from_utf8(page).unwrap();
                assert!(page.lines().all(|line| line.chars().count() <= width), "{page}");
                assert!(page.contains(def.id) && page.contains("Source"), "{page}");
                seen += 1;
            }
        }
    }
    assert!(seen > 500, "{seen}");
}
