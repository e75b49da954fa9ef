//! From what a user calls a field to its line in the tables.

use super::super::concepts::{self, Concept};
use super::super::names::normal;
use super::tables::of;
use crate::wire::{FieldDef, FieldTable, Protocol, Purpose, catalog, ethernet, ipv4, tcp, udp};

/// A field: what it is for, its line in a table, and every place where it occurs.
#[derive(Debug, Clone)]
pub struct FieldEntry {
    /// What it is for.
    pub purpose: &'static Purpose,
    /// Its line in the first of its tables.
    pub def: &'static FieldDef,
    /// Its places: one, or one for each kind of message or option that has it.
    pub positions: Vec<FieldPosition>,
}

/// A place of a field.
#[derive(Debug, Clone, Copy)]
pub struct FieldPosition {
    /// The table.
    pub field_table: FieldTable,
    /// Its line there.
    pub def: &'static FieldDef,
    /// The field of which it is a part.
    pub within: Option<&'static FieldDef>,
}

/// What people say, and what the tables say.
const OTHER_NAMES: [(&str, &str); 51] = [
    ("seq", tcp::id::SEQ_RAW),
    ("seq number", tcp::id::SEQ_RAW),
    ("sequence", tcp::id::SEQ_RAW),
    ("tcp.seq", tcp::id::SEQ_RAW),
    ("isn", tcp::id::SEQ_RAW),
    ("initial sequence number", tcp::id::SEQ_RAW),
    ("ack number", tcp::id::ACK_RAW),
    ("acknowledgement number", tcp::id::ACK_RAW),
    ("acknowledgment", tcp::id::ACK_RAW),
    ("acknowledgement", tcp::id::ACK_RAW),
    ("tcp.ack", tcp::id::ACK_RAW),
    ("tcp header length", tcp::id::HDR_LEN),
    ("tcp.window_size", tcp::id::WINDOW_SIZE_VALUE),
    ("window size", tcp::id::WINDOW_SIZE_VALUE),
    ("receive window", tcp::id::WINDOW_SIZE_VALUE),
    ("rwnd", tcp::id::WINDOW_SIZE_VALUE),
    ("flags", tcp::id::FLAGS),
    ("push", tcp::id::FLAGS_PUSH),
    ("reset", tcp::id::FLAGS_RESET),
    ("mss", tcp::options::id::MSS_VAL),
    ("window scaling", tcp::options::id::WSCALE),
    ("wscale", tcp::options::id::WSCALE),
    ("sack", tcp::options::id::SACK),
    ("sack_perm", tcp::options::id::SACK_PERM),
    ("timestamp", tcp::options::id::TIMESTAMP),
    ("tcp.port", tcp::id::SRCPORT),
    ("udp.port", udp::id::SRCPORT),
    ("port", tcp::id::SRCPORT),
    ("src port", tcp::id::SRCPORT),
    ("sport", tcp::id::SRCPORT),
    ("dst port", tcp::id::DSTPORT),
    ("dport", tcp::id::DSTPORT),
    ("dest port", tcp::id::DSTPORT),
    ("src", ipv4::id::SRC),
    ("dst", ipv4::id::DST),
    ("source ip", ipv4::id::SRC),
    ("destination ip", ipv4::id::DST),
    ("ihl", ipv4::id::HDR_LEN),
    ("dont fragment", ipv4::id::FLAGS_DF),
    ("don't fragment", ipv4::id::FLAGS_DF),
    ("more fragments", ipv4::id::FLAGS_MF),
    ("urgent", tcp::id::URGENT_POINTER),
    ("ttl", ipv4::id::TTL),
    ("tos", ipv4::id::DSFIELD),
    ("type of service", ipv4::id::DSFIELD),
    ("ip.addr", ipv4::id::SRC),
    ("mac", ethernet::id::SRC),
    ("ethertype", ethernet::id::TYPE),
    ("dest. port", tcp::id::DSTPORT),
    ("ip length", ipv4::id::LEN),
    ("ip checksum", ipv4::id::CHECKSUM),
];

