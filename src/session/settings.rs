//! What a run of the sniffer reads, keeps, shows and writes. Plain data: cli makes them from the arguments.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::rotation::Rotation;
use crate::outputs::{OpenOutput, OutputKind};
use crate::record::Format;
use crate::render::text_style::{TextStyle, TimeFormat};
use crate::render::view::{View, ViewOf};

/// What a run does.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the command line"
)]
pub struct Settings {
    /// The interfaces to capture on, or "any".
    pub interfaces: Vec<String>,
    /// The capture file to read instead; "-": standard input.
    pub read: Option<PathBuf>,
    /// The capture of the other end, to lay together with the one that is read.
    pub other_end: Option<PathBuf>,
    /// Does a router between both ends translate addresses?
    pub nat: bool,
    /// The capture file to record to; "-": standard output.
    pub write: Option<PathBuf>,
    /// When the recording goes on in another file.
    pub rotation: Rotation,
    /// Are existing files replaced?
    pub force: bool,
    /// Of TCP only the segments that open and close connections, and their acknowledgments.
    pub handshake_only: bool,
    /// Number of packets after which the end comes.
    pub count: Option<u64>,
    /// The end comes after so long.
    pub duration: Option<Duration>,
    /// The most bytes of a packet that are kept; 0: all.
    pub snaplen: u32,
    /// Are frames asked for that are meant for others?
    pub promiscuous: bool,
    /// Is each packet read by system calls of its own?
    pub no_ring: bool,
    /// What is shown of each packet.
    pub view: &'static View,
    /// Only the conversation of this number, from 1.
    pub flow: Option<u64>,
    /// The call logs.
    pub calls: Vec<PathBuf>,
    /// Are ladders drawn beside each other?
    pub side_by_side: bool,
    /// The file for the questions with their answers.
    pub answer_key: Option<PathBuf>,
    /// The file for the questions with empty lines.
    pub worksheet: Option<PathBuf>,
    /// JSON instead of a view.
    pub json: bool,
    /// Are the bytes of each packet shown?
    pub hex: bool,
    /// All of the data, not only its beginning.
    pub full: bool,
    /// Is nothing shown?
    pub quiet: bool,
    /// What is exported.
    pub export: Exports,
    /// How text looks, except for times.
    pub style: TextStyle,
    /// How times are written, if that was asked for.
    pub times: Option<TimeFormat>,
}

/// The exports: outputs in addition to the display, or instead of it.
#[derive(Debug, Clone)]
pub struct Exports {
    /// The file for a report.
    pub html: Option<PathBuf>,
    /// The file for the ladders as SVG.
    pub svg: Option<PathBuf>,
    /// The file for the graphs against time.
    pub plot: Option<PathBuf>,
    /// What the kernels knew meanwhile, for the graphs.
    pub tcp_info: Option<PathBuf>,
    /// Is a Mermaid diagram written instead of a view?
    pub mermaid: bool,
    /// Of that, the headers of the packet of this number.
    pub packet: Option<u64>,
    /// Packets that an export has at most.
    pub limit: u64,
}

impl Settings {
    /// How text looks, with times in this form unless another was asked for.
    #[must_use]
    pub fn style_with(&self, times: TimeFormat) -> TextStyle {
        TextStyle {
            time: self.times.unwrap_or(times),
            ..self.style
        }
    }

    /// The files with the questions, each with its option's name.
    pub fn sheets(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let both = [("--answer-key", &self.answer_key), ("--worksheet", &self.worksheet)];
        both.into_iter()
            .filter_map(|(option, path)| Some((option, path.as_deref()?)))
    }

    /// The files that will be written, on the list of what is not whole ([`crate::outputs`]): until they are opened.
    #[must_use]
    pub fn planned(&self) -> Vec<OpenOutput> {
        let exports = self.export.files().chain(self.sheets()).map(|(_, path)| path);
        let files = self.write.as_deref().into_iter().chain(exports);
        let files = files.filter(|path| *path != Path::new("-"));
        files
            .map(|path| OpenOutput::new(path.display().to_string(), OutputKind::Planned))
            .collect()
    }

    /// The format of a recording under this name. Several interfaces need pcapng, which "-" does not ask for by its name.
    #[must_use]
    pub fn format_of(&self, path: &Path) -> Format {
        match Format::of_path(path) {
            Format::Pcap if path == Path::new("-") && self.interfaces.len() > 1 => Format::PcapNg,
            by_name => by_name,
        }
    }

    /// The interfaces, in words.
    #[must_use]
    pub fn on(&self) -> String {
        self.interfaces.join(", ")
    }

    /// Is anything shown of the packets?
    #[must_use]
    pub fn shows(&self) -> bool {
        !self.quiet && !self.export.mermaid && self.write.as_deref() != Some(Path::new("-"))
    }

    /// Are the questions shown?
    #[must_use]
    pub fn asks(&self) -> bool {
        matches!(self.view.of, ViewOf::Questions) && !self.json
    }

    /// Are socket calls shown?
    #[must_use]
    pub fn shows_calls(&self) -> bool {
        self.json || self.view.shows_calls
    }

    /// Is only an empty worksheet requested, so that no capture is read?
    #[must_use]
    pub fn is_form_alone(&self) -> bool {
        self.worksheet.is_some() && self.read.is_none() && self.answer_key.is_none() && !self.asks()
    }
}

impl Exports {
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
}
