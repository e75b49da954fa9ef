//! What a run does, drawn from its seed: the rules of the wire, the settings of both kernels, the programs.

use std::fmt::Write as _;
use std::time::Duration;

use super::random::Random;

/// What the programs of a run do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Traffic {
    /// The client sends much, the server reads it and answers once.
    Upload,
    /// The server sends much.
    Download,
    /// Both send much at the same time.
    BothWays,
    /// A line, its reply, the next line.
    Lines,
    /// Lines without waiting for the replies.
    Pipelined,
    /// A server with a small receive buffer that reads late and slowly.
    SlowReader,
    /// Small writes of the client, no replies.
    OneWay,
    /// The client closes its direction first, and the server still sends.
    HalfClose,
    /// One end closes with `SO_LINGER` 0.
    Abort,
    /// An idle connection whose one end asks by keep-alive.
    KeepAlive,
    /// The server closes with data unread.
    Unread,
    /// A datagram, its reply, the next; each has its own text.
    Pinger,
    /// The same, all with one text.
    PingerOfOneText,
    /// Several requests before the first reply, and replies in another order.
    OpenRequests,
    /// A client that sends a request again until it is answered.
    Retrying,
    /// Requests that begin with a number of 16 bits that the reply repeats, as DNS has it.
    Ids,
}

impl Traffic {
    pub(crate) const ALL: [Self; 16] = [
        Self::Upload,
        Self::Download,
        Self::BothWays,
        Self::Lines,
        Self::Pipelined,
        Self::SlowReader,
        Self::OneWay,
        Self::HalfClose,
        Self::Abort,
        Self::KeepAlive,
        Self::Unread,
        Self::Pinger,
        Self::PingerOfOneText,
        Self::OpenRequests,
        Self::Retrying,
        Self::Ids,
    ];

    pub(crate) const fn is_udp(self) -> bool {
        matches!(
            self,
            Self::Pinger | Self::PingerOfOneText | Self::OpenRequests | Self::Retrying | Self::Ids
        )
    }
}

/// How much a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// A few packets, for what only takes many rules.
    Short,
    /// Up to three seconds.
    Whole,
}

/// What a run does.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) traffic: Traffic,
    /// The rules of the wire.
    pub(crate) rules: String,
    /// For the client and for the server: names below `net`, with their values.
    pub(crate) settings: [Vec<(&'static str, &'static str)>; 2],
    /// Which of the kernel's kinds of congestion control each of them has; counted from 0, and from 0 again after the last.
    pub(crate) congestion: [usize; 2],
    /// The longest packet of each, where it is not the usual 1500 bytes.
    pub(crate) mtu: [Option<i32>; 2],
    /// Bytes that are sent, where much is sent.
    pub(crate) bytes: usize,
    /// Bytes of a call of `send()`.
    pub(crate) chunk: usize,
    /// Lines, or datagrams.
    pub(crate) count: usize,
    /// Between two of them.
    pub(crate) gap: Duration,
    /// Before the first.
    pub(crate) pause: Duration,
    /// `TCP_NODELAY` at both ends.
    pub(crate) no_delay: bool,
    /// `SO_RCVBUF` of the server.
    pub(crate) receive_buffer: Option<usize>,
    /// Is it the server that aborts, or that asks by keep-alive?
    pub(crate) by_server: bool,
    /// The server's port.
    pub(crate) port: u16,
}

impl Plan {
    pub(crate) fn of(seed: u64, size: Size) -> Self {
        let random = &mut Random::of(seed);
        let traffic = match size {
            Size::Whole => random.one(&Traffic::ALL),
            Size::Short => random.one(&[
                Traffic::Upload,
                Traffic::Lines,
                Traffic::Pipelined,
                Traffic::OneWay,
                Traffic::HalfClose,
                Traffic::Pinger,
                Traffic::PingerOfOneText,
                Traffic::OpenRequests,
            ]),
        };
        let rules = rules(random, size);
        let short = size == Size::Short;
        let milliseconds = |random: &mut Random, of: &[u64]| Duration::from_millis(random.one(of));
        Self {
            seed,
            traffic,
            rules,
            settings: [settings(random), settings(random)],
            congestion: [0, 0].map(|_: usize| usize::try_from(random.below(12)).unwrap()),
            mtu: [(); 2].map(|()| random.chance(15).then(|| random.one(&[576, 1000]))),
            bytes: if short {
                3000
            } else {
                random.one(&[3000, 20_000, 80_000])
            },
            chunk: random.one(&[300, 2000, 8000]),
            count: usize::try_from(3 + random.below(if short { 3 } else { 10 })).unwrap(),
            gap: milliseconds(random, if short { &[0, 1] } else { &[0, 0, 1, 10, 20, 50, 150] }),
            pause: milliseconds(random, if short { &[0] } else { &[0, 0, 20, 300] }),
            no_delay: random.chance(40),
            receive_buffer: (traffic == Traffic::SlowReader).then(|| random.one(&[4096, 8192, 16_384])),
            by_server: random.chance(50),
            port: if traffic == Traffic::Ids && random.chance(50) {
                53
            } else {
                13_000
            },
        }
    }

