//! What a program needs root's power for, from one step to the next.

use caps::{Capability, CapsHashSet};

/// What root's power is needed for from now on. Everything else is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// To make a network namespace, then as [`Self::LoopbackAndCapture`].
    PrivateNetwork,
    /// To switch loopback on and set its MTU, and to open captures and raw sockets.
    LoopbackAndCapture,
    /// To open a capture.
    Capture,
    /// To open a capture, and the named pipe of a Wireshark that root runs.
    CaptureIntoPipe,
    /// To bind a port below 1024.
    LowPort,
    /// To open files. Only root by itself keeps something for this: see [`super::narrow_to`].
    Files,
    /// Nothing.
    Nothing,
}

impl Need {
    /// The capabilities for this, capabilities(7). `root`: the process stays root's, and so may have to reach files of others.
    pub(super) fn capabilities(self, root: bool) -> CapsHashSet {
        let own: &[Capability] = match self {
            Self::PrivateNetwork => &[
                Capability::CAP_SYS_ADMIN,
                Capability::CAP_NET_ADMIN,
                Capability::CAP_NET_RAW,
            ],
            // CAP_NET_ADMIN also gives a receive buffer beyond net.core.rmem_max, socket(7) SO_RCVBUFFORCE.
            Self::LoopbackAndCapture | Self::Capture => &[Capability::CAP_NET_ADMIN, Capability::CAP_NET_RAW],
            Self::CaptureIntoPipe => &[
                Capability::CAP_NET_ADMIN,
                Capability::CAP_NET_RAW,
                Capability::CAP_DAC_OVERRIDE,
            ],
            Self::LowPort => &[Capability::CAP_NET_BIND_SERVICE],
            Self::Files | Self::Nothing => &[],
        };
        let mut all: CapsHashSet = own.iter().copied().collect();
        if root && self != Self::Nothing {
            all.insert(Capability::CAP_DAC_OVERRIDE);
        }
        all
    }

    /// May programs that are started from here still get capabilities of their file?
    pub(super) const fn ends_it(self) -> bool {
        matches!(self, Self::Files | Self::Nothing)
    }
}
