//! Lines from standard input, one at a time; a request to quit is noticed while the user types.

use std::io::{self, ErrorKind, Read};

use super::cancel::CancelToken;
#[cfg(unix)]
use super::poll::{Interest, WaitOutcome, wait};

/// Standard input can be waited for where it is a descriptor.
#[cfg(unix)]
pub trait LineSource: Read + std::os::fd::AsFd {}
#[cfg(unix)]
impl<T: Read + std::os::fd::AsFd> LineSource for T {}

/// Elsewhere it is read, and a quit is noticed when the line is complete.
#[cfg(not(unix))]
pub trait LineSource: Read {}
#[cfg(not(unix))]
impl<T: Read> LineSource for T {}

/// What the user did at the prompt.
#[derive(Debug, PartialEq, Eq)]
pub enum InputLine {
    /// Typed this, without the line's end.
    Text(Vec<u8>),
    /// Typed this many bytes, more than can be sent; they are discarded.
    TooLong(u64),
    /// Ended the input (Ctrl+D).
    End,
}

/// Why no line came.
#[derive(Debug)]
pub enum LineError {
    /// The program must quit.
    Stopped,
    /// The source cannot be read.
    Failed(io::Error),
}

/// A source of lines.
pub struct Keyboard<R> {
    source: R,
    /// Does what is typed, the line's end too, show on the screen by itself?
    echoes: bool,
    /// Bytes that were read and are not part of a complete line yet.
    waiting: Vec<u8>,
    ended: bool,
}

impl<R: LineSource> Keyboard<R> {
    /// Lines from `source`, which must not keep bytes back: a buffer of its own would hide them from the waiting.
    ///
    /// `echoes`: the source is a terminal, which shows what is typed.
    pub const fn new(source: R, echoes: bool) -> Self {
        Self {
            source,
            echoes,
            waiting: Vec::new(),
            ended: false,
        }
    }

    /// Does what is typed, the line's end too, show on the screen by itself?
    pub const fn echoes(&self) -> bool {
        self.echoes
    }

    /// The next line, of at most `longest` bytes. Its end, `\n` or `\r\n`, is left out; the last line may lack it.
    ///
    /// # Errors
    /// The program was told to quit, or the source cannot be read.
    pub fn next_line(&mut self, longest: usize, cancel: &CancelToken) -> Result<InputLine, LineError> {
        let mut line = Vec::new();
        let mut length = 0;
        loop {
            let end = self.waiting.iter().position(|&byte| byte == b'\n');
            let taken = end.unwrap_or(self.waiting.len());
            let part: Vec<u8> = self.waiting.drain(..taken).collect();
            length += part.len();
            // One byte more than allowed may turn out to be the carriage return that belongs to the line's end.
            line.extend(part.into_iter().take((longest + 1).saturating_sub(line.len())));
            if end.is_some() {
                self.waiting.drain(..1);
                return Ok(finished(line, length, longest));
            }
            if self.ended || !self.read_more(cancel)? {
                return Ok(if length == 0 {
                    InputLine::End
                } else {
                    finished(line, length, longest)
                });
            }
        }
    }

    /// Reads what there is; `false` at the end of the input.
    fn read_more(&mut self, cancel: &CancelToken) -> Result<bool, LineError> {
        let mut room = [0; 16_384];
        loop {
            #[cfg(unix)]
            if wait(&self.source, Interest::Readable, cancel, None).map_err(LineError::Failed)? == WaitOutcome::Stopped
            {
                return Err(LineError::Stopped);
            }
            let read = self.source.read(&mut room);
            if cancel.requested() {
                return Err(LineError::Stopped);
            }
            match read {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(length) => {
                    self.waiting.extend(room.iter().take(length));
                    return Ok(true);
                }
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(LineError::Failed(error)),
            }
        }
    }
}

/// An interruption, or a shared terminal that another program made non-blocking.
fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock)
}

fn finished(mut line: Vec<u8>, mut length: usize, longest: usize) -> InputLine {
    if length == line.len() && line.last() == Some(&b'\r') {
        line.pop();
        length -= 1;
    }
    if length > longest {
        return InputLine::TooLong(length as u64);
    }
    InputLine::Text(line)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    use super::{CancelToken, InputLine, Keyboard, LineError};

    /// All lines of an input that is `typed` and then ended.
    fn lines(typed: &[u8], longest: usize) -> Vec<InputLine> {
        let (source, mut typist) = UnixStream::pair().unwrap();
        typist.write_all(typed).unwrap();
        drop(typist);
        let mut keyboard = Keyboard::new(source, false);
        let cancel = CancelToken::new().unwrap();
        let mut lines = Vec::new();
        loop {
            lines.push(keyboard.next_line(longest, &cancel).unwrap());
            if lines.last() == Some(&InputLine::End) {
                return lines;
            }
        }
    }

    fn text(text: &str) -> InputLine {
        InputLine::Text(text.into())
    }

    #[test]
    fn lines_come_one_by_one_without_their_ends() {
        assert_eq!(
            lines(b"a\n\nb\r\nc", 9),
            [text("a"), text(""), text("b"), text("c"), InputLine::End]
        );
        assert_eq!(lines(b"", 9), [InputLine::End]);
    }

    #[test]
    fn a_line_too_long_is_counted_and_the_next_one_is_whole() {
        assert_eq!(
            lines(b"abcd\nabcde\nabcd\r\nx\n", 4),
            [
                text("abcd"),
                InputLine::TooLong(5),
                text("abcd"),
                text("x"),
                InputLine::End
            ]
        );
    }

    #[test]
    fn the_memory_for_a_long_line_is_bounded() {
        let (source, mut typist) = UnixStream::pair().unwrap();
        let typing = std::thread::spawn(move || {
            for _ in 0..200 {
                typist.write_all(&[b'x'; 10_000]).unwrap();
            }
        });
        let mut keyboard = Keyboard::new(source, false);
        let line = keyboard.next_line(10, &CancelToken::new().unwrap()).unwrap();
        typing.join().unwrap();
        assert_eq!(line, InputLine::TooLong(2_000_000));
        assert!(keyboard.waiting.capacity() <= 65_536, "{}", keyboard.waiting.capacity());
    }

    #[test]
    fn a_quit_is_noticed_at_the_prompt() {
        let (source, _typist) = UnixStream::pair().unwrap();
        let cancel = CancelToken::new().unwrap();
        std::thread::scope(|scope| {
            let asked = scope.spawn(|| Keyboard::new(source, false).next_line(9, &cancel));
            cancel.request();
            assert!(matches!(asked.join().unwrap(), Err(LineError::Stopped)));
        });
    }
}
