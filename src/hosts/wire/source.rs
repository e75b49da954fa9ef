//! The ends that a wire takes frames from.

/// Where a frame comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The client.
    Client,
    /// The other end of the wire: the server, or the router.
    OtherEnd,
    /// The router, on the server's side.
    RouterBeyond,
    /// The server, where a router is between.
    ServerBeyond,
}

impl Source {
    pub(super) const ALL: [Self; 4] = [Self::Client, Self::OtherEnd, Self::RouterBeyond, Self::ServerBeyond];
}
