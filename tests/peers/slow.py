"""Runs a program with a terminal for its standard error, slowly: its output is taken, or its input given, over two seconds.

slow.py output|full|input FILE PROGRAM ARGUMENT... prints what stood on the terminal and, for "output" and "full" (the same at
full speed), writes standard output to FILE. For "input" FILE is given, and standard output is on the terminal too.
"""
import os
import pty
import subprocess
import sys
import threading
import time

mode, path, *command = sys.argv[1:]
SECONDS = 2.0
STEPS = 20

terminal, side = pty.openpty()
if mode == "input":
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=side, stderr=side)
else:
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=side)
os.close(side)

seen = b""


def watch():
    global seen
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # nobody has the other side open any more
            return
        if not piece:
            return
        seen += piece


watcher = threading.Thread(target=watch)
watcher.start()
if mode == "input":
    content = open(path, "rb").read()
    step = len(content) // STEPS
    for start in range(0, len(content), step):
        program.stdin.write(content[start : start + step])
        program.stdin.flush()
        time.sleep(SECONDS / STEPS)
    program.stdin.close()
else:
    with open(path, "wb") as output:
        if mode == "output":
            for _ in range(STEPS):
                output.write(os.read(program.stdout.fileno(), 65536))
                time.sleep(SECONDS / STEPS)
        output.write(program.stdout.read())
status = program.wait()
watcher.join()
sys.stdout.buffer.write(seen)
sys.exit(status)
