//! The files of a run.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use super::capturing::Captured;
use super::failure::Failure;
use super::folder::{Folder, Pending};
use super::result::RunResult;
use super::run::{FinishedRun, Run};
use crate::calls::lines;
use crate::explain::{grouped, packet};
use crate::frame::Frame;
use crate::record::{Destination, Format, InterfaceDescription, InterfaceStatistics, Recorder, Section, WriteError};
use crate::render::report;
use crate::render::report_model::{ReportModel, ReportPacket};
use crate::render::text_style::TextStyle;
use crate::session::provenance;
use crate::timeline::CallIndex;

/// Who writes the files.
const APPLICATION: &str = concat!("socket-lab ", env!("CARGO_PKG_VERSION"));

/// What bounds a report: the capture itself, since all that it kept is in it.
const BOUND: &str = "64 MiB of them at most";

/// The files of one run, open and empty.
pub struct Files {
    captures: Vec<(Format, Destination, Pending)>,
    report: Option<(File, Pending)>,
    calls: (File, Pending),
}

impl Files {
    /// Opens `RUN.pcapng`, `RUN.pcap`, `RUN.html` and `RUN.calls.jsonl`; without a capture, only the last one.
    ///
    /// # Errors
    /// As [`Folder::capture`].
    pub fn open(folder: &Folder, run: &Run, captures: bool) -> Result<Self, Failure> {
        let word = run.word;
        let mut files = Vec::new();
        for (format, ending) in [(Format::PcapNg, "pcapng"), (Format::Pcap, "pcap")] {
            let name = format!("{word}.{ending}");
            if captures {
                let (destination, pending) = folder.capture(&name)?;
                files.push((format, destination, pending));
            } else {
                // What an earlier run captured does not belong to the calls of this one.
                folder.clear(&name)?;
            }
        }
        let name = format!("{word}.html");
        if !captures {
            folder.clear(&name)?;
        }
        Ok(Self {
            captures: files,
            report: captures.then(|| folder.text(&name)).transpose()?,
            calls: folder.text(&format!("{word}.calls.jsonl"))?,
        })
    }

    /// Writes them, and returns their names.
    ///
    /// # Errors
    /// The disk is full, or the like. The file that was to be written is not there then.
    pub fn write(
        self,
        FinishedRun { run, result }: &FinishedRun,
        filter: &str,
        (interface, about): (&str, &[&str]),
        style: &TextStyle,
    ) -> Result<Vec<PathBuf>, Failure> {
        let mut names = Vec::new();
        let mut hashed = None;
        for (format, destination, pending) in self.captures {
            if let Some(captured) = &result.captured {
                record(destination, format, result, captured, (interface, Some(filter)), about)
                    .map_err(|error| pending.about(&error))?;
                // Of the first one, before it gets its name, under which another run may put its own file.
                let sum = hashed.is_none().then(|| provenance::sha256(&pending.path()));
                let sum = sum.transpose().map_err(report_failed)?;
                let name = pending.finish()?;
                hashed = hashed.or(sum.map(|sum| (provenance::name(&name), sum)));
                names.push(name);
            }
        }
        if let (Some((file, pending)), Some(_)) = (self.report, &result.captured) {
            let provenance = provenance::of(hashed, run.word, "socket-lab");
            let mut output = BufWriter::new(file);
            report::write(&mut output, style, &report_model(result), &provenance)
                .and_then(|()| output.flush())
                .map_err(report_failed)?;
            names.push(pending.finish()?);
        }
        let (file, pending) = self.calls;
        let mut output = BufWriter::new(file);
        let mut written = Ok(());
        for call in &result.calls {
            written = written.and_then(|()| writeln!(output, "{}", lines::to_json(call)?));
        }
        written
            .and_then(|()| output.flush())
            .map_err(|error| Failure::of("writing the socket calls", error, "make room and run it again"))?;
        names.push(pending.finish()?);
        Ok(names)
    }
}

pub(super) fn report_failed(error: std::io::Error) -> Failure {
    Failure::of("writing the report", error, "make room and run it again")
}

/// What the report is made from.
pub(super) fn report_model(result: &RunResult) -> ReportModel {
    model_of(result, usize::MAX).bounded_by(BOUND.to_owned())
}

/// The same of the first packets of a run that can have very many: this many at most.
pub(super) fn bounded_report_model(result: &RunResult, most: usize) -> ReportModel {
    let bound = match result.conversations.len() {
        0 | 1 => format!("the first {}", grouped(most as u64)),
        several => format!("the first {} of each conversation", grouped((most / several) as u64)),
    };
    model_of(result, most).bounded_by(bound)
}

fn model_of(result: &RunResult, most: usize) -> ReportModel {
    let mut logs = CallIndex::new();
    result.calls.iter().cloned().for_each(|call| logs.add(call));
    let packets = (1..).zip(result.frames()).zip(&result.in_flows);
    // Of several conversations each has its share.
    let share = most / result.conversations.len().max(1);
    let mut counts = HashMap::<u64, usize>::new();
    let packets = packets.filter(move |(_, in_flow)| {
        let conversation = in_flow.as_ref().map_or(0, |in_flow| in_flow.conversation);
        let count = counts.entry(conversation).or_default();
        *count += 1;
        *count <= share
    });
    let kept: Vec<ReportPacket> = packets
        .map(|((number, frame), in_flow)| ReportPacket {
            number,
            frame: frame.clone(),
            in_flow: *in_flow,
            whole: None,
        })
        .collect();
    let captured = result.captured.as_ref().map_or(0, |captured| captured.left_out);
    let left_out = captured + (result.frames().len() - kept.len()) as u64;
    let conversation = |number| {
        let mut known = result.conversations.iter();
        known.find(|one| one.number == number).cloned()
    };
    let start = result.frames().iter().find_map(|frame| frame.time);
    ReportModel::new(
        kept,
        conversation,
        |_, packets| logs.match_conversation(packets),
        true,
        start,
        left_out,
    )
}

pub(super) fn record(
    destination: Destination,
    format: Format,
    result: &RunResult,
    captured: &Captured,
    (interface, filter): (&str, Option<&str>),
    about: &[&str],
) -> Result<(), WriteError> {
    let interface = InterfaceDescription {
        name: Some(interface.to_owned()),
        snaplen: captured.snaplen,
        filter: filter.map(str::to_owned),
        ..InterfaceDescription::new(captured.link)
    };
    let section = Section {
        comments: about.iter().map(|&paragraph| paragraph.to_owned()).collect(),
        ..Section::of_this_machine(APPLICATION)
    };
    let mut recorder = Recorder::new(destination, format, &section, &[interface])?;
    for (frame, in_flow) in captured.frames.iter().zip(&result.in_flows) {
        if format == Format::PcapNg {
            let packet = frame.decode();
            let commented = Frame {
                comments: packet::comment(&packet, in_flow.as_ref()).into_iter().collect(),
                ..frame.clone()
            };
            recorder.write(&commented)?;
        } else {
            recorder.write(frame)?;
        }
    }
    let [began, ended] = captured.covered;
    let statistics = InterfaceStatistics {
        received: Some(captured.statistics.received),
        dropped: Some(captured.statistics.dropped),
        start: Some(began),
        end: Some(ended),
        ..InterfaceStatistics::default()
    };
    recorder.finish(&[statistics])?;
    Ok(())
}
