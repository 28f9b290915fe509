# SPDX-License-Identifier: Apache-2.0
"""A primary of ours, and real servers that follow it, on loopback.

The test and the bench use it. Each server runs in the foreground with its
files in a folder; whoever starts one must call stop(). BIND follows with its
own TSIG; Unbound has none, and Knot Resolver reads files, so a Knot DNS on
the same host follows with TSIG and hands on to them.
"""
import base64
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
EXAMPLES = os.path.join(ROOT, "examples")
sys.path.insert(0, os.path.join(ROOT, "tests", "fixtures"))
import dns as dns_fixture  # noqa: E402
from ports import free_port  # noqa: E402

PATIENCE = 60  # seconds until a server that does not get ready is an error
SECRET = bytes(range(32))
B64 = base64.b64encode(SECRET).decode()
ZONES = {"bind": "bind.block.example", "knot": "knot.block.example"}
KEYS = {"bind": "sha256", "knot": "sha512"}


class Gone(Exception):
    """A server ended, or did not get ready."""


def wait_until(what, condition, patience=PATIENCE):
    """Seconds until the condition held."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > patience:
            raise Gone(f"not within {patience} s: {what}")
        time.sleep(0.005)
    return time.monotonic() - began


def end_in_order():
    """Whoever ends us by SIGTERM leaves no server behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


class Daemon:
    def __init__(self, folder, name, command):
        self.name = name
        self.dir = folder
        self.log = os.path.join(folder, name + ".log")
        self.command = command
        self.child = None

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                self.command, cwd=self.dir, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def check(self):
        if self.child.poll() is not None:
            raise Gone(f"{self.name} ended: {self.said()[-2000:]}")

    def stop(self):
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGCONT)
            self.child.terminate()
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def cpu_s(self):
        with open(f"/proc/{self.child.pid}/stat", encoding="utf-8") as f:
            words = f.read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mib(self):
        with open(f"/proc/{self.child.pid}/status", encoding="utf-8") as f:
            return int(re.search(r"VmHWM:\s+(\d+)", f.read())[1]) / 1024


class Primary(Daemon):
    """Our own program; it takes commands."""

    def __init__(self, folder, program, port, options):
        super().__init__(folder, "primary", [program, str(port)])
        self.options = options  # of each zone, by consumer
        self.numbers = {}

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                self.command, cwd=self.dir, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, text=True)
        self.expect()
        for who, options in self.options.items():
            self.numbers[who] = self.ask(
                f"zone {ZONES[who]} {who}.key.example {KEYS[who]} "
                f"{SECRET.hex()} {options}")

    def expect(self):
        line = (self.child.stdout.readline() or "ended").split(" ", 1)
        if line[0].strip() != "ok":
            raise Gone("primary: " + " ".join(line) + self.said()[-2000:])
        return line[1].strip() if len(line) > 1 else ""

    def ask(self, text):
        try:
            self.child.stdin.write(text + "\n")
            self.child.stdin.flush()
        except BrokenPipeError as fault:
            raise Gone("primary: " + self.said()[-2000:]) from fault
        return self.expect()

    def set(self, who, serial, names):
        """Milliseconds that it took."""
        return float(self.ask("\n".join(
            [f"set {self.numbers[who]} {serial} {len(names)}", *names])))

    def kill(self):
        self.child.kill()
        self.child.wait()


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def origin(folder):
    """The DNS that is not blocked: any name below example has an address."""
    records = write(folder, "origin.records",
                    "zone example\n*.example 60 A 192.0.2.1\n")
    server = dns_fixture.Server(os.path.join(folder, "origin"))
    return server, int(server.start(records).rsplit(":", 1)[1])


def bind(folder, port, upstream, zone, more=""):
    """zone: the lines of the policy zone. more: of the options."""
    conf = write(folder, "named.conf", f"""
options {{
	directory "{folder}";
	pid-file none;
	session-keyfile none;
	listen-on port {port} {{ 127.0.0.1; }};
	listen-on-v6 {{ none; }};
	recursion yes;
	dnssec-validation no;
	empty-zones-enable no;
	forward only;
	forwarders {{ 127.0.0.1 port {upstream}; }};
	response-policy {{ zone "{ZONES['bind']}"; }}
		qname-wait-recurse no min-update-interval 0;
	{more}
}};
controls {{ }};
logging {{ channel log {{ stderr; print-time yes; }};
	category default {{ log; }}; category rpz {{ null; }}; category rpz-passthru {{ null; }}; }};
key "bind.key.example" {{ algorithm hmac-sha256; secret "{B64}"; }};
zone "{ZONES['bind']}" {{ {zone} }};
""")
    return Daemon(folder, "bind", [dns_fixture.tool("named"), "-f", "-n", "1",
                                   "-c", conf])


def bind_secondary(primary):
    return (f"type secondary; file \"bind.zone\"; masterfile-format raw; "
            f"primaries {{ 127.0.0.1 port {primary} "
            "key bind.key.example; }; min-refresh-time 1; "
            "min-retry-time 1; allow-query { localhost; };")


