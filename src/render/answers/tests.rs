//! Sheets from frames, in every form.

use super::{AnswerSpace, Collector, Worksheet, html, markdown, questions, text};
use crate::flow::Tracker;
use crate::frame::Time;
use crate::render::text_style::{CharacterSet, TextStyle};
use crate::wire::{LinkType, decode};

/// A datagram over IPv4 without a link layer, from and to these ports; the server's is from 2000 to 9000.
fn udp(from: u16, to: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let mut bytes = vec![0x45, 0];
    bytes.extend((28 + length).to_be_bytes());
    let (source, destination) = if (2000..=9000).contains(&from) { (2, 1) } else { (1, 2) };
    bytes.extend([0, 0, 0x40, 0, 64, 17, 0, 0, 192, 0, 2, source, 192, 0, 2, destination]);
    bytes.extend([from.to_be_bytes(), to.to_be_bytes(), (8 + length).to_be_bytes(), [0, 0]].concat());
    bytes.extend(data);
    bytes
}

/// A segment over IPv4 without a link layer, from or to port 80 of the server.
fn tcp(from: u16, to: u16, sequence: u32, acknowledgment: u32, flags: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let mut bytes = vec![0x45, 0];
    bytes.extend((40 + length).to_be_bytes());
    let (source, destination) = if from == 80 { (2, 1) } else { (1, 2) };
    bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, source, 192, 0, 2, destination]);
    bytes.extend([from.to_be_bytes(), to.to_be_bytes()].concat());
    bytes.extend([sequence.to_be_bytes(), acknowledgment.to_be_bytes()].concat());
    bytes.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(data);
    bytes
}

const SYN: u8 = 2;
const SYN_ACK: u8 = 0x12;
const ACK: u8 = 0x10;

/// The lines of the answer to TCP's question of this number, one after another.
fn answer_of(sheet: &Worksheet, number: usize) -> String {
    match &sheet.sections[1].items[number - 1].below {
        AnswerSpace::Answer(answer) => answer.lines.join(" "),
        other => panic!("no answer: {other:?}"),
    }
}

fn sheet(frames: &[Vec<u8>], only: Option<u64>) -> Worksheet {
    let (mut tracker, mut collector) = (Tracker::new(), Collector::new(only));
    for (number, frame) in (1..).zip(frames) {
        let packet = decode(LinkType(101), frame, u32::try_from(frame.len()).unwrap());
        let time = Some(Time(i64::try_from(number).unwrap() * 1_000_000));
        let in_flow = tracker.follow(number, time, &packet);
        collector.take(number, time, &packet, in_flow.as_ref());
    }
    collector.finish(Some("a <b>\u{1b}[31m"))
}

fn written(sheet: &Worksheet) -> [String; 5] {
    let mut forms: Vec<String> = [CharacterSet::Unicode, CharacterSet::Ascii, CharacterSet::Plain]
        .into_iter()
        .map(|characters| {
            let style = TextStyle {
                characters,
                width: 60,
                ..TextStyle::PIPE
            };
            let mut output = Vec::new();
            text::write(&mut output, &style, sheet).unwrap();
            String::from_utf8(output).unwrap()
        })
        .collect();
    let mut output = Vec::new();
    markdown::write(&mut output, sheet).unwrap();
    forms.push(String::from_utf8(output).unwrap());
    let mut output = Vec::new();
    html::write(&mut output, sheet).unwrap();
    forms.push(String::from_utf8(output).unwrap());
    forms.try_into().unwrap()
}

#[test]
fn what_came_from_the_network_stays_text() {
    let hostile = b"</p><script>alert(1)</script>\x1b[2J`**x**`\xe2\x80\xae".as_slice();
    let sheet = sheet(&[udp(40_000, 9000, hostile), udp(9000, 40_000, b"ok")], None);
    for form in written(&sheet) {
        assert!(form.contains("alert"), "the data are quoted: {form}");
        let raw = |one: char| one.is_control() && one != '\n' || one == '\u{202e}';
        assert!(!form.contains(raw), "{form:?}");
    }
    let [unicode, ascii, plain, markdown, html] = written(&sheet);
    assert!(!markdown.contains("<script") && !markdown.contains("**x") && !html.contains("<script"));
    assert!(html.contains("&lt;script&gt;") && markdown.contains("&lt;script&gt;"));
    assert!(ascii.is_ascii());
    for form in [unicode, ascii, plain] {
        assert!(form.lines().all(|line| line.chars().count() <= 60), "{form}");
    }
}

#[test]
fn every_question_is_in_a_form_once_with_room_below_it() {
    let [.., markdown, html] = written(&Worksheet::blank());
    for (title, question) in questions::UDP
        .iter()
        .map(|question| ("UDP", question))
        .chain(questions::TCP.iter().map(|question| ("TCP", question)))
    {
        let heading = format!("{title} {}. ", question.number);
        assert_eq!(markdown.matches(&format!("### {heading}")).count(), 1);
        assert_eq!(html.matches(&format!("<h3>{heading}")).count(), 1);
    }
    let lines: usize = [&questions::UDP[..], &questions::TCP[..]]
        .concat()
        .iter()
        .map(|question| usize::from(question.room))
        .sum();
    assert_eq!(html.matches("<div class=\"line\">").count(), lines);
    assert_eq!(markdown.matches("&nbsp;").count(), lines);
}

