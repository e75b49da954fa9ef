"""The TCP server as courses write it: a peer for the tests, with the classic defects."""
import argparse
import socket

arguments = argparse.ArgumentParser()
arguments.add_argument("-p", type=int, default=0)
arguments.add_argument("--offline", action="store_true", help="do not look for the own address")
given = arguments.parse_args()

welcome = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
welcome.bind(("", given.p))
welcome.listen(1)
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
probe.connect(("127.0.0.1" if given.offline else "8.8.8.8", 80))
print("serverIP: " + probe.getsockname()[0], flush=True)
print("Port:     " + str(welcome.getsockname()[1]), flush=True)
print("Press Ctrl+Z to quit. Listening...", flush=True)
while True:
    pipe, caller = welcome.accept()
    text = pipe.recv(1024).decode()
    print(f"Received from {caller[0]}#{caller[1]}: {text}", flush=True)
    pipe.send(text.upper().encode())
    pipe.close()
