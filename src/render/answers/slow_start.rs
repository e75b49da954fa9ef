//! The answer about the beginning of a transfer: how many segments left in each round trip. RFC 5681 section 3.1

use super::Answer;
use super::arithmetic::{between, milliseconds, since_start};
use super::flights::{Flight, Flights, Stop};
use super::opening::no_handshake;
use super::segments::{direction, no_data};
use super::surroundings::CaptureContext;
use super::tcp_facts::{MEASURABLE, TcpFacts};
use crate::explain::{bytes, count};
use crate::flow::Party;

/// Segments that a sender may begin with. RFC 6928
const INITIAL_WINDOW: u64 = 10;
const MAKE_ONE: &str = "`socket-lab wire slow-start` makes a capture that has them.";

/// The answer to TCP's question 14, or what is missing.
pub(super) fn answer(facts: &TcpFacts, around: CaptureContext<'_>) -> Result<Answer, String> {
    let party = facts.main_sender().ok_or_else(|| no_data(facts, around))?;
    let (there, back) = halves(facts)?;
    let round_trip = there.saturating_add(back);
    let flights = &facts.stream(party).flights;
    if flights.all.is_empty() {
        return Err(format!(
            "The first data of the {party} came before the handshake was complete, or without a time, so flights cannot be separated. \
             {MAKE_ONE}"
        ));
    }
    let judged = Judged::new(facts, party, flights, round_trip);
    let mut answer = Answer::new(
        direction(facts, party),
        "The segments of a window leave together, and the next ones when their ACKs have come, a round trip later. In slow start, each \
         acknowledged segment lets two go out (RFC 5681 section 3.1). The size of the window is in no header: it is deduced from the \
         flights. Linux begins with 10 segments by default (RFC 6928).",
    )
    .line(format!(
        "From the SYN to the ACK of the SYN-ACK, one round trip, it took {} + {} = {}. A flight is the new data between two pauses of at \
         least half of that.",
        milliseconds(there),
        milliseconds(back),
        milliseconds(round_trip)
    ));
    let mut before: Option<&Flight> = None;
    for (number, flight) in (1..).zip(&flights.all) {
        let since = before.and_then(|before| between(Some(before.start), Some(flight.start)));
        let when = match since {
            Some(after) => format!("{} after flight {}", milliseconds(after), number - 1),
            None => format!("at {}", since_start(Some(flight.start), around.start)),
        };
        before = Some(flight);
        answer = answer.line(listed(number, flight, &when)).proved(&flight.field);
    }
    for line in judged.lines(flights) {
        answer = answer.line(line);
    }
    if facts.is_captured_at_receiver(party) {
        answer = answer.line(format!(
            "The capture was made near the {}, because that part of the handshake's round trip is the shorter one. So the flights are as \
             they arrived there, without segments that were lost before.",
            party.other()
        ));
    }
    Ok(answer)
}

/// The two parts of the handshake's round trip, if they are long enough to tell flights apart.
fn halves(facts: &TcpFacts) -> Result<(i64, i64), String> {
    if facts.syn.is_none() || facts.syn_ack.is_none() || facts.completed.is_none() {
        return Err(no_handshake(facts, "complete handshake"));
    }
    if facts.opening_again {
        return Err(format!(
            "The SYN or the SYN-ACK was sent again, so the handshake does not show the round trip by which flights are separated. {MAKE_ONE}"
        ));
    }
    let (there, back) = facts
        .handshake_halves()
        .ok_or_else(|| format!("The handshake has no times, so flights cannot be separated. {MAKE_ONE}"))?;
    let round_trip = there.saturating_add(back);
    if round_trip < MEASURABLE {
        return Err(format!(
            "The round trip is too short to tell flights apart: the handshake took {}, and pauses of half of that come from programs and \
             kernels too. Capture over a longer path; {MAKE_ONE}",
            milliseconds(round_trip)
        ));
    }
    Ok((there, back))
}

fn listed(number: usize, flight: &Flight, when: &str) -> String {
    let packets = if flight.first == flight.last {
        format!("packet {}", flight.first)
    } else {
        format!("first packet {}, last packet {}", flight.first, flight.last)
    };
    format!(
        "Flight {number}, {when}: {}, {} of data ({packets}).",
        count(flight.segments, "segment"),
        bytes(flight.bytes)
    )
}

/// The flights compared with each other.
struct Judged {
    /// Segments of each, or bytes where segments were captured undivided.
    sizes: Vec<u64>,
    /// A segment has more data than one on the path may have: bytes, packet, most.
    undivided: Option<(u64, u64, u16)>,
    /// This many flights, from the second on, have about twice as much as the one before.
    doubled: usize,
    /// The one after those came later than two round trips.
    is_late: bool,
}

