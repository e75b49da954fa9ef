//! The simulator: two ends of one connection, the path between them and a point of capture, where the truth is known because it is made.
//!
//! It stands for what two Linux kernels do not show: other stacks' identifications, timers and options, and other points of capture. It
//! is a model, from RFC 9293, 6298, 5681, 6582, 7323, 2018, 2883, 1122 and 5961, and not a system. A run follows from its seed alone.
//!
//! [`stack`], [`program`], [`path`], [`capture_point`]: what is drawn. [`world`]: the events. [`endpoint`], [`acknowledging`], [`sending`]: an end.
//! [`truth`]: what a segment is. [`bytes`]: how it looks. [`judge`], [`states`]: what is said, compared.

mod acknowledging;
mod bytes;
mod capture_point;
mod endpoint;
mod judge;
mod path;
mod program;
mod sending;
mod stack;
mod states;
mod truth;
mod world;

use std::path::Path as FilePath;

use super::random::Random;
use super::said;
use super::score::Score;
use capture_point::CapturePoint;
use judge::Case;
use path::Path;
use program::Programs;
use stack::Stack;

/// Simulates the run of this seed, lets the sniffer read its capture, which is kept in this folder, and judges what it says.
pub(crate) fn judged(seed: u64, folder: &FilePath) -> Score {
    let random = &mut Random::of(seed);
    let programs = Programs::of(random);
    let stacks = [Stack::of(random), Stack::of(random)];
    let point = CapturePoint::of(random);
    let path = Path::of(point.place, random);
    let world = world::run(&programs, stacks, path, random);
    let captured = point.record(&world, random);
    let mut score = Score::default();
    if captured.is_empty() {
        return score;
    }
    let file = folder.join(format!("{seed}.pcap"));
    point.write(&world, &captured, &file);
    let case = Case {
        seed,
        name: programs.name,
        world: &world,
        point: &point,
        captured: &captured,
        said: &said::of_file(&file),
    };
    case.judge(&mut score);
    score
}
