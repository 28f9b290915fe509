#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whole reports, sealed and on the disk, through a running hotline.

Makes an installation in a folder of the build, serves it with all its
processes in their sandboxes, and lets bench/report_load send for some seconds
from 1 and from 64 connections over loopback. Prints one JSON line a measure;
fails when a limit is missed.
"""
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
HOTLINE = os.path.join(BUILD, "src", "main", "hotline")
LEAST_PER_SECOND = 1000
MOST_CPU_MS = 1.0
MOST_START_S = 0.2
MOST_MB = 20.0
SECONDS = 10
# Measured on such a machine, not in the same run: docs/performance.md.
PEER = {"per_second": 4.7, "server_cpu_ms": 90, "p50_ms": 313, "p95_ms": 829,
        "rss": 124, "start": 3.7}


def tell(name, value, unit, peer=None):
    """One line a measure; a ratio above 1 is the larger number here."""
    print(json.dumps({
        "name": f"reports.{name}", "value": value, "unit": unit,
        "peer": peer and {"name": "GlobaLeaks 5.0 at 4 connections, another run",
                          "value": peer},
        "ratio": peer and float(f"{value / peer:.3g}"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores"}),
        flush=True)


def load(port, connections, pid):
    done = subprocess.run(
        [os.path.join(BUILD, "bench", "report_load"), str(port),
         str(connections), str(SECONDS), str(pid)],
        stdout=subprocess.PIPE, text=True, check=False)
    seen = json.loads(done.stdout)
    for key, unit in (("per_second", "1/s"), ("errors", ""),
                      ("server_cpu_ms", "ms"), ("p50_ms", "ms"),
                      ("p95_ms", "ms")):
        tell(f"{connections}_connections.{key}", seen[key], unit,
             PEER.get(key))
    return seen


def memory_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        for line in f:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def processes(pid):
    """The hotline's processes by the name that `ps` shows."""
    found = {}
    for folder in os.listdir("/proc"):
        try:
            with open(f"/proc/{folder}/stat", encoding="ascii") as f:
                ppid = int(f.read().rsplit(")", 1)[1].split()[1])
            if ppid == pid or folder == str(pid):
                with open(f"/proc/{folder}/comm", encoding="ascii") as f:
                    found[int(folder)] = f.read().strip()
        except (OSError, ValueError, IndexError):
            pass
    return found


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(folder, port):
    """The supervisor, and the seconds until the form was there."""
    subprocess.run(
        [HOTLINE, "init", "--dir", folder,
         "--set", f"public.listen=127.0.0.1:{port}",
         "--set", f"staff.listen=127.0.0.1:{free_port()}",
         "--set", "report.rate_limit=0", "--set", "log.level=warn"],
        stdout=subprocess.DEVNULL, check=True)
    began = time.monotonic()
    server = subprocess.Popen([HOTLINE, "serve", "--dir", folder])
    while time.monotonic() - began < 20:
        try:
            address = f"http://127.0.0.1:{port}/"
            with urllib.request.urlopen(address, timeout=10) as page:
                page.read()
            return server, time.monotonic() - began
        except OSError:
            time.sleep(0.002)
    server.terminate()
    raise SystemExit("bench: the hotline did not start")


def measure(folder):
    port = free_port()
    server, took = start(folder, port)
    most_mb = 0.0
    try:
        tell("start", round(took, 3), "s", PEER["start"])
        load(port, 1, server.pid)
        many = load(port, 64, server.pid)
        for pid, name in processes(server.pid).items():
            most_mb = max(most_mb, memory_mb(pid))
            tell(f"rss.{name}", round(memory_mb(pid), 1), "MB",
                 PEER["rss"] if name == "public" else None)
    finally:
        server.terminate()
        server.wait(30)
    return {"errors": many["errors"] == 0,
            "reports a second": many["per_second"] >= LEAST_PER_SECOND,
            "CPU a report": many["server_cpu_ms"] < MOST_CPU_MS,
            "start": took < MOST_START_S,
            "memory": most_mb < MOST_MB}


def main():
    # Not below /tmp, which may be memory: durable means a disk.
    os.environ.setdefault("HOTLINE_DATA", ROOT)
    folder = tempfile.mkdtemp(prefix="bench-reports-", dir=BUILD)
    try:
        met = measure(os.path.join(folder, "hotline"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    missed = [name for name, good in met.items() if not good]
    if missed:
        print(f"bench: reports misses: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
