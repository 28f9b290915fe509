#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""JPEG to PDQ by `hotline hash`: CPU time of a picture in all processes, and
what two cores do more than one.

With HL_PEER_THREATEXCHANGE=DIR, a checkout of facebook/ThreatExchange, the
reference's command line is compiled with its own flags outside of this tree
and measured in the same run, turn by turn; it needs ImageMagick's convert.
Prints one JSON line a measure; the ratio is ours to the peer's.
"""
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
OURS = os.path.join(BUILD, "src", "main", "hotline")
PICTURE = os.path.join(BUILD, "bench", "media_picture")
# Width, height, and pictures in a run of ours and of the peer's.
SIZES = [(512, 512, 120, 10), (1920, 1080, 40, 5), (4000, 3000, 12, 3)]
TURNS = 5
MACHINE = f"{platform.machine()}, {os.cpu_count()} cores"
PEER_SOURCES = ("bin/pdq-photo-hasher.cpp", "common/pdqhashtypes.cpp",
                "io/hashio.cpp", "common/pdqhamming.cpp",
                "hashing/pdqhashing.cpp", "downscaling/downscaling.cpp",
                "io/pdqio.cpp", "hashing/torben.cpp", "common/pdqutils.cpp")


def tell(name, value, unit, peer=None):
    print(json.dumps({
        "name": name, "value": round(value, 4), "unit": unit,
        "peer": peer and {"name": "PDQ C++ command line",
                          "value": round(peer, 3)},
        "ratio": peer and round(value / peer, 5), "machine": MACHINE}),
        flush=True)


def peer_program(folder):
    """The reference's command line, or None with the reason told."""
    checkout = os.environ.get("HL_PEER_THREATEXCHANGE")
    missing = None
    if not checkout:
        missing = "HL_PEER_THREATEXCHANGE is not set"
    for tool in ("convert", "g++"):
        if not missing and not shutil.which(tool):
            missing = f"there is no {tool}"
    if missing:
        print(f"media: no peer: {missing}", file=sys.stderr)
        return None
    cpp = os.path.join(checkout, "pdq", "cpp")
    program = os.path.join(folder, "pdq-photo-hasher")
    subprocess.run(["g++", "-g", "-std=c++11", "-w", "-O3", "-I", checkout,
                    "-I", cpp, "-o", program,
                    *(os.path.join(cpp, s) for s in PEER_SOURCES),
                    "-lm", "-lpthread"], check=True, stdout=sys.stderr)
    return program


def pin_to(cores):
    """What a child does before it starts."""
    return lambda: cores and os.sched_setaffinity(0, cores)


def run(command, cores=None):
    """(CPU ms of it and all that it waited for, ms by the clock)"""
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE,
                          preexec_fn=pin_to(cores)) as child:
        out = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0 or not out:
        sys.exit(f"media: {command[0]} failed")
    return ((used.ru_utime + used.ru_stime) * 1e3,
            (time.monotonic() - began) * 1e3)


def each(command, path, n):
    """CPU ms of one picture of n, without what starting costs."""
    many, _ = run(command + [path] * (n + 1))
    one, _ = run(command + [path])
    return (many - one) / n


def per_picture(peer, path, size):
    width, height, n, n_peer = size
    ours = [OURS, "hash", "--jobs", "1", "--quiet"]
    commands = {"exact": (ours, n), "screening": (ours + ["--screening"], n)}
    if peer:
        commands["peer"] = ([peer], n_peer)
    times = {name: [] for name in commands}
    for _ in range(TURNS):
        for name, (command, count) in commands.items():
            times[name].append(each(command, path, count))
    other = statistics.median(times.pop("peer")) if peer else None
    for name, all_ms in times.items():
        tell(f"media.jpeg_{width}x{height}.{name}",
             statistics.median(all_ms), "ms", other)


def side_by_side(command, cores):
    """ms by the clock until a run on each core, all at once, has ended: what
    the machine itself gives, as the two share nothing."""
    began = time.monotonic()
    children = [subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                 preexec_fn=pin_to({core}))
                for core in cores]
    if any([child.wait() for child in children]):
        sys.exit(f"media: {command[0]} failed")
    return (time.monotonic() - began) * 1e3


def two_cores(path, n):
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        print("media: there is one core only", file=sys.stderr)
        return
    rates = {1: [], 2: [], "apart": []}
    command = [OURS, "hash", "--quiet"] + [path] * n
    for _ in range(TURNS):
        for k in (1, 2):
            _, ms = run(command, set(cores[:k]))
            rates[k].append(n / ms * 1e3)
        rates["apart"].append(2 * n / side_by_side(command, cores) * 1e3)
    one, two, apart = (statistics.median(all_) for all_ in rates.values())
    tell("media.one_core", one, "pictures/s")
    tell("media.two_cores", two, "pictures/s")
    tell("media.two_cores_to_one", two / one, "x")
    tell("media.two_runs_apart_to_one", apart / one, "x")


def start(path):
    tell("media.first_picture",
         statistics.median(run([OURS, "hash", path])[1]
                           for _ in range(TURNS)), "ms")


def main():
    with tempfile.TemporaryDirectory(prefix="hotline-media-") as folder:
        peer = peer_program(folder)
        for size in SIZES:
            path = os.path.join(folder, f"{size[0]}x{size[1]}.jpg")
            with open(path, "wb") as out:
                subprocess.run([PICTURE, str(size[0]), str(size[1])],
                               check=True, stdout=out)
            per_picture(peer, path, size)
            if size[0] == 512:
                start(path)
            if size[0] == 1920:
                two_cores(path, 200)


main()
