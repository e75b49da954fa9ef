//! What the kernel took off a frame, put back.
//!
//! A VLAN tag is taken off before the frame is seen, and told beside it. On a cooked capture the whole link-layer
//! header is, and a "Linux cooked v2" header replaces it
//! (<https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html>).
//!
//! One case stays wrong: a frame with two tags on a cooked capture. Current kernels name what comes after both tags, but
//! leave the inner one in the bytes (seen on Linux 6.18). Such a frame cannot be distinguished from one with a single tag.

use nix::libc;

use super::KernelChecksum;
use crate::frame::{Direction, Time};

/// What is known about a frame beside its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameMetadata {
    /// How many bytes wait to be read: those that the kernel filter left.
    pub(super) length: usize,
    /// How many there were before.
    pub(super) original_length: u32,
    /// When the kernel saw it.
    pub(super) time: Option<Time>,
    /// Its VLAN tag.
    pub(super) tag: Option<VlanTag>,
    pub(super) checksum: KernelChecksum,
    pub(super) address: LinkAddress,
}

/// A VLAN tag. IEEE 802.1Q; both fields in the machine's byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VlanTag {
    /// Which kind of tag: 0x8100, or 0x88a8 for the outer one of two.
    pub(super) protocol: u16,
    /// Priority and VLAN number.
    pub(super) control: u16,
}

/// Where a frame came from: `struct sockaddr_ll` of packet(7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LinkAddress {
    /// What follows the link-layer header, as an Ethernet type, in network byte order.
    pub(super) protocol: [u8; 2],
    pub(super) interface: u32,
    /// `ARPHRD_…`
    pub(super) hardware: u16,
    /// `PACKET_…`
    pub(super) packet_type: u8,
    pub(super) length: u8,
    pub(super) bytes: [u8; 8],
}

/// `PACKET_OUTGOING` of `linux/if_packet.h`.
const OUTGOING: u8 = 4;
/// Two Ethernet addresses: the tag comes after them.
const BEFORE_TAG: usize = 12;
const TAG_LENGTH: u32 = 4;
const COOKED_HEADER_LENGTH: u32 = 20;

impl FrameMetadata {
    pub(super) fn direction(&self) -> Direction {
        if self.address.packet_type == OUTGOING {
            Direction::Outbound
        } else {
            Direction::Inbound
        }
    }

    /// Has anything to be put back?
    pub(super) fn is_complete(&self, cooked: bool) -> bool {
        !cooked && self.tag.is_none()
    }

    /// The length on the wire, with everything put back.
    pub(super) fn rebuilt_length(&self, cooked: bool) -> u32 {
        let header = if cooked { COOKED_HEADER_LENGTH } else { 0 };
        let tag = self.tag.map_or(0, |_| TAG_LENGTH);
        self.original_length.saturating_add(header).saturating_add(tag)
    }

    /// Writes the frame with everything put back into `whole`, over what was in it.
    pub(super) fn rebuild(&self, bytes: &[u8], cooked: bool, whole: &mut Vec<u8>) {
        whole.clear();
        if cooked {
            self.cooked_header(whole);
            if let Some(tag) = self.tag {
                whole.extend(tag.control.to_be_bytes());
                whole.extend(self.address.protocol);
            }
            whole.extend(bytes);
            return;
        }
        let (before, after) = bytes.split_at_checked(BEFORE_TAG).unwrap_or((bytes, &[]));
        whole.extend(before);
        if let Some(tag) = self.tag {
            whole.extend(tag.protocol.to_be_bytes());
            whole.extend(tag.control.to_be_bytes());
        }
        whole.extend(after);
    }

    /// The header of 20 bytes, all of it in network byte order.
    fn cooked_header(&self, whole: &mut Vec<u8>) {
        let address = &self.address;
        let protocol = self.tag.map_or(address.protocol, |tag| tag.protocol.to_be_bytes());
        whole.extend(protocol);
        whole.extend([0; 2]); // reserved
        whole.extend(address.interface.to_be_bytes());
        whole.extend(address.hardware.to_be_bytes());
        whole.extend([address.packet_type, address.length]);
        whole.extend(address.bytes);
    }
}

/// Seconds and nanoseconds since 1970. `None` for the kernel's "no stamp", which is 0, and for a year past 2262.
pub(super) fn time(seconds: i64, nanoseconds: i64) -> Option<Time> {
    let nanoseconds = seconds.checked_mul(1_000_000_000)?.checked_add(nanoseconds)?;
    (nanoseconds != 0).then_some(Time(nanoseconds))
}

