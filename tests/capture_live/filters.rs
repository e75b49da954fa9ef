//! Filters in the kernel.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use socket_lab::capture::live::{CaptureOptions, Instruction};

use super::stage::{in_namespace, on, pair, rest};

/// Sets the mark when it goes.
struct AtEnd<'a>(&'a AtomicBool);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A filter that lets only UDP to this port pass, by the Ethernet and IPv4 headers without options.
fn only_to_port(port: u16) -> Vec<Instruction> {
    vec![
        (0x28, 0, 0, 12),
        (0x15, 0, 3, 0x0800),
        (0x28, 0, 0, 36),
        (0x15, 0, 1, port.into()),
        (0x06, 0, 0, u32::MAX),
        (0x06, 0, 0, 0),
    ]
}

#[test]
fn nothing_comes_past_the_filter_even_at_the_start() {
    in_namespace(|| {
        let ((wanted, server), (unwanted, _other)) = (pair(), pair());
        let port = server.local_addr().unwrap().port();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    unwanted.send(b"unwanted").unwrap();
                }
            });
            // Also when an assertion fails, lest the thread be waited for in vain.
            let _end = AtEnd(&done);
            for _ in 0..10 {
                let mut capture = CaptureOptions {
                    program: only_to_port(port),
                    ..on("lo")
                }
                .open()
                .unwrap();
                wanted.send(b"wanted").unwrap();
                let frames = rest(&mut capture);
                assert!(frames.iter().all(|(frame, _)| frame.bytes[42..] == *b"wanted"));
                assert_eq!(frames.len(), 1);
                assert_eq!(capture.statistics().unwrap().received, 1);
            }
        });
    });
}

#[test]
fn a_filter_that_the_kernel_refuses_is_said() {
    in_namespace(|| {
        let open = |program| CaptureOptions { program, ..on("lo") }.open().unwrap_err().to_string();
        let text = open(vec![(0xffff, 0, 0, 0)]);
        assert!(
            text.contains("lo: setsockopt SO_ATTACH_FILTER: Invalid argument"),
            "{text}"
        );
        let text = open(vec![(0x06, 0, 0, 0); 70_000]);
        assert!(text.contains("70000 instructions and the kernel takes 4096"), "{text}");
    });
}
