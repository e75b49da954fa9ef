#!/usr/bin/env python3
"""Makes the captures that the offline benchmark reads.

    captures.py udp FILE [PACKETS]      requests and replies of 100 bytes between 500 clients and a server
    captures.py tcp FILE [CONNECTIONS]  connections of 12 packets: handshake, a line and its answer twice, close
    captures.py crowd FILE [CONNECTIONS]  a SYN of each connection and nothing more, so that all stay open
    captures.py bulk FILE [PACKETS]     one connection that sends segments of 1,448 bytes which nothing compresses

Classic pcap with microseconds, Ethernet, valid checksums. The same arguments make the same bytes.
"""

import random
import struct
import sys

MAC = bytes.fromhex("020000000002 020000000001 0800".replace(" ", ""))
BACK = bytes.fromhex("020000000001 020000000002 0800".replace(" ", ""))
SYN, ACK, PSH, FIN = 2, 16, 8, 1


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Capture:
    """A pcap file; a packet every ten microseconds."""

    def __init__(self, path):
        self.file = open(path, "wb", buffering=1 << 20)
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        self.count = 0

    def packet(self, forth, protocol, source, destination, payload):
        header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), self.count & 0xFFFF, 0x4000, 64, protocol, 0)
        header += source + destination
        header = header[:10] + struct.pack(">H", checksum(header)) + header[12:]
        frame = (MAC if forth else BACK) + header + payload
        seconds, micros = divmod(self.count * 10, 1_000_000)
        self.file.write(struct.pack("<IIII", 1_772_600_767 + seconds, micros, len(frame), len(frame)) + frame)
        self.count += 1


def pseudo(protocol, source, destination, length):
    return source + destination + struct.pack(">HH", protocol, length)


def udp(capture, packets):
    server = bytes([10, 0, 0, 2])
    for index in range(packets // 2):
        client = bytes([10, 1, index % 500 // 250, 1 + index % 250])
        port = 40000 + index % 500
        for forth in (True, False):
            source, destination = (client, server) if forth else (server, client)
            ports = (port, 12000) if forth else (12000, port)
            data = (b"request %9d " if forth else b"REQUEST %9d ") % index
            data += b"x" * (100 - len(data))
            payload = struct.pack(">HHHH", *ports, 8 + len(data), 0) + data
            total = checksum(pseudo(17, source, destination, len(payload)) + payload) or 0xFFFF
            payload = payload[:6] + struct.pack(">H", total) + payload[8:]
            capture.packet(forth, 17, source, destination, payload)


def segment(capture, client, port, forth, flags, numbers, data=b""):
    server = bytes([10, 0, 0, 2])
    source, destination = (client, server) if forth else (server, client)
    ports = (port, 12000) if forth else (12000, port)
    stamps = struct.pack(">BBBBII", 1, 1, 8, 10, capture.count, max(capture.count - 1, 0))
    if flags & SYN:
        options = struct.pack(">BBHBB", 2, 4, 1460, 4, 2) + stamps[2:] + bytes([1, 3, 3, 7])
    else:
        options = stamps
    words = (20 + len(options)) // 4
    header = struct.pack(">HHIIBBHHH", *ports, *numbers, words << 4, flags, 502, 0, 0) + options
    total = checksum(pseudo(6, source, destination, len(header) + len(data)) + header + data)
    header = header[:16] + struct.pack(">H", total) + header[18:]
    capture.packet(forth, 6, source, destination, header + data)


def tcp(capture, connections):
    """A hundred connections at a time, packet by packet in turns."""
    for start in range(0, connections, 100):
        group = range(start, min(start + 100, connections))
        for step in range(12):
            for index in group:
                client = bytes([10, 1, index // 25000, 1 + index // 100 % 250])
                port = 20000 + index % 100 * 400 + index // 100 % 400
                c, s = (index * 2654435761) & 0xFFFFFFFF, (index * 40503 + 77) & 0xFFFFFFFF
                line = b"line %7d\n" % index

                def send(forth, flags, sent, got, data=b""):
                    own, other = (c, s) if forth else (s, c)
                    acknowledged = (other + got) & 0xFFFFFFFF if flags & ACK else 0
                    numbers = ((own + sent) & 0xFFFFFFFF, acknowledged)
                    segment(capture, client, port, forth, flags, numbers, data)

                n = len(line)
                (
                    lambda: send(True, SYN, 0, 0),
                    lambda: send(False, SYN | ACK, 0, 1),
                    lambda: send(True, ACK, 1, 1),
                    lambda: send(True, PSH | ACK, 1, 1, line),
                    lambda: send(False, PSH | ACK, 1, 1 + n, line.upper()),
                    lambda: send(True, PSH | ACK, 1 + n, 1 + n, line),
                    lambda: send(False, PSH | ACK, 1 + n, 1 + 2 * n, line.upper()),
                    lambda: send(True, ACK, 1 + 2 * n, 1 + 2 * n),
                    lambda: send(True, FIN | ACK, 1 + 2 * n, 1 + 2 * n),
                    lambda: send(False, ACK, 1 + 2 * n, 2 + 2 * n),
                    lambda: send(False, FIN | ACK, 1 + 2 * n, 2 + 2 * n),
                    lambda: send(True, ACK, 2 + 2 * n, 2 + 2 * n),
                )[step]()


def crowd(capture, connections):
    """50,000 connections of each client."""
    for index in range(connections):
        client = bytes([10, 1, 0, 1 + index // 50000])
        segment(capture, client, 10000 + index % 50000, True, SYN, ((index * 2654435761) & 0xFFFFFFFF, 0))


def bulk(capture, packets):
    """An acknowledgment for every second segment."""
    noise = random.Random(1)
    client, c, s, sent = bytes([10, 1, 0, 1]), 1000, 5000, 1
    for forth, flags, numbers in ((True, SYN, (c, 0)), (False, SYN | ACK, (s, c + 1)), (True, ACK, (c + 1, s + 1))):
        segment(capture, client, 40000, forth, flags, numbers)
    for index in range(packets - 3):
        if index % 3 == 2:
            segment(capture, client, 40000, False, ACK, (s + 1, c + sent))
        else:
            segment(capture, client, 40000, True, ACK, (c + sent, s + 1), noise.randbytes(1448))
            sent += 1448


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in ("udp", "tcp", "crowd", "bulk"):
        sys.exit(__doc__)
    kind, path = sys.argv[1:3]
    capture = Capture(path)
    if kind == "udp":
        udp(capture, int(sys.argv[3]) if len(sys.argv) > 3 else 600_000)
    elif kind == "crowd":
        crowd(capture, int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000)
    elif kind == "bulk":
        bulk(capture, int(sys.argv[3]) if len(sys.argv) > 3 else 100_000)
    else:
        tcp(capture, int(sys.argv[3]) if len(sys.argv) > 3 else 50_000)
    capture.file.close()


if __name__ == "__main__":
    main()
