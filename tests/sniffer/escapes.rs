//! What comes from outside shows itself and does nothing else, wherever it comes out: one table of texts, one of places.

use std::io::Write as _;
use std::net::{TcpStream, UdpSocket};
use std::path::Path;

use nix::sys::signal::Signal;

use super::hostile::{TEXTS, all, inputs};
use super::stage::{Ended, Folder, ran, sniffer};
use crate::robustness::invariants::{page, unicode};
use crate::support::{PATIENCE, Side, client, server_with};

/// Nothing raw is in the text, in which colours may be.
fn check(text: &str, what: &str) {
    let bad = text.split('\n').find_map(|line| {
        let plain = without_colors(line);
        let bad = unicode::first_hidden(&plain)?;
        Some((bad, plain))
    });
    assert!(bad.is_none(), "{what}: {bad:?}");
}

fn check_both(ended: &Ended, what: &str) {
    check(&ended.output, what);
    check(&ended.errors, what);
}

/// Without the colours: `ESC [`, digits and semicolons, `m`. Every other sequence stays.
fn without_colors(line: &str) -> String {
    let mut pieces = line.split("\x1b[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let code = piece.trim_start_matches(|one: char| one.is_ascii_digit() || one == ';');
        match code.strip_prefix('m') {
            Some(rest) => plain.push_str(rest),
            None => plain.extend(["\x1b[", piece]),
        }
    }
    plain
}

