//! Real traffic on loopback, captured live: nothing lost, nothing twice, and the judges agree.

use std::path::Path;

use nix::sys::signal::Signal;

use super::stage::{Ended, Folder, capturing, in_namespace, pair, run, tshark, tshark_with};
use crate::support::{Tool, client, need, server_with, tool};

/// Has a client of ours say `line` to a server of ours, and returns when the answer is on the screen.
fn exchange(name: &str, port: u16, line: &str) {
    let mut client = client(&format!("{name}-client"), port);
    client.type_line(line);
    client.wait_for_output(&line.to_uppercase());
}

pub(super) fn with_port<'a>(port: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [&["-p", port], rest].concat()
}

#[test]
fn the_udp_lab_is_two_datagrams_in_either_format() {
    in_namespace(|| {
        for name in ["lab.pcap", "lab.pcapng"] {
            let folder = Folder::new();
            let path = folder.file(name);
            let (_server, port) = server_with::<&str>("udp-server", &[]);
            let port = port.to_string();
            let sniffer = capturing(&with_port(&port, &["--view", "summary", "-w", path.to_str().unwrap()]));
            exchange("udp", port.parse().unwrap(), "udp is lazy");
            let ended = Ended::by(sniffer, Signal::SIGINT);
            assert_eq!(ended.code, Some(0), "{ended:?}");

            let lines: Vec<&str> = ended.output.lines().collect();
            let [request, reply] = lines.as_slice() else {
                panic!("{ended:?}")
            };
            assert!(
                request.contains(&format!("→ :{port} UDP Len=11 \"udp is lazy\"")),
                "{request}"
            );
            assert!(
                reply.contains(&format!("127.0.0.1:{port} →")) && reply.contains("\"UDP IS LAZY\" [reply to 1]"),
                "{reply}"
            );

            let rows = tshark(&path, &["udp.dstport", "udp.srcport", "udp.payload"]);
            let [request, reply] = rows.as_slice() else {
                panic!("{rows:?}")
            };
            assert_eq!((&request[0], &reply[1]), (&port, &port));
            assert_eq!(
                (request[1].as_str(), request[2].as_str()),
                (reply[0].as_str(), "756470206973206c617a79")
            );
            assert_eq!(reply[2], "554450204953204c415a59");
        }
    });
}

#[test]
fn pcapng_tells_the_interface_the_filter_and_the_counts() {
    if !need(Tool::Capinfos) {
        return;
    }
    in_namespace(|| {
        let folder = Folder::new();
        let path = folder.file("told.pcapng");
        let (client, _server, port) = pair();
        let expression = format!("udp and port {port}");
        let sniffer = capturing(&["-q", "-w", path.to_str().unwrap(), &expression]);
        client.send(b"one").unwrap();
        assert_eq!(Ended::by(sniffer, Signal::SIGINT).code, Some(0));
        assert_eq!(tshark(&path, &["frame.interface_name"]), [["lo"]]);
        let info = run(tool(Tool::Capinfos).arg(&path));
        assert!(info.contains("Name = lo") && info.contains(&expression), "{info}");
        assert!(info.contains("Time precision = nanoseconds"), "{info}");
        let bytes = std::fs::read(&path).unwrap();
        let length = u32::from_le_bytes(bytes[bytes.len() - 4..].try_into().unwrap());
        let block = &bytes[bytes.len() - usize::try_from(length).unwrap()..];
        assert_eq!(
            block[..4],
            5_u32.to_le_bytes(),
            "the last block is the interface's statistics"
        );
    });
}

/// Nanoseconds since 1970 of each packet, as tshark reads them.
fn times(path: &Path) -> Vec<i64> {
    let rows = tshark(path, &["frame.time_epoch"]);
    rows.iter()
        .map(|row| row[0].replace('.', "").parse().unwrap())
        .collect()
}

#[test]
fn the_times_on_the_screen_are_those_in_the_file_to_the_nanosecond() {
    in_namespace(|| {
        for name in ["times.pcap", "times.pcapng"] {
            let folder = Folder::new();
            let path = folder.file(name);
            let (client, _server, port) = pair();
            let sniffer = capturing(&with_port(&port.to_string(), &["--json", "-w", path.to_str().unwrap()]));
            let before = chrono::Utc::now().timestamp_nanos_opt().unwrap();
            for _ in 0..10 {
                client.send(b"tick").unwrap();
            }
            let after = chrono::Utc::now().timestamp_nanos_opt().unwrap();
            let ended = Ended::by(sniffer, Signal::SIGTERM);
            let shown: Vec<i64> = ended
                .output
                .lines()
                .filter(|line| !line.starts_with("{\"line\":"))
                .map(|line| {
                    let packet: serde_json::Value = serde_json::from_str(line).unwrap();
                    let time = packet["time"].as_str().unwrap();
                    chrono::DateTime::parse_from_rfc3339(time)
                        .unwrap()
                        .timestamp_nanos_opt()
                        .unwrap()
                })
                .collect();
            assert_eq!(shown.len(), 10);
            assert!(
                shown.is_sorted() && before <= shown[0] && shown[9] <= after,
                "{before} {shown:?} {after}"
            );
            assert_eq!(shown, times(&path), "{name}");
        }
    });
}

