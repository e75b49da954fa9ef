//! Captures of real traffic, in network namespaces of their own.
#![cfg(all(feature = "sniffer", target_os = "linux"))]

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use std::io::{PipeReader, PipeWriter, Read, Write};
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::fd::AsFd;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::{Duration, Instant, SystemTime};

    use socket_lab::capture::live::{
        ANY, Capture, CaptureError, Checksum, Event, Instruction, Note, OpenError, Opening, Statistics, interfaces,
    };
    use socket_lab::frame::{Direction, Frame};
    use socket_lab::wire::LinkType;

    use super::support::{MOMENT, PATIENCE, in_empty_namespace, needs};

    /// Set in the process that runs inside of a namespace, to the way in which frames are to be had there.
    const INSIDE: &str = "SOCKET_LAB_TEST_INSIDE_NAMESPACE";
    /// Through a ring, or through pnet's channel.
    const WAYS: [&str; 2] = ["ring", "channel"];

    /// Everything on this interface, the way that is tested in this process.
    fn on(interface: &str) -> Opening {
        Opening {
            ring: by_ring(),
            ..Opening::on(interface)
        }
    }

    /// Is it the ring that is tested in this process?
    fn by_ring() -> bool {
        std::env::var(INSIDE).is_ok_and(|way| way == WAYS[0])
    }

    /// Runs `test`, which is the test of this name, in a process of its own for each way, in an empty network namespace in
    /// which loopback is up.
    fn in_namespace(name: &str, test: impl FnOnce()) {
        if std::env::var_os(INSIDE).is_some() {
            // Neighbour discovery would mix its frames with ours.
            let _ = std::fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
            ip("link set lo up");
            return test();
        }
        if !needs::tool("ip") || !needs::namespaces() {
            return;
        }
        for way in WAYS {
            let mut again = Command::new(std::env::current_exe().unwrap());
            again
                .args([&format!("tests::{name}"), "--exact", "--nocapture"])
                .env(INSIDE, way);
            let output = in_empty_namespace(&again).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "by the {way}: {said}");
            assert!(said.contains("1 passed"), "there is no test {name}: {said}");
            let _ = std::io::stderr().write_all(&output.stderr);
        }
    }

    fn ip(arguments: &str) {
        let status = Command::new("ip").args(arguments.split(' ')).status().unwrap();
        assert!(status.success(), "ip {arguments}");
    }

    /// Is this the namespace of an ordinary user, in which there is nobody else?
    fn ordinary() -> bool {
        let map = std::fs::read_to_string("/proc/self/uid_map").unwrap();
        map.trim_end().ends_with(" 1")
    }

    /// Two UDP sockets on 127.0.0.1, the first connected to the second.
    fn pair() -> (UdpSocket, UdpSocket) {
        let (client, server) = (
            UdpSocket::bind("127.0.0.1:0").unwrap(),
            UdpSocket::bind("127.0.0.1:0").unwrap(),
        );
        client.connect(server.local_addr().unwrap()).unwrap();
        server.set_read_timeout(Some(PATIENCE)).unwrap();
        (client, server)
    }

    /// Sets the mark when it goes.
    struct AtEnd<'a>(&'a AtomicBool);

    impl Drop for AtEnd<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// A stop, and what sets it.
    fn stop() -> (PipeReader, PipeWriter) {
        std::io::pipe().unwrap()
    }

    /// Everything that has been captured so far.
    fn rest(capture: &mut Capture) -> Vec<(Frame<'static>, Checksum)> {
        let (stop, mut set) = stop();
        set.write_all(b"!").unwrap();
        let mut frames = Vec::new();
        loop {
            match capture.next(Some(PATIENCE), Some(stop.as_fd())).unwrap() {
                Event::Frame(frame, checksum) => frames.push((frame.into_owned(), checksum)),
                Event::Stopped => return frames,
                other => panic!("{other:?}"),
            }
        }
    }

    /// What happens next, in one word.
    fn next(capture: &mut Capture) -> &'static str {
        match capture.next(Some(PATIENCE), None).unwrap() {
            Event::Frame(..) => "frame",
            Event::InterfaceDown => "down",
            Event::InterfaceUp => "up",
            Event::Idle => "idle",
            Event::Stopped => "stopped",
        }
    }

    fn nanoseconds() -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        i64::try_from(since.as_nanos()).unwrap()
    }

    /// A filter that lets only UDP to this port pass, by the Ethernet and IPv4 headers without options.
    fn only_to_port(port: u16) -> Vec<Instruction> {
        vec![
            (0x28, 0, 0, 12),
            (0x15, 0, 3, 0x0800),
            (0x28, 0, 0, 36),
            (0x15, 0, 1, port.into()),
            (0x06, 0, 0, u32::MAX),
            (0x06, 0, 0, 0),
        ]
    }

    #[test]
    fn ten_datagrams_are_ten_frames_stamped_between_send_and_receive() {
        in_namespace("ten_datagrams_are_ten_frames_stamped_between_send_and_receive", || {
            let mut capture = on("lo").open().unwrap();
            let (client, server) = pair();
            let mut times = Vec::new();
            for number in 0..10_u8 {
                let before = nanoseconds();
                client.send(&[number; 5]).unwrap();
                server.recv(&mut [0; 8]).unwrap();
                times.push((before, nanoseconds()));
            }
            // Read later: a stamp made up at the time of reading would be too late.
            thread::sleep(MOMENT);
            let frames = rest(&mut capture);
            assert_eq!(frames.len(), 10);
            for (number, ((frame, checksum), (before, after))) in (0_u8..).zip(frames.iter().zip(&times)) {
                assert_eq!(frame.bytes.len(), 14 + 20 + 8 + 5);
                assert_eq!(frame.bytes[42..], [number; 5]);
                assert_eq!(frame.original_length, 47);
                assert_eq!(frame.direction, Some(Direction::Inbound));
                assert_eq!(frame.link, LinkType::ETHERNET);
                assert_eq!(*checksum, Checksum::NotReady);
                let time = frame.time.unwrap().0;
                assert!(
                    *before <= time && time <= *after,
                    "frame {number}: {before} {time} {after}"
                );
            }
            assert_eq!(
                capture.statistics().unwrap(),
                Statistics {
                    received: 10,
                    dropped: 0
                }
            );
            assert_eq!(capture.interface(), "lo");
            assert_eq!(capture.has_ring(), by_ring());
            assert_eq!(capture.link_type(), LinkType::ETHERNET);
        });
    }

    #[test]
    fn ten_requests_and_replies_are_twenty_frames() {
        in_namespace("ten_requests_and_replies_are_twenty_frames", || {
            let mut capture = on("lo").open().unwrap();
            let (client, server) = pair();
            for _ in 0..10 {
                client.send(b"hello").unwrap();
                let (length, from) = server.recv_from(&mut [0; 8]).unwrap();
                server.send_to(&b"HELLO"[..length], from).unwrap();
                client.recv(&mut [0; 8]).unwrap();
            }
            assert_eq!(rest(&mut capture).len(), 20);
        });
    }

    #[test]
    fn a_tcp_exchange_is_ten_or_eleven_segments() {
        in_namespace("a_tcp_exchange_is_ten_or_eleven_segments", || {
            let mut capture = on("lo").open().unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (mut server, _) = listener.accept().unwrap();
            client.write_all(b"hello").unwrap();
            server.read_exact(&mut [0; 5]).unwrap();
            server.write_all(b"HELLO").unwrap();
            client.read_exact(&mut [0; 5]).unwrap();
            drop(client);
            assert_eq!(server.read(&mut [0; 1]).unwrap(), 0);
            drop(server);
            thread::sleep(MOMENT);
            let count = rest(&mut capture).len();
            assert!((10..=11).contains(&count), "{count}");
        });
    }

    #[test]
    fn segments_of_more_than_sixty_thousand_bytes_are_whole() {
        in_namespace("segments_of_more_than_sixty_thousand_bytes_are_whole", || {
            let mut capture = on("lo").open().unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (mut server, _) = listener.accept().unwrap();
            let reader = thread::spawn(move || std::io::copy(&mut server, &mut std::io::sink()).unwrap());
            client.write_all(&vec![b'x'; 4 << 20]).unwrap();
            drop(client);
            reader.join().unwrap();
            let frames = rest(&mut capture);
            let largest = frames.iter().map(|(frame, _)| frame.bytes.len()).max().unwrap();
            assert!(largest > 60_000, "{largest}");
            assert!(frames.iter().all(|(frame, _)| !frame.is_cut()));
        });
    }

    #[test]
    fn a_cut_frame_keeps_its_original_length() {
        in_namespace("a_cut_frame_keeps_its_original_length", || {
            let by_snaplen = Opening {
                snaplen: 50,
                ..on("lo")
            };
            let by_filter = Opening {
                program: vec![(0x06, 0, 0, 40)],
                ..on("lo")
            };
            let cooked = Opening { snaplen: 50, ..on(ANY) };
            for (opening, kept, original) in [(by_snaplen, 50, 142), (by_filter, 40, 142), (cooked, 50, 148)] {
                let mut capture = opening.open().unwrap();
                let (client, server) = pair();
                client.send(&[7; 100]).unwrap();
                server.recv(&mut [0; 100]).unwrap();
                let frames = rest(&mut capture);
                assert_eq!(frames.len(), 1);
                let frame = &frames[0].0;
                assert_eq!(
                    (frame.bytes.len(), frame.original_length),
                    (kept, original),
                    "{opening:?}"
                );
                assert!(frame.is_cut());
            }
        });
    }

    #[test]
    fn a_burst_that_nobody_reads_is_kept_or_counted() {
        in_namespace("a_burst_that_nobody_reads_is_kept_or_counted", || {
            let mut large = on("lo").open().unwrap();
            let mut tiny = Opening { buffer: 1, ..on("lo") }.open().unwrap();
            let (client, _server) = pair();
            for _ in 0..5_000 {
                client.send(&[7; 100]).unwrap();
            }
            let early = tiny.statistics().unwrap();
            assert_eq!(early.received, 5_000);
            let kept = rest(&mut tiny).len() as u64;
            assert!(kept > 0 && early.dropped > 0, "{kept} {early:?}");
            assert_eq!(kept + early.dropped, 5_000);
            // The kernel has forgotten them meanwhile.
            assert_eq!(tiny.statistics().unwrap(), early);
            // In the namespace of an ordinary user even root gets no larger receive buffer than the system's limit allows.
            let limited = large
                .notes()
                .iter()
                .any(|note| matches!(note, Note::SmallBuffer { .. }));
            assert_eq!(limited, ordinary() && !by_ring(), "{:?}", large.notes());
            if limited {
                let Statistics { received, dropped } = large.statistics().unwrap();
                assert_eq!((received, rest(&mut large).len() as u64), (5_000, 5_000 - dropped));
                return;
            }
            assert_eq!(rest(&mut large).len(), 5_000);
            assert_eq!(
                large.statistics().unwrap(),
                Statistics {
                    received: 5_000,
                    dropped: 0
                }
            );
        });
    }

    #[test]
    fn nothing_comes_past_the_filter_even_at_the_start() {
        in_namespace("nothing_comes_past_the_filter_even_at_the_start", || {
            let ((wanted, server), (unwanted, _other)) = (pair(), pair());
            let port = server.local_addr().unwrap().port();
            let done = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        unwanted.send(b"unwanted").unwrap();
                    }
                });
                // Also when an assertion fails, lest the thread be waited for in vain.
                let _end = AtEnd(&done);
                for _ in 0..10 {
                    let mut capture = Opening {
                        program: only_to_port(port),
                        ..on("lo")
                    }
                    .open()
                    .unwrap();
                    wanted.send(b"wanted").unwrap();
                    let frames = rest(&mut capture);
                    assert!(frames.iter().all(|(frame, _)| frame.bytes[42..] == *b"wanted"));
                    assert_eq!(frames.len(), 1);
                    assert_eq!(capture.statistics().unwrap().received, 1);
                }
            });
        });
    }

    #[test]
    fn an_interface_that_goes_down_and_up_is_survived() {
        in_namespace("an_interface_that_goes_down_and_up_is_survived", || {
            let mut capture = on("lo").open().unwrap();
            let (client, server) = pair();
            for _ in 0..2 {
                client.send(b"before").unwrap();
                server.recv(&mut [0; 8]).unwrap();
                ip("link set lo down");
                assert_eq!(next(&mut capture), "frame");
                assert_eq!(next(&mut capture), "down");
                assert!(matches!(capture.next(Some(MOMENT), None).unwrap(), Event::Idle));
                ip("link set lo up");
                assert_eq!(next(&mut capture), "up");
                client.send(b"after").unwrap();
                assert_eq!(next(&mut capture), "frame");
                server.recv(&mut [0; 8]).unwrap();
            }
            assert!(matches!(capture.next(Some(MOMENT), None).unwrap(), Event::Idle));
        });
    }

    #[test]
    fn a_capture_may_begin_before_the_interface_is_up() {
        in_namespace("a_capture_may_begin_before_the_interface_is_up", || {
            ip("link set lo down");
            let mut capture = on("lo").open().unwrap();
            assert_eq!(next(&mut capture), "down");
            ip("link set lo up");
            let (client, _server) = pair();
            client.send(b"hello").unwrap();
            assert_eq!(next(&mut capture), "up");
            assert_eq!(next(&mut capture), "frame");
        });
    }

    #[test]
    fn an_interface_that_is_removed_ends_the_capture_after_its_last_frame() {
        in_namespace(
            "an_interface_that_is_removed_ends_the_capture_after_its_last_frame",
            || {
                link_to_nobody();
                let mut capture = on("left").open().unwrap();
                let sender = UdpSocket::bind("10.9.0.1:0").unwrap();
                sender.send_to(b"last", "10.9.0.2:9").unwrap();
                ip("link del left");
                assert_eq!(next(&mut capture), "frame");
                assert_eq!(next(&mut capture), "down");
                let error = capture.next(Some(PATIENCE), None).unwrap_err();
                assert!(matches!(error, CaptureError::InterfaceRemoved { .. }), "{error}");
                assert!(error.to_string().contains("left was removed"), "{error}");
            },
        );
    }

    /// Two ends of a cable, `left` with an address and `right` without, and a neighbour who never answers.
    fn link_to_nobody() {
        ip("link add left type veth peer name right");
        ip("link set left up");
        ip("link set right up");
        ip("address add 10.9.0.1/24 dev left");
        ip("neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev left nud permanent");
    }

    #[test]
    fn sent_and_received_frames_of_a_cable_are_told_apart() {
        in_namespace("sent_and_received_frames_of_a_cable_are_told_apart", || {
            link_to_nobody();
            let mut left = on("left").open().unwrap();
            let mut right = Opening {
                promiscuous: true,
                ..on("right")
            }
            .open()
            .unwrap();
            let sender = UdpSocket::bind("10.9.0.1:0").unwrap();
            for _ in 0..10 {
                sender.send_to(b"hello", "10.9.0.2:9").unwrap();
            }
            thread::sleep(MOMENT);
            for (capture, direction) in [(&mut left, Direction::Outbound), (&mut right, Direction::Inbound)] {
                let frames = rest(capture);
                assert_eq!(frames.len(), 10);
                assert!(frames.iter().all(|(frame, _)| frame.direction == Some(direction)));
                assert!(frames.iter().all(|(frame, _)| frame.time.is_some()));
            }
        });
    }

    #[test]
    fn a_vlan_tag_is_put_back_where_tcpdump_puts_it() {
        in_namespace("a_vlan_tag_is_put_back_where_tcpdump_puts_it", || {
            link_to_nobody();
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("judge.pcap");
            // tcpdump wants to become somebody else, and stops where there is nobody else.
            let judge = !ordinary() && needs::tool("tcpdump");
            let mut judge = judge.then(|| tcpdump("right", 3, &file));
            let mut capture = on("right").open().unwrap();
            let mut cooked = on(ANY).open().unwrap();
            // One tag, two tags, and a priority without a VLAN.
            let tags: [&[u8]; 3] = [
                &[0x81, 0x00, 0x60, 100],
                &[0x88, 0xa8, 0x00, 200, 0x81, 0x00, 0x60, 100],
                &[0x81, 0x00, 0xe0, 0],
            ];
            let sent = tags.map(|tags| [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1], tags, &[0x08, 0x00], &[7; 46]].concat());
            inject("left", &sent);
            thread::sleep(MOMENT);
            let frames = rest(&mut capture);
            let ours: Vec<_> = frames.iter().map(|(frame, _)| frame.bytes.to_vec()).collect();
            assert_eq!(ours, sent);
            if let Some(judge) = &mut judge {
                assert!(judge.wait().unwrap().success());
                assert_eq!(ours, records(&std::fs::read(&file).unwrap()));
            }
            for (frame, _) in &frames {
                assert_eq!(frame.original_length as usize, frame.bytes.len());
            }
            let right = interfaces().into_iter().find(|known| known.name == "right").unwrap();
            let index = right.index.to_be_bytes();
            let cooked = rest(&mut cooked);
            let arrived = cooked.iter().filter(|(frame, _)| frame.bytes[4..8] == index);
            let arrived: Vec<_> = arrived.map(|(frame, _)| frame.bytes.to_vec()).collect();
            assert_eq!(arrived.len(), 3);
            for (arrived, whole) in arrived.iter().zip(&ours) {
                assert_eq!(arrived[..2], whole[12..14]);
                // Where there are two tags, the kernel does not say what stands behind the inner one.
                if whole[16..18] == [0x08, 0x00] {
                    assert_eq!(arrived[20..], whole[14..]);
                }
            }
        });
    }

    /// Sends these frames as they are, through pnet.
    fn inject(interface: &str, frames: &[Vec<u8>]) {
        let interfaces = pnet::datalink::interfaces();
        let interface = interfaces.into_iter().find(|known| known.name == interface).unwrap();
        let channel = pnet::datalink::channel(&interface, pnet::datalink::Config::default()).unwrap();
        let pnet::datalink::Channel::Ethernet(mut sender, _) = channel else {
            panic!("no Ethernet")
        };
        for frame in frames {
            sender.send_to(frame, None).unwrap().unwrap();
        }
    }

    /// tcpdump, which writes so many frames to the file and ends; when they do not come, it is ended.
    fn tcpdump(interface: &str, frames: u32, file: &Path) -> Child {
        let mut command = Command::new("timeout");
        command.args([
            &PATIENCE.as_secs().to_string(),
            "tcpdump",
            "-Z",
            "root",
            "-i",
            interface,
        ]);
        command.args(["-c", &frames.to_string(), "-w"]).arg(file);
        let child = command.stderr(Stdio::null()).spawn().unwrap();
        // It writes the head of the file before it captures.
        while !file.exists() {
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(MOMENT);
        child
    }

    /// The bytes of each record of a classic capture file of this machine's byte order.
    fn records(file: &[u8]) -> Vec<Vec<u8>> {
        let mut rest = &file[24..];
        let mut records = Vec::new();
        while let Some((header, after)) = rest.split_at_checked(16) {
            let length = u32::from_ne_bytes(header[8..12].try_into().unwrap()) as usize;
            records.push(after[..length].to_vec());
            rest = &after[length..];
        }
        records
    }

    #[test]
    fn any_sees_each_loopback_frame_once() {
        in_namespace("any_sees_each_loopback_frame_once", || {
            link_to_nobody();
            let all = on(ANY);
            let filtered = Opening {
                program: vec![(0x06, 0, 0, u32::MAX)],
                ..on(ANY)
            };
            for opening in [all, filtered] {
                let mut capture = opening.open().unwrap();
                assert_eq!(capture.link_type(), LinkType::LINUX_SLL2);
                let (client, server) = pair();
                for _ in 0..10 {
                    client.send(b"hello").unwrap();
                    server.recv(&mut [0; 8]).unwrap();
                }
                let sender = UdpSocket::bind("10.9.0.1:0").unwrap();
                sender.send_to(b"cable", "10.9.0.2:9").unwrap();
                thread::sleep(MOMENT);
                let frames = rest(&mut capture);
                // IPv4, loopback's index 1, ARPHRD_LOOPBACK, to us, an address of six zeroes.
                let header = [8, 0, 0, 0, 0, 0, 0, 1, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0];
                for (frame, _) in &frames[..10] {
                    assert_eq!(frame.bytes[..20], header);
                    assert_eq!(frame.bytes[48..], *b"hello");
                    assert_eq!(frame.link, LinkType::LINUX_SLL2);
                }
                // The other end of the cable is in the same namespace: sent by one, received by the other.
                let types: Vec<_> = frames[10..].iter().map(|(frame, _)| frame.bytes[10]).collect();
                assert_eq!(types.len(), 2, "{frames:?}");
                assert!(types.contains(&4), "{types:?}");
            }
        });
    }

    #[test]
    fn a_stop_ends_the_waiting_at_once() {
        in_namespace("a_stop_ends_the_waiting_at_once", || {
            let mut capture = on("lo").open().unwrap();
            let (stop, mut set) = stop();
            thread::scope(|scope| {
                let waiting = scope.spawn(|| {
                    assert!(matches!(
                        capture.next(None, Some(stop.as_fd())).unwrap(),
                        Event::Stopped
                    ));
                    Instant::now()
                });
                thread::sleep(MOMENT);
                let before = Instant::now();
                set.write_all(b"!").unwrap();
                let took = waiting.join().unwrap() - before;
                assert!(took < Duration::from_millis(200), "{took:?}");
            });
            assert!(matches!(
                capture.next(None, Some(stop.as_fd())).unwrap(),
                Event::Stopped
            ));
        });
    }

    #[test]
    fn after_a_stop_the_frames_from_before_come_and_no_more() {
        in_namespace("after_a_stop_the_frames_from_before_come_and_no_more", || {
            let mut capture = on("lo").open().unwrap();
            let (client, server) = pair();
            for _ in 0..100 {
                client.send(b"before").unwrap();
                server.recv(&mut [0; 8]).unwrap();
            }
            let (stop, mut set) = stop();
            set.write_all(b"!").unwrap();
            // The first look at the stop comes before the buffer is empty only after some frames.
            let mut after = 0;
            let mut before = 0;
            loop {
                match capture.next(Some(PATIENCE), Some(stop.as_fd())).unwrap() {
                    Event::Frame(frame, _) if frame.bytes[42..] == *b"before" => before += 1,
                    Event::Frame(..) => after += 1,
                    Event::Stopped => break,
                    other => panic!("{other:?}"),
                }
                // More come than are read: without an end to it, this would go on for ever.
                for _ in 0..2 {
                    client.send(b"after").unwrap();
                }
            }
            assert_eq!(before, 100);
            assert!(after < 5_000, "{after}");
        });
    }

    #[test]
    fn a_lone_frame_waits_for_no_other() {
        in_namespace("a_lone_frame_waits_for_no_other", || {
            let mut capture = on("lo").open().unwrap();
            let (client, _server) = pair();
            let mut took = Vec::new();
            for _ in 0..9 {
                // At another point of the kernel's time each time.
                thread::sleep(Duration::from_millis(33));
                let sent = Instant::now();
                client.send(b"alone").unwrap();
                assert_eq!(next(&mut capture), "frame");
                took.push(sent.elapsed());
            }
            took.sort();
            // 10 ms are what the ring may take; a busy machine takes more. A block that had to be full would never come.
            assert!(took[4] < Duration::from_millis(150), "{took:?}");
        });
    }

    #[test]
    fn frames_of_all_lengths_come_in_order_over_many_blocks() {
        in_namespace("frames_of_all_lengths_come_in_order_over_many_blocks", || {
            // Small enough that the ring is gone round many times.
            let mut capture = Opening {
                buffer: 4 << 20,
                ..on("lo")
            }
            .open()
            .unwrap();
            let (client, server) = pair();
            // The largest datagram is a frame of 65,549 bytes: 65,507 of data, 8, 20 and 14 of headers.
            let lengths = [1, 65_507, 100, 1_000, 65_507, 65_507, 65_507, 30_000, 7];
            let data = vec![b'd'; 65_507];
            let mut frames = 0_u32;
            let mut bytes = 0;
            while bytes < 40 << 20 {
                let burst: Vec<usize> = lengths
                    .iter()
                    .cycle()
                    .skip(frames as usize % 7)
                    .take(10)
                    .copied()
                    .collect();
                for length in &burst {
                    client.send(&data[..*length]).unwrap();
                    server.recv(&mut [0; 8]).unwrap();
                }
                for length in burst {
                    match capture.next(Some(PATIENCE), None).unwrap() {
                        Event::Frame(frame, _) => {
                            assert_eq!(frame.original_length as usize, length + 42, "frame {frames}");
                            assert!(!frame.is_cut(), "frame {frames}");
                            assert!(frame.bytes[42..].iter().all(|byte| *byte == b'd'));
                        }
                        other => panic!("{other:?} in place of frame {frames}"),
                    }
                    frames += 1;
                    bytes += length;
                }
            }
            let counted = capture.statistics().unwrap();
            assert_eq!((counted.received, counted.dropped), (frames.into(), 0));
        });
    }

    #[test]
    fn a_burst_of_small_frames_fills_blocks_and_none_is_lost_or_twice() {
        in_namespace("a_burst_of_small_frames_fills_blocks_and_none_is_lost_or_twice", || {
            let mut capture = on("lo").open().unwrap();
            let (client, _server) = pair();
            // What the channel can keep for a reader that reads nothing, where the system has a limit, is less.
            let count: u32 = if by_ring() || !ordinary() { 20_000 } else { 1_000 };
            for number in 0..count {
                client.send(&number.to_be_bytes()).unwrap();
            }
            let frames = rest(&mut capture);
            let numbers = frames
                .iter()
                .map(|(frame, _)| u32::from_be_bytes(frame.bytes[42..46].try_into().unwrap()));
            assert!(numbers.eq(0..count), "{} frames", frames.len());
            let times: Vec<_> = frames.iter().map(|(frame, _)| frame.time).collect();
            assert!(times.is_sorted());
        });
    }

    #[test]
    fn after_a_full_buffer_it_goes_on_with_what_comes_next() {
        in_namespace("after_a_full_buffer_it_goes_on_with_what_comes_next", || {
            let mut capture = Opening { buffer: 1, ..on("lo") }.open().unwrap();
            let (client, _server) = pair();
            let mut taken = 0;
            for round in 1..=3_u8 {
                // More than there is room for; what finds none is dropped until somebody reads.
                for _ in 0..5_000 {
                    client.send(&[round; 100]).unwrap();
                }
                let counted = capture.statistics().unwrap();
                let waiting = counted.received - counted.dropped - taken;
                assert!(
                    counted.received == 5_000 * u64::from(round) && (1..5_000).contains(&waiting),
                    "{counted:?}"
                );
                for _ in 0..waiting {
                    match capture.next(Some(PATIENCE), None).unwrap() {
                        Event::Frame(frame, _) => assert_eq!(frame.bytes[42..], [round; 100]),
                        other => panic!("{other:?}"),
                    }
                }
                assert!(matches!(capture.next(Some(MOMENT), None).unwrap(), Event::Idle));
                taken += waiting;
            }
        });
    }

    #[test]
    fn where_the_kernel_gives_no_ring_the_channel_serves() {
        in_namespace("where_the_kernel_gives_no_ring_the_channel_serves", || {
            let mut capture = Opening {
                // The list of the blocks alone would be too long for any kernel.
                buffer: 1 << 49,
                ..on("lo")
            }
            .open()
            .unwrap();
            assert!(!capture.has_ring());
            let said = capture.notes().iter().any(|note| matches!(note, Note::NoRing { .. }));
            assert_eq!(said, by_ring(), "{:?}", capture.notes());
            let (client, server) = pair();
            client.send(b"hello").unwrap();
            server.recv(&mut [0; 8]).unwrap();
            assert_eq!(rest(&mut capture).len(), 1);
        });
    }

    #[test]
    fn an_unknown_interface_is_refused_with_the_names_of_the_known_ones() {
        let error = on("no-such-one").open().unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, OpenError::NoSuchInterface { .. }), "{text}");
        assert!(text.contains("\"no-such-one\"") && text.contains("lo"), "{text}");
    }

    #[test]
    fn a_filter_that_the_kernel_refuses_is_said() {
        in_namespace("a_filter_that_the_kernel_refuses_is_said", || {
            let open = |program| Opening { program, ..on("lo") }.open().unwrap_err().to_string();
            let text = open(vec![(0xffff, 0, 0, 0)]);
            assert!(
                text.contains("lo: setsockopt SO_ATTACH_FILTER: Invalid argument"),
                "{text}"
            );
            let text = open(vec![(0x06, 0, 0, 0); 70_000]);
            assert!(text.contains("70000 instructions and the kernel takes 4096"), "{text}");
        });
    }
}
