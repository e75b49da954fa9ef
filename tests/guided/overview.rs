//! What the first command shows: one screen.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use super::stage::{Ended, TestFolder, count, ready};
use crate::support::{Tool, copy, copy_program, need, path_of_ours, shell, tool};

/// The lines of the screen that a student has.
const SCREEN: usize = 40;

/// The number in a text like `"process 4711"`, behind the first of the words.
fn number_behind(text: &str, words: &str) -> u32 {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("no {words:?}: {text}"));
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits
        .parse()
        .unwrap_or_else(|_| panic!("no number behind {words:?}: {text}"))
}

/// The commands below "Next".
fn next_commands(told: &str) -> Vec<String> {
    let next = told.lines().skip_while(|line| *line != "Next").skip(1);
    let lines = next.take_while(|line| !line.contains("Report:"));
    // An explanation stands behind the command, or below it, further to the right.
    let commands = lines.filter(|line| line.starts_with("   ") && !line.starts_with("    "));
    let commands = commands.map(|line| line.trim().split("  ").next().unwrap().to_owned());
    commands.collect()
}

#[test]
fn the_first_command_fits_one_screen_and_shows_the_line_on_the_arrow() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let ended = place.ran(&["--style", "unicode"]);
    let told = ended.fine();
    assert!(
        told.lines().count() <= SCREEN,
        "{} lines:\n{told}",
        told.lines().count()
    );
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    assert!(told.starts_with("A line over TCP"), "{told}");
    for words in [
        "  Typed at the client:  sockets are doors\n",
        "  Server's reply:       SOCKETS ARE DOORS\n",
        "══ \"sockets are doors\\n\" 18 bytes ══",
        "══ \"SOCKETS ARE DOORS\\n\" 18 bytes ══",
        "── SYN-ACK seq=0 ack=1 ──",
        "connect(3)",
        "TIME-WAIT",
        "What to notice\nA Three packets before any data",
        "\nB 18 bytes of data: the 17 of the line",
        "\nC The server closed first",
        "Report: captures/latest/tcp.html",
    ] {
        assert!(told.contains(words), "{words:?}:\n{told}");
    }
    let [client, server] = ["client, process ", "server, process "].map(|words| number_behind(told, words));
    assert_ne!(client, server, "{told}");
    // What is said of both transports is what was captured.
    let packets = ["tcp", "udp"].map(|name| count(&place.latest(&format!("{name}.pcapng")), name));
    let [tcp, udp] = packets;
    assert!(
        told.contains(&format!("{udp} packets instead of {tcp}.")),
        "{packets:?}:\n{told}"
    );
}

#[test]
fn on_a_slow_computer_it_is_one_screen_as_well() {
    if !ready() || !need(Tool::Strace) {
        return;
    }
    let place = TestFolder::new();
    let lab = place.command(&["--style", "ascii"]);
    let mut slow = tool(Tool::Strace);
    slow.args([
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=connect,accept4,sendto,recvfrom,shutdown",
    ]);
    // Microseconds.
    slow.args([
        "-e",
        "inject=connect,accept4,sendto,recvfrom,shutdown:delay_enter=120000",
    ]);
    slow.arg(lab.get_program())
        .args(lab.get_args())
        .current_dir(place.path());
    let output = slow.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.lines().count() <= SCREEN,
        "{} lines:\n{told}",
        told.lines().count()
    );
    for words in ["connect(3)", "accept(3) = ", "SYN-ACK", "TIME-WAIT", "recv(3) = 18"] {
        assert!(told.contains(words), "{words:?}:\n{told}");
    }
}

#[test]
fn in_a_folder_of_a_long_name_it_is_one_screen_and_its_commands_work() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    // Once the commands fill their lines, and once they are longer than the screen and have to be quoted.
    for name in [
        "of-40-letters-as-a-home-folder-and-more",
        "it's my own course's folder with a name that no line of the screen holds",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join(name).join("socket-lab");
        fs::create_dir(folder.path().join(name)).unwrap();
        copy_program(path_of_ours("socket-lab"), program.clone());
        let mut command = copy(program);
        let told = Ended::from(
            place
                .as_user(&mut command)
                .args(["--style", "unicode"])
                .output()
                .unwrap(),
        );
        let told = told.fine();
        assert!(
            told.lines().count() <= SCREEN,
            "{} lines:\n{told}",
            told.lines().count()
        );
        let commands = next_commands(told);
        assert_eq!(commands.len(), 3, "{commands:?}");
        for typed in &commands[1..] {
            let mut command = shell(typed);
            let output = place.as_user(&mut command).output().unwrap();
            assert!(output.status.success(), "{typed}: {output:?}");
        }
    }
}

