//! A recording in one file, or in a row of files: each is a capture by itself.

use std::collections::VecDeque;
use std::fmt;
use std::path::{Path, PathBuf};

use chrono::Utc;

use super::counts::packets;
use super::rotation::Rotation;
use super::settings::Settings;
use super::source::is_same_file;
use crate::escape::printable;
use crate::frame::{Frame, Time};
use crate::record::{
    Destination, Format, InterfaceDescription, InterfaceStatistics, Recorder, Section, WriteError, Written,
};

/// A recording in one file, or in a row of files.
pub(super) struct Series {
    given: PathBuf,
    /// The file that is read, which no file of the row may be.
    read: Option<PathBuf>,
    force: bool,
    rotation: Rotation,
    format: Format,
    /// The file that has no packet yet, …
    opened: Option<Destination>,
    /// … and the one that has.
    recorder: Option<Recorder>,
    /// How many interfaces it has.
    described: usize,
    /// Since when the seconds of the file count, in seconds since 1970.
    since: Option<i64>,
    /// The place of the file in the row of its time, from 0.
    place: u32,
    /// Have the places come round, so that the files there are of this run?
    has_come_round: bool,
    /// Times that have passed.
    times: u32,
    total: Recorded,
    /// The packets of the files that are still there, where they take turns.
    held: VecDeque<u64>,
}

/// What was recorded.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    pub(super) written: Written,
    /// How many files were begun.
    pub(super) files: u64,
    pub(super) first: PathBuf,
    pub(super) last: PathBuf,
    /// How many packets were in files that have been replaced by later ones.
    pub(super) replaced: u64,
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |path: &Path| printable(path.display().to_string().as_bytes()).into_owned();
        let Written {
            packets: all, bytes, ..
        } = self.written;
        write!(f, "{}, {bytes} bytes written to ", packets(all))?;
        if self.files == 1 {
            return f.write_str(&name(&self.first));
        }
        write!(
            f,
            "{} files, from {} to {}",
            self.files,
            name(&self.first),
            name(&self.last)
        )?;
        if self.replaced > 0 {
            write!(
                f,
                "; {} were in files that later ones have replaced",
                packets(self.replaced)
            )?;
        }
        Ok(())
    }
}

impl Series {
    /// Opens the first file, unless its name depends on the time of a packet to come: `now` is `None` then.
    ///
    /// # Errors
    /// As [`Destination::open`].
    pub(super) fn open(path: &Path, settings: &Settings, now: Option<i64>) -> Result<Self, WriteError> {
        let mut series = Self {
            given: path.to_owned(),
            read: settings.read.clone(),
            force: settings.force,
            rotation: settings.rotation,
            format: settings.format_of(path),
            opened: None,
            recorder: None,
            described: 0,
            since: now,
            place: 0,
            has_come_round: false,
            times: 0,
            total: Recorded {
                written: Written::default(),
                files: 0,
                first: path.to_owned(),
                last: path.to_owned(),
                replaced: 0,
            },
            held: VecDeque::new(),
        };
        if now.is_some() || series.rotation.seconds.is_none() {
            series.open_file()?;
        }
        Ok(series)
    }

    pub(super) const fn format(&self) -> Format {
        self.format
    }

    /// Does this packet come after the end that was asked for?
    pub(super) fn is_over(&self, frame: &Frame<'_>) -> bool {
        let most = self.rotation.files.filter(|_| self.rotation.size.is_none());
        most.is_some_and(|most| self.times + 1 >= most && self.is_late(frame))
    }

    /// Records a packet, in another file if it is time. `section` and `known` are what each file begins with.
    ///
    /// # Errors
    /// As [`Destination::open`], [`Recorder::new`] and [`Recorder::write`].
    pub(super) fn write(
        &mut self,
        frame: &Frame<'_>,
        section: impl FnOnce() -> Section,
        known: &[InterfaceDescription],
    ) -> Result<(), WriteError> {
        if self.is_late(frame) {
            self.times += 1;
            self.place = 0;
            self.has_come_round = false;
            self.since = seconds(frame).or(self.since);
            self.next_file()?;
        }
        let size = self.recorder.as_ref().map_or(0, Recorder::bytes);
        if self.rotation.size.is_some_and(|most| size > most) {
            self.place += 1;
            if self.rotation.files.is_some_and(|files| self.place >= files) {
                self.place = 0;
                self.has_come_round = true;
            }
            self.next_file()?;
        }
        if self.opened.is_none() && self.recorder.is_none() {
            self.since = self.since.or_else(|| seconds(frame));
            self.open_file()?;
        }
        // The packet that is in hand is lost with the start of the file.
        self.begin(section, known).map_err(|error| error.with_more_lost(1))?;
        let Some(recorder) = &mut self.recorder else {
            return Ok(());
        };
        for interface in known.iter().skip(self.described) {
            recorder.add_interface(interface)?;
            self.described += 1;
        }
        recorder.write(frame)
    }

