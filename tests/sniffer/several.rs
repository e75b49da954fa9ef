//! Several `-i`: one capture with the packets of each interface, in the order of time, each with the interface that it passed.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use socket_lab::record::Reader;

use super::stage::{Ended, Folder, capturing, in_namespace, in_one_namespace, ran, run};
use crate::support::{MOMENT, PATIENCE, Tool, tool};

/// Cables from the interfaces `a1` and `b1` to `a2` and `b2`, with a neighbour at each other end who never answers.
fn two_cables() {
    for (cable, net) in [("a", "10.9.0"), ("b", "10.8.0")] {
        for arguments in [
            format!("link add {cable}1 type veth peer name {cable}2"),
            format!("link set {cable}1 up"),
            format!("link set {cable}2 up"),
            format!("address add {net}.1/24 dev {cable}1"),
            format!("neigh add {net}.2 lladdr 02:00:00:00:00:02 dev {cable}1 nud permanent"),
        ] {
            ip(&arguments);
        }
    }
}

fn ip(arguments: &str) {
    run(tool(Tool::Ip).args(arguments.split(' ')));
}

/// A socket that sends to loopback and to both cables in turn.
fn send(numbers: std::ops::Range<u32>) {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    let reader = UdpSocket::bind("127.0.0.1:0").unwrap();
    let loopback = format!("127.0.0.1:{}", reader.local_addr().unwrap().port());
    for number in numbers {
        let to = [loopback.as_str(), "10.9.0.2:9", "10.8.0.2:9"][number as usize % 3];
        socket.send_to(&number.to_be_bytes(), to).unwrap();
    }
}

/// Of each packet the interface's number and its own.
fn numbers(path: &Path) -> Vec<(u32, u32)> {
    let mut reader = Reader::open(path).unwrap();
    let mut all = Vec::new();
    while let Some(frame) = reader.next().unwrap() {
        let number = *frame.bytes.last_chunk::<4>().unwrap();
        all.push((frame.interface, u32::from_be_bytes(number)));
    }
    all
}

const ALL: [&str; 6] = ["-i", "lo", "-i", "a1", "-i", "b1"];

#[test]
fn each_packet_has_its_interface_and_its_place_in_time() {
    in_namespace(|| {
        two_cables();
        let folder = Folder::new();
        let file = folder.file("x.pcapng");
        let written = ["-w", file.to_str().unwrap(), "--view", "summary", "udp"];
        let running = capturing(&[&ALL[..], &written].concat());
        send(0..300);
        thread::sleep(MOMENT);
        let since = Instant::now();
        let ended = Ended::by(running, Signal::SIGINT);
        assert!(since.elapsed() < Duration::from_secs(1), "{ended:?}");
        assert_eq!(ended.code, Some(0), "{ended:?}");
        for line in [
            "capturing on lo (Ethernet), a1 (Ethernet), b1 (Ethernet), filter ",
            "\n300 packets captured\n300 received by filter\n0 dropped by kernel\n",
            "\non lo: 100 packets captured, 100 received by filter, 0 dropped by kernel\n",
            "\non a1: 100 packets captured, 100 received by filter, 0 dropped by kernel\n",
            "\non b1: 100 packets captured, 100 received by filter, 0 dropped by kernel\n",
        ] {
            assert!(ended.errors.contains(line), "{line}: {ended:?}");
        }
        let expected: Vec<_> = (0..300).map(|number| (number % 3, number)).collect();
        assert_eq!(numbers(&file), expected);
        let shown: Vec<_> = ended.output.lines().collect();
        for (number, line) in shown.iter().enumerate() {
            let interface = [" lo In ", " a1 Out ", " b1 Out "][number % 3];
            assert!(line.contains(interface), "{line}");
        }
        assert_eq!(shown.len(), 300);
        let names = ["-T", "fields", "-e", "frame.interface_id", "-e", "frame.interface_name"];
        let judged = run(tool(Tool::Tshark).arg("-r").arg(&file).args(names));
        let told: Vec<_> = judged.lines().take(3).collect();
        assert_eq!(told, ["0\tlo", "1\ta1", "2\tb1"]);
    });
}

