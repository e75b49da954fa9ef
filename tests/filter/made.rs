//! Frames that no capture at hand has: every protocol and length that a filter asks for.

/// Headers of radiotap, IEEE 802.11 and LLC: with and without quality of service, and sometimes of a frame that has no data.
pub(super) fn wireless(choice: usize, kind: &[u8]) -> Vec<u8> {
    let radiotap = if choice % 3 == 0 { 8 } else { 300 };
    let mut headers = vec![0; radiotap];
    headers[2..4].copy_from_slice(&u16::try_from(radiotap).unwrap().to_le_bytes());
    let (frame_control, length) = match choice % 5 {
        0 => (0x08, 24),
        4 => (0x80, 24),
        _ => (0x88, 26),
    };
    headers.push(frame_control);
    headers.resize(radiotap + length, 2);
    headers.extend([0xaa, 0xaa, 3, 0, 0, 0]);
    [&headers, kind].concat()
}

fn ethernet(destination: [u8; 6], kind: u16, payload: &[u8]) -> Vec<u8> {
    [&destination[..], &[2, 0, 0, 0, 0, 1], &kind.to_be_bytes(), payload].concat()
}

/// An IPv4 packet with so many words of options; `fragment` is the field of flags and offset.
fn ipv4(protocol: u8, options: u8, fragment: u16, [source, destination]: [[u8; 4]; 2], payload: &[u8]) -> Vec<u8> {
    let fragment = fragment.to_be_bytes();
    let header = [
        0x45 + options,
        0,
        0,
        40,
        0,
        1,
        fragment[0],
        fragment[1],
        64,
        protocol,
        0,
        0,
    ];
    let options = vec![1; 4 * usize::from(options)];
    [&header[..], &source, &destination, &options, payload].concat()
}

fn ipv6(next: u8, [source, destination]: [&str; 2], payload: &[u8]) -> Vec<u8> {
    let address = |text: &str| text.parse::<std::net::Ipv6Addr>().unwrap().octets();
    let header = [0x60, 0, 0, 0, 0, 8, next, 64];
    [&header[..], &address(source), &address(destination), payload].concat()
}

/// Made Ethernet frames: each protocol, fragment and tag that the table asks for.
pub(super) fn made() -> Vec<Vec<u8>> {
    const ONE: [u8; 4] = [192, 0, 2, 1];
    const TWO: [u8; 4] = [192, 0, 2, 2];
    const MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
    let mut packets: Vec<(u16, Vec<u8>)> = Vec::new();
    for (source, destination) in [
        (80_u16, 50_000_u16),
        (50_000, 80),
        (53, 53),
        (443, 80),
        (55, 1000),
        (0, 65_535),
    ] {
        let ports = [source.to_be_bytes(), destination.to_be_bytes()].concat();
        for (protocol, rest) in [
            (6, &[0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0][..]),
            (6, &[0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x10, 0xff, 0xff, 0, 0, 0, 0]),
            (17, &[0, 8, 0, 0]),
            (17, &[0, 12, 0, 0, 1, 2, 3, 4]),
            (132, &[0, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let payload = [&ports, rest].concat();
            for (options, fragment) in [(0, 0x4000), (2, 0), (10, 0x2000), (0, 1), (0, 0x3fff)] {
                packets.push((0x0800, ipv4(protocol, options, fragment, [ONE, TWO], &payload)));
            }
            packets.push((0x0800, ipv4(protocol, 0, 0, [TWO, ONE], &payload)));
            packets.push((0x0800, ipv4(protocol, 0, 0, [[127, 0, 0, 1]; 2], &payload)));
            packets.push((0x86dd, ipv6(protocol, ["2001:db8::1", "2001:db8::2"], &payload)));
            packets.push((
                0x86dd,
                ipv6(protocol, ["2001:db8:0:0:8000::1", "2001:db8::1"], &payload),
            ));
            let fragment = [&[protocol, 0, 0, 1, 0, 0, 0, 9][..], &payload].concat();
            packets.push((0x86dd, ipv6(44, ["2001:db8::1", "2001:db8::2"], &fragment)));
        }
    }
    for protocol in [1, 2, 50, 51, 58] {
        for kind in [8, 0, 128, 3] {
            let payload = [kind, 0, 0, 0, 0, 1, 0, 1];
            packets.push((0x0800, ipv4(protocol, 0, 0, [ONE, ONE], &payload)));
            packets.push((0x0800, ipv4(protocol, 0, 0, [TWO, [224, 0, 0, 1]], &payload)));
            packets.push((0x86dd, ipv6(protocol, ["fe80::1", "ff02::1"], &payload)));
        }
    }
    for kind in [0x0806, 0x8035] {
        for [sender, target] in [[ONE, TWO], [TWO, ONE], [[0; 4], [10, 0, 0, 1]]] {
            let head = [0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1];
            packets.push((kind, [&head[..], &sender, &MAC, &target].concat()));
        }
    }
    packets.push((0x88cc, vec![2, 7, 4]));
    packets.push((0x0026, vec![0x42, 0x42, 3, 0, 0]));

    let mut frames = Vec::new();
    for (number, (kind, packet)) in packets.iter().enumerate() {
        frames.push(ethernet(MAC, *kind, packet));
        // One tag or two, on some of them.
        if number % 5 == 0 {
            let tag = [&[0, 5][..], &kind.to_be_bytes(), packet].concat();
            frames.push(ethernet(MAC, 0x8100, &tag));
            frames.push(ethernet(
                MAC,
                0x88a8,
                &[&[0x20, 5, 0x81, 0, 0, 6][..], &kind.to_be_bytes(), packet].concat(),
            ));
            frames.push(ethernet(
                MAC,
                0x9100,
                &[&[0, 7][..], &kind.to_be_bytes(), packet].concat(),
            ));
        }
    }
    frames.push(ethernet([0xff; 6], packets[0].0, &packets[0].1));
    frames.push(ethernet([1, 0, 0x5e, 0, 0, 1], packets[0].0, &packets[0].1));
    frames.push(ethernet([2, 0, 0, 0, 0, 1], packets[0].0, &packets[0].1));
    frames
}
