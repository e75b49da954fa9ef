//! A run with two hosts from its first step to its last.

use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::time::Duration;

use super::files::WireFiles;
use super::kernels;
use super::printer::WirePrinter;
use super::result::{WireResult, laid_together};
use super::run::Traffic;
use super::settings::WireSettings;
use crate::calls::{Call, Program};
use crate::explain::count;
use crate::flow::Party;
use crate::hosts::counters::{Counted, Counters};
use crate::hosts::host_thread::HostThread;
use crate::hosts::rules::{Effect, Rules};
use crate::hosts::wire::Wire;
use crate::lab::capturing::{Captured, Capturing};
use crate::lab::context::{COMING_TO_REST, LabContext};
use crate::lab::failure::Failure;
use crate::lab::folder::Folder;
use crate::lab::network::Network;
use crate::lab::observer::Observer;
use crate::lab::programs::{ClientSide, with_server};
use crate::lab::refused_network;
use crate::lab::result::RunResult;
use crate::lab::screen::Screen;
use crate::lab::two_hosts::{self, TwoHosts};
use crate::local_time;
use crate::os::cancel::CancelToken;
use crate::privilege::{Need, drop_privileges, may_capture, narrow_to};
use crate::session::ending::{self, Grace};
use crate::session::outcome::Outcome;
use crate::session::say::Say;
use crate::session::stdout::StandardOutput;

/// How long a client waits for its connection, or for an answer. Longer than a segment that is sent again takes, also the
/// third time.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client waits for a datagram: nothing repeats it, so longer is of no use.
const UDP_TIMEOUT: Duration = Duration::from_secs(1);

/// Performs the run, and prints it. The order matters: first what needs rights, then they are given up, then files are opened and
/// programs started.
///
/// # Errors
/// Ctrl+C, or a step that failed.
pub fn run(settings: &WireSettings, say: Say) -> Result<Outcome, Failure> {
    let run = settings.run;
    narrow_to(Need::PrivateNetwork).map_err(|error| Failure::Line(error.to_string()))?;
    if let Some(line) = local_time::warning() {
        say.warning(line);
    }
    if let Network::Shared(refusal) = Network::enter()? {
        return Err(Failure::Line(refused_network::no_networks(&refusal, may_capture())));
    }
    let user = CancelToken::on_signals()
        .map_err(|error| Failure::of("watching for Ctrl+C", error, "allow more open files with 'ulimit -n'"))?;
    let TwoHosts {
        hosts: [client, server],
        router,
        threads,
        opened: watching,
    } = TwoHosts::make(settings.version, run.router, |host| {
        kernels::set(host, settings.textbook, &run.kernel)?;
        two_hosts::capture("")
    })
    .map_err(|error| Failure::Line(refused_network::no_hosts(&error)))?;
    drop_privileges().map_err(|error| Failure::Line(error.to_string()))?;
    let timeout = match run.traffic {
        Traffic::Typed {
            client: Program::UdpClient,
            ..
        } => UDP_TIMEOUT,
        _ => TIMEOUT,
    };
    let context = LabContext::of_hosts(&user, Observer::start()?, (settings.version, threads), timeout)?;
    ending::watch(&user, Grace::Waiting, say, None).map_err(Failure::Line)?;
    let mut folder = Folder::open(settings.output.as_deref(), settings.force)?;
    let files = WireFiles::open(&folder, settings)?;
    let quiet = quiet(&settings.rules);
    let [at_client, at_server] = watching.map(|capture| Capturing::start(capture, quiet));
    let capturing = [at_client?, at_server?];
    let (rules, seed) = (settings.rules.clone(), settings.seed);
    let wire = match &router {
        None => Wire::between(&client, &server, rules, seed),
        Some(router) => Wire::over(router, &client, &server, rules, seed),
    };
    let wire = wire.map_err(|error| {
        Failure::of(
            "starting the wire",
            error,
            "allow more with 'ulimit -n' and 'ulimit -u'",
        )
    })?;
    let before = counters(&context)?;
    let Exchanged {
        answered,
        at_rest,
        screens,
        observations,
    } = context.watched(|| exchange(settings, &context))?;
    if context.interrupted() {
        return Err(Failure::Interrupted);
    }
    let [at_client, at_server] = capturing.map(Capturing::finish);
    let captured = [at_client?, at_server?];
    let record = wire
        .finish()
        .map_err(|error| Failure::of("carrying frames", error, "run it again"))?;
    let calls = context.observer().take();
    let ends = ends(captured, &calls, &screens, answered);
    let result = WireResult {
        exchange: laid_together(&ends),
        ends,
        record,
        instead_of_tap: client.instead_of_tap,
        counted: counted(settings, &before, &counters(&context)?),
        observations,
    };
    let names = files.write(settings, &result)?;
    folder.keep();
    let printer = WirePrinter {
        settings,
        names: &names,
    };
    print(&printer, &result)?;
    if !at_rest {
        let seconds = COMING_TO_REST.as_secs();
        say.warning(&format!(
            "a connection was not closed at both ends {seconds} s after the client had ended; what it sends later is not in the files"
        ));
    }
    Ok(conclude(&result, say))
}

