//! Hand-made places in conversations: every kind of them has its sentence, and the numbers in the sentences are right.

use std::net::SocketAddr;

use super::super::{Context, meaning, note};
use super::{Marks, comment, expectation, name, place, reason, remarks, states, tags, words};
use crate::flow::datagram::{Complaint, Datagram, Notice, Part as DatagramPart};
use crate::flow::number::{Bytes, Number, Sequence};
use crate::flow::segment::{Acknowledged, Delay, Part, Remark, Remarks, ResetCause, RoundTrip, Scale, Segment, Window};
use crate::flow::state::{Change, Standing, State};
use crate::flow::{Kind, Party, Roles, Step};
use crate::wire::{LinkType, Packet, decode};

/// `hello\n` from port 53582 to 12001 on loopback: sequence number 254465402, acknowledgment number 3890940510, window 64.
const PUSH: &str = "00000000000000000000000008004500003a552e40004006e78d7f0000017f000001d14e2ee10f2ad57ae7eb0c5e80180040fe2e\
    00000101080a92f245c8177d00d368656c6c6f0a";
/// The SYN of the same connection.
const SYN: &str = "00000000000000000000000008004500003c552c40004006e78d7f0000017f000001d14e2ee10f2ad57900000000a002ffd7fe30\
    00000204ffd70402080a92f245c8000000000103030a";
/// An ICMP error about a datagram to port 12001.
const NOTICE: &str = "000000000000000000000000080045c0004411bf000040016a387f0000017f0000010303d93500000000450000280f9b4000\
    40112d287f0000017f000001acc12ee00014fe27756470206973206c617a790a";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    let pairs = digits.chunks(2);
    pairs
        .map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap())
        .collect()
}

fn packet(bytes: &[u8]) -> Packet<'_> {
    decode(LinkType::ETHERNET, bytes, 0)
}

fn known(state: State) -> Standing {
    Standing { state, inferred: false }
}

fn inferred(state: State) -> Standing {
    Standing { state, inferred: true }
}

fn stays(state: State) -> Change {
    Change {
        before: known(state),
        after: known(state),
    }
}

/// The place of [`PUSH`]: the client's first data, bytes 1 to 6.
fn push() -> Segment {
    Segment {
        part: Part::Data,
        client: stays(State::Established),
        server: stays(State::Established),
        sequence: Number {
            raw: Sequence(254_465_402),
            relative: 1,
        },
        acknowledgment: Some(Number {
            raw: Sequence(3_890_940_510),
            relative: 1,
        }),
        own_start: Some(Sequence(254_465_401)),
        other_start: Some(Sequence(3_890_940_509)),
        data: Some(Bytes { first: 1, last: 6 }),
        acknowledges: Acknowledged::default(),
        window: Window {
            raw: 64,
            scale: Scale::Shift(10),
        },
        in_flight: Some(6),
        remarks: Remarks::NONE,
        first_sent: None,
        round_trip: None,
        echoes: None,
        delay: None,
    }
}

fn step(kind: Kind) -> Step {
    let end = |port| SocketAddr::from(([127, 0, 0, 1], port));
    Step {
        conversation: 1,
        client: end(53_582),
        server: end(12_001),
        roles: Roles::Seen,
        sender: Party::Client,
        place: 4,
        pause: Some(42_444_000),
        kind,
    }
}

const CAUSES: [ResetCause; 5] = [
    ResetCause::NobodyListens,
    ResetCause::HalfOpenScan,
    ResetCause::NoSuchConnection,
    ResetCause::DataAfterClose,
    ResetCause::Abort,
];

fn parts() -> Vec<Part> {
    let plain = [
        Part::Syn,
        Part::SynAck,
        Part::CrossingSyn,
        Part::HandshakeAck,
        Part::Data,
        Part::Ack,
        Part::WindowUpdate,
        Part::KeepAlive,
        Part::KeepAliveAck,
        Part::WindowProbe,
        Part::WindowProbeAck,
        Part::FirstFin,
        Part::SecondFin,
        Part::FinAck,
        Part::Copy,
        Part::Stray,
    ];
    plain.into_iter().chain(CAUSES.map(Part::Reset)).collect()
}

