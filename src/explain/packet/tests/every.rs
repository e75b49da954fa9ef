//! Every part, remark, delay and cause has words of its own.

use super::{CAUSES, DELAYS, ICMP_ERROR_KINDS, NOTICE, PUSH, SYN, in_flow, is_sentence, packet, parts, places, push};
use crate::explain::packet::{expectation, reason, remarks, words};
use crate::explain::{Context, meaning};
use crate::flow::datagram::Notice;
use crate::flow::segment::{Remark, Segment, SegmentPart};
use crate::flow::{PacketInFlow, PacketKind, Party, Roles};
use crate::wire::digits::unhex;

#[test]
fn every_place_in_a_conversation_has_its_sentences() {
    let bytes = unhex(PUSH);
    let packet = packet(&bytes);
    for mut in_flow in places() {
        for (sender, roles) in [
            (Party::Client, Roles::Seen),
            (Party::Server, Roles::Ports),
            (Party::Client, Roles::First),
        ] {
            (in_flow.sender, in_flow.roles) = (sender, roles);
            is_sentence(&reason(&packet, Some(&in_flow)).unwrap());
            if let Some(next) = expectation(&packet, Some(&in_flow)) {
                is_sentence(&next);
            }
            let sentences = remarks(&packet, &in_flow);
            let segment = in_flow.segment().unwrap();
            let expected = segment.remarks.each().count() + usize::from(segment.delay.is_some()) + 1;
            assert_eq!(sentences.len(), expected, "{segment:?}: {sentences:?}");
            for sentence in &sentences {
                is_sentence(sentence);
            }
            for (index, layer) in packet.layers().iter().enumerate() {
                let context = Context::new(&packet, index, Some(&in_flow)).unwrap();
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
    assert_eq!(names.len(), 20, "a part each, and one for the resets: {names:?}");
    let tables: [Vec<&str>; 4] = [
        CAUSES.map(words::cause).to_vec(),
        Remark::ALL.map(words::remark).to_vec(),
        DELAYS.map(words::delay).to_vec(),
        ICMP_ERROR_KINDS.map(words::icmp_error_kind).to_vec(),
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
    let syn = unhex(SYN);
    let syn = packet(&syn);
    let mut sentences: Vec<String> = CAUSES
        .iter()
        .map(|&cause| {
            let segment = Segment {
                part: SegmentPart::Reset(cause),
                ..push()
            };
            reason(&syn, Some(&in_flow(PacketKind::Segment(segment))))
                .unwrap()
                .into_owned()
        })
        .collect();
    let notice = unhex(NOTICE);
    let notice = packet(&notice);
    sentences.extend(ICMP_ERROR_KINDS.iter().map(|&says| {
        let notice_of = Notice {
            about: Some(1),
            after: None,
            says,
            copies: None,
        };
        let in_flow = PacketInFlow {
            sender: Party::Server,
            ..in_flow(PacketKind::Notice(notice_of))
        };
        let sentence = reason(&notice, Some(&in_flow)).unwrap().into_owned();
        is_sentence(&sentence);
        assert!(
            sentence.starts_with("reports to the client that packet 1 "),
            "{sentence}"
        );
        sentence
    }));
    let count = sentences.len();
    sentences.sort();
    sentences.dedup();
    assert_eq!(sentences.len(), count, "{sentences:?}");
}
