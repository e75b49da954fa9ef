//! Where a live capture is recorded.

use std::path::Path;

use super::following::Commenter;
use super::settings::Settings;
use crate::capture::live::{Capture, interfaces};
use crate::filter::Filter;
use crate::frame::Frame;
use crate::record::{Destination, Format, Interface, Recorder, Section, WriteError};

/// Who writes the file.
pub(super) const APPLICATION: &str = concat!("sniffer ", env!("CARGO_PKG_VERSION"), " (socket-lab)");

/// Where frames are recorded.
pub(super) struct Recording {
    pub(super) recorder: Recorder,
    format: Format,
    pub(super) commenter: Commenter,
}

impl Recording {
    /// Records a frame, in pcapng with its comment.
    ///
    /// # Errors
    /// As [`Recorder::write`].
    pub(super) fn write(&mut self, frame: &Frame<'_>) -> Result<(), WriteError> {
        match self.format {
            Format::Pcap => self.recorder.write(frame),
            Format::PcapNg => {
                let mut frame = frame.clone();
                self.commenter.comment_on(&mut frame);
                self.recorder.write(&frame)
            }
        }
    }
}

/// Begins a recording.
///
/// # Errors
/// As [`Destination::open`] and [`Recorder::new`].
pub(super) fn record(
    path: &Path,
    settings: &Settings,
    filter: &Filter,
    capture: &Capture,
) -> Result<Recording, WriteError> {
    let destination = Destination::open(path, settings.force)?;
    let interface = interface_of(settings, filter, capture);
    let section = Section::of_this_machine(APPLICATION);
    let format = Format::of_path(path);
    let recorder = Recorder::new(destination, format, &section, &[interface])?;
    Ok(Recording {
        recorder,
        format,
        commenter: Commenter::new(),
    })
}

/// What a recording says of the interface.
pub(super) fn interface_of(settings: &Settings, filter: &Filter, capture: &Capture) -> Interface {
    let known = interfaces();
    let description = known
        .iter()
        .find(|one| one.name == settings.interface)
        .map(ToString::to_string);
    Interface {
        name: Some(capture.interface().to_owned()),
        description,
        filter: filter.expression().map(|_| filter.to_string()),
        snaplen: capture.snaplen(),
        ..Interface::new(capture.link_type())
    }
}
