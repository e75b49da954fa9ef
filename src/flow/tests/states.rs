//! What is known of the state of the other end, and when.

use super::script::{ACK, FIN, PSH, RST, SYN, after_handshake, assert_story, c, s};

/// RFC 9293 section 3.10.7.4: a FIN is taken in order only.
#[test]
fn a_fin_behind_a_gap_closes_nothing_until_it_is_acknowledged() {
    assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(4), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (
            c(FIN | ACK, 5, 1).data(4),
            "FirstFin FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT",
        ),
        (s(ACK, 1, 1), "Ack FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT DuplicateAck"),
        (
            c(ACK, 1, 1).data(4).after(300),
            "Data FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT Retransmission",
        ),
        (s(ACK, 1, 10), "FinAck FIN-WAIT-1>FIN-WAIT-2 CLOSE-WAIT"),
    ]));
}

#[test]
fn who_repeats_its_fin_has_not_got_the_acknowledgment() {
    assert_story(&after_handshake(&[
        (s(PSH | ACK, 1, 1).data(2), "Data ESTABLISHED ESTABLISHED"),
        (c(ACK, 1, 3), "Ack ESTABLISHED ESTABLISHED"),
        (c(FIN | ACK, 1, 3), "FirstFin FIN-WAIT-1 ESTABLISHED>CLOSE-WAIT"),
        (s(ACK, 3, 2), "FinAck FIN-WAIT-1>FIN-WAIT-2 CLOSE-WAIT"),
        (
            c(FIN | ACK, 1, 3).after(300),
            "FirstFin FIN-WAIT-1 CLOSE-WAIT Retransmission SpuriousRetransmission",
        ),
        (s(ACK, 3, 2), "Ack FIN-WAIT-1>FIN-WAIT-2 CLOSE-WAIT"),
        // What comes after the acknowledgment arrived, so the acknowledgment is known too.
        (
            s(PSH | ACK, 3, 2).data(2),
            "Data FIN-WAIT-1>FIN-WAIT-2 CLOSE-WAIT HalfClosed",
        ),
        (c(ACK, 2, 5), "Ack FIN-WAIT-2 CLOSE-WAIT"),
    ]));
}

/// RFC 7413: before the handshake is complete a server may answer the data of a SYN.
#[test]
fn data_of_a_server_that_took_data_of_the_syn_proves_no_handshake() {
    assert_story(&[
        (c(SYN, 0, 0).data(20), "Syn SYN-SENT ? DataInSyn"),
        (s(SYN | ACK, 0, 21), "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (s(PSH | ACK, 1, 21).data(5), "Data SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 21, 6), "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
    ]);
}

/// Both closed at once: that the other's acknowledgment came, no segment shows.
#[test]
fn who_closes_at_once_is_in_closing_until_nothing_more_is_sent() {
    assert_story(&after_handshake(&[
        (c(FIN | ACK, 1, 1), "FirstFin FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT"),
        (
            s(FIN | ACK, 1, 1),
            "SecondFin FIN-WAIT-1>CLOSING FIN-WAIT-1>CLOSING SimultaneousClose",
        ),
        (s(ACK, 2, 2), "FinAck FIN-WAIT-1>TIME-WAIT CLOSING"),
        (c(ACK, 2, 2), "FinAck CLOSING>TIME-WAIT CLOSING>TIME-WAIT"),
    ]));
}

/// Its own FIN may be among what was not captured: CLOSE-WAIT would be a guess.
#[test]
fn who_acknowledges_a_fin_after_a_gap_of_its_own_may_have_closed_before() {
    assert_story(&after_handshake(&[
        (s(PSH | ACK, 1, 1).data(2), "Data ESTABLISHED ESTABLISHED"),
        (s(FIN | ACK, 3, 1), "FirstFin ESTABLISHED>CLOSE-WAIT FIN-WAIT-1"),
        (c(ACK, 6, 3), "Ack ~ESTABLISHED>CLOSE-WAIT FIN-WAIT-1 Gap"),
        (c(ACK, 6, 4), "FinAck ? FIN-WAIT-1>FIN-WAIT-2"),
        (
            c(FIN | ACK, 1, 4).data(4).after(300),
            "SecondFin ? FIN-WAIT-1>TIME-WAIT Retransmission",
        ),
    ]));
}

/// Where only one direction is captured, a FIN may be among what the other one acknowledges.
#[test]
fn who_acknowledges_what_was_not_captured_may_have_got_a_fin() {
    assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (c(ACK, 1, 1), "HandshakeAck ~ESTABLISHED ~SYN-RECEIVED>ESTABLISHED"),
        (
            c(PSH | ACK, 1, 1).data(4),
            "Data ~ESTABLISHED ~SYN-RECEIVED>ESTABLISHED",
        ),
    ]);
    // Both directions, and the last data of the server missing.
    assert_story(&after_handshake(&[
        (s(PSH | ACK, 1, 1).data(2), "Data ESTABLISHED ESTABLISHED"),
        (c(ACK, 1, 3), "Ack ESTABLISHED ESTABLISHED"),
        (c(ACK, 1, 9), "Ack ~ESTABLISHED ESTABLISHED AcknowledgesUnseen"),
    ]));
}

/// Only the server is captured: what it sends after its SYN-ACK shows that the client had answered.
#[test]
fn a_server_that_goes_on_shows_a_client_that_was_not_captured() {
    assert_story(&[
        (s(SYN | ACK, 0, 1), "SynAck ~SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (s(PSH | ACK, 1, 1).data(2), "Data ~ESTABLISHED ~ESTABLISHED"),
        (s(FIN | ACK, 3, 1), "FirstFin ~ESTABLISHED>CLOSE-WAIT ~FIN-WAIT-1"),
    ]);
}

/// RFC 9293 section 3.10.7.4 lets a RST end TIME-WAIT, RFC 1337 section 3 advises against it.
#[test]
fn a_reset_in_time_wait_may_end_it() {
    let (segments, _) = assert_story(&after_handshake(&[
        (c(FIN | ACK, 1, 1), "FirstFin FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT"),
        (s(FIN | ACK, 1, 2), "SecondFin FIN-WAIT-1>TIME-WAIT LAST-ACK"),
        (c(ACK, 2, 2), "FinAck TIME-WAIT LAST-ACK>CLOSED"),
        (
            s(RST, 2, 0),
            "Reset(ConnectionOver) ~TIME-WAIT>CLOSED LAST-ACK>CLOSED AfterEnd",
        ),
    ]));
    assert_eq!(segments.last().unwrap().client.after.known().name(), "?");
}
