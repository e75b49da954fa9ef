//! The packets in `headers.txt`.
//!
//! A line `# name` begins a packet. Lines `link` and `frame` give it; each line `malformed PLACE BYTES` gives a wrong value: these bytes,
//! put there, and the malformations that the decoder has to find. All other lines are what the decoder makes of it, so the file
//! is made again by running the tests with `SOCKET_LAB_UPDATE=1`, and its changes are then read by a human.

use std::fmt::Write as _;

use crate::wire::digits::{hex, unhex};
use crate::wire::{Field, LinkType, Packet, decode};

/// The file.
pub(super) const FILE: &str = include_str!("headers.txt");

/// A packet of the file.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) link: LinkType,
    pub(super) frame: Vec<u8>,
    pub(super) wrong_values: Vec<(usize, Vec<u8>)>,
}

pub(super) fn samples() -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    for line in FILE.lines() {
        let mut words = line.split(' ');
        let (first, rest) = (words.next().unwrap_or_default(), words.collect::<Vec<_>>());
        match (first, samples.last_mut()) {
            ("#", _) => samples.push(Sample {
                name: rest.join(" "),
                link: LinkType::ETHERNET,
                frame: Vec::new(),
                wrong_values: Vec::new(),
            }),
            ("link", Some(sample)) => sample.link = LinkType(rest[0].parse().unwrap()),
            ("frame", Some(sample)) => sample.frame = unhex(rest[0]),
            ("lie", Some(sample)) => sample.wrong_values.push((rest[0].parse().unwrap(), unhex(rest[1]))),
            _ => {}
        }
    }
    samples
}

/// The sample of this name.
pub(super) fn sample(name: &str) -> Sample {
    samples().into_iter().find(|sample| sample.name == name).unwrap()
}

impl Sample {
    pub(super) fn packet(&self) -> Packet<'_> {
        decode(self.link, &self.frame, u32::try_from(self.frame.len()).unwrap())
    }

    /// The packet as it is in the file.
    pub(super) fn describe(&self) -> String {
        let mut text = format!("# {}\nlink {}\nframe {}\n", self.name, self.link.0, hex(&self.frame));
        for (place, bytes) in &self.wrong_values {
            let mut malformed = self.clone();
            malformed.frame[*place..place + bytes.len()].copy_from_slice(bytes);
            writeln!(text, "lie {place} {}", hex(bytes)).unwrap();
            for problem in malformed.packet().malformations() {
                writeln!(text, "  ! {problem}").unwrap();
            }
        }
        let packet = self.packet();
        for (index, layer) in packet.layers().iter().enumerate() {
            let quoted = if layer.is_quoted() { " (quoted)" } else { "" };
            write!(text, "{}{quoted}", layer.protocol()).unwrap();
            match packet.checksum(index) {
                Some(checksum) => writeln!(text, ": checksum {checksum:?}").unwrap(),
                None => text.push('\n'),
            }
            list(&layer.fields(), 1, &mut text);
        }
        for problem in packet.malformations() {
            writeln!(text, "! {problem}").unwrap();
        }
        let payload = packet.payload();
        writeln!(text, "{:?} {}+{}", packet.content(), payload.at, payload.bytes.len()).unwrap();
        if !packet.trailer().bytes.is_empty() {
            writeln!(text, "trailer {}+{}", packet.trailer().at, packet.trailer().bytes.len()).unwrap();
            if let Some(checksum) = packet.icmp_extension_checksum() {
                writeln!(text, "ICMP extension: checksum {checksum:?}").unwrap();
            }
            list(&packet.icmp_extension(), 1, &mut text);
        }
        text
    }
}

fn list(fields: &[Field<'_>], depth: usize, text: &mut String) {
    for field in fields {
        let (byte, length) = (field.byte(), field.length());
        let line = format!(
            "{:indent$}{byte}+{length} {} {field}",
            "",
            field.id(),
            indent = depth * 2
        );
        writeln!(text, "{}", line.trim_end()).unwrap();
        list(field.parts(), depth + 1, text);
    }
}
