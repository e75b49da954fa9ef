//! Call logs, read while the programs that write them may still run.

use std::fs::File;
use std::io::{self, Cursor, Read as _};
use std::path::{Path, PathBuf};

use crate::calls::lines;
use crate::escape::printable;
use crate::explain::count;
use crate::outputs::{OpenOutput, OutputKind};
use crate::timeline::CallIndex;

/// What is read at once.
const CHUNK: usize = 65_536;

/// A line that is longer than this is not a call.
const LONGEST: usize = 1 << 20;

/// The problem with such a line.
const TOO_LONG: &str = "is far too long for a socket call";

/// The call logs that were named, and the calls read from them so far.
#[derive(Debug, Default)]
pub(super) struct CallFiles {
    files: Vec<CallFile>,
    /// The calls.
    pub(super) logs: CallIndex,
}

/// One call log.
#[derive(Debug)]
struct CallFile {
    path: PathBuf,
    file: Option<File>,
    /// The beginning of a line whose end has not arrived yet.
    half: Vec<u8>,
    /// Is the reading inside a line that is far too long?
    skipping: bool,
    lines: u64,
    good: u64,
    bad: u64,
    first_bad: Option<String>,
    failure: Option<String>,
}

impl CallFiles {
    /// Opens the logs. With `may_come_later` one that does not exist yet is not an error: the program that writes it may start
    /// later.
    ///
    /// # Errors
    /// One line: which file, why, what to do.
    pub(super) fn open(paths: &[PathBuf], may_come_later: bool) -> Result<Self, String> {
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let mut file = CallFile::new(path);
            let listed = OpenOutput::new(path.display().to_string(), OutputKind::Log);
            listed.opening(false);
            match file.open() {
                Ok(()) => {}
                Err(error) if may_come_later && error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(file.unreadable(&error)),
            }
            files.push(file);
        }
        let mut opened = Self {
            files,
            logs: CallIndex::new(),
        };
        opened.read_on();
        if !may_come_later {
            // Nothing more is going to come, so a last line without its end is all of it.
            for file in &mut opened.files {
                file.end(&mut opened.logs);
            }
        }
        match opened.files.iter().find(|file| file.is_none()) {
            Some(file) => Err(file.no_log()),
            None => Ok(opened),
        }
    }

    /// Reads what was written since.
    pub(super) fn read_on(&mut self) {
        for file in &mut self.files {
            let _listed = OpenOutput::new(file.path.display().to_string(), OutputKind::Log);
            if let Err(error) = file.read_on(&mut self.logs) {
                let line = file.unreadable(&error);
                file.failure.get_or_insert(line);
            }
        }
    }

    /// What to say at the end.
    pub(super) fn remarks(&mut self) -> Vec<String> {
        let mut remarks = Vec::new();
        for file in &mut self.files {
            file.end(&mut self.logs);
            remarks.extend(file.remark());
        }
        let refused = self.logs.refused();
        if refused > 0 {
            remarks.push(format!(
                "left out to bound the memory: {} of the call logs",
                count(refused, "call")
            ));
        }
        remarks
    }
}

