//! Packets are shown, recorded and handed on at once, not when a buffer is full.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::stage::{Ended, Folder, capturing, in_namespace, pair, sniffer, tshark};
use super::traffic::with_port;
use crate::support::{Running, Tool, tool};

#[test]
fn a_live_capture_can_be_piped_to_another_program() {
    in_namespace(|| {
        let (client, _server, port) = pair();
        let mut reader = tool(Tool::Tshark);
        reader.args(["-l", "-r", "-", "-T", "fields", "-e", "udp.payload"]);
        let (ours, theirs) = crate::support::pipe();
        let mut command = sniffer(&with_port(&port.to_string(), &["-w", "-"]));
        let mut sniffing = command
            .stdout(theirs)
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(command);
        let mut said = std::io::BufReader::new(sniffing.stderr.take().unwrap());
        let mut ready = String::new();
        // A small receive buffer is said before.
        while !ready.contains("capturing on lo") {
            assert!(
                std::io::BufRead::read_line(&mut said, &mut ready).unwrap() > 0,
                "{ready}"
            );
        }
        let reading = reader.stdin(ours).stdout(std::process::Stdio::piped());
        let reading = reading.stderr(std::process::Stdio::null()).spawn().unwrap();
        for _ in 0..3 {
            client.send(b"ABC").unwrap();
        }
        std::thread::sleep(crate::support::MOMENT);
        nix::sys::signal::kill(
            nix::unistd::Pid::from_raw(sniffing.id().try_into().unwrap()),
            Signal::SIGINT,
        )
        .unwrap();
        assert!(sniffing.wait().unwrap().success());
        let read = reading.wait_with_output().unwrap();
        assert_eq!(super::stage::text(&read.stdout), "414243\n".repeat(3));
    });
}

#[test]
fn a_packet_is_on_the_screen_while_the_capture_runs() {
    in_namespace(|| {
        let folder = Folder::new();
        let path = folder.file("now.pcap");
        let (client, _server, port) = pair();
        let sniffer: Running = capturing(&with_port(
            &port.to_string(),
            &["--view", "summary", "-w", path.to_str().unwrap()],
        ));
        for number in 1..=3 {
            client.send(b"now").unwrap();
            sniffer.wait_for_outputs("\"now\"", number);
            // And in the file: a capture that is killed has lost nothing that was seen.
            let patience = Instant::now();
            while tshark(&path, &["frame.number"]).len() < number {
                assert!(
                    patience.elapsed() < crate::support::PATIENCE,
                    "packet {number} is not in the file"
                );
            }
        }
    });
}

#[test]
fn a_lone_packet_is_on_the_screen_and_in_the_file_soon() {
    in_namespace(|| {
        let folder = Folder::new();
        let path = folder.file("lone.pcap");
        let (client, _server, port) = pair();
        let arguments = [
            "-p",
            &port.to_string(),
            "--view",
            "summary",
            "-w",
            path.to_str().unwrap(),
        ];
        let sniffer = capturing(&arguments);
        let mut took = Vec::new();
        for number in 0..9 {
            std::thread::sleep(Duration::from_millis(33));
            let sent = Instant::now();
            client.send(format!("lone {number}").as_bytes()).unwrap();
            sniffer.wait_for_output(&format!("\"lone {number}\""));
            took.push(sent.elapsed());
        }
        took.sort();
        // On a machine with nothing else to do it takes up to 12 ms. Were a packet to wait for others, it would take forever.
        assert!(took[4] < Duration::from_millis(200), "{took:?}");
        // 24 bytes of the file's header; of each packet 16 and Ethernet 14, IPv4 20, UDP 8, data 6.
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 24 + 9 * 64);
        assert_eq!(Ended::by(sniffer, Signal::SIGINT).code, Some(0));
    });
}
