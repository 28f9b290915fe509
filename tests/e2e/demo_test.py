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
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.environ.get("HL_HOTLINE",
                         os.path.join(BUILD, "src/main/hotline"))
ENV = dict(os.environ, HOTLINE_DATA=os.environ.get("HOTLINE_DATA", ROOT))


def free_ports():
    """Four that follow each other and were free a moment ago."""
    while True:
        port = random.randrange(15000, 32000)
        try:
            for one in range(port, port + 4):
                with socket.socket() as s:
                    s.bind(("127.0.0.1", one))
            return range(port, port + 4)
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
        public, staff, api, lists = self.ports
        return self.run(
            "init", "--demo", "--json",
            "--set", f"public.listen=127.0.0.1:{public}",
            "--set", f"staff.listen=127.0.0.1:{staff}",
            "--set", f"api.listen=127.0.0.1:{api}",
            "--set", f"lists.listen=127.0.0.1:{lists}",
            "--set", f"lists.url=http://127.0.0.1:{lists}")

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
    told = json.loads(done.stdout)
    assert told["api_key"].startswith("hl_"), told
    assert told["api_listen"] == f"127.0.0.1:{demo.ports[2]}", told
    assert told["lists_url"] == f"http://127.0.0.1:{demo.ports[3]}", told
    assert told["list_token"].startswith("hl_"), told
    assert told["consumer"].startswith("U-"), told
    logins = told["logins"]
    assert [x["login"] for x in logins] == [
        "sofie", "simon", "anna", "ben", "rita", "adam"], logins
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


def known(demo):
    """Entries in every state, a partner's list, two cases resolved."""
    done = demo.run("registry", "lists", "--json")
    check(done, 0)
    lists = {x["name"]: x for x in json.loads(done.stdout)["lists"]}
    entries = {name: x["entries"] for name, x in lists.items()}
    assert entries == {"Assessed here": 4, "Known to be harmless": 1,
                       "Example partner\u2019s list": 40}, entries
    done = demo.run("stats", "--json")
    check(done, 0)
    assert json.loads(done.stdout)["cases"]["without_a_view"] == 2
    done = demo.run("audit", "list", "--json")
    for kind in ("hash.withdrawn", "hash.confirmed", "hash.doubted",
                 "hash_list.imported", "system.api_key_created"):
        assert f'"{kind}"' in done.stdout, kind


def listed(demo):
    """A root, who blocks, entries in every state, counters of 45 days."""
    done = demo.run("list", "root", "show")
    check(done, 0)
    assert "2 of its keys have signed, 2 must" in done.stdout, done.stdout
    check(demo.run("list", "status"), 0)
    done = demo.run("audit", "list", "--json")
    for kind in ("list_entry.proposed", "list_entry.approved",
                 "list_entry.refused", "list_entry.ended",
                 "list_entry.looked", "consumer.approved",
                 "appeal.received", "appeal.decided"):
        assert f'"{kind}"' in done.stdout, kind
    done = demo.run("stats", "--json")
    check(done, 0)
    days = json.loads(done.stdout)["blocked_requests"]
    assert len(days) >= 29, days
    assert all(x["n"] > 0 for x in days.values()), days


def first_sha256():
    """Of the first entry on "Assessed here": src/main/demo_hashes.c."""
    seed, words = 20261122, []
    for _ in range(8):  # four of a PDQ hash, then four of this one
        seed = (seed + 0x9e3779b97f4a7c15) & (2 ** 64 - 1)
        z = seed
        z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & (2 ** 64 - 1)
        z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & (2 ** 64 - 1)
        words.append((z ^ (z >> 31)).to_bytes(8, "little"))
    return {"kind": "sha256", "value": b"".join(words[4:]).hex()}


def answers(demo):
    """The key opens the service that matches, and only with it."""
    with open(os.path.join(demo.dir, "demo-logins.json"),
              encoding="utf-8") as f:
        key = json.load(f)["api_key"]
    url = f"http://127.0.0.1:{demo.ports[2]}/v1/match"
    body = json.dumps({"hashes": [
        {"kind": "pdq", "value": "0" * 63 + "1"}, first_sha256()]})
    ask = urllib.request.Request(url, body.encode(), {
        "Content-Type": "application/json", "Authorization": f"Bearer {key}"})
    for _ in range(50):
        try:
            with urllib.request.urlopen(ask, timeout=5) as got:
                results = json.load(got)["results"]
                assert [x["found"] for x in results] == [0, 1], results
                return
        except urllib.error.HTTPError as e:
            assert e.code in (401, 503), e
            time.sleep(0.1)
    raise AssertionError("the service never let the key in")


def not_served(demo):
    done = demo.run("demo", "walk")
    check(done, 1)
    assert "Not as expected. Expected: a page at /" in done.stderr


def walked(demo):
    demo.start()
    done = demo.run("demo", "walk")
    check(done, 0)
    assert "as expected at every step" in done.stdout
    assert "and nobody had to look" in done.stdout
    said = [x.split(",")[0].split()[0] for x in done.stdout.splitlines()
            if " seconds" in x]
    assert said == ["clear", "listed", "clear"], said
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
    cases = [made, sound, known, listed, codes, not_served, walked, answers,
             walked_again]
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