/// The segments of the first connection: who, which flags, how many bytes.
fn segments(options: &[&str], path: &Path, server: &str) -> Vec<String> {
    let rows = tshark_with(
        options,
        path,
        &["tcp.stream", "tcp.srcport", "tcp.flags.str", "tcp.len"],
    );
    let first = rows.iter().filter(|row| row[0] == "0");
    first
        .map(|row| {
            let side = if row[1] == server { "server" } else { "client" };
            let flags: String = row[2].chars().filter(char::is_ascii_alphabetic).collect();
            format!("{side} {flags} {}", row[3])
        })
        .collect()
}

#[test]
fn the_tcp_lab_is_the_golden_trace_and_its_handshakes_alone_when_asked() {
    in_namespace(|| {
        let folder = Folder::new();
        let (all, some) = (folder.file("all.pcapng"), folder.file("some.pcap"));
        let (_server, port) = server_with::<&str>("tcp-server", &[]);
        let port = port.to_string();
        let expression = format!("tcp and port {port}");
        let sniffers = [
            capturing(&["--view", "summary", "-w", all.to_str().unwrap(), &expression]),
            capturing(&with_port(
                &port,
                &["--handshake-only", "--view", "summary", "-w", some.to_str().unwrap()],
            )),
        ];
        exchange("tcp", port.parse().unwrap(), "tcp is lazy");
        // The last segments of the close come after the answer is on the screen.
        sniffers[0].wait_for_outputs("FIN", 2);
        std::thread::sleep(crate::support::MOMENT);
        let [whole, handshakes] = sniffers.map(|sniffer| Ended::by(sniffer, Signal::SIGINT));
        assert_eq!((whole.code, handshakes.code), (Some(0), Some(0)));

        let told = segments(&[], &all, &port);
        assert_eq!(told[..3], ["client S 0", "server AS 0", "client A 0"], "{told:?}");
        let golden = ["client AP 12", "server AP 12", "client AF 0", "server AF 0"];
        let mut rest: Vec<&String> = told[3..].iter().filter(|segment| !segment.ends_with(" A 0")).collect();
        // The server closes when it has answered, the client when it has the answer: mostly in this order.
        rest[2..].sort();
        assert_eq!(rest, golden);
        assert!((8..=11).contains(&told.len()), "{told:?}");
        assert_eq!(
            whole.output.lines().count(),
            tshark(&all, &["frame.number"]).len(),
            "{whole:?}"
        );

        // The comments were written while it happened: Wireshark's filters find the parts by them.
        let found = |filter: &str| tshark_with(&["-Y", filter], &all, &["frame.number"]);
        for (comment, filter) in [
            ("part=syn ", "tcp.flags.syn == 1 && tcp.flags.ack == 0"),
            ("part=syn-ack ", "tcp.flags.syn == 1 && tcp.flags.ack == 1"),
            ("part=data ", "tcp.len > 0"),
            ("sender=client ", &format!("tcp.dstport == {port}")),
        ] {
            let by_comment = found(&format!("frame.comment contains \"{comment}\""));
            assert!(
                !by_comment.is_empty() && by_comment == found(filter),
                "{comment}: {by_comment:?}"
            );
        }
        // And the lines on the screen have tshark's numbers.
        for (line, row) in whole
            .output
            .lines()
            .zip(tshark(&all, &["tcp.seq", "tcp.len", "tcp.window_size"]))
        {
            for (word, number) in ["Seq=", "Len=", "Win="].iter().zip(&row) {
                assert!(
                    !line.contains(word) || line.contains(&format!("{word}{number}")),
                    "{line}: {row:?}"
                );
            }
        }

        // The data are missing, of which tshark would warn.
        let kept = segments(&["-o", "tcp.analyze_sequence_numbers:FALSE"], &some, &port);
        assert_eq!(kept[..3], ["client S 0", "server AS 0", "client A 0"], "{kept:?}");
        let fins = kept.iter().filter(|segment| segment.contains('F')).count();
        assert!(
            fins == 2 && kept.iter().all(|segment| segment.ends_with(" 0")),
            "{kept:?}"
        );
        assert_eq!(kept.last().unwrap(), told.last().unwrap());
    });
}

