//! What the sniffer prints of recorded captures: tests/golden/LIST says how each text of that folder is made.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::{clean, ours};

const FOLDER: &str = "tests/golden";

/// Each text's name and how the sniffer is called for it.
fn list() -> Vec<(String, Vec<String>)> {
    let list = fs::read_to_string(Path::new(FOLDER).join("LIST")).unwrap();
    let rows = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|row| {
        let mut words = row.split_whitespace().map(str::to_owned);
        (words.next().unwrap(), words.collect())
    })
    .collect()
}

/// `SOCKET_LAB_UPDATE=1 cargo test golden::` writes the texts; then look at every difference.
#[test]
fn each_text_is_as_kept() {
    for (name, arguments) in list() {
        let ended = clean(&mut ours("sniffer")).args(&arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && errors.is_empty(), "{name}: {errors}");
        let now = String::from_utf8(ended.stdout).unwrap();
        let file = Path::new(FOLDER).join(format!("{name}.txt"));
        if std::env::var_os("SOCKET_LAB_UPDATE").is_some() {
            fs::write(&file, &now).unwrap();
        }
        let kept = fs::read_to_string(&file).unwrap_or_default();
        let place = kept.lines().zip(now.lines()).position(|(kept, now)| kept != now);
        let line = place.map_or("its end", |at| now.lines().nth(at).unwrap());
        assert!(now == kept, "{} is not as kept, from: {line}", file.display());
    }
}

#[test]
fn every_text_is_listed_once() {
    let files = fs::read_dir(FOLDER).unwrap();
    let files = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter(|name| name != "LIST").collect();
    let listed: Vec<String> = list().into_iter().map(|(name, _)| format!("{name}.txt")).collect();
    assert_eq!(listed.len(), files.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), files);
}

/// Each capture of the project is kept in three views, its ladder with the calls.
#[test]
fn every_capture_is_in_the_list() {
    let list = list();
    for entry in fs::read_dir("captures").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "pcapng") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        let file = format!("captures/{name}.pcapng");
        let calls = format!("captures/{name}.calls.jsonl");
        for (view, more) in [("summary", None), ("fields", None), ("ladder", Some(&calls))] {
            let row = list.iter().find(|(row, _)| *row == format!("{name}.{view}"));
            let (_, arguments) = row.unwrap_or_else(|| panic!("{name}.{view}"));
            let has = |words: [&str; 2]| arguments.windows(2).any(|pair| pair == words);
            assert!(has(["-r", &file]) && has(["--view", view]), "{name}.{view}");
            assert!(more.is_none_or(|calls| has(["--calls", calls])), "{name}.{view}");
        }
    }
}
