//! What a field means in its packet.

use super::context::Context;
use super::sentence::Sentence;
use super::{by_protocol, checksum, tcp};
use crate::flow::PacketInFlow;
use crate::wire::{Field, Layer, Packet, Protocol};

/// What the field means in this packet; `None` where its name and value say all there is to say.
#[must_use]
pub fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
    if field.id().ends_with("unread") {
        return Some("could not be read: see the problem below".into());
    }
    by_protocol::meaning(context, field)
}

/// What is in brackets after the value: the verdict of a checksum, a number counted from the start of its stream, or
/// that the flags make the field meaningless.
#[must_use]
pub fn note(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
    let verdict = checksum::note(context, field).map(Into::into);
    verdict.or_else(|| tcp::note(context, field))
}

/// The fields of the extension behind an ICMP error's quotation (RFC 4884), and where they stand: they belong to the ICMP
/// message. `None` if there is no extension.
#[must_use]
pub fn icmp_extension<'c, 'a>(
    packet: &'c Packet<'a>,
    in_flow: Option<&'c PacketInFlow>,
) -> Option<(Context<'c, 'a>, Vec<Field<'a>>)> {
    let fields = packet.icmp_extension();
    if fields.is_empty() {
        return None;
    }
    let is_message =
        |layer: &Layer<'_>| !layer.is_quoted() && matches!(layer.protocol(), Protocol::Icmp | Protocol::Icmpv6);
    let index = packet.layers().iter().rposition(is_message)?;
    Some((Context::new(packet, index, in_flow)?, fields))
}

#[cfg(test)]
mod tests {
    use super::super::context::Context;
    use super::meaning;
    use crate::wire::digits::unhex;
    use crate::wire::{LinkType, Protocol, decode};

