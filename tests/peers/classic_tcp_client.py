"""The TCP client as courses write it: a peer for the tests, with the classic defects."""
import argparse
import socket

arguments = argparse.ArgumentParser()
arguments.add_argument("-ip")
arguments.add_argument("-p", type=int)
given = arguments.parse_args()

print("I'm configured to send TCP packets to " + given.ip + " on port " + str(given.p), flush=True)
print("Press Ctrl+Z to quit.", flush=True)
while True:
    pipe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    pipe.connect((given.ip, given.p))
    text = input("Input lowercase text: ")
    pipe.send(text.encode())
    reply = pipe.recv(1024)
    print("Returned from server: " + reply.decode(), flush=True)
    pipe.close()
