//! A conversation's ladder in the page: rows of text in columns, for number, time, client, the wire, and server.
//!
//! The style sheet draws lines and heads from the classes of a row. So the ladder grows with the window, fits a phone with the
//! same rows, prints, and can be selected and read aloud. A picture in a file of its own is `render::svg`.

use crate::escape::columns::Columns as _;
use crate::escape::printable;
use crate::flow::Party;
use crate::render::ladder::{
    Arrow, ArrowLine, CallPoint, CallRow, Ladder, LadderRow, Lane, RowKind, SegmentRun, label, quotation, sentences,
    words,
};
use crate::render::text_style::CharacterSet;

/// Characters of an arrow's words; the column of the wire has room for a few more.
const WORDS: usize = 34;
/// Characters of a socket call with its descriptor.
const CALL: usize = 22;
/// The height of a ladder in the printed summary, in tenths of a line: with the three steps and a header it makes two pages.
const PRINTED: u32 = 450;
/// Digits behind the point of a time in milliseconds.
const DECIMALS: usize = 3;

/// A row of the ladder as the page has it.
#[derive(Default)]
pub(super) struct HtmlRow {
    /// Words of the style sheet.
    pub(super) class: String,
    /// The packet that it leads to.
    pub(super) packet: Option<u64>,
    pub(super) number: String,
    pub(super) time: String,
    /// Beside the client's lifeline, and beside the server's.
    pub(super) client: String,
    pub(super) server: String,
    /// On the wire.
    pub(super) words: String,
    /// The beginning of the text that it carries.
    pub(super) quotation: Option<String>,
    pub(super) remark: Option<String>,
    /// Does the summary on paper leave it out?
    pub(super) is_later: bool,
}

/// The rows of a ladder, from top to bottom.
pub(super) fn rows(ladder: &Ladder) -> Vec<HtmlRow> {
    let mut calls = [0_u32; 2];
    let mut height = 0;
    let rows = ladder.rows.iter().map(|row| {
        let row = html_row(row, &mut calls);
        height += row.height();
        HtmlRow {
            is_later: height > PRINTED,
            ..row
        }
    });
    rows.collect()
}

impl HtmlRow {
    /// Its height on paper, about, in tenths of a line.
    fn height(&self) -> u32 {
        match (self.packet, &self.quotation, &self.remark) {
            (None, ..) if self.number.is_empty() && self.time.is_empty() => 20,
            (None, ..) => 10,
            (Some(_), None, None) => 14,
            (Some(_), Some(_), Some(_)) => 30,
            (Some(_), ..) => 22,
        }
    }
}

/// What is written at the top of a lifeline.
pub(super) fn heading(lane: &Lane) -> String {
    format!("{} :{}", lane.party, lane.address.port())
}

/// `calls`: the number of socket calls in progress at each end.
fn html_row(row: &LadderRow, calls: &mut [u32; 2]) -> HtmlRow {
    let mut html = match &row.kind {
        RowKind::Packet(one) => arrow(one),
        RowKind::Run(many) => run(many),
        RowKind::States([client, server]) => HtmlRow {
            class: "begin".to_owned(),
            client: words::observed_state(*client),
            server: words::observed_state(*server),
            ..HtmlRow::default()
        },
        RowKind::Call(one) => call(one),
        RowKind::Gap(gap) => HtmlRow {
            class: "pause".to_owned(),
            words: format!("{}.", sentences::gap(gap)),
            ..HtmlRow::default()
        },
        RowKind::Note(text) => HtmlRow {
            class: "pause".to_owned(),
            words: text.clone(),
            ..HtmlRow::default()
        },
    };
    html.number = row.number_label();
    html.time = row.time_label(DECIMALS);
    let ends = calls.iter_mut().zip([Party::Client, Party::Server]);
    for ((inside, party), class) in ends.zip([" client-inside", " server-inside"]) {
        let point = match &row.kind {
            RowKind::Call(call) if call.party == party => Some(call.point),
            _ => None,
        };
        if point == Some(CallPoint::Entered) {
            *inside += 1;
        }
        if *inside > 0 || point == Some(CallPoint::Whole) {
            html.class.push_str(class);
        }
        if point == Some(CallPoint::Returned) {
            *inside = inside.saturating_sub(1);
        }
    }
    html
}

fn arrow(arrow: &Arrow) -> HtmlRow {
    let state = |party| arrow.state(party).map(words::observed_state).unwrap_or_default();
    HtmlRow {
        client: state(Party::Client),
        server: state(Party::Server),
        ..line(
            &label::packet(arrow, CharacterSet::Unicode),
            arrow.from,
            arrow.line,
            arrow.number,
        )
    }
}

fn run(run: &SegmentRun) -> HtmlRow {
    line(&label::run(run), run.from, ArrowLine::Data, run.first)
}

fn line(label: &label::Label, from: Party, line: ArrowLine, packet: u64) -> HtmlRow {
    let fits = label.words.iter().find(|words| words.columns() <= WORDS);
    let direction = match from {
        Party::Client => "forth",
        Party::Server => "back",
    };
    let start = label.payload_start.as_ref();
    HtmlRow {
        class: format!("{} {direction}", kind(line)),
        packet: Some(packet),
        words: fits.or(label.words.last()).cloned().unwrap_or_default(),
        quotation: start.and_then(|start| quotation::written(start, CharacterSet::Unicode, WORDS)),
        remark: label.remark.clone(),
        ..HtmlRow::default()
    }
}

/// The style sheet's word for a line.
pub(super) const fn kind(line: ArrowLine) -> &'static str {
    match line {
        ArrowLine::Control => "control",
        ArrowLine::Data => "data",
        ArrowLine::Retransmission => "again",
        ArrowLine::Lost => "lost",
    }
}

fn call(row: &CallRow) -> HtmlRow {
    let label = label::call(row, CALL);
    // Arguments and errors come from a file.
    let safe = |text: &str| printable(text.as_bytes()).into_owned();
    let text = safe(&label.text);
    let both = HtmlRow {
        words: label.details.first().map_or(String::new(), |detail| safe(detail)),
        ..HtmlRow::default()
    };
    match row.party {
        Party::Client => HtmlRow {
            class: "call client-call".to_owned(),
            client: text,
            ..both
        },
        Party::Server => HtmlRow {
            class: "call server-call".to_owned(),
            server: text,
            ..both
        },
    }
}
