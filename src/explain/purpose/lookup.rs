//! From what a person calls a field to its line in the tables.

use super::{Purpose, of};
use crate::wire::{Chapter, Origin, Protocol, Spec, catalog};

/// A field: what it is for, its line in a table, and every place where it stands.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is for.
    pub purpose: &'static Purpose,
    /// Its line in the first of its tables.
    pub spec: &'static Spec,
    /// Its places: one, or one for each kind of message or option that has it.
    pub places: Vec<Place>,
}

/// A place of a field.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The table.
    pub chapter: Chapter,
    /// Its line there.
    pub spec: &'static Spec,
    /// The field of which it is a part.
    pub within: Option<&'static Spec>,
}

/// What people say, and what the tables say.
const OTHER_NAMES: [(&str, &str); 32] = [
    ("seq", "tcp.seq_raw"),
    ("tcp.seq", "tcp.seq_raw"),
    ("isn", "tcp.seq_raw"),
    ("initial sequence number", "tcp.seq_raw"),
    ("ack number", "tcp.ack_raw"),
    ("acknowledgement number", "tcp.ack_raw"),
    ("tcp.ack", "tcp.ack_raw"),
    ("tcp header length", "tcp.hdr_len"),
    ("tcp.window_size", "tcp.window_size_value"),
    ("window size", "tcp.window_size_value"),
    ("receive window", "tcp.window_size_value"),
    ("rwnd", "tcp.window_size_value"),
    ("flags", "tcp.flags"),
    ("push", "tcp.flags.push"),
    ("reset", "tcp.flags.reset"),
    ("mss", "tcp.options.mss_val"),
    ("window scaling", "tcp.options.wscale"),
    ("wscale", "tcp.options.wscale"),
    ("sack", "tcp.options.sack"),
    ("sack_perm", "tcp.options.sack_perm"),
    ("timestamp", "tcp.options.timestamp"),
    ("tcp.port", "tcp.srcport"),
    ("udp.port", "udp.srcport"),
    ("port", "tcp.srcport"),
    ("ttl", "ip.ttl"),
    ("tos", "ip.dsfield"),
    ("type of service", "ip.dsfield"),
    ("ip.addr", "ip.src"),
    ("mac", "eth.src"),
    ("ethertype", "eth.type"),
    ("dest. port", "tcp.dstport"),
    ("ip length", "ip.len"),
];

/// Where the field of one table, or a part of it at any depth, stands.
fn walk(chapter: Chapter, table: &'static [Spec], within: Option<&'static Spec>, into: &mut Vec<Place>) {
    for spec in table {
        into.push(Place { chapter, spec, within });
        walk(chapter, spec.parts, Some(spec), into);
    }
}

fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for chapter in catalog() {
        walk(chapter, chapter.table, None, &mut places);
    }
    places
}

/// The fields of this name, the best known first: by filter name (`tcp.flags.syn`), by its end (`flags.syn`, `ttl`), by the RFC's
/// name (`sequence number`, with the protocol before it if need be: `udp length`), or by another usual name. Case, `-` and `_`
/// do not matter.
#[must_use]
pub fn lookup(name: &str) -> Vec<Entry> {
    let wanted = normal(name);
    if wanted.is_empty() {
        return Vec::new();
    }
    let other = OTHER_NAMES.iter().find(|(known, _)| normal(known) == wanted);
    let all = places();
    let is_exact = |place: &Place| normal(place.spec.id) == wanted || other.is_some_and(|(_, id)| *id == place.spec.id);
    let by_name = |place: &Place| {
        let called = normal(place.spec.name);
        called == wanted || format!("{} {called}", protocol(place.chapter.protocol)) == wanted
    };
    let by_end = |place: &Place| normal(place.spec.id).ends_with(&format!(".{wanted}"));
    let matched: [&dyn Fn(&Place) -> bool; 3] = [&is_exact, &by_name, &by_end];
    let ids = matched.into_iter().find_map(|matches| {
        let mut ids: Vec<&'static str> = Vec::new();
        for place in all.iter().filter(|place| matches(place)) {
            if !ids.contains(&place.spec.id) {
                ids.push(place.spec.id);
            }
        }
        (!ids.is_empty()).then_some(ids)
    });
    ids.unwrap_or_default()
        .into_iter()
        .filter_map(|id| entry(id, &all))
        .collect()
}

fn entry(id: &str, all: &[Place]) -> Option<Entry> {
    let places: Vec<Place> = all.iter().filter(|place| place.spec.id == id).copied().collect();
    Some(Entry {
        purpose: of(id)?,
        spec: places.first()?.spec,
        places,
    })
}

fn protocol(protocol: Protocol) -> String {
    normal(protocol.name())
}

fn normal(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let words: Vec<&str> = name.split([' ', '-', '_']).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// The three names that are most like this one, the likest first.
#[must_use]
pub fn nearest(name: &str) -> Vec<&'static str> {
    const MOST: usize = 3;
    /// Longer names are not looked at further: no field has one.
    const LONGEST: usize = 80;
    let wanted: String = normal(name).chars().take(LONGEST).collect();
    let names = places()
        .into_iter()
        .filter(|place| place.chapter.origin != Origin::Running);
    let names = names.flat_map(|place| [place.spec.id, place.spec.name]);
    let mut likeness: Vec<(f64, &'static str)> = Vec::new();
    for known in names.chain(OTHER_NAMES.iter().map(|(known, _)| *known)) {
        if !likeness.iter().any(|(_, other)| *other == known) {
            likeness.push((strsim::jaro_winkler(&wanted, &normal(known)), known));
        }
    }
    likeness.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    likeness.into_iter().take(MOST).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::{OTHER_NAMES, lookup, nearest, of};

    fn first(name: &str) -> &'static str {
        lookup(name).first().map_or("", |entry| entry.spec.id)
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
        let ids: Vec<_> = lookup("source port").iter().map(|entry| entry.spec.id).collect();
        assert_eq!(ids, ["tcp.srcport", "udp.srcport"]);
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
        assert_eq!(nearest(&"x".repeat(1_000_000)).len(), 3);
    }
}
