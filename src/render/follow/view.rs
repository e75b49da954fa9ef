//! What both ends said as a view: text is kept until its conversation is written.

use std::collections::HashMap;
use std::io::{self, Write};

use super::assemble::StreamAssembler;
use super::text;
use crate::render::text_style::{TextStyle, TimeFormat};
use crate::render::view::{ConversationView, EndedConversation, View, ViewOf};
use crate::timeline::PacketRef;

/// This many bytes of text are kept for each conversation, and this many where all are asked for.
const TEXT: usize = 1 << 20;
const FULL_TEXT: usize = 64 << 20;

/// This many bytes of text are kept in all before conversations are written that have not ended.
const ALL_TEXT: usize = 128 << 20;

/// A conversation takes memory too, besides its text: as much as this many bytes of text.
const CONVERSATION: usize = 1_000;

/// The view.
pub const VIEW: View = View {
    name: "follow",
    about: "What both ends of each conversation said",
    when: "; each is written when it has ended, the rest at the end",
    times: TimeFormat::Local,
    shows_calls: false,
    of: ViewOf::Conversations(|options| {
        Box::new(Texts {
            room: if options.bounded { TEXT } else { FULL_TEXT },
            kept: HashMap::new(),
            bytes: 0,
        })
    }),
};

/// The texts of a capture.
struct Texts {
    /// For each conversation, in bytes.
    room: usize,
    kept: HashMap<u64, Box<StreamAssembler>>,
    bytes: usize,
}

impl ConversationView for Texts {
    fn add(&mut self, packet: &PacketRef, data: &[u8]) {
        let conversation = self.kept.entry(packet.in_flow.conversation);
        let text = conversation.or_insert_with(|| Box::new(StreamAssembler::new(self.room)));
        let before = text.kept();
        text.add(&packet.in_flow, data);
        self.bytes = self.bytes.saturating_add(text.kept()).saturating_sub(before);
    }

    fn is_too_much(&self) -> bool {
        self.bytes + self.kept.len() * CONVERSATION > ALL_TEXT
    }

    fn draw(&mut self, mut out: &mut dyn Write, style: &TextStyle, ended: &EndedConversation<'_>) -> io::Result<bool> {
        let Some(kept) = self.kept.remove(&ended.number) else {
            return Ok(true);
        };
        self.bytes = self.bytes.saturating_sub(kept.kept());
        if let Some(follow) = kept.finish() {
            text::write(&mut out, style, &follow)?;
        }
        Ok(true)
    }
}
