//! Connections as they ought to be.

use super::script::{ACK, FIN, PSH, RST, SYN, after_handshake, assert_story, c, s};
use crate::flow::conversation::{Connection, Ending, Opening, Transport};
use crate::flow::number::ByteRange;
use crate::flow::segment::{RoundTrip, Scale};
use crate::flow::{Party, Roles, Tracker};

pub(super) fn connection(tracker: &Tracker, number: u64) -> Connection {
    match tracker.conversation(number).unwrap().transport {
        Transport::Tcp(connection) => connection,
        Transport::Udp(_) => panic!("UDP"),
    }
}

#[test]
fn the_golden_trace() {
    let (segments, tracker) = assert_story(&after_handshake(&[
        (c(PSH | ACK, 1, 1).data(12), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (s(ACK, 1, 13), "Ack ESTABLISHED ESTABLISHED"),
        (s(PSH | ACK, 1, 13).data(12), "Data ESTABLISHED ESTABLISHED"),
        (c(ACK, 13, 13), "Ack ESTABLISHED ESTABLISHED"),
        (s(FIN | ACK, 13, 13), "FirstFin ESTABLISHED>CLOSE-WAIT FIN-WAIT-1"),
        (c(FIN | ACK, 13, 14), "SecondFin LAST-ACK FIN-WAIT-1>TIME-WAIT"),
        (s(ACK, 14, 14), "FinAck LAST-ACK>CLOSED TIME-WAIT"),
    ]));
    assert_eq!(segments[0].sequence.relative, 0);
    assert_eq!(segments[3].sequence.relative, 1);
    // The client's numbers wrap within the line.
    assert_eq!(segments[4].acknowledgment.unwrap().relative, 13);
    assert_eq!(segments[4].acknowledgment.unwrap().raw.0, 8);
    assert_eq!(segments[4].acknowledges.bytes, Some(ByteRange { first: 1, last: 12 }));
    assert_eq!(segments[4].acknowledges.packet, Some(4));
    assert_eq!(
        segments[4].round_trip,
        Some(RoundTrip {
            packet: 4,
            time: 1_000_000
        })
    );
    assert_eq!(segments[3].in_flight, Some(12));
    assert_eq!(segments[5].data, Some(ByteRange { first: 1, last: 12 }));
    assert!(segments[9].acknowledges.fin && segments[9].acknowledges.bytes.is_none());
    let conversation = tracker.conversation(1).unwrap();
    assert_eq!(conversation.roles, Roles::Seen);
    assert_eq!(conversation.client, "10.0.0.1:40000".parse().unwrap());
    assert_eq!(
        (conversation.from_client.packets, conversation.from_server.packets),
        (5, 5)
    );
    assert_eq!(conversation.from_client.data_bytes, 12);
    let connection = connection(&tracker, 1);
    assert_eq!(connection.opening, Opening::Complete);
    assert_eq!(connection.ending, Ending::Closed(Party::Server));
    assert_eq!(connection.handshake_time, Some(2_000_000));
    assert_eq!(connection.handshake_round_trip, Some(1_000_000));
    assert_eq!(
        (connection.client.acknowledged, connection.server.acknowledged),
        (12, 12)
    );
    assert_eq!(connection.retransmissions, 0);
}

#[test]
fn windows_are_scaled_when_both_offer_it() {
    let scale = |shift| [3, 3, shift];
    for (offers, expected) in [((true, true), Scale::Shift(7)), ((true, false), Scale::NotOffered)] {
        let mut story = after_handshake(&[(
            c(ACK, 1, 1).data(5).window(10),
            "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED",
        )]);
        if offers.0 {
            story[0].0 = c(SYN, 0, 0).option(&scale(7));
        }
        if offers.1 {
            story[1].0 = s(SYN | ACK, 0, 1).option(&scale(9));
        }
        let (segments, tracker) = assert_story(&story);
        assert_eq!(segments[0].window.scale, Scale::OfSyn);
        assert_eq!(segments[3].window.scale, expected);
        assert_eq!(
            connection(&tracker, 1).client.smallest_window,
            segments[3].window.bytes()
        );
    }
}

#[test]
fn refused_broken_off_and_unanswered() {
    let refused = [
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (s(RST | ACK, -300_000, 1), "Reset(NobodyListens) SYN-SENT>CLOSED CLOSED"),
    ];
    let (_, tracker) = assert_story(&refused);
    assert_eq!(connection(&tracker, 1).opening, Opening::Refused);
    assert_eq!(connection(&tracker, 1).ending, Ending::Reset(Party::Server));

    let scanned = [
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (s(SYN | ACK, 0, 1), "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (c(RST, 1, 0), "Reset(BreaksOffHandshake) CLOSED SYN-RECEIVED>LISTEN"),
    ];
    let (_, tracker) = assert_story(&scanned);
    assert_eq!(connection(&tracker, 1).opening, Opening::BrokenOff);

    let (_, tracker) = assert_story(&scanned[..2]);
    assert_eq!(connection(&tracker, 1).opening, Opening::NotCompleted);
    let (_, tracker) = assert_story(&scanned[..1]);
    assert_eq!(connection(&tracker, 1).opening, Opening::Unanswered);
}
