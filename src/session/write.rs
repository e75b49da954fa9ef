//! Files that are written whole.

use std::io::{self, BufWriter, ErrorKind, Write as _};

use crate::escape::one_line;
use crate::os::errors;
use crate::record::{Destination, WriteError};

/// Writes a file whole, or says why not. A reader who has left a pipe is not a failure.
///
/// # Errors
/// It cannot be written: a line that says so.
pub(super) fn to(
    destination: Destination,
    write: impl FnOnce(&mut BufWriter<Destination>) -> io::Result<()>,
) -> Result<(), String> {
    let name = destination.name().to_owned();
    let left = if destination.is_beside() {
        "it was not written"
    } else {
        "what is in it is not whole"
    };
    let mut output = BufWriter::new(destination);
    let written = write(&mut output).and_then(|()| output.flush());
    match written.and_then(|()| output.get_mut().finish()) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(one_line(&WriteError::Exists(name.into()))),
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(one_line(&format!(
            "writing {name} failed: {}; {left}",
            errors::unwritable(&error)
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind, Write};

    use super::{Destination, to};

    /// A writer that always fails so.
    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_has_left_is_no_failure_and_a_full_disk_is_one() {
        let written = |error, name| {
            to(Destination::stream(Failing(error), name), |output| {
                output.write_all(b"text")
            })
        };
        assert_eq!(written(ErrorKind::BrokenPipe, "pipe"), Ok(()));
        let line = written(ErrorKind::StorageFull, "evil\x1b[2J\n").unwrap_err();
        assert!(
            line.starts_with(r"writing evil\x1b[2J\n failed: ") && line.lines().count() == 1,
            "{line}"
        );
    }
}
