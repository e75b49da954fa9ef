//! Frames onto the screen.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::time::Duration;

use super::answers::Answers;
use super::following::{Followed, Follower, Whole};
use super::json_trailer::JsonTrailer;
use super::pool::{PoolError, Render, RenderPool};
use super::settings::{Settings, View};
use super::stdout::StandardOutput;
use super::story::ConversationBuffer;
use crate::flow::PacketInFlow;
use crate::frame::{Frame, Time};
use crate::render::look::{TextStyle, TimeForm};
use crate::render::{breakdown, diagram, fields, hex, json, summary};
use crate::wire::Packet;

/// What goes out at once.
const BUFFER: usize = 65_536;

/// So many packets of a file are shown by one thread: most captures that people look at are no longer, and need no others.
const ALONE: u64 = 512;

/// Shows frames on standard output.
pub struct Display {
    output: BufWriter<StandardOutput>,
    writer: Writer,
    look: TextStyle,
    first: Option<Time>,
    /// Packets shown so far.
    shown: u64,
    /// May other threads help? Not while somebody waits for the next packet.
    may_help: bool,
    pool: Option<RenderPool<Shown>>,
    follower: Follower,
    /// More than one conversation was seen.
    several: bool,
    /// Only this conversation is wanted.
    flow: Option<u64>,
    stories: Option<ConversationBuffer>,
    answers: Option<Answers>,
    json_trailer: Option<JsonTrailer>,
}

/// What is written of each packet.
#[derive(Clone, Copy)]
enum Form {
    View(View),
    Json,
}

/// A packet that is to be shown, with all that is to be known for it.
struct Shown {
    number: u64,
    frame: Frame<'static>,
    first: Option<Time>,
    followed: Followed,
    /// More than one conversation was seen.
    several: bool,
}

/// Makes the text of packets.
#[derive(Clone)]
struct Writer {
    form: Form,
    look: TextStyle,
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
    /// A file that was to be written beside it cannot be: in words.
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
    /// A display as the arguments ask for it.
    ///
    /// # Errors
    /// A call log cannot be read: a line that says so.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let look = settings.look_with(usual_times(settings.view));
        let answers = Answers::new(settings)?;
        let output = if answers.as_ref().is_some_and(|answers| !answers.is_shown()) {
            StandardOutput::of_lines()
        } else {
            StandardOutput::new()
        };
        Ok(Self {
            stories: ConversationBuffer::new(settings)?,
            answers,
            json_trailer: JsonTrailer::new(settings)?,
            flow: settings.flow,
            output: BufWriter::with_capacity(BUFFER, output),
            writer: Writer {
                form: if settings.json {
                    Form::Json
                } else {
                    Form::View(settings.view)
                },
                look,
                hex: settings.hex,
                full: settings.full,
            },
            look,
            first: None,
            shown: 0,
            may_help: helps(settings),
            pool: None,
            follower: Follower::new(),
            several: false,
        })
    }

    /// Takes a frame that is not to be shown, but counts: what is shown later may refer to it.
    pub fn pass(&mut self, number: u64, frame: &Frame<'_>) {
        self.first_time(frame);
        self.follower.pass(number, frame);
    }

    /// Shows a frame, and the datagram that it completes if it is the last missing fragment of one.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn show(&mut self, number: u64, frame: &Frame<'_>) -> Result<(), DisplayError> {
        self.first_time(frame);
        let packet = frame.decode();
        let followed = self.follower.follow(number, frame, &packet);
        if let Some(answers) = &mut self.answers {
            answers.take(number, frame, &packet, followed);
            return Ok(());
        }
        if self.stories.is_some() {
            return self.tell(number, frame, &packet, followed);
        }
        let known = followed.known();
        let is_wanted = |wanted| known.is_some_and(|step| step.conversation == wanted);
        if !self.flow.is_none_or(is_wanted) {
            return Ok(());
        }
        self.several |= known.is_some_and(|step| step.conversation > 1);
        if let (Some(json_trailer), Some(step)) = (&mut self.json_trailer, known) {
            json_trailer.note(number, frame.time, &packet, step);
        }
        self.shown += 1;
        if self.pool.is_none() && self.may_help && self.shown > ALONE {
            self.pool = RenderPool::new(&self.writer);
            self.may_help = self.pool.is_some();
        }
        let Some(pool) = &mut self.pool else {
            let (first, several) = (self.first, self.several);
            let what = (number, frame, &packet, &followed, first, several);
            return Ok(self.writer.write(&mut self.output, what)?);
        };
        let shown = Shown {
            number,
            frame: frame.clone().into_owned(),
            first: self.first,
            followed,
            several: self.several,
        };
        Ok(pool.add(shown, &mut self.output)?)
    }

    /// Hands a packet, or the datagram that it completes, to the views of whole conversations.
    fn tell(
        &mut self,
        number: u64,
        frame: &Frame<'_>,
        packet: &Packet<'_>,
        followed: Followed,
    ) -> Result<(), DisplayError> {
        let Some(stories) = &mut self.stories else {
            return Ok(());
        };
        let (output, look, tracker) = (&mut self.output, &self.look, self.follower.tracker());
        let Followed { step, whole } = followed;
        match whole {
            None => stories.take(output, look, tracker, (number, frame.time, packet), step.as_ref())?,
            Some(Whole { frame, step, .. }) => {
                let packet = frame.decode();
                stories.take(output, look, tracker, (number, frame.time, &packet), step.as_ref())?;
            }
        }
        Ok(())
    }

    /// How long until [`Self::tick`] has something to show, if anything waits for time to pass.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        self.stories.as_ref()?.patience()
    }

    /// Shows what only waited for time to pass.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn tick(&mut self) -> Result<(), DisplayError> {
        if let Some(stories) = &mut self.stories {
            stories.draw_ended(&mut self.output, &self.look, self.follower.tracker(), None)?;
        }
        self.flush()
    }

    /// Shows what waited for the end, and hands everything over to the system.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn finish(&mut self) -> Result<(), DisplayError> {
        if let Some(mut pool) = self.pool.take() {
            pool.finish(&mut self.output)?;
        }
        if let Some(stories) = &mut self.stories {
            stories.finish(&mut self.output, &self.look, self.follower.tracker())?;
        }
        if let Some(answers) = &mut self.answers {
            answers
                .finish(&mut self.output, &self.look)?
                .map_err(DisplayError::Beside)?;
        }
        if let Some(json_trailer) = &mut self.json_trailer {
            json_trailer.finish(&mut self.output, self.follower.tracker())?;
        }
        self.flush()
    }

    /// Shows of the packets so far what stands for itself, and nothing that only the whole would show.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn break_off(mut self) -> Result<(), DisplayError> {
        if let Some(mut pool) = self.pool.take() {
            pool.finish(&mut self.output)?;
        }
        self.flush()
    }

    /// The time of the capture's first packet that has one.
    fn first_time(&mut self, frame: &Frame<'_>) {
        self.first = self.first.or(frame.time);
    }

    /// Hands everything over to the system.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn flush(&mut self) -> Result<(), DisplayError> {
        Ok(self.output.flush()?)
    }

    /// Is there no such conversation as was asked for? A line that says so.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        self.follower.missing(self.flow)
    }

    /// What to say at the end: what could not be put together, what had to be forgotten.
    #[must_use]
    pub fn remarks(&mut self) -> Vec<String> {
        let told = self
            .stories
            .as_mut()
            .map(ConversationBuffer::remarks)
            .unwrap_or_default();
        let json_trailer = self.json_trailer.as_mut().map(JsonTrailer::remarks).unwrap_or_default();
        told.into_iter()
            .chain(json_trailer)
            .chain(self.follower.remarks())
            .collect()
    }
}

