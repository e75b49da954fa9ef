//! Wireshark's display filters, translated: `tcp.port == 12000` is `tcp port 12000` here.
//!
//! wireshark-filter(4) describes the language. A translation selects the packets that Wireshark selects, with one exception: Wireshark
//! also looks at headers that ICMP errors quote, at headers inside tunnels, and in a file at headers behind VLAN tags. As in Wireshark 4, `&&` binds tighter than `||`, and
//! `a != b` holds where the field is present and none of its values is b. What has no counterpart is refused with what to type.

mod condition;
mod fields;
mod read;
mod values;

use read::Reader;

/// What a text is, as a display filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisplayFilter {
    /// Nothing in it is of a display filter.
    None,
    /// It is one, and this expression of tcpdump's language means the same.
    Translated {
        /// The expression.
        expression: String,
        /// Does Wireshark also select ICMP errors that quote such packets?
        is_quoted: bool,
        /// This field is not compared with anything, which asks only whether it is there.
        asks_presence: Option<String>,
    },
    /// It is one, and cannot be translated: why, and what to type instead.
    Refused(String),
}

/// Reads a text that is not an expression of tcpdump's language.
#[must_use]
pub fn read(text: &str) -> DisplayFilter {
    let mut reader = Reader::new(text);
    if !reader.looks_like_one() {
        return DisplayFilter::None;
    }
    match reader.whole() {
        Ok(condition) => DisplayFilter::Translated {
            expression: condition.to_string(),
            is_quoted: condition.is_about_ip(),
            asks_presence: reader.asks_presence.map(str::to_owned),
        },
        Err(why) => DisplayFilter::Refused(why),
    }
}

/// The names that have a counterpart.
pub fn names() -> impl Iterator<Item = String> {
    fields::names()
}

#[cfg(test)]
mod tests;