const DELAYS: [Delay; 5] = [
    Delay::DelayedAck,
    Delay::RetransmissionTimer,
    Delay::Idle,
    Delay::KeepAliveTimer,
    Delay::ZeroWindow(Party::Server),
];

const COMPLAINTS: [Complaint; 6] = [
    Complaint::PortUnreachable,
    Complaint::Unreachable,
    Complaint::Prohibited,
    Complaint::TooBig,
    Complaint::TimeExceeded,
    Complaint::Other,
];

/// Every place that a packet can have: each part with each remark and delay, sent by each party, with and without numbers.
fn places() -> Vec<Step> {
    let mut steps = Vec::new();
    for part in parts() {
        for remark in Remark::ALL.map(Some).into_iter().chain([None]) {
            for delay in DELAYS.map(Some).into_iter().chain([None]) {
                let acknowledges = Acknowledged {
                    syn: part == Part::HandshakeAck,
                    bytes: Some(Bytes { first: 1, last: 1 }),
                    fin: part == Part::FinAck,
                    packet: delay.map(|_| 3),
                    several: false,
                };
                let segment = Segment {
                    part,
                    acknowledges: if remark.is_some() {
                        acknowledges
                    } else {
                        Acknowledged::default()
                    },
                    data: if part == Part::Ack { None } else { push().data },
                    remarks: remark.into_iter().collect(),
                    delay,
                    first_sent: delay.map(|_| 2),
                    own_start: push().own_start.filter(|_| delay.is_some()),
                    round_trip: Some(RoundTrip {
                        packet: 3,
                        time: 27_000,
                    }),
                    ..push()
                };
                steps.push(step(Kind::Segment(segment)));
            }
        }
    }
    steps
}

/// A sentence as every view can show it.
fn is_sentence(text: &str) {
    assert!(!text.is_empty(), "an empty sentence");
    assert!(
        !text.ends_with('.') && !text.ends_with(' ') && !text.starts_with(' '),
        "{text:?}"
    );
    assert!(
        text.is_ascii() && !text.contains(|one: char| one.is_control()),
        "{text:?}"
    );
    assert!(!text.contains("  ") && !text.contains(".."), "{text:?}");
}

#[test]
fn every_place_in_a_conversation_has_its_sentences() {
    let bytes = bytes(PUSH);
    let packet = packet(&bytes);
    for mut step in places() {
        for (sender, roles) in [
            (Party::Client, Roles::Seen),
            (Party::Server, Roles::Ports),
            (Party::Client, Roles::First),
        ] {
            (step.sender, step.roles) = (sender, roles);
            is_sentence(&reason(&packet, Some(&step)).unwrap());
            if let Some(next) = expectation(&packet, Some(&step)) {
                is_sentence(&next);
            }
            let said = remarks(&packet, &step);
            let segment = step.segment().unwrap();
            let expected = segment.remarks.each().count() + usize::from(segment.delay.is_some()) + 1;
            assert_eq!(said.len(), expected, "{segment:?}: {said:?}");
            for sentence in &said {
                is_sentence(sentence);
            }
            for (index, layer) in packet.layers().iter().enumerate() {
                let context = Context::new(&packet, index, Some(&step)).unwrap();
                for field in layer.fields() {
                    is_sentence(&meaning(context, &field).unwrap());
                }
            }
        }
    }
}

