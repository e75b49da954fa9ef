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

    /// Where an answer can come from to what arrives at the client, 0, or at the other end of the wire, 1: a router sends it on, and the
    /// server answers.
    pub(super) const fn answering(to: usize) -> &'static [Self] {
        match to {
            0 => &[Self::Client],
            _ => &[Self::RouterBeyond, Self::ServerBeyond, Self::OtherEnd],
        }
    }
}
