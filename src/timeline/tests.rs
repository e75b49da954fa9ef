//! The order of cause and effect: each rule, clocks that differ, and whatever else a log may say.

mod matching;
mod properties;

use proptest::prelude::*;

use super::causes::{self, Node};
use super::test_conversation::{TestConversation, parse};
use super::{EventKind, OrderNote, Timeline};
use crate::flow::Party;

/// One line over TCP, with clocks that agree.
const LINE: &str = "
    call server 1 listen -900 -899
    call server 1 accept -800 70 4
    call client 1 connect -10 40
    packet 0 client syn
    packet 10 server synack
    packet 20 client handshake
    call client 1 send 100 120 12
    packet 110 client data 1-12
    packet 115 server ack
    call server 2 recv 80 130 12
    call client 1 recv 125 160 12
    call server 2 send 140 155 12
    packet 150 server data 1-12
    packet 152 client ack
    call client 1 recv 170 200 0
    call server 2 close 180 230
    packet 190 server fin
    call client 1 close 210 240
    packet 220 client fin2
    packet 225 server ack
";

const LINE_IN_ORDER: &str = "listen( )listen accept( connect( 1 2 3 )connect )accept recv( send( 4 5 )send recv( )recv \
                             send( 6 7 )send )recv recv( close( 8 )recv close( 9 10 )close )close";

#[test]
fn a_line_over_tcp_stands_as_it_happened() {
    assert_eq!(parse(LINE).line(), LINE_IN_ORDER);
}

/// Each rule by itself: all happens at the same time, so only cause and effect can order it.
#[test]
fn equal_times_are_ordered_by_cause_and_effect() {
    for (rule, text, expected, causes) in [
        (
            "connect() is entered before the SYN, and returns after the SYN-ACK",
            "call client 1 connect 0 0
             packet 0 client syn
             packet 0 server synack
             packet 0 client handshake",
            "connect( 1 2 3 )connect",
            "connect(<1 2<)connect",
        ),
        (
            "accept() returns after the handshake",
            "call server 1 accept 0 0 4
             packet 0 client syn
             packet 0 server synack
             packet 0 client handshake",
            "accept( 1 2 3 )accept",
            "3<)accept",
        ),
        (
            "send() is entered before its segment, and the segment comes before recv() returns it",
            "call client 1 connect 0 0
             call client 1 send 0 0 5
             call server 1 accept 0 0 4
             call server 2 recv 0 0 5
             packet 0 client syn
             packet 0 server synack
             packet 0 client handshake
             packet 0 client data 1-5",
            "connect( accept( recv( 1 2 3 )connect send( 4 )send )accept )recv",
            "connect(<1 2<)connect send(<4 3<)accept 4<)recv",
        ),
        (
            "close() is entered before the FIN, and the FIN comes before recv() returns 0",
            "call client 1 close 0 0
             call server 2 recv 0 0 0
             packet 0 client fin",
            "close( recv( 1 )close )recv",
            "close(<1 1<)recv",
        ),
        (
            "a refusal comes before connect() reports it",
            "call client 1 connect 0 0 ECONNREFUSED
             packet 0 client syn
             packet 0 server refusal",
            "connect( 1 2 )connect",
            "connect(<1 2<)connect",
        ),
        (
            "a reset comes before recv() reports it",
            "call client 1 recv 0 0 ECONNRESET
             packet 0 server reset",
            "recv( 1 )recv",
            "1<)recv",
        ),
        (
            "sendto() is entered before its datagram, and the datagram comes before recvfrom() returns it",
            "call client 1 sendto 0 0 7
             call server 1 recvfrom 0 0 7
             packet 0 client datagram 1-7",
            "sendto( recvfrom( 1 )sendto )recvfrom",
            "sendto(<1 1<)recvfrom",
        ),
        (
            "an ICMP error comes before recvfrom() reports it",
            "call client 1 sendto 0 0 7
             call client 1 recvfrom 0 0 ECONNREFUSED
             packet 0 client datagram 1-7
             packet 0 server notice",
            "sendto( 1 2 )sendto recvfrom( )recvfrom",
            "sendto(<1 2<)recvfrom",
        ),
    ] {
        let line = parse(text).line();
        assert!(!line.contains(['~', '!']), "{rule}: {line}");
        let conversation = parse(text);
        assert_in_order(&conversation);
        assert_eq!(line, expected, "{rule}");
        let found = causes::of(&conversation.packets, &conversation.calls);
        let found: Vec<String> = found.iter().map(|cause| cause_line(&conversation, *cause)).collect();
        assert_eq!(found.join(" "), causes, "{rule}");
    }
}

/// `connect(<1`: entering `connect()` comes before packet 1.
fn cause_line(conversation: &TestConversation, cause: causes::Cause) -> String {
    let word = |node| match node {
        Node::Packet(index) => conversation.packets[index].number.to_string(),
        Node::Entered(index) => format!("{}(", conversation.calls[index].call.call),
        Node::Returned(index) => format!("){}", conversation.calls[index].call.call),
    };
    format!("{}<{}", word(cause.before), word(cause.after))
}

#[test]
fn half_a_microsecond_too_early_is_mended_without_a_word() {
    let mut conversation = parse("call client 1 connect 0 100\npacket 0 client syn\npacket 50 server synack");
    // A capture in microseconds cuts the rest off: the SYN seems to be earlier than connect().
    conversation.calls[0].call.entered += chrono::TimeDelta::nanoseconds(600);
    assert_eq!(conversation.line(), "connect( 1 2 )connect");
}

