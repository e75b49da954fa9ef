//! Bytes put in order: repeated, overlapping, early, missing.

use proptest::prelude::*;

use super::{Follow, StreamAssembler, TurnPart, text};
use crate::flow::segment::{Segment, SegmentPart};
use crate::flow::{PacketKind, Party};
use crate::render::text_style::{CharacterSet, TextStyle};
use crate::timeline::test_conversation::{seen, segment};

/// Takes segments of the client, each with its first byte and its data, and the acknowledgments of the server between them.
enum Event<'a> {
    Says(i64, &'a [u8]),
    Has(i64),
    Closes(i64),
}

fn followed(events: &[Event<'_>], room: usize) -> Follow {
    followed_from(true, events, room)
}

/// The same of a capture that has the SYN, or begins later.
fn followed_from(has_start: bool, events: &[Event<'_>], room: usize) -> Follow {
    let mut assembler = StreamAssembler::new(room);
    let mut add = |party, mut segment: Segment, data: &[u8]| {
        segment.own_start = segment.own_start.filter(|_| has_start);
        let seen = seen(1, None, party, PacketKind::Segment(segment));
        assembler.add(&seen.in_flow, data);
    };
    for event in events {
        match *event {
            Event::Says(first, data) => {
                let last = first + i64::try_from(data.len()).unwrap() - 1;
                add(Party::Client, segment(SegmentPart::Data, Some((first, last))), data);
            }
            Event::Has(number) => {
                let mut answer = segment(SegmentPart::Ack, None);
                answer.acknowledgment = Some(answer.sequence);
                answer.acknowledgment.as_mut().unwrap().relative = number;
                add(Party::Server, answer, b"");
            }
            Event::Closes(number) => {
                let mut fin = segment(SegmentPart::FirstFin, None);
                fin.sequence.relative = number;
                add(Party::Client, fin, b"");
            }
        }
    }
    assembler.finish().unwrap()
}

fn shown(follow: &Follow) -> String {
    let mut output = Vec::new();
    let style = TextStyle {
        characters: CharacterSet::Ascii,
        ..TextStyle::PIPE
    };
    text::write(&mut output, &style, follow).unwrap();
    let output = String::from_utf8(output).unwrap();
    let lines = output.lines().skip(3).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("|")
}

#[test]
fn what_came_twice_or_early_stands_once_and_in_its_place() {
    use Event::Says;
    for (story, events) in [
        ("in order", vec![Says(1, b"hello "), Says(7, b"world")]),
        (
            "twice",
            vec![
                Says(1, b"hello "),
                Says(1, b"hello "),
                Says(7, b"world"),
                Says(7, b"world"),
            ],
        ),
        ("early", vec![Says(7, b"world"), Says(1, b"hello ")]),
        ("overlapping", vec![Says(1, b"hello wo"), Says(4, b"lo world")]),
        (
            "early and overlapping",
            vec![Says(6, b" world"), Says(4, b"lo w"), Says(1, b"hell")],
        ),
    ] {
        assert_eq!(shown(&followed(&events, 1 << 20)), "client> hello world", "{story}");
    }
}

#[test]
fn what_is_missing_is_said_when_it_will_not_come_any_more() {
    use Event::{Closes, Has, Says};
    let shown_of = |events: &[Event<'_>]| shown(&followed(events, 1 << 20));
    assert_eq!(
        shown_of(&[Says(1, b"abc"), Says(6, b"fgh"), Has(9), Says(9, b"ijk")]),
        "client> abc|client> [2 bytes missing]|client> fghijk"
    );
    assert_eq!(shown_of(&[Says(5, b"efg")]), "client> [4 bytes missing]|client> efg");
    assert_eq!(
        shown_of(&[Says(1, b"abc"), Has(5)]),
        "client> abc|client> [1 byte missing]"
    );
    assert_eq!(
        shown_of(&[Says(1, b"abc"), Closes(4), Has(5)]),
        "client> abc",
        "a FIN is not a byte"
    );
    assert_eq!(
        shown_of(&[Says(1, b"abc"), Closes(14), Has(15)]),
        "client> abc|client> [10 bytes missing]"
    );
}

#[test]
fn what_is_numbered_before_the_first_byte_read_is_said_before_it() {
    use Event::{Has, Says};
    for (events, expected) in [
        // The capture begins with the second half; the first comes late.
        (&[Says(100, b"late"), Says(94, b"first ")][..], "client> first late"),
        (
            &[Says(100, b"late"), Says(90, b"first ")],
            "client> first |client> [4 bytes missing]|client> late",
        ),
        (
            &[Says(100, b"late"), Has(104), Says(96, b"a "), Says(92, b"the ")],
            "client> the a |client> [2 bytes missing]|client> late",
        ),
        // It overlaps what was read, and itself.
        (
            &[Says(100, b"late"), Says(94, b"first late, later")],
            "client> first late, later",
        ),
        (
            &[
                Says(100, b"late"),
                Says(94, b"first "),
                Says(92, b"a first "),
                Says(94, b"fi"),
            ],
            "client> a first late",
        ),
        (
            &[Says(100, b"late"), Says(-5, b"x")],
            "client> x|client> [104 bytes missing]|client> late",
        ),
    ] {
        let follow = followed_from(false, events, 1_000);
        assert_eq!(shown(&follow), expected);
        assert_eq!((follow.left_out, follow.outside), (0, 0));
    }
    let kilobyte = vec![b'x'; 1_000];
    let mut events = vec![Says(2_000_000, b"late")];
    events.extend((1..=1_100).map(|place| Says(2_000_000 - place * 1_000, &kilobyte)));
    let follow = followed_from(false, &events, 2_000_000);
    assert_eq!(
        follow.left_out,
        1_100_000 - (1_048_576 / 1_000 * 1_000),
        "bounded, and counted"
    );
}

#[test]
fn what_is_numbered_before_the_connection_is_not_part_of_it_and_said() {
    use Event::Says;
    // The last one is a keep-alive, which repeats the number before the next byte.
    let follow = followed(&[Says(1, b"new"), Says(-20, b"older"), Says(0, b"k")], 1_000);
    assert_eq!(follow.outside, 5);
    assert_eq!(
        shown(&follow),
        "client> new|[5 more bytes with numbers before the first of the connection are not part of it]"
    );
}

#[test]
fn bytes_beyond_the_room_are_counted() {
    let follow = followed(&[Event::Says(1, &[b'x'; 1000]), Event::Says(1001, &[b'y'; 500])], 864);
    let [turn] = follow.turns.as_slice() else {
        panic!("{:?}", follow.turns)
    };
    assert_eq!(turn.pieces, [TurnPart::Bytes(vec![b'x'; 800])]);
    assert_eq!(follow.left_out, 700);
    assert!(shown(&follow).ends_with("[700 more bytes; --full shows more]"));
}

#[test]
fn nothing_raw_reaches_the_terminal() {
    let follow = followed(&[Event::Says(1, b"\x1b[2J\r\nnext\x07\xff")], 1 << 20);
    assert_eq!(shown(&follow), "client> \\x1b[2J\\r\\n|client> next\\x07\\xff");
}

proptest! {
    /// Cut anywhere, repeated, in any order: the text is the same.
    #[test]
    fn any_segments_of_a_stream_give_the_stream(
        data in proptest::collection::vec(any::<u8>(), 1..200),
        pieces in proptest::collection::vec((0_usize..200, 1_usize..60), 0..40),
        order in any::<u64>(),
    ) {
        let mut pieces: Vec<(usize, usize)> = pieces
            .into_iter()
            .map(|(start, length)| (start.min(data.len() - 1), length))
            .chain((0..data.len()).step_by(7).map(|start| (start, 7)))
            .collect();
        let mut state = order | 1;
        for index in (1..pieces.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            pieces.swap(index, usize::try_from(state >> 33).unwrap() % (index + 1));
        }
        let events: Vec<Event<'_>> = pieces
            .iter()
            .map(|&(start, length)| {
                let end = (start + length).min(data.len());
                Event::Says(i64::try_from(start).unwrap() + 1, &data[start..end])
            })
            .collect();
        let follow = followed(&events, 1 << 20);
        prop_assert_eq!(follow.turns.len(), 1);
        prop_assert_eq!(&follow.turns[0].pieces, &[TurnPart::Bytes(data)]);
    }
}
