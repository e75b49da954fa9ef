"""Runs a command beside a file system that stops answering: FUSE, fuse(4), with the kernel's side real and ours silent.

    silent_file_system.py FOLDER LAST COMMAND...

The file system has one file, `capture`. It answers up to the first request LAST (26 is FUSE_INIT, 14 FUSE_OPEN, 35
FUSE_CREATE; linux/fuse.h), and reads none after that. It ends with the command. Needs root and a mount namespace of its own."""
import errno, os, select, struct, subprocess, sys

LOOKUP, GETATTR, SETATTR, OPEN, READ, RELEASE, INIT, CREATE = 1, 3, 4, 14, 15, 18, 26, 35
# FOPEN_DIRECT_IO: each write(2) comes here. FOPEN_NOFLUSH: close(2) does not, and so the kernel can close what is open.
FLAGS = 1 | 32
FOR_LONG = 1 << 20

folder, last, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
with open("captures/tcp.pcap", "rb") as capture:
    bytes_ = capture.read()


def attributes(node):
    mode, size = (0o40755, 0) if node == 1 else (0o100644, len(bytes_) if node == 2 else 0)
    return struct.pack("=6Q10I", node, size, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def entry(node):
    return struct.pack("=4Q2I", node, 0, FOR_LONG, FOR_LONG, 0, 0) + attributes(node)


def answer(call, node, body):
    """The answer's bytes, or the number of an error."""
    if call == INIT:
        return struct.pack("=4I2HI", 7, 22, 0, 0, 1, 1, 4096)
    if call == LOOKUP:
        return entry(2) if body == b"capture\0" else errno.ENOENT
    if call in (GETATTR, SETATTR):
        return struct.pack("=Q2I", FOR_LONG, 0, 0) + attributes(node)
    if call == OPEN:
        return struct.pack("=Q2I", 0, FLAGS, 0)
    if call == CREATE:
        return entry(3) + struct.pack("=Q2I", 0, FLAGS, 0)
    if call == READ:
        _, offset, size = struct.unpack_from("=2QI", body)
        return bytes_[offset : offset + size]
    if call == RELEASE:
        return b""
    return errno.ENOSYS


def serve(device, ready):
    """Answers requests, and tells when the first has been."""
    parent, silent = os.getppid(), False
    while os.getppid() == parent:
        if silent or not select.select([device], [], [], 0.05)[0]:
            select.select([], [], [], 0.05 if silent else 0)
            continue
        request = os.read(device, 1 << 20)
        _, call, unique, node = struct.unpack_from("=2I2Q", request)
        told = answer(call, node, request[40:])
        error, rest = (-told, b"") if isinstance(told, int) else (0, told)
        if call not in (2, 36, 42):  # FUSE_FORGET, FUSE_INTERRUPT, FUSE_BATCH_FORGET want no answer
            os.write(device, struct.pack("=IiQ", 16 + len(rest), error, unique) + rest)
        if call == INIT:
            os.close(ready)
        silent = call == last


device = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
mount = ["mount", "-i", "-t", "fuse", "-o", options, "silent", folder]
subprocess.run(mount, pass_fds=[device], check=True)
wait, ready = os.pipe()
if os.fork() == 0:
    os.close(wait)
    for standard in (0, 1, 2):
        os.close(standard)
    serve(device, ready)
    os._exit(0)
os.close(ready)
os.close(device)
os.read(wait, 1)
os.close(wait)
os.execvp(command[0], command)
