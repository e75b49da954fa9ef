//! The memory of the ring: asked for, mapped, and passed to and fro between the kernel and this program.
#![expect(unsafe_code, reason = "memory that is shared with the kernel has no safe wrapper")]

use std::ffi::c_int;
use std::io;
use std::mem::offset_of;
use std::num::NonZeroUsize;
use std::os::fd::BorrowedFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::libc;
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};

use super::super::sys::set_option;
use super::layout::{RETIRE_AFTER, RingLayout};

/// Where in a block its owner is written.
const STATUS: usize = offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, block_status);

/// The ring's blocks in this program's memory. One of them, the oldest, is the current one.
///
/// Each block belongs to the kernel or to this program, and its status word says to whom. The owner alone touches the rest
/// of the block, and gives it away by writing the word; no other code writes the word meanwhile. So the word is a lock that is
/// passed on, and needs the two orderings of a lock:
///
/// - The kernel writes frames, then the word. Reading the word with `Acquire` makes sure that the frames are read after it:
///   without, the processor could have fetched bytes that were there before the kernel wrote.
/// - This program reads frames, then writes the word with `Release`, which comes after all of its reads. Without, a read that
///   was put off could see what the kernel, for which the block is free then, has written over it.
///
/// What the kernel does at its end, in `net/packet/af_packet.c` (the manual, `Documentation/networking/packet_mmap.rst`, only says
/// whose a block is):
///
/// - `prb_flush_block` writes the word last. Where caches are flushed by hand (`ARCH_IMPLEMENTS_FLUSH_DCACHE_PAGE`, as on Arm),
///   an `smp_wmb` is before it; x86 keeps stores in order by itself. This is the other half of the `Acquire`.
/// - `prb_dispatch_next_block` looks at the word, behind an `smp_rmb`, and opens the block only if it is the kernel's. A store that
///   is made because of what was read does not come before the read (a control dependency, `Documentation/memory-barriers.txt`).
///   This is the other half of the `Release`.
///
/// The kernel reads and writes the word as one aligned number of 32 bits, so neither side can see half of it.
pub(super) struct Memory {
    start: NonNull<u8>,
    bytes: usize,
    layout: RingLayout,
    /// Index of the current block, below `layout.blocks`.
    current: usize,
    /// Does the current block belong to this program, as far as it has looked?
    held: bool,
}

// SAFETY: the pointer is to a mapping that belongs to the whole process and to this value alone; no thread has a part in it.
unsafe impl Send for Memory {}

