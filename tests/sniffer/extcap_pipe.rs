//! The pipe into which an extcap writes, and its readers.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::stage::{Ended, Folder, in_one_namespace, pair, sniffer};
use crate::support::{PATIENCE, Running};

/// What comes out of a named pipe, piece by piece.
fn collect(pipe: &Path) -> mpsc::Receiver<Vec<u8>> {
    let (pieces, taken) = mpsc::channel();
    let pipe = pipe.to_owned();
    std::thread::spawn(move || {
        let mut pipe = File::open(pipe).unwrap();
        let mut room = [0; 4096];
        while let Ok(length @ 1..) = pipe.read(&mut room) {
            if pieces.send(room[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    taken
}

#[test]
fn each_packet_is_handed_on_at_once_and_sigterm_ends_it() {
    in_one_namespace(|| {
        let folder = Folder::new();
        let pipe = folder.file("pipe");
        mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        let (client, _server, port) = pair();
        let port = port.to_string();
        let words = [
            "--capture",
            "--extcap-interface",
            "socketlab-lo",
            "--port",
            &port,
            "--fifo",
        ];
        let running = Running::start(sniffer(&words).arg(&pipe));
        let pieces = collect(&pipe);
        let mut all = Vec::new();
        let mut until = |wanted: &[u8]| {
            while !all.windows(wanted.len()).any(|part| part == wanted) {
                all.extend(pieces.recv_timeout(PATIENCE).expect("more comes"));
            }
        };
        // The header stands there before the first packet; with it the capture is open.
        until(b"lo (up");
        for number in 0..5 {
            let word = format!("datagram {number}");
            client.send(word.as_bytes()).unwrap();
            until(word.as_bytes());
        }
        let ended = Ended::by(running, Signal::SIGTERM);
        assert_eq!(
            (ended.code, ended.output.as_str(), ended.errors.as_str()),
            (Some(0), "", ""),
            "{ended:?}"
        );
        all.extend(pieces.iter().flatten());
        let file = folder.with("all.pcapng", &all);
        let rows = super::stage::tshark_with(
            &["-d", &format!("udp.port=={port},data")],
            &file,
            &["frame.comment", "udp.dstport"],
        );
        assert_eq!(rows.len(), 5, "{rows:?}");
        assert!(
            rows.iter().all(|row| row[0].starts_with("UDP: ") && row[1] == port),
            "{rows:?}"
        );
    });
}

#[test]
fn a_reader_that_leaves_ends_it_even_when_nothing_passes() {
    in_one_namespace(|| {
        let folder = Folder::new();
        let pipe = folder.file("pipe");
        mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        let words = ["--capture", "--extcap-interface", "socketlab-lo", "--fifo"];
        let mut running = Running::start(sniffer(&words).arg(&pipe));
        let mut reader = File::open(&pipe).unwrap();
        reader.read_exact(&mut [0; 16]).unwrap();
        assert!(running.wait_within(Duration::from_millis(200)).is_none(), "it captures");
        drop(reader);
        let ended = Ended::of(&mut running);
        assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{ended:?}");
    });
}

#[test]
fn a_reader_that_does_not_read_cannot_keep_it() {
    in_one_namespace(|| {
        let folder = Folder::new();
        let pipe = folder.file("pipe");
        mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        let words = ["--capture", "--extcap-interface", "socketlab-lo", "--fifo"];
        let running = Running::start(sniffer(&words).arg(&pipe));
        let mut reader = File::open(&pipe).unwrap();
        reader.read_exact(&mut [0; 16]).unwrap();
        // Much more than a pipe holds (pipe(7): 65,536 bytes).
        let (client, _server, _port) = pair();
        for _ in 0..1000 {
            client.send(&[b'x'; 1000]).unwrap();
        }
        let ended = Ended::by(running, Signal::SIGTERM);
        assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{ended:?}");
        drop(reader);
    });
}

#[test]
fn nothing_but_a_pipe_is_written() {
    in_one_namespace(|| {
        let folder = Folder::new();
        let file = folder.with("file", b"precious");
        let words = [
            "--capture",
            "--extcap-interface",
            "socketlab-lo",
            "--fifo",
            file.to_str().unwrap(),
        ];
        let ended = Ended::of(&mut Running::start(&mut sniffer(&words)));
        assert_eq!((ended.code, ended.errors.lines().count()), (Some(1), 1), "{ended:?}");
        assert!(ended.errors.contains("it is not a named pipe"), "{ended:?}");
        assert_eq!(fs::read(&file).unwrap(), b"precious");
    });
}
