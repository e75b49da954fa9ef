//! Words for packets and calls, from the fullest to the shortest: the text forms take the first that fits.

use super::{Arrow, ArrowContent, CallPoint, CallRow, SegmentRun};
use crate::calls::{Call, CallName, Role};
use crate::escape::columns::Columns as _;
use crate::explain::packet::{self, datagram_tag, flag_names, words};
use crate::explain::{count, grouped};
use crate::flow::datagram::{DatagramPart, IcmpErrorKind};
use crate::flow::number::Number;
use crate::flow::segment::{Remark, Remarks, ResetCause, SegmentPart};
use crate::render::text_style::CharacterSet;
use crate::timeline::PayloadStart;

/// Words for something, from the fullest to the shortest, and what else has to be said where it does not fit.
pub(in crate::render) struct Label {
    pub(in crate::render) words: Vec<String>,
    /// How the text begins that it carries: a quotation beside the words or below them.
    pub(in crate::render) payload_start: Option<PayloadStart>,
    /// Is shown in brackets after the words, or below them.
    pub(in crate::render) remark: Option<String>,
    /// Is shown in brackets below the words when only the shortest of them fit.
    pub(in crate::render) else_below: Option<String>,
}

/// What an arrow says, in these characters.
pub(in crate::render) fn packet(arrow: &Arrow, characters: CharacterSet) -> Label {
    let payload_start = arrow.payload_start;
    match arrow.content {
        ArrowContent::Segment {
            part,
            flags,
            sequence,
            acknowledgment,
            length,
            remarks,
            first_sent,
        } => {
            let flags = flag_names(flags).to_string();
            let sequence = numbered("seq", sequence);
            let acknowledgment = acknowledgment.map(|number| numbered("ack", number));
            let bytes = format!("len={length}");
            let join = |parts: &[Option<&str>]| -> String {
                let parts: Vec<&str> = parts.iter().flatten().copied().collect();
                parts.join(" ")
            };
            let (flags, sequence, ack) = (Some(&*flags), Some(sequence.as_str()), acknowledgment.as_deref());
            let length_text = (length > 0).then_some(bytes.as_str());
            let mut words = vec![join(&[flags, sequence, ack, length_text])];
            if length > 0 {
                words.push(join(&[flags, sequence, length_text]));
                words.push(join(&[flags, length_text]));
                words.push(count(length, "byte"));
            } else {
                words.push(join(&[flags, ack.or(sequence)]));
                words.extend(flags.map(str::to_owned));
            }
            Label {
                words,
                payload_start,
                remark: segment_remark(part, remarks.each(), first_sent, arrow.is_unanswered),
                else_below: None,
            }
        }
        ArrowContent::Datagram {
            source,
            destination,
            length,
            part,
        } => {
            let bytes = count(length, "byte");
            let to = characters.arrow();
            let words = match characters {
                CharacterSet::Plain => vec![format!("UDP from port {source} to port {destination}, {bytes}")],
                CharacterSet::Unicode | CharacterSet::Ascii => vec![
                    format!("UDP {source} {to} {destination} len={length}"),
                    format!("{source} {to} {destination} len={length}"),
                    bytes,
                ],
            };
            Label {
                words,
                payload_start,
                remark: datagram_remark(part, arrow.is_unanswered),
                // Without spaces it fits the narrowest ladder.
                else_below: Some(format!("{source}{to}{destination}")),
            }
        }
        ArrowContent::Notice { says, about, copies } => {
            let says = icmp_error_kind(says);
            let about = about.map(|number| format!("ICMP {says}, for packet {number}"));
            Label {
                words: about
                    .into_iter()
                    .chain([format!("ICMP {says}"), "ICMP".to_owned()])
                    .collect(),
                payload_start,
                remark: copies.map(|first| format!("copy of {first}")),
                else_below: Some(says.to_owned()),
            }
        }
    }
}

/// What an arrow for several packets says.
pub(in crate::render) fn run(run: &SegmentRun) -> Label {
    let segments = count(run.segments, "segment");
    let bytes = count(run.bytes, "byte");
    let packets = format!("packets {} to {}", run.first, run.last);
    let packets = match run.acknowledgments {
        0 => packets,
        acks => format!("{packets}, {} back", count(acks, "ACK")),
    };
    Label {
        words: vec![
            format!("{segments}, {bytes}"),
            format!("{segments}, {} B", grouped(run.bytes)),
            segments,
        ],
        payload_start: None,
        else_below: Some(bytes),
        remark: Some(packets),
    }
}

