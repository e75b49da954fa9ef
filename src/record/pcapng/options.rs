//! The options that end most blocks: code, length, value, padding, until `opt_endofopt` or the end of the block.

use crate::record::file_info::ByteOrder;

/// pcapng, section 3.5: the codes that mean the same in every block.
pub(super) const END: u16 = 0;
/// A comment.
pub(super) const COMMENT: u16 = 1;

/// Walks the options. A length that reaches past the block ends the walk: options are remarks, and the packet beside
/// them is worth having.
pub(super) struct Options<'a> {
    pub(super) order: ByteOrder,
    pub(super) rest: &'a [u8],
}

impl<'a> Iterator for Options<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let code = self.order.u16_at(self.rest, 0)?;
        let length = usize::from(self.order.u16_at(self.rest, 2)?);
        if code == END {
            return None;
        }
        let value = self.rest.get(4..4 + length)?;
        self.rest = self.rest.get(4 + padded(length)..).unwrap_or_default();
        Some((code, value))
    }
}

/// The length with what fills it up to 32 bits.
pub(super) const fn padded(length: usize) -> usize {
    length.next_multiple_of(4)
}

/// The text of an option. Some programs end it with a zero byte; bytes that are not UTF-8 become U+FFFD.
pub(super) fn text(value: &[u8]) -> String {
    let end = value.iter().position(|&byte| byte == 0).unwrap_or(value.len());
    String::from_utf8_lossy(value.get(..end).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Options, text};
    use crate::record::ByteOrder;

    fn walk(order: ByteOrder, rest: &[u8]) -> Vec<(u16, &[u8])> {
        Options { order, rest }.collect()
    }

    #[test]
    fn options_are_walked_in_both_byte_orders() {
        let little = b"\x01\x00\x02\x00hi\0\0\x02\x00\x04\x00\x01\0\0\0\0\0\0\0";
        assert_eq!(walk(ByteOrder::Little, little), [(1, &b"hi"[..]), (2, b"\x01\0\0\0")]);
        let big = b"\x00\x01\x00\x02hi\0\0\0\0\0\0";
        assert_eq!(walk(ByteOrder::Big, big), [(1, &b"hi"[..])]);
    }

    #[test]
    fn the_end_mark_may_be_missing_and_the_last_padding_too() {
        assert_eq!(walk(ByteOrder::Little, b"\x01\x00\x02\x00hi\0\0"), [(1, &b"hi"[..])]);
        assert_eq!(walk(ByteOrder::Little, b"\x01\x00\x02\x00hi"), [(1, &b"hi"[..])]);
    }

    #[test]
    fn a_wrong_length_ends_the_walk() {
        let bytes = b"\x01\x00\x02\x00hi\0\0\x01\x00\xff\xffmore";
        assert_eq!(walk(ByteOrder::Little, bytes), [(1, &b"hi"[..])]);
        assert_eq!(walk(ByteOrder::Little, b"\x01\x00\x02"), []);
    }

    #[test]
    fn a_text_ends_at_its_zero() {
        assert_eq!(text(b"lo\0\0"), "lo");
        assert_eq!(text("ü".as_bytes()), "ü");
        assert_eq!(text(b"\xff"), "\u{fffd}");
    }
}
