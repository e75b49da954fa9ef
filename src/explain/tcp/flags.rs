//! The flags in words.

use super::super::sentence::Sentence;
use crate::wire::tcp::{Flags, Tcp};

/// The flags in the order of their weight for this segment.
pub(super) fn meaning(tcp: &Tcp<'_>, is_refusal: bool) -> Sentence {
    let flags = tcp.flags();
    let opening = flags.has(Flags::SYN);
    let mut sentences: Vec<&str> = Vec::new();
    if opening && (flags.has(Flags::FIN) || flags.has(Flags::RST)) {
        return "no such segment in an orderly connection: it opens and ends at once".into();
    }
    if opening {
        sentences.push(if flags.has(Flags::ACK) {
            "SYN-ACK: agrees to open"
        } else {
            "SYN: asks to open"
        });
    }
    if flags.has(Flags::RST) {
        sentences.push(if is_refusal {
            "RST: refuses, nothing listens there"
        } else {
            "RST: breaks the connection off"
        });
    }
    if flags.has(Flags::FIN) {
        sentences.push("FIN: has sent everything");
    }
    if flags.has(Flags::PSH) {
        sentences.push("PSH: hand it to the program now");
    }
    if flags.has(Flags::ACK) && !opening {
        sentences.push("ACK: the ack number counts");
    }
    if flags.has(Flags::URG) {
        sentences.push("URG: the urgent pointer counts");
    }
    sentences.extend(congestion(flags));
    if sentences.is_empty() {
        return "no flag at all: no segment of an orderly connection".into();
    }
    sentences.join("; ").into()
}

/// ECN in the handshake: RFC 3168 section 6.1.1; the three bits together: RFC 9768 section 3.1
fn congestion(flags: Flags) -> Option<&'static str> {
    let marked = (flags.has(Flags::AE), flags.has(Flags::CWR), flags.has(Flags::ECE));
    let syn = flags.has(Flags::SYN);
    match marked {
        (false, false, false) => None,
        (true, true, true) if syn => Some("AE-CWR-ECE: offers accurate ECN"),
        (false, true, true) if syn && flags.has(Flags::ACK) => Some("CWR-ECE: answers the offer of accurate ECN"),
        (false, true, true) if syn => Some("CWR-ECE: offers ECN"),
        // RFC 3168 section 6.1.1: an offer has both. RFC 9768 section 3.1.3: what else comes in a SYN counts as an offer of accurate ECN.
        (false, false, true) if syn && !flags.has(Flags::ACK) => {
            Some("ECE: alone it does not offer ECN, which takes ECE and CWR (RFC 3168)")
        }
        (false, true, false) if syn && !flags.has(Flags::ACK) => {
            Some("CWR: alone it does not offer ECN, which takes ECE and CWR (RFC 3168)")
        }
        (false, false, true) if syn => Some("ECE: agrees to ECN"),
        _ if syn && !flags.has(Flags::ACK) => Some("AE, CWR and ECE offer accurate ECN only all together"),
        _ if syn => Some("AE-CWR-ECE: answers the offer of accurate ECN"),
        (false, true, false) => Some("CWR: has slowed down"),
        (false, false, true) => Some("ECE: a router on the way is congested"),
        (false, true, true) => Some("CWR-ECE: has slowed down, and a router is congested again"),
        _ => Some("AE-CWR-ECE: counts congestion marks"),
    }
}
