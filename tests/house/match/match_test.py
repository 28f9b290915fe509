# SPDX-License-Identifier: Apache-2.0
"""A hotline with its registry, and a replica of it: what is put into the
registry is answered by both, who is shut out is shut out by both, and either
may be killed at any moment."""
import json
import os
import random
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
import zlib

ROOT = os.environ["HL_SOURCE_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "tests", "fixtures"))
import httpd  # noqa: E402
from ports import free_port  # noqa: E402

HOTLINE = os.environ["HL_HOTLINE"]
PUT = os.environ["HL_REGISTRY_PUT"]
PATIENCE = 40  # seconds, of sanitized builds on a machine that is busy


def hotline(folder, *words):
    return subprocess.run(
        [HOTLINE, "--dir", folder, *words], text=True, capture_output=True,
        env=dict(os.environ, HOTLINE_DATA=ROOT), timeout=60, check=False)


def pdq(entry, flips=0):
    """Far from that of any other entry."""
    bits = random.Random(entry).getrandbits(256)
    for i in range(flips):
        bits ^= 1 << (i * 7)
    return f"{bits:064x}"


def png(side=96, flat=False):
    """A picture of steps, as a file; a flat one may be large."""
    rows = bytes(side * (side + 1)) if flat else b"".join(
        b"\0" + bytes((x * y // 40 + 90 * (x > 30 and y > 50)) % 256
                      for x in range(side)) for y in range(side))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Service:
    """What answers at an address; asked as programs ask."""

    def __init__(self, address):
        self.url = f"http://{address}"

    def ask(self, path, body=None, key=None, kind="application/json"):
        headers = {"Content-Type": kind}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read()
        except OSError:
            return 0, b""

    def json(self, *words, **more):
        status, body = self.ask(*words, **more)
        return status, json.loads(body) if body else {}

    def found(self, value, key, kind="pdq"):
        """How many matches, or the status when it is not 200."""
        status, got = self.json(
            "/v1/match", {"hashes": [{"kind": kind, "value": value}]},
            key=key)
        return got["results"][0]["found"] if status == 200 else -status


class Process:
    def __init__(self, words, log):
        self.log = log
        with open(log, "ab") as to:
            self.run = subprocess.Popen(
                words, stderr=to, stdout=to,
                env=dict(os.environ, HOTLINE_DATA=ROOT))

    def said(self):
        with open(self.log, encoding="utf-8") as f:
            return f.read()

    def child(self, name):
        pid = self.run.pid
        with open(f"/proc/{pid}/task/{pid}/children",
                  encoding="ascii") as f:
            for one in f.read().split():
                with open(f"/proc/{one}/comm", encoding="ascii") as comm:
                    if comm.read().strip() == name:
                        return int(one)
        return 0

    def kill(self, name):
        pid = self.child(name)
        if pid:
            os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self):
        self.run.send_signal(signal.SIGTERM)
        try:
            return self.run.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.run.kill()
            return self.run.wait()


class Front:
    """TLS before a hotline, as a web server is; can cut what it passes on
    behind so many bytes."""

    def __init__(self, folder, to):
        httpd.make_certificates(folder)
        self.ca = os.path.join(folder, "ca.pem")
        context = httpd.tls_context(folder)
        self.to, self.cut, self.n = to, None, 0
        self.socket = context.wrap_socket(
            socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                one = self.socket.accept()[0]
            except ssl.SSLError:
                continue
            except OSError:
                return
            threading.Thread(target=self.pass_on, args=(one,),
                             daemon=True).start()

    def pass_on(self, one):
        """One question a connection; enough for curl, which asks anew."""
        with one, socket.create_connection(self.to) as other:
            head = b""
            while b"\r\n\r\n" not in head:
                got = one.recv(4096)
                if not got:
                    return
                head += got
            other.sendall(head.replace(b"\r\n", b"\r\nConnection: close\r\n",
                                       1))
            self.n += 1
            answer = b""
            while True:
                got = other.recv(65536)
                if not got:
                    break
                answer += got
            one.sendall(answer[:self.cut])


class MatchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="hl-match-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.dir = os.path.join(cls.folder, "var")
        address = f"127.0.0.1:{free_port()}"
        made = hotline(cls.dir, "init", "--set", f"api.listen={address}",
                       "--set", "operator.name=Example Trust",
                       "--set", "api.picture_megapixels=4",
                       "--set", f"public.listen=127.0.0.1:{free_port()}",
                       "--set", f"staff.listen=127.0.0.1:{free_port()}")
        if made.returncode:
            raise AssertionError(made.stderr)
        cls.n = 0
        cls.keys = {}
        for name, scopes in (("all", "match,hash,metrics"),
                             ("few", "match"), ("feed", "feed")):
            cls.keys[name] = cls.make_key(name, scopes)[1]
        cls.house = Process([HOTLINE, "serve", "--dir", cls.dir],
                            os.path.join(cls.folder, "log"))
        # A test starts it anew.
        cls.addClassCleanup(lambda: cls.house.stop())
        cls.own = Service(address)
        cls.until(lambda: "serve.ready" in cls.house.said(), cls.house)
        cls.key_file = os.path.join(cls.folder, "feed.key")
        with open(os.open(cls.key_file, os.O_CREAT | os.O_WRONLY, 0o600),
                  "w", encoding="ascii") as f:
            f.write(cls.keys["feed"] + "\n")
        cls.start_replica()
        cls.until(lambda: cls.replica.ask("/v1/ready")[0] == 200,
                  cls.other)

    @classmethod
    def tearDownClass(cls):
        cls.other.stop()

    @classmethod
    def start_replica(cls):
        address = f"127.0.0.1:{free_port()}"
        cls.other = Process(
            [HOTLINE, "match-serve", "--follow", cls.own.url, "--key-file",
             cls.key_file, "--folder", os.path.join(cls.folder, "replica"),
             "--listen", address, "--picture-megapixels", "2"],
            os.path.join(cls.folder, "log.replica"))
        cls.replica = Service(address)
        cls.until(lambda: "match.serving" in cls.other.said(), cls.other)

    @staticmethod
    def until(good, process, patience=PATIENCE):
        began = time.monotonic()
        while not good():
            if time.monotonic() - began > patience:
                raise AssertionError(process.said()[-3000:])
            time.sleep(0.02)
        return time.monotonic() - began

    @classmethod
    def make_key(cls, name, scopes, *more):
        made = hotline(cls.dir, "apikey", "create", name, "--scope", scopes,
                       "--rate", "100000", *more)
        if made.returncode:
            raise AssertionError(made.stderr)
        return made.stdout.strip().split("\t")

    @classmethod
    def entry(cls):
        cls.n += 1
        return cls.n

    def put(self, *words):
        done = subprocess.run(
            [PUT, os.path.join(self.dir, "store.sock"),
             *(str(w) for w in words)], text=True, capture_output=True,
            timeout=60, check=False)
        self.assertEqual(0, done.returncode, done.stderr)

    def both(self, value, found, key="all"):
        """Both come to say so; how long that took."""
        return max(
            self.until(lambda: s.found(value, self.keys[key]) == found, p)
            for s, p in ((self.own, self.house), (self.replica, self.other)))

    def test_an_entry_is_answered_by_both_within_two_seconds(self):
        n = self.entry()
        self.both(pdq(n), 0)
        self.put("put", 1, n, pdq(n), "ab" * 16)
        took = self.both(pdq(n, 9), 1)
        print(f"# an entry was answered by both after {took:.2f} s")
        self.assertLess(took, 2)
        for service in (self.own, self.replica):
            status, got = service.json(
                "/v1/match", {"hashes": [
                    {"kind": "md5", "value": "AB" * 16},
                    {"kind": "pdq", "value": pdq(n, 9)}]},
                key=self.keys["few"])
            self.assertEqual(200, status)
            far = got["results"][1]["matches"][0]
            self.assertEqual(("pdq", 9, str(n), 1),
                             (far["kind"], far["distance"], far["entry"],
                              far["list"]))
            self.assertEqual("md5", got["results"][0]["matches"][0]["kind"])
            about = far["about"]
            self.assertEqual(("approved", "illegal_baseline", "partner",
                              "S-7", 0),
                             (about["state"], about["outcome"],
                              about["origin"], about["series"],
                              about["confirmations"]))
            self.assertRegex(about["ref"], "^H-....-....-.$")
            self.assertEqual(
                [("Assessed here", "Example Trust", False)],
                [(one["name"], one["owner"], one["negative"])
                 for one in got["lists"]])
        self.put("gone", n)
        self.both(pdq(n), 0)

    def test_harmless_things_clear(self):
        n, m = self.entry(), self.entry()
        self.put("put", 1, n, pdq(n))
        self.put("put", 2, m, pdq(n, 2))
        self.both(pdq(n, 2), 2)
        for service in (self.own, self.replica):
            _, got = service.json(
                "/v1/match",
                {"hashes": [{"kind": "pdq", "value": pdq(n, 2)}]},
                key=self.keys["few"])
            self.assertTrue(got["results"][0]["cleared"])

    def test_a_revoked_key_is_refused_by_both(self):
        ref, key = self.make_key("for a while", "match")
        for service in (self.own, self.replica):
            self.until(lambda s=service: s.found(pdq(0), key) == 0,
                       self.other)
        self.assertEqual(0, hotline(self.dir, "apikey", "revoke",
                                    ref).returncode)
        took = max(
            self.until(lambda s=service: s.found(pdq(0), key) == -401,
                       self.other)
            for service in (self.own, self.replica))
        print(f"# a revoked key was refused by both after {took:.2f} s")
        self.assertLess(took, 2)

    def test_scopes_are_kept(self):
        for service in (self.own, self.replica):
            for path, body, key, status in (
                    ("/v1/match", {"hashes": []}, None, 401),
                    ("/v1/match", {"hashes": []}, "feed", 403),
                    ("/v1/match", {"hashes": []}, "few", 400),
                    ("/v1/hash", b"x", "few", 403),
                    ("/metrics", None, "few", 403),
                    ("/metrics", None, "all", 200),
                    ("/v1/feed?after=0", None, "all",
                     403 if service is self.own else 404)):
                kind = ("image/png" if isinstance(body, bytes)
                        else "application/json")
                got, text = service.ask(path, body, kind=kind,
                                        key=key and self.keys[key])
                self.assertEqual(status, got, f"{path} {key} {text}")

    def test_use_is_noted_by_the_day(self):
        self.assertEqual(0, self.own.found(pdq(0), self.keys["few"]))

        def used():
            listed = hotline(self.dir, "apikey", "list", "--json")
            keys = {k["name"]: k for k in json.loads(listed.stdout)["keys"]}
            return re.fullmatch(r"\d{4}-\d\d-\d\d",
                                keys["few"].get("used", ""))
        self.until(used, self.house)

    def test_pictures_are_hashed_and_found(self):
        status, got = self.own.json("/v1/hash", png(), kind="image/png",
                                    key=self.keys["all"])
        self.assertEqual((200, "hashed", "png"),
                         (status, got["status"], got["format"]), got)
        value = [h["value"] for h in got["hashes"] if h["kind"] == "pdq"][0]
        self.put("put", 1, self.entry(), value)
        self.both(value, 1)
        for service in (self.own, self.replica):
            status, got = service.json("/v1/match?radius=4", png(),
                                       kind="application/octet-stream",
                                       key=self.keys["all"])
            self.assertEqual(200, status)
            self.assertEqual([0, 0, 0, 1],
                             [r["found"] for r in got["results"]])

    def test_a_decoder_that_dies_costs_one_answer(self):
        good = png()
        for process, service in ((self.house, self.own),
                                 (self.other, self.replica)):
            self.until(lambda p=process: p.child("media"), process)
            self.assertTrue(process.kill("media"))
            self.assertEqual(0, service.found(pdq(0), self.keys["all"]))
            self.until(lambda s=service: s.ask(
                "/v1/hash", good, kind="image/png",
                key=self.keys["all"])[0] == 200, process)

    def test_a_cut_picture_is_told(self):
        def hashed(body):
            status, got = self.own.json("/v1/hash", body, kind="image/png",
                                        key=self.keys["all"])
            self.assertEqual(200, status, got)
            return got["status"], got["damaged"], got["cut"], got["pictures"]
        good = png(600)
        self.assertEqual(("hashed", False, False, 1), hashed(good))
        self.assertEqual(("hashed", True, False, 1),
                         hashed(good[:len(good) * 4 // 5]))
        self.assertEqual(("damaged", True), hashed(good[:60])[:2])

    def test_the_operator_says_how_large_a_picture_may_be(self):
        """4 million pixels at the hotline, 2 million at its replica."""
        for side, own, other in ((1414, 200, 200), (1415, 200, 422),
                                 (2000, 200, 422), (2001, 422, 422),
                                 (16000, 422, 422)):
            body = png(side, flat=True)
            for service, wanted in ((self.own, own), (self.replica, other)):
                status, got = service.json("/v1/hash", body,
                                           kind="image/png",
                                           key=self.keys["all"])
                self.assertEqual((wanted, None if wanted == 200 else
                                  "picture_too_large"),
                                 (status, got.get("code")), f"{side} {got}")

    def test_killed_while_entries_come(self):
        numbers = [self.entry() for _ in range(60)]
        for i, n in enumerate(numbers):
            self.put("put", 1, n, pdq(n))
            if i % 12 == 5:
                self.house.kill("match")
            if i % 12 == 11:
                self.other.kill("match")
        for n in numbers:
            self.both(pdq(n), 1)

    def test_a_replica_that_was_cut_off_catches_up(self):
        n, m = self.entry(), self.entry()
        self.put("put", 1, n, pdq(n))
        self.both(pdq(n), 1)
        self.assertEqual(0, self.other.stop())
        self.put("put", 1, m, pdq(m))
        self.put("gone", n)
        self.start_replica()
        self.both(pdq(m), 1)
        self.both(pdq(n), 0)
        self.assertNotIn("lookup.load\"", self.other.said().rsplit(
            "match.serving", 1)[1])

    def test_without_its_hotline_a_replica_goes_on(self):
        n = self.entry()
        self.put("put", 1, n, pdq(n))
        self.both(pdq(n), 1)
        self.assertEqual(0, self.house.stop())
        try:
            self.assertEqual(1, self.replica.found(pdq(n),
                                                   self.keys["all"]))
            status, got = self.replica.json("/v1/ready")
            self.assertEqual((200, 0), (status, got["behind"]))
        finally:
            cls = type(self)
            cls.house = Process([HOTLINE, "serve", "--dir", self.dir],
                                os.path.join(self.folder, "log.again"))
            self.until(lambda: "serve.ready" in self.house.said(),
                       self.house)
        m = self.entry()
        self.put("put", 1, m, pdq(m))
        self.both(pdq(m), 1)

    def test_an_index_that_is_lost_is_made_again(self):
        """By the hotline under another name, so by its replica, too."""
        n = self.entry()
        self.put("put", 1, n, pdq(n))
        self.both(pdq(n), 1)
        before = self.replica.json("/v1/ready")[1]["registry"]
        at = os.path.join(self.dir, "match")
        os.rename(at, at + ".lost")
        os.mkdir(at, 0o700)
        self.house.stop()
        cls = type(self)
        cls.house = Process([HOTLINE, "serve", "--dir", self.dir],
                            os.path.join(self.folder, "log.lost"))
        self.until(lambda: "serve.ready" in self.house.said(), self.house)
        self.until(lambda: self.replica.json("/v1/ready")[1].get(
            "registry") not in (before, ""), self.other)
        self.both(pdq(n), 1)
        shutil.rmtree(at + ".lost")

    def test_nothing_asked_is_logged(self):
        value = pdq(987654321)
        self.own.found(value, self.keys["all"])
        self.replica.found(value, self.keys["all"])
        self.own.ask("/v1/match", {"hashes": [value]}, key=self.keys["all"])
        for log in os.listdir(self.folder):
            path = os.path.join(self.folder, log)
            if log.startswith("log") and os.path.isfile(path):
                with open(path, encoding="utf-8") as f:
                    text = f.read()
                self.assertNotIn(value, text)
                self.assertNotIn("hl_", text.replace("hl_proc_", ""))

    def test_over_tls_by_name_and_with_cuts(self):
        """Certificates are checked, names are looked up, and what was cut
        on its way is asked for again."""
        folder = os.path.join(self.folder, "tls")
        os.mkdir(folder)
        front = Front(folder, self.own.url[7:].split(":"))
        address = f"127.0.0.1:{free_port()}"
        words = [HOTLINE, "match-serve", "--follow",
                 f"https://localhost:{front.port}", "--key-file",
                 self.key_file, "--folder", os.path.join(folder, "index"),
                 "--listen", address, "--no-pictures"]
        log = os.path.join(self.folder, "log.tls")
        stranger = Process(words, log)
        self.until(lambda: "cannot be reached" in stranger.said(), stranger)
        self.assertIn("certificate", stranger.said())
        self.assertEqual(0, stranger.stop())
        self.assertEqual(0, front.n)
        front.cut = 700
        friend = Process([*words, "--ca-file", front.ca], log + "2")
        self.addCleanup(friend.stop)
        there = Service(address)
        self.until(lambda: front.n >= 2, friend)
        self.assertEqual(503, there.ask("/v1/ready")[0])
        front.cut = None
        self.until(lambda: there.ask("/v1/ready")[0] == 200, friend)
        n = self.entry()
        self.put("put", 1, n, pdq(n))
        self.until(lambda: there.found(pdq(n), self.keys["all"]) == 1,
                   friend)
        status, got = there.json("/v1/hash", png(), kind="image/png",
                                 key=self.keys["all"])
        self.assertEqual((503, "no_decoder"), (status, got.get("code")))
        front.socket.close()

    def test_a_folder_serves_one(self):
        done = subprocess.run(
            [HOTLINE, "match-serve", "--follow", self.own.url, "--key-file",
             self.key_file, "--folder", os.path.join(self.folder, "replica"),
             "--listen", f"127.0.0.1:{free_port()}"], text=True,
            capture_output=True, timeout=60, check=False)
        self.assertEqual(4, done.returncode, done.stderr)

    def test_what_a_replica_needs(self):
        with open(os.path.join(self.folder, "no.key"), "w",
                  encoding="ascii") as f:
            f.write("no key\n")
        os.chmod(f.name, 0o600)
        good = {"--follow": self.own.url, "--key-file": self.key_file,
                "--folder": os.path.join(self.folder, "r2"),
                "--listen": f"127.0.0.1:{free_port()}"}
        for change, status, word in (
                ({"--follow": "http://192.0.2.1"}, 1, "https://"),
                ({"--follow": "ftp://127.0.0.1"}, 1, "https://"),
                ({"--key-file": self.folder + "/none"}, 3, "there is no"),
                ({"--key-file": f.name}, 1, "holds no key"),
                ({"--listen": "example.org:80"}, 1, ""),
                ({"--listen": None}, 2, "usage"),
                ({"--picture-megapixels": "0"}, 2, "from 1 to 268"),
                ({"--picture-megapixels": "269"}, 2, "from 1 to 268"),
                ({"--picture-seconds": "soon"}, 2, "from 1 to 3600"),
                ({"--picture-memory-mib": "63"}, 2, "from 64 to 65536"),
                ({"--picture-memory-mib": "64 MiB"}, 2, "a whole number"),
                ({"--all": "x"}, 2, "usage")):
            words = [w for k, v in {**good, **change}.items() if v
                     for w in (k, v)]
            done = subprocess.run(
                [HOTLINE, "match-serve", *words], text=True,
                capture_output=True, timeout=60, check=False)
            self.assertEqual(status, done.returncode,
                             f"{change} {done.stderr}")
            self.assertIn(word, done.stderr)
        os.chmod(self.key_file, 0o644)
        words = [w for pair in good.items() for w in pair]
        done = subprocess.run([HOTLINE, "match-serve", *words], text=True,
                              capture_output=True, timeout=60, check=False)
        os.chmod(self.key_file, 0o600)
        self.assertEqual(1, done.returncode)
        self.assertIn("chmod 600", done.stderr)


if __name__ == "__main__":
    unittest.main()
