//! What the filters are asked about: captured frames and made ones, whole and cut, in one capture for each link type.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::path::Path;

use socket_lab::wire::LinkType;

use super::made::{made, wireless};
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

/// Whole frames of this link type of `captures/` with its folder of two hosts.
pub(crate) fn whole_of(link: LinkType) -> Vec<(String, u32, Vec<u8>)> {
    let captured = ["captures", "captures/two-hosts"]
        .into_iter()
        .flat_map(|folder| files(Path::new(folder)));
    let captured = captured.filter(|(of, _)| *of == link);
    captured
        .map(|(_, frame)| (frame.origin, frame.original_length, frame.bytes))
        .collect()
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
