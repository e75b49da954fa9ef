//! How a TCP connection ends, and the states until then.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "closing",
        other_names: &[
            "close",
            "close()",
            "connection termination",
            "four-way close",
            "teardown",
            "active close",
        ],
        fields: &["fin"],
        sentences: &[
            "A TCP connection closes with a FIN from each end, and each FIN is acknowledged.",
            "A FIN says: this end sends no more data.",
            "close() normally makes the kernel send it, after all data that is still to be sent.",
            "A FIN takes one sequence number, so its acknowledgment is one higher.",
            "Often three segments are enough, because one end's FIN carries the ACK of the other's.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view ladder",
            notice: "The server sends FIN 8, the client FIN 9, which also acknowledges 8; ACK 10 ends it.",
            shows: &["seq=13 ack=14", "ACK seq=14 ack=14"],
        },
        attempt: Attempt {
            command: "socket-lab close",
            notice: "Three connections: the server closes first, then the client, then half of one closes.",
        },
        source: "RFC 9293 section 3.6",
    },
    Concept {
        name: "half-close",
        other_names: &["half-closed", "shutdown", "shutdown()", "SHUT_WR"],
        fields: &[],
        sentences: &[
            "A half-close ends one direction of a connection; the other one still carries data.",
            "A program does it with shutdown() and SHUT_WR: its kernel sends FIN, and recv() still works.",
            "So a client can say that its request is complete and then read the answer.",
            "close() is different: your program can neither send nor receive afterwards.",
        ],
        example: Example {
            command: "sniffer -r captures/close.pcapng --view ladder --flow 3",
            notice: "The client sends FIN 22; packet 23 still brings 19 bytes to it; the server's FIN is 25.",
            shows: &["22 0.067 FIN-WAIT-1", "len=19"],
        },
        attempt: Attempt {
            command: "socket-lab close --view ladder",
            notice: "Find shutdown() in the third connection.",
        },
        source: "RFC 9293 section 3.6.1, man 2 shutdown",
    },
    Concept {
        name: "TIME-WAIT",
        other_names: &["TIMEWAIT", "time wait state"],
        fields: &[],
        sentences: &[
            "TIME-WAIT is the state of the end that closed first, after both FINs are acknowledged.",
            "The kernel remembers the connection for a while, although the program has closed it.",
            "If its last ACK is lost, the peer repeats its FIN, and the kernel can answer.",
            "Late segments of this connection cannot disturb a new one with the same ports.",
            "On Linux it lasts 60 seconds.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view ladder",
            notice: "The server closed first with packet 8, so it is in TIME-WAIT after packet 10.",
            shows: &["The server closed first, so the server stays in TIME-WAIT (60 s on Linux)."],
        },
        attempt: Attempt {
            command: "socket-lab close",
            notice: "In the second connection the client closes first, so it stays in TIME-WAIT.",
        },
        source: "RFC 9293 section 3.3.2 and section 3.6",
    },
    Concept {
        name: "2MSL",
        other_names: &["MSL", "maximum segment lifetime", "2 MSL"],
        fields: &[],
        sentences: &[
            "MSL (maximum segment lifetime) is how long a segment can exist in the network.",
            "RFC 9293 sets it to 2 minutes, as an assumption.",
            "TIME-WAIT has to last twice as long (2MSL): one for a segment, one for its answer.",
            "Linux always uses 60 seconds for TIME-WAIT instead.",
        ],
        example: Example {
            command: "sniffer -r captures/close.pcapng --view ladder --flow 2",
            notice: "After packet 16 the client's kernel stays in TIME-WAIT; nothing more is sent.",
            shows: &["16 0.124 TIME-WAIT", "TIME-WAIT (60 s on Linux)"],
        },
        attempt: Attempt {
            command: "sniffer --explain TIME-WAIT",
            notice: "The page says why the state exists.",
        },
        source: "RFC 9293 section 3.6 and section 4",
    },
    Concept {
        name: "CLOSE-WAIT",
        other_names: &["close wait state"],
        fields: &[],
        sentences: &[
            "CLOSE-WAIT is the state of an end that has received a FIN and not yet sent its own.",
            "Its program sees the end of the stream: recv() returns 0.",
            "It may still send data; then it has to call close().",
            "The kernel waits for that call without a time limit.",
            "Many connections in CLOSE-WAIT mean that a program forgets to close.",
        ],
        example: Example {
            command: "sniffer -r captures/close.pcapng --view ladder --flow 3",
            notice: "From FIN 22 until its own FIN 25 the server is in CLOSE-WAIT, and it sends data in 23.",
            shows: &["CLOSE-WAIT", "25 0.099"],
        },
        attempt: Attempt {
            command: "socket-lab close --view ladder",
            notice: "The end that does not close first passes through CLOSE-WAIT.",
        },
        source: "RFC 9293 section 3.3.2",
    },
    Concept {
        name: "FIN-WAIT",
        other_names: &["FIN-WAIT-1", "FIN-WAIT-2", "FIN_WAIT1", "FIN_WAIT2"],
        fields: &[],
        sentences: &[
            "FIN-WAIT-1 is the state of the end that has sent the first FIN, without an ACK yet.",
            "With that ACK the state becomes FIN-WAIT-2: now this end waits for the peer's FIN.",
            "Data can still arrive in both states.",
            "When the peer's FIN arrives too, TIME-WAIT follows.",
        ],
        example: Example {
            command: "sniffer -r captures/close.pcapng --view ladder --flow 3",
            notice: "The client is in FIN-WAIT-1 with packet 22, in FIN-WAIT-2 with 23, in TIME-WAIT with 25.",
            shows: &["22 0.067 FIN-WAIT-1", "23 0.089 (FIN-WAIT-2)", "25 0.099 (TIME-WAIT)"],
        },
        attempt: Attempt {
            command: "socket-lab tcp --view ladder",
            notice: "The server closes first, so these states are on its side.",
        },
        source: "RFC 9293 section 3.3.2",
    },
    Concept {
        name: "LAST-ACK",
        other_names: &["last ACK state"],
        fields: &[],
        sentences: &[
            "LAST-ACK is the state of the end that closed second, after it has sent its FIN.",
            "It waits for one thing: the acknowledgment of that FIN.",
            "With it the connection is CLOSED at this end, and the kernel forgets it.",
            "If the ACK does not come, the FIN is sent again.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view ladder",
            notice: "The client is in LAST-ACK with its FIN 9, and closed with ACK 10.",
            shows: &["9 20.422 LAST-ACK", "10 20.438 (CLOSED)"],
        },
        attempt: Attempt {
            command: "socket-lab close --view ladder",
            notice: "In the second connection LAST-ACK is on the server's side.",
        },
        source: "RFC 9293 section 3.3.2",
    },
];
