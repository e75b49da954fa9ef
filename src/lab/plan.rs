//! The runs there are.

use clap::ValueEnum;

/// One run of the lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Run {
    /// One line over UDP
    Udp,
    /// One line over TCP
    Tcp,
    /// Nobody listens: RST over TCP, ICMP port unreachable over UDP
    Refused,
    /// An empty line: a datagram without data, a segment with one byte
    Empty,
    /// A line of 64 KiB in many segments
    Long,
    /// A client that connects and is silent, another that is served beside it
    Idle,
    /// Connections that are complete before the server accepts them, and a full queue
    Backlog,
    /// A SYN scan: half-open connections, made with pnet
    HalfOpen,
    /// Who closes first, TIME-WAIT, and a connection closed on one side only
    Close,
}

impl Run {
    /// The word for it, of which its files are named.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Refused => "refused",
            Self::Empty => "empty",
            Self::Long => "long",
            Self::Idle => "idle",
            Self::Backlog => "backlog",
            Self::HalfOpen => "half-open",
            Self::Close => "close",
        }
    }

    /// Its title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Udp => "A line over UDP",
            Self::Tcp => "A line over TCP",
            Self::Refused => "Nobody listens",
            Self::Empty => "An empty line",
            Self::Long => "A line of 64 KiB over TCP",
            Self::Idle => "A silent client, and another one beside it",
            Self::Backlog => "Connections before accept()",
            Self::HalfOpen => "Half-open connections: a SYN scan",
            Self::Close => "Closing, and what stays of it",
        }
    }

    /// Does it type the lines that the person may choose?
    #[must_use]
    pub const fn takes_lines(self) -> bool {
        matches!(self, Self::Udp | Self::Tcp)
    }
}

/// What is shown of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// All of it: the screens, the ladder, the packets that matter most, what was seen
    Story,
    /// A line a packet
    Summary,
    /// Every field of every packet
    Fields,
    /// The RFC's boxes of every packet
    Diagram,
    /// Calls and packets between client and server
    Ladder,
    /// The conversation's text
    Follow,
    /// The questions of the courses about UDP and TCP, answered from each run
    Answers,
}
