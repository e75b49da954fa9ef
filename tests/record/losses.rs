//! Frames that do not fit, disks that are full, pipes that are closed.

use std::fs;
use std::path::Path;

use socket_lab::frame::{Frame, Time};
use socket_lab::record::{Destination, Format, InterfaceDescription, Reader, Recorder, WriteError};
use socket_lab::wire::LinkType;

use super::files::{frame, loopback, read, record, section};
use crate::support::{Tool, again, need, shell};

#[test]
fn a_pipe_has_a_header_before_the_first_frame() {
    let (mut end, output) = crate::support::pipe();
    let destination = Destination::stream(output, "the pipe");
    let mut recorder = Recorder::new(destination, Format::Pcap, &section(), &[loopback()]).unwrap();
    let mut header = [0; 24];
    std::io::Read::read_exact(&mut end, &mut header).unwrap();
    assert_eq!(header[..4], [0x4d, 0x3c, 0xb2, 0xa1]);
    drop(end);
    recorder.write(&frame(0, vec![0; 60])).unwrap();
    let error = recorder.flush().unwrap_err();
    assert!(error.is_closed_pipe(), "{error}");
    assert_eq!(
        error.to_string(),
        "writing the pipe failed: Broken pipe; packets lost: 1, packets whole in it: 0; \
         the program that read the pipe has ended"
    );
}

#[test]
fn readers_and_recorders_may_move_to_another_thread() {
    fn moves<T: Send + 'static>() {}
    moves::<Reader>();
    moves::<Recorder>();
}

#[test]
fn a_second_link_type_fits_pcapng_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pcap");
    let destination = Destination::open(&path, false).unwrap();
    let mut recorder = Recorder::new(destination, Format::Pcap, &section(), &[loopback()]).unwrap();
    recorder.add_interface(&loopback()).unwrap();
    let error = recorder
        .add_interface(&InterfaceDescription::new(LinkType::RAW))
        .unwrap_err();
    assert_eq!(
        error.to_string().replace(folder.path().to_str().unwrap(), "F"),
        "F/a.pcap holds Ethernet frames, and pcap knows one link type per file: this one is raw IP; \
         give the file a name in .pcapng"
    );
    recorder.write(&frame(0, vec![0; 60])).unwrap();
    let other = Frame {
        link: LinkType::RAW,
        ..frame(0, vec![0; 60])
    };
    assert!(recorder.write(&other).unwrap_err().is_about_one_frame());
    recorder.write(&frame(1, vec![0; 60])).unwrap();
    recorder.finish(&[]).unwrap();
    assert_eq!(read(&path).0.len(), 2);
}

#[test]
fn a_frame_that_no_format_can_keep_is_refused_and_the_next_one_kept() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.pcap", "a.pcapng"] {
        let path = folder.path().join(name);
        let destination = Destination::open(&path, false).unwrap();
        let mut recorder = Recorder::new(destination, Format::of_path(&path), &section(), &[loopback()]).unwrap();
        let early = Frame {
            time: Some(Time(-1)),
            ..frame(0, vec![0; 60])
        };
        let error = recorder.write(&early).unwrap_err();
        assert!(error.to_string().contains("1969-12-31 23:59:59"), "{error}");
        let late = Frame {
            time: Some(Time(i64::MAX)),
            ..frame(0, vec![0; 60])
        };
        assert_eq!(recorder.write(&late).is_ok(), name == "a.pcapng");
        recorder.write(&frame(0, vec![0; 60])).unwrap();
        let written = recorder.finish(&[]).unwrap();
        assert_eq!(read(&path).0.len() as u64, written.packets);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_at_once() {
    let destination = Destination::open("/dev/full".as_ref(), false).unwrap();
    let error = Recorder::new(destination, Format::PcapNg, &section(), &[loopback()])
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "writing /dev/full failed: No space left on device; nothing was recorded; make room and \
         capture again"
    );
}

/// A disk with room for so many bytes.
struct Small(usize);

impl std::io::Write for Small {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = bytes.len().min(self.0).min(1000);
        self.0 -= count;
        match count {
            0 => Err(std::io::ErrorKind::StorageFull.into()),
            _ => Ok(count),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_failure_in_the_middle_counts_what_is_lost_and_goes_on_counting() {
    let destination = Destination::stream(Small(24 + 76 * 5 + 75), "the disk");
    let mut recorder = Recorder::new(destination, Format::Pcap, &section(), &[loopback()]).unwrap();
    for number in 0..10 {
        recorder.write(&frame(number, vec![0; 60])).unwrap();
    }
    let failed = |result: Result<(), WriteError>| match result {
        Err(WriteError::Failed { kept, lost, .. }) => (kept, lost),
        other => panic!("{other:?}"),
    };
    assert_eq!(failed(recorder.flush()), (5, 5));
    assert_eq!(failed(recorder.write(&frame(10, vec![0; 60]))), (5, 6));
    assert_eq!(failed(recorder.flush()), (5, 6));
    assert_eq!(failed(recorder.finish(&[]).map(drop)), (5, 6));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_filled_its_disk_ends_after_a_whole_packet() {
    /// Set in the process that may write no more: the file.
    const FILE: &str = "SOCKET_LAB_TEST_SMALL_FILE";
    if !need(Tool::Prlimit) {
        return;
    }
    let fill = |path: &Path| {
        let destination = Destination::open(path, false).unwrap();
        let mut recorder = Recorder::new(destination, Format::PcapNg, &section(), &[loopback()]).unwrap();
        let error = (0..1000).find_map(|number| {
            recorder
                .write(&frame(number, vec![0; 700]))
                .and_then(|()| recorder.flush())
                .err()
        });
        let Some(WriteError::Failed { kept, lost: 1, .. }) = error else {
            panic!("{error:?}")
        };
        fs::write(path.with_extension("kept"), kept.to_string()).unwrap();
    };
    if let Some(path) = std::env::var_os(FILE) {
        return fill(path.as_ref());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pcapng");
    let test = again::path_of(&fill);
    let again = again::command(test);
    // A shell's `ulimit -f` counts 512 or 1024 bytes, so prlimit says it in bytes. The signal would end the process.
    let script = "trap '' XFSZ; exec prlimit --fsize=102400 -- \"$@\"";
    let mut small = shell(script);
    small.arg("sh").arg(again.get_program()).args(again.get_args());
    again::passed(test, &small.env(FILE, &path).output().unwrap());
    let kept: usize = fs::read_to_string(path.with_extension("kept"))
        .unwrap()
        .parse()
        .unwrap();
    assert!(kept > 100, "{kept}");
    assert_eq!(read(&path).0.len(), kept);
}

#[test]
fn what_the_formats_have_no_word_for_is_written_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.pcap", "a.pcapng"] {
        let path = folder.path().join(name);
        let odd = Frame {
            time: None,
            original_length: 10,
            ..frame(0, vec![0; 60])
        };
        record(&path, &[loopback()], &[odd], &[]);
        let (frames, _) = read(&path);
        assert_eq!(
            (frames[0].time, frames[0].original_length),
            (Some(Time(0)), 60),
            "{name}"
        );
    }
}
