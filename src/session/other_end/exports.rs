//! What is written of both captures beside the text: the picture, the graphs, and the report of the first one with those.

use std::collections::HashMap;
use std::path::Path;

use crate::escape::one_line;
use crate::explain::count;
use crate::filter::Filter;
use crate::os::cancel::CancelToken;
use crate::record::Destination;
use crate::render::report_model::ConversationModel;
use crate::render::svg;
use crate::render::two_ends::picture::look::Look;
use crate::render::two_ends::picture::{self, Pictures};
use crate::render::two_ends::rows_shown::Extent;
use crate::render::two_ends::{TwoEnds, plots};
use crate::session::calls::Calls;
use crate::session::exports::{Beside, Exporter, say_exported};
use crate::session::following::Follower;
use crate::session::observed::{LazyPacket, Observed, Sink as _};
use crate::session::provenance;
use crate::session::say::Say;
use crate::session::selection::Selection;
use crate::session::settings::{Exports, Settings};
use crate::session::source::Source;
use crate::session::write::to;
use crate::tcp_info::TcpSample;
use crate::timeline::PacketRef;

/// Which rows a picture has.
pub(super) fn extent(settings: &Settings) -> Extent {
    if settings.full {
        Extent::All
    } else {
        Extent::Remarkable(usize::try_from(settings.export.limit).unwrap_or(usize::MAX))
    }
}

/// What the report is made with: the same, but nothing else is written.
pub(super) fn for_report(settings: &Settings) -> Settings {
    Settings {
        export: Exports {
            svg: None,
            mermaid: false,
            ..settings.export.clone()
        },
        ..settings.clone()
    }
}

/// The files, open.
pub(super) struct OtherEndExports<'s> {
    settings: &'s Settings,
    svg: Option<Destination>,
    report: Option<Exporter<'s>>,
}

impl<'s> OtherEndExports<'s> {
    /// Opens them. `for_report`: see [`for_report`].
    ///
    /// # Errors
    /// One cannot be written, or the report would be of two captures: a line that says so.
    pub(super) fn open(settings: &'s Settings, for_report: &'s Settings, is_one_file: bool) -> Result<Self, String> {
        if is_one_file && (settings.export.html.is_some() || settings.export.plot.is_some()) {
            return Err(
                "reports and graphs are of one capture for each end, and this file has those of both: use --svg, or save each \
                 interface as a file of its own"
                    .to_owned(),
            );
        }
        let svg = settings.export.svg.as_deref();
        let svg = svg.map(|path| Destination::whole(path, settings.force)).transpose();
        Ok(Self {
            settings,
            svg: svg.map_err(|error| one_line(&error))?,
            report: Exporter::open(for_report, &Calls::open(for_report)?)?,
        })
    }

    /// Writes them. `false`: not all of them, which has been said.
    pub(super) fn write(self, ends: &TwoEnds<'_>, filter: &Filter, cancel: &CancelToken, say: Say) -> bool {
        let svg = self.svg.map(|file| draw(ends, file, self.settings, say));
        let report = self
            .report
            .map(|report| write_report(report, self.settings, ends, filter, cancel, say));
        let mut is_written = true;
        for line in [svg, report].into_iter().flatten().filter_map(Result::err) {
            if let Some(line) = line {
                say.error(&line);
            }
            is_written = false;
        }
        is_written
    }
}

/// Draws both ends of each conversation.
///
/// # Errors
/// It cannot be written: a line that says so.
fn draw(ends: &TwoEnds<'_>, file: Destination, settings: &Settings, say: Say) -> Result<(), Option<String>> {
    let Pictures { drawn, left_out } = picture::draw(ends, Look::FILE, extent(settings));
    if drawn.is_empty() {
        say.warning("nothing to draw for --svg: no conversation has packets in both captures");
    }
    if left_out > 0 {
        say.warning(&format!(
            "left out of the picture: {}; --full draws all",
            count(left_out, "more conversation")
        ));
    }
    let names = [&settings.read, &settings.other_end];
    let names = names.map(|path| path.as_deref().map_or(String::new(), provenance::name));
    to(file, |output| svg::write(output, &names.join(" and "), &drawn)).map_err(Some)
}

/// Reads a capture once more, and hands over what is wanted of it; returns its conversations.
///
/// # Errors
/// Ctrl+C; the file cannot be opened any more: a line that says so.
fn read_again(
    path: &Path,
    settings: &Settings,
    filter: &Filter,
    cancel: &CancelToken,
    mut take: impl FnMut(&Observed<'_, '_>, &Follower),
) -> Result<Follower, Option<String>> {
    let mut source = Source::open(path, cancel)?;
    let mut selection = Selection::new(filter.clone(), settings.handshake_only);
    let mut known = Follower::new();
    let mut number = 0;
    loop {
        if source.is_over(cancel) {
            return Err(source.interrupted().into_iter().next());
        }
        let Ok(Some(frame)) = source.reader.next() else {
            break;
        };
        number += 1;
        let headers = LazyPacket::new(&frame);
        if selection.wants(&headers).map_err(|error| Some(one_line(&error)))? {
            let followed = known.follow(number, &frame, headers.packet());
            take(&Observed::new(number, &headers, &followed), &known);
        } else {
            known.pass(number, &frame, headers.packet());
        }
    }
    source.leave();
    Ok(known)
}

/// Reads the first capture once more, for its report and its graphs. What there is to say of the file has been said.
///
/// # Errors
/// It is not written: a line that says so, unless that has been said.
fn write_report(
    mut report: Exporter<'_>,
    settings: &Settings,
    ends: &TwoEnds<'_>,
    filter: &Filter,
    cancel: &CancelToken,
    say: Say,
) -> Result<(), Option<String>> {
    let (Some(path), Some(other)) = (&settings.read, &settings.other_end) else {
        return Ok(());
    };
    let known = read_again(path, settings, filter, cancel, |observed, known| {
        let Ok(()) = report.take(observed, known);
    })?;
    // The packets of the other capture, by their conversations, as many as an export has at most.
    let mut others: HashMap<u64, Vec<PacketRef>> = HashMap::new();
    let (mut taken, mut left_out) = (0, 0_u64);
    read_again(other, settings, filter, cancel, |observed, _| {
        if taken == settings.export.limit {
            left_out += 1;
        } else if let Some(in_flow) = &observed.followed.in_flow {
            taken += 1;
            let packet = PacketRef::of(observed.number, observed.frame.time, observed.packet(), in_flow);
            others.entry(in_flow.conversation).or_default().push(packet);
        }
    })?;
    if left_out > 0 {
        say.warning(&format!(
            "left out of the graphs: {} of the other end; --limit sets another number",
            count(left_out, "more packet")
        ));
    }
    let of_both = |one: &ConversationModel, samples: &[TcpSample]| {
        let number = plots::counterpart(ends.exchange, &one.packets)?;
        let has_it = |packets: &&Vec<PacketRef>| packets.binary_search_by_key(&number, |seen| seen.number).is_ok();
        let there = others.values().find(has_it)?;
        plots::plots(ends.exchange, [&one.packets, there], samples)
    };
    let beside = Beside {
        both_ends: &|packets| picture::for_page(ends, packets),
        plots: &of_both,
    };
    let written = report.finish_with(None, &known, &beside);
    if say_exported(written, say) { Ok(()) } else { Err(None) }
}
