#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs of Debian that ask a list: squid with the helper and as a client
of the ICAP service, c-icap-client, nginx, HAProxy; with the files of
examples/consumers, of which only paths and ports are changed. Everything on
loopback. Speaks TAP. HL_BUILD names the build."""
import concurrent.futures
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.path.abspath(os.environ.get(
    "HL_HOTLINE", os.path.join(BUILD, "src/main/hotline")))
EXAMPLES = os.path.join(ROOT, "examples", "consumers")
LIST = """# invented
example.org/blocked/page.html entry=42
whole.example entry=7
slow.example/x entry=8 confirm=50
gone.example entry=9 confirm=fail
"""
PATIENCE_S = 20


def until(what, say):
    """Waits for a condition, not for a time."""
    end = time.monotonic() + PATIENCE_S
    while True:
        got = what()
        if got:
            return got
        assert time.monotonic() < end, f"never: {say}"
        time.sleep(0.02)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Origin(http.server.BaseHTTPRequestHandler):
    """The sites: says what was asked for, and how much came with it."""
    protocol_version = "HTTP/1.1"

    def answer(self):
        left = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(left)
        text = f"site {self.path} {len(body)}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass  # a proxy hung up


class World:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="hl-consumers-")
        os.chmod(self.dir, 0o755)
        # squid becomes another user, who may not come to the build's folder
        self.program = self.path("hotline")
        shutil.copy(PROGRAM, self.program)
        os.chmod(self.program, 0o755)
        self.put_list(LIST)
        self.origin = Server(("127.0.0.1", 0), Origin)
        self.site = self.origin.server_address[1]
        threading.Thread(target=self.origin.serve_forever,
                         daemon=True).start()
        self.children, self.logs = [], {}
        self.icap = self.service("serve-icap")
        self.http = self.service("serve-http")

    def path(self, name):
        return os.path.join(self.dir, name)

    def put_list(self, text):
        new = self.path("list.new")
        with open(new, "w", encoding="ascii") as f:
            f.write(text)
        os.rename(new, self.path("list"))

    def start(self, name, words):
        """In a session of its own, so that all of it can be ended."""
        log = open(self.path(name + ".log"), "wb")
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL,
                                 stdout=log, stderr=log, cwd=self.dir,
                                 start_new_session=True)
        log.close()
        self.children.append(child)
        return child

    def log(self, name):
        with open(self.path(name + ".log"), encoding="utf-8",
                  errors="replace") as f:
            return f.read()

    def service(self, verb):
        child = self.start(verb, [
            self.program, "list", verb, "--file", self.path("list"),
            "--listen", "127.0.0.1:0", "--who", "A School",
            "--hotline", "Example Hotline"])
        found = until(lambda: re.search(r'"127\.0\.0\.1:(\d+)"',
                                        self.log(verb)), verb)
        setattr(self, verb.replace("-", "_"), child)
        return int(found.group(1))

    def squid(self, example, changes=()):
        """Of the example, under the name of its file."""
        port = free_port()
        with open(self.path("hosts"), "w", encoding="ascii") as f:
            f.write("127.0.0.1 example.org www.example.org whole.example "
                    "a.whole.example slow.example gone.example "
                    "new.example\n")
        if not os.path.isdir(self.path("errors")):
            shutil.copytree("/usr/share/squid/errors/templates",
                            self.path("errors"))
            shutil.copy(os.path.join(EXAMPLES, "ERR_HOTLINE"),
                        self.path("errors"))
        text = self.example(example, {
            "/usr/bin/hotline": self.program,
            "--list /var/lib/hotline-list":
                "--file " + self.path("list"),
            "/etc/squid/errors": self.path("errors"),
            "daemon:/var/log/squid/access.log":
                f"stdio:{self.path(example)}.access",
            "127.0.0.1:1344": f"127.0.0.1:{self.icap}", **dict(changes)})
        text = (f"http_port 127.0.0.1:{port}\npid_filename none\n"
                "cache deny all\nacl loopback dst 127.0.0.1\n"
                f"{text}\nhttp_access allow loopback\n"
                "http_access deny all\nmax_filedescriptors 4096\n"
                f"cache_log stdio:/dev/null\nhosts_file {self.path('hosts')}\n"
                + ("" if "\naccess_log stdio" in text else
                   f"access_log stdio:{self.path(example)}.access\n") +
                f"coredump_dir {self.dir}\nvisible_hostname test.example\n"
                "pinger_enable off\nshutdown_lifetime 0 seconds\n"
                "netdb_filename none\n")
        text = text.replace("cache_log stdio:/dev/null",
                            f"cache_log {self.path(example)}.cache")
        with open(self.path(example), "w", encoding="ascii") as f:
            f.write(text)
        for name in (example + ".access", example + ".cache"):
            with open(self.path(name), "w", encoding="ascii"):
                os.chmod(self.path(name), 0o666)
        child = self.start(example, ["squid", "-N", "-f",
                                     self.path(example)])
        until(lambda: listens(port), "squid listens: " + self.log(example))
        return child, port

    def example(self, name, changes):
        with open(os.path.join(EXAMPLES, name), encoding="ascii") as f:
            text = f.read()
        for old, new in changes.items():
            text = text.replace(old, new)
        return text

    def end(self):
        for child in self.children:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.wait()
        self.origin.shutdown()
        shutil.rmtree(self.dir, ignore_errors=True)


def fetch(port, url, *, body=None, host=None, headers=()):
    """Status, headers and text; by a proxy if url is whole."""
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        h = dict(headers)
        if host:
            h["Host"] = host
        c.request("POST" if body is not None else "GET", url, body, h)
        answer = c.getresponse()
        return (answer.status, answer.headers,
                answer.read().decode("utf-8", "replace"))
    finally:
        c.close()


def status(port, url, **more):
    return fetch(port, url, **more)[0]


def connect(port, target):
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as s:
        s.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n"
                  .encode())
        return int(s.recv(4096).split()[1])


def judged_well(port, url_of):
    """What every program must do. url_of(host, path): arguments of fetch."""
    def ask(host, path, **more):
        url, name = url_of(host, path)
        return fetch(port, url, host=name, **more)

    code, headers, text = ask("example.org", "/blocked/page.html")
    assert code == 451 and "42" in text, (code, text)
    for host, path, wanted in (
            ("example.org", "/blocked/page.html?x=1", 451),
            ("example.org", "/blocked/%70age.html", 451),
            ("example.org", "/blocked/other.html", 200),
            ("example.org", "/", 200),
            ("www.example.org", "/blocked/page.html", 200),
            ("whole.example", "/any", 451),
            ("a.whole.example", "/", 451),
            ("slow.example", "/x", 451),
            ("slow.example", "/y", 200),
            ("gone.example", "/", 200)):  # cannot be confirmed: open
        got = ask(host, path)
        assert got[0] == wanted, (host, path, got[0], got[2])
    got = ask("example.org", "/blocked/other.html", body=b"x" * 100000)
    assert got[2] == "site /blocked/other.html 100000\n", got
    assert ask("example.org", "/blocked/page.html", body=b"x" * 100000)[
        0] == 451


def crowd(port, url_of):
    """100 at a time, five times: each its own answer."""
    def one(i):
        path = "/blocked/page.html" if i % 3 == 0 else f"/p{i}"
        host = "slow.example" if i % 7 == 0 and i % 3 else "example.org"
        path = "/x" if host == "slow.example" else path
        url, name = url_of(host, f"{path}?{i}")
        code, _, text = fetch(port, url, host=name)
        if path == f"/p{i}":
            return code == 200 and text.startswith(f"site /p{i}")
        return code == 451

    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        good = list(pool.map(one, range(500)))
    assert all(good), [i for i, g in enumerate(good) if not g]


def list_changes(w, port, url_of):
    """Something new is blocked, something gone is not."""
    def code(n):
        url, host = url_of("new.example", f"/page?{n}")
        return status(port, url, host=host)

    assert code(0) == 200
    try:
        w.put_list(LIST + "new.example/page entry=77\n")
        n = iter(range(1, 10**9))
        until(lambda: code(next(n)) == 451, "what is new is blocked")
    finally:
        w.put_list(LIST)
    until(lambda: code(next(n)) == 200, "what is gone is open")


def by_proxy(w):
    return lambda host, path: (f"http://{host}:{w.site}{path}", None)


def by_host(host, path):
    return path, host


def child_of(pid, word, without=None):
    """One whose arguments hold a word, and not another."""
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat", encoding="ascii") as f:
                parent = int(f.read().rsplit(")", 1)[1].split()[1])
            with open(f"/proc/{name}/cmdline", "rb") as f:
                words = f.read()
        except (OSError, ValueError, IndexError):
            continue
        if parent == pid and word.encode() in words and not (
                without and without.encode() in words):
            return int(name)
    return None


# -- the tests --

# What the example keeps for a minute; both rules.
SHORT_TTL = {"ttl=60 negative_ttl=60": "ttl=2 negative_ttl=2"}


def asked(pid):
    """How many bytes a helper has read."""
    with open(f"/proc/{pid}/io", encoding="ascii") as f:
        return int(re.search(r"rchar: (\d+)", f.read()).group(1))


def squid_asks_by_host_first(w):
    """Only addresses of hosts where something is listed are asked about."""
    squid, port = w.squid("squid.conf")
    first = until(lambda: child_of(squid.pid, "--any"), "the first helper")
    second = until(lambda: child_of(squid.pid, "serve-squid", "--any"),
                   "the second helper")

    def code(host, path):
        return status(port, f"http://{host}:{w.site}{path}")

    # warm: both have answered
    assert code("example.org", "/blocked/page.html") == 451
    at, before = asked(second), asked(first)
    for i in range(50):
        assert code("new.example", f"/page?{i}") == 200
        assert code("www.example.org", f"/blocked/page.html?{i}") == 200
    assert connect(port, f"new.example:{w.site}") in (200, 403)
    read = asked(second) - at
    line = len(f"0 http://new.example:{w.site}/page?0 127.0.0.1\n")
    assert read < line, f"the second helper read {read} bytes"
    assert 0 < asked(first) - before < 50 * line
    # where something is listed, it is asked, and lets the rest through
    for i in range(5):
        assert code("example.org", f"/open?{i}") == 200
    assert asked(second) - at >= 5 * line, "the second helper was asked"
    assert code("example.org", "/blocked/page.html?9") == 451
    # a host alone: entries of whole domains, none of pages
    assert connect(port, "whole.example:443") in (403, 451)
    assert connect(port, "a.whole.example:443") in (403, 451)
    assert connect(port, f"example.org:{w.site}") in (200, 403)


def squid_with_the_helper(w):
    squid, port = w.squid("squid.conf", SHORT_TTL)
    judged_well(port, by_proxy(w))
    assert connect(port, "whole.example:443") in (403, 451)
    # pages of a host do not block what shows the host alone
    assert connect(port, f"example.org:{w.site}") in (200, 403)
    crowd(port, by_proxy(w))
    list_changes(w, port, by_proxy(w))
    # the helpers are killed: squid starts others, and blocks again
    helpers = (child_of(squid.pid, "--any"),
               child_of(squid.pid, "serve-squid", "--any"))
    for helper in helpers:
        os.kill(helper, signal.SIGKILL)
    n = iter(range(10**9))
    until(lambda: child_of(squid.pid, "--any") not in (None, helpers[0])
          and child_of(squid.pid, "serve-squid", "--any") not in (
              None, helpers[1])
          and status(port, f"http://example.org:{w.site}"
                     f"/blocked/page.html?{next(n)}") == 451,
          "another helper blocks")
    assert status(port, f"http://example.org:{w.site}/other") == 200
    with open(w.path("squid.conf.access"), encoding="utf-8") as f:
        logged = f.read()
    assert "/other" in logged and "DENIED/451" not in logged, logged
    with open(w.path("squid.conf.cache"), encoding="utf-8") as f:
        told = f.read()
    assert "consume.confirm" in told and "gone.example" not in told


def squid_by_icap(w):
    _, port = w.squid("squid-icap.conf")
    # squid learns what the service can do by its first requests
    until(lambda: status(port, f"http://whole.example:{w.site}/") == 451,
          "the service is asked")
    judged_well(port, by_proxy(w))
    code, headers, text = fetch(
        port, f"http://example.org:{w.site}/blocked/page.html",
        headers={"Accept-Language": "de-AT, en;q=0.5"})
    assert code == 451 and headers["X-Hotline-Entry"] == "42"
    assert headers["Content-Language"] == "de" and "A School" in text
    crowd(port, by_proxy(w))
    list_changes(w, port, by_proxy(w))
    # the process that serves dies: squid lets through, then blocks again
    child = child_of(w.serve_icap.pid, "serve-icap")
    os.kill(child, signal.SIGKILL)
    assert status(port, f"http://example.org:{w.site}/other") == 200
    until(lambda: status(port, f"http://whole.example:{w.site}/") == 451,
          "the service is asked again")


def c_icap_client(w):
    def ask(url):
        done = subprocess.run(
            ["c-icap-client", "-i", "127.0.0.1", "-p", str(w.icap), "-s",
             "reqmod", "-req", url, "-v"], capture_output=True, check=False,
            timeout=60)
        return (done.stdout + done.stderr).decode("utf-8", "replace")

    told = ask("http://example.org/blocked/page.html")
    assert "HTTP/1.1 451 " in told and "X-Hotline-Entry: 42" in told, told
    told = ask("http://example.org/other")
    assert "ICAP/1.0 204 " in told, told
    done = subprocess.run(["c-icap-client", "-i", "127.0.0.1", "-p",
                           str(w.icap), "-s", "reqmod"],
                          capture_output=True, check=False, timeout=60)
    told = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert "Allow 204: Yes" in told and "Preview: 0" in told, told


def icap_from_hostile_clients(w):
    """One that says nothing, one that never ends, one that goes away."""
    idle = [socket.create_connection(("127.0.0.1", w.icap))
            for _ in range(50)]
    with socket.create_connection(("127.0.0.1", w.icap), PATIENCE_S) as s:
        s.sendall(b"REQMOD icap://h/x ICAP/1.0\r\n")
        try:
            for _ in range(1000):
                s.sendall(b"X-Long: " + b"a" * 1000 + b"\r\n")
        except OSError:
            pass  # it has hung up already
        else:
            assert b"400" in s.recv(100)
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", w.icap)) as s:
            s.sendall(b"REQMOD icap://h/x ICAP/1.0\r\nAllow: 204\r\n"
                      b"Encapsulated: req-hdr=0, null-body=36\r\n\r\n"
                      b"GET http://slow.example/x HTTP/1.1\r\n")
    c_icap_client(w)
    for s in idle:
        s.close()


def nginx(w):
    port = free_port()
    text = w.example("nginx.conf", {
        "127.0.0.1:8080": f"127.0.0.1:{port}",
        "127.0.0.1:8093": f"127.0.0.1:{w.http}",
        "127.0.0.1:8081": f"127.0.0.1:{w.site}"})
    temp = "".join(f"{n}_temp_path {w.path('nginx.tmp')};\n" for n in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(w.path("nginx.conf"), "w", encoding="ascii") as f:
        f.write("daemon off;\nmaster_process off;\npid "
                f"{w.path('nginx.pid')};\nerror_log stderr crit;\n"
                "events { worker_connections 1024; }\n"
                f"http {{\n{temp}{text}}}\n")
    w.start("nginx", ["nginx", "-p", w.dir, "-e", "stderr", "-c",
                      w.path("nginx.conf")])
    until(lambda: listens(port), "nginx listens: " + w.log("nginx"))
    judged_well(port, by_host)
    code, headers, text = fetch(port, "/blocked/page.html",
                                host="example.org",
                                headers={"Accept-Language": "fr"})
    assert headers["Content-Language"] == "fr" and "A School" in text
    # what of the site is listed, whatever was asked for; and how it is asked
    for host, path, says in (
            ("example.org", "/blocked/page.html", "assessed the page at"),
            ("whole.example", "/any?scope=page", "belongs to a site that")):
        code, headers, text = fetch(port, path, host=host,
                                    headers={"Accept": "text/plain"})
        text = " ".join(text.split())
        assert code == 451 and says in text, (host, text)
        assert headers["Content-Type"].startswith("text/plain"), headers
    crowd(port, by_host)
    list_changes(w, port, by_host)
    without_the_service(w, port)


def without_the_service(w, port):
    """It is stopped whole: open; then there again: blocked."""
    child = child_of(w.serve_http.pid, "serve-http")
    os.kill(w.serve_http.pid, signal.SIGSTOP)  # so that it starts none
    os.kill(child, signal.SIGKILL)
    try:
        until(lambda: status(port, "/blocked/page.html",
                             host="example.org") == 200, "open without it")
    finally:
        os.kill(w.serve_http.pid, signal.SIGCONT)
    until(lambda: status(port, "/blocked/page.html", host="example.org")
          == 451, "blocked with it again")


def haproxy(w):
    port = free_port()
    lua = w.path("hotline.lua")
    with open(lua, "w", encoding="ascii") as f:
        f.write(w.example("hotline.lua", {
            '"127.0.0.1", 8093': f'"127.0.0.1", {w.http}'}))
    with open(w.path("haproxy.cfg"), "w", encoding="ascii") as f:
        f.write(w.example("haproxy.cfg", {
            "/etc/haproxy/hotline.lua": lua,
            "127.0.0.1:8080": f"127.0.0.1:{port}",
            "127.0.0.1:8081": f"127.0.0.1:{w.site}"}))
    w.start("haproxy", ["haproxy", "-db", "-f", w.path("haproxy.cfg")])
    until(lambda: listens(port), "haproxy listens: " + w.log("haproxy"))
    judged_well(port, by_host)
    assert fetch(port, "/blocked/page.html", host="example.org")[1][
        "X-Hotline-Entry"] == "42"
    crowd(port, by_host)
    list_changes(w, port, by_host)
    without_the_service(w, port)


def search_engine(w):
    urls = ["http://example.org/blocked/page.html", "http://example.org/",
            "https://a.whole.example/x", "http://slow.example/x",
            "http://gone.example/", "mailto:someone@example.org"]
    code, _, text = fetch(w.http, "/v1/check",
                          body=json.dumps({"urls": urls * 150}),
                          headers={"Content-Type": "application/json"})
    assert code == 200, text
    got = json.loads(text)["decisions"]
    assert len(got) == 900
    for i, decision in enumerate(got):
        wanted = (("listed", "42"), ("clear", None), ("listed", "7"),
                  ("listed", "8"), ("clear", None), ("unreadable", None))
        assert (decision["decision"], decision.get("entry")) == \
            wanted[i % 6], (i, decision)
        assert decision.get("open", False) == (i % 6 == 4), (i, decision)
    code, headers, _ = fetch(w.http, "/v1/check", body="{",
                             headers={"Content-Type": "application/json"})
    assert code == 400
    assert headers["Content-Type"] == "application/problem+json"
    assert status(w.http, "/check", headers={
        "X-Original-Host": "a.whole.example"}) == 403
    assert status(w.http, "/check", headers={
        "X-Original-Host": "example.org"}) == 204


def rereading_by_signal(w):
    """SIGHUP to the supervisor; a list that is wrong stays out."""
    w.put_list("http://example.org/wrong\n")
    os.kill(w.serve_http.pid, signal.SIGHUP)
    until(lambda: "the list stays as it was" in w.log("serve-http"), "told")
    assert status(w.http, "/check", headers={
        "X-Original-URL": "http://whole.example/"}) == 403
    w.put_list(LIST)


def no_address_is_logged(w):
    for name in ("serve-icap", "serve-http"):
        told = w.log(name)
        assert "consume." in told, told
        for word in ("example.org", "page.html", "gone.example",
                     "192.0.2", "new.example"):
            assert word not in told, (name, word)


def usage(w):
    for words, code in (
            ([], 2), (["serve"], 2), (["serve-squid"], 2),
            (["serve-squid", "--file", w.path("none")], 3),
            (["serve-squid", "--file", w.path("list"), "--format", "x"], 2),
            (["serve-icap", "--file", w.path("list")], 2),
            (["serve-icap", "--file", w.path("none"), "--listen",
              "127.0.0.1:0", "--hotline", "A"], 3),
            (["serve-icap", "--file", w.path("list"), "--listen",
              "127.0.0.1:0"], 2),
            (["serve-http", "--file", w.path("list"), "--listen",
              f"127.0.0.1:{w.http}", "--hotline", "A"], 4),
            (["serve-http", "--file", w.path("list"), "--listen",
              "127.0.0.1:0", "--hotline", "A", "--appeal",
              "javascript:x"], 1),
            (["serve-squid", "--file", w.path("list")], 0),
            (["--help"], 0), (["serve-icap", "--help"], 0)):
        done = subprocess.run([w.program, "list", *words], check=False,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=60)
        assert done.returncode == code, (words, done)
        assert done.stderr or code == 0, words


def stopping(w):
    for child in (w.serve_icap, w.serve_http):
        child.terminate()
        assert child.wait(PATIENCE_S) == 0


def main():
    tests = (c_icap_client, icap_from_hostile_clients, search_engine,
             squid_with_the_helper, squid_asks_by_host_first, squid_by_icap, nginx, haproxy,
             rereading_by_signal, no_address_is_logged, usage, stopping)
    failed = 0
    world = World()
    try:
        for i, test in enumerate(tests, 1):
            name = test.__name__.replace("_", " ")
            began = time.monotonic()
            try:
                test(world)
                print(f"ok {i} - {name}", flush=True)
            except (AssertionError, ValueError, KeyError, OSError,
                    http.client.HTTPException,
                    subprocess.TimeoutExpired) as e:
                failed += 1
                at = traceback.extract_tb(e.__traceback__)[-1]
                print(f"not ok {i} - {name}\n# {e!r}, line {at.lineno}: "
                      f"{at.line}", flush=True)
            print(f"# {time.monotonic() - began:.1f} s", flush=True)
    finally:
        world.end()
    print(f"1..{len(tests)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
