//! Frames onto the screen.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::sync::Arc;
use std::time::Duration;

use super::answers::Answers;
use super::calls::Calls;
use super::conversation_buffer::ConversationBuffer;
use super::following::{Conversations, Followed, FollowedDatagram};
use super::interface_names::InterfaceNames;
use super::json_trailer::JsonTrailer;
use super::observed::{LazyPacket, Observed, Sink};
use super::pool::{PoolError, Render, RenderPool};
use super::settings::Settings;
use super::stdout::StandardOutput;
use crate::flow::PacketInFlow;
use crate::frame::Frame;
use crate::record::InterfaceDescription;
use crate::render::text_style::TextStyle;
use crate::render::view::{ShownPacket, ViewOf, WritePacket};
use crate::render::{hex, json};
use crate::wire::Packet;

/// What goes out at once.
const BUFFER: usize = 65_536;

/// The most packets of a file that one thread shows: most captures are shorter, and need no other threads.
const ALONE: u64 = 512;

/// Shows frames on standard output.
pub struct Display {
    output: BufWriter<StandardOutput>,
    writer: Writer,
    /// The text of a packet, on its way to the output: the memory serves the next one.
    text: Vec<u8>,
    style: TextStyle,
    /// Packets shown so far.
    shown: u64,
    /// May other threads help? Not while a reader waits for the next packet.
    may_help: bool,
    pool: Option<RenderPool<RenderJob>>,
    /// More than one conversation was seen.
    several: bool,
    /// Only this conversation is wanted.
    flow: Option<u64>,
    names: InterfaceNames,
    conversation_buffer: Option<ConversationBuffer>,
    answers: Option<Answers>,
    json_trailer: Option<JsonTrailer>,
}

/// A packet to show, with everything that the text needs.
struct RenderJob {
    number: u64,
    frame: Frame<'static>,
    followed: Followed,
    /// More than one conversation was seen.
    several: bool,
    interface: Option<Arc<str>>,
}

/// Makes the text of packets.
#[derive(Clone)]
struct Writer {
    /// `None` for a view that is not written packet by packet.
    write: Option<WritePacket>,
    is_json: bool,
    style: TextStyle,
    hex: bool,
    full: bool,
}

/// The display cannot go on.
#[derive(Debug)]
pub enum DisplayError {
    /// The reader of standard output is gone (`| head`): no error.
    Closed,
    /// Standard output cannot be written.
    Failed(io::Error),
    /// Another output file cannot be written: in words.
    Beside(String),
}

impl From<io::Error> for DisplayError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Failed(error),
        }
    }
}

impl From<PoolError> for DisplayError {
    fn from(halt: PoolError) -> Self {
        match halt {
            PoolError::Failed(error) => error.into(),
            PoolError::Ended => Self::Beside(
                "a thread that makes the text of packets ended early, so the output ends in the middle: a defect of this \
                 program; --view summary does without such threads"
                    .to_owned(),
            ),
        }
    }
}

impl Display {
    /// The display that the arguments select.
    ///
    /// # Errors
    /// A file that is to be written beside it cannot be: a line that says so.
    pub fn new(settings: &Settings, calls: &Calls) -> Result<Self, String> {
        let style = settings.style_with(settings.view.times);
        let (write, is_long) = match settings.view.of {
            _ if settings.json => (Some(json::write as WritePacket), true),
            ViewOf::Packets { write, is_long } => (Some(write), is_long),
            ViewOf::Conversations(_) | ViewOf::Questions => (None, false),
        };
        let answers = Answers::new(settings)?;
        let output = if answers.as_ref().is_some_and(|answers| !answers.is_shown()) {
            StandardOutput::of_lines()
        } else {
            StandardOutput::new()
        };
        Ok(Self {
            conversation_buffer: ConversationBuffer::new(settings, calls),
            answers,
            json_trailer: JsonTrailer::new(settings, calls),
            flow: settings.flow,
            names: InterfaceNames::new(settings.read.is_none()),
            output: BufWriter::with_capacity(BUFFER, output),
            writer: Writer {
                write,
                is_json: settings.json,
                style,
                hex: settings.hex,
                full: settings.full,
            },
            text: Vec::new(),
            style,
            shown: 0,
            may_help: is_long && reads_a_file(settings),
            pool: None,
            several: false,
        })
    }

    /// The time until [`Self::tick`] has something to show, if something waits.
    #[must_use]
    pub fn until_next_draw(&self) -> Option<Duration> {
        self.conversation_buffer.as_ref()?.until_next_draw()
    }