impl CallFile {
    fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            file: None,
            half: Vec::new(),
            skipping: false,
            lines: 0,
            good: 0,
            bad: 0,
            first_bad: None,
            failure: None,
        }
    }

    fn name(&self) -> String {
        printable(self.path.display().to_string().as_bytes()).into_owned()
    }

    /// Only a file can be read further later: reading a pipe would wait.
    fn open(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            if !std::fs::metadata(&self.path)?.is_file() {
                return Err(io::Error::other("it is not a regular file"));
            }
            self.file = Some(File::open(&self.path)?);
        }
        Ok(())
    }

    fn read_on(&mut self, logs: &mut CallIndex) -> io::Result<()> {
        match self.open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other?,
        }
        let mut chunk = vec![0; CHUNK];
        // Not further than it is long now: a program may write faster than this reads.
        let mut left = match &self.file {
            Some(file) => file.metadata()?.len(),
            None => return Ok(()),
        };
        while left > 0 {
            let Some(file) = &mut self.file else { return Ok(()) };
            let count = match file.read(&mut chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if count == 0 {
                return Ok(());
            }
            left = left.saturating_sub(count as u64);
            self.take(chunk.get(..count).unwrap_or_default(), logs);
        }
        Ok(())
    }

    /// Takes the next bytes of the file: whole lines become calls, the rest waits.
    fn take(&mut self, bytes: &[u8], logs: &mut CallIndex) {
        let end = bytes
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |place| place + 1);
        let (whole, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
        if !whole.is_empty() {
            let mut text = std::mem::take(&mut self.half);
            text.extend_from_slice(whole);
            if std::mem::take(&mut self.skipping) {
                let line = text
                    .iter()
                    .position(|&byte| byte == b'\n')
                    .map_or(text.len(), |place| place + 1);
                text.drain(..line);
                self.lines += 1;
                self.is_bad(TOO_LONG);
            }
            self.parse(&text, logs);
        }
        if self.skipping {
            return;
        }
        self.half.extend_from_slice(rest);
        if self.half.len() > LONGEST {
            self.half.clear();
            self.skipping = true;
        }
    }

    fn parse(&mut self, text: &[u8], logs: &mut CallIndex) {
        let before = self.lines;
        for line in lines::read(Cursor::new(text)) {
            match line {
                Ok(call) => {
                    self.good += 1;
                    logs.add(call);
                }
                Err(bad) => {
                    self.bad += 1;
                    let number = before + bad.number;
                    // The JSON library counts lines of its own.
                    let why = bad.why.split(" at line ").next().unwrap_or_default();
                    self.first_bad.get_or_insert(format!("line {number} {why}"));
                }
            }
        }
        self.lines += text.split_inclusive(|&byte| byte == b'\n').count() as u64;
    }

    fn is_bad(&mut self, why: &str) {
        self.bad += 1;
        let number = self.lines;
        self.first_bad.get_or_insert(format!("line {number} {why}"));
    }

    /// The last line may lack its end: a program that was ended in the middle of it.
    fn end(&mut self, logs: &mut CallIndex) {
        if std::mem::take(&mut self.skipping) {
            self.lines += 1;
            self.is_bad(TOO_LONG);
        }
        let half = std::mem::take(&mut self.half);
        self.parse(&half, logs);
    }

    /// Has it lines, and not one of them is a call?
    const fn is_none(&self) -> bool {
        self.good == 0 && self.bad > 0
    }

    fn no_log(&self) -> String {
        let others = match self.bad {
            0 | 1 => String::new(),
            2 => ", nor is the other line".to_owned(),
            all => format!(", nor is any of the {} other lines", all - 1),
        };
        format!(
            "{} is not a call log: {}{others}; give a file that tcp-server, tcp-client, udp-server or udp-client wrote with \
             --calls",
            self.name(),
            self.bad_line()
        )
    }

    fn bad_line(&self) -> String {
        let line = self.first_bad.as_deref().unwrap_or_default();
        printable(line.as_bytes()).into_owned()
    }

    fn unreadable(&self, error: &io::Error) -> String {
        format!(
            "reading the call log {} failed: {error}; give a file that a program wrote with --calls",
            self.name()
        )
    }

    fn remark(&self) -> Option<String> {
        if let Some(failure) = &self.failure {
            Some(failure.clone())
        } else if self.file.is_none() {
            Some(format!("there is no call log {}: no program wrote it", self.name()))
        } else if self.is_none() {
            Some(self.no_log())
        } else if self.bad > 0 {
            let line = self.bad_line();
            let others = match self.bad {
                1 => String::new(),
                2 => ", and another line is none either".to_owned(),
                count => format!(", and {} other lines are none either", count - 1),
            };
            Some(format!("{}: {line}{others}; the rest was read", self.name()))
        } else if self.good == 0 && self.lines > 0 {
            Some(format!("the call log {} has no socket calls in it", self.name()))
        } else {
            None
        }
    }
}
