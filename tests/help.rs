//! `--help`: one screen with what is used most; `--help-all`: everything.

use crate::support::ours;

#[cfg(all(feature = "sniffer", target_os = "linux"))]
const PROGRAMS: &[&str] = &[
    "socket-lab",
    "sniffer",
    "udp-server",
    "udp-client",
    "tcp-server",
    "tcp-client",
];
#[cfg(not(all(feature = "sniffer", target_os = "linux")))]
const PROGRAMS: &[&str] = &["udp-server", "udp-client", "tcp-server", "tcp-client"];

/// The lines of a screen.
const SCREEN: usize = 40;

fn help(program: &str, flag: &str) -> String {
    let output = ours(program).arg(flag).env("COLUMNS", "80").output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{program}: {output:?}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The long names of the options that a help lists.
fn options(help: &str) -> Vec<&str> {
    let entries = help.lines();
    let entries = entries.filter(|line| line.starts_with("  -") || line.starts_with("      --"));
    let names = entries.filter_map(|line| line.split([' ', ',', '.']).find(|word| word.starts_with("--")));
    names.collect()
}

#[test]
fn help_is_one_screen_with_examples() {
    for &program in PROGRAMS {
        let short = help(program, "--help");
        assert_eq!(short, help(program, "-h"), "{program}");
        assert!(short.lines().count() <= SCREEN, "{program}: {}", short.lines().count());
        let wide: Vec<&str> = short.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{program}: {wide:?}");
        let (_, examples) = short.split_once("Examples").unwrap_or_else(|| panic!("{short}"));
        assert!(examples.matches(program).count() >= 2, "{examples}");
        assert!(short.contains("--help-all") && !short.contains("PROGRAM"), "{short}");
    }
}

#[test]
fn help_all_has_more_under_headings_and_leaves_nothing_of_the_screen_out() {
    for &program in PROGRAMS {
        let (short, all) = (help(program, "--help"), help(program, "--help-all"));
        let known = options(&all);
        for option in options(&short) {
            assert!(known.contains(&option), "{program} {option}: {all}");
        }
        assert!(known.len() > options(&short).len(), "{program}: {known:?}");
        let (_, examples) = short.split_once("\nExamples").unwrap();
        assert_eq!(
            all.matches(&format!("\nExamples{}", examples.trim_end())).count(),
            1,
            "{all}"
        );
        assert!(!all.contains("PROGRAM"), "{all}");
    }
}

/// What reads a recorded run, and prints it.
#[cfg(feature = "sniffer")]
#[test]
fn the_examples_of_the_sniffer_work_as_they_are_printed() {
    use crate::support::{path_of_ours, shell};

    let help = help("sniffer", "--help");
    let examples = help.lines().filter_map(|line| line.strip_prefix("  sniffer "));
    let folder = tempfile::tempdir().unwrap();
    let captures = std::fs::canonicalize("captures").unwrap();
    std::os::unix::fs::symlink(captures, folder.path().join("captures")).unwrap();
    let mut tried = 0;
    for example in examples {
        let command = format!("'{}' {example}", path_of_ours("sniffer"));
        let output = shell(&command).current_dir(folder.path()).output().unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{example}: {output:?}"
        );
        tried += 1;
    }
    assert_eq!(tried, 4);
    assert!(folder.path().join("tcp.html").exists());
}
