//! Being told to stop.

use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::thread;
use std::time::{Duration, Instant};

use socket_lab::capture::live::CaptureEvent;

use super::stage::{cancel_pipe, in_namespace, on, pair};
use crate::support::{MOMENT, PATIENCE};

#[test]
fn a_stop_ends_the_waiting_at_once() {
    in_namespace(|| {
        let mut capture = on("lo").open().unwrap();
        let (cancel, mut set) = cancel_pipe();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                assert!(matches!(
                    capture.next(None, Some(cancel.as_fd())).unwrap(),
                    CaptureEvent::Stopped
                ));
                Instant::now()
            });
            thread::sleep(MOMENT);
            let before = Instant::now();
            set.write_all(b"!").unwrap();
            let took = waiting.join().unwrap() - before;
            assert!(took < Duration::from_millis(200), "{took:?}");
        });
        assert!(matches!(
            capture.next(None, Some(cancel.as_fd())).unwrap(),
            CaptureEvent::Stopped
        ));
    });
}

#[test]
fn after_a_stop_the_frames_from_before_come_and_no_more() {
    in_namespace(|| {
        let mut capture = on("lo").open().unwrap();
        let (client, server) = pair();
        for _ in 0..100 {
            client.send(b"before").unwrap();
            server.recv(&mut [0; 8]).unwrap();
        }
        let (cancel, mut set) = cancel_pipe();
        set.write_all(b"!").unwrap();
        // The first look at the stop comes before the buffer is empty only after some frames.
        let mut after = 0;
        let mut before = 0;
        loop {
            match capture.next(Some(PATIENCE), Some(cancel.as_fd())).unwrap() {
                CaptureEvent::Frame(frame, _) if frame.bytes[42..] == *b"before" => before += 1,
                CaptureEvent::Frame(..) => after += 1,
                CaptureEvent::Stopped => break,
                other => panic!("{other:?}"),
            }
            // More come than are read: without an end to it, this would go on forever.
            for _ in 0..2 {
                client.send(b"after").unwrap();
            }
        }
        assert_eq!(before, 100);
        assert!(after < 5_000, "{after}");
    });
}