def knot(folder, port, primary, unbound):
    home = os.path.join(folder, "knot")
    os.makedirs(home, exist_ok=True)
    conf = write(folder, "knot.conf", f"""
server:
  rundir: {home}
  listen: 127.0.0.1@{port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
control:
  listen: {home}/knot.sock
database:
  storage: {home}
log:
  - target: stderr
    any: info
key:
  - id: knot.key.example
    algorithm: hmac-sha512
    secret: {B64}
remote:
  - id: hotline
    address: 127.0.0.1@{primary}
    key: knot.key.example
  - id: unbound
    address: 127.0.0.1@{unbound}
acl:
  - id: from-hotline
    address: 127.0.0.1
    key: knot.key.example
    action: notify
  - id: to-unbound
    address: 127.0.0.1
    action: transfer
zone:
  - domain: {ZONES['knot']}.
    storage: {home}
    master: hotline
    notify: unbound
    acl: [from-hotline, to-unbound]
    semantic-checks: off
    refresh-min-interval: 2
    retry-min-interval: 1
    zonefile-sync: -1
    journal-content: changes
""")
    return Daemon(folder, "knot", [dns_fixture.tool("knotd"), "-c", conf])


def unbound(folder, port, upstream, rpz):
    """rpz: the lines of the policy zone."""
    conf = write(folder, "unbound.conf", f"""
server:
  directory: "{folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
  interface: 127.0.0.1
  port: {port}
  num-threads: 1
  do-ip6: no
  do-not-query-localhost: no
  module-config: "respip iterator"
remote-control:
  control-enable: yes
  control-interface: {folder}/unbound.sock
  control-use-cert: no
rpz:
  name: {ZONES['knot']}
{rpz}
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream}
""")
    return Daemon(folder, "unbound", [dns_fixture.tool("unbound"), "-d", "-p",
                                      "-c", conf])


def unbound_secondary(knot_port):
    return (f"  primary: 127.0.0.1@{knot_port}\n"
            "  allow-notify: 127.0.0.1\n")


def kresd(folder, port, upstream):
    """Looks at its own file, which rpz-kresd-watch keeps; asks nobody but
    the upstream."""
    home = os.path.join(folder, "kresd")
    os.makedirs(home, exist_ok=True)
    conf = write(folder, "kresd.conf", f"""
net.listen('127.0.0.1', {port})
modules.unload('detect_time_skew')
modules.unload('priming')
modules.unload('ta_sentinel')
modules.unload('ta_signal_query')
trust_anchors.remove('.')
cache.size = 10*MB
dofile('{os.path.join(EXAMPLES, "rpz-kresd.lua")}')('{folder}/block.zone')
policy.add(policy.all(policy.STUB('127.0.0.1@{upstream}')))
""")
    return Daemon(folder, "kresd", [dns_fixture.tool("kresd"), "-n", "-c",
                                    conf, home])


class KresdWatch(threading.Thread):
    """Keeps that file as a timer would, but more often."""

    def __init__(self, folder, knot_port):
        super().__init__(daemon=True)
        self.command = [os.path.join(EXAMPLES, "rpz-kresd-watch"),
                        ZONES["knot"], os.path.join(folder, "block.zone"),
                        "127.0.0.1", str(knot_port)]
        self.over = threading.Event()

    def look(self):
        """What went wrong, or nothing: a zone that changes meanwhile may
        not arrive whole."""
        return subprocess.run(self.command, capture_output=True, text=True,
                              check=False).stderr

    def run(self):
        while not self.over.wait(0.3):
            self.look()

    def stop(self):
        self.over.set()
        if self.is_alive():
            self.join()


class Silent(Exception):
    """No answer in time."""


class Client:
    """Asks one resolver, one question at a time."""

    def __init__(self, port, patience=PATIENCE):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.connect(("127.0.0.1", port))
        self.patience = patience
        self.number = 0

    def rcode(self, name):
        self.number = (self.number + 1) % 65536
        question = b"".join(
            bytes([len(label)]) + label.encode()
            for label in name.split(".")) + b"\0\0\1\0\1"
        self.sock.settimeout(self.patience)
        try:
            self.sock.send(struct.pack(">6H", self.number, 0x0100, 1, 0, 0, 0)
                           + question)
            while True:
                answer = self.sock.recv(4096)
                number, flags = struct.unpack(">2H", answer[:4])
                if number == self.number:
                    return flags & 15
        except socket.timeout as fault:
            raise Silent(name) from fault

    def is_blocked(self, name):
        """NXDOMAIN; the origin has an address for every name."""
        code = self.rcode(name)
        if code not in (0, 3):
            raise Silent(f"rcode {code}")
        return code == 3

    def is_up(self):
        """Whether somebody answers at all."""
        self.patience, kept = 0.5, self.patience
        try:
            return self.rcode("up.example") == 0
        except (Silent, ConnectionError):
            return False
        finally:
            self.patience = kept
