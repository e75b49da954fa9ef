//! Loops of services: two servers that answer each other without end.
//!
//! UDP has no handshake, so a server cannot know who sent a datagram: the source address is what the sender wrote into the
//! header. One datagram with the address of server B, sent to server A, is enough: A answers B, B takes the answer for a
//! request and answers A, and so on, as fast as the machines can. The two need not be of one kind; an echo service
//! (RFC 862) or a character generator (RFC 864) is as good a partner. The class has a name, CVE-2024-2169 (CERT/CC
//! VU#417980): services of this kind, from echo to DNS, TFTP and NTP, were found open to it in 2024.
//!
//! # What ends a loop
//!
//! A service only ever reacts. Leave out one answer, and the loop is over: nothing is under way any more. So nothing has to be
//! remembered for long, and no address is locked out.
//!
//! # What distinguishes a loop from a busy client
//!
//! Each datagram of a loop comes because of our answer, but a client that waits for each answer looks the same. What
//! differs are three marks. Each is worth some points; a sender that collects [`MOST`] without a pause is left without an
//! answer:
//!
//! | mark | points | why |
//! |---|---:|---|
//! | it sends what we answered it before, and there is nothing to raise in it | 4 | text in uppercase stays as it is: a loop with an echo service or another server of ours consists of nothing else; a client sends lowercase text |
//! | its port is below 1024 | 4 | the system's ports (RFC 6335 section 6): there sit echo, chargen and time, and no system picks such a port for a client |
//! | its port is below 32768 | 1 | Linux picks higher ones for clients (ip(7), `ip_local_port_range`), others mostly do |
//!
//! So there are five answers for the first two and twenty for the third. A client that sends lowercase text from a port that the system
//! picked collects none, however fast it is. One that mixes its text starts from 0 with each line that has something to raise.
//!
//! A sender that goes on and on without answers sends by itself: it is not a loop, and is answered again ([`super::senders`]).
//! A partner that none of the marks shows (a character generator on a high port) cannot be told from a client; for its sake one of
//! [`PROBE_EVERY`] answers is left out.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::net::{SocketAddr, UdpSocket};
use std::time::Instant;

use super::senders::{Decision, MOST, PAUSE, Senders};
use super::warnings::Warnings;

/// Of this many answers to one sender, one is left out, whatever the sender looks like: no loop lasts longer.
const PROBE_EVERY: u32 = 1_000_000;

/// The first port that is not the system's. RFC 6335 section 6
const FIRST_USER_PORT: u16 = 1024;

/// The first port that Linux picks for clients. ip(7)
const FIRST_CLIENT_PORT: u16 = 32_768;

/// Points of a clear mark and of a weak one.
const CLEAR: u32 = MOST / 5;
const WEAK: u32 = MOST / 20;

/// Decides which datagrams are answered.
pub(super) struct LoopGuard {
    own_port: u16,
    senders: Senders,
    top: [TopSender; 64],
    hasher: RandomState,
    /// What is said of it.
    pub(super) warnings: Warnings,
}

impl LoopGuard {
    /// For a server whose socket has this port.
    pub(super) fn new(own_port: u16) -> Self {
        Self {
            own_port,
            senders: Senders::default(),
            top: [TopSender::NONE; 64],
            hasher: RandomState::new(),
            warnings: Warnings::default(),
        }
    }

    /// Does the datagram claim to come from this very server? No other program can have the server's port on an address of this
    /// machine, so the sender is forged, and the answer would come back to the server itself.
    pub(super) fn is_from_ourselves(&mut self, sender: SocketAddr) -> bool {
        if sender.port() != self.own_port || !is_own(sender) {
            return false;
        }
        let now = Instant::now();
        if self.senders.with(sender, now, |record| record.begins()) {
            self.warnings.say_at(now, || {
                format!("a datagram claims to come from this server itself, {sender}: not answered, its source address is forged")
            });
        }
        true
    }

    /// May this datagram be answered?
    pub(super) fn may_answer(&mut self, sender: SocketAddr, message: &[u8], reply: &[u8]) -> bool {
        let nothing_to_raise = message == reply;
        if sender.port() >= FIRST_CLIENT_PORT && !nothing_to_raise {
            // The way of ordinary clients: neither a look at the clock nor into the table, unless there is something in it.
            self.senders.has_varied(sender);
            return self.may_answer_unmarked(sender);
        }
        let content = nothing_to_raise.then(|| self.hasher.hash_one(reply));
        self.decide(sender, content, Instant::now())
    }

    /// The decision about a sender with marks at this time; `content`: a digest of what had nothing to raise in it.
    fn decide(&mut self, sender: SocketAddr, content: Option<u64>, now: Instant) -> bool {
        let by_port = match sender.port() {
            0..FIRST_USER_PORT => CLEAR,
            FIRST_USER_PORT..FIRST_CLIENT_PORT => WEAK,
            _ => 0,
        };
        let (returned, decision) = self.senders.with(sender, now, |record| {
            let returned = content.is_some_and(|content| record.returns(content));
            (returned, record.decide(if returned { CLEAR } else { by_port }))
        });
        match decision {
            Decision::Answer => true,
            Decision::Withhold => false,
            Decision::FirstWithheld => {
                let what = if returned {
                    "sends back what it was answered"
                } else {
                    "sends another datagram for each answer"
                };
                self.warnings.say_at(now, || {
                    format!(
                        "{sender} {what}, again and again, as a service does: not answered until it pauses for {} s, so that the \
                         two do not answer each other forever; probably its address was forged",
                        PAUSE.as_secs_f64()
                    )
                });
                false
            }
        }
    }

