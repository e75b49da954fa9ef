//! Writes the inputs to begin with into the folder `seeds` beside this file, made from the project's captures, its call logs
//! and the packets of its tests; and from the captures in the folder `SOCKET_LAB_CORPUS`, where that is set.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use invariants::flow::pack;
use invariants::frame::LINKS;
use invariants::record;
use socket_lab::filter::{Filter, FragmentPolicy, NoResolver, Target};
use socket_lab::frame::Frame;
use socket_lab::record::Packing;
use socket_lab::wire::LinkType;

/// The project.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The first so many packets of a capture: more of the same teach the fuzzer nothing.
const PACKETS: usize = 40;

/// Longer files are left out: an input is changed in few places at a time.
const LONGEST: usize = 24 << 10;

/// Expressions of all kinds.
const EXPRESSIONS: [&str; 24] = [
    "tcp and port 80",
    "udp src portrange 1-1023 or dst port 53",
    "host 192.0.2.1 and not arp",
    "ip6 host 2001:db8::1 or icmp6",
    "src net 10.0.0.0/8 and dst net 192.168 mask 255.255.0.0",
    "ether host 02:00:00:00:00:01 or ether broadcast",
    "vlan 5 and ip and tcp port 443",
    "vlan and vlan and udp",
    "tcp[13] & 2 != 0",
    "ip[0] & 0xf > 5 and ip[6:2] & 0x1fff = 0",
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
    "icmp[icmptype] = icmp-echo",
    "less 100 or greater 1000",
    "len >= 64",
    "ip proto \\tcp and not (src port 1 or dst port 2)",
    "ether proto 0x88cc or ether[0] & 1 = 1",
    "ip multicast || ip6 multicast && !udp",
    "sctp dst port 7 or esp or ah or igmp or rarp",
    "proto 132 and ip6 proto 44",
    "ether multicast and len < 61",
    "tcp src port 80 and tcp dst portrange 1024-65535",
    "src or dst host 127.0.0.1 and src and dst port 9",
    "arp host 192.0.2.7",
    "udp[4:2] > 8 and ip6[6] = 17",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = in_folder(&Path::new(ROOT).join("captures"))?;
    if let Some(folder) = std::env::var_os("SOCKET_LAB_CORPUS") {
        files.extend(in_folder(Path::new(&folder))?);
    }
    let mut seeds = Seeds::default();
    for file in files {
        let bytes = fs::read(&file)?;
        if file.extension().is_some_and(|ending| ending == "jsonl") {
            seeds.calls(&bytes)?;
        } else if bytes.len() > 4 && file.extension().is_some_and(|ending| ending != "md") {
            seeds.capture(&bytes)?;
        }
    }
    seeds.samples()?;
    seeds.filters()?;
    println!("{} inputs in {}", seeds.count, folder("").display());
    Ok(())
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target)
}

/// Writes inputs.
#[derive(Default)]
struct Seeds {
    count: usize,
}

impl Seeds {
    fn add(&mut self, target: &str, input: &[u8]) -> Result<(), Box<dyn Error>> {
        self.count += 1;
        fs::create_dir_all(folder(target))?;
        Ok(fs::write(
            folder(target).join(format!("seed-{:05}", self.count)),
            input,
        )?)
    }

    fn capture(&mut self, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        if bytes.len() <= LONGEST {
            self.add("record", bytes)?;
        }
        if bytes.len() <= LONGEST / 8 {
            for packing in [Packing::Gzip, Packing::Zstd, Packing::Lz4] {
                self.add("record", &packing.pack(bytes)?)?;
            }
        }
        let mut frames = record::check(bytes);
        frames.truncate(PACKETS);
        for frame in &frames {
            self.frame(frame.link, &frame.bytes)?;
        }
        let Some(first) = frames.first() else { return Ok(()) };
        let kind = number(first.link);
        frames.retain(|frame| number(frame.link) == kind);
        let all: usize = frames.iter().map(|frame| frame.bytes.len()).sum();
        if all <= LONGEST {
            self.sequence(kind, &frames)?;
        }
        Ok(())
    }

    fn frame(&mut self, link: LinkType, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
        if bytes.len() > 2048 {
            return Ok(());
        }
        let style = u8::try_from(self.count % usize::from(invariants::shown::LOOKS))?;
        let input = [&[number(link), style, 0, 0], bytes].concat();
        self.add("decode", &input)?;
        self.add("views", &input)
    }

    fn sequence(&mut self, kind: u8, frames: &[Frame<'_>]) -> Result<(), Box<dyn Error>> {
        let input = pack(kind, frames);
        self.add("answers", &input)?;
        self.add("flow", &input)?;
        self.add("whole", &input)
    }

    fn calls(&mut self, log: &[u8]) -> Result<(), Box<dyn Error>> {
        self.add("calls", log)?;
        for line in log.split_inclusive(|&byte| byte == b'\n').take(PACKETS) {
            self.add("calls", line)?;
        }
        Ok(())
    }

    /// The packets that the decoder is tested with: many headers that no capture here has.
    fn samples(&mut self) -> Result<(), Box<dyn Error>> {
        let mut link = LinkType::ETHERNET;
        for line in fs::read_to_string(Path::new(ROOT).join("src/wire/tests/headers.txt"))?.lines() {
            match line.split_once(' ') {
                Some(("#", _)) => link = LinkType::ETHERNET,
                Some(("link", digits)) => link = LinkType(digits.parse()?),
                Some(("frame", digits)) => self.frame(link, &unhex(digits)?)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn filters(&mut self) -> Result<(), Box<dyn Error>> {
        let packet = record::check(&fs::read(Path::new(ROOT).join("captures/tcp.pcap"))?);
        let packet = packet.first().ok_or("no packet")?;
        for (index, text) in EXPRESSIONS.iter().enumerate() {
            let target = u8::try_from(index)?;
            let input = [&[target, 0], text.as_bytes(), &[0], &packet.bytes].concat();
            self.add("filter", &input)?;
            let program =
                Filter::parse(text, &NoResolver)?.compile(Target::File(LinkType::ETHERNET), 9, FragmentPolicy::Drop)?;
            let mut input = vec![u8::try_from(program.instructions().len().min(255))?];
            for one in program.instructions().iter().take(255) {
                input.extend(one.code.to_be_bytes());
                input.extend([one.jt, one.jf]);
                input.extend(one.k.to_be_bytes());
            }
            input.extend(&*packet.bytes);
            self.add("program", &input)?;
        }
        Ok(())
    }
}

/// The number of a link type in an input.
fn number(link: LinkType) -> u8 {
    let place = LINKS.iter().position(|&known| known == link);
    u8::try_from(place.unwrap_or(LINKS.len() - 1)).unwrap_or_default()
}

fn unhex(digits: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|at| Ok(u8::from_str_radix(digits.get(at..at + 2).ok_or("half a byte")?, 16)?))
        .collect()
}
