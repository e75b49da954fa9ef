//! Ladders as a view: packets are kept until their conversation is drawn.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Write};

use super::picture::{Detail, Ladder, LadderInput};
use super::{side_by_side, text};
use crate::explain::{count, grouped};
use crate::render::text_style::{CharacterSet, TextStyle, TimeFormat};
use crate::render::view::{ConversationView, EndedConversation, View, ViewOf, ViewOptions};
use crate::timeline::{PacketRef, Timeline};

/// This many packets of a conversation are drawn unless all are asked for: the first ones and the last ones.
const FIRST: usize = 1_800;
const LAST: usize = 200;

/// This many packets and conversations are kept in all before conversations are drawn that have not ended.
const PACKETS: usize = 150_000;

/// At most this many conversations are drawn together: a ladder takes about 10 KB of a page, so this is 20 MB, and more are not
/// looked at. Another one is asked for by its number, with `--flow`.
pub const CONVERSATIONS: usize = 2_000;

/// The view.
pub const VIEW: View = View {
    name: "ladder",
    about: "Conversations as two lanes with arrows, states and socket calls",
    when: "; each is drawn when it has ended, the rest at the end",
    times: TimeFormat::Local,
    shows_calls: true,
    of: ViewOf::Conversations(|options| Box::new(Ladders::new(options))),
};

/// The ladders of a capture.
pub struct Ladders {
    detail: Detail,
    bounded: bool,
    beside: bool,
    kept: HashMap<u64, Packets>,
    packets: usize,
    /// Ladders that wait for the end, to be laid beside each other.
    waiting: Vec<Ladder>,
    /// Conversations for which there was no room among them.
    not_beside: u64,
    /// Two ladders did not fit beside each other.
    narrow: bool,
    drawn: u64,
}

/// The packets of a conversation that is not drawn yet.
#[derive(Default)]
struct Packets {
    first: Vec<PacketRef>,
    last: VecDeque<PacketRef>,
    left_out: u64,
}

impl Ladders {
    /// No packet yet.
    #[must_use]
    pub fn new(options: &ViewOptions) -> Self {
        Self {
            detail: if options.full { Detail::Full } else { Detail::Folded },
            bounded: options.bounded,
            beside: options.side_by_side,
            kept: HashMap::new(),
            packets: 0,
            waiting: Vec::new(),
            not_beside: 0,
            narrow: false,
            drawn: 0,
        }
    }
}

impl ConversationView for Ladders {
    fn add(&mut self, packet: &PacketRef, _data: &[u8]) {
        let kept = self.kept.entry(packet.in_flow.conversation).or_default();
        self.packets += 1;
        if !self.bounded || kept.first.len() < FIRST {
            if kept.first.is_empty() {
                // Most conversations are short.
                kept.first.reserve_exact(2);
            }
            kept.first.push(*packet);
            return;
        }
        kept.last.push_back(*packet);
        if kept.last.len() > LAST {
            kept.last.pop_front();
            kept.left_out += 1;
            self.packets -= 1;
        }
    }

    fn is_too_much(&self) -> bool {
        // A conversation takes memory too, besides its packets.
        self.packets + self.kept.len() > PACKETS
    }

    fn waits_for_all(&self) -> bool {
        self.beside
    }

    fn draw(&mut self, mut out: &mut dyn Write, style: &TextStyle, ended: &EndedConversation<'_>) -> io::Result<bool> {
        self.drawn += 1;
        let kept = self.kept.remove(&ended.number).unwrap_or_default();
        self.packets = self.packets.saturating_sub(kept.first.len() + kept.last.len());
        let Some(conversation) = ended.conversation else {
            return Ok(false);
        };
        let left_out = (kept.left_out > 0).then_some((kept.first.len(), kept.left_out));
        let mut packets = kept.first;
        packets.extend(kept.last);
        let timeline = Timeline::of(&packets, (ended.calls)(&packets));
        let input = LadderInput {
            conversation,
            packets: &packets,
            left_out,
            timeline: &timeline,
            has_other_end: false,
            has_log: ended.has_log,
            capture_start: ended.capture_start,
        };
        let ladder = Ladder::of(&input, self.detail);
        if !self.beside {
            text::write(&mut out, style, &ladder)?;
        } else if self.waiting.len() < CONVERSATIONS {
            self.waiting.push(ladder);
        } else {
            self.not_beside += 1;
        }
        Ok(true)
    }

    fn finish(&mut self, mut out: &mut dyn Write, style: &TextStyle) -> io::Result<()> {
        if self.beside {
            // In plain style they are told one after the other, at any width.
            let is_drawn = style.characters != CharacterSet::Plain;
            self.narrow = is_drawn && self.waiting.len() > 1 && side_by_side::capacity(style) < 2;
            side_by_side::write(&mut out, style, &std::mem::take(&mut self.waiting))?;
        }
        if self.drawn > 0 {
            text::legend(&mut out, style)?;
        }
        Ok(())
    }

    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.not_beside > 0 {
            remarks.push(format!(
                "left out: {}; {} at most are drawn with --side-by-side; --flow N picks one by its number",
                count(self.not_beside, "more conversation"),
                grouped(CONVERSATIONS as u64)
            ));
        }
        if self.narrow {
            remarks.push(format!(
                "two ladders need {} columns to stand side by side; --width gives more",
                side_by_side::columns_for(2)
            ));
        }
        remarks
    }
}
