//! What is written of both captures: SVG, Mermaid, and the report of the first one.

use std::path::Path;

use super::stage::compared;
use crate::support::browser::browser;
use crate::support::{Tool, need, tool};

const CLIENT: &str = "tests/other_end/client.pcap";
const SERVER: &str = "tests/other_end/server.pcap";

/// Both captures with these options: the exit status, standard output and the lines on standard error.
fn with(options: &[&str]) -> (Option<i32>, String, String) {
    let output = compared(Path::new(CLIENT), Path::new(SERVER), options);
    let [shown, said] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), shown, said)
}

#[test]
fn what_cannot_be_written_is_said_before_anything_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let name = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(name("old.svg"), "old").unwrap();
    let copy = name("copy.pcap");
    std::fs::copy(SERVER, &copy).unwrap();
    for (options, code, said) in [
        (&["--svg", "-"][..], 2, "--svg writes a file"),
        (&["--svg", SERVER], 1, "writing would destroy it"),
        (&["--html", CLIENT, "--force"], 1, "writing would destroy it"),
        (&["--svg", &name("old.svg")], 1, "exists already"),
        (&["--html", &name("old.svg")], 1, "exists already"),
        (&["--html", &name("no/such.html")], 1, "cannot make"),
        (&["--html", &name("a"), "--svg", &name("a")], 2, "the same name"),
        (&["--plot", &name("old.svg")], 1, "exists already"),
        (&["--mermaid", "--packet", "3"], 2, "cannot be used with"),
    ] {
        let (found, shown, line) = with(options);
        assert_eq!(
            (found, &*shown, line.lines().count()),
            (Some(code), "", 1),
            "{options:?}: {line}"
        );
        assert!(line.contains(said), "{options:?}: {line}");
    }
    assert_eq!(std::fs::read_to_string(name("old.svg")).unwrap(), "old");
    assert_eq!(std::fs::read(SERVER).unwrap(), std::fs::read(copy).unwrap());
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        2,
        "nothing half made is left"
    );
}

#[test]
fn a_sequence_diagram_has_each_packet_and_is_drawn_by_mermaid_itself() {
    let (code, diagram, said) = with(&["--mermaid"]);
    assert_eq!((code, &*said), (Some(0), ""));
    // 11 packets at the client, of which one was lost.
    assert_eq!(diagram.matches("A-xB: ").count(), 1, "{diagram}");
    let messages = ["A->>B: ", "A-->>B: ", "B->>A: ", "B-->>A: "].map(|arrow| diagram.matches(arrow).count());
    assert_eq!(messages.iter().sum::<usize>(), 10, "{diagram}");
    assert!(
        diagram.contains("participant A as A: client.pcap\n"),
        "no folder: {diagram}"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("both.mmd");
    std::fs::write(&file, &diagram).unwrap();
    browser("mermaid", &[file.to_str().unwrap()]);
}

#[test]
fn the_report_has_the_packets_of_the_first_capture_and_pictures_of_both_ends() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("both.html");
    let (code, shown, said) = with(&["-q", "--html", file.to_str().unwrap()]);
    assert_eq!((code, &*said), (Some(0), ""));
    assert!(shown.starts_with("Two captures of one exchange\n"));
    let page = std::fs::read_to_string(&file).unwrap();
    let (_, section) = page.split_once("<section class=\"both-ends\">").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    // Packets 3 to 13 of A, for a wide page and for a phone; 1 and 2 are ARP.
    for number in 3..=13 {
        assert_eq!(
            section.matches(&format!("href=\"#packet-{number}\"")).count(),
            2,
            "{number}"
        );
        assert_eq!(page.matches(&format!("id=\"packet-{number}\"")).count(), 1, "{number}");
    }
    assert_eq!(section.matches("href=").count(), 22);
    // A filter selects packets of both files, and of the report.
    let few = folder.path().join("few.html");
    let (code, _, said) = with(&["-q", "--html", few.to_str().unwrap(), "tcp[tcpflags] & tcp-syn != 0"]);
    assert_eq!((code, &*said), (Some(0), ""));
    let page = std::fs::read_to_string(&few).unwrap();
    assert_eq!(page.matches("<article class=").count(), 2, "SYN and SYN-ACK");
}

#[test]
fn a_picture_of_many_rows_has_as_many_as_limit_says() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |name: &str, options: &[&str]| {
        let file = folder.path().join(name);
        let (code, ..) = with(&[&["-q", "--svg", file.to_str().unwrap()], options].concat());
        assert_eq!(code, Some(0));
        let picture = std::fs::read_to_string(file).unwrap();
        let arrows = picture.matches("<g class=\"arrow\"").count();
        (arrows, picture.contains("further rows; --full"))
    };
    assert_eq!(draw("all.svg", &[]), (11, false));
    assert_eq!(draw("few.svg", &["--limit", "4"]), (4, true));
    assert_eq!(draw("full.svg", &["--limit", "4", "--full"]), (11, false));
}

/// Where there is no room for all of a conversation, its end is shown rather than what was sent again.
#[test]
fn the_end_of_a_conversation_has_its_room() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("few.svg");
    let [a, b] = ["client", "server"].map(|end| format!("captures/two-hosts/fast-retransmit.{end}.pcapng"));
    let svg = ["-q", "--limit", "25", "--svg", file.to_str().unwrap()];
    let drawn = compared(Path::new(&a), Path::new(&b), &svg);
    assert!(drawn.status.success() && drawn.stderr.is_empty(), "{drawn:?}");
    let picture = std::fs::read_to_string(file).unwrap();
    let sentences = picture
        .split("aria-label=\"")
        .skip(1)
        .filter_map(|one| one.split('"').next());
    let arrows: Vec<&str> = sentences.filter(|sentence| sentence.contains(" after ")).collect();
    assert_eq!(arrows.len(), 18, "the first 12 and the last 6: {arrows:#?}");
    assert!(
        arrows[5].contains("lost on the way") && arrows[17].contains("packet 42 of A"),
        "{arrows:#?}"
    );
    assert!(
        picture.contains("24 packets arrived in") && !picture.contains("further row"),
        "{picture}"
    );
}

/// 200 connections with a dozen packets each: a picture has 2,000 rows, and a page 120.
#[test]
fn what_has_no_room_is_counted() {
    if !need(Tool::Python) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (a, b) = (name("a.pcap"), name("b.pcap"));
    let made = tool(Tool::Python)
        .args(["tests/bench/captures.py", "tcp", &a, "200"])
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::copy(&a, &b).unwrap();
    let (svg, html) = (name("both.svg"), name("both.html"));
    let written = compared(Path::new(&a), Path::new(&b), &["-q", "--svg", &svg, "--html", &html]);
    let said = String::from_utf8(written.stderr).unwrap();
    let line = said.lines().find(|line| line.contains("left out of the picture: "));
    assert!(line.is_some_and(|line| line.ends_with("--full draws all")), "{said}");
    let page = std::fs::read_to_string(html).unwrap();
    assert!(page.contains("more conversations without a picture in this page."));
    let diagram = compared(Path::new(&a), Path::new(&b), &["--mermaid"]);
    let diagram = String::from_utf8(diagram.stdout).unwrap();
    assert!(diagram.contains("more conversations#59; --full shows all"));
}
