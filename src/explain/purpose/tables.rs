//! The descriptors of all protocols.

use crate::wire::{Protocol, Purpose, ipv4, tcp};

/// All that is said of fields.
fn all() -> impl Iterator<Item = &'static Purpose> {
    let fields = Protocol::ALL.iter().flat_map(|protocol| protocol.fields());
    fields.flat_map(|fields| fields.purposes)
}

/// Names in the manner of Wireshark for what Wireshark has no field for.
const NOT_WIRESHARKS: [&str; 12] = [
    ipv4::options::id::OPTIONS_SURPLUS,
    ipv4::options::id::OPTIONS_UNKNOWN,
    ipv4::options::id::OPTIONS_UNKNOWN_DATA,
    ipv4::options::id::OPTIONS_UNREAD,
    ipv4::options::id::UNREAD,
    tcp::multipath::id::MPTCP,
    tcp::multipath::id::DATA,
    tcp::multipath::id::SUBTYPE_DATA,
    tcp::options::id::PADDING,
    tcp::options::id::SURPLUS,
    tcp::options::id::OPTIONS_UNREAD,
    tcp::options::id::UNREAD,
];

/// Can one filter by this name in Wireshark?
#[must_use]
pub fn is_wiresharks(id: &str) -> bool {
    !NOT_WIRESHARKS.contains(&id)
}

/// What the field of this filter name is for.
#[must_use]
pub fn of(id: &str) -> Option<&'static Purpose> {
    all().find(|purpose| purpose.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{all, of};
    use crate::wire::{Spec, catalog};

    fn ids(table: &'static [Spec], into: &mut BTreeSet<&'static str>) {
        for spec in table {
            into.insert(spec.id);
            ids(spec.parts, into);
        }
    }

    #[test]
    fn every_field_of_every_table_has_a_purpose_and_a_source_and_no_purpose_is_left_over() {
        let mut known = BTreeSet::new();
        for chapter in catalog() {
            ids(chapter.table, &mut known);
        }
        assert!(known.len() > 180, "{}", known.len());
        let missing: Vec<_> = known.iter().filter(|id| of(id).is_none()).collect();
        assert!(missing.is_empty(), "no purpose: {missing:?}");
        let mut seen = BTreeSet::new();
        for purpose in all() {
            assert!(known.contains(purpose.id), "{} is in no table", purpose.id);
            assert!(seen.insert(purpose.id), "{} is there twice", purpose.id);
            for text in [purpose.purpose, purpose.values] {
                assert!(text.is_empty() || text.ends_with('.'), "{}: {text}", purpose.id);
                assert!(text.is_ascii() && !text.contains("  "), "{}: {text}", purpose.id);
            }
            assert!(purpose.purpose.len() > 15, "{}", purpose.id);
            assert!(
                ["RFC ", "IEEE ", "no standard"]
                    .iter()
                    .any(|start| purpose.source.starts_with(start)),
                "{}: {}",
                purpose.id,
                purpose.source
            );
        }
    }
}
