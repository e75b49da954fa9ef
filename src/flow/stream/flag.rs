//! What is known of a stream as yes or no.

/// A flag of a stream.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(in crate::flow) enum StreamFlag {
    /// Its base is set.
    Begun = 1,
    /// A segment of its sender was captured.
    Sent = 1 << 1,
    /// Its SYN was captured.
    SynSeen = 1 << 2,
    /// Its FIN was captured.
    FinSeen = 1 << 3,
    /// Its sender takes selective acknowledgments.
    SackPermitted = 1 << 4,
    /// The last segment asked whether the other end is there.
    AskedAlive = 1 << 5,
    /// The last segment asked whether the other end's window has opened.
    AskedWindow = 1 << 6,
    /// Some outstanding segment could not be remembered.
    LostTrack = 1 << 7,
    /// Its SYN offered a window scale.
    ScaleOffered = 1 << 8,
    /// Its sender's state is inferred.
    Inferred = 1 << 9,
    /// Its sender advertised a window of known scale after its SYN.
    WindowKnown = 1 << 10,
    /// What was acknowledged is further than what was sent, as far as that was captured.
    AckLeads = 1 << 11,
    /// A packet of its sender had a timestamp.
    Stamped = 1 << 12,
    /// Its timer has run out, and not all is acknowledged that was sent before.
    TimedOut = 1 << 13,
    /// Its sender was asked to send again, and not all is acknowledged that was sent before.
    Recovering = 1 << 14,
    /// Its SYN was captured again.
    SynAgain = 1 << 15,
    /// Its last segment may have come twice to the other end, which answers that.
    CameTwice = 1 << 16,
    /// A segment of its sender had a right checksum.
    ChecksumRight = 1 << 17,
    /// A segment of its sender was damaged.
    DamageSeen = 1 << 18,
    /// Two packets of its sender that differ had the same identification, so that it identifies none.
    SameIdentification = 1 << 19,
    /// Its first SYN was answered with a challenge ACK of the connection before. RFC 9293 section 3.5.1
    SynChallenged = 1 << 20,
    /// What is acknowledged of it is only assumed: the capture begins with its data, and no acknowledgment has reached them.
    AckAssumed = 1 << 21,
}
