//! The questions of the courses: their answers, the key, the form; and the explanation of a field.
//!
//! - `by_hand`: answers worked out by hand from hexadecimal dumps;
//! - `judges`: answers against what tshark says of a transfer with losses, and of the corpus;
//! - `congestion`: timer and flights against what tshark gives; `flights`, `fairness`: what is said of transfers that `made` makes;
//! - `programs`: the arguments, the files, what is refused;
//! - `explaining`: `--explain` of a field; `concepts`: of a concept, the list of names, and docs/glossary.md.
//!
//! The captures here are copies that stay as they are: `tcp.pcap` and `udp.pcap` as the programs of this project made them, and
//! `lossy.pcap`, 300,000 bytes over the loopback of a private network to a server whose connection socket had a filter
//! (`SO_ATTACH_FILTER`) that dropped every 32nd segment at random, and a receive buffer of 16 KiB; 96 bytes of each frame.

mod by_hand;
mod concepts;
mod congestion;
mod explaining;
mod fairness;
mod flights;
mod judges;
mod made;
mod programs;

mod stage {
    use crate::support::ours;

    /// A capture file of these packets, each from its IP header on.
    pub(crate) fn capture(frames: &[Vec<u8>]) -> tempfile::NamedTempFile {
        // The magic number of microseconds, version 2.4, and LINKTYPE_RAW.
        let mut bytes = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0xffff, 101]
            .map(u32::to_le_bytes)
            .concat();
        for frame in frames {
            let length = u32::try_from(frame.len()).unwrap();
            bytes.extend([1_000, 0, length, length].map(u32::to_le_bytes).concat());
            bytes.extend(frame);
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    /// A packet of 192.0.2.1 to 192.0.2.2 without a checksum. `fragment`: the field of flags and fragment offset.
    pub(crate) fn ipv4(protocol: u8, fragment: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(20 + data.len()).unwrap().to_be_bytes();
        let [high, low] = fragment.to_be_bytes();
        let mut bytes = vec![0x45, 0, length[0], length[1], 0, 7, high, low, 64, protocol, 0, 0];
        bytes.extend([192, 0, 2, 1, 192, 0, 2, 2]);
        bytes.extend(data);
        bytes
    }

    /// A datagram of 64 bytes of data from port 40000 to port 9000, in two fragments.
    pub(crate) fn in_fragments() -> [Vec<u8>; 2] {
        let mut datagram = [40_000_u16, 9_000, 72, 0].map(u16::to_be_bytes).concat();
        datagram.extend([b'a'; 64]);
        let (first, second) = datagram.split_at(48);
        // More fragments follow; 48 bytes are 6 units of 8.
        [ipv4(17, 0x2000, first), ipv4(17, 6, second)]
    }

    pub(crate) struct Ended {
        pub(crate) code: Option<i32>,
        pub(crate) output: String,
        pub(crate) errors: String,
    }

    /// The sniffer, run to its end.
    pub(crate) fn sniffer(arguments: &[&str]) -> Ended {
        let mut command = ours("sniffer");
        command.args(arguments).env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR");
        let ended = command.output().unwrap();
        Ended {
            code: ended.status.code(),
            output: String::from_utf8(ended.stdout).unwrap(),
            errors: String::from_utf8(ended.stderr).unwrap(),
        }
    }

    /// What the view says below a question, on one line: words alone, no columns.
    pub(crate) fn answer(file: &str, more: &[&str], question: &str) -> String {
        let ended = sniffer(&[&["-r", file, "--view", "answers", "--width", "1000"], more].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.errors);
        let start = ended
            .output
            .find(&format!("\n{question:9}"))
            .unwrap_or_else(|| panic!("no {question} in {}", ended.output));
        let rest = &ended.output[start + 1..];
        let end = rest.find("\n\n").unwrap_or(rest.len());
        rest[..end].split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
