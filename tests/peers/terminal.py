"""Runs a program in a real terminal, presses one key when it is ready, and tells what was on the screen."""
import os
import pty
import select
import sys
import time

KEYS = {"^Z": b"\x1a", "^C": b"\x03", "^D": b"\x04"}
key, program, *arguments = sys.argv[1:]

pid, screen = pty.fork()
if pid == 0:
    os.execv(program, [program, *arguments])

seen = b""
pressed = False
deadline = time.monotonic() + 20
while time.monotonic() < deadline:
    ready, _, _ = select.select([screen], [], [], 0.1)
    if ready:
        try:
            piece = os.read(screen, 4096)
        except OSError:  # the program has ended and its terminal is closed
            break
        if not piece:
            break
        seen += piece
    if not pressed and (b"Listening...\r\n" in seen or b"text: " in seen):
        os.write(screen, KEYS[key])
        pressed = True
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
sys.stdout.write(seen.decode().replace("\r\n", "\n"))
print("exit status", os.waitstatus_to_exitcode(status))