#[test]
fn every_name_is_its_own() {
    let mut names: Vec<&str> = parts().into_iter().map(words::part).collect();
    names.dedup();
    assert_eq!(names.len(), 17, "a part each, and one for the resets: {names:?}");
    let tables: [Vec<&str>; 4] = [
        CAUSES.map(words::cause).to_vec(),
        Remark::ALL.map(words::remark).to_vec(),
        DELAYS.map(words::delay).to_vec(),
        COMPLAINTS.map(words::complaint).to_vec(),
    ];
    for names in tables {
        let mut unique = names.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "{names:?}");
        let is_word = |name: &&str| name.chars().all(|one| one.is_ascii_lowercase() || one == '-');
        assert!(names.iter().all(is_word), "{names:?}");
    }
}

#[test]
fn every_reset_and_every_complaint_says_something_else() {
    let syn = bytes(SYN);
    let syn = packet(&syn);
    let mut said: Vec<String> = CAUSES
        .iter()
        .map(|&cause| {
            let segment = Segment {
                part: Part::Reset(cause),
                ..push()
            };
            reason(&syn, Some(&step(Kind::Segment(segment)))).unwrap().into_owned()
        })
        .collect();
    let notice = bytes(NOTICE);
    let notice = packet(&notice);
    said.extend(COMPLAINTS.iter().map(|&says| {
        let notice_of = Notice {
            about: Some(1),
            after: None,
            says,
        };
        let step = Step {
            sender: Party::Server,
            ..step(Kind::Notice(notice_of))
        };
        let sentence = reason(&notice, Some(&step)).unwrap().into_owned();
        is_sentence(&sentence);
        assert!(sentence.starts_with("tells the client that packet 1 "), "{sentence}");
        sentence
    }));
    let count = said.len();
    said.sort();
    said.dedup();
    assert_eq!(said.len(), count, "{said:?}");
}

/// The meaning and the note of a field of the TCP header.
fn told(packet: &Packet<'_>, step: &Step, id: &str) -> (String, String) {
    for (index, layer) in packet.layers().iter().enumerate() {
        let context = Context::new(packet, index, Some(step)).unwrap();
        if let Some(field) = layer.fields().iter().find(|field| field.id() == id) {
            let note = note(context, field).unwrap_or_default().into_owned();
            return (note, meaning(context, field).unwrap_or_default().into_owned());
        }
    }
    panic!("no field {id}");
}

#[test]
fn each_number_tells_where_it_comes_from() {
    let bytes = bytes(PUSH);
    let packet = packet(&bytes);
    let with = |segment: Segment| step(Kind::Segment(segment));
    let step = with(Segment {
        acknowledges: Acknowledged {
            bytes: Some(Bytes { first: 1, last: 12 }),
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
        assert_eq!(told(&packet, &step, id), (note.into(), meaning.into()), "{id}");
    }
    let later = Number {
        raw: Sequence(5),
        relative: 4_294_967_300,
    };
    let wrapped = with(Segment {
        sequence: later,
        own_start: Some(Sequence(1)),
        data: Some(Bytes {
            first: 4_294_967_300,
            last: 4_294_967_305,
        }),
        ..push()
    });
    assert_eq!(
        told(&packet, &wrapped, "tcp.seq_raw").1,
        "client's ISN 1 + 4294967300 (modulo 2^32): bytes 4294967300 to 4294967305 are in it"
    );
}

#[test]
fn an_acknowledgment_counts_syn_bytes_and_fin() {
    let bytes = bytes(PUSH);
    let packet = packet(&bytes);
    let sentence = |acknowledges| {
        let segment = Segment { acknowledges, ..push() };
        told(&packet, &step(Kind::Segment(segment)), "tcp.ack_raw").1
    };
    let new = Acknowledged::default();
    let some = Some(Bytes { first: 7, last: 7 });
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
        let mut frame = bytes(&PUSH[..2 * 54]);
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
        part: Part::Ack,
        data: None,
        acknowledgment: Some(Number {
            raw: Sequence(3_890_940_510),
            relative: 13,
        }),
        ..push()
    };
    let step = step(Kind::Segment(segment));
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
        assert!(packet.problems().is_empty(), "{:?}", packet.problems());
        assert_eq!(told(&packet, &step, "tcp.options.sack").1, expected);
    }
    let frame = with_blocks(&[(25, 37)]);
    let packet = packet(&frame);
    let context = Context::new(&packet, 2, Some(&step)).unwrap();
    let fields = packet.layers()[2].fields();
    let option = fields.iter().find(|field| field.id() == "tcp.options.sack").unwrap();
    let edge = option.find("tcp.options.sack_re").unwrap();
    assert_eq!(note(context, edge).unwrap(), "[rel 37]");
}