#[test]
fn no_view_shows_anything_raw() {
    let folder = Folder::new();
    let (capture, log) = inputs(&folder);
    let (capture, log) = (capture.to_str().unwrap(), log.to_str().unwrap());
    let mut views: Vec<Vec<&str>> = ["summary", "fields", "diagram", "ladder", "follow", "answers"]
        .iter()
        .map(|view| vec!["--view", view, "--full", "-x"])
        .collect();
    views.extend([
        vec!["--view", "ladder", "--side-by-side", "--calls", log],
        vec!["--view", "ladder", "--full", "--calls", log],
        vec!["--json", "--calls", log],
        vec!["--mermaid", "--calls", log],
        vec!["--mermaid", "--packet", "6"],
    ]);
    for view in views {
        for style in ["unicode", "ascii", "plain"] {
            for (width, color) in [
                ("60", "never"),
                ("79", "never"),
                ("80", "never"),
                ("82", "never"),
                ("200", "always"),
            ] {
                let mut arguments = vec!["-r", capture, "--style", style, "--width", width, "--color", color];
                arguments.extend(&view);
                let ended = ran(&arguments);
                let what = format!("{view:?} {style} {width}");
                assert_eq!(ended.code, Some(0), "{what}: {}", ended.errors);
                assert!(!ended.output.is_empty(), "{what}");
                check_both(&ended, &what);
                assert!(
                    style != "ascii" || view[0] == "--json" || view[0] == "--mermaid" || ended.output.is_ascii(),
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn writing_that_needs_joiners_stays_readable() {
    let folder = Folder::new();
    let (capture, _) = inputs(&folder);
    let capture = capture.to_str().unwrap();
    let ended = ran(&["-r", capture, "--view", "follow", "--style", "unicode"]);
    for kept in &TEXTS[24..26] {
        assert!(ended.output.contains(kept), "{kept:?}: {}", ended.output);
    }
    assert!(
        ended.output.contains("\\u{3164}\\u{115f}\\u{1160}\\u{ffa0}"),
        "{}",
        ended.output
    );
    // A sequence of emoji is a row of emoji, and its joiner is seen.
    assert!(ended.output.contains("\u{1f468}\\u{200d}\u{1f469}"), "{}", ended.output);
}

/// Adds the comments and the arguments of calls that the value has, wherever they are in it.
fn collect(value: &serde_json::Value, comments: &mut Vec<String>, arguments: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                match (key.as_str(), value) {
                    ("argument", serde_json::Value::String(text)) => arguments.push(text.clone()),
                    ("comments", serde_json::Value::Array(list)) => {
                        comments.extend(list.iter().filter_map(|one| one.as_str().map(str::to_owned)));
                    }
                    _ => collect(value, comments, arguments),
                }
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|one| collect(one, comments, arguments)),
        _ => {}
    }
}

#[test]
fn strings_in_json_are_the_same_after_reading() {
    let folder = Folder::new();
    let (capture, log) = inputs(&folder);
    let ended = ran(&[
        "-r",
        capture.to_str().unwrap(),
        "--json",
        "--calls",
        log.to_str().unwrap(),
    ]);
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    let mut comments = Vec::new();
    let mut arguments = Vec::new();
    for line in ended.output.lines() {
        collect(&serde_json::from_str(line).unwrap(), &mut comments, &mut arguments);
    }
    for text in TEXTS {
        assert!(comments.iter().any(|one| one == text), "no comment {text:?}");
    }
    assert!(arguments.contains(&all()), "{arguments:?}");
}

fn text_of(path: &Path) -> String {
    String::from_utf8(std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn no_file_that_is_written_has_anything_raw() {
    let folder = Folder::new();
    let (capture, log) = inputs(&folder);
    let [html, svg, plot, key, sheet, key_md, sheet_md] =
        ["r\u{3164}.html", "l.svg", "p.svg", "k.html", "w.html", "k.md", "w.md"].map(|name| folder.file(name));
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let capture = path(&capture);
    for full in [None, Some("--full")] {
        let mut arguments = vec!["-q", "-r", &capture, "--force", "--color", "always"];
        arguments.extend(full);
        let (html, svg, plot, log) = (path(&html), path(&svg), path(&plot), path(&log));
        arguments.extend(["--html", &html, "--svg", &svg, "--plot", &plot, "--calls", &log]);
        let ended = ran(&arguments);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        check_both(&ended, "exports");
    }
    for (key, sheet) in [(&key, &sheet), (&key_md, &sheet_md)] {
        let ended = ran(&["-r", &capture, "--answer-key", &path(key), "--worksheet", &path(sheet)]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        check_both(&ended, "sheets");
    }
    page::check_page(text_of(&html).as_bytes(), 1);
    for picture in [&svg, &plot] {
        page::check_picture_file(text_of(picture).as_bytes());
    }
    for sheet in [&key, &sheet] {
        page::check_page(text_of(sheet).as_bytes(), 0);
    }
    for file in [&html, &svg, &plot, &key, &sheet, &key_md, &sheet_md] {
        check(&text_of(file), file.to_str().unwrap());
    }
    // Markdown takes HTML: nothing of the texts may open an element there.
    for file in [&key_md, &sheet_md] {
        assert!(!text_of(file).contains("<script"), "{file:?}");
    }
}

#[test]
fn no_comment_of_ours_has_anything_raw_and_those_of_others_stay_theirs() {
    let folder = Folder::new();
    let (capture, _) = inputs(&folder);
    let bare = folder.file("bare.pcap");
    let commented = folder.file("commented.pcapng");
    let copied = folder.file("copied.pcapng");
    for (from, to) in [(&capture, &bare), (&bare, &commented), (&capture, &copied)] {
        let ended = ran(&["-q", "-r", from.to_str().unwrap(), "-w", to.to_str().unwrap()]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    let comments = |file: &Path| -> Vec<String> {
        let ended = ran(&["-r", file.to_str().unwrap(), "--json"]);
        let lines = ended
            .output
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines
            .filter_map(|line| Some(line.get("comments")?.as_array()?.first()?.as_str()?.to_owned()))
            .collect()
    };
    let ours = comments(&commented);
    assert!(ours.len() > 100, "{}", ours.len());
    for comment in &ours {
        check(comment, "comment");
    }
    assert_eq!(comments(&copied), comments(&capture));
}

#[test]
fn no_complaint_repeats_anything_raw() {
    let folder = Folder::new();
    let name = all().replace('/', "");
    // A name has 255 bytes at most.
    let short: String = TEXTS[..20].concat().replace('/', "");
    let missing = folder.file(&format!("{short}.pcap"));
    let missing = missing.to_str().unwrap();
    let garbage = folder.with(&format!("g{short}"), b"this is not a capture");
    let garbage = garbage.to_str().unwrap();
    let good = folder.capture(2);
    let good = good.to_str().unwrap();
    let nowhere = format!("{}/{short}/f", folder.path().display());
    let mut tried: Vec<Vec<&str>> = vec![
        vec!["-r", missing],
        vec!["-r", garbage],
        vec!["-r", good, "-w", good],
        vec!["-r", good, "--calls", garbage],
        vec!["-r", good, "--calls", missing],
        vec!["-i", &name],
        vec!["--explain", &name],
        vec!["--host", &name],
        vec!["-p", &name],
        vec!["--view", &name],
        vec![&name],
        vec!["-r", good, "--width", &name],
        vec!["-r", good, "--limit", &name],
        vec!["extcap", "--extcap-interface", &name],
        vec!["--extcap-interface", &name, "--extcap-dlts"],
        vec!["--capture", "--extcap-interface", &name, "--fifo", &nowhere],
    ];
    let dashed = format!("--{name}");
    tried.push(vec![&dashed]);
    let equals = format!("--time={name}");
    tried.push(vec!["-r", good, &equals]);
    for option in ["-w", "--html", "--svg", "--plot", "--answer-key", "--worksheet"] {
        tried.push(vec!["-r", good, option, &nowhere]);
        tried.push(vec!["-r", good, option, garbage]);
    }
    for word in ["host", "port", "proto", "net", "ether host", "udp port"] {
        tried.push(vec![word, &name]);
    }
    for color in ["never", "always"] {
        for arguments in &tried {
            let output = sniffer(arguments).args(["--color", color]).output();
            let ended: Ended = output.unwrap().into();
            let is_known = ended.code.is_some_and(|code| code == 1 || code == 2);
            assert!(is_known, "{arguments:?}: {ended:?}");
            assert!(!ended.errors.is_empty(), "{arguments:?}");
            check_both(&ended, &format!("{arguments:?}"));
        }
    }
}

#[test]
fn no_server_shows_what_a_client_sends_raw() {
    for log in ["text", "json"] {
        let options = ["-vv", "--log-format", log];
        let (mut udp, udp_port) = server_with("udp-server", &options);
        let (mut tcp, tcp_port) = server_with("tcp-server", &options);
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", tcp_port)).unwrap();
        for text in TEXTS {
            socket.send_to(text.as_bytes(), ("127.0.0.1", udp_port)).unwrap();
            // A line feed would end the line, and with it the conversation.
            stream.write_all(text.replace('\n', "").as_bytes()).unwrap();
        }
        socket.send_to(b"the end", ("127.0.0.1", udp_port)).unwrap();
        stream.write_all(b"the end\n").unwrap();
        for (server, name) in [(&mut udp, "udp"), (&mut tcp, "tcp")] {
            server.wait_for_output("the end");
            server.signal(Signal::SIGINT);
            server.wait();
            check(&server.output(), name);
            check(&server.errors(), name);
        }
    }
}

#[test]
fn no_client_shows_what_a_server_sends_or_what_was_typed_raw() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    let port = server.local_addr().unwrap().port();
    let mut client = client("udp-client", port);
    let mut room = [0; 4096];
    for (text, number) in TEXTS.iter().zip(2..) {
        client.type_line("abc");
        let (_, from) = server.recv_from(&mut room).unwrap();
        server.send_to(text.as_bytes(), from).unwrap();
        client.wait_for_outputs("Input lowercase text: ", number);
    }
    client.end_input();
    client.wait();
    check(&client.output(), "udp-client");
    check(&client.errors(), "udp-client");
    let name = all();
    for program in ["udp-client", "tcp-client"] {
        for arguments in [
            vec!["-ip", &name, "-p", "9"],
            vec!["-ip", "127.0.0.1", "-p", &name],
            vec!["-ip", "127.0.0.1", "-p", "9", "--log-format", &name],
            vec!["-ip", "127.0.0.1", "-p", "9", "--calls", &format!("/dev/null/{name}")],
            vec![
                "-ip",
                "127.0.0.1",
                "-p",
                "9",
                "--log-format",
                "json",
                "--calls",
                &format!("/dev/null/{name}"),
            ],
            vec![&name],
        ] {
            let mut command = Side::Ours.command(program);
            command.args(&arguments).env("RUST_LOG", format!("socket_lab={name}"));
            let ended: Ended = command.output().unwrap().into();
            assert_ne!(ended.code, Some(0), "{arguments:?}: {ended:?}");
            check_both(&ended, &format!("{arguments:?}"));
        }
    }
}
