//! A line of a table of purposes.

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    /// Wireshark's filter name; see [`crate::wire::Spec::id`].
    pub id: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// What its values mean, beyond what its form tells; may be empty.
    pub values: &'static str,
    /// Where it is defined.
    pub source: &'static str,
}

pub(super) const fn purpose(
    id: &'static str,
    source: &'static str,
    purpose: &'static str,
    values: &'static str,
) -> Purpose {
    Purpose {
        id,
        purpose,
        values,
        source,
    }
}
