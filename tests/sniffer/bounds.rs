//! What is bounded, refused or cut, and the words for it: long filters, odd files, captures of many conversations.

use flate2::Compression;
use flate2::write::GzEncoder;

use super::frames;
use super::stage::{Folder, ran};

#[test]
fn a_filter_for_a_file_is_not_bounded_by_the_kernel() {
    let folder = Folder::new();
    let frames: Vec<Vec<u8>> = [1, 500, 1_999, 2_000, 40_000]
        .iter()
        .map(|&port| frames::udp(50_000, port, b"x"))
        .collect();
    let capture = folder.with("ports.pcap", &frames::pcap(&frames));
    let capture = capture.to_str().unwrap();
    let ports: Vec<String> = (1..2_000).step_by(2).map(|port| format!("port {port}")).collect();
    let expression = ports.join(" or ");
    let ended = ran(&["-r", capture, "--view", "summary", &expression]);
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{ended:?}");
    assert_eq!(ended.output.lines().count(), 2, "{ended:?}");
    let hosts: Vec<String> = (0..1_500)
        .map(|host| format!("host 10.0.{}.{}", host / 256, host % 256))
        .collect();
    let ended = ran(&[
        "-r",
        capture,
        "--view",
        "summary",
        &format!("not ({})", hosts.join(" or ")),
    ]);
    assert_eq!((ended.code, ended.output.lines().count()), (Some(0), 5), "{ended:?}");
    // Far more than anybody has is refused, in one line.
    let words: Vec<String> = (0..20_000).map(|port| format!("-p{}", port + 1)).collect();
    let mut arguments = vec!["-q", "-r", capture];
    arguments.extend(words.iter().map(String::as_str));
    let ended = ran(&arguments);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.errors.contains("are run on each packet: ask for less") && ended.errors.lines().count() == 1,
        "{:.300}",
        ended.errors
    );
}

#[test]
fn nesting_is_refused_before_the_stack_ends() {
    let folder = Folder::new();
    let capture = folder.capture(1);
    let capture = capture.to_str().unwrap();
    for depth in [40, 10_000] {
        for expression in [
            "(".repeat(depth) + "udp" + &")".repeat(depth),
            "not ".repeat(depth) + "udp",
            "not (".repeat(depth) + "udp" + &")".repeat(depth),
            "udp or (".repeat(depth) + "udp" + &")".repeat(depth),
            "udp[".repeat(depth) + "0" + &"]".repeat(depth),
            "vlan and ".repeat(depth) + "udp",
            "1 + ".repeat(depth) + "1 = len",
        ] {
            let ended = ran(&["-q", "-r", capture, &expression]);
            assert!(
                ended.code.is_some_and(|code| code <= 2) && ended.errors.lines().count() <= 1,
                "{expression:.20} {depth}: {:?} {:.200}",
                ended.code,
                ended.errors
            );
        }
    }
}

