//! Where a ladder shows what a packet carries, and the ports of a datagram.

use super::super::{Ladder, LadderRow, RowKind, plain};
use super::{
    Datagram, DatagramPart, Detail, PacketKind, Party, SegmentPart, Time, at, drawn, ladder_of, seen, segment,
};
use crate::flow::conversation::Opening;
use crate::render::text_style::CharacterSet::{self, Ascii, Unicode};
use crate::timeline::{PacketRef, PayloadStart};
use crate::wire::tcp::Flags;

/// Texts that could break a picture, and one that could not.
const TEXTS: [&str; 8] = [
    "sockets are doors\n",
    "a line that is longer than what is kept of it\n",
    "\"]; <script>alert(1)</script>",
    "%%{init: {}}%%",
    "a\u{202e}b\u{200b}c",
    "套接字是门，套接字是门",
    "e\u{301}e\u{301} 👍 שלום",
    "\\\\\"\"\t\r\n\\\\\"\"\t\r\n\\\\\"\"\t\r\n",
];

/// A segment from the client with this payload, as the capture has it.
fn tcp(payload: &[u8]) -> Ladder {
    let length = payload.len() as u64;
    let bytes = Some((1, i64::try_from(length).unwrap()));
    let sent = PacketRef {
        flags: Some(Flags(Flags::PSH.0 | Flags::ACK.0)),
        payload_start: PayloadStart::of(payload, length),
        ..at(1, 0, Party::Client, segment(SegmentPart::Data, bytes))
    };
    ladder_of(&[sent], Opening::Complete, Detail::Full)
}

/// A datagram with this payload, and another one back.
fn udp(payload: &[u8]) -> Ladder {
    let sent = |number, sender| {
        let kind = PacketKind::Datagram(Datagram {
            length: payload.len(),
            part: DatagramPart::Unasked,
        });
        PacketRef {
            payload_start: PayloadStart::of(payload, payload.len() as u64),
            ..seen(number, Some(Time(0)), sender, kind)
        }
    };
    let packets = [sent(1, Party::Client), sent(2, Party::Server)];
    ladder_of(&packets, Opening::Complete, Detail::Full)
}

/// The line of the first packet and those below it, without number, time and what is right of the lifelines.
fn arrow(ladder: &Ladder, characters: CharacterSet, width: usize) -> Vec<String> {
    let output = drawn(ladder, characters, width);
    let bar = if characters == Ascii { '|' } else { '│' };
    let lines = output.lines().skip_while(|line| !line.starts_with("1 "));
    let lines = lines.take_while(|line| line.contains(bar) && !line.starts_with("2 "));
    lines
        .map(|line| line.split(bar).nth(1).unwrap().trim_end().to_owned())
        .collect()
}

fn sentence(ladder: &Ladder) -> String {
    let is_packet = |row: &&LadderRow| matches!(row.kind, RowKind::Packet(_));
    plain::sentence(ladder.rows.iter().find(is_packet).unwrap())
}

#[test]
fn a_line_stands_below_its_arrow_or_where_there_is_room_on_it() {
    let ladder = tcp(b"sockets are doors\n");
    let lines = |width| arrow(&ladder, Unicode, width);
    assert_eq!(lines(60), ["═ PSH-ACK len=18 ═→", r#""sockets are door"…"#]);
    assert_eq!(lines(80), ["══ PSH-ACK seq=1 len=18 ══→", r#" "sockets are doors\n""#]);
    assert_eq!(lines(120), ["══ PSH-ACK seq=1 len=18 ══→", r#" "sockets are doors\n""#]);
    assert_eq!(
        lines(200),
        [r#"══ "sockets are doors\n" PSH-ACK seq=1 len=18 ═════════→"#]
    );
    assert_eq!(
        sentence(&ladder),
        r#"After 0.000 ms: packet 1, client to server: PSH-ACK seq=1 len=18, text "sockets are doors\n"."#
    );
}

#[test]
fn a_long_payload_goes_on_in_both_sets_of_characters() {
    let ladder = tcp(b"abcdefghijklmnopqrstuvwxyz");
    assert_eq!(arrow(&ladder, Unicode, 80)[1], "\"abcdefghijklmnopqrstuvwx\"…");
    assert_eq!(arrow(&ladder, Ascii, 80)[1], "\"abcdefghijklmnopqrstuv\"...");
    assert!(sentence(&ladder).ends_with("len=26, text \"abcdefghijklmnopqrstuvwx\"…."));
}

#[test]
fn bytes_that_are_not_text_are_counted_only() {
    for payload in [&b"\x1b[31mred"[..], b"ok\0\0", b"\xff\xfe"] {
        for width in [60, 80, 120, 200] {
            let lines = arrow(&tcp(payload), Unicode, width);
            assert!(lines.len() == 1 && !lines[0].contains('"'), "{lines:?}");
            assert!(lines[0].contains("len="), "{lines:?}");
        }
        assert!(!sentence(&tcp(payload)).contains("text"));
    }
}

#[test]
fn every_arrow_of_udp_has_its_ports() {
    let ladder = udp(b"udp is lazy");
    let lines = |width| arrow(&ladder, Unicode, width);
    assert_eq!(lines(60), ["══ 11 bytes ══════→", r#" "udp is lazy""#, "[40000→12000]"]);
    assert_eq!(lines(80), ["══ 40000 → 12000 len=11 ══→", r#" "udp is lazy""#]);
    assert_eq!(
        lines(200),
        [r#"══ "udp is lazy" UDP 40000 → 12000 len=11 ═════════════→"#]
    );
    assert_eq!(arrow(&ladder, Ascii, 80)[0], "== 40000 -> 12000 len=11 =>");
    let back = drawn(&ladder, Ascii, 80);
    assert!(back.contains("|<== 12000 -> 40000 len=11 =|"), "{back}");
    let said = "UDP from port 40000 to port 12000, 11 bytes, text \"udp is lazy\".";
    assert!(sentence(&ladder).ends_with(said), "{}", sentence(&ladder));
    // Without data there is no quotation, and the ports are there all the same.
    assert_eq!(arrow(&udp(b""), Unicode, 80), ["══ 40000 → 12000 len=0 ═══→"]);
}

/// Whatever a payload has: both lifelines stand in their columns, nothing is wider than asked for, and nothing is hidden.
#[test]
fn no_text_moves_a_lifeline() {
    for text in TEXTS {
        for ladder in [tcp(text.as_bytes()), udp(text.as_bytes())] {
            for (characters, bar) in [(Unicode, '│'), (Ascii, '|')] {
                for width in [60, 80, 120, 200] {
                    let output = drawn(&ladder, characters, width);
                    let bars = |line: &str| -> Vec<usize> {
                        let places = line.chars().enumerate().filter(|(_, one)| *one == bar);
                        places.map(|(place, _)| place).collect()
                    };
                    let rows: Vec<Vec<usize>> = output.lines().map(bars).filter(|bars| !bars.is_empty()).collect();
                    assert!(rows.len() > 1 && rows.iter().all(|bars| *bars == rows[0]), "{output}");
                    assert!(output.lines().all(|line| line.chars().count() <= width), "{output}");
                    assert!(output.contains('"'), "{output}");
                    // No character but those that are one column wide.
                    let odd = |one: char| one != '\n' && (one.is_control() || one > '\u{2fff}' || one == '\u{301}');
                    assert!(!output.contains(odd) && !output.contains('\u{202e}'), "{output}");
                }
            }
            assert!(!sentence(&ladder).contains(['\n', '\t', '\u{202e}', '\u{200b}']));
        }
    }
}
