//! An expression as tcpdump's text.

use std::fmt::{self, Display as _};

use super::{AddressPrefix, ByteAccess, DirQualifier, Expression, Primitive, Proto};

/// Writes every qualifier out, so nothing is inherited; a list within a list is in parentheses.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, operator) = match self {
            Self::And(parts) => (parts, " and "),
            Self::Or(parts) => (parts, " or "),
            Self::Not(inner) => {
                f.write_str("not ")?;
                return write_part(inner, f);
            }
            Self::Primitive(primitive) => return primitive.fmt(f),
        };
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(operator)?;
            }
            write_part(part, f)?;
        }
        Ok(())
    }
}

fn write_part(part: &Expression, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match part {
        Expression::And(_) | Expression::Or(_) => write!(f, "({part})"),
        Expression::Not(_) | Expression::Primitive(_) => part.fmt(f),
    }
}

impl fmt::Display for Primitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protocol(protocol) => f.write_str(protocol.word()),
            Self::Host {
                protocol,
                side,
                network,
            } => {
                write_protocol(*protocol, f)?;
                write!(f, "{side}{network}")
            }
            Self::EtherHost { side, address } => {
                let address = address.map(|byte| format!("{byte:02x}")).join(":");
                write!(f, "ether {side}host {address}")
            }
            Self::Port {
                transport,
                side,
                first,
                last,
            } => {
                write_protocol(*transport, f)?;
                if first == last {
                    write!(f, "{side}port {first}")
                } else {
                    write!(f, "{side}portrange {first}-{last}")
                }
            }
            Self::IpProtocol { version, number } => {
                write_protocol(*version, f)?;
                write!(f, "proto {number}")
            }
            Self::EtherType(number) => write!(f, "ether proto {number:#06x}"),
            Self::Vlan(None) => f.write_str("vlan"),
            Self::Vlan(Some(id)) => write!(f, "vlan {id}"),
            Self::Length(relation, bytes) => write!(f, "len {} {bytes}", relation.sign()),
            Self::Destination(destination) => f.write_str(destination.words()),
            Self::Bytes(bytes) => bytes.fmt(f),
        }
    }
}

fn write_protocol(protocol: Option<Proto>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match protocol {
        Some(protocol) => write!(f, "{} ", protocol.word()),
        None => Ok(()),
    }
}

/// With a space behind it, since a word follows.
impl fmt::Display for DirQualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "src ",
            Self::Destination => "dst ",
            Self::Either => "",
            Self::Both => "src and dst ",
        })
    }
}

impl fmt::Display for AddressPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4 { address, mask } => {
                let bits = mask.to_bits();
                let length = bits.leading_ones();
                if length == 32 {
                    write!(f, "host {address}")
                } else if length == bits.count_ones() {
                    write!(f, "net {address}/{length}")
                } else {
                    write!(f, "net {address} mask {mask}")
                }
            }
            Self::V6 { address, length: 128 } => write!(f, "host {address}"),
            Self::V6 { address, length } => write!(f, "net {address}/{length}"),
        }
    }
}

impl fmt::Display for ByteAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}", self.protocol.word(), self.offset)?;
        if self.size != 1 {
            write!(f, ":{}", self.size)?;
        }
        f.write_str("]")?;
        if self.mask != u32::MAX {
            write!(f, " & {:#x}", self.mask)?;
        }
        write!(f, " {} {}", self.relation.sign(), self.value)
    }
}
