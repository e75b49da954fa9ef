//! What fields mean in a conversation, and what comes next.

use super::{NOTICE, PUSH, SYN, in_flow, known, packet, push, stays};
use crate::explain::packet::{StateStyle, expectation, reason, states, tags};
use crate::explain::{Context, meaning, note};
use crate::flow::datagram::{Candidates, Datagram, DatagramPart, Evidence, Reply};
use crate::flow::number::{ByteRange, Number, Sequence};
use crate::flow::segment::{Acknowledged, Segment, SegmentPart};
use crate::flow::state::{Change, ObservedState, State};
use crate::flow::{PacketInFlow, PacketKind};
use crate::wire::Packet;
use crate::wire::digits::unhex;

/// The meaning and the note of a field of the TCP header.
pub(super) fn note_and_meaning(packet: &Packet<'_>, in_flow: &PacketInFlow, id: &str) -> (String, String) {
    for (index, layer) in packet.layers().iter().enumerate() {
        let context = Context::new(packet, index, Some(in_flow)).unwrap();
        if let Some(field) = layer.fields().iter().find(|field| field.id() == id) {
            let note = note(context, field).unwrap_or_default().into_owned();
            return (note, meaning(context, field).unwrap_or_default().into_owned());
        }
    }
    panic!("no field {id}");
}

#[test]
fn each_number_tells_where_it_comes_from() {
    let bytes = unhex(PUSH);
    let packet = packet(&bytes);
    let with = |segment: Segment| in_flow(PacketKind::Segment(segment));
    let in_flow = with(Segment {
        acknowledges: Acknowledged {
            bytes: Some(ByteRange { first: 1, last: 12 }),
            packet: Some(3),
            ..Acknowledged::default()
        },
        acknowledgment: Some(Number {
            raw: Sequence(3_890_940_510),
            relative: 13,
        }),
        echoes: Some(3),
        ..push()
    });
    let cases = [
        ("tcp.srcport", "", "the client's: in the range the kernel picks from"),
        ("tcp.dstport", "", "the server's: it listens there"),
        (
            "tcp.seq_raw",
            "[rel 1]",
            "client's ISN 254465401 + 1: its SYN counted as one",
        ),
        (
            "tcp.ack_raw",
            "[rel 13]",
            "3890940498 + 12: bytes 1 to 12 have arrived (up to packet 3)",
        ),
        (
            "tcp.window_size_value",
            "",
            "64 x 1024 = 65536 bytes of free room: shift 10 from the client's SYN",
        ),
        ("tcp.options.timestamp", "", "the client's clock; echo: packet 3's"),
        ("ip.src", "", "client: this machine (loopback)"),
        ("ip.dst", "", "server: this machine (loopback)"),
    ];
    for (id, note, meaning) in cases {
        assert_eq!(
            note_and_meaning(&packet, &in_flow, id),
            (note.into(), meaning.into()),
            "{id}"
        );
    }
    let later = Number {
        raw: Sequence(5),
        relative: 4_294_967_300,
    };
    let wrapped = with(Segment {
        sequence: later,
        own_start: Some(Sequence(1)),
        data: Some(ByteRange {
            first: 4_294_967_300,
            last: 4_294_967_305,
        }),
        ..push()
    });
    assert_eq!(
        note_and_meaning(&packet, &wrapped, "tcp.seq_raw").1,
        "client's ISN 1 + 4294967300 (modulo 2^32): bytes 4294967300 to 4294967305 are in it"
    );
}

#[test]
fn an_acknowledgment_counts_syn_bytes_and_fin() {
    let bytes = unhex(PUSH);
    let packet = packet(&bytes);
    let sentence = |acknowledges| {
        let segment = Segment { acknowledges, ..push() };
        note_and_meaning(&packet, &in_flow(PacketKind::Segment(segment)), "tcp.ack_raw").1
    };
    let new = Acknowledged::default();
    let some = Some(ByteRange { first: 7, last: 7 });
    for (acknowledges, expected) in [
        (new, "as before: the server's number 1 is due next"),
        (
            Acknowledged {
                syn: true,
                packet: Some(2),
                ..new
            },
            "server's ISN 3890940509 + 1: its SYN counts as one (packet 2)",
        ),
        (
            Acknowledged { fin: true, ..new },
            "3890940509 + 1: the server's FIN counts as one",
        ),
        (
            Acknowledged {
                bytes: some,
                fin: true,
                packet: Some(9),
                ..new
            },
            "3890940508 + 1 + 1: byte 7 has arrived, the server's FIN counts as one (up to packet 9)",
        ),
    ] {
        assert_eq!(sentence(acknowledges), expected);
    }
}

