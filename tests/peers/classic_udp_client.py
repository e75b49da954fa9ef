"""The UDP client as courses write it: a peer for the tests, with the classic defects."""
import argparse
import socket

arguments = argparse.ArgumentParser()
arguments.add_argument("-ip")
arguments.add_argument("-p", type=int)
given = arguments.parse_args()

print("I'm configured to send UDP packets to " + given.ip + " on port " + str(given.p), flush=True)
print("Press Ctrl+Z to quit.", flush=True)
while True:
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    text = input("Input lowercase text: ")
    door.sendto(text.encode(), (given.ip, given.p))
    reply, _ = door.recvfrom(2048)
    print("Returned from server: " + reply.decode(), flush=True)
    door.close()
