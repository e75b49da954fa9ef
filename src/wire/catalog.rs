//! All tables of fields of the protocols that a course looks at, to look a field up without a packet.

use super::chapter::{Chapter, Origin, Tables};
use super::options::OptionDef;
use super::protocol::Protocol;

/// Every table of Ethernet, ARP, IPv4, IPv6, ICMP, `ICMPv6` (without neighbor and listener discovery), UDP and TCP: those of the
/// headers, of what stands behind them, of their options. In each of these the better known comes first.
pub fn catalog() -> impl Iterator<Item = Chapter> {
    let all = || Protocol::ALL.iter().copied();
    let own = all().flat_map(|protocol| chapters(protocol, protocol.tables()));
    let behind = all().flat_map(|protocol| chapters(protocol, protocol.tables_behind()));
    let among = all().flat_map(|protocol| {
        protocol
            .option_tables()
            .iter()
            .flat_map(move |tables| chapters(protocol, tables))
    });
    let options = all().flat_map(|protocol| {
        protocol
            .options()
            .iter()
            .flat_map(move |option_def| of_option(protocol, option_def))
    });
    own.chain(behind).chain(among).chain(options)
}

fn chapters(protocol: Protocol, tables: Tables) -> impl Iterator<Item = Chapter> {
    tables.iter().map(move |&(part, origin, table)| Chapter {
        protocol,
        part,
        origin,
        table,
    })
}

/// The option as a whole, what is in it, and what is there again and again.
fn of_option(protocol: Protocol, option_def: &'static OptionDef) -> [Chapter; 3] {
    let chapter = |origin, table| Chapter {
        protocol,
        part: option_def.whole.name,
        origin,
        table,
    };
    [
        chapter(Origin::Option, std::slice::from_ref(&option_def.whole)),
        chapter(Origin::Option, option_def.parts),
        chapter(Origin::RunningInOption, option_def.repeated),
    ]
}
