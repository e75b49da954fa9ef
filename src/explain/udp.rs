//! UDP. RFC 768

use super::{Context, Sentence, checksum, ports};
use crate::wire::Field;

pub(super) fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
    Some(match field.id() {
        "udp.srcport" | "udp.dstport" => ports::kind(field.number()?),
        "udp.length" => match field.number()? {
            0 => "0: at least 8 is right, but for IPv6 jumbograms".into(),
            length @ 1..=7 => format!("wrong: the header alone has 8, not {length}").into(),
            length => format!("8 header + {} data", length - 8).into(),
        },
        "udp.checksum" => checksum::meaning(context, "covers pseudo-header, header and data")?,
        _ => return None,
    })
}
