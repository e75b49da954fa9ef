"""Switches what a network card does of the kernel's work on or off: offload.py INTERFACE tso=0 gso=0 gro=1. (ethtool does the same.)"""
import array
import fcntl
import socket
import struct
import sys

SIOCETHTOOL = 0x8946
SET = {"tso": 0x1F, "gso": 0x24, "gro": 0x2C}

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    for word in sys.argv[2:]:
        name, value = word.split("=")
        asked = array.array("B", struct.pack("II", SET[name], int(value)))
        request = struct.pack("16sP", sys.argv[1].encode(), asked.buffer_info()[0])
        fcntl.ioctl(any_socket, SIOCETHTOOL, request)
