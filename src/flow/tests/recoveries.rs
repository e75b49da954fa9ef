//! What is sent again before a timer runs out: more than once, in parts, after a wait, and after a timer.

use super::script::{ACK, Line, c, handshake, s, tell};
use crate::flow::repetition::Asked;

/// SACK permitted.
const PERMITS: [u8; 4] = [1, 1, 4, 2];

/// What asked for each segment that was sent again, in a connection over SACK.
fn asked(lines: &[Line]) -> Vec<Asked> {
    let mut all: Vec<Line> = handshake().into_iter().map(|(line, _)| line).collect();
    for line in &mut all[..2] {
        *line = line.clone().option(&PERMITS);
    }
    all.extend_from_slice(lines);
    let (segments, _) = tell(&all);
    let repeated = segments.iter().filter_map(|segment| Some(segment.repetition?.asked));
    repeated.collect()
}

fn data(start: i64) -> Line {
    c(ACK, start, 1).data(10)
}

fn sent(count: i64) -> Vec<Line> {
    (0..count).map(|nth| data(1 + 10 * nth)).collect()
}

/// RFC 8985 section 6.2: what was sent after it arrived, and it did not.
#[test]
fn what_was_sent_again_is_asked_for_again() {
    let report = |to: i64| s(ACK, 1, 1).sack(&[(11, to)]);
    let again = [&sent(4)[..], &[report(41), data(1).after(0), data(41).after(0)]].concat();
    // Reported is what was sent before the repetition only.
    let before = [&again[..], &[report(41), data(1).after(0)]].concat();
    assert_eq!(asked(&before), [Asked::Reports, Asked::Not]);
    let later = [&again[..], &[report(51), data(1).after(0)]].concat();
    assert_eq!(asked(&later), [Asked::Reports, Asked::Reports]);
}

/// With more options in the header, what was one segment is sent again as two.
#[test]
fn each_part_of_a_segment_is_asked_for() {
    let part = |start: i64, bytes: usize| c(ACK, start, 1).data(bytes).after(0);
    let report = s(ACK, 1, 1).sack(&[(11, 41)]);
    let parts = [&sent(4)[..], &[report, part(1, 7), part(8, 3), part(8, 3).after(5)]].concat();
    assert_eq!(asked(&parts), [Asked::Reports, Asked::Reports, Asked::Not]);
}

/// The sender waits for what may have been overtaken. That is shorter than any retransmission timer.
#[test]
fn a_wait_before_any_timer_is_none() {
    let report = s(ACK, 1, 1).sack(&[(11, 41)]);
    let after = |wait: i64| asked(&[&sent(4)[..], &[report.clone(), data(1).after(wait)]].concat());
    assert_eq!(after(60), [Asked::Reports]);
    assert_eq!(after(250), [Asked::Not]);
}

/// RFC 6582 section 3.2: what was sent after the timer can be asked for while more of it is outstanding.
#[test]
fn a_timer_is_over_when_all_that_was_sent_before_it_is_acknowledged() {
    let mut lines = sent(2);
    lines.extend([data(1).after(300), s(ACK, 1, 11).after(0), data(11).after(0)]);
    lines.extend([data(21).after(0), data(31).after(0), s(ACK, 1, 21)]);
    lines.extend([s(ACK, 1, 21).sack(&[(31, 41)]).after(0), data(21).after(0)]);
    assert_eq!(asked(&lines), [Asked::Not, Asked::Not, Asked::Reports]);
}
