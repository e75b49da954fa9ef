//! What a datagram carries, as far as it shows which request a reply answers.

use smallvec::SmallVec;

use super::datagram::Evidence;
use super::dns::Question;

/// The data of a datagram, in 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Content {
    /// Of the data; of a DNS message, of its identifier and question.
    exact: u64,
    /// What a reply with the same text in uppercase has.
    uppercase: u64,
}

/// Data of up to this many bytes are raised to uppercase without memory of their own.
const SHORT: usize = 128;

/// How a hash begins, by what is hashed.
const DATA: u64 = 0xcbf2_9ce4_8422_2325;
const QUERY: u64 = 1;
const RESPONSE: u64 = 2;
/// This bit of a hash is set for DNS messages only.
const IS_DNS: u64 = 1;

impl Content {
    /// Nothing is known of the data: it was cut, or there is none. Then it shows nothing.
    pub(super) const UNKNOWN: Self = Self { exact: 0, uppercase: 0 };

    /// Of the whole data.
    pub(super) fn of(data: &[u8]) -> Self {
        if data.is_empty() {
            return Self::UNKNOWN;
        }
        if let Some(question) = Question::of(data) {
            // Names are the same in any case. RFC 4343
            let name = uppercase(question.bytes);
            let begins = |start| hash(start ^ u64::from(question.id) << 8, &name) | IS_DNS;
            return Self {
                exact: begins(if question.is_response { RESPONSE } else { QUERY }),
                uppercase: begins(RESPONSE),
            };
        }
        // Nearly all text is ASCII, and to see that costs a fraction of reading it as UTF-8.
        let is_ascii = data.iter().fold(0, |bits, byte| bits | byte) < 0x80;
        let text = if is_ascii { None } else { std::str::from_utf8(data).ok() };
        let in_uppercase = match text {
            Some(text) => hash(DATA, text.to_uppercase().as_bytes()),
            None => hash(DATA, &uppercase(data)),
        };
        let of_other_data = |hash: u64| (hash & !IS_DNS).max(2);
        Self {
            exact: of_other_data(hash(DATA, data)),
            uppercase: of_other_data(in_uppercase),
        }
    }

    /// Is it a DNS message with one question?
    const fn is_dns(self) -> bool {
        self.exact & IS_DNS != 0
    }

    /// Does this data of a datagram show that it does not answer this request? A DNS message is the response to the query with its
    /// identifier and question, and to no other. RFC 5452 section 9.1
    pub(super) const fn is_of_another(self, request: Self) -> bool {
        self.is_dns() && request.is_dns() && self.exact != request.uppercase
    }

    const fn is_known(self) -> bool {
        self.exact != 0
    }

    /// Is it the same data?
    pub(super) const fn is_same(self, other: Self) -> bool {
        self.is_known() && self.exact == other.exact
    }

    /// What this data of a reply shows: that this is the data of its request.
    pub(super) fn answers(self, request: Self, reply: &[u8]) -> Option<Evidence> {
        if !self.is_known() || !request.is_known() {
            return None;
        }
        if self.exact == request.uppercase {
            let is_dns = Question::of(reply).is_some();
            return Some(match self.exact == request.exact {
                _ if is_dns => Evidence::DnsQuestion,
                true => Evidence::SameData,
                false => Evidence::Uppercase,
            });
        }
        (self.exact == request.exact).then_some(Evidence::SameData)
    }
}

/// Its ASCII letters raised.
fn uppercase(data: &[u8]) -> SmallVec<[u8; SHORT]> {
    let mut letters = SmallVec::from_slice(data);
    letters.make_ascii_uppercase();
    letters
}

/// In the manner of FNV-1a, eight bytes at a time, the last ones filled up with zeros; never 0, which stands for nothing known.
fn hash(start: u64, data: &[u8]) -> u64 {
    let chunks = data.chunks_exact(8);
    let mut last = [0; 8];
    last.iter_mut()
        .zip(chunks.remainder())
        .for_each(|(place, &byte)| *place = byte);
    let words = chunks.filter_map(|chunk| chunk.try_into().ok()).chain([last]);
    let hash = words.fold(start ^ data.len() as u64, |hash, word| {
        let product = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        product ^ product >> 32
    });
    hash.max(1)
}

#[cfg(test)]
mod tests {
    use super::{Content, Evidence};

    fn answers(request: &[u8], reply: &[u8]) -> Option<Evidence> {
        Content::of(reply).answers(Content::of(request), reply)
    }

    #[test]
    fn the_same_text_and_its_uppercase_answer() {
        assert_eq!(answers(b"ping 1", b"PING 1"), Some(Evidence::Uppercase));
        assert_eq!(answers(b"ping 1", b"ping 1"), Some(Evidence::SameData));
        assert_eq!(answers(b"7", b"7"), Some(Evidence::SameData));
        assert_eq!(answers("straße".as_bytes(), b"STRASSE"), Some(Evidence::Uppercase));
        for (request, reply) in [
            (&b"ping 1"[..], &b"PING 2"[..]),
            (b"PING 1", b"ping 1"),
            (b"", b""),
            (b"a", b""),
        ] {
            assert_eq!(answers(request, reply), None, "{request:?} {reply:?}");
        }
    }

    #[test]
    fn a_dns_response_answers_the_query_with_its_identifier_and_question() {
        let message = |id: u8, flags: u8, name: u8| {
            [&[0, id, flags, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, name, 0, 0, 1, 0, 1][..]].concat()
        };
        let query = message(1, 1, b'a');
        assert_eq!(answers(&query, &message(1, 0x81, b'A')), Some(Evidence::DnsQuestion));
        for other in [&message(1, 0x81, b'a')[..], b"ping", b""] {
            assert!(!Content::of(other).is_of_another(Content::of(&query)), "{other:?}");
        }
        assert_eq!(answers(&query, &message(1, 0x81, b'a')), Some(Evidence::DnsQuestion));
        for other in [message(2, 0x81, b'a'), message(1, 0x81, b'b'), message(1, 1, b'b')] {
            assert_eq!(answers(&query, &other), None, "{other:?}");
            assert!(Content::of(&other).is_of_another(Content::of(&query)), "{other:?}");
        }
        assert_eq!(answers(&query, &query), Some(Evidence::SameData), "an echo service");
    }
}
