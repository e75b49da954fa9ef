//! Faults of the system while packets are captured: strace puts the error in at the border of the system call, as the kernel
//! would.

use std::net::UdpSocket;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::frames;
use super::stage::{Ended, Folder, clean, in_namespace, pair, ran, sniffer, started, tshark};
use crate::support::{Running, Tool, namespace, need, tool};

/// A sniffer that captures while this fault is put in ("poll:error=EINTR:when=5+3"), which is written to the log. strace is a
/// process beside it, so that the process that is started is the sniffer itself.
fn with_fault(fault: &str, log: &Path, arguments: &[&str]) -> Running {
    let plain = sniffer(arguments);
    let call = fault.split(':').next().unwrap();
    let mut command = tool(Tool::Strace);
    command
        .args([
            "-D",
            "-f",
            "-q",
            "-e",
            &format!("trace={call}"),
            "-e",
            &format!("inject={fault}"),
        ])
        .arg("-o")
        .arg(log)
        .arg(plain.get_program())
        .args(plain.get_args());
    started(clean(&mut command))
}

#[test]
fn what_passes_costs_no_packet() {
    if !need(Tool::Strace) {
        return;
    }
    in_namespace(|| {
        const COUNT: usize = 60;
        for fault in [
            "poll:error=EINTR:when=4+3",
            "poll:error=ENOMEM:when=4+3",
            "recvmsg:error=ENOBUFS:when=20+7",
            "recvmsg:error=ENOMEM:when=20+7",
            "recvmsg:error=EINTR:when=20+7",
            "recvfrom:error=ENOBUFS:when=5+3",
            "write:error=EINTR:when=4+3",
        ] {
            let folder = Folder::new();
            let (path, log) = (folder.file("whole.pcap"), folder.file("strace.log"));
            let (client, _server, port) = pair();
            let arguments = ["-q", "-p", &port.to_string(), "-w", path.to_str().unwrap()];
            let sniffer = with_fault(fault, &log, &arguments);
            for _ in 0..COUNT {
                client.send(b"kept").unwrap();
                std::thread::sleep(Duration::from_millis(2));
            }
            let ended = Ended::by(sniffer, Signal::SIGINT);
            assert_eq!(ended.code, Some(0), "{fault}: {ended:?}");
            assert_eq!(ended.summary()[0], format!("{COUNT} packets captured"), "{fault}");
            assert_eq!(tshark(&path, &["udp.length"]).len(), COUNT, "{fault}");
            // A ring is read without a call.
            if !fault.starts_with("recv") || namespace::way().as_deref() == Some("--no-ring") {
                let log = std::fs::read_to_string(&log).unwrap();
                assert!(log.contains("(INJECTED)"), "{fault} was never put in");
            }
        }
    });
}

#[test]
fn memory_that_never_comes_back_ends_it_with_the_summary() {
    if !need(Tool::Strace) {
        return;
    }
    in_namespace(|| {
        let log = Path::new("/dev/null");
        let mut sniffer = with_fault("poll:error=ENOBUFS:when=20+", log, &["-q"]);
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        // Until poll() has been called so often; then nothing comes, so that nothing is left but to wait.
        for _ in 0..30 {
            let _ = client.send_to(b"a", "127.0.0.1:9");
            std::thread::sleep(Duration::from_millis(15));
        }
        let status = sniffer.wait();
        let errors = sniffer.errors();
        assert_eq!(status.code(), Some(1), "{errors}");
        assert!(
            errors.contains("error: the capture on lo ends here: ") && errors.contains("No buffer space"),
            "{errors}"
        );
        assert!(errors.contains(" captured\n"), "{errors}");
    });
}

/// A clock that is set back leaves times that go back in the file: that nobody else's clock may be changed, a file stands for it.
/// Waiting and `--duration` go by another clock, which cannot be set.
#[test]
fn times_that_go_back_are_shown_and_kept_as_they_are() {
    if !need(Tool::Tshark) {
        return;
    }
    let folder = Folder::new();
    let frames = frames::numbered(4);
    let mut bytes = frames::pcap(&frames);
    // The seconds stand first in a packet's header of 16 bytes, behind the file's of 24.
    let mut at = 24;
    for (frame, second) in frames.iter().zip([100_u32, 101, 40, 41]) {
        bytes[at..at + 4].copy_from_slice(&second.to_le_bytes());
        at += 16 + frame.len();
    }
    let path = folder.with("back.pcap", &bytes);
    let path = path.to_str().unwrap();
    for view in ["summary", "fields", "diagram", "ladder", "answers"] {
        let shown = ran(&["-r", path, "--view", view]);
        assert_eq!((shown.code, shown.errors.as_str()), (Some(0), ""), "{view}");
        assert!(!shown.output.is_empty(), "{view}");
    }
    let shown = ran(&["-r", path, "--view", "summary", "--time", "relative"]);
    assert!(shown.output.contains("-60.000000"), "{}", shown.output);
    for name in ["copy.pcap", "copy.pcapng"] {
        let copy = folder.file(name);
        let ended = ran(&["-q", "-r", path, "-w", copy.to_str().unwrap()]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let times = tshark(&copy, &["frame.time_epoch"]).concat();
        let seconds: Vec<_> = times.iter().map(|time| time.split('.').next().unwrap()).collect();
        assert_eq!(seconds, ["100", "101", "40", "41"], "{name}");
    }
}
