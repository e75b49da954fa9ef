"""Runs a command to which unshare(2) is forbidden by a seccomp filter, as in most containers: seccomp(2), bpf(4)."""
import ctypes, os, platform, struct, sys

NUMBER = {"x86_64": 272, "aarch64": 97}[platform.machine()]
instructions = [
    (0x20, 0, 0, 0),  # load the number of the system call
    (0x15, 0, 1, NUMBER),  # is it unshare?
    (0x06, 0, 0, 0x00050000 | 1),  # SECCOMP_RET_ERRNO, EPERM
    (0x06, 0, 0, 0x7FFF0000),  # SECCOMP_RET_ALLOW
]
program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in instructions))
head = ctypes.create_string_buffer(struct.pack("HP", len(instructions), ctypes.addressof(program)))
libc = ctypes.CDLL(None, use_errno=True)
# PR_SET_NO_NEW_PRIVS, then PR_SET_SECCOMP with SECCOMP_MODE_FILTER
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(head), 0, 0):
    sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
os.execv(sys.argv[1], sys.argv[1:])
