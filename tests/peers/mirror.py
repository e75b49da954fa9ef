#!/usr/bin/env python3
"""A network behind the interface tun0 whose only host is a mirror: what goes to 10.9.0.2 comes back from there, late.

A packet comes back with its two addresses exchanged, so the kernel, 10.9.0.1, talks to itself as to another host, and two
sockets can call each other at the same time. The checksums stay right: a sum does not depend on the order.

    mirror.py SECONDS       how long each packet is under way
"""

import fcntl
import os
import struct
import subprocess
import sys
import time

# linux/if_tun.h
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000

tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"tun0", IFF_TUN | IFF_NO_PI))
for words in ("addr add 10.9.0.1/24 dev tun0", "link set tun0 up"):
    subprocess.run(["ip", *words.split()], check=True)
print("ready", flush=True)
while packet := os.read(tun, 65536):
    time.sleep(float(sys.argv[1]))
    os.write(tun, packet[:12] + packet[16:20] + packet[12:16] + packet[20:])
