//! How long frames are in capture files.

use super::file_info::LONGEST_SNAPLEN;
use crate::frame::Frame;
use crate::wire::LinkType;

/// The longest frame that is taken as meant, in bytes: the limits of libpcap and Wireshark. What claims more is corrupt.
pub(super) const fn longest_frame(link: LinkType) -> u32 {
    match link.0 {
        // D-Bus messages and USB transfers.
        231 | 249 => 128 * 1024 * 1024,
        // Elektrobit's High Speed Capture and Replay.
        279 => 8 * 1024 * 1024,
        _ => LONGEST_SNAPLEN,
    }
}

/// The length on the wire, which both formats want to be at least that of the captured bytes.
pub(super) fn original_length(frame: &Frame<'_>) -> u32 {
    let captured = u32::try_from(frame.bytes.len()).unwrap_or(u32::MAX);
    frame.original_length.max(captured)
}
