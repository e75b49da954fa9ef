//! What a view is: the text that `--view` asks for by a name. Each has its constant `VIEW` in the file that makes its text;
//! [`super::views`] lists them.

use std::fmt;
use std::io::{self, Write};

use super::text_style::{TextStyle, TimeFormat};
use crate::flow::PacketInFlow;
use crate::flow::conversation::Conversation;
use crate::frame::{Frame, Time};
use crate::timeline::{ConversationCalls, PacketRef};
use crate::wire::Packet;

/// A view, as data.
pub struct View {
    /// What `--view` takes.
    pub name: &'static str,
    /// What it shows, for `--help`.
    pub about: &'static str,
    /// When it is shown, for `--help` of a program that gets packets one by one; empty for a view of single packets.
    pub when: &'static str,
    /// How times are written unless the user says so.
    pub times: TimeFormat,
    /// Does it show socket calls?
    pub shows_calls: bool,
    /// What its text is made from.
    pub of: ViewOf,
}

/// What the text of a view is made from.
pub enum ViewOf {
    /// Each packet by itself, when it comes.
    Packets {
        /// Writes a packet.
        write: WritePacket,
        /// Is so much written of each that several threads are worth it?
        is_long: bool,
    },
    /// Whole conversations, when they have ended.
    Conversations(fn(&ViewOptions) -> Box<dyn ConversationView>),
    /// The questions about the whole capture, at its end. They can go to files too, so a run has one collector for all of them:
    /// [`super::answers::Collector`].
    Questions,
}

/// Writes a packet. To memory, so it does not fail; the result is for `?` behind `write!`.
pub type WritePacket = fn(&mut Vec<u8>, &TextStyle, &ShownPacket<'_, '_>) -> io::Result<()>;

/// A packet to show.
#[derive(Clone, Copy)]
pub struct ShownPacket<'s, 'p> {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// Its bytes, or those of the datagram that it completes.
    pub frame: &'s Frame<'s>,
    /// The headers in them.
    pub packet: &'s Packet<'p>,
    /// What it does in its conversation.
    pub in_flow: Option<&'s PacketInFlow>,
    /// Time of the capture's first packet that has one.
    pub first: Option<Time>,
    /// Is there more than one conversation, so that each line names its own?
    pub several: bool,
    /// Which interface it passed, where the capture has several.
    pub interface: Option<&'s str>,
    /// All of its data, not only their beginning?
    pub full: bool,
    /// Of a datagram that was put together: from how many fragments.
    pub reassembled: Option<usize>,
}

impl<'s, 'p> ShownPacket<'s, 'p> {
    /// A packet without further facts.
    #[must_use]
    pub const fn alone(number: u64, frame: &'s Frame<'s>, packet: &'s Packet<'p>) -> Self {
        Self {
            number,
            frame,
            packet,
            in_flow: None,
            first: None,
            several: false,
            interface: None,
            full: false,
            reassembled: None,
        }
    }

    /// The time from which seconds are counted.
    #[must_use]
    pub fn start(&self) -> Time {
        self.first.unwrap_or(Time(0))
    }
}

/// How a view of conversations is wanted.
#[derive(Debug, Clone, Copy)]
pub struct ViewOptions {
    /// Everything in it, with a row for each packet?
    pub full: bool,
    /// Was a part of a long conversation left out, to bound the memory?
    pub bounded: bool,
    /// Conversations beside each other, at the end?
    pub side_by_side: bool,
}

/// A view of whole conversations. It keeps the packets of each until it is drawn.
pub trait ConversationView {
    /// Takes the next packet of a conversation, with its data as far as they were captured.
    fn add(&mut self, packet: &PacketRef, data: &[u8]);

    /// Is the memory full, so that a conversation must be drawn before its end?
    fn is_too_much(&self) -> bool;

    /// Does it draw all conversations together, at the end?
    fn waits_for_all(&self) -> bool {
        false
    }

    /// Draws a conversation, and keeps nothing more of it. `false`: too little is known of it.
    ///
    /// # Errors
    /// Those of the writer.
    fn draw(&mut self, out: &mut dyn Write, style: &TextStyle, ended: &EndedConversation<'_>) -> io::Result<bool>;

    /// Writes what comes after all conversations.
    ///
    /// # Errors
    /// Those of the writer.
    fn finish(&mut self, _out: &mut dyn Write, _style: &TextStyle) -> io::Result<()> {
        Ok(())
    }

    /// The remarks for the end about what could not be drawn.
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The facts about a conversation to draw, in addition to its packets.
pub struct EndedConversation<'e> {
    /// Its number, from 1.
    pub number: u64,
    /// The whole of it, unless there were too many to remember.
    pub conversation: Option<&'e Conversation>,
    /// Finds the socket calls that belong to these packets.
    pub calls: &'e dyn Fn(&[PacketRef]) -> ConversationCalls,
    /// Was a call log given?
    pub has_log: bool,
    /// Time of the capture's first packet.
    pub capture_start: Option<Time>,
}

impl PartialEq for View {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for View {}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
