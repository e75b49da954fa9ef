//! A SYN on known addresses and ports begins, repeats, or disturbs. RFC 9293 section 3.5

use super::script::{ACK, FIN, PSH, RST, SYN, after_handshake, assert_story, c, s};
use super::tcp::connection;
use crate::flow::conversation::{Ending, Opening};
use crate::flow::repetition::FirstTransmission;
use crate::flow::segment::Scale;
use crate::flow::{Party, Tracker};

fn conversations(tracker: &Tracker) -> usize {
    tracker.conversations().len()
}

/// Figure 8: an old SYN comes late, is answered, and the answer refused; then the SYN that counts comes again.
#[test]
fn an_old_syn_disturbs_and_the_handshake_goes_on() {
    let (segments, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (c(SYN, 0, 0).starts(90, 300_000), "Syn ? ? OtherSyn"),
        (s(SYN | ACK, 0, 1).starts(90, 300_000), "SynAck ? SYN-RECEIVED"),
        (
            c(RST, 1, 1).starts(90, 300_000),
            "Reset(BreaksOffHandshake) ? SYN-RECEIVED>LISTEN",
        ),
        (c(SYN, 0, 0), "Syn SYN-SENT ? Retransmission"),
        (s(SYN | ACK, 0, 1), "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 1), "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
    ]);
    assert_eq!(conversations(&tracker), 2);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
    assert_eq!(connection(&tracker, 2).opening, Opening::BrokenOff);
    assert_eq!(segments[4].first_sent, Some(1));
}

/// Figure 9: the client has forgotten the connection, and asks again. The server says what it expects, the client resets that, and the
/// next SYN opens.
#[test]
fn a_client_that_was_restarted_meets_its_earlier_connection() {
    let (segments, tracker) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(6), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (s(ACK, 1, 7), "Ack ESTABLISHED ESTABLISHED"),
        (c(SYN, 0, 0).starts(70_000, 300_000), "Syn ? ? OtherSyn"),
        (s(ACK, 1, 7), "ChallengeAck ESTABLISHED ESTABLISHED"),
        (c(RST, 7, 0), "Reset(NoSuchConnection) CLOSED ESTABLISHED>CLOSED"),
        (c(SYN, 0, 0).starts(70_000, 0), "Syn ? ? Retransmission"),
        (s(SYN | ACK, 0, 1).starts(70_000, 900_000), "SynAck ? SYN-RECEIVED"),
        (
            c(ACK, 1, 1).starts(70_000, 900_000),
            "HandshakeAck ~ESTABLISHED SYN-RECEIVED>ESTABLISHED",
        ),
    ]));
    assert_eq!(conversations(&tracker), 2);
    assert_eq!(connection(&tracker, 1).ending, Ending::Reset(Party::Client));
    assert_eq!(connection(&tracker, 2).opening, Opening::Complete);
    // The challenge ACK shows that the first SYN had arrived.
    assert!(connection(&tracker, 2).is_challenged && !connection(&tracker, 1).is_challenged);
    let first: Vec<_> = segments.iter().filter_map(|segment| segment.repetition).collect();
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(first[0].first, FirstTransmission::Challenged);
    assert!(segments.iter().all(|segment| segment.sequence.relative >= 0));
}

/// Where the SYN came twice before the challenge ACK, it is not known which of them arrived.
#[test]
fn a_challenge_after_two_syns_shows_of_neither_that_it_arrived() {
    let (segments, tracker) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(6), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (s(ACK, 1, 7), "Ack ESTABLISHED ESTABLISHED"),
        (c(SYN, 0, 0).starts(70_000, 300_000), "Syn ? ? OtherSyn"),
        (
            c(SYN, 0, 0).starts(70_000, 300_000).after(1000),
            "Syn ? ? Retransmission",
        ),
        (s(ACK, 1, 7), "ChallengeAck ESTABLISHED ESTABLISHED"),
    ]));
    assert!(!connection(&tracker, 2).is_challenged);
    let again = segments.iter().find_map(|segment| segment.repetition).unwrap();
    assert_eq!(again.first, FirstTransmission::Open);
}

