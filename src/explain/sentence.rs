//! What everything here is made of.

use std::borrow::Cow;
use std::net::{Ipv4Addr, SocketAddr};

use crate::flow::Party;
use crate::flow::number::Sequence;
use crate::wire::digits::{write_address, write_socket};

/// Few sentences have more bytes.
pub(super) const SENTENCE: usize = 192;

/// A sentence, or a part of one, without a full stop.
pub type Sentence = Cow<'static, str>;

/// A piece of a sentence.
pub(super) trait SentencePart {
    /// Adds it to the end.
    fn add_to(&self, text: &mut String);
}

impl<P: SentencePart + ?Sized> SentencePart for &P {
    fn add_to(&self, text: &mut String) {
        P::add_to(self, text);
    }
}

impl SentencePart for str {
    fn add_to(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl SentencePart for String {
    fn add_to(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl SentencePart for Sentence {
    fn add_to(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl SentencePart for Party {
    fn add_to(&self, text: &mut String) {
        text.push_str(self.word());
    }
}

impl SentencePart for Sequence {
    fn add_to(&self, text: &mut String) {
        self.0.add_to(text);
    }
}

/// `127.0.0.1:12000`
impl SentencePart for SocketAddr {
    fn add_to(&self, text: &mut String) {
        // Writing to a String cannot fail, here and below.
        let _ = write_socket(text, *self);
    }
}

/// `127.0.0.1`
impl SentencePart for Ipv4Addr {
    fn add_to(&self, text: &mut String) {
        let _ = write_address(text, (*self).into());
    }
}

/// Numbers in decimal digits.
macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl SentencePart for $number {
            fn add_to(&self, text: &mut String) {
                text.push_str(itoa::Buffer::new().format(*self));
            }
        }
    )+};
}

numbers!(u8, u16, u32, u64, usize, i32, i64);
