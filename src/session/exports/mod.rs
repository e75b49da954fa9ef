//! Exports: packets are kept, up to a limit, and written at the end.

pub(super) mod bounds;

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use self::bounds::ExportBounds;
use super::calls::Calls;
use super::following::{Conversations, forgotten};
use super::observed::{Observed, Sink};
use super::provenance;
use super::say::Say;
use super::settings::Settings;
use super::stdout::put;
use super::write::to;
use crate::escape::{one_line, printable};
use crate::explain::{count, grouped};
use crate::frame::Time;
use crate::os::errors::text;
use crate::outputs::{OpenOutput, OutputKind};
use crate::record::{Destination, next_step};
use crate::render::ladder::{Detail, Ladder};
use crate::render::plot::{PlotLook, Plots};
use crate::render::report_model::{BothEnds, CALLS, ConversationModel, ReportDatagram, ReportModel, ReportPacket};
use crate::render::text_style::{TextStyle, TimeFormat};
use crate::render::{mermaid, report, svg};
use crate::tcp_info::{self, TcpSample};

const NO_CONVERSATION: &str = "no conversation over TCP or UDP is known";

/// Keeps packets, and writes them in every form that is asked for.
pub struct Exporter<'a> {
    settings: &'a Settings,
    style: TextStyle,
    calls: Option<Calls>,
    kept: Vec<ReportPacket>,
    bounds: ExportBounds,
    first: Option<Time>,
    html: Option<Destination>,
    svg: Option<Destination>,
    plot: Option<Destination>,
    /// What the kernels knew.
    samples: Vec<TcpSample>,
}

/// What else is known of what is exported.
pub struct Beside<'b> {
    /// Pictures of both ends in the report, whose packets have this number at most.
    pub both_ends: &'b dyn Fn(u64) -> BothEnds,
    /// The graphs of a conversation, where there is a capture of the other end too. The samples are the kernels'.
    pub plots: &'b dyn Fn(&ConversationModel, &[TcpSample]) -> Option<Plots>,
}

impl Beside<'_> {
    /// Nothing.
    const NOTHING: Self = Self {
        both_ends: &|_| BothEnds {
            pictures: Vec::new(),
            left_out: None,
            question: None,
        },
        plots: &|_, _| None,
    };
}

impl<'a> Exporter<'a> {
    /// Opens the files, so that a name that cannot be written is said before anything is shown; `None` when no export is asked
    /// for.
    ///
    /// # Errors
    /// A file cannot be opened: a line that says so.
    pub fn open(settings: &'a Settings, calls: &Calls) -> Result<Option<Self>, String> {
        let export = &settings.export;
        if !export.is_some() {
            return Ok(None);
        }
        let open = |path: &Option<std::path::PathBuf>| {
            let opened = path.as_deref().map(|path| Destination::whole(path, settings.force));
            opened.transpose().map_err(|error| one_line(&error))
        };
        Ok(Some(Self {
            style: settings.style_with(TimeFormat::Local),
            calls: export.shows_calls().then(|| calls.clone()),
            kept: Vec::new(),
            bounds: ExportBounds::of(export),
            first: None,
            html: open(&export.html)?,
            svg: open(&export.svg)?,
            plot: open(&export.plot)?,
            samples: export.tcp_info.as_deref().map(samples).transpose()?.unwrap_or_default(),
            settings,
        }))
    }

    /// Writes everything. Returns what to say of it: warnings, and what failed.
    #[must_use]
    pub fn finish(self, recorded: Option<&Path>, known: &dyn Conversations) -> (Vec<String>, Option<String>) {
        self.finish_with(recorded, known, &Beside::NOTHING)
    }