impl Judged {
    fn new(facts: &TcpFacts, party: Party, flights: &Flights, round_trip: i64) -> Self {
        let receiver = match party {
            Party::Client => &facts.syn_ack,
            Party::Server => &facts.syn,
        };
        let most = receiver.as_ref().and_then(|opened| opened.mss);
        let undivided = flights.largest.zip(most).and_then(|((size, packet), most)| {
            let is_larger = size > u64::from(most);
            is_larger.then_some((size, packet, most))
        });
        let size = |flight: &Flight| match undivided {
            Some(_) => flight.bytes,
            None => flight.segments,
        };
        let sizes: Vec<u64> = flights.all.iter().map(size).collect();
        let is_in_time = |pair: &[Flight]| match pair {
            [before, after] => after.start.0.saturating_sub(before.start.0) <= round_trip.saturating_mul(2),
            _ => false,
        };
        let in_time: Vec<bool> = flights.all.windows(2).map(is_in_time).collect();
        let pairs = sizes.windows(2).zip(&in_time);
        let doubled = pairs.take_while(|(pair, in_time)| doubles(pair) && **in_time).count();
        let is_late = in_time.get(doubled).is_some_and(|in_time| !in_time);
        Self {
            sizes,
            undivided,
            doubled,
            is_late,
        }
    }

    fn lines(&self, flights: &Flights) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some((size, packet, most)) = self.undivided {
            lines.push(format!(
                "Packet {packet} has {size} bytes of data, more than the {most} of the receiver's MSS option: a network card divides or \
                 joins segments, and the capture shows the large ones. So bytes are compared here."
            ));
        }
        let unit = if self.undivided.is_some() { "bytes" } else { "segments" };
        let all = self.sizes.len();
        match self.doubled {
            _ if all == 1 => lines.push("There is only one flight, so nothing shows whether the number doubles.".to_owned()),
            0 => lines.push(format!(
                "These flights do not show slow start: flight 2 does not have about twice as many {unit} as flight 1, within two round \
                 trips."
            )),
            doubled => {
                let which = if doubled + 1 == all {
                    "Each flight".to_owned()
                } else {
                    format!("Up to flight {}, each flight", doubled + 1)
                };
                let weak = if doubled == 1 { " One doubling alone is weak evidence." } else { "" };
                lines.push(format!(
                    "{which} has about twice as many {unit} as the one before, as in slow start (RFC 5681 section 3.1).{weak}"
                ));
            }
        }
        let is_initial = flights
            .all
            .first()
            .is_some_and(|first| first.segments == INITIAL_WINDOW);
        if is_initial && self.undivided.is_none() {
            lines.push(
                "Flight 1 has 10 segments, as many as the initial window of RFC 6928, with which Linux begins."
                    .to_owned(),
            );
        }
        lines.extend(self.why_not(flights.stopped));
        match flights.stopped {
            Some(Stop::Repetition(packet)) => {
                lines.push(format!("Packet {packet} sends data again; what comes after that is not counted."));
            }
            Some(Stop::Gap(packet)) => lines.push(format!(
                "Before packet {packet}, bytes are missing in the capture, or come later; what comes after that is not counted."
            )),
            Some(Stop::Another | Stop::Unknown) | None => {}
        }
        lines
    }

    /// What may be the reason that a flight does not double.
    fn why_not(&self, stopped: Option<Stop>) -> Option<String> {
        let [before, size, rest @ ..] = self.sizes.get(self.doubled..)? else {
            return None;
        };
        let flight = self.doubled + 2;
        let is_smaller = size.saturating_mul(2) < before.saturating_mul(3);
        Some(if self.is_late {
            format!(
                "Flight {flight} begins more than two round trips after the one before. The program may have sent nothing, the receiver's \
                 window may have been full (question 8), or segments may have been lost before they were captured."
            )
        } else if !is_smaller {
            format!(
                "Flight {flight} is more than twice as large: the pauses may be too short there, so that several flights look like one."
            )
        } else if rest.is_empty() && !matches!(stopped, Some(Stop::Another)) {
            format!("Flight {flight} is the last one that is counted, so it may be cut short.")
        } else {
            format!(
                "Before flight {flight}, slow start may have ended, the receiver's window may have been full (question 8), or the program \
                 may have sent slowly: these packets do not show which."
            )
        })
    }
}

/// From one and a half times as much to two and a half times.
fn doubles(pair: &[u64]) -> bool {
    let &[before, after] = pair else { return false };
    let (before, twice) = (u128::from(before), 2 * u128::from(after));
    3 * before <= twice && twice <= 5 * before
}
