//! The values with their time and their connection.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::info::TcpInfo;

/// What a kernel knew of a connection at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpSample {
    /// When it was asked: nanoseconds since 1970-01-01 00:00:00 UTC.
    pub time: i64,
    /// This end's address and port.
    pub local: SocketAddr,
    /// The other end's.
    pub remote: SocketAddr,
    /// What it knew.
    #[serde(flatten)]
    pub info: TcpInfo,
}
