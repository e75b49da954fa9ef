//! Which RST is taken. RFC 9293 sections 3.10.7.3 and 3.10.7.4, RFC 5961 section 3

use super::script::{ACK, FIN, PSH, RST, SYN, after_handshake, assert_story, c, s};
use super::tcp::connection;
use crate::flow::Party;
use crate::flow::conversation::{Ending, Opening};

#[test]
fn outside_the_window_it_is_ignored() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(4), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (s(ACK, 1, 5), "Ack ESTABLISHED ESTABLISHED"),
        (s(RST, 500_001, 0), "Reset(NotTaken(Ignored)) ESTABLISHED ESTABLISHED"),
        (s(RST, -3, 0), "Reset(NotTaken(Ignored)) ESTABLISHED ESTABLISHED"),
        (s(PSH | ACK, 1, 5).data(4), "Data ESTABLISHED ESTABLISHED"),
        (c(ACK, 5, 5), "Ack ESTABLISHED ESTABLISHED"),
    ]));
    assert_eq!(connection(&tracker, 1).ending, Ending::Open);
}

#[test]
fn inside_the_window_it_is_challenged_and_the_exact_one_is_taken() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(4), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (s(ACK, 1, 5), "Ack ESTABLISHED ESTABLISHED"),
        (c(RST, 55, 0), "Reset(NotTaken(Challenged)) ~ESTABLISHED ESTABLISHED"),
        (s(ACK, 1, 5), "ChallengeAck ~ESTABLISHED ESTABLISHED"),
        (c(RST, 5, 0), "Reset(NoSuchConnection) CLOSED ESTABLISHED>CLOSED"),
    ]));
    assert_eq!(connection(&tracker, 1).ending, Ending::Reset(Party::Client));
}

/// In SYN-SENT only the acknowledgment number counts.
#[test]
fn a_syn_is_refused_by_its_own_number_only() {
    let (_, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (s(RST | ACK, -300_000, 777), "Reset(NotTaken(Ignored)) SYN-SENT ?"),
        (s(RST, 1, 0), "Reset(NotTaken(Ignored)) SYN-SENT ?"),
        (s(SYN | ACK, 0, 1), "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 1), "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
    ]);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
}

/// What goes on was not reset by its own end.
#[test]
fn a_forged_one_with_the_right_number_is_found_out() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(4), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (s(ACK, 1, 5), "Ack ESTABLISHED ESTABLISHED"),
        (s(RST, 1, 0), "Reset(NoSuchConnection) ESTABLISHED>CLOSED CLOSED"),
        (s(PSH | ACK, 1, 5).data(4), "Data ESTABLISHED ESTABLISHED GoesOn"),
    ]));
    assert_eq!(connection(&tracker, 1).ending, Ending::Open);
}

/// Data that is under way moves the number that is expected: each of them may be the one.
#[test]
fn between_what_is_acknowledged_and_what_was_sent_it_may_be_the_one() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(6), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (c(RST | ACK, 7, 1), "Reset(Abort) CLOSED SYN-RECEIVED>CLOSED"),
    ]));
    assert_eq!(connection(&tracker, 1).ending, Ending::Reset(Party::Client));
    // After a FIN it counts from the number behind it.
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(FIN | ACK, 1, 1), "FirstFin FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT"),
        (c(RST, 2, 0), "Reset(Abort) CLOSED SYN-RECEIVED>CLOSED"),
    ]));
    assert_eq!(connection(&tracker, 1).ending, Ending::Reset(Party::Client));
}
