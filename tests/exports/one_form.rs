//! A socket call has one form in every view: its name, its descriptor and what it returned, as strace(1) writes them.

use std::collections::BTreeSet;

use socket_lab::calls::{Call, CallName, lines};

use super::{CALLS, Folder, RECORDED, quietly};

/// The calls of the recorded log, each as strace begins and ends it.
fn expected() -> Vec<(Call, String)> {
    let log = std::fs::read(CALLS).unwrap();
    let mut calls = Vec::new();
    for call in lines::read(log.as_slice()).map(Result::unwrap) {
        let inside = match call.call {
            CallName::Socket => String::new(),
            _ => call.fd.to_string(),
        };
        let form = format!("{}({inside})", call.call);
        calls.push((call, form));
    }
    assert!(calls.len() > 40, "{}", calls.len());
    calls
}

/// Every call in a view that is said to be called or to return something: without other arguments than the descriptor, and
/// without the error's name.
fn written(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in CallName::ALL {
        for (at, begin) in text.match_indices(&format!("{name}(")) {
            let before = text.get(..at).unwrap().chars().next_back();
            if before.is_some_and(char::is_alphanumeric) {
                continue;
            }
            let (arguments, rest) = text.get(at + begin.len()..).unwrap().split_once(')').unwrap();
            let first = arguments.split(',').next().unwrap();
            let inside = if *name == CallName::Socket { "" } else { first };
            if rest.starts_with(" called") {
                found.insert(format!("{name}({inside}) called"));
            } else if let Some(result) = rest.strip_prefix(" = ").or_else(|| rest.strip_prefix('=')) {
                let result: String = result.chars().take_while(|c| *c == '-' || c.is_ascii_digit()).collect();
                found.insert(format!("{name}({inside}) = {result}"));
            }
        }
    }
    found
}

fn ladder(width: &str) -> String {
    let view = ["--utc", "--view", "ladder", "--style", "unicode", "--width", width];
    quietly(&[&["-r", RECORDED, "--calls", CALLS][..], &view].concat())
}

#[test]
fn ladders_in_text_the_report_the_picture_and_mermaid_write_the_same_words() {
    let folder = Folder::new();
    let picture = folder.file("run.svg");
    quietly(&["-q", "-r", RECORDED, "--calls", CALLS, "--svg", &picture]);
    let report = folder.file("run.html");
    quietly(&["-q", "-r", RECORDED, "--calls", CALLS, "--html", &report, "--utc"]);
    let mermaid = quietly(&["-r", RECORDED, "--calls", CALLS, "--mermaid"]);
    let read = |file: &str| std::fs::read_to_string(file).unwrap();

    let in_text = written(&ladder("80"));
    assert!(in_text.len() > 20, "{in_text:?}");
    for form in [
        "accept(3) called",
        "accept(3) = 4",
        "connect(3) = 0",
        "connect(3) = -1",
        "socket() = 3",
        "recv(4) = 12",
    ] {
        assert!(in_text.contains(form), "{form}: {in_text:?}");
    }
    for (view, text) in [
        ("120 columns", ladder("120")),
        ("SVG", read(&picture)),
        ("HTML", read(&report)),
        ("Mermaid", mermaid),
    ] {
        assert_eq!(written(&text), in_text, "{view}");
    }
}

#[test]
fn every_form_is_a_call_of_the_log_with_its_descriptor() {
    let mut allowed = BTreeSet::new();
    for (call, form) in expected() {
        allowed.insert(format!("{form} called"));
        allowed.insert(format!("{form} = {}", call.result));
    }
    for width in ["80", "120", "60"] {
        let shown = written(&ladder(width));
        assert!(shown.is_subset(&allowed), "{width}: {:?}", shown.difference(&allowed));
    }
}

#[test]
fn the_line_for_people_has_the_form_too() {
    for (call, form) in expected() {
        let line = socket_lab::calls::text::line(&call);
        let shown = written(&line);
        assert_eq!(shown, BTreeSet::from([format!("{form} = {}", call.result)]), "{line}");
    }
}

/// In 60 columns a call may lose what it returned into the middle, and never its descriptor.
#[test]
fn the_narrowest_ladder_keeps_the_descriptor() {
    let narrow = ladder("60");
    for name in CallName::ALL.iter().filter(|name| **name != CallName::Socket) {
        for line in narrow.lines().filter(|line| line.contains(&format!("{name}()"))) {
            // Prose names the function itself, without a lane.
            assert!(
                !line.contains(['│', '║', '╫', '╥', '╨']) || line.contains(". . ."),
                "{line}"
            );
        }
    }
    assert!(narrow.contains("setsockopt(3)"), "{narrow}");
    assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
}

/// JSON has the parts of a call as fields, under the names that the log itself has.
#[test]
fn json_has_the_name_and_the_descriptor_of_each_call_as_fields() {
    let json = quietly(&["-r", RECORDED, "--calls", CALLS, "--json"]);
    let mut seen = 0;
    let calls = expected();
    for line in json.lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        if object["line"] != "call" {
            continue;
        }
        seen += 1;
        let written = &object["call"];
        let (name, fd, result) = (&written["call"], &written["fd"], &written["result"]);
        let is_it = |call: &Call| *name == call.call.word() && *fd == call.fd && *result == call.result;
        assert!(calls.iter().any(|(call, _)| is_it(call)), "{line}");
    }
    assert!(seen > 20, "{seen} calls: {json}");
}
