//! Work is linear in the input: eight times as much takes about eight times as long, whatever it is made of.
//!
//! What is measured is the time of the processor in this thread, the least of a few runs, so other programs matter little. Work
//! that grows with the square would take 64 times as long; the bound is between.

use nix::time::{ClockId, clock_gettime};
use socket_lab::filter::{Filter, FragmentPolicy, NoResolver, Target};
use socket_lab::flow::PacketInFlow;
use socket_lab::frame::{Frame, Time};
use socket_lab::render::follow::StreamAssembler;
use socket_lab::session::following::Follower;
use socket_lab::wire::LinkType;

use super::invariants::shown::{frame, style};
use super::invariants::{calls, flow, frame as packets, record};

const TIMES: usize = 8;
const BOUND: f64 = 24.0;

/// The processor's time for this thread, in seconds.
fn spent() -> f64 {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap();
    std::time::Duration::from(time).as_secs_f64()
}

/// The least time of some runs on an input of this size.
fn least<T>(size: usize, make: &impl Fn(usize) -> T, work: &impl Fn(&T)) -> f64 {
    let input = make(size);
    let run = || {
        let before = spent();
        work(&input);
        spent() - before
    };
    (0..3).map(|_| run()).fold(f64::MAX, f64::min)
}

fn assert_linear<T>(what: &str, size: usize, make: impl Fn(usize) -> T, work: impl Fn(&T)) {
    let small = least(size, &make, &work);
    let large = least(size * TIMES, &make, &work);
    assert!(
        large / small < BOUND,
        "{what}: {small:.4} s for {size}, {large:.4} s for {TIMES} times as much"
    );
}

/// A frame in every view of one packet.
fn show(frame: &Frame<'_>) {
    packets::check(frame, style(0));
}

fn framed(link: LinkType, bytes: &[u8]) -> Frame<'static> {
    let length = u32::try_from(bytes.len()).unwrap();
    frame(link, bytes, length, Some(Time(0)))
}

/// An IPv4 packet with these bytes behind its header.
fn ipv4(protocol: u8, identification: u16, fragment: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + data.len()).unwrap();
    let mut bytes = vec![0x45, 0];
    bytes.extend(length.to_be_bytes());
    bytes.extend(identification.to_be_bytes());
    bytes.extend(fragment.to_be_bytes());
    bytes.extend([64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
    bytes.extend(data);
    bytes
}

fn udp(port: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + data.len()).unwrap();
    let [high, low] = port.to_be_bytes();
    let mut bytes = vec![high, low, 0, 9];
    bytes.extend(length.to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(data);
    ipv4(17, 1, 0, &bytes)
}

fn tcp(port: u16, sequence: u32, flags: u8, data: &[u8]) -> Vec<u8> {
    let [high, low] = port.to_be_bytes();
    let mut bytes = vec![high, low, 0, 80];
    bytes.extend(sequence.to_be_bytes());
    bytes.extend([0, 0, 0, 1, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(data);
    ipv4(6, 1, 0, &bytes)
}

#[test]
fn one_packet() {
    let size = 6_000;
    let data = |byte: u8| move |size: usize| framed(LinkType::IPV4, &udp(40_000, &vec![byte; size]));
    assert_linear("text", size, data(b'a'), show);
    assert_linear("bytes that are no text", size, data(0xff), show);
    let repeated = |head: &'static [u8], each: &'static [u8], link| {
        move |size: usize| framed(link, &[head, &each.repeat(size / each.len())].concat())
    };
    let cases: [(&str, &[u8], &[u8], LinkType); 5] = [
        ("VLAN tags", &[0; 12], &[0x81, 0, 0, 5], LinkType::ETHERNET),
        (
            "MPLS labels",
            &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x47],
            &[0, 0, 0, 64],
            LinkType::ETHERNET,
        ),
        (
            "IPv4 in IPv4",
            &[],
            &[0x45, 0, 0xff, 0, 0, 1, 0, 0, 64, 4, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2],
            LinkType::IPV4,
        ),
        (
            "IPv6 options",
            &[
                0x60, 0, 0, 0, 0xff, 0xff, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0, 0, 1,
            ],
            &[0, 0, 1, 4, 0, 0, 0, 0],
            LinkType::IPV6,
        ),
        ("zeroes", &[], &[0], LinkType::LINUX_SLL),
    ];
    for (what, head, each, link) in cases {
        assert_linear(what, size, repeated(head, each, link), show);
    }
}

fn follow(frames: &Vec<Frame<'static>>) -> Vec<(PacketInFlow, usize)> {
    let mut all = Follower::new();
    let mut in_flows = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        let packet = frame.decode();
        let followed = all.follow(index as u64 + 1, frame, &packet);
        in_flows.extend(followed.known().map(|in_flow| (*in_flow, index)));
    }
    in_flows
}

fn sequence(each: impl Fn(usize) -> Vec<u8>) -> impl Fn(usize) -> Vec<Frame<'static>> {
    move |size| (0..size).map(|index| framed(LinkType::IPV4, &each(index))).collect()
}

