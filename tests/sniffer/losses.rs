//! What could not be kept: said, counted, and seen in the exit status.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::stage::{Ended, Folder, capturing, in_namespace, pair, sniffer, tshark};

/// A datagram as large as loopback carries in one piece; a thousand of them and some are more than may wait.
static LARGE: [u8; 60_000] = [b'l'; 60_000];
const MORE_THAN_THE_ROOM: usize = 1_250;

/// A sniffer that captures, and whose standard output nobody reads yet.
struct Unread {
    child: Child,
    output: File,
    errors: BufReader<std::process::ChildStderr>,
}

impl Unread {
    fn capturing(arguments: &[&str]) -> Self {
        let (output, theirs) = crate::support::pipe();
        let mut command = sniffer(arguments);
        let mut child = command.stdout(theirs).stderr(Stdio::piped()).spawn().unwrap();
        drop(command);
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        // A small receive buffer is said before.
        while !said.contains("capturing on ") {
            assert!(errors.read_line(&mut said).unwrap() > 0, "{said}");
        }
        Self { child, output, errors }
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    /// Reads what was kept for the reader, and waits for the end.
    fn read(mut self) -> Ended {
        let (mut output, mut errors) = (String::new(), String::new());
        self.output.read_to_string(&mut output).unwrap();
        self.errors.read_to_string(&mut errors).unwrap();
        let code = self.child.wait().unwrap().code();
        Ended { code, output, errors }
    }
}

/// The number before these words in the summary.
fn count(ended: &Ended, words: &str) -> usize {
    let line = ended.errors.lines().find(|line| line.contains(words));
    let line = line.unwrap_or_else(|| panic!("no {words:?} in {ended:?}"));
    let number = line.trim_start_matches("warning: ").split(' ').next().unwrap();
    number.parse().unwrap_or_else(|_| panic!("{line}"))
}

/// How many packets were shown.
fn printed(ended: &Ended) -> usize {
    ended.output.lines().filter(|line| line.starts_with("Packet ")).count()
}

#[test]
fn what_was_not_printed_is_lost_unless_it_was_recorded() {
    in_namespace(|| {
        let folder = Folder::new();
        let path = folder.file("kept.pcap");
        let recording = ["-w", path.to_str().unwrap()];
        for (recording, code) in [(&[][..], 1), (&recording, 0)] {
            let (client, server, port) = pair();
            let port = port.to_string();
            let sniffer = Unread::capturing(&[&["-p", &port], recording].concat());
            for _ in 0..MORE_THAN_THE_ROOM {
                client.send(&LARGE).unwrap();
                server.recv(&mut [0; 10]).unwrap();
                // Where the kernel's buffer is small, the sniffer needs the time to empty it.
                std::thread::sleep(Duration::from_millis(1));
            }
            sniffer.signal(Signal::SIGINT);
            let ended = sniffer.read();
            let unprinted = count(&ended, "captured but not printed");
            assert_eq!(printed(&ended) + unprinted, MORE_THAN_THE_ROOM, "{ended:?}");
            assert_eq!(count(&ended, "packets captured"), MORE_THAN_THE_ROOM, "{ended:?}");
            // 64 MiB are 1116 of these.
            assert!((50..MORE_THAN_THE_ROOM - 1000).contains(&unprinted), "{unprinted}");
            assert_eq!(ended.code, Some(code), "{ended:?}");
        }
        assert_eq!(tshark(&path, &["udp.length"]), vec![["60008"]; MORE_THAN_THE_ROOM]);
    });
}

#[test]
fn more_small_packets_can_wait_than_a_burst_has() {
    in_namespace(|| {
        const BURST: usize = 5_000;
        let (client, _server, port) = pair();
        let sniffer = Unread::capturing(&["-p", &port.to_string()]);
        for number in 0..BURST {
            client.send(format!("n{number}").as_bytes()).unwrap();
            if number % 100 == 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        sniffer.signal(Signal::SIGINT);
        let ended = sniffer.read();
        assert_eq!((ended.code, printed(&ended)), (Some(0), BURST), "{ended:?}");
    });
}

#[test]
fn what_the_kernel_dropped_is_lost_though_the_rest_was_recorded() {
    in_namespace(|| {
        const BURST: usize = 3_000;
        let folder = Folder::new();
        let path = folder.file("rest.pcap");
        let (client, _server, port) = pair();
        let sniffer = capturing(&["-q", "-p", &port.to_string(), "-w", path.to_str().unwrap()]);
        // While it cannot read, more comes than even the large receive buffer holds.
        sniffer.signal(Signal::SIGSTOP);
        for _ in 0..BURST {
            client.send(&LARGE).unwrap();
        }
        sniffer.signal(Signal::SIGCONT);
        let ended = Ended::by(sniffer, Signal::SIGINT);
        let [captured, received, dropped] =
            ["captured", "received by filter", "dropped by kernel"].map(|words| count(&ended, words));
        assert_eq!(received, BURST, "{ended:?}");
        assert!(dropped > 0 && captured + dropped == received, "{ended:?}");
        assert_eq!(count(&ended, "were lost in the kernel"), dropped);
        assert_eq!(tshark(&path, &["frame.number"]).len(), captured);
        assert_eq!(ended.code, Some(1), "{ended:?}");
    });
}
