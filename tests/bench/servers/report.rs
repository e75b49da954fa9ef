//! Medians, ratios, tables.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::ROUNDS;
use super::crowd::{ACTIVE, Crowd, Seen};
use super::load::{Figures, Load};
use super::pairs::LINES;
use super::server::{Kind, Transport};

/// Where the section begins and ends in the document; what stands between is replaced.
const BEGIN: &str = "<!-- cargo bench --bench servers -- --write: begin -->";
const END: &str = "<!-- cargo bench --bench servers -- --write: end -->";

/// All that was measured.
#[derive(Debug, Default)]
pub(super) struct Report {
    served: BTreeMap<(Load, Kind), Vec<Figures>>,
    pairs: BTreeMap<(Transport, Kind), Vec<f64>>,
    crowds: BTreeMap<Crowd, Vec<Seen>>,
    /// What the machine had to do meanwhile: the load of a minute, after each run.
    loads: Vec<f64>,
}

impl Report {
    pub(super) fn add_served(&mut self, load: Load, kind: Kind, figures: Figures) {
        self.look_at_the_load();
        self.served.entry((load, kind)).or_default().push(figures);
    }

    pub(super) fn add_pair(&mut self, transport: Transport, kind: Kind, rate: f64) {
        self.look_at_the_load();
        self.pairs.entry((transport, kind)).or_default().push(rate);
    }

    pub(super) fn add_crowd(&mut self, crowd: Crowd, seen: Seen) {
        self.look_at_the_load();
        self.crowds.entry(crowd).or_default().push(seen);
    }

    fn look_at_the_load(&mut self) {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        self.loads
            .extend(load.split(' ').next().and_then(|load| load.parse::<f64>().ok()));
    }

    /// Puts the section into the document.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let old = match std::fs::read_to_string(path) {
            Ok(old) => old,
            Err(error) if error.kind() == io::ErrorKind::NotFound => "# Benchmarks\n\n".to_owned(),
            Err(error) => return Err(error),
        };
        let (before, rest) = old.split_once(BEGIN).unwrap_or((&old, ""));
        let after = rest.split_once(END).map_or("\n", |(_, after)| after);
        std::fs::write(path, format!("{before}{BEGIN}\n{self}\n{END}{after}"))
    }

    fn servers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| clients | server | answers a second | lowest to highest | beside the bare loop | beside Python | half within | 99 of 100 within |"
        )?;
        writeln!(f, "|---|---|---:|---:|---:|---:|---:|---:|")?;
        for load in Load::ALL {
            let rate = |kind| {
                self.served
                    .get(&(load, kind))
                    .map(|all| Spread::of(all, |one| one.rate))
            };
            for kind in Kind::ALL {
                let Some(all) = self.served.get(&(load, kind)) else {
                    continue;
                };
                let own = Spread::of(all, |one| one.rate);
                let beside =
                    |other| rate(other).map_or_else(String::new, |other| format!("{:.2}", own.median / other.median));
                let [median, p99] = [
                    Spread::of(all, |one| microseconds(one.median)),
                    Spread::of(all, |one| microseconds(one.p99)),
                ];
                writeln!(
                    f,
                    "| {load} | {kind} | {:.0} | {:.0} to {:.0} | {} | {} | {:.0} µs | {:.0} µs |",
                    own.median,
                    own.lowest,
                    own.highest,
                    beside(Kind::Bare),
                    beside(Kind::Python),
                    median.median,
                    p99.median
                )?;
            }
        }
        Ok(())
    }

    fn pairs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| client and server | lines a second | lowest to highest | beside Python's pair |"
        )?;
        writeln!(f, "|---|---:|---:|---:|")?;
        for ((transport, kind), all) in &self.pairs {
            let own = Spread::of(all, |&rate| rate);
            let python = self.pairs.get(&(*transport, Kind::Python));
            let ratio = python.map_or(f64::NAN, |all| own.median / Spread::of(all, |&rate| rate).median);
            writeln!(
                f,
                "| {transport}, {kind} | {:.0} | {:.0} to {:.0} | {ratio:.2} |",
                own.median, own.lowest, own.highest
            )?;
        }
        Ok(())
    }

    fn crowds(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| meanwhile | of these a second | half within | 99 of 100 within | lowest to highest | beside nobody else | without answer, all runs |"
        )?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|---:|")?;
        for (crowd, all) in &self.crowds {
            let alone = match crowd.transport() {
                Transport::Udp => Crowd::NobodyByDatagram,
                Transport::Tcp => Crowd::Nobody,
            };
            let p99 = |all: &[Seen]| Spread::of(all, |one| microseconds(one.figures.p99));
            let own = p99(all);
            let ratio = self
                .crowds
                .get(&alone)
                .map_or(f64::NAN, |all| own.median / p99(all).median);
            let lost: usize = all.iter().map(|one| one.figures.lost).sum();
            let done = Spread::of(all, |one| one.done).median;
            let done = if done > 0.0 {
                format!("{done:.0}")
            } else {
                String::new()
            };
            writeln!(
                f,
                "| {crowd} | {done} | {:.0} µs | {:.0} µs | {:.0} to {:.0} | {ratio:.2} | {lost} |",
                Spread::of(all, |one| microseconds(one.figures.median)).median,
                own.median,
                own.lowest,
                own.highest,
            )?;
        }
        Ok(())
    }

    fn memory(&self) -> (f64, f64) {
        let all: Vec<(f64, f64)> = self.crowds.values().flatten().filter_map(|seen| seen.memory).collect();
        (
            Spread::of(&all, |one| one.0).median,
            Spread::of(&all, |one| one.1).median,
        )
    }
}

fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## Servers\n")?;
        writeln!(f, "{}\n", conditions(&self.loads))?;
        writeln!(
            f,
            "One load generator against each server, which prints a line a request to /dev/null. Over TCP an answer takes from \
             `connect()` to the end of the stream. The bare loop is the shortest that does the same (tests/bench/servers/bare.rs), \
             one client after the other; Python's are the classic servers (tests/peers), whose TCP server queues one connection \
             (`listen(1)`), so that further ones try again after a second.\n"
        )?;
        self.servers(f)?;
        writeln!(
            f,
            "\nThe client programs with their servers, {LINES} lines from a file, one after the other, start and end of the client \
             included:\n"
        )?;
        self.pairs(f)?;
        writeln!(
            f,
            "\nOurs, with others around. Over TCP {ACTIVE} clients ask, each five times a second; over UDP one, 500 times a second:\n"
        )?;
        self.crowds(f)?;
        let (own, stacks) = self.memory();
        writeln!(
            f,
            "\nA silent connection takes {own:.1} KiB of the server's memory and {stacks:.1} KiB of the kernel's for the stack of its \
             thread; what the kernel needs for the socket itself is the same for every server."
        )
    }
}

/// Median, lowest and highest.
struct Spread {
    lowest: f64,
    median: f64,
    highest: f64,
}

impl Spread {
    fn of<T>(all: &[T], of: impl Fn(&T) -> f64) -> Self {
        let mut values: Vec<f64> = all.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self {
            lowest: at(0),
            median: at(values.len() / 2),
            highest: at(values.len().saturating_sub(1)),
        }
    }
}

/// What was measured where, with what, and when.
fn conditions(loads: &[f64]) -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or_default();
    let model = model.trim_start_matches([' ', '\t', ':']);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = |pick: fn(f64, f64) -> f64| loads.iter().copied().reduce(pick).unwrap_or(f64::NAN);
    let (lowest, highest) = (load(f64::min), load(f64::max));
    format!(
        "{date}. {model}, {cores} cores, Linux {kernel}. socket-lab {own}, {python}. Over the loopback of a network namespace, \
         client and server on the same machine. Medians of {ROUNDS} runs in which the servers took turns. Load of the machine \
         meanwhile: {lowest} to {highest}; clients and servers make a part of it, with 5,000 threads to start a large one.",
        date = chrono::Utc::now().format("%Y-%m-%d"),
        kernel = kernel.trim(),
        own = env!("CARGO_PKG_VERSION"),
        python = python_version(),
    )
}

fn python_version() -> String {
    let said = Command::new("python3").arg("--version").output();
    let said = said.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).trim().to_owned()
}
