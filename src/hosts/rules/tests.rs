use std::time::Duration;

use super::{Action, Copy, Decision, Effect, Numbers, RuleState, Rules, Sending};
use crate::flow::Party::{self, Client, Server};
use crate::hosts::seen::FrameKind;

const SYN: u8 = 2;
const ACK: u8 = 16;
const FIN: u8 = 1;

/// An Ethernet frame with an IPv4 TCP segment: flags, sequence number, bytes of data.
fn segment(flags: u8, sequence: u32, data: usize) -> Vec<u8> {
    let mut frame = vec![0; 12];
    frame.extend([8, 0, 0x45, 0]);
    let total = u16::try_from(40 + data).unwrap();
    frame.extend(total.to_be_bytes());
    frame.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    frame.extend([0x9c, 0x40, 0x32, 0xc8]);
    frame.extend(sequence.to_be_bytes());
    frame.extend([0, 0, 0, 1, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    frame.extend(vec![b'x'; data]);
    frame
}

/// What becomes of frames by these rules.
struct Wire(RuleState);

impl Wire {
    fn with(rules: &str, seed: u64) -> Self {
        Self(RuleState::new(rules.parse().unwrap(), seed))
    }

    fn sends(&mut self, from: Party, frame: &[u8]) -> Decision {
        self.0.decide(from, frame)
    }

    fn loses(&mut self, from: Party, frame: &[u8]) -> bool {
        self.sends(from, frame).copies.is_empty()
    }
}

#[test]
fn every_setting_is_understood() {
    let rules: Rules = "delay 20ms; jitter 1.5ms server\n rate client 20Mbit; queue 25 # the router's\nmtu 1000;;"
        .parse()
        .unwrap();
    let [delay, jitter, rate, queue, mtu] = &rules.rules[..] else {
        panic!("{rules:?}");
    };
    assert_eq!(delay.effect, Effect::Delay(Duration::from_millis(20)));
    assert_eq!(
        (jitter.effect, jitter.from),
        (Effect::Jitter(Duration::from_micros(1500)), Some(Server))
    );
    assert_eq!((rate.effect, rate.from), (Effect::Rate(20_000_000), Some(Client)));
    assert_eq!((queue.effect, mtu.effect), (Effect::Queue(25), Effect::Mtu(1000)));
}

#[test]
fn every_action_is_understood() {
    let rules: Rules = "lose client SYN 2; LOSE data; lose server data 3-5 always; lose client data 1 time 2; \
        corrupt server frame 10%; repeat 5ms client data every 3; repeat syn-ack 1; hold 3ms client data 3; lose syn until 3"
        .parse()
        .unwrap();
    let actions: Vec<_> = rules
        .rules
        .iter()
        .map(|rule| match rule.effect {
            Effect::Action(action, which) => (
                rule.from,
                action,
                which.kind,
                which.numbers,
                which.sending,
                which.percent,
            ),
            _ => panic!("{rule:?}"),
        })
        .collect();
    let ms = Duration::from_millis;
    let one = |number| Numbers::Range(number, number);
    let expected = [
        (
            Some(Client),
            Action::Lose,
            FrameKind::Syn,
            one(2),
            Sending::Always,
            100.0,
        ),
        (
            None,
            Action::Lose,
            FrameKind::Data,
            Numbers::All,
            Sending::Always,
            100.0,
        ),
        (
            Some(Server),
            Action::Lose,
            FrameKind::Data,
            Numbers::Range(3, 5),
            Sending::Always,
            100.0,
        ),
        (
            Some(Client),
            Action::Lose,
            FrameKind::Data,
            one(1),
            Sending::Time(2),
            100.0,
        ),
        (
            Some(Server),
            Action::Corrupt,
            FrameKind::Frame,
            Numbers::All,
            Sending::Always,
            10.0,
        ),
        (
            Some(Client),
            Action::Repeat(ms(5)),
            FrameKind::Data,
            Numbers::Every(3),
            Sending::Always,
            100.0,
        ),
        (
            None,
            Action::Repeat(ms(0)),
            FrameKind::SynAck,
            one(1),
            Sending::Always,
            100.0,
        ),
        (
            Some(Client),
            Action::Hold(ms(3)),
            FrameKind::Data,
            one(3),
            Sending::Time(1),
            100.0,
        ),
        (
            None,
            Action::Lose,
            FrameKind::Syn,
            Numbers::Range(1, 2),
            Sending::Always,
            100.0,
        ),
    ];
    assert_eq!(actions, expected);
}

#[test]
fn a_mistake_names_the_rule_and_the_word() {
    for (rules, rule, word, words) in [
        ("delay 20ms; lose client dta 3", "lose client dta 3", "dta", "syn-ack"),
        ("loose syn 1", "loose syn 1", "loose", "begins with"),
        ("delay 20", "delay 20", "20", "such as 20ms"),
        ("delay -1ms", "delay -1ms", "-1ms", "such as 20ms"),
        ("delay 2h", "delay 2h", "2h", "such as 20ms"),
        ("delay infs", "delay infs", "infs", "such as 20ms"),
        ("delay 4000s", "delay 4000s", "4000s", "an hour"),
        ("rate 20", "rate 20", "20", "20Mbit"),
        ("rate 0bit", "rate 0bit", "0bit", "20Mbit"),
        ("rate é", "rate é", "é", "20Mbit"),
        ("queue 0", "queue 0", "0", "1 at least"),
        ("lose syn 0", "lose syn 0", "0", "counted from 1"),
        ("lose syn 5-3", "lose syn 5-3", "5-3", "3-5"),
        ("lose syn until 1", "lose syn until 1", "1", "until 2"),
        ("lose data 101%", "lose data 101%", "101%", "100%"),
        ("lose syn 1 always", "lose syn 1 always", "always", "end before it"),
        (
            "lose syn 1 lose data 1",
            "lose syn 1 lose data 1",
            "lose",
            "separated by ';'",
        ),
        ("lose client", "lose client", "", "kind of frame"),
        ("hold", "hold", "", "a time"),
    ] {
        let error = rules.parse::<Rules>().unwrap_err();
        assert_eq!((&*error.rule, &*error.word), (rule, word), "{rules}: {error}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }
}

#[test]
fn syns_are_counted_one_by_one_and_data_by_what_is_new() {
    let mut wire = Wire::with("lose client syn 2; lose client data 2; lose client data 3 time 2", 1);
    let syn = segment(SYN, 99, 0);
    assert_eq!([(); 3].map(|()| wire.loses(Client, &syn)), [false, true, false]);
    // Those of the other end are counted by themselves.
    assert!(!wire.loses(Server, &syn) && !wire.loses(Server, &syn));
    let [first, second, third] = [100, 110, 120].map(|sequence| segment(ACK, sequence, 10));
    assert!(!wire.loses(Client, &first));
    assert!(wire.loses(Client, &second));
    assert!(!wire.loses(Client, &third));
    // Sent again: the second one passes, the third is lost.
    let again = wire.sends(Client, &second);
    assert_eq!(again.seen.to_string(), "client data 2 time 2");
    assert_eq!(again.copies, [Copy::default()]);
    assert!(wire.loses(Client, &third));
    // Two segments sent again as one have the number of the first of them.
    assert_eq!(
        wire.sends(Client, &segment(ACK, 110, 20)).seen.to_string(),
        "client data 2 time 3"
    );
    assert_eq!(
        wire.sends(Client, &segment(ACK, 130, 5)).seen.to_string(),
        "client data 4"
    );
}

#[test]
fn sequence_numbers_may_pass_their_end() {
    let mut wire = Wire::with("", 1);
    let numbers = [u32::MAX - 4, 5, u32::MAX - 4]
        .map(|sequence| wire.sends(Client, &segment(ACK, sequence, 10)).seen.to_string());
    assert_eq!(numbers, ["client data 1", "client data 2", "client data 1 time 2"]);
}

#[test]
fn a_frame_is_of_every_kind_that_fits() {
    let mut wire = Wire::with("", 1);
    let is = |decision: Decision, kind| decision.seen.number(kind);
    assert_eq!(
        is(wire.sends(Server, &segment(SYN | ACK, 1, 0)), FrameKind::SynAck),
        Some(1)
    );
    assert_eq!(is(wire.sends(Server, &segment(SYN | ACK, 1, 0)), FrameKind::Syn), None);
    assert_eq!(is(wire.sends(Server, &segment(FIN | ACK, 1, 0)), FrameKind::Ack), None);
    assert_eq!(
        is(wire.sends(Server, &segment(FIN | ACK, 1, 9)), FrameKind::Data),
        Some(1)
    );
    assert_eq!(is(wire.sends(Server, &segment(ACK, 1, 0)), FrameKind::Segment), Some(5));
    // Bytes that are not a whole frame count as one too.
    for odd in [&[][..], &[1], &segment(ACK, 1, 0)[..20]] {
        assert_eq!(is(wire.sends(Client, odd), FrameKind::Segment), None);
    }
}

#[test]
fn rules_add_up_in_their_order_and_a_loss_is_the_last() {
    let mut wire = Wire::with("repeat 5ms data 1; hold 2ms data 1; corrupt data 1", 1);
    let copies = wire.sends(Client, &segment(ACK, 1, 9)).copies;
    let copy = |ms| Copy {
        later: Duration::from_millis(ms),
        held: true,
        corrupted: true,
    };
    assert_eq!(copies, [copy(2), copy(7)]);
    let mut wire = Wire::with("lose data 1; corrupt data 1", 1);
    let decision = wire.sends(Client, &segment(ACK, 1, 9));
    assert_eq!((decision.copies, decision.applied), (vec![], vec![0]));
}

#[test]
fn chance_repeats_with_its_seed_and_comes_near_to_what_is_asked() {
    let lost = |seed| {
        let mut wire = Wire::with("lose client data 20%", seed);
        let lost = (0..5000).map(|number| wire.loses(Client, &segment(ACK, 1 + 10 * number, 10)));
        lost.collect::<Vec<bool>>()
    };
    assert_eq!(lost(7), lost(7));
    assert_ne!(lost(7), lost(8));
    let count = lost(7).iter().filter(|&&lost| lost).count();
    assert!((900..1100).contains(&count), "{count}");
    let mut never = Wire::with("lose data 0%", 1);
    assert!((0..100).all(|number| !never.loses(Client, &segment(ACK, number * 10, 10))));
}

#[test]
fn a_rule_that_was_never_used_says_why() {
    let mut wire = Wire::with("lose client syn 3; lose client data 1; lose server datagram", 1);
    assert!(!wire.loses(Client, &segment(SYN, 1, 0)));
    assert!(wire.loses(Client, &segment(ACK, 2, 5)));
    assert_eq!(
        wire.0.unused(),
        [
            "rule 1 (lose client syn 3) was never used: the client sent 1 SYN",
            "rule 3 (lose server datagram) was never used: the server sent no datagram",
        ]
    );
    let mut wire = Wire::with("lose client data 3; lose client ack 3", 1);
    for frame in [
        segment(ACK, 1, 5),
        segment(ACK, 6, 5),
        segment(ACK, 11, 0),
        segment(ACK, 11, 0),
    ] {
        assert!(!wire.loses(Client, &frame));
    }
    assert_eq!(
        wire.0.unused(),
        [
            "rule 1 (lose client data 3) was never used: the client sent 2 new data segments",
            "rule 2 (lose client ack 3) was never used: the client sent 2 pure ACKs",
        ]
    );
}
