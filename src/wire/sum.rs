//! The sum of the Internet's checksums, and what comes of comparing it. RFC 1071

/// What a checksum turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Checksum {
    /// Right.
    Ok,
    /// Left to the network card (offload): stored is exactly the pseudo-header's sum, not yet complemented. So the kernel
    /// hands it over, and so it looks where a packet is seen before the card, or never comes to one (loopback).
    Partial {
        /// The value that the card would fill in.
        full: u16,
    },
    /// Wrong.
    Bad {
        /// The right value.
        right: u16,
    },
    /// The sender did without (0 in UDP). Allowed over IPv4 (RFC 768), over IPv6 for tunnels only (RFC 6936).
    NotPresent,
    /// It cannot be checked.
    NotCheckable(Unchecked),
}

/// Why a checksum cannot be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unchecked {
    /// The capture does not have all bytes that it covers.
    Cut,
    /// It covers the whole datagram, of which this is a fragment.
    Fragment,
    /// It covers the whole datagram, of which an ICMP error quotes the beginning.
    Quoted,
    /// The packet's own lengths contradict each other, or no IP header comes before.
    Malformed,
}

/// Of bytes that are covered whole, the stored value among them.
pub(super) fn of_whole(bytes: &[u8], stored: u16) -> Checksum {
    match fold(add(0, bytes)) {
        0xffff => Checksum::Ok,
        sum => Checksum::Bad {
            right: right_value(sum, stored),
        },
    }
}

/// Adds 16-bit words, the last byte filled up with zero. It takes two words at once, which is the same for [`fold`] with half
/// of the instructions. Sums of 64 bits cannot overflow: no frame has 2^32 such pairs.
#[must_use]
pub fn add(sum: u64, bytes: &[u8]) -> u64 {
    let pairs = bytes.chunks_exact(4);
    let mut last = [0; 4];
    last.iter_mut()
        .zip(pairs.remainder())
        .for_each(|(place, &byte)| *place = byte);
    let pairs = pairs.filter_map(|pair| pair.try_into().ok()).chain([last]);
    pairs.fold(sum, |sum, pair| sum + u64::from(u32::from_be_bytes(pair)))
}

/// The one's complement sum in 16 bits.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "the loop leaves no more than 16 bits")]
pub const fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

/// Checks an ICMP extension: it covers all of it, and nothing else. RFC 4884 section 7
pub(super) fn of_icmp_extension(extension: &[u8], cut: bool) -> Checksum {
    let Some(&stored) = extension.get(2..).and_then(|bytes| bytes.first_chunk()) else {
        return Checksum::NotCheckable(if cut { Unchecked::Cut } else { Unchecked::Malformed });
    };
    let stored = u16::from_be_bytes(stored);
    if stored == 0 {
        return Checksum::NotPresent;
    }
    if cut {
        return Checksum::NotCheckable(Unchecked::Cut);
    }
    of_whole(extension, stored)
}

/// The value that makes it right: the complement of the sum without the stored one.
pub(super) fn right_value(sum: u16, stored: u16) -> u16 {
    !fold(u64::from(sum) + u64::from(!stored))
}

/// The header checksum of IPv4 for a header whose checksum field is zero.
pub(super) fn of_ipv4_header(header: &[u8]) -> u16 {
    !fold(add(0, header))
}

#[cfg(test)]
mod tests {
    use super::{add, fold};
    use proptest::prelude::*;

    /// RFC 1071 section 1, word by word.
    fn word_by_word(bytes: &[u8]) -> u16 {
        bytes.chunks(2).fold(0, |sum, word| {
            let word = u16::from_be_bytes([word[0], word.get(1).copied().unwrap_or(0)]);
            let (sum, carry) = u16::overflowing_add(sum, word);
            sum + u16::from(carry)
        })
    }

    proptest! {
        #[test]
        fn two_words_at_once_give_the_same_sum(header: Vec<[u8; 2]>, payload: Vec<u8>) {
            let header = header.concat();
            let whole = [&header[..], &payload[..]].concat();
            prop_assert_eq!(fold(add(add(0, &header), &payload)), word_by_word(&whole));
        }
    }
}
