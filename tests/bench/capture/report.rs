//! Medians, ratios, tables.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::ROUNDS;
use super::common::{self, Machine, Spread};
use super::latency::PACKETS;
use super::run::{Figures, Into, Pace, Program};

/// What was measured of each program, in the order of the rows.
type Table = Vec<(&'static str, Vec<Figures>)>;

/// All that was measured, by table and program, in order.
#[derive(Debug, Default)]
pub(super) struct Report {
    tables: BTreeMap<(Pace, bool), Table>,
    /// From the shortest to the longest.
    times: Vec<(&'static str, Vec<Duration>)>,
    machine: Machine,
}

impl Report {
    pub(super) fn add(&mut self, program: &Program, pace: Pace, figures: Figures) {
        self.machine.look();
        let table = self.tables.entry((pace, program.into == Into::Lines)).or_default();
        match table.iter_mut().find(|(name, _)| *name == program.name) {
            Some((_, all)) => all.push(figures),
            None => table.push((program.name, vec![figures])),
        }
    }

    /// How long each lone packet took to the screen, in order of size.
    pub(super) fn add_times(&mut self, name: &'static str, times: Vec<Duration>) {
        self.times.push((name, times));
    }

    /// Puts the section into the document.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        common::write("capture", path, self)
    }

    fn table(&self, f: &mut fmt::Formatter<'_>, pace: Pace, lines: bool) -> fmt::Result {
        let Some(rows) = self.tables.get(&(pace, lines)) else {
            return Ok(());
        };
        let yardstick = rows.iter().find(|(name, _)| name.starts_with("tcpdump"));
        writeln!(
            f,
            "| program | CPU seconds for a million frames | lowest to highest | ratio to tcpdump | sent in a second | ratio to tcpdump | lost, all runs |"
        )?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|---:|")?;
        for (name, all) in rows {
            let cpu = Spread::of(all, |one| one.cpu);
            let rate = Spread::of(all, |one| one.rate);
            let lost: usize = all.iter().map(|one| one.lost).sum();
            let against = |own: &Spread, of: fn(&Figures) -> f64| {
                yardstick.map_or_else(String::new, |(_, all)| {
                    format!("{:.2}", own.median / Spread::of(all, of).median)
                })
            };
            let (cpu_ratio, rate_ratio) = (against(&cpu, |one| one.cpu), against(&rate, |one| one.rate));
            if cpu.highest > 0.0 {
                write!(
                    f,
                    "| `{name}` | {:.3} | {:.3} to {:.3} | {cpu_ratio} ",
                    cpu.median, cpu.lowest, cpu.highest
                )?;
            } else {
                write!(f, "| {name} | | | ")?;
            }
            writeln!(f, "| {:.0} | {rate_ratio} | {lost} |", rate.median)?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## Capture\n")?;
        writeln!(f, "{}\n", conditions(&self.machine))?;
        writeln!(f, "Recording 600,000 datagrams, at 200,000 a second:\n")?;
        self.table(f, Pace::Steady, false)?;
        writeln!(f, "\nRecording 1,000,000 datagrams, at the sender's full speed:\n")?;
        self.table(f, Pace::Full, false)?;
        writeln!(
            f,
            "\nPrinting into a file, one line for each packet, 600,000 datagrams at 200,000 a second:\n"
        )?;
        self.table(f, Pace::Steady, true)?;
        writeln!(
            f,
            "\nDelay of a lone packet, from before it is sent until its line has come through a pipe ({PACKETS} packets, 15 to 25 ms apart):\n"
        )?;
        writeln!(f, "| program | median | 99th percentile | longest |")?;
        writeln!(f, "|---|---:|---:|---:|")?;
        for (name, times) in &self.times {
            let at = |part: usize| {
                times
                    .get((times.len() * part / 100).min(times.len().saturating_sub(1)))
                    .copied()
                    .unwrap_or_default()
            };
            let [median, most, longest] = [50, 99, 100].map(|part| at(part).as_secs_f64() * 1e3);
            writeln!(f, "| `{name}` | {median:.1} ms | {most:.1} ms | {longest:.1} ms |")?;
        }
        Ok(())
    }
}

/// What was measured where, with what, and when.
fn conditions(machine: &Machine) -> String {
    let [tcpdump, libpcap, dumpcap] = [
        ("tcpdump", "tcpdump version "),
        ("tcpdump", "libpcap version "),
        ("dumpcap", "Dumpcap "),
    ]
    .map(|(program, before)| version(program, before));
    format!(
        "{machine} sniffer {own}, tcpdump {tcpdump} with libpcap {libpcap}, dumpcap \
         {dumpcap}. Datagrams of 100 bytes over the loopback of a network namespace, 64 for each call. All programs have a buffer of \
         64 MiB and write to memory (/dev/shm). The figures are medians of {ROUNDS} runs in which the programs took turns. CPU seconds \
         are user and system seconds of the whole process, including its start. Load of the machine: {load}, of which \
         the sender and the capturing program make up to 2.",
        load = machine.load(),
        own = env!("CARGO_PKG_VERSION"),
    )
}

/// The first word behind these in what the program says of its version.
fn version(program: &str, before: &str) -> String {
    let said = Command::new(program).arg("--version").output();
    let said = said
        .map(|output| [output.stdout, output.stderr].concat())
        .unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let rest = said.split_once(before).map_or("?", |(_, rest)| rest);
    let word = rest
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    word.unwrap_or("?").to_owned()
}
