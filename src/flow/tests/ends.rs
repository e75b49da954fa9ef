//! Other ways to begin and to end.

use super::script::{
    ACK, FIN, Line, PSH, RST, SYN, after_handshake, assert_story, brief, c, follow, handshake, ipv4, s, tell,
};
use super::tcp::connection;
use crate::flow::conversation::{Ending, Opening};
use crate::flow::segment::{Delay, Scale};
use crate::flow::{Party, Roles, Tracker};
use crate::frame::Time;
use crate::wire::{LinkType, decode};

#[test]
fn one_direction_closes_first() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (
            c(FIN | ACK, 1, 1).data(4),
            "FirstFin FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT",
        ),
        (s(ACK, 1, 6), "FinAck FIN-WAIT-1>FIN-WAIT-2 CLOSE-WAIT"),
        (
            s(PSH | ACK, 1, 6).data(9),
            "Data FIN-WAIT-1>FIN-WAIT-2 CLOSE-WAIT HalfClosed",
        ),
        (c(ACK, 6, 10), "Ack FIN-WAIT-2 CLOSE-WAIT"),
        (s(FIN | ACK, 10, 6), "SecondFin FIN-WAIT-2>TIME-WAIT LAST-ACK"),
        (c(ACK, 6, 11), "FinAck TIME-WAIT LAST-ACK>CLOSED"),
        (
            s(FIN | ACK, 10, 6),
            "SecondFin TIME-WAIT LAST-ACK>CLOSED Retransmission SpuriousRetransmission",
        ),
    ]));
    let connection = connection(&tracker, 1);
    assert_eq!(connection.ending, Ending::Closed(Party::Client));
    assert_eq!((connection.client.acknowledged, connection.server.acknowledged), (4, 9));
}

#[test]
fn both_close_at_once() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(FIN | ACK, 1, 1), "FirstFin FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT"),
        (
            s(FIN | ACK, 1, 1),
            "SecondFin FIN-WAIT-1>CLOSING FIN-WAIT-1>CLOSING SimultaneousClose",
        ),
        (c(ACK, 2, 2), "FinAck CLOSING FIN-WAIT-1>TIME-WAIT"),
        (s(ACK, 2, 2), "FinAck CLOSING>TIME-WAIT CLOSING>TIME-WAIT"),
    ]));
    assert_eq!(connection(&tracker, 1).ending, Ending::ClosedTogether);
}

#[test]
fn both_open_at_once() {
    let (_, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (s(SYN, 0, 0), "CrossingSyn SYN-SENT>SYN-RECEIVED SYN-SENT"),
        (c(SYN | ACK, 0, 1), "SynAck SYN-RECEIVED SYN-SENT>ESTABLISHED"),
        (s(SYN | ACK, 0, 1), "SynAck SYN-RECEIVED>ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 1), "Ack SYN-RECEIVED>ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
    ]);
    assert_eq!(connection(&tracker, 1).opening, Opening::Simultaneous);
}

#[test]
fn after_a_reset_nothing_counts() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(ACK, 1, 1).data(4), "Data ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
        (s(RST | ACK, 1, 5), "Reset(Abort) ESTABLISHED>CLOSED CLOSED"),
        // It was sent before the reset came there.
        (c(ACK, 5, 1).data(4), "Data ESTABLISHED>CLOSED CLOSED CrossesEnd"),
        (c(ACK, 9, 1).data(4).after(10), "Data ESTABLISHED>CLOSED CLOSED"),
    ]));
    assert_eq!(connection(&tracker, 1).ending, Ending::Reset(Party::Server));
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
}

