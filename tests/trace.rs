//! What our programs put on the wire, seen by tcpdump and tshark: the golden trace of the lab.

use crate::support::{Tool, in_empty_namespace, need_all, needs, path_of_ours, shell, tool};

/// Captures in a private namespace, runs the pair there with one line, and ends what it has started.
const SCENE: &str = r#"
    set -e
    cd "$1"
    ip link set lo up
    tcpdump -i lo --immediate-mode -U -w trace.pcap 2> tcpdump.log &
    tcpdump=$!
    until grep -qs listening tcpdump.log; do sleep 0.02; done
    "$2" > server.txt &
    server=$!
    until grep -qs Listening server.txt; do sleep 0.02; done
    port=$(sed -n 's/^Port: *//p' server.txt)
    printf 'udp is lazy\n' | "$3" -ip 127.0.0.1 -p "$port" > client.txt
    sleep 0.3
    kill -TERM "$server"
    wait "$server"
    kill -INT "$tcpdump"
    wait "$tcpdump"
"#;

/// One row a packet with these fields, as tshark prints them.
fn trace(server: &str, client: &str, fields: &[&str]) -> Option<Vec<Vec<String>>> {
    let tools = need_all(&[Tool::Tcpdump, Tool::Tshark, Tool::Ip]);
    if !tools || !needs::root() || !needs::namespaces() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut scene = shell(SCENE);
    scene.arg("sh").arg(folder.path()).args([server, client]);
    let run = in_empty_namespace(&scene).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let mut tshark = tool(Tool::Tshark);
    tshark
        .arg("-r")
        .arg(folder.path().join("trace.pcap"))
        .args(["-T", "fields"]);
    for field in fields {
        tshark.args(["-e", field]);
    }
    let printed = tshark.output().unwrap();
    assert!(printed.status.success());
    let text = String::from_utf8(printed.stdout).unwrap();
    Some(
        text.lines()
            .map(|line| line.split('\t').map(str::to_owned).collect())
            .collect(),
    )
}

#[test]
fn udp_is_two_datagrams() {
    let pair = (path_of_ours("udp-server"), path_of_ours("udp-client"));
    let fields = ["udp.srcport", "udp.dstport", "udp.length", "udp.payload"];
    let Some(packets) = trace(pair.0, pair.1, &fields) else {
        return;
    };
    let [request, reply] = packets.as_slice() else {
        panic!("{packets:?}")
    };
    assert_eq!(
        (&request[0], &request[1]),
        (&reply[1], &reply[0]),
        "the ports are swapped"
    );
    assert_eq!(
        (request[2].as_str(), reply[2].as_str()),
        ("19", "19"),
        "8 of the header and 11 of the line"
    );
    let hex = |text: &str| {
        text.bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .concat()
    };
    assert_eq!((&request[3], &reply[3]), (&hex("udp is lazy"), &hex("UDP IS LAZY")));
}

#[test]
fn tcp_is_the_golden_trace() {
    let pair = (path_of_ours("tcp-server"), path_of_ours("tcp-client"));
    let fields = ["tcp.stream", "tcp.srcport", "tcp.flags", "tcp.len"];
    let Some(packets) = trace(pair.0, pair.1, &fields) else {
        return;
    };
    let client_port = packets[0][1].clone();
    let shown = |packet: &Vec<String>| {
        let side = if packet[1] == client_port { "client" } else { "server" };
        let bits = u16::from_str_radix(packet[2].trim_start_matches("0x"), 16).unwrap();
        let names = [(2, "SYN"), (1, "FIN"), (4, "RST"), (8, "PSH"), (16, "ACK")];
        let flags: Vec<&str> = names
            .iter()
            .filter(|(bit, _)| bits & bit != 0)
            .map(|(_, name)| *name)
            .collect();
        let data = if packet[3] == "0" {
            String::new()
        } else {
            format!(" {}", packet[3])
        };
        format!("{side} {}{data}", flags.join("-"))
    };
    // The second connection is the one that stands behind the next prompt.
    let first: Vec<String> = packets.iter().filter(|packet| packet[0] == "0").map(shown).collect();
    // An ACK may ride on what follows it, or go alone: 8 segments to 11. Everything else has its order.
    let bare_ack = |segment: &&String| !segment.ends_with(" ACK");
    assert_eq!(first[..3], ["client SYN", "server SYN-ACK", "client ACK"]);
    let told: Vec<&String> = first[3..].iter().filter(bare_ack).collect();
    assert_eq!(
        told,
        [
            "client PSH-ACK 12",
            "server PSH-ACK 12",
            "server FIN-ACK",
            "client FIN-ACK"
        ]
    );
    assert_eq!(first.last().unwrap(), "server ACK");
    assert!((8..=11).contains(&first.len()), "{first:?}");
    assert!(
        packets.iter().all(|packet| !shown(packet).contains("RST")),
        "{packets:?}"
    );
}
