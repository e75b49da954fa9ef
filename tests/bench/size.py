#!/usr/bin/env python3
"""Measures how large the programs are and how long they take to compile, and writes the section "Size" of docs/benchmarks.md.

    cargo fetch --locked
    python3 tests/bench/size.py [--write]

Each is compiled from nothing into a folder of its own that is removed afterwards, as `cargo build --release` does it.
"""

import argparse
import datetime
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time

from document import ROOT, Section

SECTION = Section("python3 tests/bench/size.py --write")

PROGRAMS = ["udp-server", "udp-client", "tcp-server", "tcp-client", "sniffer", "socket-lab"]

# What is compiled: how it is called, and the arguments.
BUILDS = [
    ("everything", []),
    ("the four programs alone", ["--no-default-features"]),
]


class Build:
    """One compilation from nothing: seconds, seconds of processors, crates, bytes of each program."""

    def __init__(self, arguments):
        with tempfile.TemporaryDirectory() as folder:
            command = ["cargo", "build", "--release", "--locked", "--offline", *arguments]
            environment = dict(os.environ, CARGO_TARGET_DIR=folder)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            begin = time.perf_counter()
            ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
            self.wall = time.perf_counter() - begin
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if ended.returncode != 0:
                sys.exit(f"{' '.join(command)}: {ended.stderr}")
            self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            self.crates = ended.stderr.count("Compiling ")
            self.sizes = {}
            for program in PROGRAMS:
                file = os.path.join(folder, "release", program)
                if os.path.exists(file):
                    self.sizes[program] = os.path.getsize(file)


def section(builds, loads):
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    busy = "; other programs took their share of the processors meanwhile" if max(loads) > 2.5 else ""
    lines = [
        "## Size",
        "",
        "A complete build with `cargo build --release` and the project's profile (thin LTO, one code-generation unit, debug",
        "information stripped, names of functions kept). `python3 tests/bench/size.py --write` makes this section.",
        "",
        f"- {datetime.date.today()}, {platform.system()} {platform.release()}, {os.cpu_count()} processors, {compiler}",
        f"- load average before {loads[0]:.1f}, after {loads[1]:.1f}{busy}",
        "",
        "| what is compiled | crates | seconds | processor seconds |",
        "|---|---:|---:|---:|",
    ]
    lines += [f"| {name} | {build.crates} | {build.wall:.0f} | {build.cpu:.0f} |" for name, build in builds]
    lines += ["", "| size in KiB | " + " | ".join(name for name, _ in builds) + " |", "|---|" + "---:|" * len(builds)]
    for program in PROGRAMS:
        sizes = (build.sizes.get(program) for _, build in builds)
        lines.append(f"| `{program}` | " + " | ".join(f"{size / 1024:,.0f}" if size else "" for size in sizes) + " |")
    return "\n".join(lines)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true", help="write the section into docs/benchmarks.md")
    options = arguments.parse_args()
    before = os.getloadavg()[0]
    builds = []
    for name, features in BUILDS:
        builds.append((name, Build(features)))
        print(f"{name}: {builds[-1][1].wall:.0f} s, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    text = section(builds, (before, os.getloadavg()[0]))
    print(text)
    if options.write:
        SECTION.write(text)


if __name__ == "__main__":
    main()
