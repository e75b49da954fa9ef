//! What a live capture writes at its end.

use nix::sys::signal::Signal;

use super::stage::{Ended, Folder, capturing, in_namespace, pair};

#[test]
fn a_live_capture_ends_with_its_report() {
    in_namespace(|| {
        let folder = Folder::new();
        let [report, ladder, capture] = ["r.html", "l.svg", "c.pcapng"].map(|name| folder.file(name));
        let (client, server, port) = pair();
        let named = [&report, &ladder, &capture].map(|path| path.to_str().unwrap());
        let expression = format!("udp and port {port}");
        let sniffer = capturing(&["-q", "--html", named[0], "--svg", named[1], "-w", named[2], &expression]);
        let mut buffer = [0; 64];
        for words in [&b"<i>one</i>"[..], b"two"] {
            client.send(words).unwrap();
            server.recv(&mut buffer).unwrap();
        }
        let ended = Ended::by(sniffer, Signal::SIGINT);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        for name in &named[..2] {
            assert!(ended.errors.contains(&format!("written: {name}\n")), "{ended:?}");
        }
        let page = std::fs::read_to_string(&report).unwrap();
        assert_eq!(page.matches("<article").count(), 2);
        assert!(
            page.contains("&#60;i&#62;one&#60;/i&#62;") && !page.contains("<i>one"),
            "{page}"
        );
        assert!(page.contains("Of c.pcapng, SHA-256"), "the recording is what it is of");
        let picture = std::fs::read_to_string(&ladder).unwrap();
        assert!(picture.contains(&format!(" → {port} len=10</text>")), "{picture}");
        assert!(
            picture.contains(">&quot;&lt;i&gt;one&lt;/i&gt;&quot;</text>"),
            "{picture}"
        );
    });
}

#[test]
fn a_report_of_what_goes_to_standard_output_is_called_by_the_interface() {
    in_namespace(|| {
        let folder = Folder::new();
        let report = folder.file("r.html");
        let (client, _server, port) = pair();
        let expression = format!("udp and port {port}");
        let page = report.to_str().unwrap();
        let mut sniffer = capturing(&["-q", "--html", page, "-w", "-", "-c", "1", &expression]);
        client.send(b"one").unwrap();
        let ended = Ended::of(&mut sniffer);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let page = std::fs::read_to_string(&report).unwrap();
        assert!(page.contains("<h1>live capture on lo</h1>"), "{page}");
    });
}

#[test]
fn a_live_capture_draws_itself_with_mermaid() {
    in_namespace(|| {
        let (client, _server, port) = pair();
        let mut sniffer = capturing(&["--mermaid", "-c", "2", &format!("udp and port {port}")]);
        client.send(b"one").unwrap();
        client.send(b"two").unwrap();
        let ended = Ended::of(&mut sniffer);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.output.starts_with("sequenceDiagram\n"), "{ended:?}");
        assert_eq!(ended.output.matches("->>p2: ").count(), 2, "{ended:?}");
    });
}
