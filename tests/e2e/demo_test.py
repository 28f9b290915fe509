#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration: made, served, and its whole story walked through the
server's pages. Speaks TAP. HL_BUILD names the build."""
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.environ.get("HL_HOTLINE",
                         os.path.join(BUILD, "src/main/hotline"))
ENV = dict(os.environ, HOTLINE_DATA=os.environ.get("HOTLINE_DATA", ROOT))


def free_ports():
    """Two that follow each other and were free a moment ago."""
    while True:
        port = random.randrange(15000, 32000)
        try:
            for one in (port, port + 1):
                with socket.socket() as s:
                    s.bind(("127.0.0.1", one))
            return port, port + 1
        except OSError:
            continue


class Demo:
    def __init__(self, folder):
        self.dir = os.path.join(folder, "var")
        self.ports = free_ports()
        self.server = None
        self.log = os.path.join(folder, "log")

    def run(self, *words):
        return subprocess.run([PROGRAM, *words, "--dir", self.dir], env=ENV,
                              text=True, capture_output=True, check=False,
                              timeout=300)

    def init(self):
        public, staff = self.ports
        return self.run(
            "init", "--demo", "--json",
            "--set", f"public.listen=127.0.0.1:{public}",
            "--set", f"staff.listen=127.0.0.1:{staff}")

    def start(self):
        with open(self.log, "w", encoding="utf-8") as log:
            self.server = subprocess.Popen(
                [PROGRAM, "serve", "--dir", self.dir], env=ENV, stderr=log)
        for _ in range(100):
            with open(self.log, encoding="utf-8") as log:
                if "serve.ready" in log.read():
                    return
            time.sleep(0.1)
        with open(self.log, encoding="utf-8") as log:
            raise AssertionError("never ready: " + log.read()[-2000:])

    def stop(self):
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(30)


def check(done, status):
    assert done.returncode == status, (
        f"exit status {done.returncode}, not {status}\n{done.stdout}"
        f"{done.stderr}")


def made(demo):
    done = demo.init()
    check(done, 0)
    logins = json.loads(done.stdout)["logins"]
    assert [x["login"] for x in logins] == [
        "sofie", "anna", "ben", "rita", "adam"], logins
    path = os.path.join(demo.dir, "demo-logins.json")
    assert os.stat(path).st_mode & 0o777 == 0o600


def sound(demo):
    check(demo.run("audit", "verify"), 0)
    done = demo.run("stats", "--json", "--from", "2020-01-01")
    check(done, 0)
    stats = json.loads(done.stdout)
    assert stats["reports"]["n"] >= 60, stats["reports"]
    for kind in ("police", "provider", "partner"):
        assert stats["referral"][kind]["answered"] > 0, kind
    assert stats["removal"]["from_notice"]["n"] > 5, stats["removal"]


def codes(demo):
    done = demo.run("demo", "code", "anna")
    check(done, 0)
    assert done.stdout.strip().isdigit() and len(done.stdout) == 7
    check(demo.run("demo", "code", "nobody"), 3)
    check(demo.run("demo", "code"), 2)
    check(demo.run("demo"), 2)


def not_served(demo):
    done = demo.run("demo", "walk")
    check(done, 1)
    assert "Not as expected. Expected: a page at /" in done.stderr


def walked(demo):
    demo.start()
    done = demo.run("demo", "walk")
    check(done, 0)
    assert "as expected at every step" in done.stdout
    for line in done.stdout.splitlines():
        print("# " + line)


def walked_again(demo):
    done = demo.run("demo", "walk")
    check(done, 0)
    demo.stop()
    check(demo.run("audit", "verify"), 0)


def main():
    folder = tempfile.mkdtemp(prefix="hl-demo-")
    os.chmod(folder, 0o755)
    demo = Demo(folder)
    cases = [made, sound, codes, not_served, walked, walked_again]
    failed = 0
    print(f"1..{len(cases)}")
    try:
        for i, case in enumerate(cases, 1):
            try:
                case(demo)
                print(f"ok {i} - {case.__name__}", flush=True)
            except (AssertionError, subprocess.TimeoutExpired) as e:
                failed = 1
                print(f"not ok {i} - {case.__name__}")
                print("# " + str(e).replace("\n", "\n# "), flush=True)
    finally:
        demo.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