/// What people look for among the fields, and no header has.
const NO_FIELDS: [(&[&str], &str); 2] = [
    (
        &["tcp.len", "tcp length", "segment length", "data length"],
        "no header has the length of TCP's data: it is the IP header's total length less both headers; see \"total length\" and \"data \
         offset\"",
    ),
    (
        &["options", "option", "tcp options", "tcp.options"],
        "each option is a field of its own: see \"mss\", \"window scale\", \"sack permitted\", \"sack\", \"timestamps\"",
    ),
];

/// Why no header has what is called so: in a line; `None` for other names.
#[must_use]
pub fn no_field(name: &str) -> Option<&'static str> {
    let wanted = normal(name);
    let found = NO_FIELDS
        .iter()
        .find(|(names, _)| names.iter().any(|known| normal(known) == wanted));
    found.map(|(_, why)| *why)
}

/// The positions of the fields of one table, and of their parts at any depth.
fn walk(
    field_table: FieldTable,
    table: &'static [FieldDef],
    within: Option<&'static FieldDef>,
    into: &mut Vec<FieldPosition>,
) {
    for def in table {
        into.push(FieldPosition {
            field_table,
            def,
            within,
        });
        walk(field_table, def.parts, Some(def), into);
    }
}

fn positions() -> Vec<FieldPosition> {
    let mut positions = Vec::new();
    for field_table in catalog() {
        walk(field_table, field_table.table, None, &mut positions);
    }
    positions
}

/// The fields of this name, the best known first: by filter name (`tcp.flags.syn`), by its end (`flags.syn`, `ttl`), by the RFC's
/// name (`sequence number`, with the protocol before it if need be: `udp length`), or by another usual name. Case, `-` and `_`
/// do not matter. None where the name is that of a concept: the end of a filter name (`icmp.ext.data`) is not what is meant then.
#[must_use]
pub fn lookup(name: &str) -> Vec<FieldEntry> {
    if normal(name).is_empty() || no_field(name).is_some() || concepts::concept(name).is_some() {
        return Vec::new();
    }
    fields(name)
}

fn fields(name: &str) -> Vec<FieldEntry> {
    let wanted = normal(name);
    let other = OTHER_NAMES.iter().find(|(known, _)| normal(known) == wanted);
    let all = positions();
    let is_exact = |position: &FieldPosition| {
        normal(position.def.id) == wanted || other.is_some_and(|(_, id)| *id == position.def.id)
    };
    let by_name = |position: &FieldPosition| {
        let called = normal(position.def.name);
        let with = |protocol: &str| {
            wanted
                .strip_prefix(protocol)
                .is_some_and(|rest| rest.trim_start() == called)
        };
        let is_ip = position.field_table.protocol == Protocol::Ipv4;
        called == wanted || with(&format!("{} ", protocol(position.field_table.protocol))) || (is_ip && with("ip "))
    };
    let by_end = |position: &FieldPosition| normal(position.def.id).ends_with(&format!(".{wanted}"));
    let matched: [&dyn Fn(&FieldPosition) -> bool; 3] = [&is_exact, &by_name, &by_end];
    let ids = matched.into_iter().find_map(|matches| {
        let mut ids: Vec<&'static str> = Vec::new();
        for position in all.iter().filter(|position| matches(position)) {
            if !ids.contains(&position.def.id) {
                ids.push(position.def.id);
            }
        }
        (!ids.is_empty()).then_some(ids)
    });
    ids.unwrap_or_default()
        .into_iter()
        .filter_map(|id| entry(id, &all))
        .collect()
}