#[test]
fn why_it_was_reset() {
    assert_story(&after_handshake(&[
        (s(FIN | ACK, 1, 1), "FirstFin ESTABLISHED>CLOSE-WAIT FIN-WAIT-1"),
        (c(ACK, 1, 2), "FinAck CLOSE-WAIT FIN-WAIT-1>FIN-WAIT-2"),
        (c(ACK, 1, 2).data(8), "Data CLOSE-WAIT FIN-WAIT-1>FIN-WAIT-2 HalfClosed"),
        (s(RST, 2, 0), "Reset(DataAfterClose) CLOSE-WAIT>CLOSED CLOSED"),
    ]));
    // The same, when the data come with the FIN.
    assert_story(&after_handshake(&[
        (c(FIN | ACK, 1, 1), "FirstFin FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT"),
        (s(ACK, 1, 2), "FinAck FIN-WAIT-1>FIN-WAIT-2 CLOSE-WAIT"),
        (
            s(FIN | PSH | ACK, 1, 2).data(4),
            "SecondFin FIN-WAIT-1>TIME-WAIT LAST-ACK HalfClosed",
        ),
        (c(RST, 2, 0), "Reset(DataAfterClose) CLOSED LAST-ACK>CLOSED"),
    ]));
    // A server that was restarted does not know the connection: it takes its number from what it answers.
    assert_story(&[
        (c(ACK, 1, 1).data(8), "Data ~ESTABLISHED ?"),
        (s(RST, 1, 0), "Reset(NoSuchConnection) ~ESTABLISHED>CLOSED CLOSED"),
    ]);
}

