//! Every field's name, place, length and value against tshark's, over all captures at hand.
#![cfg(feature = "sniffer")]

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use socket_lab::explain::purpose::is_wiresharks;
    use socket_lab::wire::{Checksum, Content, Field, LinkType, Packet, Protocol, Unchecked, decode};

    use super::support::{Tool, need, needs, tool};

    /// Where we and tshark differ on purpose. A `*` in a name stands for anything.
    struct Difference {
        field: &'static str,
        why: &'static str,
    }

    const fn differs(field: &'static str, why: &'static str) -> Difference {
        Difference { field, why }
    }

    /// tshark has them, we do not.
    const ONLY_THEIRS: &[Difference] = &[
        differs("ipv6.opt.pad1", "the option's one byte once more"),
        differs(
            "tcp.options.sack.dsack*",
            "a block that repeats acknowledged data: the flow's",
        ),
        differs("tcp.options.tfo.request", "the option once more, when it has no cookie"),
        differs("num", "about the capture, not the packet"),
        differs("len", "about the capture, not the packet"),
        differs("caplen", "about the capture, not the packet"),
        differs("timestamp", "about the capture, not the packet"),
        differs("eth.addr", "the address of eth.src or eth.dst once more"),
        differs("eth.src.*", "two bits of the address, shown in three bytes"),
        differs("eth.dst.*", "two bits of the address, shown in three bytes"),
        differs("eth.padding", "Packet::trailer, which belongs to no header"),
        differs("eth.trailer", "Packet::trailer, which belongs to no header"),
        differs("llc.control.*", "bits that do not stand side by side"),
        differs("icmp.length.original_datagram", "the same byte times four"),
        differs("icmp.ident_le", "the same bytes in the order that Windows uses"),
        differs("icmp.seq_le", "the same bytes in the order that Windows uses"),
        differs(
            "icmpv6.ni.*",
            "node information queries: we read type, code and checksum",
        ),
        differs("icmpv6.rpl.*", "RPL control messages: we read type, code and checksum"),
        differs("ipv6.src_slaac_mac", "computed from the address"),
        differs("ipv6.dst_slaac_mac", "computed from the address"),
        differs("ipv6.hopopts.len_oct", "the same byte times eight"),
        differs("ipv6.dstopts.len_oct", "the same byte times eight"),
        differs("ipv6.routing.len_oct", "the same byte times eight"),
        differs("tcp.seq", "relative to the conversation's first: the flow's"),
        differs("tcp.ack", "relative to the conversation's first: the flow's"),
        differs("tcp.window_size", "scaled by an earlier packet: the flow's"),
        differs("tcp.window_size_scalefactor", "from an earlier packet: the flow's"),
        differs("tcp.flags.str", "the flags once more, as letters"),
        differs(
            "tcp.flags.ace",
            "AE, CWR and ECE together, known from the handshake: the flow's",
        ),
        differs("tcp.options", "all options together; we have them one by one"),
        differs("tcp.options.wscale.multiplier", "the shift count as a power of two"),
        differs("mptcp.rm_addr.count", "the addresses, counted"),
        differs(
            "tcp.options.mptcp.flags",
            "the byte that the subtype and its bits stand in, once more",
        ),
        differs("tcp.options.eol", "padding after the end mark, taken for end marks"),
        differs("data.data", "what tshark leaves over after a wrong version"),
    ];
    /// We have them, tshark does not.
    const ONLY_OURS: &[Difference] = &[
        differs("*.unread", "bytes that could not be read; every byte has a field"),
        differs("*.surplus", "bytes beyond what the kind of option has"),
        differs(
            "tcp.options.padding",
            "what follows the end mark; every byte has a field",
        ),
        differs("ip.opt.padding", "what follows the end mark; every byte has a field"),
        differs(
            "tcp.flags.ae",
            "tshark takes AE, CWR and ECE for the counter ACE after an accurate ECN handshake",
        ),
        differs(
            "tcp.flags.cwr",
            "tshark takes AE, CWR and ECE for the counter ACE after an accurate ECN handshake",
        ),
        differs(
            "tcp.flags.ece",
            "tshark takes AE, CWR and ECE for the counter ACE after an accurate ECN handshake",
        ),
        differs(
            "tcp.options.experimental.data",
            "tshark knows the experiments' own layouts",
        ),
        differs("ipv6.opt.unknown", "options that we do not take apart"),
        differs("icmpv6.unknown_data", "options that we do not take apart"),
        differs("tcp.options.mptcp", "tshark has no field for the option as a whole"),
        differs(
            "tcp.options.mptcp.reserved*",
            "tshark leaves most of them out; every bit has a field",
        ),
        differs(
            "tcp.options.mptcp.checksum",
            "in a data sequence signal tshark shows it when it has seen the handshake that asks for it",
        ),
        differs(
            "tcp.options.mptcp.subtype_data",
            "a message that nobody knows: every bit has a field",
        ),
        differs(
            "tcp.options.mptcp.data",
            "a message that nobody knows: every byte has a field",
        ),
        differs("sll.reserved", "tshark leaves it out; every byte has a field"),
        differs("icmp.length", "tshark shows it only when it is not zero"),
        differs(
            "icmp.ext.data",
            "of MPLS labels and interfaces tshark shows the parts, of other objects the data too",
        ),
        differs("icmpv6.body", "four bytes of messages that we do not read further"),
        differs(
            "icmpv6.opt.dnssl",
            "one field with all names, where tshark has one per name",
        ),
        differs(
            "ipv6.routing.unknown_data",
            "the TLVs of segment routing, which tshark 4.0 leaves out",
        ),
    ];
    /// Files, and packets of them (0: all), in which the two part ways as a whole.
    const PACKETS: &[(&str, usize, &str)] = &[
        (
            "LINKTYPE_IPV4_invalid.pcap",
            0,
            "IPv6 under the link type of IPv4: tshark reads it as IPv6, we say that the version is wrong",
        ),
        (
            "bigtcp-ipv6.pcap",
            0,
            "tshark 4.0 stops at a payload length of 0 without jumbo option, which Linux makes",
        ),
        (
            "ipv6_missing_jumbo_payload_option.pcap",
            0,
            "tshark 4.0 stops at a payload length of 0 without jumbo option",
        ),
        (
            "bigtcp-ipv4-vxlan-ipv4.pcap",
            0,
            "tshark 4.0 stops at a UDP length of 0, which Linux makes for large segments",
        ),
        (
            "ip6_frag_asan.pcap",
            1,
            "tshark shows nothing of a fragment header that is cut",
        ),
        (
            "l2tp-avp-overflow.pcap",
            0,
            "tshark shows nothing of an Ethernet header that is cut",
        ),
        (
            "heap-overflow-1.pcap",
            1,
            "version 3: tshark shows nothing, we show the version",
        ),
        (
            "heapoverflow-ip_demux_print.pcap",
            2,
            "tshark shows nothing of an integrity check value that is cut",
        ),
        (
            "IPv4: loose source route under way, strict one, timestamps, unknown option, end of list.pcap",
            0,
            "tshark swaps the destination with the last address of a source route, and shows nothing of unknown options",
        ),
        (
            "IPv6: jumbo payload.pcap",
            0,
            "tshark refuses a jumbo payload length that would have fitted the header",
        ),
        (
            "TCP: experiments, unknown options, odd lengths.pcap",
            0,
            "tshark does not read an MSS option of five bytes",
        ),
        (
            "ICMP: unknown type.pcap",
            0,
            "tshark shows nothing of the rest of the header",
        ),
        (
            "ICMP: time exceeded, eight bytes of TCP quoted.pcap",
            0,
            "in a quotation tshark has the sequence number as tcp.seq alone",
        ),
        ("scps_invalid.pcap", 0, "TCP option 20 (SCPS), which is unknown to us"),
    ];
    /// Both have them, with the same value, and tshark's place is a wider one around ours.
    const WIDER: &[Difference] = &[
        differs(
            "icmpv6.nd.na.flag.*",
            "tshark names the whole word that the bits stand in",
        ),
        differs("ipv6.fraghdr.*", "tshark names the whole word that the bits stand in"),
        differs(
            "tcp.options.user_to_granularity",
            "tshark names the whole word that the bits stand in",
        ),
        differs("ipv6.opt", "tshark gives Pad1 all bytes that follow it"),
        differs("ipv6.tclass*", "tshark names the whole word that the bits stand in"),
        differs("vlan.priority", "tshark names the whole word that the bits stand in"),
        differs("vlan.dei", "tshark names the whole word that the bits stand in"),
        differs("icmp.unused", "tshark counts the length of RFC 4884 in when it is zero"),
        differs(
            "icmpv6.reserved",
            "tshark counts the length of RFC 4884 in when it is zero",
        ),
    ];
    /// Both have them in the same place, and the values are not comparable.
    const OTHER_VALUE: &[Difference] = &[];

    /// The protocols that tshark is left with beside those of our descriptors, so that it does not read further than we do.
    const KEPT: &[&str] = &["frame", "ethertype", "raw", "mptcp", "data"];
    const KEPT_PARTS: &[&str] = &["tcp.", "ip.", "ipv6.", "icmp.", "icmpv6."];

    /// A capture file's frames: link type, original length, bytes. Classic pcap only, which is all that the judge needs.
    fn read_pcap(path: &Path) -> Option<Vec<(LinkType, u32, Vec<u8>)>> {
        let file = std::fs::read(path).unwrap();
        let little = match file.get(..4)? {
            [0xd4, 0xc3, 0xb2, 0xa1] | [0x4d, 0x3c, 0xb2, 0xa1] => true,
            [0xa1, 0xb2, 0xc3, 0xd4] | [0xa1, 0xb2, 0x3c, 0x4d] => false,
            _ => return None,
        };
        let number = |at: usize| -> Option<u32> {
            let bytes = *file.get(at..)?.first_chunk()?;
            Some(if little {
                u32::from_le_bytes(bytes)
            } else {
                u32::from_be_bytes(bytes)
            })
        };
        let link = LinkType(number(20)? & 0x0fff_ffff);
        let mut frames = Vec::new();
        let mut at = 24;
        while let (Some(captured), Some(original)) = (number(at + 8), number(at + 12)) {
            let Some(bytes) = file.get(at + 16..at + 16 + captured as usize) else {
                break;
            };
            frames.push((link, original, bytes.to_vec()));
            at += 16 + captured as usize;
        }
        Some(frames)
    }

    fn write_pcap(path: &Path, link: u32, frame: &[u8]) {
        let length = u32::try_from(frame.len()).unwrap();
        let words = [0xa1b2_c3d4, 0x0002_0004, 0, 0, 262_144, link, 1, 0, length, length];
        let mut file: Vec<u8> = words.iter().flat_map(|word: &u32| word.to_be_bytes()).collect();
        file.extend(frame);
        std::fs::write(path, file).unwrap();
    }

    fn unhex(text: &str) -> Vec<u8> {
        let pairs = (0..text.len()).step_by(2).map(|at| &text[at..at + 2]);
        pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    #[derive(Debug, Clone)]
    struct Theirs {
        name: String,
        pos: usize,
        size: usize,
        value: String,
        show: String,
        masked: bool,
    }

    fn attribute<'l>(line: &'l str, name: &str) -> Option<&'l str> {
        let start = line.find(&format!(" {name}=\""))? + name.len() + 3;
        let length = line[start..].find('"')?;
        Some(&line[start..start + length])
    }

    /// The fields of each packet as tshark has them; without what it computed (size 0) and what it repeats hidden.
    fn ask_tshark(path: &Path, settings: &Path) -> Vec<Vec<Theirs>> {
        let output = tool(Tool::Tshark)
            .env("WIRESHARK_CONFIG_DIR", settings)
            .args([
                "-n",
                "-T",
                "pdml",
                "-o",
                "ip.defragment:FALSE",
                "-o",
                "ipv6.defragment:FALSE",
            ])
            .args(["-o", "tcp.desegment_tcp_streams:FALSE", "-o", "eth.fcs:Never"])
            .args([
                "-o",
                "ip.check_checksum:TRUE",
                "-o",
                "tcp.check_checksum:TRUE",
                "-o",
                "udp.check_checksum:TRUE",
            ])
            .args(["-o", "tcp.try_heuristic_first:FALSE", "-r"])
            .arg(path)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let mut packets = Vec::new();
        for line in text.lines().map(str::trim_start) {
            if line.starts_with("<packet>") {
                packets.push(Vec::new());
            } else if line.starts_with("<field ") && attribute(line, "hide") != Some("yes") {
                let number = |name| attribute(line, name).and_then(|text| text.parse().ok()).unwrap_or(0);
                let field = Theirs {
                    name: attribute(line, "name").unwrap_or_default().to_owned(),
                    pos: number("pos"),
                    size: number("size"),
                    value: attribute(line, "value").unwrap_or_default().to_owned(),
                    show: attribute(line, "show").unwrap_or_default().to_owned(),
                    masked: attribute(line, "unmaskedvalue").is_some(),
                };
                let verdict = is_about_checksum(&field.name);
                let generated = (field.size == 0 && !verdict) || field.name.is_empty() || field.name.starts_with("_ws");
                if let (Some(packet), false) = (packets.last_mut(), generated) {
                    packet.push(field);
                }
            }
        }
        packets
    }

    fn is_about_checksum(name: &str) -> bool {
        name.ends_with("checksum.status") || name.ends_with("checksum_calculated")
    }

    fn flatten<'f, 'a>(fields: &'f [Field<'a>], all: &mut Vec<&'f Field<'a>>) {
        for field in fields {
            all.push(field);
            flatten(field.parts(), all);
        }
    }

    /// Fields for bytes that we do not take apart; where tshark does, nothing is compared.
    fn is_left_whole(id: &str) -> bool {
        [
            ".unread",
            ".padding",
            ".body",
            ".dnssl",
            ".unknown",
            ".unknown_data",
            "mptcp.data",
            "mptcp.subtype_data",
        ]
        .iter()
        .any(|end| id.ends_with(end))
    }

    fn brief(field: &Field<'_>) -> String {
        format!(
            "bytes {}+{} [{}] {field}",
            field.byte(),
            field.length(),
            hex(field.raw())
        )
    }

    fn hex(bytes: &[u8]) -> String {
        bytes
            .iter()
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    fn listed(table: &[Difference], name: &str) -> bool {
        table.iter().any(|difference| match difference.field.split_once('*') {
            Some((beginning, end)) => name.starts_with(beginning) && name.ends_with(end),
            None => name == difference.field,
        })
    }

    fn same_value(ours: &Field<'_>, theirs: &Theirs) -> bool {
        if theirs.masked {
            return ours.number() == u64::from_str_radix(&theirs.value, 16).ok();
        }
        let from = 2 * (ours.byte() - theirs.pos);
        theirs.value.is_empty() || theirs.value.get(from..from + 2 * ours.length()) == Some(&hex(ours.raw()))
    }

    /// What differs in one packet.
    fn compare(packet: &Packet<'_>, theirs: &[Theirs], mut say: impl FnMut(&str, &str, String)) {
        let made: Vec<_> = packet.fields().collect();
        let mut ours = Vec::new();
        flatten(&made, &mut ours);
        // Behind our last header tshark may read on: we do not.
        let end = packet.payload().at;
        for field in &ours {
            let id = field.id();
            let exact = theirs
                .iter()
                .find(|other| other.name == id && (other.pos, other.size) == (field.byte(), field.length()));
            let around = theirs.iter().find(|other| {
                other.name == id && other.pos <= field.byte() && field.byte() + field.length() <= other.pos + other.size
            });
            match (exact, around) {
                (Some(other), _) if !listed(OTHER_VALUE, id) => {
                    if !same_value(field, other) {
                        say("value", id, format!("{} against {other:?}", brief(field)));
                    }
                }
                (Some(_), _) => {}
                (None, Some(other)) if listed(WIDER, id) => {
                    if !same_value(field, other) {
                        say("value", id, format!("{} against {other:?}", brief(field)));
                    }
                }
                (None, Some(other)) => say("wider", id, format!("{} against {other:?}", brief(field))),
                (None, None) if listed(ONLY_OURS, id) || !is_wiresharks(id) => {}
                (None, None) => say("only ours", id, brief(field)),
            }
        }
        let (verdicts, theirs): (Vec<_>, Vec<_>) = theirs.iter().partition(|other| is_about_checksum(&other.name));
        compare_checksums(packet, &verdicts, &mut say);
        for other in theirs
            .iter()
            .filter(|other| other.pos < end && !listed(ONLY_THEIRS, &other.name))
        {
            let known = ours.iter().any(|field| {
                let overlap = field.byte() < other.pos + other.size && other.pos < field.byte() + field.length();
                overlap && (field.id() == other.name || is_left_whole(field.id()))
            });
            if !known {
                say("only theirs", &other.name, format!("{other:?}"));
            }
        }
    }

    /// tshark's verdicts (0 bad, 1 good, 2 not verified, 3 not present) and its right values.
    fn compare_checksums(packet: &Packet<'_>, verdicts: &[&Theirs], say: &mut impl FnMut(&str, &str, String)) {
        let is_cut = packet.original_length() > packet.bytes().len();
        for (index, layer) in packet.layers().iter().enumerate() {
            let Some(ours) = packet.checksum(index) else {
                continue;
            };
            let place = layer
                .fields()
                .iter()
                .find(|field| field.id().ends_with(".checksum"))
                .map(Field::byte);
            let told = |end: &str| {
                let is_it = |other: &&&Theirs| Some(other.pos) == place && other.name.ends_with(end);
                verdicts.iter().find(is_it).map(|other| other.show.as_str())
            };
            let (verdict, right) = (told(".status"), told("_calculated"));
            let same = match ours {
                Checksum::Ok => verdict == Some("1"),
                Checksum::Partial { full: value } | Checksum::Bad { right: value } => {
                    // Of ICMP tshark gives no right value.
                    verdict == Some("0") && right.is_none_or(|right| right == format!("{value:#06x}"))
                }
                Checksum::NotPresent => verdict == Some("3"),
                // tshark checks a quotation that happens to be whole.
                Checksum::NotCheckable(Unchecked::Quoted) => true,
                Checksum::NotCheckable(_) => matches!(verdict, Some("2") | None),
            };
            // tshark checks nothing in a cut frame, even where all bytes that count are there.
            let untried = is_cut && verdict == Some("2");
            if !(same || untried) {
                say(
                    "checksum",
                    layer.protocol().name(),
                    format!("{ours:?} against {verdict:?}, {right:?}"),
                );
            }
        }
    }

    /// tshark's settings: everything is off but what we read ourselves.
    fn settings(folder: &Path) {
        let output = tool(Tool::Tshark).args(["-G", "protocols"]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let ours: BTreeSet<&str> = Protocol::ALL
            .iter()
            .flat_map(|protocol| protocol.fields())
            .flat_map(|fields| fields.ids)
            .filter_map(|id| id.split('.').next())
            .chain(KEPT.iter().copied())
            .collect();
        let off: String = text
            .lines()
            .filter_map(|line| line.split('\t').nth(2))
            .filter(|name| !ours.contains(name) && !KEPT_PARTS.iter().any(|part| name.starts_with(part)))
            .fold(String::new(), |text, name| {
                text + name
                    + "
"
            });
        std::fs::write(folder.join("disabled_protos"), off).unwrap();
    }

    fn captures(folder: &Path) -> Vec<PathBuf> {
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "pcap"))
            .collect();
        files.sort();
        files
    }

    /// Compares every capture of a folder, and says how many packets and fields there were.
    fn judge(folder: &Path) -> (usize, usize) {
        let home = tempfile::tempdir().unwrap();
        settings(home.path());
        let mut differences: BTreeMap<(String, String), (usize, String)> = BTreeMap::new();
        let (mut packets, mut fields) = (0, 0);
        for file in captures(folder) {
            let Some(frames) = read_pcap(&file) else {
                continue;
            };
            let readable = frames.first().is_some_and(|(link, original, bytes)| {
                !matches!(decode(*link, bytes, *original).content(), Content::Link(_))
            });
            if !readable {
                continue;
            }
            let theirs = ask_tshark(&file, home.path());
            for (number, ((link, original, bytes), theirs)) in frames.iter().zip(&theirs).enumerate() {
                let packet = decode(*link, bytes, *original);
                let apart = |&(name, which, _): &(&str, usize, &str)| {
                    file.ends_with(name) && (which == 0 || which == number + 1)
                };
                if PACKETS.iter().any(apart) {
                    continue;
                }
                packets += 1;
                fields += packet.fields().count();
                compare(&packet, theirs, |kind, id, what| {
                    let name = file.file_name().unwrap_or_default().to_string_lossy();
                    let entry = differences.entry((kind.to_owned(), id.to_owned())).or_default();
                    entry.0 += 1;
                    if entry.0 < 4 {
                        entry.1.extend([format!("        {name} {}: {what}\n", number + 1)]);
                    }
                });
            }
        }
        let report: Vec<_> = differences
            .iter()
            .map(|((kind, id), (count, example))| format!("{count:5} {kind} {id}\n{example}"))
            .collect();
        assert!(
            report.is_empty(),
            "{} kinds of difference\n{}",
            report.len(),
            report.join("\n")
        );
        (packets, fields)
    }

    #[test]
    fn the_captures_of_the_project_are_read_as_tshark_reads_them() {
        if need(Tool::Tshark) {
            judge(&Path::new(env!("CARGO_MANIFEST_DIR")).join("captures"));
        }
    }

    /// The packets of the fixed tests, a file each.
    #[test]
    fn the_packets_of_the_fixed_tests_are_read_as_tshark_reads_them() {
        if !need(Tool::Tshark) {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let (mut name, mut link) = ("", 0_u32);
        for line in include_str!("../src/wire/tests/headers.txt").lines() {
            match line.split_once(' ') {
                Some(("#", rest)) => name = rest,
                Some(("link", rest)) => link = rest.parse().unwrap(),
                Some(("frame", rest)) => write_pcap(&folder.path().join(format!("{name}.pcap")), link, &unhex(rest)),
                _ => {}
            }
        }
        let (packets, fields) = judge(folder.path());
        assert!(
            packets > 60 && fields > 1000,
            "only {packets} packets with {fields} fields were compared"
        );
    }

    /// The option of RFC 9768 in the place of a SYN's options: both orders, and one that leaves two counters out.
    #[test]
    fn accurate_ecn_options_are_read_as_tshark_reads_them() {
        if !need(Tool::Tshark) {
            return;
        }
        let text = include_str!("../src/wire/tests/headers.txt");
        let mut syn = text.split("# TCP: SYN\n").nth(1).unwrap().lines();
        let syn = unhex(syn.find_map(|line| line.strip_prefix("frame ")).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let options: [&[u8]; 3] = [
            &[172, 11, 0, 0, 1, 0, 0, 2, 0xff, 0xff, 3],
            &[174, 11, 0, 0, 1, 0, 0, 2, 0xff, 0xff, 3],
            &[174, 5, 0, 0, 9],
        ];
        for (number, option) in options.iter().enumerate() {
            let mut frame = syn.clone();
            frame[54..].fill(1);
            frame[54..54 + option.len()].copy_from_slice(option);
            write_pcap(&folder.path().join(format!("{number}.pcap")), 1, &frame);
        }
        let (packets, fields) = judge(folder.path());
        assert!(packets == 3 && fields > 100, "{packets} packets, {fields} fields");
    }

    #[test]
    fn the_corpus_is_read_as_tshark_reads_it() {
        let Some(folder) = needs::corpus() else { return };
        if need(Tool::Tshark) {
            let (packets, fields) = judge(Path::new(&folder));
            assert!(
                packets > 1000 && fields > 10_000,
                "only {packets} packets with {fields} fields were compared"
            );
        }
    }

    #[test]
    fn every_difference_has_a_reason() {
        assert!(PACKETS.iter().all(|(_, _, why)| why.len() > 20));
        for table in [ONLY_THEIRS, ONLY_OURS, WIDER, OTHER_VALUE] {
            assert!(table.iter().all(|difference| difference.why.len() > 20));
        }
    }
}