#[test]
fn the_files_of_a_folder_with_blanks_are_shown_again_by_the_command_as_printed() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let ended = place.ran(&["udp", "--full", "-o", "my course's run", "--style", "ascii"]);
    let lines = ended.fine().lines().map(str::trim);
    let lines = lines.skip_while(|line| !line.contains("sniffer") || !line.ends_with('\\'));
    let count = 1 + lines.clone().take_while(|line| line.ends_with('\\')).count();
    let typed: Vec<&str> = lines.take(count).collect();
    let output = place.as_user(&mut shell(&typed.join("\n"))).output().unwrap();
    assert!(output.status.success(), "{typed:?}: {output:?}");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("sendto(3) called"),
        "{output:?}"
    );
}

#[test]
fn each_mark_is_at_the_packet_that_its_sentence_is_about() {
    if !ready() {
        return;
    }
    let ended = TestFolder::new().ran(&["tcp", "--style", "ascii"]);
    let told = ended.fine();
    for (mark, words) in [
        ("A  1 ", "SYN seq=0"),
        ("B  4 ", "\"sockets are doors\\n\""),
        ("C  8 ", "FIN"),
    ] {
        let mut lines = told.lines().filter(|line| line.starts_with(mark));
        let line = lines.next().unwrap_or_else(|| panic!("no {mark:?}:\n{told}"));
        assert!(line.contains(words), "{line}");
    }
}

#[test]
fn every_run_has_an_overview_that_fits_the_columns_in_any_style() {
    if !ready() {
        return;
    }
    for run in ["udp", "tcp", "refused", "empty", "long", "idle", "syn-scan", "close"] {
        for (style, width) in [("unicode", 80), ("ascii", 60), ("plain", 80)] {
            let ended = TestFolder::new().ran(&[run, "--style", style, "--width", &width.to_string()]);
            let told = ended.fine();
            for line in told.lines() {
                // A screen reader has no columns: its sentences are a line each.
                let fits = line.chars().count() <= width || style == "plain";
                assert!(fits, "{run} {style} {width}: {line:?}");
                assert!(style != "ascii" || line.is_ascii(), "{run} {style}: {line:?}");
            }
            assert!(told.contains("What to notice"), "{run}: {told}");
        }
    }
}

#[test]
fn what_is_offered_next_works_as_it_is_printed() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let bin = place.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let opener = bin.join("xdg-open");
    fs::write(&opener, "#!/bin/sh\nprintf '%s' \"$1\" > opened\n").unwrap();
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let ended = place.ran(&["--style", "unicode"]);
    let commands = next_commands(ended.fine());
    assert_eq!(commands.len(), 3, "{commands:?}");
    for typed in commands {
        let mut command = shell(&typed);
        let output = place.as_user(&mut command).env("PATH", &path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{typed}: {said}");
        assert!(!output.stdout.is_empty(), "{typed}");
    }
    let shown = fs::read_to_string(place.path().join("opened")).unwrap();
    assert_eq!(
        shown,
        fs::canonicalize(place.latest("tcp.html")).unwrap().to_str().unwrap()
    );
}

#[test]
fn opening_fails_in_one_line_with_a_way_to_go_on() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let refused = place.ran(&["open"]);
    assert!(
        refused.one_line().contains("there is no report in captures/latest"),
        "{refused:?}"
    );
    place.ran(&["udp", "-o", "my run"]).fine();
    let opening = |name: &str, value: &str| {
        let mut command = place.command(&["open", "-o", "my run"]);
        command.env("PATH", "/nonexistent").env(name, value);
        Ended::from(command.output().unwrap())
    };
    let path = fs::canonicalize(place.path().join("my run/udp.html")).unwrap();
    let nothing = opening("X", "");
    let line = nothing.one_line();
    assert!(line.contains("xdg-open is not installed"), "{line}");
    assert!(line.contains(path.to_str().unwrap()), "{line}");
    let remote = opening("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22");
    assert!(remote.fine().contains("@192.0.2.1:"), "{remote:?}");
    assert!(remote.output.contains("my run/udp.html' ."), "{remote:?}");
}

#[test]
fn a_browser_that_stays_does_not_hold_the_command() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    place.ran(&["udp"]).fine();
    let opener = place.path().join("xdg-open");
    fs::write(&opener, "#!/bin/sh\nexec sleep 4\n").unwrap();
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", place.path().display());
    let since = Instant::now();
    let output = place.command(&["open"]).env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
}

#[test]
fn the_report_is_a_link_only_where_the_terminal_shows_links() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let linked = place.command(&["udp"]).env("FORCE_HYPERLINK", "1").output().unwrap();
    let linked = String::from_utf8(linked.stdout).unwrap();
    let path = fs::canonicalize(place.latest("udp.html")).unwrap();
    let (_, address) = linked
        .split_once("\x1b]8;;file://")
        .unwrap_or_else(|| panic!("{linked}"));
    let (address, rest) = address.split_once("\x1b\\").unwrap();
    assert!(address.ends_with(path.to_str().unwrap()), "{address}");
    assert!(rest.starts_with("captures/latest/udp.html\x1b]8;;\x1b\\;"), "{rest:?}");
    assert!(!place.ran(&["udp"]).fine().contains('\x1b'));
}
