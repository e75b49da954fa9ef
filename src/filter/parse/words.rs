//! The words of the grammar, and what comes before a value.

use super::super::expression::{DirQualifier, Proto};

/// What comes before a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Qualifiers {
    pub(super) protocol: Option<Proto>,
    pub(super) side: Option<DirQualifier>,
    pub(super) kind: TypeQualifier,
}

/// What a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum TypeQualifier {
    /// Also without a word: `src 192.0.2.1`.
    #[default]
    Host,
    Net,
    Port,
    PortRange,
    Proto,
}

/// The word for the kind of a value.
pub(super) fn kind(word: &str) -> Option<TypeQualifier> {
    Some(match word {
        "host" => TypeQualifier::Host,
        "net" => TypeQualifier::Net,
        "port" => TypeQualifier::Port,
        "portrange" => TypeQualifier::PortRange,
        "proto" => TypeQualifier::Proto,
        _ => return None,
    })
}

/// The protocol of this name.
pub(super) fn protocol(word: &str) -> Option<Proto> {
    Proto::ALL.into_iter().find(|protocol| protocol.word() == word)
}

/// Does a word begin a primitive, or stand within one, so that a name has to be written with a backslash?
pub(super) fn is_keyword(word: &str) -> bool {
    const OTHERS: [&str; 9] = [
        "less",
        "greater",
        "len",
        "vlan",
        "broadcast",
        "multicast",
        "src",
        "dst",
        "mask",
    ];
    OTHERS.contains(&word) || protocol(word).is_some() || kind(word).is_some()
}
