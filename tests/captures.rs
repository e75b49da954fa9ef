//! The captures of the project as each view shows them, kept in tests/golden.

#![cfg(feature = "sniffer")]

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    /// The capture, the name of the golden text's end, and the view.
    const SHOWN: [(&str, &str, &[&str]); 9] = [
        ("udp", "summary", &["--view", "summary"]),
        ("tcp", "summary", &["--view", "summary"]),
        ("udp", "fields", &["--view", "fields"]),
        ("tcp", "fields", &["--view", "fields"]),
        ("udp", "plain", &["--view", "fields", "--style", "plain"]),
        (
            "tcp",
            "narrow",
            &["--view", "fields", "--style", "ascii", "--width", "60", "-c", "4"],
        ),
        ("udp", "diagram", &["--view", "diagram"]),
        ("tcp", "diagram", &["--view", "diagram", "-c", "4"]),
        ("udp", "json", &["--json"]),
    ];

    fn run(arguments: &[&str]) -> String {
        let mut sniffer = Command::new(env!("CARGO_BIN_EXE_sniffer"));
        let ended = sniffer.args(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && errors.is_empty(), "{arguments:?}: {errors}");
        String::from_utf8(ended.stdout).unwrap()
    }

    fn shown(file: &str, view: &[&str]) -> String {
        // Later options win, but each may stand once only.
        let style: &[&str] = if view.contains(&"--style") {
            &[]
        } else {
            &["--style", "unicode"]
        };
        let time: &[&str] = if view.contains(&"summary") { &[] } else { &["--utc"] };
        run(&[&["-r", file], style, time, view].concat())
    }

    /// `SOCKET_LAB_UPDATE=1 cargo test --test captures` writes the texts anew; then look at every difference.
    #[test]
    fn each_capture_is_shown_as_kept() {
        let folder = Path::new("tests/golden");
        for (name, end, view) in SHOWN {
            let now = shown(&format!("captures/{name}.pcap"), view);
            let file = folder.join(format!("{name}.{end}.txt"));
            if std::env::var_os("SOCKET_LAB_UPDATE").is_some() {
                std::fs::create_dir_all(folder).unwrap();
                std::fs::write(&file, &now).unwrap();
            }
            let kept = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(now == kept, "{} is not as kept:\n{now}", file.display());
        }
    }

    #[test]
    fn both_formats_of_a_capture_show_the_same() {
        for name in ["udp", "tcp"] {
            let (pcap, pcapng) = (format!("captures/{name}.pcap"), format!("captures/{name}.pcapng"));
            // In the fields a comment would show that is not the one that this program writes today.
            for view in ["summary", "fields", "diagram"] {
                assert_eq!(shown(&pcap, &["--view", view]), shown(&pcapng, &["--view", view]));
            }
            assert!(
                std::fs::read(pcapng)
                    .unwrap()
                    .windows(10)
                    .any(|bytes| bytes == b" | convers")
            );
        }
    }

    /// What a filter leaves out still counts: numbers, times, roles and relative numbers are those of the whole file.
    #[test]
    fn a_filter_changes_no_line_that_it_lets_pass() {
        let all = run(&["-r", "captures/tcp.pcap", "--view", "summary", "--style", "ascii"]);
        let some = [
            &["src", "port", "40713"][..],
            &["tcp[tcpflags] & tcp-fin != 0"],
            &["--handshake-only"],
            &["greater", "78"],
        ];
        for choice in some {
            let arguments = [
                &["-r", "captures/tcp.pcap", "--view", "summary", "--style", "ascii"],
                choice,
            ]
            .concat();
            let chosen = run(&arguments);
            assert!(
                chosen.lines().count() >= 2 && chosen.lines().count() < 16,
                "{choice:?}: {chosen}"
            );
            for line in chosen.lines() {
                assert!(all.lines().any(|one| one == line), "{choice:?}: {line}\n{all}");
            }
        }
    }

    /// Each usual line fits a terminal, also with the longest addresses and ports of a network at home.
    #[test]
    fn lines_of_the_summary_fit_80_columns() {
        for name in ["udp", "tcp"] {
            for style in ["unicode", "ascii"] {
                let file = format!("captures/{name}.pcap");
                for line in run(&["-r", &file, "--view", "summary", "--style", style]).lines() {
                    assert!(line.chars().count() <= 80, "{line}");
                }
            }
        }
    }

    /// A comment refers to packets of the file in which it stands.
    #[test]
    fn comments_of_a_copy_count_the_copys_packets() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("second.pcapng");
        let copy = copy.to_str().unwrap();
        run(&["-q", "-r", "captures/tcp.pcap", "-w", copy, "port", "54022"]);
        let mut reader = socket_lab::record::Reader::open(Path::new(copy)).unwrap();
        let mut comments = Vec::new();
        while let Some(frame) = reader.next().unwrap() {
            comments.push(frame.comments.concat());
        }
        assert_eq!(comments.len(), 6);
        assert!(
            comments[1].contains("acknowledges the client's SYN (packet 1)"),
            "{}",
            comments[1]
        );
        assert!(
            comments[1].contains(" conversation=1 place=2 sender=server part=syn-ack "),
            "{}",
            comments[1]
        );
        // What is shown of the original counts the original's.
        let shown = run(&["-r", "captures/tcp.pcap", "--style", "ascii", "port", "54022"]);
        assert!(shown.contains("the client's SYN (packet 11)"), "{shown}");
    }
}
