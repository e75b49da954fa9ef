//! The descriptors of all protocols.

use crate::wire::{Fields, Protocol, Purpose};

/// All that is said of fields.
fn all() -> impl Iterator<Item = &'static Purpose> {
    fields().flat_map(|fields| fields.purposes)
}

fn fields() -> impl Iterator<Item = &'static Fields> {
    Protocol::ALL.iter().flat_map(|protocol| protocol.fields())
}

/// Can one filter by this name in Wireshark?
#[must_use]
pub fn is_wiresharks(id: &str) -> bool {
    !fields().any(|fields| fields.ours.contains(&id))
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
    use crate::wire::{FieldDef, catalog};

    fn ids(table: &'static [FieldDef], into: &mut BTreeSet<&'static str>) {
        for def in table {
            into.insert(def.id);
            ids(def.parts, into);
        }
    }

    #[test]
    fn every_field_of_every_table_has_a_purpose_and_a_source_and_no_purpose_is_left_over() {
        let mut known = BTreeSet::new();
        for field_table in catalog() {
            ids(field_table.table, &mut known);
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