/// The tag that was taken off, if the status says that there was one.
pub(super) fn tag(status: u32, control: u16, protocol: u16) -> Option<VlanTag> {
    /// IEEE 802.1Q's, which old kernels did not bother to tell.
    const USUAL_PROTOCOL: u16 = 0x8100;
    let says = |flag| status & flag != 0;
    says(libc::TP_STATUS_VLAN_VALID).then_some(VlanTag {
        protocol: if says(libc::TP_STATUS_VLAN_TPID_VALID) {
            protocol
        } else {
            USUAL_PROTOCOL
        },
        control,
    })
}

/// What the status says about the checksum.
pub(super) fn checksum(status: u32) -> KernelChecksum {
    if status & libc::TP_STATUS_CSUMNOTREADY != 0 {
        KernelChecksum::NotReady
    } else if status & libc::TP_STATUS_CSUM_VALID != 0 {
        KernelChecksum::Valid
    } else {
        KernelChecksum::Unknown
    }
}

#[cfg(test)]
mod tests {
    use nix::libc;

    use super::{FrameMetadata, LinkAddress, VlanTag, checksum, tag, time};
    use crate::capture::live::KernelChecksum;
    use crate::frame::{Direction, Time};

    const FRAME: [u8; 16] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 0x08, 0x00, 0x45, 0x00];

    fn metadata(tag: Option<VlanTag>) -> FrameMetadata {
        FrameMetadata {
            length: 16,
            original_length: 60,
            time: None,
            tag,
            checksum: KernelChecksum::Unknown,
            address: LinkAddress {
                protocol: [0x08, 0x00],
                interface: 3,
                hardware: 1,
                packet_type: 4,
                length: 6,
                bytes: [2, 2, 2, 2, 2, 2, 0, 0],
            },
        }
    }

    const TAG: VlanTag = VlanTag {
        protocol: 0x88a8,
        control: 0x2064,
    };

    #[test]
    fn a_tag_stands_behind_the_two_addresses() {
        let mut whole = vec![9; 3];
        let tagged = metadata(Some(TAG));
        tagged.rebuild(&FRAME, false, &mut whole);
        assert_eq!(whole, [&FRAME[..12], &[0x88, 0xa8, 0x20, 0x64], &FRAME[12..]].concat());
        assert_eq!(tagged.rebuilt_length(false), 64);
        assert!(!tagged.is_complete(false));
        assert!(metadata(None).is_complete(false));
    }

    #[test]
    fn a_cooked_header_has_the_fields_of_the_registry() {
        let mut whole = Vec::new();
        metadata(None).rebuild(&[0x45], true, &mut whole);
        let header = [0x08, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 2, 2, 2, 2, 2, 0, 0];
        assert_eq!(whole, [&header[..], &[0x45]].concat());
        assert_eq!(metadata(None).rebuilt_length(true), 80);
        assert_eq!(metadata(None).direction(), Direction::Outbound);
    }

    #[test]
    fn a_cooked_frame_with_a_tag_names_the_tag_first() {
        let mut whole = Vec::new();
        metadata(Some(TAG)).rebuild(&[0x45], true, &mut whole);
        assert_eq!(whole[..2], [0x88, 0xa8]);
        assert_eq!(whole[20..], [0x20, 0x64, 0x08, 0x00, 0x45]);
        assert_eq!(metadata(Some(TAG)).rebuilt_length(true), 84);
    }

    #[test]
    fn a_frame_shorter_than_the_addresses_stays_whole() {
        let mut whole = Vec::new();
        metadata(Some(TAG)).rebuild(&FRAME[..5], false, &mut whole);
        assert_eq!(whole, [&FRAME[..5], &[0x88, 0xa8, 0x20, 0x64]].concat());
    }

    #[test]
    fn a_stamp_of_zero_is_none_and_a_far_one_does_not_overflow() {
        assert_eq!(time(0, 0), None);
        assert_eq!(time(1, 2), Some(Time(1_000_000_002)));
        assert_eq!(time(i64::MAX, 0), None);
    }

    #[test]
    fn bits_of_the_status_are_told_apart() {
        assert_eq!(tag(libc::TP_STATUS_VLAN_TPID_VALID, 5, 0x88a8), None);
        let with = |protocol| Some(VlanTag { protocol, control: 5 });
        assert_eq!(tag(libc::TP_STATUS_VLAN_VALID, 5, 0x88a8), with(0x8100));
        let status = libc::TP_STATUS_VLAN_VALID | libc::TP_STATUS_VLAN_TPID_VALID;
        assert_eq!(tag(status, 5, 0x88a8), with(0x88a8));
        assert_eq!(checksum(libc::TP_STATUS_CSUMNOTREADY), KernelChecksum::NotReady);
        assert_eq!(checksum(libc::TP_STATUS_CSUM_VALID), KernelChecksum::Valid);
        assert_eq!(checksum(0), KernelChecksum::Unknown);
    }
}
