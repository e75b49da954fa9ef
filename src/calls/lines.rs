//! Calls as JSON lines: one object a line, written when the call has returned, so a program that is
//! killed loses none of its finished calls.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, Read as _, Seek as _, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use super::{Call, event};
use crate::escape;
use crate::outputs::{OpenOutput, OutputKind};

/// The longest line that [`read`] takes, in bytes. The longest that is written has about 700.
const LONGEST_LINE: u64 = 65_536;

/// The call as one line of JSON that a terminal can be shown, without the line's end.
///
/// # Errors
/// None with the data of this crate; the type comes from the JSON library.
pub fn to_json(call: &Call) -> io::Result<String> {
    let mut line = Vec::new();
    escape::json::write(&mut line, call)?;
    String::from_utf8(line).map_err(io::Error::other)
}

/// Opens a call log for appending: several programs may share it, since each line goes out in one `write` to its end
/// (write(2), `O_APPEND`), and an earlier log is kept.
///
/// # Errors
/// As open(2): no such folder, no permission.
pub fn open(path: &Path) -> io::Result<File> {
    let to_the_end = OpenOptions::new().append(true).create(true).clone();
    match std::fs::metadata(path) {
        // Reading too, to see how it ends.
        Ok(known) if known.is_file() => {
            let both = to_the_end.clone().read(true).open(path);
            both.or_else(|_| to_the_end.open(path))
        }
        _ => to_the_end.open(path),
    }
}

/// A `tracing` layer that writes every call to a file.
pub struct CallLog {
    state: Arc<Mutex<State>>,
}

struct State {
    file: File,
    listed: OpenOutput,
    bytes: u64,
    /// The file ends with half a line: a program was ended while it wrote, or the disk was full.
    in_half_line: bool,
    lost: u64,
    why: Option<io::Error>,
}

/// The result of writing the calls; it outlives the layer.
#[derive(Clone)]
pub struct CallLogOutcome {
    state: Arc<Mutex<State>>,
}

impl CallLog {
    /// A log in this file, which [`open`] has opened, and its name for messages.
    #[must_use]
    pub fn to(file: File, name: &str) -> (Self, CallLogOutcome) {
        let state = Arc::new(Mutex::new(State {
            in_half_line: ends_in_half_line(&file),
            file,
            listed: OpenOutput::new(name, OutputKind::Lines),
            bytes: 0,
            lost: 0,
            why: None,
        }));
        let outcome = CallLogOutcome {
            state: Arc::clone(&state),
        };
        (Self { state }, outcome)
    }
}

impl CallLogOutcome {
    /// How many calls could not be written, and the first reason, if there were any.
    #[must_use]
    pub fn losses(&self) -> Option<(u64, io::Error)> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let why = state.why.as_ref()?;
        Some((state.lost, io::Error::new(why.kind(), why.to_string())))
    }
}

impl<S: Subscriber> Layer<S> for CallLog {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Some(call) = event::read(event) else { return };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let start = if state.in_half_line { "\n" } else { "" };
        state.listed.in_write(true);
        let written = to_json(&call).and_then(|line| {
            let line = format!("{start}{line}\n");
            state.file.write_all(line.as_bytes())?;
            state.bytes += line.len() as u64;
            state.listed.count(state.bytes);
            Ok(())
        });
        state.listed.in_write(false);
        state.in_half_line = written.is_err();
        if let Err(error) = written {
            state.lost += 1;
            state.why.get_or_insert(error);
        }
    }
}

fn ends_in_half_line(file: &File) -> bool {
    let last = |mut file: &File| {
        file.seek(SeekFrom::End(-1))?;
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        io::Result::Ok(byte != *b"\n")
    };
    // Empty, or a pipe: then it does not.
    last(file).unwrap_or(false)
}

/// An unusable line of a call log.
#[derive(Debug)]
pub struct BadLine {
    /// Which line, counted from 1.
    pub number: u64,
    /// What is wrong with it.
    pub why: String,
}

/// Reads calls back, a line at a time, in bounded memory. A bad line is reported and the reading goes on with the next; an
/// error of the reader ends it.
pub fn read(mut input: impl BufRead) -> impl Iterator<Item = Result<Call, BadLine>> {
    let mut number = 0;
    let mut line = Vec::new();
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            line.clear();
            number += 1;
            match next_line(&mut input, &mut line) {
                Ok(0) => return None,
                Ok(length) if length > LONGEST_LINE => {
                    let why = format!("has {length} bytes; no socket call has more than {LONGEST_LINE}");
                    return Some(Err(BadLine { number, why }));
                }
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let call = serde_json::from_slice(&line);
                    return Some(call.map_err(|error| BadLine {
                        number,
                        why: format!("is not a socket call: {}", why_not(&line, &error)),
                    }));
                }
                Err(error) => {
                    ended = true;
                    return Some(Err(BadLine {
                        number,
                        why: format!("cannot be read: {error}"),
                    }));
                }
            }
        }
        None
    })
}

