//! Captures of segments that a test makes, with their times.

use super::stage::ipv4;

/// The port of every server.
pub(crate) const SERVER: u16 = 80;
pub(crate) const SYN: u8 = 2;
pub(crate) const SYN_ACK: u8 = 0x12;
pub(crate) const ACK: u8 = 0x10;

/// A segment and when it was captured, in microseconds.
pub(crate) struct Made {
    pub(crate) at: u32,
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) sequence: u32,
    pub(crate) acknowledgment: u32,
    pub(crate) flags: u8,
    pub(crate) data: usize,
}

impl Made {
    /// From its IP header on; the server is 192.0.2.2. SYNs have an MSS of 1460 bytes.
    fn frame(&self) -> Vec<u8> {
        let options: &[u8] = if self.flags & SYN == 0 { &[] } else { &[2, 4, 5, 180] };
        let offset = u8::try_from((20 + options.len()) / 4 * 16).unwrap();
        let mut bytes = [self.from, self.to].map(u16::to_be_bytes).concat();
        bytes.extend([self.sequence, self.acknowledgment].map(u32::to_be_bytes).concat());
        bytes.extend([offset, self.flags, 0xff, 0xff, 0, 0, 0, 0]);
        bytes.extend(options);
        bytes.extend(vec![b'a'; self.data]);
        let mut packet = ipv4(6, 0x4000, &bytes);
        if self.from == SERVER {
            packet[15] = 2;
            packet[19] = 1;
        }
        packet
    }
}

/// A capture file of them.
pub(crate) fn file(segments: &[Made]) -> tempfile::NamedTempFile {
    let mut bytes = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0xffff, 101]
        .map(u32::to_le_bytes)
        .concat();
    for segment in segments {
        let frame = segment.frame();
        let length = u32::try_from(frame.len()).unwrap();
        let seconds = 1_000 + segment.at / 1_000_000;
        bytes.extend(
            [seconds, segment.at % 1_000_000, length, length]
                .map(u32::to_le_bytes)
                .concat(),
        );
        bytes.extend(frame);
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

/// The handshake of a client, captured beside it: the SYN-ACK after this many microseconds. Data begin with 101 and with 501.
pub(crate) fn handshake(client: u16, at: u32, there: u32) -> Vec<Made> {
    let made = |at, is_client: bool, sequence, acknowledgment, flags| Made {
        at,
        from: if is_client { client } else { SERVER },
        to: if is_client { SERVER } else { client },
        sequence,
        acknowledgment,
        flags,
        data: 0,
    };
    vec![
        made(at, true, 100, 0, SYN),
        made(at + there, false, 500, 101, SYN_ACK),
        made(at + there, true, 101, 501, ACK),
    ]
}

/// Data of a client.
pub(crate) fn data(client: u16, at: u32, sequence: u32, data: usize) -> Made {
    Made {
        at,
        from: client,
        to: SERVER,
        sequence,
        acknowledgment: 501,
        flags: ACK,
        data,
    }
}

/// The server's acknowledgment.
pub(crate) fn ack(client: u16, at: u32, acknowledgment: u32) -> Made {
    Made {
        at,
        from: SERVER,
        to: client,
        sequence: 501,
        acknowledgment,
        flags: ACK,
        data: 0,
    }
}
