//! TCP's options.

use super::{Context, Sentence};
use crate::wire::tcp::{Flags, Tcp};
use crate::wire::{Field, Protocol};

pub(super) fn meaning(context: Context<'_, '_>, tcp: &Tcp<'_>, field: &Field<'_>) -> Option<Sentence> {
    let part = |id| field.find(id).and_then(Field::number);
    let syn = tcp.flags().has(Flags::SYN);
    Some(match field.id() {
        "tcp.options.eol" => "no option follows".into(),
        "tcp.options.nop" => "aligns the next option".into(),
        "tcp.options.padding" => "fills the header up to whole words".into(),
        "tcp.options.mss" => largest_segment(context, part("tcp.options.mss_val")?),
        "tcp.options.wscale" => match part("tcp.options.wscale.shift")? {
            shift @ 0..=14 => format!("later windows x {}", 1_u32 << shift).into(),
            shift => format!("{shift} is above the largest, 14, which counts instead").into(),
        },
        "tcp.options.sack_perm" => "selective ACKs welcome".into(),
        "tcp.options.sack" => "these bytes arrived too, others before them are missing".into(),
        "tcp.options.timestamp" => match part("tcp.options.timestamp.tsecr")? {
            0 if syn => "nothing to echo yet".into(),
            _ => "sender's clock, and the other's it saw last".into(),
        },
        "tcp.options.tfo" => "data may come with the SYN next time, or come now".into(),
        "tcp.options.md5" => "signs the segment, for BGP".into(),
        "tcp.options.ao" => "signs the segment".into(),
        "tcp.options.user_to" => "how long unacknowledged data may wait".into(),
        "tcp.options.experimental" => "somebody's experiment, known by the number in it".into(),
        "tcp.options.unknown" => "not known here; its length tells where the next one is".into(),
        "tcp.options.mptcp" => "one connection over several paths".into(),
        _ => return None,
    })
}

/// The largest segment is what is left of the largest packet without the two fixed headers.
fn largest_segment(context: Context<'_, '_>, size: u64) -> Sentence {
    let ip = match context.previous().map(crate::wire::Layer::protocol) {
        Some(Protocol::Ipv4) => 20,
        _ => 40,
    };
    let packet = size + ip + 20;
    let family = if ip == 20 { "IPv4" } else { "IPv6" };
    // Sizes of whole packets that links are known to have; from others nothing is to be concluded.
    match packet {
        1500 | 65_535 | 65_536 | 1492 | 9000 | 1280 => format!("{packet} - {ip} {family} - 20 TCP").into(),
        _ => "the most data that it takes in a segment".into(),
    }
}
