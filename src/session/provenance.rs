//! Where a report comes from: the file with its hash, and the command as it could be typed again.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::escape::printable;
use crate::escape::shell::quoted;
use crate::render::report::Provenance;

/// What is read at once.
const CHUNK: usize = 65_536;

/// The provenance of a report of this file, given as its name and its hash; without one, under this title.
#[must_use]
pub fn of(file: Option<(String, String)>, title: &str, program: &str) -> Provenance {
    Provenance {
        title: file.as_ref().map_or(title, |(name, _)| name).to_owned(),
        file,
        command: command(&std::env::args_os().collect::<Vec<_>>()),
        program: format!("{program} {} (socket-lab)", env!("CARGO_PKG_VERSION")),
    }
}

/// A file's name without its folders.
#[must_use]
pub fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    printable(name.as_encoded_bytes()).into_owned()
}

/// SHA-256 of a file's bytes, in hexadecimal.
///
/// # Errors
/// The file cannot be read.
pub fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => hash.update(chunk.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let digits: Vec<String> = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(digits.concat())
}

/// The words of a command as a shell takes them, the program without its folder.
fn command(words: &[std::ffi::OsString]) -> String {
    let (program, arguments) = words.split_first().map_or((OsStr::new(""), words), |(first, rest)| {
        (Path::new(first).file_name().unwrap_or(first), rest)
    });
    let arguments = arguments.iter().map(std::ffi::OsString::as_os_str);
    let words: Vec<String> = std::iter::once(program).chain(arguments).map(quoted).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{command, sha256};

    #[test]
    fn a_command_can_be_typed_again() {
        let words = ["/usr/bin/sniffer", "-r", "my file.pcap", "tcp and port 80", "it's", ""];
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        assert_eq!(
            command(&words),
            r"sniffer -r 'my file.pcap' 'tcp and port 80' 'it'\''s' ''"
        );
    }

    /// FIPS 180-2, appendix B.1: the message "abc".
    #[test]
    fn the_hash_is_that_of_the_standard() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        assert_eq!(
            sha256(&path).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
