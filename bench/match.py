#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: bench/match.py [ARGUMENT of build/bench/match_run]...

The index beside its peers in one run, on the same data and queries: Faiss
(Debian's libfaiss-dev, with libblas-dev and liblapack-dev) and the multi-index
hashing of the PDQ reference, from the checkout of facebook/ThreatExchange that
HL_PEER_THREATEXCHANGE names. A peer that is missing is left out with a line.
HL_PEERS=none leaves out all. Peers are compiled for this processor.
"""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.path.join(ROOT, "build", "bench", "match_run")
SOURCES = os.path.join(ROOT, "bench", "peers")
COMMAND = ["g++", "-O3", "-march=native", "-std=c++17", "-fPIC", "-shared"]


def say(text):
    print(f"match: {text}", file=sys.stderr, flush=True)


def compile_peer(folder, name, options):
    """The library of a peer, or None with a line that says why."""
    out = os.path.join(folder, name + ".so")
    done = subprocess.run(
        [*COMMAND, "-o", out, os.path.join(SOURCES, name + ".cpp"), *options],
        capture_output=True, text=True, check=False)
    if done.returncode:
        say(f"no peer {name}: {done.stderr.strip().splitlines()[:1]}")
        return None
    return out


def peers(folder):
    checkout = os.environ.get("HL_PEER_THREATEXCHANGE")
    found = [compile_peer(folder, "faiss", [
        "-lfaiss", "-llapack", "-lblas", "-fopenmp"])]
    if checkout:
        found.append(compile_peer(folder, "mih", [
            "-I" + checkout,
            os.path.join(checkout, "pdq/cpp/common/pdqhashtypes.cpp"),
            os.path.join(checkout, "pdq/cpp/common/pdqhamming.cpp")]))
    else:
        say("no peer mih: HL_PEER_THREATEXCHANGE names no checkout")
    return [peer for peer in found if peer]


def main():
    with tempfile.TemporaryDirectory(prefix="hotline-peers-") as folder:
        command = [PROGRAM, *sys.argv[1:]]
        if os.environ.get("HL_PEERS") != "none":
            for peer in peers(folder):
                command += ["--peer", peer]
        # One core for all of them.
        env = dict(os.environ, OMP_NUM_THREADS="1")
        return subprocess.run(command, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
