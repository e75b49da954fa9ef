//! A conversation in the report: its ladder, its graph, and the same in words.

use std::collections::HashSet;

use super::ladder::{self, HtmlRow};
use crate::render::ladder::{Detail, Ladder, LadderRow, RowKind, plain, words};
use crate::render::plot::PlotLook;
use crate::render::report_model::{ConversationModel, ReportModel};
use crate::render::svg::signs::LadderSigns;
use crate::render::text_style::TextStyle;

/// Characters of a time that fit into the usual column; `ladder.css` has the same number.
const USUAL_TIME: usize = 8;

/// A conversation.
pub(super) struct ConversationSection {
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) begins: String,
    pub(super) ends: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) outcome: String,
    /// The top of the lifelines.
    pub(super) heads: [String; 2],
    pub(super) rows: Vec<HtmlRow>,
    /// What a legend has to explain.
    pub(super) signs: LadderSigns,
    pub(super) plot: Option<Plot>,
    pub(super) words: Vec<Words>,
}

/// Its graphs.
pub(super) struct Plot {
    /// SVG, for a wide page and for a phone.
    pub(super) pictures: [String; 2],
    pub(super) descriptions: Vec<String>,
}

/// A row of the ladder in words.
pub(super) struct Words {
    pub(super) packet: Option<u64>,
    pub(super) what: &'static str,
    pub(super) sentence: String,
}

impl ConversationSection {
    pub(super) fn of(model: &ConversationModel, report: &ReportModel, style: &TextStyle) -> Self {
        // Every packet can be chosen, so none is folded away.
        let ladder = report.ladder(model, Detail::Full);
        let title = words::title(&ladder);
        let outcome: Vec<String> = ladder.outcome.iter().map(|sentence| format!("{sentence}.")).collect();
        Self {
            number: ladder.conversation,
            begins: words::beginning(style, &ladder),
            ends: ladder.lanes.iter().map(words::who).collect(),
            notes: ladder.notes.clone(),
            outcome: outcome.join(" "),
            heads: ladder.lanes.each_ref().map(ladder::heading),
            rows: ladder::rows(&ladder),
            signs: LadderSigns::of(&ladder),
            plot: plot(&ladder, model, report),
            words: ladder.rows.iter().map(Words::of).collect(),
            title,
        }
    }
}

impl ConversationSection {
    /// Does a time need more than its usual column?
    pub(super) fn has_long_times(&self) -> bool {
        self.rows.iter().any(|row| row.time.len() > USUAL_TIME)
    }

    /// Rows that the summary on paper leaves out.
    pub(super) fn more_rows(&self) -> usize {
        self.rows.iter().filter(|row| row.is_later).count()
    }
}

/// What an earlier conversation has already noted is not repeated.
pub(super) fn say_notes_once(sections: &mut [ConversationSection]) {
    let mut said = HashSet::new();
    for section in sections {
        section.notes.retain(|note| said.insert(note.clone()));
    }
}

fn plot(ladder: &Ladder, model: &ConversationModel, report: &ReportModel) -> Option<Plot> {
    let plots = model.plots();
    let linked = report.packets.last().map_or(0, |kept| kept.number);
    let title = format!("Conversation {}", ladder.conversation);
    plots.say_more().then(|| Plot {
        pictures: [PlotLook::Wide, PlotLook::Narrow].map(|look| plots.draw(&title, look, linked).element()),
        descriptions: plots.describe(),
    })
}

impl Words {
    fn of(row: &LadderRow) -> Self {
        let (packet, what) = match &row.kind {
            RowKind::States(_) => (None, "states"),
            RowKind::Packet(arrow) => (Some(arrow.number), "packet"),
            RowKind::Run(run) => (Some(run.first), "packets"),
            RowKind::Call(_) => (None, "socket call"),
            RowKind::Gap(_) => (None, "pause"),
            RowKind::Note(_) => (None, "note"),
        };
        Self {
            packet,
            what,
            sentence: plain::sentence(row),
        }
    }
}