/// The bytes in a member of a gzip file.
fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_lies_behind_packed_data_is_passed_or_said() {
    let folder = Folder::new();
    let whole = frames::pcap(&frames::numbered(10));
    let (front, back) = whole.split_at(200);
    for (name, bytes, said) in [
        ("plain", packed(&whole), false),
        ("zeros", [packed(&whole), vec![0; 10_240]].concat(), false),
        ("members", [packed(front), packed(back)].concat(), false),
        ("empty-member", [packed(&whole), packed(b"")].concat(), false),
        ("garbage", [packed(&whole), b"garbage".to_vec()].concat(), true),
        (
            "zeros-garbage",
            [packed(&whole), vec![0; 600], b"x".to_vec()].concat(),
            true,
        ),
    ] {
        let file = folder.with(name, &bytes);
        let ended = ran(&["-r", file.to_str().unwrap(), "--view", "summary"]);
        assert_eq!(
            (ended.code, ended.output.lines().count()),
            (Some(0), 10),
            "{name}: {ended:?}"
        );
        assert_eq!(ended.errors.lines().count(), usize::from(said), "{name}: {ended:?}");
        assert!(
            !said || ended.errors.contains("behind its packed data"),
            "{name}: {ended:?}"
        );
    }
    let cut = packed(&whole);
    let file = folder.with("cut", &[packed(front), cut[..cut.len() / 2].to_vec()].concat());
    let ended = ran(&["-r", file.to_str().unwrap(), "--view", "summary"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.errors.lines().count(), 1, "{ended:?}");
}

#[test]
fn a_call_log_that_is_none_is_said_in_one_line() {
    const GOOD: &str = "captures/tcp.calls.jsonl";
    let folder = Folder::new();
    let good = std::fs::read(GOOD).unwrap();
    let calls = good.split_inclusive(|&byte| byte == b'\n').count();
    let text = "hello\n".repeat(200).into_bytes();
    let zeros = vec![0; 3_000_000];
    let view = |log: &[u8]| {
        let log = folder.with("log", log);
        ran(&[
            "-r",
            "captures/tcp.pcapng",
            "--view",
            "ladder",
            "--calls",
            log.to_str().unwrap(),
        ])
    };
    for (log, why) in [
        (&zeros[..], "far too long"),
        (&zeros[..70_000], "has 70000 bytes"),
        (&zeros[..9], "line 1"),
        (&text, "nor is any of the 199 other lines"),
        (b"\xff\xfe\n\xff", "nor is the other line"),
        (b"{}", "line 1"),
        (b"[1]\n2\nnull\n", "nor is any of the 2 other lines"),
    ] {
        let ended = view(log);
        assert_eq!(ended.code, Some(1), "{why}: {ended:?}");
        assert!(
            ended.errors.contains(" is not a call log: ") && ended.errors.contains(why),
            "{why}: {ended:?}"
        );
        assert_eq!(ended.errors.lines().count(), 1, "{ended:?}");
    }
    let line = |number: usize| format!(": line {number} ");
    for (log, why) in [
        ([&good[..], &zeros].concat(), line(calls + 1)),
        ([&zeros[..70_000], b"\n", &good].concat(), line(1)),
        (
            [&good[..], &text, &good].concat(),
            "and 199 other lines are none either".to_owned(),
        ),
        (
            [&zeros[..], b"\n", &text, &good].concat(),
            "and 200 other lines are none either".to_owned(),
        ),
        (b"\n\n\n".to_vec(), "has no socket calls in it".to_owned()),
    ] {
        let ended = view(&log);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let warned: Vec<&str> = ended.errors.lines().filter(|line| line.contains(&why)).collect();
        assert_eq!(warned.len(), 1, "{why}: {ended:?}");
        assert!(
            log.len() < 10 || ended.output.contains(") called"),
            "the calls are shown"
        );
    }
}

/// A capture of so many connections of a SYN each, from addresses and ports of their own; IPv4 without a link layer.
fn connections(count: u32) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 262_144, 228] {
        file.extend(word.to_le_bytes());
    }
    for number in 0..count {
        for word in [frames::SECOND, number, 40, 40] {
            file.extend(word.to_le_bytes());
        }
        file.extend([0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0]);
        file.extend((0x0a00_0000 + number / 50_000).to_be_bytes());
        file.extend([192, 0, 2, 2]);
        file.extend(u16::try_from(10_000 + number % 50_000).unwrap().to_be_bytes());
        file.extend([0, 80]);
        file.extend(number.to_be_bytes());
        file.extend([0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0]);
    }
    file
}

