#!/usr/bin/env python3
"""Times the reading of capture files against tcpdump and tshark, side by side, and writes the section "Offline" of
docs/benchmarks.md.

    cargo build --release
    python3 tests/bench/offline.py [--runs 5] [--packets 600000] [--write]

Each program reads the same captures (captures.py) and writes to /dev/null; the programs take turns, and medians are
told. The time that a program takes for ten packets is its start-up, and is subtracted before packets a second are counted.
Needs tcpdump and tshark.
"""

import argparse
import datetime
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

from document import ROOT, Section

HERE = os.path.dirname(os.path.abspath(__file__))
SECTION = Section("python3 tests/bench/offline.py --write")

# What is compared: our view, the peer's form that is nearest, and how many times as fast it has to be.
PAIRS = [
    ("sniffer --view summary", "tcpdump -nn", 2),
    ("sniffer --view fields", "tshark -n -V", 4),
    ("sniffer --json", "tshark -n -T pdml", 4),
]


OURS = [pair[0] for pair in PAIRS]

# So many connections at once, and how many megabytes they may take.
CROWD = 1_000_000
CROWD_MOST = 400


class Run:
    """One run of a program: seconds, seconds of processors, peak of memory in KiB."""

    def __init__(self, command, watch=False):
        self.memory = 0
        with open(os.devnull, "wb") as nowhere:
            begin = time.perf_counter()
            process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, stdin=subprocess.DEVNULL)
            if watch:
                self.watch(process.pid)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit status {process.returncode}")
        self.cpu = usage.ru_utime + usage.ru_stime

    def watch(self, pid):
        """The peak of a child's memory that wait4() tells is never below that of this script, so the kernel is asked."""
        ended = False
        while not ended:
            time.sleep(0.005)
            with open(f"/proc/{pid}/status") as status:
                lines = dict(line.split(":", 1) for line in status)
            ended = "VmHWM" not in lines
            self.memory = max(self.memory, 0 if ended else int(lines["VmHWM"].split()[0]))


def command(name, sniffer, file):
    words = name.split()
    if words[0] == "sniffer":
        words[0] = sniffer
    return words + ["-r", file]


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def make(kind, file, count):
    subprocess.run([sys.executable, os.path.join(HERE, "captures.py"), kind, file, str(count)], check=True)


def first_line(words):
    ended = subprocess.run(words, capture_output=True, text=True)
    lines = (ended.stdout + ended.stderr).splitlines()
    return next((line for line in lines if "ersion" in line or "TShark" in line or os.path.basename(words[0]) in line), "?")


