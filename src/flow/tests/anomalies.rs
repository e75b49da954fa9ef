//! What goes wrong on the way, and what is said of it.

use super::script::{ACK, FIN, PSH, SYN, URG, after_handshake, assert_story, c, has, s};
use super::tcp::connection;
use crate::flow::Party;
use crate::flow::segment::{Delay, Remark, SegmentPart};

const DATA: &str = "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED";
const BACK: &str = "Ack ESTABLISHED ESTABLISHED";

#[test]
fn sent_again_after_the_timer() {
    let (segments, tracker) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(10), DATA),
        (
            c(ACK, 1, 1).data(10).after(250),
            "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED Retransmission",
        ),
        (s(ACK, 1, 11), BACK),
        (
            c(ACK, 1, 1).data(10),
            "Data ESTABLISHED ESTABLISHED Retransmission SpuriousRetransmission",
        ),
    ]));
    assert_eq!(segments[4].first_sent, Some(4));
    assert_eq!(segments[4].delay, Some(Delay::RetransmissionTimer));
    // Which of the two is answered is not known.
    assert_eq!(
        (segments[5].acknowledges.packet, segments[5].round_trip),
        (Some(4), None)
    );
    assert_eq!(segments[6].delay, None);
    assert_eq!(connection(&tracker, 1).retransmissions, 2);
    assert_eq!(tracker.conversation(1).unwrap().from_client.data_bytes, 30);
    assert_eq!(connection(&tracker, 1).client.acknowledged, 10);
}

#[test]
fn a_repeated_syn_is_a_retransmission_and_no_other_connection() {
    let (segments, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (c(SYN, 0, 0).after(1000), "Syn SYN-SENT ? Retransmission"),
        (s(SYN | ACK, 0, 1), "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        // The SYN-ACK was lost behind the point of capture.
        (
            c(SYN, 0, 0).after(2000),
            "Syn SYN-SENT SYN-RECEIVED Retransmission SpuriousRetransmission",
        ),
        (
            s(SYN | ACK, 0, 1),
            "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED Retransmission",
        ),
        (c(ACK, 1, 1), "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
    ]);
    assert_eq!(segments[1].delay, Some(Delay::RetransmissionTimer));
    assert_eq!(connection(&tracker, 1).handshake_round_trip, None);
    assert_eq!(connection(&tracker, 1).handshake_time, Some(3_003_000_000));
    assert_eq!(tracker.conversations().len(), 1);
}

#[test]
fn of_a_syn_without_identification_the_timestamp_tells_a_copy_from_a_repetition() {
    let syn = || c(SYN, 0, 0).stamps(100, 0);
    assert_story(&[
        (syn(), "Syn SYN-SENT ?"),
        (syn(), "Copy SYN-SENT ?"),
        (
            c(SYN, 0, 0).stamps(1_100, 0).after(1000),
            "Syn SYN-SENT ? Retransmission",
        ),
        (c(SYN, 0, 0).stamps(1_100, 0), "Copy SYN-SENT ?"),
        (
            s(SYN | ACK, 0, 1).stamps(7, 1_100),
            "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED",
        ),
        (
            s(SYN | ACK, 0, 1).stamps(1_007, 1_100).after(1000),
            "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED Retransmission",
        ),
    ]);
}

#[test]
fn three_duplicate_acknowledgments_ask_for_a_segment() {
    let duplicate = "Ack ESTABLISHED ESTABLISHED DuplicateAck";
    let (segments, _) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(10), DATA),
        (c(ACK, 11, 1).data(10), DATA),
        (s(ACK, 1, 11), BACK),
        (c(ACK, 21, 1).data(10), "Data ESTABLISHED ESTABLISHED"),
        (s(ACK, 1, 11).sack(&[(21, 31)]), duplicate),
        (s(ACK, 1, 11), duplicate),
        (s(ACK, 1, 11), duplicate),
        (
            c(ACK, 11, 1).data(10),
            "Data ESTABLISHED ESTABLISHED Retransmission FastRetransmission",
        ),
        (s(ACK, 1, 31), BACK),
        (
            s(ACK, 1, 31).sack(&[(11, 21)]),
            "Ack ESTABLISHED ESTABLISHED DuplicateSack",
        ),
    ]));
    assert_eq!(segments[10].first_sent, Some(5));
    assert_eq!(segments[11].acknowledges.packet, Some(7));
    assert_eq!(segments[11].in_flight, Some(0));
}

