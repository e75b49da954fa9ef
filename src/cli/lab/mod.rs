//! `socket-lab`: the guided run, from its arguments to its exit status.

pub mod args;
mod refused;

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use self::args::LabArgs;
use self::refused::lab_lacks_it;
use super::args::wants_color;
use super::usage;
use crate::capture::live::{Capture, OpenError};
use crate::lab::capturing::{self, Capturing};
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::folder::Folder;
use crate::lab::network::{self, Network};
use crate::lab::observer::Observer;
use crate::lab::recording::Files;
use crate::lab::result::RunResult;
use crate::lab::run::{FinishedRun, PreparedRun, Run};
use crate::lab::story::Story;
use crate::local_time;
use crate::os::cancel::CancelToken;
use crate::os::limits;
use crate::privilege::{Need, drop_privileges, narrow_to};
use crate::session::ending::{self, Grace};
use crate::session::say::{LogFormat, Say};
use crate::session::stdout::StandardOutput;

/// Runs the program: exit status 0 fine, 1 failure or no capture, 2 wrong arguments.
#[must_use]
pub fn main() -> ExitCode {
    limits::within_memory(start)
}

fn start() -> ExitCode {
    if std::env::args_os().skip(1).eq([network::TRY]) {
        return probe();
    }
    let about = "Guided run of the socket lab: server, client and capture at once, and the story of their packets";
    let args: LabArgs = match usage::parse("socket-lab", about) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let say = Say::new(wants_color(args.look.color), LogFormat::Text);
    let lines = match args.lines() {
        Ok(lines) => lines,
        Err(line) => return say.wrong_usage(&line),
    };
    match run(&args, &lines, say) {
        Ok(code) => code,
        Err(failure) => say.fail(&failure.to_string()),
    }
}

/// What the process does that [`Network::enter`] starts.
fn probe() -> ExitCode {
    if let Err(error) = narrow_to(Need::PrivateNetwork) {
        return Say::new(false, LogFormat::Text).fail(&error.to_string());
    }
    match network::probe() {
        None => ExitCode::SUCCESS,
        Some(refusal) => {
            // The exit status has to do where nobody reads.
            let _ = writeln!(io::stdout(), "{refusal}");
            ExitCode::FAILURE
        }
    }
}

/// One run that can begin.
struct Ready {
    run: &'static Run,
    prepared: Box<dyn PreparedRun>,
    /// The calls that made it ready.
    calls: Vec<crate::calls::Call>,
    expression: String,
    capture: Option<Capture>,
}

/// The order matters: the network first, then what needs privileges, with what is no longer needed given up after each step.
/// With the last of them gone files are opened and threads started.
fn run(args: &LabArgs, lines: &[String], say: Say) -> Result<ExitCode, Failure> {
    let narrow = |need| narrow_to(need).map_err(|error| Failure::Line(error.to_string()));
    narrow(Need::PrivateNetwork)?;
    if let Some(line) = local_time::complaint() {
        say.warning(line);
    }
    let network = Network::enter()?;
    narrow(Need::LoopbackAndCapture)?;
    let person = CancelToken::on_signals()
        .map_err(|error| Failure::of("watching for Ctrl+C", error, "allow more open files with 'ulimit -n'"))?;
    let context = LabContext::new(&person, Observer::start()?, &network)?;
    let (mut ready, blind) = prepare(&args.runs(), lines, &network, &context)?;
    drop_privileges().map_err(|error| Failure::Line(error.to_string()))?;
    ending::watch(&person, Grace::Waiting, say, None).map_err(Failure::Line)?;
    let mut folder = Folder::open(args.output.as_deref(), args.force)?;
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
    let story = Story {
        view: args.view,
        full: args.full,
        look: args.look.look(args.view.times()),
        network: &network,
    };
    let mut names = Vec::new();
    let mut failure = None;
    for ((files, one), expression) in files.into_iter().zip(&finished).zip(expressions) {
        match files.write(one, &expression, (one.run.before)(&network), &story.look) {
            Ok(written) => names.extend(written),
            Err(one) => failure = failure.or(Some(one)),
        }
    }
    if !names.is_empty() {
        folder.keep();
    }
    let told = tell(&story, &finished, &names)?;
    Ok(conclude(&finished, failure, blind, told, say))
}

/// Makes the runs ready. With the reason why there is no capture, if there is none.
fn prepare(
    runs: &[&'static Run],
    lines: &[String],
    network: &Network,
    context: &LabContext,
) -> Result<(Vec<Ready>, Option<String>), Failure> {
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
        let capture = match (capturing::open(&filter), network) {
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
    let capturing = ready.capture.map(Capturing::start).transpose()?;
    let output = ready.prepared.perform(context);
    let captured = capturing.map(Capturing::finish).transpose();
    let output = output?;
    let captured = captured?;
    let mut calls = ready.calls;
    calls.extend(context.observer().take());
    let (steps, conversations) = RunResult::follow(captured.as_ref());
    let screens = output.screens.into_iter().map(|(title, screen)| (title, screen.text()));
    let result = RunResult {
        screens: screens.collect(),
        calls,
        captured,
        steps,
        conversations,
        observations: output.observations,
        answered: output.answered,
    };
    Ok(FinishedRun { run: ready.run, result })
}

/// How standard output took it.
#[derive(Clone, Copy)]
enum Told {
    Whole,
    /// The reader has left: no failure.
    Closed,
}

fn tell(story: &Story<'_>, finished: &[FinishedRun], names: &[PathBuf]) -> Result<Told, Failure> {
    let mut output = BufWriter::new(StandardOutput::new());
    let told = story.tell(&mut output, finished, names).and_then(|()| output.flush());
    match told {
        Ok(()) => Ok(Told::Whole),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Told::Closed),
        Err(error) => Err(Failure::of(
            "writing standard output",
            error,
            "give it somewhere with room",
        )),
    }
}

/// What is left to be said on standard error, and the exit status.
fn conclude(
    finished: &[FinishedRun],
    failure: Option<Failure>,
    blind: Option<String>,
    told: Told,
    say: Say,
) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for captured in finished.iter().filter_map(|one| one.result.captured.as_ref()) {
        let lost = captured.statistics.dropped + captured.left_out;
        if lost > 0 {
            let notes: Vec<String> = captured.notes.iter().map(ToString::to_string).collect();
            say.error(&format!(
                "{lost} packets were lost on their way to the capture; {}",
                notes.join("; ")
            ));
            code = ExitCode::FAILURE;
        }
    }
    if let Some(line) = blind {
        code = say.fail(&line);
    }
    if let Some(failure) = failure {
        code = say.fail(&failure.to_string());
    }
    if finished.iter().any(|one| !one.result.answered) {
        code = match told {
            Told::Whole => say.fail("a line got no answer: the client's screen says why"),
            Told::Closed => ExitCode::FAILURE,
        };
    }
    code
}
