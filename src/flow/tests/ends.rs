//! Other ways to begin and to end.

use super::script::{ACK, FIN, PSH, RST, SYN, after_handshake, assert_story, c, s};
use super::tcp::connection;
use crate::flow::conversation::{Ending, Opening};
use crate::flow::segment::Scale;
use crate::flow::{Party, Roles};

#[test]
fn one_direction_closes_first() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(FIN | ACK, 1, 1).data(4), "FirstFin FIN-WAIT-1 ~CLOSE-WAIT"),
        (s(ACK, 1, 6), "FinAck ~FIN-WAIT-2 CLOSE-WAIT"),
        (s(PSH | ACK, 1, 6).data(9), "Data ~FIN-WAIT-2 CLOSE-WAIT HalfClosed"),
        (c(ACK, 6, 10), "Ack ~FIN-WAIT-2 CLOSE-WAIT"),
        (s(FIN | ACK, 10, 6), "SecondFin ~TIME-WAIT LAST-ACK"),
        (c(ACK, 6, 11), "FinAck TIME-WAIT ~CLOSED"),
        (
            s(FIN | ACK, 10, 6),
            "SecondFin TIME-WAIT LAST-ACK Retransmission SpuriousRetransmission AfterEnd",
        ),
    ]));
    let connection = connection(&tracker, 1);
    assert_eq!(connection.ending, Ending::Closed(Party::Client));
    assert_eq!((connection.client.acknowledged, connection.server.acknowledged), (4, 9));
}

#[test]
fn both_close_at_once() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(FIN | ACK, 1, 1), "FirstFin FIN-WAIT-1 ~CLOSE-WAIT"),
        (s(FIN | ACK, 1, 1), "SecondFin ~CLOSING FIN-WAIT-1 SimultaneousClose"),
        (c(ACK, 2, 2), "FinAck CLOSING ~FIN-WAIT-2"),
        (s(ACK, 2, 2), "FinAck ~TIME-WAIT TIME-WAIT"),
    ]));
    assert_eq!(connection(&tracker, 1).ending, Ending::ClosedTogether);
}

#[test]
fn both_open_at_once() {
    let (_, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ~SYN-RECEIVED"),
        (s(SYN, 0, 0), "CrossingSyn ~SYN-RECEIVED SYN-SENT"),
        (c(SYN | ACK, 0, 1), "SynAck SYN-RECEIVED ~ESTABLISHED"),
        (s(SYN | ACK, 0, 1), "SynAck ~ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 1), "Ack ESTABLISHED ~ESTABLISHED"),
    ]);
    assert_eq!(connection(&tracker, 1).opening, Opening::Simultaneous);
}

#[test]
fn after_a_reset_nothing_counts() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(4), "Data ESTABLISHED ~ESTABLISHED"),
        (s(RST | ACK, 1, 5), "Reset(Abort) ~CLOSED CLOSED"),
        (c(ACK, 5, 1).data(4), "Data ~CLOSED CLOSED AfterEnd"),
    ]));
    assert_eq!(connection(&tracker, 1).ending, Ending::Reset(Party::Server));
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
}

#[test]
fn why_it_was_reset() {
    assert_story(&after_handshake(&[
        (s(FIN | ACK, 1, 1), "FirstFin ~CLOSE-WAIT FIN-WAIT-1"),
        (c(ACK, 1, 2), "FinAck CLOSE-WAIT ~FIN-WAIT-2"),
        (c(ACK, 1, 2).data(8), "Data CLOSE-WAIT ~FIN-WAIT-2 HalfClosed"),
        (s(RST, 2, 0), "Reset(DataAfterClose) ~CLOSED CLOSED"),
    ]));
    // The same, when the data come with the FIN.
    assert_story(&after_handshake(&[
        (c(FIN | ACK, 1, 1), "FirstFin FIN-WAIT-1 ~CLOSE-WAIT"),
        (s(ACK, 1, 2), "FinAck ~FIN-WAIT-2 CLOSE-WAIT"),
        (
            s(FIN | PSH | ACK, 1, 2).data(4),
            "SecondFin ~TIME-WAIT LAST-ACK HalfClosed",
        ),
        (c(RST, 2, 0), "Reset(DataAfterClose) CLOSED ~CLOSED"),
    ]));
    // A server that was restarted does not know the connection: it takes its number from what it answers.
    assert_story(&[
        (c(ACK, 1, 1).data(8), "Data ~ESTABLISHED ~?"),
        (s(RST, 1, 0), "Reset(NoSuchConnection) ~CLOSED CLOSED"),
    ]);
}

