//! Where a capture's frames come from: a ring, or `pnet`'s datalink channel.
//!
//! Both are receivers in `pnet`'s sense, which returns the bytes of a frame and nothing else. What comes with them (time
//! stamp, length on the wire, direction, VLAN tag) is read by a peek before the frame is read.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use pnet::datalink::DataLinkReceiver;

use super::rebuild::FrameMetadata;
use super::sys;

/// A receiver that lets its caller peek before it reads.
pub(super) trait FrameSource: DataLinkReceiver {
    /// What is known about the frame that the next read will bring; the frame stays where it is. Does not wait.
    ///
    /// # Errors
    /// `WouldBlock`: there is none. `NetworkDown`: the interface went down since the last call; frames from before may still
    /// be there.
    fn peek(&mut self) -> io::Result<FrameMetadata>;

    /// May frames that the kernel has counted be out of sight for a while?
    fn holds_back(&self) -> bool;
}

/// `pnet`'s datalink channel on a packet socket. The peek is a recvmsg(2) with `MSG_PEEK`; as no other code reads the socket,
/// the read that follows brings the same frame.
pub(super) struct ChannelFrameSource {
    pub(super) receiver: Box<dyn DataLinkReceiver>,
    /// The same socket as the receiver's, which keeps its own to itself.
    pub(super) socket: OwnedFd,
}

impl DataLinkReceiver for ChannelFrameSource {
    fn next(&mut self) -> io::Result<&[u8]> {
        self.receiver.next()
    }
}

impl FrameSource for ChannelFrameSource {
    fn peek(&mut self) -> io::Result<FrameMetadata> {
        sys::peek(self.socket.as_fd())
    }

    fn holds_back(&self) -> bool {
        false
    }
}