#[test]
fn selective_acknowledgments_are_told_as_bytes() {
    // ACK 3890940510 with a SACK option: NOP, NOP, kind 5.
    let with_blocks = |blocks: &[(i64, i64)]| {
        let header = 20 + 4 + 8 * blocks.len();
        let total = u16::try_from(20 + header).unwrap().to_be_bytes();
        let mut frame = unhex(&PUSH[..2 * 54]);
        frame[16..18].copy_from_slice(&total);
        frame[46] = u8::try_from((header / 4) << 4).unwrap();
        frame.extend([1, 1, 5, u8::try_from(2 + 8 * blocks.len()).unwrap()]);
        for (left, right) in blocks {
            for edge in [left, right] {
                let raw = 3_890_940_510_i64 - 13 + edge;
                frame.extend(u32::try_from(raw).unwrap().to_be_bytes());
            }
        }
        frame
    };
    let segment = Segment {
        part: SegmentPart::Ack,
        data: None,
        acknowledgment: Some(Number {
            raw: Sequence(3_890_940_510),
            relative: 13,
        }),
        ..push()
    };
    let in_flow = in_flow(PacketKind::Segment(segment));
    for (blocks, expected) in [
        (
            &[(25, 37)][..],
            "bytes 25 to 36 arrived too; bytes 13 to 24 are missing",
        ),
        (
            &[(40, 41), (25, 37)],
            "byte 40, bytes 25 to 36 arrived too; bytes 13 to 24 are missing",
        ),
        (&[(1, 13)], "bytes 1 to 12 arrived twice (D-SACK)"),
        (
            &[(26, 28), (25, 37)],
            "bytes 26 to 27 arrived twice (D-SACK); bytes 25 to 36 arrived too; bytes 13 to 24 are missing",
        ),
        (&[(37, 37)], "blocks without a byte"),
    ] {
        let frame = with_blocks(blocks);
        let packet = packet(&frame);
        assert!(packet.malformations().is_empty(), "{:?}", packet.malformations());
        assert_eq!(note_and_meaning(&packet, &in_flow, "tcp.options.sack").1, expected);
    }
    let frame = with_blocks(&[(25, 37)]);
    let packet = packet(&frame);
    let context = Context::new(&packet, 2, Some(&in_flow)).unwrap();
    let fields = packet.layers()[2].fields();
    let option = fields.iter().find(|field| field.id() == "tcp.options.sack").unwrap();
    let edge = option.find("tcp.options.sack_re").unwrap();
    assert_eq!(note(context, edge).unwrap(), "[rel 37]");
}

#[test]
fn what_comes_next_is_told_raw_and_relative() {
    let bytes_of_syn = unhex(SYN);
    let syn = packet(&bytes_of_syn);
    let opening = Segment {
        part: SegmentPart::Syn,
        sequence: Number {
            raw: Sequence(254_465_401),
            relative: 0,
        },
        acknowledgment: None,
        data: None,
        ..push()
    };
    assert_eq!(
        expectation(&syn, Some(&in_flow(PacketKind::Segment(opening)))).unwrap(),
        "SYN-ACK from the server with ack number 254465402 (rel 1), this sequence number + 1; RST-ACK, if nothing listens \
         there"
    );
    let bytes = unhex(PUSH);
    let push_packet = packet(&bytes);
    assert_eq!(
        expectation(&push_packet, Some(&in_flow(PacketKind::Segment(push())))).unwrap(),
        "ACK from the server with ack number 254465408 (rel 7); if it sends data too, they start at sequence number \
         3890940510 (rel 1)"
    );
    assert_eq!(
        reason(&push_packet, Some(&in_flow(PacketKind::Segment(push())))).unwrap(),
        "carries the line: bytes 1 to 6 of what the client handed to send()"
    );
    let closing = Segment {
        part: SegmentPart::FinAck,
        data: None,
        client: Change {
            before: known(State::LastAck),
            after: ObservedState {
                if_received: Some(State::Closed),
                ..known(State::LastAck)
            },
        },
        server: stays(State::TimeWait),
        ..push()
    };
    let closing = in_flow(PacketKind::Segment(closing));
    assert_eq!(
        expectation(&push_packet, Some(&closing)).unwrap(),
        "nothing if this arrives, else the client's FIN once more; the server stays in TIME-WAIT for a while (Linux: 60 s)"
    );
    assert_eq!(
        states(&closing, StateStyle::ASCII).unwrap(),
        "client LAST-ACK -> CLOSED when this ACK arrives, server TIME-WAIT"
    );
    assert_eq!(
        states(&closing, StateStyle::WORDS).unwrap(),
        "client LAST-ACK to CLOSED when this ACK arrives, server TIME-WAIT"
    );
}

