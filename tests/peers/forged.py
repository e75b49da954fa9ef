"""Sends a datagram to a port of this machine that claims to come from that very port."""
import socket
import struct
import sys

port = int(sys.argv[1])
here = socket.inet_aton("127.0.0.1")
data = b"echo"
udp = struct.pack("!HHHH", port, port, 8 + len(data), 0) + data
ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, here, here)
forger = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
forger.sendto(ip + udp, ("127.0.0.1", port))