    /// The time that every frame takes at most, without waiting for a rate.
    pub(crate) const LONGEST_TRANSIT: Duration = Duration::from_millis(90);
}

/// The rules of the wire: some by chance, some by count.
fn rules(random: &mut Random, size: Size) -> String {
    let mut rules = String::new();
    let mut add = |rule: String| write!(rules, "{rule}; ").unwrap();
    let delays: &[&str] = match size {
        Size::Short => &["300us", "1ms", "3ms"],
        Size::Whole => &["300us", "2ms", "10ms", "30ms", "60ms"],
    };
    add(format!("delay {}", random.one(delays)));
    if random.chance(20) {
        // Each way takes its own time.
        add(format!("delay {} server", random.one(delays)));
    }
    if random.chance(25) {
        add(format!("jitter {}", random.one(&["200us", "1ms", "5ms"])));
    }
    if random.chance(40) {
        add(format!("rate {}", random.one(&["1Mbit", "5Mbit", "20Mbit"])));
        if random.chance(50) {
            add(format!("queue {}", random.one(&[3, 20, 200])));
        }
    }
    if random.chance(60) {
        add(format!("lose frame {}%", random.one(&[1, 3, 6, 12])));
    }
    if random.chance(30) {
        add(format!(
            "repeat {} frame {}%",
            random.one(&["", "1ms", "5ms"]),
            random.one(&[2, 5])
        ));
    }
    if random.chance(30) {
        add(format!(
            "hold {} frame {}%",
            random.one(&["2ms", "4ms", "10ms"]),
            random.one(&[2, 5])
        ));
    }
    if random.chance(20) {
        add(format!(
            "corrupt {} {}%",
            random.one(&["data", "datagram", "ack"]),
            random.one(&[2, 5])
        ));
    }
    for _ in 0..random.below(3) {
        let end = random.one(&["client", "server"]);
        let number = 1 + random.below(6);
        add(match random.below(9) {
            0 | 1 => format!("lose {end} data {number}"),
            2 => format!("lose {end} ack every {}", number + 1),
            3 => format!("lose {end} fin 1"),
            4 => format!("lose {end} datagram {number}"),
            5 => format!("repeat 2ms {end} segment {number}"),
            6 => format!("hold 5ms {end} data {number}"),
            7 => format!("corrupt {end} data {number}"),
            _ => random
                .one(&["lose client syn 1", "lose server syn-ack 1", "repeat client fin 1"])
                .to_owned(),
        });
    }
    if random.chance(5) {
        add(format!("mtu {}", random.one(&[700, 1400])));
    }
    rules.trim_end_matches("; ").to_owned()
}

/// What a kernel is told.
fn settings(random: &mut Random) -> Vec<(&'static str, &'static str)> {
    let mut settings = Vec::new();
    for (percent, name, values) in [
        (30, "ipv4/tcp_timestamps", &["0"][..]),
        (30, "ipv4/tcp_sack", &["0"]),
        (30, "ipv4/tcp_recovery", &["0"]),
        (30, "ipv4/tcp_early_retrans", &["0"]),
        (30, "ipv4/tcp_ecn", &["0", "1"]),
        (20, "ipv4/tcp_window_scaling", &["0"]),
        (15, "ipv4/tcp_dsack", &["0"]),
    ] {
        if random.chance(percent) {
            settings.push((name, random.one(values)));
        }
    }
    // A name server's port, without root.
    settings.push(("ipv4/ip_unprivileged_port_start", "0"));
    settings
}
