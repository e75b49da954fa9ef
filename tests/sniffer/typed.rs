//! What people bring from other programs: display filters, files as arguments, lists, options. Commands that are printed work.

use super::stage::{Folder, ran};
use crate::support::{path_of_ours, shell};

#[test]
fn a_display_filter_selects_and_says_how_it_was_understood() {
    let theirs = ran(&[
        "-r",
        "captures/tcp.pcapng",
        "--view",
        "summary",
        "tcp.flags.fin == 1 && ip.addr == 127.0.0.1",
    ]);
    let ours = ran(&[
        "-r",
        "captures/tcp.pcapng",
        "--view",
        "summary",
        "tcp[tcpflags] & tcp-fin != 0",
    ]);
    assert_eq!((theirs.code, ours.code), (Some(0), Some(0)), "{theirs:?}");
    assert_eq!(theirs.output, ours.output);
    assert!(!ours.output.is_empty());
    let said = "that is a Wireshark display filter; here: (tcp[13] & 0x1 != 0 or (ip6[6] = 6 and ip6[53] & 0x1 != 0)) and ip host 127.0.0.1";
    assert!(
        theirs.errors.starts_with(said) && theirs.errors.lines().count() == 1,
        "{}",
        theirs.errors
    );
    assert_eq!(ours.errors, "");
}

#[test]
fn a_display_filter_without_a_counterpart_is_one_line() {
    for (filter, part) in [
        ("tcp.analysis.retransmission", "--view summary"),
        ("http.request", "type 'tcp port 80'"),
        ("tcp.port == 80 || 443", "tcp.port in {A, B}"),
    ] {
        let ended = ran(&["-q", "-r", "captures/tcp.pcapng", filter]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert_eq!(ended.errors.lines().count(), 1, "{ended:?}");
        assert!(ended.errors.contains(part), "{ended:?}");
    }
}

#[test]
fn the_command_that_is_printed_works_as_it_is_printed() {
    let folder = Folder::new();
    let spaced = folder.with("my capture.pcapng", &std::fs::read("captures/tcp.pcapng").unwrap());
    let spaced = spaced.to_str().unwrap();
    for typed in [
        &["captures/tcp.pcapng"][..],
        &[spaced, "--view", "summary", "tcp", "and", "port", "13000"],
        &["-q", "-r", "captures/tcp.pcapng", "127.0.0.1:13000"],
        &["-q", "-r", "captures/tcp.pcapng", "127.0.0.1#13000"],
        &["-q", "-r", "captures/tcp.pcapng", "[::1]:13000"],
        &["-q", "-r", "captures/tcp.pcapng", "127.0.0.1,127.0.0.2"],
        &["-q", "-r", "captures/tcp.pcapng", "host", "127.0.0.1,127.0.0.2"],
        &["-q", "-r", "captures/tcp.pcapng", "tcp", "port", "13000,12000"],
        &["-q", "-r", "captures/tcp.pcapng", "TCP"],
        &["-q", "-r", "captures/tcp.pcapng", "13000"],
    ] {
        let ended = ran(typed);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert_eq!(ended.errors.lines().count(), 1, "{ended:?}");
        let (_, command) = ended
            .errors
            .trim_end()
            .split_once("type: ")
            .unwrap_or_else(|| panic!("{ended:?}"));
        assert!(command.starts_with(&path_of_ours("sniffer").to_string()), "{command}");
        let again = shell(command).output().unwrap();
        assert_eq!(
            again.status.code(),
            Some(0),
            "{command}: {}",
            String::from_utf8_lossy(&again.stderr)
        );
    }
}

#[test]
fn options_of_tcpdump_and_tshark_say_what_they_are_here() {
    for (option, part) in [
        ("-U", "leave it out"),
        ("-R", "as the last argument"),
        ("--number", "numbered in any case"),
        ("-A", "-x shows the bytes"),
        ("-e", "--view fields"),
    ] {
        let ended = ran(&["-r", "captures/tcp.pcapng", option, "tcp"]);
        assert_eq!((ended.code, ended.errors.lines().count()), (Some(2), 1), "{ended:?}");
        assert!(ended.errors.contains(part), "{ended:?}");
    }
}
