//! What a capture file says about itself, whether it is read or going to be written.

use std::fmt;
use std::path::Path;

use super::packing::Packing;
use super::time::Resolution;
use crate::frame::Time;
use crate::wire::LinkType;

/// The snapshot length that means "everything", in bytes: the largest one that libpcap and Wireshark accept for ordinary
/// links. Larger than any frame of theirs.
pub const LONGEST_SNAPLEN: u32 = 262_144;

/// The format of a capture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The classic one: one link type, no comments.
    Pcap,
    /// Its successor: sections of blocks.
    PcapNg,
}

impl Format {
    /// The format that the name asks for: pcapng for `.pcapng` and `.ntar`, however written, else pcap. An ending for how it
    /// is packed may follow, such as `.gz`.
    #[must_use]
    pub fn of_path(path: &Path) -> Self {
        let unpacked = Packing::of_path(path).and_then(|_| path.file_stem());
        let wants_pcapng = unpacked
            .map_or(path, Path::new)
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("pcapng") || ending.eq_ignore_ascii_case("ntar"));
        if wants_pcapng { Self::PcapNg } else { Self::Pcap }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pcap => "pcap",
            Self::PcapNg => "pcapng",
        })
    }
}

/// The order in which a file stores the bytes of its own numbers: that of the machine that wrote it. (The packets inside
/// keep network byte order whatever it is.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteOrder {
    /// The least significant byte first.
    Little,
    /// The most significant byte first, as on the network.
    Big,
}

impl ByteOrder {
    /// The 16 bits at this index, if they are there.
    pub(super) fn u16_at(self, bytes: &[u8], index: usize) -> Option<u16> {
        let stored = *bytes.get(index..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(stored),
            Self::Big => u16::from_be_bytes(stored),
        })
    }

    /// The 32 bits at this index, if they are there.
    pub(super) fn u32_at(self, bytes: &[u8], index: usize) -> Option<u32> {
        let stored = *bytes.get(index..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(stored),
            Self::Big => u32::from_be_bytes(stored),
        })
    }

    /// The 64 bits at this index, if they are there.
    pub(super) fn u64_at(self, bytes: &[u8], index: usize) -> Option<u64> {
        let stored = *bytes.get(index..)?.first_chunk()?;
        Some(match self {
            Self::Little => u64::from_le_bytes(stored),
            Self::Big => u64::from_be_bytes(stored),
        })
    }

    /// The 64 bits at this index with their sign, if they are there.
    pub(super) fn i64_at(self, bytes: &[u8], index: usize) -> Option<i64> {
        let stored = *bytes.get(index..)?.first_chunk()?;
        Some(match self {
            Self::Little => i64::from_le_bytes(stored),
            Self::Big => i64::from_be_bytes(stored),
        })
    }
}

impl fmt::Display for ByteOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Little => "little-endian",
            Self::Big => "big-endian",
        })
    }
}

/// Where the frames were captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceDescription {
    /// What the first byte of its frames belongs to.
    pub link: LinkType,
    /// The most bytes that were kept of a frame; 0: all.
    pub snaplen: u32,
    /// Its name, such as `lo` (pcapng `if_name`).
    pub name: Option<String>,
    /// What people call it (pcapng `if_description`).
    pub description: Option<String>,
    /// The filter expression that chose the frames (pcapng `if_filter`).
    pub filter: Option<String>,
    /// The unit of its time stamps in the file. A [`super::Recorder`] always writes nanoseconds.
    pub resolution: Resolution,
    /// What was counted while capturing (pcapng's Interface Statistics Block, the last one).
    pub statistics: Option<InterfaceStatistics>,
}

impl InterfaceDescription {
    /// An interface of which no more than the link type is known.
    #[must_use]
    pub const fn new(link: LinkType) -> Self {
        Self {
            link,
            snaplen: LONGEST_SNAPLEN,
            name: None,
            description: None,
            filter: None,
            resolution: Resolution::NANOSECONDS,
            statistics: None,
        }
    }
}

