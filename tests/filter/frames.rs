//! What the filters are asked about: captured frames and made ones, whole and cut, in one capture for each link type.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::path::Path;

use socket_lab::wire::LinkType;

use crate::support::{Tool, need, tool};

/// The link types that filters know.
pub(crate) const LINKS: [LinkType; 15] = [
    LinkType::ETHERNET,
    LinkType::LINUX_SLL,
    LinkType::LINUX_SLL2,
    LinkType::NULL,
    LinkType::LOOP,
    LinkType::RAW,
    LinkType::IPV4,
    LinkType::IPV6,
    LinkType::PPP,
    LinkType::SLIP,
    LinkType::C_HDLC,
    LinkType::FRELAY,
    LinkType::SUNATM,
    LinkType::ARCNET_LINUX,
    LinkType::IEEE802_11_RADIOTAP,
];

/// A frame, with its place in its pile.
#[derive(Clone)]
pub(crate) struct Captured {
    pub(crate) index: usize,
    pub(crate) original_length: u32,
    pub(crate) bytes: Vec<u8>,
    /// The file it comes from.
    pub(crate) origin: String,
}

/// Frames of one link type.
pub(crate) struct Pile {
    pub(crate) link: LinkType,
    pub(crate) frames: Vec<Captured>,
    file: File,
}

impl Pile {
    /// These frames, each with where it is from and its original length.
    pub(crate) fn of(link: LinkType, frames: Vec<(String, u32, Vec<u8>)>) -> Self {
        let numbered = frames.into_iter().enumerate();
        let captured = numbered.map(|(index, (origin, original_length, bytes))| Captured {
            index,
            original_length,
            bytes,
            origin,
        });
        let all: Vec<Captured> = captured.collect();
        let mut file = tempfile::tempfile().unwrap();
        let judged = match link {
            LinkType::FRELAY => written(LinkType::C_HDLC, &all.iter().map(as_hdlc).collect::<Vec<_>>()),
            LinkType::SLIP => written(LinkType::LINUX_SLL, &all.iter().map(as_cooked).collect::<Vec<_>>()),
            _ => written(link, &all),
        };
        file.write_all(&judged).unwrap();
        Self {
            link,
            frames: all,
            file,
        }
    }

    /// Is tcpdump asked about these frames, and not about others in their place?
    pub(crate) fn is_judged_as_it_is(&self) -> bool {
        ![LinkType::FRELAY, LinkType::SLIP].contains(&self.link)
    }

    /// All of it as a capture file for tcpdump, to be read from its start.
    pub(crate) fn file(&self) -> File {
        let mut file = self.file.try_clone().unwrap();
        file.rewind().unwrap();
        file
    }
}

/// What tcpdump is asked about in the place of a Frame Relay frame: it looks there for the IP header at byte 0, where the
/// address is, so `ip` is right and `tcp`, `host` and `port` are not. The header of Cisco HDLC is as long, and is believed.
fn as_hdlc(frame: &Captured) -> Captured {
    let mut hdlc = frame.clone();
    if let Some([control, nlpid]) = hdlc.bytes.get_mut(2..4) {
        [*control, *nlpid] = match [*control, *nlpid] {
            [0x03, 0xcc] => [0x08, 0x00],
            [0x03, 0x8e] => [0x86, 0xdd],
            // Nothing that is asked for.
            _ => [0xff, 0xff],
        };
    }
    hdlc
}

/// The same for SLIP: tcpdump looks for the version of IP at byte 0, where the direction is, so nothing is IP there. The
/// header of Linux cooked v1 is as long.
fn as_cooked(frame: &Captured) -> Captured {
    let mut cooked = frame.clone();
    match cooked.bytes.get(16).map(|first| first >> 4) {
        Some(4) => cooked.bytes[14..16].copy_from_slice(&[0x08, 0x00]),
        Some(6) => cooked.bytes[14..16].copy_from_slice(&[0x86, 0xdd]),
        Some(_) => cooked.bytes[14..16].copy_from_slice(&[0xff, 0xff]),
        // The version is cut off, so the type has to be.
        None => cooked.bytes.truncate(14),
    }
    cooked
}

