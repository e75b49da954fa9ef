//! The question of a DNS message, by which a response is known to belong to its query. RFC 1035 section 4.1

use std::fmt::{self, Write as _};

/// Length of a DNS header, in bytes.
const HEADER: usize = 12;
/// A name has at most this many bytes, lengths included. RFC 1035 section 2.3.4
const LONGEST: usize = 255;

/// A DNS message with one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question<'a> {
    /// The identifier that a response copies from its query.
    pub id: u16,
    /// Is it a response? A query otherwise.
    pub is_response: bool,
    /// The name, type and class asked for, as they are in the message.
    pub bytes: &'a [u8],
}

impl<'a> Question<'a> {
    /// Reads the data of a datagram; `None` where it is not a query or response with one question. A query has no answer and no
    /// authority, and ends after its question and what EDNS adds, so that other data is hardly ever taken for one.
    #[must_use]
    pub fn of(data: &'a [u8]) -> Option<Self> {
        let number = |at: usize| Some(u16::from_be_bytes(data.get(at..)?.first_chunk().copied()?));
        let (id, flags) = (number(0)?, number(2)?);
        let is_response = flags >> 15 == 1;
        // Standard queries (opcode 0), with the reserved bit 0.
        if flags & 0x7840 != 0 || number(4)? != 1 {
            return None;
        }
        let mut end = HEADER;
        loop {
            let length = usize::from(*data.get(end)?);
            end += 1 + length;
            match length {
                0 => break,
                // A name in a question is not compressed: nothing comes before it.
                1..=63 if end - HEADER < LONGEST => {}
                _ => return None,
            }
        }
        end += 4;
        let bytes = data.get(HEADER..end)?;
        let is_bare = number(6)? == 0 && number(8)? == 0 && flags.trailing_zeros() >= 4;
        let ends = match number(10)? {
            0 => data.len() == end,
            // An additional record: the root's name and type OPT (41). RFC 6891 section 6.1.2
            1 => data.get(end..end + 3) == Some(&[0, 0, 41]),
            _ => false,
        };
        (is_response || (is_bare && ends)).then_some(Self { id, is_response, bytes })
    }

    /// The type asked for: 1 is an IPv4 address (A), 28 an IPv6 address (AAAA).
    #[must_use]
    pub fn kind(&self) -> u16 {
        let from_end = self.bytes.len().saturating_sub(4);
        let kind = self
            .bytes
            .get(from_end..)
            .and_then(|bytes| bytes.first_chunk().copied());
        kind.map_or(0, u16::from_be_bytes)
    }
}

/// The name, `www.example.org`, as RFC 1035 section 5.1 writes it: `\046` for a dot inside a label, and so for all that is not
/// printable ASCII. The root is `.`.
impl fmt::Display for Question<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.bytes;
        let mut is_first = true;
        while let Some((&length, after)) = rest.split_first().filter(|&(&length, _)| length > 0) {
            let Some((label, next)) = after.split_at_checked(length.into()) else {
                return Ok(());
            };
            if !is_first {
                formatter.write_char('.')?;
            }
            is_first = false;
            for &byte in label {
                match byte {
                    b'.' | b'\\' | b'"' => write!(formatter, "\\{}", char::from(byte))?,
                    0x21..=0x7e => formatter.write_char(char::from(byte))?,
                    _ => write!(formatter, "\\{byte:03}")?,
                }
            }
            rest = next;
        }
        if is_first { formatter.write_char('.') } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Question;

    const QUERY: &[u8] = b"\x12\x34\x01\x00\0\x01\0\0\0\0\0\0\x03www\x07example\0\0\x01\0\x01";

    #[test]
    fn a_query_and_its_response_have_the_same_question() {
        let query = Question::of(QUERY).unwrap();
        assert_eq!(
            (query.id, query.is_response, query.kind(), query.to_string()),
            (0x1234, false, 1, "www.example".to_owned())
        );
        let mut response = QUERY.to_vec();
        response[2] = 0x81;
        response[7] = 1;
        response.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x05\0\x04\xc0\0\x02\x01");
        let response = Question::of(&response).unwrap();
        assert!(response.is_response);
        assert_eq!((response.id, response.bytes), (query.id, query.bytes));
    }

    #[test]
    fn a_name_shows_no_raw_bytes() {
        let query = b"\0\x01\0\0\0\x01\0\0\0\0\0\0\x05a.\x1b\xff\"\0\0\x1c\0\x01";
        let query = Question::of(query).unwrap();
        assert_eq!((query.to_string().as_str(), query.kind()), (r#"a\.\027\255\""#, 28));
        assert_eq!(
            Question::of(b"\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01")
                .unwrap()
                .to_string(),
            "."
        );
    }

    #[test]
    fn other_data_is_not_taken_for_one() {
        for data in [
            &b"udp is lazy\n"[..],
            b"",
            &QUERY[..QUERY.len() - 1],
            &[QUERY, b"x"].concat(),
            // A compressed name, and one that never ends.
            b"\0\x01\0\0\0\x01\0\0\0\0\0\0\xc0\x0c\0\x01\0\x01",
            &[b"\0\x01\0\0\0\x01\0\0\0\0\0\0".as_slice(), &[b'?'; 400]].concat(),
        ] {
            assert_eq!(Question::of(data), None, "{data:?}");
        }
    }
}
