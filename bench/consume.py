#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that ask a list, with and without it.

The helper alone; squid by the example's two rules for new addresses of 2,000
hosts of which a few have something listed, over squid as Debian installs it
(its rules, its log) and over squid with one rule and no log; squid plain, with one rule
by address, with one by host, and as a client of the ICAP service, for addresses
of one host that are new and for 1,000 again and again, on connections that are
kept and on new ones; the ICAP service and c-icap with url_check (Debian's
libc-icap-mod-urlcheck, left out if it is not there) asked by one client; nginx
with and without auth_request. A list of 100,000 entries of which nothing is
asked for, everything on loopback. CPU time of the processes named, medians of
three rounds in turn, of five for the two rules; prints one JSON line a measure,
and fails when a limit is missed. HL_CONSUME_SECONDS: longer rounds.
HL_CONSUME_PART=rules: the two rules only; debian: over Debian's squid only.
"""
import json
import os
import platform
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
HOTLINE = os.path.join(BUILD, "src", "main", "hotline")
EXAMPLES = os.path.join(ROOT, "examples", "consumers")
URLCHECK = "/usr/lib/x86_64-linux-gnu/c_icap/srv_url_check.so"
SECONDS = int(os.environ.get("HL_CONSUME_SECONDS", "4"))
ROUNDS = 3
DEBIAN_ROUNDS = 7
ENTRIES = 100000
LEAST_PER_CORE = 300000  # addresses a second, the helper alone
# What the helper itself takes of what squid takes without it, each address
# new. What squid takes to ask any helper is squid's.
MOST_OF_SQUID = 0.10
# Squid by the two rules, all its processes, over squid as Debian installs it;
# over squid with one rule and nothing else this is where it breaks.
MOST_OF_DEBIAN = 1.10
MOST_OF_RULES = 1.25
DEBIAN_CONF = "/etc/squid/squid.conf"
LOG_LINE = "access_log daemon:/var/log/squid/access.log squid\n"
HOSTS, LISTED_EVERY = 2000, 100


def tell(name, value, unit, peer=None, ratio=None):
    print(json.dumps({
        "name": f"consume.{name}", "value": value, "unit": unit,
        "peer": peer, "ratio": ratio,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores"}),
        flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"consume: nobody listens on {port}")


def processes():
    """Process to its parent."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="ascii") as f:
                found[int(name)] = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    return found


def cpu_s(pid):
    """Of a process and all below it that live."""
    parents, total = processes(), 0
    for child in parents:
        at = child
        while at and at != pid:
            at = parents.get(at)
        if at:
            try:
                with open(f"/proc/{child}/stat", encoding="ascii") as f:
                    fields = f.read().rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
            except OSError:
                pass
    return total / os.sysconf("SC_CLK_TCK")


def children_of(pid):
    return sorted(c for c, p in processes().items() if p == pid)


