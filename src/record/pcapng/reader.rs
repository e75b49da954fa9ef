//! Reading pcapng.

use super::options::{COMMENT, Options, padded, text};
use crate::frame::Direction;
use crate::record::file_info::{ByteOrder, FileInfo, InterfaceDescription, InterfaceStatistics, Section};
use crate::record::found_frame::FoundFrame;
use crate::record::input::Input;
use crate::record::length::longest_frame;
use crate::record::read_error::ReadProblem;
use crate::record::time::Resolution;
use crate::wire::LinkType;

/// Block types, as the draft numbers them in section 11.1. The first one reads the same in both byte orders.
mod block {
    pub(super) const SECTION_HEADER: u32 = 0x0a0d_0d0a;
    pub(super) const INTERFACE_DESCRIPTION: u32 = 1;
    pub(super) const PACKET: u32 = 2;
    pub(super) const SIMPLE_PACKET: u32 = 3;
    pub(super) const INTERFACE_STATISTICS: u32 = 5;
    pub(super) const ENHANCED_PACKET: u32 = 6;
}

/// Type and length before a block's body, the length again after it.
const HEAD: usize = 8;
const TAIL: usize = 4;

/// The longest block that is taken as meant where its link type does not ask for more, in bytes; libpcap's limit. Blocks
/// that are passed over may have any length.
const LONGEST_BLOCK: u32 = 16 * 1024 * 1024;

/// How many sections and interfaces of a file are remembered, …
const MOST_REMEMBERED: usize = 65_536;
/// … and how many bytes of text about them. A file has a few of these; an endless one must not fill the memory.
const MOST_TEXT: usize = 16 * 1024 * 1024;

/// Reads the packets of a pcapng file.
pub(in crate::record) struct PcapNgReader {
    order: ByteOrder,
    /// The interfaces of this section.
    interfaces: Vec<InterfaceClock>,
    /// The index of the section's first one among those of the file.
    first_interface: usize,
    longest_block: u32,
    text_left: usize,
}

/// What a packet's reading needs of its interface.
#[derive(Clone, Copy)]
struct InterfaceClock {
    link: LinkType,
    snaplen: u32,
    resolution: Resolution,
    /// Seconds to be added to each time.
    offset: i64,
}

/// A block that has been read into the buffer; its offset and length.
struct BlockPosition {
    at: u64,
    length: usize,
}

impl PcapNgReader {
    /// Is it pcapng?
    pub(in crate::record) fn recognises(magic: [u8; 4]) -> bool {
        u32::from_ne_bytes(magic) == block::SECTION_HEADER
    }

    /// Reads the first section header.
    pub(in crate::record) fn new(input: &mut Input, file_info: &mut FileInfo) -> Result<Self, ReadProblem> {
        let mut reader = Self {
            order: ByteOrder::Little,
            interfaces: Vec::new(),
            first_interface: 0,
            longest_block: LONGEST_BLOCK,
            text_left: MOST_TEXT,
        };
        reader.section_header(input, file_info)?;
        Ok(reader)
    }

    /// Finds the next packet, and learns from the blocks before it.
    #[inline]
    pub(in crate::record) fn find(
        &mut self,
        input: &mut Input,
        file_info: &mut FileInfo,
    ) -> Result<Option<FoundFrame>, ReadProblem> {
        loop {
            let head = input.peek(HEAD).map_err(ReadProblem::Read)?;
            if head.is_empty() {
                return Ok(None);
            }
            let (Some(kind), Some(length)) = (self.order.u32_at(head, 0), self.order.u32_at(head, 4)) else {
                let there = head.len();
                return Err(input.cut("block", there, HEAD));
            };
            match kind {
                // Its length may be in the other byte order.
                block::SECTION_HEADER => self.section_header(input, file_info)?,
                block::ENHANCED_PACKET => return self.enhanced_packet(input, length).map(Some),
                block::SIMPLE_PACKET => return self.simple_packet(input, length).map(Some),
                block::PACKET => return self.packet(input, length).map(Some),
                block::INTERFACE_DESCRIPTION => self.interface_description(input, length, file_info)?,
                block::INTERFACE_STATISTICS => self.interface_statistics(input, length, file_info)?,
                // Names, secrets, custom blocks, and what will be invented yet.
                _ => pass_over(input, length)?,
            }
        }
    }

