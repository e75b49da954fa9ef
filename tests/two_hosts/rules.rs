//! Rules as they are typed, and mistakes in them.

use super::stage::{Run, ready};
use crate::guided::stage::TestFolder;
use crate::support::ours;

#[test]
fn a_rule_that_was_never_used_is_said() {
    if !ready() {
        return;
    }
    let run = Run::of("rtt", &["--rules", "lose client syn 3; lose server rst"]);
    let told = run.told.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "rule 2 (lose client syn 3) was never used: the client sent 1 SYN.",
        "rule 3 (lose server rst) was never used: the server sent no RST.",
    ] {
        assert!(told.contains(words), "{words}\n{}", run.told);
    }
}

#[test]
fn what_a_run_says_is_left_out_where_its_rules_are_not_all() {
    if !ready() {
        return;
    }
    // The handshake takes a second and a round trip here, which is no round trip.
    let run = Run::of("rtt", &["--rules", "lose client syn 1"]);
    assert!(
        !run.told.contains("a round trip") && !run.told.contains("Watch:"),
        "{}",
        run.told
    );
    assert!(
        run.told.contains("client syn 1 (packet 1 at the client): lost."),
        "{}",
        run.told
    );
}

#[test]
fn a_connection_that_is_not_closed_is_said() {
    if !ready() {
        return;
    }
    let ended = TestFolder::new().ran(&["wire", "--rules", "lose client fin", "--delay", "1ms"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.errors.contains("a connection was not closed at both ends"),
        "{ended:?}"
    );
    assert_eq!(ended.errors.lines().count(), 1, "{ended:?}");
}

#[test]
fn what_is_asked_for_is_what_the_wire_does() {
    if !ready() {
        return;
    }
    let run = Run::of(
        "rtt",
        &["--delay", "5ms", "--rules", "lose client fin 1", "--line", "my own"],
    );
    assert!(
        run.told.contains("Wire:   delay 5ms; lose client fin 1\n"),
        "{}",
        run.told
    );
    assert!(run.told.contains(" len=7 "), "{}", run.told);
    assert!(run.told.contains("client fin 1 (packet "), "{}", run.told);
    let folder = run.place.path().join("rules.txt");
    std::fs::write(&folder, "# a comment\nlose client data 1\n\nrate 1Mbit\n").unwrap();
    let from_file = run.place.ran(&["wire", "--rules-file", "rules.txt", "--delay", "1ms"]);
    assert!(from_file.fine().contains("client data 1 (packet "), "{from_file:?}");
}

#[test]
fn a_mistake_is_one_line_that_names_the_word() {
    for (arguments, words) in [
        (
            &["--rules", "lose client dta 3"][..],
            "--rules: in the rule 'lose client dta 3': 'dta': a kind of frame is expected: frame, segment",
        ),
        (
            &["--rules", "delay 20ms; lost syn"],
            "in the rule 'lost syn': 'lost': a rule begins with delay",
        ),
        (
            &["--rules", "hold"],
            "in the rule 'hold': at its end: a time is expected",
        ),
        (
            &["--delay", "20"],
            "--delay: in the rule 'delay 20': '20': a time is expected",
        ),
        (&["--rules", "lose \u{1b}[31m"], "'\\x1b[31m'"),
        (
            &["--rules-file", "/nonexistent"],
            "/nonexistent cannot be read: No such file",
        ),
        (&["--line", "a\nb"], "has an end of line in it"),
        (&["--seed", "x"], "invalid value 'x'"),
        (&["--force"], "--output"),
    ] {
        let output = ours("socket-lab").arg("wire").args(arguments).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert!(errors.contains(words), "{words}: {errors}");
    }
    let output = ours("socket-lab").args(["--style", "ascii", "wire"]).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("wire comes first"), "{errors}");
    let output = ours("socket-lab").args(["wire", "syn-lst"]).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("syn-lost"), "{errors}");
}