#[test]
fn holes_are_filled_and_bytes_overlap() {
    let (segments, _) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(10), DATA),
        (c(ACK, 21, 1).data(10), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED Gap"),
        (
            c(ACK, 11, 1).data(10).after(0),
            "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED OutOfOrder",
        ),
        (
            c(ACK, 26, 1).data(10),
            "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED Overlap",
        ),
        (s(ACK, 1, 36), BACK),
        (c(ACK, 46, 1).data(5), "Data ESTABLISHED ESTABLISHED Gap"),
        (s(ACK, 1, 51), "Ack ESTABLISHED ESTABLISHED AcknowledgesUnseen"),
        // Its first bytes came long ago: it was sent again.
        (c(ACK, 61, 1).data(5), "Data ESTABLISHED ESTABLISHED Gap"),
        (
            c(ACK, 51, 1).data(10).after(400),
            "Data ESTABLISHED ESTABLISHED Retransmission",
        ),
        (s(ACK, 1, 66), BACK),
    ]));
    assert_eq!(segments[6].first_sent, Some(5));
    assert_eq!(segments[9].acknowledges.packet, Some(9));
}

#[test]
fn keep_alives_and_window_probes() {
    let (segments, tracker) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(10), DATA),
        (s(ACK, 1, 11), BACK),
        (c(ACK, 10, 1).after(7_200_000), "KeepAlive ESTABLISHED ESTABLISHED"),
        (s(ACK, 1, 11), "KeepAliveAck ESTABLISHED ESTABLISHED"),
        (c(ACK, 11, 1).data(10), "Data ESTABLISHED ESTABLISHED"),
        (s(ACK, 1, 21).window(0), "Ack ESTABLISHED ESTABLISHED ZeroWindow"),
        (c(ACK, 20, 1).after(300), "WindowProbe ESTABLISHED ESTABLISHED"),
        (
            s(ACK, 1, 21).window(0),
            "WindowProbeAck ESTABLISHED ESTABLISHED ZeroWindow",
        ),
        // As others than Linux ask: with the next byte.
        (c(ACK, 21, 1).data(1).after(300), "WindowProbe ESTABLISHED ESTABLISHED"),
        (
            s(ACK, 1, 21).window(0),
            "WindowProbeAck ESTABLISHED ESTABLISHED ZeroWindow",
        ),
        (
            s(ACK, 1, 21).window(20).after(900),
            "WindowUpdate ESTABLISHED ESTABLISHED",
        ),
        (c(PSH | ACK, 21, 1).data(20), "Data ESTABLISHED ESTABLISHED WindowFull"),
    ]));
    assert_eq!(segments[5].delay, Some(Delay::KeepAliveTimer));
    assert_eq!(segments[9].delay, Some(Delay::ZeroWindow(Party::Server)));
    assert_eq!(segments[13].delay, Some(Delay::ZeroWindow(Party::Server)));
    // The server's window opened before.
    assert_eq!(segments[14].delay, None);
    let connection = connection(&tracker, 1);
    assert_eq!(connection.server.smallest_window, Some(0));
    assert_eq!(connection.retransmissions, 0);
}

#[test]
fn a_probe_whose_byte_is_taken() {
    assert_story(&after_handshake(&[
        (
            s(ACK, 1, 1).window(0),
            "Ack ESTABLISHED SYN-RECEIVED>ESTABLISHED ZeroWindow",
        ),
        (
            c(ACK, 1, 1).data(1).after(300),
            "WindowProbe ESTABLISHED SYN-RECEIVED>ESTABLISHED",
        ),
        (
            s(ACK, 1, 2).window(0),
            "WindowProbeAck ESTABLISHED ESTABLISHED ZeroWindow",
        ),
        (s(ACK, 1, 2).window(9), "WindowUpdate ESTABLISHED ESTABLISHED"),
        (c(ACK, 2, 1).data(9), "Data ESTABLISHED ESTABLISHED WindowFull"),
    ]));
}

