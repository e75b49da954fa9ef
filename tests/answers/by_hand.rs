//! Answers worked out by hand from `tshark -x` and `tshark -V`, each with its arithmetic.

use super::stage::{answer, capture, in_fragments, sniffer};

/// The answer has all of this, in this order.
pub(crate) fn has(file: &str, question: &str, parts: &[&str]) {
    let answer = answer(file, &[], question);
    let mut rest = answer.as_str();
    for part in parts {
        let place = rest.find(part);
        let place = place.unwrap_or_else(|| panic!("{question}: no {part:?} where it should be in {answer}"));
        rest = &rest[place + part.len()..];
    }
}

const UDP: &str = "tests/answers/udp.pcap";
const TCP: &str = "tests/answers/tcp.pcap";

// The frame of packet 1 of udp.pcap:
//   0000  00 00 00 00 00 00 00 00 00 00 00 00 08 00 45 00
//   0010  00 27 de a0 40 00 40 11 5e 23 7f 00 00 01 7f 00
//   0020  00 01 91 4e 89 e8 00 13 fe 26 75 64 70 20 69 73
//   0030  20 68 65 72 65
// Ethernet has 14 bytes (0-13), IPv4 5 words = 20 (14-33), so UDP begins at byte 34 and its data at 34 + 8 = 42.
#[test]
fn udp_1_to_3() {
    // 75 64 70 20 69 73 20 68 65 72 65 is "udp is here": 11 bytes, 42 to 52.
    has(
        UDP,
        "UDP 1",
        &[
            "Packet 1, from the client",
            "11 bytes of data: \"udp is here\"",
            "four fields",
            "bytes 42-52",
        ],
    );
    // 34-35 0x914e = 9*4096 + 1*256 + 4*16 + 14 = 37198, 36-37 0x89e8 = 35304, 38-39 0x0013 = 19, 40-41 0xfe26.
    has(
        UDP,
        "UDP 2",
        &[
            "2 bytes each: 4 fields x 2 bytes = 8 bytes",
            "bytes 34-35: 91 4e, source port = 37198",
            "bytes 36-37: 89 e8, destination port = 35304",
            "bytes 38-39: 00 13, length = 19 bytes",
            "bytes 40-41: fe 26, checksum = 0xfe26",
        ],
    );
    // 8 + 11 = 19, and IPv4's total length 0x27 = 39 = 20 + 19.
    has(UDP, "UDP 3", &["header and data together: 8 + 11 = 19 bytes"]);
}

#[test]
fn udp_4_to_7() {
    // 2^16 - 1 = 65535; - 8 = 65527; - 20 - 8 = 65507; 1500 - 28 = 1472.
    has(
        UDP,
        "UDP 4",
        &[
            "65535 - 8 of UDP's header = 65527",
            "65535 - 20 - 8 = 65507",
            "1500 - 20 - 8 = 1472",
        ],
    );
    has(UDP, "UDP 5", &["65535"]);
    // Byte 14 + 9 = 23 is 0x11 = 1*16 + 1 = 17.
    has(
        UDP,
        "UDP 6",
        &["17, hexadecimal 0x11", "byte 23: 11, protocol = 17 UDP"],
    );
    // Packet 2: 89 e8 91 4e, so from 35304 to 37198; 0.000177334 s later by `tshark`.
    has(
        UDP,
        "UDP 7",
        &[
            "packet 1 goes from port 37198 to port 35304, packet 2 from port 35304 to port 37198, 0.177334 ms later",
            "packet 2, bytes 34-35: 89 e8",
            "packet 2, bytes 36-37: 91 4e",
        ],
    );
}

