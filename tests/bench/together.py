#!/usr/bin/env python3
"""Times several outputs of one run against each of them alone, and writes the section "Several outputs" of docs/benchmarks.md.

    cargo build --release
    python3 tests/bench/together.py [--runs 7] [--packets 600000] [--write]

A packet is decoded and followed once, whatever is made of it; the rest of the work adds up. Seconds are those of the processors,
user and system, of the whole process. The forms take turns, and medians are told.
"""

import argparse
import datetime
import os
import platform
import tempfile

from document import ROOT, Section
from offline import Run, make, median

SECTION = Section("python3 tests/bench/together.py --write")

# What all may take together, beside the dearest of them alone.
MOST = 1.25


def measure(options, folder):
    page, copy = (os.path.join(folder, name) for name in ("page.html", "copy.pcapng"))
    forms = {
        "summary": ["--view", "summary"],
        "comments": ["-q", "-w", copy],
        "report": ["-q", "--html", page],
        "all": ["--view", "summary", "-w", copy, "--html", page],
    }
    lines = []
    for kind in ("udp", "tcp"):
        for packets in (options.packets // 6, options.packets):
            file = os.path.join(folder, f"{kind}.pcap")
            make(kind, file, packets if kind == "udp" else packets // 12)
            runs = {}
            for _ in range(options.runs):
                for name, words in forms.items():
                    run = Run([options.sniffer, "-r", file, "--force", *words])
                    runs.setdefault(name, []).append(run)
            seconds = {name: median(of, "cpu") for name, of in runs.items()}
            alone = [seconds[name] for name in ("summary", "comments", "report")]
            cells = " | ".join(f"{seconds[name]:.2f}" for name in forms)
            lines.append(
                f"| {kind.upper()} | {packets:,} | {cells} | {seconds['all'] / max(alone):.2f} | {MOST} "
                f"| {seconds['all'] / sum(alone):.2f} |"
            )
    return lines


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sniffer", default=os.path.join(ROOT, "target", "release", "sniffer"))
    arguments.add_argument("--runs", type=int, default=7)
    arguments.add_argument("--packets", type=int, default=600_000)
    arguments.add_argument("--write", action="store_true", help="write the section into docs/benchmarks.md")
    options = arguments.parse_args()
    before = os.getloadavg()[0]
    # In memory, as far as there is such a folder: what a disk takes is not what is compared.
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        lines = measure(options, folder)
    text = "\n".join(
        [
            "## Several outputs",
            "",
            "The captures of the previous section, and captures of a sixth of their length, are shown, recorded with comments, and put",
            "into a report: each output alone, and all three in one run. A run decodes and follows every packet once. The figures are",
            f"processor seconds, medians of {options.runs} runs in turns, with files in memory. `python3 tests/bench/together.py --write` makes",
            "this section.",
            "",
            f"- {datetime.date.today()}, {platform.system()} {platform.release()}, {os.cpu_count()} processors; load average before "
            f"{before:.1f}, after {os.getloadavg()[0]:.1f}",
            "",
            "| capture | packets | `--view summary` | `-q -w x.pcapng` | `-q --html x.html` | all three | ratio to the slowest | "
            "goal: at most | ratio to the sum |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
            *lines,
        ]
    )
    print(text)
    if options.write:
        SECTION.write(text)


if __name__ == "__main__":
    main()
