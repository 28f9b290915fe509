#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: follow.py RPZ_PRIMARY

BIND, Knot, Unbound and Knot Resolver follow the primary through ten updates
while questions go on, with the primary killed and cut off in between; then it stays away,
and they stop blocking. Every answer is judged: see Truth. Speaks TAP; times
are told, not judged.
"""
import json
import os
import random
import re
import shutil
import sys
import tempfile
import threading
import time

import resolvers as r

N_LISTED = 2000
N_CHANGED = 5
LONG = "refresh=2 retry=1 expire=86400 ttl=5"
SHORT = "refresh=2 retry=1 expire=5 ttl=5"


class Truth:
    """What each resolver must say of each name, from what it was seen to
    know. A name in a change is neither until the change was seen there."""

    def __init__(self, listed, free):
        self.lock = threading.Lock()
        self.must = {name: True for name in listed}
        self.must.update({name: False for name in free})
        self.names = list(self.must)
        self.wrong = []
        self.longest_s = 0.0
        self.asked = 0

    def get(self, name):
        with self.lock:
            return self.must[name]

    def put(self, names, value):
        with self.lock:
            for name in names:
                if name not in self.must:
                    self.names.append(name)
                self.must[name] = value

    def judge(self, name, before, blocked, took_s):
        with self.lock:
            self.asked += 1
            self.longest_s = max(self.longest_s, took_s)
            if before == self.must[name] and before not in (None, blocked):
                self.wrong.append((name, blocked))


class Load(threading.Thread):
    """Asks for names at random until told to stop."""

    def __init__(self, port, truth, seed):
        super().__init__(daemon=True)
        self.client = r.Client(port)
        self.truth = truth
        self.chance = random.Random(seed)
        self.over = threading.Event()
        self.fault = None

    def run(self):
        try:
            while not self.over.wait(0.002):
                name = self.chance.choice(self.truth.names)
                before = self.truth.get(name)
                began = time.monotonic()
                blocked = self.client.is_blocked(name)
                self.truth.judge(name, before, blocked,
                                 time.monotonic() - began)
        except Exception as fault:  # told by the case that joins us
            self.fault = fault

    def stop(self):
        self.over.set()
        self.join()


class Taken(r.Gone):
    """A server ended at once: perhaps somebody was faster with a port."""


class World:
    def __init__(self, program):
        self.dir = tempfile.mkdtemp(prefix="rpz")
        self.program = program
        self.daemons = []
        self.serial = 4294967290  # passes 2^32 on the way
        self.listed = [f"n{i}.example" for i in range(N_LISTED)]
        self.free = [f"free{i}.example" for i in range(200)]
        self.ports = {name: r.free_port() for name in
                      ("primary", "bind", "knot", "unbound", "kresd")}
        self.origin, upstream = r.origin(self.dir)
        p = self.ports
        self.bind = r.bind(self.dir, p["bind"], upstream,
                           r.bind_secondary(p["primary"]))
        self.knot = r.knot(self.dir, p["knot"], p["primary"], p["unbound"])
        self.unbound = r.unbound(self.dir, p["unbound"], upstream,
                                 r.unbound_secondary(p["knot"]))
        self.kresd = r.kresd(self.dir, p["kresd"], upstream)
        self.kresd_watch = r.KresdWatch(self.dir, p["knot"])
        self.primary = None
        self.truth = {who: Truth(self.listed, self.free)
                      for who in ("bind", "unbound", "kresd")}
        self.clients = {who: r.Client(p[who]) for who in self.truth}
        self.loads = []

    def start_primary(self, times):
        notify = {who: f"notify=127.0.0.1:{self.ports[who]} {times}"
                  for who in ("bind", "knot")}
        self.primary = r.Primary(self.dir, self.program,
                                 self.ports["primary"], notify)
        self.daemons.append(self.primary)
        try:
            self.primary.start()
        except r.Gone as fault:
            raise Taken(str(fault)) from fault
        self.tell()

    def tell(self):
        for who in ("bind", "knot"):
            self.primary.set(who, self.serial, self.listed)

    def start(self):
        self.start_primary(LONG)
        self.kresd_watch.look()  # without rules: Knot is not there yet
        for daemon in (self.bind, self.knot, self.unbound, self.kresd):
            daemon.start()
            self.daemons.append(daemon)
        self.kresd_watch.start()
        for who, client in self.clients.items():
            r.wait_until(f"{who} is up",
                         lambda c=client: self.has_ports() and c.is_up())
            # BIND takes a new zone up name by name while it answers
            self.wait_blocked(who, self.listed, True)
            self.wait_blocked(who, ["www." + n for n in self.listed], True)

    def has_ports(self):
        for daemon in self.daemons:
            if (daemon.child.poll() is not None or
                    re.search("(?i)address.*in use", daemon.said())):
                raise Taken(f"{daemon.name}: {daemon.said()[-500:]}")
        return True

    def wait_blocked(self, who, names, blocked, patience=r.PATIENCE):
        """Seconds until a resolver had all of them so."""
        client = self.clients[who]
        return sum(r.wait_until(
            f"{who}: a name is {'' if blocked else 'not '}blocked",
            lambda n=name: client.is_blocked(n) == blocked, patience)
            for name in names)

    def change(self, k):
        """A new set, not told yet: what came and what went."""
        gone, self.listed = (self.listed[:N_CHANGED],
                             self.listed[N_CHANGED:])
        new = [f"new{k}-{i}.example" for i in range(N_CHANGED)]
        self.listed += new
        self.serial = (self.serial + 1) % 2**32
        for truth in self.truth.values():
            truth.put(new + gone, None)
        return new, gone

    def see(self, new, gone):
        """Seconds until each resolver had the change; from then on it must
        keep it."""
        took = {}
        for who, truth in self.truth.items():
            took[who] = (self.wait_blocked(who, new, True) +
                         self.wait_blocked(who, gone, False))
            truth.put(new, True)
            truth.put(gone, False)
        return took

    def stats(self, who):
        return json.loads(self.primary.ask(
            f"stats {self.primary.numbers[who]}"))

    def stop(self):
        for load in self.loads:
            load.stop()
        self.kresd_watch.stop()
        for daemon in reversed(self.daemons):
            daemon.stop()
        self.origin.stop()
        shutil.rmtree(self.dir, ignore_errors=True)


def note(text):
    print("# " + text, flush=True)


def started(program):
    """BIND ends without a word when its port is taken, so we try again a
    few times with others, whatever the reason was."""
    for left in range(4, -1, -1):
        w = World(program)
        try:
            w.start()
            return w
        except Taken:
            w.stop()
            if not left:
                raise
        except BaseException:
            w.stop()
            raise
    return None


def follow_whole(w):
    for who in w.clients:
        for name in w.listed:
            assert w.clients[who].is_blocked(name), name
            assert w.clients[who].is_blocked("www." + name), name
        for name in w.free:
            assert not w.clients[who].is_blocked(name), name
    assert w.stats("bind")["axfr"] == 1
    assert w.stats("knot")["axfr"] == 1


def restart(w, k):
    w.primary.kill()
    change = w.change(k)
    w.start_primary(LONG)
    return change


def cut_off(w, k):
    """The primary's address takes connections and says nothing, for a
    while in which questions are asked; nothing may change meanwhile."""
    asked = {who: truth.asked for who, truth in w.truth.items()}
    w.primary.child.send_signal(r.signal.SIGSTOP)
    r.wait_until("questions are answered while the primary is cut off",
                 lambda: all(truth.asked > asked[who] + 500
                             for who, truth in w.truth.items()))
    w.primary.child.send_signal(r.signal.SIGCONT)
    change = w.change(k)
    w.tell()
    return change


def follow_updates(w):
    for number, (who, truth) in enumerate(w.truth.items()):
        w.loads.append(Load(w.ports[who], truth, number))
        w.loads[-1].start()
    took = []
    for k in range(10):
        if k == 4:
            change = restart(w, k)
        elif k == 7:
            change = cut_off(w, k)
        else:
            change = w.change(k)
            w.tell()
        took.append(w.see(*change))
        for load in w.loads:
            if load.fault:
                raise load.fault
    for who in w.truth:
        note(f"{who}: effective after at most "
             f"{max(t[who] for t in took):.2f} s")


def answers_right(w):
    for load in w.loads:
        load.stop()
        if load.fault:
            raise load.fault
    for who, truth in w.truth.items():
        note(f"{who}: {truth.asked} answers, the longest took "
             f"{truth.longest_s * 1000:.0f} ms")
        assert truth.asked > 500, truth.asked
        assert not truth.wrong, truth.wrong[:5]


def differences_only(w):
    """Since the restart, one whole transfer each, then differences."""
    for who in ("bind", "knot"):
        s = w.stats(who)
        note(f"{who}: {json.dumps(s)}")
        assert s["axfr"] <= 1 and s["ixfr"] >= 1, s
        assert s["bad_sig"] == 0 and s["bad_key"] == 0, s
        assert s["serial"] == w.serial < 100, s


def watch(w):
    env = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin")
    done = r.subprocess.run(
        [os.path.join(r.EXAMPLES, "rpz-unbound-watch"), r.ZONES["knot"],
         "127.0.0.1", str(w.ports["knot"]),
         os.path.join(w.dir, "unbound.conf")],
        env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def expire(w):
    """A primary that stays away: nobody blocks any more."""
    w.primary.kill()
    new, gone = w.change(10)
    w.start_primary(SHORT)
    w.see(new, gone)
    w.primary.kill()
    note("bind: not blocking any more after "
         f"{w.wait_blocked('bind', w.listed[:1], False):.1f} s of 5")
    r.wait_until("knot gave up the zone",
                 lambda: "zone expired" in w.knot.said())
    watch(w)
    note("unbound: not blocking any more after the watch, "
         f"{w.wait_blocked('unbound', w.listed[:1], False):.1f} s")
    note("kresd: not blocking any more after "
         f"{w.wait_blocked('kresd', w.listed[:1], False):.1f} s")
    for who in w.clients:
        assert not w.clients[who].is_blocked(w.listed[-1]), who


def come_back(w):
    new, gone = w.change(11)
    w.start_primary(LONG)
    began = time.monotonic()
    while not w.clients["bind"].is_blocked(new[0]):
        # BIND may miss one notice while it looks for a lost primary
        time.sleep(1)
        w.serial += 1
        w.tell()
        if time.monotonic() - began > 2 * r.PATIENCE:
            raise r.Gone("bind does not block again")
    note(f"bind: blocking again after {time.monotonic() - began:.1f} s")
    took = r.wait_until("knot has the zone again", lambda: (
        w.stats("knot")["done_serial"] == w.serial))
    note(f"knot: has the zone again after {took:.1f} s more")
    took = r.wait_until("unbound blocks again", lambda: (
        watch(w) or w.clients["unbound"].is_blocked(new[0])))
    note(f"unbound: blocking again after {took:.1f} s")
    w.see(new, gone)


def withdraw(w):
    """A primary that is there, of a list that nobody vouches for."""
    w.primary.kill()
    new, gone = w.change(12)
    w.start_primary(SHORT)
    w.see(new, gone)
    expired = w.knot.said().count("zone expired")
    for number in w.primary.numbers.values():
        w.primary.ask(f"clear {number}")
    note("bind: not blocking any more after "
         f"{w.wait_blocked('bind', new, False):.1f} s of 5")
    r.wait_until("knot gave up the zone", lambda: (
        w.knot.said().count("zone expired") > expired))


def half_a_transfer_by_a_stub_of_dig(w):
    """rpz-kresd-watch leaves the file as it is."""
    file = os.path.join(w.dir, "half.zone")
    tools = os.path.join(w.dir, "tools")
    os.mkdir(tools)
    answers = {"whole": "z. 60 IN SOA . . 7 1 1 1 1\n"
                        "n.z. 5 IN CNAME .\nz. 60 IN SOA . . 7 1 1 1 1\n",
               "half": "z. 60 IN SOA . . 8 1 1 1 1\nn.z. 5 IN CNAME .\n",
               "nothing": ""}

    def look(what, serial):
        r.write(w.dir, "axfr", answers[what])
        path = r.write(tools, "dig", "#!/bin/sh\ncase $* in\n"
                       f"*AXFR) cat {w.dir}/axfr ;;\n"
                       f"*) echo . . {serial} 1 1 1 1 ;;\nesac\n")
        os.chmod(path, 0o755)
        return r.subprocess.run(
            [os.path.join(r.EXAMPLES, "rpz-kresd-watch"), "z", file],
            env=dict(os.environ, PATH=tools + ":" + os.environ["PATH"]),
            capture_output=True, text=True, check=False)

    assert look("whole", 7).returncode == 0
    with open(file, encoding="utf-8") as f:
        whole = f.read()
    assert whole == ("; 7\nz. 60 IN SOA . . 7 1 1 1 1\n"
                     "n.z. 5 IN CNAME .\n"), whole
    for what in ("half", "nothing"):
        done = look(what, 8)
        assert done.returncode == 1 and "whole" in done.stderr, done
        with open(file, encoding="utf-8") as f:
            assert f.read() == whole
    left = [name for name in os.listdir(w.dir) if name.startswith("half.")]
    assert left == ["half.zone"], left


CASES = [follow_whole, follow_updates, answers_right, differences_only,
         expire, come_back, withdraw, half_a_transfer_by_a_stub_of_dig]


def main():
    r.end_in_order()
    print(f"1..{len(CASES)}", flush=True)
    w = started(os.path.abspath(sys.argv[1]))
    failed = None
    try:
        for number, case in enumerate(CASES, 1):
            what = f"{number} - {case.__name__}"
            try:
                if failed:
                    raise r.Gone("a case before failed")
                began = time.monotonic()
                case(w)
                print(f"ok {what}", flush=True)
                note(f"{time.monotonic() - began:.1f} s")
            except (r.Gone, r.Silent, AssertionError, OSError) as fault:
                failed = failed or case
                print(f"not ok {what}", flush=True)
                note(f"{type(fault).__name__}: {fault}".replace("\n", "\n# "))
    finally:
        w.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
