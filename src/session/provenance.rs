//! Where a report comes from: the file with its hash, and the command that made it.
//!
//! A report is mailed and handed in. So files are named without their folders: a path contains the name of a user, and means nothing on
//! another computer.

use std::ffi::{OsStr, OsString};
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

/// The words of a command as a shell takes them, each file without its folders.
fn command(words: &[OsString]) -> String {
    let mut words = words.iter();
    let program = words.next().map(|first| without_folders(first));
    let mut is_text = false;
    let arguments = words.map(|word| {
        // What you type is not a file.
        let shown = if is_text { word.clone() } else { without_folders(word) };
        is_text = TEXTS.iter().any(|option| word.as_os_str() == *option);
        shown
    });
    let words: Vec<String> = program.into_iter().chain(arguments).map(|word| quoted(&word)).collect();
    words.join(" ")
}

/// Options whose value is a text.
const TEXTS: [&str; 1] = ["--line"];

/// The word, cut behind its last `/`; an option keeps its name. In a filter, `net 10.0.0.0/8` is not a path.
fn without_folders(word: &OsStr) -> OsString {
    let Some(text) = word.to_str() else {
        // A name that is not UTF-8 is neither an option nor a filter.
        return Path::new(word).file_name().unwrap_or(word).to_owned();
    };
    let is_network = |part: &str| {
        part.split_once('/').is_some_and(|(address, length)| {
            address.chars().all(|c| c.is_ascii_hexdigit() || ".:".contains(c))
                && !length.is_empty()
                && length.chars().all(|c| c.is_ascii_digit() || c == '.')
        })
    };
    let parts = text.split(|c: char| c.is_whitespace() || "()!".contains(c));
    if parts.into_iter().all(|part| !part.contains('/') || is_network(part)) {
        return word.to_owned();
    }
    let text = text.trim_end_matches('/');
    let mut ends = text.rsplit('/');
    let name = match (ends.next(), ends.next()) {
        // The folder of a user is called as the user is.
        (Some(_), Some("home" | "Users")) => "~",
        (name, _) => name.unwrap_or_default(),
    };
    let option = match (text.starts_with("--"), text.starts_with('-')) {
        (true, _) => text.find('=').map_or(0, |at| at + 1),
        (false, true) => 2,
        (false, false) => 0,
    };
    // An option without a value before the `/` is a file of a strange name.
    let option = text
        .get(..option)
        .filter(|option| !option.contains('/'))
        .unwrap_or_default();
    OsString::from(format!("{option}{name}"))
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

    #[test]
    fn a_command_names_no_folder() {
        for (typed, shown) in [
            ("/home/ann/x.pcap", "x.pcap"),
            ("-r/home/ann/x.pcap", "-rx.pcap"),
            ("--html=/home/ann/x.html", "--html=x.html"),
            ("../ann/runs/", "runs"),
            ("-o/home/ann", "'-o~'"),
            ("/Users/ann/", "'~'"),
            ("/home/ann lee/my x.pcap", "'my x.pcap'"),
            (
                "net 10.0.0.0/8 or (net fe80::/10)",
                "'net 10.0.0.0/8 or (net fe80::/10)'",
            ),
            ("tcp port 80", "'tcp port 80'"),
        ] {
            let words = ["/home/ann/bin/sniffer", typed].map(OsString::from);
            assert_eq!(command(&words), format!("sniffer {shown}"));
        }
        let words = ["socket-lab", "tcp", "--line", "and/or", "-o", "/tmp/ann"].map(OsString::from);
        assert_eq!(command(&words), "socket-lab tcp --line and/or -o ann");
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