/// A classic capture file in this machine's byte order. The second of each frame is its index.
fn written(link: LinkType, frames: &[Captured]) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(0xa1b2_c3d4_u32.to_ne_bytes());
    file.extend([2_u16, 4].map(u16::to_ne_bytes).concat());
    for word in [0, 0, 262_144, link.0] {
        file.extend(word.to_ne_bytes());
    }
    for frame in frames {
        let length = u32::try_from(frame.bytes.len()).unwrap();
        for word in [u32::try_from(frame.index).unwrap(), 0, length, frame.original_length] {
            file.extend(word.to_ne_bytes());
        }
        file.extend(&frame.bytes);
    }
    file
}

/// Reads a classic capture file in this machine's byte order, as tcpdump writes it.
pub(crate) fn read(file: &[u8]) -> (LinkType, Vec<Captured>) {
    let word = |at: usize| u32::from_ne_bytes(file[at..at + 4].try_into().unwrap());
    let link = LinkType(word(20) & 0x0fff_ffff);
    let (mut at, mut frames) = (24, Vec::new());
    while at < file.len() {
        let length = word(at + 8) as usize;
        frames.push(Captured {
            index: word(at) as usize,
            original_length: word(at + 12),
            bytes: file[at + 16..at + 16 + length].to_vec(),
            origin: String::new(),
        });
        at += 16 + length;
    }
    (link, frames)
}

/// One pile for each link type: made frames for those that filters know, all frames of `captures/`, and of the folder
/// `SOCKET_LAB_CORPUS` where it is: every capture in it is asked about.
pub(crate) fn piles() -> Vec<Pile> {
    let mut captured = files(Path::new("captures"));
    match std::env::var_os("SOCKET_LAB_CORPUS") {
        Some(folder) => captured.extend(files(Path::new(&folder))),
        None => {
            let _ = writeln!(
                std::io::stderr(),
                "WITHOUT THE CORPUS: SOCKET_LAB_CORPUS is unset; filters are asked about made frames and captures/ only"
            );
        }
    }
    let made = made();
    let pile = |link: LinkType| {
        let own = made.iter().filter_map(|frame| carried(link, frame));
        let own = own.map(|bytes| ("made".to_owned(), u32::try_from(bytes.len()).unwrap(), bytes));
        let others = captured.iter().filter(|(of, _)| *of == link);
        let others = others.map(|(_, frame)| (frame.origin.clone(), frame.original_length, frame.bytes.clone()));
        // tcpdump knows the families in its own byte order only.
        let known = |bytes: &[u8]| {
            link != LinkType::NULL || bytes.len() < 4 || matches!(bytes[..4], [2 | 24 | 28 | 30, 0, 0, 0])
        };
        let whole = own.chain(others).filter(|(.., bytes)| known(bytes));
        // Each frame whole and cut somewhere, so that tests meet the end of the captured bytes everywhere.
        let both = whole.enumerate().flat_map(|(number, (origin, length, bytes))| {
            let mut cut = bytes.clone();
            cut.truncate(number * 7 % 97);
            [(origin.clone(), length, bytes), (origin, length, cut)]
        });
        Pile::of(link, both.collect())
    };
    let found = captured.iter().map(|(link, _)| *link).collect::<BTreeSet<_>>();
    let unknown = found.into_iter().filter(|link| !LINKS.contains(link));
    LINKS.into_iter().chain(unknown).map(pile).collect()
}

/// Every frame of every capture in the folder.
fn files(folder: &Path) -> Vec<(LinkType, Captured)> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    if !paths.is_empty() && !need(Tool::Tcpdump) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for path in paths {
        let Ok(file) = File::open(&path) else { continue };
        let run = tool(Tool::Tcpdump)
            .args(["-r", "-", "-w", "-"])
            .stdin(file)
            .output()
            .unwrap();
        let is_capture = run.stdout.len() >= 24;
        assert!(
            is_capture || !is_named_as_capture(&path),
            "tcpdump does not open {}",
            path.display()
        );
        if is_capture {
            let (link, frames) = read(&run.stdout);
            // The number of raw IP in the systems' own headers.
            let link = if link == LinkType::RAW_BSD { LinkType::RAW } else { link };
            let origin = path.display().to_string();
            all.extend(frames.into_iter().map(|frame| {
                let origin = origin.clone();
                (link, Captured { origin, ..frame })
            }));
        }
    }
    all
}

fn is_named_as_capture(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending == "pcap" || ending == "pcapng")
}

