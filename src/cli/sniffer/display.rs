//! Frames onto the screen.

use std::io::{self, BufWriter, ErrorKind, Stdout, Write};
use std::time::Duration;

use super::answers::Answers;
use super::args::{SnifferArgs, View};
use super::following::{Followed, Follower, Whole};
use super::story::Stories;
use super::wholes::Wholes;
use crate::flow::Step;
use crate::frame::{Frame, Time};
use crate::render::look::{Look, TimeForm};
use crate::render::{breakdown, diagram, fields, hex, json, summary};
use crate::wire::{Packet, decode};

/// What goes out at once.
const BUFFER: usize = 65_536;

/// Shows frames on standard output.
pub struct Display {
    output: BufWriter<Stdout>,
    form: Form,
    look: Look,
    hex: bool,
    full: bool,
    first: Option<Time>,
    follower: Follower,
    /// More than one conversation was seen.
    several: bool,
    /// Only this conversation is wanted.
    flow: Option<u64>,
    stories: Option<Stories>,
    answers: Option<Answers>,
    wholes: Option<Wholes>,
}

/// What is written of each packet.
#[derive(Clone, Copy)]
enum Form {
    View(View),
    Json,
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

impl Display {
    /// A display as the arguments ask for it.
    ///
    /// # Errors
    /// A call log cannot be read: a line that says so.
    pub fn new(args: &SnifferArgs) -> Result<Self, String> {
        Ok(Self {
            stories: Stories::new(args)?,
            answers: Answers::new(args)?,
            wholes: Wholes::new(args)?,
            flow: args.flow,
            output: BufWriter::with_capacity(BUFFER, io::stdout()),
            form: if args.json { Form::Json } else { Form::View(args.view) },
            look: args.look.look(usual_times(args.view)),
            hex: args.hex,
            full: args.full,
            first: None,
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
        let packet = decode(frame.link, &frame.bytes, frame.original_length);
        let followed = self.follower.follow(number, frame, &packet);
        if let Some(answers) = &mut self.answers {
            answers.take(number, frame, &packet, followed);
            return Ok(());
        }
        if self.stories.is_some() {
            return self.tell(number, frame, &packet, followed);
        }
        let Followed { step, whole } = followed;
        let known = step.or(whole.as_ref().and_then(|whole| whole.step));
        if let Some(wanted) = self.flow
            && known.is_none_or(|step| step.conversation != wanted)
        {
            return Ok(());
        }
        self.write(number, frame, &packet, step.as_ref())?;
        if let (Some(wholes), Some(step)) = (&mut self.wholes, &step) {
            wholes.note(number, frame.time, &packet, step);
        }
        if self.hex && matches!(self.form, Form::View(_)) {
            hex::write(&mut self.output, 0, &frame.bytes, self.look.width)?;
            writeln!(self.output)?;
        }
        if let Some(Whole { frame, fragments, step }) = whole {
            if matches!(self.form, Form::View(_)) {
                writeln!(self.output, "Reassembled from {fragments} fragments:")?;
            }
            let packet = decode(frame.link, &frame.bytes, frame.original_length);
            self.write(number, &frame, &packet, step.as_ref())?;
            if let (Some(wholes), Some(step)) = (&mut self.wholes, &step) {
                wholes.note(number, frame.time, &packet, step);
            }
        }
        Ok(())
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
                let packet = decode(frame.link, &frame.bytes, frame.original_length);
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
        if let Some(stories) = &mut self.stories {
            stories.finish(&mut self.output, &self.look, self.follower.tracker())?;
        }
        if let Some(answers) = &mut self.answers {
            answers
                .finish(&mut self.output, &self.look)?
                .map_err(DisplayError::Beside)?;
        }
        if let Some(wholes) = &mut self.wholes {
            wholes.finish(&mut self.output, self.follower.tracker())?;
        }
        self.flush()
    }

    /// The time of the capture's first packet that has one.
    fn first_time(&mut self, frame: &Frame<'_>) {
        self.first = self.first.or(frame.time);
    }

    fn write(
        &mut self,
        number: u64,
        frame: &Frame<'_>,
        packet: &Packet<'_>,
        step: Option<&Step>,
    ) -> Result<(), DisplayError> {
        self.several |= step.is_some_and(|step| step.conversation > 1);
        let first = self.first.unwrap_or(Time(0));
        let (output, look) = (&mut self.output, &self.look);
        match self.form {
            Form::View(View::Summary) => {
                let place = summary::Place {
                    number,
                    first,
                    step,
                    several: self.several,
                };
                summary::write(output, look, frame, packet, place)?;
            }
            Form::View(View::Fields) => {
                let breakdown = breakdown::of(number, frame, packet, step);
                fields::write(output, look, &breakdown, frame, first, self.full)?;
            }
            Form::View(View::Diagram) => diagram::write(output, look, number, frame, packet, first, step)?,
            // They are told, not written packet by packet.
            Form::View(View::Ladder | View::Follow | View::Answers) => {}
            Form::Json => json::write(output, frame, packet, number, self.first, step)?,
        }
        Ok(())
    }

    /// Hands everything over to the system.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn flush(&mut self) -> Result<(), DisplayError> {
        Ok(self.output.flush()?)
    }

    /// What to say at the end: what could not be put together, what had to be forgotten.
    #[must_use]
    pub fn remarks(&mut self) -> Vec<String> {
        let told = self.stories.as_mut().map(Stories::remarks).unwrap_or_default();
        let wholes = self.wholes.as_mut().map(Wholes::remarks).unwrap_or_default();
        told.into_iter().chain(wholes).chain(self.follower.remarks()).collect()
    }
}

/// How times are written unless the person says so.
const fn usual_times(view: View) -> TimeForm {
    match view {
        // A line has no room for the date, and what matters in it is the distance.
        View::Summary => TimeForm::Relative,
        View::Fields | View::Diagram | View::Ladder | View::Follow | View::Answers => TimeForm::Local,
    }
}
