//! A packet as it is shown, whole.

use super::super::text_style::{CharacterSet, TextStyle, TimeFormat};
use super::super::view::ShownPacket;
use super::write;
use crate::frame::{Frame, Time};
use crate::wire::LinkType;
use crate::wire::digits::{hex, unhex};

/// A SYN on loopback.
const SYN: &str = "000000000000000000000000 0800 4500003c153b40004006277f7f0000017f000001 \
    ad0a2ee0b293c52f00000000a002ffd7fe300000 0204ffd7 0402 080a04c2967600000000 01 03030a";

fn shown(hex: &str, style: TextStyle) -> String {
    let time = Some(Time(1_772_600_767_123_456_789));
    let frame = Frame::new(time, LinkType::ETHERNET, unhex(hex));
    let packet = frame.decode();
    let mut output = Vec::new();
    let first = Time(1_772_600_767_000_000_000);
    let shown = ShownPacket {
        first: Some(first),
        ..ShownPacket::alone(1, &frame, &packet)
    };
    write(&mut output, &style, &shown).unwrap();
    String::from_utf8(output).unwrap()
}

#[test]
fn an_icmp_extension_is_a_table_of_its_own_behind_the_quotation() {
    let sample = super::super::samples::all();
    let sample = sample.iter().find(|sample| sample.name == "icmp_extension").unwrap();
    let shown = shown(&hex(&sample.bytes), UTC);
    assert!(shown.contains(" + ICMP extension 20\n"), "{shown}");
    let (_, behind) = shown.split_once("\nDATA (bytes 70-169) 100 bytes\n").unwrap();
    assert!(
        behind.contains("\nICMP EXTENSION (bytes 170-189) RFC 4884\n"),
        "{shown}"
    );
    assert!(
        behind.contains("\n 172  be 34        checksum         0xbe34 [ok]          covers the whole\n"),
        "{shown}"
    );
    assert!(!shown.contains("TRAILER"), "{shown}");
}

const UTC: TextStyle = TextStyle {
    time: TimeFormat::Utc,
    characters: CharacterSet::Ascii,
    ..TextStyle::PIPE
};

#[test]
fn a_syn_is_explained_byte_by_byte() {
    assert_eq!(
        shown(SYN, UTC),
        "\
Packet 1  SYN  127.0.0.1:44298 -> 127.0.0.1:12000  t=0.123457 s
2026-03-04 05:06:07.123456789 +00:00
74 bytes = Ethernet 14 + IPv4 20 + TCP 40 + data 0
Why: step 1 of 3 of the handshake: the client called connect()

byte  raw          field            value                meaning here
ETHERNET (bytes 0-13) IEEE 802.3
   0  00 x6        destination MAC  00:00:00:00:00:00    loopback: no MACs used
   6  00 x6        source MAC       00:00:00:00:00:00    loopback: no MACs used
  12  08 00        type             0x0800 IPv4          an IPv4 header follows
IPV4 (bytes 14-33) RFC 791
  14  4.           version          4                    tells IPv4 from IPv6
  14  .5           header length    5 words = 20 bytes   5 = no options
  15  00           DSCP, ECN        DSCP 0, ECN 0        no priority, no ECN
  16  00 3c        total length     60 bytes             20 IPv4 + 40 TCP
  18  15 3b        identification   0x153b               would group fragments;
                                                         with DF there are none
  20  010.....     flags            DF=1 MF=0            do not fragment
  20  40 00        fragment offset  0                    a whole datagram
  22  40           time to live     64                   Linux starts at 64: no
                                                         router passed
  23  06           protocol         6 TCP                a TCP header follows
  24  27 7f        header checksum  0x277f [ok]          covers this header only
  26  7f 00 00 01  source           127.0.0.1            this machine (loopback)
  30  7f 00 00 01  destination      127.0.0.1            this machine (loopback)
TCP (bytes 34-73) RFC 9293
  34  ad 0a        source port      44298                the client's: in the
                                                         range the kernel picks
                                                         from
  36  2e e0        dest. port       12000                the server's: it should
                                                         listen there
  38  b2 93 c5 2f  sequence number  2996028719 [rel 0]   start (ISN): by RFC
                                                         6528 a clock + a keyed
                                                         hash
  42  00 00 00 00  ack number       0 [unused]           ACK flag is off
  46  a.           data offset      10 words = 40 bytes  20 fixed + 20 of
                                                         options
  46  .0 02        reserved, flags  000 .......S.        SYN: asks to open
  48  ff d7        window           65495                bytes of free room; not
                                                         scaled in a SYN
  50  fe 30        checksum         0xfe30 [partial]     pseudo-header sum only,
                                                         which is enough inside
                                                         this machine; full sum
                                                         is 0x6118
  52  00 00        urgent pointer   0 [unused]           URG flag is off
  54  02 04 ff d7  opt 2 MSS        65495 bytes          65535 - 20 IPv4 - 20
                                                         TCP
  58  04 02        opt 4 SACK-perm  yes                  selective ACKs welcome
  60  08 0a ...    opt 8 times      val 79861366 echo 0  its clock; nothing to
                                                         echo yet
  70  01           opt 1 NOP        -                    aligns the next option
  71  03 03 0a     opt 3 WScale     shift 10             later windows x 1024
Expect next: SYN-ACK with ack number 2996028720 (this sequence number + 1);
RST-ACK if nothing listens

"
    );
}

#[test]
fn no_line_is_wider_than_asked() {
    for width in [60, 79, 80, 100, 110, 200] {
        let text = shown(SYN, TextStyle { width, ..UTC });
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn the_plain_style_draws_nothing() {
    let style = TextStyle {
        characters: CharacterSet::Plain,
        ..UTC
    };
    let text = shown(SYN, style);
    assert!(
        text.contains("Packet 1  SYN  127.0.0.1:44298 to 127.0.0.1:12000  t=0.123457 s\n"),
        "{text}"
    );
    assert!(
        text.contains("\nbyte 48: window: 65495. bytes of free room; not scaled in a SYN.\n"),
        "{text}"
    );
}

#[test]
fn colour_adds_nothing_but_colour() {
    let colored = shown(SYN, TextStyle { color: true, ..UTC });
    let mut without = String::new();
    let mut pieces = colored.split('\x1b');
    without.push_str(pieces.next().unwrap());
    for piece in pieces {
        without.push_str(piece.split_once('m').unwrap().1);
    }
    assert_eq!(without, shown(SYN, UTC));
    assert_ne!(colored, without);
}

#[test]
fn a_cut_packet_shows_what_is_there_and_what_is_missing() {
    let cut: String = SYN.split_whitespace().collect::<String>().chars().take(100).collect();
    let text = shown(&cut, UTC);
    assert!(text.contains("  48  ff d7        window"), "{text}");
    assert!(!text.contains("urgent pointer"), "{text}");
    assert!(text.contains("\nProblem: "), "{text}");
}

proptest::proptest! {
    #[test]
    fn no_bytes_bring_a_control_character_to_the_terminal(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        for characters in [CharacterSet::Ascii, CharacterSet::Plain] {
            let text = shown(&hex, TextStyle { characters, ..UTC });
            proptest::prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
