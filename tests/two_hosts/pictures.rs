//! Both ends as a picture: the file of `--svg`, and the report of a run.

use super::stage::{Run, ready};
use crate::support::browser::browser;
use crate::support::ours;

/// The picture of both captures of a run.
fn drawn(run: &Run) -> String {
    let file = run.place.latest("both.svg");
    let mut program = ours("sniffer");
    program.args(["-q", "-r"]).arg(run.capture("client"));
    program.arg("--other-end").arg(run.capture("server"));
    let ended = program.arg("--svg").arg(&file).output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
    file.to_str().unwrap().to_owned()
}

#[test]
fn a_picture_has_an_arrow_for_each_frame_and_a_cross_for_each_that_was_lost() {
    if !ready() {
        return;
    }
    for (word, options) in [
        ("synack-lost", &[][..]),
        ("duplicate", &[]),
        ("fast-retransmit", &[]),
        ("rtt", &["--rules", "lose client data 1; hold 30ms server data 1"]),
    ] {
        let run = Run::of(word, options);
        let record = run.place.latest(&format!("{word}.wire.jsonl"));
        let picture = drawn(&run);
        browser("two-ends", &["drawn", &picture, record.to_str().unwrap()]);
        browser("svg", &[&picture]);
    }
}

#[test]
fn the_report_of_a_run_shows_both_ends() {
    if !ready() {
        return;
    }
    let run = Run::of("fast-retransmit", &[]);
    let report = run.place.latest("fast-retransmit.html");
    browser("two-ends", &["page", report.to_str().unwrap()]);
}
