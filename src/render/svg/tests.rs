use super::canvas::{Anchor, Canvas};
use super::label_text::{above, below};
use super::{Picture, STYLE, ladder, write};
use crate::flow::Party;
use crate::flow::datagram::DatagramPart;
use crate::render::ladder::label;
use crate::render::ladder::{Arrow, ArrowContent, ArrowLine, Ladder, LadderRow, Lane, RowKind, TransportName};
use crate::render::text_style::CharacterSet;
use crate::timeline::PayloadStart;

fn datagram(payload: &[u8]) -> Arrow {
    let length = payload.len() as u64;
    Arrow {
        number: 1,
        from: Party::Client,
        line: ArrowLine::Data,
        content: ArrowContent::Datagram {
            source: 65_535,
            destination: 60_000,
            length,
            part: DatagramPart::Unasked,
        },
        payload_start: PayloadStart::of(payload, length),
        client: None,
        server: None,
        is_unanswered: false,
    }
}

/// The picture of one datagram.
fn picture(payload: &[u8]) -> String {
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
        packets: 1,
        start: None,
        capture_start: None,
        lanes: [lane(Party::Client), lane(Party::Server)],
        rows: vec![LadderRow {
            time: Some(0),
            order_note: None,
            kind: RowKind::Packet(datagram(payload)),
        }],
        notes: Vec::new(),
        outcome: Vec::new(),
    };
    ladder::draw(&ladder).element()
}

#[test]
fn an_arrow_has_the_ports_above_it_and_the_text_below() {
    for (payload, ports, text) in [
        (&b"hi\n"[..], "UDP 65535 → 60000 len=3", Some(r#""hi\n""#)),
        (
            &[b'x'; 1_200],
            "UDP 65535 → 60000 len=1200",
            Some("\"xxxxxxxxxxxxxxxxxxxxxxxx\"…"),
        ),
        (
            &[b'\n'; 10_000],
            "UDP 65535 → 60000 len=10000",
            Some("\"\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\"…"),
        ),
        (b"\0\x01", "UDP 65535 → 60000 len=2", None),
    ] {
        let label = label::packet(&datagram(payload), CharacterSet::Unicode);
        assert_eq!(above(&label, 28), ports);
        let lines: Vec<(&str, String)> = text.map(|text| ("words", text.to_owned())).into_iter().collect();
        assert_eq!(below(&label, 28), lines);
    }
}

#[test]
fn no_payload_is_markup() {
    for (payload, shown) in [
        ("\"]; <script>", ">&quot;\\&quot;]; &lt;script&gt;&quot;</text>"),
        ("%%{init}", ">&quot;%%{init}&quot;</text>"),
        ("\u{202e}", ">&quot;\\u{202e}&quot;</text>"),
        ("--></svg>&\n", ">&quot;--&gt;&lt;/svg&gt;&amp;\\n&quot;</text>"),
    ] {
        let picture = picture(payload.as_bytes());
        assert!(picture.contains(shown), "{picture}");
        assert!(!picture.contains(payload) || payload == "%%{init}", "{picture}");
    }
    let terminal = picture(b"\x1b[31mred");
    assert!(!terminal.contains("red") && terminal.contains("len=8<"), "{terminal}");
}

#[test]
fn a_text_is_no_markup() {
    let mut canvas = Canvas::default();
    canvas.text("words", (1, 2), Anchor::Start, "<script>&\"\x1b");
    canvas.link("x", "a\"b", "'");
    let body = canvas.into_body();
    assert!(body.contains(">&lt;script&gt;&amp;&quot;\\x1b</text>"), "{body}");
    assert!(body.contains(r##"href="#a&quot;b" aria-label="&#39;""##), "{body}");
}

/// What XML would read as markup ends the style, and with it the file.
#[test]
fn the_style_needs_no_escaping() {
    assert!(!STYLE.contains(['<', '&']));
    // Few programs besides browsers know variables.
    assert!(!STYLE.contains("var("));
}

#[test]
fn pictures_stand_below_each_other() {
    let picture = |size| Picture {
        title: "a & b".into(),
        description: String::new(),
        size,
        body: String::new(),
    };
    let mut output = Vec::new();
    write(&mut output, "<two>", &[picture((10, 20)), picture((30, 40))]).unwrap();
    let text = String::from_utf8(output).unwrap();
    assert!(text.contains(r#"width="30" height="108""#), "{text}");
    assert!(
        text.contains("translate(0 44)") && text.contains("<title>a &amp; b</title>"),
        "{text}"
    );
    assert!(text.contains("&lt;two&gt;"));
}
