//! The arguments that ask for exports.

use std::path::PathBuf;

use clap::Args;

use crate::render::report::LIMIT;
use crate::session::settings::Exports;

/// What is to be written beside, or instead of, what is shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Exports")]
pub struct ExportArgs {
    /// Write a report: one HTML file with the ladders, and each packet's diagram, fields and bytes
    #[arg(long, value_name = "FILE", help_heading = None)]
    pub html: Option<PathBuf>,

    /// Draw the ladders as SVG
    #[arg(hide_short_help = true, long, value_name = "FILE")]
    pub svg: Option<PathBuf>,

    /// Draw sequence number against time as SVG, for TCP conversations with data
    #[arg(hide_short_help = true, long, value_name = "FILE")]
    pub plot: Option<PathBuf>,

    /// Write the conversations as a Mermaid sequence diagram instead of a view; with --packet or -c 1, a packet's headers
    #[arg(hide_short_help = true, long, conflicts_with_all = ["view", "json"])]
    pub mermaid: bool,

    /// Of --mermaid, the headers of the packet of this number
    #[arg(hide_short_help = true, long, value_name = "NUMBER", requires = "mermaid", conflicts_with_all = ["html", "svg", "plot"], value_parser = clap::value_parser!(u64).range(1..))]
    pub packet: Option<u64>,

    /// Packets that an export has at most; the rest is counted (a report never has more than 20,000, a ladder 100,000)
    #[arg(hide_short_help = true, long, value_name = "COUNT", default_value_t = LIMIT, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub limit: u64,
}

impl ExportArgs {
    /// What is exported.
    #[must_use]
    pub fn settings(&self) -> Exports {
        Exports {
            html: self.html.clone(),
            svg: self.svg.clone(),
            plot: self.plot.clone(),
            mermaid: self.mermaid,
            packet: self.packet,
            limit: self.limit,
        }
    }
}