#[test]
fn a_clock_that_differs_is_shifted_and_said() {
    for shift in [-7_200_000_000_000, -3_000, 3_000, 86_400_000_000_000] {
        let mut conversation = parse(LINE);
        for party_call in conversation
            .calls
            .iter_mut()
            .filter(|party_call| party_call.party == Party::Server)
        {
            party_call.call.entered += chrono::TimeDelta::nanoseconds(shift * 1_000);
            party_call.call.returned += chrono::TimeDelta::nanoseconds(shift * 1_000);
        }
        let timeline = conversation.timeline();
        assert_eq!(timeline.skews.len(), 1, "{shift}");
        let mended = timeline.skews[0].shift + shift * 1_000;
        assert!(mended.abs() < 200_000, "{shift}: {mended} ns are left");
        for event in &timeline.events {
            let is_servers = match event.kind {
                EventKind::Packet(_) => false,
                EventKind::Entered(index) | EventKind::Returned(index) => timeline.calls[index].party == Party::Server,
            };
            assert_eq!(event.order_note.is_some(), is_servers, "{shift}: {event:?}");
        }
        assert_in_order(&conversation);
    }
}

#[test]
fn one_call_with_a_wrong_time_is_marked_alone() {
    // The clock was set back between send() and recv(): no single shift mends both.
    let conversation = parse(
        "call client 1 connect -10 40
         packet 0 client syn
         packet 10 server synack
         packet 20 client handshake
         call client 1 send 100 120 5
         packet 110 client data 1-5
         packet 200 server data 1-5
         call client 1 recv 150 160 5
         packet 300 client fin
         call client 1 close 290 310",
    );
    assert_eq!(
        conversation.line(),
        "connect( 1 2 3 )connect send( 4 )send recv( 5 ~)recv close( 6 )close"
    );
}

#[test]
fn a_log_that_contradicts_itself_is_drawn_and_said() {
    // recv() has returned bytes before the send() of the reply that the same thread made from them was answered: a circle.
    let conversation = parse(
        "call client 1 connect -10 40
         packet 0 client syn
         packet 10 server synack
         packet 20 client handshake
         packet 30 server data 1-5
         packet 40 client data 1-5
         packet 60 client data 6-9
         call client 1 send 100 110 9
         call client 1 recv 20 25 5",
    );
    assert_in_order(&conversation);
    assert!(conversation.line().contains('~'), "{}", conversation.line());
}

#[test]
fn a_capture_without_times_is_ordered_by_cause() {
    let text = LINE.lines().map(|line| {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        if words.first() == Some(&"packet") {
            words[1] = "-";
        }
        words.join(" ")
    });
    let conversation = parse(&text.collect::<Vec<_>>().join("\n"));
    assert_in_order(&conversation);
    assert!(!conversation.line().contains(['~', '!']), "{}", conversation.line());
}

#[test]
fn a_retransmission_is_no_effect_of_a_later_send() {
    let conversation = parse(
        "call client 1 connect -10 40
         packet 0 client syn
         packet 10 server synack
         packet 20 client handshake
         call client 1 send 100 105 5
         packet 101 client data 1-5
         packet 300 client data 1-5
         call client 1 send 400 405 5
         packet 401 client data 6-10",
    );
    assert_eq!(
        conversation.line(),
        "connect( 1 2 3 )connect send( 4 )send 5 send( 6 )send"
    );
}

#[test]
fn a_log_that_began_late_is_paired_from_its_end() {
    let conversation = parse(
        "packet 0 client datagram 1-4
         packet 100 client datagram 1-4
         packet 200 client datagram 1-4
         call client 1 sendto 95 105 4
         call client 1 sendto 195 205 4",
    );
    assert_eq!(conversation.line(), "1 sendto( 2 )sendto sendto( 3 )sendto");
}

/// Every event once, and no effect before its cause unless it is marked.
fn assert_in_order(conversation: &TestConversation) {
    let timeline = conversation.timeline();
    check(conversation, &timeline).unwrap();
}

fn check(conversation: &TestConversation, timeline: &Timeline) -> Result<(), TestCaseError> {
    let place = |what: EventKind| timeline.events.iter().position(|event| event.kind == what);
    prop_assert_eq!(
        timeline.events.len(),
        conversation.packets.len() + 2 * conversation.calls.len()
    );
    for index in 0..conversation.packets.len() {
        prop_assert!(place(EventKind::Packet(index)).is_some());
    }
    for index in 0..conversation.calls.len() {
        prop_assert!(place(EventKind::Entered(index)).is_some());
        prop_assert!(place(EventKind::Returned(index)).is_some());
    }
    let mut all = causes::of(&conversation.packets, &timeline.calls);
    all.extend((0..conversation.calls.len()).map(|index| causes::Cause {
        before: Node::Entered(index),
        after: Node::Returned(index),
    }));
    for cause in all {
        let (before, after) = (place(what(cause.before)).unwrap(), place(what(cause.after)).unwrap());
        let excused = timeline.events[after].order_note == Some(OrderNote::BeforeCause);
        prop_assert!(before < after || excused, "{:?} in {}", cause, conversation.line());
    }
    // What is drawn at odds with its own time is marked.
    let mut latest = i64::MIN;
    for event in &timeline.events {
        let Some(time) = event.time else { continue };
        match event.kind {
            EventKind::Packet(_) => latest = latest.max(time),
            _ if event.order_note.is_none() => {
                prop_assert!(
                    time >= latest.saturating_sub(super::skew::RESOLUTION),
                    "{}",
                    conversation.line()
                );
            }
            _ => {}
        }
    }
    Ok(())
}

const fn what(node: Node) -> EventKind {
    match node {
        Node::Entered(index) => EventKind::Entered(index),
        Node::Packet(index) => EventKind::Packet(index),
        Node::Returned(index) => EventKind::Returned(index),
    }
}
