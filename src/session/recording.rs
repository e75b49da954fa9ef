//! Where a live capture is recorded.

use std::path::Path;

use chrono::Utc;

use super::comments::commented;
use super::following::Conversations;
use super::observed::{Observed, Sink};
use super::series::{Recorded, Series};
use super::settings::Settings;
use crate::capture::live::{Capture, interfaces};
use crate::filter::Filter;
use crate::frame::Frame;
use crate::record::{Format, InterfaceDescription, InterfaceStatistics, Section, WriteError};

/// Who writes the file.
pub(super) const APPLICATION: &str = concat!("sniffer ", env!("CARGO_PKG_VERSION"), " (socket-lab)");

/// Where frames are recorded.
pub(super) struct Recording {
    series: Series,
    interfaces: Vec<InterfaceDescription>,
}

impl Sink for Recording {
    type Error = WriteError;

    /// Records a frame, in pcapng with its comment.
    fn take(&mut self, observed: &Observed<'_, '_>, _: &dyn Conversations) -> Result<(), WriteError> {
        match self.series.format() {
            Format::Pcap => self.series.write(observed.frame, section, &self.interfaces),
            Format::PcapNg => self.series.write(&commented(observed), section, &self.interfaces),
        }
    }
}

impl Recording {
    /// Begins a recording.
    ///
    /// # Errors
    /// As [`Series::open`] and [`Series::begin`].
    pub(super) fn begin(
        path: &Path,
        settings: &Settings,
        interfaces: Vec<InterfaceDescription>,
    ) -> Result<Self, WriteError> {
        let mut series = Series::open(path, settings, Some(Utc::now().timestamp()))?;
        series.begin(section, &interfaces)?;
        Ok(Self { series, interfaces })
    }

    /// Does it keep comments?
    pub(super) fn keeps_comments(&self) -> bool {
        self.series.format() == Format::PcapNg
    }

    /// As [`Series::is_over`].
    pub(super) fn is_over(&self, frame: &Frame<'_>) -> bool {
        self.series.is_over(frame)
    }

    /// As [`Series::flush`].
    pub(super) fn flush(&mut self) -> Result<(), WriteError> {
        self.series.flush()
    }

    /// As [`Series::finish`].
    pub(super) fn finish(self, counted: &[InterfaceStatistics]) -> Result<Recorded, WriteError> {
        self.series.finish(section, &self.interfaces, counted)
    }
}

fn section() -> Section {
    Section::of_this_machine(APPLICATION)
}

/// What a recording says of the interface.
pub(super) fn interface_of(filter: &Filter, capture: &Capture) -> InterfaceDescription {
    // A recording does without a description where the interfaces cannot be listed.
    let known = interfaces().unwrap_or_default();
    let description = known
        .iter()
        .find(|one| one.name == capture.interface())
        .map(ToString::to_string);
    InterfaceDescription {
        name: Some(capture.interface().to_owned()),
        description,
        filter: filter.expression().map(|_| filter.to_string()),
        snaplen: capture.snaplen(),
        ..InterfaceDescription::new(capture.link_type())
    }
}
