//! What the environment says.

use super::stage::{RUNS, ended, works_or_says};
use crate::support::ours;

/// A locale, a terminal and a home that are odd or missing.
#[test]
fn odd_surroundings_change_characters_at_most() {
    let settings: [&[(&str, &str)]; 9] = [
        &[],
        &[("LANG", "C")],
        &[("LC_ALL", "POSIX"), ("LANG", "en_US.UTF-8")],
        &[("LANG", "C.UTF-8"), ("TERM", "dumb")],
        &[("TERM", "no-such-terminal")],
        &[("COLUMNS", "0")],
        &[("COLUMNS", "1")],
        &[("COLUMNS", "wide")],
        &[("COLUMNS", "99999999999999999999")],
    ];
    for setting in settings {
        let is_utf8 = setting.iter().any(|(_, value)| *value == "C.UTF-8");
        for words in RUNS.iter().filter(|words| !words.contains(&"-w")) {
            let mut command = ours(words[0]);
            command.env_clear().envs(setting.iter().copied());
            let output = ended(command, words);
            let what = format!("{setting:?}: {words:?}");
            works_or_says(&output, &what);
            // A page says itself how it is encoded.
            if !is_utf8 && !words.contains(&"--html") {
                assert!(
                    output.stdout.is_ascii(),
                    "{what}: {}",
                    String::from_utf8_lossy(&output.stdout)
                );
            }
            assert!(output.stderr.is_ascii(), "{what}");
        }
    }
}
