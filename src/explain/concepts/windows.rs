//! How much may be on its way: the receiver's window and the sender's.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "flow control",
        other_names: &[
            "receive buffer",
            "SO_RCVBUF",
            "advertised window",
            "sliding window",
            "window full",
            "window update",
        ],
        fields: &["window", "receive window", "window size"],
        sentences: &[
            "Flow control keeps a fast sender from sending more than the receiver has room for.",
            "With each segment the receiver announces its window: how many more bytes it accepts.",
            "The sender must not have more unacknowledged bytes than that on their way.",
            "The window shrinks when data arrives, and grows when the program reads it.",
            "When the sender has used up the window, this program writes [window full].",
            "UDP has none: a datagram for which the buffer has no room is dropped.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng --view summary",
            notice: "The server's window is 78848 in packet 13, 63488 in 59 and 38912 in 71: its buffer fills.",
            shows: &["Ack=7241 Win=78848", "Ack=30409 Win=63488", "Ack=65538 Win=38912"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/long.pcapng --explain window",
            notice: "The page computes the window in bytes for the first packets.",
        },
        source: "RFC 9293 section 3.8.6",
    },
    Concept {
        name: "scaled window",
        other_names: &["scale factor", "window factor", "tcp.window_size_scalefactor"],
        fields: &["window scale", "window scaling", "wscale"],
        sentences: &[
            "The window field has 16 bits, so alone it cannot announce more than 65535 bytes.",
            "With window scaling each end gives a shift count in its SYN, from 0 to 14.",
            "All its later windows are multiplied by 2 to the power of that count.",
            "The window in a SYN or SYN-ACK itself is never scaled.",
            "It is used only if both ends send the option.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng -c 4",
            notice: "SYN 1 gives shift 10; in packet 3 the field is 63, which means 63 x 1024 = 64512 bytes.",
            shows: &["shift 10", "63 x 1024 = 64512 bytes"],
        },
        attempt: Attempt {
            command: "sniffer --explain \"window scale\"",
            notice: "The page shows the option's place and values.",
        },
        source: "RFC 7323 section 2",
    },
    Concept {
        name: "zero window",
        other_names: &["window probe", "zero window probe", "tcp.analysis.zero_window"],
        fields: &[],
        sentences: &[
            "A zero window announces that the receiver has no room: its program has not read the data.",
            "The sender waits; it has not lost anything.",
            "When the program has read, the receiver sends a window update, and the data continues.",
            "The update could get lost, so the sender asks with window probes from time to time.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng --view summary",
            notice: "Not here: the smallest window of the server is 38912, in packet 71.",
            shows: &["Ack=65538 Win=38912"],
        },
        attempt: Attempt {
            command: "sniffer -r tests/answers/lossy.pcap --view ladder",
            notice: "Packet 17 announces a zero window; window update 18 ends it 1.68 ms later.",
        },
        source: "RFC 9293 section 3.8.6.1",
    },
    Concept {
        name: "congestion control",
        other_names: &["congestion", "congestion avoidance", "CUBIC", "Reno", "BBR", "AIMD"],
        fields: &[],
        sentences: &[
            "Congestion control keeps a TCP sender from overloading the network.",
            "Congestion means that a router receives more than it can forward: packets wait, and some are dropped.",
            "The sender starts slowly, sends more while ACKs arrive, and less after a loss.",
            "It is not flow control, which protects the receiver.",
            "Linux uses the algorithm CUBIC by default.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng --view summary",
            notice: "After segments 4 to 8 the sender goes on with 14; ACKs 9 to 13 lie between.",
            shows: &["8 0.020657", "14 0.020673"],
        },
        attempt: Attempt {
            command: "sniffer -q -r captures/long.pcapng --plot long.svg",
            notice: "The picture shows sequence numbers against time.",
        },
        source: "RFC 5681 section 3, RFC 9438 section 1",
    },
    Concept {
        name: "congestion window",
        other_names: &["cwnd", "snd_cwnd", "initial window", "IW10", "ssthresh"],
        fields: &[],
        sentences: &[
            "The congestion window (cwnd) limits how much data a sender has on its way.",
            "No header has it: the sender's kernel computes it from acknowledgments and losses.",
            "The sender obeys the smaller one of congestion window and receive window.",
            "On Linux it starts at 10 segments by default.",
            "From a capture you can only estimate it, by the bytes that are unacknowledged.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng --view summary",
            notice: "No field shows it. Segments 4 to 8 are 5 x 1448 = 7240 bytes before the first ACK, 9.",
            shows: &["9 0.020659 127.0.0.1:13000 → :36660 ACK Seq=1 Ack=1449"],
        },
        attempt: Attempt {
            command: "socket-lab long --view ladder",
            notice: "Count the segments that leave before an acknowledgment comes back.",
        },
        source: "RFC 5681 section 2, RFC 6928 section 2",
    },
    Concept {
        name: "slow start",
        other_names: &["exponential growth"],
        fields: &[],
        sentences: &[
            "Slow start is how a TCP sender begins: with a small congestion window that grows fast.",
            "Each ACK for new data enlarges the window, so it about doubles with every round trip.",
            "It ends at a loss, or when the window reaches the slow start threshold (ssthresh).",
            "After that the window grows slowly; this is congestion avoidance.",
            "So a short transfer often ends before the sender has reached its full speed.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng --view summary",
            notice: "Groups of segments without an ACK between grow: 4 to 8, 24 to 33, 44 to 58. Slow start is deduced.",
            shows: &["24 0.020730", "33 0.020753", "44 0.020792", "58 0.020813"],
        },
        attempt: Attempt {
            command: "sniffer -q -r captures/long.pcapng --plot long.svg",
            notice: "Look at the beginning: groups of segments, each after acknowledgments.",
        },
        source: "RFC 5681 section 3.1",
    },
];
