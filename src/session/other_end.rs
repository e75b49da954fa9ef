//! Two captures of one exchange: both files are read (`reading`), laid together, and shown; `exports` are the files beside it.

mod exports;
mod reading;

use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::Path;

use self::exports::OtherEndExports;
use self::reading::Reading;
use super::ending::{self, Counts, Grace};
use super::outcome::Outcome;
use super::provenance;
use super::say::Say;
use super::settings::Settings;
use super::source::{self, is_pipe, is_same_file};
use super::stdout::{StandardOutput, unwritable};
use crate::escape::printable;
use crate::filter::Filter;
use crate::os::cancel::CancelToken;
use crate::pair::{Apart, Comparison, Exchange, Kind, Side};
use crate::render::json;
use crate::render::text_style::TimeFormat;
use crate::render::two_ends::ladder::{self, Wished};
use crate::render::two_ends::{TwoEnds, mermaid};

/// Reads both files, lays them together and shows the result.
///
/// # Errors
/// It cannot begin, or the captures do not belong together: a line that says why.
pub fn run(settings: &Settings, filter: &Filter, cancel: &CancelToken, say: Say) -> Result<Outcome, String> {
    let (Some(a), Some(b)) = (&settings.read, &settings.other_end) else {
        return Ok(Outcome::Complete);
    };
    let _watching = ending::watch(cancel, Grace::Whole, say, Some(Counts::of_reading()))?;
    if let Some(pipe) = [a, b].into_iter().find(|path| is_pipe(path)) {
        return Err(format!(
            "--other-end compares two files, and may read them twice: {} is not a file; save it first",
            name(pipe)
        ));
    }
    let mut reading = Reading {
        settings,
        filter,
        cancel,
        say,
        files: [a, b],
        is_one_file: is_same_file(a, b),
        interfaces: Vec::new(),
        further: 0,
        cut_at: None,
        failed: false,
    };
    source::is_not_overwritten(settings, &[a, b])?;
    // Opened first, so that a name that cannot be written is said before anything is shown.
    let of_report = exports::for_report(settings);
    let exports = OtherEndExports::open(settings, &of_report, is_same_file(a, b))?;
    let with_nat = settings.nat;
    let Some(mut captures) = reading.both(Comparison {
        with_nat,
        ..Comparison::default()
    })?
    else {
        return Ok(Outcome::Incomplete);
    };
    if let Some(limit) = reading.cut_at {
        // What one capture has not kept cannot be compared, so both are read again up to there.
        reading.failed = false;
        let limit = Some(limit);
        let Some(again) = reading.quietly(Comparison {
            with_nat,
            limit,
            ..Comparison::default()
        })?
        else {
            return Ok(Outcome::Incomplete);
        };
        captures = again;
    }
    if reading.is_one_file && reading.interfaces.len() < 2 {
        return Err(format!(
            "{} is named twice, and has the packets of one interface only: name the capture of the other end",
            name(a)
        ));
    }
    if reading.further > 0 {
        say.warning(&format!(
            "{} has packets of further interfaces, which are left out: {}",
            name(a),
            reading.further
        ));
    }
    let [in_a, in_b] = reading.names(name);
    let exchange = Exchange::of(captures).map_err(|apart| why(&apart, [&in_a, &in_b], settings.nat))?;
    let ends = TwoEnds {
        exchange: &exchange,
        a: &in_a,
        b: &in_b,
    };
    let mut output = BufWriter::new(StandardOutput::new());
    let written = if settings.json {
        json::write_exchange(&mut output, &ends)
    } else if settings.export.mermaid {
        // What is handed in shows no folder of this computer.
        let [a, b] = &reading.names(provenance::name);
        mermaid::write(&mut output, &TwoEnds { a, b, ..ends }, exports::extent(settings))
    } else {
        let wished = Wished {
            full: settings.full,
            quiet: settings.quiet,
        };
        ladder::write(&mut output, &settings.style_with(TimeFormat::Relative), &ends, wished)
    };
    match written.and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            say.error(&unwritable(&error));
            reading.failed = true;
        }
        _ => {}
    }
    let is_written = exports.write(&ends, filter, cancel, say);
    reading.failed |= !is_written;
    Ok(Outcome::of(reading.failed))
}

/// A file's name, safe to show.
fn name(path: &Path) -> String {
    printable(path.display().to_string().as_bytes()).into_owned()
}

/// Why they cannot be laid together.
fn why(apart: &Apart, [a, b]: [&str; 2], with_nat: bool) -> String {
    let none = format!("{a} and {b} have no packet in common");
    match apart {
        Apart::Empty(side) => {
            let empty = if *side == Side::A { a } else { b };
            format!("{empty} has no IP packet with a time that is wanted, so nothing can be compared")
        }
        Apart::OnlyWithNat(packets) => format!(
            "{none}, but without addresses and ports {packets} are equal: if a router between the ends translates addresses, \
             add --nat"
        ),
        Apart::OtherPackets(kind, client, server) => {
            let protocol = match kind {
                Kind::Tcp => "TCP",
                Kind::Udp => "UDP",
                _ => "IP",
            };
            format!(
                "{none}: both have {protocol} packets between {client} and {server}, but other ones: they are captures of two \
                 different exchanges, or every packet was lost or changed on the way"
            )
        }
        Apart::OtherConversations(ends) => {
            let text = format!(
                "{none}, nor a conversation: the largest is between {} and {} in one, and between {} and {} in the other",
                ends.a.0, ends.a.1, ends.b.0, ends.b.1
            );
            if with_nat {
                text
            } else {
                format!("{text}; name two captures of one exchange")
            }
        }
    }
}
