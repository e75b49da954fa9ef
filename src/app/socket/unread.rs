//! What is there to receive.

/// What waits in a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// Nothing so far.
    Nothing,
    /// At least this many bytes.
    Bytes(usize),
    /// The other end has closed or reset the connection.
    End,
}
