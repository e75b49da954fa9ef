//! The arguments that ask for exports.

use std::path::PathBuf;

use clap::Args;

use crate::render::report::LIMIT;
use crate::session::settings::Exports;

/// The highest `--limit`: a packet of a graph takes no more than a few pixels, however many there are.
const MOST: u64 = 1_000_000;

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

    /// Draw TCP conversations with data against time as SVG: sequence numbers, bytes under way and windows, round trips
    #[arg(hide_short_help = true, long, value_name = "FILE")]
    pub plot: Option<PathBuf>,

    /// Of --plot and --html, what the kernels knew meanwhile, such as the congestion window: RUN.tcp-info.jsonl of socket-lab wire
    #[arg(hide_short_help = true, long, value_name = "FILE", requires = "read")]
    pub tcp_info: Option<PathBuf>,

    /// Write the conversations as a Mermaid sequence diagram instead of a view; with --packet or -c 1, a packet's headers
    #[arg(hide_short_help = true, long, conflicts_with_all = ["view", "json"])]
    pub mermaid: bool,

    /// Of --mermaid, the headers of the packet of this number
    #[arg(hide_short_help = true, long, value_name = "NUMBER", requires = "mermaid", conflicts_with_all = ["html", "svg", "plot"], value_parser = clap::value_parser!(u64).range(1..))]
    pub packet: Option<u64>,

    /// Packets that an export has at most; the rest is counted (a report never has more than 20,000, a ladder 100,000)
    /// [default: 2000; of --plot alone 1000000]
    #[arg(hide_short_help = true, long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=MOST))]
    pub limit: Option<u64>,
}

impl ExportArgs {
    /// What is exported.
    #[must_use]
    pub fn settings(&self) -> Exports {
        let is_plot_alone = self.plot.is_some() && self.html.is_none() && self.svg.is_none() && !self.mermaid;
        let usual = if is_plot_alone { MOST } else { LIMIT };
        Exports {
            html: self.html.clone(),
            svg: self.svg.clone(),
            plot: self.plot.clone(),
            mermaid: self.mermaid,
            packet: self.packet,
            tcp_info: self.tcp_info.clone(),
            limit: self.limit.unwrap_or(usual),
        }
    }
}
