//! All tables of fields of the protocols that a course looks at, to look a field up without a packet.

use super::field_table::{FieldTable, FieldTables, Origin};
use super::options::OptionDef;
use super::protocol::Protocol;

/// Every table of Ethernet, ARP, IPv4, IPv6, ICMP, `ICMPv6` (without neighbor and listener discovery), UDP and TCP: those of the
/// headers, of what follows the headers, of their options. In each of these the better known comes first.
pub fn catalog() -> impl Iterator<Item = FieldTable> {
    let all = || Protocol::ALL.iter().copied();
    let own = all().flat_map(|protocol| field_tables(protocol, protocol.tables()));
    let behind = all().flat_map(|protocol| field_tables(protocol, protocol.tables_behind()));
    let among = all().flat_map(|protocol| {
        protocol
            .option_tables()
            .iter()
            .flat_map(move |tables| field_tables(protocol, tables))
    });
    let options = all().flat_map(|protocol| {
        protocol
            .options()
            .iter()
            .flat_map(move |option_def| of_option(protocol, option_def))
    });
    own.chain(behind).chain(among).chain(options)
}

fn field_tables(protocol: Protocol, tables: FieldTables) -> impl Iterator<Item = FieldTable> {
    tables.iter().map(move |&(part, origin, table)| FieldTable {
        protocol,
        part,
        origin,
        table,
    })
}

/// The option as a whole, what is in it, and what is there again and again.
fn of_option(protocol: Protocol, option_def: &'static OptionDef) -> [FieldTable; 3] {
    let field_table = |origin, table| FieldTable {
        protocol,
        part: option_def.whole.name,
        origin,
        table,
    };
    [
        field_table(Origin::Option, std::slice::from_ref(&option_def.whole)),
        field_table(Origin::Option, option_def.parts),
        field_table(Origin::RunningInOption, option_def.repeated),
    ]
}
