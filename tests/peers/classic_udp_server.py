"""The UDP server as courses write it: a peer for the tests, with the classic defects."""
import argparse
import socket

arguments = argparse.ArgumentParser()
arguments.add_argument("-p", type=int, default=0)
arguments.add_argument("--offline", action="store_true", help="do not look for the own address")
given = arguments.parse_args()

door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
door.bind(("", given.p))
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
probe.connect(("127.0.0.1" if given.offline else "8.8.8.8", 80))
print("serverIP: " + probe.getsockname()[0], flush=True)
print("Port:     " + str(door.getsockname()[1]), flush=True)
print("Press Ctrl+Z to quit. Listening...", flush=True)
while True:
    data, sender = door.recvfrom(2048)
    print(f"Received from {sender[0]}#{sender[1]}: {data.decode()}", flush=True)
    door.sendto(data.upper(), sender)
