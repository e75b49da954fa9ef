//! Recording frames, whatever the format.

use std::time::Duration;

use super::block_writer::BlockWriter;
use super::destination::Destination;
use super::file_info::{Format, InterfaceDescription, InterfaceStatistics, Section};
use super::pcap::writer as pcap;
use super::pcapng::writer::PcapNgWriter;
use super::write_error::WriteError;
use crate::frame::{Frame, Time};
use crate::wire::LinkType;

/// Records frames into a capture file or pipe.
///
/// Frames are collected and written many at once; [`Self::flush`] writes at once. What is in the file is valid at any time:
/// after a failure a half packet is cut off again, where the destination is a file.
pub struct Recorder {
    block_writer: BlockWriter,
    format_writer: FormatWriter,
    links: Vec<LinkType>,
}

enum FormatWriter {
    Pcap,
    PcapNg(PcapNgWriter),
}

/// What a finished recording holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Its frames.
    pub packets: u64,
    /// Its length in bytes, packed if it is packed.
    pub bytes: u64,
    /// How many comments were too long for the format, 65,535 bytes, and end in ` [cut]`.
    pub cut_comments: u64,
}

impl Recorder {
    /// Begins a recording: writes what comes before the first frame, and flushes, so that a reader at the other end of a pipe
    /// can begin too.
    ///
    /// pcap keeps of `section` and `interfaces` only the first one's link type and snapshot length.
    ///
    /// # Errors
    /// The destination does not take it; the format is pcap and there are two link types, or none.
    pub fn new(
        to: Destination,
        format: Format,
        section: &Section,
        interfaces: &[InterfaceDescription],
    ) -> Result<Self, WriteError> {
        let mut block_writer = BlockWriter::new(to);
        let format_writer = match (format, interfaces.first()) {
            (Format::PcapNg, _) => PcapNgWriter::new(&mut block_writer, section)
                .map(FormatWriter::PcapNg)
                .map_err(|error| error.to_string()),
            (Format::Pcap, Some(first)) => pcap::header(&mut block_writer, first)
                .map(|()| FormatWriter::Pcap)
                .map_err(|error| error.to_string()),
            (Format::Pcap, None) => {
                Err("a pcap file begins with the link type of its interface, and there is none".to_owned())
            }
        };
        let format_writer = match format_writer {
            Ok(format_writer) => format_writer,
            Err(why) => return Err(unfit(&mut block_writer, why)),
        };
        block_writer.end_block(false)?;
        let mut recorder = Self {
            block_writer,
            format_writer,
            links: Vec::new(),
        };
        for interface in interfaces {
            recorder.add_interface(interface)?;
        }
        recorder.flush()?;
        Ok(recorder)
    }

    /// Describes one more interface; its frames may follow. Returns its number, for [`Frame::interface`].
    ///
    /// # Errors
    /// The format is pcap and the link type another one than before; the destination does not take it.
    pub fn add_interface(&mut self, interface: &InterfaceDescription) -> Result<u32, WriteError> {
        match &mut self.format_writer {
            FormatWriter::Pcap => {
                let holds = self.links.first().copied().unwrap_or(interface.link);
                if interface.link != holds {
                    return Err(self.wrong_link(holds, interface.link));
                }
            }
            FormatWriter::PcapNg(_) => {
                if let Err(error) = PcapNgWriter::interface(&mut self.block_writer, interface) {
                    return Err(unfit(&mut self.block_writer, error.to_string()));
                }
                self.block_writer.end_block(false)?;
            }
        }
        self.links.push(interface.link);
        Ok(u32::try_from(self.links.len() - 1).unwrap_or(u32::MAX))
    }

    /// Records a frame; a pcap file has no place for its comments, its direction and the number of its interface. One without a time gets the time 0, 1970, as the formats have no other word for it; one whose original
    /// length is below that of its bytes gets the latter.
    ///
    /// # Errors
    /// The frame does not fit into this recording ([`WriteError::is_about_one_frame`]), or the destination does not take it:
    /// then all that follows is lost too, and counted.
    #[inline]
    pub fn write(&mut self, frame: &Frame<'_>) -> Result<(), WriteError> {
        let time = frame.time.unwrap_or(Time(0));
        let Some(since) = since_1970(time) else {
            return Err(WriteError::Time {
                name: self.block_writer.name(),
                time,
            });
        };
        let written = match &mut self.format_writer {
            FormatWriter::Pcap => {
                let holds = self.links.first().copied().unwrap_or(frame.link);
                if frame.link != holds {
                    return Err(self.wrong_link(holds, frame.link));
                }
                if u32::try_from(since.as_secs()).is_err() {
                    return Err(WriteError::Time {
                        name: self.block_writer.name(),
                        time,
                    });
                }
                pcap::packet(&mut self.block_writer, frame, since).map_err(|error| error.to_string())
            }
            FormatWriter::PcapNg(writer) => {
                if self.links.get(frame.interface as usize) != Some(&frame.link) {
                    return Err(WriteError::NoInterface {
                        name: self.block_writer.name(),
                        interface: frame.interface,
                        link: frame.link,
                    });
                }
                writer
                    .packet(&mut self.block_writer, frame, since)
                    .map_err(|error| error.to_string())
            }
        };
        if let Err(why) = written {
            return Err(unfit(&mut self.block_writer, why));
        }
        self.block_writer.end_block(true)
    }

    /// Hands everything over to the system, up to the last frame.
    ///
    /// # Errors
    /// The destination does not take it.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        self.block_writer.write_out()
    }

    /// Bytes handed over so far, before they are packed: the length of the file, as far as it will have what was handed over.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.block_writer.bytes()
    }

    /// Ends the recording, with what was counted on each interface, in their order. pcap has no place for that.
    ///
    /// # Errors
    /// The destination does not take it.
    pub fn finish(mut self, statistics: &[InterfaceStatistics]) -> Result<Written, WriteError> {
        if let FormatWriter::PcapNg(_) = &self.format_writer {
            let known = (0..).zip(statistics).take(self.links.len());
            for (interface, counted) in known.filter(|(_, counted)| **counted != InterfaceStatistics::default()) {
                if let Err(error) = PcapNgWriter::statistics(&mut self.block_writer, interface, counted) {
                    return Err(unfit(&mut self.block_writer, error.to_string()));
                }
                self.block_writer.end_block(false)?;
            }
        }
        self.flush()?;
        if self.block_writer.is_gone() {
            return Err(WriteError::Gone {
                name: self.block_writer.name(),
                packets: self.block_writer.packets(),
            });
        }
        Ok(Written {
            packets: self.block_writer.packets(),
            bytes: self.block_writer.in_file(),
            cut_comments: match &self.format_writer {
                FormatWriter::Pcap => 0,
                FormatWriter::PcapNg(writer) => writer.cut_comments(),
            },
        })
    }

    #[cold]
    fn wrong_link(&self, holds: LinkType, other: LinkType) -> WriteError {
        WriteError::LinkType {
            name: self.block_writer.name(),
            holds,
            other,
        }
    }
}

/// The format does not take it; what has begun to be written is forgotten.
#[cold]
fn unfit(block_writer: &mut BlockWriter, why: String) -> WriteError {
    block_writer.drop_unfinished();
    WriteError::Unfit {
        name: block_writer.name(),
        why,
    }
}

/// The time as both formats count it; `None` before 1970.
pub(super) fn since_1970(time: Time) -> Option<Duration> {
    u64::try_from(time.0).ok().map(Duration::from_nanos)
}
