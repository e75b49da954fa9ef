//! What happens to interfaces meanwhile, and which ones there are.

use std::net::UdpSocket;
use std::thread;

use socket_lab::capture::live::{CaptureError, CaptureEvent, CaptureOptions, OpenError};
use socket_lab::frame::Direction;

use super::stage::{in_namespace, ip, link_to_nobody, next, on, pair, rest};
use crate::support::{MOMENT, PATIENCE};

#[test]
fn an_interface_that_goes_down_and_up_is_survived() {
    in_namespace(|| {
        let mut capture = on("lo").open().unwrap();
        let (client, server) = pair();
        for _ in 0..2 {
            client.send(b"before").unwrap();
            server.recv(&mut [0; 8]).unwrap();
            ip("link set lo down");
            assert_eq!(next(&mut capture), "frame");
            assert_eq!(next(&mut capture), "down");
            assert!(matches!(capture.next(Some(MOMENT), None).unwrap(), CaptureEvent::Idle));
            ip("link set lo up");
            assert_eq!(next(&mut capture), "up");
            client.send(b"after").unwrap();
            assert_eq!(next(&mut capture), "frame");
            server.recv(&mut [0; 8]).unwrap();
        }
        assert!(matches!(capture.next(Some(MOMENT), None).unwrap(), CaptureEvent::Idle));
    });
}

#[test]
fn a_capture_may_begin_before_the_interface_is_up() {
    in_namespace(|| {
        ip("link set lo down");
        let mut capture = on("lo").open().unwrap();
        assert_eq!(next(&mut capture), "down");
        ip("link set lo up");
        let (client, _server) = pair();
        client.send(b"hello").unwrap();
        assert_eq!(next(&mut capture), "up");
        assert_eq!(next(&mut capture), "frame");
    });
}

#[test]
fn an_interface_that_is_removed_ends_the_capture_after_its_last_frame() {
    in_namespace(|| {
        link_to_nobody();
        let mut capture = on("left").open().unwrap();
        let sender = UdpSocket::bind("10.9.0.1:0").unwrap();
        sender.send_to(b"last", "10.9.0.2:9").unwrap();
        ip("link del left");
        assert_eq!(next(&mut capture), "frame");
        assert_eq!(next(&mut capture), "down");
        let error = capture.next(Some(PATIENCE), None).unwrap_err();
        assert!(matches!(error, CaptureError::InterfaceRemoved { .. }), "{error}");
        assert!(error.to_string().contains("left was removed"), "{error}");
    });
}

#[test]
fn sent_and_received_frames_of_a_cable_are_told_apart() {
    in_namespace(|| {
        link_to_nobody();
        let mut left = on("left").open().unwrap();
        let mut right = CaptureOptions {
            promiscuous: true,
            ..on("right")
        }
        .open()
        .unwrap();
        let sender = UdpSocket::bind("10.9.0.1:0").unwrap();
        for _ in 0..10 {
            sender.send_to(b"hello", "10.9.0.2:9").unwrap();
        }
        thread::sleep(MOMENT);
        for (capture, direction) in [(&mut left, Direction::Outbound), (&mut right, Direction::Inbound)] {
            let frames = rest(capture);
            assert_eq!(frames.len(), 10);
            assert!(frames.iter().all(|(frame, _)| frame.direction == Some(direction)));
            assert!(frames.iter().all(|(frame, _)| frame.time.is_some()));
        }
    });
}

#[test]
fn an_unknown_interface_is_refused_with_the_names_of_the_known_ones() {
    let error = on("no-such-one").open().unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, OpenError::NoSuchInterface { .. }), "{text}");
    assert!(text.contains("\"no-such-one\"") && text.contains("lo"), "{text}");
}
