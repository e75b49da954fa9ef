//! What everything here is made of.

use std::borrow::Cow;

/// Few sentences have more bytes.
pub(super) const SENTENCE: usize = 192;

/// A sentence, or a part of one, without a full stop.
pub type Sentence = Cow<'static, str>;
