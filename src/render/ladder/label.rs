//! Words for packets and calls, from the fullest to the shortest: the text forms take the first that fits.

use super::{Arrow, CallRow, Content, Moment, Run};
use crate::calls::{Call, Name};
use crate::escape::printable;
use crate::explain::packet::flag_names;
use crate::flow::datagram::Complaint;
use crate::flow::segment::{Part, Remark};

/// Words for something, from the fullest to the shortest, and what else has to be said where it does not fit.
pub(super) struct Label {
    pub(super) words: Vec<String>,
    /// Stands in brackets behind the words, or below them.
    pub(super) remark: Option<String>,
}

/// What an arrow says.
pub(super) fn packet(arrow: &Arrow) -> Label {
    match arrow.content {
        Content::Segment {
            part,
            flags,
            sequence,
            acknowledgment,
            length,
            remarks,
            first_sent,
        } => {
            let flags = flag_names(flags);
            let sequence = format!("seq={sequence}");
            let acknowledgment = acknowledgment.map(|number| format!("ack={number}"));
            let bytes = format!("len={length}");
            let join = |parts: &[Option<&str>]| -> String {
                let parts: Vec<&str> = parts.iter().flatten().copied().collect();
                parts.join(" ")
            };
            let (flags, sequence, ack) = (Some(flags.as_str()), Some(sequence.as_str()), acknowledgment.as_deref());
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
                remark: segment_remark(part, remarks.each(), first_sent),
            }
        }
        Content::Datagram { length, .. } => Label {
            words: vec![format!("UDP, {}", count(length, "byte")), count(length, "byte")],
            remark: None,
        },
        Content::Notice { says, about } => Label {
            words: vec!["ICMP".to_owned()],
            remark: Some(match about {
                Some(number) => format!("{}: packet {number}", complaint(says)),
                None => complaint(says).to_owned(),
            }),
        },
    }
}

/// What an arrow for several packets says.
pub(super) fn run(run: &Run) -> Label {
    let segments = count(run.segments, "segment");
    let bytes = count(run.bytes, "byte");
    Label {
        words: vec![
            format!("{segments}, {bytes}"),
            segments.clone(),
            run.segments.to_string(),
        ],
        remark: Some(match run.acknowledgments {
            0 => format!("packets {} to {}, {bytes}", run.first, run.last),
            acks => format!(
                "packets {} to {}, {bytes}, {} back",
                run.first,
                run.last,
                count(acks, "ACK")
            ),
        }),
    }
}

fn segment_remark(part: Part, remarks: impl Iterator<Item = Remark>, first_sent: Option<u64>) -> Option<String> {
    let of = first_sent.map_or(String::new(), |number| format!(" of {number}"));
    let kind = match part {
        Part::KeepAlive => Some("keep-alive".to_owned()),
        Part::KeepAliveAck => Some("answer to the keep-alive".to_owned()),
        Part::WindowUpdate => Some("window update".to_owned()),
        Part::WindowProbe => Some("window probe".to_owned()),
        Part::WindowProbeAck => Some("answer to the probe".to_owned()),
        _ => None,
    };
    let said = remarks.filter_map(|remark| {
        Some(match remark {
            Remark::Retransmission => format!("retransmission{of}"),
            Remark::FastRetransmission => format!("fast retransmission{of}"),
            Remark::SpuriousRetransmission => format!("needless retransmission{of}"),
            Remark::Overlap => "partly sent before".to_owned(),
            Remark::OutOfOrder => "out of order".to_owned(),
            Remark::Gap => "bytes missing before it".to_owned(),
            Remark::AcknowledgesUnseen => "acknowledges bytes not captured".to_owned(),
            Remark::DuplicateAck => "duplicate ACK".to_owned(),
            Remark::DuplicateSack => "arrived twice".to_owned(),
            Remark::ZeroWindow => "zero window".to_owned(),
            Remark::WindowFull => "window full".to_owned(),
            Remark::PortReuse => "ports used again".to_owned(),
            Remark::AfterEnd => "after the end".to_owned(),
            Remark::DataInSyn => "data in the SYN".to_owned(),
            // The states say it.
            Remark::HalfClosed | Remark::SimultaneousClose => return None,
        })
    });
    let mut all: Vec<String> = kind.into_iter().chain(said).collect();
    all.dedup();
    (!all.is_empty()).then(|| all.join(", "))
}

