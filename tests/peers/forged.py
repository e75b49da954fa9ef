"""Sends datagrams with a source address that is not the sender's: FROM PORT TO PORT TEXT [TIMES].
More than one, with TIMES each, one after the other. Needs root's rights."""
import socket
import struct
import sys


def checksum(data):
    """RFC 1071: the complement of the sum of all words."""
    total = sum(struct.unpack(f"!{len(data + b'x') // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF or 0xFFFF



def forge(source, source_port, to, to_port, text, times=1):
    data = text.encode()
    length = 8 + len(data)
    udp = struct.pack("!HHHH", int(source_port), int(to_port), length, 0)
    if ":" in to:
        family, level = socket.AF_INET6, socket.IPPROTO_RAW
        ends = socket.inet_pton(family, source) + socket.inet_pton(family, to)
        total = checksum(ends + struct.pack("!IBBBB", length, 0, 0, 0, 17) + udp + data)
        udp = udp[:6] + struct.pack("!H", total)
        header = struct.pack("!IHBB", 6 << 28, length, 17, 64) + ends
    else:
        family, level = socket.AF_INET, socket.IPPROTO_RAW
        ends = socket.inet_aton(source) + socket.inet_aton(to)
        # The kernel fills in the total length and the header's checksum; UDP's may be left out.
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0, 64, 17, 0) + ends
    with socket.socket(family, socket.SOCK_RAW, level) as forger:
        for _ in range(int(times)):
            forger.sendto(header + udp + data, (to, 0))


words = sys.argv[1:]
for start in range(0, len(words), 6):
    forge(*words[start : start + 6])