#[test]
fn a_syn_ack_with_another_number_on_an_open_connection_changes_nothing() {
    let (segments, tracker) = assert_story(&after_handshake(&[
        (s(SYN | ACK, 777, 1), "OtherSynAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (c(ACK, 1, 1), "ChallengeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (c(PSH | ACK, 1, 1).data(3), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (s(ACK, 1, 4), "Ack ESTABLISHED ESTABLISHED"),
    ]));
    assert_eq!(conversations(&tracker), 1);
    assert_eq!(segments[3].sequence.relative, 0);
    assert_eq!(connection(&tracker, 1).server.start.unwrap().0, 300_000);
}

/// Windows asks three times, whatever is answered.
#[test]
fn the_same_syn_after_a_refusal_begins_once_more() {
    let refused = "Reset(NobodyListens) SYN-SENT>CLOSED CLOSED";
    let (_, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (s(RST | ACK, -300_000, 1), refused),
        (c(SYN, 0, 0).after(500), "Syn SYN-SENT ? AsksAgain"),
        (s(RST | ACK, -300_000, 1), refused),
        (c(SYN, 0, 0).after(500), "Syn SYN-SENT ? AsksAgain"),
        (s(SYN | ACK, 0, 1), "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 1), "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
    ]);
    assert_eq!(conversations(&tracker), 1);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
    assert_eq!(connection(&tracker, 1).ending, Ending::Open);
}

/// Only what the server sent was captured, and only what the client sent.
#[test]
fn what_comes_later_proves_that_the_handshake_was_completed() {
    let (_, tracker) = assert_story(&[
        (s(SYN | ACK, 0, 1), "SynAck ~SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (s(ACK, 1, 13), "Ack ~ESTABLISHED ~ESTABLISHED"),
        (s(PSH | ACK, 1, 13).data(12), "Data ~ESTABLISHED ~ESTABLISHED"),
    ]);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
    let (_, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (c(ACK, 1, 1), "HandshakeAck ~ESTABLISHED ~SYN-RECEIVED>ESTABLISHED"),
        (c(ACK, 1, 1).data(4), "Data ~ESTABLISHED ~SYN-RECEIVED>ESTABLISHED"),
    ]);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
    // A SYN-ACK alone proves nothing of the kind, nor does its repetition.
    let (_, tracker) = assert_story(&[
        (s(SYN | ACK, 0, 1), "SynAck ~SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (
            s(SYN | ACK, 0, 1).after(1000),
            "SynAck ~SYN-SENT>ESTABLISHED SYN-RECEIVED Retransmission",
        ),
    ]);
    assert_eq!(connection(&tracker, 1).opening, Opening::NotCompleted);
}

#[test]
fn a_split_handshake_has_four_steps() {
    let (_, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (s(SYN, 0, 0), "CrossingSyn SYN-SENT>SYN-RECEIVED SYN-SENT"),
        (c(SYN | ACK, 0, 1), "SynAck SYN-RECEIVED SYN-SENT>ESTABLISHED"),
        (s(ACK, 1, 1), "HandshakeAck SYN-RECEIVED>ESTABLISHED ESTABLISHED"),
    ]);
    assert_eq!(connection(&tracker, 1).opening, Opening::Split);
}

/// RFC 7323 section 2.2: the SYN-ACK has the option only where the SYN that it answers had it; section 3.2: it echoes its timestamp.
#[test]
fn the_window_scale_is_that_of_the_syn_that_was_answered() {
    let scale = |shift| [3, 3, shift, 1];
    let shift_of = |second: Option<u8>, echo: u32, answer: Option<u8>| {
        let mut syn = c(SYN, 0, 0).stamps(1000, 0).after(1000);
        if let Some(shift) = second {
            syn = syn.option(&scale(shift));
        }
        let mut syn_ack = s(SYN | ACK, 0, 1).stamps(7, echo);
        if let Some(shift) = answer {
            syn_ack = syn_ack.option(&scale(shift));
        }
        let lines = [
            c(SYN, 0, 0).stamps(1, 0).option(&scale(7)),
            syn,
            syn_ack,
            c(ACK, 1, 1).stamps(1001, 7),
        ];
        let (segments, _) = super::script::tell(&lines);
        segments[3].window.scale
    };
    assert_eq!(shift_of(None, 1, Some(9)), Scale::Shift(7), "the first one is answered");
    assert_eq!(shift_of(None, 1000, None), Scale::NotOffered, "the second one is");
    assert_eq!(shift_of(Some(3), 1, Some(9)), Scale::Shift(7));
    assert_eq!(shift_of(Some(3), 1000, Some(9)), Scale::Shift(3));
}

/// A FIN whose acknowledgment was captured may come again: that acknowledgment was lost, or the two crossed.
#[test]
fn only_who_knows_the_end_comes_after_it() {
    assert_story(&after_handshake(&[
        (c(FIN | ACK, 1, 1), "FirstFin FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT"),
        (s(FIN | ACK, 1, 2), "SecondFin FIN-WAIT-1>TIME-WAIT LAST-ACK"),
        (c(ACK, 2, 2), "FinAck TIME-WAIT LAST-ACK>CLOSED"),
        (s(ACK, 2, 2), "Ack TIME-WAIT LAST-ACK>CLOSED CrossesEnd"),
        (c(ACK, 2, 2), "Ack TIME-WAIT LAST-ACK>CLOSED AfterEnd"),
    ]));
}