/// What an ICMP error says.
pub(super) const fn complaint(says: Complaint) -> &'static str {
    match says {
        Complaint::PortUnreachable => "port unreachable",
        Complaint::Unreachable => "host unreachable",
        Complaint::Prohibited => "prohibited",
        Complaint::TooBig => "too big",
        Complaint::TimeExceeded => "time exceeded",
        Complaint::Other => "another error",
    }
}

/// `1 byte`, `2 bytes`.
pub(super) fn count(number: u64, thing: &str) -> String {
    if number == 1 {
        format!("1 {thing}")
    } else {
        format!("{} {thing}s", grouped(number))
    }
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What a call says at one of its points.
pub(super) fn call(row: &CallRow) -> Vec<String> {
    let call = &row.call;
    let name = call.call.word();
    let entry = entries(call);
    let mut words: Vec<String> = match row.moment {
        Moment::Entered => {
            let mut words: Vec<String> = entry
                .iter()
                .flat_map(|entry| [format!("{entry} is called"), format!("{entry} called")])
                .collect();
            words.push(format!("{}: {}", call.role, full(call)));
            words.extend(entry);
            words
        }
        Moment::Returned | Moment::Whole => {
            let inside = if row.moment == Moment::Whole {
                full(call)
            } else {
                format!("{name}{}", handle(call))
            };
            let mut words = Vec::new();
            for outcome in outcomes(call) {
                words.push(format!("{}: {inside} = {outcome}", call.role));
                words.push(format!("{inside} = {outcome}"));
                words.push(format!("{name}{} = {outcome}", handle(call)));
                words.push(format!("{name}() = {outcome}"));
                words.push(format!("{name}()={outcome}"));
            }
            words.extend(call.error.as_ref().map(|error| error.name.clone()));
            words
        }
    };
    words.push(format!("{name}()"));
    words.dedup();
    // The log is a file from elsewhere.
    let mut words: Vec<String> = words
        .into_iter()
        .map(|text| printable(text.as_bytes()).into_owned())
        .collect();
    words.sort_by_key(|text| std::cmp::Reverse(text.chars().count()));
    words
}

/// The call as it is entered, from full to short.
fn entries(call: &Call) -> Vec<String> {
    let name = call.call.word();
    let mut words = vec![full(call)];
    words.extend(match (call.call, call.asked) {
        (Name::Send | Name::SendTo, Some(bytes)) => Some(format!("{name}({bytes} bytes)")),
        _ => None,
    });
    words.push(format!("{name}()"));
    words
}

/// The call with all its arguments.
pub(super) fn full(call: &Call) -> String {
    let mut parts: Vec<String> = Vec::new();
    if call.call != Name::Socket && call.fd >= 0 {
        parts.push(format!("fd {}", call.fd));
    }
    parts.extend(call.argument.clone());
    if matches!(call.call, Name::Send | Name::SendTo) {
        parts.extend(call.asked.map(|bytes| count(bytes, "byte")));
    }
    if matches!(call.call, Name::Connect | Name::SendTo) {
        parts.extend(call.remote.map(|address| address.to_string()));
    }
    format!("{}({})", call.call.word(), parts.join(", "))
}

/// `(fd 3)`; `socket()` has none yet.
fn handle(call: &Call) -> String {
    if call.call == Name::Socket || call.fd < 0 {
        "()".to_owned()
    } else {
        format!("(fd {})", call.fd)
    }
}

/// What it returned, from full to short.
pub(super) fn outcomes(call: &Call) -> Vec<String> {
    let result = call.result.to_string();
    if let Some(error) = &call.error {
        return vec![
            format!("{result} {} ({})", error.name, error.text),
            format!("{result} {}", error.name),
        ];
    }
    match call.call {
        Name::Recv if call.result == 0 => vec![
            format!("{result}, the end of the stream"),
            format!("{result}, the end"),
            result,
        ],
        Name::Recv | Name::RecvFrom | Name::Send | Name::SendTo => {
            let bytes = call.bytes.map(|bytes| count(bytes, "byte"));
            bytes.into_iter().chain([result]).collect()
        }
        Name::Accept => {
            let from = call.remote.map(|client| format!("fd {result}, for {client}"));
            from.into_iter().chain([format!("fd {result}"), result]).collect()
        }
        Name::Socket => vec![format!("fd {result}"), result],
        _ => vec![result],
    }
}
