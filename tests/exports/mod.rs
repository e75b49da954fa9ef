//! Reports, pictures and diagrams: what `sniffer` and `socket-lab` write, judged by a browser, by an XML parser and by Mermaid.
//!
//! `tests/browser` has what is done in the browser: Debian's Chromium, driven by playwright-core; axe-core (MPL-2.0) looks for what
//! somebody with a screen reader or a keyboard would stumble over. `npm ci --prefix tests/browser` installs them.

mod beside;
mod one_form;
mod pictures;

use std::io::Write as _;
use std::process::Output;

use crate::support::browser::browser;
use crate::support::{Tool, essential, need, ours, tool};

/// A real run: five conversations, with the calls of both programs.
const RECORDED: &str = "tests/sniffer/ladder/recorded.pcap";
const CALLS: &str = "tests/sniffer/ladder/recorded.jsonl";

fn sniffer(arguments: &[&str]) -> Output {
    ours("sniffer").args(arguments).output().unwrap()
}

/// What it wrote to standard output; it has to end well and say nothing else.
fn quietly(arguments: &[&str]) -> String {
    let ended = sniffer(arguments);
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && errors.is_empty(), "{arguments:?}: {errors}");
    String::from_utf8(ended.stdout).unwrap()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// The real run as a report.
    fn report(&self) -> String {
        let report = self.file("report.html");
        quietly(&["-q", "-r", RECORDED, "--calls", CALLS, "--html", &report, "--utc"]);
        report
    }
}

#[test]
fn the_first_screen_shows_the_handshake_and_nothing_is_loaded() {
    let folder = Folder::new();
    browser("report", &["opens", &folder.report()]);
}

#[test]
fn a_packet_is_chosen_by_mouse_by_keyboard_by_link_and_without_script() {
    let folder = Folder::new();
    browser("report", &["chooses", &folder.report()]);
}

#[test]
fn diagram_table_and_bytes_light_each_other_up() {
    let folder = Folder::new();
    browser("report", &["lights", &folder.report()]);
}

#[test]
fn packets_are_found_and_conversations_chosen() {
    let folder = Folder::new();
    browser("report", &["finds", &folder.report()]);
}

#[test]
fn paper_has_a_summary_of_two_pages_or_everything_in_black_and_white() {
    let folder = Folder::new();
    browser("report", &["prints", &folder.report()]);
}

#[test]
fn nobody_is_shut_out() {
    let folder = Folder::new();
    browser("report", &["accessible", &folder.report()]);
}

/// A recorded run as a report.
fn report_of(folder: &Folder, run: &str) -> String {
    let (capture, calls) = (format!("captures/{run}.pcapng"), format!("captures/{run}.calls.jsonl"));
    let report = folder.file(&format!("{run}.html"));
    quietly(&["-q", "-r", &capture, "--calls", &calls, "--html", &report]);
    report
}

#[test]
fn the_report_fits_a_phone_and_fills_a_lecture_room() {
    let folder = Folder::new();
    browser("learn", &["fits", &report_of(&folder, "tcp")]);
}

#[test]
fn the_transport_header_comes_first_and_the_others_are_folded() {
    let folder = Folder::new();
    browser("learn", &["layers", &report_of(&folder, "tcp")]);
}

#[test]
fn questions_are_answered_by_the_packets() {
    let folder = Folder::new();
    for run in ["tcp", "long", "idle"] {
        browser("learn", &["predicts", &report_of(&folder, run)]);
    }
}

#[test]
fn terms_lead_to_their_explanation() {
    let folder = Folder::new();
    let report = report_of(&folder, "tcp");
    let page = std::fs::read_to_string(&report).unwrap();
    assert!(page.contains("aria-label=\"TIME-WAIT\"") && !page.contains("aria-label=\"ICMP\""));
    browser("learn", &["explains", &report]);
}

#[test]
fn two_thousand_packets_open_at_once() {
    let folder = Folder::new();
    let (capture, report) = (folder.file("many.pcap"), folder.file("many.html"));
    if need(Tool::Python) {
        made("tcp", &capture, "167");
        // There are 2,004.
        quietly(&["-q", "-r", &capture, "-c", "2000", "--html", &report]);
        browser("learn", &["opens_many", &report]);
    }
}

/// Makes a capture of this kind and size.
fn made(kind: &str, capture: &str, size: &str) {
    let script = ["tests/bench/captures.py", kind, capture, size];
    assert!(tool(Tool::Python).args(script).output().unwrap().status.success());
}

#[test]
fn two_thousand_full_packets_take_a_megabyte_and_say_what_is_left_out() {
    let folder = Folder::new();
    let (capture, report) = (folder.file("bulk.pcap"), folder.file("bulk.html"));
    if need(Tool::Python) {
        made("bulk", &capture, "2000");
        quietly(&["-q", "-r", &capture, "--html", &report]);
        browser("learn", &["opens_bulk", &report]);
    }
}

