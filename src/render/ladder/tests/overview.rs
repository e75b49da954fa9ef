//! What an overview shows, and the place of a call in it.

use super::conversation;
use crate::flow::PacketKind;
use crate::flow::conversation::Opening;
use crate::flow::segment::SegmentPart;
use crate::render::ladder::LadderInput;
use crate::render::ladder::overview::{self, OverviewRows};
use crate::render::text_style::{CharacterSet, TextStyle};
use crate::timeline::PayloadStart;
use crate::timeline::test_conversation::{TestConversation, parse};
use crate::wire::tcp::Flags;

const EXCHANGE: &str = "
    call server 1 socket -900 -890
    call server 1 bind -880 -870
    call server 1 listen -860 -850
    call server 1 accept -800 60
    call client 1 connect -10 40
    packet 0 client syn
    packet 10 server synack
    packet 20 client ack
    call client 1 send 100 130 18
    packet 110 client data 1-18
    packet 120 server ack
    call server 2 recv 70 140 18
";

/// The conversation with what a capture has beside: flags, acknowledgment numbers, a payload.
fn captured(conversation: &TestConversation) -> TestConversation {
    let mut conversation = conversation.clone();
    for packet in &mut conversation.packets {
        let PacketKind::Segment(segment) = &mut packet.in_flow.kind else {
            continue;
        };
        let (flags, acknowledges) = match segment.part {
            SegmentPart::Syn => (Flags::SYN, false),
            SegmentPart::SynAck => (Flags(Flags::SYN.0 | Flags::ACK.0), true),
            SegmentPart::Data => (Flags(Flags::PSH.0 | Flags::ACK.0), true),
            _ => (Flags::ACK, true),
        };
        packet.flags = Some(flags);
        segment.acknowledgment = acknowledges.then_some(segment.sequence);
        if segment.part == SegmentPart::Data {
            packet.payload_start = PayloadStart::of(b"sockets are doors\n", 18);
        }
    }
    conversation
}

fn drawn(conversation_text: &TestConversation, characters: CharacterSet, width: usize, marked: &[u64]) -> String {
    let rows = OverviewRows {
        marked,
        shortest_gap: 80_000_000,
    };
    drawn_with(conversation_text, characters, width, rows)
}

fn drawn_with(
    conversation_text: &TestConversation,
    characters: CharacterSet,
    width: usize,
    rows: OverviewRows<'_>,
) -> String {
    let conversation_text = &captured(conversation_text);
    let packets = &conversation_text.packets;
    let whole = conversation(packets, Opening::Complete);
    let timeline = conversation_text.timeline();
    let input = LadderInput {
        conversation: &whole,
        packets,
        left_out: None,
        timeline: &timeline,
        has_other_end: false,
        has_log: true,
        capture_start: None,
    };
    let style = TextStyle {
        characters,
        width,
        ..TextStyle::PIPE
    };
    let mut output = Vec::new();
    overview::write(&mut output, &style, &input, rows).unwrap();
    String::from_utf8(output).unwrap()
}

/// The place of the only line that contains these words.
fn line_of(drawn: &str, words: &str) -> usize {
    let mut lines = drawn.lines().enumerate().filter(|(_, line)| line.contains(words));
    let (place, _) = lines.next().unwrap_or_else(|| panic!("no {words:?} in:\n{drawn}"));
    assert!(lines.next().is_none(), "{words:?} twice in:\n{drawn}");
    place
}

#[test]
fn calls_with_packets_inside_have_rows_and_calls_that_send_stand_beside_theirs() {
    let drawn = drawn(&parse(EXCHANGE), CharacterSet::Unicode, 80, &[1, 4]);
    let (called, syn) = (line_of(&drawn, "connect(3)  "), line_of(&drawn, "SYN seq"));
    let (returned, data) = (line_of(&drawn, "connect(3) = 0"), line_of(&drawn, "send(3)"));
    assert!(called < syn && syn < returned && returned < data, "{drawn}");
    // Both returned with nothing in between.
    assert_eq!(line_of(&drawn, "accept(3) = "), returned, "{drawn}");
    assert_eq!(line_of(&drawn, "recv(3) = 18"), data, "{drawn}");
    assert_eq!(line_of(&drawn, "A  1 "), syn, "{drawn}");
    assert_eq!(line_of(&drawn, "B  4 send"), data, "{drawn}");
    assert!(!drawn.contains("socket()") && !drawn.contains("bind()"), "{drawn}");
}

#[test]
fn a_call_that_returned_long_after_its_packet_does_not_stand_beside_it() {
    let late = EXCHANGE
        .replace("accept -800 60", "accept 300000 300010")
        .replace("recv 70 140 18", "recv 300020 300030 18");
    let drawn = drawn(&parse(&late), CharacterSet::Unicode, 80, &[]);
    let (data, received) = (line_of(&drawn, "send(3)"), line_of(&drawn, "recv(3) = 18"));
    let (later, accepted) = (line_of(&drawn, "ms later"), line_of(&drawn, "accept(3) = "));
    assert!(data < later && later < accepted && accepted < received, "{drawn}");
    // A gap without a row does not change the order.
    let rows = OverviewRows {
        marked: &[],
        shortest_gap: 1_000_000_000,
    };
    let drawn = drawn_with(&parse(&late), CharacterSet::Unicode, 80, rows);
    let (data, accepted) = (line_of(&drawn, "send(3)"), line_of(&drawn, "accept(3) = "));
    assert!(data < accepted && accepted < line_of(&drawn, "recv(3) = 18"), "{drawn}");
    assert!(!drawn.contains("later\n") && !drawn.contains("ms later"), "{drawn}");
}

#[test]
fn acknowledgments_in_a_row_are_one_row_and_two_are_two() {
    let acks = |count: usize| {
        let acks = (0..count).map(|one| format!("packet {} server ack\n", 200 + one));
        let acks = acks.collect::<Vec<_>>().concat();
        drawn(&parse(&format!("{EXCHANGE}{acks}")), CharacterSet::Unicode, 80, &[])
    };
    assert!(acks(2).contains("3 ACKs, the last"), "{}", acks(2));
    assert!(!acks(1).contains("ACKs"), "{}", acks(1));
}

#[test]
fn no_line_is_wider_than_the_screen_and_a_screen_reader_gets_sentences() {
    let conversation = parse(EXCHANGE);
    for width in [60, 61, 72, 80, 100, 130, 200] {
        for characters in [CharacterSet::Unicode, CharacterSet::Ascii] {
            let drawn = drawn(&conversation, characters, width, &[1, 2, 3]);
            assert!(
                drawn.lines().all(|line| line.chars().count() <= width),
                "{width}:\n{drawn}"
            );
            assert!(characters != CharacterSet::Ascii || drawn.is_ascii(), "{drawn}");
        }
    }
    let told = drawn(&conversation, CharacterSet::Plain, 80, &[1]);
    assert!(told.contains("(A) From the client to the server: SYN seq=0"), "{told}");
    assert!(
        told.contains("The client calls send(3), which sends \"sockets are doors\\n\", 18 bytes. With it the server's recv(3) returns 18."),
        "{told}"
    );
    assert!(told.is_ascii() && !told.contains('|'), "{told}");
}
