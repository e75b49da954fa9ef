//! Capture files read, chosen from and copied.

use std::path::Path;
use std::process::Stdio;

use super::frames::{SECOND, numbered, pcap, udp};
use super::stage::{Ended, Folder, ran, run, sniffer, text, tshark};
use crate::support::{Tool, essential, need, need_all, tool};

/// Time and bytes of every packet, as tcpdump reads them: another program than the one that judges the format.
fn bytes_and_times(path: &Path) -> String {
    let mut tcpdump = tool(Tool::Tcpdump);
    run(tcpdump
        .args(["--nano", "-tt", "-XX", "-n", "-r"])
        .arg(path)
        .stderr(Stdio::null()))
}

fn judges() -> bool {
    need_all(&[Tool::Tshark, Tool::Tcpdump])
}

#[test]
fn a_copy_in_another_format_keeps_times_and_bytes() {
    if !judges() {
        return;
    }
    let folder = Folder::new();
    let original = folder.capture(20);
    let (pcapng, back) = (folder.file("copy.pcapng"), folder.file("back.pcap"));
    for (from, to) in [(&original, &pcapng), (&pcapng, &back)] {
        let ended = ran(&["-q", "-r", from.to_str().unwrap(), "-w", to.to_str().unwrap()]);
        assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{ended:?}");
        assert_eq!(bytes_and_times(to), bytes_and_times(&original));
    }
    let rows = tshark(&pcapng, &["frame.time_epoch"]);
    assert_eq!(
        rows[19],
        [format!("{}.000000019", SECOND + 19)],
        "the nanoseconds are kept"
    );
    assert_eq!(
        std::fs::read(&pcapng).unwrap()[..4],
        [0x0a, 0x0d, 0x0d, 0x0a],
        "the ending chose pcapng"
    );
    assert_eq!(std::fs::read(&back).unwrap(), std::fs::read(&original).unwrap());
}

/// What the file says of its first interface's counts, as the blocks have it: options by their codes.
fn statistics(path: &Path) -> Vec<(u16, Vec<u8>)> {
    let file = std::fs::read(path).unwrap();
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let mut at = 0;
    let mut found = Vec::new();
    while at < file.len() {
        let end = at + word(at + 4) as usize;
        let (kind, mut option) = (word(at), at + 20);
        at = end;
        if kind != 5 {
            continue;
        }
        while option < end - 4 {
            let [code, length] =
                [option, option + 2].map(|at| u16::from_le_bytes(file[at..at + 2].try_into().unwrap()));
            let value = file[option + 4..option + 4 + usize::from(length)].to_vec();
            found.push((code, value));
            option += 4 + usize::from(length).next_multiple_of(4);
        }
    }
    found
}

#[test]
fn a_copy_keeps_what_was_counted_whatever_was_chosen() {
    if !need_all(&[Tool::Capinfos, Tool::Tshark]) {
        return;
    }
    let folder = Folder::new();
    let original = Path::new("captures/tcp.pcapng");
    let told = statistics(original);
    assert!(told.iter().any(|(code, _)| *code == 4), "{told:?}");
    for choice in ["tcp", "tcp[tcpflags] & tcp-syn != 0", "udp"] {
        let copy = folder.file("copy.pcapng");
        let arguments = ["-q", "-r", original.to_str().unwrap(), "-w", copy.to_str().unwrap()];
        let ended = ran(&[&arguments[..], &["--force", choice]].concat());
        let nothing = "warning: none of 10 packets passes the filter udp\n";
        let errors = if choice == "udp" { nothing } else { "" };
        assert_eq!((ended.code, ended.errors.as_str()), (Some(0), errors), "{choice}");
        assert_eq!(statistics(&copy), told, "{choice}");
        let info = run(tool(Tool::Capinfos).arg(&copy));
        assert!(
            info.contains("Number of stat entries = 1") && info.contains("Name = lo"),
            "{info}"
        );
        assert_eq!(tshark(&copy, &["frame.number"]).is_empty(), choice == "udp");
    }
}

