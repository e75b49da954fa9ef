use std::mem::offset_of;

use nix::libc::{self, sockaddr_ll, tpacket_block_desc, tpacket_hdr_v1, tpacket_hdr_variant1, tpacket3_hdr};
use proptest::prelude::*;

use super::{BlockCursor, BlockFrame, FRAME_HEADERS, HEADER, OutOfBlock};
use crate::capture::live::KernelChecksum;
use crate::capture::live::rebuild::VlanTag;
use crate::frame::Time;

/// Where the fields of the block's header stand.
const COUNT: usize = offset_of!(tpacket_block_desc, hdr) + offset_of!(tpacket_hdr_v1, num_pkts);
const FIRST: usize = offset_of!(tpacket_block_desc, hdr) + offset_of!(tpacket_hdr_v1, offset_to_first_pkt);
/// Where the kernel puts an Ethernet frame behind its headers.
const ETHERNET: usize = 82;

fn put(block: &mut [u8], at: usize, bytes: &[u8]) {
    block[at..at + bytes.len()].copy_from_slice(bytes);
}

/// A block of 4096 bytes with these frames, as the kernel writes it.
fn block(frames: &[&[u8]]) -> Vec<u8> {
    let mut block = vec![0; 4096];
    put(&mut block, COUNT, &u32::try_from(frames.len()).unwrap().to_ne_bytes());
    put(&mut block, FIRST, &u32::try_from(HEADER).unwrap().to_ne_bytes());
    let mut at = HEADER;
    for (number, frame) in (1_u32..).zip(frames) {
        let length = u32::try_from(frame.len()).unwrap();
        let next = (ETHERNET + frame.len()).next_multiple_of(8);
        let last = number as usize == frames.len();
        let next_offset = if last { 0 } else { u32::try_from(next).unwrap() };
        let variant = offset_of!(tpacket3_hdr, hv1);
        let status = libc::TP_STATUS_VLAN_VALID | libc::TP_STATUS_VLAN_TPID_VALID | libc::TP_STATUS_CSUMNOTREADY;
        for (field, value) in [
            (offset_of!(tpacket3_hdr, tp_next_offset), next_offset),
            (offset_of!(tpacket3_hdr, tp_sec), number),
            (offset_of!(tpacket3_hdr, tp_nsec), 7),
            (offset_of!(tpacket3_hdr, tp_snaplen), length),
            (offset_of!(tpacket3_hdr, tp_len), length + 1000),
            (offset_of!(tpacket3_hdr, tp_status), status),
            (variant + offset_of!(tpacket_hdr_variant1, tp_vlan_tci), 0x2064),
            (size_of::<tpacket3_hdr>() + offset_of!(sockaddr_ll, sll_ifindex), 3),
        ] {
            put(&mut block, at + field, &value.to_ne_bytes());
        }
        let mac = u16::try_from(ETHERNET).unwrap().to_ne_bytes();
        put(&mut block, at + offset_of!(tpacket3_hdr, tp_mac), &mac);
        let protocol = 0x88a8_u16.to_ne_bytes();
        put(
            &mut block,
            at + variant + offset_of!(tpacket_hdr_variant1, tp_vlan_tpid),
            &protocol,
        );
        let address = at + size_of::<tpacket3_hdr>();
        put(
            &mut block,
            address + offset_of!(sockaddr_ll, sll_protocol),
            &[0x08, 0x00],
        );
        put(
            &mut block,
            address + offset_of!(sockaddr_ll, sll_hatype),
            &1_u16.to_ne_bytes(),
        );
        put(&mut block, address + offset_of!(sockaddr_ll, sll_pkttype), &[4, 6]);
        put(
            &mut block,
            address + offset_of!(sockaddr_ll, sll_addr),
            &[2, 2, 2, 2, 2, 2, 0, 0],
        );
        put(&mut block, at + ETHERNET, frame);
        at += next;
    }
    block
}

/// All frames of the block, or what is wrong with it.
fn all(block: &[u8]) -> Result<Vec<BlockFrame>, OutOfBlock> {
    let mut cursor = BlockCursor::begin(block)?;
    let mut entries = Vec::new();
    while let Some(frame) = cursor.next(block)? {
        entries.push(frame);
    }
    Ok(entries)
}

