//! Two captures of one exchange: a line for the whole, then one for each packet that was sent. The comments on keys are those of
//! the schemas.

use serde::Serialize;

use super::convert::rfc3339;
use super::end::EndRecord;
use crate::frame::Time;
use crate::pair::{Bound, Evidence, Exchange, Fate, Kind, Outside, Side, Transit};
use crate::render::two_ends::TwoEnds;
use crate::render::two_ends::rows::Row;

/// Two captures of one exchange: the first line.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ExchangeLine"))]
pub(super) struct ExchangeLine<'e> {
    /// What distinguishes this line: `exchange`.
    line: &'static str,
    /// The capture of `-r`.
    a: CaptureRecord<'e>,
    /// The capture of `--other-end`.
    b: CaptureRecord<'e>,
    /// Packets that are in both captures.
    pairs: u64,
    /// Bytes from the IP header on that were compared, where a capture was cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<usize>,
    /// Were addresses, ports and checksums left out of the comparison (`--nat`)?
    nat: bool,
    /// Has every packet the same time in both files? Then one is a copy of the other.
    copies: bool,
    /// How far the clocks differ.
    clock: ClockRecord,
}

/// One of the captures.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Capture"))]
struct CaptureRecord<'e> {
    /// The file.
    file: &'e str,
    /// Its packets with an IP header and a time.
    packets: u64,
    /// Its frames without one of these.
    left_out: u64,
    /// Its packets of conversations of which the other capture has nothing.
    alone: u64,
    /// How long packets took that were sent here, by the estimated clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    transit: Option<TransitRecord>,
}

/// How long packets took, in nanoseconds.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Transit"))]
struct TransitRecord {
    /// The fastest.
    least: i64,
    /// The one in the middle.
    median: i64,
    /// The slowest.
    most: i64,
}

/// The clock of the second capture, by that of the first.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Clock"))]
struct ClockRecord {
    /// Its time less that of the first, in nanoseconds: an estimate.
    offset: i64,
    /// How far the estimate is from the truth at most, in nanoseconds. Absent: there is no such bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<i64>,
    /// By how many nanoseconds the packets contradict each other, if no offset fits all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    contradiction: Option<i64>,
    /// By how many millionths it runs faster, where the exchange shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<f64>,
}

/// A packet that was sent once, wherever it was captured.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PairLine"))]
pub(super) struct PairLine {
    /// What distinguishes this line: `pair`.
    line: &'static str,
    /// What became of it: `arrived`, `changed`, `regrouped`, `lost`, `missed`, `duplicated`, `only-received`, `not-known`.
    fate: &'static str,
    /// The capture at which it was sent: `a` or `b`.
    sent_at: &'static str,
    /// How that is known: `flags`, `ttl`, `times`, `assumed`.
    deduced_from: &'static str,
    /// Its IP protocol, by number.
    protocol: u8,
    /// Address and port of the client.
    client: EndRecord,
    /// Address and port of the server.
    server: EndRecord,
    /// Its numbers in the first capture: several where it was divided or merged on the way, none where it is missing.
    a: Vec<u64>,
    /// Its numbers in the second one.
    b: Vec<u64>,
    /// When it was captured in the first one, by its own clock: RFC 3339, UTC, nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_a: Option<String>,
    /// When it was captured in the second one, by its own clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_b: Option<String>,
    /// From one capture to the other, in nanoseconds, by the estimated clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<i64>,
    /// What was changed: `data`, `checksum`, `options`, `window`, `flags`, `acknowledgment number`, `length`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<&'static str>,
    /// Number of the packet, in the same capture, that carries the bytes of a lost one again.
    #[serde(skip_serializing_if = "Option::is_none")]
    again: Option<u64>,
    /// Number of the packet in the sender's capture of which this is a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_of: Option<u64>,
    /// Bytes of it that did not arrive, of one that was divided.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<u64>,
    /// Why nothing is known: the other capture has nothing so early, `before`, or so late, `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    outside: Option<&'static str>,
    /// Did a packet overtake it that was sent later?
    overtaken: bool,
}

