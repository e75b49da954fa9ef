use proptest::prelude::*;

use super::Stream;
use crate::flow::state::{ObservedState, State};

fn stream(base: u32) -> Stream {
    let mut stream = Stream::new(ObservedState::fact(State::Closed));
    stream.begin(base);
    stream
}

#[test]
fn numbers_go_on_where_headers_wrap() {
    let mut stream = stream(u32::MAX - 9);
    stream.send(0, 1);
    let mut at = 1;
    for _ in 0..100 {
        stream.send(at, at + 0x1000_0000);
        at += 0x1000_0000;
        stream.acknowledge(at);
    }
    assert_eq!(stream.next(), 1 + 100 * 0x1000_0000);
    let raw = (u32::MAX - 9)
        .wrapping_add(1)
        .wrapping_add(0x1000_0000_u32.wrapping_mul(100));
    assert_eq!(stream.relative(raw), stream.next());
    assert_eq!(stream.relative(raw.wrapping_sub(5)), stream.next() - 5);
}

#[test]
fn acknowledgments_alone_carry_the_count_over_the_wrap() {
    let mut stream = stream(7);
    for step in 1..50_u32 {
        let raw = 7_u32.wrapping_add(step.wrapping_mul(0x4000_0000));
        let at = stream.relative(raw);
        assert_eq!(at, i64::from(step) * 0x4000_0000);
        stream.acknowledge(at);
    }
}

/// The same with numbers that do not wrap.
#[derive(Debug, Default)]
struct Plain {
    highest: i64,
    next: i64,
    acked: i64,
    whole: i64,
    has_sent: bool,
}

impl Plain {
    fn send(&mut self, from: i64, to: i64) {
        if self.has_sent {
            if from <= self.whole {
                self.whole = self.whole.max(to);
            }
            self.next = self.next.max(to);
        } else {
            self.has_sent = true;
            self.next = if self.acked > 0 { to.max(self.acked) } else { to };
            self.whole = self.next;
            if self.acked <= 0 && from > 0 {
                self.acked = from;
            }
        }
        self.highest = self.highest.max(to);
    }

    fn acknowledge(&mut self, to: i64) {
        self.acked = self.acked.max(to);
        if self.has_sent {
            self.whole = self.whole.max(to);
        }
        self.highest = self.highest.max(to);
    }
}

proptest! {
    #[test]
    fn numbers_are_what_they_would_be_without_wrapping(
        base in prop_oneof![any::<u32>(), Just(u32::MAX), Just(0)],
        steps in prop::collection::vec((any::<bool>(), -70_000_i64..0x7fff_0000, 0_i64..70_000), 1..60),
    ) {
        let (mut stream, mut plain) = (stream(base), Plain::default());
        for (acknowledges, ahead, length) in steps {
            // Both stay within 2^32 of the highest, else their numbers in headers do not tell.
            let to = (plain.highest + ahead).min(plain.next.min(plain.acked).min(plain.whole) + 0xfff0_0000);
            if acknowledges {
                stream.acknowledge(to);
                plain.acknowledge(to);
            } else {
                stream.send(to - length, to);
                plain.send(to - length, to);
            }
            prop_assert_eq!(
                (stream.highest(), stream.next(), stream.acked(), stream.whole()),
                (plain.highest, plain.next, plain.acked, plain.whole)
            );
            prop_assert_eq!(stream.relative(stream.raw(plain.highest - 5)), plain.highest - 5);
        }
    }
}
