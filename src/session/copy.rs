//! The recording of a capture file that is read: a copy, or a part of it.

use std::path::Path;

use super::comments::commented;
use super::following::Follower;
use super::observed::Observed;
use super::recording::APPLICATION;
use crate::frame::Frame;
use crate::record::{Destination, FileInfo, Format, InterfaceDescription, Recorder, Section, WriteError};
use crate::wire::LinkType;

/// A recording of the selected packets, in a file of its own.
pub(super) struct Copy {
    /// Opened at once, so that a name that cannot be written is said before anything is shown.
    destination: Option<Destination>,
    recorder: Option<Recorder>,
    format: Format,
    interfaces: usize,
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
    /// As [`Destination::open`].
    pub(super) fn open(path: &Path, force: bool, is_part: bool) -> Result<Self, WriteError> {
        let destination = Destination::open(path, force)?;
        let format = Format::of_path(path);
        Ok(Self {
            destination: Some(destination),
            recorder: None,
            format,
            interfaces: 0,
            comments: match format {
                Format::Pcap => Comments::None,
                Format::PcapNg if is_part => Comments::WithItsOwn {
                    follower: Box::default(),
                    recorded: 0,
                },
                Format::PcapNg => Comments::WithNumbersOfTheFile,
            },
        })
    }

    /// Does the copy need what packets do in their conversations, with their numbers in the file that is read?
    pub(super) const fn needs_following(&self) -> bool {
        matches!(self.comments, Comments::WithNumbersOfTheFile)
    }

    /// Records a packet.
    ///
    /// # Errors
    /// As [`Recorder::write`].
    pub(super) fn take(&mut self, observed: &Observed<'_, '_>, file_info: &FileInfo) -> Result<(), WriteError> {
        match &mut self.comments {
            Comments::None => self.write(observed.frame, file_info),
            Comments::WithNumbersOfTheFile => self.write(&commented(observed), file_info),
            Comments::WithItsOwn { follower, recorded } => {
                *recorded += 1;
                let followed = follower.follow(*recorded, observed.frame, observed.packet());
                let frame = commented(&observed.known_as(*recorded, &followed));
                self.write(&frame, file_info)
            }
        }
    }

    /// Records a frame; interfaces are described before their first one.
    fn write(&mut self, frame: &Frame<'_>, file_info: &FileInfo) -> Result<(), WriteError> {
        let known = &file_info.interfaces;
        if let Some(destination) = self.destination.take() {
            let section = section(file_info);
            // The frame that is in hand then is lost with the start of the file.
            let recorder = Recorder::new(destination, self.format, &section, known);
            self.recorder = Some(recorder.map_err(|error| error.with_more_lost(1))?);
            self.interfaces = known.len();
        }
        let Some(recorder) = &mut self.recorder else {
            return Ok(());
        };
        for interface in known.iter().skip(self.interfaces) {
            recorder.add_interface(interface)?;
            self.interfaces += 1;
        }
        recorder.write(frame)
    }

    /// Hands over what has been recorded.
    ///
    /// # Errors
    /// As [`Recorder::flush`].
    pub(super) fn flush(&mut self) -> Result<(), WriteError> {
        self.recorder.as_mut().map_or(Ok(()), Recorder::flush)
    }

    /// Ends the copy with what the file said that was counted. That is about the capture, so it stays true of a copy that
    /// has fewer packets.
    ///
    /// # Errors
    /// As [`Recorder::finish`].
    pub(super) fn finish(mut self, file_info: &FileInfo) -> Result<(), WriteError> {
        let known = &file_info.interfaces;
        if let Some(destination) = self.destination {
            // Nothing was wanted: an empty capture all the same, and a pcap file has to name a link type.
            let none = [InterfaceDescription::new(LinkType::ETHERNET)];
            let described = match (self.format, known.get(..1)) {
                (_, None) => &none,
                (Format::Pcap, Some(first)) => first,
                (Format::PcapNg, _) => known,
            };
            self.interfaces = described.len();
            self.recorder = Some(Recorder::new(destination, self.format, &section(file_info), described)?);
        }
        let counted = |interface: &InterfaceDescription| interface.statistics.unwrap_or_default();
        let counted: Vec<_> = known.iter().take(self.interfaces).map(counted).collect();
        match self.recorder {
            Some(recorder) => recorder.finish(&counted).map(|_| ()),
            None => Ok(()),
        }
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
