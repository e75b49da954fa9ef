//! Fields with values: what a comparison is in tcpdump's language.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::number::{mac, mask_v4};
use super::condition::Condition;
use super::fields::{Field, Number};
use crate::filter::expression::Relation;

/// The header of TCP and UDP behind an IPv6 header without extensions starts there.
const BEHIND_IPV6: u32 = 40;

/// A field that is there.
pub(super) fn present(field: Field) -> Condition {
    match field {
        Field::Protocol("ether") | Field::Mac(_) | Field::EtherType => Condition::one("ether[0] >= 0"),
        Field::Protocol(word) | Field::Port(word, _) | Field::Address(word, _) => Condition::one(word),
        Field::Length => Condition::one("len >= 0"),
        Field::IpProtocol => Condition::one("ip"),
        Field::Number(number) => Condition::one(number.header),
    }
}

/// A field compared with a value.
///
/// # Errors
/// The field has no such value, or they cannot be compared so: what to type.
pub(super) fn compared(field: Field, name: &str, relation: Relation, value: &str) -> Result<Condition, String> {
    let unequal = |equal: Condition| present(field).and(equal.negated());
    let is_equality = matches!(relation, Relation::Equal | Relation::NotEqual);
    let (equal, ordered) = match field {
        Field::Protocol(_) => {
            return Err(format!(
                "{name} is there or not, and is compared with nothing: type {name:?} alone"
            ));
        }
        Field::Port(transport, side) => (None, Some(port(transport, side, relation, value)?)),
        Field::Length => (
            None,
            Some(Condition::one(format!("len {} {}", sign(relation), whole(value)?))),
        ),
        Field::Number(number) => (None, Some(number.compared(relation, value)?)),
        Field::Address(protocol, side) => (Some(address(protocol, side, value)?), None),
        Field::Mac(side) => {
            let address =
                mac(value).ok_or_else(|| format!("{value:?} is not a MAC address, such as 02:00:00:00:00:01"))?;
            let text = address.map(|byte| format!("{byte:02x}")).join(":");
            (Some(Condition::one(format!("ether {side}host {text}"))), None)
        }
        Field::IpProtocol => {
            let number = match value.to_ascii_lowercase().as_str() {
                "icmp" => 1,
                "igmp" => 2,
                "tcp" => 6,
                "udp" => 17,
                "sctp" => 132,
                _ => whole(value)?,
            };
            (Some(Condition::one(format!("ip proto {number}"))), None)
        }
        Field::EtherType => (Some(Condition::one(format!("ether proto {}", whole(value)?))), None),
    };
    match (ordered, equal) {
        (Some(ordered), _) => Ok(ordered),
        (None, Some(equal)) if relation == Relation::Equal => Ok(equal),
        (None, Some(equal)) if is_equality => Ok(unequal(equal)),
        _ => Err(format!("{name} has no order here: compare it with == or !=")),
    }
}

/// Bits of a field compared with a number: `tcp.flags & 2 != 0`.
///
/// # Errors
/// As [`compared`].
pub(super) fn masked(
    field: Field,
    name: &str,
    bits: &str,
    relation: Relation,
    value: &str,
) -> Result<Condition, String> {
    let Field::Number(number) = field else {
        return Err(format!("{name} has no bits to ask for: compare it with a value"));
    };
    let (bits, value) = (whole(bits)?, whole(value)?);
    let mask = if number.mask == 0 { bits } else { number.mask & bits };
    let is_set = match (relation, value) {
        (Relation::NotEqual | Relation::Greater, 0) => true,
        (Relation::Equal, 0) => false,
        (Relation::Equal, value) if value == mask && mask.is_power_of_two() => true,
        _ => return Err(format!("bits are compared with 0 here: type '{name} & {bits:#x} != 0'")),
    };
    let widest = u32::MAX >> (32 - 8 * number.size);
    if mask == 0 || mask > widest {
        return Err(format!("{name} has no bits {bits:#x}"));
    }
    let relation = if is_set { Relation::NotEqual } else { Relation::Equal };
    Number { mask, ..number }.of_every_version(relation, 0)
}

/// A field in a range of values, both ends included.
///
/// # Errors
/// As [`compared`].
pub(super) fn in_range(field: Field, name: &str, first: &str, last: &str) -> Result<Condition, String> {
    match field {
        Field::Port(transport, side) => range(transport, side, whole(first)?, whole(last)?),
        Field::Length | Field::Number(_) => Ok(compared(field, name, Relation::GreaterOrEqual, first)?.and(compared(
            field,
            name,
            Relation::LessOrEqual,
            last,
        )?)),
        _ => Err(format!(
            "ranges of {name} cannot be asked for: name each value, as in {name} in {{A, B}}"
        )),
    }
}

fn port(transport: &str, side: &str, relation: Relation, value: &str) -> Result<Condition, String> {
    if relation == Relation::Equal && value.starts_with(|c: char| c.is_ascii_alphabetic()) {
        // A service by its name, which has a number in tcpdump's language too.
        return Ok(Condition::one(format!("{transport} {side}port {value}")));
    }
    let port = whole(value)?;
    let one = || range(transport, side, port, port);
    match relation {
        Relation::Equal => one(),
        Relation::NotEqual => Ok(Condition::one(transport).and(one()?.negated())),
        Relation::Greater => range(transport, side, port.saturating_add(1), 65_535),
        Relation::GreaterOrEqual => range(transport, side, port, 65_535),
        Relation::Less if port == 0 => range(transport, side, 1, 0),
        Relation::Less => range(transport, side, 0, port - 1),
        Relation::LessOrEqual => range(transport, side, 0, port),
    }
}