#[test]
fn a_copy_has_what_was_chosen_and_nothing_else() {
    if !judges() {
        return;
    }
    let folder = Folder::new();
    let frames: Vec<Vec<u8>> = (0..10)
        .map(|number| udp(4000 + number, 9000 + number % 2, b"data"))
        .collect();
    let path = folder.with("mixed.pcap", &pcap(&frames));
    let path = path.to_str().unwrap();
    let choices: [(&[&str], usize); 6] = [
        (&["-p", "9001"], 5),
        (&["udp and src port 4003"], 1),
        (&["-c", "4"], 4),
        (&["-p", "9001", "-c", "2"], 2),
        (&["--host", "192.0.2.1", "not", "port", "9000"], 5),
        (&["tcp"], 0),
    ];
    for (choice, expected) in choices {
        let copy = folder.file("chosen.pcapng");
        let arguments = ["-r", path, "-w", copy.to_str().unwrap(), "--force", "--view", "summary"];
        let ended = ran(&[&arguments, choice].concat());
        assert_eq!(
            (ended.code, ended.output.lines().count()),
            (Some(0), expected),
            "{choice:?}: {ended:?}"
        );
        assert_eq!(tshark(&copy, &["frame.number"]).len(), expected, "{choice:?}");
    }
}

#[test]
fn packets_keep_the_numbers_that_they_have_in_the_file() {
    let folder = Folder::new();
    let frames: Vec<Vec<u8>> = (0..4).map(|number| udp(4000, 9000 + number, b"data")).collect();
    let path = folder.with("mixed.pcap", &pcap(&frames));
    let ended = ran(&["-r", path.to_str().unwrap(), "--view", "summary", "-p", "9002"]);
    assert!(ended.output.trim_start().starts_with("3 "), "{ended:?}");
}

#[test]
fn a_pipe_is_read_as_a_file_is() {
    let folder = Folder::new();
    let path = folder.capture(3);
    let expected = ran(&["-r", path.to_str().unwrap(), "--view", "summary"]);
    assert_eq!(expected.output.lines().count(), 3);
    let mut cat = essential("cat").arg(&path).stdout(Stdio::piped()).spawn().unwrap();
    let mut reading = sniffer(&["-r", "-", "--view", "summary"]);
    let ended = Ended::from(reading.stdin(cat.stdout.take().unwrap()).output().unwrap());
    cat.wait().unwrap();
    assert_eq!((ended.code, ended.output), (Some(0), expected.output));
}

