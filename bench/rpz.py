#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Policy zones of a million names: our primary, and BIND and Unbound
following it, beside their own way of reading a file, in one run.

Each name is two records, as it is served. `ready` is from the resolver's
start to the first blocked answer, `effect` from handing over one more name
(from writing the file, where it is its own) to its first blocked answer, `stall` the longest that another question waited
meanwhile. Prints one JSON line a measure. HL_RPZ_N: another size.
"""
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
sys.path.insert(0, os.path.join(ROOT, "tests", "unit", "rpz"))
import resolvers as r  # noqa: E402

N = int(os.environ.get("HL_RPZ_N", "1000000"))
PATIENCE = 280
UPDATES = 2


def tell(name, value, unit, peer=None):
    """peer: the same measure with the resolver's own file."""
    print(json.dumps({
        "name": f"rpz.{N}_{name}", "value": float(f"{value:.4g}"),
        "unit": unit,
        "peer": peer and {"name": "its own file",
                          "value": float(f"{peer:.4g}")},
        "ratio": peer and float(f"{value / peer:.3g}"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores"}),
        flush=True)


class Stall(threading.Thread):
    """The longest wait for an answer that has nothing to do with the list;
    one that is lost is asked again, and its wait goes on."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.client = r.Client(port, 1)
        self.over = threading.Event()
        self.longest_s = 0.0

    def run(self):
        while not self.over.wait(0.001):
            began, answered = time.monotonic(), False
            while not answered and not self.over.is_set():
                try:
                    answered = not self.client.is_blocked("free.example")
                except (r.Silent, ConnectionError):
                    pass
            self.longest_s = max(self.longest_s, time.monotonic() - began)

    def stop(self):
        self.over.set()
        self.join()
        return self.longest_s


def zone_file(folder, name, zone, names, serial):
    """A file as an operator would have it."""
    path = os.path.join(folder, name)
    with open(path + ".new", "w", encoding="utf-8") as f:
        f.write(f"$ORIGIN {zone}.\n$TTL 60\n"
                f"@ SOA localhost. localhost. {serial} 60 30 86400 60\n"
                "@ NS localhost.\n")
        for listed in names:
            f.write(f"{listed} CNAME .\n*.{listed} CNAME .\n")
    os.replace(path + ".new", path)
    return name


def blocks(client, daemon, name):
    """False too if no answer comes: a question may get lost in a reload."""
    daemon.check()
    try:
        return client.is_blocked(name)
    except (r.Silent, ConnectionError):
        return False


def ready(daemon, port, name):
    client = r.Client(port, 0.2)
    began = time.monotonic()
    daemon.start()
    r.wait_until(f"{daemon.name} blocks",
                 lambda: blocks(client, daemon, name), PATIENCE)
    return time.monotonic() - began


def updates(daemon, port, change):
    """The worst effect and stall of some updates; change(k) hands over one
    and gives its name."""
    effect = stall = 0.0
    for k in range(UPDATES):
        watch = Stall(port)
        client = r.Client(port, 0.2)
        watch.start()
        began = time.monotonic()
        name = change(k)
        r.wait_until("the update",
                     lambda c=client, n=name: blocks(c, daemon, n), PATIENCE)
        effect = max(effect, time.monotonic() - began)
        time.sleep(1)  # what comes after the effect may stall as well
        stall = max(stall, watch.stop())
    return effect, stall


def measure(port, daemon, names, change):
    """Ready, its processor time, effect, stall, memory."""
    try:
        ready_s = ready(daemon, port, names[N // 2])
        cpu_s = daemon.cpu_s()
        effect_s, stall_s = updates(daemon, port, change)
        return {"ready": ready_s, "cpu": cpu_s, "effect": effect_s,
                "stall": stall_s, "memory": daemon.peak_mib()}
    finally:
        daemon.stop()


def by_file(folder, who, upstream, names):
    """The resolver alone with a file that is written anew and read again."""
    port = r.free_port()
    zone = r.ZONES["bind" if who == "bind" else "knot"]
    zone_file(folder, "own.zone", zone, names, 1)
    if who == "bind":
        daemon = r.bind(folder, port, upstream,
                        'type primary; file "own.zone";')
    else:
        daemon = r.unbound(folder, port, upstream, "  zonefile: own.zone\n")

    def change(k):
        name = f"more{k}.example"
        names.append(name)
        zone_file(folder, "own.zone", zone, names, k + 2)
        daemon.child.send_signal(signal.SIGHUP)
        return name

    kept = len(names)
    seen = measure(port, daemon, names, change)
    del names[kept:]
    return seen


def by_primary(world, who, daemon, port, names):
    zone = "bind" if who == "bind" else "knot"

    began_s = world.stats(zone)["cpu_s"]

    def change(k):
        name = f"more{k}.example"
        names.append(name)
        world.transfer_s.append(world.stats(zone)["cpu_s"] - began_s)
        world.serial += 1
        world.set_ms.append(world.primary.set(zone, world.serial, names))
        return name

    kept = len(names)
    seen = measure(port, daemon, names, change)
    del names[kept:]
    return seen


class World:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="rpz")
        self.serial = 1
        self.set_ms = []
        self.transfer_s = []  # the first: of one whole transfer
        self.origin, self.upstream = r.origin(self.dir)
        self.ports = {who: r.free_port()
                      for who in ("primary", "bind", "knot", "unbound")}
        self.primary = r.Primary(
            self.dir,
            os.path.join(BUILD, "tests", "unit", "rpz", "rpz_primary"),
            self.ports["primary"],
            {who: f"notify=127.0.0.1:{self.ports[who]} refresh=2 retry=1"
             for who in ("bind", "knot")})

    def stats(self, who):
        return json.loads(self.primary.ask(
            f"stats {self.primary.numbers[who]}"))


def tell_primary(w, names):
    w.primary.start()
    tell("primary_load_s", w.primary.set("bind", 1, names) / 1000, "s")
    tell("primary_load_unordered_s",
         w.primary.set("knot", 1, names[::-1]) / 1000, "s")
    tell("primary_bytes_a_name", w.stats("bind")["set_bytes"] / N, "B")


def tell_follower(w, who, names, knot=None):
    p = w.ports
    before = w.stats("bind" if who == "bind" else "knot")
    if who == "bind":
        daemon = r.bind(w.dir, p["bind"], w.upstream,
                        r.bind_secondary(p["primary"]))
    else:
        knot.start()
        r.wait_until("knot has the zone",
                     lambda: w.stats("knot")["done"], PATIENCE)
        daemon = r.unbound(w.dir, p["unbound"], w.upstream,
                           r.unbound_secondary(p["knot"]))
    try:
        ours = by_primary(w, who, daemon, p[who], names)
        after = w.stats("bind" if who == "bind" else "knot")
        folder = os.path.join(w.dir, who + "-own")
        os.makedirs(folder)
        own = by_file(folder, who, w.upstream, names)
        shutil.rmtree(folder)
    finally:
        daemon.stop()
    tell(f"{who}_primary_sent_mb", (after["sent"] - before["sent"]) / 1e6,
         "MB")
    for what, unit in (("ready", "s"), ("cpu", "s"), ("effect", "s"),
                       ("stall", "s"), ("memory", "MiB")):
        tell(f"{who}_{what}", ours[what], unit, own[what])


def main():
    r.end_in_order()
    w = World()
    names = [f"name-{i:08x}.example" for i in range(N)]
    knot = r.knot(w.dir, w.ports["knot"], w.ports["primary"],
                  w.ports["unbound"])
    try:
        tell_primary(w, names)
        tell_follower(w, "bind", names)
        tell_follower(w, "unbound", names, knot)
        tell("knot_memory", knot.peak_mib(), "MiB")
        tell("primary_transfer_cpu_s", w.transfer_s[0], "s")
        tell("primary_change_s", max(w.set_ms) / 1000, "s")
        s = w.stats("bind")
        tell("primary_cpu_all_s", s["cpu_s"], "s")
        tell("primary_peak_memory", s["peak_kib"] / 1024, "MiB")
    finally:
        knot.stop()
        w.primary.stop()
        w.origin.stop()
        shutil.rmtree(w.dir, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