/// The concept that a reader may mean who asks by this word for this field; none for who asks by the filter name.
#[must_use]
pub fn concept_beside(word: &str, entry: &FieldEntry) -> Option<&'static Concept> {
    let wanted = normal(word);
    if wanted.contains('.') {
        return None;
    }
    let carries = |field: &&'static str| fields(field).first().is_some_and(|first| first.def.id == entry.def.id);
    let by_word = concepts::all().find(|concept| concept.fields.iter().any(|field| normal(field) == wanted));
    by_word.or_else(|| concepts::all().find(|concept| concept.fields.iter().any(carries)))
}

/// Every field: its filter name and its other names, of which [`lookup`] knows more.
#[must_use]
pub fn field_names() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut names: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
    for position in positions() {
        let (id, name) = (position.def.id, position.def.name);
        if !names.iter().any(|(known, _)| *known == id) {
            let others = OTHER_NAMES.iter().filter(|(_, of)| *of == id).map(|(other, _)| *other);
            names.push((id, std::iter::once(name).chain(others).collect()));
        }
    }
    names
}

fn entry(id: &str, all: &[FieldPosition]) -> Option<FieldEntry> {
    let positions: Vec<FieldPosition> = all.iter().filter(|position| position.def.id == id).copied().collect();
    Some(FieldEntry {
        purpose: of(id)?,
        def: positions.first()?.def,
        positions,
    })
}

fn protocol(protocol: Protocol) -> String {
    normal(protocol.name())
}

/// The name that a misspelling means: the only one, or one of several for the same thing, that is a letter or two away. `None` where
/// there is none, or where names of different things are as near.
#[must_use]
pub fn meant(name: &str) -> Option<&'static str> {
    /// A name of this length may have one wrong letter, one of twice the length two.
    const LETTERS: usize = 4;
    /// More wrong letters make another word.
    const MOST: usize = 2;
    /// No name is longer.
    const LONGEST: usize = 80;
    let wanted = normal(name);
    let length = wanted.chars().count();
    let allowed = (length / LETTERS).min(MOST);
    if allowed == 0 || length > LONGEST {
        return None;
    }
    let near: Vec<(usize, &'static str)> = known_names()
        .map(|known| (strsim::osa_distance(&wanted, &normal(known)), known))
        .filter(|(distance, _)| *distance <= allowed)
        .collect();
    let (nearest, found) = near.iter().min_by_key(|(distance, _)| *distance)?;
    let mut as_near = near.iter().filter(|(distance, _)| distance == nearest);
    as_near.all(|(_, other)| same_page(found, other)).then_some(*found)
}

/// Do both names lead to the same page?
fn same_page(one: &str, other: &str) -> bool {
    let page = |name: &str| {
        let concept = concepts::concept(name).map(|concept| concept.name);
        concept.or_else(|| lookup(name).first().map(|entry| entry.def.id))
    };
    page(one) == page(other)
}

/// The names of all fields and concepts. A name may come more than once.
fn known_names() -> impl Iterator<Item = &'static str> {
    let names = positions()
        .into_iter()
        .filter(|position| !position.field_table.origin.is_running());
    let names = names.flat_map(|position| [position.def.id, position.def.name]);
    let names = names.chain(concepts::all().flat_map(concepts::names));
    names.chain(OTHER_NAMES.iter().map(|(known, _)| *known))
}

