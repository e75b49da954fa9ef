//! The files of a run with two hosts: a capture at each end, what the wire did, the calls, what the kernels knew, the
//! report.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use super::result::WireResult;
use super::settings::WireSettings;
use crate::calls::lines;
use crate::flow::Party;
use crate::hosts::addresses::INTERFACE;
use crate::hosts::counters;
use crate::lab::failure::Failure;
use crate::lab::folder::{Folder, Pending};
use crate::lab::recording::{bounded_report_model, record, report_failed};
use crate::record::{Destination, Format};
use crate::render::report;
use crate::render::report_model::BothEnds;
use crate::render::two_ends::picture;
use crate::session::provenance;
use crate::tcp_info;

/// This many packets are in a report at most: each of them is written whole, and a page of thousands is of little use.
const REPORTED: usize = 300;

/// The files of a run, opened before anything is sent.
pub struct WireFiles {
    captures: [(Destination, Pending); 2],
    wire: (File, Pending),
    calls: (File, Pending),
    tcp_info: (File, Pending),
    counters: Option<(File, Pending)>,
    report: (File, Pending),
}

const PARTIES: [Party; 2] = [Party::Client, Party::Server];

impl WireFiles {
    /// Opens them in the folder.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn open(folder: &Folder, settings: &WireSettings) -> Result<Self, Failure> {
        let word = settings.run.word;
        let capture = |party: Party| folder.capture(&format!("{word}.{party}.pcapng"));
        let tcp_info = format!("{word}.tcp-info.jsonl");
        // A run without TCP has none, and what an earlier run left does not belong to it.
        folder.clear(&tcp_info)?;
        let counters = format!("{word}.counters.jsonl");
        folder.clear(&counters)?;
        Ok(Self {
            captures: [capture(Party::Client)?, capture(Party::Server)?],
            wire: folder.text(&format!("{word}.wire.jsonl"))?,
            calls: folder.text(&format!("{word}.calls.jsonl"))?,
            tcp_info: folder.text(&tcp_info)?,
            counters: settings.counters.then(|| folder.text(&counters)).transpose()?,
            report: folder.text(&format!("{word}.html"))?,
        })
    }

    /// Writes them, gives them their names, and returns those.
    ///
    /// # Errors
    /// One of them cannot be written.
    pub fn write(self, settings: &WireSettings, result: &WireResult) -> Result<Vec<PathBuf>, Failure> {
        let run = settings.run;
        let rules = format!("The wire: {}.", settings.rules_in_words());
        let about: Vec<&str> = settings.before().into_iter().chain([&*rules]).collect();
        let mut names = Vec::new();
        let mut hashed = None;
        for ((destination, pending), party) in self.captures.into_iter().zip(PARTIES) {
            let end = result.end(party);
            if let Some(captured) = &end.captured {
                record(destination, Format::PcapNg, end, captured, (INTERFACE, None), &about)
                    .map_err(|error| pending.about(&error))?;
                let sum = hashed.is_none().then(|| provenance::sha256(&pending.path()));
                let sum = sum.transpose().map_err(report_failed)?;
                let name = pending.finish()?;
                hashed = hashed.or(sum.map(|sum| (provenance::name(&name), sum)));
                names.push(name);
            }
        }
        let numbers = PARTIES.map(|party| result.numbers(party));
        names.push(written(self.wire, "what the wire did", |output| {
            let [client, server] = &numbers;
            result.record.write(output, [client, server])
        })?);
        names.push(written(self.calls, "the socket calls", |output| {
            let mut calls: Vec<_> = result.ends.iter().flat_map(|end| &end.calls).collect();
            calls.sort_by_key(|call| call.entered);
            for call in calls {
                writeln!(output, "{}", lines::to_json(call)?)?;
            }
            Ok(())
        })?);
        let samples = &result.record.samples;
        if !samples.is_empty() {
            names.push(written(self.tcp_info, "what the kernels knew", |output| {
                samples
                    .iter()
                    .try_for_each(|sample| tcp_info::lines::write(output, sample))
            })?);
        }
        if let Some(file) = self.counters {
            names.push(written(file, "what the kernels counted", |output| {
                counters::write(output, &result.counted)
            })?);
        }
        let provenance = provenance::of(hashed, run.word, "socket-lab");
        names.push(written(self.report, "the report", |output| {
            let model = bounded_report_model(result.end(Party::Client), REPORTED);
            let both_ends = result.both_ends().map(|ends| picture::for_page(&ends, REPORTED as u64));
            let model = model.with_both_ends(BothEnds {
                question: question(settings, result),
                ..both_ends.unwrap_or_default()
            });
            let model = model.with_plots(|one| result.plots(one.conversation.number));
            report::write(output, &settings.style, &model, &provenance)
        })?);
        Ok(names)
    }
}

/// What to predict before the pictures are looked at, and what they show; nothing where the wire does more than the run says.
fn question(settings: &WireSettings, result: &WireResult) -> Option<(String, Vec<String>)> {
    settings.before()?;
    let mut letters = settings.run.question.chars();
    let first = letters.next()?.to_uppercase();
    Some((first.chain(letters).collect(), (settings.run.after)(result)))
}

fn written(
    (file, pending): (File, Pending),
    what: &str,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<PathBuf, Failure> {
    let mut output = BufWriter::new(file);
    let done = write(&mut output).and_then(|()| output.flush());
    done.map_err(|error| Failure::of(&format!("writing {what}"), error, "make room and run it again"))?;
    pending.finish()
}
