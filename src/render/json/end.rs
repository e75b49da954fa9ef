//! An end of the communication. The comments on keys are those of the schema.

use std::net::IpAddr;

use serde::Serialize;

/// One end of the communication.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "End"))]
pub(super) struct EndRecord {
    /// The IPv4 or IPv6 address.
    pub(super) ip: IpAddr,
    /// The port of TCP or UDP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) port: Option<u16>,
}
