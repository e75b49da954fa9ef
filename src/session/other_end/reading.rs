//! Reading both captures.

use std::path::Path;

use crate::escape::{one_line, printable};
use crate::filter::Filter;
use crate::frame::Frame;
use crate::os::cancel::CancelToken;
use crate::pair::{Captures, Comparison, Side, cut_at};
use crate::record::FileInfo;
use crate::session::observed::LazyPacket;
use crate::session::say::Say;
use crate::session::selection::Selection;
use crate::session::settings::Settings;
use crate::session::source::Source;

/// Reading both captures.
pub(super) struct Reading<'r> {
    pub(super) settings: &'r Settings,
    pub(super) filter: &'r Filter,
    pub(super) cancel: &'r CancelToken,
    pub(super) say: Say,
    pub(super) files: [&'r Path; 2],
    /// Is it one file with two interfaces?
    pub(super) is_one_file: bool,
    /// Of one file: the interfaces in the order of their first packets, each with its name.
    pub(super) interfaces: Vec<(u32, String)>,
    /// Packets of a third interface.
    pub(super) further: u64,
    /// The least that was kept of a packet that was cut.
    pub(super) cut_at: Option<usize>,
    pub(super) failed: bool,
}

impl Reading<'_> {
    /// Reads both; `None` after a quit.
    pub(super) fn both(&mut self, comparison: Comparison) -> Result<Option<Captures>, String> {
        self.with(comparison, self.say, true)
    }

    /// The same once more, without saying again what has been said.
    pub(super) fn quietly(&mut self, comparison: Comparison) -> Result<Option<Captures>, String> {
        self.with(comparison, self.say, false)
    }

    fn with(&mut self, comparison: Comparison, say: Say, aloud: bool) -> Result<Option<Captures>, String> {
        let mut captures = Captures::new(comparison);
        self.further = 0;
        for (side, path) in Side::BOTH.into_iter().zip(self.files) {
            if self.is_one_file && side == Side::B {
                break;
            }
            let mut source = Source::open(path, self.cancel)?;
            let mut selection = Selection::new(self.filter.clone(), self.settings.handshake_only);
            let mut number = 0;
            loop {
                if source.is_over(self.cancel) {
                    source.interrupted().iter().for_each(|line| say.error(line));
                    return Ok(None);
                }
                let taken = match source.reader.next_with_file_info() {
                    Ok(Some((frame, file_info))) => {
                        number += 1;
                        let headers = LazyPacket::new(&frame);
                        let is_wanted = selection.wants(&headers).map_err(|error| one_line(&error))?;
                        is_wanted.then(|| self.take(&mut captures, side, number, &headers, file_info))
                    }
                    Ok(None) => break,
                    Err(error) => {
                        if aloud && error.is_cut() {
                            say.warning(&one_line(&error));
                        } else if aloud {
                            say.error(&one_line(&error));
                        }
                        self.failed = true;
                        break;
                    }
                };
                let _ = taken;
                source.count(number);
            }
            source.leave();
            if let Some(line) = selection.nothing() {
                let name = printable(path.display().to_string().as_bytes()).into_owned();
                return Err(format!("{name}: {line}, so nothing can be compared"));
            }
            self.covered(&mut captures, side, source.reader.file_info());
        }
        Ok(Some(captures))
    }

    fn take(
        &mut self,
        captures: &mut Captures,
        side: Side,
        number: u64,
        headers: &LazyPacket<'_>,
        file_info: &FileInfo,
    ) {
        let frame: &Frame<'_> = headers.frame();
        let side = if self.is_one_file {
            let Some(side) = self.side_of(frame.interface, file_info) else {
                self.further += 1;
                return;
            };
            side
        } else {
            side
        };
        let cut = cut_at(frame, headers.packet());
        self.cut_at = [self.cut_at, cut].into_iter().flatten().min();
        captures.take(side, number, frame, headers.packet());
    }

    /// Of one file, the first interface with packets is one end, and the second one the other.
    fn side_of(&mut self, interface: u32, file_info: &FileInfo) -> Option<Side> {
        let known = self.interfaces.iter().position(|(each, _)| *each == interface);
        let place = known.unwrap_or(self.interfaces.len());
        if place == self.interfaces.len() && place < 2 {
            let described = file_info
                .interfaces
                .get(interface as usize)
                .and_then(|each| each.name.clone());
            let described = described.unwrap_or_else(|| format!("{interface}"));
            self.interfaces
                .push((interface, printable(described.as_bytes()).into_owned()));
        }
        Side::BOTH.get(place).copied()
    }

    /// When the captures began and ended, where the file says so.
    fn covered(&self, captures: &mut Captures, side: Side, file_info: &FileInfo) {
        for (index, interface) in (0..).zip(&file_info.interfaces) {
            let side = if self.is_one_file {
                let place = self.interfaces.iter().position(|(each, _)| *each == index);
                place.and_then(|place| Side::BOTH.get(place).copied())
            } else {
                Some(side)
            };
            let statistics = interface.statistics.as_ref();
            let times = statistics.map_or([None; 2], |statistics| [statistics.start, statistics.end]);
            for (side, time) in times.into_iter().filter_map(|time| side.zip(time)) {
                captures.covers(side, time);
            }
        }
    }

    /// What both captures are called, with their files named so.
    pub(super) fn names(&self, name: impl Fn(&Path) -> String) -> [String; 2] {
        let [a, b] = self.files.map(name);
        match &self.interfaces[..] {
            [(_, first), (_, second), ..] => [format!("{a}, interface {first}"), format!("{b}, interface {second}")],
            _ => [a, b],
        }
    }
}
