//! Capture files against the judges: what tshark, capinfos and tcpdump read in ours, and what we read in everybody's.

#[cfg(test)]
mod support;

#[cfg(all(test, feature = "sniffer"))]
mod tests {
    use std::borrow::Cow;
    use std::fs;
    use std::io::Write as _;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    use socket_lab::frame::{Direction, Frame, Time};
    use socket_lab::record::{
        Destination, Format, Interface, ReadProblem, Reader, Recorder, Section, Statistics, WriteError,
    };
    use socket_lab::wire::LinkType;

    use super::support::needs;

    /// 2026-03-04 05:06:07.123456789 UTC.
    const TIME: i64 = 1_772_600_767_123_456_789;

    /// An Ethernet frame with a UDP datagram of this text, checksums and all, from 127.0.0.1:44298 to 127.0.0.1:12345.
    fn datagram(text: &[u8]) -> Vec<u8> {
        let udp_length = u16::try_from(8 + text.len()).unwrap();
        let mut ip = vec![0x45, 0];
        ip.extend((20 + udp_length).to_be_bytes());
        ip.extend([0x15, 0x3b, 0x40, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
        let sum = ip
            .chunks(2)
            .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]))
            .sum::<u32>();
        let folded = (sum & 0xffff) + (sum >> 16);
        let checksum = !u16::try_from((folded & 0xffff) + (folded >> 16)).unwrap();
        ip[10..12].copy_from_slice(&checksum.to_be_bytes());
        let mut frame = vec![0; 12];
        frame.extend([8, 0]);
        frame.extend(ip);
        for number in [44298, 12345, udp_length, 0] {
            frame.extend(number.to_be_bytes());
        }
        frame.extend(text);
        frame
    }

    fn frame(number: i64, bytes: Vec<u8>) -> Frame<'static> {
        Frame {
            time: Some(Time(TIME + number * 1_000_000_001)),
            link: LinkType::ETHERNET,
            interface: 0,
            direction: None,
            original_length: u32::try_from(bytes.len()).unwrap(),
            bytes: Cow::Owned(bytes),
            comments: Vec::new(),
        }
    }

    /// Frames of all the kinds that a file has to keep: ordinary, empty, cut, the longest, with comments.
    fn frames(format: Format) -> Vec<Frame<'static>> {
        let mut all: Vec<_> = (0..5).map(|number| frame(number, datagram(b"udp is lazy"))).collect();
        all.push(frame(5, Vec::new()));
        all.push(Frame {
            original_length: 1514,
            ..frame(6, datagram(&[b'x'; 50]))
        });
        let mut longest = datagram(b"");
        longest.resize(262_144, 0);
        all.push(frame(7, longest));
        if format == Format::PcapNg {
            all[1].comments = vec![
                "client: SYN, because of connect()".to_owned(),
                "zweite Zeile: ü".to_owned(),
            ];
            all[2].comments = vec!["key=value".to_owned()];
            all[3].direction = Some(Direction::Inbound);
            all[4].direction = Some(Direction::Outbound);
        }
        all
    }

    fn loopback() -> Interface {
        Interface {
            name: Some("lo".to_owned()),
            description: Some("Loopback of this machine".to_owned()),
            filter: Some("udp port 12345".to_owned()),
            ..Interface::new(LinkType::ETHERNET)
        }
    }

    fn record(path: &Path, interfaces: &[Interface], frames: &[Frame<'_>], statistics: &[Statistics]) {
        let destination = Destination::open(path, false).unwrap();
        let section = Section::of_this_machine("socket-lab test");
        let mut recorder = Recorder::new(destination, Format::of_path(path), &section, interfaces).unwrap();
        for frame in frames {
            recorder.write(frame).unwrap();
        }
        let written = recorder.finish(statistics).unwrap();
        assert_eq!(written.packets, frames.len() as u64);
        assert_eq!(written.bytes, fs::metadata(path).unwrap().len());
    }

    fn read(path: &Path) -> (Vec<Frame<'static>>, Reader) {
        let mut reader = Reader::open(path).unwrap();
        let mut frames = Vec::new();
        while let Some(frame) = reader.next().unwrap() {
            frames.push(frame.into_owned());
        }
        (frames, reader)
    }

    fn counted() -> Statistics {
        Statistics {
            received: Some(1_000_000_007),
            dropped: Some(5_000_000_011),
            start: Some(Time(TIME)),
            end: Some(Time(TIME + 60_000_000_001)),
        }
    }

    /// The standard output of a judge; its standard error must be as expected.
    fn ask(command: &mut Command, errors: impl Fn(&str) -> bool) -> String {
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors(&said), "{command:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// tshark without what it says about being run by root.
    fn tshark(path: &Path, arguments: &[&str]) -> String {
        ask(
            Command::new("tshark").arg("-r").arg(path).args(["-n"]).args(arguments),
            |said| said.lines().all(|line| line.contains("root") || line.is_empty()),
        )
    }

    #[test]
    fn what_is_recorded_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        for (name, format) in [("a.pcap", Format::Pcap), ("a.pcapng", Format::PcapNg)] {
            let path = folder.path().join(name);
            let frames = frames(format);
            record(&path, &[loopback()], &frames, &[counted()]);
            let (read, reader) = read(&path);
            assert_eq!(read, frames);
            let facts = reader.facts();
            assert_eq!(facts.format, format);
            let expected = match format {
                Format::Pcap => Interface::new(LinkType::ETHERNET),
                Format::PcapNg => Interface {
                    statistics: Some(counted()),
                    ..loopback()
                },
            };
            assert_eq!(facts.interfaces, [expected]);
            if format == Format::PcapNg {
                assert_eq!(facts.sections, [Section::of_this_machine("socket-lab test")]);
            }
        }
    }

    #[test]
    fn tshark_reads_the_same_and_has_nothing_to_remark() {
        if !needs::tool("tshark") {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        for (name, format) in [("a.pcap", Format::Pcap), ("a.pcapng", Format::PcapNg)] {
            let path = folder.path().join(name);
            let frames = frames(format);
            record(&path, &[loopback()], &frames, &[counted()]);
            let fields = [
                "frame.time_epoch",
                "frame.len",
                "frame.cap_len",
                "frame.comment",
                "frame.packet_flags_direction",
            ];
            let arguments: Vec<_> = ["-T", "fields"]
                .into_iter()
                .chain(fields.iter().flat_map(|field| ["-e", field]))
                .collect();
            let told = tshark(&path, &arguments);
            let expected: Vec<_> = frames
                .iter()
                .map(|frame| {
                    let Time(time) = frame.time.unwrap();
                    let (seconds, nanoseconds) = (time / 1_000_000_000, time % 1_000_000_000);
                    let direction = match frame.direction {
                        None => "",
                        Some(Direction::Inbound) => "0x00000001",
                        Some(Direction::Outbound) => "0x00000002",
                    };
                    let (length, captured) = (frame.original_length, frame.bytes.len());
                    let comments = frame.comments.join(",");
                    format!("{seconds}.{nanoseconds:09}\t{length}\t{captured}\t{comments}\t{direction}")
                })
                .collect();
            assert_eq!(told.lines().collect::<Vec<_>>(), expected);
            // An ordinary packet brings no remark; the zero-length and the padded one have reason to.
            let remarks = tshark(
                &path,
                &[
                    "-Y",
                    "_ws.expert && frame.number <= 5 && !_ws.expert.group == \"Comment\"",
                ],
            );
            assert_eq!(remarks, "", "{name}");
        }
    }

    #[test]
    fn tshark_and_capinfos_find_the_facts() {
        if !needs::tool("tshark") || !needs::tool("capinfos") {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcapng");
        let cooked = Interface {
            name: Some("any".to_owned()),
            snaplen: 96,
            ..Interface::new(LinkType::LINUX_SLL2)
        };
        let second = Frame {
            interface: 1,
            link: LinkType::LINUX_SLL2,
            ..frame(1, vec![0; 60])
        };
        let frames = [frame(0, datagram(b"hello")), second];
        record(
            &path,
            &[loopback(), cooked],
            &frames,
            &[counted(), Statistics::default()],
        );
        let names = tshark(
            &path,
            &[
                "-T",
                "fields",
                "-e",
                "frame.interface_name",
                "-e",
                "frame.interface_description",
            ],
        );
        assert_eq!(names, "lo\tLoopback of this machine\nany\t\n");
        let told = ask(Command::new("capinfos").arg(&path), str::is_empty);
        for line in [
            "Capture application: socket-lab test",
            "Encapsulation = Ethernet (1 - ether)",
            "Encapsulation = Linux cooked-mode capture v2",
            "Time precision = nanoseconds (9)",
            "Capture length = 262144",
            "Capture length = 96",
            "Filter string = udp port 12345",
            "Description = Loopback of this machine",
            "Number of stat entries = 1",
        ] {
            assert!(told.contains(line), "no {line:?} in {told}");
        }
        // The statistics block as tshark dissects it: both times and both counts.
        let block = tshark(
            &path,
            &["-X", "read_format:MIME Files Format", "-V", "-O", "file-pcapng"],
        );
        for line in [
            "Timestamp: Mar  4, 2026 05:06:07.123456789",
            "Timestamp: Mar  4, 2026 05:07:07.123456790",
            "Number of packets received: 1000000007",
            "Number of packets dropped: 5000000011",
        ] {
            assert!(block.contains(line), "no {line:?} in {block}");
        }
    }

    #[test]
    fn tcpdump_reads_the_same() {
        if !needs::tool("tcpdump") {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        for (name, format) in [("a.pcap", Format::Pcap), ("a.pcapng", Format::PcapNg)] {
            let path = folder.path().join(name);
            record(&path, &[loopback()], &frames(format), &[]);
            let mut command = Command::new("tcpdump");
            command.args(["-nn", "-tt", "--nano", "-r"]).arg(&path);
            let told = ask(&mut command, |said| said.starts_with("reading from file"));
            let first = "1772600767.123456789 IP 127.0.0.1.44298 > 127.0.0.1.12345: UDP, length 11";
            assert_eq!(told.lines().next(), Some(first));
            assert_eq!(told.lines().count(), frames(format).len());
        }
    }

    #[test]
    fn a_pipe_has_a_header_before_the_first_frame() {
        let (mut end, output) = std::io::pipe().unwrap();
        let destination = Destination::stream(output, "the pipe");
        let section = Section::of_this_machine("socket-lab test");
        let mut recorder = Recorder::new(destination, Format::Pcap, &section, &[loopback()]).unwrap();
        let mut header = [0; 24];
        std::io::Read::read_exact(&mut end, &mut header).unwrap();
        assert_eq!(header[..4], [0x4d, 0x3c, 0xb2, 0xa1]);
        drop(end);
        recorder.write(&frame(0, vec![0; 60])).unwrap();
        let error = recorder.flush().unwrap_err();
        assert!(error.is_closed_pipe(), "{error}");
        assert_eq!(
            error.to_string(),
            "writing the pipe failed: Broken pipe; 1 packets are lost, the 0 packets in the file are whole"
        );
    }

    #[test]
    fn a_second_link_type_fits_pcapng_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcap");
        let section = Section::of_this_machine("socket-lab test");
        let destination = Destination::open(&path, false).unwrap();
        let mut recorder = Recorder::new(destination, Format::Pcap, &section, &[loopback()]).unwrap();
        recorder.add_interface(&loopback()).unwrap();
        let error = recorder.add_interface(&Interface::new(LinkType::RAW)).unwrap_err();
        assert_eq!(
            error.to_string().replace(folder.path().to_str().unwrap(), "F"),
            "F/a.pcap holds Ethernet frames, and pcap knows one link type per file: this one is raw IP; \
             give the file a name in .pcapng"
        );
        recorder.write(&frame(0, vec![0; 60])).unwrap();
        let other = Frame {
            link: LinkType::RAW,
            ..frame(0, vec![0; 60])
        };
        assert!(recorder.write(&other).unwrap_err().is_about_one_frame());
        recorder.write(&frame(1, vec![0; 60])).unwrap();
        recorder.finish(&[]).unwrap();
        assert_eq!(read(&path).0.len(), 2);
    }

    #[test]
    fn a_frame_that_no_format_can_keep_is_refused_and_the_next_one_kept() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.pcap", "a.pcapng"] {
            let path = folder.path().join(name);
            let destination = Destination::open(&path, false).unwrap();
            let section = Section::of_this_machine("socket-lab test");
            let mut recorder = Recorder::new(destination, Format::of_path(&path), &section, &[loopback()]).unwrap();
            let early = Frame {
                time: Some(Time(-1)),
                ..frame(0, vec![0; 60])
            };
            let error = recorder.write(&early).unwrap_err();
            assert!(error.to_string().contains("1969-12-31 23:59:59"), "{error}");
            let late = Frame {
                time: Some(Time(i64::MAX)),
                ..frame(0, vec![0; 60])
            };
            assert_eq!(recorder.write(&late).is_ok(), name == "a.pcapng");
            recorder.write(&frame(0, vec![0; 60])).unwrap();
            let written = recorder.finish(&[]).unwrap();
            assert_eq!(read(&path).0.len() as u64, written.packets);
        }
    }

    /// What the person reads when this name is to be written.
    fn refusal(path: &Path, force: bool) -> String {
        match Destination::open(path, force) {
            Ok(_) => "opened".to_owned(),
            Err(error) => error.to_string().replace(path.to_str().unwrap(), "FILE"),
        }
    }

    #[test]
    fn an_existing_file_stays_unless_forced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcap");
        fs::write(&path, "precious").unwrap();
        assert_eq!(
            refusal(&path, false),
            "FILE exists already; choose another name, or say --force to replace it"
        );
        assert_eq!(fs::read(&path).unwrap(), b"precious");
        assert_eq!(refusal(&path, true), "opened");
        assert_eq!(fs::read(&path).unwrap(), b"");
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_never_followed() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        let path = folder.path().join("a.pcap");
        std::os::unix::fs::symlink(&target, &path).unwrap();
        for force in [false, true] {
            // A dangling one would make a file where it points to; the other one would empty it.
            let why = "will not write FILE: it is a symbolic link; name the file itself";
            assert_eq!(refusal(&path, force), why);
            assert_eq!(target.exists(), force);
            fs::write(&target, "precious").unwrap();
        }
        assert_eq!(fs::read(&target).unwrap(), b"precious");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_capture_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcap");
        record(&path, &[loopback()], &[], &[]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_somebody_else_is_refused_even_when_forced() {
        if !needs::root() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcap");
        fs::write(&path, "theirs").unwrap();
        std::os::unix::fs::chown(&path, Some(65_534), None).unwrap();
        let why = "will not write FILE: it belongs to somebody else; choose another name";
        assert_eq!(refusal(&path, true), why);
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("no/a.pcap");
        assert_eq!(
            refusal(&missing, false),
            "cannot make FILE: No such file or directory; choose a folder that you may write to"
        );
        assert_eq!(
            refusal(folder.path(), true),
            "will not write FILE: it is a folder; name a file in it"
        );
        // Where not even root may make a file.
        #[cfg(target_os = "linux")]
        assert!(refusal("/proc/a.pcap".as_ref(), false).starts_with("cannot make FILE: "));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_said_at_once() {
        let destination = Destination::open("/dev/full".as_ref(), false).unwrap();
        let section = Section::of_this_machine("socket-lab test");
        let error = Recorder::new(destination, Format::PcapNg, &section, &[loopback()])
            .err()
            .unwrap();
        assert_eq!(
            error.to_string(),
            "writing /dev/full failed: No space left on device; \
             0 packets are lost, the 0 packets in the file are whole"
        );
    }

    /// A disk with room for so many bytes.
    struct Small(usize);

    impl std::io::Write for Small {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let count = bytes.len().min(self.0).min(1000);
            self.0 -= count;
            match count {
                0 => Err(std::io::ErrorKind::StorageFull.into()),
                _ => Ok(count),
            }
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_failure_in_the_middle_counts_what_is_lost_and_goes_on_counting() {
        let section = Section::of_this_machine("socket-lab test");
        let destination = Destination::stream(Small(24 + 76 * 5 + 75), "the disk");
        let mut recorder = Recorder::new(destination, Format::Pcap, &section, &[loopback()]).unwrap();
        for number in 0..10 {
            recorder.write(&frame(number, vec![0; 60])).unwrap();
        }
        let failed = |result: Result<(), WriteError>| match result {
            Err(WriteError::Failed { kept, lost, .. }) => (kept, lost),
            other => panic!("{other:?}"),
        };
        assert_eq!(failed(recorder.flush()), (5, 5));
        assert_eq!(failed(recorder.write(&frame(10, vec![0; 60]))), (5, 6));
        assert_eq!(failed(recorder.flush()), (5, 6));
        assert_eq!(failed(recorder.finish(&[]).map(drop)), (5, 6));
    }

    /// Runs a test of this file in a process of its own that may write files of up to so many KiB.
    #[cfg(target_os = "linux")]
    fn with_small_files(kib: u32, test: &str, variable: (&str, &Path)) {
        // A shell's `ulimit -f` counts 512 or 1024 bytes, so prlimit says it in bytes. The signal would end the process.
        let script = format!("trap '' XFSZ; exec prlimit --fsize={} -- \"$@\"", kib * 1024);
        let output = Command::new("sh")
            .args(["-c", &script, "sh"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(variable.0, variable.1)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_filled_its_disk_ends_after_a_whole_packet() {
        const VARIABLE: &str = "SOCKET_LAB_TEST_SMALL_FILE";
        if let Some(path) = std::env::var_os(VARIABLE) {
            let section = Section::of_this_machine("socket-lab test");
            let destination = Destination::open(path.as_ref(), false).unwrap();
            let mut recorder = Recorder::new(destination, Format::PcapNg, &section, &[loopback()]).unwrap();
            let error = (0..1000).find_map(|number| {
                recorder
                    .write(&frame(number, vec![0; 700]))
                    .and_then(|()| recorder.flush())
                    .err()
            });
            let Some(WriteError::Failed { kept, lost: 1, .. }) = error else {
                panic!("{error:?}")
            };
            fs::write(Path::new(&path).with_extension("kept"), kept.to_string()).unwrap();
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcapng");
        let test = "tests::a_file_that_filled_its_disk_ends_after_a_whole_packet";
        with_small_files(100, test, (VARIABLE, &path));
        let kept: usize = fs::read_to_string(path.with_extension("kept"))
            .unwrap()
            .parse()
            .unwrap();
        assert!(kept > 100, "{kept}");
        assert_eq!(read(&path).0.len(), kept);
    }

    #[test]
    fn an_over_long_comment_is_cut_with_a_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcapng");
        let mut commented = frame(0, datagram(b"hello"));
        commented.comments = vec!["x".repeat(100_000), "short".to_owned()];
        record(&path, &[loopback()], &[commented, frame(1, datagram(b"next"))], &[]);
        let (frames, _) = read(&path);
        assert_eq!(frames[0].comments[0].len(), 65_535);
        assert!(frames[0].comments[0].ends_with("x [cut]"));
        assert_eq!(frames[0].comments[1], "short");
        assert_eq!(frames.len(), 2);
        if needs::tool("tshark") {
            assert_eq!(tshark(&path, &["-T", "fields", "-e", "frame.len"]).lines().count(), 2);
        }
    }

    #[test]
    fn a_packed_file_is_read_and_a_cut_one_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcapng");
        let frames = frames(Format::PcapNg);
        record(&path, &[loopback()], &frames, &[]);
        let packed = {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(&fs::read(&path).unwrap()).unwrap();
            packer.finish().unwrap()
        };
        let mut reader = Reader::new(std::io::Cursor::new(packed.clone()), "packed").unwrap();
        assert!(reader.facts().gzip);
        let mut count = 0;
        while let Some(frame) = reader.next().unwrap() {
            assert_eq!(frame.into_owned(), frames[count]);
            count += 1;
        }
        assert_eq!(count, frames.len());
        let half = packed[..packed.len() - 40].to_vec();
        let mut reader = Reader::new(std::io::Cursor::new(half), "packed").unwrap();
        let error = loop {
            match reader.next() {
                Ok(frame) => assert!(frame.is_some(), "a cut file ended without a word"),
                Err(error) => break error,
            }
        };
        assert!(error.is_cut() && error.packets >= 5, "{error}");
    }

    #[test]
    fn what_is_no_capture_is_named() {
        let problem = |bytes: &'static [u8]| Reader::new(bytes, "it").err().unwrap().to_string();
        assert_eq!(problem(b""), "it is empty: nothing has been captured into it");
        assert_eq!(
            problem(b"GET / HTTP/1.1"),
            "it is neither pcap nor pcapng: it begins with the bytes 47 45 54 20; \
             if Wireshark opens it, 'editcap -F pcapng OLD NEW' converts it"
        );
        assert_eq!(
            problem(b"\xd4\xc3\xb2\xa1\x02\x00"),
            "it is cut: its last file header, at byte 0, has 6 of 24 bytes; the packets before that are whole: 0"
        );
        let error = Reader::open("/nonexistent/a.pcap".as_ref()).err().unwrap();
        assert!(matches!(error.problem, ReadProblem::Open(_)), "{error}");
    }

    /// The corpus of captures that other projects test with, where the person has one.
    fn corpus() -> Vec<PathBuf> {
        let Some(folder) = std::env::var_os("SOCKET_LAB_CORPUS") else {
            let test = std::thread::current().name().unwrap_or("?").to_owned();
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED {test}: SOCKET_LAB_CORPUS names no folder of captures"
            );
            return Vec::new();
        };
        let mut files: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty());
        files
    }

    /// Number of frames and how it ended.
    fn count(path: &Path) -> (usize, Option<String>) {
        let mut reader = match Reader::open(path) {
            Ok(reader) => reader,
            Err(error) => return (0, Some(error.to_string())),
        };
        let mut frames = 0;
        loop {
            match reader.next() {
                Ok(Some(_)) => frames += 1,
                Ok(None) => return (frames, None),
                Err(error) => return (frames, Some(error.to_string())),
            }
        }
    }

    #[test]
    fn what_tcpdump_opens_opens_here() {
        let files = corpus();
        if files.is_empty() || !needs::tool("tcpdump") {
            return;
        }
        let mut differences = Vec::new();
        for path in files {
            let output = Command::new("tcpdump")
                .args(["-r"])
                .arg(&path)
                .args(["-w", "-"])
                .output()
                .unwrap();
            let copied = fs::canonicalize(&path).map(|_| output.stdout).unwrap();
            let mut reader = Reader::new(std::io::Cursor::new(copied), "tcpdump's copy").unwrap();
            let mut theirs = 0;
            while reader.next().unwrap().is_some() {
                theirs += 1;
            }
            let (ours, trouble) = count(&path);
            if ours != theirs || output.status.success() != trouble.is_none() {
                differences.push(format!(
                    "{}: ours {ours}, {trouble:?}; tcpdump {theirs}",
                    path.display()
                ));
            }
        }
        assert!(differences.is_empty(), "{differences:#?}");
    }

    #[test]
    fn times_lengths_and_comments_are_those_of_tshark() {
        let files = corpus();
        if files.is_empty() || !needs::tool("tshark") {
            return;
        }
        let mut differences = Vec::new();
        for path in files {
            let mut command = Command::new("tshark");
            command.arg("-r").arg(&path).args(["-n", "-T", "fields"]);
            for field in ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.comment"] {
                command.args(["-e", field]);
            }
            let told = String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned();
            let mut reader = Reader::open(&path).unwrap();
            let mut ours = String::new();
            while let Ok(Some(frame)) = reader.next() {
                let time = frame.time.map_or_else(String::new, |Time(time)| {
                    format!("{}.{:09}", time / 1_000_000_000, time % 1_000_000_000)
                });
                let (length, captured) = (frame.original_length, frame.bytes.len());
                ours += &format!("{time}\t{length}\t{captured}\t{}\n", frame.comments.join(","));
            }
            if told != ours {
                let first = told.lines().zip(ours.lines()).position(|(theirs, ours)| theirs != ours);
                let (theirs, mine) = (told.lines().count(), ours.lines().count());
                let line = first.map(|line| (told.lines().nth(line), ours.lines().nth(line)));
                differences.push(format!(
                    "{}: {theirs} and {mine} lines; {first:?} {line:?}",
                    path.display()
                ));
            }
        }
        assert!(differences.is_empty(), "{differences:#?}");
    }

    #[test]
    fn every_prefix_of_a_file_gives_its_whole_packets() {
        let files = corpus();
        let step = (files.len() / 20).max(1);
        let pcapng = files
            .iter()
            .filter(|path| path.extension().is_some_and(|ending| ending == "pcapng"));
        for path in files.iter().step_by(step).chain(pcapng.take(6)) {
            let bytes = fs::read(path).unwrap();
            let mut reader = Reader::open(path).unwrap();
            let mut ends = Vec::new();
            while let Ok(Some(_)) = reader.next() {
                ends.push(reader.offset());
            }
            for length in (0..bytes.len()).take(6000) {
                let prefix = std::io::Cursor::new(bytes[..length].to_vec());
                let whole = ends.iter().filter(|&&end| end <= length as u64).count() as u64;
                let Ok(mut reader) = Reader::new(prefix, "prefix") else {
                    assert_eq!(whole, 0);
                    continue;
                };
                let mut troubles = 0;
                loop {
                    match reader.next() {
                        Ok(Some(_)) => {}
                        Ok(None) => break,
                        Err(error) => {
                            troubles += 1;
                            assert!(error.is_cut(), "{}: {error}", path.display());
                        }
                    }
                }
                assert_eq!(reader.packets(), whole, "{} cut at {length}", path.display());
                assert!(troubles <= 1);
            }
        }
    }
}
