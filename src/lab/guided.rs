//! A guided run from its first step to its last.

use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::PathBuf;

use super::capturing::{self, Capturing};
use super::context::{LabContext, TIMEOUT};
use super::failure::Failure;
use super::folder::Folder;
use super::network::Network;
use super::network_setup::NetworkSetup;
use super::observer::Observer;
use super::recording::Files;
use super::refused_network::lab_lacks_it;
use super::result::RunResult;
use super::run::{FinishedRun, PreparedRun, Run};
use super::run_printer::RunPrinter;
use super::two_hosts::TwoHosts;
use super::view::LabView;
use crate::calls::Call;
use crate::capture::live::{Capture, OpenError};
use crate::explain::count;
use crate::hosts::addresses::IpVersion;
use crate::hosts::wire::Wire;
use crate::local_time;
use crate::os::cancel::CancelToken;
use crate::privilege::{Need, drop_privileges, narrow_to};
use crate::render::text_style::TextStyle;
use crate::session::ending::{self, Grace};
use crate::session::outcome::Outcome;
use crate::session::say::Say;
use crate::session::stdout::StandardOutput;

/// What is run, and how it is printed.
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct LabSettings {
    /// The runs, in their order.
    pub runs: Vec<&'static Run>,
    /// The lines that are typed.
    pub lines: Vec<String>,
    /// Are they all on one loopback, also where there could be two hosts?
    pub loopback: bool,
    /// The folder for the files, unless it is the usual one.
    pub output: Option<PathBuf>,
    /// Are files replaced that are in it already?
    pub force: bool,
    /// What is shown.
    pub view: LabView,
    /// Is every packet broken down, with all of its data?
    pub full: bool,
    /// Characters, columns, colours, times.
    pub style: TextStyle,
    /// Does the terminal show links?
    pub links: bool,
}

/// Performs the runs that are asked for, and prints them. The order matters: the network first, then what needs privileges, with
/// what is no longer needed given up after each step. With the last of them gone, files are opened and threads started.
///
/// # Errors
/// Ctrl+C, or a step that failed.
pub fn run(settings: &LabSettings, say: Say) -> Result<Outcome, Failure> {
    let narrow = |need| narrow_to(need).map_err(|error| Failure::Line(error.to_string()));
    narrow(Need::PrivateNetwork)?;
    if let Some(line) = local_time::warning() {
        say.warning(line);
    }
    let NetworkSetup { network, hosts } = NetworkSetup::enter(&settings.runs, settings.loopback)?;
    // At two hosts the captures are open already.
    narrow(if hosts.is_some() {
        Need::Files
    } else {
        Need::LoopbackAndCapture
    })?;
    let user = CancelToken::on_signals()
        .map_err(|error| Failure::of("watching for Ctrl+C", error, "allow more open files with 'ulimit -n'"))?;
    let observer = Observer::start()?;
    let (context, ends, captures) = match hosts {
        Some(TwoHosts {
            hosts,
            threads,
            opened: [opened, _],
            ..
        }) => (
            LabContext::of_hosts(&user, observer, (IpVersion::V4, threads), TIMEOUT)?
                .with_own_segments(opened.own_segments),
            Some(hosts),
            opened.captures,
        ),
        None => (LabContext::new(&user, observer, &network)?, None, Vec::new()),
    };
    let (mut ready, blind) = prepare(settings, &network, &context, captures)?;
    drop_privileges().map_err(|error| Failure::Line(error.to_string()))?;
    let wire = ends.map(|[client, server]| Wire::plain(&client, &server));
    let wire = wire.transpose().map_err(|error| {
        Failure::of(
            "starting the wire",
            error,
            "allow more with 'ulimit -n' and 'ulimit -u'",
        )
    })?;
    ending::watch(&user, Grace::Waiting, say, None).map_err(Failure::Line)?;
    let mut folder = Folder::open(settings.output.as_deref(), settings.force)?;
    let files = ready
        .iter()
        .map(|one| Files::open(&folder, one.run, one.capture.is_some()));
    let files = files.collect::<Result<Vec<Files>, Failure>>()?;
    let expressions: Vec<String> = ready.iter().map(|one| one.expression.clone()).collect();
    let mut finished = Vec::new();
    context.watched(|| {
        for one in ready.drain(..) {
            finished.push(perform(one, &context)?);
        }
        Ok(())
    })?;
    if context.interrupted() {
        return Err(Failure::Interrupted);
    }
    let carried = wire.map(Wire::finish).transpose();
    let carried = carried.map_err(|error| Failure::of("carrying frames", error, "run it again"))?;
    let printer = RunPrinter {
        view: settings.view,
        full: settings.full,
        style: settings.style,
        links: settings.links,
        network: &network,
    };
    let (mut names, mut failure) = (Vec::new(), None);
    // What is shown first is written last: the newest report is the one to open.
    for ((files, one), expression) in files.into_iter().zip(&finished).zip(expressions).rev() {
        let about = (network.interface(), (one.run.before)(&network));
        match files.write(one, &expression, about, &printer.style) {
            Ok(written) => drop(names.splice(0..0, written)),
            Err(one) => failure = failure.or(Some(one)),
        }
    }
    if !names.is_empty() {
        folder.keep();
    }
    let output = print(&printer, &finished, &names)?;
    let lost = carried.map_or(0, |record| record.left_out);
    if lost > 0 {
        failure = failure.or_else(|| {
            Some(Failure::Line(format!(
                "{} were lost between the hosts; run it again on a quieter computer",
                count(lost, "frame")
            )))
        });
    }
    Ok(conclude(&finished, failure, blind, output, say))
}

