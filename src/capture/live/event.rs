//! What a capture reports, and what ends it.

use crate::frame::Frame;

/// What ends the waiting for frames: a descriptor that becomes readable, and stays so, when the program is told to quit.
#[cfg(unix)]
pub type CancelDescriptor<'a> = std::os::fd::BorrowedFd<'a>;
/// What ends the waiting for frames: a token that is set when the program is told to quit.
#[cfg(not(unix))]
pub type CancelDescriptor<'a> = &'a std::sync::atomic::AtomicBool;

/// What happened next on the interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureEvent<'a> {
    /// A frame passed.
    Frame(Frame<'a>, KernelChecksum),
    /// The interface went down, or was down when the capture began. The capture waits for it to come up again.
    InterfaceDown,
    /// The interface is up again.
    InterfaceUp,
    /// Nothing to report within the time.
    Idle,
    /// The quit came, and every frame that had passed before it has been handed out.
    Stopped,
}

/// What the kernel knows about the checksum of the transport header. packet(7), `PACKET_AUXDATA`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KernelChecksum {
    /// Not computed yet: left to the network card, and never computed on loopback (`TP_STATUS_CSUMNOTREADY`). The field holds the
    /// sum of the pseudo-header alone.
    NotReady,
    /// Checked already, by the card or the kernel (`TP_STATUS_CSUM_VALID`).
    Valid,
    /// Nothing is known.
    Unknown,
}

/// How many frames passed the filter, counted by the kernel. packet(7), `PACKET_STATISTICS`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaptureStatistics {
    /// Frames that passed the filter, those dropped among them.
    pub received: u64,
    /// Frames that passed the filter and found the receive buffer full.
    pub dropped: u64,
}