#[test]
fn frames_are_found_with_all_that_is_known_about_them() {
    let block = block(&[b"first", b"", b"the third of them"]);
    let entries = all(&block).unwrap();
    let bytes: Vec<_> = entries.iter().map(|frame| &block[frame.bytes.clone()]).collect();
    assert_eq!(bytes, [&b"first"[..], b"", b"the third of them"]);
    let third = &entries[2].metadata;
    assert_eq!((third.length, third.original_length), (17, 1017));
    assert_eq!(third.time, Some(Time(3_000_000_007)));
    let tag = VlanTag {
        protocol: 0x88a8,
        control: 0x2064,
    };
    assert_eq!(third.tag, Some(tag));
    assert_eq!(third.checksum, KernelChecksum::NotReady);
    assert_eq!((third.address.protocol, third.address.interface), ([0x08, 0x00], 3));
    assert_eq!((third.address.hardware, third.address.packet_type), (1, 4));
    assert_eq!(
        (third.address.length, third.address.bytes),
        (6, [2, 2, 2, 2, 2, 2, 0, 0])
    );
}

#[test]
fn a_block_without_frames_or_without_bytes_has_none() {
    assert_eq!(all(&block(&[])), Ok(vec![]));
    assert_eq!(all(&[]), Err(OutOfBlock));
    assert_eq!(all(&[0; HEADER]), Ok(vec![]));
}

#[test]
fn a_number_that_leads_out_of_the_block_is_an_error() {
    let good = block(&[b"first", b"second"]);
    let second = HEADER + (ETHERNET + 5).next_multiple_of(8);
    for (field, value) in [
        (FIRST, 4096),
        (FIRST, u32::MAX),
        (COUNT, 3), // The last frame says that nothing follows.
        (HEADER + offset_of!(tpacket3_hdr, tp_next_offset), 0),
        (HEADER + offset_of!(tpacket3_hdr, tp_next_offset), 8),
        (HEADER + offset_of!(tpacket3_hdr, tp_next_offset), 4096),
        (HEADER + offset_of!(tpacket3_hdr, tp_next_offset), u32::MAX),
        (second + offset_of!(tpacket3_hdr, tp_snaplen), 4096),
        (second + offset_of!(tpacket3_hdr, tp_snaplen), u32::MAX),
        (second + offset_of!(tpacket3_hdr, tp_mac), u32::MAX),
    ] {
        let mut bad = good.clone();
        put(&mut bad, field, &value.to_ne_bytes());
        assert_eq!(all(&bad), Err(OutOfBlock), "{value} at {field}");
    }
}

#[test]
fn the_headers_are_as_long_as_the_kernel_has_them() {
    // TPACKET3_HDRLEN and BLK_HDR_LEN of linux/if_packet.h and af_packet.c.
    assert_eq!((HEADER, FRAME_HEADERS), (48, 68));
}

proptest! {
    #[test]
    fn frames_come_out_as_they_went_in(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..12)) {
        let frames: Vec<_> = frames.iter().map(Vec::as_slice).collect();
        let block = block(&frames);
        let entries = all(&block).unwrap();
        let found: Vec<_> = entries.into_iter().map(|frame| &block[frame.bytes]).collect();
        prop_assert_eq!(found, frames);
    }

    #[test]
    fn whatever_the_numbers_say_everything_stays_inside_and_ends(
        changes in prop::collection::vec((0..900_usize, any::<u32>()), 0..20),
        length in 0..4097_usize,
    ) {
        let mut bytes = block(&[b"first", b"second", b"third", b"fourth"]);
        for (at, value) in changes {
            // Small numbers lead to places that nearly fit.
            let value = if at % 2 == 0 { value } else { value % 300 };
            put(&mut bytes, at & !3, &value.to_ne_bytes());
        }
        let bytes = &bytes[..length];
        let Ok(mut cursor) = BlockCursor::begin(bytes) else { return Ok(()) };
        let mut frames = 0;
        while let Ok(Some(frame)) = cursor.next(bytes) {
            prop_assert!(bytes.get(frame.bytes.clone()).is_some_and(|found| found.len() == frame.metadata.length));
            frames += 1;
            // Each frame is at least a header further on.
            prop_assert!(frames <= bytes.len() / FRAME_HEADERS);
        }
    }
}