#[test]
fn an_export_of_many_conversations_is_cut_and_says_so() {
    const ALL: u32 = 20_000;
    let folder = Folder::new();
    let capture = folder.with("many.pcap", &connections(ALL));
    let capture = capture.to_str().unwrap();
    for (option, most) in [("--html", 40 << 20), ("--svg", 8 << 20), ("--plot", 1 << 20)] {
        let file = folder.file(&option[2..]);
        let ended = ran(&[
            "-q",
            "-r",
            capture,
            option,
            file.to_str().unwrap(),
            "--limit",
            "1000000",
        ]);
        assert_eq!(ended.code, Some(0), "{option}: {ended:?}");
        assert!(
            ended
                .errors
                .contains("18,000 packets in 18,000 more conversations; it has 2,000 conversations at most; --flow N"),
            "{option}: {ended:?}"
        );
        let size = std::fs::metadata(&file).unwrap().len();
        assert!(size < most, "{option}: {size}");
    }
    let page = std::fs::read_to_string(folder.file("html")).unwrap();
    assert!(
        page.contains("The capture has 18,000 more packets; this report has 20,000, and 16 MiB of them at most, of 2,000 conversations."),
        "the page says it too"
    );
    let ended = ran(&["-r", capture, "--mermaid", "--limit", "1000000"]);
    assert!(
        ended.errors.contains("18,000 more conversations") && ended.output.len() < 1 << 20,
        "{:.300}",
        ended.errors
    );
    // What the warning names gives one that was left out.
    let ended = ran(&["-r", capture, "--mermaid", "--limit", "1000000", "--flow", "19999"]);
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""));
    assert!(ended.output.contains("29998"), "{}", ended.output);
    let ended = ran(&["-r", capture, "--view", "ladder", "--side-by-side", "--width", "120"]);
    assert!(
        ended
            .errors
            .contains("left out: 18,000 more conversations; 2,000 at most"),
        "{:.300}",
        ended.errors
    );
    // Streams have all of them.
    let ended = ran(&["-r", capture, "--view", "summary"]);
    assert_eq!(
        (ended.output.lines().count(), ended.errors.as_str()),
        (ALL as usize, "")
    );
}

#[test]
fn an_export_of_many_calls_is_cut_and_says_so() {
    let folder = Folder::new();
    let log = std::fs::read_to_string("captures/tcp.calls.jsonl").unwrap();
    let is_send = |line: &&str| line.contains(r#""call":"send""#) && line.contains("tcp-client");
    let send = log.lines().find(is_send).unwrap();
    // Of 0 bytes, and as early as the first one: they send nothing. Two calls of the log are not of this conversation.
    let nothing = send.replace(
        r#""asked":12,"bytes":12,"result":12"#,
        r#""asked":0,"bytes":0,"result":0"#,
    );
    assert_ne!(nothing, send);
    let many = log.clone() + &format!("{nothing}\n").repeat(60_000);
    let log = folder.with("many.jsonl", many.as_bytes());
    let page = folder.file("page.svg");
    let arguments = [
        "-q",
        "-r",
        "captures/tcp.pcapng",
        "--svg",
        page.to_str().unwrap(),
        "--calls",
        log.to_str().unwrap(),
    ];
    let ended = ran(&arguments);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended
            .errors
            .contains("10,015 more socket calls; it has 50,000 at most; --flow N"),
        "{ended:?}"
    );
    let size = std::fs::metadata(&page).unwrap().len();
    assert!(size < 50 << 20, "{size}");
}

#[test]
fn what_a_capture_in_the_middle_has_late_is_shown_first() {
    let segment = |sequence: u32, data: &[u8]| {
        let mut frame = connections(1)[40..].to_vec();
        frame[2..4].copy_from_slice(&u16::try_from(40 + data.len()).unwrap().to_be_bytes());
        frame[24..28].copy_from_slice(&sequence.to_be_bytes());
        frame[33] = 0x18;
        frame.extend(data);
        [&[0; 12][..], &[8, 0], &frame].concat()
    };
    let folder = Folder::new();
    let capture = folder.with(
        "late.pcap",
        &frames::pcap(&[segment(5_000, b"late\n"), segment(4_990, b"the first ")]),
    );
    let ended = ran(&["-r", capture.to_str().unwrap(), "--view", "follow", "--style", "ascii"]);
    assert!(ended.output.contains("> the first late\\n\n"), "{ended:?}");
    let hole = folder.with(
        "hole.pcap",
        &frames::pcap(&[segment(5_000, b"late\n"), segment(4_980, b"the first ")]),
    );
    let ended = ran(&["-r", hole.to_str().unwrap(), "--view", "follow", "--style", "ascii"]);
    let lines: Vec<&str> = ended
        .output
        .lines()
        .filter_map(|line| line.split_once("> "))
        .map(|(_, said)| said)
        .collect();
    assert_eq!(lines, ["the first ", "[10 bytes missing]", "late\\n"], "{ended:?}");
}
