//! The graphs of a conversation of which there are two captures: what was lost is marked.

use std::collections::HashSet;

use crate::flow::Party;
use crate::pair::{Exchange, Fate, Side};
use crate::render::plot::{PlotCapture, Plots};
use crate::tcp_info::TcpSample;
use crate::timeline::PacketRef;

/// Draws from both captures; `None` where one of them lacks the conversation, or times. `packets` are those of one conversation in the
/// first capture and in the second one, `samples` what the kernels of its ends knew, by the clock of the first.
#[must_use]
pub fn plots(exchange: &Exchange, packets: [&[PacketRef]; 2], samples: &[TcpSample]) -> Option<Plots> {
    let [a, b] = packets;
    let start = |packets: &[PacketRef]| Some(packets.iter().find_map(|seen| seen.time)?.0);
    let (start, of_b) = (start(a)?, start(b)?);
    // How far the clock of the second one is ahead there.
    let ahead = of_b.saturating_sub(exchange.clock.by_a(Side::B, of_b));
    let lost = Side::BOTH.map(|side| lost(exchange, side));
    let [lost_a, lost_b] = lost.each_ref().map(|lost| |number| lost.contains(&number));
    let at_a = PlotCapture {
        packets: a,
        samples,
        is_lost: &lost_a,
        start,
    };
    let shifted: Vec<TcpSample> = samples
        .iter()
        .map(|sample| TcpSample {
            time: sample.time.saturating_add(ahead),
            ..*sample
        })
        .collect();
    let at_b = PlotCapture {
        packets: b,
        samples: &shifted,
        is_lost: &lost_b,
        start: start.saturating_add(ahead),
    };
    Some(match clients_side(exchange, a)? {
        Side::A => Plots::of_both([&at_a, &at_b], Party::Client),
        Side::B => Plots::of_both([&at_b, &at_a], Party::Server),
    })
}

/// The number, in the second capture, of one of these packets of the first one: by it the same conversation is found there.
#[must_use]
pub fn counterpart(exchange: &Exchange, packets: &[PacketRef]) -> Option<u64> {
    let numbers: HashSet<u64> = packets.iter().map(|seen| seen.number).collect();
    let own = exchange
        .with_fates(Side::A)
        .filter(|(seen, _)| numbers.contains(&seen.number));
    let mut there = own.filter_map(|(_, fate)| match fate {
        Fate::Arrived { other } | Fate::Changed { other, .. } => Some(exchange.packet(Side::B, other)?.number),
        _ => None,
    });
    there.next()
}

/// The numbers of the packets of a capture that were lost on the way.
fn lost(exchange: &Exchange, side: Side) -> HashSet<u64> {
    let packets = exchange.with_fates(side);
    packets
        .filter(|(_, fate)| matches!(fate, Fate::Lost { .. }))
        .map(|(seen, _)| seen.number)
        .collect()
}

/// The capture at the client's end.
fn clients_side(exchange: &Exchange, a: &[PacketRef]) -> Option<Side> {
    let number = a.iter().find(|seen| seen.in_flow.segment().is_some())?;
    let mut all = exchange.captures.a.packets.iter();
    let sent_at = exchange.sent_at(all.find(|seen| seen.number == number.number)?);
    Some(match number.in_flow.sender {
        Party::Client => sent_at,
        Party::Server => sent_at.other(),
    })
}