#[test]
fn standard_output_gets_a_capture_and_nothing_else() {
    if !judges() {
        return;
    }
    let folder = Folder::new();
    let path = folder.capture(5);
    let output = sniffer(&["-r", path.to_str().unwrap(), "-w", "-"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(output.stdout, std::fs::read(&path).unwrap());
    let mut tshark = tool(Tool::Tshark);
    let (ours, mut theirs) = crate::support::pipe();
    std::io::Write::write_all(&mut theirs, &output.stdout).unwrap();
    drop(theirs);
    let read = run(tshark
        .args(["-r", "-", "-T", "fields", "-e", "udp.dstport"])
        .stdin(ours));
    assert_eq!(read, "9000\n".repeat(5));
}

/// A long file is shown by several threads, a pipe packet by packet.
#[test]
fn a_long_file_is_shown_as_a_pipe_is() {
    let folder = Folder::new();
    let path = folder.capture(3_000);
    let path = path.to_str().unwrap();
    for view in [
        &["--view", "fields"][..],
        &["--view", "diagram", "-x"],
        &["--json"],
        &["--view", "fields", "--flow", "1", "-c", "2500"],
    ] {
        let from_file = ran(&[&["-r", path, "--utc"], view].concat());
        let from_pipe = sniffer(&[&["-r", "-", "--utc"], view].concat())
            .stdin(Stdio::from(std::fs::File::open(path).unwrap()))
            .output()
            .unwrap();
        assert_eq!(from_file.code, Some(0), "{}", from_file.errors);
        assert!(from_file.output.lines().count() > 2_400, "{view:?}");
        assert!(from_file.output.as_bytes() == from_pipe.stdout, "{view:?}");
    }
}

#[test]
fn a_packed_file_is_read() {
    if !need(Tool::Gzip) {
        return;
    }
    let folder = Folder::new();
    let path = folder.capture(50);
    let plain = ran(&["-r", path.to_str().unwrap(), "--json"]);
    run(tool(Tool::Gzip).arg(&path));
    let packed = path.with_extension("pcap.gz");
    let read = ran(&["-r", packed.to_str().unwrap(), "--json"]);
    assert_eq!(
        (read.code, read.output.lines().count()),
        (Some(0), 51),
        "{}",
        read.errors
    );
    assert_eq!(read.output, plain.output);
}

#[test]
fn a_cut_file_gives_its_packets_then_one_warning() {
    let folder = Folder::new();
    let whole = folder.capture(5);
    let again = folder.file("whole.pcapng");
    let copied = ran(&["-q", "-r", whole.to_str().unwrap(), "-w", again.to_str().unwrap()]);
    assert_eq!(copied.code, Some(0), "{copied:?}");
    for path in [whole, again] {
        let bytes = std::fs::read(&path).unwrap();
        // In the middle of the last packet's data, and behind its first byte.
        for gone in [10, 45] {
            let cut = folder.with("cut", &bytes[..bytes.len() - gone]);
            let ended = ran(&["-r", cut.to_str().unwrap(), "--view", "summary"]);
            assert_eq!(
                (ended.code, ended.output.lines().count()),
                (Some(1), 4),
                "{path:?} {gone}: {ended:?}"
            );
            let lines: Vec<&str> = ended.errors.lines().collect();
            let [warning] = lines.as_slice() else {
                panic!("{ended:?}")
            };
            assert!(
                warning.starts_with("warning: ") && warning.contains("cut is cut"),
                "{warning}"
            );
            // What was whole can be saved.
            let saved = folder.file("saved.pcap");
            let ended = ran(&[
                "-q",
                "-r",
                cut.to_str().unwrap(),
                "-w",
                saved.to_str().unwrap(),
                "--force",
            ]);
            assert_eq!(ended.code, Some(1));
            assert_eq!(std::fs::read(saved).unwrap(), pcap(&numbered(4)));
        }
    }
}

#[test]
fn the_file_that_is_read_is_not_written_over() {
    let folder = Folder::new();
    let path = folder.capture(1000);
    let before = std::fs::read(&path).unwrap();
    let ended = ran(&[
        "-q",
        "-r",
        path.to_str().unwrap(),
        "-w",
        path.to_str().unwrap(),
        "--force",
    ]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.errors.contains("is the file that is being read"),
        "{}",
        ended.errors
    );
    assert!(std::fs::read(&path).unwrap() == before, "packets were lost");
}

#[test]
fn a_reader_who_has_left_ends_it_quietly() {
    let folder = Folder::new();
    let path = folder.capture(20_000);
    for arguments in [["--view", "summary"], ["--view", "fields"], ["-w", "-"]] {
        let arguments = [&["-r", path.to_str().unwrap()][..], &arguments].concat();
        let (ours, theirs) = crate::support::pipe();
        let mut command = sniffer(&arguments);
        let reading = command.stdout(theirs).stderr(Stdio::piped()).spawn().unwrap();
        drop(command);
        let mut first = [0; 3];
        std::io::Read::read_exact(&mut { ours }, &mut first).unwrap();
        let ended = Ended::from(reading.wait_with_output().unwrap());
        assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn a_copy_is_whole_though_the_reader_of_the_screen_has_left() {
    let folder = Folder::new();
    let (path, copy) = (folder.capture(20_000), folder.file("copy.pcap"));
    let (ours, theirs) = crate::support::pipe();
    drop(ours);
    let arguments = [
        "-r",
        path.to_str().unwrap(),
        "--view",
        "summary",
        "-w",
        copy.to_str().unwrap(),
    ];
    let ended = Ended::from(
        sniffer(&arguments)
            .stdout(theirs)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap(),
    );
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""));
    assert!(
        std::fs::read(&copy).unwrap() == std::fs::read(&path).unwrap(),
        "packets are missing"
    );
}