/// What the kernels have counted until now, the client's first.
fn counters(context: &LabContext) -> Result<Vec<Counters>, Failure> {
    let hosts = context.hosts().into_iter().flatten();
    let counters: io::Result<Vec<Counters>> = hosts.map(HostThread::counters).collect();
    counters.map_err(|error| Failure::of("reading what a kernel has counted", error, "see that /proc is mounted"))
}

/// What they have counted between, where that is asked for.
fn counted(settings: &WireSettings, before: &[Counters], after: &[Counters]) -> Vec<Counted> {
    if !settings.counters {
        return Vec::new();
    }
    let hosts = [Party::Client, Party::Server].into_iter().zip(before.iter().zip(after));
    hosts
        .flat_map(|(host, (before, after))| before.until(host, after))
        .collect()
}

/// What came of the programs.
struct Exchanged {
    /// Was every line answered?
    answered: bool,
    /// Did the connections come to rest?
    at_rest: bool,
    /// What the client and the server have shown.
    screens: [Screen; 2],
    /// What was seen elsewhere than in packets.
    observations: Vec<String>,
}

/// What goes over the wire; then the connections come to rest.
fn exchange(settings: &WireSettings, context: &LabContext) -> Result<Exchanged, Failure> {
    match settings.run.traffic {
        Traffic::Typed { client, .. } => typed(settings, client, context),
        Traffic::ByHand(steps) => {
            let mut exchanged = Exchanged {
                answered: true,
                at_rest: true,
                screens: [Screen::default(), Screen::default()],
                observations: steps(context, settings.length)?,
            };
            exchanged.at_rest = context.come_to_rest()?;
            Ok(exchanged)
        }
    }
}

/// The server, the client, and what is typed.
fn typed(settings: &WireSettings, program: Program, context: &LabContext) -> Result<Exchanged, Failure> {
    let screen = Screen::default();
    let client = ClientSide {
        program,
        port: context.port(),
        lines: &settings.lines,
        screen: Screen::default(),
    };
    // Before the server is told to quit: it would end the connections that are open.
    let (answered, at_rest) = with_server(context, program.counterpart(), &screen, || {
        Ok((client.run(context)?, context.come_to_rest()?))
    })?;
    Ok(Exchanged {
        answered,
        at_rest,
        screens: [client.screen, screen],
        observations: Vec::new(),
    })
}

/// When nothing has been captured for so long, nothing is on the wire any more: both ways, and what rules add.
fn quiet(rules: &Rules) -> Duration {
    /// What a computer adds that does other things as well.
    const SPARE: Duration = Duration::from_millis(20);
    let times = rules.rules.iter().map(|rule| match rule.effect {
        Effect::Delay(time) | Effect::Jitter(time) => 2 * time,
        Effect::Action(action, _) => action.later(),
        Effect::Rate(_) | Effect::Queue(_) | Effect::Mtu(_) => Duration::ZERO,
    });
    times.sum::<Duration>() + SPARE
}

/// What each end has: its packets, and the calls of its own program.
fn ends(captured: [Captured; 2], calls: &[Call], screens: &[Screen; 2], answered: bool) -> [RunResult; 2] {
    let is_servers = |call: &Call| matches!(call.program, Program::UdpServer | Program::TcpServer);
    let [at_client, at_server] = captured;
    let [client, server] = screens;
    let end = |captured: Captured, title, screen: &Screen, of_server| {
        let (in_flows, conversations) = RunResult::follow(Some(&captured));
        RunResult {
            screens: vec![(title, screen.text())],
            calls: calls
                .iter()
                .filter(|call| is_servers(call) == of_server)
                .cloned()
                .collect(),
            captured: Some(captured),
            in_flows,
            conversations,
            observations: Vec::new(),
            answered,
        }
    };
    [
        end(at_client, "client", client, false),
        end(at_server, "server", server, true),
    ]
}

fn print(printer: &WirePrinter<'_>, result: &WireResult) -> Result<(), Failure> {
    let mut output = BufWriter::new(StandardOutput::new());
    match printer.print(&mut output, result).and_then(|()| output.flush()) {
        // The reader has left: no failure.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::of(
            "writing standard output",
            error,
            "give it somewhere with room",
        )),
        Ok(()) => Ok(()),
    }
}

/// What is left to be said on standard error, and the outcome.
fn conclude(result: &WireResult, say: Say) -> Outcome {
    let mut outcome = Outcome::Complete;
    for captured in result.ends.iter().filter_map(|end| end.captured.as_ref()) {
        let lost = captured.statistics.dropped + captured.left_out;
        if lost > 0 {
            say.error(&format!(
                "lost on the way to a capture: {}; run it again",
                count(lost, "packet")
            ));
            outcome = Outcome::Incomplete;
        }
    }
    if result.record.left_out > 0 {
        say.error(&format!(
            "missing in what the wire wrote: {}",
            count(result.record.left_out, "frame")
        ));
        outcome = Outcome::Incomplete;
    }
    if result.record.samples_left_out > 0 {
        say.error(&format!(
            "{} changes of what the kernels knew are missing in tcp-info.jsonl",
            result.record.samples_left_out
        ));
        outcome = Outcome::Incomplete;
    }
    outcome
}
