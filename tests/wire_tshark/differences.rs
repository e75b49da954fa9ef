//! Where we and tshark differ on purpose, each with the reason.

/// Where we and tshark differ on purpose. A `*` in a name stands for anything.
pub(super) struct Difference {
    field: &'static str,
    why: &'static str,
}

const fn differs(field: &'static str, why: &'static str) -> Difference {
    Difference { field, why }
}

/// tshark has them, we do not.
pub(super) const ONLY_THEIRS: &[Difference] = &[
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
pub(super) const ONLY_OURS: &[Difference] = &[
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

/// Files, and packets of them (0: all), or names in headers.txt, in which the two part ways as a whole.
pub(super) const PACKETS: &[(&str, usize, &str)] = &[
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
        "IPv4: loose source route under way, strict one, timestamps, unknown option, end of list",
        0,
        "tshark swaps the destination with the last address of a source route, and shows nothing of unknown options",
    ),
    (
        "IPv6: jumbo payload",
        0,
        "tshark refuses a jumbo payload length that would have fitted the header",
    ),
    (
        "TCP: experiments, unknown options, odd lengths",
        0,
        "tshark does not read an MSS option of five bytes",
    ),
    (
        "ICMP: unknown type",
        0,
        "tshark shows nothing of the rest of the header",
    ),
    (
        "ICMP: time exceeded, eight bytes of TCP quoted",
        0,
        "in a quotation tshark has the sequence number as tcp.seq alone",
    ),
    ("scps_invalid.pcap", 0, "TCP option 20 (SCPS), which is unknown to us"),
];

/// Both have them, with the same value, and tshark's place is a wider one around ours.
pub(super) const WIDER: &[Difference] = &[
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
pub(super) const OTHER_VALUE: &[Difference] = &[];

/// Is the name in this table?
pub(super) fn listed(table: &[Difference], name: &str) -> bool {
    table.iter().any(|difference| match difference.field.split_once('*') {
        Some((beginning, end)) => name.starts_with(beginning) && name.ends_with(end),
        None => name == difference.field,
    })
}

#[test]
fn every_difference_has_a_reason() {
    assert!(PACKETS.iter().all(|(_, _, why)| why.len() > 20));
    for table in [ONLY_THEIRS, ONLY_OURS, WIDER, OTHER_VALUE] {
        assert!(table.iter().all(|difference| difference.why.len() > 20));
    }
}
