//! How much a capture costs, and whether it loses anything: `sniffer`, tcpdump and dumpcap side by side.
//!
//! ```text
//! cargo bench --bench capture                 measures, and prints the tables
//! cargo bench --bench capture -- --write      puts them into docs/benchmarks.md, too
//! ```
//!
//! Each program captures on the loopback of an empty network namespace, while datagrams of 100 bytes are sent: at
//! 200,000 a second, then as fast as they go. All have a buffer of 64 MiB. The programs take turns, five times over. It takes
//! seven minutes; the machine should have nothing else to do. It needs tcpdump, dumpcap and capinfos, ip and unshare.
//!
//! - [`sender`]: the datagrams; [`run`]: one program, once; [`latency`]: how long a lone packet takes to the screen;
//! - [`report`]: tables; [`common`]: what the benchmarks share.

#[path = "../common/mod.rs"]
mod common;
mod latency;
mod report;
mod run;
mod sender;

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;

use self::common::in_namespace;
use self::report::Report;
use self::run::{PROGRAMS, Pace, run};

/// How often each program has its turn.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    // `cargo test --all-targets` starts this program, too, and wants no measurements.
    if !has("--bench") {
        return Ok(());
    }
    in_namespace(&arguments)?;
    let report = measure()?;
    std::io::stdout().write_all(report.to_string().as_bytes())?;
    if has("--write") {
        report.write("docs/benchmarks.md".as_ref())?;
    }
    Ok(())
}

fn measure() -> Result<Report, Box<dyn Error>> {
    let folder = Folder::new()?;
    let mut report = Report::default();
    for round in 1..=ROUNDS {
        for pace in [Pace::Steady, Pace::Full] {
            for program in PROGRAMS.iter().filter(|program| program.takes_part(pace)) {
                writeln!(
                    std::io::stderr(),
                    "round {round} of {ROUNDS}, {pace:?}: {}",
                    program.name
                )?;
                report.add(program, pace, run(program, pace, &folder.0)?);
            }
        }
    }
    for (name, arguments, ready) in latency::PROGRAMS {
        writeln!(std::io::stderr(), "alone: {name}")?;
        report.add_times(name, latency::measure(arguments, ready)?);
    }
    Ok(report)
}

/// A folder that is removed at the end, in memory where there is such a place, lest a disk be measured.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        let memory = PathBuf::from("/dev/shm");
        let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let path = base.join(format!("socket-lab-bench-{}", std::process::id()));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
