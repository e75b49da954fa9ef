//! Frames onto the screen.

use std::io::{self, BufWriter, ErrorKind, Stdout, Write};

use super::args::{SnifferArgs, View};
use crate::frame::{Frame, Time};
use crate::render::look::Look;
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
    #[must_use]
    pub fn new(args: &SnifferArgs) -> Self {
        Self {
            output: BufWriter::with_capacity(BUFFER, io::stdout()),
            form: if args.json { Form::Json } else { Form::View(args.view) },
            look: args.look.look(),
            hex: args.hex,
            full: args.full,
            first: None,
            reassembler: Reassembler::new(),
        }
    }

    /// Shows a frame, and the datagram that it completes if it is the last missing fragment of one.
    ///
    /// # Errors
    /// Standard output is closed or cannot be written.
    pub fn show(&mut self, number: u64, frame: &Frame<'_>) -> Result<(), DisplayError> {
        let time = frame.time.unwrap_or(Time(0));
        let first = *self.first.get_or_insert(time);
        let packet = decode(frame.link, &frame.bytes, frame.original_length);
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

    /// What to say at the end about datagrams that could not be put together.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        let losses = self.reassembler.losses();
        let lost = losses.expired + losses.crowded_out + losses.overlapping + losses.unusable;
        (lost > 0).then(|| {
            format!(
                "not reassembled: {} datagrams whose fragments did not all come in time, {} with overlapping fragments, {} \
                 to bound the memory; {} fragments were cut or malformed",
                losses.expired, losses.overlapping, losses.crowded_out, losses.unusable
            )
        })
    }
}
