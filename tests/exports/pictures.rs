//! Pictures and diagrams, in SVG and in the language of Mermaid.

use super::{CALLS, Folder, RECORDED, quietly, well_formed};
use crate::support::browser::browser;

#[test]
fn ladders_and_plots_are_pictures_with_every_word_inside() {
    let folder = Folder::new();
    let mut files = Vec::new();
    for (name, more) in [("folded", &[][..]), ("full", &["--full"])] {
        let (svg, plot) = (
            folder.file(&format!("{name}.svg")),
            folder.file(&format!("{name}.plot.svg")),
        );
        let fixed = ["-q", "-r", RECORDED, "--calls", CALLS, "--svg", &svg, "--plot", &plot];
        quietly(&[&fixed[..], more].concat());
        files.extend([svg, plot]);
    }
    let first = std::fs::read_to_string(&files[0]).unwrap();
    for words in [
        "SYN-ACK seq=0 ack=1",
        "(SYN-RECEIVED)",
        "connect(3) called",
        "The handshake took",
    ] {
        assert!(first.contains(words), "{words}");
    }
    let plot = std::fs::read_to_string(&files[1]).unwrap();
    assert!(plot.contains("packet 4: bytes 1 to 12"), "{plot}");
    for file in &files {
        well_formed(file);
    }
    browser("svg", &files.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn sequence_diagrams_are_drawn_by_mermaid_itself() {
    let folder = Folder::new();
    let file = folder.file("run.mmd");
    let text = quietly(&["-r", RECORDED, "--calls", CALLS, "--mermaid"]);
    assert!(text.starts_with("sequenceDiagram\n"), "{text}");
    // Bars that begin and end, also those of calls that never returned.
    let count = |word: &str| text.lines().filter(|line| line.trim_start().starts_with(word)).count();
    assert_eq!(count("activate"), count("deactivate"));
    std::fs::write(&file, &text).unwrap();
    browser(
        "mermaid",
        &[
            &file,
            "SYN-ACK seq=0 ack=1",
            "no client yet; the server waits in",
            "(SYN-RECEIVED)",
        ],
    );
}

#[test]
fn the_headers_of_one_packet_are_a_mermaid_packet() {
    let folder = Folder::new();
    let chosen = quietly(&["-r", RECORDED, "--mermaid", "--packet", "2"]);
    assert!(chosen.contains("\npacket-beta\ntitle Packet 2: SYN-ACK\n"), "{chosen}");
    let first = quietly(&["-r", RECORDED, "--mermaid", "-c", "1"]);
    assert!(
        first.contains("title Packet 1: SYN\n") && first.contains("\n270: \"SYN 1\"\n"),
        "{first}"
    );
    for (name, text) in [("chosen", &chosen), ("first", &first)] {
        // Bit by bit without a gap, as the grammar wants it.
        let mut next = 0;
        for line in text
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        {
            let (range, words) = line.split_once(": ").unwrap();
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            assert_eq!(from.parse::<u32>().unwrap(), next, "{line}");
            next = to.parse::<u32>().unwrap() + 1;
            assert!(
                words.len() > 2 && words.starts_with('"') && words.ends_with('"'),
                "{line}"
            );
        }
        assert_eq!(next, 8 * 60, "IPv4 20 and TCP 40 bytes");
        let file = folder.file(name);
        std::fs::write(&file, text).unwrap();
        browser("mermaid", &[&file, "window scale kind 3"]);
    }
}

#[test]
fn a_legend_explains_what_its_picture_has() {
    let folder = Folder::new();
    let picture = |name: &str, more: &[&str]| {
        let file = folder.file(name);
        quietly(&[&["-q", "-r", &format!("captures/{name}.pcapng"), "--svg", &file], more].concat());
        std::fs::read_to_string(file).unwrap()
    };
    let parts = [
        "inside a socket call",
        "(STATE) deduced",
        "opens, closes, acknowledges",
        ">data</text>",
    ];
    let has = |picture: &str| parts.map(|part| picture.contains(part));
    assert_eq!(has(&picture("udp", &[])), [false, false, false, true]);
    assert_eq!(
        has(&picture("tcp", &["--calls", "captures/tcp.calls.jsonl"])),
        [true; 4]
    );
}

#[test]
fn a_graph_stands_where_it_shows_more_than_the_ladder() {
    let folder = Folder::new();
    for (name, graphs) in [("tcp", 0), ("long", 1)] {
        let file = folder.file(name);
        quietly(&["-q", "-r", &format!("captures/{name}.pcapng"), "--html", &file]);
        let page = std::fs::read_to_string(file).unwrap();
        assert_eq!(page.matches("<div class=\"plot\">").count(), graphs, "{name}");
    }
}