    /// The frames that the decoders are tested with.
    fn frames() -> Vec<(LinkType, Vec<u8>)> {
        let mut link = LinkType::ETHERNET;
        let mut frames = Vec::new();
        for line in include_str!("../wire/tests/headers.txt").lines() {
            if let Some(number) = line.strip_prefix("link ") {
                link = LinkType(number.parse().unwrap());
            } else if let Some(hex) = line.strip_prefix("frame ") {
                frames.push((link, unhex(hex)));
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
                    let meaning = meaning(Context::new(&packet, index, None).unwrap(), field);
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

    #[test]
    fn an_extension_behind_an_icmp_error_is_told_and_its_checksum_checked() {
        let mut verdicts = Vec::new();
        for (link, bytes) in frames() {
            let packet = decode(link, &bytes, 0);
            let Some((context, fields)) = super::icmp_extension(&packet, None) else {
                continue;
            };
            for field in &fields {
                assert!(meaning(context, field).is_some(), "{} has no meaning", field.id());
                verdicts.extend(super::note(context, field));
            }
            let mut changed = bytes.clone();
            *changed.last_mut().unwrap() ^= 1;
            let packet = decode(link, &changed, 0);
            let (context, fields) = super::icmp_extension(&packet, None).unwrap();
            verdicts.extend(fields.iter().find_map(|field| super::note(context, field)));
        }
        assert_eq!(verdicts, ["[ok]", "[bad]", "[ok]", "[bad]", "[ok]", "[bad]"]);
    }

    /// The meanings of a frame's fields with this identifier, without a conversation.
    fn meanings(frame: &[u8], length: u32, id: &str) -> Vec<String> {
        let packet = decode(LinkType::ETHERNET, frame, length);
        let mut meanings = Vec::new();
        for (index, layer) in packet.layers().iter().enumerate() {
            let context = Context::new(&packet, index, None).unwrap();
            let fields = layer.fields();
            let found = fields.iter().filter(|field| field.id() == id);
            meanings.extend(found.map(|field| meaning(context, field).unwrap().into_owned()));
        }
        meanings
    }

    /// A datagram with `hello`: Ethernet, IPv4 (33 bytes), UDP (13 bytes).
    const UDP: &str =
        "000000000000 000000000000 0800 4500 0021 0001 4000 4011 3cc9 7f000001 7f000001 9c40 2328 000d 0000 68656c6c6f";

    #[test]
    fn a_length_that_says_too_much_is_called_wrong() {
        let mut frame = unhex(UDP);
        assert_eq!(meanings(&frame, 0, "ip.len"), ["20 IPv4 + 8 UDP + 5 data"]);
        assert_eq!(meanings(&frame, 0, "udp.length"), ["8 header + 5 data"]);
        frame[17] = 200;
        assert_eq!(meanings(&frame, 0, "ip.len"), ["wrong: only 33 bytes are there"]);
        frame[17] = 33;
        frame[39] = 200;
        assert_eq!(meanings(&frame, 0, "udp.length"), ["wrong: only 13 bytes are there"]);
        frame[39] = 10;
        assert_eq!(
            meanings(&frame, 0, "udp.length"),
            ["8 header + 2 data; 3 more in the packet are not counted"]
        );
        // A truncated capture is not malformed.
        frame[17] = 200;
        frame[39] = 180;
        assert_eq!(meanings(&frame, 214, "ip.len"), ["20 IPv4 + 8 UDP + 172 data"]);
    }

    #[test]
    fn a_quotation_claims_no_more_than_is_known() {
        // ICMP port unreachable about a TCP segment of 60 bytes, of which eight are quoted.
        let quotation = "0303 0000 00000000 4500 003c 0001 4000 4006 3cb9 7f000001 7f000001 9c40 2328 00000001";
        let header = "000000000000 000000000000 0800 4500 0038 0001 4000 4001 3cc2 7f000001 7f000001";
        let frame = unhex(&format!("{header}{quotation}"));
        assert_eq!(
            meanings(&frame, 0, "ip.len"),
            [
                "20 IPv4 + 8 ICMP + 28 data",
                "20 IPv4 + 40 TCP with its data; only the first 8 bytes after this header are quoted"
            ]
        );
    }

    #[test]
    fn arp_is_told_by_who_asks_for_whom() {
        let said = |operation: u8, sender: &str, target: &str| {
            let frame = unhex(&format!(
                "ffffffffffff 020000000001 0806 0001 0800 06 04 00{operation:02x} 020000000001 {sender} 000000000000 {target}"
            ));
            let packet = decode(LinkType::ETHERNET, &frame, 0);
            (
                crate::explain::packet::name(&packet).into_owned(),
                meanings(&frame, 0, "arp.opcode").remove(0),
            )
        };
        let (one, two, none) = ("c0000201", "c0000202", "00000000");
        for (operation, sender, target, name, sentence) in [
            (1, one, two, "ARP request", "asks: who has 192.0.2.2? Tell 192.0.2.1"),
            (
                2,
                one,
                two,
                "ARP reply",
                "answers 192.0.2.2: 192.0.2.1 is at the sender's MAC",
            ),
            (
                1,
                none,
                two,
                "ARP probe",
                "asks whether anybody has 192.0.2.2 already, before taking it (ARP probe)",
            ),
            (
                1,
                one,
                one,
                "ARP announcement",
                "tells everybody unasked who has 192.0.2.1 now (ARP announcement)",
            ),
            (
                2,
                one,
                one,
                "gratuitous ARP reply",
                "tells unasked who has 192.0.2.1 now (gratuitous ARP)",
            ),
        ] {
            assert_eq!(said(operation, sender, target), (name.into(), sentence.into()));
        }
    }

    #[test]
    fn what_follows_is_told_also_when_nothing_does() {
        let ipv6 = |next: u8, payload: &str| {
            let length = payload.len() / 2;
            unhex(&format!(
                "000000000000 000000000000 86dd 60000000 00{length:02x} {next:02x} 40 {0:0>32} {0:0>32} {payload}",
                1
            ))
        };
        assert_eq!(
            meanings(&ipv6(59, ""), 0, "ipv6.nxt"),
            ["the packet ends with this header"]
        );
        assert_eq!(
            meanings(&ipv6(59, "00112233"), 0, "ipv6.nxt"),
            ["the packet ends with this header; what is behind it is to be ignored"]
        );
        assert_eq!(
            meanings(&ipv6(0, "3b00010400000000"), 0, "ipv6.nxt"),
            ["IPv6 hop-by-hop options follow"]
        );
        // The capture ends with the IPv6 header.
        assert_eq!(
            meanings(&ipv6(6, ""), 200, "ipv6.nxt"),
            ["a TCP header follows, which the capture cut off"]
        );
    }
}
