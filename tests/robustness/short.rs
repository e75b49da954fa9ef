//! Fuzzing in its short form, with the toolchain that builds the project: the inputs in `tests/fuzz/corpus`, which `cargo fuzz`
//! found and reduced, and changes of these, made from a number. The same number makes the same changes in the same order.
//!
//! `SOCKET_LAB_FUZZ_SECONDS` (60, for all targets together) and `SOCKET_LAB_FUZZ_SEED` set other ones.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use super::invariants::targets::{TARGETS, Target};

/// Longer inputs take long, and change little.
const LONGEST: usize = 16 << 10;

/// A number from the environment.
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// Numbers that look like chance: `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when there is none.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap().max(1);
        usize::try_from(self.next() % end).unwrap()
    }
}

/// A few changes: bits turned, bytes set, and pieces removed, repeated or taken from another input.
fn changed(input: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    /// The values around which lengths and counts go wrong.
    const EDGES: [u8; 8] = [0, 1, 2, 4, 0x7f, 0x80, 0xfe, 0xff];
    let mut bytes = input.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let end = (at + 1 + dice.below(32)).min(bytes.len());
        match dice.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at.min(end)..end)),
            2 => {
                let piece = bytes.get(at..end).unwrap_or_default().to_vec();
                bytes.splice(at..at, piece);
            }
            3 => {
                let from = dice.below(other.len());
                let piece = other.get(from..).unwrap_or_default();
                let piece: Vec<u8> = piece.iter().take(dice.below(256)).copied().collect();
                bytes.splice(at..at, piece);
            }
            4 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = EDGES[dice.below(EDGES.len())];
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// Checks an input, and keeps it where the check fails.
fn check(target: &Target, input: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.check)(input))) {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{}", target.name));
        std::fs::write(&path, input).unwrap();
        eprintln!("the target {} fails with the input in {}", target.name, path.display());
        resume_unwind(panic);
    }
}

fn fuzz(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let folder = Path::new("tests/fuzz/corpus").join(name);
    let mut inputs: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    inputs.sort();
    let inputs: Vec<Vec<u8>> = inputs.iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert!(inputs.len() > 10, "{} has {} inputs", folder.display(), inputs.len());
    for input in &inputs {
        check(target, input);
    }
    let targets = u32::try_from(TARGETS.len()).unwrap();
    let time = Duration::from_secs(number("SOCKET_LAB_FUZZ_SECONDS", 60)) / targets;
    let mut dice = Dice(number("SOCKET_LAB_FUZZ_SEED", 1));
    let since = Instant::now();
    while since.elapsed() < time {
        let (one, other) = (dice.below(inputs.len()), dice.below(inputs.len()));
        check(target, &changed(&inputs[one], &inputs[other], &mut dice));
    }
}

#[test]
fn every_target_has_its_test_here_and_its_program() {
    let own = include_str!("short.rs");
    let package = std::fs::read_to_string("tests/fuzz/Cargo.toml").unwrap();
    for target in &TARGETS {
        assert!(own.contains(&format!("fuzz(\"{}\");", target.name)), "{}", target.name);
        assert!(
            package.contains(&format!("name = \"{}\"", target.name)),
            "{}",
            target.name
        );
    }
    let programs = std::fs::read_dir("tests/fuzz/targets").unwrap();
    assert_eq!(programs.count(), TARGETS.len());
}

#[test]
fn answers() {
    fuzz("answers");
}

#[test]
fn calls() {
    fuzz("calls");
}

#[test]
fn decode() {
    fuzz("decode");
}

#[test]
fn filter() {
    fuzz("filter");
}

#[test]
fn flow() {
    fuzz("flow");
}

#[test]
fn program() {
    fuzz("program");
}

#[test]
fn record() {
    fuzz("record");
}

#[test]
fn views() {
    fuzz("views");
}

#[test]
fn whole() {
    fuzz("whole");
}