#[test]
fn why_it_came_late() {
    let (segments, _) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(10).after(3000), DATA),
        (s(ACK, 1, 11).after(41), BACK),
        (s(ACK, 1, 11).data(5).after(2), "Data ESTABLISHED ESTABLISHED"),
        (c(ACK, 11, 6), "Ack ESTABLISHED ESTABLISHED"),
        (
            s(FIN | ACK, 6, 11).after(500),
            "FirstFin ESTABLISHED>CLOSE-WAIT FIN-WAIT-1",
        ),
    ]));
    let delays: Vec<_> = segments[3..].iter().map(|segment| segment.delay).collect();
    assert_eq!(
        delays,
        [
            Some(Delay::Idle),
            Some(Delay::PathOrDelayedAck),
            None,
            None,
            Some(Delay::Idle)
        ]
    );
}

#[test]
fn timestamps_lead_back_to_their_packets() {
    let (segments, _) = assert_story(&[
        (c(SYN, 0, 0).stamps(100, 0), "Syn SYN-SENT ?"),
        (
            s(SYN | ACK, 0, 1).stamps(7000, 100),
            "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED",
        ),
        (
            c(ACK, 1, 1).stamps(101, 7000),
            "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED",
        ),
        (c(ACK, 1, 1).data(5).stamps(102, 7000), DATA),
        (c(ACK, 6, 1).data(5).stamps(103, 7000), DATA),
        // The first of two is echoed: RFC 7323 section 4.1
        (s(ACK, 1, 11).stamps(7005, 102), BACK),
        (s(ACK, 1, 11).data(1).stamps(7006, 99), "Data ESTABLISHED ESTABLISHED"),
    ]);
    let echoes: Vec<_> = segments.iter().map(|segment| segment.echoes).collect();
    assert_eq!(echoes, [None, Some(1), Some(2), Some(2), Some(2), Some(4), None]);
}

#[test]
fn strays_move_nothing() {
    let (segments, _) = assert_story(&after_handshake(&[
        (c(SYN | FIN, 1, 1), "Stray ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (c(0, 1, 1), "Stray ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (c(FIN | PSH | URG, 1, 1), "Stray ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (c(ACK, 1, 1).data(3), DATA),
    ]));
    assert!(segments.iter().all(|segment| !has(segment, Remark::AfterEnd)));
    assert_eq!(segments[6].part, SegmentPart::Data);
}

#[test]
fn more_is_outstanding_than_is_remembered() {
    let mut story = after_handshake(&[]);
    for number in 0..200 {
        story.push((c(ACK, 1 + 9 * number, 1).data(9).after(0), DATA));
    }
    story.push((
        c(ACK, 1711, 1).data(9).after(300),
        "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED Retransmission",
    ));
    story.push((s(ACK, 1, 1801), BACK));
    story.push((c(ACK, 1801, 1).data(9), "Data ESTABLISHED ESTABLISHED"));
    story.push((s(ACK, 1, 1810), BACK));
    let (segments, _) = assert_story(&story);
    assert_eq!(segments[203].first_sent, None);
    assert_eq!(segments[204].acknowledges.packet, Some(3 + 64));
    // Once all is acknowledged, round trips are measured again.
    assert_eq!(segments[206].round_trip.unwrap().packet, 206);
}

#[test]
fn an_acknowledgment_that_has_waited_for_a_repetition_measures_no_round_trip() {
    let (segments, _) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(10), DATA),
        (c(ACK, 11, 1).data(10).after(0), DATA),
        (
            c(ACK, 1, 1).data(10).after(250),
            "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED Retransmission",
        ),
        // It covers packet 5, which arrived long before: the first one was missing.
        (s(ACK, 1, 21).after(40), BACK),
        (c(ACK, 21, 1).data(10), "Data ESTABLISHED ESTABLISHED"),
        (s(ACK, 1, 31).after(40), BACK),
    ]));
    assert_eq!(
        (segments[6].acknowledges.packet, segments[6].round_trip),
        (Some(5), None)
    );
    let trip = segments[8].round_trip.unwrap();
    assert_eq!((trip.packet, trip.time), (8, 40_000_000));
}