// Packets 1 and 2 of tcp.pcap from byte 26 on; TCP begins at byte 14 + 20 = 34:
//   1: 7f 00 00 01 7f 00 00 01 | d2 fe 9f 09 0b 09 b5 31 00 00 00 00 a0 02 ff d7 fe 30 00 00 02 04 ff d7 04 02 08 0a ...
//   2: 7f 00 00 01 7f 00 00 01 | 9f 09 d2 fe bb 0e 20 c7 0b 09 b5 32 a0 12 ff cb fe 30 00 00 02 04 ff d7 04 02 08 0a ...
#[test]
fn tcp_1_to_4() {
    // 0xd2fe = 54014, 0x9f09 = 40713.
    has(TCP, "TCP 1", &["127.0.0.1, port 54014", "packet 1, bytes 34-35: d2 fe"]);
    has(TCP, "TCP 2", &["127.0.0.1, port 40713", "packet 1, bytes 36-37: 9f 09"]);
    // 0x0b09b531 = 0x0b09 * 65536 + 0xb531 = 2825 * 65536 + 46385 = 185139200 + 46385 = 185185585.
    // Flags 0x002: SYN. 54 + 4 of MSS = 58: 04 02 is SACK-permitted.
    has(
        TCP,
        "TCP 3",
        &[
            "185185585 (packet 1); relative: 0",
            "SYN is 1, and ACK is 0",
            "Yes, the receiver may use selective",
            "bytes 38-41: 0b 09 b5 31",
            "bytes 46-47: a0 02",
            "bytes 58-59: 04 02",
        ],
    );
    // 0xbb0e20c7 = 47886 * 65536 + 8391 = 3138256896 + 8391 = 3138265287; 0x0b09b532 is 0x0b09b531 + 1; flags 0x012: SYN, ACK.
    has(
        TCP,
        "TCP 4",
        &[
            "Sequence number 3138265287, acknowledgment number 185185586 (packet 2); relative: 0 and 1",
            "185185585 + 1 = 185185586",
            "SYN and ACK are both 1",
            "packet 2, bytes 38-41: bb 0e 20 c7",
            "packet 2, bytes 42-45: 0b 09 b5 32",
            "packet 2, bytes 46-47: a0 12",
        ],
    );
}

// Packet 4: ... | d2 fe 9f 09 0b 09 b5 32 bb 0e 20 c8 80 18 00 40 fe 34 00 00 01 01 08 0a 62 ce de 43 72 37 98 7d
//           | 74 63 70 20 69 73 20 68 65 72 65 0a
// Data offset 8 words = 32, so the data begin at 34 + 32 = 66. IPv4's total length is 0x40 = 64 = 20 + 32 + 12.
#[test]
fn tcp_5_to_7() {
    // 12 bytes, and packet 6 is the server's reply: all of it fitted. The server's MSS in packet 2: 0xffd7 = 65495.
    has(
        TCP,
        "TCP 5",
        &[
            "185185586 (packet 4, from the client); relative: 1. It carries 12 bytes",
            "Yes, all the data fit",
            "packet 4, bytes 66-77: 74 63 70 20 69 73 20 68 65 72 65 0a",
            "at most 65495 bytes",
        ],
    );
    // Packet 5 acknowledges 185185586 + 12 = 185185598. 0.303470217 - 0.303440502 = 0.000029715 s. The client sends no more data.
    has(
        TCP,
        "TCP 6",
        &[
            "packet 4, seq 185185586 (relative 1), sent at 0.303440502 s, acknowledged by packet 5 (ack 185185598) at 0.303470217 s: \
             SampleRTT = 0.029715 ms",
            "EstimatedRTT after sample 1 = the first sample itself = 0.029715 ms",
            "there is no second sample",
        ],
    );
    // 12 + 32 = 44; 44 + 20 of IPv4 + 14 of Ethernet = 78.
    has(
        TCP,
        "TCP 7",
        &["packet 4, 12 bytes of data + 32 of TCP header = 44 bytes of segment, in a frame of 78 bytes"],
    );
}

#[test]
fn tcp_8_to_12() {
    // Packet 5, bytes 48-49: 00 40 = 64; its SYN (packet 2) ends with 03 03 0a: shift 10; 64 * 1024 = 65536.
    has(
        TCP,
        "TCP 8",
        &[
            "64 x 2^10 = 65536 bytes (packet 5",
            "No, it never throttles the sender",
            "bytes 48-49: 00 40, window = 64",
        ],
    );
    has(
        TCP,
        "TCP 9",
        &["None: no sequence number of the client's data comes back (1 segment with data)"],
    );
    // One ACK: 185185598 - 185185586 = 12.
    has(
        TCP,
        "TCP 10",
        &["1 ACK, for 12 bytes", "packet 5: 12 bytes", "None covers two segments"],
    );
    // 12 / 0.000029715 = 403836.4...; * 8 with the rounded one = 3230688.
    has(
        TCP,
        "TCP 11",
        &[
            "Bytes: 12, acknowledged from packet 4 to packet 5",
            "0.303470217 s - 0.303440502 s = 0.000029715 s",
            "12 bytes / 0.000029715 s = 403836 bytes per second = 3230688 bits per second",
        ],
    );
    // Conversation 1 is packets 1 to 10, its handshake 1 to 3; packet 11 is the SYN of another, from 0xd306 = 54022.
    has(
        TCP,
        "TCP 12",
        &[
            "the SYN-ACK (packet 2) and takes the ACK (packet 3)",
            "port 40713 too, other end 127.0.0.1:54014): the rest of the conversation, packets 4 to 10",
            "2 connections to this port",
            "54014 and 54022",
        ],
    );
}