/// What was counted on an interface during a capture: of all that passed there then, whatever was chosen of it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InterfaceStatistics {
    /// Frames that came in; with some programs, among them this one, only those that passed the filter (`isb_ifrecv`).
    pub received: Option<u64>,
    /// Frames among these that found no room and were lost (`isb_ifdrop`).
    pub dropped: Option<u64>,
    /// Frames that passed the filter (`isb_filteraccept`).
    pub accepted: Option<u64>,
    /// Frames that the operating system lost (`isb_osdrop`).
    pub dropped_by_system: Option<u64>,
    /// Frames that reached the capturing program (`isb_usrdeliv`).
    pub delivered: Option<u64>,
    /// When the capture began.
    pub start: Option<Time>,
    /// When it ended.
    pub end: Option<Time>,
    /// When this was counted; a [`super::Recorder`] takes the end or the start for it if it is not known.
    pub at: Option<Time>,
}

/// Who made a capture, on what. A pcapng file has one or several of these; a pcap file has one without words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// How its numbers are stored. A [`super::Recorder`] always writes little-endian.
    pub byte_order: ByteOrder,
    /// The machine (pcapng `shb_hardware`).
    pub hardware: Option<String>,
    /// The operating system (`shb_os`).
    pub os: Option<String>,
    /// The program (`shb_userappl`).
    pub application: Option<String>,
    /// Comments on the whole section (`opt_comment`).
    pub comments: Vec<String>,
}

impl Section {
    /// A section that says nothing.
    #[must_use]
    pub const fn new(byte_order: ByteOrder) -> Self {
        Self {
            byte_order,
            hardware: None,
            os: None,
            application: None,
            comments: Vec::new(),
        }
    }

    /// A section that names this machine, its system, and this application.
    #[must_use]
    pub fn of_this_machine(application: &str) -> Self {
        // As uname(2) has them; elsewhere than on Linux the plain name has to do.
        let kernel = |what| std::fs::read_to_string(format!("/proc/sys/kernel/{what}"));
        let os = match (kernel("ostype"), kernel("osrelease")) {
            (Ok(name), Ok(release)) => format!("{} {}", name.trim(), release.trim()),
            _ => std::env::consts::OS.to_owned(),
        };
        Self {
            hardware: Some(std::env::consts::ARCH.to_owned()),
            os: Some(os),
            application: Some(application.to_owned()),
            ..Self::new(ByteOrder::Little)
        }
    }
}

/// What is known about a file that is being read. It grows while reading: sections and interfaces may begin anywhere, and
/// statistics stand at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileInfo {
    /// Its format.
    pub format: Format,
    /// How it is packed; `None`: it is not.
    pub packing: Option<Packing>,
    /// The sections so far.
    pub sections: Vec<Section>,
    /// The interfaces of all sections so far; [`crate::frame::Frame::interface`] is an index into this.
    pub interfaces: Vec<InterfaceDescription>,
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn the_ending_of_the_name_chooses_the_format() {
        for (name, format) in [
            ("a.pcapng", Format::PcapNg),
            ("a.PcapNg", Format::PcapNg),
            ("a.ntar", Format::PcapNg),
            ("a.pcapng.gz", Format::PcapNg),
            ("a.pcapng.ZST", Format::PcapNg),
            ("a.b/a.pcapng.lz4", Format::PcapNg),
            ("a.pcap.gz", Format::Pcap),
            ("a.pcapng.gz.gz", Format::Pcap),
            ("a.gz", Format::Pcap),
            ("a.pcap", Format::Pcap),
            ("a.cap", Format::Pcap),
            ("pcapng", Format::Pcap),
            ("a.pcapng/b", Format::Pcap),
        ] {
            assert_eq!(Format::of_path(name.as_ref()), format, "{name}");
        }
    }
}
