//! Frames and capture files made byte by byte, so that nothing of the program under test has a part in them.

/// 2023-11-14 22:13:20 UTC, in seconds since 1970.
pub const SECOND: u32 = 1_700_000_000;

/// A UDP datagram over IPv4 over Ethernet, without a UDP checksum.
pub fn udp(source: u16, destination: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + data.len()).unwrap();
    let mut header = [
        &[0x45, 0][..],
        &(20 + length).to_be_bytes(),
        &[0, 1, 0x40, 0, 64, 17, 0, 0],
        &[192, 0, 2, 1, 192, 0, 2, 2],
    ]
    .concat();
    // RFC 1071: the complement of the sum of the 16-bit words.
    let sum: u32 = header
        .chunks(2)
        .map(|word| u32::from(u16::from_be_bytes([word[0], word[1]])))
        .sum();
    let checksum = !u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap();
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    [
        &[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0][..],
        &header,
        &source.to_be_bytes(),
        &destination.to_be_bytes(),
        &length.to_be_bytes(),
        &[0, 0],
        data,
    ]
    .concat()
}

/// A pcap file with nanoseconds, little-endian, Ethernet; the packets are 1.000000001 s apart.
pub fn pcap(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 262_144, 1] {
        file.extend(word.to_le_bytes());
    }
    for (frame, number) in frames.iter().zip(0_u32..) {
        let length = u32::try_from(frame.len()).unwrap();
        for word in [SECOND + number, number, length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend(frame);
    }
    file
}

/// Datagrams to port 9000 with the texts `n0`, `n1`, …
pub fn numbered(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|number| udp(40_000, 9000, format!("n{number}").as_bytes()))
        .collect()
}
