//! How TCP acknowledges, notices a loss and repairs it.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "delayed ACK",
        other_names: &["delayed acknowledgment", "piggybacking", "TCP_QUICKACK", "quickack"],
        fields: &[],
        sentences: &[
            "With delayed ACK a receiver waits a moment before it sends an ACK alone.",
            "If its program answers meanwhile, the ACK travels with the data.",
            "The delay must be shorter than 0.5 seconds.",
            "With a stream of full segments, at least every second one should be acknowledged at once.",
            "Linux often acknowledges at once at the beginning of a connection.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view ladder",
            notice: "No delay here: ACK 5 leaves 0.017 ms after packet 4, before the reply 6.",
            shows: &["5 20.286", "ack=13"],
        },
        attempt: Attempt {
            command: "socket-lab tcp --view ladder",
            notice: "See whether your server's first ACK comes alone or with the reply.",
        },
        source: "RFC 9293 section 3.8.6.3, RFC 5681 section 4.2",
    },
    Concept {
        name: "duplicate ACK",
        other_names: &[
            "duplicate acknowledgment",
            "dup ACK",
            "DupAck",
            "tcp.analysis.duplicate_ack",
        ],
        fields: &[],
        sentences: &[
            "A duplicate ACK repeats an acknowledgment number without data, while data is on its way.",
            "A receiver sends one when a segment arrives after a gap: an earlier one is missing.",
            "A reordered segment causes duplicate ACKs as well, so one alone does not prove a loss.",
            "The third duplicate ACK in a row makes the sender repeat the segment (fast retransmit).",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view summary",
            notice: "None here: ACK 5 and ACK 10 of the server confirm new bytes, up to 13 and up to 14.",
            shows: &["5 0.020286 127.0.0.1:13000 → :36632 ACK Seq=1 Ack=13", "Ack=14"],
        },
        attempt: Attempt {
            command: "sniffer -r tests/answers/lossy.pcap --view summary",
            notice: "ACK 41 repeats number 166521 of ACK 37 and 38: bytes from there on are missing.",
        },
        source: "RFC 5681 section 2",
    },
    Concept {
        name: "retransmission",
        other_names: &[
            "retransmit",
            "resend",
            "lost segment",
            "packet loss",
            "tcp.analysis.retransmission",
        ],
        fields: &[],
        sentences: &[
            "A retransmission is a segment that TCP sends again because no acknowledgment came.",
            "The kernel keeps all data until they are acknowledged, so the program does nothing.",
            "It happens when a timer runs out, or earlier after duplicate ACKs.",
            "The original may have arrived: the lost packet can be its acknowledgment.",
            "UDP never sends anything again.",
        ],
        example: Example {
            command: "sniffer -r captures/backlog.pcapng --view ladder --flow 3",
            notice: "SYN 11 gets no answer; packet 22 is the same SYN again, 1.01 s later.",
            shows: &["[retransmission of 11]", "22 1014.247"],
        },
        attempt: Attempt {
            command: "sniffer -r tests/answers/lossy.pcap --view summary",
            notice: "Packets 40, 42, 44, 46, 48 and 66 are retransmissions of data.",
        },
        source: "RFC 9293 section 3.8",
    },
    Concept {
        name: "retransmission timeout",
        other_names: &["RTO", "retransmission timer", "exponential backoff", "tcp.analysis.rto"],
        fields: &[],
        sentences: &[
            "The retransmission timeout (RTO) is how long TCP waits for an acknowledgment before it sends again.",
            "TCP computes it from measured round-trip times and how much they vary.",
            "Before the first measurement it is 1 second.",
            "Each time it runs out, TCP doubles it (exponential backoff).",
            "Later it is at least 200 ms on Linux by default; the RFC recommends 1 second.",
        ],
        example: Example {
            command: "sniffer -r captures/backlog.pcapng --view ladder --flow 3",
            notice: "No round trip is known yet, so SYN 22 follows SYN 11 after about 1 s.",
            shows: &["22 1014.247", "[retransmission of 11]"],
        },
        attempt: Attempt {
            command: "socket-lab backlog",
            notice: "The third client's handshake takes about one second.",
        },
        source: "RFC 6298 section 2 and section 5",
    },
    Concept {
        name: "round-trip time",
        other_names: &[
            "RTT",
            "round trip",
            "latency",
            "SampleRTT",
            "EstimatedRTT",
            "SRTT",
            "tcp.analysis.ack_rtt",
        ],
        fields: &[],
        sentences: &[
            "The round-trip time (RTT) is the time from a segment until its acknowledgment arrives.",
            "No header has it: each end measures it with its own clock.",
            "TCP smooths its samples and computes the retransmission timeout from them.",
            "A segment that was sent again gives no sample without timestamps: the ACK could be for either.",
            "On loopback it is far below a millisecond; across an ocean it is often about 100 ms.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view answers",
            notice: "Packet 4 is acknowledged by packet 5: a round trip of 0.017276 ms.",
            shows: &["0.017276 ms"],
        },
        attempt: Attempt {
            command: "socket-lab tcp --view answers",
            notice: "The answers compute the samples and the estimate from your own run.",
        },
        source: "RFC 6298 section 2 and section 3",
    },
    Concept {
        name: "fast retransmit",
        other_names: &[
            "fast retransmission",
            "triple duplicate ACK",
            "tcp.analysis.fast_retransmission",
        ],
        fields: &[],
        sentences: &[
            "Fast retransmit sends a missing segment again before the retransmission timeout.",
            "The classic rule: three duplicate ACKs in a row.",
            "They show that later segments have arrived, so the network still delivers.",
            "Linux decides by time and SACK today, so fewer duplicate ACKs can be enough.",
        ],
        example: Example {
            command: "sniffer -r captures/backlog.pcapng --view summary",
            notice: "Not here: packet 22 waited for the timer, because nothing came back for SYN 11.",
            shows: &["[retransmission of 11]"],
        },
        attempt: Attempt {
            command: "sniffer -r tests/answers/lossy.pcap --view summary",
            notice: "Packet 42 repeats missing bytes 0.033 ms after ACK 41, which reported a gap by SACK.",
        },
        source: "RFC 5681 section 3.2, RFC 8985 section 3",
    },
    Concept {
        name: "selective acknowledgment",
        other_names: &["selective ACK", "SACK block", "D-SACK", "SACK option"],
        fields: &["sack", "sack permitted"],
        sentences: &[
            "Selective acknowledgment (SACK) reports which bytes after a gap have arrived.",
            "The sender then repeats only what is missing.",
            "Both ends must offer it with SACK-permitted in their SYN segments.",
            "The acknowledgment number still confirms only the bytes before the gap.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng -c 2",
            notice: "SYN 1 and SYN-ACK 2 both carry the option SACK-permitted.",
            shows: &["opt 4 SACK-perm yes"],
        },
        attempt: Attempt {
            command: "sniffer -r tests/answers/lossy.pcap --explain sack",
            notice: "ACK 41 reports bytes 186793 to 188240, although bytes from 166521 on are missing.",
        },
        source: "RFC 2018 section 2 and section 3",
    },
];
