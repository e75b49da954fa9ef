//! Names as they are compared.

/// The name without case, `-`, `_` and further spaces: two names that are equal then are the same word.
#[must_use]
pub(super) fn normal(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let words: Vec<&str> = name.split([' ', '-', '_']).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}