/// What [`Writer::write`] writes of: the packet's number, its frame, its headers, what is known of it, the time of the first
/// packet, and whether there are several conversations.
type What<'w, 'f, 'p> = (u64, &'w Frame<'f>, &'w Packet<'p>, &'w Followed, Option<Time>, bool);

impl Writer {
    /// Writes a packet, and the datagram that it completes if it is the last missing fragment of one.
    fn write(&self, output: &mut impl Write, what: What<'_, '_, '_>) -> io::Result<()> {
        let (number, frame, packet, followed, first, several) = what;
        self.packet(output, (number, frame, packet), followed.step.as_ref(), first, several)?;
        if self.hex && matches!(self.form, Form::View(_)) {
            hex::write(output, 0, &frame.bytes, self.look.width)?;
            writeln!(output)?;
        }
        let Some(Whole { frame, fragments, step }) = &followed.whole else {
            return Ok(());
        };
        if matches!(self.form, Form::View(_)) {
            writeln!(output, "Reassembled from {fragments} fragments:")?;
        }
        let packet = frame.decode();
        self.packet(output, (number, frame, &packet), step.as_ref(), first, several)
    }

    fn packet(
        &self,
        output: &mut impl Write,
        (number, frame, packet): (u64, &Frame<'_>, &Packet<'_>),
        step: Option<&PacketInFlow>,
        first: Option<Time>,
        several: bool,
    ) -> io::Result<()> {
        let look = &self.look;
        let start = first.unwrap_or(Time(0));
        match self.form {
            Form::View(View::Summary) => {
                let place = summary::Place {
                    number,
                    first: start,
                    step,
                    several,
                };
                summary::write(output, look, frame, packet, place)
            }
            Form::View(View::Fields) => {
                let breakdown = breakdown::of(number, frame, packet, step);
                fields::write(output, look, &breakdown, frame, start, self.full)
            }
            Form::View(View::Diagram) => diagram::write(output, look, number, frame, packet, start, step),
            // They are told, not written packet by packet.
            Form::View(View::Ladder | View::Follow | View::Answers) => Ok(()),
            Form::Json => json::write(output, frame, packet, number, first, step),
        }
    }
}

impl Render<Shown> for Writer {
    fn work(&self, job: &Shown, text: &mut Vec<u8>) {
        let frame = &job.frame;
        let packet = frame.decode();
        let what = (job.number, frame, &packet, &job.followed, job.first, job.several);
        // Writing to memory cannot fail.
        let _ = self.write(text, what);
    }
}

/// Is there enough to do for several threads, and nobody who waits for the next packet? A pipe may be fed packet by packet.
fn helps(settings: &Settings) -> bool {
    let is_file = |path: &std::path::PathBuf| std::fs::metadata(path).is_ok_and(|about| about.is_file());
    let is_much = settings.json || matches!(settings.view, View::Fields | View::Diagram);
    is_much && settings.read.as_ref().is_some_and(is_file)
}

/// How times are written unless the person says so.
const fn usual_times(view: View) -> TimeForm {
    match view {
        // A line has no room for the date, and what matters in it is the distance.
        View::Summary => TimeForm::Relative,
        View::Fields | View::Diagram | View::Ladder | View::Follow | View::Answers => TimeForm::Local,
    }
}
