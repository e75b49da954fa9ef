//! Frames onto the screen.

use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Stdout, Write};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice as Choice};
use clap::ColorChoice;

use super::args::{SnifferArgs, Style, TimeForm, View};
use super::story::Stories;
use crate::flow::Tracker;
use crate::frame::{Frame, Time};
use crate::render::look::{self, Look};
use crate::render::{breakdown, diagram, fields, hex, json, summary};
use crate::wire::reassembly::{Datagram, Outcome, Reassembler};
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
    reassembler: Reassembler,
    tracker: Tracker,
    stories: Option<Stories>,
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
            tracker: Tracker::new(),
            output: BufWriter::with_capacity(BUFFER, io::stdout()),
            form: if args.json { Form::Json } else { Form::View(args.view) },
            look: look_of(args),
            hex: args.hex,
            full: args.full,
            first: None,
            reassembler: Reassembler::new(),
        })
    }

    /// Shows a frame, and the datagram that it completes if it is the last missing fragment of one.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn show(&mut self, number: u64, frame: &Frame<'_>) -> Result<(), DisplayError> {
        let time = frame.time.unwrap_or(Time(0));
        let first = *self.first.get_or_insert(time);
        let packet = decode(frame.link, &frame.bytes, frame.original_length);
        if self.stories.is_some() {
            return self.tell(number, frame, &packet);
        }
        self.write(number, frame, &packet, first)?;
        if self.hex && matches!(self.form, Form::View(_)) {
            hex::write(&mut self.output, 0, &frame.bytes, self.look.width)?;
            writeln!(self.output)?;
        }
        let outcome = self.reassembler.add(&packet, time.0);
        if let Outcome::Whole(datagram) = outcome {
            self.show_whole(number, frame, datagram)?;
        }
        Ok(())
    }

    /// Hands a packet to the views of whole conversations.
    fn tell(&mut self, number: u64, frame: &Frame<'_>, packet: &Packet<'_>) -> Result<(), DisplayError> {
        let step = self.tracker.follow(number, frame.time, packet);
        if let Some(stories) = &mut self.stories {
            let seen = (number, frame.time, packet);
            stories.take(&mut self.output, &self.look, &self.tracker, seen, step.as_ref())?;
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
            stories.draw_ended(&mut self.output, &self.look, &self.tracker, None)?;
        }
        self.flush()
    }

    /// Shows what waited for the end, and hands everything over to the system.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn finish(&mut self) -> Result<(), DisplayError> {
        if let Some(stories) = &mut self.stories {
            stories.finish(&mut self.output, &self.look, &self.tracker)?;
        }
        self.flush()
    }

    fn show_whole(&mut self, number: u64, last: &Frame<'_>, datagram: Datagram) -> Result<(), DisplayError> {
        if matches!(self.form, Form::View(_)) {
            writeln!(self.output, "Reassembled from {} fragments:", datagram.fragments)?;
        }
        let frame = Frame {
            link: datagram.link,
            original_length: u32::try_from(datagram.bytes.len()).unwrap_or(u32::MAX),
            bytes: datagram.bytes.into(),
            comments: Vec::new(),
            time: last.time,
            interface: last.interface,
            direction: last.direction,
        };
        let packet = decode(frame.link, &frame.bytes, frame.original_length);
        let first = self.first.unwrap_or(Time(0));
        self.write(number, &frame, &packet, first)
    }

    fn write(&mut self, number: u64, frame: &Frame<'_>, packet: &Packet<'_>, first: Time) -> Result<(), DisplayError> {
        let output = &mut self.output;
        match self.form {
            Form::View(View::Summary) => summary::write(output, &self.look, number, frame, packet, first)?,
            Form::View(View::Fields) => {
                let breakdown = breakdown::of(number, frame, packet);
                fields::write(output, &self.look, &breakdown, frame, first, self.full)?;
            }
            Form::View(View::Diagram) => diagram::write(output, packet, number, self.look.style)?,
            // They are told, not written packet by packet.
            Form::View(View::Ladder | View::Follow) => {}
            Form::Json => json::write(output, frame, packet, number, Some(first))?,
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

    /// What to say at the end about what could not be shown.
    #[must_use]
    pub fn remarks(&mut self) -> Vec<String> {
        let mut remarks = self.stories.as_mut().map(Stories::remarks).unwrap_or_default();
        let losses = self.reassembler.losses();
        let lost = losses.expired + losses.crowded_out + losses.overlapping + losses.unusable;
        if lost > 0 {
            remarks.push(format!(
                "not reassembled: {} datagrams whose fragments did not all come in time, {} with overlapping fragments, {} \
                 to bound the memory; {} fragments were cut or malformed",
                losses.expired, losses.overlapping, losses.crowded_out, losses.unusable
            ));
        }
        remarks
    }
}

/// How things are to look: by the arguments, else by the terminal.
fn look_of(args: &SnifferArgs) -> Look {
    let output = io::stdout();
    let color = match args.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => !matches!(AutoStream::choice(&output), Choice::Never),
    };
    let width = args.width.map(usize::from).or_else(|| {
        let (columns, _) = terminal_size::terminal_size_of(&output)?;
        Some(usize::from(columns.0))
    });
    let time = match (args.utc, args.time) {
        (true, _) | (_, Some(TimeForm::Utc)) => look::TimeForm::Utc,
        (_, Some(TimeForm::Relative)) => look::TimeForm::Relative,
        (_, Some(TimeForm::Local) | None) => look::TimeForm::Local,
    };
    let style = match args.style {
        Some(Style::Unicode) => look::Style::Unicode,
        Some(Style::Plain) => look::Style::Plain,
        None if language_has_unicode() => look::Style::Unicode,
        Some(Style::Ascii) | None => look::Style::Ascii,
    };
    Look {
        style,
        width: if output.is_terminal() || args.width.is_some() {
            width.unwrap_or(80)
        } else {
            80
        },
        color,
        time,
    }
}

/// locale(7): the first of these that is set tells the characters of the terminal.
fn language_has_unicode() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| {
        let value = std::env::var(name).ok()?;
        (!value.is_empty()).then_some(value)
    });
    set.is_some_and(|language| {
        let language = language.to_ascii_lowercase();
        language.contains("utf-8") || language.contains("utf8")
    })
}
