//! What to capture.

#[cfg(doc)]
use super::Note;
#[cfg(doc)]
use super::{ANY, Capture};

/// One instruction of classic BPF: code, jump if true, jump if false, operand; as `struct sock_filter` of
/// `linux/filter.h` has them.
pub type Instruction = (u16, u8, u8, u32);

/// The largest snapshot length in bytes, and the one meant by 0. That of tcpdump and Wireshark.
pub const LARGEST_SNAPLEN: u32 = 262_144;

/// Room for frames that wait to be read, in bytes. With the kernel's default of 212,992 most of 5,000 datagrams that come
/// in one burst are lost.
const BUFFER: usize = 64 << 20;

/// A capture that is to begin. Start with [`CaptureOptions::on`] and change what should be different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureOptions {
    /// Name of the interface, or [`ANY`] for all of them.
    pub interface: String,
    /// How many bytes of a frame are kept, link-layer header included; 0 means [`LARGEST_SNAPLEN`], which is also the most.
    pub snaplen: u32,
    /// Ask the interface for frames that are meant for others, too. Not possible on [`ANY`].
    pub promiscuous: bool,
    /// Room for frames that wait to be read, in bytes: of the ring, or of the channel's receive buffer, of which the kernel
    /// may give less. See [`Capture::notes`].
    pub buffer: usize,
    /// Read frames from a ring that is shared with the kernel, where the kernel gives one; `false`: through `pnet`'s channel,
    /// two system calls a frame. Of frames longer than 261,900 bytes a ring may keep only so much. Linux only.
    pub ring: bool,
    /// A filter that the kernel runs: frames for which it returns 0 are not captured, and of the others no more bytes than
    /// it returns. Empty: everything. It sees [`Interface::link_type`](super::Interface::link_type)'s header, on a cooked
    /// capture none. At most 4,096 instructions. Not run where there are no packet sockets ([`Note::PlainChannel`]).
    pub program: Vec<Instruction>,
}

impl CaptureOptions {
    /// Everything on this interface, frames for others left out.
    #[must_use]
    pub fn on(interface: &str) -> Self {
        Self {
            interface: interface.to_owned(),
            snaplen: 0,
            promiscuous: false,
            buffer: BUFFER,
            ring: true,
            program: Vec::new(),
        }
    }

    /// The snapshot length that is meant.
    pub(super) fn snaplen(&self) -> u32 {
        match self.snaplen {
            0 => LARGEST_SNAPLEN,
            snaplen => snaplen.min(LARGEST_SNAPLEN),
        }
    }

    /// The same for indexing.
    pub(super) fn bytes_to_keep(&self) -> usize {
        usize::try_from(self.snaplen()).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::{CaptureOptions, LARGEST_SNAPLEN};

    #[test]
    fn zero_and_too_much_mean_the_largest_snaplen() {
        let with = |snaplen| {
            CaptureOptions {
                snaplen,
                ..CaptureOptions::on("lo")
            }
            .snaplen()
        };
        assert_eq!(with(0), LARGEST_SNAPLEN);
        assert_eq!(with(u32::MAX), LARGEST_SNAPLEN);
        assert_eq!(with(96), 96);
    }
}
