//! What is claimed of a segment's cause, as the view shows it. The comments on keys are those of the schema.

use serde::Serialize;

use crate::explain::packet::words;
use crate::flow::PacketInFlow;
use crate::flow::claim::{self, Evidence};
use crate::flow::order::OrderSign;

/// A claim of a cause.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Claim"))]
pub(super) struct ClaimRecord {
    /// A remark, a delay, a part, `other-content` or `larger-than-mss`.
    what: &'static str,
    /// `fact`, `deduced` or `one-of-several`: other causes would look the same here.
    certainty: &'static str,
    /// What shows it, the strongest first.
    evidence: Vec<EvidenceRecord>,
}

/// What shows a cause.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Evidence"))]
struct EvidenceRecord {
    /// `packet`, `identification`, `timestamp`, `round-trip`, `time` or `selective-acknowledgment`.
    by: &'static str,
    /// Number of the packet with which it is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    packet: Option<u64>,
    /// The identification or timestamp of this packet.
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<u32>,
    /// That of the other packet.
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<u32>,
    /// Of a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    nanoseconds: Option<i64>,
}

/// What is claimed of a packet.
pub(super) fn claims(in_flow: &PacketInFlow) -> Vec<ClaimRecord> {
    let each = claim::claims(in_flow).into_iter();
    each.map(|claim| ClaimRecord {
        what: words::claimed(claim.what),
        certainty: words::certainty(claim.certainty),
        evidence: claim.evidence.into_iter().flatten().map(evidence).collect(),
    })
    .collect()
}

fn evidence(evidence: Evidence) -> EvidenceRecord {
    let none = EvidenceRecord {
        by: "selective-acknowledgment",
        packet: None,
        own: None,
        other: None,
        nanoseconds: None,
    };
    match evidence {
        Evidence::Packet(packet) => EvidenceRecord {
            by: "packet",
            packet: Some(packet),
            ..none
        },
        Evidence::Order(order) => {
            let (by, own, other) = match order.by {
                OrderSign::Identification(own, other) => ("identification", own.into(), other.into()),
                OrderSign::Timestamp(own, other) => ("timestamp", own, other),
            };
            EvidenceRecord {
                by,
                packet: Some(order.other),
                own: Some(own),
                other: Some(other),
                ..none
            }
        }
        Evidence::RoundTrip(time) => EvidenceRecord {
            by: "round-trip",
            nanoseconds: Some(time),
            ..none
        },
        Evidence::Pause(time) => EvidenceRecord {
            by: "time",
            nanoseconds: Some(time),
            ..none
        },
        Evidence::Selective => none,
    }
}