impl Memory {
    /// Asks the kernel for a ring on this packet socket, and maps it. Before the socket is bound, so that no frame goes the
    /// other way.
    ///
    /// # Errors
    /// Those of setsockopt(2) and mmap(2): the kernel knows no such ring (before Linux 3.2), it has not the memory, or it does
    /// not want to.
    pub(super) fn map(socket: BorrowedFd<'_>, layout: RingLayout) -> io::Result<Self> {
        let bytes = layout.bytes().ok_or(io::ErrorKind::OutOfMemory)?;
        let number = |number: usize| u32::try_from(number).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory));
        let (block_size, blocks) = (number(layout.block_size)?, number(layout.blocks)?);
        set_option(
            socket,
            libc::SOL_PACKET,
            libc::PACKET_VERSION,
            &(libc::tpacket_versions::TPACKET_V3 as c_int),
        )?;
        let request = libc::tpacket_req3 {
            tp_block_size: block_size,
            tp_block_nr: blocks,
            // Frames have the length that they need; the kernel asks for a number all the same.
            tp_frame_size: block_size,
            tp_frame_nr: blocks,
            tp_retire_blk_tov: RETIRE_AFTER,
            tp_sizeof_priv: 0,
            tp_feature_req_word: 0,
        };
        set_option(socket, libc::SOL_PACKET, libc::PACKET_RX_RING, &request)?;
        let length = NonZeroUsize::new(bytes).ok_or(io::ErrorKind::InvalidInput)?;
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: the kernel chooses a place where nothing is mapped yet.
        let start = unsafe { mmap(None, length, access, MapFlags::MAP_SHARED, socket, 0) }?;
        Ok(Self {
            start: start.cast(),
            bytes,
            layout,
            current: 0,
            held: false,
        })
    }

    /// Takes the current block over if the kernel has given it away; does not wait. `true` when it belongs to this program.
    pub(super) fn take(&mut self) -> bool {
        self.held = self.held || self.status().load(Ordering::Acquire) & libc::TP_STATUS_USER != 0;
        self.held
    }

    /// The current block; without bytes when it belongs to the kernel.
    pub(super) fn block(&self) -> &[u8] {
        if !self.held {
            return &[];
        }
        // SAFETY: the block lies inside the mapping, as `current` is below the number of blocks. It belongs to this program
        // (`held`): the kernel does not write to it, and this program does not before `give_back`, for which no code may hold
        // these bytes any more, as it takes `self` mutably.
        unsafe { std::slice::from_raw_parts(self.current_start().as_ptr(), self.layout.block_size) }
    }

    /// Gives the current block back, if it was taken; the next one becomes the current.
    pub(super) fn give_back(&mut self) {
        if self.held {
            self.status().store(libc::TP_STATUS_KERNEL, Ordering::Release);
            self.held = false;
            self.current = (self.current + 1) % self.layout.blocks;
        }
    }

    fn current_start(&self) -> NonNull<u8> {
        // SAFETY: `current` is below the number of blocks, so the sum stays inside the mapping.
        unsafe { self.start.add(self.current * self.layout.block_size) }
    }

    fn status(&self) -> &AtomicU32 {
        // SAFETY: the word lies in the first bytes of a block of the mapping, and is aligned: blocks start at whole pages, and
        // the word at a multiple of 4 from there. While the reference lives it is not written to but by atomic operations: the
        // kernel by one store, this program through this function.
        unsafe { AtomicU32::from_ptr(self.current_start().add(STATUS).cast().as_ptr()) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, has this length, and there is no reference into it any more.
        let _ = unsafe { munmap(self.start.cast(), self.bytes) };
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::os::fd::AsFd;
    use std::sync::atomic::{AtomicU32, Ordering};

    use nix::libc;
    use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};

    use super::{Memory, RingLayout, STATUS};

    const SHAPE: RingLayout = RingLayout {
        block_size: 4096,
        blocks: 3,
    };

    /// The same memory without a kernel at the other end.
    fn memory() -> Memory {
        let bytes = SHAPE.bytes().unwrap();
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: the kernel chooses a place where nothing is mapped yet.
        let start = unsafe { mmap_anonymous(None, NonZeroUsize::new(bytes).unwrap(), access, MapFlags::MAP_PRIVATE) };
        Memory {
            start: start.unwrap().cast(),
            bytes,
            layout: SHAPE,
            current: 0,
            held: false,
        }
    }

    /// A pointer that may go to another thread, which plays the kernel's part.
    #[derive(Clone, Copy)]
    struct Shared(*mut u8);
    // SAFETY: the code that uses the pointer keeps to the protocol that is tested here.
    unsafe impl Send for Shared {}

    impl Shared {
        fn block(self, number: usize) -> *mut u8 {
            // SAFETY: inside the mapping.
            unsafe { self.0.add(number % SHAPE.blocks * SHAPE.block_size) }
        }

        fn status(&self, number: usize) -> &AtomicU32 {
            // SAFETY: inside the mapping, and aligned.
            unsafe { AtomicU32::from_ptr(self.block(number).add(STATUS).cast()) }
        }
    }

    /// The last byte of a block, which the other thread fills with the number of the round.
    const LAST: usize = SHAPE.block_size - 1;

    #[test]
    fn a_block_is_seen_when_it_was_given_away_and_whole() {
        let mut memory = memory();
        let shared = Shared(memory.start.as_ptr());
        let rounds: u8 = if cfg!(miri) { 20 } else { 250 };
        let other = std::thread::spawn(move || {
            let shared = shared;
            for number in 0..rounds {
                let status = shared.status(number.into());
                while status.load(Ordering::Acquire) & libc::TP_STATUS_USER != 0 {
                    std::thread::yield_now();
                }
                // SAFETY: inside the mapping, and the block is this thread's until the store.
                unsafe { shared.block(number.into()).add(LAST).write(number) };
                status.store(libc::TP_STATUS_USER, Ordering::Release);
            }
        });
        for number in 0..rounds {
            while !memory.take() {
                assert!(memory.block().is_empty());
                std::thread::yield_now();
            }
            assert_eq!(memory.block()[LAST], number);
            assert!(memory.take(), "it stays until it is given back");
            memory.give_back();
            memory.give_back(); // Nothing is held: nothing happens.
        }
        other.join().unwrap();
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no UDP sockets")]
    fn a_socket_of_another_kind_has_no_ring() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        assert!(Memory::map(socket.as_fd(), SHAPE).is_err());
    }
}
