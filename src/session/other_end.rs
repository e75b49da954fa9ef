//! Two captures of one exchange: both files are read, laid together, and shown.

use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::Path;

use super::ending::{self, Counts, Grace};
use super::observed::LazyPacket;
use super::outcome::Outcome;
use super::say::Say;
use super::selection::Selection;
use super::settings::Settings;
use super::source::{Source, is_pipe, is_same_file};
use super::stdout::{StandardOutput, unwritable};
use crate::escape::{one_line, printable};
use crate::filter::Filter;
use crate::frame::Frame;
use crate::os::cancel::CancelToken;
use crate::pair::{Apart, Captures, Comparison, Exchange, Kind, Side, cut_at};
use crate::record::FileInfo;
use crate::render::json;
use crate::render::text_style::TimeFormat;
use crate::render::two_ends::TwoEnds;
use crate::render::two_ends::ladder::{self, Wished};

/// Reads both files, lays them together and shows the result.
///
/// # Errors
/// It cannot begin, or the captures do not belong together: a line that says why.
pub fn run(settings: &Settings, filter: &Filter, cancel: &CancelToken, say: Say) -> Result<Outcome, String> {
    let (Some(a), Some(b)) = (&settings.read, &settings.other_end) else {
        return Ok(Outcome::Complete);
    };
    let _watching = ending::watch(cancel, Grace::Whole, say, Some(Counts::of_reading()))?;
    if let Some(pipe) = [a, b].into_iter().find(|path| is_pipe(path)) {
        return Err(format!(
            "--other-end compares two files, and may read them twice: {} is not a file; save it first",
            name(pipe)
        ));
    }
    let mut reading = Reading {
        settings,
        filter,
        cancel,
        say,
        files: [a, b],
        is_one_file: is_same_file(a, b),
        interfaces: Vec::new(),
        further: 0,
        cut_at: None,
        failed: false,
    };
    let with_nat = settings.nat;
    let Some(mut captures) = reading.both(Comparison {
        with_nat,
        ..Comparison::default()
    })?
    else {
        return Ok(Outcome::Incomplete);
    };
    if let Some(limit) = reading.cut_at {
        // What one capture has not kept cannot be compared, so both are read again up to there.
        reading.failed = false;
        let limit = Some(limit);
        let Some(again) = reading.quietly(Comparison {
            with_nat,
            limit,
            ..Comparison::default()
        })?
        else {
            return Ok(Outcome::Incomplete);
        };
        captures = again;
    }
    if reading.is_one_file && reading.interfaces.len() < 2 {
        return Err(format!(
            "{} is named twice, and has the packets of one interface only: name the capture of the other end",
            name(a)
        ));
    }
    if reading.further > 0 {
        say.warning(&format!(
            "{} has packets of further interfaces, which are left out: {}",
            name(a),
            reading.further
        ));
    }
    let [in_a, in_b] = reading.names();
    let exchange = Exchange::of(captures).map_err(|apart| why(&apart, [&in_a, &in_b], settings.nat))?;
    let ends = TwoEnds {
        exchange: &exchange,
        a: &in_a,
        b: &in_b,
    };
    let mut output = BufWriter::new(StandardOutput::new());
    let written = if settings.json {
        json::write_exchange(&mut output, &ends)
    } else {
        let wished = Wished {
            full: settings.full,
            quiet: settings.quiet,
        };
        ladder::write(&mut output, &settings.style_with(TimeFormat::Relative), &ends, wished)
    };
    match written.and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            say.error(&unwritable(&error));
            reading.failed = true;
        }
        _ => {}
    }
    Ok(Outcome::of(reading.failed))
}

/// A file's name, safe to show.
fn name(path: &Path) -> String {
    printable(path.display().to_string().as_bytes()).into_owned()
}

/// Reading both captures.
struct Reading<'r> {
    settings: &'r Settings,
    filter: &'r Filter,
    cancel: &'r CancelToken,
    say: Say,
    files: [&'r Path; 2],
    /// Is it one file with two interfaces?
    is_one_file: bool,
    /// Of one file: the interfaces in the order of their first packets, each with its name.
    interfaces: Vec<(u32, String)>,
    /// Packets of a third interface.
    further: u64,
    /// The least that was kept of a packet that was cut.
    cut_at: Option<usize>,
    failed: bool,
}

impl Reading<'_> {
    /// Reads both; `None` after a quit.
    fn both(&mut self, comparison: Comparison) -> Result<Option<Captures>, String> {
        self.with(comparison, self.say, true)
    }

    /// The same once more, without saying again what has been said.
    fn quietly(&mut self, comparison: Comparison) -> Result<Option<Captures>, String> {
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

    /// What both captures are called.
    fn names(&self) -> [String; 2] {
        let [a, b] = self.files.map(name);
        match &self.interfaces[..] {
            [(_, first), (_, second), ..] => [format!("{a}, interface {first}"), format!("{b}, interface {second}")],
            _ => [a, b],
        }
    }
}

/// Why they cannot be laid together.
fn why(apart: &Apart, [a, b]: [&str; 2], with_nat: bool) -> String {
    let none = format!("{a} and {b} have no packet in common");
    match apart {
        Apart::Empty(side) => {
            let empty = if *side == Side::A { a } else { b };
            format!("{empty} has no IP packet with a time that is wanted, so nothing can be compared")
        }
        Apart::OnlyWithNat(packets) => format!(
            "{none}, but without addresses and ports {packets} are equal: if a router between the ends translates addresses, \
             add --nat"
        ),
        Apart::OtherPackets(kind, client, server) => {
            let protocol = match kind {
                Kind::Tcp => "TCP",
                Kind::Udp => "UDP",
                _ => "IP",
            };
            format!(
                "{none}: both have {protocol} packets between {client} and {server}, but other ones; they are captures of two \
                 different exchanges"
            )
        }
        Apart::OtherConversations(ends) => {
            let text = format!(
                "{none}, nor a conversation: the largest is between {} and {} in one, and between {} and {} in the other",
                ends.a.0, ends.a.1, ends.b.0, ends.b.1
            );
            if with_nat {
                text
            } else {
                format!("{text}; name two captures of one exchange")
            }
        }
    }
}
