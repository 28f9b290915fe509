#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU time of PDQ from pixels in memory, by kernel.

With HL_PEER_THREATEXCHANGE=DIR, a checkout of facebook/ThreatExchange, the
C++ reference is compiled with its own flags outside of this tree and measured
in the same run, round about with ours; both must have the same hash. Prints
one JSON line a measure; the ratio is ours to the peer's.
"""
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
OURS = os.path.join(BUILD, "bench", "pdq_time")
KERNELS = {"auto": 0, "scalar": 1, "sse2": 2, "avx2": 3, "avx512": 4,
           "neon": 5}
PIXELS = {"rgb": 2, "grey": 1}
# Width, height, and rounds of ours and of the peer's in each turn.
SIZES = [(512, 512, 200, 20), (1920, 1080, 40, 5), (4000, 3000, 10, 2)]
TURNS = 5
NOT_USABLE = 3


def peer_program(folder):
    """The reference with our main, or None with the reason told."""
    checkout = os.environ.get("HL_PEER_THREATEXCHANGE")
    if not checkout:
        print("pdq: no peer: HL_PEER_THREATEXCHANGE is not set",
              file=sys.stderr)
        return None
    if not shutil.which("g++"):
        print("pdq: no peer: there is no g++", file=sys.stderr)
        return None
    cpp = os.path.join(checkout, "pdq", "cpp")
    sources = [os.path.join(cpp, part) for part in (
        "hashing/pdqhashing.cpp", "hashing/torben.cpp",
        "downscaling/downscaling.cpp", "common/pdqhashtypes.cpp",
        "common/pdqhamming.cpp")]
    program = os.path.join(folder, "pdq_peer")
    subprocess.run(["g++", "-O3", "-I", checkout, "-o", program,
                    os.path.join(ROOT, "bench", "pdq_peer.cc"), *sources],
                   check=True, stdout=sys.stderr)
    return program


def run(command):
    """(milliseconds, hash and quality), or None where it cannot run."""
    done = subprocess.run([str(c) for c in command], check=False,
                          stdout=subprocess.PIPE, text=True)
    if done.returncode == NOT_USABLE:
        return None
    if done.returncode != 0:
        sys.exit(f"pdq: {command[0]} failed")
    ms, rest = done.stdout.split(" ", 1)
    return float(ms), rest.strip()


def measure(peer, pixels, size):
    """Name of a kernel, or "peer" -> its times, turn by turn."""
    width, height, rounds, peer_rounds = size
    times, hashes = {}, set()
    for _ in range(TURNS):
        commands = {name: [OURS, number, PIXELS[pixels], width, height,
                           max(1, rounds // 5) if name == "scalar" else rounds]
                    for name, number in KERNELS.items()}
        if peer:
            commands["peer"] = [peer, PIXELS[pixels], width, height,
                                peer_rounds]
        for name, command in commands.items():
            found = run(command)
            if found:
                times.setdefault(name, []).append(found[0])
                hashes.add(found[1])
    if len(hashes) != 1:
        sys.exit(f"pdq: hashes differ: {sorted(hashes)}")
    return {name: statistics.median(t) for name, t in times.items()}


def main():
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    with tempfile.TemporaryDirectory(prefix="hotline-pdq-") as folder:
        peer = peer_program(folder)
        for pixels in PIXELS:
            for size in SIZES:
                times = measure(peer, pixels, size)
                other = times.pop("peer", None)
                for name, ms in times.items():
                    print(json.dumps({
                        "name": f"pdq.{pixels}_{size[0]}x{size[1]}.{name}",
                        "value": round(ms, 4), "unit": "ms",
                        "peer": other and {"name": "PDQ C++ reference",
                                           "value": round(other, 3)},
                        "ratio": other and round(ms / other, 5),
                        "machine": machine}), flush=True)


main()
