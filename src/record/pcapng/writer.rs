//! Writing pcapng, with nanoseconds.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use byteorder::LittleEndian;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{InterfaceDescriptionBlock, InterfaceDescriptionOption};
use pcap_file::pcapng::blocks::interface_statistics::{InterfaceStatisticsBlock, InterfaceStatisticsOption};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::pcapng::{Block, PcapNgBlock};
use pcap_file::{DataLink, Endianness};

use crate::frame::{Direction, Frame, Time};
use crate::record::block_writer::BlockWriter;
use crate::record::file_info::{InterfaceDescription, InterfaceStatistics, Section};
use crate::record::length::original_length;

/// The longest value of an option, in bytes: its length field has 16 bits.
const LONGEST_VALUE: usize = 65_535;
/// The value of `if_tsresol` for units of 10^-9 seconds (draft section 4.2).
const NANOSECONDS: u8 = 9;
/// Comes at the end of a text that had to be cut.
const CUT_MARK: &str = " [cut]";

/// Writes the blocks of one section.
pub(in crate::record) struct PcapNgWriter {
    cut_comments: u64,
}

impl PcapNgWriter {
    /// Writes the section header.
    pub(in crate::record) fn new(block_writer: &mut BlockWriter, section: &Section) -> io::Result<Self> {
        let mut options: Vec<_> = section
            .comments
            .iter()
            .map(|comment| SectionHeaderOption::Comment(value(comment)))
            .collect();
        options.extend(optional_text(section.hardware.as_deref()).map(SectionHeaderOption::Hardware));
        options.extend(optional_text(section.os.as_deref()).map(SectionHeaderOption::OS));
        options.extend(optional_text(section.application.as_deref()).map(SectionHeaderOption::UserApplication));
        let block = SectionHeaderBlock {
            endianness: Endianness::Little,
            options,
            ..SectionHeaderBlock::default()
        };
        write(block_writer, &block.into_block())?;
        Ok(Self { cut_comments: 0 })
    }

    /// How many comments on packets were too long for the format and have been cut.
    pub(in crate::record) const fn cut_comments(&self) -> u64 {
        self.cut_comments
    }

    /// Writes an Interface Description Block.
    pub(in crate::record) fn interface(
        block_writer: &mut BlockWriter,
        interface: &InterfaceDescription,
    ) -> io::Result<()> {
        let mut options = vec![InterfaceDescriptionOption::IfTsResol(NANOSECONDS)];
        options.extend(optional_text(interface.name.as_deref()).map(InterfaceDescriptionOption::IfName));
        options.extend(optional_text(interface.description.as_deref()).map(InterfaceDescriptionOption::IfDescription));
        // The byte 0 says that the expression follows as a user wrote it.
        let filter = interface.filter.as_ref().map(|filter| format!("\0{filter}"));
        options.extend(
            optional_text(filter.as_deref())
                .map(|text| InterfaceDescriptionOption::IfFilter(text.into_owned().into_bytes().into())),
        );
        let block = InterfaceDescriptionBlock {
            linktype: DataLink::from(interface.link.0),
            snaplen: interface.snaplen,
            options,
        };
        write(block_writer, &block.into_block())
    }

    /// Writes an Enhanced Packet Block with a time so long after 1970.
    #[inline]
    pub(in crate::record) fn packet(
        &mut self,
        block_writer: &mut BlockWriter,
        frame: &Frame<'_>,
        time: Duration,
    ) -> io::Result<()> {
        let comments = frame
            .comments
            .iter()
            .map(|comment| EnhancedPacketOption::Comment(value(comment)));
        // Draft section 4.3.1: the lowest two bits of `epb_flags`.
        let direction = frame.direction.map(|direction| match direction {
            Direction::Inbound => EnhancedPacketOption::Flags(0b01),
            Direction::Outbound => EnhancedPacketOption::Flags(0b10),
        });
        let block = EnhancedPacketBlock {
            interface_id: frame.interface,
            timestamp: time,
            original_len: original_length(frame),
            data: Cow::Borrowed(&frame.bytes),
            options: comments.chain(direction).collect(),
        };
        write(block_writer, &Block::EnhancedPacket(block))?;
        let too_long = frame.comments.iter().filter(|comment| comment.len() > LONGEST_VALUE);
        self.cut_comments += too_long.count() as u64;
        Ok(())
    }

    /// Writes an Interface Statistics Block.
    pub(in crate::record) fn statistics(
        block_writer: &mut BlockWriter,
        interface: u32,
        counted: &InterfaceStatistics,
    ) -> io::Result<()> {
        let time = |time: Option<Time>| time.and_then(in_halves);
        let options: Vec<_> = [
            time(counted.start).map(InterfaceStatisticsOption::IsbStartTime),
            time(counted.end).map(InterfaceStatisticsOption::IsbEndTime),
            counted.received.map(InterfaceStatisticsOption::IsbIfRecv),
            // As dumpcap does: what Wireshark shows as dropped is this option.
            counted.dropped.map(InterfaceStatisticsOption::IsbIfDrop),
            counted.accepted.map(InterfaceStatisticsOption::IsbFilterAccept),
            counted.dropped_by_system.map(InterfaceStatisticsOption::IsbOsDrop),
            counted.delivered.map(InterfaceStatisticsOption::IsbUsrDeliv),
        ]
        .into_iter()
        .flatten()
        .collect();
        let block = InterfaceStatisticsBlock {
            interface_id: interface,
            timestamp: [counted.at, counted.end, counted.start]
                .into_iter()
                .find_map(time)
                .unwrap_or_default(),
            options,
        };
        write(block_writer, &block.into_block())
    }
}

#[inline]
fn write(block_writer: &mut BlockWriter, block: &Block<'_>) -> io::Result<()> {
    block.write_to::<LittleEndian, _>(block_writer).map(drop)
}

/// The time as an Interface Statistics Block stores it: two numbers of 32 bits, the upper one first in either byte order
/// (draft section 4.3). `pcap-file` writes one number of 64 bits, which puts the lower half first when it is little-endian.
/// (It writes those of packets right.) `None` before 1970.
fn in_halves(time: Time) -> Option<u64> {
    let nanoseconds = u64::try_from(time.0).ok()?;
    Some(nanoseconds.rotate_left(32))
}

/// What there is to say, as the value of an option.
fn optional_text(text: Option<&str>) -> Option<Cow<'_, str>> {
    text.map(value)
}

/// The text, cut and marked so if an option cannot hold all of it.
fn value(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_VALUE {
        return Cow::Borrowed(text);
    }
    let longest = LONGEST_VALUE - CUT_MARK.len();
    // A character has 4 bytes at most, so one of the last four places is between two of them.
    let kept = (0..=longest).rev().find_map(|end| text.get(..end)).unwrap_or_default();
    Cow::Owned([kept, CUT_MARK].concat())
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_VALUE, value};

    #[test]
    fn a_text_is_cut_between_characters_and_says_so() {
        let fits = "é".repeat(LONGEST_VALUE / 2);
        assert_eq!(value(&fits), fits);
        let long = "é".repeat(LONGEST_VALUE);
        let cut = value(&long);
        assert!(
            cut.len() <= LONGEST_VALUE && cut.len() > LONGEST_VALUE - 3,
            "{}",
            cut.len()
        );
        assert!(cut.ends_with("é [cut]"));
    }
}
