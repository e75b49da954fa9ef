//! What was meant by a text that is not an expression: lists with commas, `192.0.2.1:80`, words in capitals, a bare address.

use std::net::{IpAddr, SocketAddr};

use super::Filter;
use super::names::NoResolver;
use super::number::{is_numeric, mac};

/// An expression that is probably meant by this text, if there is one. It is a correct expression.
#[must_use]
pub fn suggestion(text: &str) -> Option<String> {
    // Spaces behind commas belong to the list.
    let mut text = text.trim().to_owned();
    while let Some(place) = text.find(", ") {
        text.remove(place + 1);
    }
    let mut words: Vec<String> = Vec::new();
    for word in without_comparisons(&text).split_whitespace() {
        let kind = words.last().map(String::as_str).filter(|last| takes_value(last));
        let meant = meant_by(word, kind);
        words.push(meant);
    }
    let candidate = match words.as_slice() {
        // One group needs no parentheses, which a shell would have to be kept from.
        [only] if !text.starts_with('(') => only.trim_matches(['(', ')']).to_owned(),
        _ => words.join(" "),
    };
    // Names are looked up when the expression is typed.
    let is_read = Filter::parse(&candidate, &NoResolver).is_ok_and(|filter| filter.expression().is_some());
    (candidate != text && is_read).then_some(candidate)
}

/// As ss(8) has it, `dport = :80` for `dst port 80`; and `port == 80` for `port 80`.
fn without_comparisons(text: &str) -> String {
    let signs = ["==", "="];
    let spaced = signs
        .iter()
        .find(|sign| text.contains(**sign))
        .map_or_else(|| text.to_owned(), |sign| text.replace(sign, &format!(" {sign} ")));
    let mut kept: Vec<&str> = Vec::new();
    for word in spaced.split_whitespace() {
        match (kept.last(), word) {
            (Some(last), "==" | "=" | "eq") if takes_value(last) => {}
            (Some(&"port"), value) if value.starts_with(':') => kept.push(value.trim_start_matches(':')),
            (_, "dport") => kept.extend(["dst", "port"]),
            (_, "sport") => kept.extend(["src", "port"]),
            (Some(&"port"), value) if is_range(value) => {
                kept.pop();
                kept.extend(["portrange", value]);
            }
            _ => kept.push(word),
        }
    }
    kept.join(" ")
}

/// `80-90`
fn is_range(word: &str) -> bool {
    word.split_once('-')
        .is_some_and(|(first, last)| is_numeric(first) && is_numeric(last))
}

/// Does a value follow this word?
fn takes_value(word: &str) -> bool {
    ["host", "net", "port", "portrange", "proto", "src", "dst"].contains(&word)
}

/// One word in tcpdump's language. `kind`: the word in front of it, if it takes a value.
fn meant_by(word: &str, kind: Option<&str>) -> String {
    if word.contains(',') {
        let values: Vec<&str> = word.split(',').filter(|value| !value.is_empty()).collect();
        let all: Vec<String> = values.iter().map(|value| meant_by(value, kind)).collect();
        let list = all.join(" or ");
        return if values.len() > 1 { format!("({list})") } else { list };
    }
    let lower = word.to_ascii_lowercase();
    if kind.is_some() {
        return word.to_owned();
    }
    if let Some((ip, port)) = socket_address(word) {
        return format!("(host {ip} and port {port})");
    }
    let bare = word.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return format!("host {ip}");
    }
    if mac(word).is_some() && word.contains([':', '-']) {
        return format!("ether host {word}");
    }
    if word.split_once('/').is_some_and(|(ip, _)| ip.parse::<IpAddr>().is_ok()) {
        return format!("net {word}");
    }
    if let Some(port) = word.strip_prefix(':').filter(|port| is_numeric(port)) {
        return format!("port {port}");
    }
    if is_numeric(word) {
        return format!("port {word}");
    }
    if is_range(word) {
        return format!("portrange {word}");
    }
    lower
}

/// `192.0.2.1:80`, `[2001:db8::1]:80`, `192.0.2.1#80`.
fn socket_address(word: &str) -> Option<(IpAddr, u16)> {
    if let Ok(address) = word.parse::<SocketAddr>() {
        return Some((address.ip(), address.port()));
    }
    // As the servers print it.
    let (ip, port) = word.split_once('#')?;
    Some((ip.parse().ok()?, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::suggestion;

    #[test]
    fn what_people_type_becomes_an_expression() {
        for (text, meant) in [
            ("127.0.0.1:12000", "host 127.0.0.1 and port 12000"),
            ("127.0.0.1#12000", "host 127.0.0.1 and port 12000"),
            ("[::1]:80", "host ::1 and port 80"),
            ("1.2.3.4,1.2.3.5", "host 1.2.3.4 or host 1.2.3.5"),
            ("1.2.3.4, 1.2.3.5", "host 1.2.3.4 or host 1.2.3.5"),
            ("host 1.2.3.4,1.2.3.5", "host (1.2.3.4 or 1.2.3.5)"),
            ("tcp port 80,443", "tcp port (80 or 443)"),
            ("80,443", "port 80 or port 443"),
            ("80", "port 80"),
            (":80", "port 80"),
            ("1000-2000", "portrange 1000-2000"),
            ("TCP", "tcp"),
            ("tcp AND udp", "tcp and udp"),
            ("192.0.2.0/24", "net 192.0.2.0/24"),
            ("192.0.2.1", "host 192.0.2.1"),
            ("::1", "host ::1"),
            ("02:00:00:00:00:01", "ether host 02:00:00:00:00:01"),
            ("dport = :80", "dst port 80"),
            ("sport == :22", "src port 22"),
            ("port == 80", "port 80"),
            ("port=80", "port 80"),
            ("host == 192.0.2.1", "host 192.0.2.1"),
            ("port 80-90", "portrange 80-90"),
            ("tcp dst port 80-90", "tcp dst portrange 80-90"),
            ("tcp and 192.0.2.1:80", "tcp and (host 192.0.2.1 and port 80)"),
        ] {
            assert_eq!(suggestion(text).as_deref(), Some(meant), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_has_no_suggestion() {
        for text in [
            "",
            "tcp",
            "tcp prot 80",
            "no-such-word",
            "port 80,x",
            "(",
            "capture.pcap",
            "99999",
            ",",
        ] {
            assert_eq!(suggestion(text), None, "{text}");
        }
    }
}
