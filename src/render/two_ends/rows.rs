//! The packets of both captures in one order: that in which they were sent, by the clock of the first capture.

use crate::pair::{Exchange, Fate, Kind, Seen, Side};
use crate::render::ladder::ArrowLine;

/// A packet that was sent once, wherever it was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// When it was sent; when it arrived, if nothing more is known. By A's clock, in nanoseconds.
    pub time: i64,
    /// The capture that it was taken from.
    pub side: Side,
    /// Its place there.
    pub place: u32,
    /// What became of it.
    pub fate: Fate,
    /// Did a later packet of its direction overtake it?
    pub is_overtaken: bool,
}

/// The rows of a conversation.
#[derive(Debug, Clone)]
pub struct ConversationRows {
    /// Its number.
    pub number: u32,
    /// In order.
    pub rows: Vec<Row>,
}

impl Row {
    /// The packet.
    #[must_use]
    pub fn seen<'e>(&self, exchange: &'e Exchange) -> Option<&'e Seen> {
        exchange.packet(self.side, self.place)
    }

    /// Its places in a capture: several of one that was divided or merged on the way, none where it is missing.
    #[must_use]
    pub fn places(&self, exchange: &Exchange, side: Side) -> Vec<u32> {
        match self.fate {
            Fate::Arrived { other } | Fate::Changed { other, .. } if side != self.side => vec![other],
            Fate::Regrouped { regrouping } => {
                let regrouping = exchange.regroupings.get(regrouping as usize);
                let places = regrouping.map(|each| if side == self.side { &each.sent } else { &each.received });
                places.cloned().unwrap_or_default()
            }
            _ if side == self.side => vec![self.place],
            _ => Vec::new(),
        }
    }

    /// Its number and its time in a capture. Of several, the number is that of the first; what was sent began with the first, and
    /// what arrived was whole with the last. By A's clock, in nanoseconds.
    #[must_use]
    pub fn at(&self, exchange: &Exchange, side: Side) -> Option<(u64, i64)> {
        let places = self.places(exchange, side);
        let seen = |place: Option<&u32>| exchange.packet(side, *place?);
        let first = seen(places.first())?;
        let timed = if side == self.side { first } else { seen(places.last())? };
        Some((first.number, exchange.time(side, timed)))
    }

    /// The bytes of data that it carries: of one that was divided or merged on the way, those of all its packets.
    #[must_use]
    pub fn data(&self, exchange: &Exchange) -> u64 {
        let places = self.places(exchange, self.side);
        let seen = places.iter().filter_map(|place| exchange.packet(self.side, *place));
        seen.map(|seen| u64::from(seen.data)).sum()
    }

    /// How its arrow is drawn. One that carries bytes again is drawn so at its sender only: of what arrived twice, it is not known
    /// that it was sent twice.
    #[must_use]
    pub fn line(&self, exchange: &Exchange) -> ArrowLine {
        match self.seen(exchange) {
            Some(seen) if seen.is_again && exchange.sent_at(seen) == self.side => ArrowLine::Retransmission,
            Some(seen) if self.data(exchange) > 0 && matches!(seen.kind, Kind::Tcp | Kind::Udp) => ArrowLine::Data,
            _ => ArrowLine::Control,
        }
    }

    /// Is it more than a packet that arrived in order, or of which nothing is known?
    #[must_use]
    pub fn is_remarkable(&self, exchange: &Exchange) -> bool {
        let is_regular = match self.fate {
            Fate::Arrived { .. } | Fate::NotKnown(_) => true,
            Fate::Regrouped { regrouping } => exchange
                .regroupings
                .get(regrouping as usize)
                .is_none_or(|each| each.missing == 0),
            _ => false,
        };
        self.is_overtaken || !is_regular
    }
}

/// The rows of every conversation of which both captures have packets; of every one where both captures kept everything.
#[must_use]
pub fn rows(exchange: &Exchange) -> Vec<ConversationRows> {
    let mut all: Vec<ConversationRows> = (0..)
        .zip(&exchange.conversations)
        .map(|(number, _)| ConversationRows {
            number,
            rows: Vec::new(),
        })
        .collect();
    for side in Side::BOTH {
        let mut overtaken = exchange.overtaken.of(side).iter().copied().peekable();
        for (place, (seen, fate)) in (0..).zip(exchange.with_fates(side)) {
            let is_overtaken = overtaken.next_if_eq(&place).is_some();
            let is_sent = exchange.sent_at(seen) == side;
            let is_row = match fate {
                Fate::Arrived { .. } | Fate::Changed { .. } => is_sent,
                Fate::Regrouped { regrouping } => {
                    let regrouping = exchange.regroupings.get(regrouping as usize);
                    is_sent && regrouping.and_then(|each| each.sent.first()) == Some(&place)
                }
                Fate::OtherConversation | Fate::Open => false,
                _ => true,
            };
            let conversation = exchange.conversations.get(seen.conversation as usize);
            let is_shared = conversation.is_some_and(|conversation| conversation.matched > 0);
            let is_shown = is_shared || exchange.comparison.unfiltered;
            if let (true, true, Some(own)) = (is_row, is_shown, all.get_mut(seen.conversation as usize)) {
                own.rows.push(Row {
                    time: exchange.time(side, seen),
                    side,
                    place,
                    fate,
                    is_overtaken,
                });
            }
        }
    }
    all.retain(|each| !each.rows.is_empty());
    for each in &mut all {
        each.rows.sort_by_key(|row| row.time);
    }
    all
}
