//! How a live capture ends when the disk is full, and what is in the file then.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::stage::{Ended, Folder, clean, in_namespace, pair, sniffer, started, tshark};
use crate::support::{PATIENCE, Running, Tool, need_all, path_of_ours, shell, tool};

#[test]
fn a_full_disk_ends_it_and_is_counted() {
    in_namespace(|| {
        let (client, _server, port) = pair();
        let port = port.to_string();
        let mut running = Running::start(&mut sniffer(&["-p", &port, "-q", "-w", "/dev/full"]));
        let since = Instant::now();
        let status = loop {
            client.send(b"lost").unwrap();
            if let Some(status) = running.wait_within(Duration::from_millis(20)) {
                break status;
            }
            assert!(
                since.elapsed() < PATIENCE,
                "it goes on with nowhere to write: {}",
                running.errors()
            );
        };
        let errors = running.errors();
        assert_eq!(status.code(), Some(1), "{errors}");
        let said: Vec<&str> = errors.lines().filter(|line| line.starts_with("error: ")).collect();
        let [line] = said.as_slice() else { panic!("{errors}") };
        assert!(
            line.contains("/dev/full") && line.contains("No space left on device"),
            "{line}"
        );
        // The start of the file alone is too much: the capture has not begun.
        assert!(line.contains("nothing was recorded; make room"), "{line}");

        // The screen instead of the file.
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut child = sniffer(&["-p", &port])
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let since = Instant::now();
        let code = loop {
            client.send(b"lost").unwrap();
            if let Some(status) = child.try_wait().unwrap() {
                break status.code();
            }
            if since.elapsed() > PATIENCE {
                child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert_eq!(code, Some(1));
        let ended = Ended::from(child.wait_with_output().unwrap());
        assert_eq!(
            ended.errors.matches("error: writing standard output failed").count(),
            1,
            "{ended:?}"
        );
        let summary: Vec<&str> = ended
            .summary()
            .into_iter()
            .filter(|line| !line.starts_with("error"))
            .collect();
        let [captured, received, "0 dropped by kernel"] = summary.as_slice() else {
            panic!("{ended:?}")
        };
        assert!(
            captured.contains("captured") && received.ends_with(" received by filter"),
            "{ended:?}"
        );
    });
}

#[test]
fn a_disk_that_fills_up_ends_it_with_what_was_lost() {
    in_namespace(|| {
        let folder = Folder::new();
        let path = folder.file("filled.pcap");
        let (client, _server, port) = pair();
        // Files of at most 8 x 512 bytes; without the signal, as a full disk has none either.
        let mut small = shell("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"");
        small.arg(path_of_ours("sniffer"));
        small.args(["-p", &port.to_string(), "-q", "-w", path.to_str().unwrap()]);
        let mut running = started(clean(&mut small));
        let since = Instant::now();
        let code = loop {
            client.send(&[b'x'; 100]).unwrap();
            if let Some(status) = running.wait_within(Duration::from_millis(10)) {
                break status.code();
            }
            assert!(since.elapsed() < PATIENCE, "it goes on: {}", running.errors());
        };
        let errors = running.errors();
        assert_eq!(code, Some(1), "{errors}");
        let said: Vec<&str> = errors.lines().filter(|line| line.starts_with("error: ")).collect();
        let [line] = said.as_slice() else { panic!("{errors}") };
        assert!(
            line.contains("File too large") && line.contains(path.to_str().unwrap()),
            "{line}"
        );
        let number = |before: &str| -> u64 {
            let (_, rest) = line
                .split_once(before)
                .unwrap_or_else(|| panic!("no {before:?} in {line}"));
            rest.split([',', ';']).next().unwrap().parse().unwrap()
        };
        let (lost, whole) = (number("packets lost: "), number("packets whole in it: "));
        // 24 bytes of the file's header, 158 of each packet.
        assert_eq!(whole, (4096 - 24) / 158, "{line}");
        assert!(
            lost > 0 && errors.contains(&format!("{} packets captured", lost + whole)),
            "{errors}"
        );
    });
}

#[test]
fn a_small_disk_keeps_whole_packets_until_it_is_full() {
    if !need_all(&[Tool::Unshare, Tool::Mount]) {
        return;
    }
    in_namespace(|| {
        let folder = Folder::new();
        let kept = folder.file("kept.pcap");
        let (client, _server, port) = pair();
        let port = port.to_string();
        // A file system of 64 KiB, which only these processes see: what is on it is copied before they end.
        let mut scene = tool(Tool::Unshare);
        scene.args([
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=64k none \"$DISK\" && cd \"$DISK\" && { \"$@\"; code=$?; cp full.pcap \"$KEPT\"; exit $code; }",
            "sh",
        ]);
        let plain = sniffer(&["-q", "-p", &port, "-w", "full.pcap"]);
        scene.arg(plain.get_program()).args(plain.get_args());
        let disk = folder.file("disk");
        std::fs::create_dir(&disk).unwrap();
        let mut running = started(clean(scene.env("DISK", &disk).env("KEPT", &kept)));
        let since = Instant::now();
        let code = loop {
            for _ in 0..20 {
                client.send(&[b'x'; 1000]).unwrap();
            }
            if let Some(status) = running.wait_within(Duration::from_millis(10)) {
                break status.code();
            }
            assert!(since.elapsed() < PATIENCE, "it goes on: {}", running.errors());
        };
        let errors = running.errors();
        assert_eq!(code, Some(1), "{errors}");
        assert_eq!(errors.matches("error: ").count(), 1, "{errors}");
        // 24 bytes of the file's header, 16 and 1042 of each packet.
        let whole = (65_536 - 24) / 1058;
        assert!(
            errors.contains("No space left on device") && errors.contains(&format!("packets whole in it: {whole}")),
            "{errors}"
        );
        assert_eq!(tshark(&kept, &["udp.length"]), vec![["1008"]; whole]);
    });
}