/// `seq=1`; of a number from before the beginning of its stream the one in the header, `raw seq=4294901760`.
fn numbered(name: &str, number: Number) -> String {
    if number.relative < 0 {
        format!("raw {name}={}", number.raw)
    } else {
        format!("{name}={}", number.relative)
    }
}

fn segment_remark(
    part: SegmentPart,
    remarks: impl Iterator<Item = Remark>,
    first_sent: Option<u64>,
    is_unanswered: bool,
) -> Option<String> {
    let of = first_sent.map_or(String::new(), |number| format!(" of {number}"));
    // That a connection is refused, broken off, half-closed or closed by both at once, the states say.
    let says_more = |part| matches!(part, SegmentPart::Reset(cause) if !matches!(cause, ResetCause::NotTaken(_)));
    let kind = words::part_tag(part).filter(|_| !says_more(part));
    let kind = kind.map(str::to_owned);
    let remarks: Remarks = remarks.collect();
    let words = packet::shown(remarks).filter_map(|remark| {
        let tag = words::remark_tag(remark);
        Some(match remark {
            Remark::HalfClosed | Remark::SimultaneousClose => return None,
            Remark::Retransmission | Remark::FastRetransmission | Remark::SpuriousRetransmission => {
                format!("{tag}{of}")
            }
            _ => tag.to_owned(),
        })
    });
    let silence = is_unanswered.then(|| "no answer".to_owned());
    let mut all: Vec<String> = kind.into_iter().chain(words).chain(silence).collect();
    all.dedup();
    (!all.is_empty()).then(|| all.join(", "))
}

/// The reply to a request, where the data prove it, needs no word.
fn datagram_remark(part: DatagramPart, is_unanswered: bool) -> Option<String> {
    let is_plain = matches!(part, DatagramPart::Unasked)
        || matches!(part, DatagramPart::Reply(reply) if !reply.is_another && reply.evidence.is_proof());
    let tag = (!is_plain).then(|| datagram_tag(part)).flatten();
    let silence = is_unanswered.then(|| "no reply captured".to_owned());
    let all: Vec<String> = tag.into_iter().chain(silence).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// What an ICMP error says.
pub(in crate::render) const fn icmp_error_kind(says: IcmpErrorKind) -> &'static str {
    match says {
        IcmpErrorKind::PortUnreachable => "port unreachable",
        IcmpErrorKind::ProtocolUnreachable => "protocol unreachable",
        IcmpErrorKind::Unreachable => "destination unreachable",
        IcmpErrorKind::Prohibited => "prohibited",
        IcmpErrorKind::TooBig => "too big",
        IcmpErrorKind::TimeExceeded => "time exceeded",
        IcmpErrorKind::ReassemblyTimeExceeded => "reassembly time exceeded",
        IcmpErrorKind::Other => "another error",
    }
}

/// What a call says at one of its points, for a column of this width: its name and its descriptor, as strace writes them, and
/// `called` or what it returned; other arguments where there is room.
pub(in crate::render) fn call(row: &CallRow, width: usize) -> CallLabel {
    let call = &row.call;
    let name = call.call.word();
    let handles = [full(call), format!("{name}{}", handle(call))];
    // With less room, other arguments would be in some rows and not in others.
    let roomy = usize::from(width < ROOMY);
    let mut words = Vec::new();
    for inside in handles.iter().skip(roomy) {
        match row.point {
            CallPoint::Entered => words.push(format!("{inside} called")),
            CallPoint::Returned | CallPoint::Whole => {
                for outcome in outcomes(call) {
                    words.push(format!("{inside} = {outcome}"));
                }
            }
        }
    }
    let [_, handle] = &handles;
    if row.point != CallPoint::Entered {
        words.push(format!("{handle}={}", call.result));
    }
    words.push(handle.clone());
    // In the narrowest ladder, a long name and a descriptor of two digits leave no other way.
    words.push(format!("{name}()"));
    if row.point == CallPoint::Returned {
        // It was entered with all of these; here the result counts.
        words.retain(|text| roomy > 0 || !text.starts_with(&format!("{} =", full(call))) || full(call) == *handle);
    }
    let text = words.iter().find(|text| text.columns() <= width).or(words.last());
    let text = text.cloned().unwrap_or_default();
    let mut details = details(row);
    if row.point != CallPoint::Entered && !text.contains('=') && !details_say_result(call) {
        let returns = format!("returns {}", call.result);
        let first = details.first().map(|detail| format!("{detail}, {returns}"));
        details.splice(..0, first);
        details.push(returns);
    }
    CallLabel {
        details: details
            .into_iter()
            .filter(|detail| {
                let prefixes = ["to ", "backlog "];
                let fact = prefixes.iter().find_map(|prefix| detail.strip_prefix(prefix));
                !text.contains(fact.unwrap_or(detail))
            })
            .collect(),
        text,
    }
}

