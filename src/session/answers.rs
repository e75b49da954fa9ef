//! The questions of the course: the view `answers`, the answer key, and the worksheet.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ending::{self, Grace};
use super::observed::Observed;
use super::outcome::Outcome;
use super::say::Say;
use super::settings::Settings;
use super::write::to;
use crate::escape::{one_line, printable};
use crate::os::cancel::CancelToken;
use crate::record::Destination;
use crate::render::answers::{Collector, Worksheet, html, markdown, text};
use crate::render::text_style::TextStyle;

/// Collects what the questions need, and writes the sheets at the end.
pub struct Answers {
    collector: Collector,
    source: String,
    is_shown: bool,
    key: Option<SheetFile>,
    worksheet: Option<SheetFile>,
}

/// A file that is open, and the form in which a sheet is written to it.
struct SheetFile {
    format: SheetFormat,
    output: Destination,
}

#[derive(Clone, Copy)]
enum SheetFormat {
    Markdown,
    Html,
}

impl SheetFile {
    fn open(path: &Path, force: bool) -> Result<Self, String> {
        let shown = printable(path.display().to_string().as_bytes()).into_owned();
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        let format = match ending.to_ascii_lowercase().as_str() {
            "md" => SheetFormat::Markdown,
            "html" | "htm" => SheetFormat::Html,
            _ => {
                return Err(format!(
                    "{shown} is neither .md nor .html: give the file one of these endings"
                ));
            }
        };
        let output = Destination::whole(path, force).map_err(|error| one_line(&error))?;
        Ok(Self { format, output })
    }

    fn write(self, sheet: &Worksheet) -> Result<(), String> {
        to(self.output, |output| match self.format {
            SheetFormat::Markdown => markdown::write(output, sheet),
            SheetFormat::Html => html::write(output, sheet),
        })
    }
}

/// Writes the form of no capture.
///
/// # Errors
/// It cannot be written: a line that says so.
pub fn form_alone(settings: &Settings, cancel: &CancelToken, say: Say) -> Result<Outcome, String> {
    ending::watch(cancel, Grace::Whole, say, None)?;
    if let Some(path) = &settings.worksheet {
        SheetFile::open(path, settings.force)?.write(&Worksheet::blank())?;
    }
    Ok(Outcome::Complete)
}

impl Answers {
    /// For the arguments that ask for it; `None` for others.
    ///
    /// # Errors
    /// A file cannot be written: a line that says so.
    pub fn new(settings: &Settings) -> Result<Option<Self>, String> {
        let is_shown = settings.asks();
        if !is_shown && settings.answer_key.is_none() && settings.worksheet.is_none() {
            return Ok(None);
        }
        let open = |path: &Option<PathBuf>| {
            path.as_deref()
                .map(|path| SheetFile::open(path, settings.force))
                .transpose()
        };
        Ok(Some(Self {
            collector: Collector::new(settings.flow),
            source: match &settings.read {
                Some(path) if path.as_os_str() == "-" => "standard input".to_owned(),
                Some(path) => printable(path.display().to_string().as_bytes()).into_owned(),
                None => format!("live, on {}", printable(settings.on().as_bytes())),
            },
            is_shown,
            key: open(&settings.answer_key)?,
            worksheet: open(&settings.worksheet)?,
        }))
    }

    /// Are they written to standard output, too?
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// Takes a packet, or the datagram that it completes.
    pub fn take(&mut self, observed: &Observed<'_, '_>) {
        let (number, time) = (observed.number, observed.frame.time);
        let joined = observed.followed.whole.is_some();
        observed.with_in_flow(|packet, in_flow| {
            if joined {
                self.collector.take_joined(number, time, packet, in_flow);
            } else {
                self.collector.take(number, time, packet, in_flow);
            }
        });
    }

    /// Writes the requested outputs, the files first. The inner result is that of the files: a line that says which cannot be written.
    ///
    /// # Errors
    /// Those of standard output.
    pub fn finish(&mut self, output: &mut impl Write, style: &TextStyle) -> io::Result<Result<(), String>> {
        let sheet = self.collector.finish(Some(&self.source));
        let mut failed = None;
        if let Some(page) = self.key.take() {
            failed = page.write(&sheet).err();
        }
        if let Some(page) = self.worksheet.take() {
            failed = failed.or(page.write(&self.collector.form(Some(&self.source))).err());
        }
        if self.is_shown {
            self.is_shown = false;
            text::write(output, style, &sheet)?;
        }
        Ok(failed.map_or(Ok(()), Err))
    }
}