class World:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="hl-consume-")
        os.chmod(self.dir, 0o755)
        self.hotline = self.path("hotline")
        shutil.copy(HOTLINE, self.hotline)
        with open(self.path("list"), "w", encoding="ascii") as f:
            for i in range(ENTRIES):
                f.write(f"host{i}.example.com/folder/page{i}.html\n")
            for i in range(LISTED_EVERY // 2, HOSTS, LISTED_EVERY):
                f.write(f"site{i}.example.net/folder/page{i}.html\n")
        self.children = []
        self.site = self.nginx("site", "server { listen 127.0.0.1:PORT; "
                               "access_log off; keepalive_requests 1000000; "
                               "location / { return 200 \"x\"; } }")[1]

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)

    def start(self, *words):
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL,
                                 stderr=open(self.path("log"), "ab"),
                                 cwd=self.dir, start_new_session=True)
        self.children.append(child)
        return child

    def nginx(self, name, server, port=None):
        port = port or free_port()
        temp = "".join(f"{n}_temp_path {self.path('tmp')};" for n in (
            "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        self.write(name + ".conf", "daemon off; master_process off; "
                   f"pid {self.path(name + '.pid')}; error_log stderr crit; "
                   "events { worker_connections 1024; } http { " + temp +
                   server.replace("PORT", str(port)) + " }\n")
        child = self.start("nginx", "-p", self.dir, "-e", "stderr", "-c",
                           self.path(name + ".conf"))
        wait_for(port)
        return child, port

    def service(self, verb):
        port = free_port()
        child = self.start(self.hotline, "list", verb, "--file",
                           self.path("list"), "--listen",
                           f"127.0.0.1:{port}", "--hotline", "A Hotline")
        wait_for(port)
        return child, port

    def example(self, name, *changes):
        with open(os.path.join(EXAMPLES, name), encoding="ascii") as f:
            text = f.read()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return text

    def squid_as_installed(self, name, more):
        """By Debian's own file; more stands where it includes conf.d."""
        with open(DEBIAN_CONF, encoding="utf-8") as f:
            text = f.read()
        text = re.sub("(?m)^(http_port|coredump_dir|access_log) .*\n", "", text)
        text, n = re.subn("(?m)^include .*$", lambda _: more, text)
        assert n == 1, "no place for rules"
        log = f"access_log daemon:{self.path(name)}.access squid\n"
        return self.squid(name, text + (
            "" if "access_log" in more else log), log="", rule="")

    def squid(self, name, more, *, log="cache deny all\naccess_log none\n",
              rule="http_access allow all\n"):
        port = free_port()
        self.write("hosts", "127.0.0.1 www.example.org\n" + "".join(
            f"127.0.0.1 site{i}.example.net\n" for i in range(HOSTS)))
        for kind in ("cache", "access"):
            self.write(f"{name}.{kind}", "")
            os.chmod(self.path(f"{name}.{kind}"), 0o666)
        self.write(name, f"http_port 127.0.0.1:{port}\npid_filename none\n"
                   f"{log}cache_log {self.path(name)}.cache\n"
                   f"hosts_file {self.path('hosts')}\n{more}\n"
                   f"{rule}coredump_dir {self.dir}\n"
                   "visible_hostname test.example\npinger_enable off\n"
                   "shutdown_lifetime 0 seconds\nnetdb_filename none\n"
                   "max_filedescriptors 4096\n")
        child = self.start("squid", "-N", "-f", self.path(name))
        wait_for(port)
        return child, port

    def end(self):
        for child in self.children:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def helper_alone(w):
    """Lines as squid writes them, of a file to nowhere."""
    n = 1000000
    with open(w.path("lines"), "w", encoding="ascii") as f:
        for i in range(n):
            f.write(f"{i % 1000} http://www.site{i * 7919 % 100003}.example."
                    f"net/section{i % 37}/{i * 31 % 1000003}/page.html?id={i}"
                    f" 192.0.2.{i % 250}\n")

    def run(lines):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(lines, "rb") as f:
            subprocess.run([w.hotline, "list", "serve-squid", "--file",
                            w.path("list"), "--format", "%URI %SRC"],
                           stdin=f, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime - before.ru_utime +
                after.ru_stime - before.ru_stime)

    took = [run(w.path("lines")) - run("/dev/null") for _ in range(ROUNDS)]
    rate = n / statistics.median(took)
    tell("helper", round(rate), "1/s/core")
    os.unlink(w.path("lines"))
    return rate >= LEAST_PER_CORE


def load(port, before, host, pids, *, pages=0, close="", hosts=0):
    """CPU microseconds a request, of each of pids with what is below, and
    requests a second. pages: how many there are, 0 if each is new."""
    start = [cpu_s(p) for p in pids]
    done = subprocess.run(
        ["wrk", "-t1", "-c32", f"-d{SECONDS}s", "--timeout", "30s", "-s",
         os.path.join(ROOT, "bench", "consume.lua"),
         f"http://127.0.0.1:{port}", "--", before, host, str(pages), close, str(hosts)],
        stdout=subprocess.PIPE, text=True, check=True)
    found = re.search(r"RESULT (\d+) (\d+) (\d+)", done.stdout)
    n, took_us, errors = map(int, found.groups())
    if errors or not n:
        sys.exit(f"consume: {errors} of {n} requests failed")
    cpu = [(cpu_s(p) - s) / n * 1e6 for p, s in zip(pids, start)]
    parents = processes()
    for i, pid in enumerate(pids[1:], 1):
        if parents.get(pid) == pids[0]:
            cpu[0] -= cpu[i]  # a child was counted with its parent
    return cpu, n / took_us * 1e6


def in_turn(setups, n_rounds=ROUNDS):
    """Medians of setups' rounds: name -> (CPU of all its processes, rate,
    CPU of all but the first)."""
    rounds = {name: [] for name in setups}
    for setup in setups.values():
        setup()  # to warm up
    for _ in range(n_rounds):
        for name, setup in setups.items():
            cpu, rate = setup()
            rounds[name].append((sum(cpu), rate, sum(cpu[1:])))
    return {name: tuple(statistics.median(x) for x in zip(*got))
            for name, got in rounds.items()}


def example_of_squid(w, log=""):
    return w.example(
        "squid.conf", ("/usr/bin/hotline", w.hotline),
        ("--list /var/lib/hotline-list", "--file " + w.path("list")),
        ("error_directory /etc/squid/errors\n", ""),
        ("deny_info 451:ERR_HOTLINE listed\n", ""), (LOG_LINE, log))


def squid_by_rules(w, debian):
    """Each address new, over many hosts. Connections to the site are kept and
    shared, which makes squid without rules cheapest."""
    peer = (f"cache_peer 127.0.0.1 parent {w.site} 0 no-query no-digest "
            "originserver\nnever_direct allow all\n")
    make = w.squid_as_installed if debian else w.squid
    name = "debian" if debian else "rules"
    example = example_of_squid(
        w, f"access_log daemon:{w.path(name)}.access squid\n" * debian)
    plain, plain_port = make("plain-" + name, peer)
    rules, rules_port = make(name, peer + example)
    base_pids = [plain.pid, *children_of(plain.pid)]
    ours = [rules.pid, *children_of(rules.pid)]
    # two helpers, and the program that writes the log
    assert (len(base_pids), len(ours)) == (1 + debian, 3 + debian)

    def run(port, pids, close):
        return lambda: load(port, "", f":{w.site}", pids, close=close,
                            hosts=HOSTS)

    good = True
    for kind in ("", "close"):
        got = in_turn({"plain": run(plain_port, base_pids, kind),
                       "rules": run(rules_port, ours, kind)},
                      DEBIAN_ROUNDS if debian else 5)
        base, (cpu, _, helpers) = got["plain"][0], got["rules"]
        at = f"squid.{name}{'.' + kind if kind else ''}"
        tell(f"{at}.cpu", round(cpu, 1), "us", round(base, 1),
             round(cpu / base, 3))
        if not debian:
            tell(f"{at}.ours", round(helpers, 2), "us", round(base, 1),
                 round(helpers / base, 3))
        good = good and cpu / base <= (
            MOST_OF_DEBIAN if debian else MOST_OF_RULES)
    for child in (plain, rules):
        os.killpg(child.pid, signal.SIGKILL)
    return good


def squids(w):
    plain, plain_port = w.squid("plain", "")
    text = example_of_squid(w).replace("deny listed_host listed",
                                       "deny listed")
    helped, helped_port = w.squid("helped", text)
    hosts, hosts_port = w.squid("hosts-only", text.replace(
        "%URI %SRC", "%DST"))
    icap, icap_port = w.service("serve-icap")
    client, client_port = w.squid("client", w.example(
        "squid-icap.conf", ("127.0.0.1:1344", f"127.0.0.1:{icap_port}")))
    url = f"http://www.example.org:{w.site}"
    host = f"www.example.org:{w.site}"

    def each(port, pids, close=""):
        return {
            "new": lambda: load(port, url, host, pids, close=close),
            "again": lambda: load(port, url, host, pids, pages=1000,
                                  close=close)}

    found = {}
    for kind in ("", "close"):
        setups = {}
        for name, port, pids in (
                ("plain", plain_port, [plain.pid]),
                ("helper", helped_port, [helped.pid, *children_of(helped.pid)]),
                ("hosts", hosts_port, [hosts.pid, *children_of(hosts.pid)]),
                ("icap", client_port, [client.pid, icap.pid])):
            if name == "icap" and kind:
                continue
            for what, run in each(port, pids, kind).items():
                setups[f"{name}.{what}"] = run
        got = in_turn(setups)
        for name, (cpu, _, last) in got.items():
            what = name.split(".")[1]
            base = got[f"plain.{what}"][0]
            at = f"squid.{name}{'.' + kind if kind else ''}"
            tell(f"{at}.cpu", round(cpu, 1), "us", round(base, 1),
                 round(cpu / base, 3))
            if not name.startswith("plain"):
                tell(f"{at}.ours", round(last, 1), "us", round(base, 1),
                     round(last / base, 3))
        found[kind] = got["helper.new"][2] / got["plain.new"][0]
    for child in (plain, helped, hosts, client, icap):
        os.killpg(child.pid, signal.SIGKILL)
    return found[""] <= MOST_OF_SQUID


def icap_request(n):
    head = (f"GET http://www.example.org/page/{n} HTTP/1.1\r\n"
            "Host: www.example.org\r\nUser-Agent: bench\r\n"
            "Accept: */*\r\n\r\n")
    return ("REQMOD icap://127.0.0.1/url_check ICAP/1.0\r\n"
            "Host: 127.0.0.1\r\nAllow: 204\r\n"
            f"Encapsulated: req-hdr=0, null-body={len(head)}\r\n\r\n"
            + head).encode()


def icap_client(port, end, counts, at):
    """One request at a time, a connection for as long as it is kept."""
    n, s = 0, None
    while time.monotonic() < end:
        if not s:
            s = socket.create_connection(("127.0.0.1", port), 10)
        s.sendall(icap_request(at * 10**8 + n))
        got = b""
        while b"\r\n\r\n" not in got:
            part = s.recv(4096)
            if not part:
                break
            got += part
        if not got.startswith(b"ICAP/1.0 204"):
            counts[at] = -1
            return
        n += 1
        if b"Connection: close" in got:
            s.close()
            s = None
    counts[at] = n


def icap_load(port, pid):
    before, counts = cpu_s(pid), [0] * 4
    end = time.monotonic() + SECONDS
    began = time.monotonic()
    threads = [threading.Thread(target=icap_client,
                                args=(port, end, counts, i))
               for i in range(len(counts))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if min(counts) <= 0:
        sys.exit(f"consume: an ICAP client failed: {counts}")
    n = sum(counts)
    return [(cpu_s(pid) - before) / n * 1e6], n / (time.monotonic() - began)


def c_icap(w):
    port = free_port()
    with open(w.path("list"), encoding="ascii") as f:
        w.write("urls", "".join(line.strip() + ":\n" for line in f))
    w.write("url_check.conf",
            "Service url_check_module srv_url_check.so\n"
            f"url_check.LookupTableDB listed url hash:{w.path('urls')}\n"
            "url_check.Profile default block listed\n"
            "url_check.Profile default pass ALL\n")
    w.write("c-icap.conf",
            f"PidFile {w.path('c-icap.pid')}\n"
            f"CommandsSocket {w.path('c-icap.ctl')}\nPort 127.0.0.1:{port}\n"
            "StartServers 1\nMaxServers 1\nThreadsPerChild 10\n"
            "MinSpareThreads 1\nMaxSpareThreads 20\n"
            "MaxKeepAliveRequests -1\nKeepAliveTimeout 600\n"
            f"TmpDir {w.dir}\nDebugLevel 0\n"
            "ModulesDir /usr/lib/x86_64-linux-gnu/c_icap\n"
            "ServicesDir /usr/lib/x86_64-linux-gnu/c_icap\n"
            "TemplateDir /usr/share/c_icap/templates/\n"
            "LoadMagicFile /etc/c-icap/c-icap.magic\n"
            f"ServerLog {w.path('c-icap.log')}\n"
            f"Include {w.path('url_check.conf')}\n")
    child = w.start("c-icap", "-N", "-f", w.path("c-icap.conf"))
    wait_for(port)
    return child, port


def icaps(w):
    ours, ours_port = w.service("serve-icap")
    setups = {"ours": lambda: icap_load(ours_port, ours.pid)}
    if os.path.exists(URLCHECK):
        peer, peer_port = c_icap(w)
        setups["peer"] = lambda: icap_load(peer_port, peer.pid)
    got = in_turn(setups)
    peer_cpu, ratio = None, None
    if "peer" in got:
        peer_cpu = round(got["peer"][0], 1)
        ratio = round(got["ours"][0] / got["peer"][0], 3)
    tell("icap.cpu", round(got["ours"][0], 1), "us", peer_cpu, ratio)
    tell("icap.rate", round(got["ours"][1]), "1/s",
         round(got["peer"][1]) if "peer" in got else None)


def nginxes(w):
    service, service_port = w.service("serve-http")
    with_it = free_port()
    asking, _ = w.nginx("asking", w.example(
        "nginx.conf", ("127.0.0.1:8080", f"127.0.0.1:{with_it}"),
        ("127.0.0.1:8093", f"127.0.0.1:{service_port}"),
        ("127.0.0.1:8081", f"127.0.0.1:{w.site}")), with_it)
    plain, plain_port = w.nginx(
        "plain", "server { listen 127.0.0.1:PORT; access_log off; "
        "location / { proxy_set_header Host $http_host; "
        f"proxy_pass http://127.0.0.1:{w.site}; }} }}")
    got = in_turn({
        "plain": lambda: load(plain_port, "", "www.example.org",
                              [plain.pid]),
        "asking": lambda: load(with_it, "", "www.example.org",
                               [asking.pid, service.pid]),
    })
    base = got["plain"]
    for name, (cpu, rate, _) in got.items():
        tell(f"nginx.{name}.cpu", round(cpu, 1), "us", round(base[0], 1),
             round(cpu / base[0], 3))
        tell(f"nginx.{name}.rate", round(rate), "1/s", round(base[1]),
             round(rate / base[1], 3))


def main():
    w = World()
    try:
        part = os.environ.get("HL_CONSUME_PART")
        rules_only = part in ("rules", "debian")
        good = rules_only or helper_alone(w)
        if not rules_only:
            icaps(w)
        missing = [p for p in ("wrk", "squid", "nginx")
                   if not shutil.which(p)]
        if missing:
            print(f"consume: the rest is skipped, there is no "
                  f"{', '.join(missing)}", file=sys.stderr)
        else:
            good = squid_by_rules(w, True) and good
            if part != "debian":
                good = squid_by_rules(w, False) and good
            if not rules_only:
                good = squids(w) and good
                nginxes(w)
        return 0 if good else 1
    finally:
        w.end()


if __name__ == "__main__":
    sys.exit(main())
