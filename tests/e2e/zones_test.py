#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tests/e2e/zones_test.py

A real hotline hands policy zones to BIND and to Unbound behind Knot: ten
updates under load, with the hotline stopped, killed and cut off in between.
Each answer is judged (tests/unit/rpz/follow.py, Truth). A store can only be
changed by hand while nobody has it open, so each update is a restart too.
Speaks TAP.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/unit/rpz'))
import follow  # noqa: E402
import resolvers as r  # noqa: E402

BUILD = pathlib.Path(os.environ.get('HL_BUILD', ROOT / 'build'))
HOTLINE = os.environ.get('HL_HOTLINE', str(BUILD / 'src/main/hotline'))
SEED = str(BUILD / 'tests/e2e/zones_seed')
WHO = ('bind', 'knot')
# in ten updates no more come than a day lets through
N, IN_FORCE, CHANGED = 500, 440, 2


class Hotline:
    def __init__(self, folder, notify):
        self.dir = folder
        self.port = r.free_port()
        self.process = None
        self.run('init', *[
            a for s in (f'public.listen=127.0.0.1:{r.free_port()}',
                        f'staff.listen=127.0.0.1:{r.free_port()}',
                        f'lists.rpz_listen=127.0.0.1:{self.port}',
                        'lists.rpz_zone=lists.example')
            for a in ('--set', s)])
        self.zones = subprocess.run(
            [SEED, folder, str(N), str(IN_FORCE), *notify], check=True,
            capture_output=True, text=True).stdout.split()

    def run(self, *args):
        return subprocess.run([HOTLINE, '--dir', self.dir, *args], check=True,
                              capture_output=True, text=True).stdout

    def sql(self, text):
        with sqlite3.connect(self.dir + '/hotline.db') as db:
            db.execute(text)
        db.close()

    def said(self):
        return pathlib.Path(self.dir + '/log').read_text()

    def start(self):
        with open(self.dir + '/log', 'ab') as log:
            self.process = subprocess.Popen(
                [HOTLINE, '--dir', self.dir, 'serve'], stderr=log)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            assert self.process.wait(r.PATIENCE) == 0

    def pids(self, name=None):
        """Of its processes, or of one."""
        out = []
        for pid in pathlib.Path(
                f'/proc/{self.process.pid}/task/{self.process.pid}/children'
                ).read_text().split():
            comm = pathlib.Path(f'/proc/{pid}/comm').read_text().strip()
            if name in (None, comm):
                out.append(int(pid))
        return out

    def kill(self):
        """All of it at once, as when the power goes."""
        pids = self.pids()
        self.process.kill()
        self.process.wait()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        r.wait_until('all are gone', lambda: not any(
            os.path.exists(f'/proc/{pid}') for pid in pids))

    def status(self):
        """Of consumers, by number of their zone; the head is 0."""
        try:
            return [json.loads(line)
                    for line in self.run('list', 'status').splitlines()]
        except subprocess.CalledProcessError:
            return []


