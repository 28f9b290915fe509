# SPDX-License-Identifier: Apache-2.0
"""A whole hotline, as loud as it can be, under the usual umask: where people
are, what they wrote and what opens things is in no log line, no file and no
command line, also when things go wrong."""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.environ["HL_SOURCE_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "tests", "fixtures"))
from ports import free_port  # noqa: E402

HOTLINE = os.environ["HL_HOTLINE"]

# Where the sender is: the socket's own end, and what a proxy says.
PEER = "127.83.19.7"
HEADERS = {
    "X-Real-IP": "203.0.113.77",
    "X-Forwarded-For": "198.51.100.23, 2001:db8:77::9",
    "Forwarded": "for=192.0.2.61;proto=https",
    "True-Client-IP": "203.0.113.78",
    "CF-Connecting-IP": "203.0.113.79",
    "X-Client-IP": "203.0.113.80",
    "Via": "1.1 203.0.113.81",
}
ADDRESSES = (PEER, "203.0.113.", "198.51.100.23", "2001:db8:77::9",
             "192.0.2.61")
# What somebody types, and where it must not turn up.
WORDS = "quillwort lantern"
URL = "https://sundew.example.org/moss"
CONTACT = "person@fern.example.org"
PASSWORD = "brittle-horsetail-93"
TYPED = ("quillwort", "sundew", "fern.example", "horsetail")


class House:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="hl-secrets-")
        self.dir = os.path.join(self.folder, "hotline")
        self.log_path = os.path.join(self.folder, "log")
        self.ports = (free_port(), free_port())
        self.hosts = ("report.example.org", "desk.example.org")
        env = dict(os.environ, HOTLINE_DATA=ROOT)
        before = os.umask(0o022)
        made = subprocess.run(
            [HOTLINE, "init", "--dir", self.dir,
             "--set", f"public.listen=127.0.0.1:{self.ports[0]}",
             "--set", f"staff.listen=127.0.0.1:{self.ports[1]}",
             "--set", "public.url=https://report.example.org",
             "--set", "staff.url=https://desk.example.org",
             "--set", "public.peer_header=X-Real-IP",
             "--set", "mail.transport=folder",
             "--set", "mail.from=hotline@example.org",
             "--set", "log.level=debug"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=env, check=True)
        self.first_logins = re.findall(r"(?:\w{4}-){3}\w{4}", made.stdout)
        with open(self.log_path, "wb") as log:
            self.server = subprocess.Popen(
                [HOTLINE, "serve", "--dir", self.dir], stdout=log,
                stderr=log, env=env)
        os.umask(before)
        until = time.monotonic() + 20
        while "serve.ready" not in self.log():
            if time.monotonic() > until or self.server.poll() is not None:
                raise AssertionError("no hotline: " + self.log())
            time.sleep(0.01)

    def log(self):
        with open(self.log_path, encoding="utf-8") as f:
            return f.read()

    def send(self, which, method, path, body=None, **headers):
        c = http.client.HTTPConnection(
            "127.0.0.1", self.ports[which], timeout=20,
            source_address=(PEER, 0))
        all_headers = dict(HEADERS, Host=self.hosts[which])
        all_headers.update(
            (k.replace("_", "-"), v) for k, v in headers.items())
        try:
            c.request(method, path, body, all_headers)
            r = c.getresponse()
            return r.status, r.getheaders(), r.read().decode()
        finally:
            c.close()

    def send_raw(self, which, data):
        with socket.create_connection(
                ("127.0.0.1", self.ports[which]), 10, (PEER, 0)) as s:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            try:
                while s.recv(4096):
                    pass
            except OSError:
                pass

    def report(self, **more):
        body = dict({"schema": 1, "danger": "unknown", "place": "website",
                     "addresses": [URL], "words": WORDS}, **more)
        return self.send(0, "POST", "/api/v1/reports", json.dumps(body),
                         Content_Type="application/json")

    def children(self):
        pids = [self.server.pid]
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                    if int(f.read().rsplit(")", 1)[1].split()[1]) == pids[0]:
                        pids.append(int(pid))
            except (OSError, ValueError):
                pass
        return pids

    def files(self):
        for folder, _, names in os.walk(self.dir):
            for name in names:
                path = os.path.join(folder, name)
                if stat.S_ISREG(os.lstat(path).st_mode):
                    with open(path, "rb") as f:
                        yield os.path.relpath(path, self.dir), f.read()

    def stop(self):
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(30)

    def end(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class SecretsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = h = House()
        cls.addClassCleanup(h.end)
        cls.answers = {}
        cls.cookies = []
        for name, call in cls.visits(h):
            try:
                status, headers, body = call()
            except (http.client.HTTPException, OSError) as e:
                status, headers, body = 0, [], str(e)
            cls.answers[name] = status, headers, body
            cls.cookies += [v for k, v in headers
                            if k.lower() == "set-cookie"]
        for data in (b"\x16\x03\x01 quillwort\r\n\r\n",
                     b"GET /quillwort HTTP/9.9\r\n\r\n",
                     b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\n"
                     b"Content-Length: 900\r\n\r\n{\"words\":\"quillwort",
                     b"GET / HTTP/1.1\r\nX-Real-IP: 203.0.113.77\r\n"
                     b"Bad Header\r\n\r\n"):
            h.send_raw(0, data)
            h.send_raw(1, data)
        until = time.monotonic() + 20
        while not cls.read(os.path.join(h.dir, "audit.checkpoints")) and \
                time.monotonic() < until:
            time.sleep(0.05)
        cls.command_lines = cls.read_proc("cmdline") + cls.read_proc("environ")
        cls.limits = [cls.read(f"/proc/{p}/limits") for p in h.children()]
        cls.modes = {
            os.path.relpath(os.path.join(folder, name), h.dir):
            os.lstat(os.path.join(folder, name)).st_mode
            for folder, dirs, names in os.walk(h.dir)
            for name in dirs + names + [os.curdir]}
        h.stop()
        cls.log = h.log()
        cls.held = dict(h.files())

    @staticmethod
    def read(path):
        with open(path, "rb") as f:
            return f.read()

    @classmethod
    def read_proc(cls, name):
        return b"\n".join(cls.read(f"/proc/{p}/{name}")
                          for p in cls.house.children())

    @classmethod
    def visits(cls, h):
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        yield "front", lambda: h.send(0, "GET", "/")
        yield "form", lambda: h.send(0, "GET", "/report/danger")
        yield "sent", lambda: h.report(contact=CONTACT)
        yield "contact", lambda: h.report(contact={"mail": CONTACT})
        yield "broken", lambda: h.send(
            0, "POST", "/api/v1/reports", '{"words":"' + WORDS,
            Content_Type="application/json")
        yield "unknown", lambda: h.report(place=WORDS)
        yield "lost", lambda: h.send(0, "GET", "/quillwort?sundew=1")
        yield "large", lambda: h.report(words=WORDS * 20000)
        yield "status", lambda: h.send(
            0, "POST", "/api/v1/status", json.dumps({"receipt": WORDS}),
            Content_Type="application/json")
        yield "origin", lambda: h.send(
            0, "POST", "/report/danger", "danger=" + PASSWORD,
            Origin="https://elsewhere.invalid", Sec_Fetch_Site="cross-site",
            **form)
        yield "wrong", lambda: h.send(
            1, "POST", "/login", f"login=admin&password={PASSWORD}", **form)
        yield "nobody", lambda: h.send(
            1, "POST", "/login", f"login=horsetail&password={PASSWORD}",
            **form)
        yield "login", lambda: h.send(
            1, "POST", "/login", "login=admin&password=" +
            h.first_logins[-1], **form)
        yield "stolen", lambda: h.send(
            1, "POST", "/login", "login=admin&password=" +
            h.first_logins[-1], Sec_Fetch_Site="cross-site", **form)

    def everywhere(self, needle):
        found = []
        if needle.lower() in self.log.lower():
            found.append("the log")
        for name, data in self.held.items():
            if needle.lower().encode() in data.lower():
                found.append(name)
        return found

    def test_the_visits_were_what_they_seem(self):
        sent = self.answers["sent"][0], self.answers["contact"][0]
        self.assertIn(201, sent)
        for name, want in (("front", 200), ("broken", 400), ("lost", 404),
                           ("large", 413), ("wrong", 422), ("nobody", 422),
                           ("login", 303), ("stolen", 403)):
            self.assertEqual(want, self.answers[name][0], name)
        # the search finds what is there: an open word of the same store
        self.assertIn("hotline.db", self.everywhere("supervisor"))

    def test_no_network_address_is_kept(self):
        for address in ADDRESSES:
            self.assertEqual([], self.everywhere(address), address)
        packed = socket.inet_pton(socket.AF_INET6, "2001:db8:77::9")
        for name, data in self.held.items():
            self.assertNotIn(packed, data, name)

    def test_nothing_that_was_typed_is_in_clear(self):
        for word in TYPED:
            self.assertEqual([], self.everywhere(word), word)

    def test_receipts_and_logins_are_not_kept(self):
        receipts = [json.loads(body)["receipt"]
                    for status, _, body in self.answers.values()
                    if status == 201]
        self.assertTrue(receipts)
        for secret in receipts + self.house.first_logins:
            for form in (secret, secret.replace("-", "")):
                self.assertEqual([], self.everywhere(form))

    def test_cookies_are_bound_and_say_nothing(self):
        self.assertTrue(self.cookies)
        for cookie in self.cookies:
            pair, *attributes = [p.strip() for p in cookie.split(";")]
            name, value = pair.split("=", 1)
            self.assertTrue(name.startswith("__Host-"), cookie)
            self.assertTrue({"Secure", "HttpOnly", "Path=/",
                             "SameSite=Strict"} <= set(attributes), cookie)
            self.assertFalse([a for a in attributes
                              if a.lower().startswith("domain")], cookie)
            if len(value) > 20:
                self.assertEqual([], self.everywhere(value))

    def test_command_lines_have_no_secret(self):
        self.assertIn(b"serve", self.command_lines)
        for secret in self.house.first_logins + [PASSWORD]:
            self.assertNotIn(secret.encode(), self.command_lines)

    def test_processes_leave_no_core(self):
        quiet = [t for t in self.limits
                 if re.search(rb"Max core file size +0 +0 ", t)]
        self.assertGreaterEqual(len(quiet), len(self.limits) - 1)
        self.assertGreaterEqual(len(quiet), 4)

    def test_the_worker_reaches_its_checkpoints(self):
        """It is shut out of the folder around them."""
        self.assertIn(b"openhotline checkpoint 1",
                      self.held["audit.checkpoints"])
        self.assertIn("outbox", self.modes)
        self.assertNotIn('"error"', self.log)

    def test_files_are_the_owners_alone(self):
        """Public keys and law profiles may be read; the folder around them
        is closed all the same."""
        self.assertEqual(0o700, stat.S_IMODE(self.modes["."]))
        for path, mode in self.modes.items():
            may = 0o644 if path.endswith(".pub") or \
                path.startswith("laws/") and path.endswith(".json") else 0o700
            self.assertEqual(0, stat.S_IMODE(mode) & ~may, path)
        for path in ("hotline.db", "hotline.db-wal", "hotline.conf",
                     "store.sock", "audit.checkpoints",
                     "keys/worker.key", "keys/sign.key"):
            self.assertEqual(0o600, stat.S_IMODE(self.modes[path]), path)


if __name__ == "__main__":
    unittest.main()