#[test]
fn what_comes_next_is_told_raw_and_relative() {
    let bytes_of_syn = bytes(SYN);
    let syn = packet(&bytes_of_syn);
    let opening = Segment {
        part: Part::Syn,
        sequence: Number {
            raw: Sequence(254_465_401),
            relative: 0,
        },
        acknowledgment: None,
        data: None,
        ..push()
    };
    assert_eq!(
        expectation(&syn, Some(&step(Kind::Segment(opening)))).unwrap(),
        "SYN,ACK from the server with ack number 254465402 (rel 1), this sequence number + 1; RST,ACK, if nothing listens \
         there"
    );
    let bytes = bytes(PUSH);
    let push_packet = packet(&bytes);
    assert_eq!(
        expectation(&push_packet, Some(&step(Kind::Segment(push())))).unwrap(),
        "ACK from the server with ack number 254465408 (rel 7); if it sends data too, they start at sequence number \
         3890940510 (rel 1)"
    );
    assert_eq!(
        reason(&push_packet, Some(&step(Kind::Segment(push())))).unwrap(),
        "carries the line: bytes 1 to 6 of what the client handed to send()"
    );
    let closing = Segment {
        part: Part::FinAck,
        data: None,
        client: Change {
            before: known(State::LastAck),
            after: inferred(State::Closed),
        },
        server: stays(State::TimeWait),
        ..push()
    };
    let closing = step(Kind::Segment(closing));
    assert_eq!(
        expectation(&push_packet, Some(&closing)).unwrap(),
        "nothing: all is closed; the server stays in TIME-WAIT for a while (Linux: 60 s)"
    );
    assert_eq!(
        states(&closing, Marks::ASCII).unwrap(),
        "client LAST-ACK -> (CLOSED), server TIME-WAIT"
    );
    assert_eq!(
        states(&closing, Marks::WORDS).unwrap(),
        "client LAST-ACK to presumably CLOSED, server TIME-WAIT"
    );
}