#[test]
fn many_packets() {
    let number = |index: usize| u32::try_from(index).unwrap();
    let short = |index: usize| u16::try_from(index % 60_000).unwrap();
    let follow = |frames: &Vec<Frame<'static>>| drop(follow(frames));
    assert_linear(
        "connections",
        1_000,
        sequence(|index| tcp(short(index), 1, 2, b"")),
        follow,
    );
    assert_linear("datagrams", 1_000, sequence(|index| udp(short(index), b"x")), follow);
    assert_linear(
        "segments in order",
        1_000,
        sequence(|index| tcp(9, number(index) * 4, 16, b"data")),
        follow,
    );
    assert_linear(
        "segments backwards",
        1_000,
        sequence(|index| tcp(9, u32::MAX / 2 - number(index) * 4, 16, b"data")),
        follow,
    );
    assert_linear(
        "segments with holes",
        1_000,
        sequence(|index| tcp(9, number(index) * 9, 16, b"data")),
        follow,
    );
    assert_linear("the same segment", 1_000, sequence(|_| tcp(9, 7, 24, b"data")), follow);
    assert_linear(
        "first fragments",
        1_000,
        sequence(|index| ipv4(17, short(index), 0x2000, &[0; 64])),
        follow,
    );
    let piece = |index: usize| 0x2000 | u16::try_from(index * 7 % 8_000).unwrap();
    assert_linear(
        "fragments of one datagram",
        1_000,
        sequence(move |index| ipv4(17, 1, piece(index), &[0; 8])),
        follow,
    );
}

/// Ladders, answers, pictures, the report.
#[test]
fn whole_conversations() {
    let number = |index: usize| u32::try_from(index).unwrap();
    let short = |index: usize| u16::try_from(index % 60_000).unwrap();
    let draw = |frames: &Vec<Frame<'static>>| flow::check(frames, style(0));
    let segments = sequence(move |index| tcp(9, number(index) * 4, 16, b"data"));
    assert_linear("segments of one conversation", 30, segments, draw);
    let holes = sequence(move |index| tcp(9, u32::MAX / 2 - number(index) * 9, 24, b"data"));
    assert_linear("segments backwards, with holes", 30, holes, draw);
    let each_its_own = sequence(move |index| udp(short(index), b"x"));
    assert_linear("conversations", 30, each_its_own, draw);
}

#[test]
fn text_that_came_out_of_order() {
    for (what, in_flow) in [("backwards", -4_i64), ("with holes", 9), ("in order", 4)] {
        let make = |size: usize| {
            let place = |index: usize| i64::try_from(index).unwrap() * in_flow + 0x4000_0000;
            let frames = sequence(|index| tcp(9, u32::try_from(place(index)).unwrap(), 16, b"data"))(size);
            follow(&frames)
        };
        assert_linear(what, 2_000, make, |in_flows| {
            let mut text = StreamAssembler::new(1 << 20);
            for (in_flow, _) in in_flows {
                text.add(in_flow, b"data");
            }
            let _ = text.finish();
        });
    }
}