fn range(transport: &str, side: &str, first: u32, last: u32) -> Result<Condition, String> {
    if first > last || last > 65_535 {
        return Err("ports are from 0 to 65535".to_owned());
    }
    Ok(Condition::one(if first == last {
        format!("{transport} {side}port {first}")
    } else {
        format!("{transport} {side}portrange {first}-{last}")
    }))
}

fn address(protocol: &str, side: &str, value: &str) -> Result<Condition, String> {
    let (address, length) = match value.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (value, None),
    };
    let wrong = || format!("{value:?} is not a network, such as 192.0.2.0/24");
    let Some(length) = length else {
        let is_v6 = address.parse::<Ipv6Addr>().is_ok();
        let is_v4 = address.parse::<Ipv4Addr>().is_ok();
        let fits = if protocol == "ip6" { !is_v4 } else { !is_v6 };
        let digits = address.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !fits || (digits && !is_v4) {
            return Err(format!("{address:?} is not an address of this kind"));
        }
        return Ok(Condition::one(format!("{protocol} {side}host {address}")));
    };
    let length: u32 = length.parse().map_err(|_| wrong())?;
    let network = match (protocol, address.parse::<Ipv4Addr>(), address.parse::<Ipv6Addr>()) {
        ("ip6", _, Ok(address)) if length <= 128 => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).to_string()
        }
        ("ip" | "arp", Ok(address), _) if length <= 32 => {
            Ipv4Addr::from_bits(address.to_bits() & mask_v4(length)).to_string()
        }
        _ => return Err(wrong()),
    };
    Ok(Condition::one(format!("{protocol} {side}net {network}/{length}")))
}

impl Number {
    fn compared(self, relation: Relation, value: &str) -> Result<Condition, String> {
        let value = match (self.is_bit(), value.to_ascii_lowercase().as_str()) {
            (true, "true" | "set") => 1,
            (true, "false" | "not set") => 0,
            _ => whole(value)?,
        };
        let most = if self.is_bit() {
            1
        } else if self.mask != 0 {
            self.mask
        } else {
            u32::MAX >> (32 - 8 * self.size)
        };
        if value > most {
            return Err(format!("{value} does not fit: the field goes from 0 to {most}"));
        }
        self.of_every_version(relation, value)
    }

    /// The same behind IPv4 and behind IPv6.
    fn of_every_version(self, relation: Relation, value: u32) -> Result<Condition, String> {
        let here = self.asked(self.header, self.offset, relation, value)?;
        if !matches!(self.header, "tcp" | "udp") {
            return Ok(here);
        }
        // tcpdump's tcp[…] and udp[…] are of IPv4 only.
        let number = if self.header == "tcp" { 6 } else { 17 };
        let there = self.asked("ip6", BEHIND_IPV6 + self.offset, relation, value)?;
        Ok(here.or(Condition::one(format!("ip6[6] = {number}")).and(there)))
    }

    fn is_bit(self) -> bool {
        self.mask.is_power_of_two()
    }

    fn asked(self, header: &str, offset: u32, relation: Relation, value: u32) -> Result<Condition, String> {
        let place = if self.size == 1 {
            format!("{header}[{offset}]")
        } else {
            format!("{header}[{offset}:{}]", self.size)
        };
        if !self.is_bit() {
            let mask = if self.mask == 0 {
                String::new()
            } else {
                format!(" & {:#x}", self.mask)
            };
            return Ok(Condition::one(format!("{place}{mask} {} {value}", sign(relation))));
        }
        let is_set = match (relation, value) {
            (Relation::Equal, value) => value == 1,
            (Relation::NotEqual, value) => value == 0,
            (Relation::Greater, 0) | (Relation::GreaterOrEqual, 1) => true,
            (Relation::Less, 1) | (Relation::LessOrEqual, 0) => false,
            _ => return Err("a flag is 0 or 1: compare it with == or !=".to_owned()),
        };
        let sign = if is_set { "!=" } else { "=" };
        Ok(Condition::one(format!("{place} & {:#x} {sign} 0", self.mask)))
    }
}

const fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "=",
        Relation::NotEqual => "!=",
        Relation::Less => "<",
        Relation::LessOrEqual => "<=",
        Relation::Greater => ">",
        Relation::GreaterOrEqual => ">=",
    }
}

/// A number as display filters write it.
fn whole(value: &str) -> Result<u32, String> {
    let digits = |prefix: [char; 2]| {
        let rest = value.strip_prefix('0')?;
        rest.strip_prefix(prefix)
    };
    let parsed = if let Some(hex) = digits(['x', 'X']) {
        u32::from_str_radix(hex, 16)
    } else if let Some(binary) = digits(['b', 'B']) {
        u32::from_str_radix(binary, 2)
    } else if value.len() > 1 && value.starts_with('0') {
        u32::from_str_radix(value, 8)
    } else {
        value.parse()
    };
    parsed.map_err(|_| format!("{value:?} is not a number that fits here"))
}