    /// Begins the file that is open.
    ///
    /// # Errors
    /// As [`Recorder::new`].
    pub(super) fn begin(
        &mut self,
        section: impl FnOnce() -> Section,
        known: &[InterfaceDescription],
    ) -> Result<(), WriteError> {
        let Some(destination) = self.opened.take() else {
            return Ok(());
        };
        let mut section = section();
        if self.total.files > 1 {
            section.comments.push(format!(
                "File {} of a row; its first packet is packet {} of the row. Comments count the packets of the row.",
                self.total.files,
                self.total.written.packets + 1
            ));
        }
        self.recorder = Some(Recorder::new(destination, self.format, &section, known)?);
        self.described = known.len();
        Ok(())
    }

    /// Hands over what has been recorded.
    ///
    /// # Errors
    /// As [`Recorder::flush`].
    pub(super) fn flush(&mut self) -> Result<(), WriteError> {
        self.recorder.as_mut().map_or(Ok(()), Recorder::flush)
    }

    /// Ends the recording; without a packet it is an empty capture. The last file has what was counted.
    ///
    /// # Errors
    /// As [`Recorder::finish`].
    pub(super) fn finish(
        mut self,
        section: impl FnOnce() -> Section,
        known: &[InterfaceDescription],
        counted: &[InterfaceStatistics],
    ) -> Result<Recorded, WriteError> {
        if self.opened.is_none() && self.recorder.is_none() {
            self.since = self.since.or_else(|| Some(Utc::now().timestamp()));
            self.open_file()?;
        }
        self.begin(section, known)?;
        let counted = counted.get(..self.described).unwrap_or(counted);
        self.close(counted)?;
        Ok(self.total)
    }

    /// Has the time of the file passed when this packet comes?
    fn is_late(&self, frame: &Frame<'_>) -> bool {
        let (Some(most), Some(since), Some(now)) = (self.rotation.seconds, self.since, seconds(frame)) else {
            return false;
        };
        u64::try_from(now.saturating_sub(since)).is_ok_and(|passed| passed >= most)
    }

    fn next_file(&mut self) -> Result<(), WriteError> {
        // The packet that is in hand is lost with the next file.
        self.close(&[]).map_err(|error| error.with_more_lost(1))?;
        self.open_file().map_err(|error| WriteError::NextFile {
            error: Box::new(error),
            kept: self.total.written.packets,
            lost: 1,
        })
    }

    fn close(&mut self, counted: &[InterfaceStatistics]) -> Result<(), WriteError> {
        let Some(recorder) = self.recorder.take() else {
            return Ok(());
        };
        let written = recorder.finish(counted)?;
        let total = &mut self.total.written;
        total.packets += written.packets;
        total.bytes += written.bytes;
        total.cut_comments += written.cut_comments;
        self.held.push_back(written.packets);
        Ok(())
    }

    fn open_file(&mut self) -> Result<(), WriteError> {
        let path = self.rotation.name(&self.given, self.since.unwrap_or(0), self.place);
        let refused = |why| WriteError::Refused {
            path: path.clone(),
            why,
        };
        if self.rotation.is_some() {
            let found = path.metadata();
            if found.is_ok_and(|found| !found.is_file() && !found.is_dir()) {
                return Err(refused(
                    "-C and -G make ordinary files, and it is none; choose another name",
                ));
            }
            if self.read.as_deref().is_some_and(|read| is_same_file(read, &path)) {
                return Err(refused("it is the file that is being read; choose another name"));
            }
        }
        self.opened = Some(Destination::open(&path, self.force || self.has_come_round)?);
        if self.has_come_round {
            self.total.replaced += self.held.pop_front().unwrap_or(0);
        } else if self.place == 0 {
            // Those of another time stay.
            self.held.clear();
        }
        if self.total.files == 0 {
            self.total.first.clone_from(&path);
        }
        self.total.last = path;
        self.total.files += 1;
        Ok(())
    }
}

/// When the packet was captured, in seconds since 1970.
fn seconds(frame: &Frame<'_>) -> Option<i64> {
    frame
        .time
        .map(|Time(nanoseconds)| nanoseconds.div_euclid(1_000_000_000))
}