/// A UDP datagram over IPv4 with these data, from 192.0.2.1:40000 to 192.0.2.2:9, in a pcap file of raw IP packets.
fn capture_of(data: &[u8]) -> Vec<u8> {
    let length = |headers: usize| u16::try_from(headers + data.len()).unwrap().to_be_bytes();
    let mut packet = vec![0x45, 0];
    packet.extend(length(28));
    packet.extend([0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
    packet.extend([0x9c, 0x40, 0, 9]);
    packet.extend(length(8));
    packet.extend([0, 0]);
    packet.extend(data);
    let mut file = Vec::new();
    file.extend(0xa1b2_c3d4_u32.to_le_bytes());
    file.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0]);
    file.extend(101_u32.to_le_bytes());
    file.extend([0; 8]);
    let count = u32::try_from(packet.len()).unwrap().to_le_bytes();
    file.extend(count);
    file.extend(count);
    file.extend(packet);
    file
}

const EVIL: &str = "<script>window.owned=1</script><svg onload=\"window.owned=2\"></svg><img src=x onerror=window.owned=3>\
    ]]>--></title></style></textarea><b>";

#[test]
fn what_comes_from_the_network_stays_text() {
    let folder = Folder::new();
    let capture = folder.file("<b>evil\" onload='x'&lt;");
    std::fs::write(&capture, capture_of(EVIL.as_bytes())).unwrap();
    let (report, svg) = (folder.file("report.html"), folder.file("ladder.svg"));
    quietly(&["-q", "-r", &capture, "--html", &report, "--svg", &svg]);
    let page = std::fs::read_to_string(&report).unwrap();
    assert_eq!(page.matches("<script").count(), 1, "only the page's own");
    assert!(!page.contains("<img") && !page.contains("<svg onload"));
    well_formed(&svg);
    browser("report", &["harmless", &report, "1"]);
}

/// The script makes packets of a large page from packed HTML; that stays text as well.
#[test]
fn what_comes_from_the_network_stays_text_where_it_is_packed() {
    const FILE_HEADER: usize = 24;
    let folder = Folder::new();
    let capture = folder.file("<b>evil\" onload='x'&lt;");
    let one = capture_of(EVIL.as_bytes());
    let packets = one[FILE_HEADER..].repeat(socket_lab::render::report::PLAIN + 1);
    std::fs::write(&capture, [&one[..FILE_HEADER], &packets].concat()).unwrap();
    let report = folder.file("report.html");
    quietly(&["-q", "-r", &capture, "--html", &report]);
    assert_eq!(std::fs::read_to_string(&report).unwrap().matches("<article").count(), 1);
    browser("report", &["harmless", &report, "7"]);
}

/// An XML parser that is not ours.
fn well_formed(file: &str) {
    if need(Tool::Python) {
        let program = "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])";
        let ended = tool(Tool::Python).args(["-c", program, file]).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}

#[test]
fn a_limit_is_said_in_the_report_and_beside_it() {
    let folder = Folder::new();
    let report = folder.file("report.html");
    let ended = sniffer(&["-q", "-r", RECORDED, "--html", &report, "--limit", "4"]);
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && errors.contains("19 more packets"), "{errors}");
    let page = std::fs::read_to_string(&report).unwrap();
    let words = "The capture has 19 more packets; this report has as many as --limit says, and 16 MiB of them at most.";
    assert!(page.contains(words), "it says so itself");
    assert_eq!(page.matches("<article").count(), 4);
}

#[test]
fn nothing_to_draw_is_said_in_one_line() {
    let folder = Folder::new();
    let said = |code, arguments: &[&str]| {
        let ended = sniffer(&[&["-r", "captures/udp.pcapng"], arguments].concat());
        let errors = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(code), "{arguments:?}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{arguments:?}: {errors}");
        errors
    };
    let errors = said(0, &["-q", "--plot", &folder.file("none.svg"), "udp"]);
    assert!(
        errors.contains("nothing to draw for --plot: no TCP conversation"),
        "{errors}"
    );
    for arguments in [
        &["-q", "--svg", &folder.file("svg"), "tcp"][..],
        &["-q", "--plot", &folder.file("plot"), "tcp"],
        &["--mermaid", "tcp"],
        &["--mermaid", "-c", "1", "tcp"],
    ] {
        let errors = said(0, arguments);
        assert!(
            errors.contains("none of 2 packets passes the filter tcp"),
            "{arguments:?}: {errors}"
        );
    }
    // What was asked for by its number has to be there.
    let errors = said(1, &["--mermaid", "--packet", "77"]);
    assert!(errors.contains("there is no packet 77"), "{errors}");
    said(1, &["--mermaid", "--flow", "99"]);
    said(1, &["-q", "--plot", &folder.file("none.svg"), "--flow", "99"]);
}

#[test]
fn a_conversation_that_is_not_there_is_said_once() {
    let folder = Folder::new();
    for (place, arguments) in [
        &["-q", "--html"][..],
        &["--view", "ladder", "--html"],
        &["--json", "--svg"],
        &["--mermaid", "--plot"],
    ]
    .into_iter()
    .enumerate()
    {
        let file = folder.file(&place.to_string());
        let ended = sniffer(&[&["-r", RECORDED, "--flow", "99"], arguments, &[&file]].concat());
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{errors}");
        assert_eq!(
            errors.matches("no conversation 99").count(),
            1,
            "{arguments:?}: {errors}"
        );
    }
}