    /// The same with what else is known.
    #[must_use]
    pub fn finish_with(
        mut self,
        recorded: Option<&Path>,
        known: &dyn Conversations,
        beside: &Beside<'_>,
    ) -> (Vec<String>, Option<String>) {
        let last = self.kept.last().map_or(0, |kept| kept.number);
        let calls = self.calls.take();
        let mut warnings = Vec::new();
        if let Some(calls) = &calls {
            calls.read_on();
            warnings.extend(calls.remarks());
        }
        warnings.extend(self.bounds.remarks());
        let mut had_no_room = 0;
        let model = ReportModel::new(
            std::mem::take(&mut self.kept),
            |number| known.conversation(number),
            |number, packets| {
                let (matched, missing) = calls
                    .as_ref()
                    .map(|calls| calls.of(number, packets))
                    .unwrap_or_default();
                had_no_room += missing;
                matched
            },
            calls.as_ref().is_some_and(Calls::is_given),
            self.first,
            self.bounds.left_out(),
        );
        let model = model
            .bounded_by(self.bounds.in_words())
            .with_both_ends((beside.both_ends)(last))
            .with_plots(|one| {
                let of_both = (beside.plots)(one, &self.samples);
                of_both.or_else(|| one.plots_with(&self.samples))
            });
        warnings.extend(forgotten(model.forgotten, "ladder"));
        let calls_left_out = model.calls_left_out + had_no_room;
        if calls_left_out > 0 {
            warnings.push(format!(
                "left out of what was exported: {}; it has {} at most; --flow N picks a conversation by its number",
                count(calls_left_out, "more socket call"),
                grouped(CALLS as u64)
            ));
        }
        // What is shown says it itself; live it may still come.
        let says_so = !self.settings.shows() && self.settings.read.is_some();
        let missing = known.missing(self.settings.flow);
        let mut empty = Vec::new();
        let outcome = self.write(&model, recorded, &mut warnings, &mut empty);
        // Where it is said that there is no such conversation, that is enough.
        if missing.is_none() || !(says_so || self.settings.shows()) {
            let remarks = empty
                .iter()
                .map(|(option, lacks)| format!("nothing to draw for {option}: {lacks}"));
            warnings.extend(remarks);
        }
        (warnings, outcome.err().or(missing.filter(|_| says_so)))
    }

    /// Adds to `empty` which options have nothing to draw, and what there would have to be.
    fn write(
        &mut self,
        model: &ReportModel,
        recorded: Option<&Path>,
        warnings: &mut Vec<String>,
        empty: &mut Vec<(&'static str, &'static str)>,
    ) -> Result<(), String> {
        let export = &self.settings.export;
        let detail = if self.settings.full {
            Detail::Full
        } else {
            Detail::Folded
        };
        let title = self.title(recorded);
        if let Some(output) = self.html.take() {
            // A pipe gives its bytes once.
            let is_pipe = |path: &Path| path == Path::new("-") || path.metadata().is_ok_and(|found| !found.is_file());
            let read = self.settings.read.as_deref().filter(|path| !is_pipe(path));
            let file = read.or(recorded.filter(|path| *path != Path::new("-") && path.is_file()));
            let hashed = file.map(|path| Ok((provenance::name(path), provenance::sha256(path)?)));
            let hashed = hashed.transpose().map_err(|error: io::Error| {
                let next = next_step(&error, "check that it is still there");
                format!("reading the capture again for its hash failed: {error}; {next}")
            })?;
            let provenance = provenance::of(hashed, &title, "sniffer");
            to(output, |output| report::write(output, &self.style, model, &provenance))?;
        }
        let drawn = || model.ladders(detail);
        if let Some(output) = self.svg.take() {
            let pictures: Vec<_> = drawn().map(|ladder| svg::ladder::draw(&ladder)).collect();
            if pictures.is_empty() {
                empty.push(("--svg", NO_CONVERSATION));
            }
            to(output, |output| svg::write(output, &title, &pictures))?;
        }
        if let Some(output) = self.plot.take() {
            let pictures = plots(model);
            if pictures.is_empty() {
                empty.push(("--plot", "no TCP conversation with data and times is known"));
            }
            to(output, |output| svg::write(output, &title, &pictures))?;
        }
        if export.mermaid {
            let text = self.mermaid(model, &drawn().collect::<Vec<_>>(), empty)?;
            if text.len() > mermaid::MOST_TEXT {
                warnings.push(format!(
                    "the diagram has {} characters, and Mermaid takes {} unless its maxTextSize is raised; --flow picks \
                     one conversation",
                    grouped(text.len() as u64),
                    grouped(mermaid::MOST_TEXT as u64)
                ));
            }
            put(&text)?;
        }
        Ok(())
    }

    fn title(&self, recorded: Option<&Path>) -> String {
        let is_standard = |path: &&Path| *path == Path::new("-");
        match (
            self.settings.read.as_deref(),
            recorded.filter(|path| !is_standard(path)),
        ) {
            (Some(path), _) if is_standard(&path) => "standard input".to_owned(),
            (Some(path), _) | (None, Some(path)) => provenance::name(path),
            (None, None) => format!("live capture on {}", self.settings.on()),
        }
    }

