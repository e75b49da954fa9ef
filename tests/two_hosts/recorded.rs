//! The recorded runs of captures/two-hosts: what README says of them, and whether record and captures agree.

use std::collections::BTreeSet;
use std::path::Path;

use socket_lab::record::Reader;

use super::stage::{ENDINGS, RECORDED, Run};
use super::truth::{assert_found, assert_true};

/// Every recorded run, as README lists them.
const RUNS: [&str; 13] = [
    "rtt",
    "udp-lost",
    "syn-lost",
    "synack-lost",
    "data-lost",
    "corrupt",
    "duplicate",
    "fast-retransmit",
    "timer",
    "zero-window",
    "slow-start",
    "halved",
    "asymmetric",
];

/// A capture of `rtt` at the server, as a clock that is ahead by this many nanoseconds records it.
const AHEAD: (&str, u64) = ("rtt.server-ahead.pcapng", 37_123_000_000);

/// The run of README's picture: it has one capture, and a wire without rules.
const PICTURED: [&str; 2] = ["tcp.pcapng", "tcp.calls.jsonl"];

#[test]
fn the_readme_lists_every_run_with_its_packets() {
    let readme = std::fs::read_to_string("captures/README.md").unwrap();
    let (_, readme) = readme.split_once("## Two hosts").unwrap();
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: Vec<(&str, usize, usize)> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_end_matches('`')).collect();
            (cells[0], cells[1].parse().unwrap(), cells[2].parse().unwrap())
        })
        .collect();
    let counted = RUNS.map(|word| {
        let run = Run::recorded(word);
        (word, run.frames("client").len(), run.frames("server").len())
    });
    assert_eq!(listed, counted);
    let expected: BTreeSet<String> = RUNS
        .iter()
        .flat_map(|word| ENDINGS.map(|ending| format!("{word}.{ending}")))
        .chain([AHEAD.0, PICTURED[0], PICTURED[1]].map(str::to_owned))
        .collect();
    let files = std::fs::read_dir(RECORDED).unwrap();
    let files: BTreeSet<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, expected);
}

#[test]
fn what_is_recorded_is_what_the_captures_show() {
    for word in RUNS {
        let run = Run::recorded(word);
        assert_true(&run);
        // A datagram that is lost alone leaves no conversation at the other end.
        if word != "udp-lost" {
            assert_found(&run, word);
        }
    }
}

/// The bytes of a pcapng file with all its times later.
fn later(mut file: Vec<u8>, by: u64) -> Vec<u8> {
    fn number(file: &[u8], at: usize) -> usize {
        u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize
    }
    // A time is two numbers, the higher one first.
    fn move_time(file: &mut [u8], at: usize, by: u64) {
        let time = ((number(file, at) as u64) << 32 | number(file, at + 4) as u64) + by;
        for (at, half) in [(at, time >> 32), (at + 4, time & 0xffff_ffff)] {
            file[at..at + 4].copy_from_slice(&u32::try_from(half).unwrap().to_le_bytes());
        }
    }
    const INTERFACE_STATISTICS: usize = 5;
    const PACKET: usize = 6;
    let mut block = 0;
    while block < file.len() {
        let (kind, end) = (number(&file, block), block + number(&file, block + 4));
        if [INTERFACE_STATISTICS, PACKET].contains(&kind) {
            move_time(&mut file, block + 12, by);
        }
        let mut option = if kind == INTERFACE_STATISTICS { block + 20 } else { end };
        // The length of the block is repeated at its end.
        while option < end - 4 {
            let (code, length) = (number(&file, option) & 0xffff, number(&file, option) >> 16);
            // When the capture began, and when it ended.
            if [2, 3].contains(&code) {
                move_time(&mut file, option + 4, by);
            }
            option += 4 + length.next_multiple_of(4);
        }
        block = end;
    }
    file
}

/// `SOCKET_LAB_UPDATE=1 cargo test recorded::` makes it again.
#[test]
fn the_clock_of_one_capture_is_ahead_and_nothing_else_differs() {
    let (name, by) = AHEAD;
    let made = later(std::fs::read(format!("{RECORDED}/rtt.server.pcapng")).unwrap(), by);
    let path = format!("{RECORDED}/{name}");
    if std::env::var_os("SOCKET_LAB_UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    assert!(
        std::fs::read(&path).unwrap() == made,
        "{path} is not rtt.server.pcapng, {by} ns later"
    );
    let times = |file: &str| -> Vec<i64> {
        let mut reader = Reader::open(Path::new(&format!("{RECORDED}/{file}"))).unwrap();
        let mut times = Vec::new();
        while let Some(frame) = reader.next().unwrap() {
            times.push(frame.time.unwrap().0);
        }
        times
    };
    let later: Vec<i64> = times("rtt.server.pcapng")
        .iter()
        .map(|time| time + i64::try_from(by).unwrap())
        .collect();
    assert_eq!(times(name), later);
}