def measure(options, folder):
    """Every program on every file, in turns."""
    sizes = {"udp": options.packets, "tcp": options.packets // 12}
    files = {}
    for kind, size in sizes.items():
        for name, count in (("small", 10 if kind == "udp" else 1), ("tenth", size // 10), ("whole", size)):
            files[kind, name] = os.path.join(folder, f"{kind}-{name}.pcap")
            make(kind, files[kind, name], count)
    names = [name for pair in PAIRS for name in pair[:2]]
    results = {}
    for turn in range(options.runs):
        for kind in sizes:
            for name in names:
                for size in ("small", "whole"):
                    run = Run(command(name, options.sniffer, files[kind, size]))
                    results.setdefault((name, kind, size), []).append(run)
        print(f"turn {turn + 1} of {options.runs} done, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    for kind in sizes:
        for name in names:
            if name.startswith("sniffer"):
                for size in ("tenth", "whole"):
                    run = Run(command(name, options.sniffer, files[kind, size]), watch=True)
                    results[name, kind, size, "memory"] = run.memory
    return results


def start_up(options, folder):
    """Start to finish on ten packets."""
    file = os.path.join(folder, "ten.pcap")
    make("udp", file, 10)
    lines = []
    for name in ("sniffer --view summary", "sniffer --view fields", "sniffer --json", "tcpdump -nn", "tshark -n"):
        runs = [Run(command(name, options.sniffer, file)) for _ in range(21)]
        lines.append(f"| `{name}` | {median(runs, 'wall') * 1000:.1f} | {median(runs, 'cpu') * 1000:.1f} |")
    return lines


def crowd(options, folder):
    """A million connections at once, a SYN of each: the peak of memory."""
    file = os.path.join(folder, "crowd.pcap")
    make("crowd", file, CROWD)
    lines = []
    for name in OURS:
        peak = Run(command(name, options.sniffer, file), watch=True).memory * 1024
        lines.append(f"| `{name}` | {peak / 1e6:.0f} | {CROWD_MOST} | {peak / CROWD:.0f} |")
    os.unlink(file)
    return lines


def rates(results, kind, name, what):
    small = median(results[name, kind, "small"], what)
    whole = median(results[name, kind, "whole"], what)
    return whole - small


def section(options, results, ten, many, loads):
    packets = options.packets
    processor = "?"
    with open("/proc/cpuinfo") as about:
        processor = next((line.split(": ")[1].strip() for line in about if line.startswith("model name")), "?")
    # The programs that are timed make one themselves, and two where ours uses both processors.
    busy = "; other programs took their share of the processors meanwhile" if max(loads) > 2.5 else ""
    lines = [
        "## Offline",
        "",
        f"Each program reads captures of {packets:,} packets and prints to /dev/null. One capture has UDP requests and replies of 100 bytes,",
        f"the other has {packets // 12:,} TCP connections of 12 packets. The figures are medians of {options.runs} runs in turns, without the time of",
        "the start (measured with ten packets). Every view of `sniffer` follows conversations.",
        "`python3 tests/bench/offline.py --write` makes this section.",
        "",
        f"- {datetime.date.today()}, {platform.system()} {platform.release()}, {processor}, {os.cpu_count()} processors",
        f"- {first_line([options.sniffer, '--version'])}; {first_line(['tcpdump', '--version'])}; {first_line(['tshark', '--version'])}",
        f"- load average before {loads[0]:.1f}, after {loads[1]:.1f}{busy}",
        "",
        "| capture | program | packets a second | peer | packets a second | times as fast | goal | by processor time |",
        "|---|---|---:|---|---:|---:|---:|---:|",
    ]
    for ours, theirs, wanted in PAIRS:
        for kind in ("udp", "tcp"):
            own, other = rates(results, kind, ours, "wall"), rates(results, kind, theirs, "wall")
            own_cpu, other_cpu = rates(results, kind, ours, "cpu"), rates(results, kind, theirs, "cpu")
            lines.append(
                f"| {kind.upper()} | `{ours}` | {packets / own:,.0f} | `{theirs}` | {packets / other:,.0f} | "
                f"{other / own:.1f} | {wanted} | {other_cpu / own_cpu:.1f} |"
            )
    lines += [
        "",
        "Peak memory in MiB, for a tenth of the packets and for all. Memory does not grow with the number of packets, but with the number",
        "of remembered conversations. Both UDP files have 500; the second TCP file has ten times as many as the first:",
        "",
        "| program | UDP, a tenth | UDP | TCP, a tenth | TCP |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in OURS:
        cells = []
        for kind in ("udp", "tcp"):
            cells += [f"{results[name, kind, size, 'memory'] / 1024:.1f}" for size in ("tenth", "whole")]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    connections = (packets // 12) * 9 // 10
    growths = [results[name, "tcp", "whole", "memory"] - results[name, "tcp", "tenth", "memory"] for name in OURS]
    bytes_each = ", ".join(f"{growth * 1024 / connections:.0f} (`{name}`)" for growth, name in zip(growths, OURS))
    lines += [
        "",
        f"The difference, in bytes for each connection that has ended: {bytes_each}.",
        "",
        f"Peak memory in MB (a million bytes) for {CROWD:,} connections at once, each with only a SYN that is not answered yet:",
        "",
        "| program | MB | goal: at most | bytes a connection |",
        "|---|---:|---:|---:|",
        *many,
    ]
    lines += ["", "From start to end for ten packets, in milliseconds:", "", "| program | elapsed time | processor time |", "|---|---:|---:|"]
    return "\n".join(lines + ten)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sniffer", default=os.path.join(ROOT, "target", "release", "sniffer"))
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--packets", type=int, default=600_000)
    arguments.add_argument("--write", action="store_true", help="write the section into docs/benchmarks.md")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        before = os.getloadavg()[0]
        results = measure(options, folder)
        ten = start_up(options, folder)
        many = crowd(options, folder)
        text = section(options, results, ten, many, (before, os.getloadavg()[0]))
    print(text)
    if options.write:
        SECTION.write(text)


if __name__ == "__main__":
    main()
