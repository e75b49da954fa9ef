//! Segments written down shortly, and the packets that they stand for.

use crate::flow::segment::{Remark, Segment};
use crate::flow::state::State;
use crate::flow::{PacketInFlow, Party, Tracker};
use crate::frame::Time;
use crate::wire::{LinkType, decode};

/// Initial sequence numbers of the client and the server: the first one is about to wrap.
pub(super) const ISN: (u32, u32) = (u32::MAX - 4, 300_000);

pub(super) const FIN: u8 = 1;
pub(super) const SYN: u8 = 2;
pub(super) const RST: u8 = 4;
pub(super) const PSH: u8 = 8;
pub(super) const ACK: u8 = 16;
pub(super) const URG: u8 = 32;

/// A segment between 10.0.0.1, port 40000 (client) and 10.0.0.2, port 7 (server).
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) from_client: bool,
    pub(super) flags: u8,
    /// Relative.
    pub(super) sequence: i64,
    pub(super) acknowledgment: i64,
    pub(super) data: usize,
    pub(super) window: u16,
    pub(super) options: Vec<u8>,
    /// Milliseconds since the segment before.
    pub(super) after: i64,
    pub(super) client_port: u16,
    pub(super) starts: (u32, u32),
    /// IPv4 identification.
    pub(super) identification: u16,
    /// TCP checksum; as it is where the network card computes it, unless another one is asked for.
    pub(super) checksum: u16,
}

/// From the client.
pub(super) fn c(flags: u8, sequence: i64, acknowledgment: i64) -> Line {
    Line {
        from_client: true,
        flags,
        sequence,
        acknowledgment,
        data: 0,
        window: 1000,
        options: Vec::new(),
        after: 1,
        client_port: 40_000,
        starts: ISN,
        identification: 0,
        checksum: 0xfe30,
    }
}

/// From the server.
pub(super) fn s(flags: u8, sequence: i64, acknowledgment: i64) -> Line {
    Line {
        from_client: false,
        ..c(flags, sequence, acknowledgment)
    }
}

impl Line {
    pub(super) fn data(self, data: usize) -> Self {
        Self { data, ..self }
    }
    pub(super) fn window(self, window: u16) -> Self {
        Self { window, ..self }
    }
    pub(super) fn id(self, identification: u16) -> Self {
        Self { identification, ..self }
    }
    pub(super) fn checksum(self, checksum: u16) -> Self {
        Self { checksum, ..self }
    }
    pub(super) fn after(self, after: i64) -> Self {
        Self { after, ..self }
    }
    pub(super) fn starts(self, client: u32, server: u32) -> Self {
        Self {
            starts: (client, server),
            ..self
        }
    }
    /// One more option, with its kind and length.
    pub(super) fn option(mut self, bytes: &[u8]) -> Self {
        self.options.extend(bytes);
        self
    }
    pub(super) fn stamps(self, value: u32, echo: u32) -> Self {
        let mut bytes = vec![1, 1, 8, 10];
        bytes.extend(value.to_be_bytes());
        bytes.extend(echo.to_be_bytes());
        self.option(&bytes)
    }
    pub(super) fn sack(self, blocks: &[(i64, i64)]) -> Self {
        let start = if self.from_client { self.starts.1 } else { self.starts.0 };
        let mut bytes = vec![1, 1, 5, 2 + 8 * u8::try_from(blocks.len()).unwrap()];
        for &(left, right) in blocks {
            bytes.extend(raw(start, left).to_be_bytes());
            bytes.extend(raw(start, right).to_be_bytes());
        }
        self.option(&bytes)
    }

    /// The packet, from its IPv4 header on.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let (own, other) = if self.from_client {
            self.starts
        } else {
            (self.starts.1, self.starts.0)
        };
        let mut options = self.options.clone();
        if self.flags & SYN != 0 && options.is_empty() {
            // As every kernel does it.
            options.extend([2, 4, 5, 180]);
        }
        options.resize(options.len().next_multiple_of(4), 0);
        let header = 20 + options.len();
        let (source, destination) = if self.from_client { (1, 2) } else { (2, 1) };
        let (from, to) = if self.from_client {
            (self.client_port, 7)
        } else {
            (7, self.client_port)
        };
        let mut tcp = Vec::new();
        tcp.extend(from.to_be_bytes());
        tcp.extend(to.to_be_bytes());
        tcp.extend(raw(own, self.sequence).to_be_bytes());
        let acknowledgment = if self.flags & ACK == 0 {
            0
        } else {
            raw(other, self.acknowledgment)
        };
        tcp.extend(acknowledgment.to_be_bytes());
        tcp.extend([u8::try_from(header / 4).unwrap() << 4, self.flags]);
        tcp.extend(self.window.to_be_bytes());
        tcp.extend(self.checksum.to_be_bytes());
        // No urgent pointer.
        tcp.extend([0, 0]);
        tcp.extend(&options);
        tcp.resize(header + self.data, b'x');
        ipv4(6, source, destination, self.identification, &tcp)
    }
}

