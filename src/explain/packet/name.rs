//! What a packet is called.

use std::fmt;

use super::super::by_protocol;
use super::super::sentence::Sentence;
use crate::wire::tcp::Flags;
use crate::wire::{Content, Packet};

/// The short name: `SYN`, `PSH-ACK`, `UDP`, `ARP request`, `ICMP port unreachable`.
#[must_use]
pub fn name(packet: &Packet<'_>) -> Sentence {
    if let Some(tcp) = packet.tcp() {
        return flag_names(tcp.flags());
    }
    let Some(layer) = packet.layers().iter().rfind(|layer| !layer.is_quoted()) else {
        return "unread".into();
    };
    by_protocol::name(layer).unwrap_or_else(|| match packet.content() {
        Content::Fragment(_) => "fragment".into(),
        // RFC 8200 section 4.7: nothing is in it.
        Content::IpProtocol(59) => "IPv6 without content".into(),
        Content::Data | Content::Unread => layer.protocol().name().into(),
        content => content.name().unwrap_or(layer.protocol().name()).into(),
    })
}

/// In the order in which a connection is told.
const ORDER: [(Flags, &str); 9] = [
    (Flags::SYN, "SYN"),
    (Flags::FIN, "FIN"),
    (Flags::RST, "RST"),
    (Flags::PSH, "PSH"),
    (Flags::URG, "URG"),
    (Flags::ACK, "ACK"),
    (Flags::ECE, "ECE"),
    (Flags::CWR, "CWR"),
    (Flags::AE, "AE"),
];

/// `SYN-ACK`: the names in the order in which a connection is told; `no flags` without any.
#[must_use]
pub fn flag_names(flags: Flags) -> Sentence {
    if let Some(usual) = usual(flags) {
        return usual.into();
    }
    let mut names = String::new();
    // Writing to a String cannot fail.
    let _ = write_flags(&mut names, flags);
    names.into()
}

/// The combinations of which nearly all traffic consists.
const fn usual(flags: Flags) -> Option<&'static str> {
    Some(match flags.0 & 0x1ff {
        0x002 => "SYN",
        0x012 => "SYN-ACK",
        0x010 => "ACK",
        0x018 => "PSH-ACK",
        0x011 => "FIN-ACK",
        0x019 => "FIN-PSH-ACK",
        0x004 => "RST",
        0x014 => "RST-ACK",
        0x000 => "no flags",
        _ => return None,
    })
}

/// Writes the same.
///
/// # Errors
/// Those of the writer.
pub fn write_flags(output: &mut impl fmt::Write, flags: Flags) -> fmt::Result {
    if let Some(usual) = usual(flags) {
        return output.write_str(usual);
    }
    let mut hyphen = "";
    for (_, name) in ORDER.iter().filter(|(flag, _)| flags.has(*flag)) {
        write!(output, "{hyphen}{name}")?;
        hyphen = "-";
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Flags, ORDER, flag_names};

    #[test]
    fn the_usual_names_are_those_of_the_table() {
        for bits in 0..0x200_u16 {
            let flags = Flags(bits);
            let by_table: Vec<&str> = ORDER
                .iter()
                .filter(|(flag, _)| flags.has(*flag))
                .map(|(_, name)| *name)
                .collect();
            let expected = if bits == 0 {
                "no flags".into()
            } else {
                by_table.join("-")
            };
            assert_eq!(flag_names(flags), expected, "{bits:#x}");
        }
    }
}
