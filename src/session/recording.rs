//! Where a live capture is recorded.

use std::path::Path;

use super::comments::commented;
use super::following::Conversations;
use super::observed::{Observed, Sink};
use super::settings::Settings;
use crate::capture::live::{Capture, interfaces};
use crate::filter::Filter;
use crate::record::{Destination, Format, InterfaceDescription, Recorder, Section, WriteError};

/// Who writes the file.
pub(super) const APPLICATION: &str = concat!("sniffer ", env!("CARGO_PKG_VERSION"), " (socket-lab)");

/// Where frames are recorded.
pub(super) struct Recording {
    pub(super) recorder: Recorder,
    pub(super) format: Format,
}

impl Sink for Recording {
    type Error = WriteError;

    /// Records a frame, in pcapng with its comment.
    fn take(&mut self, observed: &Observed<'_, '_>, _: &dyn Conversations) -> Result<(), WriteError> {
        match self.format {
            Format::Pcap => self.recorder.write(observed.frame),
            Format::PcapNg => self.recorder.write(&commented(observed)),
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
    Ok(Recording { recorder, format })
}

/// What a recording says of the interface.
pub(super) fn interface_of(settings: &Settings, filter: &Filter, capture: &Capture) -> InterfaceDescription {
    // A recording does without a description where the interfaces cannot be listed.
    let known = interfaces().unwrap_or_default();
    let description = known
        .iter()
        .find(|one| one.name == settings.interface)
        .map(ToString::to_string);
    InterfaceDescription {
        name: Some(capture.interface().to_owned()),
        description,
        filter: filter.expression().map(|_| filter.to_string()),
        snaplen: capture.snaplen(),
        ..InterfaceDescription::new(capture.link_type())
    }
}
