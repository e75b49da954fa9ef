//! Any bytes: made by proptest, and real packets with some bytes changed.

use proptest::prelude::*;
use proptest::sample::Index;
use socket_lab::filter::{FragmentPolicy, Target};
use socket_lab::frame::{Frame, Time};
use socket_lab::wire::LinkType;

use super::invariants::frame::LINKS;
use super::invariants::shown::{LOOKS, frame, style};
use super::invariants::{calls, filter, flow, record};
use super::invariants::{frame as packets, frame::check_structure};

/// The files in `captures` with this ending.
fn captures(ending: &str) -> Vec<Vec<u8>> {
    let folder = std::fs::read_dir("captures").unwrap();
    let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file() && path.extension().is_some_and(|found| found == ending));
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// The packets of each file in `captures` that is short.
fn conversations() -> &'static [Vec<Frame<'static>>] {
    static ALL: std::sync::OnceLock<Vec<Vec<Frame<'static>>>> = std::sync::OnceLock::new();
    ALL.get_or_init(|| {
        let files = captures("pcapng").into_iter().filter(|file| file.len() < 20_000);
        files.map(|file| record::check(&file)).collect()
    })
}

/// Some changes to bytes: where, and by what.
fn changes(most: usize) -> impl Strategy<Value = Vec<(Index, u8)>> {
    // A length field that is a little wrong, or a sign that is turned over, does more than any number.
    let value = prop_oneof![
        any::<u8>(),
        prop::sample::select(&[0_u8, 1, 2, 4, 0x7f, 0x80, 0xff][..])
    ];
    prop::collection::vec((any::<Index>(), value), 1..most)
}

fn change(bytes: &mut [u8], changes: &[(Index, u8)]) {
    if bytes.is_empty() {
        return;
    }
    for (place, value) in changes {
        *place.get_mut(&mut *bytes) ^= value;
    }
}

