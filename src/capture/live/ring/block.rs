//! Reading a block of the ring: where the frames are, and what is known about each.
//!
//! A block is a header and then frames, each behind a header of its own (packet(7), `linux/if_packet.h`):
//!
//! ```text
//! tpacket_block_desc          how many frames, where the first one starts
//! tpacket3_hdr                where the next one starts, time, lengths, VLAN tag, where the bytes start
//! sockaddr_ll                 interface, direction, link-layer address
//! the bytes of the frame
//! tpacket3_hdr …
//! ```
//!
//! All numbers are in the machine's byte order but for the protocol in `sockaddr_ll`. The kernel wrote them, and yet none
//! is believed: an offset that points out of the block is an error.

use std::mem::offset_of;
use std::ops::Range;

use nix::libc::{sockaddr_ll, tpacket_block_desc, tpacket_hdr_v1, tpacket_hdr_variant1, tpacket3_hdr};

use super::super::rebuild::{FrameMetadata, LinkAddress, checksum, tag, time};

/// The bytes before the first frame. `BLK_HDR_LEN` of the kernel.
pub(super) const HEADER: usize = size_of::<tpacket_block_desc>();
/// `tpacket3_hdr`, which is aligned already, and behind it the address.
const FRAME_HEADERS: usize = size_of::<tpacket3_hdr>() + size_of::<sockaddr_ll>();
/// The most that the kernel needs before a frame's bytes: the headers, 16 bytes (or, where that is longer, the link-layer
/// header, which belongs to the bytes), and up to 15 for the alignment of both.
pub(super) const BEFORE_BYTES: usize = FRAME_HEADERS + 2 * 16;

/// A frame in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BlockFrame {
    pub(super) metadata: FrameMetadata,
    /// Where its bytes stand in the block.
    pub(super) bytes: Range<usize>,
}

/// How far a block has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockCursor {
    /// Where the next frame's header starts.
    at: usize,
    left: u32,
}

/// A number in the block leads out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OutOfBlock;

impl BlockCursor {
    /// At the first frame of this block.
    pub(super) fn begin(block: &[u8]) -> Result<Self, OutOfBlock> {
        const FIELDS: usize = offset_of!(tpacket_block_desc, hdr);
        let left = u32_at(block, FIELDS + offset_of!(tpacket_hdr_v1, num_pkts))?;
        let at = index_at(block, FIELDS + offset_of!(tpacket_hdr_v1, offset_to_first_pkt))?;
        Ok(Self { at, left })
    }

    /// The next frame of the same block; `None` behind the last one.
    pub(super) fn next(&mut self, block: &[u8]) -> Result<Option<BlockFrame>, OutOfBlock> {
        if self.left == 0 {
            return Ok(None);
        }
        let header = block.get(self.at..).and_then(|rest| rest.get(..FRAME_HEADERS));
        let header = header.ok_or(OutOfBlock)?;
        let frame = frame(header, self.at)?;
        if block.get(frame.bytes.clone()).is_none() {
            return Err(OutOfBlock);
        }
        self.left -= 1;
        if self.left > 0 {
            let next = index_at(header, offset_of!(tpacket3_hdr, tp_next_offset))?;
            // A frame that follows itself would be read forever, were it not for the count; it is as wrong as the others.
            if next < FRAME_HEADERS {
                return Err(OutOfBlock);
            }
            self.at = self.at.checked_add(next).ok_or(OutOfBlock)?;
        }
        Ok(Some(frame))
    }
}

/// Reads the headers of a frame that start at `at` in the block.
fn frame(header: &[u8], at: usize) -> Result<BlockFrame, OutOfBlock> {
    const ADDRESS: usize = size_of::<tpacket3_hdr>();
    const VARIANT: usize = offset_of!(tpacket3_hdr, hv1);
    let length = index_at(header, offset_of!(tpacket3_hdr, tp_snaplen))?;
    let status = u32_at(header, offset_of!(tpacket3_hdr, tp_status))?;
    // 16 bits in a field of 32.
    let control = u32_at(header, VARIANT + offset_of!(tpacket_hdr_variant1, tp_vlan_tci))?;
    let control = u16::try_from(control).map_err(|_| OutOfBlock)?;
    let protocol = u16_at(header, VARIANT + offset_of!(tpacket_hdr_variant1, tp_vlan_tpid))?;
    let start = at + usize::from(u16_at(header, offset_of!(tpacket3_hdr, tp_mac))?);
    let metadata = FrameMetadata {
        length,
        original_length: u32_at(header, offset_of!(tpacket3_hdr, tp_len))?,
        time: time(
            u32_at(header, offset_of!(tpacket3_hdr, tp_sec))?.into(),
            u32_at(header, offset_of!(tpacket3_hdr, tp_nsec))?.into(),
        ),
        tag: tag(status, control, protocol),
        checksum: checksum(status),
        address: LinkAddress {
            protocol: bytes_at(header, ADDRESS + offset_of!(sockaddr_ll, sll_protocol))?,
            interface: u32_at(header, ADDRESS + offset_of!(sockaddr_ll, sll_ifindex))?,
            hardware: u16_at(header, ADDRESS + offset_of!(sockaddr_ll, sll_hatype))?,
            packet_type: u8_at(header, ADDRESS + offset_of!(sockaddr_ll, sll_pkttype))?,
            length: u8_at(header, ADDRESS + offset_of!(sockaddr_ll, sll_halen))?,
            bytes: bytes_at(header, ADDRESS + offset_of!(sockaddr_ll, sll_addr))?,
        },
    };
    let end = start.checked_add(length).ok_or(OutOfBlock)?;
    Ok(BlockFrame {
        metadata,
        bytes: start..end,
    })
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], OutOfBlock> {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().ok_or(OutOfBlock)
}

fn u8_at(bytes: &[u8], at: usize) -> Result<u8, OutOfBlock> {
    bytes_at(bytes, at).map(|[byte]| byte)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, OutOfBlock> {
    bytes_at(bytes, at).map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, OutOfBlock> {
    bytes_at(bytes, at).map(u32::from_ne_bytes)
}

fn index_at(bytes: &[u8], at: usize) -> Result<usize, OutOfBlock> {
    u32_at(bytes, at).and_then(|number| usize::try_from(number).map_err(|_| OutOfBlock))
}

#[cfg(test)]
mod tests;
