#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whole reports, sealed and on the disk, through the public process.

Starts the public pages with a store of their own (tests/e2e/site_server, as
in an installation but without sandbox) in a folder of the build, and lets
bench/report_load send for some seconds from 1 and from 64 connections over
loopback. Prints one JSON line each; fails below the limits.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
LEAST_PER_SECOND = 1000
MOST_CPU_MS = 1.0
SECONDS = 10


def load(port, connections, pid):
    done = subprocess.run(
        [os.path.join(BUILD, "bench", "report_load"), str(port),
         str(connections), str(SECONDS), str(pid)],
        stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, end="", flush=True)
    return json.loads(done.stdout)


def memory_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        for line in f:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(p) for p in f.read().split()]


def main():
    # Not below /tmp, which may be memory: durable means a disk.
    folder = tempfile.mkdtemp(prefix="bench-reports-", dir=BUILD)
    server = subprocess.Popen(
        [os.path.join(BUILD, "tests", "e2e", "site_server"), folder,
         "public.listen=127.0.0.1:0", "report.rate_limit=0"],
        stdout=subprocess.PIPE, text=True)
    try:
        told = json.loads(server.stdout.readline())
        port, pid = int(told["url"].rsplit(":", 1)[1]), told["pid"]
        load(port, 1, pid)
        many = load(port, 64, pid)
        for name, p in [("public", pid)] + [
                ("store", c) for c in children(pid)]:
            print(json.dumps({"bench": "reports", "process": name,
                              "rss_mb": round(memory_mb(p), 1)}), flush=True)
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
    good = (many["errors"] == 0 and many["per_second"] >= LEAST_PER_SECOND
            and many["server_cpu_ms"] < MOST_CPU_MS)
    if not good:
        print("bench: reports misses its limits", file=sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