/// Whether the remarks have what the call returned, in their own words: the error, or the bytes received.
fn details_say_result(call: &Call) -> bool {
    call.error.is_some() || matches!(call.call, CallName::Recv | CallName::RecvFrom)
}

/// From this width on, a side has room for other arguments than the descriptor. The sides of the report and of the pictures are
/// narrower: they have the words of a ladder in 80 columns.
const ROOMY: usize = 25;

/// What is written beside a call.
pub(in crate::render) struct CallLabel {
    /// In its lane.
    pub(in crate::render) text: String,
    /// Other remarks, from full to short; each alone.
    pub(in crate::render) details: Vec<String>,
}

/// The remarks about a call at this point, from full to short.
fn details(row: &CallRow) -> Vec<String> {
    let call = &row.call;
    let enters = row.point != CallPoint::Returned;
    let leaves = row.point != CallPoint::Entered;
    if let Some(error) = call.error.as_ref().filter(|_| leaves) {
        return vec![format!("{}: {}", error.name, error.text), error.name.clone()];
    }
    match call.call {
        CallName::Accept if leaves => vec!["new connection socket".to_owned(), "new socket".to_owned()],
        CallName::Accept => vec!["welcoming socket".to_owned(), "welcoming".to_owned()],
        CallName::Connect if enters => call.remote.map(|address| format!("to {address}")).into_iter().collect(),
        CallName::Send | CallName::SendTo if enters => {
            call.asked.map(|bytes| count(bytes, "byte")).into_iter().collect()
        }
        CallName::Recv if leaves && call.result == 0 => vec!["the end of the stream".to_owned(), "the end".to_owned()],
        CallName::Recv | CallName::RecvFrom if leaves => {
            call.bytes.map(|bytes| count(bytes, "byte")).into_iter().collect()
        }
        CallName::Listen => call
            .argument
            .iter()
            .map(|backlog| format!("backlog {backlog}"))
            .collect(),
        CallName::Recv | CallName::Close | CallName::Shutdown if call.role == Role::ConnectionSocket && enters => {
            vec!["connection socket".to_owned(), "connection".to_owned()]
        }
        _ => call.argument.clone().into_iter().collect(),
    }
}

/// The call with all its arguments.
pub(in crate::render) fn full(call: &Call) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(call.passed_fd().map(|fd| fd.to_string()));
    parts.extend(call.argument.clone());
    if matches!(call.call, CallName::Send | CallName::SendTo) {
        parts.extend(call.asked.map(|bytes| count(bytes, "byte")));
    }
    if matches!(call.call, CallName::Connect | CallName::SendTo) {
        parts.extend(call.remote.map(|address| address.to_string()));
    }
    format!("{}({})", call.call.word(), parts.join(", "))
}

/// `(3)`, its file descriptor, as strace writes calls; `socket()` has none yet.
pub(in crate::render) fn handle(call: &Call) -> String {
    call.passed_fd().map_or_else(|| "()".to_owned(), |fd| format!("({fd})"))
}

/// What it returned, from full to short.
pub(in crate::render) fn outcomes(call: &Call) -> Vec<String> {
    let result = call.result.to_string();
    if let Some(error) = &call.error {
        return vec![format!("{result} {} ({})", error.name, error.text), result];
    }
    match call.call {
        CallName::Recv if call.result == 0 => vec![format!("{result}, the end of the stream"), result],
        CallName::Accept => {
            let from = call.remote.map(|client| format!("{result}, for {client}"));
            from.into_iter().chain([result]).collect()
        }
        _ => vec![result],
    }
}
