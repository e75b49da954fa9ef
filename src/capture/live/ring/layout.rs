//! How large a ring is, and its blocks.
//!
//! A block has to hold the largest frame that may come: the kernel cuts what is longer, it does not carry a frame on into
//! the next block. And a block that was begun is handed over after [`RETIRE_AFTER`], however little is in it, so a ring of
//! `n` blocks holds `n` packets that come one by one, at least, while they are not read; a ring of few large blocks is soon full
//! of nothing. 256 KiB are between: three of the largest frames of loopback (65,549 bytes) fit in, and frames of up to
//! 261,900 bytes, should an administrator have allowed the kernel such (BIG TCP). Where the snapshot length is small, smaller
//! blocks do, and there are more of them.

use super::block::{BEFORE_BYTES, HEADER};

/// A block with something in it is handed over after this many milliseconds at the latest. With what it takes to wake up and to
/// print, a lone packet is on the screen within 20.
pub(super) const RETIRE_AFTER: u32 = 10;

/// The smallest and the largest block, in bytes. Both are whole pages on every machine, and powers of two, as the kernel
/// takes whole powers of two of pages for each.
const SMALLEST: usize = 64 << 10;
const LARGEST: usize = 256 << 10;
/// With a single block the kernel would have nowhere to go on while that is read.
const FEWEST: usize = 2;

/// A ring of `blocks` blocks of `block_size` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RingLayout {
    pub(super) block_size: usize,
    pub(super) blocks: usize,
}

impl RingLayout {
    /// For a ring of `buffer` bytes and frames of which at most `snaplen` bytes are kept.
    pub(super) fn of(buffer: usize, snaplen: usize) -> Self {
        let one = snaplen.saturating_add(HEADER + BEFORE_BYTES).min(LARGEST);
        let block_size = (2 * one).next_power_of_two().clamp(SMALLEST, LARGEST);
        Self {
            block_size,
            blocks: (buffer / block_size).max(FEWEST),
        }
    }

    /// The bytes of the whole ring; `None` when no machine has that many.
    pub(super) fn bytes(self) -> Option<usize> {
        self.block_size.checked_mul(self.blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::{BEFORE_BYTES, HEADER, LARGEST, RingLayout, SMALLEST};

    #[test]
    fn frames_of_loopback_fit_and_small_ones_have_more_blocks() {
        let whole = RingLayout::of(64 << 20, 262_144);
        assert_eq!((whole.block_size, whole.blocks), (LARGEST, 256));
        assert!(HEADER + 3 * (BEFORE_BYTES + 65_549) <= whole.block_size);
        let small = RingLayout::of(64 << 20, 96);
        assert_eq!((small.block_size, small.blocks), (SMALLEST, 1024));
        assert_eq!(RingLayout::of(0, 262_144).blocks, 2);
    }

    #[test]
    fn what_is_kept_fits_into_a_block_wherever_a_block_can_be_so_large() {
        for snaplen in (1..=261_900).step_by(if cfg!(miri) { 997 } else { 1 }) {
            let layout = RingLayout::of(64 << 20, snaplen);
            assert!(HEADER + BEFORE_BYTES + snaplen <= layout.block_size, "{snaplen}");
            assert!(layout.block_size.is_power_of_two());
        }
        assert_eq!(RingLayout::of(usize::MAX, usize::MAX).block_size, LARGEST);
        assert_eq!(
            RingLayout {
                block_size: 2,
                blocks: usize::MAX
            }
            .bytes(),
            None
        );
    }
}
