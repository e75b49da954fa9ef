//! What a connection has beside it.

use std::net::SocketAddr;

use crate::frame::Time;

/// What a connection has beside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct CaptureContext<'c> {
    pub(super) start: Option<Time>,
    /// The first connections of the capture: number, client, server.
    pub(super) connections: &'c [(u64, SocketAddr, SocketAddr)],
    /// The capture has more than these.
    pub(super) has_more: bool,
}
