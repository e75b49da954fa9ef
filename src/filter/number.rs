//! Numbers and addresses as an expression writes them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::expression::AddressPrefix;

/// A number: decimal, `0x` hexadecimal, or octal with a leading zero.
pub(super) fn number(word: &str) -> Option<u32> {
    let (digits, base) = if let Some(digits) = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        (digits, 16)
    } else if word.len() > 1 && word.starts_with('0') {
        (word, 8)
    } else {
        (word, 10)
    };
    // The library's parser takes a sign, the language does not.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u32::from_str_radix(digits, base).ok()
}

/// Is it meant as a number? Then a failure of [`number`] is about its size.
pub(super) fn is_numeric(word: &str) -> bool {
    word.starts_with(|character: char| character.is_ascii_digit())
        && word
            .chars()
            .all(|character| character.is_ascii_hexdigit() || character == 'x')
        && (word.starts_with("0x") || word.chars().all(|character| character.is_ascii_digit()))
}

/// An IPv4 address of one to four parts, as the leading bytes, and how many bits they are.
pub(super) fn ipv4_prefix(word: &str) -> Option<(u32, u32)> {
    let mut bits = 0;
    let mut length = 0;
    for part in word.split('.') {
        let well_formed = !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !well_formed || length == 32 {
            return None;
        }
        bits = bits << 8 | u32::from(part.parse::<u8>().ok()?);
        length += 8;
    }
    Some((bits << (32 - length), length))
}

/// A MAC address: six bytes in hexadecimal, between `:`, `-` or `.`, or three or one groups of them.
pub(super) fn mac(word: &str) -> Option<[u8; 6]> {
    let separator = word.chars().find(|character| matches!(character, ':' | '-' | '.'));
    let groups: Vec<&str> = separator.map_or_else(|| vec![word], |sign| word.split(sign).collect());
    let (digits, fixed) = match groups.len() {
        6 => (2, false),
        3 => (4, true),
        1 => (12, true),
        _ => return None,
    };
    let mut whole: u64 = 0;
    for group in groups {
        let hexadecimal = !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hexadecimal || group.len() > digits || (fixed && group.len() != digits) {
            return None;
        }
        whole = whole << (4 * digits) | u64::from_str_radix(group, 16).ok()?;
    }
    let [_, _, address @ ..] = whole.to_be_bytes();
    Some(address)
}

/// The first `length` bits as a mask.
pub(super) const fn mask_v4(length: u32) -> u32 {
    if length == 0 { 0 } else { u32::MAX << (32 - length) }
}

/// The first `length` bits as a mask.
pub(super) const fn mask_v6(length: u8) -> u128 {
    if length == 0 {
        0
    } else {
        u128::MAX << 128_u32.saturating_sub(length as u32)
    }
}

/// The network, unless the address has ones outside of the mask.
pub(super) fn network_v4(address: u32, mask: u32) -> Option<AddressPrefix> {
    (address & !mask == 0).then(|| AddressPrefix::V4 {
        address: Ipv4Addr::from_bits(address),
        mask: Ipv4Addr::from_bits(mask),
    })
}

/// The network, unless the address has ones behind the prefix.
pub(super) fn network_v6(address: Ipv6Addr, length: u8) -> Option<AddressPrefix> {
    (address.to_bits() & !mask_v6(length) == 0).then_some(AddressPrefix::V6 { address, length })
}

#[cfg(test)]
mod tests {
    use super::{ipv4_prefix, mac, number};

    #[test]
    fn numbers_have_three_bases() {
        assert_eq!(number("80"), Some(80));
        assert_eq!(number("0x50"), Some(80));
        assert_eq!(number("0120"), Some(80));
        assert_eq!(number("0"), Some(0));
        for bad in ["", "-1", "+1", "0x", "0x-1", "08", "4294967296", "80a"] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }

    #[test]
    fn short_ipv4_addresses_are_the_leading_bytes() {
        assert_eq!(ipv4_prefix("10"), Some((0x0a00_0000, 8)));
        assert_eq!(ipv4_prefix("10.1"), Some((0x0a01_0000, 16)));
        assert_eq!(ipv4_prefix("1.2.3.4"), Some((0x0102_0304, 32)));
        for bad in ["", "1.", ".1", "1.2.3.256", "1.2.3.4.5", "1.2.3.4x", "1..2"] {
            assert_eq!(ipv4_prefix(bad), None, "{bad}");
        }
    }

    #[test]
    fn mac_addresses_have_four_spellings() {
        let address = Some([1, 2, 0xab, 4, 5, 6]);
        for good in ["1:2:ab:4:5:6", "01-02-AB-04-05-06", "0102.ab04.0506", "0102ab040506"] {
            assert_eq!(mac(good), address, "{good}");
        }
        for bad in [
            "",
            "1:2:3:4:5",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:g",
            "1:2:3-4:5:6",
            "0102ab04050",
            "1.2.3",
            "100:2:3:4:5:6",
        ] {
            assert_eq!(mac(bad), None, "{bad}");
        }
    }
}