class World:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='hl-zones-e2e-')
        self.ports = {who: r.free_port() for who in (*WHO, 'unbound')}
        self.origin, upstream = r.origin(self.dir)
        self.hotline = Hotline(
            self.dir + '/h', [f'127.0.0.1:{self.ports[w]}' for w in WHO])
        r.ZONES = dict(zip(WHO, self.hotline.zones))
        p = self.ports
        self.daemons = [
            r.bind(self.dir, p['bind'], upstream,
                   r.bind_secondary(self.hotline.port)),
            r.knot(self.dir, p['knot'], self.hotline.port, p['unbound']),
            r.unbound(self.dir, p['unbound'], upstream,
                      r.unbound_secondary(p['knot']))]
        self.rename_keys()
        self.listed = [f'h{i}.example' for i in range(1, IN_FORCE + 1)]
        self.free = [f'free{i}.example' for i in range(100)]
        self.next, self.first = IN_FORCE + 1, 1
        self.truth = {who: follow.Truth(self.listed, self.free)
                      for who in ('bind', 'unbound')}
        self.clients = {who: r.Client(p[who]) for who in self.truth}
        self.loads = []

    def rename_keys(self):
        """To those of the consumers."""
        for name, key in (('named.conf', 'c1'), ('knot.conf', 'c2')):
            path = pathlib.Path(self.dir, name)
            text = re.sub(r'(bind|knot)\.key\.example', key, path.read_text())
            path.write_text(text.replace('hmac-sha512', 'hmac-sha256'))

    def wait_blocked(self, who, names, blocked):
        for name in names:
            r.wait_until(
                f'{who}: {name} is {"" if blocked else "not "}blocked',
                lambda n=name: self.clients[who].is_blocked(n) == blocked)

    def change(self):
        """In the store of a hotline that does not run."""
        new = range(self.next, self.next + CHANGED)
        gone = range(self.first, self.first + CHANGED)
        self.next, self.first = new.stop, gone.stop
        self.hotline.sql('UPDATE list_entry SET state = 2 WHERE id BETWEEN '
                         f'{new.start} AND {new.stop - 1}')
        self.hotline.sql(
            "UPDATE list_entry SET state = 5, ended_by = 1, ended_why = 2, "
            "place_sealed = x'' WHERE id BETWEEN "
            f'{gone.start} AND {gone.stop - 1}')
        return ([f'h{i}.example' for i in new],
                [f'h{i}.example' for i in gone])

    def doubt(self):
        """What changes next is neither until it was seen."""
        names = [f'h{i}.example' for k in (self.next, self.first)
                 for i in range(k, k + CHANGED)]
        for truth in self.truth.values():
            truth.put(names, None)

    def see(self, new, gone):
        for who, truth in self.truth.items():
            self.wait_blocked(who, new, True)
            self.wait_blocked(who, gone, False)
            truth.put(new, True)
            truth.put(gone, False)

    def stop(self):
        for load in self.loads:
            load.stop()
        for daemon in reversed(self.daemons):
            daemon.stop()
        self.hotline.stop()
        self.origin.stop()


def note(text):
    print('# ' + text, flush=True)


def first_zones(w):
    """So many at once wait for a person, whose yes is put into the store;
    then both have everything."""
    h = w.hotline
    h.start()
    held = r.wait_until('what is held', lambda: (
        h.status() or [{'held': 0}])[0]['held'])
    note(f'held after {held:.1f} s')
    edition = h.status()[0]['held']
    h.stop()
    h.sql(f'UPDATE list_edition SET state = 5 WHERE id = {edition}')
    h.start()
    # a secondary that finds no set at first asks again after a minute
    for key, zone in zip(('c1', 'c2'), h.zones):
        r.wait_until('zone ' + zone, lambda k=key, z=zone: (
            dig(w, k, z) == 'NOERROR'))
    for daemon in w.daemons:
        daemon.start()
    for who, client in w.clients.items():
        r.wait_until(f'{who} is up', client.is_up)
        # BIND takes a new zone up name by name while it answers
        w.wait_blocked(who, w.listed, True)
        w.wait_blocked(who, ['www.' + n for n in w.listed], True)
        for name in w.free:
            assert not client.is_blocked(name), name


def canaries_of_each(w):
    bind, unbound = w.clients['bind'], w.clients['unbound']
    own = [f'canary{N + 1}.example', f'canary{N + 2}.example']
    w.wait_blocked('bind', own[:1], True)
    assert bind.is_blocked(own[0]) and not bind.is_blocked(own[1])
    assert unbound.is_blocked(own[1]) and not unbound.is_blocked(own[0])


def restart(w):
    w.hotline.stop()
    return w.change()


def kill(w):
    w.hotline.kill()
    return w.change()


