#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hash look-ups over HTTP.

Makes an index of 1 and 10 million entries, serves it with a replica
(`hotline match-serve`) in its sandbox that follows a hotline made of a few
lines here, and lets wrk (Debian's) ask for some seconds over loopback: single
hashes and batches. Nine of ten hashes are near none, one is 10 bits from an
entry, and the answers are looked at once before it counts. Prints one JSON
line a measure; fails when a limit is missed. HL_SERVICE_N: other sizes.
"""
import base64
import hashlib
import http.server
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
HOTLINE = os.path.join(BUILD, "src", "main", "hotline")
SIZES = [int(n) for n in
         os.environ.get("HL_SERVICE_N", "1000000 10000000").split()]
LEAST_PER_SECOND = 4000  # of single look-ups, on 2 cores, at the last size
SECONDS = int(os.environ.get("HL_SERVICE_SECONDS", "8"))
BATCHES = (1, 32, 256)
REGISTRY = "be0c" * 8
M64 = (1 << 64) - 1


def tell(name, value, unit):
    print(json.dumps({
        "name": f"service.{name}", "value": value, "unit": unit,
        "peer": None, "ratio": None,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores"}),
        flush=True)


def splitmix64(x):
    x = (x + 0x9e3779b97f4a7c15) & M64
    x = ((x ^ (x >> 30)) * 0xbf58476d1ce4e5b9) & M64
    x = ((x ^ (x >> 27)) * 0x94d049bb133111eb) & M64
    return x ^ (x >> 31)


def hash_of(entry):
    bits = 0
    for word in range(4):
        bits = bits << 64 | splitmix64(4 * entry + word)
    return bits


def make_key():
    raw = os.urandom(32)
    digest = hashlib.blake2b(raw, digest_size=32, person=b"OHL tok api")
    text = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return "hl_" + text, digest.hexdigest()


class Feed(http.server.BaseHTTPRequestHandler):
    """A hotline of which only the feed is there, with nothing new."""
    n = 0
    key_hash = ""

    def do_GET(self):
        head = {"feed": 1, "registry": REGISTRY, "after": self.n,
                "last": self.n, "head": self.n, "floor": 0, "changes": 0,
                "keys": {"tag": "00" * 16, "list": [
                    {"id": 1, "hash": self.key_hash, "scopes": ["match"],
                     "rate": 1000000, "until": 0}]}}
        body = (json.dumps(head) + "\n" +
                json.dumps({"end": self.n}) + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def serve_feed(n, key_hash):
    handler = type("It", (Feed,), {"n": n, "key_hash": key_hash})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def body_of(rng, n, batch):
    hashes = []
    for _ in range(batch):
        if rng.random() < 0.1:
            bits = hash_of(rng.randint(1, n))
            for bit in rng.sample(range(256), 10):
                bits ^= 1 << bit
        else:
            bits = rng.getrandbits(256)
        hashes.append({"kind": "pdq", "value": f"{bits:064x}"})
    return json.dumps({"hashes": hashes}, separators=(",", ":"))


def write_bodies(folder, n, batch):
    rng = random.Random(batch)
    path = os.path.join(folder, f"bodies.{batch}")
    with open(path, "w", encoding="ascii") as f:
        for _ in range(20000 // batch + 50):
            f.write(body_of(rng, n, batch) + "\n")
    return path


def check(url, key, n):
    """The answers are what they must be."""
    rng = random.Random(7)
    entries = [rng.randint(1, n) for _ in range(200)]
    values = []
    for entry in entries:
        bits = hash_of(entry)
        for bit in rng.sample(range(256), 31):
            bits ^= 1 << bit
        values.append({"kind": "pdq", "value": f"{bits:064x}"})
    request = urllib.request.Request(
        url + "/v1/match", json.dumps({"hashes": values}).encode(),
        {"Authorization": "Bearer " + key,
         "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        got = json.load(answer)
    found = [[m["entry"] for m in r["matches"]] for r in got["results"]]
    if not all(str(e) in f for e, f in zip(entries, found)):
        sys.exit("service: an entry at distance 31 was not found")


def child(pid, name):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        for one in f.read().split():
            with open(f"/proc/{one}/comm", encoding="ascii") as comm:
                if comm.read().strip() == name:
                    return int(one)
    return 0


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        for line in f:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
    return 0.0


def ask(url, key, bodies, connections, pid):
    before = cpu_s(pid)
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout",
         "30s", "-s", os.path.join(ROOT, "bench", "service.lua"), url,
         "--", bodies, key], stdout=subprocess.PIPE, text=True, check=True)
    cpu = cpu_s(pid) - before
    line = [x for x in done.stdout.splitlines() if x.startswith("RESULT")]
    requests, took_us, errors, p50, p99, _ = map(int, line[0].split()[1:])
    if errors:
        sys.exit(f"service: {errors} of {requests} requests failed")
    return requests / (took_us / 1e6), cpu / requests, p50, p99


def measure(folder, n, key, server):
    log = open(os.path.join(folder, "log"), "w", encoding="utf-8")
    words = [HOTLINE, "match-serve", "--follow",
             f"http://127.0.0.1:{server.server_port}", "--key-file",
             os.path.join(folder, "key"), "--folder",
             os.path.join(folder, "index"), "--listen", "127.0.0.1:0",
             "--no-pictures"]
    began = time.monotonic()
    with subprocess.Popen(words, stderr=log) as run:
        try:
            return measure_run(folder, n, key, run, began)
        finally:
            run.send_signal(signal.SIGTERM)


def ready_url(folder, began):
    while True:
        with open(os.path.join(folder, "log"), encoding="utf-8") as f:
            for line in f:
                if "match.serving" in line:
                    address = json.loads(line)["text"].split()[0]
                    url = "http://" + address
                    try:
                        urllib.request.urlopen(url + "/v1/ready", timeout=5)
                        return url
                    except OSError:
                        pass
        if time.monotonic() - began > 60:
            sys.exit("service: not ready")
        time.sleep(0.01)


def measure_run(folder, n, key, run, began):
    url = ready_url(folder, began)
    name = f"{n // 1000000}M"
    tell(f"{name}.start_to_ready", round(time.monotonic() - began, 3), "s")
    pid = child(run.pid, "match")
    check(url, key, n)
    single = 0.0
    for batch in BATCHES:
        bodies = write_bodies(folder, n, batch)
        for connections in (1, 16):
            rate, cpu, p50, p99 = ask(url, key, bodies, connections, pid)
            at = f"{name}.batch_{batch}.{connections}_connections"
            tell(f"{at}.lookups", round(rate * batch), "1/s")
            tell(f"{at}.cpu_per_lookup", round(cpu / batch * 1e6, 2), "us")
            tell(f"{at}.p50", p50, "us")
            tell(f"{at}.p99", p99, "us")
            if batch == 1:
                single = max(single, rate)
    tell(f"{name}.heap", round(memory_mb(pid), 1), "MB")
    return single


def main():
    if not shutil.which("wrk"):
        print("service: skipped, there is no wrk (apt install wrk)",
              file=sys.stderr)
        return 0
    single = 0.0
    for n in SIZES:
        folder = tempfile.mkdtemp(prefix="hl-service-", dir=BUILD)
        try:
            os.mkdir(os.path.join(folder, "index"))
            subprocess.run([os.path.join(BUILD, "bench", "match_index"),
                            os.path.join(folder, "index"), str(n)],
                           check=True)
            key, key_hash = make_key()
            with open(os.open(os.path.join(folder, "key"),
                              os.O_CREAT | os.O_WRONLY, 0o600),
                      "w", encoding="ascii") as f:
                f.write(key)
            server = serve_feed(n, key_hash)
            single = measure(folder, n, key, server)
            server.shutdown()
        finally:
            shutil.rmtree(folder)
    return 0 if single >= LEAST_PER_SECOND else 1


if __name__ == "__main__":
    sys.exit(main())
