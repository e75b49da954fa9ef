//! How much room there is for frames that nobody has read yet, and what becomes of those for which there is none.

use std::thread;
use std::time::{Duration, Instant};

use socket_lab::capture::live::{CaptureEvent, CaptureOptions, CaptureStatistics, Note};

use super::stage::{by_ring, in_namespace, next, on, ordinary, pair, rest};
use crate::support::{MOMENT, PATIENCE};

#[test]
fn a_burst_that_nobody_reads_is_kept_or_counted() {
    in_namespace(|| {
        let mut large = on("lo").open().unwrap();
        let mut tiny = CaptureOptions { buffer: 1, ..on("lo") }.open().unwrap();
        let (client, _server) = pair();
        for _ in 0..5_000 {
            client.send(&[7; 100]).unwrap();
        }
        let early = tiny.statistics().unwrap();
        assert_eq!(early.received, 5_000);
        let kept = rest(&mut tiny).len() as u64;
        assert!(kept > 0 && early.dropped > 0, "{kept} {early:?}");
        assert_eq!(kept + early.dropped, 5_000);
        // The kernel has forgotten them meanwhile.
        assert_eq!(tiny.statistics().unwrap(), early);
        // In the namespace of an ordinary user even root gets no larger receive buffer than the system's limit allows.
        let limited = large
            .notes()
            .iter()
            .any(|note| matches!(note, Note::SmallBuffer { .. }));
        assert_eq!(limited, ordinary() && !by_ring(), "{:?}", large.notes());
        if limited {
            let CaptureStatistics { received, dropped } = large.statistics().unwrap();
            assert_eq!((received, rest(&mut large).len() as u64), (5_000, 5_000 - dropped));
            return;
        }
        assert_eq!(rest(&mut large).len(), 5_000);
        assert_eq!(
            large.statistics().unwrap(),
            CaptureStatistics {
                received: 5_000,
                dropped: 0
            }
        );
    });
}

#[test]
fn a_lone_frame_waits_for_no_other() {
    in_namespace(|| {
        let mut capture = on("lo").open().unwrap();
        let (client, _server) = pair();
        let mut took = Vec::new();
        for _ in 0..9 {
            // At another point of the kernel's time each time.
            thread::sleep(Duration::from_millis(33));
            let sent = Instant::now();
            client.send(b"alone").unwrap();
            assert_eq!(next(&mut capture), "frame");
            took.push(sent.elapsed());
        }
        took.sort();
        // 10 ms are what the ring may take; a busy machine takes more. A block that had to be full would never come.
        assert!(took[4] < Duration::from_millis(150), "{took:?}");
    });
}

#[test]
fn frames_of_all_lengths_come_in_order_over_many_blocks() {
    in_namespace(|| {
        // Small enough that the ring is gone round many times.
        let mut capture = CaptureOptions {
            buffer: 4 << 20,
            ..on("lo")
        }
        .open()
        .unwrap();
        let (client, server) = pair();
        // The largest datagram is a frame of 65,549 bytes: 65,507 of data, 8, 20 and 14 of headers.
        let lengths = [1, 65_507, 100, 1_000, 65_507, 65_507, 65_507, 30_000, 7];
        let data = vec![b'd'; 65_507];
        let mut frames = 0_u32;
        let mut bytes = 0;
        while bytes < 40 << 20 {
            let burst: Vec<usize> = lengths
                .iter()
                .cycle()
                .skip(frames as usize % 7)
                .take(10)
                .copied()
                .collect();
            for length in &burst {
                client.send(&data[..*length]).unwrap();
                server.recv(&mut [0; 8]).unwrap();
            }
            for length in burst {
                match capture.next(Some(PATIENCE), None).unwrap() {
                    CaptureEvent::Frame(frame, _) => {
                        assert_eq!(frame.original_length as usize, length + 42, "frame {frames}");
                        assert!(!frame.is_cut(), "frame {frames}");
                        assert!(frame.bytes[42..].iter().all(|byte| *byte == b'd'));
                    }
                    other => panic!("{other:?} in place of frame {frames}"),
                }
                frames += 1;
                bytes += length;
            }
        }
        let counted = capture.statistics().unwrap();
        assert_eq!((counted.received, counted.dropped), (frames.into(), 0));
    });
}

#[test]
fn a_burst_of_small_frames_fills_blocks_and_none_is_lost_or_twice() {
    in_namespace(|| {
        let mut capture = on("lo").open().unwrap();
        let (client, _server) = pair();
        // What the channel can keep for a reader that reads nothing, where the system has a limit, is less.
        let count: u32 = if by_ring() || !ordinary() { 20_000 } else { 1_000 };
        for number in 0..count {
            client.send(&number.to_be_bytes()).unwrap();
        }
        let frames = rest(&mut capture);
        let numbers = frames
            .iter()
            .map(|(frame, _)| u32::from_be_bytes(frame.bytes[42..46].try_into().unwrap()));
        assert!(numbers.eq(0..count), "{} frames", frames.len());
        let times: Vec<_> = frames.iter().map(|(frame, _)| frame.time).collect();
        assert!(times.is_sorted());
    });
}

#[test]
fn after_a_full_buffer_it_goes_on_with_what_comes_next() {
    in_namespace(|| {
        let mut capture = CaptureOptions { buffer: 1, ..on("lo") }.open().unwrap();
        let (client, _server) = pair();
        let mut taken = 0;
        for round in 1..=3_u8 {
            // More than there is room for; what finds none is dropped until somebody reads.
            for _ in 0..5_000 {
                client.send(&[round; 100]).unwrap();
            }
            let counted = capture.statistics().unwrap();
            let waiting = counted.received - counted.dropped - taken;
            assert!(
                counted.received == 5_000 * u64::from(round) && (1..5_000).contains(&waiting),
                "{counted:?}"
            );
            for _ in 0..waiting {
                match capture.next(Some(PATIENCE), None).unwrap() {
                    CaptureEvent::Frame(frame, _) => assert_eq!(frame.bytes[42..], [round; 100]),
                    other => panic!("{other:?}"),
                }
            }
            assert!(matches!(capture.next(Some(MOMENT), None).unwrap(), CaptureEvent::Idle));
            taken += waiting;
        }
    });
}

#[test]
fn where_the_kernel_gives_no_ring_the_channel_serves() {
    in_namespace(|| {
        let mut capture = CaptureOptions {
            // The list of the blocks alone would be too long for any kernel.
            buffer: 1 << 49,
            ..on("lo")
        }
        .open()
        .unwrap();
        assert!(!capture.has_ring());
        let said = capture.notes().iter().any(|note| matches!(note, Note::NoRing { .. }));
        assert_eq!(said, by_ring(), "{:?}", capture.notes());
        let (client, server) = pair();
        client.send(b"hello").unwrap();
        server.recv(&mut [0; 8]).unwrap();
        assert_eq!(rest(&mut capture).len(), 1);
    });
}
