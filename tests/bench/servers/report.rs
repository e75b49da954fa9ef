//! Medians, ratios, tables.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::ROUNDS;
use super::common::{self, Machine, Spread};
use super::crowd::{ACTIVE, Crowd, Seen};
use super::load::{Figures, Load};
use super::pairs::LINES;
use super::server::{Kind, Transport};

/// All that was measured.
#[derive(Debug, Default)]
pub(super) struct Report {
    served: BTreeMap<(Load, Kind), Vec<Figures>>,
    pairs: BTreeMap<(Transport, Kind), Vec<f64>>,
    crowds: BTreeMap<Crowd, Vec<Seen>>,
    machine: Machine,
}

impl Report {
    pub(super) fn add_served(&mut self, load: Load, kind: Kind, figures: Figures) {
        self.machine.look();
        self.served.entry((load, kind)).or_default().push(figures);
    }

    pub(super) fn add_pair(&mut self, transport: Transport, kind: Kind, rate: f64) {
        self.machine.look();
        self.pairs.entry((transport, kind)).or_default().push(rate);
    }

    pub(super) fn add_crowd(&mut self, crowd: Crowd, seen: Seen) {
        self.machine.look();
        self.crowds.entry(crowd).or_default().push(seen);
    }

    /// Puts the section into the document.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        common::write("servers", path, self)
    }

    fn servers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| clients | server | answers a second | lowest to highest | ratio to the bare loop | ratio to Python | median | 99th percentile |"
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
            "| client and server | lines a second | lowest to highest | ratio to Python's pair |"
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
            "| other clients | of these a second | median | 99th percentile | lowest to highest | ratio to no others | without answer, all runs |"
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
        writeln!(f, "{}\n", conditions(&self.machine))?;
        writeln!(
            f,
            "One load generator runs against each server. The server prints a line for each request to /dev/null. Over TCP, the time \
             of an answer is from `connect()` to the end of the stream. The bare loop is the shortest program that does the same \
             (tests/bench/servers/bare.rs), one client after the other. Python's are the classic servers (tests/peers). Their TCP \
             server queues one connection (`listen(1)`), so further clients try again after a second.\n"
        )?;
        self.servers(f)?;
        writeln!(
            f,
            "\nThe client programs with their servers send {LINES} lines from a file, one after the other. The time includes start and \
             end of the client:\n"
        )?;
        self.pairs(f)?;
        writeln!(
            f,
            "\nOur servers, with other clients at the same time. Over TCP, {ACTIVE} clients are measured, and each asks five times a \
             second. Over UDP, one client is measured, and asks 500 times a second:\n"
        )?;
        self.crowds(f)?;
        let (own, stacks) = self.memory();
        writeln!(
            f,
            "\nA silent connection takes {own:.1} KiB of the server's memory and {stacks:.1} KiB of the kernel's memory for the \
             stack of its thread. The kernel's memory for the socket itself is the same for every server."
        )
    }
}

/// What was measured where, with what, and when.
fn conditions(machine: &Machine) -> String {
    format!(
        "{machine} socket-lab {own}, {python}. Over the loopback of a network namespace, \
         client and server on the same machine. The figures are medians of {ROUNDS} runs in which the servers took turns. Load of the \
         machine: {load}. Clients and servers are a part of this load, and a large one when 5,000 threads start.",
        load = machine.load(),
        own = env!("CARGO_PKG_VERSION"),
        python = python_version(),
    )
}

fn python_version() -> String {
    let said = Command::new("python3").arg("--version").output();
    let said = said.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).trim().to_owned()
}