/// The network packet of an Ethernet frame, as a frame of another link type; `None` if that cannot carry it.
fn carried(link: LinkType, ethernet: &[u8]) -> Option<Vec<u8>> {
    let (kind, packet) = (&ethernet[12..14], &ethernet[14..]);
    let version = match kind {
        [0x08, 0x00] => 4,
        [0x86, 0xdd] => 6,
        _ => 0,
    };
    let family = |order: fn(u32) -> [u8; 4]| match version {
        4 => Some(order(2).to_vec()),
        6 => Some(order(30).to_vec()),
        _ => None,
    };
    let header = match link {
        LinkType::ETHERNET => return Some(ethernet.to_vec()),
        LinkType::LINUX_SLL => [&[0; 14][..], kind].concat(),
        LinkType::LINUX_SLL2 => [kind, &[0; 18][..]].concat(),
        LinkType::NULL => family(u32::to_le_bytes)?,
        LinkType::LOOP => family(u32::to_be_bytes)?,
        LinkType::PPP => match version {
            4 => vec![0xff, 3, 0, 0x21],
            6 => vec![0xff, 3, 0, 0x57],
            _ => [&[0xff, 3], kind].concat(),
        },
        LinkType::SLIP if version != 0 => vec![0; 16],
        LinkType::C_HDLC => [&[0x0f, 0], kind].concat(),
        LinkType::FRELAY => match version {
            4 => vec![0x18, 0x41, 3, 0xcc],
            6 => vec![0x18, 0x41, 3, 0x8e],
            // Something of OSI, RFC 2427 section 5.
            _ => vec![0x18, 0x41, 3, 0x81],
        },
        // Every seventh is not LLC.
        LinkType::SUNATM => {
            let traffic = if packet.len() % 7 == 0 { 5 } else { 2 };
            [&[0x80 | traffic, 0, 0, 100, 0xaa, 0xaa, 3, 0, 0, 0][..], kind].concat()
        }
        LinkType::ARCNET_LINUX => {
            let number = match kind {
                [0x08, 0x00] => 212 + 28 * u8::from(packet.len() % 2 == 0),
                [0x08, 0x06] => 213,
                [0x80, 0x35] => 214,
                [0x86, 0xdd] => 196,
                _ => 1,
            };
            vec![7, u8::from(packet.len() % 3 == 0), 0, 0, number, 0, 0, 0]
        }
        LinkType::IEEE802_11_RADIOTAP => wireless(packet.len(), kind),
        LinkType::RAW if version != 0 => Vec::new(),
        LinkType::IPV4 if version == 4 => Vec::new(),
        LinkType::IPV6 if version == 6 => Vec::new(),
        _ => return None,
    };
    Some([&header, packet].concat())
}

/// Headers of radiotap, IEEE 802.11 and LLC: with and without quality of service, and sometimes of a frame that has no data.
fn wireless(choice: usize, kind: &[u8]) -> Vec<u8> {
    let radiotap = if choice % 3 == 0 { 8 } else { 300 };
    let mut headers = vec![0; radiotap];
    headers[2..4].copy_from_slice(&u16::try_from(radiotap).unwrap().to_le_bytes());
    let (frame_control, length) = match choice % 5 {
        0 => (0x08, 24),
        4 => (0x80, 24),
        _ => (0x88, 26),
    };
    headers.push(frame_control);
    headers.resize(radiotap + length, 2);
    headers.extend([0xaa, 0xaa, 3, 0, 0, 0]);
    [&headers, kind].concat()
}

fn ethernet(destination: [u8; 6], kind: u16, payload: &[u8]) -> Vec<u8> {
    [&destination[..], &[2, 0, 0, 0, 0, 1], &kind.to_be_bytes(), payload].concat()
}

/// An IPv4 packet with so many words of options; `fragment` is the field of flags and offset.
fn ipv4(protocol: u8, options: u8, fragment: u16, [source, destination]: [[u8; 4]; 2], payload: &[u8]) -> Vec<u8> {
    let fragment = fragment.to_be_bytes();
    let header = [
        0x45 + options,
        0,
        0,
        40,
        0,
        1,
        fragment[0],
        fragment[1],
        64,
        protocol,
        0,
        0,
    ];
    let options = vec![1; 4 * usize::from(options)];
    [&header[..], &source, &destination, &options, payload].concat()
}

