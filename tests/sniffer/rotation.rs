//! A recording in a row of files, -C, -G and -W: names and borders are tcpdump's, and nothing is lost between two files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use socket_lab::record::Reader;

use super::frames;
use super::stage::{Ended, Folder, capturing, in_one_namespace, pair, ran, run, sniffer};
use crate::support::{PATIENCE, Tool, need, tool};

/// The packets of a file, as their bytes.
fn packets(path: &Path) -> Vec<Vec<u8>> {
    let mut reader = Reader::open(path).unwrap();
    let mut all = Vec::new();
    while let Some(frame) = reader.next().unwrap() {
        all.push(frame.bytes.to_vec());
    }
    all
}

/// The files of a folder, sorted by name, with their packets.
fn listed(folder: &Path) -> Vec<(String, Vec<Vec<u8>>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), packets(&entry.path())))
        .collect();
    all.sort();
    all
}

/// A capture of 3 MB.
fn large(folder: &Folder) -> std::path::PathBuf {
    folder.with("large.pcap", &frames::pcap(&frames::numbered(40_000)))
}

#[test]
fn files_and_their_packets_are_those_of_tcpdump() {
    if !need(Tool::Tcpdump) {
        return;
    }
    let folder = Folder::new();
    let file = large(&folder);
    for options in [
        &["-C", "1"][..],
        &["-C", "1", "-W", "2"],
        &["-C", "1", "-W", "11"],
        &["-C", "1", "-W", "1"],
    ] {
        let [theirs, ours] = ["theirs", "ours"].map(|name| folder.file(name));
        for made in [&theirs, &ours] {
            let _ = fs::remove_dir_all(made);
            fs::create_dir(made).unwrap();
            // tcpdump, started by root, writes as another user.
            fs::set_permissions(made, fs::Permissions::from_mode(0o777)).unwrap();
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let arguments = ["-r", file.to_str().unwrap(), "-w", "x%H"];
        run(tool(Tool::Tcpdump).args(arguments).args(options).current_dir(&theirs));
        let ended = sniffer(&["-q"])
            .args(arguments)
            .args(options)
            .current_dir(&ours)
            .output()
            .unwrap();
        assert!(
            ended.status.success() && ended.stderr.is_empty(),
            "{options:?}: {ended:?}"
        );
        let (theirs, ours) = (listed(&theirs), listed(&ours));
        assert!(!ours.is_empty() && ours == theirs, "{options:?}");
    }
}

#[test]
fn each_pcapng_file_is_complete_and_says_which_part_it_is() {
    let folder = Folder::new();
    let file = large(&folder);
    let name = folder.file("row.pcapng.gz");
    let ended = ran(&[
        "-q",
        "-r",
        file.to_str().unwrap(),
        "-C",
        "2",
        "-w",
        name.to_str().unwrap(),
    ]);
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""));
    let mut all = 0;
    for number in 0_usize.. {
        let place = if number == 0 { String::new() } else { number.to_string() };
        let Ok(mut reader) = Reader::open(&folder.file(&format!("row.pcapng{place}.gz"))) else {
            assert!(number > 2, "{number}");
            break;
        };
        let part = format!(
            "File {} of a row; its first packet is packet {} of the row.",
            number + 1,
            all + 1
        );
        let info = reader.file_info();
        assert!(info.interfaces.len() <= 1 && info.packing.is_some());
        let comments = &info.sections[0].comments;
        assert_eq!(
            comments.iter().any(|comment| comment.starts_with(&part)),
            number > 0,
            "{comments:?}"
        );
        while let Some(frame) = reader.next().unwrap() {
            assert!(!frame.comments.is_empty());
            all += 1;
        }
    }
    assert_eq!(all, 40_000);
}

#[test]
fn with_seconds_a_file_has_the_packets_of_its_time() {
    let folder = Folder::new();
    let file = folder.with("timed.pcap", &frames::pcap(&frames::numbered(300)));
    let times: Vec<i64> = {
        let mut reader = Reader::open(&file).unwrap();
        let mut all = Vec::new();
        while let Some(frame) = reader.next().unwrap() {
            all.push(frame.time.unwrap().0 / 1_000_000_000);
        }
        all
    };
    let mut expected: Vec<(i64, usize)> = Vec::new();
    for time in times {
        match expected.last_mut() {
            Some((since, count)) if time - *since < 7 => *count += 1,
            _ => expected.push((time, 1)),
        }
    }
    for (most, options) in [(usize::MAX, &[][..]), (1, &["-W", "1"])] {
        let made = folder.file("made");
        let _ = fs::remove_dir_all(&made);
        fs::create_dir(&made).unwrap();
        let name = made.join("x%s.pcap");
        let arguments = [
            "-q",
            "-r",
            file.to_str().unwrap(),
            "-G",
            "7",
            "-w",
            name.to_str().unwrap(),
        ];
        let ended = ran(&[&arguments[..], options].concat());
        assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""));
        let files = listed(&made).into_iter().map(|(name, packets)| (name, packets.len()));
        let expected = expected
            .iter()
            .take(most)
            .map(|(since, count)| (format!("x{since}.pcap"), *count));
        assert_eq!(files.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
}

