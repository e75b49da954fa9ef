//! Which request a reply answers: what the data prove, what is deduced, and what is open.

use super::datagrams::datagram;
use super::script::{follow, ipv4};
use crate::flow::conversation::{Exchange, Transport};
use crate::flow::datagram::DatagramPart;
use crate::flow::{PacketInFlow, Tracker};

/// Each datagram: milliseconds after the one before, whether from the client, and its data. All have the identification 0, as those of a
/// Linux socket that is not connected.
type Story<'a> = &'a [(i64, bool, &'a str)];

/// What is said of each datagram, and of the whole.
fn told(story: Story<'_>) -> (Vec<String>, Exchange) {
    let packets: Vec<_> = story
        .iter()
        .map(|&(after, from_client, data)| (after, datagram(from_client, 0, data.as_bytes())))
        .collect();
    of(&packets)
}

fn of(packets: &[(i64, Vec<u8>)]) -> (Vec<String>, Exchange) {
    let mut tracker = Tracker::new();
    let in_flows = follow(&mut tracker, packets);
    let said = in_flows.iter().flatten().map(brief).collect();
    let Transport::Udp(exchange) = tracker.conversation(1).unwrap().transport else {
        panic!()
    };
    (said, exchange)
}

fn brief(in_flow: &PacketInFlow) -> String {
    let Some(datagram) = in_flow.datagram() else {
        return format!("error about {:?}", in_flow.notice().unwrap().about);
    };
    match datagram.part {
        DatagramPart::Request { count, repeats: None } => format!("request {count}"),
        DatagramPart::Request {
            count,
            repeats: Some(earlier),
        } => format!("request {count} as {earlier}"),
        DatagramPart::Reply(reply) => {
            let another = if reply.is_another { "another " } else { "" };
            let after = reply.after.map(|after| after / 1_000_000);
            format!("{another}reply to {}, {:?}, {after:?}", reply.request, reply.evidence)
        }
        DatagramPart::ReplyToOneOf(candidates) => format!("one of {:?}", candidates.packets()),
        DatagramPart::ReplyFromElsewhere(answer) => format!("elsewhere to {}", answer.request),
        DatagramPart::Copy { of } => format!("copy of {of}"),
        DatagramPart::Unasked => "unasked".to_owned(),
    }
}

fn counts(exchange: &Exchange) -> (u64, u64, u64) {
    (exchange.requests, exchange.answered, exchange.unanswered)
}

#[test]
fn after_a_lost_request_the_later_replies_are_paired_by_their_text() {
    let (said, exchange) = told(&[
        (0, true, "ping 1\n"),
        (20, false, "PING 1\n"),
        (1, true, "ping 2\n"),
        (1000, true, "ping 3\n"),
        (30, false, "PING 3\n"),
    ]);
    assert_eq!(said[1], "reply to 1, Uppercase, Some(20)");
    assert_eq!(said[4], "reply to 4, Uppercase, Some(30)");
    assert_eq!(counts(&exchange), (3, 2, 1));
    assert_eq!(exchange.waiting, [3]);
    assert_eq!(exchange.unanswered_permille(), Some(333));
    let trips = exchange.round_trips.unwrap();
    assert_eq!(
        (trips.count, trips.min, trips.average(), trips.max, trips.deviation()),
        (2, 20_000_000, 25_000_000, 30_000_000, 5_000_000)
    );
}

#[test]
fn replies_that_overtake_each_other_are_paired_by_their_text() {
    let (said, exchange) = told(&[(0, true, "a"), (0, true, "b"), (1, false, "b"), (1, false, "a")]);
    assert_eq!(
        said[2..],
        ["reply to 2, SameData, Some(1)", "reply to 1, SameData, Some(2)"]
    );
    assert_eq!(counts(&exchange), (2, 2, 0));
}

#[test]
fn with_other_text_the_only_request_that_waits_is_deduced() {
    let (said, _) = told(&[(0, true, "hi"), (5, false, "Hello from server"), (1, false, "and more")]);
    assert_eq!(said[1..], ["reply to 1, OnlyWaiting, Some(5)", "unasked"]);
}

#[test]
fn with_other_text_the_latest_request_after_a_pause_is_deduced() {
    let (said, exchange) = told(&[
        (0, true, "ping"),
        (1000, true, "ping"),
        (20, false, "pong"),
        (0, true, "ping"),
        (20, false, "pong"),
    ]);
    assert_eq!(said[1], "request 2 as 1");
    assert_eq!(said[2], "reply to 2, AfterPause, Some(20)");
    assert_eq!(said[4], "reply to 4, AfterPause, Some(20)");
    assert_eq!((counts(&exchange), exchange.waiting), ((3, 2, 1), vec![1]));
}

#[test]
fn without_a_pause_all_requests_that_wait_are_named_and_no_time() {
    let (said, exchange) = told(&[(0, true, "x"), (10, true, "y"), (10, false, "?"), (3, true, "z")]);
    assert_eq!(said[2], "one of [1, 2]");
    assert_eq!(counts(&exchange), (3, 1, 2));
    assert_eq!(exchange.waiting, [4], "of 1 and 2 one is answered");
    assert_eq!(exchange.round_trips, None);
    // As many replies as requests: each has its own.
    let (said, exchange) = told(&[(0, true, "x"), (10, true, "y"), (10, false, "?"), (1, false, "?")]);
    assert_eq!(said[2..], ["one of [1, 2]", "one of [1, 2]"]);
    assert_eq!(counts(&exchange), (2, 2, 0));
}

#[test]
fn a_pause_shorter_than_the_round_trip_decides_nothing() {
    // The reply to the first request takes 900 ms, as the one before it did.
    let (said, _) = told(&[
        (0, true, "a"),
        (900, false, "1"),
        (0, true, "b"),
        (600, true, "c"),
        (300, false, "2"),
    ]);
    assert_eq!(said[4], "one of [3, 4]");
    // Nor one after which the reply comes too early to be this request's.
    let (said, _) = told(&[
        (0, true, "a"),
        (200, false, "1"),
        (0, true, "b"),
        (1000, true, "c"),
        (2, false, "2"),
    ]);
    assert_eq!(said[4], "one of [3, 4]");
}

#[test]
fn a_second_reply_is_told_of_its_request() {
    let (said, exchange) = told(&[
        (0, true, "ping 1"),
        (20, false, "PING 1"),
        (0, true, "ping 2"),
        (3, false, "PING 1"),
        (17, false, "PING 2"),
    ]);
    assert_eq!(said[3], "another reply to 1, Uppercase, Some(23)");
    assert_eq!(said[4], "reply to 3, Uppercase, Some(20)");
    assert_eq!((counts(&exchange), exchange.round_trips.unwrap().count), ((2, 2, 0), 2));
    // With the same text each time, a reply that comes too early may be a second one to the request before.
    let (said, exchange) = told(&[
        (0, true, "ping"),
        (20, false, "PING"),
        (0, true, "ping"),
        (3, false, "PING"),
    ]);
    assert_eq!(said[3], "one of [1, 3]");
    assert_eq!((counts(&exchange), exchange.round_trips.unwrap().count), ((2, 2, 0), 1));
    // Then the own reply of that request is not taken for that of the next one.
    let (said, exchange) = told(&[
        (0, true, "ping"),
        (70, false, "PING"),
        (0, true, "ping"),
        (7, false, "PING"),
        (3, true, "ping"),
        (60, false, "PING"),
        (12, false, "PING"),
    ]);
    assert_eq!(said[3], "one of [1, 3]");
    assert_eq!(said[5], "one of [3, 5]");
    assert_eq!(said[6], "one of [1, 3, 5]");
    assert_eq!(counts(&exchange), (3, 3, 0));
}

#[test]
fn copies_are_not_counted_again() {
    let request = (0, datagram(true, 7, b"ping"));
    let reply = (10, datagram(false, 9, b"PING"));
    let late = (1000, datagram(true, 7, b"ping"));
    let (said, exchange) = of(&[request.clone(), request.clone(), reply.clone(), reply, late]);
    assert_eq!(
        said,
        [
            "request 1",
            "copy of 1",
            "reply to 1, Uppercase, Some(10)",
            "copy of 3",
            "request 2"
        ],
        "10 ms are within the bound, 1 s is not"
    );
    assert_eq!(counts(&exchange), (2, 1, 1));
}

#[test]
fn an_error_takes_the_request_that_it_quotes_off_the_list() {
    let error = |about: &[u8]| {
        let mut bytes = vec![3, 3, 0, 0, 0, 0, 0, 0];
        bytes.extend(about);
        ipv4(1, 2, 1, 0, &bytes)
    };
    let (one, two) = (datagram(true, 0, b"one"), datagram(true, 0, b"two"));
    let (said, exchange) = of(&[
        (0, one.clone()),
        (0, two),
        (1, error(&one)),
        (1, datagram(false, 0, b"?")),
    ]);
    assert_eq!(said[2..], ["error about Some(1)", "reply to 2, OnlyWaiting, Some(2)"]);
    assert_eq!((counts(&exchange), exchange.refused), ((2, 1, 1), 1));
    // Two that are alike: it quotes one of them.
    let (said, exchange) = of(&[(0, one.clone()), (0, one.clone()), (1, error(&one))]);
    assert_eq!(said[2], "error about None");
    assert_eq!((counts(&exchange), exchange.refused), ((2, 0, 2), 1));
}

#[test]
fn where_the_clock_went_back_no_time_is_told() {
    let (said, exchange) = told(&[(0, true, "ping"), (-500, false, "PING")]);
    assert_eq!(said[1], "reply to 1, Uppercase, None");
    assert_eq!((counts(&exchange), exchange.round_trips), ((1, 1, 0), None));
}

#[test]
fn pings_without_answers_for_hours_stay_bounded() {
    let mut story = vec![(1000, true, "ping"); 10_000];
    story.push((20, false, "pong"));
    let (said, exchange) = told(&story);
    assert_eq!(said.last().unwrap(), "reply to 10000, AfterPause, Some(20)");
    assert_eq!((counts(&exchange), exchange.waiting.len()), ((10_000, 1, 9_999), 63));
}