fn appearance() -> impl Strategy<Value = u8> {
    0..LOOKS
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_shown_as_text(
        link in prop::sample::select(&LINKS[..]), bytes in prop::collection::vec(any::<u8>(), 0..200),
        longer in prop_oneof![Just(0_u32), 0_u32..3000], seconds in any::<i64>(), appearance in appearance(),
    ) {
        let length = u32::try_from(bytes.len()).unwrap();
        packets::check(&frame(link, &bytes, length + longer, Some(Time(seconds))), style(appearance));
    }

    #[test]
    fn a_real_packet_with_some_bits_turned_is_shown_as_text(
        capture in any::<Index>(), packet in any::<Index>(), changes in changes(6), end in any::<Index>(), cut in any::<bool>(),
        link in prop_oneof![9 => Just(None), 1 => prop::sample::select(&LINKS[..]).prop_map(Some)], appearance in appearance(),
    ) {
        let mut frame = packet.get(&capture.get(conversations())[..]).clone();
        let length = frame.bytes.len();
        let bytes = frame.bytes.to_mut();
        change(bytes, &changes);
        if cut {
            bytes.truncate(end.index(length));
        }
        frame.link = link.unwrap_or(frame.link);
        packets::check(&frame, style(appearance));
    }

    #[test]
    fn a_capture_file_with_some_bits_turned_is_read_or_refused(
        file in any::<Index>(), changes in changes(8), pcapng in any::<bool>(), end in any::<Index>(), cut in any::<bool>(),
    ) {
        let files = captures(if pcapng { "pcapng" } else { "pcap" });
        let mut bytes = file.get(&files).clone();
        bytes.truncate(8_000);
        change(&mut bytes, &changes);
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        for frame in record::check(&bytes) {
            check_structure(&frame.decode());
        }
    }

    #[test]
    fn a_text_is_a_filter_for_every_link_type_or_refused_in_a_line(
        text in prop_oneof!["\\PC{0,60}", "([a-z0-9.:/()&|!=<>\\[\\]-]{1,9} ){0,9}", any::<String>()],
    ) {
        filter::check_all(&text, b"some bytes, but no packet");
    }

    #[test]
    fn a_mistake_in_a_filter_shows_no_character_that_hides(
        text in "[a-z/]{0,3}[\u{ffa0}\u{3164}\u{115f}\u{2065}\u{180e}\u{fe0f}\u{200b}\u{e0001}]{1,3}[a-z/]{0,3}",
    ) {
        filter::check(&text, Target::File(LinkType::ETHERNET), FragmentPolicy::Drop, b"");
    }

    #[test]
    fn words_of_the_language_are_a_filter_or_refused_in_a_line(
        words in prop::collection::vec(prop::sample::select(&[
            "tcp", "ip6", "ether", "host", "net", "port", "portrange", "proto", "src", "dst", "and", "or", "not", "(", ")", "[", "]",
            "vlan", "less", "len", ">", "=", "&", "/", ":", "10", "1.2.3.4", "::1", "0x50", "5-10", "\\tcp", "mask", "tcp[13]",
            "port 80", "host 10.0.0.1", "4294967295", "65536", "-1", "multicast", "broadcast", "\u{202e}", "\x1b[2J",
        ][..]), 0..14),
        packet in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        filter::check_all(&words.join(" "), &packet);
        filter::check(&words.concat(), Target::File(LinkType::ETHERNET), FragmentPolicy::Drop, &packet);
    }

    #[test]
    fn a_program_of_any_instructions_is_refused_or_ends(
        count in 0_u8..30, code in prop::collection::vec((
            prop_oneof![Just(0x06_u16), Just(0x15), Just(0x30), Just(0xb1), Just(0x05), 0_u16..0x100, any::<u16>()],
            0_u8..4, 0_u8..4, prop_oneof![0_u32..20, any::<u32>()],
        ), 0..30), packet in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut input = vec![count];
        for (code, yes, no, number) in code {
            input.extend(code.to_be_bytes());
            input.extend([yes, no]);
            input.extend(number.to_be_bytes());
        }
        input.extend(packet);
        filter::check_program(&input);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn conversations_with_some_bits_turned_are_drawn_as_text(
        capture in any::<Index>(), places in prop::collection::vec((any::<Index>(), changes(4)), 0..6),
        order in prop::collection::vec((any::<Index>(), any::<Index>()), 0..4), appearance in appearance(),
    ) {
        let mut frames = capture.get(conversations()).clone();
        frames.truncate(60);
        for (place, changes) in &places {
            let place = place.index(frames.len());
            change(frames[place].bytes.to_mut(), changes);
        }
        for (one, other) in order {
            let (one, other) = (one.index(frames.len()), other.index(frames.len()));
            frames.swap(one, other);
        }
        flow::check(&frames, style(appearance));
    }

    #[test]
    fn frames_of_any_bytes_are_drawn_as_text(input in prop::collection::vec(any::<u8>(), 0..600)) {
        let (frames, style) = flow::unpack(&input);
        flow::check(&frames, style);
    }

    #[test]
    fn a_call_log_with_some_bits_turned_is_read_line_by_line(
        file in any::<Index>(), changes in changes(12), capture in any::<Index>(), appearance in appearance(),
    ) {
        let files = captures("jsonl");
        let mut log = file.get(&files).clone();
        change(&mut log, &changes);
        let frames = capture.get(conversations());
        calls::check_beside(&log, &frames[..frames.len().min(30)], style(appearance));
    }

    #[test]
    fn a_call_log_of_any_bytes_is_read_line_by_line(log in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        "([{}\\[\\]\",:a-z0-9\n -]{0,30}){0,9}".prop_map(String::into_bytes),
    ]) {
        calls::check(&log);
    }

    #[test]
    fn a_call_log_may_have_any_text_in_its_strings(
        file in any::<Index>(), line in any::<Index>(), word in prop::sample::select(&["argument", "program", "role"][..]),
        text in prop_oneof![any::<String>(), "[\\x7f-\u{9f}\u{200b}-\u{202e}a]{1,9}"],
    ) {
        let files = captures("jsonl");
        let log = &files[file.index(files.len())];
        let lines: Vec<_> = log.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect();
        let mut call: serde_json::Value = serde_json::from_slice(lines[line.index(lines.len())]).unwrap();
        call[word] = text.into();
        calls::check(call.to_string().as_bytes());
    }
}
