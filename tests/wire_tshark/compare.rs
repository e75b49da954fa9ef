//! One packet's fields and checksums against tshark's.

use socket_lab::explain::purpose::is_wiresharks;
use socket_lab::wire::{Checksum, Field, Packet, Unchecked};

use super::differences::{ONLY_OURS, ONLY_THEIRS, OTHER_VALUE, WIDER, listed};
use super::theirs::{Theirs, is_about_checksum};

fn flatten<'f, 'a>(fields: &'f [Field<'a>], all: &mut Vec<&'f Field<'a>>) {
    for field in fields {
        all.push(field);
        flatten(field.parts(), all);
    }
}

/// Fields for bytes that we do not take apart; where tshark does, nothing is compared.
fn is_left_whole(id: &str) -> bool {
    [
        ".unread",
        ".padding",
        ".body",
        ".dnssl",
        ".unknown",
        ".unknown_data",
        "mptcp.data",
        "mptcp.subtype_data",
    ]
    .iter()
    .any(|end| id.ends_with(end))
}

fn brief(field: &Field<'_>) -> String {
    format!(
        "bytes {}+{} [{}] {field}",
        field.byte(),
        field.length(),
        hex(field.raw())
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn same_value(ours: &Field<'_>, theirs: &Theirs) -> bool {
    if theirs.masked {
        return ours.number() == u64::from_str_radix(&theirs.value, 16).ok();
    }
    let from = 2 * (ours.byte() - theirs.pos);
    theirs.value.is_empty() || theirs.value.get(from..from + 2 * ours.length()) == Some(&hex(ours.raw()))
}

/// What differs in one packet.
pub(super) fn compare(packet: &Packet<'_>, theirs: &[Theirs], mut say: impl FnMut(&str, &str, String)) {
    let made: Vec<_> = packet.fields().collect();
    let mut ours = Vec::new();
    flatten(&made, &mut ours);
    // Behind our last header tshark may read on: we do not.
    let end = packet.payload().at;
    for field in &ours {
        let id = field.id();
        let exact = theirs
            .iter()
            .find(|other| other.name == id && (other.pos, other.size) == (field.byte(), field.length()));
        let around = theirs.iter().find(|other| {
            other.name == id && other.pos <= field.byte() && field.byte() + field.length() <= other.pos + other.size
        });
        match (exact, around) {
            (Some(other), _) if !listed(OTHER_VALUE, id) => {
                if !same_value(field, other) {
                    say("value", id, format!("{} against {other:?}", brief(field)));
                }
            }
            (Some(_), _) => {}
            (None, Some(other)) if listed(WIDER, id) => {
                if !same_value(field, other) {
                    say("value", id, format!("{} against {other:?}", brief(field)));
                }
            }
            (None, Some(other)) => say("wider", id, format!("{} against {other:?}", brief(field))),
            (None, None) if listed(ONLY_OURS, id) || !is_wiresharks(id) => {}
            (None, None) => say("only ours", id, brief(field)),
        }
    }
    let (verdicts, theirs): (Vec<_>, Vec<_>) = theirs.iter().partition(|other| is_about_checksum(&other.name));
    compare_checksums(packet, &verdicts, &mut say);
    for other in theirs
        .iter()
        .filter(|other| other.pos < end && !listed(ONLY_THEIRS, &other.name))
    {
        let known = ours.iter().any(|field| {
            let overlap = field.byte() < other.pos + other.size && other.pos < field.byte() + field.length();
            overlap && (field.id() == other.name || is_left_whole(field.id()))
        });
        if !known {
            say("only theirs", &other.name, format!("{other:?}"));
        }
    }
}

/// tshark's verdicts (0 bad, 1 good, 2 not verified, 3 not present) and its right values.
fn compare_checksums(packet: &Packet<'_>, verdicts: &[&Theirs], say: &mut impl FnMut(&str, &str, String)) {
    let is_cut = packet.original_length() > packet.bytes().len();
    for (index, layer) in packet.layers().iter().enumerate() {
        let Some(ours) = packet.checksum(index) else {
            continue;
        };
        let place = layer
            .fields()
            .iter()
            .find(|field| field.id().ends_with(".checksum"))
            .map(Field::byte);
        let told = |end: &str| {
            let is_it = |other: &&&Theirs| Some(other.pos) == place && other.name.ends_with(end);
            verdicts.iter().find(is_it).map(|other| other.show.as_str())
        };
        let (verdict, right) = (told(".status"), told("_calculated"));
        let same = match ours {
            Checksum::Ok => verdict == Some("1"),
            Checksum::Partial { full: value } | Checksum::Bad { right: value } => {
                // Of ICMP tshark gives no right value.
                verdict == Some("0") && right.is_none_or(|right| right == format!("{value:#06x}"))
            }
            Checksum::NotPresent => verdict == Some("3"),
            // tshark checks a quotation that happens to be whole.
            Checksum::NotCheckable(Unchecked::Quoted) => true,
            Checksum::NotCheckable(_) => matches!(verdict, Some("2") | None),
        };
        // tshark checks nothing in a cut frame, even where all bytes that count are there.
        let untried = is_cut && verdict == Some("2");
        if !(same || untried) {
            say(
                "checksum",
                layer.protocol().name(),
                format!("{ours:?} against {verdict:?}, {right:?}"),
            );
        }
    }
}