/// The names of fields and concepts that are most like this one, the likest first, three at most; none where nothing is like it.
#[must_use]
pub fn nearest(name: &str) -> Vec<&'static str> {
    const MOST: usize = 3;
    /// Of 1: below that, two names have hardly more than a few letters in common.
    const LIKE: f64 = 0.7;
    /// Longer names are not looked at further: no field has one.
    const LONGEST: usize = 80;
    let wanted: String = normal(name).chars().take(LONGEST).collect();
    let mut likeness: Vec<(f64, &'static str)> = Vec::new();
    for known in known_names() {
        if !likeness.iter().any(|(_, other)| *other == known) {
            likeness.push((strsim::jaro_winkler(&wanted, &normal(known)), known));
        }
    }
    likeness.retain(|(likeness, _)| *likeness >= LIKE);
    likeness.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    likeness.into_iter().take(MOST).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tables::of;
    use super::{NO_FIELDS, OTHER_NAMES, fields, lookup, meant, nearest, no_field};
    use crate::explain::concepts;

    fn first(name: &str) -> &'static str {
        lookup(name).first().map_or("", |entry| entry.def.id)
    }

    #[test]
    fn a_misspelling_means_the_only_name_that_is_near() {
        for (misspelt, name) in [
            ("handshak", Some("handshake")),
            ("hadnshake", Some("handshake")),
            ("retransmision", Some("retransmission")),
            ("tcp.flags.syyn", Some("tcp.flags.syn")),
            // As near to syn as to fin.
            ("tcp.flags.sin", None),
            ("xyz", None),
            ("", None),
            ("something else", None),
        ] {
            assert_eq!(meant(misspelt), name, "{misspelt}");
        }
        assert_eq!(meant(&"x".repeat(100_000)), None);
    }

    #[test]
    fn a_field_is_found_by_every_name_that_it_has() {
        for (name, id) in [
            ("tcp.flags.syn", "tcp.flags.syn"),
            ("TCP.Flags.SYN", "tcp.flags.syn"),
            ("syn", "tcp.flags.syn"),
            ("window", "tcp.window_size_value"),
            ("sequence number", "tcp.seq_raw"),
            ("ttl", "ip.ttl"),
            ("time to live", "ip.ttl"),
            ("udp length", "udp.length"),
            ("source port", "tcp.srcport"),
            ("udp source port", "udp.srcport"),
            ("mss", "tcp.options.mss_val"),
            ("sack permitted", "tcp.options.sack_perm"),
            ("hop-limit", "ipv6.hlim"),
            ("ip version", "ip.version"),
        ] {
            assert_eq!(first(name), id, "{name}");
        }
        for (name, id) in OTHER_NAMES {
            assert_eq!(first(name), id, "{name}");
            assert!(of(id).is_some());
        }
    }

    #[test]
    fn a_name_of_several_fields_gives_them_all() {
        let ids: Vec<_> = lookup("source port").iter().map(|entry| entry.def.id).collect();
        assert_eq!(ids, ["tcp.srcport", "udp.srcport"]);
    }

    #[test]
    fn what_no_header_has_is_said_and_leads_to_fields() {
        for (names, why) in NO_FIELDS {
            for name in names {
                assert!(lookup(name).is_empty(), "{name}");
                assert_eq!(no_field(&name.to_uppercase()), Some(why));
            }
            for name in why.split('"').skip(1).step_by(2) {
                assert!(!lookup(name).is_empty(), "{name} in: {why}");
            }
        }
        assert_eq!(no_field("window"), None);
    }

    /// But for the words that no reader means as a field: they would be the end of a filter name, or have IP before an option's field.
    #[test]
    fn no_concept_has_the_name_of_a_field() {
        let names = concepts::all().flat_map(concepts::names);
        let shared: Vec<&str> = names.filter(|name| !fields(name).is_empty()).collect();
        assert_eq!(shared, ["IP address", "payload", "data", "TCP data", "state"]);
        for field in concepts::all().flat_map(|concept| concept.fields) {
            assert!(!lookup(field).is_empty(), "{field}");
        }
    }

    #[test]
    fn what_is_no_field_gives_the_nearest_names() {
        for name in ["", " ", "_", "windwo", "tcp.flags.sin", "\u{1b}[2J"] {
            assert!(lookup(name).is_empty(), "{name:?}");
        }
        assert!(nearest("windwo").contains(&"window"), "{:?}", nearest("windwo"));
        assert_eq!(nearest("tcp.flags.sin").len(), 3);
        assert!(
            nearest("tcp.flags.sin")
                .iter()
                .any(|name| name.starts_with("tcp.flags."))
        );
        for name in ["", "zzz", &"x".repeat(1_000_000)] {
            assert!(nearest(name).is_empty(), "{:?}", nearest(name));
        }
    }
}