#[test]
fn ports_are_used_again() {
    let (_, tracker) = assert_story(&after_handshake(&[
        (c(RST | ACK, 1, 1), "Reset(Abort) CLOSED SYN-RECEIVED>CLOSED"),
        (c(SYN, 0, 0).starts(5, 9), "Syn SYN-SENT ? PortReuse"),
        (
            s(SYN | ACK, 0, 1).starts(5, 9),
            "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED",
        ),
        (
            c(ACK, 1, 1).starts(5, 9),
            "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED",
        ),
        // Without an end in sight, and its SYN was not captured.
        (
            s(SYN | ACK, 0, 1).starts(500, 900),
            "SynAck ~SYN-SENT>ESTABLISHED SYN-RECEIVED OtherSyn",
        ),
        (c(SYN, 0, 0).starts(50, 90), "Syn ? ? OtherSyn"),
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
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (s(SYN | ACK, 0, 1), "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (
            c(SYN, 0, 0).after(1000),
            "Syn SYN-SENT SYN-RECEIVED Retransmission SpuriousRetransmission",
        ),
        // With SYN cookies the number depends on the time.
        (s(SYN | ACK, 77, 1), "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 78), "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
    ]);
    assert_eq!(tracker.conversations().len(), 1);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
    assert_eq!(connection(&tracker, 1).server.start.unwrap().0, 300_077);
}

#[test]
fn the_capture_began_later() {
    let (segments, tracker) = assert_story(&[
        (s(PSH | ACK, 5000, 900).data(10), "Data ? ~ESTABLISHED"),
        (c(ACK, 900, 5010), "Ack ? ~ESTABLISHED"),
        (c(PSH | ACK, 900, 5010).data(5), "Data ~ESTABLISHED ~ESTABLISHED"),
        (s(FIN | ACK, 5010, 905), "FirstFin ~ESTABLISHED>CLOSE-WAIT ~FIN-WAIT-1"),
        (c(FIN | ACK, 905, 5011), "SecondFin LAST-ACK ~FIN-WAIT-1>TIME-WAIT"),
        (s(ACK, 5011, 906), "FinAck LAST-ACK>CLOSED TIME-WAIT"),
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
        (s(SYN | ACK, 0, 1), "SynAck ~SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 1), "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
    ]);
    assert_eq!(tracker.conversation(1).unwrap().roles, Roles::Seen);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
    assert_eq!(connection(&tracker, 1).handshake_time, None);
}

#[test]
fn the_answer_was_not_captured() {
    let (_, tracker) = assert_story(&[
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (c(ACK, 1, 1), "HandshakeAck ~ESTABLISHED ~SYN-RECEIVED>ESTABLISHED"),
    ]);
    assert_eq!(connection(&tracker, 1).opening, Opening::Complete);
}

#[test]
fn data_in_the_syn() {
    let (segments, _) = assert_story(&[
        (c(SYN, 0, 0).data(20), "Syn SYN-SENT ? DataInSyn"),
        (s(SYN | ACK, 0, 21), "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 21, 1), "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
    ]);
    assert_eq!(segments[0].data.unwrap().count(), 20);
    assert_eq!(segments[0].data.unwrap().first, 1);
    assert!(segments[1].acknowledges.syn);
    assert_eq!(segments[1].acknowledges.bytes.unwrap().count(), 20);
}

/// As Linux does it: SYN, SYN-ACK and ACK of one socket, a line, its acknowledgment, FIN and its acknowledgment.
#[test]
fn a_socket_that_is_connected_to_itself_has_one_stream() {
    let own = |flags, sequence: u32, acknowledgment: u32, data: usize| {
        let mut tcp = vec![0x13, 0x88, 0x13, 0x88];
        tcp.extend((500 + sequence).to_be_bytes());
        tcp.extend((500 + acknowledgment).to_be_bytes());
        tcp.extend([0x50, flags, 0x10, 0, 0, 0, 0, 0]);
        tcp.resize(20 + data, b'x');
        (1, ipv4(6, 1, 1, 0, &tcp))
    };
    let packets = [
        own(SYN, 0, 0, 0),
        own(SYN | ACK, 0, 1, 0),
        own(ACK, 1, 1, 0),
        own(PSH | ACK, 1, 1, 6),
        own(ACK, 7, 7, 0),
        own(FIN | ACK, 7, 7, 0),
        own(ACK, 8, 8, 0),
        own(PSH | ACK, 1, 1, 6),
    ];
    let mut tracker = Tracker::new();
    let in_flows = follow(&mut tracker, &packets);
    let said: Vec<_> = in_flows
        .iter()
        .map(|in_flow| brief(in_flow.as_ref().unwrap().segment().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            "Syn ~SYN-SENT ~SYN-SENT",
            "SynAck ~SYN-RECEIVED ~SYN-RECEIVED",
            "Ack ~ESTABLISHED ~ESTABLISHED",
            "Data ~ESTABLISHED ~ESTABLISHED",
            "Ack ~ESTABLISHED ~ESTABLISHED",
            "FirstFin ~CLOSING ~CLOSING",
            "FinAck ~TIME-WAIT ~TIME-WAIT",
            "Data ~TIME-WAIT ~TIME-WAIT Retransmission",
        ]
    );
    assert_eq!(tracker.conversations().len(), 1);
    let connection = connection(&tracker, 1);
    assert_eq!(
        (
            connection.opening,
            connection.ending,
            connection.client.acknowledged,
            connection.server.acknowledged
        ),
        (Opening::Simultaneous, Ending::ClosedTogether, 6, 0)
    );
}

#[test]
fn the_acknowledgment_of_a_fin_may_be_delayed_too() {
    let (segments, _) = assert_story(&after_handshake(&[
        (
            c(FIN | ACK, 1, 1).data(4),
            "FirstFin FIN-WAIT-1 SYN-RECEIVED>CLOSE-WAIT",
        ),
        (s(ACK, 1, 6).after(43), "FinAck FIN-WAIT-1>FIN-WAIT-2 CLOSE-WAIT"),
    ]));
    assert_eq!(segments.last().unwrap().delay, Some(Delay::PathOrDelayedAck));
}

/// An acknowledgment that is under way for long is not a delayed one. Without the handshake, and with a SYN that was sent again, it is
/// not known how long a packet is under way.
#[test]
fn on_a_long_way_no_acknowledgment_is_said_to_be_delayed() {
    let answered = |opening: &[Line]| {
        let talk = [c(ACK, 1, 1).data(10), s(ACK, 1, 11).after(43)];
        let (segments, _) = tell(&[opening, &talk].concat());
        segments.last().unwrap().delay
    };
    assert_eq!(answered(&[]), Some(Delay::PathOrDelayedAck));
    let sent_again = [
        c(SYN, 0, 0),
        c(SYN, 0, 0).after(1000),
        s(SYN | ACK, 0, 1).after(40),
        c(ACK, 1, 1),
    ];
    assert_eq!(answered(&sent_again), Some(Delay::PathOrDelayedAck));
    let long_way = [c(SYN, 0, 0), s(SYN | ACK, 0, 1).after(40), c(ACK, 1, 1)];
    assert_eq!(answered(&long_way), None);
    let lost_once = [
        c(ACK, 1, 1).data(10),
        c(ACK, 1, 1).data(10).after(247),
        s(ACK, 1, 11).after(43),
    ];
    let (segments, _) = tell(&[&long_way[..], &lost_once].concat());
    assert_eq!(segments.last().unwrap().delay, None);
    let short_way = [c(SYN, 0, 0), s(SYN | ACK, 0, 1).after(1), c(ACK, 1, 1)];
    assert_eq!(answered(&short_way), Some(Delay::PathOrDelayedAck));
    let same_host = [c(SYN, 0, 0), s(SYN | ACK, 0, 1).after(0), c(ACK, 1, 1)];
    assert_eq!(answered(&same_host), Some(Delay::DelayedAck));
}

/// The first fragment has the header and not all of the data: it would look as if the rest were sent twice.
#[test]
fn a_segment_in_fragments_counts_once_it_is_put_together() {
    let whole = c(PSH | ACK, 1, 1).data(64).bytes();
    let mut first = whole[..60].to_vec();
    first[3] = 60;
    first[6] = 0x20;
    let lines: Vec<_> = handshake().iter().map(|(line, _)| (1, line.bytes())).collect();
    let packets = [&lines[..], &[(1, first), (1, whole)]].concat();
    let mut tracker = Tracker::new();
    let in_flows = follow(&mut tracker, &packets);
    assert!(in_flows[3].is_none());
    let segment = in_flows[4].as_ref().unwrap().segment().unwrap();
    assert!(
        segment.remarks.is_empty() && segment.data.unwrap().count() == 64,
        "{segment:?}"
    );
}

/// What is followed and not shown leaves no gap, and nothing refers to it.
#[test]
fn packets_without_a_number_are_followed_and_not_referred_to() {
    let mut tracker = Tracker::new();
    let mut follow = |number, line: &Line| {
        let bytes = line.bytes();
        let packet = decode(LinkType::IPV4, &bytes, 0);
        *tracker
            .follow(number, Some(Time(1)), &packet)
            .unwrap()
            .segment()
            .unwrap()
    };
    for (number, (line, _)) in handshake().iter().enumerate() {
        follow(number as u64 + 1, line);
    }
    follow(0, &c(PSH | ACK, 1, 1).data(4).stamps(7, 0));
    follow(0, &s(ACK, 1, 5).stamps(8, 7));
    let again = follow(4, &c(FIN | ACK, 5, 1).data(2).stamps(9, 8));
    assert!(again.remarks.is_empty() && again.echoes.is_none(), "{again:?}");
    follow(0, &c(PSH | ACK, 8, 1).data(2).stamps(9, 8));
    let last = follow(5, &s(FIN | ACK, 1, 8).stamps(10, 9));
    assert_eq!(last.acknowledges.packet, Some(4));
}

/// Times in a file may be anything: differences of differences do not fit.
#[test]
fn clocks_that_jump_by_centuries_overflow_nothing() {
    let mut tracker = Tracker::new();
    let lines = after_handshake(&[
        (c(PSH | ACK, 1, 1).data(4), ""),
        (s(ACK, 1, 5), ""),
        (s(PSH | ACK, 1, 5).data(4), ""),
        (c(ACK, 5, 5), ""),
    ]);
    for clocks in [
        [0, i64::MAX, -i64::MAX],
        [-1, i64::MIN + 2, i64::MAX],
        [i64::MIN + 1, -2, 0],
        [-5, i64::MAX - 9, -9],
    ] {
        for (number, (line, _)) in lines.iter().enumerate() {
            let bytes = line.bytes();
            let time = Time(clocks[number % 3]);
            tracker.follow(number as u64 + 1, Some(time), &decode(LinkType::IPV4, &bytes, 0));
        }
    }
}