pub(super) fn raw(start: u32, relative: i64) -> u32 {
    start.wrapping_add(u32::try_from(relative.rem_euclid(1 << 32)).unwrap())
}

/// An IPv4 datagram between hosts of 10.0.0.0/24.
pub(super) fn ipv4(protocol: u8, source: u8, destination: u8, identification: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + payload.len()).unwrap();
    let mut bytes = vec![0x45, 0];
    bytes.extend(length.to_be_bytes());
    bytes.extend(identification.to_be_bytes());
    bytes.extend([0x40, 0, 64, protocol, 0, 0, 10, 0, 0, source, 10, 0, 0, destination]);
    bytes.extend(payload);
    bytes
}

/// What the tracker says of these packets. They are numbered from 1, and each has its milliseconds after the one before.
pub(super) fn follow(tracker: &mut Tracker, packets: &[(i64, Vec<u8>)]) -> Vec<Option<PacketInFlow>> {
    let mut time = 0;
    let mut number = 0;
    let each = packets.iter().map(|(after, bytes)| {
        number += 1;
        time += after * 1_000_000;
        tracker.follow(number, Some(Time(time)), &decode(LinkType::IPV4, bytes, 0))
    });
    each.collect()
}

/// What the tracker says of these segments.
pub(super) fn tell(lines: &[Line]) -> (Vec<Segment>, Tracker) {
    let mut tracker = Tracker::new();
    let packets: Vec<_> = lines.iter().map(|line| (line.after, line.bytes())).collect();
    let in_flows = follow(&mut tracker, &packets);
    let segments = in_flows.iter().zip(lines).map(|(in_flow, line)| {
        let in_flow = in_flow.as_ref().unwrap();
        let sender = if line.from_client { Party::Client } else { Party::Server };
        assert_eq!(in_flow.sender, sender, "{in_flow:?}");
        *in_flow.segment().unwrap()
    });
    (segments.collect(), tracker)
}

/// A segment in a line: part, the states after it (an inferred one with `~`; after `>` the one when all has arrived), remarks.
pub(super) fn brief(segment: &Segment) -> String {
    let state = |observed_state: crate::flow::state::ObservedState| {
        let under_way = observed_state.if_received;
        format!(
            "{}{}{}",
            if observed_state.inferred && observed_state.state != State::Unknown {
                "~"
            } else {
                ""
            },
            observed_state.state,
            under_way.map_or(String::new(), |state| format!(">{state}"))
        )
    };
    let remarks: Vec<_> = segment.remarks.each().map(|remark| format!(" {remark:?}")).collect();
    format!(
        "{:?} {} {}{}",
        segment.part,
        state(segment.client.after),
        state(segment.server.after),
        remarks.concat()
    )
}

/// Asserts what the tracker says of each segment, as [`brief`] has it.
#[track_caller]
pub(super) fn assert_story(story: &[(Line, &str)]) -> (Vec<Segment>, Tracker) {
    let lines: Vec<_> = story.iter().map(|(line, _)| line.clone()).collect();
    let (segments, tracker) = tell(&lines);
    let said: Vec<_> = segments.iter().map(brief).collect();
    let expected: Vec<_> = story.iter().map(|&(_, said)| said.to_owned()).collect();
    assert!(
        said == expected,
        "expected:\n{}\nsaid:\n{}",
        expected.join("\n"),
        said.join("\n")
    );
    (segments, tracker)
}

/// The three segments of the handshake.
pub(super) fn handshake() -> Vec<(Line, &'static str)> {
    vec![
        (c(SYN, 0, 0), "Syn SYN-SENT ?"),
        (s(SYN | ACK, 0, 1), "SynAck SYN-SENT>ESTABLISHED SYN-RECEIVED"),
        (c(ACK, 1, 1), "HandshakeAck ESTABLISHED SYN-RECEIVED>ESTABLISHED"),
    ]
}

/// The handshake, and then this.
pub(super) fn after_handshake(story: &[(Line, &'static str)]) -> Vec<(Line, &'static str)> {
    let mut all = handshake();
    all.extend_from_slice(story);
    all
}

/// Has the segment this remark?
pub(super) fn has(segment: &Segment, remark: Remark) -> bool {
    segment.remarks.has(remark)
}
