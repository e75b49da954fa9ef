//! Capture files, pcap and pcapng: the reader and the writer of each side by side.
//!
//! Reading: [`Reader::open`], then [`Reader::next`] until it returns `None`. Writing: [`Destination::open`], [`Recorder::new`],
//! [`Recorder::write`] for each frame, [`Recorder::finish`].
//!
//! The formats: [pcap](https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html) is a header of 24 bytes, then packets, each
//! with 16 bytes before it. [pcapng](https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html) is a chain of blocks; a
//! packet is one kind of them, and so there is room for interfaces, comments and statistics.
//!
//! The crate `pcap-file` does the writing. Reading is our own, for the files that people have: that crate refuses packets
//! longer than the snapshot length in the header, or than they were on the wire, or with a comment that is not UTF-8, and has no
//! word for a file that merely ends too early.
#![forbid(unsafe_code)]

mod block_writer;
mod destination;
mod file_info;
mod found_file;
mod found_frame;
mod gzip;
mod input;
mod length;
mod lz4;
mod packed_frames;
mod packing;
mod pcap;
mod pcapng;
mod read_error;
mod reader;
mod recorder;
mod temporary_file;
mod time;
mod unpacking;
mod write_error;
mod zstd;

pub use destination::Destination;
pub use file_info::{ByteOrder, FileInfo, Format, InterfaceDescription, InterfaceStatistics, LONGEST_SNAPLEN, Section};
pub use packing::Packing;
pub use read_error::{ReadError, ReadProblem, next_step};
pub use reader::Reader;
pub use recorder::{Recorder, Written};
pub use time::Resolution;
pub use write_error::WriteError;
