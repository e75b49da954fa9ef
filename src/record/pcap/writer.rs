//! Writing pcap, with nanoseconds.

use std::time::Duration;

use byteorder::LittleEndian;
use pcap_file::pcap::{PcapHeader, PcapPacket};
use pcap_file::{DataLink, Endianness, PcapError, TsResolution};

use crate::frame::Frame;
use crate::record::block_writer::BlockWriter;
use crate::record::file_info::{InterfaceDescription, LONGEST_SNAPLEN};
use crate::record::length::original_length;

const RESOLUTION: TsResolution = TsResolution::NanoSecond;

/// Writes the file header.
pub(in crate::record) fn header(
    block_writer: &mut BlockWriter,
    interface: &InterfaceDescription,
) -> Result<(), PcapError> {
    let header = PcapHeader {
        // Zero means "no limit" in pcapng alone; here readers would take it by its word.
        snaplen: if interface.snaplen == 0 {
            LONGEST_SNAPLEN
        } else {
            interface.snaplen
        },
        datalink: DataLink::from(interface.link.0),
        ts_resolution: RESOLUTION,
        endianness: Endianness::Little,
        ..PcapHeader::default()
    };
    header.write_to(block_writer).map(drop)
}

/// Writes a packet whose time is so long after 1970. (`PcapWriter` would do the same, but does not let go of what it writes to.)
pub(in crate::record) fn packet(
    block_writer: &mut BlockWriter,
    frame: &Frame<'_>,
    time: Duration,
) -> Result<(), PcapError> {
    let packet = PcapPacket::new(time, original_length(frame), frame.bytes.as_ref());
    // A frame longer than the snapshot length that its file claims is kept whole.
    let longest = u32::MAX;
    packet
        .write_to::<_, LittleEndian>(block_writer, RESOLUTION, longest)
        .map(drop)
}
