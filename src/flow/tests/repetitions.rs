//! What the capture shows of a first transmission, and what a later packet proves of it.

use super::script::{ACK, FIN, Line, PSH, SYN, c, handshake, s, tell};
use crate::flow::repetition::FirstTransmission::{
    Acknowledged, AskedFor, Missing, NotCaptured, NotTaken, Open, Reported, Unknown,
};
use crate::flow::repetition::{FirstTransmission, Proof};
use crate::flow::segment::Segment;

/// SACK permitted.
const PERMITS: [u8; 4] = [1, 1, 4, 2];

/// What is said of each segment that was sent again, with its number.
fn first_transmissions(segments: &[Segment]) -> Vec<(usize, FirstTransmission)> {
    let each = (1..).zip(segments);
    each.filter_map(|(number, segment)| Some((number, segment.repetition?.first)))
        .collect()
}

fn proofs(segments: &[Segment]) -> Vec<(usize, Proof)> {
    let each = (1..).zip(segments);
    each.filter_map(|(number, segment)| Some((number, segment.proof?)))
        .collect()
}

/// The handshake, and then these; with SACK or without.
fn opened(sack: bool, lines: &[Line]) -> Vec<Line> {
    let mut all: Vec<Line> = handshake().into_iter().map(|(line, _)| line).collect();
    if sack {
        for line in &mut all[..2] {
            *line = line.clone().option(&PERMITS);
        }
    }
    all.extend_from_slice(lines);
    all
}

#[track_caller]
fn assert_first(lines: &[Line], expected: &[(usize, FirstTransmission)]) -> Vec<Segment> {
    let (segments, _) = tell(lines);
    assert_eq!(first_transmissions(&segments), expected);
    segments
}

#[test]
fn a_syn_is_open_until_an_answer_was_captured() {
    let segments = assert_first(
        &[
            c(SYN, 0, 0).stamps(100, 0),
            c(SYN, 0, 0).stamps(1_100, 0).after(1000),
            s(SYN | ACK, 0, 1).stamps(7, 1_100),
            c(SYN, 0, 0).stamps(3_100, 0).after(2000),
            s(SYN | ACK, 0, 1).stamps(2_007, 3_100),
        ],
        // That the client asks once more shows that the SYN-ACK had not arrived.
        &[(2, Open), (4, Acknowledged), (5, Missing)],
    );
    let older = |index: usize| segments[index].repetition.unwrap().may_be_older;
    assert!(!older(1) && !older(3) && !older(4));
    assert_eq!(proofs(&segments), []);
}

#[test]
fn without_timestamps_a_copy_is_not_excluded() {
    let segments = assert_first(
        &[
            c(SYN, 0, 0),
            s(SYN | ACK, 0, 1),
            c(SYN, 0, 0).after(1000),
            s(SYN | ACK, 0, 1),
        ],
        // The network may have copied the SYN.
        &[(3, Acknowledged), (4, Open)],
    );
    assert!(segments[2].repetition.unwrap().may_be_older);
}

#[test]
fn an_echo_proves_which_transmission_arrived() {
    let lines = |echo: u32| {
        [
            c(SYN, 0, 0).stamps(100, 0),
            c(SYN, 0, 0).stamps(1_100, 0).after(1000),
            s(SYN | ACK, 0, 1).stamps(7, echo),
        ]
    };
    assert_eq!(proofs(&tell(&lines(100)).0), [(3, Proof::Arrived(1))]);
    // The second one is answered: the first may have arrived, or not.
    assert_eq!(proofs(&tell(&lines(1_100)).0), []);
    let data = |second: u32, echo: u32| {
        opened(
            false,
            &[
                c(ACK, 1, 1).stamps(200, 7).data(10),
                c(ACK, 1, 1).stamps(second, 7).data(10).after(300),
                s(ACK, 1, 11).stamps(9, echo),
            ],
        )
    };
    assert_eq!(proofs(&tell(&data(500, 200)).0), [(6, Proof::Arrived(4))]);
    assert_eq!(proofs(&tell(&data(500, 500)).0), []);
    // Both have this timestamp.
    assert_eq!(proofs(&tell(&data(200, 200)).0), []);
    // So it is with the first two of three.
    let thrice = opened(
        false,
        &[
            c(ACK, 1, 1).stamps(200, 7).data(10),
            c(ACK, 1, 1).stamps(200, 7).data(10).after(5),
            c(ACK, 1, 1).stamps(500, 7).data(10).after(300),
            s(ACK, 1, 11).stamps(9, 200),
        ],
    );
    assert_eq!(proofs(&tell(&thrice).0), []);
}

/// An acknowledgment of two segments echoes the first one's timestamp (RFC 7323 section 4.3), and the second one may have been lost.
#[test]
fn an_echo_proves_nothing_of_a_later_segment() {
    let lines = opened(
        false,
        &[
            c(ACK, 1, 1).stamps(200, 7).data(10),
            c(ACK, 11, 1).stamps(200, 7).data(10),
            c(ACK, 11, 1).stamps(500, 7).data(10).after(300),
            s(ACK, 1, 21).stamps(9, 200),
        ],
    );
    let (segments, _) = tell(&lines);
    assert_eq!(first_transmissions(&segments), [(6, Open)]);
    assert_eq!(proofs(&segments), []);
}