#[test]
fn a_request_without_reply_says_what_is_missing() {
    let sheet = sheet(&[udp(40_000, 9000, b"a")], None);
    let [udp, tcp] = sheet.sections.as_slice() else {
        panic!("two sections")
    };
    let missing = |below: &AnswerSpace| matches!(below, AnswerSpace::Missing(_));
    let unanswered: Vec<u8> = udp
        .items
        .iter()
        .filter(|item| missing(&item.below))
        .map(|item| item.question.number)
        .collect();
    assert_eq!(unanswered, [7]);
    assert!(tcp.items.is_empty(), "the text above says it for all");
    assert!(tcp.about.contains("no TCP packet"), "{}", tcp.about);
}

#[test]
fn the_first_with_a_reply_is_chosen_unless_another_is_asked_for() {
    let frames = [udp(1, 2000, b"lost"), udp(2, 2001, b"asked"), udp(2001, 2, b"answered")];
    assert!(sheet(&frames, None).sections[0].about.starts_with("Conversation 2:"));
    assert!(sheet(&frames, Some(1)).sections[0].about.starts_with("Conversation 1:"));
    let none = sheet(&frames, Some(3));
    assert!(
        none.sections[0].about.contains("Conversation 3 is none of UDP"),
        "{none:?}"
    );
}

#[test]
fn memory_is_bounded_however_many_conversations_there_are() {
    let datagram: fn(u16) -> Vec<u8> = |port| udp(port, 2000, b"a");
    let segment: fn(u16) -> Vec<u8> = |port| tcp(port, 80, 100, 0, SYN, b"");
    let kept = |frame: fn(u16) -> Vec<u8>, most: u16| {
        let (mut tracker, mut collector) = (Tracker::new(), Collector::new(None));
        for port in 10_001..=10_000 + most {
            let frame = frame(port);
            let packet = decode(LinkType(101), &frame, u32::try_from(frame.len()).unwrap());
            let in_flow = tracker.follow(u64::from(port), None, &packet);
            collector.take(u64::from(port), None, &packet, in_flow.as_ref());
        }
        format!("{collector:?}").len()
    };
    for frame in [datagram, segment] {
        // From there on only numbers grow by a digit.
        let (some, many) = (kept(frame, 2_000), kept(frame, 50_000));
        assert!(many < some + some / 100, "{some} bytes in words grew to {many}");
    }
}

/// Each of 1,000 clients sends its SYN twice, without an answer: of 256 conversations the facts are kept.
#[test]
fn what_was_not_looked_at_is_counted_in_packets() {
    let syns = (10_001..=11_000).map(|port| tcp(port, 80, 100, 0, SYN, b""));
    let frames: Vec<Vec<u8>> = syns.flat_map(|syn| [syn.clone(), syn]).collect();
    let sheet = sheet(&frames, None);
    let text = sheet.about.last().unwrap();
    assert!(text.ends_with("Not looked at: 1,488 packets."), "{text}");
}

#[test]
fn of_more_connections_than_are_counted_the_number_is_a_least_one() {
    let opened = |port| {
        [
            tcp(port, 80, 100, 0, SYN, b""),
            tcp(80, port, 500, 101, SYN_ACK, b""),
            tcp(port, 80, 101, 501, ACK, b""),
        ]
    };
    let text = |most: u16| {
        let frames: Vec<Vec<u8>> = (10_001..=10_000 + most).flat_map(opened).collect();
        answer_of(&sheet(&frames, Some(1)), 12)
    };
    assert!(
        text(1_024).contains("has 1024 connections to this port"),
        "{}",
        text(1_024)
    );
    assert!(text(1_024).contains("10005 and 1019 more."), "{}", text(1_024));
    assert!(
        text(1_025).contains("has at least 1024 connections to this port"),
        "{}",
        text(1_025)
    );
    assert!(text(1_025).contains("10005 and at least 1019 more."), "{}", text(1_025));
}

/// TCP Fast Open: the SYN carries data. RFC 7413
#[test]
fn the_relative_numbers_of_the_syn_ack_are_those_that_are_there() {
    let answered = [
        tcp(80, 40_000, 500, 106, SYN_ACK, b""),
        tcp(40_000, 80, 106, 501, ACK, b""),
    ];
    let frames = [&[tcp(40_000, 80, 100, 0, SYN, b"hello")], &answered[..]].concat();
    let text = answer_of(&sheet(&frames, None), 4);
    assert!(text.contains("number 106 (packet 2); relative: 0 and 6."), "{text}");
    assert!(text.contains("5 for its data: 100 + 6 = 106."), "{text}");
    let text = answer_of(&sheet(&answered, None), 4);
    assert!(
        text.contains("relative: 0 and 1.") && text.contains("106 - 1 = 105"),
        "{text}"
    );
}
