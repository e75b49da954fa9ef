//! Frames through a ring of memory that the kernel and this program share. `TPACKET_V3`: packet(7), and
//! <https://docs.kernel.org/networking/packet_mmap.html>
//!
//! - [`layout`]: how large the ring and its blocks are, and why;
//! - [`block`]: reading a block: bytes in, frames out;
//! - `sys.rs`: the memory, and whose a block is.
//!
//! The time of a frame is that of the kernel's, in nanoseconds: when the frame came in if such stamps have been switched
//! on, and otherwise when it was copied into the ring, in the same passage through the kernel. Neither waits for the reader.

mod block;
mod layout;
mod sys;

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{getsockopt, sockopt};
use pnet::datalink::DataLinkReceiver;

use self::block::{BlockCursor, BlockFrame, OutOfBlock};
use self::layout::RingLayout;
use self::sys::Memory;
use super::rebuild::FrameMetadata;
use super::source::FrameSource;

/// A receiver that reads a ring.
pub(super) struct Ring {
    socket: OwnedFd,
    memory: Memory,
    /// How far the current block has been read, if there is one.
    cursor: Option<BlockCursor>,
    /// The frame that was looked at and not yet read.
    peeked: Option<BlockFrame>,
}

impl Ring {
    /// Sets up a ring of `buffer` bytes on a packet socket that is not bound yet. Of each frame, `snaplen` bytes are kept.
    ///
    /// # Errors
    /// The kernel gives none.
    pub(super) fn new(socket: OwnedFd, buffer: usize, snaplen: usize) -> io::Result<Self> {
        let memory = Memory::map(socket.as_fd(), RingLayout::of(buffer, snaplen))?;
        Ok(Self {
            socket,
            memory,
            cursor: None,
            peeked: None,
        })
    }

    /// The next frame; one that the kernel has not handed over yet is not there.
    fn advance(&mut self) -> io::Result<BlockFrame> {
        loop {
            if let Some(cursor) = &mut self.cursor {
                if let Some(frame) = cursor.next(self.memory.block())? {
                    return Ok(frame);
                }
                self.cursor = None;
                self.memory.give_back();
            }
            if !self.memory.take() {
                return Err(self.why_nothing());
            }
            self.cursor = Some(BlockCursor::begin(self.memory.block())?);
        }
    }

    /// The error that waits at the socket (it waits until it is asked for), or "nothing yet".
    fn why_nothing(&self) -> io::Error {
        match getsockopt(&self.socket, sockopt::SocketError) {
            Ok(0) => ErrorKind::WouldBlock.into(),
            Ok(error) => io::Error::from_raw_os_error(error),
            Err(error) => error.into(),
        }
    }

    fn wait(&self) -> io::Result<()> {
        let mut watched = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        match poll(&mut watched, PollTimeout::NONE) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl DataLinkReceiver for Ring {
    fn next(&mut self) -> io::Result<&[u8]> {
        let frame = loop {
            match self.peeked.take().map_or_else(|| self.advance(), Ok) {
                Ok(frame) => break frame,
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait()?,
                Err(error) => return Err(error),
            }
        };
        self.memory.block().get(frame.bytes).ok_or_else(|| OutOfBlock.into())
    }
}

impl FrameSource for Ring {
    fn peek(&mut self) -> io::Result<FrameMetadata> {
        if self.peeked.is_none() {
            self.peeked = Some(self.advance()?);
        }
        let frame = self.peeked.as_ref();
        frame.map(|frame| frame.metadata).ok_or(ErrorKind::WouldBlock.into())
    }

    fn holds_back(&self) -> bool {
        true
    }
}

impl From<OutOfBlock> for io::Error {
    fn from(_: OutOfBlock) -> Self {
        Self::new(ErrorKind::InvalidData, "a block of the ring contradicts itself")
    }
}