/// A block of pcapng: type, length, what is in it, length.
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(12 + body.len()).unwrap().to_le_bytes();
    [&kind.to_le_bytes()[..], &length, body, &length].concat()
}

#[test]
fn capture_files() {
    let section = || {
        block(
            0x0a0d_0d0a,
            &[
                0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
            ],
        )
    };
    let interface = |options: &[u8]| block(1, &[&[1, 0, 0, 0, 0, 0, 4, 0][..], options].concat());
    let packet = |options: &[u8]| block(6, &[&[0; 20][..], options].concat());
    let read = |file: &Vec<u8>| drop(record::check(file));
    let repeated = |head: Vec<u8>, each: Vec<u8>| move |size: usize| [&head[..], &each.repeat(size)].concat();
    let start = [section(), interface(b"")].concat();
    assert_linear("packets", 1_000, repeated(start.clone(), packet(b"")), read);
    assert_linear("sections", 1_000, repeated(Vec::new(), start.clone()), read);
    assert_linear("interfaces", 1_000, repeated(section(), interface(b"")), read);
    assert_linear(
        "unknown blocks",
        1_000,
        repeated(start.clone(), block(77, b"what?...")),
        read,
    );
    let comments =
        move |size: usize| [&start[..], &packet(&[1, 0, 4, 0, b't', b'e', b'x', b't'].repeat(size))].concat();
    assert_linear("comments of one packet", 2_000, comments, read);
    let header = [
        0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0,
    ];
    assert_linear("empty packets", 2_000, repeated(header.to_vec(), vec![0; 16]), read);
}

#[test]
fn call_logs() {
    let log = std::fs::read("captures/tcp.calls.jsonl").unwrap();
    let check = |log: &Vec<u8>| drop(calls::check(log));
    assert_linear("calls", 3, |size| log.repeat(size), check);
    assert_linear("a long line", 20_000, |size| vec![b'{'; size], check);
    assert_linear("empty lines", 20_000, |size| vec![b'\n'; size], check);
}

/// `port 1 or port 3 or …`: no two of them can be asked as one.
fn ports(count: usize) -> String {
    let all = (0..count).map(|port| format!("port {}", port * 2 + 1));
    all.collect::<Vec<_>>().join(" or ")
}

#[test]
fn filters_as_text() {
    let parse = |text: &String| drop(Filter::parse(text, &NoResolver));
    let both = |word: &'static str| {
        move |size: usize| "(tcp and not udp) ".repeat(size).replace(") (", &format!(") {word} ("))
    };
    assert_linear("ports", 100, ports, parse);
    assert_linear("any", 80, both("or"), parse);
    assert_linear("all", 80, both("and"), parse);
    assert_linear("words that are none", 600, |size| "and ".repeat(size), parse);
    assert_linear("not", 100, |size| "not ".repeat(size), parse);
    assert_linear("parentheses", 100, |size| "(".repeat(size), parse);
}

/// The compiler compares tests with each other, so its work is not linear, but bounded: of a text that is longer than a few
/// pages nothing is read, and of conditions with more tests than a program may have instructions nothing is simplified.
#[test]
fn the_largest_filters_are_compiled_or_refused_soon() {
    let hosts = |count: u32, word: &str| {
        let all = (0..count).map(|host| format!("host 1.{}.{}", host / 256, host % 256));
        all.collect::<Vec<_>>().join(word)
    };
    let turns = "ip or (tcp and ".repeat(90) + "arp" + &")".repeat(90);
    for text in [
        ports(900),
        ports(4_500),
        hosts(900, " or "),
        hosts(3_500, " or "),
        hosts(900, " and "),
        hosts(3_500, " and "),
        turns,
        "vlan and ".repeat(7_000) + "tcp",
    ] {
        let before = spent();
        if let Ok(filter) = Filter::parse(&text, &NoResolver) {
            let _ = filter.compile(Target::File(LinkType::ETHERNET), 9, FragmentPolicy::Keep);
        }
        let after = spent();
        assert!(
            after - before < 20.0,
            "{} s for {} bytes: {text:.40}",
            after - before,
            text.len()
        );
    }
}
