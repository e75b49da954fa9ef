//! What a segment is, as its sender knows it: the truth that a capture is judged by.

/// Why a segment was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Numbers that were not sent before, or a SYN, or a RST.
    New,
    /// The retransmission timer ran out. RFC 6298 section 5.4
    Timer,
    /// Sent again after the timer, as acknowledgments give room. RFC 5681 section 3.1
    AfterTimer,
    /// Three duplicate acknowledgments. RFC 5681 section 3.2
    Fast,
    /// An acknowledgment of a part, in fast recovery. RFC 6582 section 3.2
    PartialAck,
    /// A SYN-ACK that answers a SYN that came again.
    AnswersAgain,
    /// The keep-alive timer. RFC 9293 section 3.8.4
    KeepAlive,
    /// The persist timer. RFC 9293 section 3.8.6.1
    WindowProbe,
    /// Only acknowledges.
    Ack(AckWhy),
}

/// Why a bare acknowledgment was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AckWhy {
    /// The delayed-ACK timer ran out after so many nanoseconds. RFC 9293 section 3.8.6.3
    Delayed(i64),
    /// Every second segment, a FIN, the SYN-ACK, or the stack does not delay.
    AtOnce,
    /// A segment came before its turn. RFC 5681 section 4.2
    BehindGap,
    /// All of a segment had arrived before.
    Twice,
    /// A gap was filled.
    Filled,
    /// The program read, so that there is room.
    NewWindow,
    /// A keep-alive or window probe asked.
    Asked,
    /// A SYN or RST that does not fit an open connection. RFC 5961
    Challenge,
}

/// What is known of a segment when it is sent.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Truth {
    pub(crate) why: Why,
    /// Had all of its numbers been sent before?
    pub(crate) resent: bool,
    /// The sender's state before and after.
    pub(crate) states: [&'static str; 2],
    /// The same acknowledgment number as in the one before, and nothing else.
    pub(crate) repeats_ack: bool,
    /// Did the other end's window hold its data up?
    pub(crate) was_limited: bool,
    /// Did the sender know that the connection is over?
    pub(crate) ended: bool,
    /// Of a RST: had the program closed, with data unread or data to come?
    pub(crate) closed_early: bool,
}

/// A segment: numbers count from the SYN, which is 0.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) from: usize,
    pub(crate) sequence: i64,
    pub(crate) data: i64,
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) rst: bool,
    pub(crate) acknowledgment: Option<i64>,
    /// As it is in the header, and in bytes.
    pub(crate) window: u16,
    pub(crate) room: i64,
    pub(crate) identification: u16,
    /// Timestamp and echo. RFC 7323
    pub(crate) stamps: Option<(u32, u32)>,
    /// RFC 2018
    pub(crate) sack: Vec<(i64, i64)>,
    pub(crate) truth: Truth,
}

impl Segment {
    /// How many numbers it takes.
    pub(crate) fn length(&self) -> i64 {
        self.data + i64::from(self.syn) + i64::from(self.fin)
    }

    /// After its last number.
    pub(crate) fn end(&self) -> i64 {
        self.sequence + self.length()
    }
}
