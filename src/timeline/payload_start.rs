//! The beginning of the text that a packet carries.

use std::str::from_utf8;

/// The first characters of a payload, where they are text. They are not escaped: the view that shows them does that.
///
/// A ladder keeps up to 150,000 packets, so the bytes stand in it, and an `Option` of it takes 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadStart {
    bytes: [u8; Self::BYTES],
    length: u8,
    goes_on: bool,
}

impl PayloadStart {
    /// The most characters that it has.
    pub const CHARACTERS: usize = 24;

    /// The most bytes that it has: room for 24 characters of most European languages, and for 10 Chinese ones.
    const BYTES: usize = 30;

    /// Of a payload of `total` bytes, of which the capture may have fewer. `None` where it is empty or does not begin as text: where
    /// its first 30 bytes are not UTF-8, or have a control character other than a tab or a line end.
    ///
    /// A character that the limit or the end of the segment cuts is left out, and the rest is text nevertheless: TCP cuts its
    /// stream anywhere.
    #[must_use]
    pub fn of(payload: &[u8], total: u64) -> Option<Self> {
        let kept = payload.get(..Self::BYTES).unwrap_or(payload);
        let text = match from_utf8(kept) {
            Ok(text) => text,
            // No error length: the last character is not whole.
            Err(error) if error.error_len().is_none() => from_utf8(kept.get(..error.valid_up_to())?).ok()?,
            Err(_) => return None,
        };
        let is_control = |character: char| character.is_control() && !matches!(character, '\t' | '\n' | '\r');
        if text.is_empty() || text.contains(is_control) {
            return None;
        }
        let end = text.char_indices().nth(Self::CHARACTERS);
        let text = end.map_or(text, |(place, _)| text.get(..place).unwrap_or(text));
        let mut bytes = [0; Self::BYTES];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self {
            bytes,
            length: u8::try_from(text.len()).ok()?,
            goes_on: (text.len() as u64) < total,
        })
    }

    /// The characters, as they were sent.
    #[must_use]
    pub fn text(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        from_utf8(bytes).unwrap_or_default()
    }

    /// Does the payload go on behind them?
    #[must_use]
    pub const fn goes_on(&self) -> bool {
        self.goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::PayloadStart;
    use proptest::prelude::*;

    /// The text that is kept, with `…` behind it where more follows; empty where nothing is kept.
    fn kept(payload: &[u8]) -> String {
        PayloadStart::of(payload, payload.len() as u64).map_or(String::new(), |start| {
            let more = if start.goes_on() { "…" } else { "" };
            format!("{}{more}", start.text())
        })
    }

    #[test]
    fn it_is_small() {
        assert!(size_of::<Option<PayloadStart>>() <= 32);
    }

    #[test]
    fn a_short_line_is_kept_whole() {
        assert_eq!(kept(b"sockets are doors\n"), "sockets are doors\n");
        assert_eq!(kept(b"a \"b\" \\ c\t\r\n"), "a \"b\" \\ c\t\r\n");
        assert_eq!(kept(b"abcdefghijklmnopqrstuvwx"), "abcdefghijklmnopqrstuvwx");
    }

    #[test]
    fn of_a_long_one_24_characters_are_kept() {
        assert_eq!(kept(b"abcdefghijklmnopqrstuvwxy"), "abcdefghijklmnopqrstuvwx…");
        assert_eq!(kept("z".repeat(70_000).as_bytes()), "zzzzzzzzzzzzzzzzzzzzzzzz…");
    }

    #[test]
    fn a_character_that_is_cut_is_left_out() {
        // Ten characters of three bytes are 30; the eleventh has no room.
        let chinese = "套接字是门套接字是门套接";
        assert_eq!(kept(chinese.as_bytes()), "套接字是门套接字是门…");
        let odd = format!("a{chinese}");
        assert_eq!(kept(odd.as_bytes()), "a套接字是门套接字是…");
        // The segment ends within ü.
        assert_eq!(kept(b"gr\xc3"), "gr…");
    }

    #[test]
    fn what_is_not_text_is_not_kept() {
        let payloads: [&[u8]; 9] = [
            b"",
            b"\xc3",
            b"ok\xff",
            b"\xc3(",
            b"\xed\xa0\x80",
            b"a\0b",
            b"\x1b[31mred",
            b"del\x7f",
            "\u{9b}31m".as_bytes(),
        ];
        for payload in payloads {
            assert_eq!(kept(payload), "", "{payload:?}");
        }
    }

    #[test]
    fn only_the_beginning_decides() {
        let mut payload = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
        payload.extend([0x1f, 0x8b, 0xff]);
        assert_eq!(kept(&payload), "HTTP/1.1 200 OK\r\nContent…");
        assert_eq!(kept(b"twenty-nine characters are ok\0"), "");
        assert_eq!(kept(b"thirty characters are looked at\0"), "thirty characters are lo…");
    }

    #[test]
    fn what_the_capture_cut_goes_on() {
        let start = PayloadStart::of(b"sockets", 18).unwrap();
        assert_eq!((start.text(), start.goes_on()), ("sockets", true));
    }

    proptest! {
        #[test]
        fn it_is_what_the_payload_begins_with(payload in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(start) = PayloadStart::of(&payload, payload.len() as u64) {
                let text = start.text();
                prop_assert!(payload.starts_with(text.as_bytes()));
                prop_assert!(!text.is_empty() && text.chars().count() <= PayloadStart::CHARACTERS);
                prop_assert_eq!(start.goes_on(), text.len() < payload.len());
            }
        }
    }
}
