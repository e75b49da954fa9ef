//! What may be written over, and what not.

use std::fs;
use std::path::Path;

use socket_lab::record::{Destination, Format, Recorder};

use super::files::{frame, loopback, read, record, section};
use crate::support::{essential, needs};

/// What the user reads when this name is to be written.
fn refusal(path: &Path, force: bool) -> String {
    match Destination::open(path, force) {
        Ok(_) => "opened".to_owned(),
        Err(error) => error.to_string().replace(path.to_str().unwrap(), "FILE"),
    }
}

#[test]
fn an_existing_file_stays_unless_forced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pcap");
    fs::write(&path, "precious").unwrap();
    assert_eq!(
        refusal(&path, false),
        "FILE exists already; choose another name, or say --force to replace it"
    );
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    assert_eq!(refusal(&path, true), "opened");
    assert_eq!(fs::read(&path).unwrap(), b"");
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_never_followed() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target");
    let path = folder.path().join("a.pcap");
    std::os::unix::fs::symlink(&target, &path).unwrap();
    for force in [false, true] {
        // A dangling one would make a file where it points to; the other one would empty it.
        let why = "will not write FILE: it is a symbolic link; name the file itself";
        assert_eq!(refusal(&path, force), why);
        assert_eq!(target.exists(), force);
        fs::write(&target, "precious").unwrap();
    }
    assert_eq!(fs::read(&target).unwrap(), b"precious");
}

#[cfg(unix)]
#[test]
fn what_is_replaced_keeps_its_content_under_its_other_names() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let precious = folder.path().join("precious");
    let path = folder.path().join("a.pcap");
    fs::write(&precious, "precious").unwrap();
    fs::set_permissions(&precious, fs::Permissions::from_mode(0o644)).unwrap();
    fs::hard_link(&precious, &path).unwrap();
    assert_eq!(refusal(&path, true), "opened");
    assert_eq!(fs::read(&precious).unwrap(), b"precious");
    assert_eq!(fs::read(&path).unwrap(), b"");
    // What everybody could read before, only its owner can read now.
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn a_new_capture_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pcap");
    record(&path, &[loopback()], &[], &[]);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn a_file_of_somebody_else_is_refused_even_when_forced() {
    if !needs::root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pcap");
    fs::write(&path, "theirs").unwrap();
    std::os::unix::fs::chown(&path, Some(65_534), None).unwrap();
    let why = "will not write FILE: it belongs to another user; choose another name";
    assert_eq!(refusal(&path, true), why);
    assert_eq!(fs::read(&path).unwrap(), b"theirs");
    // Somebody else at the other end of a named pipe would see what we capture.
    let pipe = folder.path().join("fifo");
    assert!(essential("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::chown(&pipe, Some(65_534), None).unwrap();
    let _other_end = fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    assert_eq!(refusal(&pipe, false), why);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no/a.pcap");
    assert_eq!(
        refusal(&missing, false),
        "cannot make FILE: No such file or directory; choose a folder that you may write to"
    );
    assert_eq!(
        refusal(folder.path(), true),
        "will not write FILE: it is a folder; name a file in it"
    );
    // Where not even root may make a file.
    #[cfg(target_os = "linux")]
    assert!(refusal("/proc/a.pcap".as_ref(), false).starts_with("cannot make FILE: "));
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_written_to_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fifo.pcap");
    let made = essential("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    let other_end = path.clone();
    let reader = std::thread::spawn(move || read(&other_end).0.len());
    let to = Destination::open(&path, false).unwrap();
    let mut recorder = Recorder::new(to, Format::Pcap, &section(), &[loopback()]).unwrap();
    for number in 0..3 {
        recorder.write(&frame(number, vec![0; 60])).unwrap();
    }
    recorder.finish(&[]).unwrap();
    assert_eq!(reader.join().unwrap(), 3);
}

#[cfg(unix)]
#[test]
fn a_socket_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sock");
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let why = "will not write FILE: it is neither a file nor a pipe; choose another name";
    assert_eq!(refusal(&path, true), why);
}