pub(super) fn exchange<'e>(ends: &TwoEnds<'e>) -> ExchangeLine<'e> {
    let exchange = ends.exchange;
    let (error, contradiction) = match exchange.clock.bound {
        Bound::Both(error) => (Some(error), None),
        Bound::Contradiction(by) => (None, Some(by)),
        Bound::OneWay(_) | Bound::Nothing => (None, None),
    };
    ExchangeLine {
        line: "exchange",
        a: capture(exchange, Side::A, ends.a),
        b: capture(exchange, Side::B, ends.b),
        pairs: exchange.pairs,
        compared: exchange.comparison.limit,
        nat: exchange.comparison.with_nat,
        copies: exchange.are_copies,
        clock: ClockRecord {
            offset: exchange.clock.offset,
            error,
            contradiction,
            drift: exchange.clock.drift,
        },
    }
}

fn capture<'e>(exchange: &Exchange, side: Side, file: &'e str) -> CaptureRecord<'e> {
    let capture = exchange.captures.of(side);
    let alone = exchange
        .with_fates(side)
        .filter(|(_, fate)| *fate == Fate::OtherConversation);
    CaptureRecord {
        file,
        packets: capture.packets.len() as u64,
        left_out: capture.without_ip + capture.without_time,
        alone: alone.count() as u64,
        transit: exchange.transit.of(side).map(transit),
    }
}

const fn transit(transit: Transit) -> TransitRecord {
    TransitRecord {
        least: transit.least,
        median: transit.median,
        most: transit.most,
    }
}

pub(super) fn pair(exchange: &Exchange, row: &Row) -> Option<PairLine> {
    let seen = row.seen(exchange)?;
    let conversation = exchange.conversations.get(seen.conversation as usize)?;
    let sent_at = exchange.sent_at(seen);
    let end = |address: std::net::SocketAddr| EndRecord {
        ip: address.ip(),
        port: matches!(conversation.kind, Kind::Tcp | Kind::Udp).then(|| address.port()),
    };
    let packets = |side: Side| {
        row.places(exchange, side)
            .into_iter()
            .filter_map(move |place| exchange.packet(side, place))
    };
    let numbers = |side: Side| packets(side).map(|seen| seen.number).collect();
    let number = |side: Side, place: u32| exchange.packet(side, place).map(|seen| seen.number);
    // What was sent began with the first packet, and what arrived was whole with the last.
    let own = |side: Side| {
        let mut packets = packets(side);
        if side == sent_at {
            packets.next()
        } else {
            packets.next_back()
        }
    };
    let ends = own(sent_at).zip(own(sent_at.other()));
    let mut line = PairLine {
        line: "pair",
        fate: "arrived",
        sent_at: word(sent_at),
        deduced_from: match conversation.low_at {
            Some((_, Evidence::Flags)) => "flags",
            Some((_, Evidence::Ttl)) => "ttl",
            Some((_, Evidence::Times)) => "times",
            Some((_, Evidence::Assumed)) | None => "assumed",
        },
        protocol: seen.kind.number(),
        client: end(conversation.client()),
        server: end(conversation.server()),
        a: numbers(Side::A),
        b: numbers(Side::B),
        time_a: own(Side::A).map(|seen| rfc3339(Time(seen.time))),
        time_b: own(Side::B).map(|seen| rfc3339(Time(seen.time))),
        delay: ends.map(|(sent, received)| {
            let received = exchange.time(sent_at.other(), received);
            received.saturating_sub(exchange.time(sent_at, sent))
        }),
        changes: Vec::new(),
        again: None,
        duplicate_of: None,
        missing: None,
        outside: None,
        overtaken: row.is_overtaken,
    };
    line.fate = match row.fate {
        Fate::Arrived { .. } => "arrived",
        Fate::Changed { changes, .. } => {
            line.changes = changes.names().collect();
            "changed"
        }
        Fate::Regrouped { regrouping } => {
            let missing = exchange.regroupings.get(regrouping as usize).map(|each| each.missing);
            line.missing = missing.filter(|missing| *missing > 0);
            "regrouped"
        }
        Fate::Lost { again, .. } => {
            line.again = again.and_then(|again| number(row.side, again));
            "lost"
        }
        Fate::Missed => "missed",
        Fate::Duplicated { of } => {
            line.duplicate_of = number(row.side.other(), of);
            "duplicated"
        }
        Fate::OnlyReceived => "only-received",
        Fate::NotKnown(outside) => {
            line.outside = Some(match outside {
                Outside::Before => "before",
                Outside::After => "after",
            });
            "not-known"
        }
        Fate::Open | Fate::OtherConversation => return None,
    };
    Some(line)
}

const fn word(side: Side) -> &'static str {
    match side {
        Side::A => "a",
        Side::B => "b",
    }
}
