//! The recording of a capture file that is read: a copy, or a part of it.

use std::path::Path;

use super::comments::commented;
use super::following::Follower;
use super::observed::Observed;
use super::recording::APPLICATION;
use super::series::Series;
use super::settings::Settings;
use crate::frame::Frame;
use crate::record::{FileInfo, Format, InterfaceDescription, Section, WriteError};
use crate::wire::LinkType;

/// A recording of the selected packets, in a file of its own.
pub(super) struct Copy {
    /// Opened at once, if its name is known, so that a name that cannot be written is said before anything is shown.
    series: Series,
    comments: Comments,
}

/// How a copy comments on its packets.
enum Comments {
    /// pcap has no place for them.
    None,
    /// All packets are recorded, so their numbers are the same as in the file that is read.
    WithNumbersOfTheFile,
    /// Packets are left out, so the copy is another capture: what is known of its packets comes from it alone, and they are
    /// counted from 1.
    WithItsOwn { follower: Box<Follower>, recorded: u64 },
}

impl Copy {
    /// Opens the file. `is_part`: not all packets will be recorded.
    ///
    /// # Errors
    /// As [`Series::open`].
    pub(super) fn open(path: &Path, settings: &Settings, is_part: bool) -> Result<Self, WriteError> {
        let series = Series::open(path, settings, None)?;
        Ok(Self {
            comments: match series.format() {
                Format::Pcap => Comments::None,
                Format::PcapNg if is_part => Comments::WithItsOwn {
                    follower: Box::default(),
                    recorded: 0,
                },
                Format::PcapNg => Comments::WithNumbersOfTheFile,
            },
            series,
        })
    }

    /// Does the copy need what packets do in their conversations, with their numbers in the file that is read?
    pub(super) const fn needs_following(&self) -> bool {
        matches!(self.comments, Comments::WithNumbersOfTheFile)
    }

    /// Records a packet.
    ///
    /// # Errors
    /// As [`Series::write`].
    pub(super) fn take(&mut self, observed: &Observed<'_, '_>, file_info: &FileInfo) -> Result<(), WriteError> {
        let known = &file_info.interfaces;
        let about = || section(file_info);
        match &mut self.comments {
            Comments::None => self.series.write(observed.frame, about, known),
            Comments::WithNumbersOfTheFile => self.series.write(&commented(observed), about, known),
            Comments::WithItsOwn { follower, recorded } => {
                *recorded += 1;
                let followed = follower.follow(*recorded, observed.frame, observed.packet());
                let frame = commented(&observed.known_as(*recorded, &followed));
                self.series.write(&frame, about, known)
            }
        }
    }

    /// As [`Series::is_over`].
    pub(super) fn is_over(&self, frame: &Frame<'_>) -> bool {
        self.series.is_over(frame)
    }

    /// Hands over what has been recorded.
    ///
    /// # Errors
    /// As [`Series::flush`].
    pub(super) fn flush(&mut self) -> Result<(), WriteError> {
        self.series.flush()
    }

    /// Ends the copy with what the file said that was counted. That is about the capture, so it stays true of a copy that
    /// has fewer packets.
    ///
    /// # Errors
    /// As [`Series::finish`].
    pub(super) fn finish(self, file_info: &FileInfo) -> Result<(), WriteError> {
        let known = &file_info.interfaces;
        // Nothing was wanted: an empty capture all the same, and a pcap file has to name a link type.
        let none = [InterfaceDescription::new(LinkType::ETHERNET)];
        let described = match (self.series.format(), known.get(..1)) {
            (_, None) => &none,
            (Format::Pcap, Some(first)) => first,
            (Format::PcapNg, _) => known,
        };
        let counted = |interface: &InterfaceDescription| interface.statistics.unwrap_or_default();
        let counted: Vec<_> = known.iter().map(counted).collect();
        self.series.finish(|| section(file_info), described, &counted).map(drop)
    }
}

/// The description of the file is kept, with this program as its writer.
fn section(file_info: &FileInfo) -> Section {
    let mut section = Section::of_this_machine(APPLICATION);
    if let Some(read) = file_info.sections.first() {
        section.hardware.clone_from(&read.hardware);
        section.os.clone_from(&read.os);
        section.comments.clone_from(&read.comments);
    }
    section
}