#[test]
fn ports_are_used_again() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(RST | ACK, 1, 1), "Reset(Abort) CLOSED ~CLOSED"),
        (c(SYN, 0, 0).starts(5, 9), "Syn SYN-SENT ~SYN-RECEIVED PortReuse"),
        (s(SYN | ACK, 0, 1).starts(5, 9), "SynAck ~ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 1).starts(5, 9), "HandshakeAck ESTABLISHED ~ESTABLISHED"),
        // Without an end in sight, and its SYN was not captured.
        (
            s(SYN | ACK, 0, 1).starts(500, 900),
            "SynAck ~ESTABLISHED SYN-RECEIVED PortReuse",
        ),
        (c(SYN, 0, 0).starts(50, 90), "Syn SYN-SENT ~SYN-RECEIVED PortReuse"),
    ]));
    let reused: Vec<_> = (1..=4)
        .map(|number| connection(&tracker, number).reuses_ports)
        .collect();
    assert_eq!(reused, [false, true, true, true]);
    assert_eq!(connection(&tracker, 2).opening, Opening::Complete);
    assert_eq!(connection(&tracker, 4).opening, Opening::Unanswered);
}

#[test]
fn a_server_answers_anew() {
    let (_, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ~SYN-RECEIVED"),
        (s(SYN | ACK, 0, 1), "SynAck ~ESTABLISHED SYN-RECEIVED"),
        (
            c(SYN, 0, 0).after(1000),
            "Syn SYN-SENT SYN-RECEIVED Retransmission SpuriousRetransmission",
        ),
        // With SYN cookies the number depends on the time.
        (s(SYN | ACK, 77, 1), "SynAck ~ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 78), "HandshakeAck ESTABLISHED ~ESTABLISHED"),
    ]);
    assert_eq!(tracker.conversations().len(), 1);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
    assert_eq!(connection(&tracker, 1).server.start.unwrap().0, 300_077);
}

#[test]
fn the_capture_began_later() {
    let (segments, tracker) = assert_story(&[
        (s(PSH | ACK, 5000, 900).data(10), "Data ~? ~ESTABLISHED"),
        (c(ACK, 900, 5010), "Ack ~? ~ESTABLISHED"),
        (c(PSH | ACK, 900, 5010).data(5), "Data ~ESTABLISHED ~ESTABLISHED"),
        (s(FIN | ACK, 5010, 905), "FirstFin ~CLOSE-WAIT FIN-WAIT-1"),
        (c(FIN | ACK, 905, 5011), "SecondFin LAST-ACK ~TIME-WAIT"),
        (s(ACK, 5011, 906), "FinAck ~CLOSED TIME-WAIT"),
    ]);
    let conversation = tracker.conversation(1).unwrap();
    assert_eq!((conversation.roles, conversation.client.port()), (Roles::Ports, 40_000));
    assert_eq!(connection(&tracker, 1).opening, Opening::BeforeCapture);
    assert_eq!(connection(&tracker, 1).ending, Ending::Closed(Party::Server));
    assert_eq!(segments[0].sequence.relative, 1);
    assert_eq!(segments[0].own_start, None);
    assert_eq!(segments[1].acknowledgment.unwrap().relative, 11);
    assert_eq!(segments[1].window.scale, Scale::NotCaptured);
    assert!(!segments[0].acknowledges.is_something());
    assert_eq!(segments[3].acknowledges.bytes.unwrap().count(), 5);
}

#[test]
fn the_answer_is_the_first_that_was_captured() {
    let (_, tracker) = assert_story(&[
        (s(SYN | ACK, 0, 1), "SynAck ~ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 1), "HandshakeAck ESTABLISHED ~ESTABLISHED"),
    ]);
    assert_eq!(tracker.conversation(1).unwrap().roles, Roles::Seen);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
    assert_eq!(connection(&tracker, 1).handshake_time, None);
}

#[test]
fn the_answer_was_not_captured() {
    let (_, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ~SYN-RECEIVED"),
        (c(ACK, 1, 1), "HandshakeAck ESTABLISHED ~SYN-RECEIVED"),
    ]);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
}

#[test]
fn data_in_the_syn() {
    let (segments, _) = assert_story(&[
        (c(SYN, 0, 0).data(20), "Syn SYN-SENT ~SYN-RECEIVED DataInSyn"),
        (s(SYN | ACK, 0, 21), "SynAck ~ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 21, 1), "HandshakeAck ESTABLISHED ~ESTABLISHED"),
    ]);
    assert_eq!(segments[0].data.unwrap().count(), 20);
    assert_eq!(segments[0].data.unwrap().first, 1);
    assert!(segments[1].acknowledges.syn);
    assert_eq!(segments[1].acknowledges.bytes.unwrap().count(), 20);
}
