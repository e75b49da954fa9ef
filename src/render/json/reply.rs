//! Which request a datagram answers, as the view shows it. The comments on keys are those of the schema.

use serde::Serialize;

use crate::explain::packet::words;
use crate::flow::datagram::DatagramPart;

/// A reply's request.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Reply"))]
pub(super) struct ReplyRecord {
    /// Number of the packet with the request; absent where several may be it.
    #[serde(skip_serializing_if = "Option::is_none")]
    packet: Option<u64>,
    /// Nanoseconds since then; absent too where the clock went back.
    #[serde(skip_serializing_if = "Option::is_none")]
    nanoseconds: Option<i64>,
    /// Had the request a reply before this one?
    another: bool,
    /// How sure that is: `fact`, where the data show it, `deduced`, or `one-of-several`.
    certainty: &'static str,
    /// What shows it.
    evidence: EvidenceRecord,
}

/// What shows which request a reply answers.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ReplyEvidence"))]
struct EvidenceRecord {
    /// `same-data`, `same-data-in-uppercase`, `dns-identifier-and-question`, `only-waiting-request`, `to-the-socket-that-asked`,
    /// `latest-request-after-a-pause`;
    /// `several-requests` where none of these decides.
    kind: &'static str,
    /// Numbers of the packets with the requests that it may answer; of more than four the first three and the last.
    packets: Vec<u64>,
    /// How many requests these are.
    count: u32,
}

/// Which request the datagram answers.
pub(super) fn replies(part: DatagramPart) -> Option<ReplyRecord> {
    Some(match part {
        DatagramPart::Reply(reply) => ReplyRecord {
            packet: Some(reply.request),
            nanoseconds: reply.after,
            another: reply.is_another,
            certainty: words::reply_certainty(reply.evidence),
            evidence: EvidenceRecord {
                kind: words::evidence(reply.evidence),
                packets: vec![reply.request],
                count: 1,
            },
        },
        DatagramPart::ReplyFromElsewhere(answer) => ReplyRecord {
            packet: Some(answer.request),
            nanoseconds: answer.after,
            another: false,
            certainty: words::reply_certainty(answer.evidence),
            evidence: EvidenceRecord {
                kind: words::evidence(answer.evidence),
                packets: vec![answer.request],
                count: 1,
            },
        },
        DatagramPart::ReplyToOneOf(candidates) => ReplyRecord {
            packet: None,
            nanoseconds: None,
            another: false,
            certainty: words::ONE_OF_SEVERAL,
            evidence: EvidenceRecord {
                kind: "several-requests",
                packets: candidates.packets().to_vec(),
                count: candidates.count,
            },
        },
        DatagramPart::Request { .. } | DatagramPart::Copy { .. } | DatagramPart::Unasked => return None,
    })
}
