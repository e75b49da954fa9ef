//! Why a field has this value in this packet: the sentences.
//!
//! [`meaning`] gives the sentence for one field, [`note`] the word that stands behind its value (`[ok]`, `[unused]`), and
//! [`packet`] what the packet is as a whole. One file per protocol, in the order of the headers. A sentence says only what
//! this packet shows; what takes its conversation to know is not said here.
#![forbid(unsafe_code)]

mod addresses;
mod arp;
mod checksum;
mod icmp;
mod ip;
mod link;
pub mod packet;
mod ports;
mod tcp;
mod tcp_options;
mod udp;

use std::borrow::Cow;

use crate::wire::{Field, Layer, Packet, Protocol};

/// A sentence, or a part of one, without a full stop.
pub type Sentence = Cow<'static, str>;

/// Where a field stands: in which header of which packet.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c, 'a> {
    packet: &'c Packet<'a>,
    index: usize,
    layer: &'c Layer<'a>,
}

impl<'c, 'a> Context<'c, 'a> {
    /// The header with this index among [`Packet::layers`]; `None` if there is none.
    #[must_use]
    pub fn new(packet: &'c Packet<'a>, index: usize) -> Option<Self> {
        let layer = packet.layers().get(index)?;
        Some(Self { packet, index, layer })
    }

    /// The header that follows this one, if it is one that is read here.
    fn next(&self) -> Option<&'c Layer<'a>> {
        self.packet.layers().get(self.index + 1)
    }

    /// The header before this one.
    fn previous(&self) -> Option<&'c Layer<'a>> {
        self.packet.layers().get(self.index.checked_sub(1)?)
    }
}

/// What the field means in this packet; `None` where its name and value say all there is to say.
#[must_use]
pub fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
    if field.id().ends_with("unread") {
        return Some("could not be read: see the problem below".into());
    }
    match context.layer.protocol() {
        Protocol::Ethernet | Protocol::Vlan | Protocol::ServiceVlan | Protocol::Llc | Protocol::Null => {
            link::meaning(context, field)
        }
        Protocol::LinuxSll | Protocol::LinuxSll2 => link::cooked(context, field),
        Protocol::Arp => arp::meaning(context, field),
        Protocol::Ipv4 => ip::meaning_4(context, field),
        Protocol::Ipv6 => ip::meaning_6(context, field),
        Protocol::HopByHop
        | Protocol::Routing
        | Protocol::Fragment
        | Protocol::DestinationOptions
        | Protocol::Authentication => ip::extension(context, field),
        Protocol::Icmp | Protocol::Icmpv6 => icmp::meaning(context, field),
        Protocol::Udp => udp::meaning(context, field),
        Protocol::Tcp => tcp::meaning(context, field),
    }
}

/// What stands in brackets behind the value: the verdict of a checksum, or that the flags make the field meaningless.
#[must_use]
pub fn note(context: Context<'_, '_>, field: &Field<'_>) -> Option<&'static str> {
    checksum::note(context, field).or_else(|| tcp::note(context, field))
}

/// `an IPv4 header follows`, for the field that tells what follows.
fn follows(context: Context<'_, '_>) -> Sentence {
    match context.next() {
        Some(next) => {
            let name = next.protocol().name();
            let article = if name.starts_with(['A', 'E', 'I', 'L', 'a']) {
                "an"
            } else {
                "a"
            };
            let header = if name.ends_with("header") || name.ends_with("options") || name.ends_with("tag") {
                ""
            } else {
                " header"
            };
            format!("{article} {name}{header} follows").into()
        }
        None => match context.packet.content().name() {
            Some("no next header") => "nothing follows this header".into(),
            Some(name) if name.starts_with("IPv6 no next") => "nothing follows this header".into(),
            Some(name) => format!("{name} follows, which is not read here").into(),
            None => "what follows is not read here".into(),
        },
    }
}

/// `20 IPv4 + 40 TCP + 12 data`: what a length counts, from this header on.
fn composition(context: Context<'_, '_>, with_own_header: bool) -> Sentence {
    let mut parts: Vec<String> = Vec::new();
    let skipped = context.index + usize::from(!with_own_header);
    let layers = context.packet.layers().iter().skip(skipped);
    let mut carried = 0;
    for layer in layers.take_while(|layer| layer.is_quoted() == context.layer.is_quoted()) {
        parts.push(format!("{} {}", layer.header_length(), layer.protocol()));
        carried = layer.payload_length();
    }
    if parts.is_empty() {
        carried = context.layer.payload_length();
    }
    if carried > 0 || parts.is_empty() {
        parts.push(format!("{carried} data"));
    }
    parts.join(" + ").into()
}

#[cfg(test)]
mod tests {
    use super::{Context, meaning};
    use crate::wire::{LinkType, Protocol, decode};

    /// The frames that the decoders are tested with.
    fn frames() -> Vec<(LinkType, Vec<u8>)> {
        let mut link = LinkType::ETHERNET;
        let mut frames = Vec::new();
        for line in include_str!("../wire/tests/headers.txt").lines() {
            if let Some(number) = line.strip_prefix("link ") {
                link = LinkType(number.parse().unwrap());
            } else if let Some(hex) = line.strip_prefix("frame ") {
                let digits: Vec<u32> = hex.chars().map(|digit| digit.to_digit(16).unwrap()).collect();
                let bytes = digits
                    .chunks(2)
                    .map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap());
                frames.push((link, bytes.collect()));
            }
        }
        assert!(frames.len() > 20);
        frames
    }

    #[test]
    fn every_field_of_the_lectures_protocols_has_a_meaning() {
        let mut seen = 0;
        for (link, bytes) in frames() {
            let packet = decode(link, &bytes, 0);
            for (index, layer) in packet.layers().iter().enumerate() {
                let of_the_lecture = matches!(
                    layer.protocol(),
                    Protocol::Ethernet
                        | Protocol::Arp
                        | Protocol::Ipv4
                        | Protocol::Ipv6
                        | Protocol::Icmp
                        | Protocol::Icmpv6
                        | Protocol::Udp
                        | Protocol::Tcp
                );
                for field in layer.fields().iter().filter(|_| of_the_lecture) {
                    let meaning = meaning(Context::new(&packet, index).unwrap(), field);
                    let meaning = meaning.unwrap_or_else(|| panic!("{} = {field} has no meaning", field.id()));
                    assert!(
                        !meaning.is_empty() && !meaning.ends_with('.') && !meaning.contains('\n'),
                        "{meaning}"
                    );
                    seen += 1;
                }
            }
        }
        assert!(seen > 300, "{seen}");
    }
}