    /// Shows what has waited long enough.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn tick(&mut self, known: &dyn Conversations) -> Result<(), DisplayError> {
        if let Some(conversation_buffer) = &mut self.conversation_buffer {
            conversation_buffer.draw_ended(&mut self.output, &self.style, known, None)?;
        }
        self.flush()
    }

    /// Shows what waited for the end, and hands everything over to the system.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn finish(&mut self, known: &dyn Conversations) -> Result<(), DisplayError> {
        if let Some(mut pool) = self.pool.take() {
            pool.finish(&mut self.output)?;
        }
        if let Some(conversation_buffer) = &mut self.conversation_buffer {
            conversation_buffer.finish(&mut self.output, &self.style, known)?;
        }
        if let Some(answers) = &mut self.answers {
            answers
                .finish(&mut self.output, &self.style)?
                .map_err(DisplayError::Beside)?;
        }
        if let Some(json_trailer) = &mut self.json_trailer {
            json_trailer.finish(&mut self.output, known)?;
        }
        self.flush()
    }

    /// Shows the part of the packets so far that needs no later packet.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn break_off(mut self) -> Result<(), DisplayError> {
        if let Some(mut pool) = self.pool.take() {
            pool.finish(&mut self.output)?;
        }
        self.flush()
    }

    /// Hands everything over to the system.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn flush(&mut self) -> Result<(), DisplayError> {
        Ok(self.output.flush()?)
    }

    /// What the file says of its interfaces so far.
    pub fn describe(&mut self, interfaces: &[InterfaceDescription]) {
        self.names.describe(interfaces);
    }

    /// What to say at the end.
    #[must_use]
    pub fn remarks(&mut self) -> Vec<String> {
        let remarks = self
            .conversation_buffer
            .as_mut()
            .map(ConversationBuffer::remarks)
            .unwrap_or_default();
        let json_trailer = self.json_trailer.as_mut().map(JsonTrailer::remarks).unwrap_or_default();
        remarks.into_iter().chain(json_trailer).collect()
    }
}

impl Sink for Display {
    type Error = DisplayError;

    /// Shows a packet, and the datagram that it completes if it is the last missing fragment of one.
    fn take(&mut self, observed: &Observed<'_, '_>, known: &dyn Conversations) -> Result<(), DisplayError> {
        if let Some(answers) = &mut self.answers {
            answers.take(observed);
            return Ok(());
        }
        if let Some(conversation_buffer) = &mut self.conversation_buffer {
            return Ok(conversation_buffer.take(&mut self.output, &self.style, observed, known)?);
        }
        let in_flow = observed.followed.known();
        let is_wanted = |wanted| in_flow.is_some_and(|in_flow| in_flow.conversation == wanted);
        if !self.flow.is_none_or(is_wanted) {
            return Ok(());
        }
        self.several |= in_flow.is_some_and(|in_flow| in_flow.conversation > 1);
        if let (Some(json_trailer), Some(in_flow)) = (&mut self.json_trailer, in_flow) {
            json_trailer.note(observed, in_flow);
        }
        self.shown += 1;
        if self.pool.is_none() && self.may_help && self.shown > ALONE {
            self.pool = RenderPool::new(&self.writer);
            self.may_help = self.pool.is_some();
        }
        let interface = self.names.of(observed.frame);
        let Some(pool) = &mut self.pool else {
            self.text.clear();
            self.writer
                .write(&mut self.text, observed, self.several, interface.as_deref())?;
            return Ok(self.output.write_all(&self.text)?);
        };
        let shown = RenderJob {
            number: observed.number,
            frame: observed.frame.clone().into_owned(),
            followed: observed.followed.clone(),
            several: self.several,
            interface,
        };
        Ok(pool.add(shown, &mut self.output)?)
    }
}

impl Writer {
    /// Writes a packet, and the datagram that it completes if it is the last missing fragment of one. `several`: there is more
    /// than one conversation.
    fn write(
        &self,
        text: &mut Vec<u8>,
        observed: &Observed<'_, '_>,
        several: bool,
        interface: Option<&str>,
    ) -> io::Result<()> {
        let Some(write) = self.write else {
            return Ok(());
        };
        let &Observed {
            number,
            frame,
            followed,
            ..
        } = observed;
        let add = |text: &mut Vec<u8>,
                   frame: &Frame<'_>,
                   packet: &Packet<'_>,
                   in_flow: Option<&PacketInFlow>,
                   reassembled: Option<usize>| {
            let shown = ShownPacket {
                reassembled,
                number,
                frame,
                packet,
                in_flow,
                first: followed.first,
                several,
                interface,
                full: self.full,
            };
            write(text, &self.style, &shown)
        };
        add(text, frame, observed.packet(), followed.in_flow.as_ref(), None)?;
        if self.hex && !self.is_json {
            hex::write(text, 0, &frame.bytes, self.style.width)?;
            writeln!(text)?;
        }
        let Some(FollowedDatagram { frame, fragments, .. }) = &followed.whole else {
            return Ok(());
        };
        if !self.is_json {
            writeln!(text, "Reassembled from {fragments} fragments:")?;
        }
        observed.with_in_flow(|packet, in_flow| add(text, frame, packet, in_flow, Some(*fragments)))
    }
}

impl Render<RenderJob> for Writer {
    fn work(&self, job: &RenderJob, text: &mut Vec<u8>) {
        let headers = LazyPacket::new(&job.frame);
        let observed = Observed::new(job.number, &headers, &job.followed);
        // Writing to memory cannot fail.
        let _ = self.write(text, &observed, job.several, job.interface.as_deref());
    }
}

/// May several threads work? Not if a reader may wait for the next packet: a pipe may be filled packet by packet.
fn reads_a_file(settings: &Settings) -> bool {
    let is_file = |path: &std::path::PathBuf| std::fs::metadata(path).is_ok_and(|about| about.is_file());
    settings.read.as_ref().is_some_and(is_file)
}
