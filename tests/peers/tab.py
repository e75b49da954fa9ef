"""Starts an interactive shell in a real terminal, has it read a line, types another one and Tab, and waits for a text."""
import os
import pty
import select
import sys
import time

line, typed, wanted, *shell = sys.argv[1:]
READY = "ready-to-type"

pid, screen = pty.fork()
if pid == 0:
    # Wide enough that no shell breaks the line.
    os.environ.update(TERM="dumb", PS1="$ ", COLUMNS="200")
    os.execvp(shell[0], shell)

seen = b""


def wait_for(text, seconds=20):
    global seen
    deadline = time.monotonic() + seconds
    while text.encode() not in seen and time.monotonic() < deadline:
        ready, _, _ = select.select([screen], [], [], 0.1)
        if ready:
            seen += os.read(screen, 4096)
    return text.encode() in seen


# The word is put together by the shell, so the echo of the line is not taken for its outcome.
os.write(screen, f"{line}; printf '%s-%s\\n' {READY.replace('-', ' ', 1)}\n".encode())
done = wait_for(READY)
seen = b""
os.write(screen, typed.encode() + b"\t")
done = done and wait_for(wanted)
print(seen.decode(errors="replace"))
os.kill(pid, 9)
os.waitpid(pid, 0)
sys.exit(0 if done else 1)