    /// Counts the datagrams of a sender without marks.
    fn may_answer_unmarked(&mut self, sender: SocketAddr) -> bool {
        let place = usize::from(sender.port()) % self.top.len();
        let Some(top) = self.top.get_mut(place) else {
            return true;
        };
        if !top.is_the_millionth(sender) {
            return true;
        }
        self.warnings.say(|| {
            format!("{PROBE_EVERY} datagrams came from {sender}: one is not answered, in case it is a service that answers each of ours")
        });
        false
    }
}

/// Is it an address of this machine? The kernel knows, also of one that was added a moment ago: to such an address a socket
/// can be bound. bind(2), `EADDRNOTAVAIL`
fn is_own(mut address: SocketAddr) -> bool {
    address.set_port(0);
    address.ip().is_loopback() || UdpSocket::bind(address).is_ok()
}

/// The sender that most datagrams came from, of those that share a place: each of another sender takes one away (the
/// majority vote of Boyer and Moore).
#[derive(Clone, Copy)]
struct TopSender {
    sender: Option<SocketAddr>,
    count: u32,
}

impl TopSender {
    const NONE: Self = Self { sender: None, count: 0 };

    fn is_the_millionth(&mut self, sender: SocketAddr) -> bool {
        if self.sender == Some(sender) {
            self.count += 1;
            if self.count == PROBE_EVERY {
                self.count = 0;
                return true;
            }
        } else if self.count == 0 {
            self.sender = Some(sender);
            self.count = 1;
        } else {
            self.count -= 1;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{LoopGuard, PROBE_EVERY, SocketAddr, TopSender, is_own};

    /// How many of a number of datagrams from this port are answered, each with the text that `text` makes of its number.
    fn answered(port: u16, datagrams: u32, text: impl Fn(u32) -> String) -> u32 {
        let mut guard = LoopGuard::new(12_000);
        let sender = SocketAddr::from(([192, 0, 2, 1], port));
        let is_answered = |&number: &u32| {
            let message = text(number);
            guard.may_answer(sender, message.as_bytes(), message.to_uppercase().as_bytes())
        };
        (0..datagrams).filter(is_answered).count().try_into().unwrap()
    }

    #[test]
    fn what_the_marks_are_worth() {
        let lower = |_| "hello".to_owned();
        let upper = |_| "HELLO".to_owned();
        let number = |number: u32| number.to_string();
        let time = |number: u32| format!("Wed Nov 25 10:00:{number}");
        // The first text in uppercase is not a return.
        for empty_or_upper in [upper, |_| String::new()] {
            for port in [12_001, 32_768, 65_535] {
                assert!((5..=6).contains(&answered(port, 100, empty_or_upper)), "{port}");
            }
        }
        for port in [0, 7, 19, 37, 1023] {
            assert_eq!(answered(port, 100, time), 5, "{port}");
        }
        for port in [1024, 9019, 32_767] {
            assert_eq!(answered(port, 120, time), 20, "{port}");
        }
        assert_eq!(answered(45_678, 500_000, lower), 500_000, "a benchmark");
        assert_eq!(answered(45_678, 500_000, number), 500_000, "a benchmark that counts");
    }

    #[test]
    fn two_loops_of_different_texts_between_the_same_two_end_both() {
        for texts in 2..=9 {
            let answers = answered(45_678, 90, |number| format!("TEXT {}", number % texts));
            assert!(answers <= 5 + 5 * texts, "{texts}: {answers}");
        }
    }

    #[test]
    fn a_file_with_empty_lines_is_answered_whole() {
        let line = |number| if number % 5 == 0 { "text" } else { "" };
        assert_eq!(answered(45_678, 10_000, |number| line(number).to_owned()), 10_000);
    }

    #[test]
    fn one_answer_of_a_million_is_left_out_for_a_sender_without_marks() {
        let [first, second] = [1, 2].map(|port| SocketAddr::from(([192, 0, 2, 1], port)));
        let mut top = TopSender::NONE;
        let left_out = (0..3 * PROBE_EVERY).filter(|_| top.is_the_millionth(first)).count();
        assert_eq!(left_out, 3);
        let mut top = TopSender::NONE;
        for _ in 0..PROBE_EVERY {
            assert!(
                !top.is_the_millionth(first) && !top.is_the_millionth(second),
                "neither has a majority"
            );
        }
    }

    #[test]
    fn own_addresses_are_recognised_and_others_are_not() {
        for own in ["127.0.0.1:9", "127.0.0.5:9", "127.255.3.4:9", "[::1]:9"] {
            assert!(is_own(own.parse().unwrap()), "{own}");
        }
        for other in ["192.0.2.77:9", "[2001:db8::77]:9"] {
            assert!(!is_own(other.parse().unwrap()), "{other}");
        }
    }
}
