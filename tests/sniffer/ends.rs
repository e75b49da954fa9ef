//! How a live capture ends, and what it says then.

use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::stage::{Ended, Folder, capturing, in_namespace, pair, ran, sniffer, tshark};
use crate::support::{MOMENT, PATIENCE, Running, Tool, essential, tool};

#[test]
fn either_signal_ends_it_with_the_summary() {
    in_namespace(|| {
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            let folder = Folder::new();
            let path = folder.file("ended.pcap");
            let (client, _server, port) = pair();
            let sniffer = capturing(&["-p", &port.to_string(), "-w", path.to_str().unwrap()]);
            client.send(b"one").unwrap();
            client.send(b"two").unwrap();
            let ended = Ended::by(sniffer, signal);
            assert_eq!(ended.code, Some(0), "{ended:?}");
            // 24 bytes of the file's header; of each packet 16 and Ethernet 14, IPv4 20, UDP 8, data 3.
            let written = format!("2 packets, 146 bytes written to {}", path.display());
            let summary = [
                "2 packets captured",
                "2 received by filter",
                "0 dropped by kernel",
                &written,
            ];
            assert_eq!(ended.summary(), summary, "{signal}");
            assert_eq!(std::fs::metadata(&path).unwrap().len(), 146);
        }
    });
}

#[test]
fn it_stops_after_so_many_packets() {
    in_namespace(|| {
        let folder = Folder::new();
        let path = folder.file("counted.pcap");
        let (client, _server, port) = pair();
        let arguments = [
            "-p",
            &port.to_string(),
            "-c",
            "3",
            "--view",
            "summary",
            "-w",
            path.to_str().unwrap(),
        ];
        let mut sniffer = capturing(&arguments);
        for number in 0..10 {
            client.send(format!("n{number}").as_bytes()).unwrap();
        }
        let ended = Ended::of(&mut sniffer);
        assert_eq!((ended.code, ended.output.lines().count()), (Some(0), 3), "{ended:?}");
        assert_eq!(ended.summary()[0], "3 packets captured");
        assert_eq!(tshark(&path, &["udp.payload"]), [["6e30"], ["6e31"], ["6e32"]]);
    });
}

#[test]
fn it_stops_after_so_many_seconds() {
    in_namespace(|| {
        let (client, _server, port) = pair();
        let started = Instant::now();
        let mut sniffer = capturing(&["-p", &port.to_string(), "--duration", "0.5", "--view", "summary"]);
        client.send(b"in time").unwrap();
        let ended = Ended::of(&mut sniffer);
        assert!((Duration::from_millis(500)..Duration::from_secs(5)).contains(&started.elapsed()));
        assert_eq!(ended.code, Some(0));
        assert!(ended.output.contains("\"in time\""), "{ended:?}");
        assert_eq!(ended.summary()[0], "1 packet captured");
    });
}

#[test]
fn it_stops_while_traffic_never_does() {
    in_namespace(|| {
        let (client, _server, port) = pair();
        let port = port.to_string();
        let flood = std::sync::atomic::AtomicBool::new(true);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while flood.load(std::sync::atomic::Ordering::Relaxed) {
                    client.send(b"on and on").unwrap();
                }
            });
            let running = capturing(&["-p", &port, "-q"]);
            std::thread::sleep(MOMENT);
            running.signal(Signal::SIGINT);
            let mut signalled = running;
            let status = signalled.wait_within(PATIENCE);
            let mut timed = Running::start(&mut sniffer(&["-p", &port, "-q", "--duration", "0.3"]));
            let time_over = timed.wait_within(PATIENCE);
            flood.store(false, std::sync::atomic::Ordering::Relaxed);
            for (status, running) in [(status, signalled), (time_over, timed)] {
                // Where the receive buffer is small the kernel drops some, and that is status 1.
                let errors = running.errors();
                let expected = i32::from(!errors.contains("\n0 dropped by kernel"));
                let code = status.and_then(|status| status.code());
                assert_eq!(code, Some(expected), "{errors}");
            }
        });
    });
}

#[test]
fn a_reader_who_has_left_ends_it_quietly() {
    in_namespace(|| {
        let (client, _server, port) = pair();
        let port = port.to_string();
        for arguments in [
            ["-p", &port, "--view", "summary"],
            ["-p", &port, "--view", "fields"],
            ["-p", &port, "-w", "-"],
        ] {
            let mut head = essential("head");
            let (ours, theirs) = crate::support::pipe();
            let mut reading = head
                .args(["-n", "3"])
                .stdin(ours)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            drop(head);
            let mut command = sniffer(&arguments);
            let sniffing = command.stdout(theirs).stderr(Stdio::piped()).spawn().unwrap();
            drop(command);
            let sniffing = std::sync::Mutex::new(Some(sniffing));
            let gone = std::sync::atomic::AtomicBool::new(false);
            let ended = std::thread::scope(|scope| {
                scope.spawn(|| {
                    let since = Instant::now();
                    while !gone.load(std::sync::atomic::Ordering::Relaxed) && since.elapsed() < PATIENCE {
                        client.send(b"a line\n").unwrap();
                        std::thread::sleep(Duration::from_millis(5));
                    }
                });
                let ended = sniffing.lock().unwrap().take().unwrap().wait_with_output().unwrap();
                gone.store(true, std::sync::atomic::Ordering::Relaxed);
                Ended::from(ended)
            });
            assert!(reading.wait().unwrap().success());
            assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:?}");
            assert!(
                !ended.errors.contains("error") && !ended.errors.contains("panic"),
                "{arguments:?}: {ended:?}"
            );
            assert!(
                ended
                    .summary()
                    .first()
                    .is_some_and(|line| line.ends_with(" packets captured")),
                "{ended:?}"
            );
        }
    });
}

