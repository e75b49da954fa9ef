//! What a capture cannot do as well as it should, and what to do about it.

use std::fmt;

/// Something that the user should know from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The kernel gave a smaller receive buffer than asked for.
    SmallBuffer {
        /// In bytes.
        asked: usize,
        /// In bytes.
        given: usize,
    },
    /// The kernel gave no ring: frames are read one by one.
    NoRing {
        /// What it said.
        reason: String,
    },
    /// This system has no packet sockets: the capture has less than it would have on Linux.
    PlainChannel,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SmallBuffer { asked, given } => write!(
                f,
                "the receive buffer has {given} bytes instead of {asked}: a burst of frames may be lost, and would be \
                 counted as dropped. More is given to root, to the capability CAP_NET_ADMIN, or to everybody after: \
                 sudo sysctl net.core.rmem_max={asked}"
            ),
            Self::NoRing { reason } => write!(
                f,
                "the kernel gives no memory to share ({reason}): each packet is read by system calls of its own, so fewer can be \
                 captured in a second"
            ),
            Self::PlainChannel => f.write_str(
                "on this system frames are captured without the kernel's time stamps (the times are those of reading), \
                 direction, drop statistics and kernel filter; loopback frames may appear twice",
            ),
        }
    }
}