#[test]
fn each_file_of_a_row_describes_every_interface() {
    in_one_namespace(|| {
        two_cables();
        let folder = Folder::new();
        let file = folder.file("x.pcapng");
        let running = capturing(&[&ALL[..], &["-C", "2k", "-q", "-w", file.to_str().unwrap(), "udp"]].concat());
        send(0..60);
        thread::sleep(MOMENT);
        let ended = Ended::by(running, Signal::SIGINT);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let mut all = Vec::new();
        for place in 0_usize.. {
            let place = if place == 0 { String::new() } else { place.to_string() };
            let file = folder.file(&format!("x.pcapng{place}"));
            if !file.exists() {
                break;
            }
            let mut reader = Reader::open(&file).unwrap();
            while reader.next().unwrap().is_some() {}
            let names = reader
                .file_info()
                .interfaces
                .iter()
                .map(|one| one.name.clone().unwrap());
            assert_eq!(names.collect::<Vec<_>>(), ["lo", "a1", "b1"]);
            all.extend(numbers(&file));
        }
        assert_eq!(all, (0..60).map(|number| (number % 3, number)).collect::<Vec<_>>());
        assert!(fs::read_dir(folder.path()).unwrap().count() > 2);
    });
}

#[test]
fn one_that_goes_down_or_is_removed_does_not_end_the_others() {
    in_namespace(|| {
        two_cables();
        let folder = Folder::new();
        let file = folder.file("x.pcapng");
        let running = capturing(&[&ALL[..], &["-q", "-w", file.to_str().unwrap(), "udp"]].concat());
        send(0..3);
        ip("link set b1 down");
        running.wait_for_errors("warning: b1 is down; its capture goes on when it is up\n");
        ip("link set b1 up");
        running.wait_for_errors("warning: b1 is up again\n");
        ip("neigh replace 10.8.0.2 lladdr 02:00:00:00:00:02 dev b1 nud permanent");
        send(3..6);
        ip("link del a1");
        running.wait_for_errors(
            "error: the interface a1 was removed, so the capture ends here; on the other interfaces it goes on\n",
        );
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket
            .send_to(&6_u32.to_be_bytes(), socket.local_addr().unwrap())
            .unwrap();
        thread::sleep(MOMENT);
        let ended = Ended::by(running, Signal::SIGINT);
        // Not all that was asked for could be captured.
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let expected: Vec<_> = (0..7).map(|number| (number % 3, number)).collect();
        assert_eq!(numbers(&file), expected);
    });
}

#[test]
fn the_last_one_that_is_removed_ends_the_capture() {
    in_one_namespace(|| {
        two_cables();
        let mut running = capturing(&["-i", "a1", "-i", "b1", "-q"]);
        let since = Instant::now();
        ip("link del a1");
        ip("link del b1");
        let ended = Ended::of(&mut running);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(
            ended.errors.contains("so the capture ends here\n") && since.elapsed() < PATIENCE,
            "{ended:?}"
        );
    });
}

#[test]
fn standard_output_gets_pcapng_and_what_cannot_be_is_refused_in_one_line() {
    in_one_namespace(|| {
        let folder = Folder::new();
        let named = folder.file("y.pcap");
        let named = named.to_str().unwrap();
        for (arguments, code, said) in [
            (&["-i", "lo", "-i", "lo"][..], 2, "-i lo is there twice"),
            (&["-i", "any", "-i", "lo"], 2, "leave out either any or the others"),
            (
                &["-i", "lo", "-i", "x1"],
                1,
                "there is no interface \"x1\"; there are: lo",
            ),
            (
                &["-i", "lo", "-i", "x1", "-w", named],
                2,
                "give -w a name that ends in .pcapng",
            ),
        ] {
            let ended = ran(arguments);
            assert_eq!(ended.code, Some(code), "{ended:?}");
            assert!(
                ended.errors.contains(said) && ended.errors.lines().count() == 1,
                "{ended:?}"
            );
        }
        assert!(!Path::new(named).exists());
    });
}