def cut_off(w):
    """Connections are taken, nothing is said, for a while in which questions
    are asked; nothing may change meanwhile."""
    pid, = w.hotline.pids('lists')
    asked = w.truth['bind'].asked
    os.kill(pid, signal.SIGSTOP)
    r.wait_until('questions are answered while it is cut off',
                 lambda: w.truth['bind'].asked > asked + 300)
    os.kill(pid, signal.SIGCONT)
    return restart(w)


def ten_updates(w):
    for number, (who, truth) in enumerate(w.truth.items()):
        w.loads.append(follow.Load(w.ports[who], truth, number))
        w.loads[-1].start()
    longest = 0
    for k in range(10):
        w.doubt()
        change = (kill if k == 4 else cut_off if k == 7 else restart)(w)
        began = time.monotonic()
        w.hotline.start()
        w.see(*change)
        longest = max(longest, time.monotonic() - began)
        for load in w.loads:
            if load.fault:
                raise load.fault
    note(f'seen by all at most {longest:.1f} s after the start')


def answers_right(w):
    for load in w.loads:
        load.stop()
        if load.fault:
            raise load.fault
    for who, truth in w.truth.items():
        note(f'{who}: {truth.asked} answers, the longest took '
             f'{truth.longest_s * 1000:.0f} ms')
        assert truth.asked > 500, truth.asked
        assert not truth.wrong, truth.wrong[:5]


def differences_only(w):
    """Though after each update the hotline is another process."""
    knot = w.daemons[1].said()
    note(f"knot: {knot.count('AXFR, incoming')} lines of whole transfers, "
         f"{knot.count('IXFR, incoming')} of differences")
    assert knot.count('IXFR, incoming') >= 10, knot[-3000:]


def status_tells(w):
    for row, zone in zip(w.hotline.status()[1:], w.hotline.zones):
        assert row['zone'] == zone, row
        assert row['serial'] == row['version'] % 2**32, row
        assert row['hosts'] == IN_FORCE + 1, row
    log = w.hotline.said()
    assert not re.search(r'h\d+\.example|canary', log)


def dig(w, key, zone=None):
    """What a question for the SOA with that key gives."""
    out = subprocess.run(
        ['dig', '@127.0.0.1', '-p', str(w.hotline.port), '+tries=1', '+tcp',
         '-y', f'hmac-sha256:{key}:{r.B64}', zone or r.ZONES['bind'],
         'SOA'],
        capture_output=True, text=True, check=False).stdout
    found = re.search(r'status: (\w+)', out)
    return found[1] if found else ''


def an_agreement_ends(w):
    assert dig(w, 'c1') == 'NOERROR'
    assert dig(w, 'c2') != 'NOERROR'
    w.hotline.stop()
    w.hotline.sql('UPDATE list_consumer SET state = 4 WHERE id = 1')
    w.hotline.start()
    r.wait_until('the other zone is there', lambda: dig(w, 'c2') == 'REFUSED')
    assert dig(w, 'c1') == 'NOTAUTH', dig(w, 'c1')
    assert not [f for f in os.listdir(w.hotline.dir + '/lists')
                if f.startswith('zone-1-')]


CASES = [first_zones, canaries_of_each, ten_updates, answers_right,
         differences_only, status_tells, an_agreement_ends]


def main():
    w, failed = World(), 0
    print(f'1..{len(CASES)}', flush=True)
    try:
        for n, case in enumerate(CASES, 1):
            began = time.monotonic()
            try:
                assert not failed, 'a case before failed'
                case(w)
                print(f'ok {n} - {case.__name__}', flush=True)
            except Exception as e:  # pylint: disable=broad-except
                failed += 1
                print(f'not ok {n} - {case.__name__}', flush=True)
                note(repr(e).replace('\\n', '\n# '))
            note(f'{time.monotonic() - began:.1f} s')
    finally:
        w.stop()
    if failed:
        note('kept ' + w.dir)
    else:
        shutil.rmtree(w.dir)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
