//! Real exchanges, with what is known of them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::time::Duration;

use serde_json::Value;

use super::stage::{Captured, Path3, SERVER, compared, fated, in_namespace, lines};

/// The clock is the same at both ends: what is estimated is as wrong as it says at most.
fn assert_clock(first: &Value) {
    let offset = first["clock"]["offset"].as_i64().unwrap();
    let error = first["clock"]["error"].as_i64().unwrap();
    assert!(offset.abs() <= error && error < 50_000_000, "{first}");
}

/// A line to the server and back: it answers one for each connection.
fn line(text: &str) {
    let mut stream = TcpStream::connect(SERVER).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut reply = String::new();
    BufReader::new(stream).read_line(&mut reply).unwrap();
    assert_eq!(reply, text.to_uppercase());
}

/// The packets of IP that are not for many hosts, as tshark counts them.
const UNICAST: &str = "ip && !(ip.dst == 224.0.0.0/4)";

/// The numbers of A's packets that pass the filter and that B does not have, as tshark reads both.
fn missing(captured: &Captured, filter: &str) -> Vec<u64> {
    const FIELDS: [&str; 8] = [
        "frame.number",
        "ip.id",
        "ip.proto",
        "tcp.seq_raw",
        "tcp.ack_raw",
        "tcp.flags",
        "tcp.len",
        "udp.srcport",
    ];
    let filter = format!("{UNICAST} && {filter}");
    let [a, b] = ["a.pcapng", "b.pcapng"].map(|name| captured.judged(name, &filter, &FIELDS));
    let mut there: Vec<&[String]> = b.iter().map(|row| &row[1..]).collect();
    let gone = a
        .iter()
        .filter(|row| match there.iter().position(|other| *other == &row[1..]) {
            Some(place) => {
                there.remove(place);
                false
            }
            None => true,
        });
    gone.map(|row| row[0].parse().unwrap()).collect()
}