    fn mermaid(
        &self,
        model: &ReportModel,
        ladders: &[Ladder],
        empty: &mut Vec<(&'static str, &'static str)>,
    ) -> Result<Vec<u8>, String> {
        let mut text = Vec::new();
        let export = &self.settings.export;
        // Writing to memory cannot fail.
        if export.packet.is_some() || self.settings.count == Some(1) {
            match (model.packets.first(), export.packet) {
                (Some(kept), _) => {
                    let frame = kept.followed();
                    let packet = frame.decode();
                    let _ = mermaid::packet(&mut text, kept.number, &packet, kept.in_flow.as_ref());
                }
                (None, Some(number)) => {
                    return Err(format!(
                        "there is no packet {number} to draw; --view summary shows which there are"
                    ));
                }
                (None, None) => empty.push(("--mermaid", "no packet was found")),
            }
        } else {
            if ladders.is_empty() {
                empty.push(("--mermaid", NO_CONVERSATION));
            }
            let _ = mermaid::sequence(&mut text, ladders);
        }
        Ok(text)
    }
}

impl Sink for Exporter<'_> {
    type Error = Infallible;

    /// Keeps a packet if there is room; how its conversation ended is known of the whole of it all the same.
    fn take(&mut self, observed: &Observed<'_, '_>, _: &dyn Conversations) -> Result<(), Infallible> {
        let &Observed {
            number,
            frame,
            followed,
            ..
        } = observed;
        self.first = followed.first;
        let in_flow = followed.known().copied();
        let conversation = in_flow.map(|in_flow| in_flow.conversation);
        let is_wanted = self.settings.flow.is_none_or(|flow| conversation == Some(flow))
            && self.settings.export.packet.is_none_or(|packet| packet == number);
        if !is_wanted {
            return Ok(());
        }
        let whole = followed.whole.as_ref();
        let bytes = frame.bytes.len() + whole.map_or(0, |whole| whole.frame.bytes.len());
        if !self.bounds.has_room(bytes, conversation) {
            return Ok(());
        }
        self.kept.push(ReportPacket {
            number,
            frame: frame.clone().into_owned(),
            in_flow,
            whole: whole.map(|whole| ReportDatagram {
                frame: whole.frame.clone(),
                fragments: whole.fragments,
            }),
        });
        Ok(())
    }
}

/// Says what there is to say of exports; `true` when all were written.
pub(super) fn say_exported((warnings, failure): (Vec<String>, Option<String>), say: Say) -> bool {
    for warning in &warnings {
        say.warning(warning);
    }
    if let Some(line) = &failure {
        say.error(line);
    }
    failure.is_none()
}

/// Says which files there are now.
pub(super) fn say_written<'f>(files: impl Iterator<Item = (&'static str, &'f Path)>, say: Say) {
    for (_, file) in files {
        say.plain(&format!(
            "written: {}",
            printable(file.display().to_string().as_bytes())
        ));
    }
}

/// Reads what the kernels knew.
///
/// # Errors
/// It cannot be read, or is something else: a line that says so.
fn samples(path: &Path) -> Result<Vec<TcpSample>, String> {
    /// A sample has 150 bytes in memory.
    const MOST: usize = 1_000_000;
    let name = printable(path.display().to_string().as_bytes()).into_owned();
    let _listed = OpenOutput::new(name.as_str(), OutputKind::Input);
    let file = File::open(path).map_err(|error| format!("--tcp-info: {name}: {}", text(&error)))?;
    tcp_info::lines::read(BufReader::new(file), MOST).map_err(|why| {
        format!("--tcp-info: {name} {why}; name a file that 'socket-lab wire' has written, RUN.tcp-info.jsonl")
    })
}

/// The graphs of each TCP conversation with data.
fn plots(model: &ReportModel) -> Vec<svg::Picture> {
    let drawn = model.conversations.iter().map(|one| {
        let title = format!("Conversation {}", one.conversation.number);
        (title, one.plots())
    });
    drawn
        .filter(|(_, plots)| !plots.is_empty())
        .map(|(title, plots)| plots.draw(&title, PlotLook::Wide, 0))
        .collect()
}
