//! The recorded runs of captures/two-hosts: what README says of them, and whether record and captures agree.

use std::collections::BTreeSet;

use super::stage::{ENDINGS, RECORDED, Run};
use super::truth::{assert_found, assert_true};

/// Every recorded run, as README lists them.
const RUNS: [&str; 8] = [
    "rtt",
    "udp-lost",
    "syn-lost",
    "synack-lost",
    "data-lost",
    "corrupt",
    "duplicate",
    "fast-retransmit",
];

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
