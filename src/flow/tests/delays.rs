//! Why a packet comes late: what the time proves, and what it leaves open.

use super::script::{ACK, Line, PSH, SYN, c, s, tell};
use crate::flow::Party;
use crate::flow::segment::Delay;

/// SACK permitted.
const PERMITS: [u8; 4] = [1, 1, 4, 2];

/// The delay of the last one, after a handshake in which the server and the client took that many milliseconds.
fn delay_after(server: i64, client: i64, sack: bool, lines: &[Line]) -> Option<Delay> {
    let offer = |line: Line| if sack { line.option(&PERMITS) } else { line };
    let opening = [
        offer(c(SYN, 0, 0)),
        offer(s(SYN | ACK, 0, 1)).after(server),
        c(ACK, 1, 1).after(client),
    ];
    tell(&[&opening[..], lines].concat()).0.last().unwrap().delay
}

#[test]
fn an_acknowledgment_is_delayed_where_no_path_explains_it() {
    let talk = |after: i64| [c(ACK, 1, 1).data(10), s(ACK, 1, 11).after(after)];
    // The server is 50 ms away.
    assert_eq!(delay_after(50, 0, true, &talk(50)), None);
    assert_eq!(delay_after(50, 0, true, &talk(95)), Some(Delay::PathOrDelayedAck));
    // Captured at the server.
    assert_eq!(delay_after(0, 50, true, &talk(45)), Some(Delay::DelayedAck));
    // And of the client's acknowledgments, there.
    let answered = [
        c(ACK, 1, 1).data(10),
        s(PSH | ACK, 1, 11).data(10).after(0),
        c(ACK, 11, 11).after(50),
    ];
    assert_eq!(delay_after(0, 50, true, &answered), None);
}

/// The least round trip counts, and later ones too.
#[test]
fn the_path_is_measured_again_and_again() {
    let lines = [
        c(ACK, 1, 1).data(10),
        s(ACK, 1, 11).after(1),
        c(ACK, 11, 1).data(10),
        s(ACK, 1, 21).after(45),
    ];
    // It was near once, and yet not in the same host: a path may vary.
    assert_eq!(delay_after(50, 0, true, &lines), Some(Delay::PathOrDelayedAck));
    let at_once = [&[lines[0].clone(), lines[1].clone().after(0)], &lines[2..]].concat();
    assert_eq!(delay_after(50, 0, true, &at_once), Some(Delay::DelayedAck));
}

#[test]
fn the_timer_sends_the_first_one_again_and_the_probe_the_last() {
    let (one, two) = (c(ACK, 1, 1).data(10), c(PSH | ACK, 11, 1).data(10));
    let both = |again: &Line, after: i64, sack: bool| {
        delay_after(0, 0, sack, &[one.clone(), two.clone(), again.clone().after(after)])
    };
    assert_eq!(both(&one, 250, true), Some(Delay::RetransmissionTimer));
    assert_eq!(both(&two, 250, true), Some(Delay::TailLossProbe));
    assert_eq!(both(&two, 20, true), Some(Delay::TailLossProbe));
    // RFC 8985 section 7.1: there are no probes without SACK.
    assert_eq!(both(&two, 250, false), Some(Delay::RetransmissionTimer));
    // It is the first and the last.
    let alone = |lines: &[Line]| delay_after(0, 0, true, &[std::slice::from_ref(&one), lines].concat());
    assert_eq!(alone(&[one.clone().after(250)]), Some(Delay::TimerOrProbe));
    // One probe, and then the timer.
    assert_eq!(
        alone(&[one.clone().after(250), one.clone().after(450)]),
        Some(Delay::RetransmissionTimer)
    );
    // It was sent 250 ms before, and something else since then.
    let between = [
        one.clone(),
        c(ACK, 11, 1).data(10).after(150),
        c(ACK, 1, 1).data(10).after(100),
    ];
    assert_eq!(delay_after(0, 0, true, &between), Some(Delay::RetransmissionTimer));
    // A SYN is not probed.
    let syn = [c(SYN, 0, 0).option(&PERMITS), c(SYN, 0, 0).option(&PERMITS).after(1000)];
    assert_eq!(tell(&syn).0[1].delay, Some(Delay::RetransmissionTimer));
}

#[test]
fn a_window_without_room_for_a_segment_holds_data_back() {
    let with_mss = |line: Line| line.option(&[2, 4, 5, 0xb4]);
    let lines = |window: u16, length: usize| {
        [
            with_mss(c(SYN, 0, 0)),
            with_mss(s(SYN | ACK, 0, 1)),
            c(ACK, 1, 1),
            c(ACK, 1, 1).data(100),
            s(ACK, 1, 101).window(window),
            c(PSH | ACK, 101, 1).data(length).after(280),
        ]
    };
    let said = |window: u16, length: usize| tell(&lines(window, length)).0.last().unwrap().delay;
    assert_eq!(said(128, 128), Some(Delay::SmallWindow(Party::Server)));
    // It had room.
    assert_eq!(said(128, 100), Some(Delay::Idle));
    assert_eq!(said(3000, 1460), Some(Delay::Idle));
    // For a whole segment too, which fills it.
    assert_eq!(said(1460, 1460), Some(Delay::Idle));
}

#[test]
fn a_sender_that_waits_for_the_path_is_not_idle() {
    let next = |after: i64| {
        [
            c(ACK, 1, 1).data(10),
            s(ACK, 1, 11).after(0),
            c(ACK, 11, 1).data(10).after(after),
        ]
    };
    // Captured at the server, 200 ms away from the client.
    assert_eq!(delay_after(0, 200, true, &next(202)), Some(Delay::PathOrIdle));
    assert_eq!(delay_after(0, 200, true, &next(900)), Some(Delay::Idle));
    // Captured at the client, which had the acknowledgment at once.
    assert_eq!(delay_after(200, 0, true, &next(202)), Some(Delay::Idle));
}
