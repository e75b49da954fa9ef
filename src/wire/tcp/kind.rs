//! What every option of TCP has. RFC 9293 section 3.1

use super::super::display_format::DisplayFormat as Format;
use super::super::field::{FieldDef, bytes, rest};

fields! {
    OPTION_KIND = "tcp.option_kind", "RFC 9293 section 3.2",
        "Which option it is.",
        "0 end, 1 NOP, 2 maximum segment size, 3 window scale, 4 SACK permitted, 5 SACK, 8 timestamps, 30 multipath TCP, 34 fast open.";
    OPTION_LEN = "tcp.option_len", "RFC 9293 section 3.2",
        "Length of the option, kind and length included.", "Kinds 0 and 1 have none: they are one byte.";
    SURPLUS = ours "tcp.options.surplus", "no standard: a name of this program",
        "Bytes that an option has beyond what its kind defines.", "";
    EOL = "tcp.options.eol", "RFC 9293 section 3.2",
        "Ends the list of options; what follows up to the data is padding.", "";
    NOP = "tcp.options.nop", "RFC 9293 section 3.2",
        "Does nothing: it fills up, so that the next option begins at a multiple of four bytes.", "";
    MSS = "tcp.options.mss", "RFC 9293 section 3.7.1",
        "The largest segment that the sender of this SYN can take. In SYNs only.", "";
    MSS_VAL = "tcp.options.mss_val", "RFC 9293 section 3.7.1",
        "Most bytes of data in one segment, headers not counted.",
        "IPv4 over Ethernet: 1500 - 20 - 20 = 1460. Without the option: 536 over IPv4, 1220 over IPv6.";
    WSCALE = "tcp.options.wscale", "RFC 7323 section 2",
        "Makes windows of more than 65535 bytes possible. In SYNs only, and only if both have it.", "";
    WSCALE_SHIFT = "tcp.options.wscale.shift", "RFC 7323 section 2",
        "By how many bits the sender's later windows are to be shifted left.", "0 to 14. Shift 7 multiplies by 128.";
    SACK_PERM = "tcp.options.sack_perm", "RFC 2018 section 2",
        "The sender of this SYN takes selective acknowledgments.", "In SYNs only.";
    SACK = "tcp.options.sack", "RFC 2018 section 3",
        "Selective acknowledgment: blocks of bytes that arrived behind a hole, so that only the hole has to be sent again.",
        "1 to 4 blocks.";
    SACK_LE = "tcp.options.sack_le", "RFC 2018 section 3", "First sequence number of a block that has arrived.", "";
    SACK_RE = "tcp.options.sack_re", "RFC 2018 section 3", "First sequence number after that block.", "";
    TIMESTAMP = "tcp.options.timestamp", "RFC 7323 section 3",
        "Clocks of both ends: for measuring the round trip with every ACK, and for telling old segments from new ones.", "";
    TIMESTAMP_TSVAL = "tcp.options.timestamp.tsval", "RFC 7323 section 3.2",
        "The sender's clock when it sent this segment.",
        "Its unit and its start are the sender's choice; Linux counts milliseconds from a random start.";
    TIMESTAMP_TSECR = "tcp.options.timestamp.tsecr", "RFC 7323 section 3.2",
        "The other end's clock, returned: what stood in the segment that this one answers.",
        "It counts only with the ACK flag.";
    MD5 = "tcp.options.md5", "RFC 2385",
        "A signature over the segment with a key that both ends know: protects the sessions of routers (BGP).",
        "Obsolete: RFC 5925 replaces it.";
    MD5_DIGEST = "tcp.options.md5.digest", "RFC 2385", "The MD5 sum over pseudo-header, header, data and key.", "";
    USER_TO = "tcp.options.user_to", "RFC 5482",
        "How long the sender keeps data without an acknowledgment before it gives the connection up.", "";
    USER_TO_GRANULARITY = "tcp.options.user_to_granularity", "RFC 5482 section 3",
        "The unit of the user timeout.", "1 minutes, 0 seconds.";
    USER_TO_VAL = "tcp.options.user_to_val", "RFC 5482 section 3",
        "The user timeout, in the unit that the bit before selects.", "";
    AO = "tcp.options.ao", "RFC 5925", "Authentication: a code over the segment, made with one of several keys.", "";
    AO_KEYID = "tcp.options.ao.keyid", "RFC 5925 section 2.2", "Which key made the code of this segment.", "";
    AO_RNEXTKEYID = "tcp.options.ao.rnextkeyid", "RFC 5925 section 2.2",
        "The key that the other end should use in what it sends next.", "";
    AO_MAC = "tcp.options.ao.mac", "RFC 5925 section 2.2", "The message authentication code.", "";
    TFO = "tcp.options.tfo", "RFC 7413",
        "TCP Fast Open: data may travel in the SYN of a client that was here before.", "";
    TFO_COOKIE = "tcp.options.tfo.cookie", "RFC 7413 section 4.1.1",
        "What proves that the client was here before.", "Empty: the client asks for one.";
    ACC_ECN_EE0B = "tcp.options.acc_ecn.ee0b", "RFC 9768 section 3.2.3",
        "Echo of the bytes that arrived marked ECT(0).", "Modulo 2^24; starts at 1.";
    ACC_ECN_ECEB = "tcp.options.acc_ecn.eceb", "RFC 9768 section 3.2.3",
        "Echo of the bytes that arrived marked CE: congestion was experienced.", "Modulo 2^24; starts at 0.";
    ACC_ECN_EE1B = "tcp.options.acc_ecn.ee1b", "RFC 9768 section 3.2.3",
        "Echo of the bytes that arrived marked ECT(1).", "Modulo 2^24; starts at 1.";
    ACC_ECN = "tcp.options.acc_ecn", "RFC 9768 section 3.2.3",
        "Accurate ECN: how many bytes arrived with which mark.", "Counters may be left out from the end on.";
    EXPERIMENTAL = "tcp.options.experimental", "RFC 6994",
        "For experiments that have no kind of their own: kinds 253 and 254.", "";
    EXPERIMENTAL_EXID = "tcp.options.experimental.exid", "RFC 6994 section 3",
        "Which experiment it is.", "0xacc0 and 0xacc1: accurate ECN; 0xf989: fast open.";
    EXPERIMENTAL_DATA = "tcp.options.experimental.data", "RFC 6994 section 3", "What the experiment puts there.", "";
    UNKNOWN = "tcp.options.unknown", "RFC 9293 section 3.1",
        "An option of a kind that is not read here; receivers skip what they do not know, by its length.", "";
    UNKNOWN_PAYLOAD = "tcp.options.unknown.payload", "RFC 9293 section 3.1",
        "The bytes of that option after kind and length.", "";
    UNREAD = ours "tcp.unread", "no standard: a name of this program",
        "Bytes of a header that could not be read, because it is cut or malformed.", "";
    PADDING = ours "tcp.options.padding", "RFC 9293 section 3.1",
        "Fills the header up to a multiple of four bytes, behind the end of the option list.", "Zeros.";
    OPTIONS_UNREAD = ours "tcp.options.unread", "no standard: a name of this program",
        "Options from the first one on whose length cannot be.", "";
}

pub(super) const KIND: FieldDef = bytes(id::OPTION_KIND, "kind", 0, 1, Format::Decimal).omitted();
pub(super) const LENGTH: FieldDef = bytes(id::OPTION_LEN, "length", 1, 1, Format::Count("bytes")).omitted();

/// Bytes that an option has and its kind does not.
pub(super) static SURPLUS: FieldDef = rest(id::SURPLUS, "bytes beyond the option", 0, Format::Bytes);
