//! The ladder as sentences, for screen readers.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::words::{beginning, safe, title, who};
use super::{Arrow, ArrowLine, CallPoint, CallRow, Ladder, LadderRow, RowKind, label, quotation, sentences};
use crate::explain::duration;
use crate::explain::packet::StateStyle;
use crate::flow::Party;
use crate::flow::state::{ObservedState, State};
use crate::render::text_style::{CharacterSet, TextStyle};
use crate::timeline::OrderNote;

/// Writes a ladder as sentences, one line each.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, style: &TextStyle, ladder: &Ladder) -> io::Result<()> {
    writeln!(output, "{}.", title(ladder))?;
    writeln!(output, "It begins {}.", beginning(style, ladder))?;
    for lane in &ladder.lanes {
        writeln!(output, "The {}.", who(lane).replacen("  ", " is ", 1))?;
    }
    for note in &ladder.notes {
        writeln!(output, "Note: {note}.")?;
    }
    for row in &ladder.rows {
        writeln!(output, "{}", sentence(row))?;
    }
    for sentence in &ladder.outcome {
        writeln!(output, "{sentence}.")?;
    }
    writeln!(output)
}

/// A row as a sentence.
#[must_use]
pub fn sentence(row: &LadderRow) -> String {
    let time = row
        .time
        .map_or(String::new(), |time| format!("{}: ", sentences::moment(time)));
    let mark = match row.order_note {
        Some(OrderNote::Clock(by)) => format!(
            " Placed by cause and effect: its clock differs by {} at least.",
            duration(by.saturating_abs())
        ),
        Some(OrderNote::BeforeCause) => {
            " It comes before its cause: call log and capture contradict each other.".to_owned()
        }
        None => String::new(),
    };
    match &row.kind {
        RowKind::States([client, server]) => {
            format!("The client begins {}, the server {}.", within(*client), within(*server))
        }
        RowKind::Packet(arrow) => format!(
            "{time}packet {}, {}.{}{mark}",
            arrow.number,
            packet(arrow),
            states(arrow)
        ),
        RowKind::Run(run) => {
            let label = label::run(run);
            let words = label.words.first().map_or("", String::as_str);
            format!(
                "{time}packets {} to {}, {} to {}: {words}.{mark}",
                run.first,
                run.last,
                run.from,
                run.from.other()
            )
        }
        RowKind::Call(row) => format!("{time}{}.{mark}", safe(&call(row))),
        RowKind::Gap(gap) => format!("Nothing for {}.", sentences::gap(gap)),
        RowKind::Note(text) => format!("{text}."),
    }
}

fn packet(arrow: &Arrow) -> String {
    let label = label::packet(arrow, CharacterSet::Plain);
    let words = label.words.first().map_or("", String::as_str);
    let remark = label.remark.map_or(String::new(), |remark| format!(", {remark}"));
    let line = match arrow.line {
        ArrowLine::Lost => ", refused or lost",
        ArrowLine::Control | ArrowLine::Data | ArrowLine::Retransmission => "",
    };
    let start = label.payload_start.as_ref();
    let text = start.and_then(|start| quotation::written(start, CharacterSet::Plain, usize::MAX));
    let text = text.map_or(String::new(), |text| format!(", text {text}"));
    format!("{} to {}: {words}{remark}{line}{text}", arrow.from, arrow.from.other())
}

fn states(arrow: &Arrow) -> String {
    let mut text = String::new();
    for party in [Party::Client, Party::Server] {
        if let Some(after) = arrow.state(party) {
            // Writing to a String cannot fail.
            let _ = write!(text, " The {party} is now {}.", within(after));
        }
    }
    text
}

/// `in SYN-SENT`, `presumably in SYN-RECEIVED`.
fn within(observed_state: ObservedState) -> String {
    match (observed_state.state, observed_state.inferred) {
        (State::Unknown, _) => "in a state that the capture does not tell".to_owned(),
        (state, true) => format!("{}in {state}", StateStyle::WORDS.inferred.0),
        (state, false) => format!("in {state}"),
    }
}

/// A call at one of its points, as the beginning of a sentence.
pub(super) fn call(row: &CallRow) -> String {
    let call = &row.call;
    let outcome = label::outcomes(call).into_iter().next().unwrap_or_default();
    let full = label::full(call);
    let name = format!("{}{}", call.call, label::handle(call));
    match row.point {
        CallPoint::Entered => format!("the {} calls {full} on its {}", row.party, call.role),
        CallPoint::Returned => format!("the {}'s {name} returns {outcome}", row.party),
        CallPoint::Whole => format!(
            "the {} calls {full} on its {}, which returns {outcome}",
            row.party, call.role
        ),
    }
}
