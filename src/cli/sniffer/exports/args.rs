//! The arguments that ask for exports.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::render::report::LIMIT;

/// What is to be written beside, or instead of, what is shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Exports")]
pub struct ExportArgs {
    /// Write a report: one HTML file with the ladders, and each packet's diagram, fields and bytes
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,

    /// Draw the ladders as SVG
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,

    /// Draw sequence number against time as SVG, for TCP conversations with data
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,

    /// Write the conversations as a Mermaid sequence diagram instead of a view; with --packet or -c 1, a packet's headers
    #[arg(long, conflicts_with_all = ["view", "json"])]
    pub mermaid: bool,

    /// Of --mermaid, the headers of the packet of this number
    #[arg(long, value_name = "NUMBER", requires = "mermaid", conflicts_with_all = ["html", "svg", "plot"], value_parser = clap::value_parser!(u64).range(1..))]
    pub packet: Option<u64>,

    /// Packets that an export has at most; the rest is counted (a report never has more than 20,000, a ladder 100,000)
    #[arg(long, value_name = "COUNT", default_value_t = LIMIT, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub limit: u64,
}

impl ExportArgs {
    /// Is anything asked for?
    #[must_use]
    pub const fn is_some(&self) -> bool {
        self.html.is_some() || self.svg.is_some() || self.plot.is_some() || self.mermaid
    }

    /// Does one of them show socket calls?
    #[must_use]
    pub const fn shows_calls(&self) -> bool {
        self.html.is_some() || self.svg.is_some() || self.mermaid
    }

    /// The files, each with its option's name.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let all = [("--html", &self.html), ("--svg", &self.svg), ("--plot", &self.plot)];
        all.into_iter()
            .filter_map(|(option, path)| Some((option, path.as_deref()?)))
    }

    /// What does not go together, in a line. `others`: what else is written.
    #[must_use]
    pub fn contradiction(&self, others: &[&Path]) -> Option<String> {
        let dash = Path::new("-");
        if let Some((option, _)) = self.files().find(|(_, path)| *path == dash) {
            return Some(format!("{option} writes a file: give it a name instead of \"-\""));
        }
        if self.mermaid && others.contains(&dash) {
            return Some("--mermaid and -w - both write to standard output: give -w a file".to_owned());
        }
        let files: Vec<&Path> = self
            .files()
            .map(|(_, path)| path)
            .chain(others.iter().copied())
            .collect();
        let twice = files
            .iter()
            .enumerate()
            .any(|(place, file)| files.iter().skip(place + 1).any(|other| other == file));
        twice.then(|| "two outputs have the same name: give each a file of its own".to_owned())
    }
}