#[test]
fn the_first_screen_says_what_came_instead_of_a_handshake() {
    let folder = Folder::new();
    let start = |name: &str| {
        let file = folder.file(name);
        quietly(&["-q", "-r", &format!("captures/{name}.pcapng"), "--html", &file]);
        let page = std::fs::read_to_string(file).unwrap();
        let (_, start) = page
            .split_once("<section class=\"start\" id=\"start\" tabindex=\"-1\">")
            .unwrap();
        start.split_once("</section>").unwrap().0.to_owned()
    };
    let complete = start("tcp");
    assert!(
        complete.contains("Packet 3: ACK") && complete.contains("when this SYN-ACK arrives"),
        "{complete}"
    );
    let broken_off = start("syn-scan");
    assert!(broken_off.contains("no complete three-way handshake"), "{broken_off}");
    // Without a handshake, there is nothing to predict.
    assert!(complete.contains("class=\"predict\"") && !broken_off.contains("class=\"predict\""));
    assert!(
        broken_off.contains("Packet 3: RST</a>") && broken_off.contains("Breaks off as soon as"),
        "{broken_off}"
    );
    let refused = start("refused");
    assert!(
        refused.contains("Packet 2: ICMP port unreachable</a>") && !refused.contains("(STATE)"),
        "{refused}"
    );
}

#[test]
fn a_report_says_where_it_comes_from() {
    let folder = Folder::new();
    let page = std::fs::read_to_string(folder.report()).unwrap();
    let judged = essential("sha256sum").arg(RECORDED).output().unwrap();
    let sum = String::from_utf8(judged.stdout).unwrap();
    assert!(page.contains(&sum[..64]), "{sum}");
    assert!(page.contains(&format!("sniffer {} (socket-lab)", env!("CARGO_PKG_VERSION"))));
    assert!(page.contains("<code>sniffer -q -r recorded.pcap --calls recorded.jsonl --html report.html --utc</code>"));
}

/// A report is handed in: a path would name its author's account.
#[test]
fn a_report_names_no_folder() {
    let folder = Folder::new();
    let home = folder.file("home/ann-lee");
    std::fs::create_dir_all(&home).unwrap();
    let [capture, calls, report] = ["run.pcap", "run.jsonl", "run.html"].map(|name| format!("{home}/{name}"));
    std::fs::copy(RECORDED, &capture).unwrap();
    std::fs::copy(CALLS, &calls).unwrap();
    quietly(&["-q", "-r", &capture, &format!("--calls={calls}"), "--html", &report]);
    let page = std::fs::read_to_string(report).unwrap();
    assert!(!page.contains("ann-lee") && !page.contains(folder.0.path().to_str().unwrap()));
    assert!(page.contains("<code>sniffer -q -r run.pcap --calls=run.jsonl --html run.html</code>"));
}

/// Its bytes come once: they cannot be read again for a hash.
#[test]
fn a_report_of_a_pipe_has_no_hash() {
    let folder = Folder::new();
    let report = folder.file("report.html");
    let mut command = ours("sniffer");
    command.args(["-q", "-r", "/dev/stdin", "--html", &report]);
    let mut running = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    let capture = std::fs::read("captures/udp.pcapng").unwrap();
    running.stdin.take().unwrap().write_all(&capture).unwrap();
    assert!(running.wait().unwrap().success());
    let page = std::fs::read_to_string(report).unwrap();
    assert!(page.contains("2 packets") && !page.contains("SHA-256"), "{page}");
}

#[test]
fn nothing_is_written_over_by_mistake() {
    let folder = Folder::new();
    let copy = folder.file("copy.pcap");
    std::fs::copy(RECORDED, &copy).unwrap();
    let refused = |arguments: &[&str], words: &str| {
        let ended = sniffer(arguments);
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(
            !ended.status.success() && errors.contains(words),
            "{arguments:?}: {errors}"
        );
        assert_eq!(errors.lines().count(), 1, "{errors}");
    };
    refused(&["-q", "-r", RECORDED, "--html", &copy], "exists already");
    refused(
        &["-q", "-r", &copy, "--html", &copy, "--force"],
        "the file that is being read",
    );
    refused(&["-q", "-r", RECORDED, "--html", "-"], "give it a name");
    let twice = folder.file("twice");
    refused(
        &["-q", "-r", RECORDED, "--html", &twice, "--svg", &twice],
        "the same name",
    );
    refused(&["-r", RECORDED, "--mermaid", "-w", "-"], "-w a file");
    for option in ["--html", "--svg", "--plot"] {
        let arguments = [
            "-r",
            RECORDED,
            "--mermaid",
            "--packet",
            "2",
            option,
            &folder.file("whole"),
        ];
        refused(&arguments, "'--packet <NUMBER>'");
    }
    refused(&["-q", "-r", RECORDED, "--plot", "x.svg", "--calls", CALLS], "--calls");
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(RECORDED).unwrap());
}
