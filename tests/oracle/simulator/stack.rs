//! How a network stack behaves, as systems differ in it. Each is drawn by itself: no stack is named, and some mixtures exist nowhere.

use super::super::random::Random;

/// A millisecond in nanoseconds.
pub(crate) const MS: i64 = 1_000_000;

/// What a stack writes into the IPv4 identification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identification {
    /// Always 0, as RFC 6864 section 4.1 allows for datagrams that are not fragmented.
    Zero,
    /// One other number.
    Constant,
    /// Counted up, a packet one.
    Counted,
    /// Counted for all connections of the host, so that it takes steps of up to 20.
    Shared,
    /// Counted up, with its bytes the other way round.
    Swapped,
    /// By chance.
    Random,
    /// Counted up, and kept when a segment is sent again: RFC 1122 section 3.2.1.5.
    Kept,
}

/// A stack.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub(crate) struct Stack {
    pub(crate) identification: Identification,
    /// Offers timestamps, which count that many nanoseconds. RFC 7323 section 5.4 has 1 ms to 1 s.
    pub(crate) tick: Option<i64>,
    pub(crate) sack: bool,
    /// Reports what arrived twice. RFC 2883
    pub(crate) dsack: bool,
    /// How long an acknowledgment waits for data, in nanoseconds; 0: not at all.
    pub(crate) delayed_ack: i64,
    /// Does each second full segment end that wait? RFC 9293 section 3.8.6.3
    pub(crate) every_second: bool,
    /// The least retransmission timer and the first one, in nanoseconds. RFC 6298 section 2
    pub(crate) least_timer: i64,
    pub(crate) first_timer: i64,
    /// Bytes of a keep-alive and of a window probe: 0 or 1.
    pub(crate) keep_alive: i64,
    pub(crate) probe: i64,
    pub(crate) mss: i64,
    /// RFC 7323 section 2
    pub(crate) shift: Option<u32>,
    /// Room for what the program has not read, in bytes.
    pub(crate) buffer: i64,
    /// Do less than full segments wait? RFC 9293 section 3.7.4
    pub(crate) nagle: bool,
    /// What it takes to answer, in nanoseconds.
    pub(crate) reaction: i64,
}

impl Stack {
    pub(crate) fn of(random: &mut Random) -> Self {
        Self {
            identification: random.one(&[
                Identification::Zero,
                Identification::Zero,
                Identification::Constant,
                Identification::Counted,
                Identification::Counted,
                Identification::Shared,
                Identification::Swapped,
                Identification::Random,
                Identification::Kept,
            ]),
            tick: random.one(&[None, None, Some(MS), Some(10 * MS), Some(500 * MS)]),
            sack: random.chance(60),
            dsack: random.chance(50),
            delayed_ack: random.one(&[0, 40, 100, 200, 200, 500]) * MS,
            every_second: random.chance(80),
            least_timer: random.one(&[30, 200, 300, 1000]) * MS,
            first_timer: random.one(&[1000, 1000, 3000]) * MS,
            keep_alive: random.one(&[0, 1]),
            probe: random.one(&[0, 1]),
            mss: random.one(&[536, 1440, 1460]),
            shift: random.one(&[None, Some(0), Some(2), Some(7)]),
            buffer: random.one(&[8192, 65_535, 65_535]),
            nagle: random.chance(60),
            reaction: random.one(&[10_000, 50_000, 400_000]),
        }
    }
}