/// Why a line is not a call, without the names of our types.
fn why_not(line: &[u8], error: &serde_json::Error) -> String {
    match serde_json::from_slice::<serde_json::Value>(line) {
        Err(error) => format!("it is not JSON ({error})"),
        Ok(value) if !value.is_object() => "it is not a JSON object".to_owned(),
        Ok(_) => {
            let text = error.to_string();
            let words = text
                .replace("struct CallFailure", "an object")
                .replace("struct Call", "an object");
            // It is one line of the file: its number is said already.
            words.split(" at line 1 column ").next().unwrap_or_default().to_owned()
        }
    }
}

/// Reads to the end of the line, keeps at most [`LONGEST_LINE`] bytes of it, and returns its whole length.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    let mut length = 0;
    loop {
        let available = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        let (taken, complete) = match available.iter().position(|&byte| byte == b'\n') {
            Some(end) => (end + 1, true),
            None => (available.len(), false),
        };
        let room = LONGEST_LINE.saturating_sub(length);
        let kept = usize::try_from(room).unwrap_or(usize::MAX).min(taken);
        line.extend(available.iter().take(kept));
        length += taken as u64;
        input.consume(taken);
        if complete || taken == 0 {
            return Ok(length);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use tracing_subscriber::layer::SubscriberExt;

    use super::super::call::example;
    use super::super::event;
    use super::{Call, CallLog, LONGEST_LINE, open, read, to_json};

    #[test]
    fn the_line_has_the_documented_words_and_keeps_nanoseconds() {
        assert_eq!(
            to_json(&example::connect()).unwrap(),
            r#"{"program":"tcp-client","pid":4242,"role":"client socket","socket":1,"fd":3,"call":"connect","#
                .to_owned()
                + r#""local":"127.0.0.1:44298","remote":"127.0.0.1:12000","result":0,"#
                + r#""entered":"2026-03-04T05:06:07.123456789Z","returned":"2026-03-04T05:06:07.123490889Z","#
                + r#""duration_ns":34100}"#
        );
    }

    #[test]
    fn what_was_written_is_read_back() {
        let line = to_json(&example::connect()).unwrap();
        let calls: Vec<_> = read(Cursor::new(format!("{line}\n\n{line}")))
            .map(Result::unwrap)
            .collect();
        assert_eq!(calls, [example::connect(), example::connect()]);
    }

    #[test]
    fn a_line_does_nothing_on_a_terminal_whatever_a_log_had_in_it() {
        let call = Call {
            argument: Some("A\u{7f}F\u{9b}2J\u{202e}\u{1b}é".to_owned()),
            ..example::connect()
        };
        let line = to_json(&call).unwrap();
        assert!(line.contains(r#""A\u007fF\u009b2J\u202e\u001bé""#), "{line}");
        let again = read(Cursor::new(&line)).next().unwrap().unwrap();
        assert_eq!(again, call);
    }

    #[test]
    fn a_bad_line_is_named_and_the_next_one_read() {
        let good = to_json(&example::connect()).unwrap();
        let cut = &good[..good.len() / 2];
        let long = "x".repeat(usize::try_from(LONGEST_LINE).unwrap());
        let all = format!("{cut}\n\u{fffd}\n{long}\n{good}\n");
        let results: Vec<_> = read(Cursor::new(all)).collect();
        let bad: Vec<_> = results.iter().filter_map(|line| line.as_ref().err()).collect();
        assert_eq!(bad.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(bad[2].why.contains("65537 bytes"), "{}", bad[2].why);
        assert_eq!(*results[3].as_ref().unwrap(), example::connect());
        assert_eq!(results.len(), 4);
    }

    #[test]
    fn each_call_is_in_the_file_when_the_next_begins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calls.jsonl");
        let (log, outcome) = CallLog::to(open(&path).unwrap(), "log");
        tracing::subscriber::with_default(tracing_subscriber::registry().with(log), || {
            for expected in 1..=3 {
                event::emit(&example::connect());
                let text = std::fs::read_to_string(&path).unwrap();
                assert_eq!(text.lines().count(), expected);
            }
        });
        assert!(outcome.losses().is_none());
    }

    #[test]
    fn half_a_line_of_an_earlier_program_swallows_no_call() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calls.jsonl");
        std::fs::write(&path, "{\"program\":\"tcp-cl").unwrap();
        let (log, _) = CallLog::to(open(&path).unwrap(), "log");
        tracing::subscriber::with_default(tracing_subscriber::registry().with(log), || {
            event::emit(&example::connect());
            event::emit(&example::connect());
        });
        let file = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
        let results: Vec<_> = read(file).map(|line| line.map_err(|bad| bad.number)).collect();
        assert_eq!(results, [Err(1), Ok(example::connect()), Ok(example::connect())]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn calls_that_a_full_disk_swallows_are_counted() {
        let (log, outcome) = CallLog::to(open("/dev/full".as_ref()).unwrap(), "log");
        tracing::subscriber::with_default(tracing_subscriber::registry().with(log), || {
            event::emit(&example::connect());
            event::emit(&example::connect());
        });
        let (lost, why) = outcome.losses().unwrap();
        assert_eq!(lost, 2);
        assert!(why.to_string().contains("No space left"), "{why}");
    }
}