#[test]
fn ports_hosts_and_expressions_let_only_theirs_through() {
    in_namespace(|| {
        let (wanted, _first, port) = pair();
        let (other, _second, _) = pair();
        let (port, source) = (port.to_string(), wanted.local_addr().unwrap().port());
        let expression = format!("udp src port {source}");
        let choices: [&[&str]; 5] = [
            &["-p", &port],
            &[&expression],
            &["udp", "and", "port", &port],
            &["-p", &port, "--host", "127.0.0.1"],
            &["-p", "1", "-p", &port],
        ];
        for choice in choices {
            let sniffer = capturing(&[&["--view", "summary"], choice].concat());
            other.send(b"not me").unwrap();
            wanted.send(b"me").unwrap();
            other.send(b"nor me").unwrap();
            let ended = Ended::by(sniffer, Signal::SIGINT);
            assert_eq!(ended.output.lines().count(), 1, "{choice:?}: {ended:?}");
            assert!(ended.output.contains("\"me\""), "{choice:?}: {ended:?}");
            assert_eq!(
                ended.summary()[..2],
                ["1 packet captured", "1 received by filter"],
                "{choice:?}"
            );
        }
    });
}

#[test]
fn an_icmp_error_has_no_port_and_an_expression_lets_it_through() {
    in_namespace(|| {
        let (client, server, port) = pair();
        // Nobody listens there any more: the kernel answers "port unreachable".
        drop(server);
        let port = port.to_string();
        let both = format!("icmp or port {port}");
        for (choice, expected) in [(&["-p", &port][..], 1), (&[&both], 2)] {
            let sniffer = capturing(&[&["--view", "summary"], choice].concat());
            // The error of the datagram before is told now, and nothing is sent.
            while client.send(b"anybody?").is_err() {}
            let ended = Ended::by(sniffer, Signal::SIGINT);
            assert_eq!(ended.output.lines().count(), expected, "{choice:?}: {ended:?}");
            assert_eq!(ended.output.contains("ICMP"), expected == 2, "{ended:?}");
        }
    });
}

#[test]
fn nothing_after_the_ready_line_is_lost() {
    in_namespace(|| {
        const BURST: usize = 5000;
        let folder = Folder::new();
        let path = folder.file("burst.pcap");
        let (client, _server, port) = pair();
        let sniffer = capturing(&with_port(&port.to_string(), &["-q", "-w", path.to_str().unwrap()]));
        for number in 0..BURST {
            client.send(&u32::try_from(number).unwrap().to_be_bytes()).unwrap();
        }
        let ended = Ended::by(sniffer, Signal::SIGINT);
        let rows = tshark(&path, &["udp.payload"]);
        let sent: Vec<[String; 1]> = (0..BURST).map(|number| [format!("{number:08x}")]).collect();
        assert!(rows == sent, "{} of {BURST}: {ended:?}", rows.len());
        assert_eq!(
            ended.summary()[..3],
            [
                "5000 packets captured",
                "5000 received by filter",
                "0 dropped by kernel"
            ]
        );
        assert_eq!(ended.output, "", "-q shows no packets");
    });
}

#[test]
fn any_sees_what_passes_loopback_once() {
    in_namespace(|| {
        let folder = Folder::new();
        let path = folder.file("any.pcapng");
        let (client, _server, port) = pair();
        let arguments = ["-i", "any", "--view", "summary", "-w", path.to_str().unwrap()];
        let sniffer = capturing(&with_port(&port.to_string(), &arguments));
        client.send(b"once").unwrap();
        let ended = Ended::by(sniffer, Signal::SIGINT);
        assert_eq!(ended.output.matches("\"once\"").count(), 1, "{ended:?}");
        assert_eq!(tshark(&path, &["udp.payload"]), [["6f6e6365"]]);
    });
}

#[test]
fn later_fragments_pass_a_port_filter_and_are_put_together() {
    in_namespace(|| {
        run(tool(Tool::Ip).args(["link", "set", "lo", "mtu", "1000"]));
        let folder = Folder::new();
        let path = folder.file("fragments.pcap");
        let (client, _server, port) = pair();
        let (other, _elsewhere, _) = pair();
        let port = port.to_string();
        let sniffer = capturing(&with_port(&port, &["--view", "summary", "-w", path.to_str().unwrap()]));
        other.send(&[b'o'; 3000]).unwrap();
        client.send(&[b'f'; 3000]).unwrap();
        let ended = Ended::by(sniffer, Signal::SIGINT);
        let rows = tshark(&path, &["ip.flags.mf", "udp.length"]);
        assert_eq!(
            rows.len(),
            4,
            "976 bytes of the datagram's 3008 fit into each: {rows:?}"
        );
        assert_eq!(rows[3], ["0", "3008"], "tshark puts it together too");
        let lines: Vec<&str> = ended.output.lines().collect();
        assert_eq!(lines[4], "Reassembled from 4 fragments:", "{ended:?}");
        assert!(lines[5].contains(&format!("→ :{port} UDP Len=3000")), "{ended:?}");
        assert_eq!(lines.len(), 6);
        assert!(ended.errors.contains("left out: 3 later fragments"), "{ended:?}");
    });
}
