#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A clean build of the program, without a compiler cache.

Prints one JSON line; fails when the limit is missed.
"""
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MOST_S = 60.0


def main():
    env = dict(os.environ, CC="gcc", CCACHE_DISABLE="1")
    with tempfile.TemporaryDirectory(prefix="hotline-build-") as build:
        start = time.monotonic()
        for command in (["meson", "setup", build, ROOT],
                        ["ninja", "-C", build, "src/main/hotline"]):
            subprocess.run(command, env=env, check=True,
                           stdout=subprocess.DEVNULL)
        wall = time.monotonic() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    print(json.dumps({"name": "clean build", "value": round(wall, 1),
                      "unit": "s", "peer": None, "ratio": None,
                      "machine": machine}))
    print(json.dumps({"name": "clean build, CPU time", "value": round(cpu, 1),
                      "unit": "s", "peer": None, "ratio": None,
                      "machine": machine}))
    return 1 if wall > MOST_S else 0


if __name__ == "__main__":
    sys.exit(main())
