//! What is said of whole captures: the sentences of every packet of the project's own, and rules that hold for any.

use std::path::Path;

use socket_lab::explain::packet::{self, StateStyle};
use socket_lab::explain::{Context, meaning, note};
use socket_lab::flow::{PacketInFlow, Tracker};
use socket_lab::record::Reader;
use socket_lab::wire::Packet;

use crate::support::needs;

/// Hands each packet of the file, with its step, to `look`; gives how many there were.
fn each(file: &Path, mut look: impl FnMut(u64, &Packet<'_>, Option<&PacketInFlow>)) -> u64 {
    let Ok(mut reader) = Reader::open(file) else {
        return 0;
    };
    let mut tracker = Tracker::new();
    let mut number = 0;
    while let Ok(Some(frame)) = reader.next() {
        number += 1;
        let packet = frame.decode();
        let in_flow = tracker.follow(number, frame.time, &packet);
        look(number, &packet, in_flow.as_ref());
    }
    number
}

/// Number, name, reason and states of each packet.
fn told(file: &str) -> Vec<String> {
    let mut lines = Vec::new();
    each(Path::new(file), |number, packet, in_flow| {
        let reason = packet::reason(packet, in_flow).unwrap();
        let states = in_flow
            .and_then(|in_flow| packet::states(in_flow, StateStyle::ASCII))
            .unwrap_or_default();
        lines.push(format!("{number} {}: {reason}. {states}", packet::name(packet)));
    });
    lines
}

#[test]
fn a_connection_is_told_from_its_syn_to_its_last_ack() {
    let lines = told("captures/tcp.pcap");
    let expected = [
        "1 SYN: step 1 of 3 of the handshake: the client called connect(). \
         client CLOSED -> SYN-SENT, server LISTEN or CLOSED: the answer will tell",
        "2 SYN-ACK: step 2 of 3 of the handshake: the server's kernel agrees, and acknowledges the client's SYN (packet 1). \
         client SYN-SENT -> ESTABLISHED when this SYN-ACK arrives, server SYN-RECEIVED",
        "3 ACK: step 3 of 3 of the handshake: the client acknowledges the server's SYN (packet 2); when it \
         arrives, the server's accept() can return. client SYN-SENT -> ESTABLISHED, server SYN-RECEIVED -> ESTABLISHED when this ACK \
         arrives",
        "4 PSH-ACK: carries the line: bytes 1 to 12 of what the client handed to send(). \
         client ESTABLISHED, server SYN-RECEIVED or ESTABLISHED",
        "5 ACK: the server acknowledges bytes 1 to 12 (packet 4). client ESTABLISHED, server SYN-RECEIVED -> ESTABLISHED",
        "6 PSH-ACK: carries the line: bytes 1 to 12 of what the server handed to send(). \
         client ESTABLISHED, server ESTABLISHED",
        "7 ACK: the client acknowledges bytes 1 to 12 (packet 6). client ESTABLISHED, server ESTABLISHED",
        "8 FIN-ACK: asks to close: the server called close() or shutdown(), or its program ended. \
         client ESTABLISHED -> CLOSE-WAIT when this FIN arrives, server ESTABLISHED -> FIN-WAIT-1",
        "9 FIN-ACK: closes the other direction: the client called close() too, or its program ended, and acknowledges \
         the server's FIN (packet 8). client ESTABLISHED -> LAST-ACK, server FIN-WAIT-1 -> TIME-WAIT when this FIN arrives",
        "10 ACK: the server acknowledges the client's FIN (packet 9); when this arrives, both directions are closed. \
         client LAST-ACK -> CLOSED when this ACK arrives, server FIN-WAIT-1 -> TIME-WAIT",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn who_closes_first_and_who_makes_a_syn_by_hand_is_told() {
    let lines = told("captures/close.pcapng");
    for (number, who) in [(8, "server"), (14, "client"), (22, "client")] {
        let beginning = format!("{number} FIN-ACK: asks to close: the {who} called close()");
        assert!(lines[number - 1].starts_with(&beginning), "{}", lines[number - 1]);
    }
    let lines = told("captures/syn-scan.pcapng");
    for number in [1, 4] {
        let line = &lines[number - 1];
        assert!(
            line.contains("step 1 of 3") && !line.contains("called connect()"),
            "{line}"
        );
    }
}

#[test]
fn an_acknowledgment_names_the_packets_that_it_answers() {
    // The first SYN, packet 11, was dropped: the SYN-ACK echoes the timestamp of the second.
    let lines = told("captures/backlog.pcapng");
    assert!(lines[21].starts_with("22 SYN:"), "{}", lines[21]);
    let answer = "acknowledges the client's SYN (packet 22)";
    assert!(lines[22].contains(answer), "{}", lines[22]);
    let lines = told("captures/long.pcapng");
    for (number, expected) in [(9, "bytes 1 to 1448 (packet 4)"), (71, "to 65537 (up to packet 70)")] {
        assert!(lines[number - 1].contains(expected), "{}", lines[number - 1]);
    }
}

#[test]
fn a_datagram_and_its_reply_are_told() {
    let lines = told("captures/udp.pcap");
    assert_eq!(
        lines[0],
        "1 UDP: a request: the client called sendto() with 11 bytes: one call, one datagram. "
    );
    assert!(lines[1].starts_with("2 UDP: the reply to packet 1, 0.120 ms later: the server called sendto()"));
}

/// A sentence that any view can show: one line of ASCII without a full stop.
fn is_sentence(text: &str, place: &str) {
    let plain = text.is_ascii() && !text.contains(|one: char| one.is_control());
    let whole = !text.is_empty() && !text.ends_with('.') && text.trim() == text;
    assert!(plain && whole, "{place}: {text:?}");
}

/// Whatever the packet, every sentence about it can be shown, and a packet with a conversation has a reason.
#[test]
fn every_sentence_about_any_packet_can_be_shown() {
    let own = std::fs::read_dir("captures")
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let corpus = needs::corpus();
    let others = corpus.map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let mut count = 0;
    for file in own.chain(others.into_iter().flatten()) {
        count += each(&file, |number, packet, in_flow| {
            let place = format!("{} packet {number}", file.display());
            let reason = packet::reason(packet, in_flow);
            assert!(in_flow.is_none() || reason.is_some(), "{place}");
            let sentences = [reason, packet::expectation(packet, in_flow), Some(packet::name(packet))];
            let remarks = in_flow
                .map(|in_flow| packet::remarks(packet, in_flow))
                .unwrap_or_default();
            for sentence in sentences.into_iter().flatten().chain(remarks) {
                is_sentence(&sentence, &place);
            }
            for (index, layer) in packet.layers().iter().enumerate() {
                let context = Context::new(packet, index, in_flow).unwrap();
                for field in layer.fields() {
                    for sentence in [meaning(context, &field), note(context, &field)].into_iter().flatten() {
                        is_sentence(&sentence, &place);
                    }
                }
            }
            if let Some(comment) = packet::comment(packet, in_flow) {
                assert!(!comment.contains(|one: char| one.is_control()), "{place}: {comment:?}");
            }
        });
    }
    assert!(count >= 200, "{count}");
}