    /// Waits for the whole block and shows its body.
    #[inline]
    fn body<'a>(
        &self,
        input: &'a mut Input,
        length: u32,
        least: usize,
    ) -> Result<(BlockPosition, &'a [u8]), ReadProblem> {
        let at = input.offset();
        if length % 4 != 0 || (length as usize) < HEAD + least + TAIL || length > self.longest_block {
            return Err(corrupt(at, format!("claims an impossible length of {length} bytes")));
        }
        let length = length as usize;
        let there = input.peek(length).map_err(ReadProblem::Read)?.len();
        if there < length {
            return Err(input.cut("block", there, length));
        }
        input.take(length);
        let block = input.taken(length, length);
        let repeated = self.order.u32_at(block, length - TAIL);
        // As libpcap does, a section header is believed by its first length alone.
        if repeated != self.order.u32_at(block, 4) && self.order.u32_at(block, 0) != Some(block::SECTION_HEADER) {
            let repeated = repeated.unwrap_or_default();
            let why = format!("has {length} bytes by its start and {repeated} by its end");
            return Err(corrupt(at, why));
        }
        let body = block.get(HEAD..length - TAIL).unwrap_or_default();
        Ok((BlockPosition { at, length }, body))
    }

    /// Draft section 4.1.
    fn section_header(&mut self, input: &mut Input, file_info: &mut FileInfo) -> Result<(), ReadProblem> {
        let at = input.offset();
        let head = input.peek(HEAD + 4).map_err(ReadProblem::Read)?;
        let Some(magic) = ByteOrder::Little.u32_at(head, HEAD) else {
            let there = head.len();
            return Err(input.cut("block", there, HEAD + 4));
        };
        self.order = match magic {
            0x1a2b_3c4d => ByteOrder::Little,
            0x4d3c_2b1a => ByteOrder::Big,
            _ => return Err(corrupt(at, format!("has no byte-order magic but {magic:#010x}"))),
        };
        let order = self.order;
        let length = order.u32_at(head, 4).unwrap_or_default();
        let (_, body) = self.body(input, length, 16)?;
        let (Some(major), Some(minor)) = (order.u16_at(body, 4), order.u16_at(body, 6)) else {
            return Err(corrupt(at, "has no version".to_owned()));
        };
        if major != 1 {
            return Err(ReadProblem::Version { major, minor });
        }
        if file_info.sections.len() == MOST_REMEMBERED {
            return Err(corrupt(at, format!("is section {}", MOST_REMEMBERED + 1)));
        }
        let mut section = Section::new(order);
        let rest = body.get(16..).unwrap_or_default();
        for (code, value) in (Options { order, rest }) {
            match code {
                COMMENT => section.comments.extend(self.remember(value)),
                2 => section.hardware = self.remember(value),
                3 => section.os = self.remember(value),
                4 => section.application = self.remember(value),
                _ => {}
            }
        }
        file_info.sections.push(section);
        self.first_interface = file_info.interfaces.len();
        self.interfaces.clear();
        Ok(())
    }

    /// Draft section 4.2.
    fn interface_description(
        &mut self,
        input: &mut Input,
        length: u32,
        file_info: &mut FileInfo,
    ) -> Result<(), ReadProblem> {
        let order = self.order;
        let (position, body) = self.body(input, length, 8)?;
        if file_info.interfaces.len() == MOST_REMEMBERED {
            return Err(corrupt(position.at, format!("is interface {}", MOST_REMEMBERED + 1)));
        }
        let link = LinkType(u32::from(order.u16_at(body, 0).unwrap_or_default()));
        let mut interface = InterfaceDescription {
            snaplen: order.u32_at(body, 4).unwrap_or_default(),
            resolution: Resolution::MICROSECONDS,
            ..InterfaceDescription::new(link)
        };
        let mut offset = 0;
        let rest = body.get(8..).unwrap_or_default();
        for (code, value) in (Options { order, rest }) {
            match (code, value) {
                (2, _) => interface.name = self.remember(value),
                (3, _) => interface.description = self.remember(value),
                (9, [resolution, ..]) => interface.resolution = Resolution::from_option(*resolution),
                // 0: an expression follows. 1: BPF instructions, which are not for reading.
                (11, [0, expression @ ..]) => interface.filter = self.remember(expression),
                (14, _) => offset = order.i64_at(value, 0).unwrap_or_default(),
                _ => {}
            }
        }
        // As libpcap does: a link type of long frames has long blocks, with room for options.
        self.longest_block = self.longest_block.max(longest_frame(link) + 128 * 1024);
        self.interfaces.push(InterfaceClock {
            link,
            snaplen: interface.snaplen,
            resolution: interface.resolution,
            offset,
        });
        file_info.interfaces.push(interface);
        Ok(())
    }

    /// Draft section 4.6.
    fn interface_statistics(
        &mut self,
        input: &mut Input,
        length: u32,
        file_info: &mut FileInfo,
    ) -> Result<(), ReadProblem> {
        let order = self.order;
        let (position, body) = self.body(input, length, 12)?;
        let id = order.u32_at(body, 0).unwrap_or_default();
        let (clock, index) = self.interface(id, &position)?;
        let time = |value| stamp(order, value, 0).and_then(|units| clock.resolution.time(units, clock.offset));
        let mut statistics = InterfaceStatistics {
            at: time(body.get(4..).unwrap_or_default()),
            ..InterfaceStatistics::default()
        };
        let rest = body.get(12..).unwrap_or_default();
        for (code, value) in (Options { order, rest }) {
            match code {
                2 => statistics.start = time(value),
                3 => statistics.end = time(value),
                4 => statistics.received = order.u64_at(value, 0),
                5 => statistics.dropped = order.u64_at(value, 0),
                6 => statistics.accepted = order.u64_at(value, 0),
                7 => statistics.dropped_by_system = order.u64_at(value, 0),
                8 => statistics.delivered = order.u64_at(value, 0),
                _ => {}
            }
        }
        if let Some(interface) = file_info.interfaces.get_mut(index as usize) {
            interface.statistics = Some(statistics);
        }
        Ok(())
    }

    /// Draft section 4.3.
    #[inline]
    fn enhanced_packet(&self, input: &mut Input, length: u32) -> Result<FoundFrame, ReadProblem> {
        let order = self.order;
        let (position, body) = self.body(input, length, 20)?;
        let id = order.u32_at(body, 0).unwrap_or_default();
        self.stamped(&position, body, id)
    }

    /// Appendix A of the draft: the Packet Block, which the Enhanced Packet Block replaced. It differs in its first four bytes.
    fn packet(&self, input: &mut Input, length: u32) -> Result<FoundFrame, ReadProblem> {
        let (position, body) = self.body(input, length, 20)?;
        let id = self.order.u16_at(body, 0).unwrap_or_default();
        self.stamped(&position, body, u32::from(id))
    }

    /// Draft section 4.4: no interface (it is the first one), no time, no captured length.
    fn simple_packet(&self, input: &mut Input, length: u32) -> Result<FoundFrame, ReadProblem> {
        let (position, body) = self.body(input, length, 4)?;
        let (clock, interface) = self.interface(0, &position)?;
        let original_length = self.order.u32_at(body, 0).unwrap_or_default();
        let captured = match clock.snaplen {
            0 => original_length,
            snaplen => original_length.min(snaplen),
        };
        check_room(&position, captured, body.len() - 4)?;
        Ok(FoundFrame {
            time: None,
            link: clock.link,
            interface,
            direction: None,
            original_length,
            comments: Vec::new(),
            before_end: position.length - HEAD - 4,
            length: captured as usize,
        })
    }

    /// The rest of a block that has a time.
    #[inline]
    fn stamped(&self, position: &BlockPosition, body: &[u8], id: u32) -> Result<FoundFrame, ReadProblem> {
        let order = self.order;
        let (clock, interface) = self.interface(id, position)?;
        let units = stamp(order, body, 4).unwrap_or_default();
        let captured = order.u32_at(body, 12).unwrap_or_default();
        check_room(position, captured, body.len() - 20)?;
        let length = captured as usize;
        let mut found = FoundFrame {
            time: clock.resolution.time(units, clock.offset),
            link: clock.link,
            interface,
            direction: None,
            original_length: order.u32_at(body, 16).unwrap_or_default(),
            comments: Vec::new(),
            before_end: position.length - HEAD - 20,
            length,
        };
        let rest = body.get(20 + padded(length)..).unwrap_or_default();
        for (code, value) in (Options { order, rest }) {
            match code {
                COMMENT => found.comments.push(text(value)),
                // Draft section 4.3.1: the lowest two bits of `epb_flags`; the Packet Block has the same.
                2 => {
                    found.direction = match order.u32_at(value, 0).unwrap_or_default() & 0b11 {
                        0b01 => Some(Direction::Inbound),
                        0b10 => Some(Direction::Outbound),
                        _ => None,
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// The section's interface of this number, and its index in the file.
    #[inline]
    fn interface(&self, id: u32, position: &BlockPosition) -> Result<(InterfaceClock, u32), ReadProblem> {
        let clock = self.interfaces.get(id as usize);
        let index = u32::try_from(self.first_interface + id as usize).ok();
        clock.copied().zip(index).ok_or_else(|| {
            let known = self.interfaces.len();
            let why = format!("is of interface {id}, and the section has described {known} so far");
            corrupt(position.at, why)
        })
    }

    /// The text, while there is room to remember it.
    fn remember(&mut self, value: &[u8]) -> Option<String> {
        self.text_left = self.text_left.checked_sub(value.len() + size_of::<String>())?;
        Some(text(value))
    }
}

/// Is there room for this many captured bytes?
#[inline]
fn check_room(position: &BlockPosition, captured: u32, room: usize) -> Result<(), ReadProblem> {
    if captured as usize <= room {
        return Ok(());
    }
    let why = format!("claims {captured} captured bytes and has room for {room}");
    Err(corrupt(position.at, why))
}

/// A time's two halves; the upper one comes first in both byte orders.
#[inline]
fn stamp(order: ByteOrder, bytes: &[u8], index: usize) -> Option<u64> {
    let upper = order.u32_at(bytes, index)?;
    let lower = order.u32_at(bytes, index + 4)?;
    Some(u64::from(upper) << 32 | u64::from(lower))
}

fn pass_over(input: &mut Input, length: u32) -> Result<(), ReadProblem> {
    let at = input.offset();
    let whole = u64::from(length);
    if length % 4 != 0 || (length as usize) < HEAD + TAIL {
        return Err(corrupt(at, format!("claims an impossible length of {length} bytes")));
    }
    let there = input.skip(whole).map_err(ReadProblem::Read)?;
    if there < whole {
        return Err(ReadProblem::Cut {
            part: "block",
            at,
            there,
            whole,
        });
    }
    Ok(())
}

#[cold]
fn corrupt(at: u64, why: String) -> ReadProblem {
    ReadProblem::Corrupt { part: "block", at, why }
}

#[cfg(test)]
mod tests;