#[test]
fn what_a_router_drops_was_lost_on_the_way() {
    in_namespace(|| {
        let mut path = Path3::new();
        // The very first packet: only a file that says when its capture began can show that it was lost.
        path.drop_packets(true);
        let connecting = std::thread::spawn(|| TcpStream::connect(SERVER).unwrap());
        std::thread::sleep(Duration::from_millis(500));
        path.drop_packets(false);
        drop(connecting.join().unwrap());
        line("before\n");
        let mut stream = TcpStream::connect(SERVER).unwrap();
        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
        for (number, is_dropped) in [(1, false), (2, true), (3, true), (4, false)] {
            if number == 2 || number == 4 {
                path.drop_packets(is_dropped);
            }
            socket.send_to(&[number; 8], "10.9.2.2:9").unwrap();
        }
        path.drop_packets(true);
        stream.write_all(b"again\n").unwrap();
        std::thread::sleep(Duration::from_millis(100));
        path.drop_packets(false);
        let mut reply = String::new();
        BufReader::new(&stream).read_line(&mut reply).unwrap();
        drop(stream);
        let captured = path.captured();
        let (a, b) = (captured.path("a.pcapng"), captured.path("b.pcapng"));
        let (first, rest) = lines(&a, &b);
        assert_clock(&first);
        // tshark: what A has and B has not, by the data.
        let here = captured.judged("a.pcapng", "udp.dstport == 9 && !icmp", &["frame.number", "data.data"]);
        let there = captured.judged("b.pcapng", "udp.dstport == 9 && !icmp", &["data.data"]);
        assert_eq!((here.len(), there.len()), (4, 2));
        let dropped = here.iter().filter(|row| !there.iter().any(|other| other[0] == row[1]));
        let dropped: Vec<u64> = dropped.map(|row| row[0].parse().unwrap()).collect();
        // The line that was sent while the router dropped, once or more, and arrived at last.
        let sent = captured.numbers("a.pcapng", "tcp.dstport == 13000 && frame contains \"again\"");
        let arrived = captured.numbers("b.pcapng", "tcp.dstport == 13000 && frame contains \"again\"");
        assert_eq!(arrived.len(), 1);
        assert!(sent.len() > 1, "{sent:?}");
        let syns = captured.numbers(
            "a.pcapng",
            "tcp.stream == 0 && tcp.flags.syn == 1 && tcp.flags.ack == 0",
        );
        assert!(syns.len() > 1, "{syns:?}");
        // All that the client has sent and B has not: an acknowledgment may have come while the router dropped, too.
        let lost = missing(&captured, "ip.src == 10.9.1.1");
        for known in [&dropped[..], &sent[..sent.len() - 1], &syns[..syns.len() - 1]].concat() {
            assert!(lost.contains(&known), "{known}: {lost:?}");
        }
        let mut found = fated(&rest, "lost", "a");
        found.sort_unstable();
        assert_eq!(found, lost);
        let again = rest.iter().find(|line| line["a"][0] == sent[0]).unwrap();
        assert_eq!(again["again"], sent[1]);
        let arrived = captured.numbers("a.pcapng", UNICAST).len() - lost.len();
        let other = rest
            .iter()
            .filter(|line| line["fate"] != "arrived" && line["fate"] != "lost");
        let other: Vec<&Value> = other.collect();
        assert_eq!(first["pairs"].as_u64().unwrap(), arrived as u64, "{other:?}");
        // The other way round it is the same.
        let (turned, rest) = lines(&b, &a);
        let offsets = [&first, &turned].map(|line| line["clock"]["offset"].as_i64().unwrap());
        // The middle of an odd number of nanoseconds is rounded.
        assert!((offsets[0] + offsets[1]).abs() <= 1, "{offsets:?}");
        let mut found = fated(&rest, "lost", "b");
        found.sort_unstable();
        assert_eq!(found, lost);
        let text = String::from_utf8(compared(&a, &b, &[]).stdout).unwrap();
        assert!(text.contains("× lost on the way"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    });
}

/// The packets of B, less one, as the packets of A have them.
fn lost_without(captured: &Captured, filter: &str) -> (u64, Value, Vec<Value>) {
    let gone = captured.numbers("b.pcapng", filter)[0];
    let copy = captured.without("b.pcapng", "less.pcapng", &[gone]);
    let (first, rest) = lines(&captured.path("a.pcapng"), &copy);
    (captured.numbers("a.pcapng", filter)[0], first, rest)
}

#[test]
fn a_packet_that_a_capture_lacks_was_not_lost_if_it_was_acknowledged() {
    in_namespace(|| {
        let path = Path3::new();
        line("one\n");
        line("two\n");
        let captured = path.captured();
        let (whole, rest) = lines(&captured.path("a.pcapng"), &captured.path("b.pcapng"));
        assert_clock(&whole);
        assert!(rest.iter().all(|line| line["fate"] == "arrived"), "{rest:?}");
        assert_eq!(whole["pairs"], captured.numbers("a.pcapng", UNICAST).len() as u64);
        assert_eq!(whole["pairs"], captured.numbers("b.pcapng", UNICAST).len() as u64);
        let (number, first, rest) = lost_without(&captured, "tcp.dstport == 13000 && frame contains \"two\"");
        assert_eq!(fated(&rest, "missed", "a"), [number]);
        assert_eq!(first["pairs"], whole["pairs"].as_u64().unwrap() - 1);
        // The third segment of the handshake carries nothing that is acknowledged.
        let (number, first, rest) =
            lost_without(&captured, "tcp.dstport == 13000 && tcp.flags == 0x10 && tcp.len == 0");
        assert_eq!(fated(&rest, "lost", "a"), [number]);
        assert_eq!(first["pairs"], whole["pairs"].as_u64().unwrap() - 1);
    });
}

#[test]
fn segments_that_were_put_together_are_found_by_their_bytes() {
    in_namespace(|| {
        let path = Path3::new();
        let mut stream = TcpStream::connect(SERVER).unwrap();
        let text = format!("{}\n", "x".repeat(200_000));
        let mut writer = stream.try_clone().unwrap();
        let sent = text.clone();
        let writing = std::thread::spawn(move || writer.write_all(sent.as_bytes()).unwrap());
        let mut reply = String::new();
        BufReader::new(&mut stream).read_line(&mut reply).unwrap();
        writing.join().unwrap();
        assert_eq!(reply.len(), text.len());
        drop(stream);
        let captured = path.captured();
        let data = "tcp.dstport == 13000 && tcp.len > 0";
        let counts = ["a.pcapng", "b.pcapng"].map(|name| captured.numbers(name, data).len());
        let (first, rest) = lines(&captured.path("a.pcapng"), &captured.path("b.pcapng"));
        assert_clock(&first);
        assert!(
            fated(&rest, "lost", "a").is_empty() && fated(&rest, "lost", "b").is_empty(),
            "{rest:?}"
        );
        assert!(fated(&rest, "only-received", "b").is_empty(), "{rest:?}");
        let regrouped = fated(&rest, "regrouped", "a").len();
        assert!(counts[0] > counts[1] && regrouped > 0, "{counts:?} {regrouped}");
    });
}
