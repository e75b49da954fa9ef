//! Which signs a ladder has, so that its legend explains these and no others.

use crate::flow::Party;
use crate::flow::state::{ObservedState, State};
use crate::render::ladder::{ArrowLine, Ladder, RowKind};
use crate::timeline::OrderNote;

/// Which signs a ladder has.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a sign of its own")]
pub(in crate::render) struct LadderSigns {
    pub(in crate::render) lines: Vec<ArrowLine>,
    pub(in crate::render) calls: bool,
    pub(in crate::render) inferred: bool,
    pub(in crate::render) moved: bool,
    pub(in crate::render) too_early: bool,
}

impl LadderSigns {
    pub(in crate::render) fn of(ladder: &Ladder) -> Self {
        let mut used = Self::default();
        for row in &ladder.rows {
            used.moved |= matches!(row.order_note, Some(OrderNote::Clock(_)));
            used.too_early |= row.order_note == Some(OrderNote::BeforeCause);
            match &row.kind {
                RowKind::Packet(arrow) => {
                    used.lines.push(arrow.line);
                    let states = [Party::Client, Party::Server].map(|party| arrow.state(party));
                    used.inferred |= states.into_iter().flatten().any(is_inferred);
                }
                RowKind::Run(_) => used.lines.push(ArrowLine::Data),
                RowKind::States(states) => used.inferred |= states.iter().copied().any(is_inferred),
                RowKind::Call(_) => used.calls = true,
                RowKind::Gap(_) | RowKind::Note(_) => {}
            }
        }
        used
    }
}

/// Does it stand in parentheses?
fn is_inferred(observed_state: ObservedState) -> bool {
    observed_state.inferred && observed_state.state != State::Unknown
}
