"""A UDP service of another maker: KIND ADDRESS PORT. Answers each datagram, an empty one too, and says how many it answered."""
import itertools
import signal
import socket
import sys
import time

kind, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
answers = {
    "echo": lambda number, text: text,  # RFC 862
    "chargen": lambda number, text: bytes(33 + (number + i) % 94 for i in range(72)) + b"\r\n",  # RFC 864
    "daytime": lambda number, text: time.ctime().encode(),  # RFC 867
    "lower": lambda number, text: text.lower(),
}
service = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
service.bind((address, port))
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
print("ready", flush=True)
for number in itertools.count(1):
    text, sender = service.recvfrom(65535)
    service.sendto(answers[kind](number, text), sender)
    print("answered", flush=True)
