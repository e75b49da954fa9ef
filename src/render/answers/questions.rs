//! The questions, as data.

/// A question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Its number among those of its protocol, from 1.
    pub number: u8,
    /// What is asked.
    pub ask: &'static str,
    /// The usual mistake, and why it is wrong.
    pub mistake: &'static str,
    /// How many empty lines a form has below it.
    pub room: u8,
}

const fn question(number: u8, room: u8, ask: &'static str, mistake: &'static str) -> Question {
    Question {
        number,
        ask,
        mistake,
        room,
    }
}

/// Of a UDP request and its reply.
pub static UDP: [Question; 8] = [
    question(
        1,
        3,
        "Choose a UDP datagram. Which packet is it, what does it carry, and which fields does its header have?",
        "Five fields or more: Wireshark also shows lines in brackets, such as the checksum status and the stream index. It works them out, no byte of the header holds them.",
    ),
    question(
        2,
        2,
        "How long is each field of the UDP header?",
        "8 bytes: that is the whole header.",
    ),
    question(
        3,
        3,
        "The Length field is the length of what? Show it with your datagram.",
        "The length of the data alone, or of the frame.",
    ),
    question(
        4,
        4,
        "How many bytes can the data of a UDP datagram have at most?",
        "65535, which forgets the headers; or 65527 without a word on IPv4, which takes 20 bytes more.",
    ),
    question(
        5,
        2,
        "What is the largest port number?",
        "65536: there are that many port numbers, but they begin with 0.",
    ),
    question(
        6,
        2,
        "What is the protocol number of UDP, decimal and hexadecimal, and where does it stand?",
        "Looking for it in the UDP header. The header before it has to say what follows.",
    ),
    question(
        7,
        3,
        "Look at a request and its reply. How are their port numbers related?",
        "Taking it for one rule for both: the server's port was chosen by its program or its administrator, the client's was picked by the client's system.",
    ),
    question(
        8,
        6,
        "How many requests are there, and how many per cent of them have no reply in the capture? How long is the round trip: the shortest, the mean, the longest, and how far do they differ?",
        "Pairing the replies with the requests in order: after one that was lost, each later reply seems to belong to the request before. And calling a request lost: its reply may have been.",
    ),
];

/// Of a TCP connection with data.
pub static TCP: [Question; 15] = [
    question(
        1,
        2,
        "What are the IP address and the TCP port of the client?",
        "Taking the sender of whatever packet is at hand: the client is who sends the SYN without ACK.",
    ),
    question(
        2,
        2,
        "What are the IP address and the TCP port of the server?",
        "Giving the port of the connection another number than that of the listening server: the connection socket has the same port as the welcoming socket.",
    ),
    question(
        3,
        4,
        "What is the sequence number of the SYN that opens the connection (the raw one)? What marks it as a SYN? May the receiver use selective acknowledgments?",
        "0: that is the relative number, which Wireshark counts from the start of the stream. Nor is SYN a value: it is one bit of the flags.",
    ),
    question(
        4,
        4,
        "What are the sequence number and the acknowledgment number of the SYN-ACK? How did the server determine the latter? What marks it as a SYN-ACK?",
        "0 and 1, the relative numbers; or an acknowledgment number that is the server's own sequence number plus 1. It is the client's plus 1.",
    ),
    question(
        5,
        4,
        "What is the sequence number of the first segment with data? How many bytes of data does it carry? Did all the data fit into it?",
        "Looking for a larger number than that of the ACK before it: that ACK carried no data, so it used up no number.",
    ),
    question(
        6,
        8,
        "When was each of the first segments with data sent, and when was it acknowledged? What is the round-trip time of the first two, and what is EstimatedRTT after each (alpha = 0.125)?",
        "Pairing each segment with the next ACK below it: the ACK of a segment is the first whose acknowledgment number is past its last byte. And the first EstimatedRTT is the first sample itself, not 0.125 of it.",
    ),
    question(
        7,
        4,
        "How long is each of the first segments with data?",
        "The length of the frame: that also has the headers of the link, of IP and of TCP. Wireshark's Len is the data alone.",
    ),
    question(
        8,
        3,
        "What is the smallest window that the receiver advertises? Does it ever throttle the sender?",
        "The 16 bits as they stand in the header: after the SYNs they are multiplied by what the window scale option says.",
    ),
    question(
        9,
        3,
        "Were segments sent again? How does one see that?",
        "Taking each duplicate ACK for a retransmission, or an equal sequence number of segments without data: those use up no number.",
    ),
    question(
        10,
        3,
        "How many bytes does the receiver acknowledge with one ACK? Are there ACKs for two segments at once?",
        "Taking the acknowledgment number for the number of bytes: the bytes are its difference to the one before.",
    ),
    question(
        11,
        4,
        "What is the throughput of the connection? Show how you worked it out.",
        "Counting headers and repeated bytes, or the time of the handshake and of a user who types; bits for bytes.",
    ),
    question(
        12,
        4,
        "The server has two sockets. Which segments belong to which?",
        "Two sockets, so two ports. Both have the same port: the kernel distinguishes them by the address and \
         port of the other end.",
    ),
    question(
        13,
        8,
        "What are DevRTT and TimeoutInterval after each of the first samples (beta = 0.25)? How long did the sender wait before it sent \
         a segment again?",
        "Working out EstimatedRTT first: RFC 6298 takes the difference to the EstimatedRTT from before the sample. And taking each \
         repetition for one that the timer caused: three duplicate ACKs cause one too, without waiting for the timer.",
    ),
    question(
        14,
        5,
        "How many segments with data left in each round trip at the beginning? Is it slow start?",
        "Taking slow start for slow: it begins with few segments and doubles them in each round trip. And taking each group of \
         segments for a whole window: a program that sends slowly makes small groups too.",
    ),
    question(
        15,
        4,
        "Two connections share the path at the same time: which part of the throughput does each get?",
        "Comparing the throughput of each over its own whole time: while one is alone, it has nothing to share. And counting bytes \
         that were sent again twice.",
    ),
];
