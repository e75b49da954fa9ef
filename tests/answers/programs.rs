//! The key and the form as files, and what is refused.

use super::stage::sniffer;

const TCP: &str = "tests/answers/tcp.pcap";

#[test]
fn the_form_of_no_capture_needs_neither_capture_nor_privilege() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["form.md", "form.html"] {
        let path = folder.path().join(name);
        let path = path.to_str().unwrap();
        let ended = sniffer(&["--worksheet", path]);
        assert_eq!(
            (ended.code, ended.output.as_str(), ended.errors.as_str()),
            (Some(0), "", "")
        );
        let form = std::fs::read_to_string(path).unwrap();
        assert!(form.contains("UDP 7. ") && form.contains("TCP 15. "), "{form}");
        assert!(!form.contains("Usual mistake"), "a form tells no answers: {form}");
        let again = sniffer(&["--worksheet", path]);
        assert_eq!(again.code, Some(1));
        assert!(again.errors.contains("exists already") && again.errors.lines().count() == 1);
        assert_eq!(sniffer(&["--worksheet", path, "--force"]).code, Some(0));
    }
}

#[test]
fn form_and_key_come_from_one_reading_and_the_form_gives_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (form, key, copy) = (at("form.html"), at("key.html"), at("copy.pcap"));
    let ended = sniffer(&["-r", TCP, "--worksheet", &form, "--answer-key", &key, "-w", &copy]);
    assert_eq!(
        (ended.code, ended.output.as_str(), ended.errors.as_str()),
        (Some(0), "", "")
    );
    let (form, key) = (
        std::fs::read_to_string(form).unwrap(),
        std::fs::read_to_string(key).unwrap(),
    );
    assert!(form.contains("begins with packet 1."), "{form}");
    assert!(
        form.contains("TCP 15. ") && !form.contains("UDP 1. "),
        "what the capture has: {form}"
    );
    for answer in ["185185585", "54014", "40713", "127.0.0.1"] {
        assert!(key.contains(answer) && !form.contains(answer), "{answer}");
    }
    for page in [&form, &key] {
        assert!(
            !page.contains("://") && !page.contains("src=") && !page.contains("<script"),
            "nothing is fetched"
        );
        assert!(page.contains("@media print"));
    }
    assert_eq!(
        std::fs::metadata(copy).unwrap().len(),
        std::fs::metadata(TCP).unwrap().len()
    );
    // Both on the screen and in a file.
    let ended = sniffer(&["-r", TCP, "--view", "answers", "--answer-key", &at("key.md")]);
    assert!(ended.output.contains("185185585"));
    assert!(std::fs::read_to_string(at("key.md")).unwrap().contains("185185585"));
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_style_fits_its_columns_and_says_the_same() {
    for file in [TCP, "tests/answers/udp.pcap", "tests/answers/lossy.pcap"] {
        let written = |width: &str, style: &str| {
            let ended = sniffer(&["-r", file, "--view", "answers", "--width", width, "--style", style]);
            assert_eq!(ended.code, Some(0), "{}", ended.errors);
            ended.output
        };
        // So wide that a line is all that stands beside a word.
        let wide = written("1000", "unicode");
        let said: Vec<String> = wide.lines().map(|line| words(line.get(9..).unwrap_or(line))).collect();
        assert!(
            said.iter()
                .any(|line| line.contains("65535 - 20 - 8") || line.contains("EstimatedRTT")),
            "{wide}"
        );
        for width in ["60", "80", "120"] {
            for style in ["unicode", "ascii", "plain"] {
                let output = written(width, style);
                let most = width.parse().unwrap();
                for line in output.lines() {
                    assert!(line.chars().count() <= most, "{width} {style}: {line}");
                    assert_eq!(line, line.trim_end(), "{width} {style}");
                }
                let output = words(&output);
                for part in &said {
                    assert!(output.contains(part), "{width} {style}: no {part:?}");
                }
            }
        }
    }
    let plain = sniffer(&["-r", TCP, "--view", "answers", "--style", "plain", "--width", "1000"]).output;
    assert!(
        plain.contains("\nAnswer: 185185585 (packet 1); relative: 0.\nAnswer: The flag SYN is 1"),
        "{plain}"
    );
    assert!(plain.contains("\nTCP 3: What is the sequence number"));
}

#[test]
fn what_cannot_be_written_is_said_in_a_line() {
    for (arguments, code, part) in [
        (&["--worksheet", "/nowhere/a.md"][..], 1, "/nowhere/a.md"),
        (&["--worksheet", "a.txt"], 1, "neither .md nor .html"),
        (&["-r", TCP, "--answer-key", "a\u{1b}[2J"], 1, "neither .md nor .html"),
        (&["-r", TCP, "-q", "--worksheet", "a.md"], 2, "cannot be used with"),
        (&["-r", TCP, "-w", "-", "--worksheet", "a.md"], 2, "give -w a file"),
        (&["-r", TCP, "--json", "--answer-key", "a.md"], 2, "cannot be used with"),
        (
            &["--worksheet", "a.md", "-w", "a.pcap"],
            2,
            "leave the other outputs out",
        ),
        (
            &["--worksheet", "a.md", "--html", "a.html"],
            2,
            "leave the other outputs out",
        ),
        (&["--worksheet", "a.md", "-D"], 2, "cannot be used with"),
        (&["-D", "-w", "a.pcap"], 2, "cannot be used with"),
        (&["-D", "--svg", "a.svg"], 2, "cannot be used with"),
        (
            &["--explain", "ttl", "-r", TCP, "--html", "a.html"],
            2,
            "cannot be used with",
        ),
        (
            &["--explain", "ttl", "-r", TCP, "--plot", "a.svg"],
            2,
            "cannot be used with",
        ),
        (&["-r", TCP, "--answer-key", "-"], 2, "ends in .md or .html"),
        (
            &["-r", TCP, "--mermaid", "--answer-key", "a.md"],
            2,
            "do not go together",
        ),
        (
            &["-r", TCP, "--view", "ladder", "--worksheet", "a.md"],
            2,
            "instead of a view",
        ),
        (
            &["-r", TCP, "--worksheet", "a.md", "--answer-key", "a.md"],
            2,
            "the same name",
        ),
        (
            &["-r", TCP, "--html", "a.html", "--answer-key", "a.html"],
            2,
            "the same name",
        ),
    ] {
        let ended = sniffer(arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}: {}", ended.errors);
        assert!(
            ended.errors.contains(part) && !ended.errors.contains('\u{1b}'),
            "{}",
            ended.errors
        );
        assert_eq!(ended.errors.lines().count(), 1, "{}", ended.errors);
    }
    #[cfg(target_os = "linux")]
    {
        let folder = tempfile::tempdir().unwrap();
        let full = folder.path().join("full.md");
        std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        let ended = sniffer(&["-r", TCP, "--answer-key", full.to_str().unwrap(), "--force"]);
        assert_eq!(ended.code, Some(1), "no link is followed: {}", ended.errors);
        assert!(ended.errors.contains("symbolic link"), "{}", ended.errors);
    }
}

#[test]
fn a_flow_that_is_not_there_is_said() {
    let ended = sniffer(&["-r", TCP, "--view", "answers", "--flow", "99", "--width", "200"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        ended.errors,
        "error: there is no conversation 99: there are 2, and --view summary shows their numbers\n"
    );
    assert!(
        ended.output.contains("Conversation 99 is none of TCP"),
        "{}",
        ended.output
    );
}
