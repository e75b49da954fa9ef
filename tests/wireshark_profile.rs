//! The Wireshark profile in docs/wireshark, judged by tshark.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::{Tool, need, tool};

const PROFILE: &str = "docs/wireshark/socket-lab";

/// A home with the profile where Wireshark looks for it.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join(".config/wireshark/profiles/socket-lab");
    fs::create_dir_all(&place).unwrap();
    for entry in fs::read_dir(PROFILE).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, place.join(path.file_name().unwrap())).unwrap();
    }
    home
}

fn tshark(home: &Path, arguments: &[&str]) -> Output {
    let mut command = tool(Tool::Tshark);
    command.env("HOME", home).env_remove("XDG_CONFIG_HOME").args(arguments);
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What tshark complains of, without its word about root.
fn complaints(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let real = errors.lines().filter(|line| !line.starts_with("Running as user"));
    real.collect::<Vec<_>>().join("\n")
}

/// A datagram to port 12000 with the line `udp is lazy`, as a capture file. Checksum 0: none was computed.
fn to_port_12000() -> Vec<u8> {
    let data = b"udp is lazy\n";
    let mut frame = vec![0; 12];
    frame.extend([
        8, 0, 0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 17, 0x3c, 0xc2, 127, 0, 0, 1, 127, 0, 0, 1,
    ]);
    frame.extend([0xac, 0xc1, 0x2e, 0xe0, 0, 20, 0, 0]);
    frame.extend(data);
    let length = u32::try_from(frame.len()).unwrap();
    let mut file = Vec::new();
    file.extend(0xa1b2_c3d4_u32.to_le_bytes());
    file.extend([2, 0, 4, 0]);
    for number in [0, 0, 262_144, 1, 0, 0, length, length] {
        file.extend(u32::to_le_bytes(number));
    }
    file.extend(frame);
    file
}

#[test]
fn tshark_takes_the_profile_without_a_complaint_and_shows_its_columns() {
    if !need(Tool::Tshark) {
        return;
    }
    let home = home();
    let shown = tshark(home.path(), &["-C", "socket-lab", "-r", "captures/tcp.pcapng"]);
    assert_eq!(complaints(&shown), "");
    let first = text(&shown).lines().next().unwrap().to_owned();
    assert!(first.contains("step 1 of 3"), "the comment has a column: {first}");
    let arguments = "-C socket-lab --color -r captures/tcp.pcapng -T fields -e frame.coloring_rule.name";
    let colored = tshark(home.path(), &arguments.split(' ').collect::<Vec<_>>());
    let rules: Vec<String> = text(&colored).lines().take(4).map(str::to_owned).collect();
    assert_eq!(rules, ["Opens: SYN", "Opens: SYN", "Only acknowledges", "Carries data"]);
}

#[test]
fn the_trap_of_port_12000_is_there_and_the_profile_takes_it_away() {
    if !need(Tool::Tshark) {
        return;
    }
    let home = home();
    let file = home.path().join("12000.pcap");
    fs::write(&file, to_port_12000()).unwrap();
    let file = file.to_str().unwrap();
    let protocols = |arguments: &[&str]| {
        let shown = tshark(
            home.path(),
            &[arguments, &["-r", file, "-T", "fields", "-e", "frame.protocols"]].concat(),
        );
        text(&shown).trim().to_owned()
    };
    assert!(protocols(&[]).contains(":llc"), "{}", protocols(&[]));
    assert_eq!(protocols(&["-C", "socket-lab"]), "eth:ethertype:ip:udp:data");
}

#[test]
fn each_of_its_display_filters_is_one() {
    if !need(Tool::Tshark) {
        return;
    }
    let filters = fs::read_to_string(format!("{PROFILE}/dfilters")).unwrap();
    let home = home();
    let mut tried = 0;
    for line in filters.lines() {
        let (name, filter) = line.strip_prefix('"').and_then(|line| line.split_once("\" ")).unwrap();
        let shown = tshark(home.path(), &["-r", "captures/tcp.pcapng", "-Y", filter]);
        assert!(shown.status.success(), "{name}: {}", complaints(&shown));
        let expects_some = name != "Retransmissions";
        assert_eq!(!text(&shown).is_empty(), expects_some, "{name}");
        tried += 1;
    }
    assert!(tried >= 4);
}