fn ipv6(next: u8, [source, destination]: [&str; 2], payload: &[u8]) -> Vec<u8> {
    let address = |text: &str| text.parse::<std::net::Ipv6Addr>().unwrap().octets();
    let header = [0x60, 0, 0, 0, 0, 8, next, 64];
    [&header[..], &address(source), &address(destination), payload].concat()
}

/// Made Ethernet frames: each protocol, fragment and tag that the table asks for.
fn made() -> Vec<Vec<u8>> {
    const ONE: [u8; 4] = [192, 0, 2, 1];
    const TWO: [u8; 4] = [192, 0, 2, 2];
    const MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
    let mut packets: Vec<(u16, Vec<u8>)> = Vec::new();
    for (source, destination) in [
        (80_u16, 50_000_u16),
        (50_000, 80),
        (53, 53),
        (443, 80),
        (55, 1000),
        (0, 65_535),
    ] {
        let ports = [source.to_be_bytes(), destination.to_be_bytes()].concat();
        for (protocol, rest) in [
            (6, &[0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0][..]),
            (6, &[0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x10, 0xff, 0xff, 0, 0, 0, 0]),
            (17, &[0, 8, 0, 0]),
            (17, &[0, 12, 0, 0, 1, 2, 3, 4]),
            (132, &[0, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let payload = [&ports, rest].concat();
            for (options, fragment) in [(0, 0x4000), (2, 0), (10, 0x2000), (0, 1), (0, 0x3fff)] {
                packets.push((0x0800, ipv4(protocol, options, fragment, [ONE, TWO], &payload)));
            }
            packets.push((0x0800, ipv4(protocol, 0, 0, [TWO, ONE], &payload)));
            packets.push((0x0800, ipv4(protocol, 0, 0, [[127, 0, 0, 1]; 2], &payload)));
            packets.push((0x86dd, ipv6(protocol, ["2001:db8::1", "2001:db8::2"], &payload)));
            packets.push((
                0x86dd,
                ipv6(protocol, ["2001:db8:0:0:8000::1", "2001:db8::1"], &payload),
            ));
            let fragment = [&[protocol, 0, 0, 1, 0, 0, 0, 9][..], &payload].concat();
            packets.push((0x86dd, ipv6(44, ["2001:db8::1", "2001:db8::2"], &fragment)));
        }
    }
    for protocol in [1, 2, 50, 51, 58] {
        for kind in [8, 0, 128, 3] {
            let payload = [kind, 0, 0, 0, 0, 1, 0, 1];
            packets.push((0x0800, ipv4(protocol, 0, 0, [ONE, ONE], &payload)));
            packets.push((0x0800, ipv4(protocol, 0, 0, [TWO, [224, 0, 0, 1]], &payload)));
            packets.push((0x86dd, ipv6(protocol, ["fe80::1", "ff02::1"], &payload)));
        }
    }
    for kind in [0x0806, 0x8035] {
        for [sender, target] in [[ONE, TWO], [TWO, ONE], [[0; 4], [10, 0, 0, 1]]] {
            let head = [0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1];
            packets.push((kind, [&head[..], &sender, &MAC, &target].concat()));
        }
    }
    packets.push((0x88cc, vec![2, 7, 4]));
    packets.push((0x0026, vec![0x42, 0x42, 3, 0, 0]));

    let mut frames = Vec::new();
    for (number, (kind, packet)) in packets.iter().enumerate() {
        frames.push(ethernet(MAC, *kind, packet));
        // One tag or two, on some of them.
        if number % 5 == 0 {
            let tag = [&[0, 5][..], &kind.to_be_bytes(), packet].concat();
            frames.push(ethernet(MAC, 0x8100, &tag));
            frames.push(ethernet(
                MAC,
                0x88a8,
                &[&[0x20, 5, 0x81, 0, 0, 6][..], &kind.to_be_bytes(), packet].concat(),
            ));
            frames.push(ethernet(
                MAC,
                0x9100,
                &[&[0, 7][..], &kind.to_be_bytes(), packet].concat(),
            ));
        }
    }
    frames.push(ethernet([0xff; 6], packets[0].0, &packets[0].1));
    frames.push(ethernet([1, 0, 0x5e, 0, 0, 1], packets[0].0, &packets[0].1));
    frames.push(ethernet([2, 0, 0, 0, 0, 1], packets[0].0, &packets[0].1));
    frames
}
