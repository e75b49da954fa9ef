//! A value and what its qualifiers make of it.

use std::net::Ipv6Addr;

use super::super::error::SyntaxError;
use super::super::expression::{AddressPrefix, Expression, Primitive, Proto};
use super::super::number::{ipv4_prefix, is_numeric, mac, mask_v4, network_v4, network_v6, number};
use super::super::token::TokenKind;
use super::cursor::Parser;
use super::words::{Qualifiers, TypeQualifier, is_keyword, protocol};

impl Parser<'_> {
    /// One value with these qualifiers.
    pub(super) fn value(&mut self, qualifiers: Qualifiers) -> Result<Expression, SyntaxError> {
        let wanted = match qualifiers.kind {
            TypeQualifier::Host if qualifiers.protocol == Some(Proto::Ether) => {
                "a MAC address, as in \"ether host 02:00:00:00:00:01\""
            }
            TypeQualifier::Host => "an address or name, as in \"host 192.0.2.1\"",
            TypeQualifier::Net => "a network, as in \"net 192.0.2.0/24\"",
            TypeQualifier::Port => "a port from 0 to 65535, as in \"port 80\"",
            TypeQualifier::PortRange => "two ports, as in \"portrange 5000-5010\"",
            TypeQualifier::Proto => "a protocol's number, as in \"ip proto 6\"",
        };
        let word = match self.peek().kind {
            TokenKind::Word(word) if !is_keyword(word) => word,
            TokenKind::Word(word) if qualifiers.kind == TypeQualifier::Proto => {
                return Err(self.trouble(&format!(
                    "found the keyword {word:?}; as a value it needs a backslash: \"proto \\{word}\""
                )));
            }
            TokenKind::Escaped(word) => word,
            _ => return Err(self.expected(wanted)),
        };
        match qualifiers.kind {
            TypeQualifier::Host if qualifiers.protocol == Some(Proto::Ether) => {
                let address = mac(word).ok_or_else(|| self.expected(wanted))?;
                self.advance();
                let side = qualifiers.side.unwrap_or_default();
                Ok(Primitive::EtherHost { side, address }.into())
            }
            TypeQualifier::Host | TypeQualifier::Net => self.address(word, qualifiers),
            TypeQualifier::Port => {
                let port = self.port(word, wanted)?;
                self.ports(qualifiers, port, port)
            }
            TypeQualifier::PortRange => {
                let (first, last) = self.port_range(word, wanted)?;
                self.ports(qualifiers, first, last)
            }
            TypeQualifier::Proto => self.proto(word, qualifiers, wanted),
        }
    }

    fn port(&self, word: &str, wanted: &str) -> Result<u16, SyntaxError> {
        let port = if is_numeric(word) {
            number(word).and_then(|port| u16::try_from(port).ok())
        } else {
            self.names.port(word)
        };
        port.ok_or_else(|| self.expected(wanted))
    }

    fn port_range(&self, word: &str, wanted: &str) -> Result<(u16, u16), SyntaxError> {
        // Names of services have a minus too: try every one.
        for (at, _) in word.match_indices('-') {
            let (first, last) = word.split_at_checked(at).unwrap_or_default();
            let last = last.get(1..).unwrap_or_default();
            if let (Ok(first), Ok(last)) = (self.port(first, wanted), self.port(last, wanted)) {
                return Ok((first.min(last), first.max(last)));
            }
        }
        let port = self.port(word, wanted)?;
        Ok((port, port))
    }

    fn ports(&mut self, qualifiers: Qualifiers, first: u16, last: u16) -> Result<Expression, SyntaxError> {
        match qualifiers.protocol {
            None | Some(Proto::Tcp | Proto::Udp | Proto::Sctp) => {}
            Some(other) => {
                let word = other.word();
                return Err(self.trouble(&format!(
                    "{word:?} has no ports: expected tcp, udp or sctp in front of port, for example \"{word} and tcp port {first}\""
                )));
            }
        }
        self.advance();
        let port = Primitive::Port {
            transport: qualifiers.protocol,
            side: qualifiers.side.unwrap_or_default(),
            first,
            last,
        };
        Ok(port.into())
    }

    fn proto(&mut self, word: &str, qualifiers: Qualifiers, wanted: &str) -> Result<Expression, SyntaxError> {
        if qualifiers.side.is_some() {
            return Err(self.trouble("\"proto\" takes neither src nor dst, as in \"ip proto 6\""));
        }
        let named = protocol(word);
        let primitive = match qualifiers.protocol {
            Some(Proto::Ether) => {
                let named = named.and_then(Proto::ether_type);
                let number = number(word).and_then(|number| u16::try_from(number).ok());
                match named.or(number) {
                    // Smaller ones are lengths of IEEE 802.3 frames.
                    Some(number) if number >= 0x600 => Primitive::EtherType(number),
                    _ => return Err(self.expected("an EtherType from 0x600 on, as in \"ether proto 0x800\"")),
                }
            }
            version @ (None | Some(Proto::Ip | Proto::Ip6)) => {
                let named = named.and_then(Proto::ip_number);
                let number = number(word).and_then(|number| u8::try_from(number).ok());
                let number = named.or(number).ok_or_else(|| self.expected(wanted))?;
                Primitive::IpProtocol { version, number }
            }
            Some(other) => {
                let other = other.word();
                return Err(self.trouble(&format!(
                    "{other:?} has no protocol field: expected ip, ip6 or ether in front of proto, as in \"ip proto 6\""
                )));
            }
        };
        self.advance();
        Ok(primitive.into())
    }

    /// An IP address, a network, or the name of a machine.
    fn address(&mut self, word: &str, qualifiers: Qualifiers) -> Result<Expression, SyntaxError> {
        match qualifiers.protocol {
            None | Some(Proto::Ip | Proto::Ip6 | Proto::Arp | Proto::Rarp) => {}
            Some(other) => {
                let other = other.word();
                return Err(self.trouble(&format!(
                    "{other:?} has no such addresses: write \"{other} and host …\" or \"{other} and net …\""
                )));
            }
        }
        let networks = if let Ok(address) = word.parse::<Ipv6Addr>() {
            vec![self.network_v6(address)?]
        } else if let Some(network) = self.network_v4(word, qualifiers.kind)? {
            vec![network]
        } else {
            let networks = self.looked_up(word, qualifiers)?;
            self.advance();
            networks
        };
        let mut all: Option<Expression> = None;
        for network in networks {
            let one = self.host(network, qualifiers)?;
            all = Some(match all {
                None => one,
                Some(others) => others.or(one),
            });
        }
        all.ok_or_else(|| self.trouble(&format!("{word:?} has no address")))
    }

    fn host(&self, network: AddressPrefix, qualifiers: Qualifiers) -> Result<Expression, SyntaxError> {
        if !fits(qualifiers.protocol, &network) {
            let protocol = qualifiers.protocol.map_or("", Proto::word);
            return Err(self.trouble(&format!(
                "{network} cannot be in a packet of {protocol:?}: leave {protocol:?} out"
            )));
        }
        let host = Primitive::Host {
            protocol: qualifiers.protocol,
            side: qualifiers.side.unwrap_or_default(),
            network,
        };
        Ok(host.into())
    }

    /// The IPv6 address that is the next token, with the `/length` that may follow.
    fn network_v6(&mut self, address: Ipv6Addr) -> Result<AddressPrefix, SyntaxError> {
        let start = self.at;
        self.advance();
        let length = match self.prefix_length(128)? {
            Some(length) => u8::try_from(length).unwrap_or(128),
            None => 128,
        };
        network_v6(address, length).ok_or_else(|| self.bits_behind(start))
    }

    /// The IPv4 address that is the next token, whole or only its first bytes, with the `/length` or `mask` that may
    /// follow. `None` if it is none.
    fn network_v4(&mut self, word: &str, kind: TypeQualifier) -> Result<Option<AddressPrefix>, SyntaxError> {
        let start = self.at;
        let (address, mask) = if let Some(address) = number(word).filter(|_| is_numeric(word)) {
            // A lone number is a network's first bytes, or an address of 32 bits.
            let missing = if kind == TypeQualifier::Net && address != 0 {
                address.leading_zeros() / 8 * 8
            } else {
                0
            };
            (address << missing, mask_v4(32 - missing))
        } else if let Some((address, length)) = ipv4_prefix(word) {
            (address, mask_v4(length))
        } else {
            return Ok(None);
        };
        self.advance();
        let mask = if let Some(length) = self.prefix_length(32)? {
            mask_v4(length)
        } else if self.peek().kind == TokenKind::Word("mask") {
            self.advance();
            let TokenKind::Word(word) = self.peek().kind else {
                return Err(self.expected("a mask, as in \"net 192.0.2.0 mask 255.255.255.0\""));
            };
            let (mask, _) =
                ipv4_prefix(word).ok_or_else(|| self.expected("a mask, as in \"net 192.0.2.0 mask 255.255.255.0\""))?;
            self.advance();
            mask
        } else {
            mask
        };
        match network_v4(address, mask) {
            Some(network) => Ok(Some(network)),
            None => Err(self.bits_behind(start)),
        }
    }

    /// `/24`, if it is there.
    fn prefix_length(&mut self, longest: u32) -> Result<Option<u32>, SyntaxError> {
        if self.peek().kind != TokenKind::Slash {
            return Ok(None);
        }
        self.advance();
        let wanted = format!("a prefix length from 0 to {longest}, as in \"net 192.0.2.0/24\"");
        match self.peek().kind {
            TokenKind::Word(word) => match number(word) {
                Some(length) if length <= longest => {
                    self.advance();
                    Ok(Some(length))
                }
                _ => Err(self.expected(&wanted)),
            },
            _ => Err(self.expected(&wanted)),
        }
    }

    fn bits_behind(&mut self, start: usize) -> SyntaxError {
        self.at = start;
        self.trouble("the address has ones behind the network's part: make them zero, as in \"net 192.0.2.0/24\"")
    }

    fn looked_up(&self, word: &str, qualifiers: Qualifiers) -> Result<Vec<AddressPrefix>, SyntaxError> {
        if word.contains(':') || mac(word).is_some() || is_numeric(word) {
            let hint = if mac(word).is_some() {
                format!("\"ether host {word}\" asks for a MAC address")
            } else {
                "expected an IP address, as in \"host 192.0.2.1\" or \"host 2001:db8::1\"".to_owned()
            };
            return Err(self.trouble(&format!("{word:?} is not an IP address: {hint}")));
        }
        let addresses = self.names.addresses(word).map_err(|error| {
            self.trouble(&format!(
                "no address for the name {word:?}: {error}; write the address itself"
            ))
        })?;
        let networks: Vec<AddressPrefix> = addresses
            .into_iter()
            .map(AddressPrefix::from)
            .filter(|network| fits(qualifiers.protocol, network))
            .collect();
        if networks.is_empty() {
            return Err(self.trouble(&format!(
                "the name {word:?} has no address of the kind that is asked for"
            )));
        }
        Ok(networks)
    }
}

/// Can a packet of this protocol hold such an address?
const fn fits(protocol: Option<Proto>, network: &AddressPrefix) -> bool {
    match network {
        AddressPrefix::V4 { .. } => !matches!(protocol, Some(Proto::Ip6)),
        AddressPrefix::V6 { .. } => matches!(protocol, None | Some(Proto::Ip6)),
    }
}