#[test]
fn what_cannot_be_a_row_is_refused_in_one_line() {
    let folder = Folder::new();
    let file = large(&folder);
    let copy = folder.file("read1");
    fs::copy(&file, &copy).unwrap();
    let row = folder.file("row");
    folder.with("taken1", b"precious");
    let pipe = folder.file("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let name = |file: &str| folder.file(file).to_str().unwrap().to_owned();
    for (read, options, said) in [
        (
            &file,
            vec!["-W", "3", "-w", row.to_str().unwrap()],
            "-W is the number of files that -C or -G makes",
        ),
        (
            &file,
            vec!["-C", "1", "-w", "-"],
            "give -w the name of a file instead of \"-\"",
        ),
        (&file, vec!["-C", "1"], "--write <FILE>"),
        (
            &file,
            vec!["-C", "0", "-w", row.to_str().unwrap()],
            "a size is a whole number from 1",
        ),
        (&file, vec!["-G", "0", "-w", row.to_str().unwrap()], "invalid value '0'"),
        (
            &file,
            vec!["-G", "5", "-w", row.to_str().unwrap()],
            "would write two files of the same name",
        ),
        (
            &file,
            vec!["-G", "5", "-w", "x%Q"],
            "a % that stands for no part of a time",
        ),
        (
            &file,
            vec!["-C", "1", "-w", &name("taken")],
            "taken1 exists already; choose another name, or say --force",
        ),
        (
            &copy,
            vec!["-C", "1", "--force", "-w", &name("read")],
            "read1: it is the file that is being read",
        ),
        (
            &file,
            vec!["-C", "1", "-w", &name("pipe")],
            "-C and -G make ordinary files, and it is none",
        ),
    ] {
        let ended = ran(&[&["-q", "-r", read.to_str().unwrap()], &options[..]].concat());
        assert!(ended.code == Some(1) || ended.code == Some(2), "{options:?}: {ended:?}");
        assert!(
            ended.errors.contains(said) && ended.errors.lines().count() == 1,
            "{options:?}: {ended:?}"
        );
    }
    assert_eq!(fs::read(folder.file("taken1")).unwrap(), b"precious");
    assert_eq!(fs::read(&copy).unwrap(), fs::read(&file).unwrap());
    // What was written before is whole, and what could not be is counted.
    let kept = packets(&folder.file("taken")).len();
    assert!(kept > 1_000);
    let ended = ran(&[
        "-q",
        "-r",
        file.to_str().unwrap(),
        "-C",
        "1",
        "--force",
        "-w",
        &name("taken"),
    ]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    fs::remove_file(folder.file("taken")).unwrap();
    let ended = ran(&["-q", "-r", file.to_str().unwrap(), "-C", "1", "-w", &name("taken")]);
    let counted = format!(
        "; packets lost: {}, packets whole in the files before: {kept}\n",
        40_000 - kept
    );
    assert!(ended.code == Some(1) && ended.errors.ends_with(&counted), "{ended:?}");
}

#[test]
fn live_nothing_is_lost_between_files_and_finished_ones_can_be_read() {
    in_one_namespace(|| {
        let folder = Folder::new();
        let (client, _server, port) = pair();
        let port = port.to_string();
        let name = folder.file("ring.pcap");
        let running = capturing(&["-p", &port, "-q", "-C", "2k", "-W", "3", "-w", name.to_str().unwrap()]);
        for number in 0_u32..200 {
            client.send(&[number.to_be_bytes(), [7; 4]].concat()).unwrap();
        }
        let since = Instant::now();
        while fs::read(folder.file("ring.pcap2")).map_or(0, |bytes| bytes.len()) < 2_000 && since.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(10));
        }
        let ended = Ended::by(running, Signal::SIGINT);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(
            ended.errors.contains("200 packets, ") && ended.errors.contains(" were in files that later ones"),
            "{ended:?}"
        );
        let files = listed(folder.path());
        assert_eq!(
            files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["ring.pcap0", "ring.pcap1", "ring.pcap2"]
        );
        let mut numbers: Vec<u32> = files
            .iter()
            .flat_map(|(_, packets)| packets)
            .map(|packet| u32::from_be_bytes(*packet[42..].first_chunk().unwrap()))
            .collect();
        numbers.sort_unstable();
        let first = 200 - u32::try_from(numbers.len()).unwrap();
        assert_eq!(numbers, (first..200).collect::<Vec<_>>());
        assert!(
            ended.errors.contains(&format!("; {first} packets were in files")),
            "{ended:?}"
        );
    });
}