/// What the capture has as one long segment, a network card may have divided.
#[test]
fn an_echo_proves_nothing_of_what_is_longer_than_a_packet() {
    let long = opened(
        false,
        &[
            c(ACK, 1, 1).stamps(200, 7).data(3_000),
            c(ACK, 1, 1).stamps(500, 7).data(3_000).after(300),
            s(ACK, 1, 3_001).stamps(9, 200),
        ],
    );
    assert_eq!(proofs(&tell(&long).0), []);
}

#[test]
fn reports_show_what_had_arrived_and_what_had_not() {
    let (first, second, third) = (c(ACK, 1, 1).data(10), c(ACK, 11, 1).data(10), c(ACK, 21, 1).data(10));
    let sent = [first.clone(), second.clone(), third.clone()];
    let with = |more: &[Line]| opened(true, &[&sent[..], more].concat());
    assert_first(
        &with(&[
            s(ACK, 1, 1).sack(&[(11, 21)]),
            first.clone(),
            second.clone(),
            third.clone(),
        ]),
        &[(8, Missing), (9, Reported), (10, Open)],
    );
    // What comes after a report in between is missing as well.
    assert_first(
        &with(&[s(ACK, 1, 1).sack(&[(21, 31)]), second.clone()]),
        &[(8, Missing)],
    );
    // Of a part of it nothing is known that can be said in a sentence.
    assert_first(
        &with(&[s(ACK, 1, 1).sack(&[(15, 31)]), second.clone()]),
        &[(8, Missing)],
    );
    assert_first(
        &with(&[s(ACK, 1, 1).sack(&[(11, 15)]), second.clone()]),
        &[(8, Unknown)],
    );
    // A report after the retransmission is a proof.
    let (segments, _) = tell(&with(&[first.clone().after(300), s(ACK, 1, 1).sack(&[(11, 31)])]));
    assert_eq!(first_transmissions(&segments), [(7, Open)]);
    assert_eq!(proofs(&segments), [(8, Proof::Missing(4))]);
    // A D-SACK reports what arrived twice: it asks for nothing.
    let (segments, _) = tell(&with(&[
        s(ACK, 1, 11),
        first,
        s(ACK, 1, 11).sack(&[(1, 11)]),
        second.after(300),
    ]));
    assert_eq!(first_transmissions(&segments), [(8, Acknowledged), (10, Open)]);
    let twice = segments[8].arrived_twice().unwrap();
    assert_eq!((twice.first, twice.last), (1, 10));
}

#[test]
fn duplicates_without_reports_let_it_be_deduced() {
    let (first, second) = (c(ACK, 1, 1).data(10), c(ACK, 11, 1).data(10));
    let third = c(ACK, 21, 1).data(10);
    let lines = [
        first.clone(),
        second.clone(),
        third,
        s(ACK, 1, 1),
        first.clone(),
        s(ACK, 1, 11),
        second,
    ];
    // After the acknowledgment of the first, the second is missing too: RFC 6582 calls it partial.
    assert_first(&opened(false, &lines), &[(8, AskedFor), (10, AskedFor)]);
    // Where nothing was sent after it, duplicates have another cause.
    assert_first(
        &opened(false, &[first.clone(), s(ACK, 1, 1), first.clone()]),
        &[(6, Unknown)],
    );
    // Where ends report, one without a report has another cause.
    assert_first(&opened(true, &lines), &[(8, Open), (10, Open)]);
}

#[test]
fn what_was_not_captured_or_not_taken_is_not_open() {
    let (first, second) = (c(ACK, 1, 1).data(10), c(ACK, 11, 1).data(10));
    assert_first(
        &opened(false, &[second.clone(), first.clone().after(400)]),
        &[(5, NotCaptured)],
    );
    // RFC 7413: the SYN is taken, and its data are not.
    assert_first(
        &[c(SYN, 0, 0).data(10), s(SYN | ACK, 0, 1), first.clone().after(1)],
        &[(3, NotTaken)],
    );
    // Before the first captured byte nothing is known.
    assert_first(&[second.clone(), first.after(400)], &[(2, Unknown)]);
}

#[test]
fn a_fin_that_is_sent_again_is_like_data() {
    let fin = || c(FIN | ACK, 1, 1);
    assert_first(
        &opened(false, &[fin(), fin().after(300), s(ACK, 1, 2), fin().after(600)]),
        &[(5, Open), (7, Acknowledged)],
    );
}

#[test]
fn probes_and_keep_alives_are_not_sent_again() {
    let keep_alive = || c(ACK, 0, 1).after(10_000);
    assert_first(&opened(false, &[keep_alive(), s(ACK, 1, 1), keep_alive()]), &[]);
    let closed = [
        c(PSH | ACK, 1, 1).data(10),
        s(ACK, 1, 11).window(0),
        c(ACK, 10, 1).after(300),
        c(ACK, 10, 1).after(600),
        c(ACK, 11, 1).data(1).after(900),
        c(ACK, 11, 1).data(1).after(1800),
    ];
    assert_first(&opened(false, &closed), &[]);
}