/// One run that can begin.
struct Ready {
    run: &'static Run,
    prepared: Box<dyn PreparedRun>,
    /// The calls that made it ready.
    calls: Vec<Call>,
    expression: String,
    capture: Option<Capture>,
}

/// Makes the runs ready. With the reason why there is no capture, if there is none. These captures are open already, one for each.
fn prepare(
    settings: &LabSettings,
    network: &Network,
    context: &LabContext,
    captures: Vec<Capture>,
) -> Result<(Vec<Ready>, Option<String>), Failure> {
    let LabSettings { runs, lines, .. } = settings;
    let mut captures = captures.into_iter();
    let mut ready = Vec::new();
    let mut blind = None;
    for &run in runs {
        (run.change)(network)?;
        let prepared = (run.prepare)(context, lines).map_err(|failure| match (failure, network) {
            (Failure::Right(line), Network::Shared(refusal)) => Failure::Line(lab_lacks_it(&line, refusal)),
            (failure, _) => failure,
        })?;
        let calls = context.observer().take();
        let expression = capturing::expression(run.protocols, network, &prepared.ports());
        let filter = capturing::filter(&expression)?;
        let opened = captures
            .next()
            .map_or_else(|| capturing::open(network.interface(), &filter), Ok);
        let capture = match (opened, network) {
            (Ok(capture), _) => Some(capture),
            (Err(OpenError::NoPermission { .. }), Network::Shared(refusal)) => {
                blind = Some(lab_lacks_it("the packets could not be captured", refusal));
                None
            }
            (Err(error), _) => return Err(Failure::Line(error.to_string())),
        };
        ready.push(Ready {
            run,
            prepared,
            calls,
            expression,
            capture,
        });
    }
    Ok((ready, blind))
}

fn perform(ready: Ready, context: &LabContext) -> Result<FinishedRun, Failure> {
    let capturing = ready
        .capture
        .map(|capture| Capturing::start(capture, capturing::QUIET))
        .transpose()?;
    let output = ready.prepared.perform(context).and_then(|output| {
        context.come_to_rest()?;
        Ok(output)
    });
    let captured = capturing.map(Capturing::finish).transpose();
    let output = output?;
    let captured = captured?;
    let mut calls = ready.calls;
    calls.extend(context.observer().take());
    let (in_flows, conversations) = RunResult::follow(captured.as_ref());
    let screens = output.screens.into_iter().map(|(title, screen)| (title, screen.text()));
    let result = RunResult {
        screens: screens.collect(),
        calls,
        captured,
        in_flows,
        conversations,
        observations: output.observations,
        answered: output.answered,
    };
    Ok(FinishedRun { run: ready.run, result })
}

/// How standard output took it.
#[derive(Clone, Copy)]
enum OutputState {
    Whole,
    /// The reader has left: no failure.
    Closed,
}

fn print(printer: &RunPrinter<'_>, finished: &[FinishedRun], names: &[PathBuf]) -> Result<OutputState, Failure> {
    let mut output = BufWriter::new(StandardOutput::new());
    let ended = printer
        .print(&mut output, finished, names)
        .and_then(|()| output.flush());
    match ended {
        Ok(()) => Ok(OutputState::Whole),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(OutputState::Closed),
        Err(error) => Err(Failure::of(
            "writing standard output",
            error,
            "give it somewhere with room",
        )),
    }
}

/// What is left to be said on standard error, and the outcome.
fn conclude(
    finished: &[FinishedRun],
    failure: Option<Failure>,
    blind: Option<String>,
    output: OutputState,
    say: Say,
) -> Outcome {
    let mut outcome = Outcome::Complete;
    for captured in finished.iter().filter_map(|one| one.result.captured.as_ref()) {
        let lost = captured.statistics.dropped + captured.left_out;
        if lost > 0 {
            let notes: Vec<String> = captured.notes.iter().map(ToString::to_string).collect();
            say.error(&format!(
                "lost on the way to the capture: {}; {}",
                count(lost, "packet"),
                notes.join("; ")
            ));
            outcome = Outcome::Incomplete;
        }
    }
    if let Some(line) = blind {
        say.error(&line);
        outcome = Outcome::Incomplete;
    }
    if let Some(failure) = failure {
        say.error(&failure.to_string());
        outcome = Outcome::Incomplete;
    }
    if finished.iter().any(|one| !one.result.answered) {
        if matches!(output, OutputState::Whole) {
            say.error("a line got no answer: the client's screen says why");
        }
        outcome = Outcome::Incomplete;
    }
    outcome
}