#[test]
fn a_recording_ends_too_when_the_reader_of_the_screen_leaves_and_is_whole() {
    in_namespace(|| {
        let folder = Folder::new();
        let (client, _server, port) = pair();
        let port = port.to_string();
        for (name, quiet) in [("printed.pcap", false), ("quiet.pcap", true)] {
            let path = folder.file(name);
            let (ours, theirs) = crate::support::pipe();
            let mut command = sniffer(&["-p", &port, "--view", "summary", "-w", path.to_str().unwrap()]);
            command
                .args(quiet.then_some("-q"))
                .stdout(theirs)
                .stderr(Stdio::piped());
            let mut sniffing = command.spawn().unwrap();
            drop((command, ours));
            let since = Instant::now();
            let mut ended = false;
            while !ended && since.elapsed() < MOMENT * 3 {
                client.send(b"nobody looks").unwrap();
                std::thread::sleep(Duration::from_millis(10));
                ended = sniffing.try_wait().unwrap().is_some();
            }
            assert_eq!(ended, !quiet, "{name}");
            let id = nix::unistd::Pid::from_raw(sniffing.id().try_into().unwrap());
            if !ended {
                nix::sys::signal::kill(id, Signal::SIGINT).unwrap();
            }
            let ended = Ended::from(sniffing.wait_with_output().unwrap());
            assert_eq!(ended.code, Some(0), "{ended:?}");
            let packets = tshark(&path, &["frame.number"]).len();
            let written = if packets == 1 {
                "1 packet"
            } else {
                &format!("{packets} packets")
            };
            assert!(
                packets > 0 && ended.errors.contains(&format!("{written} captured")),
                "{ended:?}"
            );
        }
    });
}

#[test]
fn what_is_in_the_file_of_a_killed_sniffer_is_whole() {
    in_namespace(|| {
        for name in ["killed.pcap", "killed.pcapng"] {
            let folder = Folder::new();
            let path = folder.file(name);
            let (client, _server, port) = pair();
            let mut sniffer = capturing(&["-q", "-p", &port.to_string(), "-w", path.to_str().unwrap()]);
            let empty = std::fs::metadata(&path).unwrap().len();
            client.send(b"kept").unwrap();
            // It was recorded before anything else comes.
            let since = Instant::now();
            while std::fs::metadata(&path).unwrap().len() == empty {
                assert!(since.elapsed() < PATIENCE, "{name}: it is not written");
                std::thread::sleep(Duration::from_millis(5));
            }
            for _ in 0..20_000 {
                client.send(&[b'x'; 100]).unwrap();
            }
            sniffer.signal(Signal::SIGKILL);
            sniffer.wait();
            // The system may have been stopped in the middle of a packet, which then is no packet.
            let read = ran(&["-r", path.to_str().unwrap(), "--view", "summary"]);
            let (first, others) = read.output.split_once('\n').unwrap();
            assert!(first.contains("\"kept\""), "{name}: {first}");
            assert!(others.lines().all(|line| line.contains("\"xxx")), "{name}");
            assert!(
                read.errors.is_empty() || read.errors.starts_with("warning: "),
                "{name}: {}",
                read.errors
            );
            // Wireshark reads as many; it fails at half a packet as well.
            let mut tshark = tool(Tool::Tshark);
            let judged = tshark
                .arg("-r")
                .arg(&path)
                .args(["-T", "fields", "-e", "udp.length"])
                .output();
            let judged = String::from_utf8(judged.unwrap().stdout).unwrap();
            assert_eq!(judged.lines().count(), read.output.lines().count(), "{name}");
        }
    });
}

#[test]
fn a_stopped_sniffer_has_what_passed_meanwhile() {
    in_namespace(|| {
        const COUNT: usize = 100;
        let folder = Folder::new();
        let path = folder.file("stopped.pcap");
        let (client, _server, port) = pair();
        let sniffer = capturing(&["-q", "-p", &port.to_string(), "-w", path.to_str().unwrap()]);
        sniffer.signal(Signal::SIGSTOP);
        // One by one, so that the ring's timer hands over a block for nearly each of them.
        for number in 0..COUNT {
            client.send(format!("n{number}").as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(12));
        }
        sniffer.signal(Signal::SIGCONT);
        let ended = Ended::by(sniffer, Signal::SIGINT);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(
            ended.summary()[..3],
            ["100 packets captured", "100 received by filter", "0 dropped by kernel"]
        );
        let expected: Vec<_> = (0..COUNT)
            .map(|number| (2 + number.to_string().len() - 1 + 8).to_string())
            .collect();
        assert_eq!(tshark(&path, &["udp.length"]).concat(), expected);
    });
}
