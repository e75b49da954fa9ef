//! What every option of TCP has. RFC 9293 section 3.1

use super::super::field::{Form, Spec, bytes, rest};

const fn kind(name: &'static str) -> Spec {
    bytes("tcp.option_kind", name, 0, 1, Form::Decimal)
}
pub(super) const KIND: Spec = kind("kind");
pub(super) const LENGTH: Spec = bytes("tcp.option_len", "length", 1, 1, Form::Count("bytes"));

pub(super) const fn whole(id: &'static str, name: &'static str) -> Spec {
    rest(id, name, 0, Form::Option)
}

/// Bytes that an option has and its kind does not.
pub(super) static SURPLUS: Spec = rest("tcp.options.surplus", "bytes beyond the option", 0, Form::Bytes);