#[test]
fn a_request_and_its_reply_are_told() {
    let bytes = bytes(NOTICE);
    let packet = packet(&bytes);
    let datagram = |part| step(Kind::Datagram(Datagram { length: 12, part }));
    let request = datagram(DatagramPart::Request { count: 1 });
    assert_eq!(
        reason(&packet, Some(&request)).unwrap(),
        "a request: the client called sendto() with 12 bytes: one call, one datagram"
    );
    assert!(
        expectation(&packet, Some(&request))
            .unwrap()
            .starts_with("a datagram from 127.0.0.1:12001 to 127.0.0.1:53582, if the server's program answers"),
    );
    let reply = datagram(DatagramPart::Reply {
        request: 1,
        after: Some(80_123),
    });
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
fn a_line_has_its_tags() {
    let with = |segment: Segment| {
        let mut line = String::new();
        tags(&mut line, &step(Kind::Segment(segment))).unwrap();
        line
    };
    assert_eq!(with(push()), "");
    let remarks = Remarks::NONE
        .with(Remark::Retransmission)
        .with(Remark::FastRetransmission);
    let again = Segment {
        remarks,
        first_sent: Some(7),
        ..push()
    };
    assert_eq!(with(again), " [fast retransmission of 7]");
    let probe = Segment {
        part: Part::KeepAlive,
        remarks: Remarks::NONE.with(Remark::SpuriousRetransmission),
        ..push()
    };
    assert_eq!(with(probe), " [keep-alive]");
}

#[test]
fn a_comment_has_sentences_then_pairs_that_can_be_found() {
    let bytes = bytes(PUSH);
    let packet = packet(&bytes);
    let segment = Segment {
        server: Change {
            before: inferred(State::SynReceived),
            after: inferred(State::Established),
        },
        delay: Some(Delay::Idle),
        ..push()
    };
    let comment = comment(&packet, Some(&step(Kind::Segment(segment)))).unwrap();
    assert_eq!(
        comment,
        "PSH,ACK: carries the line: bytes 1 to 6 of what the client handed to send(). \
         States: client ESTABLISHED, server (SYN-RECEIVED) -> (ESTABLISHED). \
         Note: 42.4 ms after the packet before: until then no program, and no person before one, had anything to send. \
         Expect next: ACK from the server with ack number 254465408 (rel 7); if it sends data too, they start at sequence \
         number 3890940510 (rel 1). | conversation=1 place=4 sender=client part=data client=ESTABLISHED \
         server=ESTABLISHED inferred=server seq=1 ack=1 length=6 delay=idle roles=seen"
    );
    assert_eq!(
        place(&step(Kind::Segment(segment))),
        "1, packet 4 of it, 42.4 ms after the one before"
    );
}

/// The page that explains the pairs names each key and each value.
#[test]
fn every_pair_is_documented() {
    let page = include_str!("../../../docs/comments.md");
    let values = parts()
        .into_iter()
        .map(words::part)
        .chain(CAUSES.map(words::cause))
        .chain(Remark::ALL.map(words::remark))
        .chain(DELAYS.map(words::delay))
        .chain(COMPLAINTS.map(words::complaint))
        .chain([Roles::Seen, Roles::Ports, Roles::First].map(words::roles))
        .chain(["request", "reply", "unasked", "notice"]);
    for value in values {
        assert!(
            page.contains(&format!("`{value}`")),
            "docs/comments.md does not explain {value}"
        );
    }
    let bytes = bytes(PUSH);
    let packet = packet(&bytes);
    let mut steps = places();
    steps.push(step(Kind::Notice(Notice {
        about: Some(1),
        after: None,
        says: Complaint::Other,
    })));
    for step in steps {
        let comment = comment(&packet, Some(&step)).unwrap();
        let (_, pairs) = comment.rsplit_once(" | ").unwrap();
        for pair in pairs.split(' ') {
            let (key, _) = pair.split_once('=').unwrap();
            assert!(
                page.contains(&format!("`{key}`")),
                "docs/comments.md does not explain {key}"
            );
        }
    }
}

/// Without its conversation a packet says as much as it can by itself.
#[test]
fn alone_a_packet_says_what_it_shows() {
    let bytes_of_syn = bytes(SYN);
    let syn = packet(&bytes_of_syn);
    assert_eq!(name(&syn), "SYN");
    assert!(reason(&syn, None).unwrap().starts_with("step 1 of 3"));
    assert!(!comment(&syn, None).unwrap().contains('|'));
    // The same with four bytes of data: TCP Fast Open, or not.
    let mut with_data = bytes_of_syn.clone();
    with_data[17] = 64;
    with_data.extend(b"data");
    assert_eq!(
        expectation(&packet(&with_data), None).unwrap(),
        "SYN,ACK with ack number 254465406 if the data are taken, 254465402 if the SYN only; RST,ACK if nothing listens"
    );
    // RST,ACK with sequence number 0.
    let mut refusal = bytes_of_syn.clone();
    refusal[38..42].fill(0);
    refusal[47] = 0x14;
    assert!(
        reason(&packet(&refusal), None)
            .unwrap()
            .ends_with("most likely a SYN: nothing listens on port 53582")
    );
}
