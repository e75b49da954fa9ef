use super::{Entities, sequence};
use crate::flow::Party;
use crate::flow::datagram::DatagramPart;
use crate::render::ladder::{
    Arrow, ArrowContent, ArrowLine, Ladder, LadderRow, Lane, NO_CALL_LOG, RowKind, TransportName,
};
use crate::timeline::{OrderNote, PayloadStart};

#[test]
fn nothing_ends_a_statement_or_begins_a_tag() {
    let text = Entities("a;b#c\"d\"<b>\n%%{init}%%").to_string();
    assert_eq!(text, "a#59;b#35;c#34;d#34;#60;b#62;#92;n#37;#37;#123;init#125;#37;#37;");
}

fn datagram(time: i64, order_note: Option<OrderNote>, payload: &[u8]) -> LadderRow {
    let content = ArrowContent::Datagram {
        source: 34_700,
        destination: 13_000,
        length: 3,
        part: DatagramPart::Unasked,
    };
    let arrow = Arrow {
        number: 1,
        from: Party::Client,
        line: ArrowLine::Data,
        content,
        payload_start: PayloadStart::of(payload, payload.len() as u64),
        client: None,
        server: None,
        is_unanswered: false,
    };
    LadderRow {
        time: Some(time),
        order_note,
        kind: RowKind::Packet(arrow),
    }
}

/// The diagram of a conversation with these rows.
fn diagram(rows: Vec<LadderRow>) -> String {
    let lane = |party| Lane {
        party,
        address: "192.0.2.1:9".parse().unwrap(),
        state: None,
        program: None,
        sockets: Vec::new(),
    };
    let ladder = Ladder {
        conversation: 1,
        transport: TransportName::Udp,
        packets: 3,
        start: None,
        capture_start: None,
        lanes: [lane(Party::Client), lane(Party::Server)],
        rows,
        notes: vec![NO_CALL_LOG.to_owned(), "The clock differs".to_owned()],
        outcome: Vec::new(),
    };
    let mut output = Vec::new();
    sequence(&mut output, &[ladder]).unwrap();
    String::from_utf8(output).unwrap()
}

#[test]
fn marks_and_notes_stand_in_it_as_in_every_ladder() {
    let drawn = diagram(vec![
        datagram(12_300, Some(OrderNote::Clock(5)), b""),
        datagram(2_000, Some(OrderNote::BeforeCause), b""),
        datagram(20_000_000_000_000, None, b""),
    ]);
    for words in ["1. ~0.012 ms UDP", "1. !0.002 ms UDP", "1. 20000 s UDP"] {
        assert!(drawn.contains(words), "{words}: {drawn}");
    }
    assert!(
        drawn.contains("    Note over p1,p2: Note: The clock differs.\n"),
        "{drawn}"
    );
    assert!(!drawn.contains("call log"), "{drawn}");
}

/// The message of the one datagram of a conversation.
fn message(payload: &[u8]) -> String {
    let drawn = diagram(vec![datagram(0, None, payload)]);
    let messages: Vec<&str> = drawn.lines().filter(|line| line.contains("p1->>p2: ")).collect();
    assert_eq!(messages.len(), 1, "{drawn}");
    messages[0].to_owned()
}

#[test]
fn a_message_has_the_ports_and_the_text_of_its_datagram() {
    let words = "    p1->>p2: 1. 0.000 ms UDP 34700 → 13000 len=3";
    assert_eq!(message(b"hi\n"), format!("{words} #34;hi#92;n#34;"));
    assert_eq!(message(b"\0\0\0"), words);
    assert!(message(&[b'x'; 30]).ends_with(" #34;xxxxxxxxxxxxxxxxxxxxxxxx#34;…"));
}

#[test]
fn no_payload_means_anything_to_mermaid() {
    let hostile = [
        ("\"]; <script>", "#34;#92;#34;]#59; #60;script#62;#34;"),
        ("%%{init}", "#34;#37;#37;#123;init#125;#34;"),
        ("\u{202e}", "#34;#92;u#123;202e#125;#34;"),
        ("a\nend\r\n", "#34;a#92;nend#92;r#92;n#34;"),
        ("#quot;`'&", "#34;#35;quot#59;#96;#39;#38;#34;"),
    ];
    for (payload, shown) in hostile {
        let message = message(payload.as_bytes());
        assert!(message.ends_with(&format!("len=3 {shown}")), "{message}");
    }
    assert!(message(b"\x1b[31m").ends_with("len=3"));
}