#[test]
fn without_data_the_questions_about_data_say_what_is_missing() {
    // Conversation 2 of tcp.pcap: handshake and close, packets 11 to 16, no data.
    for question in [
        "TCP 5", "TCP 6", "TCP 7", "TCP 8", "TCP 9", "TCP 10", "TCP 11", "TCP 13", "TCP 14",
    ] {
        let answer = answer(TCP, &["--flow", "2"], question);
        assert!(
            answer.contains("Missing Conversation 2 carries no data in this capture"),
            "{answer}"
        );
        assert!(answer.contains("type a line at the client"), "{answer}");
    }
    assert!(answer(TCP, &["--flow", "2"], "TCP 12").contains("packet 11, the SYN"));
    // Without its first three packets the handshake is missing, and only that.
    let late = ["-c", "7", "not (tcp[tcpflags] & tcp-syn != 0)"];
    for question in ["TCP 3", "TCP 4", "TCP 12"] {
        let answer = answer(TCP, &late, question);
        assert!(
            answer.contains("Missing The") && answer.contains("start the capture before the client"),
            "{answer}"
        );
    }
    assert!(answer(TCP, &late, "TCP 5").contains("185185586 (packet 4"));
}

/// captures/refused.pcapng: a datagram and its ICMP error (packets 1 and 2), a SYN and its RST-ACK (3 and 4); nobody listens on
/// port 13000. captures/syn-scan.pcapng: SYN, SYN-ACK, RST (1 to 3).
#[test]
fn what_was_refused_or_broken_off_says_so_and_what_to_capture_instead() {
    let refused = "captures/refused.pcapng";
    has(
        refused,
        "UDP 7",
        &[
            "Missing",
            "packet 2, port unreachable",
            "bound to port 13000",
            "while the server runs",
        ],
    );
    has(refused, "TCP 2", &["127.0.0.1, port 13000", "here none does"]);
    for question in ["TCP 4", "TCP 12"] {
        has(
            refused,
            question,
            &["Missing", "refused it with a RST (packet 4)", "listens on port 13000"],
        );
    }
    for question in ["TCP 5", "TCP 8", "TCP 11", "TCP 13", "TCP 14"] {
        has(
            refused,
            question,
            &[
                "Missing",
                "it was refused with a RST (packet 4). Capture while the server runs.",
            ],
        );
    }
    // captures/backlog.pcapng: `tshark -Y tcp.stream==0` has packets 1 to 5, 12 to 14, 18 and 19: after the handshake 7.
    has(
        "captures/backlog.pcapng",
        "TCP 12",
        &[
            "listening): packet 1, the SYN.",
            "7 packets from 4 to 19 (what else lies between belongs to other conversations).",
        ],
    );
    let half_open = "captures/syn-scan.pcapng";
    has(
        half_open,
        "TCP 5",
        &[
            "Missing",
            "a RST (packet 3) came before its handshake was complete",
            "--flow N",
        ],
    );
    has(
        half_open,
        "TCP 12",
        &[
            "listening): packet 1, the SYN.",
            "There is no connection socket",
            "accept()",
        ],
    );
}

// A datagram in two fragments: 20 bytes of IP, so UDP's length stands at 20 + 4 = 24 and the data from 20 + 8 = 28 on to 28 + 64 - 1.
#[test]
fn of_a_datagram_in_fragments_the_sheet_says_how_bytes_are_counted() {
    const HOW: &str = "counted from 0 in the datagram put together";
    let file = capture(&in_fragments());
    let path = file.path().to_str().unwrap();
    has(
        path,
        "UDP 3",
        &["packet 2, bytes 24-25: 00 48", "packet 2, bytes 28-91"],
    );
    let about = |path| sniffer(&["-r", path, "--view", "answers", "--width", "1000"]).output;
    assert!(about(path).contains(HOW));
    assert!(!about(UDP).contains(HOW), "of whole datagrams it says nothing");
}

#[test]
fn a_connection_with_data_is_chosen_before_an_earlier_one_without() {
    // The connection without data, packets 11 to 16, put before the other: it is conversation 1 then.
    let bytes = std::fs::read(TCP).unwrap();
    let (header, mut rest) = bytes.split_at(24);
    let mut records = Vec::new();
    while rest.len() > 16 {
        let length = u32::from_le_bytes(rest[8..12].try_into().unwrap());
        let (record, left) = rest.split_at(16 + usize::try_from(length).unwrap());
        records.push(record);
        rest = left;
    }
    assert_eq!(records.len(), 16);
    records.rotate_left(10);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("turned.pcap");
    std::fs::write(&path, [header, &records.concat()].concat()).unwrap();
    let path = path.to_str().unwrap();
    // The SYN of the one with data comes after six packets.
    has(path, "TCP 3", &["185185585 (packet 7)"]);
    assert!(answer(path, &["--flow", "1"], "TCP 5").contains("carries no data"));
}
