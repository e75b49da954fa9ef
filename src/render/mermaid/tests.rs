use super::{Entities, sequence};
use crate::flow::Party;
use crate::render::ladder::{
    Arrow, ArrowContent, ArrowLine, Ladder, LadderRow, Lane, NO_CALL_LOG, RowKind, TransportName,
};
use crate::timeline::OrderNote;

#[test]
fn nothing_ends_a_statement_or_begins_a_tag() {
    let text = Entities("a;b#c\"d\"<b>\n%%{init}%%").to_string();
    assert_eq!(text, "a#59;b#35;c#34;d#34;#60;b#62;#92;n#37;#37;#123;init#125;#37;#37;");
}

fn datagram(time: i64, order_note: Option<OrderNote>) -> LadderRow {
    let content = ArrowContent::Datagram {
        length: 3,
        request: None,
    };
    let arrow = Arrow {
        number: 1,
        from: Party::Client,
        line: ArrowLine::Data,
        content,
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

#[test]
fn marks_and_notes_stand_in_it_as_in_every_ladder() {
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
        rows: vec![
            datagram(12_300, Some(OrderNote::Clock(5))),
            datagram(2_000, Some(OrderNote::BeforeCause)),
            datagram(20_000_000_000_000, None),
        ],
        notes: vec![NO_CALL_LOG.to_owned(), "The clock differs".to_owned()],
        outcome: Vec::new(),
    };
    let mut output = Vec::new();
    sequence(&mut output, &[ladder]).unwrap();
    let drawn = String::from_utf8(output).unwrap();
    for words in ["1. ~0.012 ms UDP", "1. !0.002 ms UDP", "1. 20000 s UDP"] {
        assert!(drawn.contains(words), "{words}: {drawn}");
    }
    assert!(
        drawn.contains("    Note over p1,p2: Note: The clock differs.\n"),
        "{drawn}"
    );
    assert!(!drawn.contains("call log"), "{drawn}");
}
