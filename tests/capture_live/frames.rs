//! Frames as the kernel sent them: how many, how long, when.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread;

use socket_lab::capture::live::{ANY, CaptureOptions, CaptureStatistics, KernelChecksum};
use socket_lab::frame::Direction;
use socket_lab::wire::LinkType;

use super::stage::{by_ring, in_namespace, link_to_nobody, nanoseconds, on, pair, rest};
use crate::support::MOMENT;

#[test]
fn ten_datagrams_are_ten_frames_stamped_between_send_and_receive() {
    in_namespace(|| {
        let mut capture = on("lo").open().unwrap();
        let (client, server) = pair();
        let mut times = Vec::new();
        for number in 0..10_u8 {
            let before = nanoseconds();
            client.send(&[number; 5]).unwrap();
            server.recv(&mut [0; 8]).unwrap();
            times.push((before, nanoseconds()));
        }
        // Read later: a stamp made up at the time of reading would be too late.
        thread::sleep(MOMENT);
        let frames = rest(&mut capture);
        assert_eq!(frames.len(), 10);
        for (number, ((frame, checksum), (before, after))) in (0_u8..).zip(frames.iter().zip(&times)) {
            assert_eq!(frame.bytes.len(), 14 + 20 + 8 + 5);
            assert_eq!(frame.bytes[42..], [number; 5]);
            assert_eq!(frame.original_length, 47);
            assert_eq!(frame.direction, Some(Direction::Inbound));
            assert_eq!(frame.link, LinkType::ETHERNET);
            assert_eq!(*checksum, KernelChecksum::NotReady);
            let time = frame.time.unwrap().0;
            assert!(
                *before <= time && time <= *after,
                "frame {number}: {before} {time} {after}"
            );
        }
        assert_eq!(
            capture.statistics().unwrap(),
            CaptureStatistics {
                received: 10,
                dropped: 0
            }
        );
        assert_eq!(capture.interface(), "lo");
        assert_eq!(capture.has_ring(), by_ring());
        assert_eq!(capture.link_type(), LinkType::ETHERNET);
    });
}

#[test]
fn ten_requests_and_replies_are_twenty_frames() {
    in_namespace(|| {
        let mut capture = on("lo").open().unwrap();
        let (client, server) = pair();
        for _ in 0..10 {
            client.send(b"hello").unwrap();
            let (length, from) = server.recv_from(&mut [0; 8]).unwrap();
            server.send_to(&b"HELLO"[..length], from).unwrap();
            client.recv(&mut [0; 8]).unwrap();
        }
        assert_eq!(rest(&mut capture).len(), 20);
    });
}

#[test]
fn a_tcp_exchange_is_ten_or_eleven_segments() {
    in_namespace(|| {
        let mut capture = on("lo").open().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        client.write_all(b"hello").unwrap();
        server.read_exact(&mut [0; 5]).unwrap();
        server.write_all(b"HELLO").unwrap();
        client.read_exact(&mut [0; 5]).unwrap();
        drop(client);
        assert_eq!(server.read(&mut [0; 1]).unwrap(), 0);
        drop(server);
        thread::sleep(MOMENT);
        let count = rest(&mut capture).len();
        assert!((10..=11).contains(&count), "{count}");
    });
}

#[test]
fn segments_of_more_than_sixty_thousand_bytes_are_whole() {
    in_namespace(|| {
        let mut capture = on("lo").open().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        let reader = thread::spawn(move || std::io::copy(&mut server, &mut std::io::sink()).unwrap());
        client.write_all(&vec![b'x'; 4 << 20]).unwrap();
        drop(client);
        reader.join().unwrap();
        let frames = rest(&mut capture);
        let largest = frames.iter().map(|(frame, _)| frame.bytes.len()).max().unwrap();
        assert!(largest > 60_000, "{largest}");
        assert!(frames.iter().all(|(frame, _)| !frame.is_cut()));
    });
}

#[test]
fn a_cut_frame_keeps_its_original_length() {
    in_namespace(|| {
        let by_snaplen = CaptureOptions {
            snaplen: 50,
            ..on("lo")
        };
        let by_filter = CaptureOptions {
            program: vec![(0x06, 0, 0, 40)],
            ..on("lo")
        };
        let cooked = CaptureOptions { snaplen: 50, ..on(ANY) };
        for (opening, kept, original) in [(by_snaplen, 50, 142), (by_filter, 40, 142), (cooked, 50, 148)] {
            let mut capture = opening.open().unwrap();
            let (client, server) = pair();
            client.send(&[7; 100]).unwrap();
            server.recv(&mut [0; 100]).unwrap();
            let frames = rest(&mut capture);
            assert_eq!(frames.len(), 1);
            let frame = &frames[0].0;
            assert_eq!(
                (frame.bytes.len(), frame.original_length),
                (kept, original),
                "{opening:?}"
            );
            assert!(frame.is_cut());
        }
    });
}

#[test]
fn any_sees_each_loopback_frame_once() {
    in_namespace(|| {
        link_to_nobody();
        let all = on(ANY);
        let filtered = CaptureOptions {
            program: vec![(0x06, 0, 0, u32::MAX)],
            ..on(ANY)
        };
        for opening in [all, filtered] {
            let mut capture = opening.open().unwrap();
            assert_eq!(capture.link_type(), LinkType::LINUX_SLL2);
            let (client, server) = pair();
            for _ in 0..10 {
                client.send(b"hello").unwrap();
                server.recv(&mut [0; 8]).unwrap();
            }
            let sender = UdpSocket::bind("10.9.0.1:0").unwrap();
            sender.send_to(b"cable", "10.9.0.2:9").unwrap();
            thread::sleep(MOMENT);
            let frames = rest(&mut capture);
            // IPv4, loopback's index 1, ARPHRD_LOOPBACK, to us, an address of six zeroes.
            let header = [8, 0, 0, 0, 0, 0, 0, 1, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0];
            for (frame, _) in &frames[..10] {
                assert_eq!(frame.bytes[..20], header);
                assert_eq!(frame.bytes[48..], *b"hello");
                assert_eq!(frame.link, LinkType::LINUX_SLL2);
            }
            // The other end of the cable is in the same namespace: sent by one, received by the other.
            let types: Vec<_> = frames[10..].iter().map(|(frame, _)| frame.bytes[10]).collect();
            assert_eq!(types.len(), 2, "{frames:?}");
            assert!(types.contains(&4), "{types:?}");
        }
    });
}