#[test]
fn a_request_and_its_reply_are_told() {
    let bytes = unhex(NOTICE);
    let packet = packet(&bytes);
    let datagram = |part| in_flow(PacketKind::Datagram(Datagram { length: 12, part }));
    let request = datagram(DatagramPart::Request {
        count: 1,
        repeats: None,
    });
    assert_eq!(
        reason(&packet, Some(&request)).unwrap(),
        "a request: the client called sendto() with 12 bytes: one call, one datagram"
    );
    assert!(
        expectation(&packet, Some(&request))
            .unwrap()
            .starts_with("a datagram from 127.0.0.1:12001 to 127.0.0.1:53582, if the server's program answers"),
    );
    let reply = datagram(DatagramPart::Reply(Reply {
        request: 1,
        after: Some(80_123),
        evidence: Evidence::Uppercase,
        is_another: false,
    }));
    assert!(
        reason(&packet, Some(&reply))
            .unwrap()
            .starts_with("the reply to packet 1, 0.080 ms later: ")
    );
    let mut line = String::new();
    tags(&mut line, &reply).unwrap();
    assert_eq!(line, " [reply to 1]");
}

#[test]
fn how_sure_a_reply_is_to_answer_a_request_is_told() {
    let bytes = unhex(NOTICE);
    let packet = packet(&bytes);
    let told = |part| {
        let in_flow = in_flow(PacketKind::Datagram(Datagram { length: 3, part }));
        let mut line = String::new();
        tags(&mut line, &in_flow).unwrap();
        (reason(&packet, Some(&in_flow)).unwrap().into_owned(), line)
    };
    let reply = |evidence, is_another| {
        DatagramPart::Reply(Reply {
            request: 7,
            after: None,
            evidence,
            is_another,
        })
    };
    let several = |packets: &[u64]| DatagramPart::ReplyToOneOf(Candidates::of(packets.iter().copied()).unwrap());
    for (part, begins, tag) in [
        (
            reply(Evidence::SameData, false),
            "the reply to packet 7: ",
            " [reply to 7]",
        ),
        (
            reply(Evidence::DnsQuestion, false),
            "the reply to packet 7 (it has the same identifier and question): ",
            " [reply to 7]",
        ),
        (
            reply(Evidence::OnlyWaiting, false),
            "the reply to packet 7 (deduced: no other request waits for one): ",
            " [reply to 7, deduced]",
        ),
        (
            reply(Evidence::AfterPause, false),
            "the reply to packet 7 (deduced: the latest request, sent after a pause): ",
            " [reply to 7, deduced]",
        ),
        (
            reply(Evidence::SameData, true),
            "another reply to packet 7: ",
            " [another reply to 7]",
        ),
        (
            several(&[1, 2]),
            "a reply to one of packets 1 and 2, it is unknown which: ",
            " [reply to one of packets 1 and 2]",
        ),
        (
            several(&[1, 2, 5, 9]),
            "a reply to one of packets 1, 2, 5 and 9, ",
            " [reply to one of packets 1, 2, 5 and 9]",
        ),
        (
            several(&[1, 2, 5, 9, 12]),
            "a reply to one of 5 requests, packets 1 to 12, ",
            " [reply to one of 5 requests, packets 1 to 12]",
        ),
        (DatagramPart::Copy { of: 7 }, "a copy of packet 7, ", " [copy of 7]"),
        (
            DatagramPart::Request {
                count: 2,
                repeats: Some(1),
            },
            "datagram 2 of the client, with the data of packet 1, which has no reply yet: ",
            " [same data as 1]",
        ),
    ] {
        let (sentence, line) = told(part);
        assert!(sentence.starts_with(begins), "{sentence}");
        assert_eq!(line, tag);
    }
    assert_eq!(Candidates::of([1]), None);
}

#[test]
fn only_what_is_one_line_with_its_end_is_called_a_line() {
    let bytes = unhex(PUSH);
    let whole = packet(&bytes);
    let at = whole.payload().at;
    let told = |data: &[u8; 6], first: i64| {
        let mut bytes = bytes.clone();
        bytes[at..at + 6].copy_from_slice(data);
        let segment = Segment {
            data: Some(ByteRange { first, last: first + 5 }),
            ..push()
        };
        let in_flow = in_flow(PacketKind::Segment(segment));
        let sentence = reason(&packet(&bytes), Some(&in_flow)).unwrap().into_owned();
        sentence.split_once(": ").unwrap().0.to_owned()
    };
    assert_eq!(told(b"hello\n", 1), "carries the line");
    // Without its end, several, with an end inside, not text; of a later one the beginning may have come before.
    for data in [
        b"hello!",
        b"a\nb\nc\n",
        b"a\nbcde",
        b"a\0bcd\n",
        b"\xff\xfe\xfd\xfc\xfb\n",
    ] {
        assert_eq!(told(data, 1), "carries data", "{data:?}");
    }
    assert_eq!(told(b"hello\n", 7), "carries a line, or the end of one");
}
