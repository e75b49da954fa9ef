//! Links in a terminal: the escape sequence OSC 8, which shows a text and opens an address.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// The text as a link to a file of this computer. A file whose path is not known gets no link.
#[must_use]
pub fn to(file: &Path, text: &str) -> String {
    match fs::canonicalize(file) {
        Ok(path) => format!("\x1b]8;;{}\x1b\\{text}\x1b]8;;\x1b\\", address(&host(), &path)),
        Err(_) => text.to_owned(),
    }
}

/// `file://HOST/PATH`, RFC 8089. The host lets a terminal know that a file is on another computer, as over SSH.
fn address(host: &str, path: &Path) -> String {
    let mut address = format!("file://{host}");
    for &byte in path.as_os_str().as_bytes() {
        // What may stand in a path as it is: RFC 3986, section 3.3.
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

/// The name of this computer, or nothing, which means this computer too. proc(5)
fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    let is_safe = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    if is_safe { name.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;

    use super::{address, to};

    #[test]
    fn every_byte_of_a_path_has_its_place_in_the_address() {
        let path = Path::new(OsStr::from_bytes(b"/a b/\xff;\x1b%/tcp.html"));
        assert_eq!(address("lab", path), "file://lab/a%20b/%FF%3B%1B%25/tcp.html");
    }

    #[test]
    fn a_file_that_is_not_there_is_no_link() {
        assert_eq!(to(Path::new("/nonexistent/tcp.html"), "tcp.html"), "tcp.html");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tcp.html");
        std::fs::write(&file, "").unwrap();
        let link = to(&file, "report");
        assert!(link.starts_with("\x1b]8;;file://"), "{link:?}");
        assert!(link.ends_with("/tcp.html\x1b\\report\x1b]8;;\x1b\\"), "{link:?}");
    }
}
